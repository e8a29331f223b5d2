"""Figures of Markov chains: the graph, what follows what in a text, the trellis of a hidden
chain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from playground.i18n import t
from playground.markov import MarkovChain
from playground.markov.ngram import NgramModel
from playground.pages.chains import hidden as hidden_view
from playground.pages.lessons.figures import numbers
from playground.pages.lessons.scenes.bars import named

SHOWN = ("", "forward", "posterior", "viterbi")
LONGEST_PATH = 60


def _matrix(rows: str) -> list[list[float]]:
    return [numbers(row) for row in rows.split(";")]


def _graph(names, matrix, shares=None, path=(), at=None) -> dict:
    return {
        "kind": "graph",
        "names": list(names),
        "matrix": [[float(v) for v in row] for row in matrix],
        "shares": None if shares is None else [float(v) for v in shares],
        "path": [int(v) for v in path],
        "at": at,
    }


def chain(
    transition: str, names: Sequence[str] = (), start: str = "", after: str = "", greedy: str = "0"
) -> dict:
    """The graph of a chain. `after`: so many steps (or "ever") behind `start`; `greedy=1`: the path
    of the likeliest steps."""
    matrix = _matrix(transition)
    called = named(names, len(matrix))
    model = MarkovChain(matrix, called)
    at = int(start) if start else None
    path: list[int] = []
    if greedy == "1":
        way, cycle = model.greedy_cycle(at or 0)
        path = [*way, *cycle, *cycle[:1]]
    shares = None
    if after == "ever":
        shares = np.ravel(model.stationary())
    elif after:
        shares = np.linalg.matrix_power(np.array(matrix), int(after))[at or 0]
    return _graph(called, matrix, shares, path, at)


def follows(rows: Sequence[str] = (), start: str = "", steps: str = "0") -> dict:
    """Which word follows which in the text of the `words:` line; `steps`: a path of the likeliest
    words from `start`."""
    if not rows:
        raise ValueError(t("follows needs a line words: with a text"))
    model = NgramModel.fit(" ".join(rows), 1, ending="end")
    matrix = model.markov_chain().transition
    path: list[int] = []
    if start:
        if start not in model.tokens:
            raise ValueError(t("{start} does not stand in the words", start=start))
        path = [model.tokens.index(start)]
        for _ in range(min(int(steps), LONGEST_PATH)):
            path.append(int(np.argmax(model.next_probabilities([path[-1]]))))
    names = [token or "∎" for token in model.tokens]  # the end of the text
    return _graph(names, matrix, path=path, at=path[0] if path else None)


def hidden(
    initial: str,
    transition: str,
    emission: str,
    observed: str,
    names: Sequence[str] = (),
    show: str = "",
) -> dict:
    """The trellis. `names` are the states, then the symbols; `show` is what its cells say: nothing,
    forward, posterior or viterbi."""
    if show not in SHOWN:
        raise ValueError(
            t("show must be one of {options}, got {got}", options=", ".join(SHOWN[1:]), got=show)
        )
    moves, emits = _matrix(transition), _matrix(emission)
    called = named(names, len(moves) + len(emits[0]))
    draft = {
        "states": called[: len(moves)],
        "symbols": called[len(moves) :],
        "initial": numbers(initial),
        "transition": moves,
        "emission": emits,
        "observations": [int(one) for one in observed.split(",")],
    }
    found = hidden_view.figures(draft)
    if not show:  # what the cells will say is not sent before it is said
        found = {key: value if key in draft else blank(value) for key, value in found.items()}
    return {"kind": "trellis", "passes": found, "show": show}


def blank(data: Any) -> Any:
    """The same data with a 0 for every number."""
    if isinstance(data, list):
        return [blank(one) for one in data]
    return 0 if isinstance(data, (int, float)) and not isinstance(data, bool) else data
