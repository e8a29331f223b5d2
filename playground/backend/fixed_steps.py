"""Forward passes of a few next tokens, recorded once and replayed: on CUDA as graphs, whose launch
costs one call.

A pass of a small network over a few rows is little work behind hundreds of launches. What such
passes have in common is recorded with everything at fixed addresses: so many rows, a block of
slots, so many places of each text. Fewer rows are filled up with copies of the first one, which
write the same keys to the same place.
"""

from __future__ import annotations

import logging
import os
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Protocol

import torch

from playground.backend.kv_cache import Block, Segment, planned

ROWS = (1, 2, 4, 8, 16)  # rows that are recorded; more of them pay for their launches themselves
SHORTEST = 64  # places; longer ones in powers of two
WORTH = 4  # passes of one kind before it is recorded
MOST = 48  # recordings kept, the least recently used one goes


class Recorder(Protocol):
    def record(
        self, work: Callable[[], tuple[torch.Tensor, ...]]
    ) -> tuple[Callable[[], None], tuple[torch.Tensor, ...]]:
        """(replay, outputs): `replay()` does the work of `work()` again and leaves its results in
        `outputs`."""
        ...


class CudaGraphs:
    """Recordings as CUDA graphs that share their memory: one engine's thread replays them one
    after another."""

    def __init__(self) -> None:
        self.pool = torch.cuda.graph_pool_handle()

    def record(self, work):
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            work()  # libraries set themselves up in their first call, which cannot be recorded
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        # other models' threads go on asking for memory meanwhile: only this thread's calls are
        # watched
        with torch.cuda.graph(graph, pool=self.pool, capture_error_mode="thread_local"):
            outputs = work()
        return graph.replay, outputs


def recorder_for(device: torch.device, lent: bool = False) -> Recorder | None:
    """CUDA's recorder; None elsewhere, with `PLAYGROUND_CUDA_GRAPHS=0`, and on a GPU lent for one
    call, which is over too soon."""
    wanted = os.environ.get("PLAYGROUND_CUDA_GRAPHS", "1").strip() != "0"
    return CudaGraphs() if device.type == "cuda" and wanted and not lent else None


class _OneBlock:
    """The plan of a recorded pass, as `packed_attention` reads it: single tokens of one block,
    each in a row of its own."""

    pieces: tuple = ()

    def __init__(self, block: Block, inputs: torch.Tensor, length: int):
        rows = inputs.shape[1]
        every = torch.arange(rows, device=inputs.device)
        cached, slots = inputs[1], inputs[2]
        mask = torch.arange(length, device=inputs.device)[None, :] <= cached[:, None]
        self.singles = [
            (
                *(block, every, slots, cached, length, 0, block.slots),
                *(False, every, rows, mask[:, None, None, :]),
            )
        ]


class FixedSteps:
    """The recorded passes of one network."""

    def __init__(self, network: Any, device: torch.device, recorder: Recorder):
        self.network, self.device, self.recorder = network, device, recorder
        self.usable = True
        self._seen: dict[tuple, int] = {}
        self._kept: OrderedDict[tuple, tuple] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def run(self, segments: list[Segment], ids: list[int], up: Callable) -> Any:
        """(logits (N, V) float32, (N,) bool whether a row is finite) of one next token a segment,
        in their order; None where this pass is none of the recorded kind, or not often enough met
        to be recorded. up: lists of numbers to the device."""
        block = segments[0].slot.block
        if not self.usable or len(segments) > ROWS[-1]:
            return None
        if any(one.slot.block is not block or one.stop - one.start != 1 for one in segments):
            return None
        rows = next(count for count in ROWS if count >= len(segments))
        longest = max(one.cached for one in segments) + 1
        length = min(block.capacity, max(SHORTEST, 1 << (longest - 1).bit_length()))
        kind = (id(block), rows, length)
        if kind not in self._kept:
            self._seen[kind] = self._seen.get(kind, 0) + 1
            if self._seen[kind] <= WORTH:
                return None
        filled = [*segments, *[segments[0]] * (rows - len(segments))]
        lists = [
            [*ids, *[ids[0]] * (rows - len(ids))],
            [one.cached for one in filled],
            [one.slot.index for one in filled],
        ]
        given = torch.stack(up(*lists))  # (3, rows): ids, positions, slots
        if kind not in self._kept and not self._record(kind, block, given, length):
            return None
        self._kept.move_to_end(kind)
        _, inputs, replay, outputs = self._kept[kind]
        inputs.copy_(given)
        replay()
        return tuple(part[: len(segments)] for part in outputs)

    def _record(self, kind: tuple, block: Block, given: torch.Tensor, length: int) -> bool:
        inputs = given.clone()

        def work() -> tuple[torch.Tensor, torch.Tensor]:
            with planned(_OneBlock(block, inputs, length)):  # type: ignore[arg-type]
                output = self.network(
                    input_ids=inputs[:1], position_ids=inputs[1:2], use_cache=False
                )
            logits = output.logits[0].float()
            return logits, torch.isfinite(logits.sum(-1))

        try:
            replay, outputs = self.recorder.record(work)
        except RuntimeError as error:
            # an architecture that waits for the device in its own code, or no memory left: passes
            # run as they do without this
            logging.getLogger(__name__).warning("passes are not recorded (%s)", str(error)[:200])
            self.usable = False
            self.clear()
            return False
        self._kept[kind] = (block, inputs, replay, outputs)
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)
        return True

    def forget(self, block: Block) -> None:
        """A block of slots was given up: what was recorded over it would keep its memory."""
        for kept in (self._kept, self._seen):
            for kind in [kind for kind in kept if kind[0] == id(block)]:
                del kept[kind]

    def clear(self) -> None:
        """Give up every recording."""
        self._kept.clear()
        self._seen.clear()
