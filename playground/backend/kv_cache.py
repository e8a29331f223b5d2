"""Keys and values of every session's tokens, in slots: the KV cache that one batched forward writes
and reads in place.

A slot holds one session's cache. Slots of one capacity lie side by side in a block, so that the
attention of all sessions in a block is one call on a view, without copying; a session that outgrows
its slot moves to one of the next capacity. The network is called with the tokens of all sessions
packed in one row (1, N); all layers but attention work position by position, and attention is
`packed_attention` below, which keeps the sessions apart.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch.nn.functional import scaled_dot_product_attention

from playground.i18n import t

CAPACITIES = (
    (128, 16),
    (512, 8),
    (2048, 4),
    (8192, 1),
    (32768, 1),
    (131072, 1),
)  # (tokens, slots of a block)


class CacheFull(Exception):
    """No slot within the memory budget."""


@dataclass
class Block:
    """Slots of one capacity. keys, values: for each layer a tensor (slots, KV heads, capacity, head
    size)."""

    capacity: int
    keys: list[torch.Tensor]
    values: list[torch.Tensor]
    bytes: int
    free: list[int] = field(default_factory=list)
    slots: int = 0


@dataclass(eq=False)
class Slot:
    block: Block
    index: int


class KeyStore:
    """All slots of one network, within `budget` bytes."""

    def __init__(
        self,
        layers: int,
        heads: int,
        head_size: int,
        dtype: torch.dtype,
        device: torch.device,
        budget: int,
        longest: int,
    ):
        self.layers, self.heads, self.head_size = layers, heads, head_size
        self.dtype, self.device = dtype, device
        self.budget, self.longest = budget, longest
        self.blocks: list[Block] = []
        self.given_up: Callable[[Block], None] = lambda block: None  # called with a block freed
        self.token_bytes = (
            2 * layers * heads * head_size * torch.empty((), dtype=dtype).element_size()
        )

    @property
    def bytes(self) -> int:
        return sum(block.bytes for block in self.blocks)

    def take(self, tokens: int) -> Slot:
        """A slot for at least `tokens` tokens; CacheFull if the budget does not hold another
        block."""
        capacity, slots = next(((c, s) for c, s in CAPACITIES if c >= tokens), CAPACITIES[-1])
        capacity = min(capacity, max(self.longest, 1))
        if tokens > capacity:
            raise CacheFull(
                t(
                    "{tokens} tokens are more than the model's {longest}",
                    tokens=tokens,
                    longest=self.longest,
                )
            )
        candidates = [block for block in self.blocks if block.capacity == capacity and block.free]
        if not candidates:
            candidates = [self._grow(capacity, slots)]
        block = min(
            candidates, key=lambda block: len(block.free)
        )  # fill a block before the next: dense views
        return Slot(block, block.free.pop(0))

    def _grow(self, capacity: int, slots: int) -> Block:
        while slots > 1 and self.bytes + capacity * slots * self.token_bytes > self.budget:
            slots //= 2
        size = capacity * slots * self.token_bytes
        if self.bytes + size > self.budget:
            raise CacheFull(
                t(
                    "{size} MB more than the cache's budget of {budget} MB",
                    size=f"{size / 1e6:.0f}",
                    budget=f"{self.budget / 1e6:.0f}",
                )
            )
        shape = (slots, self.heads, capacity, self.head_size)
        # zeros: what lies behind a session's end has weight 0 in its attention, but 0 x NaN would
        #   be NaN
        keys = [
            torch.zeros(shape, dtype=self.dtype, device=self.device) for _ in range(self.layers)
        ]
        values = [
            torch.zeros(shape, dtype=self.dtype, device=self.device) for _ in range(self.layers)
        ]
        block = Block(capacity, keys, values, size, list(range(slots)), slots)
        self.blocks.append(block)
        return block

    def give_back(self, slot: Slot, clean: bool = False) -> None:
        """Free a slot; the last one of a block frees the block. clean: zero it (it may hold values
        that are not finite)."""
        block = slot.block
        if clean:
            for tensor in (*block.keys, *block.values):
                tensor[slot.index].zero_()
        block.free.append(slot.index)
        block.free.sort()
        if len(block.free) == block.slots:
            self.blocks = [other for other in self.blocks if other is not block]
            self.given_up(block)

    def copy(self, source: Slot, target: Slot, tokens: int) -> None:
        """Copy the first `tokens` tokens' keys and values."""
        if tokens:
            pairs = zip(
                (*source.block.keys, *source.block.values),
                (*target.block.keys, *target.block.values),
                strict=True,
            )
            for old, new in pairs:
                new[target.index, :, :tokens] = old[source.index, :, :tokens]


@dataclass
class Segment:
    """Tokens of one session in a packed row: columns start:stop, which continue `cached` tokens in
    `slot`."""

    slot: Slot
    start: int
    stop: int
    cached: int


class Plan:
    """How the attention of one packed row falls into calls: single tokens block by block, longer
    pieces one by one.

    `numbers` are the whole numbers that it needs on the device, a list each; `on` takes them as
    tensors there.
    """

    def __init__(self, segments: list[Segment]):
        self.longer = [one for one in segments if one.stop - one.start > 1]
        self.groups: list[list[Segment]] = []
        by_block: dict[int, list[Segment]] = {}
        for segment in segments:
            if segment.stop - segment.start == 1:
                by_block.setdefault(id(segment.slot.block), []).append(segment)
        self.alone = [group[0] for group in by_block.values() if len(group) == 1]
        self.groups = [
            sorted(group, key=lambda segment: segment.slot.index)
            for group in by_block.values()
            if len(group) > 1
        ]
        self.numbers = [
            numbers
            for group in self.groups
            for numbers in (
                [segment.start for segment in group],
                [segment.slot.index for segment in group],
                [segment.cached for segment in group],
            )
        ]
        self.pieces: list[tuple[Segment, torch.Tensor | None]] = []
        self.singles: list[tuple] = []

    def on(self, device: torch.device, numbers: list[torch.Tensor]) -> Plan:
        """Itself, with the masks and rows of each call."""
        self.pieces = [(one, _causal_mask(one, device)) for one in self.longer]
        self.pieces += [(one, None) for one in self.alone]
        self.singles = [
            self._single_tokens(group, device, *numbers[3 * place : 3 * place + 3])
            for place, group in enumerate(self.groups)
        ]
        return self

    @staticmethod
    def _single_tokens(
        group: list[Segment],
        device: torch.device,
        columns: torch.Tensor,
        slots: torch.Tensor,
        cached: torch.Tensor,
    ) -> tuple:
        block = group[0].slot.block
        longest = max(segment.cached for segment in group) + 1
        low, high = group[0].slot.index, group[-1].slot.index + 1
        view = 2 * len(group) >= high - low  # a view over idle slots too, unless most would be idle
        rows = slots - low if view else torch.arange(len(group), device=device)
        count = high - low if view else len(group)
        ends = torch.zeros(count, dtype=torch.long, device=device)
        ends[rows] = cached
        mask = torch.arange(longest, device=device)[None, :] <= ends[:, None]  # (slots, T)
        return (
            block,
            columns,
            slots,
            cached,
            longest,
            low,
            high,
            view,
            rows,
            count,
            mask[:, None, None, :],
        )


def _causal_mask(segment: Segment, device: torch.device) -> torch.Tensor:
    total = segment.cached + segment.stop - segment.start
    return (
        torch.arange(total, device=device)[None, :]
        <= torch.arange(segment.cached, total, device=device)[:, None]
    )


_now = threading.local()


class planned:
    """`with planned(plan):` the plan that `packed_attention` follows in this thread."""

    def __init__(self, plan: Plan):
        self.plan = plan

    def __enter__(self):
        _now.plan = self.plan

    def __exit__(self, *_):
        _now.plan = None


def packed_attention(
    module, query, key, value, attention_mask=None, scaling=None, dropout=0.0, **kwargs
):
    """Attention of packed sessions over their slots; registered with transformers under the name
    `packed`.

    query (1, H, N, D), key and value (1, KV heads, N, D) -> (1, N, H, D). Heads that share a key
    head are folded into the query axis, so nothing is repeated.
    """
    plan: Plan = _now.plan
    layer = module.layer_idx
    heads, columns, size = query.shape[1:]
    shared = key.shape[1]
    fold = heads // shared
    query, key, value = query[0], key[0], value[0]  # (H, N, D), (KV, N, D)
    out = query.new_zeros((columns, heads, size))  # empty columns stay finite
    for segment, mask in plan.pieces:
        start, stop, cached = segment.start, segment.stop, segment.cached
        index, end = segment.slot.index, segment.cached + segment.stop - segment.start
        keys, values = (
            segment.slot.block.keys[layer][index],
            segment.slot.block.values[layer][index],
        )
        keys[:, cached:end] = key[:, start:stop]
        values[:, cached:end] = value[:, start:stop]
        piece = query[:, start:stop].reshape(1, shared, -1, size)  # (1, KV, fold * n, D)
        if mask is not None:
            mask = mask.repeat(fold, 1) if fold > 1 else mask
        result = scaled_dot_product_attention(
            piece, keys[None, :, :end], values[None, :, :end], attn_mask=mask, scale=scaling
        )
        out[start:stop] = result.reshape(heads, stop - start, size).transpose(0, 1)
    for block, picked, slots, cached, longest, low, high, view, rows, count, mask in plan.singles:
        keys, values = block.keys[layer], block.values[layer]
        keys[slots, :, cached] = key[:, picked].transpose(0, 1)
        values[slots, :, cached] = value[:, picked].transpose(0, 1)
        piece = query[:, picked].transpose(0, 1)  # (n, H, D)
        if count != len(picked):
            padded = piece.new_zeros((count, heads, size))
            padded[rows] = piece
            piece = padded
        piece = piece.reshape(count, shared, fold, size)
        near = (
            keys[low:high, :, :longest] if view else keys[slots, :, :longest]
        )  # (slots, KV, T, D)
        far = values[low:high, :, :longest] if view else values[slots, :, :longest]
        result = scaled_dot_product_attention(piece, near, far, attn_mask=mask, scale=scaling)
        result = result.reshape(count, heads, size)
        out[picked] = result if count == len(picked) else result[rows]
    return out[None], None
