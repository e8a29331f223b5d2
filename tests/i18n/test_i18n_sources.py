"""What is marked in the sources is found by Babel, stands in every language with the same holes,
and the .po files are up to date."""

import pytest

from playground.i18n import mark
from playground.i18n.__main__ import extract, missing, updated
from playground.i18n.tables import TRANSLATED, read
from tests.i18n.sources import all_calls, data_texts, holes, python_calls, script_calls


def test_every_call_begins_with_a_literal_and_fills_its_holes():
    assert [(call.where, call.fault) for call in all_calls() if call.fault] == []


def test_babel_finds_every_marked_text(tmp_path):
    """Its extractors read calls in their own way (a call inside of a call is lost to them): nothing
    marked may be missing."""
    from babel.messages.pofile import read_po

    extract(tmp_path / "messages.pot")
    with (tmp_path / "messages.pot").open("rb") as file:
        found = {message.id for message in read_po(file) if message.id}
    marked = {call.texts if len(call.texts) > 1 else call.texts[0] for call in all_calls()}
    assert found == marked | data_texts()


def test_the_po_files_are_what_an_update_would_write():
    assert updated("--check") == 0, "python -m playground.i18n update"


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_message_is_translated(language):
    assert missing(language) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_holes_of_its_message(language):
    """A form of one thing may say "one" instead of {n}."""
    for message in read(language):
        if not message.id:
            continue
        ids = (message.id,) if isinstance(message.id, str) else message.id
        said = (message.string,) if isinstance(message.string, str) else message.string
        for text in said:
            assert holes(*ids) - {"n"} <= holes(text) <= holes(*ids) | {"n"}, (ids[0], text)
        assert "n" not in holes(*ids) or "n" in holes(said[-1]), (ids[0], said)


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_is_one(language):
    """Most sentences differ from the English ones; Chinese ones hold Chinese."""
    sentences = [m for m in read(language) if isinstance(m.id, str) and len(m.id.split()) > 5]
    same = [message.id for message in sentences if message.string == message.id]
    assert len(same) < 0.02 * len(sentences), same[:5]
    if language == "zh":
        chinese = [m for m in sentences if any("\u4e00" <= char <= "\u9fff" for char in m.string)]
        assert len(chinese) > 0.98 * len(sentences)


HEAD = "from playground.i18n import t, nt, mark\n"


@pytest.mark.parametrize(
    "source",
    [
        't(f"{x} words")',
        "t(sentence)",
        't("a" + name)',
        't("{count} words")',
        't("words", count=3)',
        'nt("{n} word", words, 3)',
    ],
)
def test_a_python_call_that_could_not_be_translated_is_refused(source):
    assert [call.fault for call in python_calls(HEAD + source) if call.fault]


@pytest.mark.parametrize(
    "source",
    [
        't("words")',
        't("{count} words", count=3)',
        't("{count} words", **values)',
        'nt("{n} word", "{n} words", 3)',
        'mark("{any} hole")',
    ],
)
def test_a_python_call_that_can_be_translated_passes(source):
    assert [call.fault for call in python_calls(HEAD + source)] == [None]


def test_a_module_may_call_it_tr():
    source = "from playground.i18n import t as tr\nfor t in (1, 2):\n    tr(str(t))"
    assert [bool(call.fault) for call in python_calls(source)] == [True]


def test_calls_of_other_functions_named_t_are_nobodys_business():
    assert list(python_calls("t(x)")) == []


@pytest.mark.parametrize(
    "source",
    [
        "t(`${x} words`)",
        "t(`words`)",
        "t(sentence)",
        't("a" + name)',
        't("{count} words")',
        't("{count} words", {size: 3})',
        'nt("{n} word", words, 3)',
        't("{a}", {a: t("inner")})',
        "show(`${t(word)} there`)",
    ],
)
def test_a_script_call_that_could_not_be_translated_is_refused(source):
    assert [call.fault for call in script_calls(source) if call.fault]


@pytest.mark.parametrize(
    "source",
    [
        't("words")',
        't("a long " + "text")',
        't("{count} words", {count})',
        't("{count} words", {count: list.length})',
        't("{count} words", values)',
        'nt("{n} word", "{n} words", count)',
        'show(`${t("inside")} there`)',
        'pieces("Here {rule} decides", {rule: element})',
    ],
)
def test_a_script_call_that_can_be_translated_passes(source):
    assert [call.fault for call in script_calls(source)] == [None]


def test_marks_in_this_test_are_no_messages():
    assert mark("only here") not in {text for call in all_calls() for text in call.texts}
