"""The backend as the pages see it: models by name, their state, and loading that blocks nobody
else."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any

from playground.backend import catalog as offers
from playground.backend.admission import Run, Runs
from playground.backend.catalog import Entry
from playground.backend.errors import BackendError, ModelUnavailable, WeightsRefused
from playground.backend.openai_engine import Offer, engine_of, engines
from playground.backend.telemetry import Telemetry, health
from playground.backend.weights import cached_path, find_weights
from playground.i18n import t

if TYPE_CHECKING:
    from playground.backend.causal_model import CausalModel
    from playground.backend.denoiser import Denoiser
    from playground.backend.loading import Residents
    from playground.backend.openai_engine import CompletionsModel


class Status(dict):
    """Plain data: `state` (absent, downloading, loading, ready, failed), `phase`, `done` and
    `total` bytes, `message`."""


class Backend:
    """One for the whole process; `get_backend()` hands it out. Safe to call from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loading: dict[str, threading.Event] = {}
        self._status: dict[str, Status] = {}
        self._watchers: dict[str, list[Callable[[dict], None]]] = {}
        self._errors: dict[str, BackendError] = {}
        self._residents: Any = (
            None  # a Residents; over a cluster, what holds the way to its replicas
        )
        self.telemetry = Telemetry()
        self.runs = Runs(self.telemetry)

    @property
    def residents(self) -> Residents:
        """The models in memory. First use imports torch and transformers."""
        if self._residents is None:
            from playground.backend.loading import Residents

            with self._lock:
                if self._residents is None:
                    residents = Residents()
                    residents.observe = self.telemetry.tick
                    self._residents = residents
        return self._residents

    def catalog(self) -> list[Entry]:
        """The models on offer, in order."""
        return list(offers.offered().values())

    def engines(self) -> list[Offer]:
        """Other programs' models on offer beside the catalogue's, see
        playground.backend.openai_engine."""
        return list(engines().values())

    def entry(self, name: str, kind: str | None = None) -> Entry:
        """The catalogue's entry; ModelUnavailable with what is on offer for any other name."""
        return offers.find(name, kind)

    def causal(self, name: str) -> CausalModel | CompletionsModel:
        """A new session of a left-to-right model; waits for its weights. Close it, or let it go out
        of scope, when done."""
        engine = engine_of(name)
        if engine is not None:
            return engine.session()
        entry = offers.find(name, "causal")
        return self._loaded(entry).causal(self.residents.logits)

    def denoiser(self, name: str) -> Denoiser:
        """A new session of a masked or diffusion model; waits for its weights."""
        return self._loaded(offers.find(name, "denoiser")).denoiser()

    def library(self, name: str) -> Any:
        """A left-to-right model as the library runs it (a second copy, see
        playground.backend.hf_reference); waits for its weights."""
        from playground.backend.hf_reference import LibraryModel

        entry = offers.find(name, "causal")
        with self.causal(name) as model:
            return LibraryModel(
                find_weights(entry, lambda phase, finished, total: None), model.eos_id
            )

    def status(self, name: str) -> Status:
        """Where a model stands: at once, never waits, never downloads."""
        engine = engine_of(name)
        if engine is not None:
            return Status(engine.status())
        entry = offers.find(name)
        if self._residents is not None and entry.id in self._residents.names():
            return Status(state="ready", phase="", done=0, total=0, message="")
        known = self._status.get(entry.id)
        if known is not None and known["state"] in ("downloading", "loading", "failed"):
            return Status(known)
        return Status(
            state="absent",
            phase="",
            done=0,
            total=entry.size_mb * 1_000_000,
            message="",
            on_disk=any(place.kind == "asset" for place in entry.places)
            or cached_path(entry).is_dir(),
        )

    def prepare(self, name: str, on_progress: Callable[[dict], None] | None = None) -> Status:
        """Start to fetch and load a model in the background if need be; returns its status at once.

        on_progress is called with each new status, from the loading thread, and a last time with
        `ready` or `failed`. A model that failed is tried anew.
        """
        engine = engine_of(name)
        if engine is not None:
            return Status(engine.prepare())
        entry = offers.find(name)
        if self._residents is not None and self.residents.get(entry.id) is not None:
            status = self.status(name)
            if on_progress is not None:
                on_progress(status)
            return status
        self._begin(entry, on_progress)
        return self.status(name)

    def _begin(
        self, entry: Entry, on_progress: Callable[[dict], None] | None = None
    ) -> threading.Event:
        with self._lock:
            if on_progress is not None:
                self._watchers.setdefault(entry.id, []).append(on_progress)
            running = self._loading.get(entry.id)
            if running is not None:
                return running
            done = self._loading[entry.id] = threading.Event()
            self._errors.pop(entry.id, None)
            self._status[entry.id] = Status(
                state="loading", phase="starting", done=0, total=0, message=""
            )
        threading.Thread(
            target=self._load, args=(entry, done), name=f"load-{entry.id}", daemon=True
        ).start()
        return done

    def _load(self, entry: Entry, done: threading.Event) -> None:
        def report(phase: str, finished: int, total: int) -> None:
            state = "loading" if phase == "loading" else "downloading"
            self._tell(
                entry.id, Status(state=state, phase=phase, done=finished, total=total, message="")
            )

        try:
            self._find_and_load(entry, report)
            last = Status(state="ready", phase="", done=0, total=0, message="")
        except BaseException as error:
            failure = (
                error
                if isinstance(error, BackendError)
                else ModelUnavailable(
                    entry.id,
                    message=t(
                        "The model {id} cannot be loaded ({kind}: {reason}). Everything else goes "
                        "on working.",
                        id=repr(entry.id),
                        kind=type(error).__name__,
                        reason=str(error)[:200],
                    ),
                )
            )
            if failure is not error:
                failure.__cause__ = error
            self._errors[entry.id] = failure
            last = Status(state="failed", phase="", done=0, total=0, message=str(failure))
        with self._lock:
            self._status[entry.id] = last
            self._loading.pop(entry.id, None)
        done.set()
        self._tell(entry.id, last)
        self._watchers.pop(entry.id, None)

    def _find_and_load(self, entry: Entry, report: Callable[[str, int, int], None]) -> None:
        folder = find_weights(entry, report)
        try:
            self.residents.load(entry, folder, report)
        except WeightsRefused as error:
            if folder != cached_path(entry):
                raise ModelUnavailable(entry.id, [(str(folder.name), str(error))]) from error
            shutil.rmtree(folder, ignore_errors=True)  # our own copy is bad: fetched anew, once
            first = error
        else:
            return
        folder = find_weights(entry, report)
        try:
            self.residents.load(entry, folder, report)
        except WeightsRefused as error:
            raise ModelUnavailable(
                entry.id, [("local cache", str(first)), ("fetched anew", str(error))]
            ) from error

    def _tell(self, name: str, status: Status) -> None:
        self._status[name] = status
        for watcher in list(self._watchers.get(name, ())):
            try:
                watcher(Status(status))
            except Exception:  # a visitor who left must not end the download of the others
                self._watchers[name].remove(watcher)

    def _loaded(self, entry: Entry) -> Any:
        found = self.residents.get(entry.id) if self._residents is not None else None
        while found is None:
            self._begin(entry).wait()
            error = self._errors.get(entry.id)
            if error is not None:
                raise (
                    type(error)(*error.args)
                    if not isinstance(error, ModelUnavailable)
                    else ModelUnavailable(error.model, error.reasons, str(error))
                )
            found = self.residents.get(entry.id)
        return found

    # runs, and what the host can watch
    # --------------------------------------------------------------------------------

    def run(self, visitor: Hashable, page: str, model: str, kind: str = "run") -> Run:
        """`with backend.run(session_hash, "generate", "fairy-causal") as run:` around a whole run,
        `run.step()` at each token.
        kind: "run", "long" (writes many texts) or "question" (one answer), see
            `playground.backend.admission`.

        Entering waits for a place; beyond a limit it raises LimitExceeded with a sentence for the
        visitor, at once or after
        `queue_seconds`. Leaving writes the run's log line and counts it.
        """
        return Run(self.runs, visitor, page, model, kind)

    def stop(self, visitor: Hashable) -> int:
        """Stop every run of a visitor; how many there were."""
        return self.runs.stop(visitor)

    def health(self) -> dict:
        """Plain data for a health endpoint: status, models in memory, runs, memory."""
        return health(self)

    def metrics(self) -> tuple[bytes, str]:
        """(body, content type) for a Prometheus endpoint."""
        return self.telemetry.text(self)

    def drain(self, seconds: float = 30.0) -> bool:
        """Graceful stop: refuse new runs with a sentence, let running ones end; True if all did in
        time."""
        return self.runs.drain(seconds)

    def make_room(self) -> None:
        """Give up what no open session needs. On a GPU nothing is: its passes are dear to
        record."""
        for loaded in [] if self._residents is None else self._residents.all():
            if loaded.network.device.type == "cpu":
                loaded.engine.make_room()

    def close(self) -> None:
        """Put every model away."""
        if self._residents is not None:
            self._residents.clear()
