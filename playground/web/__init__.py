"""The browser half: plain ES modules, loaded by URL without a build step. Here are their addresses;
ARCHITECTURE.md says what is where.

An address holds a hash of the contents of all files, so a browser keeps a file for ever and asks
again when any of them has changed. The hash stands in the path: relative imports between modules
carry it.
"""

from __future__ import annotations

import base64
import hashlib
import posixpath
import re
from functools import lru_cache
from pathlib import Path

WEB = Path(__file__).resolve().parent
IMPORT = re.compile(r'''((?:\bfrom|\bimport)\s*\(?\s*)"(\.{1,2}/[^"]+)"''')
COMMENT = re.compile(r"^[ \t]*(?://[^\n]*|/\*(?:(?!\*/).)*\*/[ \t]*)$\n?", re.MULTILINE | re.DOTALL)
CAST = re.compile(r"/\*\* @type \{[^\n]*?\} \*/ ?")
KINDS = {".js": "text/javascript", ".css": "text/css", ".json": "application/json"}


class WebFiles:
    """The files of a folder, read once. `mark` is the hash of their contents, `bodies` {path:
    bytes}, sorted by path."""

    def __init__(self, folder: Path):
        self.bodies = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix in KINDS
        }
        digest = hashlib.sha256()
        for name, body in self.bodies.items():
            digest.update(f"{name}\0{len(body)}\0".encode())
            digest.update(body)
        self.mark = digest.hexdigest()[:16]

    def address(self, path: str) -> str:
        """Relative to the page's base, so that a root path does no harm. Raises ValueError for a
        file that is not there."""
        if path not in self.bodies:
            raise ValueError(f"playground/web holds no file {path!r}")
        return f"web/{self.mark}/{path}"

    def code(self, path: str) -> str:
        """A module without its comments: what a type is made of is no import."""
        return CAST.sub("", COMMENT.sub("", self.bodies[path].decode("utf-8")))

    def import_map(self, *entries: str) -> dict[str, str]:
        """{bare name: data: address} of modules and all that they import, for a file that has no
        server behind it.

        Relative imports fail from a data: address, so each becomes the bare name of the module,
        "playground/core/dom.js".
        Raises ValueError for a module that is not there."""
        found: dict[str, str] = {}
        waiting = list(entries)
        while waiting:
            path = waiting.pop()
            if bare(path) in found:
                continue
            if path not in self.bodies:
                raise ValueError(f"playground/web holds no file {path!r}")
            folder = posixpath.dirname(path)

            def renamed(hit: re.Match[str], folder: str = folder) -> str:
                other = posixpath.normpath(posixpath.join(folder, hit[2]))
                waiting.append(other)
                return f'{hit[1]}"{bare(other)}"'

            text = IMPORT.sub(renamed, self.code(path))
            data = base64.b64encode(text.encode("utf-8")).decode("ascii")
            found[bare(path)] = f"data:text/javascript;base64,{data}"
        return found


def bare(path: str) -> str:
    """The name under which an import map knows a module."""
    return f"playground/{path}"


@lru_cache(maxsize=1)
def shipped() -> WebFiles:
    """playground/web as it is when it is first asked for."""
    return WebFiles(WEB)


def preloads(paths: tuple[str, ...]) -> str:
    """Elements for the page's head that fetch modules while the page itself is still loading."""
    return "".join(f'<link rel="modulepreload" href="{shipped().address(path)}">' for path in paths)
