"""Choice among texts by minimum Bayes risk."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence

from .overlap import rouge_scorer, sentence_bleu
from .tokens import spaced


def _utility(utility: str | Callable[[str, str], float]) -> Callable[[str, str], float]:
    named = {
        "bleu": lambda candidate, reference: (
            sentence_bleu().sentence_score(spaced(candidate), [spaced(reference)]).score
        ),
        "rouge1": lambda candidate, reference: (
            rouge_scorer().score(reference, candidate)["rouge1"].fmeasure
        ),
        "rouge2": lambda candidate, reference: (
            rouge_scorer().score(reference, candidate)["rouge2"].fmeasure
        ),
        "rougeL": lambda candidate, reference: (
            rouge_scorer().score(reference, candidate)["rougeL"].fmeasure
        ),
    }
    named["rouge"] = named["rougeL"]
    if callable(utility):
        return utility
    if utility not in named:
        raise ValueError(
            f"utility must be a function of (candidate, reference) or one of {', '.join(named)}, "
            f"got {utility!r}"
        )
    return named[utility]


def expected_utilities(
    texts: Sequence[str], utility: str | Callable[[str, str], float]
) -> list[float]:
    """Mean utility of each text with every other text as the reference; a single text has 0."""
    texts, measure = list(texts), _utility(utility)
    if not texts:
        raise ValueError("texts must hold at least one text, got none")
    if len(texts) == 1:
        return [0.0]
    return [
        statistics.fmean(float(measure(text, other)) for j, other in enumerate(texts) if j != i)
        for i, text in enumerate(texts)
    ]


def minimum_bayes_risk(texts: Sequence[str], utility: str | Callable[[str, str], float]) -> int:
    """Index of the text with the highest mean utility against all others (ties: the lowest index).

    utility(candidate, reference) -> float, or "bleu", "rouge" (ROUGE-L's F), "rouge1", "rouge2".
    Source: Kumar & Byrne 2004; Eikema & Aziz 2020, "Is MAP Decoding All You Need?"
    (sampling-based).
    """
    values = expected_utilities(texts, utility)
    return max(range(len(values)), key=lambda i: (values[i], -i))
