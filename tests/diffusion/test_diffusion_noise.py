"""The forward process: schedules, matrices equal to the product of their steps, posteriors."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from playground.diffusion.noise import (
    EntropyLinear,
    absorbing_matrix,
    alpha_bar,
    alpha_bar_slope,
    posterior,
    remask_limit,
    reveal_probability,
    uniform_matrix,
    uniform_reverse,
)

FORMULAS = ("linear", "cosine", "geometric", "linear-sigma")


def step_alpha(t, s, schedule="linear"):
    """alpha of the step s -> t (s < t) alone, so that the product of the steps is alpha_bar."""
    earlier = alpha_bar(s, schedule)
    return alpha_bar(t, schedule) / earlier if earlier > 0 else 0.0


@pytest.mark.parametrize(
    ("schedule", "at_half"),
    [
        ("linear", 0.5),
        ("cosine", 1 - np.cos(np.pi / 4)),
        ("geometric", np.exp(-np.sqrt(1e-3 * 20))),
        ("linear-sigma", np.exp(-(1e-4 + 0.5 * (8 - 1e-4)))),
    ],
)
def test_schedules_at_half_time(schedule, at_half):
    assert alpha_bar(0.5, schedule) == pytest.approx(at_half, abs=1e-12)
    assert isinstance(alpha_bar(0.5, schedule), float)


@pytest.mark.parametrize("schedule", FORMULAS)
def test_schedules_fall_and_slopes_are_their_derivatives(schedule):
    t = np.linspace(0, 1, 101)
    alpha = alpha_bar(t, schedule)
    assert np.all(np.diff(alpha) < 0) and alpha[0] > 0.99
    inside = t[1:-1]
    numeric = (alpha_bar(inside + 1e-6, schedule) - alpha_bar(inside - 1e-6, schedule)) / 2e-6
    assert np.allclose(alpha_bar_slope(inside, schedule), numeric, rtol=1e-5, atol=1e-6)
    tensor = alpha_bar(torch.tensor([0.25, 0.5], dtype=torch.float64), schedule)
    assert isinstance(tensor, torch.Tensor) and np.allclose(
        tensor.numpy(), alpha_bar(np.array([0.25, 0.5]), schedule)
    )


def test_bad_times_and_names_are_refused_by_a_sentence():
    with pytest.raises(ValueError, match=r"t must be in \[0, 1\], got 1.5"):
        alpha_bar(1.5)
    with pytest.raises(ValueError, match=r"schedule must be one of linear, .* got 'quadratic'"):
        alpha_bar(0.5, "quadratic")
    with pytest.raises(ValueError, match="measured on a model"):
        alpha_bar(0.5, "entropy-linear")
    with pytest.raises(ValueError, match=r"alpha must be in \[0, 1\], got 1.2"):
        uniform_matrix(1.2, 3)


@pytest.mark.parametrize("schedule", FORMULAS)
@pytest.mark.parametrize("make", [absorbing_matrix, uniform_matrix])
def test_matrices_equal_the_product_of_their_steps(schedule, make):
    size, grid = 5, np.linspace(0, 1, 9)[:-1]
    product = make(alpha_bar(0.0, schedule), size)
    for s, t in pairwise(grid):
        product = product @ make(step_alpha(t, s, schedule), size)
    whole = make(alpha_bar(grid[-1], schedule), size)
    assert np.allclose(product, whole, atol=1e-12)
    assert np.allclose(whole.sum(1), 1) and whole.min() >= 0


def test_absorbing_matrix_has_the_mask_last_and_absorbing():
    matrix = absorbing_matrix(0.3, 2)
    assert np.allclose(matrix, [[0.3, 0, 0.7], [0, 0.3, 0.7], [0, 0, 1]])
    assert np.allclose(uniform_matrix(0.4, 2), [[0.7, 0.3], [0.3, 0.7]])


@pytest.mark.parametrize("make", [absorbing_matrix, uniform_matrix])
def test_posteriors_by_bayes_from_the_joint(make):
    size, s, t = 4, 0.3, 0.7
    bar_s, step, bar_t = (
        make(alpha_bar(s), size),
        make(step_alpha(t, s), size),
        make(alpha_bar(t), size),
    )
    for x_0 in range(size):
        joint = bar_s[x_0][:, None] * step  # (x_s, x_t)
        for x_t in np.nonzero(bar_t[x_0] > 0)[0]:
            assert np.allclose(
                posterior(bar_t, bar_s, step, x_t, x_0), joint[:, x_t] / joint[:, x_t].sum()
            )
    with pytest.raises(ValueError, match="cannot come from"):
        posterior(
            absorbing_matrix(0.5, 3), absorbing_matrix(0.7, 3), absorbing_matrix(5 / 7, 3), 1, 0
        )


@pytest.mark.parametrize("s", [0.0, 0.3])
def test_uniform_reverse_is_the_posterior_averaged_over_the_denoiser(s):
    size, t = 4, 0.7
    bar_s, step, bar_t = (
        uniform_matrix(alpha_bar(s), size),
        uniform_matrix(step_alpha(t, s), size),
        uniform_matrix(alpha_bar(t), size),
    )
    p = np.array([0.5, 0.2, 0.2, 0.1])
    for x_t in range(size):
        averaged = sum(p[v] * posterior(bar_t, bar_s, step, x_t, v) for v in range(size))
        assert np.allclose(
            uniform_reverse(np.array(x_t), p, alpha_bar(t), alpha_bar(s)), averaged, atol=1e-12
        )


def test_reveal_and_remask_probabilities():
    t, s = 0.8, 0.6
    assert reveal_probability(alpha_bar(t), alpha_bar(s)) == pytest.approx((t - s) / t)  # linear
    wrong = (t - s) / t  # linear-sigma: NOT (t - s) / t
    assert (
        abs(reveal_probability(alpha_bar(t, "linear-sigma"), alpha_bar(s, "linear-sigma")) - wrong)
        > 0.05
    )
    assert (
        remask_limit(0.2, 0.4) == 1.0
        and remask_limit(0.8, 0.9) == pytest.approx(0.125)
        and remask_limit(0.8, 1.0) == 0.0
    )


def test_remdm_keeps_the_forward_marginal():
    """Reveal and remask together: of a position known with probability alpha_t, alpha_s is known
    afterwards."""
    alpha_t, alpha_s, sigma = 0.3, 0.5, 0.2
    reveal = (alpha_s - (1 - sigma) * alpha_t) / (1 - alpha_t)
    assert alpha_t * (1 - sigma) + (1 - alpha_t) * reveal == pytest.approx(alpha_s)


def test_entropy_linear_makes_the_measured_entropy_fall_linearly():
    share = np.linspace(0, 1, 21)
    schedule = EntropyLinear(
        tuple(share), tuple(5 * share**2)
    )  # entropy grows as the square of the masked share
    t = np.linspace(0, 1, 11)
    masked = 1 - alpha_bar(t, schedule)
    assert np.allclose(masked**2, t, atol=0.02)
    assert alpha_bar(0.0, schedule) == 1 and alpha_bar(1.0, schedule) == 0
    assert alpha_bar_slope(0.5, schedule) < 0
    flat = EntropyLinear((0.0, 0.5, 1.0), (0.0, 0.0, 0.0))
    assert np.allclose(alpha_bar(t, flat), 1 - t)
    with pytest.raises(ValueError, match="masked must rise"):
        EntropyLinear((0.0, 0.0, 1.0), (0.0, 1.0, 2.0))
