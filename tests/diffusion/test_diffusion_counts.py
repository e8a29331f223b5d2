"""How many positions each sampler takes at a step, as its source counts them."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.diffusion import UnmaskSettings, unmask
from playground.diffusion.noise import alpha_bar_slope
from playground.diffusion.samplers import find_sampler, rule_for
from playground.diffusion.samplers.blocks import Clock
from playground.diffusion.samplers.entropy_bound import entropy_bound_number
from playground.diffusion.samplers.sedd import euler_reveal
from tests.diffusion.runs import CHAIN, Table, counts, run


def numbers(name, masks, steps, **fields):
    """The numbers that the rule itself takes from one block of so many masks, step by step."""
    rule = rule_for(UnmaskSettings(name, steps, **fields))
    where, taken = np.arange(masks)[None] >= 0, []
    for k in range(steps):
        clock = Clock(np.array([k]), np.array([steps]), np.array([masks]))
        left = where & (np.arange(masks) >= sum(taken))
        taken.append(int(rule.number(np.zeros(left.shape), left, clock)[0]))
    return taken


def test_published_counts():
    assert numbers("llada", 10, 4) == [3, 3, 2, 2]
    assert numbers("llada", 7, 10) == [1] * 7 + [0] * 3
    assert numbers("dream", 10, 4, selection="entropy") == [2, 2, 2, 4]
    assert numbers("dream", 32, 8, selection="entropy") == [3, 4, 4, 4, 4, 4, 4, 5]
    # the published clamp leaves one mask inside; its last step returns that guess as well
    assert numbers("maskgit", 16, 8) == [1, 1, 1, 2, 3, 2, 3, 3]


@given(st.integers(0, 40), st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_counts_always_add_up(masks, steps):
    for name, fields in (("llada", {}), ("dream", {"selection": "entropy"}), ("maskgit", {})):
        taken = numbers(name, masks, steps, **fields)
        assert sum(taken) == masks and min(taken) >= 0
        if name == "llada":
            assert max(taken) - min(taken) <= 1


@pytest.mark.parametrize(
    ("name", "fields", "masks", "steps", "expected"),
    [
        ("llada", {}, 10, 4, [3, 3, 2, 2]),
        ("llada", {"selection": "random"}, 7, 10, [1] * 7 + [0] * 3),
        ("dream", {"selection": "entropy"}, 10, 4, [2, 2, 2, 4]),
        ("dream", {"selection": "topk_margin"}, 32, 8, [3, 4, 4, 4, 4, 4, 4, 5]),
        (
            "maskgit",
            {},
            16,
            8,
            [1, 1, 1, 2, 3, 2, 3, 3],
        ),  # the one left inside comes with the last guess
        ("llada", {"block_length": 4}, 8, 4, [2, 2, 2, 2]),
        ("any-order", {}, 5, 1, [1] * 5),
    ],
)
def test_runs_reveal_as_many_as_their_source(name, fields, masks, steps, expected):
    got = run(Table(), [[4] * masks], UnmaskSettings(name, steps, **fields))
    assert counts(got) == expected
    assert not (got[-1].canvas == 4).any()


def test_counts_are_each_rows_own():
    canvas = [[4] * 8, [4, 4, 0, 0, 0, 0, 0, 0]]
    got = run(Table(), canvas, UnmaskSettings("llada", 4))
    assert counts(got, 0) == [2, 2, 2, 2] and counts(got, 1) == [1, 1, 0, 0]


def test_the_entropy_bound_takes_the_largest_set_that_fits():
    entropy = np.array([[0.5, 0.1, 0.3, 0.9]])
    where = np.ones((1, 4), dtype=bool)
    for bound in (0.0, 0.05, 0.1, 0.3, 0.4, 0.8, 0.9, 5.0):
        ascending = sorted(entropy[0])
        brute = max(
            k
            for k in range(1, 5)
            if k == 1 or sum(ascending[:k]) - max(ascending[:k]) <= bound + 1e-12
        )
        assert entropy_bound_number(entropy, where, bound)[0] == brute


def test_thresholds_from_one_step_to_one_token_a_step():
    canvas = [[4] * 7]
    assert counts(run(Table(), canvas, UnmaskSettings("fast-dllm", 3, threshold=0.0))) == [7]
    assert counts(run(Table(), canvas, UnmaskSettings("fast-dllm", 3, threshold=1.01))) == [1] * 7
    assert counts(run(Table(), canvas, UnmaskSettings("entropy-bound", 3, bound=1e6))) == [7]
    assert counts(run(Table(), canvas, UnmaskSettings("entropy-bound", 3, bound=0.0))) == [1] * 7


# --------------------------------------------------------------------------------------------------
# rates


def single_categorical_rate(vocab_size, reveal, bits=24):
    """How often a mask is revealed when {mask and vocabulary} is drawn as ONE categorical by
    Gumbel-max.

    Token weights reveal / V each, the mask 1 - reveal; argmax of weight / noise, noise = -log u. A
    float32 u is a multiple of 2^-24, so no noise is below 6e-8, but a token wins only with noise
    below reveal / V times the mask's: at V = 50,257 and 1,000 steps that is 2e-8. Computed over the
    possible values of u, not sampled.
    """
    highest = 1.0 - np.arange(1, 20_001) * 2.0**-bits  # the largest values of u, descending
    noise = -np.log(highest)
    # the mask's noise is of order 1: its own grain does not matter
    bound = reveal / vocab_size * -np.log((np.arange(4000) + 0.5) / 4000) / (1.0 - reveal)
    one_token = np.searchsorted(noise, bound, side="left") * 2.0**-bits
    return float(-np.expm1(vocab_size * np.log1p(-one_token)).mean())


def test_reveals_do_not_fall_into_the_single_precision_categorical_trap():
    """{mask and vocabulary} as one float32 categorical at V = 50,257: far fewer reveals than the
    schedule asks."""
    size, rate = 50_257, 1e-3
    assert single_categorical_rate(size, rate) / rate == pytest.approx(0.16, abs=0.02)
    # a finer u has no trap
    assert single_categorical_rate(size, rate, bits=36) / rate == pytest.approx(1.0, abs=0.02)

    class Flat:
        vocab_size = mask_id = 4

        def logits(self, canvas):
            return torch.zeros(*canvas.shape, 4)

    first = next(iter(unmask(Flat(), np.full((2000, 200), 4), UnmaskSettings("mdlm", 1000))))
    # 5 standard errors = 0.25 of 400 reveals
    assert float(first.revealed.float().mean()) == pytest.approx(rate, rel=0.2)


def test_sedds_euler_step_is_its_rate_times_the_sum_of_the_score_ratios():
    p, t, step = np.array([0.5, 0.3, 0.2]), 0.6, 0.05
    alpha, slope = 1 - t, float(alpha_bar_slope(t))
    ratios = p * alpha / (1 - alpha)  # p(x with token v) / p(x masked)
    sigma_slope = -slope / alpha  # sigma = -log alpha
    assert euler_reveal(alpha, slope, step) == pytest.approx(step * sigma_slope * ratios.sum())


@pytest.mark.parametrize("name", ["mdlm", "sedd", "remdm", "dream", "llada", "maskgit"])
def test_a_row_that_is_done_waits_for_the_others(name):
    """Five blocks against two with two steps to spend: the shorter row is through before the longer
    one."""
    assert "block_length" in find_sampler(name).reads
    canvas = np.array([[3, 3, 3, 3, 3], [0, 1, 3, 2, 3]])
    *_, last = run(CHAIN, canvas, UnmaskSettings(name, 2, block_length=1))
    assert not (last.canvas == 3).any()
    alone = run(CHAIN, canvas[1:], UnmaskSettings(name, 2, block_length=1), rows=[1])
    assert last.canvas[1].tolist() == alone[-1].canvas[0].tolist()
