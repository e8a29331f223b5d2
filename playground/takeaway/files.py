"""The server's side of the menu "Take away": a trace becomes a file, a file becomes a trace."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

from playground import traces
from playground.takeaway import picture
from playground.takeaway.reading import checked, read_trace
from playground.takeaway.table import to_csv

TYPES = {
    "json": "application/json",
    "csv": "text/csv",
    "png": "image/png",
    "gif": "image/gif",
    "html": "text/html",
}


def made(request: Any, page_of: Callable[[dict], str]) -> dict:
    """{"name", "type", "base64"} of {"form", "trace", "step"?, "dark"?}; `page_of(trace)` is the
    text of the page that replays it.

    Raises ValueError with a sentence on a form that does not exist or a trace that is none."""
    if not isinstance(request, Mapping):
        raise ValueError(f"request must be an object, got {type(request).__name__}")
    form = request.get("form")
    if form not in TYPES:
        raise ValueError(f"form must be one of {', '.join(TYPES)}, got {str(form)[:40]!r}")
    trace, dark = checked(request.get("trace")), request.get("dark") is True
    if form in ("png", "gif"):
        if form == "gif":
            data = picture.to_gif(trace, dark)
        else:
            step = request.get("step")
            if not isinstance(step, int) or isinstance(step, bool):
                step = -1
            data = picture.to_png(trace, step, dark)
    elif form == "csv":
        data = b"\xef\xbb\xbf" + to_csv(trace).encode(
            "utf-8", "replace"
        )  # spreadsheets take it for Latin-1 without the mark
    elif form == "json":
        data = traces.to_json(trace).encode("utf-8", "replace")
    else:
        data = page_of(trace).encode("utf-8", "replace")
    return {
        "name": f"playground-{trace['kind']}.{form}",
        "type": TYPES[form],
        "base64": base64.b64encode(data).decode(),
    }


def opened(request: Any, kinds: tuple[str, ...]) -> dict:
    """{"trace"} of {"text": the text of a file}: checked, of one of `kinds`. Raises ValueError with
    a sentence."""
    try:
        trace = read_trace(request.get("text") if isinstance(request, Mapping) else None)
        if trace["kind"] not in kinds:
            raise ValueError(
                f"kind must be one of {', '.join(kinds)} on this page, got {trace['kind']}"
            )
    except ValueError as error:
        raise ValueError(f"This file could not be opened: {error}.") from None
    return {"trace": trace}
