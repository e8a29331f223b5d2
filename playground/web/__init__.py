"""The browser half: plain ES modules, loaded by URL without a build step. Here are their addresses; ARCHITECTURE.md says what is where.

An address holds a hash of the contents of all files, so a browser keeps a file for ever and asks again when any of them has changed.
The hash stands in the path: relative imports between modules carry it.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

WEB = Path(__file__).resolve().parent
KINDS = {".js": "text/javascript", ".css": "text/css", ".json": "application/json"}


class WebFiles:
    """The files of a folder, read once. `mark` is the hash of their contents, `bodies` {path: bytes}, sorted by path."""

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
        """Relative to the page's base, so that a root path does no harm. Raises ValueError for a file that is not there."""
        if path not in self.bodies:
            raise ValueError(f"playground/web holds no file {path!r}")
        return f"web/{self.mark}/{path}"


@lru_cache(maxsize=1)
def shipped() -> WebFiles:
    """playground/web as it is when it is first asked for."""
    return WebFiles(WEB)


def preloads(paths: tuple[str, ...]) -> str:
    """Elements for the page's head that fetch modules while the page itself is still loading."""
    return "".join(f'<link rel="modulepreload" href="{shipped().address(path)}">' for path in paths)
