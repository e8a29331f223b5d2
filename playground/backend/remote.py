"""Models on other machines, with the same face as those on this one.

`PLAYGROUND_BACKEND=http://host:port` names a cluster that answers as `playground.cluster.replica`
says, each model under `/models/<id>`. The page's process then holds no weights: it encodes,
decodes, applies the rules and draws; each step's logits come over the wire, exact to the bit. A
replica that dies costs the visitor a moment and not a letter of the text.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from playground.backend.catalog import Entry
from playground.backend.errors import BackendError
from playground.backend.service import Backend
from playground.i18n import t


class RemoteBackend(Backend):
    """The backend over a cluster: runs, limits, log lines and metrics are this process's own, the
    networks are elsewhere."""

    def __init__(self, address: str):
        super().__init__()
        parts = urlsplit(address)
        if (
            parts.scheme not in ("http", "https")
            or not parts.hostname
            or parts.query
            or parts.fragment
        ):
            raise ValueError(
                t(
                    "PLAYGROUND_BACKEND must be the address of a cluster like http://host:8000, "
                    "got {got}",
                    got=repr(address[:200]),
                )
            )
        self.address = address.rstrip("/")

    @property
    def residents(self) -> Any:
        """What this process holds of the cluster's models. First use imports torch and
        transformers."""
        if self._residents is None:
            from playground.backend.remote_engine import RemoteModels

            with self._lock:
                if self._residents is None:
                    self._residents = RemoteModels(self.address, self.telemetry)
        return self._residents

    def _find_and_load(self, entry: Entry, report: Callable[[str, int, int], None]) -> None:
        report("loading", 0, 0)
        self.residents.load(entry)

    def library(self, name: str) -> Any:
        """Refused with a sentence: the library's own `generate` runs beside the weights."""
        self.entry(name, "causal")
        raise BackendError(
            t(
                "The library's own generate needs the weights in this process, and here they are "
                "on other machines; start the playground without PLAYGROUND_BACKEND to compare "
                "with it"
            )
        )

    def health(self) -> dict:
        return {**super().health(), "cluster": self.address}
