"""Samplers that move vectors: the law of their outputs by integration, and against the chain."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import norm

from playground.diffusion import (
    ExactDenoiser,
    UnmaskSettings,
)
from playground.diffusion.meter import (
    total_variation,
    true_distribution,
)
from tests.diffusion.laws import CHAIN, ROWS, agrees, drawn

# ----------------------------------------------------------------------------------------------
# vectors, by integration

SIGNED = ExactDenoiser([0.7, 0.3], [[0.5, 0.5], [0.5, 0.5]])
SIGNED.embeddings = np.array([[-1.0], [1.0]])


def expected_sign(x, log_odds):
    """E[x_0 | x] of a sign with prior .7 / .3 and evidence log_odds for +1."""
    return np.tanh(0.5 * (log_odds + np.log(3 / 7)))


@pytest.mark.parametrize("clamp", [False, True])
def test_diffusion_lm_follows_its_law_on_one_signed_word(clamp):
    steps, x = 4, np.linspace(-9, 9, 1201)
    width = x[1] - x[0]
    density = norm.pdf(x)
    for k in range(steps - 1, -1, -1):
        alpha_t, alpha_s = 1 - (k + 1) / steps, 1 - k / steps
        origin = expected_sign(x, 2 * np.sqrt(alpha_t) * x / (1 - alpha_t))
        if clamp:
            origin = np.where(origin > 0, 1.0, -1.0)
        if k == 0:
            law = np.array([density[origin <= 0].sum(), density[origin > 0].sum()]) * width
            break
        step = alpha_t / alpha_s
        mean = (np.sqrt(alpha_s) * (1 - step) * origin + np.sqrt(step) * (1 - alpha_s) * x) / (
            1 - alpha_t
        )
        deviation = np.sqrt((1 - alpha_s) * (1 - step) / (1 - alpha_t))
        density = (norm.pdf(x[:, None], mean[None], deviation) * density).sum(1) * width
    settings = UnmaskSettings("diffusion-lm", steps, selection="clamp" if clamp else "plain")
    agrees(drawn(settings, SIGNED, 1), law / law.sum())


def test_cdcd_follows_its_law_on_one_signed_word():
    steps = 5
    grid = np.geomspace(100.0, 0.02, steps + 1)
    x = np.linspace(-600, 600, 120_001)
    start = x.copy()
    for now, after in pairwise(grid):
        x = x + (after - now) / now * (x - expected_sign(x, 2 * x / now**2))
    positive = (norm.pdf(start / grid[0]) * (x > 0)).sum() * (start[1] - start[0]) / grid[0]
    settings = UnmaskSettings("cdcd", steps, schedule="geometric", seed=2)
    agrees(drawn(settings, SIGNED, 1), np.array([1 - positive, positive]))


@pytest.mark.parametrize(
    ("sampler", "steps", "tolerance"), [("diffusion-lm", 40, 0.03), ("cdcd", 40, 0.03)]
)
def test_vector_samplers_come_near_the_chain_with_many_steps(sampler, steps, tolerance):
    counts = drawn(UnmaskSettings(sampler, steps), CHAIN, 2)
    assert total_variation(counts / ROWS, true_distribution(CHAIN, 2)) < tolerance
    few = drawn(UnmaskSettings(sampler, 3), CHAIN, 2)
    assert total_variation(few / ROWS, true_distribution(CHAIN, 2)) > tolerance
