"""The compiled tables: what the browser gets, and the plural rules."""

import asyncio
import gettext
import json
import re

import brotli
import pytest

from playground.i18n import nt, t, tables
from playground.i18n.tables import COUNTED, TRANSLATED, read
from playground.server.translations import Translations


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_table_holds_every_translation(language):
    table = json.loads(tables.table(language))
    for message in read(language):
        if message.id:
            key = message.id if isinstance(message.id, str) else message.id[0]
            said = message.string if isinstance(message.string, str) else list(message.string)
            assert table[key] == said


@pytest.mark.parametrize("language", TRANSLATED)
def test_two_hundred_numbers_say_the_plural_form_of_all(language):
    """The browser has no evaluator of formulas: it looks up n below 200, and 100 + n % 100 from
    there on."""
    formula = gettext.c2py(read(language).plural_expr)
    forms = json.loads(tables.table(language))[""]["plural"]
    assert len(forms) == COUNTED
    for n in [*range(2000), 10**6, 10**6 + 1, 123_456_789]:
        assert int(forms[n if n < COUNTED else 100 + n % 100]) == formula(n)


def test_a_message_is_translated_on_the_server_too(monkeypatch):
    class German(gettext.NullTranslations):
        def gettext(self, text):
            return {"{what} is empty.": "{what} ist leer.", "The text": "Der Text"}.get(text, text)

        def ngettext(self, one, many, n):
            return {1: "{n} Wort"}.get(n, "{n} Wörter")

    monkeypatch.setattr(tables, "translations", lambda language: German())
    assert (
        tables.translated(t("{what} is empty.", what=t("The text")), "de") == "Der Text ist leer."
    )
    assert tables.translated(nt("{n} word", "{n} words", 3), "de") == "3 Wörter"


def test_english_is_said_as_it_is():
    assert tables.translated(t("{n} of", n=1000), "en") == "1,000 of"


def test_a_language_that_is_not_offered_is_named():
    with pytest.raises(ValueError, match="language must be one of es, de, zh, got 'fr'"):
        tables.po_file("fr")


def asked(path: str, method: str = "GET", coding: str = "") -> tuple[dict, bytes]:
    sent: list[dict] = []

    async def other(scope, receive, send):
        sent.append({"status": 0, "headers": []})
        sent.append({"body": b"the app"})

    async def send(message):
        sent.append(message)

    headers = [(b"accept-encoding", coding.encode())]
    scope = {"type": "http", "path": path, "method": method, "headers": headers}
    asyncio.run(Translations(other)(scope, None, send))
    named = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return named, b"".join(message.get("body", b"") for message in sent[1:])


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_table_is_served_at_an_address_that_may_be_kept_for_ever(language):
    headers, body = asked("/" + tables.address(language))
    assert body == tables.table(language) and "immutable" in headers["cache-control"]
    assert headers["content-type"].startswith("application/json")
    headers, packed = asked("/" + tables.address(language), coding="gzip, br")
    assert headers["content-encoding"] == "br" and brotli.decompress(packed) == body


def test_the_address_of_another_version_is_answered_and_not_kept():
    headers, body = asked("/i18n/000000000000/de.json")
    assert body == tables.table("de") and headers["cache-control"] == "no-store"


def test_whatever_else_is_asked_goes_to_the_app():
    for path, method in (("/i18n/x/de.json", "GET"), ("/i18n/000000000000/fr.json", "GET")):
        assert asked(path, method)[1] == b"the app"
    assert asked("/" + tables.address("de"), "POST")[1] == b"the app"


def test_the_address_changes_with_the_table():
    assert re.fullmatch(r"i18n/[0-9a-f]{12}/de\.json", tables.address("de"))
    assert len({tables.address(language).split("/")[1] for language in TRANSLATED}) == 3
