"""Where a request goes, below the root path under which the app is served.

Behind another server, or mounted in another app, all addresses may begin with a root path ("/play"). Whoever asks for an address by
its own name ("/config") must look below that. A root path that was written with a slash at its end, and an address with one slash too
many in front ("https://host//?tab=chains", as pasted links have it), mean the same page: Starlette alone would know neither.
"""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send


def below_root(scope: Scope) -> str:
    """The path of a request without the root path: "/" for the page itself."""
    root, path = str(scope.get("root_path") or "").rstrip("/"), str(scope["path"])
    # A server in front may have taken the root path away already.
    return path[len(root) :] if root and path.startswith(root + "/") else path


class SingleSlash:
    """ASGI middleware: no slash at the end of the root path, one at the beginning of what is below it."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            root, below = str(scope.get("root_path") or "").rstrip("/"), below_root(scope)
            has_root = below != scope["path"]
            plain = "/" + below.lstrip("/")
            scope = {**scope, "root_path": root, "path": root + plain if has_root else plain}
        await self.app(scope, receive, send)
