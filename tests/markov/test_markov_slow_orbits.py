"""Orbits that converge slowly, against the eigenvalues of the map: how an orbit ends is not how it
looks after 240 steps."""

import json
import math
import re

import numpy as np
import pytest

from playground.markov.dynamics import basins, chaos, fixed_points, limit_cycle, settle
from playground.pages.chains import loops
from playground.paths import ASSETS

# period 2 begins where the fixed point's multiplier passes -1: at a = 3 (1 - b)^2 / 4
BIRTHS = [(0.3, 0.3675), (0.2, 0.48), (0.0, 0.75)]


def henon(a, b):
    """(x, multipliers) of the Henon map's fixed point on the right, by the quadratic formula."""
    x = (b - 1 + math.sqrt((1 - b) ** 2 + 4 * a)) / (2 * a)
    root = math.sqrt((a * x) ** 2 + b)
    return x, sorted([-a * x - root, -a * x + root])


def ends(a, b, steps=240):
    world = chaos(a, b)
    start = world.orbit([0.3, 0.1], steps)[-1]
    return settle(world, start, transient=0, longest=24, tolerance=1e-4)


@pytest.mark.parametrize(
    ("a", "b"), [(0.34, 0.3), (0.36, 0.3), (0.366, 0.3), (0.46, 0.2), (0.47, 0.2), (0.74, 0.0)]
)
def test_a_slow_spiral_into_a_fixed_point_is_no_cycle(a, b):
    x, multipliers = henon(a, b)
    assert max(map(abs, multipliers)) < 1
    end = ends(a, b)
    assert (end["kind"], end["period"]) == ("fixed point", 1)
    np.testing.assert_allclose(end["points"], [[x, b * x]], atol=1e-12)
    found = basins(chaos(a, b), 12, 150)
    assert [one["period"] for one in found["attractors"]] == [1]
    assert (found["labels"] == 0).all()
    values = sorted(one[0] for one in found["attractors"][0]["multipliers"])
    np.testing.assert_allclose(values, multipliers, atol=1e-9)


@pytest.mark.parametrize(("b", "birth"), BIRTHS)
@pytest.mark.parametrize("beside", [-0.02, -0.001, 0.001, 0.02])
def test_the_period_doubles_where_the_formula_says(b, birth, beside):
    assert henon(birth, b)[1][0] == pytest.approx(-1)
    assert ends(birth + beside, b)["period"] == (1 if beside < 0 else 2)


def test_a_multiplier_of_minus_one_attracts_ever_more_slowly_to_one_point():
    said = loops.orbit({"world": "chaos", "values": {"a": 0.48, "b": 0.2}, "start": [0.3, 0.1]})[
        "said"
    ]
    assert "It ends in a fixed point" in said and "1: to first order" in said


@pytest.mark.parametrize("a", [0.34, 0.36])
def test_the_page_calls_it_a_fixed_point_with_its_eigenvalue(a):
    draft = {"world": "chaos", "values": {"a": a, "b": 0.3}, "start": [0.3, 0.1]}
    said = loops.orbit(draft)["said"]
    assert said.startswith("It ends in a fixed point.") and "below 1" in said
    shown = float(re.search(r"spectral radius ([\d.]+\d)", said)[1])
    assert shown == pytest.approx(-henon(a, 0.3)[1][0], abs=5e-5)


def test_every_slider_of_the_henon_map_agrees_with_the_eigenvalues():
    """Where the fixed point attracts, an orbit that stays ends there; elsewhere it does not end in
    a fixed point."""
    for b in (0.0, 0.1, 0.2, 0.3, 0.4):
        for a in np.arange(0.1, 1.41, 0.1).round(2):
            end, (_, multipliers) = ends(float(a), b), henon(float(a), b)
            if end["kind"] != "escaped":
                assert (end["period"] == 1) == (max(map(abs, multipliers)) < 1), (a, b, end)


@pytest.mark.parametrize("lock", [0.02, 0.05, 0.2])
def test_a_slowly_locking_circle_still_has_its_period(lock):
    world = limit_cycle(period=5, pull=0.3, lock=lock)
    end = settle(world, [0.3, 0.2], transient=240, longest=24, tolerance=1e-4)
    assert end["period"] == 5
    assert [one["period"] for one in basins(world, 16, 150)["attractors"]] == [5]


def test_without_the_lock_every_orbit_ends_on_a_neutral_cycle():
    draft = {
        "world": "limit cycle",
        "values": {"period": 5, "pull": 0.3, "lock": 0.0},
        "start": [0.3, 0.1],
    }
    orbit = loops.orbit(draft)
    assert orbit["end"]["kind"] == "cycle" and orbit["end"]["period"] == 5
    assert "spectral radius 1: 1: to first order it neither" in orbit["said"]


def test_chaos_has_two_fixed_points_and_a_third_of_its_box_escapes():
    """What the explanations beside the map say."""
    world = chaos()
    assert len(fixed_points(world)) == 2
    escaped = (basins(world, 200, 150)["labels"] == -1).mean()
    assert escaped == pytest.approx(1 / 3, abs=0.01)  # 0.339; 0.353 on the page's coarser grid
    said = json.loads((ASSETS / "words" / "explanations.json").read_text(encoding="utf-8"))[
        "chains"
    ]["Chaos"]
    for words in (said, world.explanation):
        assert "two fixed points" in words and "about a third of" in words


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.8, 0.98])
def test_at_most_the_rate_of_a_distance_is_left(rate):
    """What the explanation of the slider says: tanh stretches nothing, so the rate bounds what is
    left, and is the most near 0."""
    from playground.markov.dynamics import contraction

    world = contraction(rate)
    points = np.random.default_rng(0).uniform(-2, 2, (400, 2, 2))
    before = np.linalg.norm(points[:, 0] - points[:, 1], axis=1)
    moved = world.step(points)
    left = np.linalg.norm(moved[:, 0] - moved[:, 1], axis=1) / before
    assert left.max() <= rate and left.min() < 0.9 * rate
