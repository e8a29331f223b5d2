"""What is taken away, opened again by other libraries and compared with the run: pictures,
animations, tables."""

import base64
import csv
import io
import json

import pytest
from PIL import Image

from playground.takeaway import files, picture
from playground.takeaway.decode_picture import DecodePicture
from playground.takeaway.look import chance, palette, visible
from playground.takeaway.reading import checked
from tests.takeaway.runs import (
    hostile_text_run,
    hostile_unmask_run,
    score_run,
    text_run,
    two_runs,
    unmask_run,
)

RUNS = [text_run, score_run, unmask_run, two_runs, hostile_text_run, hostile_unmask_run]


def made(run, form, **more):
    answer = files.made({"form": form, "trace": run, **more}, lambda trace: "<!doctype html>")
    assert answer["name"] == f"playground-{run['kind']}.{form}"
    return base64.b64decode(answer["base64"])


def frames_of(run):
    return (
        len(run["steps"])
        if run["kind"] in ("decode", "score")
        else 1 + max(len(one["steps"]) for one in run.get("runs", [run]))
    )


@pytest.mark.parametrize("make", RUNS)
def test_the_animation_has_one_frame_a_step(make):
    run = make()
    for one in run.get("runs", [run]):
        one["steps"] = one["steps"][:4]
    gif = Image.open(io.BytesIO(made(run, "gif")))
    png = Image.open(io.BytesIO(made(run, "png", step=1)))
    assert gif.n_frames == frames_of(run) and gif.size == png.size and gif.info["loop"] == 0
    gif.seek(1)
    assert gif.info["duration"] == picture.FRAME_MS
    described = json.loads(png.text["Description"])
    assert (
        described["step"] == 1
        and described["kind"] == run["kind"]
        and described["model"] == run.get("runs", [run])[0]["model"]
    )


def test_the_same_run_gives_the_same_bytes():
    assert made(text_run(), "png", step=5) == made(text_run(), "png", step=5)
    short = {**text_run(), "steps": text_run()["steps"][:3]}
    assert made(short, "gif") == made(short, "gif")


@pytest.mark.parametrize("dark", [False, True])
def test_the_bars_of_the_picture_are_the_probabilities(dark):
    run = text_run()
    trace, colours = checked(run), palette(dark)
    drawn = DecodePicture(trace, dark)
    for k in (0, 7, 20):
        image = Image.open(io.BytesIO(made(run, "png", step=k, dark=dark))).convert("RGB")
        step = run["steps"][k]
        rows = drawn.bars(k)
        assert [text for text, *_ in rows] == [row["text"] for row in step["rows"][: len(rows)]]
        top = max(max(row["raw"], row["final"]) for row in step["rows"])
        for row, (_, raw, final, y) in zip(step["rows"], rows, strict=False):
            assert (raw, final) == (row["raw"], row["final"])
            filled = colours["chosen"] if row["id"] == step["token_id"] else colours["final"]
            line = [
                image.getpixel((x, y + 12)) for x in range(drawn.TRACK_LEFT, drawn.TRACK_LEFT + 440)
            ]
            length = 1 + max((x for x, colour in enumerate(line) if colour == filled), default=-1)
            # the outline of the model's own probability, two pixels wide, may stand on the end of
            # the bar
            assert length == pytest.approx(0.98 * 430 * row["final"] / top, abs=2.6), (k, row)
    assert json.loads(Image.open(io.BytesIO(made(run, "png", step=7))).text["Description"])[
        "text"
    ].endswith(run["steps"][7]["piece"])


def test_the_frames_of_the_animation_move_on():
    run = text_run()
    drawn, gif = DecodePicture(checked(run)), Image.open(io.BytesIO(made(run, "gif")))
    assert gif.n_frames == len(run["steps"])
    for k in (0, 11, len(run["steps"]) - 1):
        gif.seek(k)
        frame = gif.convert("RGB")
        exact = drawn.picture(k)
        # 64 colours: what differs from the picture is the soft edge of letters
        near = sum(
            max(
                abs(a - b)
                for a, b in zip(frame.getpixel((x, y)), exact.getpixel((x, y)), strict=True)
            )
            < 48
            for x in range(0, exact.width, 7)
            for y in range(0, exact.height, 7)
        )
        assert near / (len(range(0, exact.width, 7)) * len(range(0, exact.height, 7))) > 0.995


def test_every_word_of_the_canvas_has_the_colour_of_its_state():
    run = unmask_run()
    colours = palette()
    drawn = picture.drawing(checked(run))
    for k in (0, 4, len(run["steps"])):
        image = Image.open(io.BytesIO(made(run, "png", step=k))).convert("RGB")
        step = [run["start"], *run["steps"]][k]
        (words,) = drawn.words(k)
        assert len(words) == len(step["canvas"])
        for i, (text, state, (left, top, _right, bottom)) in enumerate(words):
            assert state == step["state"][i]
            if state in ("masked", "remasked"):
                assert (
                    text is None
                    and image.getpixel((int(left) + 4, int(bottom) - 4)) == colours["masked"]
                )
            else:
                assert text == run["start"]["words"][str(step["canvas"][i])][0]
            if state == "new":
                assert image.getpixel((int(left) + 8, int(top) + 1)) == colours["new"]
            if state == "locked":
                assert image.getpixel((int(left) + 4, int(bottom) - 1)) == colours["locked"]


def test_a_long_run_keeps_its_first_and_last_step():
    assert picture.chosen_steps(5) == [0, 1, 2, 3, 4]
    steps = picture.chosen_steps(2048)
    assert (
        len(steps) == picture.MOST_FRAMES
        and steps[0] == 0
        and steps[-1] == 2047
        and steps == sorted(set(steps))
    )


def test_the_table_of_a_text_is_the_run():
    run = text_run()
    rows = list(csv.DictReader(io.StringIO(made(run, "csv").decode("utf-8-sig"))))
    assert len(rows) == len(run["steps"])
    for row, step in zip(rows, run["steps"], strict=True):
        assert (
            int(row["token_id"]) == step["token_id"]
            and row["text"].removeprefix("'") == step["text"]
        )
        for name in ("probability", "raw_probability", "surprisal", "entropy", "raw_entropy", "u"):
            assert float(row[name]) == step[name]


def test_the_table_of_a_canvas_has_a_line_for_each_word_at_each_step():
    run = two_runs()
    rows = list(csv.DictReader(io.StringIO(made(run, "csv").decode("utf-8-sig"))))
    length = len(run["runs"][0]["start"]["canvas"])
    assert len(rows) == length * sum(1 + len(one["steps"]) for one in run["runs"])
    by_place = {(row["run"], int(row["step"]), int(row["position"])): row for row in rows}
    for name, one in zip("AB", run["runs"], strict=True):
        for number, step in enumerate(one["steps"], 1):
            for i in range(length):
                row = by_place[name, number, i]
                assert (
                    int(row["token_id"]) == step["canvas"][i] and row["state"] == step["state"][i]
                )
                assert row["confidence"] == (
                    "" if step["confidence"][i] is None else str(step["confidence"][i])
                )
                assert row["best_probability"] == (
                    "" if not step["top"][i] else str(step["top"][i][0][1])
                )
                assert (row["text"] == "") == (step["state"][i] in ("masked", "remasked"))


def test_no_cell_of_a_table_is_a_formula():
    rows = list(csv.DictReader(io.StringIO(made(hostile_text_run(), "csv").decode("utf-8-sig"))))
    assert any(row["text"] == "'=1+1" for row in rows) and not any(
        row["text"].startswith("=") for row in rows
    )


def test_json_is_the_checked_run():
    run = unmask_run()
    assert json.loads(made(run, "json")) == checked(run)


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (None, "request must be an object"),
        ({"form": "exe", "trace": {}}, "form must be one of json, csv, png, gif, html, got 'exe'"),
        ({"form": "png", "trace": {}}, "version must be 1"),
        ({"form": "png", "trace": None}, "a trace must be a JSON object"),
        (
            {"form": "png", "trace": text_run(), "step": 999},
            r"step must be a whole number in \[0, 47\], got 999",
        ),
    ],
)
def test_a_bad_request_is_a_sentence(request_, words):
    with pytest.raises(ValueError, match=words):
        files.made(request_, lambda trace: "")


def test_what_the_type_cannot_draw_is_written_as_its_code():
    assert (
        visible("a b\n") == "a·b‹000A›"
        and visible("\u202e") == "‹202E›"
        and visible("中") == "‹4E2D›"
        and visible("") == "‹empty›"
    )
    assert [chance(p) for p in (None, 0, 1, 0.5, 2e-5, 0.99999)] == [
        "–",
        "0",
        "1",
        "0.500",
        "2e−5",
        "1−1e−5",
    ]
