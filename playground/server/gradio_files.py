"""Gradio's own scripts and styles at `/assets/`: their names carry a hash of what is in them, so a
browser keeps them for ever, and each is compressed once and answered from memory. Gradio says
nothing about how long they last and compresses them anew for every visitor (a tenth of a second of
the processor for a page)."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from playground.server.page_cache import in_best_form
from playground.server.web_files import FOR_EVER
from playground.web import KINDS

# eight letters of base64 at least: a word in small letters is none
HASHED = re.compile(r".+-(?=[\w-]*[A-Z0-9])[\w-]{8,}\.\w+")


class GradioFiles:
    """The files of `folder` as answers; one whose name carries no hash is asked for each time."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.names = {path.name for path in folder.glob("*") if path.is_file()}
        # name -> coding (None: as it is) -> answer
        self.forms: dict[str, dict[str | None, Response]] = {}

    def answer(self, name: str, accepted: str = "") -> Response:
        """The file in the smallest form that is accepted. A name is looked up among those that are
        there, never on the disk."""
        if name not in self.names:
            return PlainTextResponse("Not found", 404, {"cache-control": "no-store"})
        path = self.folder / name
        kept = FOR_EVER if HASHED.fullmatch(name) else "no-cache"
        if path.suffix not in KINDS:  # fonts and pictures are compressed already
            return FileResponse(path, headers={"cache-control": kept})
        if name not in self.forms:
            headers = {"cache-control": kept, "vary": "Accept-Encoding"}
            plain = Response(path.read_bytes(), media_type=KINDS[path.suffix], headers=headers)
            self.forms[name] = {None: plain}
        return in_best_form(self.forms[name], accepted)


def gradio_assets() -> Path:
    """Where the installed Gradio keeps them; found without its import."""
    spec = importlib.util.find_spec("gradio")
    return Path(spec.origin or "").parent / "templates/frontend/assets" if spec else Path()


def gradio_routes() -> list[Route]:
    """For `app_kwargs["routes"]` of `launch()` or `mount_gradio_app()`."""
    answers = GradioFiles(gradio_assets())

    async def file(request: Request) -> Response:
        accepted = request.headers.get("accept-encoding", "")
        return answers.answer(request.path_params["name"], accepted)

    return [Route("/assets/{name:path}", file, methods=["GET"])]
