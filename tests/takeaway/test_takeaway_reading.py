"""A trace that comes back is looked at piece by piece: a good one is kept whole, a hostile one is a
sentence, never a crash."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.takeaway import files
from playground.takeaway.reading import checked, read_trace
from tests.takeaway.runs import (
    HOSTILE,
    hostile_text_run,
    hostile_unmask_run,
    score_run,
    text_run,
    two_runs,
    unmask_run,
)

RUNS = {
    "text": text_run,
    "score": score_run,
    "unmask": unmask_run,
    "two": two_runs,
    "hostile text": hostile_text_run,
    "hostile unmask": hostile_unmask_run,
}


@pytest.mark.parametrize("name", RUNS)
def test_a_saved_run_comes_back_with_every_figure(name):
    run = RUNS[name]()
    back = read_trace(json.dumps(run))
    pairs = zip(back.get("runs", [back]), run.get("runs", [run]), strict=True)
    for mine, theirs in pairs:
        assert len(mine["steps"]) == len(theirs["steps"])
        for one, other in zip(mine["steps"], theirs["steps"], strict=True):
            assert all(one[field] == other[field] for field in one if field != "stages")
            for stage, whole in zip(one.get("stages", []), other.get("stages", []), strict=True):
                assert stage.items() <= whole.items()
        assert mine["settings"] == theirs["settings"] and mine["model"] == theirs["model"]
    assert checked(back) == back


def test_a_file_with_a_mark_at_its_beginning_is_read():
    assert read_trace("\ufeff" + json.dumps(text_run()))["kind"] == "decode"


def places(value, path=()):
    """Every place in plain data, as a path."""
    yield path
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value[:2] if len(path) != 1 else value[:3])
        if isinstance(value, list)
        else ()
    )
    for key, item in items:
        yield from places(item, (*path, key))


PLACES = {name: list(places(RUNS[name]())) for name in ("text", "unmask")}
BAD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from(HOSTILE),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=5), st.none(), max_size=2),
)


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_any_change_is_a_good_trace_or_a_sentence(data):
    name = data.draw(st.sampled_from(sorted(PLACES)))
    run, path = RUNS[name](), data.draw(st.sampled_from(PLACES[name][1:]))
    inside = run
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = data.draw(BAD)
    try:
        kept = checked(run)
    except ValueError as error:
        assert 10 < len(str(error)) < 400
        return
    json.dumps(kept, allow_nan=False)
    assert checked(kept) == kept


def test_sentences_come_back_as_the_page_was_sent_them():
    run = unmask_run()
    run["start"]["title"] = ["Dream: {count} a step", {"count": 1200}]
    run["start"]["note"] = ["one word", {"n": 3}, "{n} words, {why}"]
    run["start"]["about"] = {
        "name": ["A rule", {}],
        "text": ["{s0} {s1}", {"s0": ["Seed {seed}.", {"seed": 9}], "s1": "Plain."}],
        "source": "Source: a paper",
        "sentences": [["Seed {seed}.", {"seed": 9}], "Plain."],
    }
    start = checked(run)["start"]
    assert start["title"] == "Dream: 1,200 a step"
    assert start["note"] == "3 words, {why}"  # a hole without a value stays
    assert start["about"] == {
        "name": "A rule",
        "text": "Seed 9. Plain.",
        "source": "Source: a paper",
        "sentences": ["Seed 9.", "Plain."],
    }


@pytest.mark.parametrize(
    "note",
    [
        [],
        ["no holes"],
        [{}, {}],
        ["{n} word", {}, "{n} words"],
        ["{n} word", {"n": "3"}, "{n} words"],
        ["{a}", {"a": None}],
        ["{a}", {"a": {}}],
        ["{a}", [1]],
        ["{a}" * 300, {"a": "long"}],
        ["{a}", {"a": ["{a}", {"a": ["{a}", {"a": ["{a}", {"a": ["{a}", {"a": "deep"}]}]}]}]}],
        ["{a}", {f"a{number}": 1 for number in range(51)}],
    ],
)
def test_a_message_that_is_none_is_refused_by_its_place(note):
    run = unmask_run()
    run["start"]["note"] = note
    with pytest.raises(ValueError, match=r"start\.note"):
        checked(run)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda run: run["steps"][3].update(probability=1.5),
            r"steps\[3\].probability must be a number in \[-1e-06, 1\], got 1.5",
        ),
        (lambda run: run["steps"][3].update(index=9), r"steps\[3\].index must be 3, got 9"),
        (
            lambda run: run["steps"][3].update(binding="no rule"),
            r"steps\[3\].binding must be null or a stage of this step",
        ),
        (lambda run: run["steps"][0].pop("rows"), r"steps\[0\] must have the field rows"),
        (lambda run: run.update(steps=[]), r"steps must hold 1 to 2048 entries, got 0"),
        (lambda run: run.update(version=2), r"version must be 1, got 2"),
        (lambda run: run.update(kind="chain"), r"kind must be decode, score or unmask"),
        (
            lambda run: run["settings"].update(seed=[1]),
            r"settings.seed must be a number, a short text",
        ),
    ],
)
def test_what_is_wrong_is_named(change, words):
    run = text_run()
    change(run)
    with pytest.raises(ValueError, match=words):
        checked(run)


def test_a_canvas_must_be_of_one_length():
    run = unmask_run()
    run["steps"][2]["state"].pop()
    with pytest.raises(
        ValueError,
        match=r"steps\[2\].state must hold 38 entries, one for each position, got 37".replace(
            "38", str(len(run["start"]["canvas"]))
        ).replace("37", str(len(run["start"]["canvas"]) - 1)),
    ):
        checked(run)


@pytest.mark.parametrize(
    "text",
    ["", "{", "null", "[]", '{"version": 1}', "[" * 100_000, '{"version": NaN}', 7, None, "x" * 40],
)
def test_a_file_that_is_no_trace_is_a_sentence(text):
    with pytest.raises(ValueError, match=r"^This file could not be opened: .*\.$"):
        files.opened({"text": text}, ("decode",))


def test_a_run_of_another_page_is_named():
    with pytest.raises(
        ValueError, match="kind must be one of decode, score on this page, got unmask"
    ):
        files.opened({"text": json.dumps(unmask_run())}, ("decode", "score"))


def test_settings_that_no_rule_knows_are_refused_by_the_page():
    from playground.pages.generate.files import file_functions

    run = text_run()
    run["settings"]["top_p"] = 7
    with pytest.raises(ValueError, match=r"This file could not be opened: top_p must be"):
        file_functions([])[1]({"text": json.dumps(run)})
