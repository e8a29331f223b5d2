"""Unmasking runs as the page hears them: begin, frames, end; two in step; what goes wrong is a
sentence."""

import itertools
import json
from types import SimpleNamespace

import pytest

from playground.diffusion import UnmaskSettings, list_samplers, unmask
from playground.i18n import t, wire
from playground.pages.diffusion import models
from playground.pages.diffusion.canvas import (
    read_canvas,
)
from playground.pages.diffusion.controls import (
    LINK,
)
from playground.pages.diffusion.runs import Side, stream, whole_trace
from playground.pages.diffusion.twin import LeftToRight
from playground.pages.diffusion.unmask_block import make_sides, messages
from playground.pages.errors import sentence_of
from playground.takeaway.reading import checked
from tests.messages import in_english
from tests.pages.denoiser_double import Pieces
from tests.pages.doubles import AwayBackend


def plain(said):
    return [str(one) for one in said] if isinstance(said, list) else str(said)


@pytest.fixture(scope="module")
def tale():
    return models.get_denoiser(models.TALE, None)


def test_a_run_is_a_beginning_frames_and_an_end(tale):
    side = Side(
        "tale",
        tale,
        read_canvas("the king [MASK]*4 .", tale),
        UnmaskSettings("llada", 4, selection="random", seed=3),
    )
    begin, *frames, end = stream([side])
    frames = [record for message in frames for record in message["frames"]]
    assert (begin["kind"], end["kind"], end["reason"]) == ("begin", "end", "done")
    assert begin["sides"][0]["state"] == ["locked"] * 2 + ["masked"] * 4 + ["locked"]
    assert [f["step"]["index"] for f in frames] == [0, 1, 2, 3]
    named = set(begin["sides"][0]["words"])
    for frame in frames:
        named |= set(frame["words"])
        shown = {str(i) for row in frame["step"]["top"] if row for i, _ in row} | {
            str(i) for i in frame["step"]["canvas"]
        } - {str(tale.mask_id)}
        assert shown <= named, "a word is drawn that was never sent"
        assert all(len(row) <= 10 for row in frame["step"]["top"] if row)
    truth = [
        step.canvas[0].tolist() for step in unmask(tale, [list(side.canvas.ids)], side.settings)
    ]
    assert [f["step"]["canvas"] for f in frames] == truth
    assert list(whole_trace(side))[-1]["steps"] == [f["step"] for f in frames]


@pytest.mark.parametrize("sampler", [one.name for one in list_samplers()])
def test_what_the_page_was_sent_can_be_taken_away(tale, sampler):
    canvas = read_canvas("the king [MASK]*4 .", tale)
    note = t("run on, seed {seed}", seed=3)
    side = Side("tale", tale, canvas, UnmaskSettings(sampler, 4, seed=3), note=note)
    begin, *frames, _ = json.loads(json.dumps(wire(list(stream([side])))))
    start = begin["sides"][0]
    steps = [record["step"] for message in frames for record in message["frames"]]
    for message in frames:
        for record in message["frames"]:
            start["words"] |= record["words"]
    trace = {"version": 1, "kind": "unmask", "model": "tale", "settings": {}, "prompt": ""}
    read = checked(trace | {"start": start, "steps": steps})
    assert read["start"]["note"] == "run on, seed 3"
    assert read["start"]["about"] == {
        name: plain(said) for name, said in side.card()["about"].items()
    }
    assert read["steps"] and checked(json.loads(json.dumps(read))) == read


def test_two_runs_go_step_by_step(tale):
    canvas = read_canvas("the king [MASK]*4 .", tale)
    sides = [
        Side("tale", tale, canvas, UnmaskSettings("llada", steps, selection="random", seed=3))
        for steps in (4, 2)
    ]
    order = [record["side"] for one in stream(sides) for record in one.get("frames", ())]
    assert order == [0, 1, 0, 1, 0, 0]


def test_the_left_to_right_twin_writes_a_word_after_each_round(tale):
    """As many words as the canvas has masks, from the same opening; the same seed gives the same
    words."""
    canvas = read_canvas("the king [MASK]*5 .", tale)

    def run():
        side = Side(models.TALE, tale, canvas, UnmaskSettings("llada", 3, selection="random"))
        return list(stream([side], twin=LeftToRight(side, None)))

    begin, *frames, end = run()
    assert begin["twin"] == {
        "model": models.TALE,
        "opening": "the king",
        "words": 5,
        "problem": "",
    }
    kinds = ["twin" if "twin" in one["frames"][0] else "step" for one in frames]
    assert kinds == ["step", "twin"] * 3 + ["twin"] * 2
    texts = [one["frames"][0]["twin"] for one in frames if "twin" in one["frames"][0]]
    assert all(b.startswith(a) for a, b in itertools.pairwise(texts))
    assert len(texts[-1].split()) == 5 and end["reason"] == "done"
    assert [one.get("frames") for one in run()[1:-1]] == [one["frames"] for one in frames]


@pytest.mark.parametrize(
    ("model", "text", "says"),
    [
        (models.WEATHER, "sunny [MASK]*3 rainy", "no left-to-right twin"),
        (models.TALE, "[MASK]*3 .", "needs an opening"),
    ],
)
def test_a_canvas_without_a_twin_says_why(model, text, says):
    denoiser = models.get_denoiser(model, None)
    side = Side(model, denoiser, read_canvas(text, denoiser), UnmaskSettings("mdlm", 2))
    twin = LeftToRight(side, None)
    assert says in twin.card()["problem"] and list(twin) == []


def test_a_gibbs_run_too_long_for_the_page_is_a_sentence(tale):
    with pytest.raises(
        ValueError, match=r"steps must be at most 250 sweeps for so many open positions .*, got 501"
    ):
        Side("tale", tale, read_canvas("the king [MASK]*8 .", tale), UnmaskSettings("gibbs", 501))


def test_a_run_ends_at_its_time_limit(tale):
    clock = iter(range(0, 10_000, 7))
    side = Side(
        "tale", tale, read_canvas("the king [MASK]*8 .", tale), UnmaskSettings("llada", 8, seed=3)
    )
    *frames, end = stream([side], seconds=30, clock=lambda: next(clock))
    assert end["reason"] == "limit" and len(frames) < 8


def test_samplers_of_other_noise_want_an_exact_model():
    with pytest.raises(
        ValueError, match="sampler must be one for masks with the model 'x': uniform needs"
    ):
        Side("x", Pieces(), read_canvas("the [MASK]", Pieces()), UnmaskSettings("uniform", 4))
    with pytest.raises(ValueError, match=r"canvas must have a \[MASK\] to fill, got none"):
        Side("x", Pieces(), read_canvas("the king", Pieces()), UnmaskSettings("mdlm", 4))


def test_every_error_is_a_sentence_on_the_page_and_ends_the_run():
    app = SimpleNamespace(backend=AwayBackend)

    def last(**changes):
        values = {**LINK.defaults(), "model": models.TALE, "canvas": "[MASK]*3", **changes}
        *_, end = messages({"run": "r", "values": values}, app)
        return in_english(end["message"])

    assert last(steps=-1) == "steps must be a whole number in [1, 512], got -1"
    assert "dragon" in last(canvas="dragon [MASK]")
    assert "model must be one of" in last(model="nope")
    for request, says in (
        ({"run": "r"}, "values must be the fields"),
        ({"run": "r", "values": {}, "edited": 3}, "edited must be a canvas"),
        (None, "a run, a name"),
    ):
        *_, end = messages(request, app)
        assert end["kind"] == "error" and says in in_english(end["message"])
    assert "KeyError" in sentence_of(KeyError("x")) and "/" not in sentence_of(
        OSError("/secret/path")
    )


def test_the_causal_twin_writes_the_first_tokens_and_locks_them():
    import torch

    from playground.pages.diffusion.hybrid import write_first

    class Causal:
        vocab_size, eos_id = Pieces.vocab_size, None
        closed = False

        def encode(self, text):
            return [Pieces.words.index(word) for word in text.split()]

        def decode(self, ids):
            return Pieces().decode(ids)

        def next_logits(self, ids):
            return (
                torch.nn.functional.one_hot(torch.tensor(4), self.vocab_size).float() * 50
            )  # always "king"

        def close(self):
            self.closed = True

    causal = Causal()
    canvas = read_canvas("the [MASK]*4 .", Pieces())
    settings = UnmaskSettings("mdlm", 4, temperature=0.0)
    new, note = write_first(
        canvas, Pieces(), 2, settings, lambda: SimpleNamespace(causal=lambda name: causal)
    )
    assert new.ids == (0, 3, 4, 4, 2, 2, 9, 1) and new.locked == (
        True,
        True,
        True,
        True,
        False,
        False,
        True,
        True,
    )
    assert note == "first 2 tokens by fairy-causal" and causal.closed
    for bad in (65, -1, 2.5, True):
        with pytest.raises(ValueError, match=r"hybrid must be a whole number in \[0, 64\]"):
            write_first(canvas, Pieces(), bad, settings, lambda: None)
    # the twin would write every mask: that is said, not that there were none
    for count in (4, 64):
        with pytest.raises(
            ValueError, match=rf"leave at least one mask .*at most 3 here, got {count}"
        ):
            write_first(canvas, Pieces(), count, settings, lambda: None)


def test_two_canvases_run_on_each_from_its_own_and_a_full_one_stands_still():
    values = {
        **LINK.defaults(),
        "model": models.TALE,
        "canvas": "the king [MASK]*2",
        "sampler": "llada",
        "selection": "random",
        "two": True,
        "sampler_b": "any-order",
        "seed_b": 3,
    }
    app = SimpleNamespace(backend=AwayBackend)
    start = make_sides(values, app, models.TALE)
    ids, mask = list(start[0].canvas.ids), int(start[0].denoiser.mask_id)
    filled = [*ids[:2], ids[0], ids[1]]
    locked = [True, True, False, False]
    event = SimpleNamespace(
        canvas=filled,
        locked=locked,
        turn=2,
        model=models.TALE,
        second={"canvas": ids, "locked": locked},
    )
    still, going = make_sides(values, app, models.TALE, event=event)
    assert (
        still.still
        and list(still.steps()) == []
        and still.canvas.ids == tuple(filled)
        and "as it stands" in still.title
    )
    assert (
        not going.still
        and going.settings.seed == 5
        and mask not in list(going.steps())[-1].canvas[0].tolist()
    )
    frames = list(stream([still, going]))
    assert {record["side"] for one in frames for record in one.get("frames", ())} == {1}
    for second, says in (
        ("x", "second must be"),
        ({"canvas": [mask], "locked": []}, "locked must hold"),
        ({}, "canvas must have 1 to"),
    ):
        with pytest.raises(ValueError, match=says):
            make_sides(
                values,
                app,
                models.TALE,
                event=SimpleNamespace(canvas=filled, locked=locked, turn=1, second=second),
            )
    with pytest.raises(ValueError, match=r"must have a .MASK. to fill"):  # nothing to do on either
        make_sides(
            values,
            app,
            models.TALE,
            event=SimpleNamespace(
                canvas=filled,
                locked=[True] * 4,
                turn=1,
                second={"canvas": filled, "locked": [True] * 4},
            ),
        )
