"""The records behind the Chains page: every figure against its definition, every refusal by name,
no surprise for the visitor."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from playground.pages.chains import hidden, parsing, rates, text, walk
from playground.pages.chains.examples import CHAINS, RATES
from playground.pages.chains.links import LINK, link_of, restore
from playground.pages.chains.parsing import answered

HOSTILE = [
    "<img src=x onerror=window.__p=1>",
    "${window.__p=2}",
    "`\\u00zz`",
    "</script>",
    "\u202eback",
    "a\"'b",
]


def same(a, b) -> bool:
    return json.dumps(a, allow_nan=False) == json.dumps(b, allow_nan=False)


# the Markov chain
# --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("one", CHAINS, ids=lambda one: one["slug"])
def test_an_examples_figures_agree_with_its_matrix(one):
    record = walk.figures(
        {**walk.DEFAULT, **{key: one[key] for key in ("states", "transition", "start")}}
    )
    json.dumps(record, allow_nan=False)
    matrix = np.array(record["transition"])
    for pi in record["stationary"]:
        np.testing.assert_allclose(np.array(pi) @ matrix, pi, atol=1e-12)
    assert record["path"][0] == one["start"] and len(record["path"]) == walk.STEPS + 1
    assert all(matrix[a, b] > 0 for a, b in zip(record["path"], record["path"][1:], strict=False))
    for target, column in enumerate(
        np.array(record["hitting"], dtype=float).T
    ):  # first-step equations; None became nan
        for state, steps in enumerate(column):
            if state != target and math.isfinite(steps):
                onward = sum(
                    matrix[state, k] * (0 if k == target else column[k])
                    for k in range(len(matrix))
                    if matrix[state, k]
                )
                assert steps == pytest.approx(1 + onward)


def test_the_weather_has_its_known_long_run_and_eigenvalues():
    record = walk.figures(walk.DEFAULT)
    np.testing.assert_allclose(record["limit"], [5 / 6, 1 / 6], atol=1e-12)
    np.testing.assert_allclose([value[0] for value in record["eigenvalues"]], [1, 0.4], atol=1e-12)


def test_greedy_loops_and_a_drawn_walk_that_revisits_does_not():
    fox = next(one for one in CHAINS if one["slug"] == "brown-fox")
    draft = {**walk.DEFAULT, **{key: fox[key] for key in ("states", "transition", "start")}}
    greedy = walk.figures({**draft, "mode": "greedy"})
    period, start = greedy["cycle"]["period"], greedy["cycle"]["start"]
    assert all(
        a == b
        for a, b in zip(greedy["path"][start:], greedy["path"][start + period :], strict=False)
    )
    drawn = walk.figures(draft)
    assert drawn["cycle"] is None and "revisiting is not looping" in drawn["sentences"]["looping"]


def test_a_chain_without_chance_loops_even_when_drawn():
    periodic = next(one for one in CHAINS if one["slug"] == "periodic")
    record = walk.figures(
        {**walk.DEFAULT, **{key: periodic[key] for key in ("states", "transition", "start")}}
    )
    assert record["cycle"]["period"] == 3 and record["mixing_time"] is None


def test_the_same_seed_gives_the_same_walk_and_another_seed_another():
    first, again, other = (
        walk.figures({**walk.DEFAULT, "seed": seed})["path"] for seed in (5, 5, 6)
    )
    assert first == again and first != other


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"transition": [[0.9, 0.2], [0.2, 0.9]]},
            "transition row 'sunny' sums to 1.1; it must sum to 1",
        ),
        ({"transition": [[0.9, 0.1]]}, "transition must be a table of 2 rows of 2 numbers"),
        ({"transition": [[1.2, -0.2], [0.5, 0.5]]}, "must be a probability in \\[0, 1\\]"),
        (
            {"transition": [[float("nan"), 1], [0.5, 0.5]]},
            "transition row 1, column 1 must be a number, got nan",
        ),
        ({"states": ["a", "a"]}, "states must differ from each other, got 'a' twice"),
        ({"states": ["a"] * 9}, "states must have 2 to 8 names, got 9"),
        ({"states": ["a", "b" * 41]}, "states must be names of 1 to 40 characters"),
        ({"seed": -1}, "seed must be a whole number in \\[0, 2\\^53\\], got -1"),
        ({"seed": True}, "seed must be a whole number"),
        ({"mode": "hot"}, "mode must be one of sampled, greedy, got 'hot'"),
        ({"start": 2}, "start must be a whole number in \\[-1, 1\\], got 2"),
    ],
)
def test_a_bad_chain_is_refused_by_field_value_and_range(change, words):
    with pytest.raises(ValueError, match=words):
        walk.figures({**walk.DEFAULT, **change})
    answer = answered(walk.figures)({**walk.DEFAULT, **change})
    assert answer["ok"] is False and answer["error"]


def test_an_answer_is_a_sentence_whatever_the_browser_sends():
    for draft in (
        None,
        [],
        "x",
        {},
        {"states": 3, "transition": None},
        {"states": {}, "transition": {}},
    ):
        answer = answered(walk.figures)(draft)
        assert answer["ok"] is False and isinstance(answer["error"], str)


def test_hostile_names_are_data():
    record = walk.figures({**walk.DEFAULT, "states": HOSTILE[:2]})
    assert record["states"] == HOSTILE[:2]


# continuous time
# --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("one", RATES, ids=lambda one: one["slug"])
def test_the_grid_of_times_is_the_matrix_exponential(one):
    record = rates.figures(
        {**rates.DEFAULT, **{key: one[key] for key in ("states", "rates", "start")}}
    )
    json.dumps(record, allow_nan=False)
    for place in (0, 7, 60, 120):
        np.testing.assert_allclose(
            record["powers"][place],
            expm(np.array(record["rates"]) * record["times"][place]),
            atol=2e-9,
        )
    shares, expected = np.array(record["crowd"]), np.array(record["powers"])[:, record["start"]]
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    assert np.abs(shares - expected).max() < 4.5 * 0.5 / math.sqrt(
        record["runs"]
    )  # 4.5 standard deviations of a share


def test_masking_is_told_to_be_masking_and_nothing_else_is():
    assert "ᾱ" in rates.figures(rates.DEFAULT)["sentences"]["masking"]
    assert (
        rates.figures({**rates.DEFAULT, "rates": [[-1, 1], [2, -2]]})["sentences"]["masking"] == ""
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"rates": [[-1, 1], [-2, 2]]},
            "a rate off the diagonal must be a finite number of at least 0",
        ),
        ({"until": 0}, "until must be a number in \\[0.1, 100\\], got 0"),
        ({"rates": [[-1e6, 1e6], [0, 0]]}, "must be at most 1,000"),
    ],
)
def test_bad_rates_are_refused(change, words):
    with pytest.raises(ValueError, match=words):
        rates.figures({**rates.DEFAULT, **change})


# from text
# --------------------------------------------------------------------------------------------------


def test_the_brown_fox_loops_greedily_and_the_tie_after_fox_is_told():
    record = text.figures(text.DEFAULT)
    assert record["cycle"] == {"start": 0, "period": 5, "text": "brown fox jumped over the"}
    assert (
        "“fox” is followed by “jumped” and “which”" in record["sentences"]["tie"]
        and "first" in record["sentences"]["tie"]
    )
    assert "".join(record["greedy"]["pieces"]).startswith(
        " brown fox jumped over the brown fox jumped"
    )
    assert "".join(record["sampled"]["pieces"]) != "".join(record["greedy"]["pieces"])
    assert (
        record["greedy"]["after"][2]
        == "In the source “fox” is followed by “jumped” 1×, “which” 1×."
    )


def test_copied_stretches_stand_in_the_source_and_are_longer_than_the_model_must_copy():
    for order in (1, 2, 3):
        source = text.DEFAULT["text"] + " and " + text.DEFAULT["text"]
        record = text.figures({**text.DEFAULT, "text": source, "order": order})
        words = source.split()
        for copy in record["sampled"]["copies"]:
            made = [
                piece.strip() for piece in record["sampled"]["pieces"][copy["start"] : copy["end"]]
            ]
            assert (
                made == words[copy["source_start"] : copy["source_start"] + len(made)]
                and len(made) >= order + 2
            )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"order": 6}, "order must be a whole number in \\[1, 5\\], got 6"),
        ({"text": "  "}, "text must hold at least two words"),
        ({"text": "one"}, "text must hold more than 1 words"),
        ({"start": "unicorn"}, "text must use the words of the source, got 'unicorn'"),
        ({"unit": "byte"}, "unit must be one of word, character, got 'byte'"),
        ({"text": "a " * 2_500_001}, "text must be at most 5,000,000 bytes long"),
    ],
)
def test_a_bad_text_is_refused(change, words):
    with pytest.raises(ValueError, match=words):
        text.figures({**text.DEFAULT, **change})


def test_a_held_text_is_asked_for_again_when_it_is_gone():
    key = text.hold({"text": "to be or not to be that is the question"})["key"]
    assert text.answer({**text.DEFAULT, "text": "", "key": key})["ok"]
    lost = text.answer({**text.DEFAULT, "text": "", "key": "0" * 16})
    assert lost == {
        "ok": False,
        "gone": True,
        "error": "text is no longer held by the server: choose the file again",
    }


# links
# --------------------------------------------------------------------------------------------------

DEFAULTS = {
    "walk": walk.DEFAULT,
    "text": text.DEFAULT,
    "rates": rates.DEFAULT,
    "hidden": hidden.DEFAULT,
}
FIGURES = {
    "walk": walk.figures,
    "text": text.figures,
    "rates": rates.figures,
    "hidden": hidden.figures,
}


def parameters(query: str) -> dict:
    from urllib.parse import parse_qsl

    return dict(parse_qsl(query.removeprefix("?")))


@pytest.mark.parametrize("view", list(DEFAULTS))
def test_a_link_brings_back_the_whole_state(view):
    draft = {**DEFAULTS[view], "seed": 11}
    if "states" in draft:
        draft["states"] = HOSTILE[: len(draft["states"])]
    query = link_of(view, DEFAULTS[view])(draft)["query"]
    value = restore(parameters(query)["state"], DEFAULTS[view], FIGURES[view])
    assert (
        LINK.decode(parameters(query))[0]["view"] == view
        and value["draft"] == draft
        and value["message"] == ""
        and same(value["figures"], FIGURES[view](draft))
    )


@pytest.mark.parametrize(
    "state", ["{", "[1]", '{"transition":[[2,0],[0,1]]}', '{"states":"x"}', "[" * 3000, "x" * 7000]
)
def test_a_broken_link_opens_the_first_example_and_says_why(state):
    value = restore(state, walk.DEFAULT, walk.figures)
    assert value["draft"] == walk.DEFAULT and value["message"].startswith(
        "This link could not be opened"
    )


def test_links_of_other_pages_are_left_alone():
    assert LINK.decode({"tab": "chains", "view": "nowhere"})[0]["view"] == "walk"
    assert LINK.slug == "chains"


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=25, deadline=None)
@given(ANYTHING)
def test_no_draft_from_a_stranger_breaks_a_view(value):
    for view, compute in FIGURES.items():
        for key in DEFAULTS[view]:
            try:
                answer = (
                    answered(compute)({**DEFAULTS[view], key: value})
                    if view != "text"
                    else text.answer({**DEFAULTS[view], key: value})
                )
            except TypeError as error:  # named, so that the failing field is seen
                raise AssertionError(f"{view}.{key} = {value!r}: {error}") from error
            assert isinstance(answer["ok"], bool)


def test_plain_data_has_no_infinity():
    assert parsing.plain([1.0, math.inf, [math.nan]]) == [1.0, None, [None]]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("a b a b a b", "Drawing cannot leave it either"),
        ("a b a b a c a b", "Drawing leaves it as soon as"),
    ],
)
def test_a_loop_without_another_successor_is_not_said_to_be_left_by_drawing(source, words):
    shown = text.figures({**text.DEFAULT, "text": source, "ending": "wrap"})
    assert shown["cycle"]["period"] == 2 and words in shown["sentences"]["loop"]
    left = {piece.strip() for piece in shown["sampled"]["pieces"]} - {"a", "b"}
    assert bool(left) is ("leaves" in words)
