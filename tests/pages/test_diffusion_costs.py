"""What the noise costs is on the page where a report is shipped beside the network, and nowhere
else."""

import json
from types import SimpleNamespace

import gradio as gr
import pytest

from playground.backend import catalog
from playground.pages import diffusion as page
from playground.pages.diffusion.noise_costs import report
from playground.widgets.diffusion import CostsView

NOISES = [{"noise": "masks", "nats": 3.8, "error": 0.1, "difference": 0.1, "difference_error": 0.1}]


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """A folder that counts as shipped, without a report."""
    folder = tmp_path / "fairy-evidence"
    folder.mkdir()
    (folder / "evidence-1-of-1.safetensors").touch()
    monkeypatch.setattr(catalog, "MODELS", tmp_path)
    return folder


def views():
    with gr.Blocks() as blocks:
        page.build(SimpleNamespace(backend=None, at_start=lambda act: None))
    return [one for one in blocks.blocks.values() if isinstance(one, CostsView)]


def test_without_the_network_there_is_no_report(tmp_path, monkeypatch):
    monkeypatch.setattr(catalog, "MODELS", tmp_path)
    (tmp_path / "fairy-evidence").mkdir()
    (tmp_path / "fairy-evidence" / "report.json").write_text(json.dumps({"noises": NOISES}))
    assert report() == {}


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"noises": []}', "\xff"])
def test_a_report_that_cannot_be_read_is_none(shipped, text):
    (shipped / "report.json").write_bytes(text.encode("latin-1"))
    assert report() == {}


def test_what_was_measured_is_what_is_shown(shipped, monkeypatch):
    seen = {"noises": NOISES, "windows": 4, "length": 64, "samplers": ["not shown"]}
    (shipped / "report.json").write_text(json.dumps(seen))
    assert report() == seen


def test_the_page_has_the_part_only_where_a_report_is_shipped(shipped):
    assert views() == []
    seen = {"noises": NOISES, "windows": 4, "length": 64, "samplers": ["not shown"]}
    (shipped / "report.json").write_text(json.dumps(seen))
    (view,) = views()
    value = view.value if isinstance(view.value, dict) else json.loads(view.value)
    assert value == {"noises": NOISES, "windows": 4, "length": 64, "control": None}
