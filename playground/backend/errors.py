"""The exceptions of the backend. The message of each is written for the visitor: what happened and
what can be done."""

from __future__ import annotations

from playground.i18n import t


class BackendError(RuntimeError):
    """Anything that went wrong behind `get_backend()`."""


class ModelUnavailable(BackendError):
    """A model that cannot be had.

    Attributes
    ----------
    model: the catalogue's id of the model.
    reasons: list of (place, reason), in the order in which the places were tried.
    """

    def __init__(
        self, model: str, reasons: list[tuple[str, str]] | None = None, message: str | None = None
    ):
        self.model = model
        self.reasons = list(reasons or [])
        if message is None:
            tried = "; ".join(f"{place}: {reason}" for place, reason in self.reasons) or t(
                "no place is known for its weights"
            )
            message = t(
                "The model {model} cannot be had. Tried: {tried}. Everything else goes on working.",
                model=repr(model),
                tried=tried,
            )
        super().__init__(message)


class WeightsRefused(BackendError):
    """A folder whose weights are not loaded: truncated, incomplete, pickled, not finite, or in need
    of remote code."""


class EngineError(BackendError):
    """A forward pass that failed; only the run that asked for it sees this."""


class OutOfMemory(EngineError):
    """The device's memory does not suffice, even after everything that can be freed was freed."""


class RunStopped(BackendError):
    """The run was stopped or its session closed while a forward pass was waiting."""


class LimitExceeded(BackendError, ValueError):
    """A stated limit was passed; the sentence names the limit and its value. `limit` holds its
    name."""

    def __init__(self, message: str, limit: str = ""):
        self.limit = limit
        super().__init__(message)
