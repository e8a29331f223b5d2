"""Masked and diffusion models: the face that pages see, and the worker that joins canvases into one forward pass."""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import Any

import torch

from playground.backend.engine import Engine, Request
from playground.backend.errors import EngineError, RunStopped
from playground.backend.limits import limits
from playground.backend.tokenizer import Spelling, TextCodec
from playground.i18n import t

PADDING_ALLOWED = (
    0.25  # a shorter canvas joins a longer one's pass if at most this share of it is padding
)


class CanvasSession:
    """One face's mark in the engine; a denoiser keeps nothing between calls."""

    __slots__ = ("__weakref__",)


@dataclass
class Rows:
    """Rows `begin:end` of a request's canvas in one tick."""

    request: Request
    begin: int
    end: int

    @property
    def tokens(self) -> int:
        return (self.end - self.begin) * self.request.payload.shape[1]


class DenoiserWorker:
    """Runs one masked network for all sessions; called by the engine's loop."""

    def __init__(self, network: Any, pad_id: int):
        self.network, self.pad_id = network, pad_id
        self.device = next(network.parameters()).device

    def plan(self, waiting: list[Request], tick: int) -> list[Rows]:
        """The request served longest ago sets the length; others of like length join; each gets an equal share of the rows."""
        if not waiting:
            return []
        by_turn = sorted(waiting, key=lambda request: (request.served, request.order))
        longest = by_turn[0].payload.shape[1]
        joined = []
        for request in by_turn:
            length = request.payload.shape[1]
            if (1 - PADDING_ALLOWED) * longest <= length <= longest or length == longest:
                joined.append(request)
        left = max(1, limits().denoiser_tokens // max(1, longest))  # rows of this pass
        batch = []
        for position, request in enumerate(joined):
            if left <= 0:
                break
            begin = sum(block.shape[0] for block in request.rows)
            share = max(1, left // (len(joined) - position))
            end = min(request.payload.shape[0], begin + share)
            request.served = tick
            batch.append(Rows(request, begin, end))
            left -= end - begin
        return batch

    def leave(self, session: CanvasSession) -> None:
        """Nothing is kept for a session."""

    def room(self) -> None:
        if self.device.type == "cuda":
            torch.cuda.empty_cache()

    @torch.inference_mode()
    def run(self, batch: list[Rows]) -> None:
        """One forward pass over the rows of all items, shorter canvases padded on the right and masked."""
        longest = max(item.request.payload.shape[1] for item in batch)
        count = sum(item.end - item.begin for item in batch)
        canvas = torch.full((count, longest), self.pad_id, dtype=torch.long)  # (rows, L)
        attention = torch.zeros((count, longest), dtype=torch.long)
        row = 0
        for item in batch:
            rows, length = item.end - item.begin, item.request.payload.shape[1]
            canvas[row : row + rows, :length] = item.request.payload[item.begin : item.end]
            attention[row : row + rows, :length] = 1
            row += rows
        mask = None if bool(attention.all()) else attention.to(self.device)
        logits = self.network(
            input_ids=canvas.to(self.device), attention_mask=mask
        ).logits.float()  # (rows, L, V)
        row = 0
        for item in batch:
            rows, length = item.end - item.begin, item.request.payload.shape[1]
            mine = logits[row : row + rows, :length]
            row += rows
            request = item.request
            if not bool(torch.isfinite(mine.sum())):
                request.finish(
                    error=EngineError(
                        t(
                            "the model's output is not finite (NaN or infinity); its weights may be damaged"
                        )
                    )
                )
                continue
            request.rows = [*request.rows, mine]
            if item.end == request.payload.shape[0]:
                request.finish(request.rows)


class Denoiser(Spelling):
    """A masked network as one session sees it.

    vocab_size, mask_id (below vocab_size: samplers suppress it), context_length (positions), uncased, has_chat_template.
    """

    kind = "denoiser"
    frame_end = True

    def __init__(
        self, name: str, codec: TextCodec, engine: Engine, vocab_size: int, context_length: int
    ):
        if codec.mask_id is None:
            raise EngineError(t("{name} has no mask token: it is no masked model", name=repr(name)))
        self.name, self.codec = name, codec
        self.vocab_size, self.mask_id, self.context_length = (
            vocab_size,
            codec.mask_id,
            context_length,
        )
        self.uncased, self.has_chat_template = codec.uncased, codec.has_chat_template
        self.bos_id = codec.bos_id
        self.special_ids = codec.special_ids
        self._engine, self._session = engine, CanvasSession()
        self._closed = False
        self._leave = weakref.finalize(self, engine.leave, self._session)

    @property
    def embeddings(self) -> torch.Tensor:
        """(V, D) float32 on the CPU: the network's own input embeddings."""
        return (
            self._engine.worker.network.get_input_embeddings()
            .weight.detach()
            .to("cpu", torch.float32)
        )

    def logits(self, canvas) -> torch.Tensor:
        """Logits (B, L, V), float32, for a canvas (B, L) of ids. ValueError names a bad shape, id or length."""
        if self._closed:
            raise RunStopped(
                t("this session of the model was closed; ask the backend for a new one")
            )
        canvas = torch.as_tensor(canvas).to("cpu", torch.long)
        if canvas.ndim != 2 or canvas.numel() == 0:
            raise ValueError(
                t(
                    "canvas must be (B, L) with at least one token, got shape {shape}",
                    shape=tuple(canvas.shape),
                )
            )
        length = canvas.shape[1]
        if length > self.context_length:
            raise ValueError(
                t(
                    "canvas must be at most {context_length} tokens long (the model's positions), got "
                    "{got}",
                    context_length=self.context_length,
                    got=length,
                )
            )
        low, high = int(canvas.min()), int(canvas.max())
        if low < 0 or high >= self.vocab_size:
            raise ValueError(
                f"canvas must hold ids in [0, {self.vocab_size - 1}], got {low if low < 0 else high}"
            )
        blocks = self._engine.ask(self._session, "canvas", canvas)
        return torch.cat(blocks) if len(blocks) > 1 else blocks[0].clone()

    def close(self) -> None:
        """Leave the engine at once; a pass that waits ends with RunStopped. Closing twice is harmless."""
        self._closed = True
        self._leave()
