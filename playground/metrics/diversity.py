"""How much a text repeats itself."""

from __future__ import annotations

from collections.abc import Sequence

from .overlap import ngrams
from .tokens import spaced


def _tokens(text: str | Sequence) -> list:
    return spaced(text).split() if isinstance(text, str) else list(text)


def _check_n(n: int) -> None:
    if isinstance(n, bool) or not isinstance(n, int) or n < 1:
        raise ValueError(f"n must be an integer of at least 1, got {n!r}")


def distinct_n(texts: Sequence[str | Sequence], n: int) -> float:
    """Distinct n-grams of all texts together ÷ all their n-grams, in [0, 1] (Li et al. 2016); 0 if
    there is none.

    A text is a string (words between white space; see `spaced` for scripts without) or a sequence
    of tokens.
    """
    _check_n(n)
    texts = [texts] if isinstance(texts, str) else texts
    found = [ngram for text in texts for ngram in ngrams(_tokens(text), n)]
    return len(set(found)) / len(found) if found else 0.0


def repetition_rate(text: str | Sequence, n: int = 4) -> float:
    """Share of a text's n-grams that stood in it before, in [0, 1] (Welleck et al. 2020,
    seq-rep-n); 0 if there is none."""
    _check_n(n)
    found = ngrams(_tokens(text), n)
    return 1 - len(set(found)) / len(found) if found else 0.0
