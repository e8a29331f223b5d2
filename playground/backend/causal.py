"""The worker of left-to-right models: it runs the tokens of all sessions in one forward pass."""

from __future__ import annotations

import time
import weakref
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import torch
from transformers import AttentionInterface

from playground.backend.causal_requests import Item, Session, asked_places, common_prefix
from playground.backend.crossing import Arrival, Crossing
from playground.backend.engine_request import Request
from playground.backend.errors import EngineError, OutOfMemory
from playground.backend.fixed_steps import FixedSteps, Recorder
from playground.backend.kv_cache import (
    CacheFull,
    KeyStore,
    Plan,
    Segment,
    packed_attention,
    planned,
)
from playground.backend.limits import limits
from playground.backend.prepack import filled_up
from playground.i18n import t

AttentionInterface.register("packed", packed_attention)

KEPT_PREFIXES = 8  # caches of closed sessions that a later run with the same beginning starts from
WORTH_COPYING = 8  # tokens
SHORT = 32  # tokens: so many with drafts to verify go in a pass like one
IDLE_SECONDS = 1.0  # who has not asked for so long is not at work: its slot goes to one who waits


class CausalWorker:
    """Runs one network for all sessions; every method is called by the engine's loop."""

    def __init__(
        self,
        network: Any,
        context_length: int,
        budget: int,
        crossing: Crossing | None = None,
        recorder: Recorder | None = None,
    ):
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
        self.crossing = crossing or Crossing(self.device)
        self.fixed = FixedSteps(network, self.device, recorder) if recorder is not None else None
        if self.fixed is not None:
            self.store.given_up = self.fixed.forget
        self.kept: OrderedDict[int, Session] = OrderedDict()  # sessions that closed, oldest first
        self.open: weakref.WeakSet[Session] = weakref.WeakSet()
        self.busy: set[Session] = set()  # sessions of the tick that is being planned
        self.asking: set[Session] = set()  # sessions with a request that waits
        self.clock = time.monotonic
        self.turn = 0

    # choosing
    # ----------------------------------------------------------------------------------------------

    def plan(self, waiting: list[Request], tick: int) -> list[Item]:
        """Next tokens and drafts to verify of all sessions first; what is left of the budget goes
        to prompts, the one served longest ago first."""
        bounds = limits()
        ready: list[Item] = []
        long: list[Item] = []
        self.asking = {request.session for request in waiting}
        for request in waiting:
            self._arrive(request)
        for request in waiting:
            ids, done = request.payload, len(request.session.cached)
            new = len(ids) - done
            short = new == 1 or (request.kind == "last" and new <= min(ids.last, SHORT))
            (ready if short else long).append(Item(request, done, len(ids)))
        ready.sort(key=lambda item: item.request.order)
        long.sort(key=lambda item: (item.request.served, item.begin, item.request.order))
        self.busy.clear()
        batch: list[Item] = []
        rows = 0
        for item in ready:
            if rows >= bounds.tick_rows:
                break
            rows += item.tokens if self._join(batch, item, tick) else 0
        # alone, a prompt runs in large pieces; beside others, in small ones, so that nobody's token
        # waits long
        left = bounds.prompt_chunk if len(waiting) > 1 else 8 * bounds.prompt_chunk
        share = max(1, left // max(1, len(long)))
        for index, item in enumerate(long):
            if left <= 0 or len(batch) >= bounds.tick_rows:
                break
            take = left if index == len(long) - 1 else min(left, max(share, 16))
            item.end = min(item.end, item.begin + take)
            # one for whom there is no room takes nothing away from those who can go on
            left -= item.tokens if self._join(batch, item, tick) else 0
        if not batch and not any(
            one.slot is not None and one not in self.asking for one in self.open
        ):  # nobody is between two tokens: all wait for each other's slots
            first = min((*ready, *long), key=lambda item: item.request.order, default=None)
            if first is not None and not first.request.finished:
                self._join(batch, first, tick, force=True)
        return batch

    def _join(self, batch: list[Item], item: Item, tick: int, force: bool = False) -> bool:
        """Put an item into the pass if there is a slot for it."""
        if not self._place(item, force):
            return False
        item.request.served = tick
        self.busy.add(item.request.session)
        batch.append(item)
        return True

    def _arrive(self, request: Request) -> None:
        """Cut the session's cache back to what it shares with the request; find a beginning in
        other caches."""
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

    def _place(self, item: Item, force: bool) -> bool:
        """See to a slot that holds the item's end; a request for which there is no room at all is
        refused with a sentence."""
        request = item.request
        if self._slot_for(request.session, item.end, force):
            return True
        session = request.session
        if self.kept or any(one.slot is not None for one in self.open if one is not session):
            return False  # others are at work: it waits for their slots
        if session.slot is not None:  # its own shorter slot is in the way: it begins anew
            self._release(session)
            item.begin, item.end = 0, min(item.end, limits().prompt_chunk)
            if self._slot_for(session, len(request.payload)):
                return True
        request.finish(
            error=OutOfMemory(
                t(
                    "the memory set aside for caches does not hold {count} tokens; try a shorter "
                    "text",
                    count=len(request.payload),
                )
            )
        )
        return False

    def _slot_for(self, session: Session, tokens: int, force: bool = False) -> bool:
        slot = session.slot
        if slot is not None and tokens <= slot.block.capacity:
            return True
        while True:
            try:
                new = self.store.take(min(tokens + 32, self.store.longest))
                break
            except CacheFull:
                if not self._evict(session, force):
                    return False
        if slot is not None:
            self.store.copy(slot, new, len(session.cached))
            self.store.give_back(slot)
        session.slot = new
        return True

    def _evict(self, needy: Session, force: bool) -> bool:
        """Take the slot of the session that was used longest ago: closed ones first, then open
        ones. One that is at work keeps its slot against whoever asked before it, and one that waits
        for its own answer keeps it until nobody could go on (`force`): texts that take each other's
        slots in turn would all begin again and again."""
        if self.kept:
            _, session = self.kept.popitem(last=False)
            self._release(session)
            return True
        others = [
            session
            for session in self.open
            if session is not needy
            and session.slot is not None
            and session not in self.busy
            and (force or session not in self.asking)
        ]
        if not others:
            return False
        late = self.clock() - IDLE_SECONDS
        idle = [one for one in others if one not in self.asking and one.asked < late]
        oldest = min(idle or others, key=lambda session: session.used)
        if not force and not idle and oldest.used > needy.used:
            # all others have asked since then: they are at work, and this one waits for them
            return False
        self._release(oldest)  # it recomputes its beginning when it asks again
        return True

    def _release(self, session: Session, clean: bool = False) -> None:
        slot, session.slot, session.cached = session.slot, None, []
        if slot is not None:
            self.store.give_back(slot, clean)

    def leave(self, session: Session) -> None:
        """A session closed: its cache is kept a while for a run with the same beginning, within a
        small number."""
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

    def make_room(self) -> None:
        """Out of memory: give up every kept cache."""
        while self.kept:
            self._release(self.kept.popitem()[1])
        if self.fixed is not None:
            self.fixed.clear()
        if self.device.type == "cuda":
            torch.cuda.empty_cache()

    @staticmethod
    def _rows(item: Item) -> int:
        """How many places of a piece, its last ones, give logits."""
        if item.request.kind == "hidden":
            return int(item.end == len(item.request.payload))
        first = len(item.request.payload) - asked_places(item.request)
        return max(0, item.end - max(item.begin, first))

    # running
    # ----------------------------------------------------------------------------------------------

    @property
    def asynchronous(self) -> bool:
        """Whether a pass goes on by itself once it has been launched."""
        return self.crossing.asynchronous

    def run(self, batch: list[Item]) -> None:
        """One forward pass over the packed tokens of all items."""
        self.launch(batch)()

    @torch.inference_mode()
    def launch(self, batch: list[Item]) -> Callable[[], None]:
        """Begin a pass; calling what this returns waits for its logits and answers. Nothing before
        that waits for the device."""
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
        found = None
        if self.fixed is not None and not hidden and len(wanted) == len(ids) == len(batch):
            found = self.fixed.run(segments, ids, self.crossing.up)
        state: tuple[torch.Tensor, ...] = ()
        if found is None:
            *found, state = self._forward(ids, positions, segments, wanted, hidden)
        arrival = self.crossing.down(*found, *state)
        for item in batch:
            session = item.request.session
            if item.begin == 0:
                item.request.rows = []  # begun anew after its cache had been taken away
            # a pass that failed on its way is run again: the same places are then set to the same
            session.cached[item.begin :] = item.request.payload[item.begin : item.end]
        return lambda: self._answer(batch, segments, arrival)

    def _forward(self, ids, positions, segments, wanted, hidden):
        """(logits (wanted, V), whether each row is finite, what was asked of the hidden states: ()
        or one (N, D))."""
        if self.device.type == "cpu":
            empty = [0] * (filled_up(len(ids)) - len(ids))
            ids, positions = ids + empty, positions + empty
            wanted = wanted + [0] * (filled_up(len(wanted)) - len(wanted))
        plan = Plan(segments)
        ids, positions, keep, *parts = self.crossing.up(
            ids, positions, wanted or [0], *plan.numbers
        )
        with planned(plan.on(self.device, parts)):
            output = self.network(
                input_ids=ids[None],
                position_ids=positions[None],
                use_cache=False,
                logits_to_keep=keep,
                output_hidden_states=hidden,
            )
        logits = output.logits[0].float()
        state = (output.hidden_states[-1][0].float(),) if hidden else ()
        return logits, torch.isfinite(logits.sum(-1)), state

    @torch.inference_mode()
    def _answer(self, batch: list[Item], segments: list[Segment], arrival: Arrival) -> None:
        logits, good, *state = arrival.wait()
        finite = good.tolist()
        row = 0
        for item, segment in zip(batch, segments, strict=True):
            request = item.request
            rows = self._rows(item)
            mine, whole = logits[row : row + rows], all(finite[row : row + rows])
            row += rows
            if not whole:
                self._release(request.session, clean=True)
                request.finish(
                    error=EngineError(
                        t(
                            "the model's output is not finite (NaN or infinity); its weights may "
                            "be damaged"
                        )
                    )
                )
                continue
            if request.kind in ("along", "last"):
                request.rows.append(mine)
            elif request.kind == "hidden":
                request.rows.append(state[0][segment.start : segment.stop].clone())
            if item.end == len(request.payload):
                if request.kind == "next":
                    request.finish(mine[0].clone() if len(batch) > 1 else mine[0])
                else:
                    request.finish(request.rows)
