"""Judgements and sweeps: the tally's figures, the grid's points, and that a sweep is the comparison
it says it is."""

import json
import math

import numpy as np
import pytest
from scipy import stats

from playground.metrics import wilson_interval
from playground.pages.compare.people import tally
from playground.pages.compare.strategies import Comparison, compare
from playground.pages.compare.sweep import grid_of, run
from tests.pages.doubles import DoubleBackend


def vote(first, second, winner, **likert):
    return {
        "left": first,
        "right": second,
        "winner": winner,
        "likert": likert,
        "model": "double",
        "prompt": "x",
        "seed": 1,
        "tokens": 4,
    }


def test_the_tally_counts_both_sides_and_has_wilsons_interval():
    votes = [
        vote("a", "b", "left"),
        vote("b", "a", "right"),
        vote("a", "c", "tie"),
        vote("c", "a", "left"),
        vote("a", "b", "left"),
    ]
    rows = {row["name"]: row for row in tally(None, {"votes": votes})["rows"]}
    assert (rows["a"]["won"], rows["a"]["lost"], rows["a"]["tied"]) == (3, 1, 1) and rows["a"][
        "share"
    ] == 0.75
    assert (rows["a"]["low"], rows["a"]["high"]) == wilson_interval(3, 4)
    assert (rows["b"]["won"], rows["b"]["lost"]) == (0, 3) and (
        rows["c"]["won"],
        rows["c"]["lost"],
        rows["c"]["tied"],
    ) == (1, 0, 1)


def test_the_scales_have_means_with_the_usual_interval():
    marks = [4, 3, 4, 2]
    votes = [
        vote("a", "b", "tie", left={"fluency": mark}, right={"relevance": 5}) for mark in marks
    ]
    rows = {row["name"]: row for row in tally(None, {"votes": votes})["rows"]}
    low, high = stats.t.interval(0.95, 3, loc=np.mean(marks), scale=stats.sem(marks))
    assert (
        rows["a"]["fluency"] == pytest.approx([3.25, max(1, low), min(5, high), 4])
        and rows["a"]["coherence"] is None
    )
    assert rows["b"]["relevance"] == [5.0, 5.0, 5.0, 4] and rows["a"]["share"] is None
    assert tally(None, {"votes": []}) == {"votes": 0, "rows": []}


@pytest.mark.parametrize(
    ("votes", "sentence"),
    [
        (3, "votes must be a list of at most 2,000 votes, got int"),
        ([vote("a", "b", "up")], r"votes\[0\].winner must be one of left, right, tie, got 'up'"),
        (
            [vote("a", "b", "tie", left={"fluency": 6})],
            r"votes\[0\].likert.left.fluency must be a whole number in \[1, 5\], got 6",
        ),
        ([vote("", "b", "tie")], r"votes\[0\].left must hold"),
        ([vote("a", "b", "tie", left=[1])], "must be an object, got list"),
        ([None], r"votes\[0\] must be an object"),
    ],
)
def test_votes_from_a_strangers_browser_are_checked(votes, sentence):
    with pytest.raises(ValueError, match=sentence):
        tally(None, {"votes": votes})


def test_a_sweep_gives_the_rows_of_the_comparison_point_by_point():
    raw = {
        "model": "double",
        "prompt": "The fox ran",
        "tokens": 7,
        "seeds": 3,
        "seed": 4,
        "grid": {"temperature": [0.5, 1.2], "top_p": [0.8, 1]},
    }
    frames = list(run(DoubleBackend(), raw))
    rows = [frame["row"] for frame in frames if "row" in frame]
    assert [row["values"] for row in rows] == [
        {"temperature": t, "top_p": p} for t in (0.5, 1.2) for p in (0.8, 1)
    ] and frames[-1]["done"]
    columns = [{"kind": "sampling", **row["values"]} for row in rows]
    table = list(compare(DoubleBackend(), Comparison.read({**raw, "runs": 3, "columns": columns})))[
        -1
    ]["table"]
    assert [
        {name: value for name, value in row.items() if name != "values"} for row in rows
    ] == table
    assert rows == [frame["row"] for frame in run(DoubleBackend(), raw) if "row" in frame]
    assert all(
        row["perplexity"][1] < row["perplexity"][0] < row["perplexity"][2]
        and math.isfinite(row["perplexity"][2])
        for row in rows
    )
    assert json.dumps(frames, allow_nan=False)


@pytest.mark.parametrize(
    ("grid", "sentence"),
    [
        ({}, "grid must hold at least 1 rule"),
        ({"warmth": [1]}, "grid must hold rules among temperature"),
        ({"top_p": []}, "grid.top_p must be a list of different values"),
        ({"top_p": [0.5, 0.5]}, "different values"),
        (
            {"top_p": [0.5, 1.5]},
            r"columns\[1\]: top_p must be a number in \[0, 1\] \(1 turns it off\), got 1.5",
        ),
        ({"top_p": ["much"]}, r"top_p must be a number in \[0, 1\] \(1 turns it off\), got 'much'"),
        ({"top_k": list(range(1, 42))}, "grid must have at most 40 points, got 41"),
        ([1], "grid must be an object, got list"),
    ],
)
def test_bad_grids_get_a_sentence(grid, sentence):
    with pytest.raises(ValueError, match=sentence):
        grid_of(grid, 5, 0)
