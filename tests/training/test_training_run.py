"""The loop: it learns, and a resumed run is the run that was never stopped."""

import csv

import pytest
import torch
from safetensors.torch import load_file

from playground.training.run import Training, TrainingSettings
from playground.training.schedule import AveragedWeights, Trapezoid
from playground.training.text import Windows

TINY = dict(
    hidden_size=32,
    num_hidden_layers=2,
    num_attention_heads=4,
    intermediate_size=64,
    max_position_embeddings=128,
)


def training(folder, tokenizer, tale_blocks, model, steps=20, **changes):
    settings = TrainingSettings(
        model=model,
        steps=steps,
        batch_pieces=256,
        learning_rate=3e-3,
        dropout=0.1,
        warmup=3,
        lengths={32: 0.6, 16: 0.2, 0: 0.2},
        evaluate_every=1e9,
        average=0.9,
        **changes,
    )
    text = Windows(tokenizer, tale_blocks)
    return Training(settings, tokenizer, None, text, {"heldout": text}, folder, **TINY)


@pytest.mark.parametrize("model", ["fairy-causal", "fairy-diffusion"])
def test_twenty_steps_lower_the_loss(tmp_path, tokenizer, tale_blocks, model):
    run = training(tmp_path, tokenizer, tale_blocks, model)
    losses = [run.train_step().item() for _ in range(20)]
    assert sum(losses[-5:]) / 5 < sum(losses[:3]) / 3 - 0.3


def test_training_late_positions_alone_leaves_everything_else_as_it_was(
    tmp_path, tokenizer, tale_blocks
):
    run = training(
        tmp_path,
        tokenizer,
        tale_blocks,
        "fairy-causal",
        steps=3,
        positions_from=16,
        weight_decay=0.0,
    )
    before = {name: value.clone() for name, value in run.network.state_dict().items()}
    run.run()
    rows = "bert.embeddings.position_embeddings.weight"
    after = run.network.state_dict()
    assert all(torch.equal(after[name], value) for name, value in before.items() if name != rows)
    assert torch.equal(after[rows][:16], before[rows][:16]) and not torch.equal(
        after[rows][16:32], before[rows][16:32]
    )
    with pytest.raises(ValueError, match="weight_decay must be 0"):
        training(
            tmp_path, tokenizer, tale_blocks, "fairy-causal", positions_from=16, weight_decay=0.1
        )


@pytest.mark.parametrize("model", ["fairy-causal", "fairy-diffusion"])
def test_a_resumed_run_continues_exactly(tmp_path, tokenizer, tale_blocks, model):
    whole = training(tmp_path / "whole", tokenizer, tale_blocks, model, noise=0.1)
    whole.run()
    first = training(tmp_path / "parts", tokenizer, tale_blocks, model, noise=0.1)
    first.run(until=9)
    assert first.step == 9
    second = training(tmp_path / "parts", tokenizer, tale_blocks, model, noise=0.1)
    second.resume()
    second.run()
    assert second.step == whole.step == 20 and second.seen == whole.seen
    for name in ("last", "averaged"):
        expected, got = (
            load_file(tmp_path / part / f"{name}.safetensors") for part in ("whole", "parts")
        )
        assert expected.keys() == got.keys() and all(
            torch.equal(expected[key], got[key]) for key in expected
        )
    assert all(
        torch.equal(a, b)
        for a, b in zip(whole.average.average, second.average.average, strict=True)
    )


def test_weights_are_saved_once_and_the_log_holds_held_out_figures(
    tmp_path, tokenizer, tale_blocks
):
    run = training(tmp_path, tokenizer, tale_blocks, "fairy-diffusion", steps=2)
    run.run()
    names = set(load_file(tmp_path / "last.safetensors"))
    assert "bert.embeddings.word_embeddings.weight" in names and not any(
        ".decoder." in name for name in names
    )
    with open(tmp_path / "log.csv", newline="") as log:
        row = list(csv.DictReader(log))[-1]
    assert int(row["step"]) == 2 and {
        "heldout_masked_15",
        "heldout_masked_50",
        "heldout_masked_85",
    } <= set(row)


def test_resuming_another_model_is_refused(tmp_path, tokenizer, tale_blocks):
    training(tmp_path, tokenizer, tale_blocks, "fairy-causal", steps=1).run()
    with pytest.raises(
        ValueError,
        match="model must be fairy-causal to resume this checkpoint, got fairy-diffusion",
    ):
        training(tmp_path, tokenizer, tale_blocks, "fairy-diffusion", steps=1).resume()


def test_a_run_longer_than_the_first_goes_on_from_its_end(tmp_path, tokenizer, tale_blocks):
    training(tmp_path, tokenizer, tale_blocks, "fairy-causal", steps=3).run()
    longer = training(tmp_path, tokenizer, tale_blocks, "fairy-causal", steps=6)
    longer.resume()
    assert longer.schedule.rate(longer.step) > 0
    longer.run()
    assert longer.step == 6 and [row["step"] for row in longer.history] == [3, 6]


def test_settings_refuse_bad_values_by_name():
    with pytest.raises(ValueError, match=r"dropout must be in \[0, 1\], got 1\.5"):
        TrainingSettings(model="fairy-causal", steps=1, dropout=1.5)
    with pytest.raises(ValueError, match="either minutes or steps must be given"):
        TrainingSettings(model="fairy-causal")
    with pytest.raises(ValueError, match="weighting must be 'bound' or 'token', got 'all'"):
        TrainingSettings(model="fairy-causal", steps=1, weighting="all")


def test_rate_rises_stays_and_falls_to_zero():
    schedule = Trapezoid(peak=1.0, warmup=4)
    assert [schedule.rate(step) for step in (0, 1, 3, 50)] == [0.25, 0.5, 1.0, 1.0]
    schedule.begin_descent(50, 10)
    assert (
        schedule.rate(50) == 1.0
        and schedule.rate(55) == 0.5
        and schedule.rate(60) == 0.0
        and schedule.last_step == 60
    )


def test_averaged_weights_follow_and_swap_back():
    layer = torch.nn.Linear(1, 1, bias=False)
    with torch.no_grad():
        layer.weight.fill_(0.0)
    average = AveragedWeights(layer, decay=0.5)
    expected = 0.0
    for step in range(6):
        with torch.no_grad():
            layer.weight.fill_(float(step))
        average.update(step)
        decay = min(0.5, (1 + step) / (10 + step))
        expected = expected * decay + step * (1 - decay)
    average.swap()
    assert layer.weight.item() == pytest.approx(expected)
    average.swap()
    assert layer.weight.item() == 5.0
