"""The shared backend: the only packages that know models and devices.

`get_backend()` is the one door. Everything behind it (transformers, the device, the engine's loop) is imported when a
model is first asked for, so that a page is alive before any weights are.
"""

from playground.backend.current import get_backend
from playground.backend.errors import (
    BackendError,
    EngineError,
    LimitExceeded,
    ModelUnavailable,
    RunStopped,
)
from playground.backend.service import Backend

__all__ = [
    "Backend",
    "BackendError",
    "EngineError",
    "LimitExceeded",
    "ModelUnavailable",
    "RunStopped",
    "get_backend",
]
