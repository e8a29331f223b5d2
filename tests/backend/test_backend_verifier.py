"""The verifier's network: it begins as the masked network itself, never looks ahead, and survives
its file."""

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from transformers import BertConfig, BertForMaskedLM

from playground.backend.errors import WeightsRefused
from playground.backend.verifier import (
    SelfSpeculative,
    Verifier,
    embed,
    load_verifier,
    trunk_states,
)
from playground.diffusion import UnmaskSettings, unmask

WORDS, MASK, LENGTH = 40, 4, 9


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=WORDS,
        hidden_size=32,
        num_hidden_layers=3,
        num_attention_heads=4,
        intermediate_size=48,
        max_position_embeddings=16,
        initializer_range=0.3,
    )
    return BertForMaskedLM(config).eval().requires_grad_(False)


@pytest.fixture(scope="module")
def verifier(network):
    """Two blocks that no longer are the network's own."""
    torch.manual_seed(1)
    verifier = Verifier.from_network(network, 2)
    with torch.no_grad():
        for parameter in verifier.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return verifier.eval().requires_grad_(False)


def question(rows=2, hidden=6, seed=2):
    """Pieces (B, L), the canvas that hides `hidden` of them, and a random order of those."""
    generator = torch.Generator().manual_seed(seed)
    pieces = torch.randint(5, WORDS, (rows, LENGTH), generator=generator)
    order = torch.rand(rows, LENGTH, generator=generator).argsort(1)[:, :hidden]
    return pieces, pieces.scatter(1, order, MASK), order


def logits(network, verifier, pieces, canvas, order, count=None):
    """All turns' logits from the verifier alone, the first not replaced by the draft's."""
    states, _ = trunk_states(network, canvas, verifier.shape.blocks)
    states = verifier(states, embed(network.bert.embeddings, pieces), order, count)
    return network.cls.predictions.decoder(states)


def test_an_untrained_verifier_begins_as_the_network_for_the_first_place(network):
    pieces, canvas, order = question()
    fresh = Verifier.from_network(network, 2)
    first = logits(network, fresh, pieces, canvas, order)[:, 0]
    own = network(input_ids=canvas).logits[torch.arange(2), order[:, 0]]
    assert torch.allclose(first, own, atol=1e-4)


def test_the_reading_is_the_networks_and_the_first_place_keeps_it(network, verifier):
    pieces, canvas, order = question()
    reading = SelfSpeculative(network, verifier, MASK).draft(canvas)
    assert torch.allclose(reading.logits, network(input_ids=canvas).logits, atol=1e-5)
    verified = reading.verify(pieces, order)
    assert torch.equal(verified[:, 0], reading.logits[torch.arange(2), order[:, 0]])


@pytest.mark.parametrize("turn", range(6))
def test_a_place_is_judged_by_the_drafts_before_it_alone(network, verifier, turn):
    pieces, canvas, order = question()
    changed = pieces.scatter(1, order[:, turn : turn + 1], 7)
    before = logits(network, verifier, pieces, canvas, order)
    after = logits(network, verifier, changed, canvas, order)
    assert torch.equal(before[:, : turn + 1], after[:, : turn + 1])
    later = (before[:, turn + 1 :] - after[:, turn + 1 :]).abs().amax((0, 2))
    assert (later > 1e-3).all()


def test_a_window_changes_nothing_but_how_many_places_are_judged(network, verifier):
    pieces, canvas, order = question()
    whole = logits(network, verifier, pieces, canvas, order)
    for count in (1, 3, 5):
        part = logits(network, verifier, pieces, canvas, order, count)
        assert torch.allclose(part, whole[:, :count], atol=1e-4)


def test_rows_with_fewer_hidden_places_are_judged_as_if_alone(network, verifier):
    pieces, canvas, order = question()
    short_pieces, short_canvas, short_order = question(1, 3, seed=5)
    padded = torch.cat([short_order, torch.full((1, 3), -1)], 1)
    together = logits(
        network,
        verifier,
        torch.cat([pieces, short_pieces]),
        torch.cat([canvas, short_canvas]),
        torch.cat([order, padded]),
    )
    alone = logits(network, verifier, short_pieces, short_canvas, short_order)
    assert torch.allclose(together[2:, :3], alone, atol=1e-4)
    assert torch.allclose(together[:2], logits(network, verifier, pieces, canvas, order), atol=1e-4)


def test_the_file_brings_back_the_verifier_in_half_precision(network, verifier, tmp_path):
    path = tmp_path / "verifier.safetensors"
    verifier.save(path, "tiny")
    loaded = load_verifier(path, network)
    assert loaded.shape == verifier.shape
    for name, value in verifier.state_dict().items():
        assert torch.equal(loaded.state_dict()[name], value.half().float())


def test_a_file_that_does_not_fit_is_refused(network, verifier, tmp_path):
    path = tmp_path / "verifier.safetensors"
    save_file({"x": torch.zeros(1)}, path)
    with pytest.raises(WeightsRefused, match="is no verifier"):
        load_verifier(path, network)
    verifier.save(path, "tiny")
    other = BertForMaskedLM(
        BertConfig(
            vocab_size=WORDS,
            hidden_size=16,
            num_hidden_layers=2,
            num_attention_heads=4,
            intermediate_size=48,
        )
    )
    with pytest.raises(WeightsRefused, match="belongs to another network"):
        load_verifier(path, other)
    with pytest.raises(ValueError, match="blocks must be in"):
        Verifier.from_network(network, 4)


def test_sampling_fills_canvases_of_different_masks_in_fewer_passes(network, verifier):
    writer = SelfSpeculative(network, verifier, MASK)
    canvas = torch.full((3, LENGTH), MASK)
    canvas[1, :4] = torch.tensor([5, 6, 7, 8])
    for window in (1, 3):
        steps = list(unmask(writer, canvas, UnmaskSettings("self-speculative", window, seed=4)))
        last = steps[-1].canvas
        assert (last != MASK).all() and last[1, :4].tolist() == [5, 6, 7, 8]
        assert sum(step.revealed.sum(1) for step in steps).tolist() == [9, 5, 9]
        assert (steps[-1].calls < np.array([9, 5, 9])).all()


def test_a_row_of_a_batch_is_judged_as_by_itself_while_it_is_sampled(network, verifier):
    """Rows have different numbers of masks: the places behind a shorter row's end must not reach
    it."""
    writer = SelfSpeculative(network, verifier, MASK)
    canvas = torch.full((2, LENGTH), MASK)
    canvas[1, :5] = torch.tensor([5, 6, 7, 8, 9])
    settings = UnmaskSettings("self-speculative", 2, seed=1)
    both = [step.record(1) for step in unmask(writer, canvas, settings)]
    alone = [step.record() for step in unmask(writer, canvas[1:], settings, rows=[1])]
    for one, other in zip(alone, both, strict=False):
        assert one["canvas"] == other["canvas"]
        for a, b in zip(one["drafts"], other["drafts"], strict=True):
            assert a["p"] == pytest.approx(b["p"], abs=1e-5) and a["place"] == b["place"]
            assert a["q"] == b["q"] or a["q"] == pytest.approx(b["q"], abs=1e-5)
