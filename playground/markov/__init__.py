"""Markov chains, hidden Markov models, n-gram models, continuous time and plane dynamics: arrays in, arrays and records out."""

from .chain import MarkovChain
from .continuous import ContinuousTimeChain
from .hidden import HiddenMarkovModel, ImpossibleObservations
from .ngram import NgramModel

__all__ = [
    "ContinuousTimeChain",
    "HiddenMarkovModel",
    "ImpossibleObservations",
    "MarkovChain",
    "NgramModel",
]
