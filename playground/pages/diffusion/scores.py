"""How a finished text reads to the left-to-right twin, and which of several texts is most like all
the others."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from playground import diffusion
from playground.i18n import t
from playground.metrics.risk import expected_utilities
from playground.pages import run
from playground.pages.diffusion import models
from playground.pages.diffusion.runs import Side
from playground.pages.diffusion.timing import text_perplexity

TEXTS = (2, 16)  # how many may be compared
UTILITIES = ("bleu", "rougeL")


def scorer(backend: Callable[[], Any]) -> Callable[[str, str], float | None]:
    """(model, text) -> the perplexity of the text under the model's left-to-right twin; None where
    it has none here."""

    def score(model: str, text: str) -> float | None:
        if not models.has_twin(model):
            return None
        causal = models.tale_model() if model == models.TALE else None
        try:
            causal = causal or backend().causal(models.CAUSAL_TWIN)
            found = text_perplexity(causal, text)
        except Exception:  # a figure beside the run: without it the run is whole
            return None
        finally:
            if model != models.TALE:
                getattr(causal, "close", lambda: None)()
        return found if found == found else None

    return score


def many(
    side: Side, count: Any, utility: Any, score: Callable[[str, str], float | None]
) -> Iterator[run.Message]:
    """`count` texts of a side, the first of them the side's own, and their minimum Bayes risk:
    begin, progress for each step, frames {"text", "perplexity"}, then {"utilities": mean utility of
    each text with every other as the reference, "best": its index}, end.

    ValueError names count, utility and what is allowed."""
    if isinstance(count, bool) or not isinstance(count, int) or not TEXTS[0] <= count <= TEXTS[1]:
        raise ValueError(
            t(
                "texts must be a whole number in [{low}, {high}], got {got}",
                low=TEXTS[0],
                high=TEXTS[1],
                got=repr(count)[:40],
            )
        )
    if utility not in UTILITIES:
        raise ValueError(
            t(
                "utility must be one of {options}, got {got}",
                options=", ".join(UTILITIES),
                got=repr(utility)[:40],
            )
        )
    yield run.begin(count=count, utility=utility, title=side.title, model=side.model)
    last: deque = deque(maxlen=1)
    masks = side.canvas.ids.count(int(side.denoiser.mask_id)) or 1
    for step in diffusion.unmask(
        side.denoiser,
        [list(side.canvas.ids)] * count,
        side.settings,
        locked=[list(side.canvas.locked)] * count,
    ):
        last.append(step.canvas)
        left = float((step.canvas == int(side.denoiser.mask_id)).sum()) / count
        yield run.progress(None, max(0.0, 1 - left / masks))
    texts = [side.denoiser.decode(row[side.canvas.seen]) for row in last[0].tolist()]
    for text in texts:
        yield run.frame({"text": text, "perplexity": score(side.model, text)})
    utilities = expected_utilities(texts, utility)
    best = max(range(count), key=lambda i: (utilities[i], -i))
    yield run.frame({"utilities": utilities, "best": best})
    yield run.end("done")
