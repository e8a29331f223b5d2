"""The links of the Compare page bring every part's fields back, hostile ones do no harm, and the
recordings are of what the parts begin with."""

import json
import string
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.pages.compare import PLACES, links, recorded
from playground.pages.compare.record import joined
from tests.messages import in_english

CHANGED = {
    "strategies": {
        "prompt": "a wolf & <b>\n${x}",
        "tokens": 9,
        "runs": 2,
        "seed": 11,
        "model": "smollm2-135m",
        "scorer": "fairy-causal",
        "columns": [
            links.column("greedy", no_repeat_ngram_size=3),
            links.column("sampling", temperature=0.35, top_k=5),
            links.column("beam", beams=7, length_penalty=-0.5),
        ],
    },
    "beams": {"beams": 8, "length_penalty": 0.3, "utility": "rougeL", "samples": 0},
    "scores": {"reference2": "", "candidate": "ä 👻", "reference4": "x\ny"},
    "contexts": {"first": "a", "second": "b", "second_model": "fairy-causal"},
    "race": {"sampler": "maskgit", "steps": 3, "temperature": 0.0},
    "drafts": {"drafter": "repeats", "drafts": 7, "temperature": 0.0, "top_p": 0.9},
    "library": {"column": [links.column("sampling", typical_p=0.4)]},
    "forcing": {"given": 3, "text": "the queen slept for a hundred years"},
    "classifier": {"labels": "good, bad", "texts": "one\ntwo"},
    "people": {"columns": [links.column("sampling", min_p=0.2)] * 4, "runs": 1},
    "reward": {
        "reward": "length",
        "words": "cat",
        "length": 9,
        "expression": "1 - short",
        "beta": 0.05,
        "updates": 3,
        "seed": 4,
    },
    "masking": {"lines": "a b\na c", "order": 2, "kind": "choices", "form": "a b\nc", "longest": 3},
    "sweep": {"vary": "min_p", "over": "0, 0.1", "and": "", "seeds": 2},
}


@pytest.mark.parametrize("part", links.PARTS)
def test_a_link_brings_every_part_back(part):
    assert set(CHANGED[part]) <= set(links.FIELDS[part])
    values = {**links.start(part), **CHANGED[part]}
    query = links.query_of(part, values)
    assert links.state_of(part, query) == (values, "")
    assert links.part_of(dict(parse_qsl(query[1:], keep_blank_values=True))) == part
    assert all(links.state_of(other, query) == (None, "") for other in links.PARTS if other != part)
    assert links.query_of(part, links.start(part)) == "?tab=compare" + (
        "" if part == "strategies" else f"&part={part}"
    )


@pytest.mark.parametrize(
    ("part", "query", "sentence"),
    [
        (
            "strategies",
            "tokens=9999&prompt=kept",
            "tokens must be a whole number in [1, 200], got '9999'",
        ),
        ("strategies", "columns=", "columns must hold 1 to 6 columns, got 0"),
        (
            "strategies",
            "columns=" + ";".join(["greedy"] * 7),
            "columns must hold 1 to 6 columns, got 7",
        ),
        (
            "strategies",
            "columns=magic",
            "columns[0].kind must be one of sampling, greedy, beam, got 'magic'",
        ),
        (
            "strategies",
            "columns=greedy;sampling,top_p:2",
            "columns[1].top_p must be a number in [0, 1] (1 turns it off), got '2'",
        ),
        (
            "strategies",
            "columns=sampling,__class__:1",
            "columns[0] rule must be one of temperature",
        ),
        ("strategies", "columns=sampling,top_p", "columns[0].top_p must be a number"),
        ("strategies", "model=../../etc", "model must be one of fairy-causal"),
        ("strategies", "part=<script>", "part must be one of strategies"),
        ("people", "columns=" + ";".join(["greedy"] * 5), "columns must hold 1 to 4 columns"),
        ("beams", "length_penalty=nan", "length_penalty must be a number in [-5, 5]"),
        ("race", "sampler=x", "sampler must be one of dream"),
        ("sweep", "vary=beams", "vary must be one of temperature"),
        ("scores", "candidate=" + "x" * 2001, "candidate must have at most 2,000"),
    ],
)
def test_a_bad_value_is_named_and_replaced(part, query, sentence):
    values, message = links.state_of(
        part,
        f"?tab=compare&part={part}&{query}" if "part=" not in query else f"?tab=compare&{query}",
    )
    assert sentence in message and "the default stands there" in message
    assert values == {**links.start(part), **({"prompt": "kept"} if "kept" in query else {})}


@given(
    st.sampled_from(links.PARTS),
    st.dictionaries(
        st.sampled_from(["columns", "column", "tokens", "model", "vary", "over", "texts"]),
        st.text(string.printable, max_size=40),
    ),
)
def test_any_query_gives_valid_values(part, params):
    from urllib.parse import urlencode

    values, _ = links.state_of(part, "?" + urlencode({"tab": "compare", "part": part, **params}))
    assert set(values) == set(links.FIELDS[part])
    links.query_of(part, values)


@pytest.mark.parametrize(
    "values",
    [
        None,
        [],
        {"tokens": 999},
        {"columns": "greedy"},
        {"columns": [{"kind": "x"}]},
        {"columns": [{"kind": "greedy", "top_k": "9"}]},
        {"columns": [{"kind": "greedy", "top_k": 1.5}]},
        {"prompt": "x" * 9000},
    ],
)
def test_copying_a_bad_state_is_a_sentence(values):
    answer = recorded.link("strategies")(values)
    assert set(answer) == ({"problem"} if values else {"query"})
    (text,) = answer.values()
    assert in_english(text).strip() and "{" not in in_english(text)


def test_what_is_recorded_is_what_the_parts_begin_with():
    kept = recorded.recorded()
    assert set(kept) == set(links.PARTS)
    for part in links.PARTS:
        if "answers" not in kept[part]:
            assert kept[part]["request"] == recorded.request_of(part, links.start(part)), (
                f"run python -m playground.pages.compare.record {part}"
            )
            assert (
                not any("problem" in frame for frame in kept[part]["frames"])
                and kept[part]["frames"][-1]["done"]
            )
    assert kept["people"]["frames"] == kept["strategies"]["frames"]
    assert json.dumps(kept, allow_nan=False)


def test_a_part_opens_with_its_recording_unless_a_link_brought_other_settings():
    opened = recorded.opening("beams")
    assert (
        opened({"query": "?tab=compare"})["recorded"] == recorded.recorded()["beams"]
        and opened(None)["values"] is None
    )
    assert opened({"query": "?tab=compare&part=beams"})["recorded"] is not None
    other = opened({"query": "?tab=compare&part=beams&beams=2"})
    assert other["recorded"] is None and other["values"]["beams"] == 2 and other["message"] == ""
    broken = opened({"query": "?tab=compare&part=beams&beams=99"})
    assert (
        broken["recorded"] is None
        and broken["values"]["beams"] == 4
        and "beams must be" in in_english(broken["message"])
    )
    assert opened({"query": "?tab=generate&beams=2"})["values"] is None


def test_the_race_is_kept_as_one_frame_a_side():
    frames = [
        {"begin": 1},
        {"left": {"piece": "a", "seconds": 1}},
        {"right": {"seconds": 1}},
        {"left": {"piece": "b", "seconds": 2, "over": True}},
        {"right": {"over": True}},
        {"done": True},
    ]
    assert joined(frames) == [
        {"begin": 1},
        {"left": {"piece": "ab", "seconds": 2, "over": True}},
        {"right": {"seconds": 1, "over": True}},
        {"done": True},
    ]


def test_every_part_has_its_place_on_the_page():
    placed = [name for _, _, names in PLACES for name in names]
    assert sorted(placed) == sorted(links.PARTS)
