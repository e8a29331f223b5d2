"""The players in a notebook: every kind of thing that `show` takes, and the example notebook run
from its first cell to its last."""

import base64
import html
import os

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from playground import show
from playground.markov import HiddenMarkovModel, MarkovChain
from playground.paths import ASSETS
from playground.traces import new_trace
from tests.pages.process import ROOT

CHAIN = MarkovChain(np.array([[0.9, 0.1], [0.5, 0.5]]), ["sunny", "<script>alert(1)</script>"])
HIDDEN = HiddenMarkovModel([1, 0], [[0.9, 0.1], [0.5, 0.5]], [[0.1, 0.9], [0.8, 0.2]])
PNG = b"\x89PNG\r\n"


@pytest.mark.parametrize(
    "make",
    [
        lambda: show("fairy-causal", "once upon a time", seed=7, max_new_tokens=4),
        lambda: show("the king had [MASK]*4 .", steps=4, seed=5),
        lambda: show("sunny [MASK]*3", model="exact-weather", sampler="dream", steps=3),
        lambda: show(CHAIN),
        lambda: show(HIDDEN, observations=[0, 1, 1]),
        lambda: show(HIDDEN),
    ],
    ids=["model", "canvas", "exact canvas", "chain", "hidden", "sampled hidden"],
)
def test_everything_that_can_be_shown_has_a_page_a_picture_and_a_line(make):
    player = make()
    bundle = player._repr_mimebundle_()
    frame = bundle["text/html"]
    assert frame.startswith("<iframe srcdoc=") and 'sandbox="allow-scripts"' in frame
    page = html.unescape(frame.split('srcdoc="')[1].split('" sandbox=')[0])
    assert page == player.html() and "alert(1)</script>" not in page
    assert base64.b64decode(bundle["image/png"]).startswith(PNG)
    assert bundle["text/plain"] == repr(player)


def test_the_text_is_the_same_each_time():
    assert repr(show("fairy-causal", "the wolf", seed=2, max_new_tokens=6)) == repr(
        show("fairy-causal", "the wolf", seed=2, max_new_tokens=6)
    )


def test_what_cannot_be_shown_is_refused_in_words():
    with pytest.raises(ValueError, match="temperature"):
        show("fairy-causal", "the wolf", temperature=-1)
    with pytest.raises(ValueError, match="prompt must be a text"):
        show(object())
    with pytest.raises(ValueError, match="kind"):
        show(new_trace("chain", "m", {}, "")).html()


def test_a_player_is_saved_as_a_page_or_as_a_picture(tmp_path):
    player = show(CHAIN)
    player.save(tmp_path / "chain.html")
    player.save(tmp_path / "chain.PNG")
    assert (tmp_path / "chain.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert (tmp_path / "chain.PNG").read_bytes().startswith(PNG)


def test_the_example_notebook_runs_and_keeps_players_and_still_pictures(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
    book = nbformat.read(ASSETS / "examples" / "notebook.ipynb", as_version=4)
    NotebookClient(book, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = [
        output["data"]
        for cell in book.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if "data" in output
    ]
    assert len(shown) == 4
    assert all({"text/html", "image/png", "text/plain"} <= set(data) for data in shown)
    assert (tmp_path / "wolf.html").exists() and (tmp_path / "wolf.png").exists()
