"""Where a request goes, below the root path under which the app is served.

Behind another server, or mounted in another app, all addresses may begin with a root path
("/play"). Whoever asks for an address by its own name ("/config") must look below that. A root path
that was written with a slash at its end means the same, and an address with a slash too many in
front ("https://host//?tab=chains", as pasted links have it) leads to the plain one: Gradio's own
scripts take "//" for the name of another host.
"""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

KEPT = "/:@!$&'()*+,;=~"  # what may stand in a path as it is


def below_root(scope: Scope) -> str:
    """The path of a request without the root path: "/" for the page itself."""
    root, path = str(scope.get("root_path") or "").rstrip("/"), str(scope["path"])
    # A server in front may have taken the root path away already.
    return path[len(root) :] if root and path.startswith(root + "/") else path


def plain_address(below: str, query: str = "", root: str = "") -> str:
    """From a path that begins with several slashes to the same with one; it never names a host.

    root: the root path, where the request's path has it. Else the address is relative: a server in
        front may have taken away a root path that nobody here knows."""
    rest = below.lstrip("/")
    levels = len(below) - len(rest) - 1 + rest.count("/")
    start = quote(root) + "/" if root else "../" * levels
    return start + quote(rest, safe=KEPT) + (f"?{query}" if query else "")


class SingleSlash:
    """ASGI middleware: no slash at the end of the root path, and the way to one slash at the
    beginning of what is below it."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            below, root = below_root(scope), str(scope.get("root_path") or "").rstrip("/")
            if below.startswith("//") and scope["method"] in ("GET", "HEAD"):
                query = bytes(scope.get("query_string", b"")).decode("latin-1")
                known = root if below != scope["path"] else ""
                headers = {"location": plain_address(below, query, known)}
                await Response(status_code=307, headers=headers)(scope, receive, send)
                return
            scope = {**scope, "root_path": root}
        await self.app(scope, receive, send)
