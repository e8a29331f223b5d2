"""Measures of generated text: perplexity, BLEU, ROUGE, diversity, repetition, minimum Bayes risk,
intervals.

BLEU and ROUGE are the figures of `sacrebleu` and `rouge-score`, opened up: every count that leads
to the score is in the result. Their tokens are those libraries' own for text in Latin letters. In
scripts that put no spaces between words (Chinese, Japanese, Thai, Lao, Khmer, Burmese, Tibetan)
each character, with the marks on it, is a token of its own; see `spaced` and `rouge_tokens`.

Nothing here knows a model: probabilities and texts come in as arguments.
"""

from .diversity import distinct_n, repetition_rate
from .intervals import bootstrap_interval, jackknife_interval, wilson_interval
from .overlap import Bleu, NgramCount, Rouge, RougeScore, bleu, common_subsequence, rouge, self_bleu
from .risk import expected_utilities, minimum_bayes_risk
from .surprisal import perplexity, surprisals
from .tokens import rouge_tokens, spaced

__all__ = [
    "Bleu",
    "NgramCount",
    "Rouge",
    "RougeScore",
    "bleu",
    "bootstrap_interval",
    "common_subsequence",
    "distinct_n",
    "expected_utilities",
    "jackknife_interval",
    "minimum_bayes_risk",
    "perplexity",
    "repetition_rate",
    "rouge",
    "rouge_tokens",
    "self_bleu",
    "spaced",
    "surprisals",
    "wilson_interval",
]
