"""The shared backend: the only packages that know models and devices.

`get_backend()` is the one door. Everything behind it (transformers, the device, the engine's loop)
is imported when a model is first asked for, so that a page is alive before any weights are. The
door itself is imported when it is first used: engine and models need no more than torch,
transformers, tokenizers and safetensors.
"""

from typing import TYPE_CHECKING

from playground import lazy
from playground.backend.errors import (
    BackendError,
    EngineError,
    LimitExceeded,
    ModelUnavailable,
    RunStopped,
)

if TYPE_CHECKING:
    from playground.backend.current import get_backend
    from playground.backend.service import Backend

__getattr__, __dir__ = lazy.exports(
    __name__, {"service": ("Backend",), "current": ("get_backend",)}
)

__all__ = [
    "Backend",
    "BackendError",
    "EngineError",
    "LimitExceeded",
    "ModelUnavailable",
    "RunStopped",
    "get_backend",
]
