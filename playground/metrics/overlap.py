"""BLEU and ROUGE, opened up: the figures of `sacrebleu` and `rouge-score` with every count that
leads to the score.

Their tokens are those libraries' own for text in Latin letters; for other scripts see `tokens`."""

from __future__ import annotations

import functools
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from .tokens import rouge_tokens, spaced


@dataclass(frozen=True)
class NgramCount:
    """One row of BLEU's clipped table: how often an n-gram stands in the candidate, at most in one
    reference, and what counts."""

    ngram: tuple[str, ...]
    candidate: int
    reference: int
    clipped: int


@dataclass(frozen=True)
class Bleu:
    """sacrebleu's sentence score and every number on the way to it.

    score: 0 to 100.
    precisions: 0 to 100, smoothed (exponential smoothing: the k-th order without a match counts
        1/2^k of a match).
    matches and totals per order, before smoothing. brevity_penalty = exp(1 -
    reference_length/candidate_length) for a candidate shorter than the closest reference, else 1.
    order: the highest n that the candidate is long enough for ("effective order").
    table: n -> rows.
    """

    score: float
    precisions: list[float]
    matches: list[int]
    totals: list[int]
    brevity_penalty: float
    candidate_length: int
    reference_length: int
    order: int
    candidate_tokens: list[str]
    reference_tokens: list[list[str]]
    table: dict[int, list[NgramCount]]

    def record(self) -> dict:
        """Plain data (JSON)."""
        return asdict(self)


@functools.cache
def sentence_bleu():
    from sacrebleu.metrics import BLEU  # imported when first asked for: the app starts without it

    return BLEU(effective_order=True)


def ngrams(tokens: Sequence, n: int) -> list[tuple]:
    return [tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1)]


def _texts(name: str, texts: str | Sequence[str]) -> list[str]:
    texts = [texts] if isinstance(texts, str) else list(texts)
    if not texts:
        raise ValueError(f"{name} must hold at least one text, got none")
    for text in texts:
        if not isinstance(text, str):
            raise ValueError(f"{name} must be strings, got {type(text).__name__}")
    return texts


def bleu(candidate: str, references: str | Sequence[str]) -> Bleu:
    """sacrebleu's sentence BLEU (13a tokens, exponential smoothing, effective order) with its table
    of clipped n-grams.

    Characters of scripts without spaces are tokens of their own (see `spaced`), as in sacrebleu's
    tokenizer for Chinese.
    Source: Post 2018, "A Call for Clarity in Reporting BLEU Scores"; Papineni et al. 2002.
    """
    candidate = spaced(_texts("candidate", candidate)[0])
    references = [spaced(text) for text in _texts("references", references)]
    scorer = sentence_bleu()
    result = scorer.sentence_score(candidate, references)
    # sacrebleu strips the text's end before it tokenizes
    tokens = scorer.tokenizer(candidate.rstrip()).split()
    reference_tokens = [scorer.tokenizer(reference.rstrip()).split() for reference in references]
    table = {}
    for n in range(1, 5):
        most: Counter = Counter()
        for reference in reference_tokens:
            most |= Counter(ngrams(reference, n))  # the largest count in any single reference
        table[n] = [
            NgramCount(ngram, count, most[ngram], min(count, most[ngram]))
            for ngram, count in Counter(ngrams(tokens, n)).items()
        ]
    return Bleu(
        score=result.score,
        precisions=list(result.precisions),
        matches=list(result.counts),
        totals=list(result.totals),
        brevity_penalty=result.bp,
        candidate_length=result.sys_len,
        reference_length=result.ref_len,
        order=sum(total > 0 for total in result.totals),
        candidate_tokens=tokens,
        reference_tokens=reference_tokens,
        table=table,
    )


def self_bleu(texts: Sequence[str]) -> float:
    """Mean BLEU of each text against all others, 0 to 100: high where the texts repeat each other
    (Zhu et al. 2018, Texygen)."""
    texts = [spaced(text) for text in _texts("texts", texts)]
    if len(texts) < 2:
        raise ValueError(f"texts must hold at least two texts for self-BLEU, got {len(texts)}")
    scorer = sentence_bleu()
    return statistics.fmean(
        scorer.sentence_score(text, texts[:i] + texts[i + 1 :]).score
        for i, text in enumerate(texts)
    )


@dataclass(frozen=True)
class RougeScore:
    """One ROUGE figure in [0, 1] and what it is made of.

    overlap: matched n-grams (rougeL: length of the longest common subsequence).
    candidate_positions, reference_positions: indices of the matched tokens (rougeL: of one longest
        common subsequence, in pairs; others: empty).
    rows: the n-gram table (rougeL: empty).
    """

    precision: float
    recall: float
    fmeasure: float
    overlap: int
    candidate_total: int
    reference_total: int
    rows: list[NgramCount]
    candidate_positions: list[int]
    reference_positions: list[int]


class Rouge(dict):
    """{"rouge1", "rouge2", "rougeL"} -> RougeScore, and the tokens with their places in the texts.

    candidate_tokens, reference_tokens: see `rouge_tokens` (lower case, letters and digits only, no
        stemming).
    candidate_spans, reference_spans: (start, end) of each token in its text.
    """

    candidate_tokens: list[str]
    reference_tokens: list[str]
    candidate_spans: list[tuple[int, int]]
    reference_spans: list[tuple[int, int]]

    def record(self) -> dict:
        """Plain data (JSON)."""
        return {
            **{name: asdict(score) for name, score in self.items()},
            "candidate_tokens": self.candidate_tokens,
            "reference_tokens": self.reference_tokens,
            "candidate_spans": [list(span) for span in self.candidate_spans],
            "reference_spans": [list(span) for span in self.reference_spans],
        }


@functools.cache
def rouge_scorer():
    from rouge_score.rouge_scorer import (
        RougeScorer,
    )  # imported when first asked for: the app starts without it

    return RougeScorer(["rouge1", "rouge2", "rougeL"], tokenizer=_RougeTokenizer())


class _RougeTokenizer:
    """`rouge_tokens` as rouge-score asks for it."""

    def tokenize(self, text: str) -> list[str]:
        return rouge_tokens(text)[0]


def common_subsequence(first: Sequence, second: Sequence) -> list[tuple[int, int]]:
    """Positions (in first, in second) of one longest common subsequence; among equals the one that
    matches earliest in `first`."""
    longest = np.zeros(
        (len(first) + 1, len(second) + 1), dtype=np.int64
    )  # longest[i, j]: of first[i:] and second[j:]
    for i in range(len(first) - 1, -1, -1):
        for j in range(len(second) - 1, -1, -1):
            longest[i, j] = (
                longest[i + 1, j + 1] + 1
                if first[i] == second[j]
                else max(longest[i + 1, j], longest[i, j + 1])
            )
    pairs, i, j = [], 0, 0
    while i < len(first) and j < len(second):
        if first[i] == second[j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif longest[i, j + 1] >= longest[i + 1, j]:
            j += 1
        else:
            i += 1
    return pairs


def rouge(candidate: str, reference: str) -> Rouge:
    """rouge-score's ROUGE-1, ROUGE-2 and ROUGE-L of one candidate against one reference, with what
    they are made of.

    Source: Lin 2004, "ROUGE: A Package for Automatic Evaluation of Summaries".
    """
    candidate, reference = _texts("candidate", candidate)[0], _texts("reference", reference)[0]
    scorer = rouge_scorer()
    scores = scorer.score(reference, candidate)
    result = Rouge()
    result.candidate_tokens, result.candidate_spans = rouge_tokens(candidate)
    result.reference_tokens, result.reference_spans = rouge_tokens(reference)
    for n in (1, 2):
        counts, wanted = (
            Counter(ngrams(result.candidate_tokens, n)),
            Counter(ngrams(result.reference_tokens, n)),
        )
        rows = [
            NgramCount(ngram, count, wanted[ngram], min(count, wanted[ngram]))
            for ngram, count in counts.items()
        ]
        score = scores[f"rouge{n}"]
        result[f"rouge{n}"] = RougeScore(
            score.precision,
            score.recall,
            score.fmeasure,
            sum(row.clipped for row in rows),
            counts.total(),
            wanted.total(),
            rows,
            [],
            [],
        )
    pairs = common_subsequence(result.candidate_tokens, result.reference_tokens)
    score = scores["rougeL"]
    result["rougeL"] = RougeScore(
        score.precision,
        score.recall,
        score.fmeasure,
        len(pairs),
        len(result.candidate_tokens),
        len(result.reference_tokens),
        [],
        [i for i, _ in pairs],
        [j for _, j in pairs],
    )
    return result
