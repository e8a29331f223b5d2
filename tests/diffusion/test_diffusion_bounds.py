"""What each noise costs, on a chain whose probabilities are known: with an exact denoiser no bound
lies above the truth by chance."""

import numpy as np
import pytest
import torch

from playground.diffusion import ExactDenoiser
from playground.diffusion.noise_bounds import (
    gaussian_bound,
    grouped_bound,
    masked_bound,
    uniform_bound,
)

INITIAL = [0.5, 0.3, 0.2]
TRANSITION = [[0.8, 0.15, 0.05], [0.1, 0.2, 0.7], [0.3, 0.6, 0.1]]
CHAIN = ExactDenoiser(INITIAL, TRANSITION)
TEXT, ROWS = (0, 0, 0), 600
TRUTH = -CHAIN.log_likelihood(np.array([TEXT]))[0] / len(TEXT)
TABLE = torch.eye(3)
GROUP = torch.tensor([0, 1, 1])


def answer(evidence):
    return CHAIN.posterior_log(evidence.numpy()).float().clamp(min=-1e4)


def estimates(kind, answer=answer, seed=0):
    pieces = torch.tensor([TEXT] * ROWS)
    generator = torch.Generator().manual_seed(seed)
    if kind == "masks":
        return masked_bound(answer, pieces, 3, 6, generator)
    if kind == "groups":
        return grouped_bound(answer, pieces, GROUP, 6, generator)
    if kind == "uniform":
        return uniform_bound(answer, pieces, 3, 6, generator, steps=400)
    return gaussian_bound(answer, pieces, TABLE, 12, generator, lowest=0.05, highest=40.0)


@pytest.mark.parametrize("kind", ["masks", "groups", "uniform", "gaussian"])
def test_with_the_exact_law_each_bound_is_the_texts_own_cost(kind):
    found = estimates(kind)
    error = found.std().item() / ROWS**0.5
    slack = 0.01 if kind in ("uniform", "gaussian") else 0.0  # many steps, not infinitely many
    assert abs(found.mean().item() - TRUTH) < 4 * error + slack


@pytest.mark.parametrize("kind", ["masks", "groups", "uniform", "gaussian"])
def test_a_denoiser_that_knows_no_neighbours_pays_for_it(kind):
    words = torch.tensor(INITIAL).log()

    def alone(evidence):
        return torch.log_softmax(words + evidence, -1)

    independent = -words[list(TEXT)].mean().item()
    found = estimates(kind, alone)
    error = found.std().item() / ROWS**0.5
    assert abs(found.mean().item() - independent) < 4 * error + 0.02
    assert independent > TRUTH + 0.1
