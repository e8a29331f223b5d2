"""A trace survives the way through JSON, and nothing that is no trace comes in."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground import traces

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.dictionaries(st.text(max_size=8), values, max_size=5), max_size=5),
    st.dictionaries(st.text(), values, max_size=3),
    st.text(),
)
def test_json_round_trip_is_exact(steps, options, prompt):
    trace = traces.new_trace("decode", "some model", options, prompt, steps)
    assert traces.from_json(traces.to_json(trace)) == trace


def test_a_real_step_survives():
    from playground.decoding import DecodingSettings, generate
    from tests.doubles import RandomCausalModel

    steps = [
        step.record(str)
        for step in generate(
            RandomCausalModel(40), [1, 2], DecodingSettings(max_new_tokens=5, top_p=0.8)
        )
    ]
    trace = traces.new_trace("decode", "double", {"top_p": 0.8}, "p", steps)
    assert traces.from_json(traces.to_json(trace))["steps"] == steps


def test_values_without_a_json_form_become_none_or_numbers():
    trace = traces.new_trace(
        "score",
        "m",
        {},
        "",
        [{"a": math.inf, "b": math.nan, "c": np.float32(0.5), "d": np.arange(2), "e": (1, 2)}],
    )
    assert trace["steps"] == [{"a": None, "b": None, "c": 0.5, "d": [0, 1], "e": [1, 2]}]
    assert "NaN" not in traces.to_json(trace) and "Infinity" not in traces.to_json(trace)


def test_what_is_no_plain_value_is_refused():
    with pytest.raises(TypeError, match="plain values"):
        traces.new_trace("decode", "m", {"a": object()}, "")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "not valid JSON"),
        ("[]", "must be a JSON object"),
        ('{"version": 2}', "version must be 1, got 2"),
        ('{"version": 1, "kind": "other"}', "kind must be one of"),
        ('{"version": 1, "kind": "decode", "model": 3}', "model must be a str, got int"),
        (
            '{"version": 1, "kind": "decode", "model": "", "settings": {}, "steps": [1]}',
            r"steps\[0\] must be a JSON object",
        ),
        ('{"version": NaN}', "NaN is no JSON value"),
        ("[" * 100_000, "not a trace"),
    ],
)
def test_broken_files_are_refused_in_a_sentence(text, part):
    with pytest.raises(ValueError, match=part):
        traces.from_json(text)


def test_csv_has_a_line_a_step_and_no_formula():
    trace = traces.new_trace(
        "decode",
        "m",
        {},
        "",
        [{"index": 0, "text": "=1+1", "rows": [1]}, {"index": 1, "text": 'b,"c"', "u": 0.5}],
    )
    lines = traces.to_csv(trace).splitlines()
    assert lines == ["index,text,u", "0,'=1+1,", '1,"b,""c""",0.5']


def test_recorded_examples_are_traces():
    from playground.pages.generate import EXAMPLES

    for path in EXAMPLES.glob("*.json"):
        trace = json.loads(path.read_text(encoding="utf-8"))
        if trace.get("kind") == "decode":
            assert traces.check(trace)["steps"], path
            assert "".join(step["piece"] for step in trace["steps"]).strip(), path
