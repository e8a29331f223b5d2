"""Modules in a file without a server: every import of theirs is in the map, by its bare name."""

import base64
import re

import pytest

from playground.web import IMPORT, bare, shipped


def test_whatever_a_module_of_the_map_imports_is_in_the_map():
    found = shipped().import_map("views/generate/view.js", "core/replay.js")
    assert {bare("core/dom.js"), bare("core/replay.js"), bare("charts/tiles.js")} <= set(found)
    for address in found.values():
        kind, _, data = address.partition("base64,")
        text = base64.b64decode(data).decode()
        assert kind == "data:text/javascript;" and not IMPORT.search(text)
        assert set(re.findall(r'from\s+"(playground/[^"]+)"', text)) <= set(found)


def test_a_module_that_is_not_there_is_named():
    with pytest.raises(ValueError, match=r"holds no file 'views/nowhere\.js'"):
        shipped().import_map("views/nowhere.js")


def test_what_only_types_name_is_not_in_the_map():
    """JSDoc names modules, and schema.d.ts, by import(...): nothing of that runs."""
    found = shipped().import_map("views/generate/rules.js")
    assert not [name for name in found if not name.endswith(".js")]
