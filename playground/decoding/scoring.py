"""A given text as the model sees it (teacher forcing), and many draws from one distribution against
their expectation."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from playground.decoding.distribution import Candidates, as_float32, descending
from playground.decoding.settings import DecodingSettings
from playground.decoding.step import Step, rank_of
from playground.i18n import t


@dataclass(frozen=True)
class Score:
    """Per token rank, surprisal, probability and entropy of the raw distribution (nats), and their
    perplexity.

    tokens: one dict a token of the text; the values are None for a token that was not scored (the
        first one, unless a start token stood before it).
    scored: how many were.
    perplexity: exp of the mean surprisal of those, None if there is none.
    """

    tokens: list[dict[str, Any]]
    scored: int
    mean_surprisal: float | None
    perplexity: float | None

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "tokens": self.tokens,
            "scored": self.scored,
            "mean_surprisal": self.mean_surprisal,
            "perplexity": self.perplexity,
        }


def score_tokens(
    model: Any, ids: Sequence[int], start_id: int | None = None
) -> Iterator[dict[str, Any]]:
    """The entries of `Score.tokens`, one after another.

    start_id: a token that stands before the text so that its first token is predicted too. A model
        that has `logits_chunks(ids)` (an iterator of (n, V) blocks, in order) is read block by
        block, so that a long text never holds all its logits at once; otherwise `logits_along` is
        called once. Another program's engine has `scores_along(ids)` instead: the log-probability
        and the rank of each token, from which no entropy follows (None).
    """
    given = [int(token) for token in ids]
    if not given:
        raise ValueError(t("ids must hold at least 1 token, got 0"))
    fed = given if start_id is None else [start_id, *given]
    offset = 1 if start_id is None else 0  # the text's first token that has a prediction
    if offset:
        yield {
            "index": 0,
            "token_id": given[0],
            "rank": None,
            "surprisal": None,
            "probability": None,
            "entropy": None,
        }
    if len(fed) < 2:
        return
    if hasattr(model, "scores_along"):
        yield from _scored(model.scores_along(fed), given[offset:], offset)
        return
    blocks = (
        model.logits_chunks(fed[:-1])
        if hasattr(model, "logits_chunks")
        else [model.logits_along(fed[:-1])]
    )
    index = offset
    for block in blocks:
        for row in block:
            values = as_float32(row)
            candidates = Candidates(values, len(values))
            token = given[index]
            surprisal = candidates.surprisal_of(token)
            yield {
                "index": index,
                "token_id": token,
                "rank": rank_of(values, token),
                "surprisal": surprisal if math.isfinite(surprisal) else None,
                "probability": float(candidates.probability_of(np.array([token]))[0]),
                "entropy": candidates.entropy,
            }
            index += 1


def _scored(rows: Sequence[Any], tokens: Sequence[int], first: int) -> Iterator[dict[str, Any]]:
    for index, (row, token) in enumerate(zip(rows, tokens, strict=True), start=first):
        yield {
            "index": index,
            "token_id": token,
            "rank": row.rank,
            "surprisal": -row.logprob if math.isfinite(row.logprob) else None,
            "probability": math.exp(row.logprob),
            "entropy": None,
        }


def score(model: Any, ids: Sequence[int], start_id: int | None = None) -> Score:
    """The whole text scored; see `score_tokens`.

    A token that the model holds impossible has probability 0 and surprisal None, and the perplexity
    is then None (infinite).
    """
    tokens = list(score_tokens(model, ids, start_id))
    predicted = [token for token in tokens if token["rank"] is not None]
    surprisals = [token["surprisal"] for token in predicted]
    if not predicted or None in surprisals:
        return Score(tokens, len(predicted), None, None)
    mean = math.fsum(surprisals) / len(surprisals)
    return Score(tokens, len(predicted), mean, math.exp(mean) if mean < 700 else None)


def score_record(
    model: Any,
    ids: Sequence[int],
    index: int,
    text_of: Callable[[int], str] = str,
    settings: DecodingSettings | None = None,
    start_id: int | None = None,
    top: int = 20,
) -> dict[str, Any]:
    """The record of one token of a scored text, on demand: the text's token forced, the rules of
    `settings` shown."""
    before = list(ids[:index]) if start_id is None else [start_id, *ids[:index]]
    if not before:
        raise ValueError(t("index must be at least 1 without a start token, got 0"))
    step = Step(
        model.next_logits(before),
        before,
        settings or DecodingSettings(),
        index,
        len(before),
        token_id=int(ids[index]),
    )
    return step.record(text_of, top)


@dataclass(frozen=True)
class Draws:
    """counts (V,) of n draws, and the χ² test against the probabilities; see `draw_many`."""

    counts: np.ndarray
    statistic: float
    degrees_of_freedom: int
    p_value: float
    pooled: int  # tokens that share one cell


def draw_many(probabilities: Any, n: int, seed: int = 0) -> Draws:
    """n independent draws by the same rule as a single one (u in the cumulative sum of falling
    probability).

    χ² = Σ (observed - expected)²/expected. Cells: one for each token that is expected at least 5
    times, one for all others together; if that one is expected fewer than 5 times it joins the
    rarest of the single ones. p_value: the probability of a χ² at least as large, 1 with a single
    cell.
    """
    if not 1 <= n <= 10_000_000:
        raise ValueError(t("n must be in [1, 10000000], got {got}", got=n))
    values = np.asarray(probabilities, dtype=np.float64)
    if values.ndim != 1 or not np.isfinite(values).all() or (values < 0).any() or values.sum() <= 0:
        raise ValueError(
            t("probabilities must be one row of finite numbers ≥ 0 with a positive sum")
        )
    order = descending(values.astype(np.float32))
    order = order[np.argsort(-values[order], kind="stable")]
    cumulative = np.cumsum(values[order])
    # a key of its own: no step of a run has this index
    u = np.random.Generator(np.random.Philox(key=np.array([seed, 2**64 - 1], np.uint64))).random(n)
    last = int(np.flatnonzero(values[order])[-1])
    places = np.minimum(np.searchsorted(cumulative, u * cumulative[-1], side="right"), last)
    counts = np.bincount(order[places], minlength=len(values))
    return Draws(counts, *_chi_square(counts, values / values.sum(), n))


def _chi_square(
    counts: np.ndarray, probabilities: np.ndarray, n: int
) -> tuple[float, int, float, int]:
    """(statistic, degrees of freedom, p-value, pooled tokens)."""
    from scipy.special import gammaincc

    expected = probabilities * n
    single = np.flatnonzero(expected >= 5)
    pooled = int(np.count_nonzero((expected > 0) & (expected < 5)))
    cells = [
        [float(counts[token]), float(expected[token])]
        for token in single[np.argsort(-expected[single], kind="stable")]
    ]
    rest = [
        float(n - sum(cell[0] for cell in cells)),
        max(float(expected.sum() - sum(cell[1] for cell in cells)), 0.0),
    ]
    if pooled:
        if rest[1] >= 5 or not cells:
            cells.append(rest)
        else:
            cells[-1] = [cells[-1][0] + rest[0], cells[-1][1] + rest[1]]
    statistic = math.fsum((seen - mean) ** 2 / mean for seen, mean in cells)
    freedom = len(cells) - 1
    return (
        statistic,
        freedom,
        float(gammaincc(freedom / 2, statistic / 2)) if freedom else 1.0,
        pooled,
    )
