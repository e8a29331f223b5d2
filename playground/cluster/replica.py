"""One replica of a model, as it answers over HTTP: what a cluster (or a test) puts behind an
address.

A request carries everything that its answer depends on (token ids, or a canvas), so any replica
answers any step, and asking twice does no harm. What a replica keeps of a visitor, the keys and
values of the text so far, is found by the header `x-session-id` and is nothing but saved time.

    GET  .../describe    what a page must know: sizes, the tokenizer's own files
    GET  .../embeddings  (V, D) of a denoiser
    POST .../next        {"ids": [...]}           -> (V,)
    POST .../last        {"ids": [...], "last": n} -> (n, V)
    POST .../along       {"ids": [...]}           -> (T, V)
    POST .../hidden      {"ids": [...]}           -> (T, D)
    POST .../canvas      {"canvas": [[...], ...]} -> (B, L, V)

Tensors travel as raw little-endian float32 with their shape in `x-shape`: nothing is rounded,
nothing is left out. An error is {"error": sentence} with the name of its class in `x-error`; an
answer of 500 and above without that header is no answer of a replica, but of what stands in front
of it.
"""

from __future__ import annotations

import json
import os
import tempfile
import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from playground.backend.errors import BackendError, EngineError
from playground.backend.limits import limits
from playground.backend.service import Backend

QUESTIONS = {"next": "next_logits", "along": "logits_along", "hidden": "hidden_states"}


class Replica:
    """A model in memory and the visitors' sessions with it. `answer` may be called from any number
    of threads: the engine joins what waits into one forward pass."""

    def __init__(self, model: str, backend: Backend | None = None):
        self.model = model
        self.backend = backend or Backend()
        self.entry = self.backend.entry(model)
        self._sessions: OrderedDict[str, Any] = OrderedDict()
        self._lock = threading.Lock()
        self._first = self._open()  # waits for the weights
        self.pool = ThreadPoolExecutor(
            max_workers=2 * limits().tick_rows, thread_name_prefix="answer"
        )

    def _open(self) -> Any:
        return (
            self.backend.causal(self.model)
            if self.entry.kind == "causal"
            else self.backend.denoiser(self.model)
        )

    def _session(self, name: str) -> Any:
        """The session of a name, the least recently used one making room."""
        with self._lock:
            found = self._sessions.get(name)
            if found is None:
                found = self._sessions[name] = self._open()
            self._sessions.move_to_end(name)
            while len(self._sessions) > max(1, limits().sessions_per_model):
                self._sessions.popitem(
                    last=False
                )  # it closes once the request that may still use it lets it go
        return found

    def describe(self) -> dict:
        """Plain data from which a page makes its half of the model."""
        model, codec = self._first, self._first.codec
        with tempfile.TemporaryDirectory() as folder:
            codec.tokenizer.save_pretrained(folder)
            files = {
                path.name: path.read_text(encoding="utf-8")
                for path in sorted(Path(folder).iterdir())
                if path.is_file()
            }
        return {
            "model": self.model,
            "kind": self.entry.kind,
            "vocab_size": model.vocab_size,
            "context_length": model.context_length,
            "eos_id": getattr(model, "eos_id", None),
            "uncased": codec.uncased,
            "begin": codec.begins,
            "tokenizer": files,
        }

    def tensor(self, question: str, session: str, body: bytes) -> np.ndarray:
        """The answer to a question as float32. ValueError on a body that is no such question."""
        if question == "embeddings":
            if self.entry.kind != "denoiser":
                raise ValueError(f"{self.model!r} has no embeddings to give: it is no denoiser")
            return self._first.embeddings.numpy()
        try:
            asked = json.loads(body)
        except ValueError:
            raise ValueError("the body must be JSON") from None
        if question == "canvas" and self.entry.kind == "denoiser":
            return self._session(session).logits(_numbers(asked, "canvas", 2)).cpu().numpy()
        if question == "last" and self.entry.kind == "causal":
            ids, count = _numbers(asked, "ids", 1).tolist(), int(_numbers(asked, "last", 0))
            return self._session(session).last_logits(ids, count).numpy()
        if question in QUESTIONS and self.entry.kind == "causal":
            return getattr(self._session(session), QUESTIONS[question])(
                _numbers(asked, "ids", 1).tolist()
            ).numpy()
        raise ValueError(f"{self.model!r} does not answer {question[:40]!r}")

    def answer(
        self, method: str, question: str, session: str, body: bytes
    ) -> tuple[int, dict[str, str], Any]:
        """(status, headers, bytes or plain data). Never raises."""
        headers = {"x-replica": f"{self.model}-{os.getpid()}"}
        try:
            if question == "describe":
                return 200, headers, self.describe()
            if (method == "GET") != (question == "embeddings"):
                raise ValueError(f"{question[:40]!r} is not asked with {method}")
            values = np.ascontiguousarray(self.tensor(question, session, body), dtype="<f4")
            return 200, {**headers, "x-shape": ",".join(map(str, values.shape))}, values.tobytes()
        except Exception as error:
            if not isinstance(error, BackendError | ValueError):
                error = EngineError(
                    f"the model {self.model!r} failed ({type(error).__name__}: {str(error)[:200]})"
                )
            name = next(
                kind.__name__
                for kind in type(error).__mro__
                if kind.__module__.startswith(("playground.", "builtins"))
            )
            status = 422 if isinstance(error, ValueError) else 500
            return status, {**headers, "x-error": name}, {"error": str(error)}

    async def respond(self, request: Request) -> Response:
        """An HTTP request to its answer; the work is done in a thread."""
        import asyncio

        body = await request.body()
        question = request.url.path.rstrip("/").rsplit("/", 1)[-1]
        session = request.headers.get("x-session-id", "")[:64]
        status, headers, content = await asyncio.get_running_loop().run_in_executor(
            self.pool, self.answer, request.method, question, session, body
        )
        if isinstance(content, bytes):
            return Response(content, status, headers, "application/octet-stream")
        return JSONResponse(content, status, headers)


def _numbers(asked: Any, name: str, dimensions: int) -> np.ndarray:
    """Whole numbers of a body as (..,) int64."""
    try:
        values = np.asarray(asked[name])
    except (TypeError, KeyError, ValueError):
        raise ValueError(f"the body must hold {name}") from None
    if values.ndim != dimensions or values.dtype.kind not in "iu":
        raise ValueError(f"{name} must be whole numbers in {dimensions} dimension(s)")
    return values.astype(np.int64)
