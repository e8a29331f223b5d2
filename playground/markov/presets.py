"""The examples of the page, as plain data, and the models made of them."""

from __future__ import annotations

from .chain import MarkovChain
from .continuous import ContinuousTimeChain
from .hidden import HiddenMarkovModel
from .ngram import NgramModel

BROWN_FOX = "the brown fox jumped over the lazy dog near the brown fox which is sleeping"

CHAINS: dict[str, dict] = {
    "sunny/rainy": {
        "states": ["sunny", "rainy"],
        "transition": [[0.9, 0.1], [0.5, 0.5]],
        "initial": [1, 0],
        "explanation": "Sun mostly stays, rain goes as often as it stays: five days in six are sunny in the "
        "long run.",
    },
    "gambler": {
        "states": ["0", "1", "2", "3", "4"],
        "initial": [0, 0, 1, 0, 0],
        "transition": [
            [1, 0, 0, 0, 0],
            [0.5, 0, 0.5, 0, 0],
            [0, 0.5, 0, 0.5, 0],
            [0, 0, 0.5, 0, 0.5],
            [0, 0, 0, 0, 1],
        ],
        "explanation": "A fair game from 2 coins until 0 or 4: two absorbing states, so every mixture of two "
        "distributions is stationary.",
    },
    "ring": {
        "states": ["1", "2", "3", "4", "5", "6"],
        "initial": [1, 0, 0, 0, 0, 0],
        "transition": [
            [0.2 if i == j else 0.4 if (i - j) % 6 in (1, 5) else 0 for j in range(6)]
            for i in range(6)
        ],
        "explanation": "A walk around a ring that sometimes rests: every place is equally likely in the long "
        "run.",
    },
    "periodic": {
        "states": ["A", "B", "C"],
        "transition": [[0, 1, 0], [0, 0, 1], [1, 0, 0]],
        "initial": [1, 0, 0],
        "explanation": "A, B, C, A, ...: period 3. It has a stationary distribution and never converges to "
        "it.",
    },
    "absorbing": {
        "states": ["draft", "review", "published", "rejected"],
        "initial": [1, 0, 0, 0],
        "transition": [[0.5, 0.5, 0, 0], [0.3, 0.2, 0.3, 0.2], [0, 0, 1, 0], [0, 0, 0, 1]],
        "explanation": "Some steps cannot be taken back: how likely is each end, and how long does it take?",
    },
    "brown fox": {
        "states": ["the", "brown", "fox", "jumped", "over", "lazy", "dog"],
        "initial": [1, 0, 0, 0, 0, 0, 0],
        "transition": [
            [0, 0.5, 0, 0, 0, 0.5, 0],
            [0, 0, 1, 0, 0, 0, 0],
            [0, 0, 0, 1, 0, 0, 0],
            [0, 0, 0, 0, 1, 0, 0],
            [1, 0, 0, 0, 0, 0, 0],
            [0, 0, 0, 0, 0, 0, 1],
            [1, 0, 0, 0, 0, 0, 0],
        ],
        "explanation": "Words as states. Greedy takes the first of two equals and repeats the brown fox for "
        "ever; drawing leaves the loop.",
    },
}

HIDDEN: dict[str, dict] = {
    "umbrella": {
        "states": ["sunny", "rainy"],
        "symbols": ["umbrella", "none"],
        "initial": [1, 0],
        "transition": [[0.9, 0.1], [0.5, 0.5]],
        "emission": [[0.1, 0.9], [0.8, 0.2]],
        "observations": [0, 0, 1, 0, 0],
        "explanation": "You do not see the weather, only whether somebody carries an umbrella.",
    },
    "two foxes": {
        "states": ["first article", "subject", "verb", "second article", "object", "stop"],
        "symbols": ["the", "fox", "dog", "chased", "saw", "."],
        "initial": [1, 0, 0, 0, 0, 0],
        "transition": [
            [0, 1, 0, 0, 0, 0],
            [0, 0, 1, 0, 0, 0],
            [0, 0, 0, 1, 0, 0],
            [0, 0, 0, 0, 1, 0],
            [0, 0, 0, 0, 0, 1],
            [1, 0, 0, 0, 0, 0],
        ],
        "emission": [
            [1, 0, 0, 0, 0, 0],
            [0, 0.6, 0.4, 0, 0, 0],
            [0, 0, 0, 0.5, 0.5, 0],
            [1, 0, 0, 0, 0, 0],
            [0, 0.5, 0.5, 0, 0, 0],
            [0, 0, 0, 0, 0, 1],
        ],
        "observations": [0, 1, 3, 0, 1],
        "explanation": "“fox” the subject is followed by a verb, “fox” the object by the end: the word is "
        "the same, the hidden state remembers which it was. A bigram model cannot.",
    },
    "casino": {
        "states": ["fair", "loaded"],
        "symbols": ["1", "2", "3", "4", "5", "6"],
        "initial": [0.5, 0.5],
        "transition": [[0.95, 0.05], [0.1, 0.9]],
        "emission": [[1 / 6] * 6, [0.1, 0.1, 0.1, 0.1, 0.1, 0.5]],
        "observations": [5, 5, 4, 0, 2, 1, 2, 0, 0, 0, 4, 5, 2, 4, 4, 5, 5, 5, 5, 1],
        "explanation": "Now and then the casino changes to a loaded die (Durbin et al., Biological sequence "
        "analysis).",
    },
    "ice cream": {
        "states": ["hot", "cold"],
        "symbols": ["1", "2", "3"],
        "initial": [0.8, 0.2],
        "transition": [[0.6, 0.4], [0.5, 0.5]],
        "emission": [[0.2, 0.4, 0.4], [0.5, 0.4, 0.1]],
        "observations": [2, 0, 2],
        "explanation": "How hot was it, by the number of ice creams in a diary? (Eisner; Jurafsky and "
        "Martin)",
    },
    "healthy/fever": {
        "states": ["healthy", "fever"],
        "symbols": ["normal", "cold", "dizzy"],
        "initial": [0.6, 0.4],
        "transition": [[0.7, 0.3], [0.4, 0.6]],
        "emission": [[0.5, 0.4, 0.1], [0.1, 0.3, 0.6]],
        "observations": [0, 1, 2],
        "explanation": "The village doctor: three visits, and what the most likely course of health was.",
    },
    "parts of speech": {
        "states": ["article", "noun", "verb"],
        "symbols": ["the", "a", "dog", "fish", "can", "saw", "barks"],
        "initial": [0.7, 0.2, 0.1],
        "transition": [[0, 1, 0], [0.05, 0.25, 0.7], [0.6, 0.3, 0.1]],
        "emission": [
            [0.6, 0.4, 0, 0, 0, 0, 0],
            [0, 0, 0.4, 0.25, 0.2, 0.15, 0],
            [0, 0, 0, 0.15, 0.3, 0.35, 0.2],
        ],
        "observations": [0, 5, 4, 3, 4, 4, 3, 4],
        "explanation": "“can”, “fish” and “saw” are nouns or verbs: the words around them decide.",
    },
}

RATES: dict[str, dict] = {
    "masking": {
        "states": ["token", "mask"],
        "rates": [[-1, 1], [0, 0]],
        "initial": [1, 0],
        "explanation": "A token is masked at rate 1 and stays so: P(token still there at t) = exp(-t), the "
        "alpha-bar of masking diffusion.",
    },
    "on/off": {
        "states": ["on", "off"],
        "rates": [[-1, 1], [0.5, -0.5]],
        "initial": [1, 0],
        "explanation": "A switch: one third of the time on.",
    },
    "queue": {
        "states": ["0", "1", "2", "3", "4"],
        "initial": [1, 0, 0, 0, 0],
        "rates": [
            [-1, 1, 0, 0, 0],
            [1.5, -2.5, 1, 0, 0],
            [0, 1.5, -2.5, 1, 0],
            [0, 0, 1.5, -2.5, 1],
            [0, 0, 0, 1.5, -1.5],
        ],
        "explanation": "Visitors come at rate 1 and are served at rate 1.5; at most four are let in.",
    },
}


def chain_preset(name: str) -> MarkovChain:
    """One of CHAINS. ValueError that lists them otherwise."""
    chosen = _chosen(CHAINS, name)
    return MarkovChain(chosen["transition"], chosen["states"], chosen["initial"])


def hidden_preset(name: str) -> HiddenMarkovModel:
    """One of HIDDEN; its example observations stand beside it in the data."""
    chosen = _chosen(HIDDEN, name)
    return HiddenMarkovModel(
        chosen["initial"],
        chosen["transition"],
        chosen["emission"],
        chosen["states"],
        chosen["symbols"],
    )


def rates_preset(name: str) -> ContinuousTimeChain:
    """One of RATES."""
    chosen = _chosen(RATES, name)
    return ContinuousTimeChain(chosen["rates"], chosen["states"], chosen["initial"])


def brown_fox(order: int = 1, ending: str = "end") -> NgramModel:
    """The n-gram model of the brown-fox text: `fox` is followed by `jumped` and `which` once
    each."""
    return NgramModel.fit(BROWN_FOX, order, ending=ending)


def _chosen(presets: dict[str, dict], name: str) -> dict:
    if name not in presets:
        raise ValueError(f"preset must be one of {', '.join(presets)}, got {name!r}")
    return presets[name]
