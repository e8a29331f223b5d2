"""The network for every noise behind the engine: questions of all visitors, answered one after
another between their steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

from playground.backend.denoiser import Denoiser, DenoiserWorker, Rows
from playground.backend.engine_request import Answering
from playground.backend.evidence import IMPOSSIBLE, EvidenceNetwork
from playground.backend.tokenizer import TextCodec


@dataclass
class Evidence:
    """What is known of each place, (B, L, V), and the answer before this one, (B, L, V) or None."""

    known: torch.Tensor
    earlier: torch.Tensor | None

    @property
    def shape(self) -> torch.Size:
        return self.known.shape


class EvidenceWorker(DenoiserWorker):
    """Runs the network; called by the engine's loop. Requests: "evidence" (an Evidence), and
    "canvas" as any masked network."""

    network: EvidenceNetwork

    def plan(self, waiting: list[Any], tick: int) -> list[Rows]:
        """As for canvases; those and evidence never share a pass."""
        if not waiting:
            return []
        first = min(waiting, key=lambda request: (request.served, request.order))
        return super().plan([one for one in waiting if one.kind == first.kind], tick)

    @torch.inference_mode()
    def run(self, batch: list[Rows]) -> None:
        """Each item's rows, all of one kind."""
        for item in batch:
            if item.request.kind != "evidence":
                super().run([item])
                continue
            asked: Evidence = item.request.payload
            rows = slice(item.begin, item.end)
            earlier = None if asked.earlier is None else asked.earlier[rows].to(self.device)
            log = self.network.log_posterior(asked.known[rows].to(self.device), earlier)
            # finite, as the engine wants answers; what was ruled out keeps the probability 0
            self._answer_all([item], [(log.clamp(min=IMPOSSIBLE),)])


class EvidenceSession(Denoiser):
    """The network as one session sees it: `log_posterior`, and what a caller needs to know of its
    vectors and groups."""

    def __init__(self, name: str, codec: TextCodec, engine: Answering, network: EvidenceNetwork):
        positions = network.config.max_position_embeddings
        super().__init__(name, codec, engine, network.size, positions)
        self.size = network.size
        self.table, self.group, self.share, self.curve = (
            part.detach().cpu()
            for part in (network.table, network.group, network.share, network.curve)
        )

    def log_posterior(
        self, evidence: torch.Tensor, earlier: torch.Tensor | None = None
    ) -> torch.Tensor:
        """(B, L, V) log p(x_i | all evidence (B, L, V)); earlier (B, L, V): probabilities of the
        answer before."""
        self._checked(torch.zeros(evidence.shape[:2], dtype=torch.long))
        return self._ask("evidence", Evidence(evidence, earlier))[0]
