"""The translations: locales/LANGUAGE/LC_MESSAGES/messages.po, compiled in memory when a language is
first asked for.

In the browser a table is {id: text or [text for each plural form], "": {"plural": which form 0, 1,
… 199 things take}}.
"""

from __future__ import annotations

import functools
import gettext
import hashlib
import io
import json
from pathlib import Path
from typing import Any

from playground.i18n import LANGUAGES, Message, filled

LOCALES = Path(__file__).resolve().parent / "locales"
TRANSLATED = tuple(name for name in LANGUAGES if name != "en")
# The formulas of the offered languages depend on n below 200 and on n modulo 100 alone (a test
# holds them to it).
COUNTED = 200


def po_file(language: str) -> Path:
    """The .po file of a language. ValueError for one that is not offered."""
    if language not in TRANSLATED:
        raise ValueError(f"language must be one of {', '.join(TRANSLATED)}, got {language!r}")
    return LOCALES / language / "LC_MESSAGES" / "messages.po"


def read(language: str) -> Any:
    """The language's catalogue (babel.messages.Catalog); ValueError or PoFileError where the file
    cannot be read."""
    from babel.messages.pofile import read_po

    with po_file(language).open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


@functools.cache
def translations(language: str) -> gettext.NullTranslations:
    """gettext's translations of a language; English (or what is not offered) says everything as it
    is."""
    if language not in TRANSLATED:
        return gettext.NullTranslations()
    from babel.messages.mofile import write_mo

    file = io.BytesIO()
    write_mo(file, read(language))
    return gettext.GNUTranslations(io.BytesIO(file.getvalue()))


def translated(text: str, language: str) -> str:
    """A Message (or a marked text) in a language, for what the server itself writes; numbers stay
    in English form."""
    said = translations(language)
    if not isinstance(text, Message):
        return said.gettext(text) if text else text
    found = (
        said.gettext(text.id)
        if text.plural is None
        else said.ngettext(text.id, text.plural, int(text.values["n"]))
    )
    values = {
        name: translated(value, language) if isinstance(value, Message) else value
        for name, value in text.values.items()
    }
    return filled(found, values)


@functools.cache
def table(language: str, places: frozenset[str] | None = None) -> bytes:
    """The language's table as JSON for the browser; with `places` the messages alone that stand in
    these files of the repository."""
    catalogue = read(language)
    form_of = gettext.c2py(catalogue.plural_expr)
    found: dict[str, Any] = {"": {"plural": "".join(str(form_of(n)) for n in range(COUNTED))}}
    for message in catalogue:
        if not message.id or message.fuzzy:
            continue
        if places is not None and places.isdisjoint(path for path, _ in message.locations):
            continue
        if isinstance(message.id, tuple):
            if all(message.string):
                found[message.id[0]] = list(message.string)
        elif message.string:
            found[message.id] = message.string
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()


@functools.cache
def address(language: str) -> str:
    """Where the browser finds the table, relative to the page's base; another address when the .po
    file has changed."""
    digest = hashlib.sha256(po_file(language).read_bytes()).hexdigest()[:12]
    return f"i18n/{digest}/{language}.json"


def settings() -> dict[str, Any]:
    """What web/core/translate.js reads from the page's head: the names of the languages and the
    addresses of their tables."""
    return {"names": LANGUAGES, "tables": {name: address(name) for name in TRANSLATED}}
