"""From typed text to a canvas, records of steps, and the command."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.diffusion import ExactDenoiser, UnmaskSettings, unmask
from playground.diffusion.__main__ import exact_model, main
from playground.diffusion.canvas import parse_canvas

CHAIN = ExactDenoiser(
    [0.5, 0.3, 0.2],
    [[0.6, 0.3, 0.1], [0.2, 0.5, 0.3], [0.3, 0.3, 0.4]],
    states=["the", "king", "<b>"],
)


def letters(text):
    return [ord(c) % 50 for c in text]


def framed(text):
    return [101, *letters(text), 102]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ab [MASK]*3 c", [47, 48, 99, 99, 99, 49]),
        ("[MASK]", [99]),
        ("[mask] * 2", [99, 99]),
        ("[MASK][MASK]a", [99, 99, 47]),
        ("a", [47]),
        ("a [MASK]×2", [47, 99, 99]),
    ],
)
def test_masks_anywhere(text, expected):
    assert parse_canvas(text, letters, 99) == expected
    assert parse_canvas(text, framed, 99) == [101, *expected, 102]


def test_a_chosen_length_is_filled_with_masks():
    assert parse_canvas("ab", letters, 99, length=5) == [47, 48, 99, 99, 99]
    assert parse_canvas("ab", framed, 99, length=6) == [101, 47, 48, 99, 99, 102]
    assert parse_canvas("", framed, 99, length=4) == [101, 99, 99, 102]
    assert parse_canvas("abcdef", letters, 99, length=2) == letters("abcdef")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "canvas must hold a word or a"),
        ("   ", "canvas must hold a word"),
        ("[MASK]*0", "canvas must have 1 to 4,096 masks, got"),
        ("[MASK]*-1", r"canvas must have 1 to 4,096 masks, got .\[MASK\]\*-1"),
        ("[MASK]*999999", r"got '\[MASK\]\*999999'"),
        ("[MASK]*" + "9" * 9000, "got '.MASK..9999999999"),
        ("[MASK]*4096 [MASK]*4096", "canvas must have 1 to 4,096 masks"),
        ("[MASK]*4096 a", "at most 4,096 positions long"),
        ("a" * 20_001, "at most 20,000 characters"),
        (7, "must be a text"),
    ],
)
def test_hostile_canvases_are_refused(text, sentence):
    with pytest.raises(ValueError, match=sentence):
        parse_canvas(text, letters, 99)


@given(st.text(max_size=80))
@settings(max_examples=80, deadline=None)
def test_any_text_gives_a_canvas_or_a_sentence(text):
    try:
        ids = parse_canvas(text + "[MASK]*3", letters, 99)
    except ValueError:
        return
    assert ids[-3:] == [99, 99, 99]


def test_a_record_is_plain_data_of_one_row():
    canvas = np.array([[3, 3, 3, 0], [3, 1, 3, 3]])
    records = []
    for step in unmask(CHAIN, canvas, UnmaskSettings("llada", 3)):
        record = step.record(row=1, text_of=lambda i: [*CHAIN.names, "[MASK]"][i])
        assert json.loads(json.dumps(record, allow_nan=False)) == record
        records.append(record)
    first, last = records[0], records[-1]
    assert (
        first["state"][1] == "locked" and first["confidence"][1] is None and first["top"][1] is None
    )
    assert (
        sorted(first["state"]) == ["locked", "masked", "masked", "new"]
        and first["revealed"] == 1
        and first["calls"] == 1
    )
    assert (
        last["state"].count("settled") == 2 and "masked" not in last["state"] and last["calls"] == 3
    )
    assert set(first) >= {
        "index",
        "t",
        "canvas",
        "state",
        "confidence",
        "entropy",
        "top",
        "calls",
        "revealed",
    }
    place = first["state"].index("new")
    assert sum(p for _, p, _ in first["top"][place]) == pytest.approx(1.0)
    assert first["top"][place][0][1] == pytest.approx(first["confidence"][place])
    assert first["change"] == [None] * 4 and any(
        value is not None for value in records[1]["change"]
    )
    assert [r["t"] for r in records] == pytest.approx([2 / 3, 1 / 3, 0])
    # a settled word keeps the confidence it was revealed with
    assert last["confidence"][place] == first["confidence"][place]


def test_gibbs_records_mark_the_burn_in():
    steps = [
        s.record()
        for s in unmask(
            CHAIN, [[3, 0, 3]], UnmaskSettings("gibbs", 1, burn_in=1), locked=[[False, True, False]]
        )
    ]
    assert [record["phase"] for record in steps] == ["burn-in", "burn-in", None, None]
    assert all(
        record["state"].count("new") == 1 and record["state"][1] == "locked" for record in steps
    )


def test_the_command_prints_the_steps(capsys):
    assert (
        main(["once upon a time [MASK]*12 .", "--exact", "--steps", "4", "--sampler", "llada"]) == 0
    )
    out = capsys.readouterr().out
    assert (
        "+3" in out and "calls 4" in out and "once upon a time" in out and "arXiv 2502.09992" in out
    )
    assert main(["once upon a time [MASK]*12 .", "--exact", "--steps", "0"]) == 2
    assert "steps must be a whole number" in capsys.readouterr().err
    assert main(["xyzzy [MASK]", "--exact"]) == 2
    assert "xyzzy" in capsys.readouterr().err
    assert main(["a [MASK]", "--model", "no such model"]) == 1
    assert "--exact runs without weights" in capsys.readouterr().err


def test_the_command_runs_as_a_module():
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "playground.diffusion",
            "the king [MASK]*4",
            "--exact",
            "--sampler",
            "any-order",
        ],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (
        done.returncode == 0
        and len([line for line in done.stdout.splitlines() if "calls" in line]) == 4
    )


def test_the_small_exact_model_knows_its_own_words():
    model = exact_model()
    canvas = parse_canvas("once upon a time [MASK]*2 .", model.encode, model.mask_id)
    assert canvas.count(model.mask_id) == 2 and len(canvas) == 7
