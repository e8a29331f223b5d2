"""Masked and diffusion models: the face that pages see, and the worker that joins canvases into one
forward pass."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch

from playground.backend.catalog import verifier_file, verifier_folder
from playground.backend.crossing import Crossing
from playground.backend.engine_request import Answering, Request
from playground.backend.errors import EngineError, RunStopped
from playground.backend.limits import limits
from playground.backend.tokenizer import Spelling, TextCodec
from playground.backend.verifier import Reading, Verifier, judge
from playground.i18n import t

PADDING_ALLOWED = (
    0.25  # a shorter canvas joins a longer one's pass if at most this share of it is padding
)


class CanvasSession:
    """One face's mark in the engine; a denoiser keeps nothing between calls."""

    __slots__ = ("__weakref__",)


@dataclass
class Check:
    """Drafts to be checked: what the network's last blocks read, the pieces (B, L), the order of
    the places (B, M), how many."""

    states: tuple[torch.Tensor, ...]
    pieces: torch.Tensor
    order: torch.Tensor
    count: int | None

    @property
    def shape(self) -> torch.Size:
        return self.pieces.shape


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
    """Runs one masked network for all sessions; called by the engine's loop. read_verifier: loads
    its trained verifier.

    Requests: "canvas" (logits), "draft" (logits and the states that a verifier reads), "check" (a
    Check)."""

    def __init__(
        self, network: Any, pad_id: int, read_verifier: Callable[[], Verifier] | None = None
    ):
        self.network, self.pad_id, self.read_verifier = network, pad_id, read_verifier
        self.device = next(network.parameters()).device
        self.crossing = Crossing(self.device)
        self._verifier: Verifier | None = None

    @property
    def verifier(self) -> Verifier:
        if self._verifier is None:
            if self.read_verifier is None:
                raise EngineError(t("this model has no trained verifier"))
            self._verifier = self.read_verifier().to(
                self.device, next(self.network.parameters()).dtype
            )
        return self._verifier

    def plan(self, waiting: list[Request], tick: int) -> list[Rows]:
        """The request served longest ago sets the length; others of like length join; each gets an
        equal share of the rows."""
        if not waiting:
            return []
        by_turn = sorted(waiting, key=lambda request: (request.served, request.order))
        longest = by_turn[0].payload.shape[1]
        checks = by_turn[0].kind == "check"
        joined = []
        for request in by_turn:
            if (request.kind == "check") != checks:
                continue
            length = request.payload.shape[1]
            if (1 - PADDING_ALLOWED) * longest <= length <= longest or length == longest:
                joined.append(request)
        left = max(1, limits().denoiser_tokens // max(1, longest))  # rows of this pass
        batch = []
        for position, request in enumerate(joined):
            if left <= 0:
                break
            begin = sum(block[0].shape[0] for block in request.rows)
            share = max(1, left // (len(joined) - position))
            end = min(request.payload.shape[0], begin + share)
            request.served = tick
            batch.append(Rows(request, begin, end))
            left -= end - begin
        return batch

    def leave(self, session: CanvasSession) -> None:
        """Nothing is kept for a session."""

    def make_room(self) -> None:
        if self.device.type == "cuda":
            torch.cuda.empty_cache()

    @torch.inference_mode()
    def run(self, batch: list[Rows]) -> None:
        """One forward pass over the rows of all items, shorter canvases padded on the right and
        masked; or all their checks."""
        if batch[0].request.kind == "check":
            self._answer_all(batch, [(self._check(item),) for item in batch])
            return
        drafts = any(item.request.kind == "draft" for item in batch)
        blocks = self.verifier.shape.blocks if drafts else 0
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
        full = bool(attention.all())  # both are on the host still
        ids, mask = self.crossing.up(canvas.flatten(), [] if full else attention.flatten())
        found = self.network(
            input_ids=ids.view(canvas.shape),
            attention_mask=None if full else mask.view(canvas.shape),
            output_hidden_states=drafts,
        )
        logits = found.logits.float()  # (rows, L, V)
        states = found.hidden_states[-blocks - 1 : -1] if drafts else ()
        row, answers = 0, []
        for item in batch:
            end, length = row + item.end - item.begin, item.request.payload.shape[1]
            wanted = (logits, *states) if item.request.kind == "draft" else (logits,)
            answers.append(tuple(part[row:end, :length] for part in wanted))
            row = end
        self._answer_all(batch, answers)

    def _check(self, item: Rows) -> torch.Tensor:
        check: Check = item.request.payload
        rows = slice(item.begin, item.end)
        pieces, order = (part[rows].to(self.device) for part in (check.pieces, check.order))
        states = [state[rows] for state in check.states]
        return judge(self.network, self.verifier, states, pieces, order, check.count)

    def _answer_all(self, batch: list[Rows], answers: list[tuple[torch.Tensor, ...]]) -> None:
        """Each item's rows (logits, and what else was asked for) are there. They stay on the
        device, where samplers read them; whether they are finite is asked once for all."""
        sums = torch.stack([parts[0].sum(dtype=torch.float32) for parts in answers])
        (finite,) = self.crossing.down(torch.isfinite(sums)).wait()
        for item, parts, good in zip(batch, answers, finite.tolist(), strict=True):
            self._answer(item, parts, good)

    def _answer(self, item: Rows, parts: tuple[torch.Tensor, ...], good: bool) -> None:
        request = item.request
        if not good:
            request.finish(
                error=EngineError(
                    t(
                        "the model's output is not finite (NaN or infinity); its weights may be "
                        "damaged"
                    )
                )
            )
            return
        request.rows = [*request.rows, parts]
        if item.end == request.payload.shape[0]:
            whole = request.kind == "draft"
            request.finish(request.rows if whole else [block[0] for block in request.rows])


class Denoiser(Spelling):
    """A masked network as one session sees it.

    vocab_size, mask_id (below vocab_size: samplers suppress it), context_length (positions),
    uncased, has_chat_template.
    """

    kind = "denoiser"
    frame_end = True

    def __init__(
        self, name: str, codec: TextCodec, engine: Answering, vocab_size: int, context_length: int
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
        engine: Any = self._engine
        return engine.worker.network.get_input_embeddings().weight.detach().to("cpu", torch.float32)

    @property
    def draft_problem(self) -> str:
        """Why the sampler self-speculative cannot run here, a sentence; "" where it can."""
        if verifier_folder(self.name) is None:
            return t(
                "sampler self-speculative needs a trained verifier, and {name} has none: choose "
                "fairy-diffusion or an exact model",
                name=self.name,
            )
        if verifier_file(self.name) is None:
            return t(
                "sampler self-speculative needs the verifier of {name}, which is not in this copy "
                "of the playground; self-verifying works without one",
                name=self.name,
            )
        return ""

    def logits(self, canvas) -> torch.Tensor:
        """Logits (B, L, V), float32, for a canvas (B, L) of ids. ValueError names a bad shape, id
        or length."""
        return self._ask("canvas", self._checked(canvas))[0]

    def draft(self, canvas) -> Reading:
        """The canvas (B, L) as it was read for drafts and their verification; see
        `playground.diffusion.drafts`."""
        if self.draft_problem:
            raise ValueError(self.draft_problem)
        logits, *states = self._ask("draft", self._checked(canvas))
        return Reading(logits, partial(self._judge, tuple(states)))

    def _judge(self, states, pieces, order, count) -> torch.Tensor:
        return self._ask("check", Check(states, pieces, order, count))[0]

    def _ask(self, kind: str, payload: Any) -> list[torch.Tensor]:
        if self._closed:
            raise RunStopped(
                t("this session of the model was closed; ask the backend for a new one")
            )
        # blocks of rows, each with all its parts (a cluster sends logits alone); joined in the
        # visitor's thread
        blocks = self._engine.ask(self._session, kind, payload)
        parts: list[tuple[torch.Tensor, ...]] = [
            block if isinstance(block, tuple) else (block,) for block in blocks
        ]
        return [
            torch.cat([first, *more]) if more else first.clone()
            for first, *more in zip(*parts, strict=True)
        ]

    def _checked(self, canvas) -> torch.Tensor:
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
                    "canvas must be at most {context_length} tokens long (the model's positions), "
                    "got {got}",
                    context_length=self.context_length,
                    got=length,
                )
            )
        low, high = int(canvas.min()), int(canvas.max())
        if low < 0 or high >= self.vocab_size:
            raise ValueError(
                f"canvas must hold ids in [0, {self.vocab_size - 1}], got "
                f"{low if low < 0 else high}"
            )
        return canvas

    def close(self) -> None:
        """Leave the engine at once; a pass that waits ends with RunStopped. Closing twice is
        harmless."""
        self._closed = True
        self._leave()
