"""A module and all that it imports as one script, for a page that shall be there after one answer
of the server.

The sources are formatted by prettier, so an import or an export begins its line. Each module
becomes a function that gives what it exports; comments are left out. What this cannot do is
refused: other forms of import and export, circles, addresses of modules.
"""

from __future__ import annotations

import posixpath
import re

from playground.web import IMPORT, WebFiles

IMPORTED = re.compile(r'^import \{([^}]*)\} from "(\.{1,2}/[^"]+)";$', re.MULTILINE)
EXPORTED = re.compile(r"^export (?=(?:async )?(?:function\*?|class|const) (\w+))", re.MULTILINE)
REFUSED = re.compile(
    r"^(?:import|export)\b[^\n]*|\bimport\.meta\b|\bimport\(|</script", re.MULTILINE
)


def order_of(files: WebFiles, entry: str) -> list[str]:
    """The modules that an entry needs, each after those that it imports. ValueError for a circle or
    a file that is not there."""
    found: list[str] = []
    open_ones: list[str] = []

    def visit(path: str) -> None:
        if path in found:
            return
        if path in open_ones or path not in files.bodies:
            raise ValueError(f"{path} cannot be part of one script: {' -> '.join(open_ones)}")
        open_ones.append(path)
        for hit in IMPORT.finditer(files.code(path)):
            visit(target(path, hit[2]))
        open_ones.pop()
        found.append(path)

    visit(entry)
    return found


def one_script(files: WebFiles, entry: str) -> str:
    """The text of a module script without imports. Raises ValueError for what the module's
    docstring names."""
    order = order_of(files, entry)
    names = {path: f"m{number}" for number, path in enumerate(order)}
    return "".join(_part(files, path, names) for path in order)


def _part(files: WebFiles, path: str, names: dict[str, str]) -> str:
    def taken(hit: re.Match[str]) -> str:
        wanted = " ".join(hit[1].split()).replace(" as ", ": ")
        return f"const {{{wanted}}} = {names[target(path, hit[2])]};"

    text = IMPORTED.sub(taken, files.code(path))
    given = [hit[1] for hit in EXPORTED.finditer(text)]
    text = EXPORTED.sub("", text)
    if left := REFUSED.search(text):
        raise ValueError(f"{path} cannot be part of one script: {left[0]}")
    # a module may wait at its top, as the languages do for their table
    return f"const {names[path]} = await (async () => {{\n{text}return {{{', '.join(given)}}};\n}})();\n"


def target(path: str, relative: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), relative))
