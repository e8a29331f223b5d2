"""A link carries a page's state, and a broken or hostile one does no harm."""

import string
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.pages.links import Choice, Flag, Number, PageLink, Text

LINK = PageLink(
    "somewhere",
    {
        "prompt": Text("once", 50),
        "steps": Number(16, 1, 512, whole=True),
        "temperature": Number(1.0, 0, 10),
        "sampler": Choice("mdlm", ("mdlm", "sedd")),
        "exact": Flag(False),
    },
)


def read(query):
    return dict(parse_qsl(query.removeprefix("?"), keep_blank_values=True))


@given(
    st.text(max_size=50),
    st.integers(1, 512),
    st.floats(0, 10),
    st.sampled_from(["mdlm", "sedd"]),
    st.booleans(),
)
def test_round_trip(prompt, steps, temperature, sampler, exact):
    values = {
        "prompt": prompt,
        "steps": steps,
        "temperature": temperature,
        "sampler": sampler,
        "exact": exact,
    }
    try:
        prompt.encode()
    except UnicodeEncodeError:
        return
    decoded, message = LINK.decode(read(LINK.encode(values)))
    assert decoded == values and message == ""


def test_only_what_differs_is_written():
    assert LINK.encode(LINK.defaults()) == "?tab=somewhere"


@pytest.mark.parametrize(
    ("field", "raw", "part"),
    [
        ("steps", "9999", r"steps must be a whole number in \[1, 512\], got '9999'"),
        ("steps", "1.5", "steps must be"),
        ("steps", "", "steps must be"),
        ("temperature", "nan", r"temperature must be a number in \[0, 10\]"),
        ("temperature", "1e999", "temperature"),
        ("sampler", "<script>", "sampler must be one of"),
        ("exact", "yes", "exact must be 0 or 1"),
        ("prompt", "x" * 51, "prompt must have at most 50 characters"),
    ],
)
def test_a_bad_value_is_named_and_replaced(field, raw, part):
    import re

    values, message = LINK.decode(
        {"tab": "somewhere", field: raw, "prompt": "kept"}
        if field != "prompt"
        else {"tab": "somewhere", field: raw}
    )
    assert re.search(part, message) and values[field] == LINK.fields[field].default
    if field != "prompt":
        assert values["prompt"] == "kept"


@given(
    st.dictionaries(
        st.sampled_from([*LINK.fields, "tab", "utm_source"]),
        st.text(alphabet=string.printable, max_size=60),
    )
)
def test_any_query_gives_valid_values(params):
    values, _ = LINK.decode(params)
    assert set(values) == set(LINK.fields)
    assert (
        1 <= values["steps"] <= 512
        and 0 <= values["temperature"] <= 10
        and values["sampler"] in ("mdlm", "sedd")
    )


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
    from playground.pages.generate.presets import START

    settings = {
        **START,
        "temperature": 0.55,
        "top_k": 7,
        "order": "llama.cpp",
        "do_sample": False,
        "seed": 123,
    }
    query = query_of(
        {
            "model": "fairy-causal",
            "prompt": "A wolf & <b>",
            "chat": False,
            "settings": settings,
            "chosen": [5, 17, 3],
            "step": 2,
        }
    )
    state = state_of(read(query))
    assert state["message"] == "" and state["values"]["settings"] == settings
    assert (
        state["values"]["chosen"] == [5, 17, 3]
        and state["values"]["prompt"] == "A wolf & <b>"
        and state["values"]["step"] == 2
    )


def test_generate_link_survives_nonsense():
    from playground.pages.generate.links import state_of

    state = state_of({"tab": "generate", "chosen": "1.x.2", "temperature": "hot", "top_p": "7"})
    assert (
        "temperature" in state["message"]
        and state["values"]["chosen"] == []
        and state["values"]["settings"]["top_p"] == 0.9
    )


def test_a_link_of_an_unmasking_run_carries_the_run_the_edit_and_the_step():
    from types import SimpleNamespace

    from playground.pages.diffusion.controls import LINK as DIFFUSION
    from playground.pages.diffusion.linked import linked, packed_edit

    event = SimpleNamespace(turn=2, canvas=[5, 4, 4, 9], locked=[True, False, False, True])
    query = DIFFUSION.encode(
        {
            "canvas": "the [MASK]*2 .",
            "model": "exact-tale",
            "seed": 9,
            "ran": 1,
            "edited": packed_edit(event),
            "step": 3,
        }
    )
    values, edit, step = linked(query, None)
    assert values["seed"] == 9 and values["canvas"] == "the [MASK]*2 ." and step == 3
    assert (edit.turn, edit.canvas, edit.locked, edit.model) == (
        2,
        [5, 4, 4, 9],
        [True, False, False, True],
        "exact-tale",
    )


def test_a_link_without_a_run_runs_nothing_and_a_broken_one_says_so():
    from playground.pages.diffusion.linked import linked

    away = lambda: SimpleNamespace(status=lambda name: {"state": "absent"})  # noqa: E731
    from types import SimpleNamespace

    assert (
        linked("?tab=diffusion&seed=9", None) is None
        and linked("?tab=generate&ran=1", None) is None
        and linked("", None) is None
    )
    for query, words in (
        ("?tab=diffusion&ran=1&steps=9999", "steps must be"),
        ("?tab=diffusion&ran=1&edited=1~2~3", "edited must be"),
        ("?tab=diffusion&ran=1&edited=x~1.2~01", "edited must be"),
        ("?tab=diffusion&ran=1&model=modernbert-chat", "is not loaded here"),
    ):
        with pytest.raises(ValueError, match=words):
            linked(query, away)


def test_a_linked_run_gives_the_same_words_again():
    from types import SimpleNamespace

    from playground.pages.diffusion.controls import LINK as DIFFUSION
    from playground.pages.diffusion.linked import linked
    from playground.pages.diffusion.unmask_block import messages
    from tests.pages.doubles import DoubleBackend

    serving = DoubleBackend()
    app = SimpleNamespace(backend=lambda: serving)

    def words(news):
        frames = [record for one in news for record in one.get("frames", ())]
        return [record["step"]["canvas"] for record in frames if "step" in record]

    def run(values, edited=None, at=None):
        asked = {"run": "r", "values": values, "edited": edited and vars(edited), "at": at}
        return list(messages(asked, app))

    values = {
        **DIFFUSION.defaults(),
        "model": "exact-tale",
        "canvas": "the king [MASK]*4 .",
        "sampler": "llada",
        "selection": "random",
        "steps": 3,
    }
    for name in ("ran", "edited", "step"):
        values.pop(name)
    first = run(values)
    again = linked(DIFFUSION.encode({**first[0]["link"], "step": 2}), app.backend)
    second = run(*again)
    assert words(first) == words(second) != [] and second[0]["at"] == 2

    canvas = words(first)[-1]
    event = SimpleNamespace(
        turn=1,
        canvas=canvas[:2] + [canvas[0]] * 0 + canvas[2:],
        locked=[True] * 2 + [False] * (len(canvas) - 2),
        model="exact-tale",
    )
    event.canvas[3] = next(side["mask_id"] for side in first[0]["sides"])
    third = run(values, event)
    again = linked(DIFFUSION.encode(third[0]["link"]), app.backend)
    assert words(third) == words(run(*again)) != []


@pytest.mark.parametrize(
    "field, value",
    [
        ("repetition_penalty", "1e-46"),
        ("presence_penalty", "-1e39"),
        ("frequency_penalty", "1e39"),
        ("temperature", "1e39"),
        ("mirostat_tau", "1e308"),
        ("mirostat_eta", "1e308"),
        ("dry_multiplier", "1e39"),
        ("dry_base", "1e308"),
    ],
)
def test_a_number_beyond_float32_in_a_link_is_refused_with_the_range_of_the_settings(field, value):
    from playground.decoding.settings import PARAMETERS
    from playground.pages.generate.links import LINK, state_of

    state = state_of({"tab": "generate", field: value})
    assert f"{field} must be {PARAMETERS[field].allowed()}" in state["message"]
    assert LINK.fields[field].parameter.high == PARAMETERS[field].high
