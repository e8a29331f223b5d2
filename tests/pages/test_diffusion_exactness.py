"""The distances of the samplers from the truth, against brute force."""

import itertools

import numpy as np
import pytest

from playground.diffusion import ExactDenoiser, UnmaskSettings, exact_distribution
from playground.diffusion.meter import true_distribution
from playground.pages.diffusion.exactness import CURVES, PRESETS, check_chain, collected, measure

CHECKED = ("self_verifying", "self_speculative")


def brute_force_low_confidence(chain, length):
    """LLaDA's low confidence at one word a step, by walking every outcome of every step
    (independent of the enumeration tested)."""
    words, start, matrix = (
        len(chain["names"]),
        np.array(chain["initial"]),
        np.array(chain["transition"]),
    )
    joint = {
        text: start[text[0]] * np.prod([matrix[a, b] for a, b in itertools.pairwise(text)])
        for text in itertools.product(range(words), repeat=length)
    }
    found = dict.fromkeys(joint, 0.0)

    def walk(known, weight):
        if len(known) == length:
            found[tuple(known[i] for i in range(length))] += weight
            return
        open_ = [i for i in range(length) if i not in known]
        table = {i: np.zeros(words) for i in open_}
        for text, p in joint.items():
            if all(text[i] == w for i, w in known.items()):
                for i in open_:
                    table[i][text[i]] += p
        table = {i: row / row.sum() for i, row in table.items()}
        for picks in itertools.product(range(words), repeat=len(open_)):
            chance = np.prod([table[i][w] for i, w in zip(open_, picks, strict=True)])
            if chance > 0:
                best = max(
                    range(len(open_)), key=lambda n: (round(table[open_[n]][picks[n]], 12), -n)
                )
                walk({**known, open_[best]: picks[best]}, weight * chance)

    walk({}, 1.0)
    return 0.5 * sum(abs(found[text] - joint[text]) for text in joint)


@pytest.fixture(scope="module")
def weather():
    chain = PRESETS["weather"]
    return collected(measure(chain["names"], chain["transition"], chain["initial"], 4))


def test_at_one_word_a_step_choosing_first_is_exact_and_low_confidence_is_not(weather):
    at_one = {p["curve"]: p for p in weather["points"] if p["x"] == 1}
    for curve in ("random", "entropy", "top1"):
        assert at_one[curve]["tv"] < 1e-9 and at_one[curve]["kl"] < 1e-9
    assert at_one["low_confidence"]["tv"] > 0.5


@pytest.mark.parametrize(
    "chain",
    [
        {
            "names": ["a", "b"],
            "initial": [0.3, 0.7],
            "transition": [[0.62, 0.38], [0.17, 0.83]],
        },  # no two places tie
        PRESETS["sticky"],
        PRESETS["weather"],
    ],
    ids=["no ties", "sticky", "weather"],
)
def test_the_bias_of_low_confidence_is_the_one_of_walking_every_outcome(chain):
    found = collected(measure(chain["names"], chain["transition"], chain["initial"], 4))
    at_one = next(p for p in found["points"] if p["curve"] == "low_confidence" and p["x"] == 1)
    assert (
        at_one["tv"] == pytest.approx(brute_force_low_confidence(chain, 4), abs=1e-9)
        and at_one["tv"] > 0.05
    )


def test_all_at_once_every_order_draws_the_same_independent_words(weather):
    others = (*CHECKED, "joint_threshold", "diffusion_gemma")  # which draw nothing in one step
    last = [p["tv"] for p in weather["points"] if p["steps"] == 1 and p["curve"] not in others]
    assert len(last) == len(CURVES) - 4 and max(last) - min(last) < 1e-9 and min(last) > 0.1


def test_drafts_that_are_checked_are_exact_however_many_words_a_pass(weather):
    checked = [p for p in weather["points"] if p["curve"] in CHECKED]
    assert len(checked) == 2 * len({p["steps"] for p in weather["points"]})
    assert all(p["tv"] < 1e-12 for p in checked)
    # two words a pass at least, and more than that where a pass may take them all
    assert all(p["x"] > 1.6 for p in checked) and max(p["x"] for p in checked) > 2


def test_samplers_that_replace_words_are_measured_and_far_from_the_chain(weather):
    (joint,) = (p for p in weather["points"] if p["curve"] == "joint_threshold")
    assert joint["tv"] > 0.5 and joint["kl"] is None  # one text
    gemma = {p["steps"]: p for p in weather["points"] if p["curve"] == "diffusion_gemma"}
    assert gemma.keys() == {p["steps"] for p in weather["points"]}
    assert gemma[1]["kl"] is None and gemma[4]["tv"] < gemma[1]["tv"]
    assert all(p["x"] >= 4 / p["steps"] - 1e-9 for p in gemma.values())


def test_on_a_chain_without_memory_every_sampler_that_chooses_first_is_exact():
    coin = PRESETS["coin"]
    result = collected(measure(coin["names"], coin["transition"], coin["initial"], 4))
    assert (
        max(p["tv"] for p in result["points"] if p["curve"] in ("random", "entropy", "mdlm")) < 1e-9
    )


def test_gibbs_comes_closer_with_every_sweep(weather):
    distances_ = [p["tv"] for p in weather["sweeps"]]
    assert (
        len(distances_) == 9
        and all(b <= a + 1e-12 for a, b in itertools.pairwise(distances_))
        and distances_[-1] < 0.5 * distances_[0]
    )


def test_the_divergence_is_in_bits(weather):
    chain, length = PRESETS["weather"], 4
    denoiser = ExactDenoiser(chain["initial"], chain["transition"])
    truth = true_distribution(denoiser, length)
    found = exact_distribution(denoiser, UnmaskSettings("llada", 1), length)
    point = next(p for p in weather["points"] if p["curve"] == "random" and p["steps"] == 1)
    assert point["kl"] == pytest.approx(float((truth * np.log2(truth / found)).sum()), abs=1e-9)


def test_a_chain_with_zeros_is_measured_and_gibbs_that_cannot_start_is_a_sentence():
    """Never the same word twice: two places drawn at once make impossible texts in three of the
    ways to go on."""
    parts = list(measure(["a", "b"], [[0.0, 1.0], [1.0, 0.0]], [0.5, 0.5], 3))
    points = {(p["point"]["curve"], p["point"]["steps"]): p["point"] for p in parts if "point" in p}
    # aba and bab: three fair coins hit one of them with 1/4; a pair of neighbours (2 orders of 3)
    # with 1/2, the two ends with 1/2
    assert points["random", 1]["tv"] == pytest.approx(3 / 4) and points["random", 1][
        "kl"
    ] == pytest.approx(2)
    assert points["random", 2]["tv"] == pytest.approx(1 / 2) and points["random", 2][
        "kl"
    ] == pytest.approx(1)
    assert points["random", 3]["tv"] == pytest.approx(0, abs=1e-12)
    assert [p["sweep"]["sweeps"] for p in parts if "sweep" in p] == [0] and parts[-1] == {
        "done": True
    }
    assert "no text of this model" in next(
        p["gibbs_problem"] for p in parts if "gibbs_problem" in p
    )


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("transition", [[0.9, 0.2], [0.2, 0.9]], "row 'a', must sum to 1, got 1.1"),
        ("initial", [0.5, 0.6], "initial must sum to 1"),
        ("transition", [[1]], "transition must be 2 rows of 2 numbers"),
        ("transition", [[2, -1], [0, 1]], r"in \[0, 1\]"),
        ("length", 9, r"length must be a whole number in \[3, 6\], got 9"),
        ("names", ["a"], "names must have 2 to 4 words"),
        ("names", None, "names must have"),
        ("initial", None, "initial must be 1 row of 2 numbers"),
        ("length", "x", "length must"),
    ],
)
def test_a_bad_chain_is_a_sentence(field, value, says):
    good = {
        "names": ["a", "b"],
        "transition": [[0.5, 0.5], [0.5, 0.5]],
        "initial": [0.5, 0.5],
        "length": 4,
    }
    with pytest.raises(ValueError, match=says):
        check_chain(**{**good, field: value})
