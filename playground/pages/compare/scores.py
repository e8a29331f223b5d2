"""Scores opened up: perplexity with each token's part, BLEU and ROUGE with every number on the
way."""

from __future__ import annotations

import math
from typing import Any

from playground import decoding
from playground.i18n import t
from playground.metrics import bleu, rouge
from playground.pages.compare.request import text_of, texts_of
from playground.pages.generate.run import labels

LONGEST = 2_000
REFERENCES = 4
SCORE_TOKENS = 512


def measure(_: Any, raw: Any) -> dict:
    """{"candidate", "references"} -> {"bleu": record, "rouge": [record for each reference]}; see
    playground.metrics."""

    candidate = text_of(raw.get("candidate"), "candidate", LONGEST)
    references = texts_of(raw.get("references"), "references", REFERENCES, LONGEST)
    found = bleu(candidate, references)
    record = found.record()
    record["table"] = {str(n): rows for n, rows in record["table"].items()}  # JSON's keys are texts
    # the mean of the logarithms over the orders that the candidate is long enough for
    shares = [p / 100 for p in found.precisions[: found.order]]
    whole = bool(shares) and min(shares) > 0
    record["mean_log"] = math.fsum(map(math.log, shares)) / len(shares) if whole else None
    return {
        "bleu": record,
        "rouge": [rouge(candidate, reference).record() for reference in references],
        "candidate": candidate,
        "references": references,
    }


def perplexity_of(backend: Any, raw: Any) -> dict:
    """{"model", "text"} -> each token's probability and surprisal (nats, teacher-forced), and exp
    of the mean."""

    name, text = text_of(raw.get("model"), "model", 200), text_of(raw.get("text"), "text", LONGEST)
    model = backend.causal(name)
    try:
        ids = list(model.encode(text))
        if not 2 <= len(ids) <= SCORE_TOKENS:
            raise ValueError(
                t(
                    "text must have 2 to {score_tokens} tokens in this model, got {got}",
                    score_tokens=SCORE_TOKENS,
                    got=len(ids),
                )
            )
        found, label = decoding.score(model, ids), labels(model)
        pieces = [str(piece) for piece in decoding.text_pieces(model.decode, ids)]
        return {
            "model": name,
            "tokens": [
                {**token, "text": label(token["token_id"]), "piece": piece}
                for token, piece in zip(found.tokens, pieces, strict=True)
            ],
            "scored": found.scored,
            "mean_surprisal": found.mean_surprisal,
            "perplexity": found.perplexity,
            "begin": bool(getattr(model, "adds_bos", False)),
        }
    finally:
        model.close()
