"""The one backend of this process: which it is, the environment says."""

from __future__ import annotations

import os
import threading
from typing import Any

from playground.backend.remote import RemoteBackend
from playground.backend.service import Backend

_backend: Any = None
_lock = threading.Lock()


def get_backend() -> Any:
    """The one backend of this process: models on this machine, or over a cluster if
    `PLAYGROUND_BACKEND` names one."""
    global _backend
    if _backend is None:
        with _lock:
            if _backend is None:
                address = os.environ.get("PLAYGROUND_BACKEND", "").strip()
                _backend = RemoteBackend(address) if address else Backend()
    return _backend
