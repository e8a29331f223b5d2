"""Training the evidence network: its short cuts equal the definition, and a run goes on as if it
had never been cut."""

import csv
import threading

import pytest
import torch

from playground.backend.evidence import EvidenceNetwork, load_evidence
from playground.diffusion.noise_bounds import (
    evidence_of_groups,
    evidence_of_words,
    uniform_evidence,
)
from playground.training.evidence import PAUSE, EvidenceSettings, EvidenceTraining, begin_from
from playground.training.evidence_batches import (
    KINDS,
    Teacher,
    WarpedDeviations,
    add_evidence,
    draw_noise,
    expected_words,
    losses_of,
    read_batch,
    vectors_of,
)
from playground.training.evidence_shipping import own_shares, ship
from playground.training.start import build_model
from playground.training.text import CLS, Windows
from tests.training.tiny import BRIEF, tiny_network


def training(folder, tokenizer, tale_blocks, **changes):
    network = tiny_network(tokenizer)
    settings = EvidenceSettings(
        **{
            **BRIEF,
            "width": 8,
            "groups": 6,
            "batch_pieces": 320,
            "evaluate_rows": 4,
            "evaluate_draws": 2,
            **changes,
        }
    )
    text = Windows(tokenizer, tale_blocks)
    return EvidenceTraining(settings, network, text, text, folder)


def dense_evidence(network, batch, vectors):
    """(B, L, V): the same batch as evidence of all words."""
    masks, groups = batch.starts[2:4]
    alpha = torch.expm1(batch.bonus) / (network.size + torch.expm1(batch.bonus))
    evidence = torch.cat(
        [
            vectors @ network.table.T / batch.deviation[:, None, None] ** 2,
            uniform_evidence(batch.seen, alpha, network.size),
            torch.zeros(groups - masks, batch.pieces.shape[1], network.size),
            evidence_of_groups(
                batch.pieces[groups:],
                torch.ones_like(batch.pieces[groups:], dtype=torch.bool),
                network.group,
            ),
        ]
    )
    evidence[batch.flat] = 0.0
    known = evidence_of_words(batch.pieces, batch.given, network.size)
    return torch.where(batch.given[..., None], known, evidence)


@pytest.fixture
def noised(tmp_path, tokenizer, tale_blocks):
    network = training(tmp_path, tokenizer, tale_blocks).network
    torch.nn.init.normal_(network.earlier.weight)
    torch.manual_seed(3)
    pieces = Windows(tokenizer, tale_blocks).draw(40, 16)
    batch = draw_noise(network, pieces, (0.3, 0.3, 0.2, 0.2), WarpedDeviations())
    with torch.no_grad():
        return network, batch, vectors_of(network, batch)


def test_every_kind_of_noise_is_read_as_its_evidence_says(noised):
    network, batch, vectors = noised
    wanted = network.read(dense_evidence(network, batch, vectors))
    got = read_batch(network, batch, vectors)
    for kind, (a, b) in zip(KINDS, zip(batch.starts, batch.starts[1:], strict=False), strict=True):
        # half precision where a few words share a place
        assert torch.allclose(got[a:b], wanted[a:b], atol=2e-2 if kind == "gaussian" else 1e-5), (
            kind
        )


@torch.no_grad()
def test_logits_and_self_conditioning_of_a_batch_are_those_of_the_network(noised):
    network, batch, vectors = noised
    evidence = dense_evidence(network, batch, vectors)
    inputs, where = network.read(evidence), ~batch.given
    first = network.log_posterior(evidence)
    scores = network.scores(network.states(inputs)[where])
    parts = add_evidence(network, batch, vectors, scores, where)
    got = torch.cat(parts).log_softmax(-1)[:, : network.size]
    assert torch.allclose(got.exp(), first[where].exp(), atol=1e-4)
    expected = expected_words(network, batch, vectors, inputs)
    assert torch.allclose(expected, first.exp() @ network.words, atol=5e-3)


def test_a_batch_holds_given_hidden_and_noisy_places_of_every_kind(noised):
    _, batch, _ = noised
    assert sum(batch.counts) == 40 and min(batch.counts) > 0
    assert not (batch.given & batch.flat).any() and batch.given[batch.pieces == CLS].all()
    _, uniform, masks, groups, end = batch.starts
    for a, b in ((0, uniform), (uniform, masks), (groups, end)):
        noisy = ~(batch.given | batch.flat)[a:b]
        assert noisy.any() and batch.given[a:b].any()
    assert (batch.given | batch.flat)[masks:groups].all()
    assert batch.flat[groups:].any() and batch.flat[masks:groups].any()


@torch.no_grad()
def test_the_masked_networks_answer_is_learned_beside_the_true_piece(noised):
    network, batch, _ = noised
    scored = ~batch.given
    # at the beginning the network reads masks as its teacher does: all that is left is entropy
    alone = Teacher(network.network, 1.0)
    answers = alone.answers(network, batch, scored)
    entropy = torch.special.entr(answers).sum(-1)
    plain = losses_of(network, batch, scored, False)
    taught = losses_of(network, batch, scored, False, teacher=alone)
    assert torch.allclose(taught[2], entropy, atol=1e-4) and len(entropy) > 20
    mixed = losses_of(network, batch, scored, False, teacher=Teacher(network.network, 0.25))
    assert torch.allclose(mixed[2], 0.75 * plain[2] + 0.25 * entropy, atol=1e-4)
    for kind in (0, 1, 3):  # and no other noise has a teacher
        assert torch.equal(taught[kind], plain[kind])


def test_deviations_are_drawn_where_the_loss_rises():
    warp = WarpedDeviations()
    for _ in range(200):
        bins = torch.arange(15).repeat_interleave(8)
        warp.take(bins, torch.where(bins < 8, 0.0, 4.0))
    torch.manual_seed(0)
    bins, deviation = warp.draw(2000)
    assert ((bins == 7) | (bins == 8)).float().mean() > 0.6 and bins.min() == 0 and bins.max() == 14
    assert deviation.min() > 0.06 and deviation.max() < 2.0


def test_it_learns_and_the_log_holds_every_bound(tmp_path, tokenizer, tale_blocks):
    run = training(tmp_path, tokenizer, tale_blocks, steps=40, evaluate_every=20)
    before = run.evaluate(4, 2)
    run.run()
    with open(tmp_path / "log.csv") as log:
        rows = list(csv.DictReader(log))
    assert [int(row["step"]) for row in rows] == [20, 40]
    for kind in KINDS:
        assert float(rows[-1][kind]) < before[kind] and float(rows[-1][f"{kind}_error"]) > 0


def test_embeddings_and_output_matrix_stay_the_masked_networks(tmp_path, tokenizer, tale_blocks):
    run = training(tmp_path, tokenizer, tale_blocks, steps=3)
    words, block = run.network.words.clone(), run.network.network.bert.encoder.layer[0]
    moved = [block.attention.self.query.weight, run.network.vectors, run.network.earlier.weight]
    before = [p.clone() for p in moved]
    run.run()
    assert torch.equal(words, run.network.words)
    assert run.network.network.cls.predictions.decoder.weight is run.network.words
    assert all(not torch.equal(a, b) for a, b in zip(before, moved, strict=True))


def test_a_run_cut_in_two_equals_one_that_never_stopped(tmp_path, tokenizer, tale_blocks):
    whole = training(tmp_path / "whole", tokenizer, tale_blocks)
    whole.run()
    first = training(tmp_path / "cut", tokenizer, tale_blocks)
    assert first.resume() is False
    first.run(until=5)
    second = training(tmp_path / "cut", tokenizer, tale_blocks)
    assert second.resume() is True and second.step == 5
    second.run()
    for one, other in ((whole.average.live, second.average.live),):
        assert all(torch.equal(a, b) for a, b in zip(one, other, strict=True))
    pairs = zip(whole.average.average, second.average.average, strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)
    assert [row["step"] for row in second.history] == [4, 8, 12]
    with pytest.raises(ValueError, match="seed must be 0"):
        training(tmp_path / "cut", tokenizer, tale_blocks, seed=1).resume()


def test_processor_time_of_all_parts_ends_a_run(tmp_path, tokenizer, tale_blocks):
    long = training(tmp_path, tokenizer, tale_blocks, steps=None, seconds=1e6)
    long.run(until=3)
    assert long.spent > 0 and long.rate() == 3e-3
    rest = training(tmp_path, tokenizer, tale_blocks, steps=None, seconds=long.spent / 2)
    rest.resume()
    assert rest.rate() == 0 and rest.run() == [] and rest.step == 3


def test_it_waits_while_a_file_named_pause_stands_in_the_folder(tmp_path, tokenizer, tale_blocks):
    run = training(tmp_path, tokenizer, tale_blocks, steps=2)
    (tmp_path / PAUSE).touch()
    saved = threading.Event()
    save = run.save
    run.save = lambda: (save(), saved.set())
    thread = threading.Thread(target=run.run)
    thread.start()
    assert saved.wait(30) and run.step == 0
    (tmp_path / PAUSE).unlink()
    thread.join(30)
    assert run.step == 2


def test_a_save_that_is_cut_off_leaves_the_checkpoint_before_it(
    tmp_path, tokenizer, tale_blocks, monkeypatch
):
    run = training(tmp_path, tokenizer, tale_blocks)
    run.run(until=2)

    def half(kept, path):
        path.write_bytes(b"half a file")
        raise OSError("disk full")

    run.train_step()
    monkeypatch.setattr("playground.training.evidence.torch.save", half)
    with pytest.raises(OSError):
        run.save()
    again = training(tmp_path, tokenizer, tale_blocks)
    assert again.resume() and again.step == 2


def test_the_averaged_weights_are_what_is_exported(tmp_path, tokenizer, tale_blocks):
    run = training(tmp_path, tokenizer, tale_blocks)
    run.run()
    network = tiny_network(tokenizer)
    loaded = load_evidence(tmp_path / "averaged", network)
    named = dict(loaded.named_parameters())
    names = [n for n, p in run.network.named_parameters() if p.requires_grad]
    for name, average in zip(names, run.average.average, strict=True):
        assert torch.equal(named[name], average.half().float()), name
    assert torch.equal(loaded.group, run.network.group)
    assert torch.equal(loaded.share, run.network.share)
    deviations, nats = loaded.curve
    assert deviations.min() > 0.06 and deviations.diff().max() < 0 and nats[0] > nats[-1]


def test_shipping_copies_what_the_folder_holds_now(tmp_path, tokenizer, tale_blocks, monkeypatch):
    run = training(tmp_path / "run", tokenizer, tale_blocks)
    run.run()
    network = tiny_network(tokenizer)
    paths = ship(tmp_path / "run", tmp_path / "out", network)
    assert [path.parent for path in paths] == [tmp_path / "out"] * 3
    assert (tmp_path / "out" / "curve.csv").read_text().count("\n") == 4
    kept, shipped = (
        load_evidence(p, network) for p in (tmp_path / "run/averaged", tmp_path / "out")
    )
    pairs = zip(kept.parameters(), shipped.parameters(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)
    monkeypatch.setattr("playground.training.evidence_shipping.LARGEST_FILE", 100)
    with pytest.raises(ValueError, match="must stay below 100"):
        ship(tmp_path / "run", tmp_path / "other", network)
    assert not (tmp_path / "other").exists()


def test_shipped_weights_may_be_mixed_with_those_that_the_training_began_from(
    tmp_path, tokenizer, tale_blocks
):
    run = training(tmp_path / "run", tokenizer, tale_blocks)
    run.run()
    network = tiny_network(tokenizer)
    ship(tmp_path / "run", tmp_path / "out", network, {"": 0.75})
    began = dict(EvidenceNetwork(network, run.network.width).named_parameters())
    averaged = load_evidence(tmp_path / "run/averaged", network)
    mixed = load_evidence(tmp_path / "out", network)
    for (name, value), other in zip(mixed.named_parameters(), averaged.parameters(), strict=True):
        share = 0.75 if name.startswith("network.") else 1.0
        right = other if share == 1 else share * other + (1 - share) * began[name]
        # files are float16
        torch.testing.assert_close(value.detach(), right.detach(), atol=1e-3, rtol=1e-3)
    assert torch.equal(mixed.group, averaged.group) and torch.equal(mixed.curve, averaged.curve)


def test_what_is_kept_of_a_network_is_said_for_all_and_for_parts():
    assert own_shares(".92") == {"": 0.92}
    assert own_shares("1,cls.predictions=.3") == {"": 1.0, "cls.predictions": 0.3}
    for wrong in ("", "1.2", "1,head", "1,head=-1", "head=1"):
        with pytest.raises(ValueError):
            own_shares(wrong)


@pytest.mark.parametrize("own", [None, {"": 0.75}, {"": 0.0}, {"": 1.0, "cls.predictions": 0.3}])
def test_a_new_run_begins_where_a_shipped_one_ended(tmp_path, tokenizer, tale_blocks, own):
    run = training(tmp_path / "run", tokenizer, tale_blocks)
    run.run()
    ship(tmp_path / "run", tmp_path / "shipped", tiny_network(tokenizer))
    new = training(tmp_path / "new", tokenizer, tale_blocks)
    start = {n: p.detach().clone() for n, p in new.network.named_parameters()}
    begin_from(new, tmp_path / "shipped", own)
    shipped = dict(load_evidence(tmp_path / "shipped", new.network.network).named_parameters())
    for name, value in new.network.named_parameters():
        if value.requires_grad:
            head = "cls.predictions" if "cls.predictions" in name else ""
            ours = own is None or not name.startswith("network.")
            share = 1.0 if ours else own.get(head, own[""])
            torch.testing.assert_close(
                value.detach(), (1 - share) * start[name] + share * shipped[name]
            )
    live = [p for p in new.network.parameters() if p.requires_grad]
    assert all(torch.equal(a, b) for a, b in zip(live, new.average.average, strict=True))
    assert torch.equal(new.network.group, run.network.group)
    assert new.step == run.step and [row["step"] for row in new.history] == [
        row["step"] for row in run.history
    ]
    assert new.history[-1]["masks"] == run.history[-1]["masks"]
    torch.testing.assert_close(new.warp.mean, run.warp.mean)


def test_the_shipped_shape_fits_into_its_files(tokenizer):
    with torch.device("meta"):
        network = build_model("fairy-diffusion", 11066, 0.0)
    files = [
        2 * sum(p.numel() for p in part.values())
        for part in EvidenceNetwork(network).to("meta").parts()
    ]
    assert len(files) == 4 and max(files) < 9_300_000
