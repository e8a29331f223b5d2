"""What is hidden and what is scored: the only difference between the twins."""

import pytest
import torch
from torch.nn import functional

from playground.training.objective import (
    LOWEST_RATE,
    hide_causal,
    hide_diffusion,
    piece_losses,
    stratified_rates,
    weighted_loss,
)
from playground.training.start import build_model
from playground.training.text import CLS, MASK

TINY = dict(
    hidden_size=32,
    num_hidden_layers=2,
    num_attention_heads=4,
    intermediate_size=64,
    max_position_embeddings=64,
)


def test_rates_are_one_from_each_stratum():
    torch.manual_seed(0)
    for rows in (1, 7, 64):
        rates = stratified_rates(rows)
        strata = ((rates - LOWEST_RATE) / (1 - LOWEST_RATE) * rows).ceil().long()
        assert sorted(strata.tolist()) == list(range(1, rows + 1))
        assert LOWEST_RATE < rates.min() and rates.max() <= 1


def test_rates_are_uniform_on_average():
    torch.manual_seed(0)
    rates = torch.stack([stratified_rates(8) for _ in range(2000)])
    assert (
        rates.mean(dim=0).sub((1 + LOWEST_RATE) / 2).abs().max() < 0.02
    )  # every row, not only the batch


def test_causal_targets_are_the_next_pieces_and_the_last_position_is_not_scored():
    window = torch.tensor([[CLS, 10, 11, 12], [13, 14, 15, 16]])
    inputs, targets, weights = hide_causal(window, noise=0.0)
    assert torch.equal(inputs, window)
    assert torch.equal(targets[:, :-1], window[:, 1:])
    assert torch.equal(weights, torch.tensor([[1, 1, 1, 0], [1, 1, 1, 0]]) / 6)


def test_noise_hides_inputs_only_and_never_the_beginning():
    torch.manual_seed(0)
    window = torch.randint(10, 99, (64, 32))
    window[:, 0] = CLS
    inputs, targets, _ = hide_causal(window, noise=0.3)
    hidden = inputs == MASK
    assert 0.25 < hidden[:, 1:].float().mean() < 0.35 and not hidden[:, 0].any()
    assert torch.equal(inputs[~hidden], window[~hidden]) and torch.equal(
        targets[:, :-1], window[:, 1:]
    )


@pytest.mark.parametrize("weighting", ["bound", "token"])
def test_diffusion_scores_hidden_pieces_only(weighting):
    torch.manual_seed(0)
    window = torch.randint(10, 99, (32, 24))
    window[::2, 0] = CLS
    inputs, targets, weights = hide_diffusion(window, weighting)
    hidden = inputs == MASK
    assert torch.equal(hidden, weights > 0) and torch.equal(targets, window)
    assert torch.equal(inputs[~hidden], window[~hidden]) and not hidden[::2, 0].any()
    assert weights.sum() == pytest.approx(1, abs=1e-5)
    if weighting == "bound":  # every row with a hidden piece counts the same
        rows = weights.sum(dim=1)[hidden.any(dim=1)]
        assert torch.allclose(rows, rows[:1].expand_as(rows))
    else:
        assert torch.allclose(weights[hidden], weights[hidden][:1].expand(int(hidden.sum())))


def test_padding_the_output_matrix_changes_no_loss():
    torch.manual_seed(0)
    states, matrix, bias, targets = (
        torch.randn(9, 8),
        torch.randn(37, 8),
        torch.randn(37),
        torch.randint(37, (9,)),
    )
    expected = functional.cross_entropy(
        functional.linear(states, matrix, bias), targets, reduction="none"
    )
    assert torch.allclose(piece_losses(states, matrix, bias, targets), expected, atol=1e-5)


@pytest.mark.parametrize("model", ["fairy-causal", "fairy-diffusion"])
def test_the_loss_is_that_of_the_whole_network(model):
    torch.manual_seed(0)
    network = build_model(model, 40, dropout=0.0, **TINY).eval()
    window = torch.randint(5, 40, (6, 12))
    inputs, targets, weights = (
        hide_causal(window, 0.0) if model == "fairy-causal" else hide_diffusion(window, "bound")
    )
    losses = functional.cross_entropy(
        network(input_ids=inputs).logits.flatten(0, 1), targets.flatten(), reduction="none"
    )
    assert weighted_loss(network, inputs, targets, weights).item() == pytest.approx(
        (losses * weights.flatten()).sum().item(), abs=1e-5
    )


def test_the_twins_differ_only_in_what_they_see():
    torch.manual_seed(0)
    causal = build_model("fairy-causal", 40, dropout=0.0, **TINY).eval()
    diffusion = build_model("fairy-diffusion", 40, dropout=0.0, **TINY).eval()
    assert {k: v.shape for k, v in causal.state_dict().items()} == {
        k: v.shape for k, v in diffusion.state_dict().items()
    }
    diffusion.load_state_dict(causal.state_dict())
    text = torch.randint(5, 40, (1, 10))
    changed = text.clone()
    changed[0, -1] = (changed[0, -1] - 4) % 35 + 5
    with torch.no_grad():
        moved = [
            (network(input_ids=text).logits - network(input_ids=changed).logits)[0].abs().amax(-1)
            for network in (causal, diffusion)
        ]
    assert moved[0][:-1].max() == 0 and moved[0][-1] > 0  # the left never sees the right
    assert moved[1].min() > 0  # everything sees everything
