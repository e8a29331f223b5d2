"""The words of the interface: every text of the sources is a key, every key is in every language, every placeholder is kept."""

import json
import re

import pytest

from playground.words import LANGUAGES, TABLES, faults, head_script, keys
from playground.words.extract import python_texts, script_texts, wanted_words

OTHERS = sorted(set(LANGUAGES) - {"en"})


def test_every_text_of_the_sources_is_a_key():
    missing = {key: place for key, place in wanted_words().items() if key not in keys()}
    assert not missing, "python -m playground.words collect ADDRESS, then translate: " + json.dumps(
        missing, ensure_ascii=False, indent=1
    )


def test_no_key_is_dead():
    """What is in no source any more and was not seen on a page is of no use to anybody. (Keys of pages are checked in the browser.)"""
    sources = wanted_words()
    assert not [
        key
        for key, place in keys().items()
        if re.match(r"[a-z]+/.*\.(py|js)$", place) and key not in sources
    ]


@pytest.mark.parametrize("language", OTHERS)
def test_a_table_has_every_key_with_its_placeholders(language):
    assert faults(language) == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_table_is_a_translation(language):
    """Most sentences differ from the English ones; Chinese ones hold Chinese."""
    table = json.loads((TABLES / f"{language}.json").read_text(encoding="utf-8"))
    sentences = [key for key in table if len(key.split()) > 5]
    same = [key for key in sentences if table[key] == key]
    assert len(same) < 0.02 * len(sentences), same[:5]
    if language == "zh":
        assert sum(
            bool(re.search("[\u4e00-\u9fff]", table[key])) for key in sentences
        ) > 0.98 * len(sentences)


def test_the_script_offers_the_languages_that_have_a_table():
    script = head_script()
    assert all(f'"{language}"' in script for language in OTHERS) and "PLAYGROUND_" not in script


def test_templates_become_keys_with_numbered_places():
    found = dict(
        script_texts(
            "say(`Saved ${name}.`); make('p', 'note', 'It has ' + count + ' words'); part('x'); node.className = 'big red';"
        )
    )
    assert {"Saved {1}.", "It has {1} words"} <= {key for key, sure in found.items() if sure}
    assert "big red" not in found and "x" not in found
    assert dict(script_texts("say('Here **two** words');")) == {"two": True, "Here {1} words": True}


def test_docstrings_and_markup_of_python_files_are_no_words(tmp_path):
    path = tmp_path / "one.py"
    path.write_text(
        '"""A module that says nothing."""\nTITLE = "Home"\ndef f(x):\n    """Nor this."""\n'
        '    raise ValueError(f"x must be at most {9}, got {x}")\n',
        encoding="utf-8",
    )
    assert dict(python_texts(path)) == {"Home": True, "x must be at most {1}, got {2}": False}
