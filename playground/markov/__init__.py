"""Markov chains, hidden Markov models, n-gram models, continuous time and plane dynamics: arrays
in, arrays and records out.

What is named here is imported when it is first used: the plane dynamics bring torch.
"""

from typing import TYPE_CHECKING

from playground import lazy

if TYPE_CHECKING:
    from playground.markov import dynamics as dynamics
    from playground.markov import plane_maps as plane_maps
    from playground.markov.chain import MarkovChain
    from playground.markov.continuous import ContinuousTimeChain
    from playground.markov.hidden import HiddenMarkovModel
    from playground.markov.ngram import NgramModel
    from playground.markov.validation import ImpossibleObservations

__all__ = [
    "ContinuousTimeChain",
    "HiddenMarkovModel",
    "ImpossibleObservations",
    "MarkovChain",
    "NgramModel",
]

__getattr__, __dir__ = lazy.exports(
    __name__,
    {
        "chain": ("MarkovChain",),
        "continuous": ("ContinuousTimeChain",),
        "hidden": ("HiddenMarkovModel",),
        "ngram": ("NgramModel",),
        "validation": ("ImpossibleObservations",),
    },
)
