"""Left-to-right models: the face that pages see, and the worker that runs the tokens of all sessions in one forward pass."""

from __future__ import annotations

import itertools
import threading
import time
import weakref
from collections import OrderedDict
from typing import Any

import torch
from transformers import AttentionInterface

from playground.backend.causal_requests import Ending, Item, Session, asked_places, common_prefix
from playground.backend.engine import Answering, Request
from playground.backend.errors import EngineError, OutOfMemory, RunStopped
from playground.backend.kv_cache import (
    CacheFull,
    KeyStore,
    Plan,
    Segment,
    packed_attention,
    planned,
)
from playground.backend.limits import limits
from playground.backend.logits_cache import LogitsCache
from playground.backend.prepack import filled_up
from playground.backend.tokenizer import Spelling, TextCodec
from playground.i18n import t

AttentionInterface.register("packed", packed_attention)

KEPT_PREFIXES = 8  # caches of closed sessions that a later run with the same beginning starts from
WORTH_COPYING = 8  # tokens
SHORT = 32  # tokens: so many with drafts to verify go in a pass like one
IDLE_SECONDS = 1.0  # who has not asked for so long is not at work: its slot goes to one who waits


class CausalWorker:
    """Runs one network for all sessions; every method is called by the engine's loop."""

    def __init__(self, network: Any, context_length: int, budget: int):
        config = network.config
        heads = config.num_attention_heads
        self.network = network
        self.device = next(network.parameters()).device
        self.store = KeyStore(
            layers=config.num_hidden_layers,
            heads=getattr(config, "num_key_value_heads", None) or heads,
            head_size=getattr(config, "head_dim", None) or config.hidden_size // heads,
            dtype=next(network.parameters()).dtype,
            device=self.device,
            budget=budget,
            longest=context_length,
        )
        self.kept: OrderedDict[int, Session] = OrderedDict()  # sessions that closed, oldest first
        self.open: weakref.WeakSet[Session] = weakref.WeakSet()
        self.busy: set[Session] = set()  # sessions of the tick that is being planned
        self.asking: set[Session] = set()  # sessions with a request that waits
        self.clock = time.monotonic
        self.turn = 0

    # choosing --------------------------------------------------------------------------------------------------------

    def plan(self, waiting: list[Request], tick: int) -> list[Item]:
        """Next tokens and drafts to verify of all sessions first; what is left of the budget goes to prompts, the one served
        longest ago first."""
        bounds = limits()
        ready: list[Item] = []
        long: list[Item] = []
        self.asking = {request.session for request in waiting}
        for request in waiting:
            self._arrive(request)
            ids, done = request.payload, len(request.session.cached)
            new = len(ids) - done
            short = new == 1 or (request.kind == "last" and new <= min(ids.last, SHORT))
            (ready if short else long).append(Item(request, done, len(ids)))
        ready.sort(key=lambda item: item.request.order)
        begun = itertools.accumulate((item.tokens for item in ready), initial=0)
        batch = [item for item, rows in zip(ready, begun, strict=False) if rows < bounds.tick_rows]
        # alone, a prompt runs in large pieces; beside others, in small ones, so that nobody's token waits long
        left = bounds.prompt_chunk if len(waiting) > 1 else 8 * bounds.prompt_chunk
        long.sort(key=lambda item: (item.request.served, item.begin, item.request.order))
        share = max(1, left // max(1, len(long)))
        for index, item in enumerate(long):
            if left <= 0 or len(batch) >= bounds.tick_rows:
                break
            take = left if index == len(long) - 1 else min(left, max(share, 16))
            item.end = min(item.end, item.begin + take)
            left -= item.tokens
            batch.append(item)
        placed = []
        self.busy.clear()
        for item in batch:
            if self._place(item):
                item.request.served = tick
                self.busy.add(item.request.session)
                placed.append(item)
        return placed

    def _arrive(self, request: Request) -> None:
        """Cut the session's cache back to what it shares with the request; find a beginning in other caches."""
        session, ids = request.session, request.payload
        if request.served >= 0:
            return  # already under way: its cache is the request's own beginning
        self.turn += 1
        session.used, session.asked = self.turn, self.clock()
        self.open.add(session)
        known = max(0, len(ids) - asked_places(request))  # whose keys alone are wanted
        keep = common_prefix(session.cached, ids, known)
        del session.cached[keep:]
        if request.kind not in ("next", "last"):
            return
        best, source = keep + WORTH_COPYING - 1, None
        if known > best:
            for other in (*self.kept.values(), *self.open):
                if other is not session and other.slot is not None and len(other.cached) > best:
                    shared = common_prefix(other.cached, ids, known)
                    if shared > best:
                        best, source = shared, other
        if source is not None and self._slot_for(session, min(len(ids) + 64, self.store.longest)):
            if source.slot is not None:  # making room may have taken it
                self.store.copy(source.slot, session.slot, best)
                session.cached = list(ids[:best])
        request.served = 0

    def _place(self, item: Item) -> bool:
        """See to a slot that holds the item's end; a request for which there is no room at all is told so."""
        request = item.request
        if self._slot_for(request.session, item.end):
            return True
        if (
            not any(other.slot is not None for other in self.open if other is not request.session)
            and not self.kept
        ):
            request.finish(
                error=OutOfMemory(
                    t(
                        "the memory set aside for caches does not hold {count} tokens; try a shorter text",
                        count=len(request.payload),
                    )
                )
            )
        return False  # others are at work: it waits for their slots

    def _slot_for(self, session: Session, tokens: int) -> bool:
        slot = session.slot
        if slot is not None and tokens <= slot.block.capacity:
            return True
        while True:
            try:
                new = self.store.take(min(tokens + 32, self.store.longest))
                break
            except CacheFull:
                if not self._evict(session):
                    return False
        if slot is not None:
            self.store.copy(slot, new, len(session.cached))
            self.store.give_back(slot)
        session.slot = new
        return True

    def _evict(self, needy: Session) -> bool:
        """Take the slot of the session that was used longest ago: closed ones first, then open ones. One that is at work keeps its
        slot against whoever asked before it."""
        if self.kept:
            _, session = self.kept.popitem(last=False)
            self._release(session)
            return True
        others = [
            session
            for session in self.open
            if session is not needy and session.slot is not None and session not in self.busy
        ]
        if not others:
            return False
        late = self.clock() - IDLE_SECONDS
        idle = [one for one in others if one not in self.asking and one.asked < late]
        oldest = min(idle or others, key=lambda session: session.used)
        if not idle and oldest.used > needy.used:
            return False  # all others have asked since then: they are at work, and this one waits for them
        self._release(oldest)  # it recomputes its beginning when it asks again
        return True

    def _release(self, session: Session, clean: bool = False) -> None:
        slot, session.slot, session.cached = session.slot, None, []
        if slot is not None:
            self.store.give_back(slot, clean)

    def leave(self, session: Session) -> None:
        """A session closed: its cache is kept a while for a run with the same beginning, within a small number."""
        session.closed = True
        self.open.discard(session)
        if session.slot is None:
            return
        if len(session.cached) < WORTH_COPYING:
            self._release(session)
            return
        self.kept[id(session)] = session
        while len(self.kept) > KEPT_PREFIXES:
            self._release(self.kept.popitem(last=False)[1])

    def room(self) -> None:
        """Out of memory: give up every kept cache."""
        while self.kept:
            self._release(self.kept.popitem()[1])
        if self.device.type == "cuda":
            torch.cuda.empty_cache()

    @staticmethod
    def _rows(item: Item) -> int:
        """How many places of a piece, its last ones, give logits."""
        if item.request.kind == "hidden":
            return int(item.end == len(item.request.payload))
        first = len(item.request.payload) - asked_places(item.request)
        return max(0, item.end - max(item.begin, first))

    # running ---------------------------------------------------------------------------------------------------------

    @torch.inference_mode()
    def run(self, batch: list[Item]) -> None:
        """One forward pass over the packed tokens of all items."""
        ids: list[int] = []
        positions: list[int] = []
        segments: list[Segment] = []
        wanted: list[int] = []  # columns whose logits are asked for
        hidden = any(item.request.kind == "hidden" for item in batch)
        for item in batch:
            start = len(ids)
            ids.extend(item.request.payload[item.begin : item.end])
            positions.extend(range(item.begin, item.end))
            segments.append(Segment(item.request.session.slot, start, len(ids), item.begin))
            wanted.extend(range(len(ids) - self._rows(item), len(ids)))
        if self.device.type == "cpu":
            empty = [0] * (filled_up(len(ids)) - len(ids))
            ids, positions = ids + empty, positions + empty
            wanted += [0] * (filled_up(len(wanted)) - len(wanted))
        packed = torch.tensor([ids, positions], device=self.device)  # (2, N)
        keep = torch.tensor(wanted or [0], device=self.device)
        with planned(Plan(segments, self.device)):
            output = self.network(
                input_ids=packed[:1],
                position_ids=packed[1:],
                use_cache=False,
                logits_to_keep=keep,
                output_hidden_states=hidden,
            )
        logits = output.logits[0].float()  # (wanted, V)
        finite = torch.isfinite(logits.sum(-1)).tolist()
        state = (
            output.hidden_states[-1][0].float() if hidden else logits
        )  # (N, D), read where it was asked for
        row = 0
        for item, segment in zip(batch, segments, strict=True):
            request = item.request
            if item.begin == 0:
                request.rows = []  # begun anew after its cache had been taken away
            rows = self._rows(item)
            mine, good = logits[row : row + rows], all(finite[row : row + rows])
            row += rows
            if not good:
                self._release(request.session, clean=True)
                request.finish(
                    error=EngineError(
                        t(
                            "the model's output is not finite (NaN or infinity); its weights may be damaged"
                        )
                    )
                )
                continue
            request.session.cached = (
                list(request.payload[: item.end]) if item.tokens > 1 else request.session.cached
            )
            if item.tokens == 1:
                request.session.cached.append(request.payload[item.begin])
            if request.kind in ("along", "last"):
                request.rows.append(mine)
            elif request.kind == "hidden":
                request.rows.append(state[segment.start : segment.stop].clone())
            if item.end == len(request.payload):
                if request.kind == "next":
                    request.finish(mine[0].clone() if len(batch) > 1 else mine[0])
                else:
                    request.finish(request.rows)


class CausalModel(Spelling):
    """A left-to-right model as one session sees it. Each session keeps its own cache of keys; closing frees it.

    vocab_size, eos_id (None if the model has no end), context_length (tokens), adds_bos, uncased, has_chat_template.
    Calls of one session come one after another; different sessions run at once and share forward passes.
    """

    kind = "causal"

    def __init__(
        self,
        name: str,
        codec: TextCodec,
        engine: Answering,
        vocab_size: int,
        eos_id: int | None,
        context_length: int,
        cache: LogitsCache,
    ):
        self.name, self.codec = name, codec
        self.vocab_size, self.eos_id, self.context_length = vocab_size, eos_id, context_length
        self.bos_id = codec.bos_id
        self.adds_bos, self.uncased, self.has_chat_template = (
            codec.adds_bos,
            codec.uncased,
            codec.has_chat_template,
        )
        self._engine, self._cache, self._session = engine, cache, Session()
        self._closed = False
        self._one_at_a_time = threading.Lock()
        self._leave = weakref.finalize(self, engine.leave, self._session)

    def next_logits(self, ids) -> torch.Tensor:
        """Logits (V,), float32, of the token after `ids`; the longest beginning shared with the last call is not recomputed."""
        ids = self._checked(ids)
        with self._one_at_a_time:
            logits = self._engine.ask(self._session, "next", ids)
        self._cache.put((self.name, tuple(ids)), logits)
        return logits.clone()

    def logits_at(self, ids) -> torch.Tensor:
        """As `next_logits`, from the cache of steps on view if it is there: a moved slider runs no forward pass."""
        ids = self._checked(ids)
        found = self._cache.get((self.name, tuple(ids)))
        return found.clone() if found is not None else self.next_logits(ids)

    def logits_along(self, ids) -> torch.Tensor:
        """Logits (T, V), float32, teacher-forced: row t is the prediction after ids[:t + 1]."""
        ids = self._checked(ids)
        limits().check("max_score_tokens", len(ids), t("the text (tokens)"))
        return self._ask_rows("along", ids)

    def last_logits(self, ids, count: int) -> torch.Tensor:
        """Logits (count, V), float32, at the last `count` places of `ids`, in one forward pass over those and what of the text
        before them is not cached yet: how drafts are verified. The last row is `next_logits(ids)`."""
        ids = self._checked(ids)
        if not 1 <= count <= len(ids):
            raise ValueError(
                t("count must be in [1, {most}], got {got}", most=str(len(ids)), got=count)
            )
        return self._ask_rows("last", Ending(ids, count))

    def hidden_states(self, ids) -> torch.Tensor:
        """Last hidden states (T, D), float32; row t after ids[:t + 1]."""
        ids = self._checked(ids)
        limits().check("max_score_tokens", len(ids), t("the text (tokens)"))
        return self._ask_rows("hidden", ids)

    def _ask_rows(self, kind: str, ids: list[int]) -> torch.Tensor:
        with self._one_at_a_time:
            rows = self._engine.ask(self._session, kind, ids)
        return (
            torch.cat(rows) if len(rows) > 1 else rows[0].clone()
        )  # a tensor made outside inference mode

    def _checked(self, ids) -> list[int]:
        if self._closed:
            raise RunStopped(
                t("this session of the model was closed; ask the backend for a new one")
            )
        ids = [int(i) for i in ids]
        if not ids:
            raise ValueError(t("ids must hold at least one token, got none"))
        if len(ids) > self.context_length:
            raise ValueError(
                t(
                    "ids must hold at most {context_length} tokens (the model's context), got {got}",
                    context_length=self.context_length,
                    got=len(ids),
                )
            )
        if min(ids) < 0 or max(ids) >= self.vocab_size:
            bad = next(i for i in ids if not 0 <= i < self.vocab_size)
            raise ValueError(
                t(
                    "ids must be in [0, {highest}], got {got}",
                    highest=str(self.vocab_size - 1),
                    got=bad,
                )
            )
        return ids

    def close(self) -> None:
        """Leave the engine at once: a request that waits ends with RunStopped, the cache is freed. Closing twice is harmless."""
        self._closed = True
        self._leave()
