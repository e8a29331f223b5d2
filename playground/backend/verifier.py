"""The learned verifier of self-speculative masked diffusion (arXiv 2510.03929): its network, its
one file, and a pass over a canvas.

A masked network drafts every hidden place at once, each without knowing the others. The verifier
reads those drafts in an order of the places and says, for each, how likely it is given the canvas
and the drafts before it. It consists of copies of the masked network's last blocks, trained on
(`playground.training.verifier`), over two kinds of rows:

    content  one for each visible or drafted place; a drafted one enters as A h + B (E[x] + P) + c,
    h the masked network's own
             state at that place, x the draft; it reads the content up to its own turn
    query    one for each hidden place, entering as h; it reads the content before its turn, itself, and nothing of its own draft

Both also read the masked network's states at the places whose turn comes later; these depend on the
canvas alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional

from playground.backend.errors import WeightsRefused
from playground.backend.trained_files import check_shapes, read_trained
from playground.i18n import t

FORMAT = "self-speculative-verifier-1"
LARGEST_FILE = 9_400_000  # bytes: what a plain push to a Space takes


@dataclass(frozen=True)
class VerifierShape:
    """Sizes of a verifier; all but `blocks` are those of the masked network it belongs to."""

    blocks: int
    width: int
    heads: int
    inner: int
    epsilon: float = 1e-12

    @classmethod
    def of(cls, network: Any, blocks: int = 2) -> VerifierShape:
        """The shape that fits a BertForMaskedLM."""
        config = network.config
        return cls(
            blocks,
            config.hidden_size,
            config.num_attention_heads,
            config.intermediate_size,
            config.layer_norm_eps,
        )


# this module's names: those of a BERT block
_OF_BLOCK = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "joined": "attention.output.dense",
    "joined_norm": "attention.output.LayerNorm",
    "inner": "intermediate.dense",
    "outer": "output.dense",
    "outer_norm": "output.LayerNorm",
}


class VerifierBlock(nn.Module):
    """A BERT block whose rows read from other rows than themselves."""

    def __init__(self, shape: VerifierShape):
        super().__init__()
        width = shape.width
        self.heads = shape.heads
        self.query, self.key, self.value, self.joined = (nn.Linear(width, width) for _ in range(4))
        self.joined_norm = nn.LayerNorm(width, eps=shape.epsilon)
        self.inner, self.outer = nn.Linear(width, shape.inner), nn.Linear(shape.inner, width)
        self.outer_norm = nn.LayerNorm(width, eps=shape.epsilon)

    def forward(
        self, rows: torch.Tensor, sources: torch.Tensor, barred: torch.Tensor
    ) -> torch.Tensor:
        """rows (B, R, D) read from sources (B, S, D) where barred (B, R, S) is False; returns (B,
        R, D)."""
        q, k, v = (
            part.unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for part in (self.query(rows), self.key(sources), self.value(sources))
        )
        scores = (q @ k.transpose(2, 3)).float() * q.shape[-1] ** -0.5  # (B, H, R, S)
        shares = scores.masked_fill(barred[:, None], -1e4).softmax(-1).to(v.dtype)
        read = (shares @ v).transpose(1, 2).flatten(2)
        middle = self.joined_norm(self.joined(read) + rows)
        return self.outer_norm(self.outer(functional.gelu(self.inner(middle))) + middle)


def take_places(values: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
    """values (B, L, D) at places (B, N) -> (B, N, D)."""
    return values.gather(1, places[..., None].expand(-1, -1, values.shape[-1]))


class Verifier(nn.Module):
    """States of the output layer for each hidden place, given the drafts before it."""

    def __init__(self, shape: VerifierShape):
        super().__init__()
        self.shape = shape
        self.drafted = nn.Linear(2 * shape.width, shape.width)  # [h, E[x] + P] -> content
        self.blocks = nn.ModuleList(VerifierBlock(shape) for _ in range(shape.blocks))
        self.head = nn.Linear(shape.width, shape.width)
        self.head_norm = nn.LayerNorm(shape.width, eps=shape.epsilon)

    @classmethod
    def from_network(cls, network: Any, blocks: int = 2) -> Verifier:
        """A verifier that starts as the last `blocks` blocks and the head of a BertForMaskedLM;
        float32."""
        layers = network.bert.encoder.layer
        if not 1 <= blocks <= len(layers):
            raise ValueError(
                t("blocks must be in [1, {count}], got {got}", count=str(len(layers)), got=blocks)
            )
        verifier = cls(VerifierShape.of(network, blocks))
        with torch.no_grad():
            for block, layer in zip(verifier.blocks, layers[-blocks:], strict=True):
                for mine, theirs in _OF_BLOCK.items():
                    block.get_submodule(mine).load_state_dict(
                        layer.get_submodule(theirs).state_dict()
                    )
            transform = network.cls.predictions.transform
            verifier.head.load_state_dict(transform.dense.state_dict())
            verifier.head_norm.load_state_dict(transform.LayerNorm.state_dict())
        return verifier

    def forward(
        self,
        states: Sequence[torch.Tensor],
        embedded: torch.Tensor,
        order: torch.Tensor,
        count: int | None = None,
    ) -> torch.Tensor:
        """(B, count, D) states of the output layer for the first `count` places of the order (all
        of them if None).

        states: what enters each of the masked network's last blocks, (B, L, D) each. embedded (B,
            L, D): E[x] + P with the drafts in their places; read at drafted places alone. order (B,
            M): the hidden places, -1 behind the end of a shorter row.
        """
        slots = order.shape[1]
        count = slots if count is None else count
        present = order >= 0
        places = order.clamp(min=0)
        rank = _ranks(order, embedded.shape[1])  # (B, L): 0 visible, i the i-th of the order
        kept = int((rank <= count).sum(1).max())
        content_at = (rank > count).long().argsort(dim=1, stable=True)[:, :kept]  # (B, C)
        rank = rank.gather(1, content_at)
        before = take_places(states[0], content_at)
        drafted = self.drafted(torch.cat([before, take_places(embedded, content_at)], -1))
        content = torch.where((rank > 0)[..., None], drafted, before)
        query = take_places(states[0], places[:, :count])
        barred = ~_may_read(rank, present, count)  # (B, C + count, C + count + M)
        for number, (block, state) in enumerate(zip(self.blocks, states, strict=True)):
            content, query = content.to(drafted.dtype), query.to(drafted.dtype)
            sources = torch.cat([content, query, take_places(state, places).to(drafted.dtype)], 1)
            if number + 1 == len(self.blocks):  # nothing reads the last block's content
                query = block(query, sources, barred[:, kept:])
            else:
                rows = block(torch.cat([content, query], 1), sources, barred)
                content, query = rows[:, :kept], rows[:, kept:]
        return self.head_norm(functional.gelu(self.head(query)))

    def save(self, path: str | Path, trunk: str) -> None:
        """One float16 safetensors file that names its shape and the masked network it belongs
        to."""
        save_file(
            {
                name: value.detach().to("cpu", torch.float16).contiguous()
                for name, value in self.state_dict().items()
            },
            path,
            metadata={
                "format": FORMAT,
                "shape": json.dumps(asdict(self.shape)),
                "trunk": trunk,
            },
        )


def _ranks(order: torch.Tensor, length: int) -> torch.Tensor:
    """(B, L): which turn each place has in the order (B, M), from 1; 0 for places that are not in
    it."""
    rank = torch.zeros(len(order), length + 1, dtype=torch.long, device=order.device)
    turns = torch.arange(1, order.shape[1] + 1, device=order.device).expand_as(order)
    rank.scatter_(1, order.where(order >= 0, length), turns)
    return rank[:, :length]


def _may_read(rank: torch.Tensor, present: torch.Tensor, count: int) -> torch.Tensor:
    """(B, C + count, C + count + M) bool: which rows (content, queries) read which sources
    (content, queries, later masks)."""
    rows, slots = present.shape
    turn = torch.arange(1, slots + 1, device=rank.device)
    asked = turn[:count]
    nothing = torch.zeros(rows, rank.shape[1], count, dtype=torch.bool, device=rank.device)
    itself = torch.eye(count, dtype=torch.bool, device=rank.device).expand(rows, -1, -1)
    from_content = torch.cat(
        [
            rank[:, None, :] <= rank[:, :, None],
            nothing,
            (turn > rank[:, :, None]) & present[:, None, :],
        ],
        2,
    )
    from_query = torch.cat(
        [
            rank[:, None, :] < asked[None, :, None],
            itself,
            (turn > asked[:, None]) & present[:, None, :],
        ],
        2,
    )
    return torch.cat([from_content, from_query], 1)


def load_verifier(path: str | Path, network: Any) -> Verifier:
    """The verifier of a file that `Verifier.save` wrote, float32, ready to use; WeightsRefused if
    it does not fit the network."""
    path = Path(path)
    refusal = t(
        "{name} is no verifier: its header does not say {format}",
        name=path.name,
        format=repr(FORMAT),
    )
    stored, about = read_trained(path, FORMAT, refusal)
    shape = VerifierShape(**json.loads(about["shape"]))
    if shape != VerifierShape.of(network, shape.blocks):
        raise WeightsRefused(
            t(
                "{name} belongs to another network: its shape is {shape}, the network's {value}",
                name=path.name,
                shape=shape,
                value=VerifierShape.of(network, shape.blocks),
            )
        )
    verifier = Verifier(shape)
    check_shapes(
        stored,
        verifier.state_dict(),
        t("{name} does not hold exactly the tensors of a verifier", name=path.name),
    )
    verifier.load_state_dict({name: value.float() for name, value in stored.items()})
    return verifier.eval().requires_grad_(False)


@torch.inference_mode()
def judge(
    network: Any,
    verifier: Verifier,
    states: Sequence[torch.Tensor],
    pieces: torch.Tensor,
    order: torch.Tensor,
    count: int | None = None,
) -> torch.Tensor:
    """(B, count, V) logits, float32, of each place of the order (B, M) given the canvas and the
    pieces (B, L) at the places before.

    states as `Verifier.forward` has them. What it says of the first place is not used: there the
    draft's own law counts.
    """
    embedded = embed(network.bert.embeddings, pieces)
    found = verifier(states, embedded, order, count)
    decoder = network.cls.predictions.decoder
    return functional.linear(found, decoder.weight, decoder.bias).float()


class Reading:
    """One run of the masked network over canvases (B, L); `verify` may be asked any number of
    times.

    judge: (pieces (B, L), order (B, M), count) -> (B, count, V) logits. logits (B, L, V): the
        drafts'.
    """

    reads_order = True

    def __init__(self, logits: torch.Tensor, judge: Callable[..., torch.Tensor]):
        self.logits, self._judge = logits, judge

    def verify(
        self, pieces: torch.Tensor, order: torch.Tensor, count: int | None = None
    ) -> torch.Tensor:
        """(B, count, V) logits of each place of the order given the canvas and the pieces (B, L) at
        the places before it.

        The first one's are the draft's own.
        """
        logits = self._judge(pieces, order, count)
        first = order[:, :1].clamp(min=0).to(self.logits.device)
        return torch.cat([take_places(self.logits, first), logits[:, 1:]], 1)


class SelfSpeculative:
    """A masked network with its verifier and nothing around them, as the sampler self-speculative
    asks for it."""

    def __init__(self, network: Any, verifier: Verifier, mask_id: int):
        self.network, self.verifier, self.mask_id = network, verifier, mask_id
        self.vocab_size = int(network.config.vocab_size)

    @torch.inference_mode()
    def draft(self, canvas: torch.Tensor) -> Reading:
        """Run the masked network over canvas (B, L), rows of one length."""
        states, last = trunk_states(self.network, canvas, self.verifier.shape.blocks)
        return Reading(
            self.network.cls(last).float(), partial(judge, self.network, self.verifier, states)
        )


def embed(embeddings: Any, pieces: torch.Tensor) -> torch.Tensor:
    """(B, L, D): E[x] + P of pieces (B, L)."""
    words, positions = embeddings.word_embeddings.weight, embeddings.position_embeddings.weight
    return words[pieces] + positions[: pieces.shape[1]]


def trunk_states(
    network: Any, canvas: torch.Tensor, blocks: int
) -> tuple[tuple[torch.Tensor, ...], torch.Tensor]:
    """What enters each of the last `blocks` blocks of a BertForMaskedLM, (B, L, D) each, and what
    leaves the last one."""
    every = network.bert(input_ids=canvas, output_hidden_states=True).hidden_states
    return tuple(every[-blocks - 1 : -1]), every[-1]
