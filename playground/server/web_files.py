"""The browser half, `playground/web`, by URL: `/web/<content hash>/<path>`, so that a browser keeps a file for ever and asks again when
any of them has changed. The hash stands in the path: relative imports between modules carry it.

The files are read once, compressed once for each coding, and answered from memory.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from playground.server.page_cache import in_best_form

WEB = Path(__file__).resolve().parents[1] / "web"
KINDS = {".js": "text/javascript", ".css": "text/css", ".json": "application/json"}
FOR_EVER = "public, max-age=31536000, immutable"


class WebFiles:
    """The files of a folder at one content hash. `mark` is that hash; `paths` what is there, sorted."""

    def __init__(self, folder: Path):
        self.bodies = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix in KINDS
        }
        told = hashlib.sha256()
        for name, body in self.bodies.items():
            told.update(f"{name}\0{len(body)}\0".encode())
            told.update(body)
        self.mark = told.hexdigest()[:16]
        # path -> coding (None: as it is) -> answer
        self.forms: dict[str, dict[str | None, Response]] = {}

    @property
    def paths(self) -> list[str]:
        return list(self.bodies)

    def address(self, path: str) -> str:
        """Relative to the page's base, so that a root path does no harm. Raises ValueError for a file that is not there."""
        if path not in self.bodies:
            raise ValueError(f"playground/web holds no file {path!r}")
        return f"web/{self.mark}/{path}"

    def answer(self, mark: str, path: str, accepted: str = "") -> Response:
        """The file in the smallest form that is accepted. A path is looked up among those that are there, never on the disk."""
        if mark != self.mark or path not in self.bodies:
            return PlainTextResponse("Not found", 404, {"cache-control": "no-store"})
        if path not in self.forms:
            plain = Response(
                self.bodies[path],
                media_type=KINDS["." + path.rpartition(".")[2]],
                headers={"cache-control": FOR_EVER, "vary": "Accept-Encoding"},
            )
            self.forms[path] = {None: plain}
        return in_best_form(self.forms[path], accepted)


@lru_cache(maxsize=1)
def shipped() -> WebFiles:
    """playground/web as it is when it is first asked for."""
    return WebFiles(WEB)


def web_routes() -> list[Route]:
    """For `app_kwargs["routes"]` of `launch()` or `mount_gradio_app()`."""

    async def file(request: Request) -> Response:
        accepted = request.headers.get("accept-encoding", "")
        return shipped().answer(request.path_params["mark"], request.path_params["path"], accepted)

    return [Route("/web/{mark}/{path:path}", file, methods=["GET"])]


def preloads(paths: tuple[str, ...]) -> str:
    """Elements for the page's head that fetch modules while the page itself is still loading."""
    return "\n".join(
        f'<link rel="modulepreload" href="{shipped().address(path)}">' for path in paths
    )
