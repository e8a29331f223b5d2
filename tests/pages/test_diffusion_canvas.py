"""The Unmask block without a browser: what is written becomes a canvas, a run becomes messages, what a browser says is checked."""

import itertools
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from playground.diffusion import UnmaskSettings, list_samplers, unmask
from playground.diffusion.samplers import rule_for
from playground.pages.diffusion import models, sampler_cards
from playground.pages.diffusion.canvas import (
    Canvas,
    Lexicon,
    expand,
    read_canvas,
    reading,
    with_random_words,
)
from playground.pages.diffusion.controls import (
    CONTROLS,
    FIELDS,
    IN_THE_PLAYER,
    LINK,
    about_sampler,
    settings_of,
)
from playground.pages.diffusion.runs import Side, stream, whole_trace
from playground.pages.diffusion.unmask_block import edited, make_sides, messages
from playground.pages.errors import sentence_of
from tests.pages.doubles import AwayBackend


@pytest.fixture(scope="module")
def tale():
    return models.get_denoiser(models.TALE, None)


class Pieces:
    """A denoiser double with word pieces in a frame, as a BERT has them."""

    words = (
        "[CLS]",
        "[SEP]",
        "[MASK]",
        "the",
        "king",
        "##dom",
        "don",
        "'",
        "t",
        ".",
        "<img src=x onerror=1>",
    )
    vocab_size, mask_id, special_ids = len(words), 2, frozenset({0, 1, 2})
    codec = SimpleNamespace(family="word-pieces")

    def encode(self, text):
        return [0, *(self.words.index(w) for w in text.split()), 1]

    def piece(self, token):
        return self.words[token]

    def decode(self, ids):
        return " ".join(self.words[i] for i in ids)

    def logits(self, canvas):
        import torch

        return torch.zeros((*canvas.shape, self.vocab_size))


def test_a_canvas_text_is_words_and_counts_of_masks():
    assert expand("the king [MASK]*3 and [mask] [MASK] * 2 .", 10) == [
        "the king ",
        3,
        " and ",
        1,
        2,
        " .",
    ]
    for text in ("[MASK]*0", "[MASK]*11", "[MASK]*99999999999999", "[MASK]*6 [MASK]*6"):
        with pytest.raises(ValueError, match=r"canvas must have 1 to 10 masks, got '\[MASK"):
            expand(text, 10)


def test_the_tokenizers_own_frame_stays_out_of_sight():
    canvas = read_canvas("the [MASK]*2 .", Pieces())
    assert canvas.ids == (0, 3, 2, 2, 9, 1) and canvas.lead == 1 and canvas.tail == 1
    assert canvas.ids[canvas.seen] == (3, 2, 2, 9)
    assert canvas.locked == (True, True, False, False, True, True)
    assert reading(canvas, Pieces()) == "the ▢×2 . — 4 tokens, 2 masked"
    longer = read_canvas("the [MASK]*2", Pieces(), length=5)
    assert longer.ids == (0, 3, 2, 2, 2, 2, 1)
    assert read_canvas("[MASK] the", Pieces()).ids[1:-1] == (2, 3)  # a mask at the edge is no frame


def test_a_word_that_the_model_does_not_know_stays_in_sight_wherever_it_stands():
    class Knows(Pieces):
        words = (*Pieces.words, "[UNK]")
        special_ids = frozenset({0, 1, 2, 11})

        def encode(self, text):
            return [0, *(self.words.index(w) if w in self.words else 11 for w in text.split()), 1]

    canvas = read_canvas("日本 the [MASK]*2 🎲 🎲", Knows())
    assert (canvas.lead, canvas.tail) == (1, 1) and canvas.ids[canvas.seen] == (11, 3, 2, 2, 11, 11)
    assert reading(canvas, Knows()) == "[UNK] the ▢×2 [UNK] [UNK] — 6 tokens, 2 masked"
    assert reading(read_canvas("日本", Knows()), Knows()) == "[UNK] — 1 tokens, 0 masked"


@pytest.mark.parametrize(
    ("text", "length", "says"),
    [
        ("", 0, r"canvas must have 1 to 256 positions, got 0"),
        ("the king", 1, "length must be 0 .as written. or at least the 2 positions"),
        ("the", 257, r"length must be 0 \(as written\) or a whole number in \[1, 256\], got 257"),
        (7, 0, "canvas must be a text, got int"),
    ],
)
def test_a_bad_canvas_is_a_sentence(tale, text, length, says):
    with pytest.raises(ValueError, match=says):
        read_canvas(text, tale, length)


def test_pieces_join_and_every_word_is_told_once():
    lexicon = Lexicon(Pieces())
    assert lexicon.news([4, 5, 9, 2]) == {"4": ["king", ""], "5": ["dom", "+"], "9": [".", "."]}
    assert lexicon.news([4, 5, 3]) == {"3": ["the", ""]}
    assert lexicon.family == "pieces"


def test_bytes_of_a_character_are_spelled_once_they_are_all_there():
    table = {0: b" caf", 1: b"\xc3", 2: b"\xa9", 3: b"!"}
    model = SimpleNamespace(
        codec=SimpleNamespace(family="byte-level"),
        mask_id=9,
        vocab_size=10,
        token_bytes=table.__getitem__,
        piece=lambda i: "?",
    )
    lexicon = Lexicon(model)
    assert lexicon.spelled([0, 1, 2, 3]) == {"1": "é", "2": ""}
    assert lexicon.spelled([0, 1, 9, 3]) == {"1": "▯"}


def test_the_cards_know_every_sampler():
    names = [sampler.name for sampler in list_samplers()]
    assert list(sampler_cards.TITLES) == names
    for name in names:
        card = sampler_cards.card(UnmaskSettings(name, 4))
        assert card["text"].count(".") >= 2 and card["source"].startswith("Source: ")
        assert "xact" in card["text"]
        settings_of(
            {
                **LINK.defaults(),
                "sampler": name,
                "selection": sampler_cards.SELECTIONS.get(name, ("",))[0],
            }
        )


def test_only_rules_that_choose_before_they_draw_are_called_exact():
    def exact(name, **fields):
        return rule_for(UnmaskSettings(name, 4, **fields)).exact

    assert not exact("llada", selection="low_confidence") and exact("llada", selection="random")
    assert exact("dream", selection="entropy") and exact("dream", as_published=True)
    assert not exact("dream", selection="maskgit_plus", as_published=True)
    assert exact("fast-dllm") and not exact("fast-dllm", as_published=True)
    assert exact("entropy-bound") and not exact("entropy-bound", selection="renoise")


@pytest.mark.parametrize(
    ("fields", "exact"),
    [
        ({}, True),
        ({"block_length": 4}, True),
        ({"temperature": 0.7}, False),
        ({"top_p": 0.9}, False),
        ({"guidance": 0.5}, False),
        ({"block_length": 4, "overlap": 1}, False),
    ],
)
def test_the_verdict_is_that_of_the_settings(fields, exact):
    said = sampler_cards.card(UnmaskSettings("llada", 4, selection="random", **fields))["text"]
    assert (
        said.endswith("not as set here.") is not exact
        and said.endswith("Exact when it draws one word a step.") is exact
    )
    # a rule that is never exact is not said to be so at another temperature
    assert sampler_cards.card(UnmaskSettings("maskgit", 4, temperature=0.7))["text"].endswith(
        "Not exact, not even at one word a step."
    )


@pytest.mark.parametrize(("sampler", "what"), [("gibbs", "sweeps"), ("uniform", "steps")])
def test_what_is_exact_in_the_limit_only_is_not_called_exact(sampler, what):
    said = sampler_cards.card(UnmaskSettings(sampler, 4))["text"]
    assert said.endswith(f"Exact only in the limit of many {what}.")
    cold = sampler_cards.card(UnmaskSettings(sampler, 4, temperature=0.5))["text"]
    assert f"in the limit of many {what}, at temperature one" in cold
    assert cold.endswith("not as set here.")


def test_the_readme_counts_the_samplers_that_the_shipped_network_takes():
    """ "eleven ... (three more need an exact denoiser)", "any of fourteen samplers, eleven of them with ..."."""
    names = [sampler.name for sampler in list_samplers()]
    refused = []
    canvas = read_canvas("the [MASK]*4 .", Pieces())
    for name in names:
        try:
            Side("network", Pieces(), canvas, UnmaskSettings(name, 2))
        except ValueError as error:
            assert "which only the exact models give" in str(error)
            refused.append(name)
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert (len(names), len(refused)) == (14, 3)
    assert "watch eleven samplers unmask it (three more need an exact denoiser)" in readme
    assert "any of fourteen samplers, eleven of them with the shipped network" in readme


def test_the_sampler_chosen_is_explained_before_it_is_run():
    values = {**LINK.defaults(), "sampler": "remdm"}
    assert about_sampler(*(values[name] for name in CONTROLS)) == sampler_cards.card(
        settings_of(values)
    )
    wrong = {
        **values,
        "steps": None,
        "sampler": "gibbs",
        "selection": "entropy",
    }  # another sampler's rule, and no number
    assert (
        about_sampler(*(wrong[name] for name in CONTROLS))["name"] == sampler_cards.TITLES["gibbs"]
    )


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("steps", 0, r"steps must be a whole number in \[1, 512\], got 0"),
        ("steps", 2.5, "steps must be"),
        ("steps", None, "steps must be"),
        ("seed", -1, "seed must be"),
        ("temperature", -1, r"temperature must be a number in \[0, 100\], got -1"),
        ("sampler", "x", "sampler must be one of"),
    ],
)
def test_bad_settings_name_field_value_and_range(field, value, says):
    with pytest.raises(ValueError, match=says):
        settings_of({**LINK.defaults(), field: value})


def test_a_run_is_a_beginning_frames_and_an_end(tale):
    side = Side(
        "tale",
        tale,
        read_canvas("the king [MASK]*4 .", tale),
        UnmaskSettings("llada", 4, selection="random", seed=3),
    )
    parts = list(stream("r", [side]))
    begin, frames, end = (
        parts[0]["begin"],
        [part for p in parts[1:-1] for part in p["frame"]],
        parts[-1],
    )
    assert begin["sides"][0]["state"] == ["locked"] * 2 + ["masked"] * 4 + ["locked"]
    assert [f["step"]["index"] for f in frames] == [0, 1, 2, 3] and "end" in end
    told = set(begin["sides"][0]["words"])
    for frame in frames:
        told |= set(frame["words"])
        shown = {str(i) for row in frame["step"]["top"] if row for i, _ in row} | {
            str(i) for i in frame["step"]["canvas"]
        } - {str(tale.mask_id)}
        assert shown <= told, "a word is drawn that was never told"
        assert all(len(row) <= 10 for row in frame["step"]["top"] if row)
    truth = [
        step.canvas[0].tolist() for step in unmask(tale, [list(side.canvas.ids)], side.settings)
    ]
    assert [f["step"]["canvas"] for f in frames] == truth
    assert list(whole_trace(side))[-1]["steps"] == [f["step"] for f in frames]


def test_two_runs_go_step_by_step(tale):
    canvas = read_canvas("the king [MASK]*4 .", tale)
    sides = [
        Side("tale", tale, canvas, UnmaskSettings("llada", steps, selection="random", seed=3))
        for steps in (4, 2)
    ]
    order = [part["side"] for p in stream("r", sides) for part in p.get("frame", ())]
    assert order == [0, 1, 0, 1, 0, 0]


def test_steps_that_come_slowly_travel_alone_and_fast_ones_together(tale):
    side = Side(
        "tale",
        tale,
        read_canvas("the king [MASK]*8 .", tale),
        UnmaskSettings("any-order", 1, seed=3),
    )
    for tick, frames in ((0.1, 8), (0.0, 2)):
        now = itertools.count()
        sizes = [
            len(p["frame"])
            for p in stream("r", [side], clock=lambda now=now, tick=tick: next(now) * tick)
            if "frame" in p
        ]
        assert len(sizes) == frames and sum(sizes) == 8 and sizes[0] == 1


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
    parts = list(stream("r", [side], seconds=30, clock=lambda: next(clock)))
    assert "limit" in parts[-1]["end"] and len(parts) < 8


def test_samplers_of_other_noise_want_an_exact_model():
    with pytest.raises(
        ValueError, match="sampler must be one for masks with the model 'x': uniform needs"
    ):
        Side("x", Pieces(), read_canvas("the [MASK]", Pieces()), UnmaskSettings("uniform", 4))
    with pytest.raises(ValueError, match=r"canvas must have a \[MASK\] to fill, got none"):
        Side("x", Pieces(), read_canvas("the king", Pieces()), UnmaskSettings("mdlm", 4))


def test_an_edited_canvas_from_the_browser_is_checked():
    canvas, pieces = read_canvas("the [MASK]*2 .", Pieces()), Pieces()
    good = {"canvas": [3, 4, 2, 9], "locked": [True, False, False, True], "turn": 1}
    new, turn = edited(canvas, pieces, SimpleNamespace(**good))
    assert (
        new.ids == (0, 3, 4, 2, 9, 1)
        and new.locked == (True, True, False, False, True, True)
        and turn == 1
    )
    for bad in (
        {"canvas": [99, 4, 2, 9]},
        {"canvas": []},
        {"canvas": [0] * 1000},
        {"canvas": "x"},
        {"canvas": [True, 4, 2, 9]},
        {"locked": [1, 0, 0, 1]},
        {"locked": [True]},
        {"turn": -1},
        {"turn": "1"},
        {"canvas": [3.5, 4, 2, 9]},
    ):
        with pytest.raises(ValueError, match="must"):
            edited(canvas, pieces, SimpleNamespace(**{**good, **bad}))
    # a lock on a mask is no lock
    assert (
        edited(canvas, pieces, SimpleNamespace(**{**good, "locked": [True] * 4}))[0].locked[3]
        is False
    )


def test_random_words_are_repeatable_open_and_never_special():
    canvas = read_canvas("the [MASK]*9 .", Pieces())
    first, second = (with_random_words(canvas, Pieces(), 5) for _ in range(2))
    assert (
        first == second
        and Pieces.mask_id not in first.ids
        and not set(first.ids[2:11]) & Pieces.special_ids
    )
    assert first.locked == canvas.locked


def test_every_error_is_a_sentence_on_the_page_and_ends_the_run():
    app = SimpleNamespace(backend=AwayBackend)
    values = {**LINK.defaults(), "canvas": "[MASK]*3"}
    assert list(messages({**values, "model": models.TALE, "steps": -1}, app))[-1] == {
        "problem": "steps must be a whole number in [1, 512], got -1"
    }
    assert (
        "dragon"
        in list(messages({**values, "model": models.TALE, "canvas": "dragon [MASK]"}, app))[-1][
            "problem"
        ]
    )
    assert "model must be one of" in list(messages({**values, "model": "nope"}, app))[-1]["problem"]
    assert "KeyError" in sentence_of(KeyError("x")) and "/" not in sentence_of(
        OSError("/secret/path")
    )


def test_a_link_carries_what_the_controls_hold():
    assert {*FIELDS, *IN_THE_PLAYER} == set(LINK.defaults())
    query = LINK.encode(
        {**LINK.defaults(), "canvas": "the [MASK]*3", "sampler": "remdm", "two": True, "seed": 11}
    )
    from urllib.parse import parse_qs

    values, problem = LINK.decode({key: value[0] for key, value in parse_qs(query[1:]).items()})
    assert (
        problem == ""
        and values["sampler"] == "remdm"
        and values["two"] is True
        and values["canvas"] == "the [MASK]*3"
        and values["seed"] == 11
    )


def test_the_frame_is_put_back_around_an_edited_canvas_of_another_length():
    canvas = Canvas((0, 3, 2, 1), (True, True, False, True), 1, 1)
    new, _ = edited(
        canvas,
        Pieces(),
        SimpleNamespace(canvas=[3, 4, 2, 2, 9], locked=[True] * 2 + [False] * 2 + [True], turn=0),
    )
    assert new.ids == (0, 3, 4, 2, 2, 9, 1) and np.sum(new.locked) == 5


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
    frames = list(stream("r", [still, going]))
    assert {part["side"] for frame in frames for part in frame.get("frame", [])} == {1}
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
