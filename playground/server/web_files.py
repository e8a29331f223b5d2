"""The browser half, playground/web, at `/web/<content hash>/<path>`: compressed once for each
coding and answered from memory."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from playground.server.page_cache import in_best_form
from playground.web import KINDS, WebFiles, shipped

FOR_EVER = "public, max-age=31536000, immutable"


class WebAnswers:
    """The files of `files` as answers."""

    def __init__(self, files: WebFiles):
        self.files = files
        # path -> coding (None: as it is) -> answer
        self.forms: dict[str, dict[str | None, Response]] = {}

    def answer(self, mark: str, path: str, accepted: str = "") -> Response:
        """The file in the smallest form that is accepted. A path is looked up among those that are
        there, never on the disk."""
        if mark != self.files.mark or path not in self.files.bodies:
            return PlainTextResponse("Not found", 404, {"cache-control": "no-store"})
        if path not in self.forms:
            kind = KINDS["." + path.rpartition(".")[2]]
            headers = {"cache-control": FOR_EVER, "vary": "Accept-Encoding"}
            plain = Response(self.files.bodies[path], media_type=kind, headers=headers)
            self.forms[path] = {None: plain}
        return in_best_form(self.forms[path], accepted)


def web_routes() -> list[Route]:
    """For `app_kwargs["routes"]` of `launch()` or `mount_gradio_app()`."""
    answers = WebAnswers(shipped())

    async def file(request: Request) -> Response:
        accepted = request.headers.get("accept-encoding", "")
        return answers.answer(request.path_params["mark"], request.path_params["path"], accepted)

    return [Route("/web/{mark}/{path:path}", file, methods=["GET"])]
