"""Beam search with its whole tree: every continuation that was weighed, what was kept, what was
pruned and why.

Same results as transformers' `generate(num_beams=N, do_sample=False)`, token for token:
log-probabilities in float32, the 2N best continuations looked at in each round (more if several
tokens end a text), scores divided by length**length_penalty once a text is finished, and its rule
for when no open beam can improve on the finished ones. One beam is greedy decoding over the logits,
as there. Where fewer than N continuations are possible, fewer are open and returned (the library
fills up with copies at -1e9).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from playground.decoding.distribution import descending
from playground.decoding.generation import end_ids
from playground.decoding.settings import DecodingSettings
from playground.decoding.stages import apply_stages
from playground.decoding.together import next_logits_of

# transformers' "minus infinity" for beams: far below any sum of log-probabilities, and finite.
_NEVER = -1.0e9
LENGTH_PENALTIES = (-5, 5)  # length**penalty stays within float32 for a million tokens


@dataclass
class Node:
    """One continuation that was weighed.

    id, parent: places in the tree (the root, the prompt, is 0 with parent None).
    step: from 1.
    log_probability: of this token given its beam, nats.
    score: their sum from the prompt. normalised:
    score/length**length_penalty.
    fate: "open" (goes on), "pruned" (not among the best), "finished" (a candidate for the result),
        "discarded" (finished, but not among the best N of its round or behind better finished
        ones), "root". In the end "result" marks what is returned.
    """

    id: int
    parent: int | None
    step: int
    token_id: int | None
    log_probability: float
    score: float
    normalised: float
    fate: str


@dataclass
class BeamTree:
    """All nodes in the order in which they were weighed; `rounds` says which ids each round
    added."""

    nodes: list[Node] = field(default_factory=list)
    rounds: list[list[int]] = field(default_factory=list)

    def path(self, node_id: int) -> list[int]:
        """Token ids from the prompt to a node, that node's included."""
        tokens: list[int] = []
        node = self.nodes[node_id]
        while node.parent is not None and node.token_id is not None:
            tokens.append(node.token_id)
            node = self.nodes[node.parent]
        return tokens[::-1]

    def to_dict(self) -> dict[str, Any]:
        """Plain data: one dict a node."""
        return {
            "nodes": [dict(vars(node)) for node in self.nodes],
            "rounds": [list(ids) for ids in self.rounds],
        }


class BeamResult(list):
    """(generated ids, normalised score) pairs, best first; `.tree` shows how they were found,
    `.finish` why it ended.

    finish: "finished" (no open beam can improve), "max_new_tokens", "context" or "stopped".
    """

    tree: BeamTree
    finish: str


def beam_search(
    model: Any,
    prompt_ids: Sequence[int],
    num_beams: int,
    max_new_tokens: int,
    length_penalty: float = 1.0,
    early_stopping: bool | str = False,
    settings: DecodingSettings | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> BeamResult:
    """The num_beams best texts that beam search finds: a list of (generated ids, score), best
    first, with `.tree`.

    score: sum of log-probabilities (nats) / length**length_penalty; an end-of-text token belongs to
        the ids. length_penalty above 0 favours longer texts. early_stopping, as in transformers:
        False (a heuristic at the present length), True (as soon as num_beams texts are finished),
        "never" (only when no longer text can win).
    settings: its penalties act on the log-probabilities, with one beam on the logits, as
        transformers' do; its sampling rules do nothing. With one beam length_penalty scales the
        score and decides nothing.
    """
    rules = (length_penalty, early_stopping, settings, should_stop)
    *_, last = beam_rounds(model, prompt_ids, num_beams, max_new_tokens, *rules)
    assert isinstance(last, BeamResult)
    return last


def beam_rounds(
    model: Any,
    prompt_ids: Sequence[int],
    num_beams: int,
    max_new_tokens: int,
    length_penalty: float = 1.0,
    early_stopping: bool | str = False,
    settings: DecodingSettings | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Iterator[BeamTree | BeamResult]:
    """`beam_search` round by round: yields the growing tree after each, and the BeamResult last."""
    settings = settings.for_model(model) if settings is not None else None
    if not 1 <= num_beams <= 64:
        raise ValueError(f"num_beams must be in [1, 64], got {num_beams}")
    if max_new_tokens < 1:
        raise ValueError(f"max_new_tokens must be at least 1, got {max_new_tokens}")
    low, high = LENGTH_PENALTIES
    if not low <= length_penalty <= high:
        raise ValueError(f"length_penalty must be in [{low}, {high}], got {length_penalty}")
    if early_stopping not in (True, False, "never"):
        raise ValueError(f'early_stopping must be true, false or "never", got {early_stopping!r}')
    prompt = [int(token) for token in prompt_ids]
    if not prompt and not getattr(model, "starts_empty", False):
        raise ValueError("prompt_ids must hold at least 1 token, got 0")
    longest = getattr(model, "context_length", None)
    limit = max_new_tokens if longest is None else min(max_new_tokens, longest - len(prompt))
    if limit < 1:
        raise ValueError(
            f"prompt_ids must leave room in the model's context of {longest} tokens, got "
            f"{len(prompt)}"
        )
    search = _Search(prompt, num_beams, limit, length_penalty, early_stopping, end_ids(model))
    finish = None
    while finish is None:
        if should_stop is not None and should_stop():
            finish = "stopped"
            break
        open_texts = [search.tree.path(node) for node in search.open]
        rows = next_logits_of(model, [prompt + text for text in open_texts])
        contexts = [prompt + text for text in open_texts]
        if num_beams == 1:
            logits = _penalised(rows[0], contexts[0], len(prompt), settings)  # (V,)
            search.grow(torch.log_softmax(logits, -1)[None], by=logits)
        else:
            scored = [
                _penalised(_log_softmax(row), context, len(prompt), settings)
                for row, context in zip(rows, contexts, strict=True)
            ]
            search.grow(torch.stack(scored))  # (open, V)
        finish = search.finished(longest is not None and limit < max_new_tokens)
        yield search.tree
    yield search.result(finish)


def _log_softmax(row: np.ndarray) -> np.ndarray:
    return torch.log_softmax(torch.from_numpy(row), -1).numpy()


def _penalised(
    row: np.ndarray, context: Sequence[int], prompt_length: int, settings: DecodingSettings | None
) -> torch.Tensor:
    """A row of logits or log-probabilities after the penalties. (V,)"""
    if settings is None:
        return torch.from_numpy(row)
    greedy = settings.with_changes(do_sample=False)
    return apply_stages(row, context, greedy, prompt_length)[-2].logits  # [-1]: the draw


class _Search:
    """State between rounds: the open beams (node ids, best first), and the finished ones with their
    normalised scores."""

    def __init__(
        self,
        prompt: list[int],
        beams: int,
        limit: int,
        length_penalty: float,
        early_stopping: bool | str,
        ends: frozenset[int],
    ):
        self.beams, self.limit, self.length_penalty = beams, limit, length_penalty
        self.early_stopping, self.ends = early_stopping, ends
        self.weighed = max(2, 1 + len(ends)) * beams
        self.tree = BeamTree([Node(0, None, 0, None, 0.0, 0.0, 0.0, "root")], [])
        self.open = [0]  # at first the prompt alone: more beams would hold the same tokens
        self.open_scores = torch.zeros(1)
        self.done: list[int | None] = [None] * beams
        self.done_scores = torch.full((beams,), _NEVER)
        self.length = 0
        self.improvable, self.all_end = True, False

    def grow(self, log_p: torch.Tensor, by: torch.Tensor | None = None) -> None:
        """One round. log_p: (n, V), the next token's log-probabilities for each of the n ≤ N open
        beams, -inf for a forbidden one, which is no continuation. by: (V,) logits that order those
        of a single beam, finer than their log-probabilities."""
        size = log_p.shape[1]
        total = (log_p + self.open_scores[:, None]).reshape(-1)  # (n·V,)
        if by is None:
            scores, places = torch.topk(total, min(self.weighed, len(total)))
        else:
            places = torch.from_numpy(descending(by.numpy(), min(self.weighed, size)))
            scores = total[places]
        scores, places = scores[scores > -np.inf], places[scores > -np.inf]
        self.length += 1
        norm = self.length**self.length_penalty
        added, ends_here = [], []
        for score, place in zip(scores.tolist(), places.tolist(), strict=True):
            beam, token = divmod(place, size)
            node = Node(
                len(self.tree.nodes),
                self.open[beam],
                self.length,
                token,
                float(log_p[beam, token]),
                score,
                score / norm,
                "pruned",
            )
            self.tree.nodes.append(node)
            added.append(node.id)
            ends_here.append(token in self.ends or self.length >= self.limit)
        self.tree.rounds.append(added)
        hits = torch.tensor(ends_here, dtype=torch.bool)
        self.all_end = bool(hits.all())
        # the N best that can go on do
        chosen = [place for place, ends in enumerate(ends_here) if not ends][: self.beams]
        self.open = [added[place] for place in chosen]
        self.open_scores = scores[chosen]
        for node in self.open:
            self.tree.nodes[node].fate = "open"
        self._finish(added, scores, hits, norm)
        self._weigh_hope()

    def _finish(
        self, added: list[int], scores: torch.Tensor, hits: torch.Tensor, norm: float
    ) -> None:
        """Finished texts among the N best of the round compete with those finished before."""
        entering = hits & (torch.arange(len(added)) < self.beams)
        offered = scores / norm
        if self.early_stopping is True and all(node is not None for node in self.done):
            offered = offered + _NEVER
        if not self.improvable:
            offered = offered + _NEVER
        offered = offered + (~entering).float() * _NEVER
        merged = torch.cat([self.done_scores, offered])
        best = torch.topk(merged, self.beams)[1].tolist()
        holders = self.done + [
            node if enters else None for node, enters in zip(added, entering.tolist(), strict=True)
        ]
        self.done, self.done_scores = [holders[place] for place in best], merged[best]
        for node, hit in zip(added, hits.tolist(), strict=True):
            if hit:
                self.tree.nodes[node].fate = "finished" if node in self.done else "discarded"
        for node in holders[: self.beams]:
            if node is not None and node not in self.done:
                self.tree.nodes[node].fate = "discarded"

    def _weigh_hope(self) -> None:
        """Can the best open beam still beat the worst finished one? Once it cannot, it never can
        again."""
        hopeful = (
            self.limit
            if self.early_stopping == "never" and self.length_penalty > 0
            else self.length
        )
        if not self.open:
            self.improvable = False
            return
        best_open = self.open_scores[0] / hopeful**self.length_penalty
        worst = self.done_scores.min()
        bars = torch.tensor([float(worst) if node is not None else _NEVER for node in self.done])
        self.improvable = self.improvable and bool((best_open > bars).any())

    def finished(self, limited_by_context: bool) -> str | None:
        """Why the search is over, None while it is not."""
        if self.all_end and self.length >= self.limit:
            return "context" if limited_by_context else "max_new_tokens"
        first = self.early_stopping is True or self.beams == 1
        full = first and all(node is not None for node in self.done)
        return "finished" if full or not self.improvable or self.all_end else None

    def result(self, finish: str) -> BeamResult:
        """Finished texts, best first; a stopped search adds its open beams as they are."""
        ranked = [
            (node, float(score))
            for node, score in zip(self.done, self.done_scores, strict=True)
            if node is not None
        ]
        if finish == "stopped" and self.length:
            ranked += [(node, self.tree.nodes[node].normalised) for node in self.open]
            ranked = sorted(ranked, key=lambda pair: -pair[1])[: self.beams]
        result = BeamResult((self.tree.path(node), score) for node, score in ranked)
        for node, _ in ranked:
            self.tree.nodes[node].fate = "result"
        result.tree, result.finish = self.tree, finish
        return result
