"""Example chains, rates and hidden Markov models of the Chains page: plain data, each with a name for links and a title to read."""

from __future__ import annotations


def _ring(size: int, stay: float) -> list[list[float]]:
    """Stay with probability `stay`, else one step left or right with equal probability."""
    rows = [[0.0] * size for _ in range(size)]
    for i in range(size):
        rows[i][i] += stay
        rows[i][(i + 1) % size] += (1 - stay) / 2
        rows[i][(i - 1) % size] += (1 - stay) / 2
    return rows


CHAINS = [
    {"slug": "weather", "title": "Sunny, rainy", "states": ["sunny", "rainy"], "transition": [[0.9, 0.1], [0.5, 0.5]]},
    {"slug": "gambler", "title": "Gambler", "states": ["broke", "1 coin", "2 coins", "3 coins", "4 coins"], "start": 2,
     "transition": [[1, 0, 0, 0, 0], [0.5, 0, 0.5, 0, 0], [0, 0.5, 0, 0.5, 0], [0, 0, 0.5, 0, 0.5], [0, 0, 0, 0, 1]]},
    {"slug": "ring", "title": "Ring", "states": ["A", "B", "C", "D", "E", "F"], "transition": _ring(6, 0.2)},
    {"slug": "periodic", "title": "Periodic", "states": ["tick", "tack", "tock"], "transition": [[0, 1, 0], [0, 0, 1], [1, 0, 0]]},
    {"slug": "absorbing", "title": "Absorbing", "states": ["read", "browse", "snack", "asleep"], "start": 0,
     "transition": [[0.6, 0.2, 0.1, 0.1], [0.2, 0.6, 0.1, 0.1], [0.3, 0.3, 0.2, 0.2], [0, 0, 0, 1]]},
    # the words of the brown-fox sentence; words with a single successor are drawn together, so that eight states suffice
    {"slug": "fox", "title": "Brown fox", "states": ["the", "brown", "fox", "jumped over", "lazy dog near", "which is sleeping"],
     "transition": [[0, 2 / 3, 0, 0, 1 / 3, 0], [0, 0, 1, 0, 0, 0], [0, 0, 0, 0.5, 0, 0.5], [1, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0],
                    [1, 0, 0, 0, 0, 0]]},
]

RATES = [
    {"slug": "masking", "title": "Masking", "states": ["word", "[MASK]"], "rates": [[-1, 1], [0, 0]], "start": 0},
    {"slug": "switch", "title": "Switch", "states": ["on", "off"], "rates": [[-1, 1], [2, -2]], "start": 0},
    {"slug": "machine", "title": "Machine", "states": ["running", "worn", "broken"],
     "rates": [[-0.6, 0.5, 0.1], [0, -0.8, 0.8], [1.5, 0, -1.5]], "start": 0},
    {"slug": "uniform", "title": "Uniform noise", "states": ["cat", "dog", "fox", "owl"],
     "rates": [[-0.75, 0.25, 0.25, 0.25], [0.25, -0.75, 0.25, 0.25], [0.25, 0.25, -0.75, 0.25], [0.25, 0.25, 0.25, -0.75]], "start": 0},
]

HIDDEN = [
    {"slug": "umbrella", "title": "Umbrella", "states": ["sunny", "rainy"], "symbols": ["umbrella", "none"], "initial": [1, 0],
     "transition": [[0.9, 0.1], [0.5, 0.5]], "emission": [[0.1, 0.9], [0.8, 0.2]], "observations": "umbrella umbrella none umbrella umbrella",
     "note": "You sit in a room without a window. Each day somebody comes in with an umbrella or without: was it sunny or rainy?"},
    {"slug": "foxes", "title": "Two foxes", "states": ["Begin", "Subject", "Verb", "Again", "Object", "Rest"],
     "symbols": ["the", "fox", "jumped", "near", "which", "slept"],
     "initial": [1, 0, 0, 0, 0, 0],
     "transition": [[0, 1, 0, 0, 0, 0], [0, 0, 1, 0, 0, 0], [0, 0, 0, 1, 0, 0], [0, 0, 0, 0, 1, 0], [0, 0, 0, 0, 0, 1], [1, 0, 0, 0, 0, 0]],
     "emission": [[1, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0], [0, 0, 1, 0, 0, 0], [0, 0, 0, 1, 0, 0], [0, 1, 0, 0, 0, 0], [0, 0, 0, 0, 0.5, 0.5]],
     "observations": "the fox jumped near fox which",
     "note": "“fox” comes out of two states. After the Subject fox comes “jumped”, after the Object fox “which” or “slept”: the hidden state "
             "remembers what the word alone does not. A bigram model would toss a coin at every fox."},
    {"slug": "casino", "title": "Casino", "states": ["fair", "loaded"], "symbols": ["1", "2", "3", "4", "5", "6"], "initial": [0.5, 0.5],
     "transition": [[0.95, 0.05], [0.1, 0.9]], "emission": [[1 / 6] * 6, [0.1, 0.1, 0.1, 0.1, 0.1, 0.5]],
     "observations": "3 1 5 1 1 6 2 4 6 4 6 6 4 6 6 6 6 2 6 6 1 2 3 5",
     "note": "Now and then the croupier swaps the fair die for one that shows six half of the time. Which rolls came from it? "
             "(Numbers after Durbin and others, Biological Sequence Analysis, 1998.)"},
    {"slug": "icecream", "title": "Ice cream", "states": ["hot", "cold"], "symbols": ["1", "2", "3"], "initial": [0.8, 0.2],
     "transition": [[0.6, 0.4], [0.5, 0.5]], "emission": [[0.2, 0.4, 0.4], [0.5, 0.4, 0.1]], "observations": "3 1 3 2 2 1 1 3",
     "note": "How many ice creams were eaten each day tells how hot the days were (the diary is after Jason Eisner; these numbers are "
             "those of Jurafsky and Martin, Speech and Language Processing)."},
    {"slug": "fever", "title": "Healthy, fever", "states": ["healthy", "fever"], "symbols": ["normal", "cold", "dizzy"], "initial": [0.6, 0.4],
     "transition": [[0.7, 0.3], [0.4, 0.6]], "emission": [[0.5, 0.4, 0.1], [0.1, 0.3, 0.6]], "observations": "normal cold dizzy",
     "note": "A patient says how he feels; the physician guesses whether he is ill (the example of the Viterbi article of Wikipedia)."},
    {"slug": "speech", "title": "Parts of speech", "states": ["determiner", "noun", "verb", "adjective"],
     "symbols": ["the", "a", "fox", "dog", "watch", "old", "runs"], "initial": [0.6, 0.2, 0.05, 0.15],
     "transition": [[0, 0.7, 0, 0.3], [0.1, 0.2, 0.6, 0.1], [0.6, 0.2, 0.05, 0.15], [0, 0.8, 0.05, 0.15]],
     "emission": [[0.6, 0.4, 0, 0, 0, 0, 0], [0, 0, 0.35, 0.35, 0.15, 0.1, 0.05], [0, 0, 0, 0.05, 0.4, 0, 0.55], [0, 0, 0, 0, 0, 1, 0]],
     "observations": "the old watch the fox",
     "note": "“watch” is a noun or a verb, “old” an adjective or a noun: the sentence as a whole decides. (Invented numbers.)"},
]


def example(group: list[dict], slug: str) -> dict:
    """The example of that slug; KeyError where there is none."""
    for one in group:
        if one["slug"] == slug:
            return one
    raise KeyError(slug)
