"""Rows of log-probabilities as another program's engine words them, made into a whole distribution;
see openai_engine.py."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playground.backend.errors import EngineError

if TYPE_CHECKING:
    import torch

BY_ID = re.compile(r"token_id:(\d{1,9})")
ROUNDING = 1e-3  # by so much probabilities that were rounded on their way may sum to more than 1


def rows_at(choice: dict, place: int) -> dict[str, float]:
    """The rows at one place of an answer, {} where there are none."""
    try:
        top = choice["logprobs"]["top_logprobs"]
        return dict(top[place]) if top else {}
    except (KeyError, IndexError, TypeError, ValueError):
        return {}


def names_of(codec: Any) -> dict[str, list[int]]:
    """Text of a token, as engines write it, -> the ids that have this text. Bytes that are no whole
    character are left out of the text by one engine and written as a replacement mark by another:
    both names stand here, and neither is one token's own."""
    found: dict[str, list[int]] = {}
    for token in range(codec.vocab_size):
        data = b"" if token in codec.special_ids else codec.token_bytes(token)
        names = {data.decode("utf-8", "ignore"), data.decode("utf-8", "replace")}
        for name in names | (
            {codec.token_bytes(token).decode("utf-8", "replace")}
            if token in codec.special_ids
            else set()
        ):
            found.setdefault(name, []).append(token)
    return found


def text_of(codec: Any, ids: list[int]) -> str:
    """The text that stands for ids, special tokens by name; EngineError where it ends within a
    character."""
    try:
        return b"".join(codec.token_bytes(token) for token in ids).decode("utf-8")
    except UnicodeDecodeError:
        raise EngineError(
            "This engine is given text, and the tokens so far end within a character"
        ) from None


def distribution(
    rows: dict[str, float], ids_of: dict[str, list[int]], vocab_size: int
) -> torch.Tensor:
    """(V,) log-probabilities from an engine's rows, see `CompletionsModel.next_logits`. EngineError
    on what is no distribution. Without the attribute `shown` where the engine gave the value of every token:
    then it is a distribution like any network's.

    A row whose name belongs to several tokens counts for the mass and for the ranks, but stands for
    no token: it lies at one of them that is not shown."""
    import numpy as np
    import torch

    values, shown = np.full(vocab_size, -np.inf), np.zeros(vocab_size, bool)
    given, unnamed = 0.0, []
    for name, value in sorted(
        rows.items(), key=lambda row: -row[1] if isinstance(row[1], int | float) else 0
    ):
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or math.isnan(value)
            or value > ROUNDING
        ):
            raise EngineError(f"The engine told a log-probability that is none: {str(value)[:40]}")
        number = BY_ID.fullmatch(name)
        meant = [int(number[1])] if number else ids_of.get(name, [])
        given += math.exp(value)
        if len(meant) == 1 and meant[0] < vocab_size and not shown[meant[0]]:
            values[meant[0]], shown[meant[0]] = value, True
        else:
            unnamed.append((value, meant))
    if not shown.any():
        raise EngineError(
            "The engine named no token that this tokenizer knows: is it the engine's own?"
        )
    if given > 1 + ROUNDING:
        raise EngineError(
            f"The engine's probabilities sum to {given:.4f}: they are no distribution"
        )
    for value, meant in unnamed:
        place = next(
            (
                token
                for token in (*meant, *range(vocab_size))
                if token < vocab_size and values[token] == -np.inf
            ),
            None,
        )
        if place is not None:
            values[place] = value
    rest, empty = max(0.0, 1.0 - given), values == -np.inf
    if rest > 0 and empty.any():
        values[empty] = math.log(rest / int(empty.sum()))
    answer: Any = torch.from_numpy(values.astype(np.float32))
    if not shown.all():
        answer.shown = torch.from_numpy(shown)
    return answer


@dataclass(frozen=True)
class ScoredToken:
    """What an engine tells of one token of a given text: log-probability (nats), rank (from 1), and
    its rows there by name."""

    logprob: float
    rank: int
    rows: dict[str, float]


def read_prompt(choice: dict, ids: list[int]) -> list[ScoredToken]:
    """What an engine tells of each token of a text but the first, before which nothing stands
    (vLLM's `prompt_logprobs`).

    Raises EngineError where it tells nothing, or of other tokens than `ids`."""
    given = choice.get("prompt_logprobs")
    if not isinstance(given, list) or len(given) != len(ids):
        raise EngineError(
            "This engine does not tell the log-probabilities of a given text (prompt_logprobs): "
            "it cannot score one"
        )
    return [
        _scored_token(row, token, place)
        for place, (token, row) in enumerate(zip(ids[1:], given[1:], strict=True), start=2)
    ]


def _scored_token(row: Any, token: int, place: int) -> ScoredToken:
    try:
        values = {f"token_id:{int(name)}": about["logprob"] for name, about in row.items()}
        value, rank = values[f"token_id:{token}"], row[str(token)]["rank"]
        if isinstance(rank, bool) or not isinstance(rank, int) or not value <= ROUNDING:
            raise ValueError(value)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise EngineError(
            f"The engine told no log-probability of token {place} of the text: is the tokenizer "
            "its own?"
        ) from None
    return ScoredToken(min(0.0, float(value)), rank, values)
