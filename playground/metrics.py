"""Measures of generated text: perplexity, BLEU, ROUGE, diversity, repetition, minimum Bayes risk, intervals.

BLEU and ROUGE are the figures of `sacrebleu` and `rouge-score`, opened up: every count that leads to the score is in the result. Their
tokens are those libraries' own for text in Latin letters. In scripts that put no spaces between words (Chinese, Japanese, Thai, Lao,
Khmer, Burmese, Tibetan) each character, with the marks on it, is a token of its own; see `spaced` and `rouge_tokens`.

Nothing here knows a model: probabilities and texts come in as arguments.
"""

from __future__ import annotations

import functools
import math
import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import regex

# ---------------------------------------------------------------------------------------------------------------- tokens

_WITHOUT_SPACES = (
    r"\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}ーｰ"
)
_CHARACTER = rf"[[{_WITHOUT_SPACES}]&&[\p{{L}}\p{{N}}]]\p{{M}}*"
# letters of every other script but Latin, whose words stay as rouge-score cuts them; digits that are not ASCII
_LETTER = rf"[[\p{{L}}--\p{{Latin}}--\p{{Common}}][\p{{Nd}}--[0-9]]--[{_WITHOUT_SPACES}]]"
_ROUGE_TOKEN = regex.compile(
    rf"[a-z0-9]+|{_CHARACTER}|{_LETTER}(?:{_LETTER}|[\p{{M}}\u0640\u200c\u200d])*", regex.V1
)
# as sacrebleu's tokenizer for Chinese: punctuation of full width stands alone too
_ALONE = regex.compile(rf"{_CHARACTER}|[\u3000-\u303f\uff00-\uffef]", regex.V1)


def spaced(text: str) -> str:
    """The text with a space on both sides of each character of a script that puts none between words; other text unchanged.

    >>> spaced("我爱你, Anna")
    ' 我  爱  你 , Anna'
    """
    return _ALONE.sub(lambda found: f" {found.group()} ", text)


def rouge_tokens(text: str) -> tuple[list[str], list[tuple[int, int]]]:
    """ROUGE's tokens of a text, in lower case, and where each stands in it, (start, end).

    Runs of a-z and 0-9, as in rouge-score (a letter with an accent parts a word there, and here). Where rouge-score sees nothing
    at all, this sees words: runs of letters in other scripts with spaces (Greek, Cyrillic, Arabic, Hangul, ...), and each
    character, with the marks on it, in scripts without.

    >>> rouge_tokens("The cat: 我爱你")[0]
    ['the', 'cat', '我', '爱', '你']
    """
    lowered, places = [], []
    for place, character in enumerate(
        text
    ):  # lowering may make a character longer: places are those of the original
        small = character.lower()
        lowered.append(small)
        places.extend([place] * len(small))
    found = list(_ROUGE_TOKEN.finditer("".join(lowered)))
    spans = [(places[one.start()], places[one.end() - 1] + 1) for one in found]
    return [one.group() for one in found], spans


# ---------------------------------------------------------------------------------------------------------------- perplexity


def surprisals(probabilities: Sequence[float]) -> list[float]:
    """-ln p of each token, nats (infinite for p = 0). ValueError outside [0, 1] and for no token at all."""
    values = [float(p) for p in probabilities]
    if not values:
        raise ValueError("probabilities must hold at least one value, got none")
    for p in values:
        if not 0.0 <= p <= 1.0:
            raise ValueError(f"probabilities must be in [0, 1], got {p}")
    return [-math.log(p) if p > 0 else math.inf for p in values]


def perplexity(probabilities: Sequence[float]) -> float:
    """exp of the mean surprisal of the tokens whose probabilities are given; infinite if one of them is 0.

    >>> round(perplexity([.9, .8, .6, .4, .3, .2]), 2)
    2.14
    """
    values = surprisals(probabilities)
    mean = math.fsum(values) / len(values)
    return math.exp(mean) if mean < 709 else math.inf


# ---------------------------------------------------------------------------------------------------------------- BLEU


@dataclass(frozen=True)
class NgramCount:
    """One row of BLEU's clipped table: how often an n-gram stands in the candidate, at most in one reference, and what counts."""

    ngram: tuple[str, ...]
    candidate: int
    reference: int
    clipped: int


@dataclass(frozen=True)
class Bleu:
    """sacrebleu's sentence score and every number on the way to it.

    score: 0 to 100. precisions: 0 to 100, smoothed (exponential smoothing: the k-th order without a match counts 1/2^k of a match).
    matches and totals per order, before smoothing. brevity_penalty = exp(1 - reference_length/candidate_length) for a candidate shorter
    than the closest reference, else 1. order: the highest n that the candidate is long enough for ("effective order"). table: n -> rows.
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
def _sentence_bleu():
    from sacrebleu.metrics import BLEU  # imported when first asked for: the app starts without it

    return BLEU(effective_order=True)


def _ngrams(tokens: Sequence, n: int) -> list[tuple]:
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
    """sacrebleu's sentence BLEU (13a tokens, exponential smoothing, effective order) with its table of clipped n-grams.

    Characters of scripts without spaces are tokens of their own (see `spaced`), as in sacrebleu's tokenizer for Chinese.
    Source: Post 2018, "A Call for Clarity in Reporting BLEU Scores"; Papineni et al. 2002.
    """
    candidate = spaced(_texts("candidate", candidate)[0])
    references = [spaced(text) for text in _texts("references", references)]
    scorer = _sentence_bleu()
    result = scorer.sentence_score(candidate, references)
    # sacrebleu strips the text's end before it tokenizes
    tokens = scorer.tokenizer(candidate.rstrip()).split()
    reference_tokens = [scorer.tokenizer(reference.rstrip()).split() for reference in references]
    table = {}
    for n in range(1, 5):
        most: Counter = Counter()
        for reference in reference_tokens:
            most |= Counter(_ngrams(reference, n))  # the largest count in any single reference
        table[n] = [
            NgramCount(ngram, count, most[ngram], min(count, most[ngram]))
            for ngram, count in Counter(_ngrams(tokens, n)).items()
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
    """Mean BLEU of each text against all others, 0 to 100: high where the texts repeat each other (Zhu et al. 2018, Texygen)."""
    texts = [spaced(text) for text in _texts("texts", texts)]
    if len(texts) < 2:
        raise ValueError(f"texts must hold at least two texts for self-BLEU, got {len(texts)}")
    scorer = _sentence_bleu()
    return statistics.fmean(
        scorer.sentence_score(text, texts[:i] + texts[i + 1 :]).score
        for i, text in enumerate(texts)
    )


# ---------------------------------------------------------------------------------------------------------------- ROUGE


@dataclass(frozen=True)
class RougeScore:
    """One ROUGE figure in [0, 1] and what it is made of.

    overlap: matched n-grams (rougeL: length of the longest common subsequence). candidate_positions, reference_positions: indices of the
    matched tokens (rougeL: of one longest common subsequence, in pairs; others: empty). rows: the n-gram table (rougeL: empty).
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

    candidate_tokens, reference_tokens: see `rouge_tokens` (lower case, letters and digits only, no stemming).
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
def _rouge_scorer():
    from rouge_score.rouge_scorer import (
        RougeScorer,
    )  # imported when first asked for: the app starts without it

    return RougeScorer(["rouge1", "rouge2", "rougeL"], tokenizer=_RougeTokenizer())


class _RougeTokenizer:
    """`rouge_tokens` as rouge-score asks for it."""

    def tokenize(self, text: str) -> list[str]:
        return rouge_tokens(text)[0]


def common_subsequence(first: Sequence, second: Sequence) -> list[tuple[int, int]]:
    """Positions (in first, in second) of one longest common subsequence; among equals the one that matches earliest in `first`."""
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
    """rouge-score's ROUGE-1, ROUGE-2 and ROUGE-L of one candidate against one reference, with what they are made of.

    Source: Lin 2004, "ROUGE: A Package for Automatic Evaluation of Summaries".
    """
    candidate, reference = _texts("candidate", candidate)[0], _texts("reference", reference)[0]
    scorer = _rouge_scorer()
    scores = scorer.score(reference, candidate)
    result = Rouge()
    result.candidate_tokens, result.candidate_spans = rouge_tokens(candidate)
    result.reference_tokens, result.reference_spans = rouge_tokens(reference)
    for n in (1, 2):
        counts, wanted = (
            Counter(_ngrams(result.candidate_tokens, n)),
            Counter(_ngrams(result.reference_tokens, n)),
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


# ---------------------------------------------------------------------------------------------------------------- diversity


def _tokens(text: str | Sequence) -> list:
    return spaced(text).split() if isinstance(text, str) else list(text)


def _check_n(n: int) -> None:
    if isinstance(n, bool) or not isinstance(n, int) or n < 1:
        raise ValueError(f"n must be an integer of at least 1, got {n!r}")


def distinct_n(texts: Sequence[str | Sequence], n: int) -> float:
    """Distinct n-grams of all texts together ÷ all their n-grams, in [0, 1] (Li et al. 2016); 0 if there is none.

    A text is a string (words between white space; see `spaced` for scripts without) or a sequence of tokens.
    """
    _check_n(n)
    texts = [texts] if isinstance(texts, str) else texts
    ngrams = [ngram for text in texts for ngram in _ngrams(_tokens(text), n)]
    return len(set(ngrams)) / len(ngrams) if ngrams else 0.0


def repetition_rate(text: str | Sequence, n: int = 4) -> float:
    """Share of a text's n-grams that stood in it before, in [0, 1] (Welleck et al. 2020, seq-rep-n); 0 if there is none."""
    _check_n(n)
    ngrams = _ngrams(_tokens(text), n)
    return 1 - len(set(ngrams)) / len(ngrams) if ngrams else 0.0


# ---------------------------------------------------------------------------------------------------------------- choice


def _utility(utility: str | Callable[[str, str], float]) -> Callable[[str, str], float]:
    named = {
        "bleu": lambda candidate, reference: (
            _sentence_bleu().sentence_score(spaced(candidate), [spaced(reference)]).score
        ),
        "rouge1": lambda candidate, reference: (
            _rouge_scorer().score(reference, candidate)["rouge1"].fmeasure
        ),
        "rouge2": lambda candidate, reference: (
            _rouge_scorer().score(reference, candidate)["rouge2"].fmeasure
        ),
        "rougeL": lambda candidate, reference: (
            _rouge_scorer().score(reference, candidate)["rougeL"].fmeasure
        ),
    }
    named["rouge"] = named["rougeL"]
    if callable(utility):
        return utility
    if utility not in named:
        raise ValueError(
            f"utility must be a function of (candidate, reference) or one of {', '.join(named)}, got {utility!r}"
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

    utility(candidate, reference) -> float, or "bleu", "rouge" (ROUGE-L's F), "rouge1", "rouge2". Source: Kumar & Byrne 2004; Eikema &
    Aziz 2020, "Is MAP Decoding All You Need?" (sampling-based).
    """
    values = expected_utilities(texts, utility)
    return max(range(len(values)), key=lambda i: (values[i], -i))


# ---------------------------------------------------------------------------------------------------------------- intervals


def _check_confidence(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must be in (0, 1), got {confidence}")


def wilson_interval(successes: int, total: int, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval for a share; (0, 1) before the first trial. ValueError unless 0 <= successes <= total."""
    _check_confidence(confidence)
    if not 0 <= successes <= total:
        raise ValueError(f"successes must be in [0, {total}], got {successes}")
    if total == 0:
        return 0.0, 1.0
    z = statistics.NormalDist().inv_cdf(0.5 + confidence / 2)
    share, scale = successes / total, 1 + z * z / total
    centre = (share + z * z / (2 * total)) / scale
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / scale
    return max(0.0, centre - half) if successes else 0.0, min(
        1.0, centre + half
    ) if successes < total else 1.0


def bootstrap_interval(
    values: Sequence[float],
    statistic: Callable[[np.ndarray], float] = np.mean,
    confidence: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> tuple[float, float]:
    """Percentile bootstrap interval of a statistic of independent values (Efron 1979); the same seed gives the same interval."""
    _check_confidence(confidence)
    data = np.asarray(values, dtype=float)
    if data.ndim != 1 or len(data) == 0:
        raise ValueError(f"values must be a list of at least one number, got shape {data.shape}")
    draws = np.random.Generator(np.random.Philox(key=[seed, 0])).integers(
        len(data), size=(resamples, len(data))
    )
    results = np.array([float(statistic(data[row])) for row in draws])
    low, high = np.quantile(results, [0.5 - confidence / 2, 0.5 + confidence / 2])
    return float(low), float(high)


def jackknife_interval(
    items: Sequence, statistic: Callable[[list], float], confidence: float = 0.95
) -> tuple[float, float]:
    """Interval of a statistic of a whole list by leaving out one item at a time: value ± t·se, se² = (n-1)/n Σ(θ_i - mean θ)².

    For statistics that a resample with repeated items would distort (distinct-n, self-BLEU). Source: Tukey 1958; Efron & Stein 1981.
    ValueError for fewer than 2 items.
    """
    _check_confidence(confidence)
    items = list(items)
    n = len(items)
    if n < 2:
        raise ValueError(f"items must hold at least two for a jackknife, got {n}")
    from scipy.stats import t

    value = float(statistic(items))
    parts = np.array([float(statistic(items[:i] + items[i + 1 :])) for i in range(n)])
    half = float(t.ppf(0.5 + confidence / 2, n - 1)) * math.sqrt(
        (n - 1) / n * float(((parts - parts.mean()) ** 2).sum())
    )
    return value - half, value + half
