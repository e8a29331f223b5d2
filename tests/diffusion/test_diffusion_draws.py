"""Draws depend on (seed, step, row, position, stream) and nothing else."""

import numpy as np

from playground.diffusion.draws import gumbels, normals, philox, uniforms


def words(counter, key):
    return [int(word) for word in philox(counter, key)]


def test_philox_gives_the_known_answers_of_its_authors():
    assert words((0, 0, 0, 0), (0, 0)) == [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]
    full = 0xFFFFFFFF
    assert words((full,) * 4, (full, full)) == [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]
    pi = (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344)
    assert words(pi, (0xA4093822, 0x299F31D0)) == [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1]


def test_a_batch_of_draws_is_its_single_draws():
    all_at_once = uniforms(
        7, np.arange(3)[:, None, None], np.arange(4)[:, None], np.arange(5)
    )  # (3, 4, 5)
    assert all_at_once.shape == (3, 4, 5)
    assert all_at_once[2, 3, 1] == uniforms(7, 2, 3, 1)
    assert uniforms(7, 2, 3, 1) != uniforms(8, 2, 3, 1)
    assert uniforms(7, 2, 3, 1, stream=1) != uniforms(7, 2, 3, 1)
    assert uniforms(2**33 + 7, 2, 3, 1) != uniforms(7, 2, 3, 1)


def test_uniforms_are_even_and_float64():
    u = uniforms(0, 0, np.arange(1000)[:, None], np.arange(100))
    assert u.dtype == np.float64 and u.min() >= 0 and u.max() < 1
    counts = np.bincount((u.reshape(-1) * 20).astype(int), minlength=20)
    assert (
        (counts - 5000) ** 2 / 5000
    ).sum() < 45  # chi-square of 19 degrees of freedom, p about 1e-3
    assert len(np.unique(u)) == u.size  # 53 bits: 32 would collide about once here


def test_normals_and_gumbels_have_their_moments():
    x = normals(0, 1, np.arange(200)[:, None], np.arange(50), 7)
    assert x.shape == (200, 50, 7)
    assert abs(x.mean()) < 0.02 and abs(x.std() - 1) < 0.02
    assert abs(np.corrcoef(x[..., 0].reshape(-1), x[..., 1].reshape(-1))[0, 1]) < 0.05
    g = gumbels(0, 1, np.arange(200)[:, None], np.arange(50))
    assert np.isfinite(g).all() and abs(g.mean() - 0.5772) < 0.05
