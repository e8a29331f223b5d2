"""The page's fonts at `/fonts/<content hash>/<name>`: a browser keeps them for ever. As files of
Gradio's they would be asked for again at each load."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from playground.paths import ASSETS
from playground.server.web_files import FOR_EVER


class FontFiles:
    """The fonts of a folder, read once. `mark` is the hash of their contents."""

    def __init__(self, folder: Path):
        self.bodies = {path.name: path.read_bytes() for path in sorted(folder.glob("*.woff2"))}
        self.mark = hashlib.sha256(b"".join(self.bodies.values())).hexdigest()[:16]

    def address(self, name: str) -> str:
        """Relative to the page's base, so that a root path does no harm. Raises ValueError for a
        font that is not there."""
        if name not in self.bodies:
            raise ValueError(f"assets/fonts holds no font {name!r}")
        return f"fonts/{self.mark}/{name}"

    def answer(self, mark: str, name: str) -> Response:
        """A font as it is, which is compressed already. A name is looked up among those that are
        there, never on the disk."""
        if mark != self.mark or name not in self.bodies:
            return PlainTextResponse("Not found", 404, {"cache-control": "no-store"})
        headers = {"cache-control": FOR_EVER}
        return Response(self.bodies[name], media_type="font/woff2", headers=headers)


@lru_cache(maxsize=1)
def shipped_fonts() -> FontFiles:
    """Those of assets/fonts."""
    return FontFiles(ASSETS / "fonts")


def font_routes() -> list[Route]:
    """For `app_kwargs["routes"]` of `launch()` or `mount_gradio_app()`."""
    fonts = shipped_fonts()

    async def file(request: Request) -> Response:
        return fonts.answer(request.path_params["mark"], request.path_params["name"])

    return [Route("/fonts/{mark}/{name:path}", file, methods=["GET"])]
