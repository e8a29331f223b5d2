"""Training the verifier: it learns what the draft cannot know, and goes on after any interruption
as if there had been none."""

import csv
import threading
from pathlib import Path

import pytest
import torch

from playground.backend.verifier import LARGEST_FILE, Verifier, VerifierShape, load_verifier
from playground.training.masked_network import load_network
from playground.training.text import MASK, Windows
from playground.training.verifier import (
    PAUSE,
    VerifierSettings,
    VerifierTraining,
)
from playground.training.verifier_report import compare
from playground.training.verifier_shipping import card, ship, verdict
from tests.training.tiny import BRIEF, tiny_network

SHIPPED = Path(__file__).parents[2] / "assets" / "models" / "fairy-diffusion"


def training(folder, tokenizer, tale_blocks, **changes):
    network = tiny_network(tokenizer)
    settings = VerifierSettings(
        **{
            **BRIEF,
            "batch_pieces": 256,
            "evaluate_rows": 8,
            "fit_batches": 4,
            **changes,
        }
    )
    text = Windows(tokenizer, tale_blocks)
    return VerifierTraining(settings, network, text, text, folder)


def weights(run):
    return torch.cat([value.flatten() for value in run.verifier.state_dict().values()])


def test_with_the_shipped_network_it_soon_knows_more_than_the_draft(tmp_path, tale_blocks):
    tokenizer, network = load_network(SHIPPED)
    text = Windows(tokenizer, tale_blocks)
    settings = VerifierSettings(
        steps=10, batch_pieces=256, lengths={32: 1.0}, warmup=1, descent=0.5, fit_batches=3
    )
    run = VerifierTraining(settings, network, text, text, tmp_path)
    assert run.fit_drafted() > 0.5
    begun = run.evaluate(8, length=32, hidden=32)
    run.run()
    ended = run.evaluate(8, length=32, hidden=32)
    assert ended["draft"] == begun["draft"]
    assert ended["verifier"] < min(begun["verifier"], ended["draft"] - 0.5)


def test_the_log_holds_a_row_for_each_evaluation(tmp_path, tokenizer, tale_blocks):
    training(tmp_path, tokenizer, tale_blocks).run()
    with open(tmp_path / "log.csv") as log:
        rows = list(csv.DictReader(log))
    assert [int(row["step"]) for row in rows] == [4, 8, 12]
    assert {"train", "draft", "verifier", "error", "eighth_8"} <= set(rows[0])


def test_the_masked_network_is_left_alone(tmp_path, tokenizer, tale_blocks):
    run = training(tmp_path, tokenizer, tale_blocks, steps=2)
    before = [p.clone() for p in run.network.parameters()]
    start = weights(run).clone()
    run.run()
    assert all(torch.equal(a, b) for a, b in zip(before, run.network.parameters(), strict=True))
    assert not torch.equal(start, weights(run))


def test_least_squares_bring_a_draft_nearer_to_what_a_visible_piece_would_be(
    tmp_path, tokenizer, tale_blocks
):
    run = training(tmp_path, tokenizer, tale_blocks)
    assert run.fit_drafted() > 0.5


def test_states_of_an_empty_canvas_are_computed_once_and_right(tmp_path, tokenizer, tale_blocks):
    run = training(tmp_path, tokenizer, tale_blocks)
    canvas = torch.full((3, 10), MASK)
    states, last = run.read(canvas)
    whole = run.network.bert(input_ids=canvas, output_hidden_states=True).hidden_states
    assert len(states) == 2 and all(
        torch.allclose(a, b, atol=1e-5) for a, b in zip((*states, last), whole[-3:], strict=True)
    )


def test_a_run_cut_in_two_equals_one_that_never_stopped(tmp_path, tokenizer, tale_blocks):
    whole = training(tmp_path / "whole", tokenizer, tale_blocks)
    whole.run()
    first = training(tmp_path / "cut", tokenizer, tale_blocks)
    assert first.resume() is False
    first.run(until=5)
    second = training(tmp_path / "cut", tokenizer, tale_blocks)
    assert second.resume() is True and second.step == 5
    second.run()
    assert torch.equal(weights(whole), weights(second))
    assert all(
        torch.equal(a, b)
        for a, b in zip(whole.average.average, second.average.average, strict=True)
    )
    assert [row["step"] for row in second.history] == [4, 8, 12]
    with pytest.raises(ValueError, match="seed must be 0"):
        training(tmp_path / "cut", tokenizer, tale_blocks, seed=1).resume()


def test_a_save_that_is_cut_off_leaves_the_checkpoint_before_it(
    tmp_path, tokenizer, tale_blocks, monkeypatch
):
    run = training(tmp_path, tokenizer, tale_blocks)
    run.run(until=2)

    def half(kept, path):
        path.write_bytes(b"half a file")
        raise OSError("disk full")

    run.train_step()
    monkeypatch.setattr("playground.training.verifier.torch.save", half)
    with pytest.raises(OSError):
        run.save()
    again = training(tmp_path, tokenizer, tale_blocks)
    assert again.resume() and again.step == 2


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


def test_stopping_ends_a_run_that_is_paused(tmp_path, tokenizer, tale_blocks):
    run = training(tmp_path, tokenizer, tale_blocks)
    (tmp_path / PAUSE).touch()
    run.stop()
    assert run.run() == [] and run.step == 0


def test_the_averaged_weights_are_what_is_exported(tmp_path, tokenizer, tale_blocks):
    run = training(tmp_path, tokenizer, tale_blocks)
    run.run()
    loaded = load_verifier(tmp_path / "averaged.safetensors", run.network)
    for mine, average in zip(loaded.parameters(), run.average.average, strict=True):
        assert torch.equal(mine, average.half().float())


def test_shipping_copies_what_the_folder_holds_now_and_leaves_the_card(
    tmp_path, tokenizer, tale_blocks
):
    run = training(tmp_path / "run", tokenizer, tale_blocks)
    run.run()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "README.md").write_text("card")
    path = ship(tmp_path / "run", tmp_path / "out", LARGEST_FILE)
    kept = load_verifier(tmp_path / "run" / "averaged.safetensors", run.network)
    shipped = load_verifier(path, run.network)
    assert all(
        torch.equal(a, b) for a, b in zip(kept.parameters(), shipped.parameters(), strict=True)
    )
    assert sorted(p.name for p in path.parent.iterdir()) == [
        "README.md",
        "curve.csv",
        "verifier.safetensors",
    ]
    assert (tmp_path / "out" / "curve.csv").read_text().count("\n") == 4
    with open(tmp_path / "run" / "averaged.safetensors", "ab") as file:
        file.truncate(LARGEST_FILE + 1)
    with pytest.raises(ValueError, match="must stay below"):
        ship(tmp_path / "run", tmp_path / "other", LARGEST_FILE)


ROW = {"sampler": "mdlm", "steps": 16, "passes": 16, "calls": 16, "seconds": 0.3}
MEASURED = [
    {**ROW, "nats": 5.0, "error": 0.08, "distinct": 0.8},
    {**ROW, "steps": 20, "calls": 20, "seconds": 0.4, "nats": 4.6, "error": 0.1, "distinct": 0.8},
    *(
        {
            **{"sampler": "self-speculative", "steps": steps, "passes": calls / 1.75},
            **{"calls": calls, "seconds": calls / 50, "nats": nats, "error": 0.1, "distinct": 0.7},
        }
        for steps, calls, nats in ((1, 16.0, 4.4), (6, 19.0, 4.5), (9, 30.0, 4.0))
    ),
]


def test_at_equal_cost_the_dearest_that_is_affordable_is_compared_and_nothing_is_glossed_over():
    at = {calls: compare(MEASURED, calls, "calls") for calls in (16, 20)}
    assert at[16]["speculative"]["steps"] == 1 and at[20]["speculative"]["steps"] == 6
    assert at[16]["difference"] == -0.6 and "reads better" in verdict(at[16])
    assert "neither reads better" in verdict(at[20])  # 0.1 with an error of 0.14
    seconds = compare(MEASURED, 16, "seconds")
    assert seconds["speculative"] is None and "cannot finish" in verdict(seconds)
    worse = {**at[16], "difference": 0.6}
    assert "reads worse" in verdict(worse)


def test_the_card_has_a_figure_in_every_hole():
    held = {"windows": 64, "draft": 6.3, "verifier": 4.2, "error": 0.07}
    text = card(
        {
            "heldout": [{"hidden": hidden, **held} for hidden in (64, 32)],
            "price": {"call_ms": 10.0, "pass_ms": 17.5, "price": 1.75},
            "texts": 64,
            "rows": MEASURED,
            "compared": [compare(MEASURED, 16, "calls")],
            "trained": {"step": "1200", "minutes": "30.2"},
            "parameters": 3_993_984,
            "megabytes": 7.99,
        }
    )
    assert text.startswith("---\n") and "{" not in text and "it reads better" in text
    assert "| self-speculative, cosine window of 6 | 10.9 | 19.0 |" in text


def test_the_shipped_shape_fits_into_one_file():
    shape = VerifierShape(blocks=2, width=384, heads=12, inner=1536)
    with torch.device("meta"):
        values = sum(p.numel() for p in Verifier(shape).parameters())
    assert 2 * values + 10_000 < LARGEST_FILE
