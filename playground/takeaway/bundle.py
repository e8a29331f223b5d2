"""Modules of playground/web as one script for a file that loads nothing: each module a block, imports and exports as plain objects."""

from __future__ import annotations

import posixpath
import re

from playground.web import WebFiles, shipped

_IMPORT = re.compile(r'^import\s*(\{[^}]*\})\s*from\s*"([^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(
    r"^export (?=(?:async )?(?:function\*?|class|const|let) +([A-Za-z_$][\w$]*))", re.MULTILINE
)


def bundled(entry: str, files: WebFiles | None = None) -> str:
    """JavaScript that defines the async function `modules()`, which resolves to the exports of module `entry`.

    Only what playground/web is written in: imports of names by relative path, exports of declarations. ValueError for a module that is
    not there, for circles, and for any other form."""
    bodies = (files or shipped()).bodies
    order: list[str] = []
    _sorted(entry, bodies, order, ())
    blocks = [_block(path, bodies[path].decode("utf-8")) for path in order]
    return (
        "async function modules() {\nconst all = {};\n"
        + "\n".join(blocks)
        + f'\nreturn all["{entry}"];\n}}\n'
    )


def _imports(path: str, text: str) -> list[str]:
    folder = posixpath.dirname(path)
    return [posixpath.normpath(posixpath.join(folder, hit[2])) for hit in _IMPORT.finditer(text)]


def _sorted(path: str, bodies: dict[str, bytes], order: list[str], above: tuple[str, ...]) -> None:
    """Puts a module into `order` behind those it imports."""
    if path in order:
        return
    if path not in bodies:
        raise ValueError(f"playground/web holds no module {path!r}")
    if path in above:
        raise ValueError(f"modules import each other in a circle: {' -> '.join((*above, path))}")
    for other in _imports(path, bodies[path].decode("utf-8")):
        _sorted(other, bodies, order, (*above, path))
    order.append(path)


def _block(path: str, text: str) -> str:
    wanted = iter(_imports(path, text))

    def taken(hit: re.Match[str]) -> str:
        names = re.sub(r"\s+as\s+", ": ", hit[1])
        return f'const {names} = all["{next(wanted)}"];\n'

    names = [hit[1] for hit in _EXPORT.finditer(text)]
    body = _EXPORT.sub("", _IMPORT.sub(taken, text))
    if left := re.search(r"^(?:import|export)\b.*", body, re.MULTILINE):
        raise ValueError(f"{path} has a form that cannot be bundled: {left[0][:80]!r}")
    return (
        f'all["{path}"] = await (async () => {{\n{body}\nreturn {{ {", ".join(names)} }};\n}})();'
    )
