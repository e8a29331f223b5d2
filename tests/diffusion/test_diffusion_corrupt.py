"""Corruption of a text to time t, and the vectors under it."""

import json

import numpy as np
import pytest
from scipy.stats import norm

from playground.diffusion.corrupt import (
    GRID,
    POSTERIOR_STEP,
    TAUS,
    lasting,
    posterior_paths,
    standard_plane,
    vector_paths,
)
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
from playground.diffusion.noise import alpha_bar, uniform_matrix


def test_paths_of_vectors_are_those_of_rounding_and_clamping():
    generator = np.random.default_rng(0)
    table, flat = standard_plane(generator.normal(size=(40, 5)))
    ids, noise, alphas = (
        np.array([3, 1, 4]),
        generator.normal(size=(3, 5)),
        np.array([1.0, 0.6, 0.1, 0.0]),
    )
    data, named = vector_paths(table, flat, ids, noise, alphas)
    assert json.loads(json.dumps(data)) == data
    assert [path[0] for path in data["near"]] == ids.tolist(), (
        "without noise each word is its own nearest"
    )
    for n, alpha in enumerate(alphas):
        x = corrupt_vectors(table[ids], alpha, noise)
        assert [path[n] for path in data["near"]] == nearest(x, table).tolist()
        for place in range(3):
            best = data["top"][place][n]
            assert best == np.argsort(-(x[place] @ table.T), kind="stable")[:3].tolist()
            for number, tau in enumerate(TAUS):
                assert np.allclose(
                    [row[number] for row in data["chance"][place][n]],
                    10_000 * rounding(x[place], table, tau)[best],
                    atol=0.51,
                )
    assert named == {int(word) for word in data["places"]}
    assert np.allclose(data["start"], table[ids] @ flat, atol=5e-4) and np.allclose(
        data["noise"], noise @ flat, atol=5e-4
    )


@pytest.mark.parametrize("width", [1, 2, 5])
def test_the_plane_is_that_of_the_principal_directions(width):
    raw = np.random.default_rng(1).normal(size=(30, width)) * np.arange(1, width + 1) + 7
    table, flat = standard_plane(raw)
    assert np.allclose(table.mean(0), 0, atol=1e-5) and (table**2).mean() == pytest.approx(
        1, rel=1e-5
    )
    assert np.allclose(np.abs(table @ flat), np.abs(table @ plane(table)), atol=1e-4), (
        "up to the sign of a direction"
    )


@pytest.mark.parametrize(("size", "length"), [(20, 1.0), (20, 4.0), (100, 2.0)])
def test_half_of_the_words_are_lost_where_the_integral_says(size, length):
    """Words on axes of their own: the nearest is the largest of independent normals."""
    found = lasting(length * np.eye(size))
    assert found["length"] == length and found["noise"] == pytest.approx(size**0.5, abs=0.01)
    x = np.linspace(-8, 8, 4001)
    ahead = norm.cdf(x + length * (found["half"] / (1 - found["half"])) ** 0.5)
    kept = (norm.pdf(x) * ahead ** (size - 1)).sum() * (x[1] - x[0])
    assert kept == pytest.approx(0.5, abs=0.09)  # measured on 256 draws


def test_a_single_word_is_never_lost():
    assert lasting(np.ones((1, 3)))["half"] is None


def test_posteriors_are_laws_and_follow_bayes():
    alphas = alpha_bar(GRID, "cosine")
    data = posterior_paths(alphas, 5)
    back = round(POSTERIOR_STEP / (GRID[1] - GRID[0]))
    for n in range(1, len(GRID) - 1):  # at t = 1 nothing is known of x_0's own step
        alpha, earlier = alphas[n], alphas[max(0, n - back)]
        assert data["absorbing"][n] == pytest.approx(
            [(earlier - alpha) / (1 - alpha), (1 - earlier) / (1 - alpha)], abs=2e-6
        )
        between = uniform_matrix(alpha / earlier, 5)
        for seen, path in ((0, "uniform_same"), (1, "uniform_other")):
            law = (
                uniform_matrix(earlier, 5)[0] * between[:, seen] / uniform_matrix(alpha, 5)[0, seen]
            )
            assert data[path][n] == pytest.approx(law[:3], abs=2e-6)
            assert law.sum() == pytest.approx(1)


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
    log = -((grid - np.sqrt(alpha_s) * x_0) ** 2) / (2 * (1 - alpha_s)) - (
        x_t - np.sqrt(step) * grid
    ) ** 2 / (2 * (1 - step))
    density = np.exp(log - log.max())
    density /= density.sum()
    mean = (density * grid).sum()
    deviation = np.sqrt((density * (grid - mean) ** 2).sum())
    got_mean, got_deviation = gaussian_posterior(np.array([x_t]), np.array([x_0]), alpha_t, alpha_s)
    assert got_mean[0] == pytest.approx(mean, abs=1e-8) and got_deviation == pytest.approx(
        deviation, abs=1e-8
    )
    assert gaussian_posterior(np.array([x_t]), np.array([x_0]), alpha_t, 1.0) == (
        pytest.approx(np.array([x_0])),
        0.0,
    )


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
    assert (
        grid[0] == pytest.approx(50)
        and grid[-1] == pytest.approx(0.01)
        and np.all(np.diff(grid) < 0)
    )
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
    assert embedding_table(large).shape == (300, 64) and np.allclose(
        np.linalg.norm(embedding_table(large), axis=1), 1
    )
