"""A small chain whose texts can all be counted, 20,000 draws of a sampler, and whether they follow
a law."""

import numpy as np
from scipy.stats import chi2

from playground.diffusion import (
    ExactDenoiser,
    unmask,
)

CHAIN = ExactDenoiser([0.5, 0.3, 0.2], [[0.6, 0.3, 0.1], [0.2, 0.5, 0.3], [0.3, 0.3, 0.4]])
LENGTH, ROWS = 4, 20_000


def drawn(settings, denoiser=CHAIN, length=LENGTH, canvas=None, locked=None):
    start = (
        np.full((ROWS, length), denoiser.mask_id)
        if canvas is None
        else np.repeat(np.asarray(canvas)[None], ROWS, axis=0)
    )
    locks = None if locked is None else np.repeat(np.asarray(locked)[None], ROWS, axis=0)
    *_, last = unmask(denoiser, start, settings, locked=locks)
    codes = last.canvas.numpy() @ denoiser.vocab_size ** np.arange(length - 1, -1, -1)
    return np.bincount(codes, minlength=denoiser.vocab_size**length)


def agrees(counts, law):
    """Within sampling error: nothing where the law has nothing, and a chi-square at one in a
    million."""
    assert counts[law <= 0].sum() == 0
    expected = law * counts.sum()
    common = expected >= 5
    statistic = ((counts[common] - expected[common]) ** 2 / expected[common]).sum()
    rare, many = counts[~common].sum(), expected[~common].sum()
    statistic += (rare - many) ** 2 / max(many, 1)
    assert statistic < chi2.ppf(1 - 1e-6, common.sum())
