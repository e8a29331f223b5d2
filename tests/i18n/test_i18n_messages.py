"""A Message is its English text, keeps its parts on every way, and travels as [id, values]."""

import json
import pickle
import subprocess
import sys

import numpy as np

from playground.backend.errors import LimitExceeded
from playground.i18n import Message, mark, nt, t, wire


def test_a_message_is_its_english_text_with_the_holes_filled():
    said = t(
        "{what} must be at most {limit} here, got {value}.", what="length", limit=1024, value=2.5
    )
    assert said == "length must be at most 1,024 here, got 2.5."
    assert isinstance(said, str) and json.dumps({"error": said}) == f'{{"error": "{said}"}}'


def test_a_hole_without_a_value_and_other_braces_stay():
    assert t("{lost} in {0} and {}") == "{lost} in {0} and {}"


def test_a_value_is_never_read_as_a_hole():
    assert t("{a} {b}", a="{b}", b="x") == "{b} x"


def test_the_plural_is_chosen_by_n():
    assert nt("{n} token", "{n} tokens", 1) == "1 token"
    assert nt("{n} token of {all}", "{n} tokens of {all}", 2000, all=3) == "2,000 tokens of 3"
    assert nt("{n} token", "{n} tokens", 0) == "0 tokens"


def test_on_the_wire_a_message_is_its_id_and_values_at_any_depth():
    inner = t("the prompt")
    record = {
        "error": t("{what} is empty.", what=inner),
        "rows": [(nt("one", "{n}", 2), 7)],
        "text": "a",
    }
    assert wire(record) == {
        "error": ["{what} is empty.", {"what": ["the prompt", {}]}],
        "rows": [[["one", {"n": 2}, "{n}"], 7]],
        "text": "a",
    }
    assert json.loads(json.dumps(wire(record))) == wire(record)


def test_values_are_plain_and_exact_in_the_browser():
    values = t(
        "{a}", a=np.int64(3), b=np.float32(0.5), c=2**60, d=float("nan"), e=True, f=None
    ).values
    assert values == {"a": 3, "b": 0.5, "c": str(2**60), "d": "nan", "e": "True", "f": "None"}
    assert type(values["a"]) is int and type(values["b"]) is float
    json.dumps(values, allow_nan=False)


def test_an_exception_gives_its_message_back():
    for error in (ValueError(t("seed must be {low}", low=0)), LimitExceeded(t("{n} of", n=1), "x")):
        assert isinstance(str(error), Message) and wire(str(error))[1] in ({"low": 0}, {"n": 1})


def test_a_message_survives_pickling_in_an_exception():
    """Errors cross processes: replicas of a cluster, ZeroGPU's forks."""
    error = pickle.loads(pickle.dumps(ValueError(nt("{n} token", "{n} tokens", 3, why=t("w")))))
    assert wire(str(error)) == ["{n} token", {"why": ["w", {}], "n": 3}, "{n} tokens"]


def test_mark_is_the_text_itself():
    assert type(mark("Fair coin")) is str


def test_marking_imports_the_standard_library_alone():
    """The mathematics marks its messages: it must not come to know Babel or Gradio by that."""
    code = (
        "import sys; before = set(sys.modules); import playground.i18n;"
        "print([m for m in set(sys.modules) - before if m.split('.')[0] not in "
        "sys.stdlib_module_names])"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert set(eval(out)) <= {"playground", "playground.i18n", "playground.lazy"}
