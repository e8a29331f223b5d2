"""The network for every noise on the page: what is offered with it, what is said without it, links
and files. With a small network in its place, so that no weights are needed."""

import json

import pytest

from playground.diffusion import UnmaskSettings
from playground.pages.diffusion import models
from playground.pages.diffusion.canvas import Canvas
from playground.pages.diffusion.linked import arrived
from playground.pages.diffusion.runs import Side, trace_of, whole_trace
from playground.takeaway.reading import checked
from playground.takeaway.table import to_csv
from tests.diffusion.evidence_network import SIZE, small_denoiser
from tests.pages.denoiser_double import Pieces

CANVAS = Canvas((7, SIZE, SIZE, SIZE, 12), (True, False, False, False, True))
NETWORK = "fairy-evidence"


@pytest.fixture
def offered(monkeypatch):
    monkeypatch.delenv("PLAYGROUND_BACKEND", raising=False)

    def put(there):
        found = {"fairy-diffusion": models.entries()["fairy-diffusion"]}
        monkeypatch.setattr(
            models, "entries", lambda: found | ({NETWORK: models.EVIDENCE} if there else {})
        )
        monkeypatch.setattr(
            models, "evidence_folder", lambda entry: entry.extra.get("evidence") if there else None
        )

    return put


def refusal(model):
    with pytest.raises(ValueError) as caught:
        Side(
            model,
            Pieces(),
            Canvas((3, 2), (True, False)),
            UnmaskSettings("cdcd", 2),
        )
    return str(caught.value)


def test_who_reads_noise_is_named_as_it_is_here(offered):
    offered(False)
    assert refusal("fairy-diffusion").endswith("which only the exact models give")
    offered(True)
    assert refusal("fairy-diffusion").endswith(f"which {NETWORK} and the exact models give")
    assert next(flags for _, name, *flags in models.listed() if name == NETWORK)[2] is True


def test_over_a_cluster_it_is_refused_before_the_run_and_runs_with_masks(offered, monkeypatch):
    offered(True)
    monkeypatch.setenv("PLAYGROUND_BACKEND", "http://127.0.0.1:1")
    assert models.noise_readers() == []
    assert next(flags for _, name, *flags in models.listed() if name == NETWORK)[2] is False

    class Backend:
        def denoiser(self, name):
            return Pieces()  # answers canvases alone, as every session of a cluster

    denoiser = models.get_denoiser(NETWORK, Backend)
    assert "answer for masks alone" in refusal(NETWORK)
    canvas = Canvas((3, 2), (True, False))
    (step,) = Side(NETWORK, denoiser, canvas, UnmaskSettings("mdlm", 1)).steps()
    assert int(step.canvas[0, 1]) != 2


def test_a_link_to_it_opens_or_says_that_its_weights_are_not_here(offered):
    link = {"query": f"?tab=diffusion&model={NETWORK}&sampler=cdcd&ran=1&step=3"}

    class Backend:
        def status(self, name):
            return {"state": "absent"}

    offered(True)
    assert arrived(link, Backend)["run"] == {"edited": None, "at": 3}
    offered(False)
    with pytest.raises(ValueError, match="its weights are not here; choose one of fairy-diff"):
        models.get_denoiser(NETWORK, Backend)


@pytest.mark.parametrize("sampler", ["uniform", "diffusion-lm", "cdcd", "coarse-to-fine"])
def test_a_canvas_without_masks_is_refused_by_a_sentence(sampler):
    whole = Canvas((7, 12), (True, True))
    with pytest.raises(ValueError, match=r"canvas must have a \[MASK\] to fill, got none"):
        Side(NETWORK, small_denoiser(), whole, UnmaskSettings(sampler, 4))


@pytest.mark.parametrize("sampler", ["uniform", "diffusion-lm", "cdcd", "coarse-to-fine"])
def test_a_link_without_a_model_takes_one_that_its_sampler_can_ask(offered, sampler):
    query = {"query": f"?tab=diffusion&sampler={sampler}"}
    offered(True)
    assert arrived(query, None)["values"]["model"] == NETWORK
    named = {"query": query["query"] + "&model=fairy-diffusion"}
    assert arrived(named, None)["values"]["model"] == "fairy-diffusion"
    masks = {"query": "?tab=diffusion&sampler=mdlm"}
    assert arrived(masks, None)["values"]["model"] == "fairy-diffusion"
    offered(False)
    assert arrived(query, None)["values"]["model"] == "fairy-diffusion"


def test_a_link_with_an_unknown_model_says_so_and_opens_with_the_first(offered):
    offered(True)
    found = arrived({"query": "?tab=diffusion&model=no-such&canvas=a+[MASK]"}, None)
    assert found["values"]["model"] == "fairy-diffusion"
    assert found["values"]["canvas"] == "a [MASK]"
    assert found["message"].startswith("model must be one of fairy-diffusion, fairy-evidence")
    assert found["message"].endswith("got 'no-such'.")
    hub = arrived({"query": "?tab=diffusion&model=owner/name"}, None)
    assert (hub["values"]["model"], hub["message"]) == ("owner/name", "")


@pytest.mark.parametrize(
    ("sampler", "fields"),
    [("coarse-to-fine", {}), ("diffusion-lm", {"selection": "clamp"}), ("cdcd", {})],
)
def test_a_run_comes_back_from_its_file_with_groups_and_vectors(sampler, fields):
    side = Side(NETWORK, small_denoiser(), CANVAS, UnmaskSettings(sampler, 6, seed=2, **fields))
    trace = trace_of(whole_trace(side))
    again = checked(json.loads(json.dumps(trace)))
    words = again["start"]["words"]
    if sampler == "coarse-to-fine":
        coarse = again["steps"][2]
        assert coarse["state"][1:4] == ["grouped"] * 3
        assert coarse["groups"].keys() == {str(word) for word in coarse["canvas"][1:4]}
        assert {str(i) for kin in coarse["groups"].values() for i in kin} <= words.keys()
        rows = [line for line in to_csv(trace).splitlines() if ",grouped," in line]
        assert rows and all(",grouped," in row for row in rows)
    else:
        assert len(again["start"]["plane"]) == SIZE
        vectors = again["steps"][0]["vectors"]
        assert vectors == trace["steps"][0]["vectors"] and vectors["words"].keys() <= words.keys()
        broken = json.loads(json.dumps(trace))
        broken["steps"][0]["vectors"]["at"].pop()
        with pytest.raises(ValueError, match=r"vectors\.at must hold 5 entries"):
            checked(broken)
