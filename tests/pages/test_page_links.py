"""A link carries a page's state, and a broken or hostile one does no harm."""

import string
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.pages.links import Choice, Flag, Number, PageLink, Text

LINK = PageLink("somewhere", {
    "prompt": Text("once", 50), "steps": Number(16, 1, 512, whole=True), "temperature": Number(1.0, 0, 10),
    "sampler": Choice("mdlm", ("mdlm", "sedd")), "exact": Flag(False),
})


def read(query):
    return dict(parse_qsl(query.removeprefix("?"), keep_blank_values=True))


@given(st.text(max_size=50), st.integers(1, 512), st.floats(0, 10), st.sampled_from(["mdlm", "sedd"]), st.booleans())
def test_round_trip(prompt, steps, temperature, sampler, exact):
    values = {"prompt": prompt, "steps": steps, "temperature": temperature, "sampler": sampler, "exact": exact}
    try:
        prompt.encode()
    except UnicodeEncodeError:
        return
    decoded, message = LINK.decode(read(LINK.encode(values)))
    assert decoded == values and message == ""


def test_only_what_differs_is_written():
    assert LINK.encode(LINK.defaults()) == "?tab=somewhere"


@pytest.mark.parametrize(("field", "raw", "part"), [
    ("steps", "9999", r"steps must be a whole number in \[1, 512\], got '9999'"), ("steps", "1.5", "steps must be"), ("steps", "", "steps must be"),
    ("temperature", "nan", r"temperature must be a number in \[0, 10\]"), ("temperature", "1e999", "temperature"), ("sampler", "<script>", "sampler must be one of"),
    ("exact", "yes", "exact must be 0 or 1"), ("prompt", "x" * 51, "prompt must have at most 50 characters"),
])
def test_a_bad_value_is_named_and_replaced(field, raw, part):
    import re

    values, message = LINK.decode({"tab": "somewhere", field: raw, "prompt": "kept"} if field != "prompt" else {"tab": "somewhere", field: raw})
    assert re.search(part, message) and values[field] == LINK.fields[field].default
    if field != "prompt":
        assert values["prompt"] == "kept"


@given(st.dictionaries(st.sampled_from([*LINK.fields, "tab", "utm_source"]), st.text(alphabet=string.printable, max_size=60)))
def test_any_query_gives_valid_values(params):
    values, _ = LINK.decode(params)
    assert set(values) == set(LINK.fields)
    assert 1 <= values["steps"] <= 512 and 0 <= values["temperature"] <= 10 and values["sampler"] in ("mdlm", "sedd")


def test_too_long_a_state_is_refused():
    link = PageLink("x", {"a": Text("", 100_000)})
    with pytest.raises(ValueError, match="too long for a link"):
        link.encode({"a": "y" * 9000})


def test_unknown_fields_are_refused_when_writing_and_ignored_when_reading():
    with pytest.raises(ValueError, match="other is no field"):
        LINK.encode({"other": 1})
    assert LINK.decode({"other": "1"}) == (LINK.defaults(), "")


def test_generate_link_brings_settings_and_choices_back():
    from playground.pages.generate.links import query_of, state_of
    from playground.pages.generate.prompts import START

    settings = {**START, "temperature": 0.55, "top_k": 7, "order": "llama.cpp", "do_sample": False, "seed": 123}
    query = query_of({"model": "fairy-causal", "prompt": "A wolf & <b>", "chat": False, "settings": settings, "chosen": [5, 17, 3], "step": 2})
    state = state_of(read(query))
    assert state["message"] == "" and state["values"]["settings"] == settings
    assert state["values"]["chosen"] == [5, 17, 3] and state["values"]["prompt"] == "A wolf & <b>" and state["values"]["step"] == 2


def test_generate_link_survives_nonsense():
    from playground.pages.generate.links import state_of

    state = state_of({"tab": "generate", "chosen": "1.x.2", "temperature": "hot", "top_p": "7"})
    assert "temperature" in state["message"] and state["values"]["chosen"] == [] and state["values"]["settings"]["top_p"] == 0.9
