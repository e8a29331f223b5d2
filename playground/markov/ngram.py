"""n-gram models of a text: order n conditions on the n previous tokens (order 1 is the bigram
model).

A causal model like the networks (next_logits over the whole vocabulary) and, through
`context_chain`, a Markov chain over contexts. Ties: the token that appears first in the text
(lowest number) first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np

from .chain import MarkovChain
from .context_chain import ContextChain, context_chain
from .counts import ContextTable, count_contexts, number_characters, number_tokens
from .validation import check_count, uniforms

UNITS = ("word", "character")
ENDINGS = ("end", "wrap")
SMOOTHINGS = ("none", "add-k", "backoff")
LONGEST_TEXT = 5_000_000  # bytes of UTF-8
LARGEST_CHAIN = 2_000  # states of a dense matrix


class NgramModel:
    """Made by `fit`. Also a causal model: vocab_size, eos_id, encode, decode, next_logits,
    logits_along, hidden_states, close.

    tokens: the vocabulary, in the order of first appearance (the end mark, written "", last where
        ending is "end").
    """

    def __init__(
        self,
        numbers: np.ndarray,
        distinct: Sequence[str],
        order: int,
        unit: str = "word",
        smoothing: str = "none",
        k: float = 1.0,
        ending: str = "end",
    ):
        self.order = check_count(order, "order", 1, 5)
        for field, value, allowed in (
            ("unit", unit, UNITS),
            ("smoothing", smoothing, SMOOTHINGS),
            ("ending", ending, ENDINGS),
        ):
            if value not in allowed:
                raise ValueError(f"{field} must be one of {', '.join(allowed)}, got {value!r}")
        if not (isinstance(k, (int, float)) and 0 < k < float("inf")):
            raise ValueError(f"k must be a positive number, got {k!r}")
        if len(numbers) <= order:
            raise ValueError(
                f"text must hold more than {order} {unit}s for order {order}, got {len(numbers)}"
            )
        self.unit, self.smoothing, self.k, self.ending = unit, smoothing, float(k), ending
        self.numbers = numbers  # (N,) int32: the text
        self.eos_id = len(distinct) if ending == "end" else None
        self.tokens = (*distinct, "") if ending == "end" else tuple(distinct)
        self.vocab_size = len(self.tokens)
        self._tables: dict[int, ContextTable] = {}
        self.table(self.order)

    @classmethod
    def fit(
        cls,
        text: str,
        order: int,
        unit: str = "word",
        smoothing: str = "none",
        k: float = 1.0,
        ending: str = "end",
    ) -> NgramModel:
        """Counts the text (up to 5 MB). unit: "word" (split at white space) or "character".

        smoothing: "none" (the text's own frequencies); "add-k" ((count + k) / (total + k V));
            "backoff" (Witten-Bell:
        each order interpolated with the next shorter one, down to uniform). ending, for a context
        without successor (the text's last one, unless it stands elsewhere too): "end" (end mark) or
        "wrap" (the text continues with its beginning; a context that has a successor is not touched
        by it). Line ends of all systems are "\n".
        Raises ValueError on anything else.

        >>> NgramModel.fit("a b a", 1, ending="wrap").next_probabilities([0]).tolist()
        [0.0, 1.0]
        """
        if not isinstance(text, str):
            raise ValueError(f"text must be a string, got {type(text).__name__}")
        size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
        if size > LONGEST_TEXT:
            raise ValueError(f"text must be at most {LONGEST_TEXT:,} bytes long, got {size:,}")
        check_count(order, "order", 1, 5)
        if unit == "character" and text:
            numbers, distinct = number_characters(_line_ends(text))
        else:
            numbers, distinct = number_tokens(text.split())
        return cls(numbers, distinct, order, unit, smoothing, k, ending)

    def __repr__(self) -> str:
        return f"NgramModel(order {self.order}, {self.vocab_size} {self.unit}s, {len(self.table(self.order).contexts)} contexts)"

    def table(self, size: int) -> ContextTable:
        """Counts of what follows each context of `size` tokens, 0 <= size <= order (shorter ones
        are counted when asked for)."""
        if size not in self._tables:
            check_count(size, "size", 0, self.order)
            distinct = self.vocab_size - (self.eos_id is not None)
            self._tables[size] = count_contexts(self.numbers, distinct, size)
        return self._tables[size]

    @cached_property
    def _number_of(self) -> dict[str, int]:
        return {token: number for number, token in enumerate(self.tokens[: self.eos_id])}

    def encode(self, text: str) -> list[int]:
        """Token numbers of a text made of the model's tokens. ValueError that names the first word
        or character it never saw."""
        pieces = text.split() if self.unit == "word" else _line_ends(text)
        try:
            return [self._number_of[piece] for piece in pieces]
        except KeyError as unknown:
            raise ValueError(
                f"text must use the {self.unit}s of the source, got {unknown.args[0]!r}, "
                "which is not in it"
            ) from None

    def decode(self, ids: Sequence[int]) -> str:
        """The text: words joined by spaces, characters by nothing; the end mark is not written."""
        return (" " if self.unit == "word" else "").join(
            self.tokens[number] for number in ids if number != self.eos_id
        )

    def text_of(self, token_id: int) -> str:
        """One token as text ("" for the end mark)."""
        return self.tokens[token_id]

    def successors(self, ids: Sequence[int]) -> tuple[np.ndarray, np.ndarray, str]:
        """(tokens, counts, source) after ids, unsmoothed. source: "context" (the last n tokens were
        seen), "shorter context" (there are fewer than n), "end" or "wrap" (nothing ever followed:
        the end mark, or the text's beginning again).
        """
        context = list(ids[-self.order :])
        row = self.table(len(context)).find(context)
        if row >= 0:
            tokens, counts = self.table(len(context)).successors(row)
            return tokens, counts, "context" if len(context) == self.order else "shorter context"
        if self.ending == "end":
            return np.array([self.eos_id], dtype=np.int32), np.array([1]), "end"
        if context == self.numbers[len(self.numbers) - len(context) :].tolist():
            start = 0
        else:  # the longest end of the context with which the text begins: so wrapping goes on through the beginning
            start = next(
                size
                for size in range(len(context), -1, -1)
                if size < len(self.numbers)
                and context[len(context) - size :] == self.numbers[:size].tolist()
            )
        return self.numbers[start : start + 1], np.array([1]), "wrap"

    def next_probabilities(self, ids: Sequence[int]) -> np.ndarray:
        """P(next | ids), float64 (V,), under the model's smoothing."""
        if self.smoothing == "none":
            tokens, counts, _ = self.successors(ids)
            probabilities = np.zeros(self.vocab_size)
            probabilities[tokens] = counts / counts.sum()
            return probabilities
        context = list(ids[-self.order :])
        if self.smoothing == "add-k":
            weights = np.full(self.vocab_size, self.k)
            row = self.table(len(context)).find(context)
            if row >= 0:
                tokens, counts = self.table(len(context)).successors(row)
                weights[tokens] += counts
            return weights / weights.sum()
        probabilities = np.full(self.vocab_size, 1 / self.vocab_size)
        for size in range(len(context) + 1):
            row = self.table(size).find(context[len(context) - size :])
            if row < 0:
                break  # a longer context that holds this one was not seen either
            tokens, counts = self.table(size).successors(row)
            probabilities *= len(tokens) / (counts.sum() + len(tokens))
            probabilities[tokens] += counts / (counts.sum() + len(tokens))
        return probabilities

    def next_logits(self, ids: Sequence[int]):
        """ln P(next | ids), float32 tensor (V,): -inf where the probability is 0."""
        import torch  # here, not above: counting needs none

        with np.errstate(divide="ignore"):
            return torch.from_numpy(np.log(self.next_probabilities(ids)).astype(np.float32))

    def logits_along(self, ids: Sequence[int]):
        """(T, V) float32 tensor: row t is next_logits(ids[:t + 1])."""
        import torch

        if len(ids) == 0:
            return torch.empty((0, self.vocab_size))
        return torch.stack(
            [
                self.next_logits(ids[max(0, end - self.order) : end])
                for end in range(1, len(ids) + 1)
            ]
        )

    def hidden_states(self, ids: Sequence[int]):
        """(T, 32 n) float32 tensor: all that the model remembers at each position, its last n
        tokens, each as 32 fixed random signs. Equal contexts have equal states; zeros where there
        are fewer than n tokens.
        """
        import torch

        signs = np.random.Generator(np.random.Philox(key=[0, 3])).integers(
            0, 2, (self.vocab_size, 32), dtype=np.int8
        )
        rows = np.vstack([2.0 * signs - 1, np.zeros(32)]).astype(np.float32)  # (V + 1, 32)
        padded = np.concatenate(
            [np.full(self.order - 1, self.vocab_size), np.asarray(ids, dtype=np.int64)]
        )
        windows = (
            np.lib.stride_tricks.sliding_window_view(padded, self.order)
            if len(ids)
            else np.empty((0, self.order), int)
        )
        return torch.from_numpy(rows[windows].reshape(len(ids), 32 * self.order))  # (T, 32 n)

    def close(self) -> None:
        """Nothing is held that needs closing."""

    def generate(
        self,
        ids: Sequence[int] | None = None,
        max_new_tokens: int = 50,
        seed: int = 0,
        greedy: bool = False,
    ) -> Iterator[dict]:
        """Continues ids (the text's first n tokens where None): one record a token; stops after an
        end mark.

        Record: index, token_id, text, probability, count, total (null under smoothing), u (null if
        greedy), source (see `successors`), ties (the equally likely best tokens, where there are
        several), candidates (the ten most likely) and distinct (how many tokens are possible). The
        draw of token i depends on (seed, i) alone.
        """
        so_far: list[int] = self.numbers[: self.order].tolist() if ids is None else list(ids)
        for index, u in enumerate(
            uniforms(seed, check_count(max_new_tokens, "max_new_tokens")).tolist()
        ):
            tokens, weights, source = self._possible(so_far)
            order = np.lexsort((tokens, -weights))  # most likely first, then lowest number
            tokens, weights = tokens[order], weights[order]
            cumulative = np.cumsum(weights)
            pick = 0 if greedy else int(cumulative.searchsorted(u * cumulative[-1], side="right"))
            tied = int((weights == weights[0]).sum())
            counted = self.smoothing == "none"
            total = float(cumulative[-1])
            token = int(tokens[pick])
            yield {
                "index": index,
                "token_id": token,
                "text": self.tokens[token],
                "probability": float(weights[pick] / total),
                "count": int(weights[pick]) if counted else None,
                "total": int(total) if counted else None,
                "u": None if greedy else u,
                "source": source,
                "ties": [int(number) for number in tokens[: min(tied, 20)]] if tied > 1 else [],
                "candidates": [
                    {
                        "id": int(number),
                        "text": self.tokens[number],
                        "probability": float(weight / total),
                    }
                    for number, weight in zip(tokens[:10], weights[:10], strict=True)
                ],
                "distinct": len(tokens),
            }
            if token == self.eos_id:
                return
            so_far.append(token)

    def greedy_cycle(self, ids: Sequence[int] | None = None, limit: int = 10_000) -> dict:
        """Where greedy generation ends up: {"tail": tokens before the cycle, "cycle": its tokens
        (empty if none), "ended": whether it met the end mark, "ties": [{"index", "tokens"}] at
        which the tie rule decided, "steps"}.

        The last n tokens decide everything, so a context that comes again closes a cycle. `limit`
        tokens are tried at most.
        """
        so_far: list[int] = self.numbers[: self.order].tolist() if ids is None else list(ids)
        produced, ties, seen = [], [], {}
        while len(produced) < limit:
            context = tuple(so_far[-self.order :])
            if context in seen:
                first = seen[context]
                return {
                    "tail": produced[:first],
                    "cycle": produced[first:],
                    "ended": False,
                    "ties": ties,
                    "steps": len(produced),
                }
            seen[context] = len(produced)
            tokens, weights, _ = self._possible(list(context))
            best = tokens[weights == weights.max()]  # ascending numbers
            if len(best) > 1:
                ties.append(
                    {"index": len(produced), "tokens": [int(number) for number in best[:20]]}
                )
            token = int(best[0])
            if token == self.eos_id:
                return {
                    "tail": produced,
                    "cycle": [],
                    "ended": True,
                    "ties": ties,
                    "steps": len(produced),
                }
            produced.append(token)
            so_far.append(token)
        return {"tail": produced, "cycle": [], "ended": False, "ties": ties, "steps": len(produced)}

    def _possible(self, ids: list[int]) -> tuple[np.ndarray, np.ndarray, str]:
        """(tokens, weights, source): counts where nothing is smoothed, probabilities of the whole
        vocabulary otherwise."""
        if self.smoothing == "none":
            return self.successors(ids)
        return np.arange(self.vocab_size), self.next_probabilities(ids), self.smoothing

    def context_chain(self) -> ContextChain:
        """The sparse Markov chain over the observed contexts (unsmoothed models only: ValueError
        otherwise)."""
        return context_chain(self)

    def markov_chain(self) -> MarkovChain:
        """Order 1 as a dense chain over the vocabulary, smoothing included. ValueError for other
        orders or over 2,000 tokens."""
        if self.order != 1 or self.vocab_size > LARGEST_CHAIN:
            raise ValueError(
                f"a dense chain needs order 1 and at most {LARGEST_CHAIN} tokens, "
                f"got order {self.order} and {self.vocab_size} tokens"
            )
        rows = np.array([self.next_probabilities([token]) for token in range(self.vocab_size)])
        initial = np.bincount(self.numbers, minlength=self.vocab_size) / len(self.numbers)
        return MarkovChain(rows, self.tokens, initial)


def _line_ends(text: str) -> str:
    """The text with every system's line ends as "\n", or a model of characters would learn them as
    letters of their own."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
