"""The denoisers that this page offers: networks of the catalogue, and exact ones made of chains
that fit on a card.

An exact denoiser's conditionals are the chain's own, so whatever a sampler gets wrong on it is the
sampler's doing.
"""

from __future__ import annotations

import functools
import os
import threading
from collections.abc import Callable
from typing import Any

from playground import diffusion
from playground.backend.catalog import EVIDENCE, evidence_folder, verifier_file
from playground.backend.catalog import offered as entries
from playground.i18n import t
from playground.markov import MarkovChain, NgramModel
from playground.pages import ngram_models

TWIN, CAUSAL_TWIN = "fairy-diffusion", "fairy-causal"
WEATHER, TALE = "exact-weather", "exact-tale"

# written for this page; every sentence shares words with others, so that a word leaves choices to
# the next
TALE_TEXT = """
the king had a daughter . the daughter had a golden ball . the ball fell into the well . a frog sat in the well .
the frog brought the ball to the daughter . the king said the frog had a golden heart . the daughter said the frog had a cold hand .
the frog sat at the table . the king sat at the table . the daughter fell into the dark wood . a witch had a house in the wood .
the witch said the wood had a well . the frog said the witch had a cold heart . the king brought a golden ball to the witch .
the witch had a daughter . the daughter of the witch sat in the well . the frog fell into the house of the king .
the daughter of the king said the house had a dark heart . a golden hand brought the frog to the well . the king had a wood .
"""
DEFAULT_CANVAS = {
    TWIN: "once upon a time there was a king who had three [MASK]*12 , and the youngest [MASK]*10 .",
    WEATHER: "sunny [MASK]*8 rainy [MASK]*4 sunny",
    TALE: "the king [MASK]*6 the frog [MASK]*7 .",
}
# what the page begins with: both ends given, an open middle
FIRST_CANVAS = "once upon a time there was a king who had [MASK]*24 and lived happily ever after ."
_lock = threading.Lock()


@functools.lru_cache(maxsize=8)
def _exact(name: str) -> Any:
    import numpy as np

    if name == WEATHER:
        chain = MarkovChain([[0.7, 0.2, 0.1], [0.3, 0.4, 0.3], [0.2, 0.4, 0.4]])
        return diffusion.ExactDenoiser(
            chain.stationary(), chain.transition, states=["sunny", "cloudy", "rainy"]
        )
    model = tale_model()
    rows = [model.next_probabilities([word]) for word in range(model.vocab_size)]
    shares = np.bincount(model.numbers[:-1], minlength=model.vocab_size) / (len(model.numbers) - 1)
    return diffusion.ExactDenoiser(shares, rows, states=list(model.tokens))


@functools.lru_cache(maxsize=1)
def tale_model() -> Any:
    """The bigram of the tale. A little smoothing, or two words drawn at once could make a text that
    the model calls impossible."""

    # its first word stands again behind the last full stop, so that the tale can go round
    return NgramModel.fit(TALE_TEXT + "the", 1, "word", smoothing="add-k", k=0.01, ending="wrap")


def offered(session: str | None = None) -> list[tuple[str, str]]:
    """(title, name) of everything that can unmask here, the n-gram models of this visitor included;
    loads nothing."""

    networks = [
        (entry.listed_as, entry.id) for entry in entries().values() if entry.kind == "denoiser"
    ]
    grams = [("Exact: " + label, name) for label, name in ngram_models.choices(session)]
    return [
        *networks,
        ("Exact: a weather chain of three words", WEATHER),
        ("Exact: word pairs of a short tale", TALE),
        *grams,
    ]


def listed(session: str | None = None) -> list[list[Any]]:
    """[title, name, whether it is exact, whether it can check drafts, whether it reads evidence of
    any noise] of everything on
    offer: an exact model takes every sampler."""
    return [
        [
            title,
            name,
            is_exact(name),
            is_exact(name) or verifier_file(name) is not None,
            is_exact(name) or reads_evidence(name),
        ]
        for title, name in offered(session)
    ]


def reads_evidence(name: Any) -> bool:
    """Whether a network on offer is the one for every noise, and answers here for more than masks:
    not over a cluster, whose engines are sent canvases of ids alone."""
    if os.environ.get("PLAYGROUND_BACKEND", "").strip():
        return False
    entry = entries().get(name) if isinstance(name, str) else None
    return entry is not None and evidence_folder(entry) is not None


def noise_readers() -> list[str]:
    """Names of the networks on offer that read evidence of any noise here."""
    return [name for name in entries() if reads_evidence(name)]


def has_twin(name: Any) -> bool:
    """Whether a left-to-right model of the same words and texts is on offer."""
    return name in (TWIN, TALE, EVIDENCE.id)


def is_exact(name: Any) -> bool:

    return name in (WEATHER, TALE) or ngram_models.knows(name)


def get_denoiser(name: Any, backend: Callable[[], Any], session: str | None = None) -> Any:
    """The denoiser of a name: an exact one at once, a network from `backend()` (a function, so that
    an exact one needs none).

    Raises ValueError or the backend's own error, a sentence for the visitor."""

    if not isinstance(name, str):
        raise ValueError(f"model must be the name of a model on offer, got {name!r}")
    if name in (WEATHER, TALE):
        with _lock:
            return _exact(name)
    if ngram_models.knows(name):
        return ngram_models.denoiser(name, session)
    names = [each for _, each in offered(session)]
    if name == EVIDENCE.id and name not in names:
        raise ValueError(
            t(
                "model {name} is not in this copy of the playground: its weights are not here; "
                "choose one of {names}",
                name=name,
                names=", ".join(names),
            )
        )
    if name not in names and "/" not in name:
        raise ValueError(f"model must be one of {', '.join(names)}, got {name[:100]!r}")
    found = backend().denoiser(name)
    asked = reads_evidence(name) and hasattr(found, "log_posterior")
    return diffusion.NetworkDenoiser(found, found) if asked else found


def ready(name: str, backend: Any) -> bool:
    """Whether a run with this model starts at once."""
    if is_exact(name):
        return True
    try:
        return backend().status(name)["state"] == "ready"
    except Exception:
        return True  # asking for the model itself says what is wrong


def default_canvas(name: str) -> str:
    if name.startswith("ngram/fox/"):
        return "the brown [MASK]*4 the lazy dog [MASK]*3"
    return DEFAULT_CANVAS.get(
        name, "[MASK]*12" if name.startswith("ngram/") else DEFAULT_CANVAS[TWIN]
    )
