"""Control against enumeration: with the exact p(c | .) guided texts follow p(text | c), by words
and by gradient."""

import itertools

import numpy as np
import pytest
import torch

from playground.diffusion import ExactDenoiser
from playground.diffusion.control import (
    conditioned_law,
    guided_law,
    log_contains,
    steer,
    steered_origin,
)
from tests.diffusion.evidence_network import small_evidence

CHAIN = ExactDenoiser([0.5, 0.3, 0.2], [[0.8, 0.15, 0.05], [0.1, 0.2, 0.7], [0.3, 0.6, 0.1]])
LENGTH, WANTED = 4, 2
TEXTS = np.array(list(itertools.product(range(3), repeat=LENGTH)))
LAW = np.exp(CHAIN.log_likelihood(TEXTS))


def holds(text):
    return WANTED in text


def exactly(canvases):
    """log p(c | canvas) by enumeration."""
    found = []
    for canvas in canvases:
        fits = ((TEXTS == canvas) | (canvas == CHAIN.mask_id)).all(1)
        wanted = np.array([holds(text) for text in TEXTS])
        found.append(LAW[fits & wanted].sum() / LAW[fits].sum())
    with np.errstate(divide="ignore"):
        return np.log(np.array(found))


def independently(canvases):
    law = CHAIN.logits(torch.from_numpy(canvases)).exp()
    with np.errstate(divide="ignore"):
        share = 1 - (1 - law[..., WANTED].numpy()).prod(-1)
        return np.log(share)


def distance(a, b):
    return 0.5 * np.abs(a - b).sum()


@pytest.mark.parametrize("order", [None, (2, 0, 3, 1)])
def test_words_weighed_by_the_exact_classifier_follow_the_conditioned_law(order):
    truth = conditioned_law(CHAIN, LENGTH, holds)
    assert distance(guided_law(CHAIN, LENGTH, exactly, order), truth) < 1e-12
    assert distance(LAW, truth) > 0.2  # it changes something


def test_a_classifier_of_independent_places_always_succeeds_and_is_not_exact():
    truth = conditioned_law(CHAIN, LENGTH, holds)
    law = guided_law(CHAIN, LENGTH, independently)
    assert law.sum() == pytest.approx(1.0)
    assert law[[not holds(text) for text in TEXTS]].sum() < 1e-12
    assert 0.001 < distance(law, truth) < 0.1


def test_the_gradient_moves_the_expected_origin_to_that_of_the_conditioned_law():
    table = torch.tensor([[1.0, 0.0], [-0.5, 0.8], [-0.4, -0.9]], dtype=torch.double)
    deviation = 0.7
    law, texts = torch.from_numpy(LAW), torch.from_numpy(TEXTS)
    wanted = torch.tensor([holds(text) for text in TEXTS])
    torch.manual_seed(0)
    x = torch.randn(LENGTH, 2, dtype=torch.double, requires_grad=True)

    def weights(given):
        gap = ((x - table[texts]) ** 2).sum((1, 2))
        score = law.log() - gap / (2 * deviation**2)
        return score.masked_fill(~given, -torch.inf)

    everything = weights(torch.ones_like(wanted))
    likely = torch.logsumexp(weights(wanted), 0) - torch.logsumexp(everything, 0)
    (gradient,) = torch.autograd.grad(likely, x)
    origin, conditioned = (
        torch.einsum("t,tld->ld", weights(given).softmax(0), table[texts]).detach()
        for given in (torch.ones_like(wanted), wanted)
    )
    assert torch.allclose(steered_origin(origin, gradient, deviation), conditioned, atol=1e-12)
    assert not torch.allclose(origin, conditioned, atol=1e-3)


def test_contains_is_exact_where_places_are_independent():
    words = torch.tensor([0.5, 0.3, 0.2])
    law = words.expand(1, LENGTH, 3)
    truth = np.log(1 - 0.8**LENGTH)
    assert log_contains(law, torch.tensor([WANTED])).item() == pytest.approx(truth, abs=1e-6)
    sure = torch.eye(3)[torch.tensor([[0, 2, 1]])]
    assert log_contains(sure, torch.tensor([WANTED])).item() == pytest.approx(0.0, abs=1e-5)
    never = log_contains(sure, torch.tensor([], dtype=torch.long))
    assert never.item() < -20


def test_steps_along_the_gradient_make_what_is_wanted_likelier_and_stay_near():
    network = small_evidence()
    torch.manual_seed(2)
    mean, deviation = torch.randn(2, 5, network.width), 0.6
    x = mean + deviation * torch.randn_like(mean)
    words = torch.tensor([7, 9])

    def wanted(vectors):
        evidence = vectors @ network.table.T / deviation**2
        return log_contains(network.log_posterior(evidence).exp(), words)

    moved, found = steer(x, mean, deviation, wanted, updates=3, rate=0.1)
    assert len(found) == 4 and found[3] > found[0]
    assert 0 < (moved - x).norm() < x.norm()
    held, _ = steer(x, mean, deviation, wanted, updates=3, rate=0.1, weight=100.0)
    assert (held - mean).norm() < (x - mean).norm()
    assert steer(x, mean, deviation, wanted, updates=0)[0].equal(x)
