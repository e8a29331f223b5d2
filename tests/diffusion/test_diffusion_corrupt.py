"""Corruption of a text to time t, and the vectors under it."""

import json

import numpy as np
import pytest

from playground.diffusion.corrupt import corrupt_embeddings, corrupt_masks, corrupt_words
from playground.diffusion.embedding import (
    corrupt_vectors,
    embedding_table,
    entropy_linear_grid,
    euler_step,
    gaussian_evidence,
    gaussian_posterior,
    growing_evidence,
    nearest,
    plane,
    rounding,
)

IDS = list(range(8)) * 500


def test_masks_come_at_the_schedules_rate_and_never_go_back():
    before = np.zeros(len(IDS), dtype=bool)
    for t in np.linspace(0, 1, 11):
        got = corrupt_masks(IDS, float(t), mask_id=99, schedule="cosine")
        now = np.array(got["changed"])
        assert (before <= now).all() and (np.array(got["canvas"]) == 99).tolist() == now.tolist()
        assert got["known"] == pytest.approx(got["alpha"], abs=0.03)
        before = now
    assert before.all() and not any(corrupt_masks(IDS, 0.0, mask_id=99)["changed"])


def test_random_words_are_even_over_the_vocabulary():
    got = corrupt_words(IDS, 1.0, 8)
    assert got["alpha"] == 0 and got["known"] == 0
    assert np.bincount(got["canvas"], minlength=8).min() > 420
    assert corrupt_words(IDS, 0.0, 8)["canvas"] == IDS
    assert np.mean(corrupt_words(IDS, 0.5, 8)["changed"]) == pytest.approx(0.5 * 7 / 8, abs=0.03)
    with pytest.raises(ValueError, match=r"ids must be .* in \[0, 3\]"):
        corrupt_words([4], 0.5, 4)


def test_noisy_vectors_are_plain_data_and_move_smoothly():
    table = np.random.default_rng(0).normal(size=(8, 5))
    got = [corrupt_embeddings([3, 1, 4], t, table, tau=0.5, top=3) for t in (0.0, 0.5, 0.501, 1.0)]
    assert json.loads(json.dumps(got)) == got
    assert got[0]["canvas"] == [3, 1, 4] and got[0]["known"] == 1 and np.allclose(got[0]["plane"], got[0]["clean"])
    assert np.abs(np.array(got[1]["plane"]) - got[2]["plane"]).max() < 0.02
    best = got[1]["rounding"][0]
    assert len(best) == 3 and best[0][1] >= best[1][1] >= best[2][1]
    assert np.allclose(np.array(got[1]["snapped"][0]), (table @ plane(table))[got[1]["canvas"][0]])


def test_rounding_is_a_softmax_of_inner_products_and_clamping_the_nearest_word():
    table = np.array([[1.0, 0.0], [0.0, 1.0], [2.0, 2.0]])
    x = np.array([0.9, 0.2])
    weights = np.exp(table @ x / 0.5)
    assert np.allclose(rounding(x, table, 0.5), weights / weights.sum())
    assert rounding(x, table, 0.0).argmax() == 2  # the longest vector wins the inner product ...
    assert nearest(x, table) == 0  # ... not the distance
    with pytest.raises(ValueError, match="tau must be at least 0, got -1"):
        rounding(x, table, -1)


def test_the_gaussian_posterior_is_the_product_of_two_gaussians():
    alpha_t, alpha_s, x_0, x_t = 0.3, 0.6, 1.2, -0.4
    grid = np.linspace(-8, 8, 160_001)
    step = alpha_t / alpha_s
    log = -(grid - np.sqrt(alpha_s) * x_0) ** 2 / (2 * (1 - alpha_s)) - (x_t - np.sqrt(step) * grid) ** 2 / (2 * (1 - step))
    density = np.exp(log - log.max())
    density /= density.sum()
    mean = (density * grid).sum()
    deviation = np.sqrt((density * (grid - mean) ** 2).sum())
    got_mean, got_deviation = gaussian_posterior(np.array([x_t]), np.array([x_0]), alpha_t, alpha_s)
    assert got_mean[0] == pytest.approx(mean, abs=1e-8) and got_deviation == pytest.approx(deviation, abs=1e-8)
    assert gaussian_posterior(np.array([x_t]), np.array([x_0]), alpha_t, 1.0) == (pytest.approx(np.array([x_0])), 0.0)


def test_evidence_is_the_gaussian_log_density_up_to_a_constant():
    table = np.random.default_rng(1).normal(size=(4, 3))
    x = np.random.default_rng(2).normal(size=3)
    full = -((x - np.sqrt(0.4) * table) ** 2).sum(-1) / (2 * 0.6)
    assert np.ptp(gaussian_evidence(x, table, 0.4) - full) < 1e-12
    full = -((x - table) ** 2).sum(-1) / (2 * 0.7**2)
    assert np.ptp(growing_evidence(x, table, 0.7) - full) < 1e-12
    assert np.allclose(corrupt_vectors(table, 0.0, np.ones((4, 3))), 1.0)


def test_an_euler_step_towards_a_fixed_origin_is_exact():
    x, origin = np.array([5.0, 1.0]), np.array([1.0, 2.0])
    assert np.allclose(euler_step(x, origin, 4.0, 1.0), origin + (x - origin) / 4)


def test_the_entropy_linear_grid_spaces_entropy_evenly():
    times = np.geomspace(50, 0.01, 200)
    entropy = 3 / (1 + 1 / times)  # falls from 3 to 0
    grid = entropy_linear_grid(times, entropy, 10)
    assert grid[0] == pytest.approx(50) and grid[-1] == pytest.approx(0.01) and np.all(np.diff(grid) < 0)
    assert np.allclose(np.diff(3 / (1 + 1 / grid)), -(entropy[0] - entropy[-1]) / 10, atol=0.01)
    assert np.allclose(entropy_linear_grid(times, np.ones(200), 4), np.geomspace(50, 0.01, 5))


def test_embedding_tables():
    class Own:
        vocab_size = 2
        embeddings = ((1.0, 2.0), (3.0, 4.0))

    assert embedding_table(Own()).tolist() == [[1, 2], [3, 4]]
    Own.embeddings = [[1.0, np.nan], [0, 0]]
    with pytest.raises(ValueError, match=r"embeddings must be finite and \(2, D\)"):
        embedding_table(Own())
    large = type("Large", (), {"vocab_size": 300})()
    assert embedding_table(large).shape == (300, 64) and np.allclose(np.linalg.norm(embedding_table(large), axis=1), 1)
