"""What is measured of the evidence network, and what is shipped with it: figures equal their
definition, the card says how far it is, and no report of other weights stays beside new ones."""

import json

import pytest
import torch

from playground.backend.evidence import EvidenceNetwork
from playground.diffusion.noise_bounds import masked_bound
from playground.training.evidence_control import (
    PARTS,
    PATTERN,
    WORDS,
    canvas_of,
    control_report,
    nats_of,
    single,
    tasks,
)
from playground.training.evidence_figures import (
    any_order_of_windows,
    bounds_of_windows,
    heldout_bounds,
    left_to_right_of_windows,
    mean_and_error,
    spread_windows,
)
from playground.training.evidence_shipping import read_report, ship, write_report
from playground.training.evidence_tables import figures_of
from playground.training.start import build_model
from playground.training.text import CLS, SPECIAL, Windows
from tests.training.test_training_evidence import training
from tests.training.tiny import SIZES

NOISES = ("left-to-right", "any-order", "masks", "groups", "uniform", "gaussian")
REPORT = {
    "windows": 4,
    "length": 16,
    "draws": 2,
    "noises": [
        {"noise": noise, "nats": 3.5 + 0.2 * i, "error": 0.1, "difference": 0.1}
        | {"difference_error": 0.05}
        for i, noise in enumerate(NOISES)
    ],
}


@pytest.fixture
def windows(tokenizer, tale_blocks):
    return spread_windows(Windows(tokenizer, tale_blocks).pieces, 4, 16)


def masked(tokenizer, name="fairy-diffusion"):
    torch.manual_seed(5)
    return build_model(name, tokenizer.get_vocab_size(), 0.0, **SIZES).eval()


def test_the_any_order_bound_is_the_masked_bound_of_the_masked_network(tokenizer, windows):
    network = masked(tokenizer)
    untrained = EvidenceNetwork(network, 8, 6).eval()
    untrained.begin(torch.ones(untrained.size))
    with torch.no_grad():
        wanted = masked_bound(
            untrained.log_posterior,
            windows,
            untrained.size,
            3,
            torch.Generator().manual_seed(0),
        )
    assert torch.allclose(any_order_of_windows(network, windows, 3), wanted, atol=1e-4)


def test_left_to_right_each_piece_is_paid_given_those_before_it(tokenizer, windows):
    causal = masked(tokenizer, "fairy-causal")
    total = 0.0
    with torch.no_grad():
        for place in range(16):
            before = torch.cat([torch.tensor([[CLS]]), windows[:1, :place]], dim=1)
            law = causal(input_ids=before).logits[0, -1].log_softmax(-1)
            total -= law[windows[0, place]].item()
    found = left_to_right_of_windows(causal, windows)
    assert found[0].item() == pytest.approx(total / 16, abs=1e-4)
    texts = windows[:, 3:]
    with torch.no_grad():
        law = causal(input_ids=texts).logits.log_softmax(-1)
    wanted = -law[0, 4:12].gather(1, texts[0, 5:, None]).mean()
    assert nats_of(causal, texts, 5)[0].item() == pytest.approx(wanted.item(), abs=1e-4)


def test_the_logs_bounds_are_those_of_the_windows(tmp_path, tokenizer, tale_blocks):
    network = training(tmp_path, tokenizer, tale_blocks).network
    plain = Windows(tokenizer, tale_blocks).pieces
    each = bounds_of_windows(network, spread_windows(plain, 4, 16), 2)
    figures = heldout_bounds(network, plain, 4, 2, length=16)
    for kind, values in each.items():
        assert (figures[kind], figures[f"{kind}_error"]) == mean_and_error(values)
        assert len(values) == 4


class Words:
    """An encoder in which each word of the tasks is one piece, by its number."""

    def __init__(self):
        self.known = {}

    def __call__(self, text):
        return [
            self.known.setdefault(word, len(SPECIAL) + len(self.known)) for word in text.split()
        ]


def test_each_task_tells_texts_that_meet_the_wish_from_others():
    encode, size = Words(), 200
    words, parts, length, infilling = tasks(encode, size)
    other = single(encode, "otherwise")
    texts = torch.full((2, 32), other)
    texts[1, 20] = single(encode, WORDS[1])
    assert words.met(texts).tolist() == [False, True]
    given = torch.full((2, 32), single(encode, WORDS[0]))
    given[:, 7:] = other  # a word of the prompt is no success
    assert words.met(given).tolist() == [False, False]
    for task in (parts, length, infilling):
        meets = task.allowed.float().argmax(-1)
        meets = torch.where(task.allowed[:, other], other, meets)[None]
        assert task.met(meets).all() and task.wanted is None
        spoilt = meets.clone()
        spoilt[0, -1] = other
        assert not task.met(spoilt).any()
    assert length.allowed[-1].sum() == 1 and not length.allowed[8, single(encode, ".")]
    assert len(parts.allowed) == 7 + len(PATTERN) and set(PATTERN) <= set(PARTS)
    assert canvas_of(encode, size, 9)[:, : len(SPECIAL)].sum() == 0


def test_a_word_of_several_pieces_is_refused():
    with pytest.raises(ValueError, match="word must be one piece"):
        single(lambda text: [1, 2], "two")


def test_control_is_measured_with_the_wish_and_without(tokenizer):
    network = EvidenceNetwork(masked(tokenizer), 8, 6).eval()
    network.begin(torch.ones(network.size))
    points = network.curve.shape[1]
    network.curve.copy_(
        torch.stack([torch.logspace(0.3, -1, points), torch.linspace(3, 0, points)])
    )
    network.requires_grad_(False)
    numbers = Words()
    report = control_report(
        network, masked(tokenizer, "fairy-causal"), numbers, lambda ids: "text", texts=2, steps=4
    )
    assert [row["task"] for row in report["tasks"]] == ["words", "parts", "length", "infilling"]
    for row in report["tasks"][1:]:
        assert row["with"]["success"] == 1 and row["by"] == "evidence"
        assert row["with"]["nats"] > 0 and row["without"]["nats"] > 0
    chances = [step["chances"] for step in report["run"]]
    assert len(chances) == 4 and len(chances[0]) == 4 and chances[0][3] > chances[0][0]
    assert json.loads(json.dumps(report)) == report


def test_shipping_writes_the_card_and_drops_a_report_of_other_weights(
    tmp_path, tokenizer, tale_blocks
):
    run = training(tmp_path / "run", tokenizer, tale_blocks)
    run.run(until=4)
    out = tmp_path / "out"
    ship(tmp_path / "run", out, masked(tokenizer))
    text = (out / "README.md").read_text()
    assert "4 steps of 320 word pieces" in text and "a state on the way" in text
    assert "have not been measured yet" in text and "{" not in text.replace("{alpha", "")
    trained = json.loads((out / "training.json").read_text())
    assert trained["parameters"] == sum(
        p.numel() for p in run.network.parameters() if p.requires_grad
    )
    write_report(out, REPORT)
    text = (out / "README.md").read_text()
    assert "| uniform noise, 200 steps | 4.30 ± 0.10 | 74 | +0.10 ± 0.05 |" in text
    assert "uniform 4.2 (missed by 0.10)" in text and "gaussian 4.6 (met)" in text
    ship(tmp_path / "run", out, masked(tokenizer))
    assert read_report(out)["noises"] == REPORT["noises"]  # the same weights
    run.run()
    ship(tmp_path / "run", out, masked(tokenizer))
    assert read_report(out) == {} and "not been measured yet" in (out / "README.md").read_text()
    assert "fell to zero at the end" in (out / "README.md").read_text()


def test_a_report_measured_beside_the_training_is_shipped_with_its_weights(
    tmp_path, tokenizer, tale_blocks
):
    run = training(tmp_path / "run", tokenizer, tale_blocks)
    run.run(until=4)
    write_report(tmp_path / "run" / "averaged", REPORT)
    ship(tmp_path / "run", tmp_path / "out", masked(tokenizer))
    assert read_report(tmp_path / "out")["windows"] == 4


def test_the_tables_name_every_task_and_sampler_measured():
    side = {"success": 1.0, "nats": 4.0, "error": None, "distinct": 0.7, "text": "a king"}
    names = ("words", "parts", "length", "infilling")
    control = {"texts": 1, "steps": 4, "prompt": "once", "words": ["wolf"]}
    control["tasks"] = [{"task": name, "with": side, "without": side} for name in names]
    row = {"title": "cdcd", "prompt": True, "seconds": 1.0, "texts": 1, "length": 8, **side}
    text = figures_of(REPORT | {"control": control, "samplers": [row]})
    assert "| cdcd | yes | 4.00 | 0.70 | 1.0 | a king |" in text
    assert "measured 1.00 at +0.00, met." in text
    assert "contains one of wolf" in text and text.count("| 1.00 | 1.00 | 4.00 | 4.00 |") == 4
    tasks = text.split("## Control")[1].split("\n| ")[3:]  # behind head and line
    assert len(tasks) == 6 and text.count("does not run: no parser is shipped to judge it") == 2
    assert {task.split("\n")[0].count("|") for task in tasks} == {7}
