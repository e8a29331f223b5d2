"""The NELBO in its forms: they agree, and with exact conditionals they are the entropy of the data."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.diffusion import ExactDenoiser
from playground.diffusion.bound import (
    masked_losses,
    nelbo_any_order,
    nelbo_continuous,
    nelbo_discrete,
    nelbo_estimate,
    nelbo_uniform_count,
)
from playground.diffusion.meter import all_texts, true_distribution

CHAIN = ExactDenoiser([0.5, 0.3, 0.2], [[0.6, 0.3, 0.1], [0.2, 0.5, 0.3], [0.3, 0.3, 0.4]])


class Wrong:
    """Not consistent with any distribution: each order gives another loss."""

    vocab_size = mask_id = 3

    def logits(self, canvas):
        seen = (canvas != 3).double().cumsum(1)[..., None] * torch.tensor(
            [0.3, -0.2, 0.1]
        ) + torch.flip(canvas, [1])[..., None] * 0.2
        return torch.sin(3 * seen)


def over_all_orders(denoiser, text):
    losses = []
    for order in itertools.permutations(range(len(text))):
        canvas, loss = np.full(len(text), denoiser.mask_id), 0.0
        for place in order:
            logits = torch.as_tensor(denoiser.logits(torch.from_numpy(canvas[None])))[0, place]
            loss -= float(logits.log_softmax(-1)[text[place]])
            canvas[place] = text[place]
        losses.append(loss)
    return float(np.mean(losses))


@given(st.lists(st.integers(0, 2), min_size=1, max_size=4))
@settings(max_examples=15, deadline=None)
def test_three_forms_agree_for_every_text(text):
    for denoiser in (CHAIN, Wrong()):
        expected = over_all_orders(denoiser, text)
        assert nelbo_any_order(denoiser, text) == pytest.approx(expected, abs=1e-9)
        assert nelbo_uniform_count(denoiser, text) == pytest.approx(expected, abs=1e-9)
        for schedule in ("linear", "cosine"):
            assert nelbo_continuous(denoiser, text, schedule=schedule) == pytest.approx(
                expected, abs=1e-9
            )


def test_with_exact_conditionals_the_bound_is_the_entropy_of_the_data():
    texts, probability = all_texts(3, 3), true_distribution(CHAIN, 3)
    bounds = np.array([nelbo_any_order(CHAIN, text) for text in texts])
    assert np.allclose(bounds, -np.log(probability), atol=1e-9)
    assert float(probability @ bounds) == pytest.approx(
        -float(probability @ np.log(probability)), abs=1e-9
    )


def test_the_discrete_form_falls_to_the_others_on_average_over_the_data():
    texts, probability = all_texts(3, 3), true_distribution(CHAIN, 3)
    losses = [masked_losses(CHAIN, text) for text in texts]
    entropy = -float(probability @ np.log(probability))

    def average(steps, schedule="linear"):
        return float(
            sum(
                p * nelbo_discrete(CHAIN, None, steps, losses=f, schedule=schedule)
                for p, f in zip(probability, losses, strict=True)
            )
        )

    values = [average(steps) for steps in (1, 2, 4, 8, 16, 64)]
    assert all(later < earlier for earlier, later in itertools.pairwise(values))
    assert values[-1] > entropy
    # the linear schedule makes it a polynomial in 1 / T of degree 3: its value at 1 / T = 0 is the bound itself
    steps = np.array([1, 2, 4, 8])
    limit = np.polynomial.polynomial.polyfit(1 / steps, [average(int(t)) for t in steps], 3)[0]
    assert limit == pytest.approx(entropy, abs=1e-9)
    assert average(4000, "cosine") == pytest.approx(entropy, abs=1e-3)
    # for a single text it need not be monotone, and may lie below -log p
    assert any(
        nelbo_discrete(CHAIN, None, 1, losses=f) < -np.log(p)
        for p, f in zip(probability, losses, strict=True)
    )


def test_impossible_words_cost_infinity_not_nan():
    chain = ExactDenoiser([1.0, 0.0], [[0.5, 0.5], [0.5, 0.5]])
    assert np.isinf(masked_losses(chain, [0, 1])).sum() == 0
    with pytest.raises(ValueError):
        masked_losses(chain, [1, 1])  # visible words that the chain cannot produce: said so

    class Never:
        vocab_size = mask_id = 2

        def logits(self, canvas):
            return torch.tensor([0.0, -torch.inf]).expand(*canvas.shape, 2)

    assert masked_losses(Never(), [0, 1]).tolist() == [np.inf, np.inf]
    for bound in (nelbo_any_order, nelbo_uniform_count, nelbo_continuous):
        assert bound(Never(), [0, 1]) == np.inf
    for steps in (
        1,
        4,
    ):  # at t = 1 all positions are masked: no other count comes up, and 0 times its infinite loss is nothing
        assert nelbo_discrete(Never(), [0, 1], steps) == np.inf
    assert nelbo_discrete(Never(), None, 1, losses=np.array([np.inf, 3.0])) == 3.0


def test_the_estimate_is_within_its_standard_error():
    text = [0, 1, 2, 0, 1, 1]
    exact = nelbo_any_order(Wrong(), text)
    estimates = [nelbo_estimate(Wrong(), text, samples=48, seed=seed) for seed in range(40)]
    values, errors = np.array(estimates).T
    assert abs(values.mean() - exact) < 4 * values.std() / np.sqrt(40)
    assert values.std() < 1.3 * errors.mean()
    long = nelbo_estimate(CHAIN, [0] * 200, samples=8)
    assert np.isfinite(long).all()
    with pytest.raises(ValueError, match="samples must be at least 2, got 1"):
        nelbo_estimate(CHAIN, text, samples=1)
    with pytest.raises(ValueError, match="text must have 1 to 16 positions"):
        masked_losses(CHAIN, [0] * 17)
