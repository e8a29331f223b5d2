"""The networks of a cluster as this process sees them: an engine that asks over HTTP, and the
models around it.

A step depends on nothing but its ids, so whatever fails on the way (a replica that died, one that
is being started, a connection that broke) is asked again until `request_seconds` are over.
"""

from __future__ import annotations

import random
import re
import secrets
import tempfile
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import torch
from transformers import AutoTokenizer

from playground.backend import errors
from playground.backend.catalog import Entry
from playground.backend.causal_model import CausalModel
from playground.backend.denoiser import Denoiser
from playground.backend.errors import BackendError, EngineError, ModelUnavailable, RunStopped
from playground.backend.limits import limits
from playground.backend.logits_cache import LogitsCache
from playground.backend.tokenizer import TextCodec
from playground.i18n import t

FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,80}\.(json|jinja|txt)")
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 1.0  # seconds between two tries
ERRORS_BY_NAME = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, BackendError)
}


@dataclass(frozen=True)
class Question:
    """One request to a replica: `path` below the model's address, the session that asks, `left()`
    says whether nobody waits for the answer any more."""

    method: str
    path: str
    session: str = ""
    body: Any = None
    left: Callable[[], bool] = lambda: False


class RemoteEngine:
    """Stands where the engine of a local model stands: `ask` sends a session's question to any
    replica and waits for its answer."""

    worker = None

    def __init__(self, name: str, address: str, telemetry: Any = None):
        self.name, self.address, self.telemetry = name, address.rstrip("/"), telemetry
        self.stopped = False
        self.lost = False  # a replica whose device failed answers for itself
        self.answered_by = ""  # the replica of the last answer, model and process id
        self.tick = self.depth = 0
        self._client = httpx.Client(
            timeout=httpx.Timeout(limits().request_seconds, connect=5.0),
            trust_env=False,
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=256),
        )
        self._names: weakref.WeakKeyDictionary[Any, str] = weakref.WeakKeyDictionary()
        self._gone: weakref.WeakSet[Any] = weakref.WeakSet()
        self._lock = threading.Lock()

    def ask(self, session: Any, kind: str, payload: Any) -> Any:
        """The answer to a request of `CausalModel` or `Denoiser`; raises what the replica raised,
        by its own class."""
        with self._lock:
            name = self._names.setdefault(session, secrets.token_hex(8))
        body = {"canvas": payload.tolist()} if kind == "canvas" else {"ids": payload}
        if kind == "last":
            body["last"] = payload.last
        began = time.perf_counter()
        with self._lock:
            self.depth += 1
        try:
            answer = self.tensor(Question("POST", kind, name, body, lambda: session in self._gone))
        finally:
            with self._lock:
                self.depth -= 1
                self.tick += 1
        if self.telemetry is not None:
            self.telemetry.tick(
                self.name,
                1,
                payload.numel() if kind == "canvas" else len(payload),
                time.perf_counter() - began,
            )
        return answer if kind == "next" else [answer]

    def tensor(self, asked: Question) -> torch.Tensor:
        """float32, as the replica's own."""
        answer = self.send(asked)
        try:
            shape = [int(size) for size in answer.headers["x-shape"].split(",")]
            return torch.from_numpy(
                np.frombuffer(answer.content, dtype="<f4").reshape(shape).astype(np.float32)
            )
        except (KeyError, ValueError) as error:
            raise EngineError(
                t(
                    "The cluster's answer for {name} cannot be read ({error})",
                    name=repr(self.name),
                    error=error,
                )
            ) from error

    def send(self, asked: Question, seconds: float | None = None) -> httpx.Response:
        """A replica's answer, asked for again until `seconds` (default: `request_seconds`) are
        over."""
        seconds = limits().request_seconds if seconds is None else seconds
        until, pause, reason = time.monotonic() + seconds, FIRST_PAUSE, "no answer"
        while True:
            if asked.left() or self.stopped:
                raise RunStopped(t("the run was stopped"))
            try:
                answer = self._client.request(
                    asked.method,
                    f"{self.address}/{asked.path}",
                    json=asked.body,
                    headers={"x-session-id": asked.session},
                    timeout=httpx.Timeout(max(0.1, until - time.monotonic()), connect=5.0),
                )
            except httpx.HTTPError as error:
                reason = f"{type(error).__name__}: {error}"
            else:
                if answer.status_code == 200:
                    self.answered_by = answer.headers.get("x-replica", "")[:200]
                    return answer
                if "x-error" in answer.headers:
                    raise _raised(answer)
                reason = f"status {answer.status_code}"
            if self.telemetry is not None:
                self.telemetry.retries.labels(self.name).inc()
            left_over = until - time.monotonic()
            if left_over <= 0:
                raise EngineError(
                    t(
                        "The cluster did not answer for {name} within {seconds} seconds ({got}); "
                        "what was written stays: go on from it in a moment",
                        name=repr(self.name),
                        seconds=round(seconds),
                        got=reason[:120],
                    )
                )
            time.sleep(
                min(left_over, pause * random.uniform(0.5, 1.0))
            )  # not all visitors at the same moment
            pause = min(LONGEST_PAUSE, 2 * pause)

    def leave(self, session: Any) -> None:
        """A closed session asks no more; what a replica kept for it goes when others need the
        room."""
        self._gone.add(session)

    def stop(self) -> None:
        self.stopped = True
        self._client.close()


def _raised(answer: httpx.Response) -> BaseException:
    """The exception that a replica tells of."""
    kind, sentence = answer.headers["x-error"], str(answer.json().get("error", ""))[:2000]
    if kind == "ModelUnavailable":
        return ModelUnavailable("", message=sentence)
    if kind in ERRORS_BY_NAME:
        return ERRORS_BY_NAME[kind](sentence)
    return ValueError(sentence) if answer.status_code == 422 else EngineError(sentence)


class RemoteDenoiser(Denoiser):
    """A denoiser whose embeddings come over the wire too, once for each process."""

    @property
    def draft_problem(self) -> str:
        return t(
            "sampler self-speculative runs only where the model is in this process; "
            "self-verifying works over a cluster too"
        )

    @property
    def embeddings(self) -> torch.Tensor:
        """(V, D) float32 on the CPU: the network's own input embeddings."""
        engine: Any = self._engine
        if getattr(engine, "embeddings", None) is None:
            engine.embeddings = engine.tensor(Question("GET", "embeddings"))
        return engine.embeddings


@dataclass
class RemoteModel:
    """What the page's process holds of a model: its tokenizer, and the way to its replicas."""

    entry: Entry
    codec: TextCodec
    engine: RemoteEngine
    facts: dict
    bytes: int = 0

    def causal(self, cache: LogitsCache) -> CausalModel:
        return CausalModel(
            self.entry.id,
            self.codec,
            self.engine,
            self.facts["vocab_size"],
            self.facts["eos_id"],
            self.facts["context_length"],
            cache,
        )

    def denoiser(self) -> Denoiser:
        return RemoteDenoiser(
            self.entry.id,
            self.codec,
            self.engine,
            self.facts["vocab_size"],
            self.facts["context_length"],
        )


class RemoteModels:
    """The models of the cluster that this process has asked for; has the face of
    `loading.Residents`."""

    def __init__(self, address: str, telemetry: Any):
        self.address, self.telemetry = address, telemetry
        self.logits = LogitsCache(limits().logits_memory_mb * 1_000_000)
        self._models: dict[str, RemoteModel] = {}

    def get(self, name: str) -> RemoteModel | None:
        return self._models.get(name)

    def all(self) -> list[RemoteModel]:
        return list(self._models.values())

    def names(self) -> list[str]:
        return list(self._models)

    def load(self, entry: Entry) -> RemoteModel:
        """Ask a replica what the model is; waits for one to be started."""
        engine = RemoteEngine(entry.id, f"{self.address}/models/{entry.id}", self.telemetry)
        try:
            facts = engine.send(Question("GET", "describe")).json()
            if facts.get("kind") != entry.kind or facts.get("model") != entry.id:
                raise EngineError(
                    t("The cluster has another model where {id} should be", id=repr(entry.id))
                )
            for name in ("vocab_size", "context_length"):
                if type(facts.get(name)) is not int or facts[name] < 1:
                    raise ValueError(
                        t(
                            "{name} must be a number of tokens, got {got}",
                            name=name,
                            got=repr(facts.get(name)),
                        )
                    )
            model = self._models[entry.id] = RemoteModel(entry, _codec(facts), engine, facts)
        except (KeyError, TypeError, ValueError, OSError) as error:
            engine.stop()
            raise ModelUnavailable(
                entry.id, [("cluster", f"{type(error).__name__}: {str(error)[:200]}")]
            ) from error
        except BackendError as error:
            engine.stop()
            raise ModelUnavailable(entry.id, [("cluster", str(error))]) from error
        return model

    def clear(self) -> None:
        for model in self._models.values():
            model.engine.stop()
        self._models.clear()


def _codec(facts: dict) -> TextCodec:
    """The tokenizer from the files that the replica gave; plain files of a tokenizer and nothing
    else are written."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in facts["tokenizer"].items():
            if not FILE.fullmatch(name):
                raise ValueError(
                    t("the tokenizer came with a file that is none: {got}", got=repr(name[:80]))
                )
            (Path(folder) / name).write_text(text, encoding="utf-8")
        tokenizer = AutoTokenizer.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False
        )
    return TextCodec(tokenizer, facts["vocab_size"], facts["uncased"], begin=facts["begin"])
