"""The network for every noise in the backend: offered only where its files are, asked through the
engine."""

import shutil

import pytest
import torch

from playground.backend import catalog
from playground.backend.evidence import EvidenceNetwork
from playground.backend.loading import read_network
from playground.backend.service import Backend
from playground.diffusion import UnmaskSettings, unmask
from playground.pages.diffusion import models

SHIPPED = catalog.MODELS / "fairy-diffusion"


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """A folder of models with an untrained network of that kind; returns it."""
    shutil.copytree(SHIPPED, tmp_path / "fairy-diffusion")
    (tmp_path / "fairy-evidence").mkdir()
    network = EvidenceNetwork(read_network(SHIPPED, "denoiser")[0])
    network.begin(torch.ones(network.size))
    points = network.curve.shape[1]
    network.curve.copy_(torch.stack([torch.linspace(2, 0.1, points), torch.linspace(6, 0, points)]))
    network.save(tmp_path / "fairy-evidence", "fairy-diffusion")
    monkeypatch.setattr(catalog, "MODELS", tmp_path)
    return network.eval()


def test_it_is_not_on_offer_while_its_files_are_not_there(tmp_path, monkeypatch):
    monkeypatch.setattr(catalog, "MODELS", tmp_path)
    assert "fairy-evidence" not in catalog.offered()
    assert not models.reads_evidence("fairy-evidence")
    with pytest.raises(ValueError, match="fairy-evidence is not in this copy"):
        models.get_denoiser("fairy-evidence", Backend)


def test_a_session_answers_evidence_as_the_network_does_and_samplers_run_on_it(shipped):
    assert "fairy-evidence" in catalog.offered()
    row = next(row for row in models.listed() if row[1] == "fairy-evidence")
    assert row[2:] == [False, False, True]
    backend = Backend()
    denoiser = models.get_denoiser("fairy-evidence", lambda: backend)
    canvas = denoiser.encode("once upon a time [MASK] [MASK] [MASK] .")
    assert canvas.count(denoiser.mask_id) == 3
    evidence = denoiser.evidence([canvas])
    with torch.no_grad():
        wanted = shipped.log_posterior(torch.as_tensor(evidence)).exp()
    got = denoiser.posterior(evidence)
    assert torch.allclose(got, wanted, atol=1e-2)
    for settings in (
        UnmaskSettings("cdcd", 2, guidance=0.5),
        UnmaskSettings("diffusion-lm", 2, selection="clamp"),
        UnmaskSettings("uniform", 2),
        UnmaskSettings("dream", 2),
    ):
        *_, last = unmask(denoiser, [canvas], settings)
        text = denoiser.decode(last.canvas[0].tolist())
        assert text.startswith("once upon a time") and "[MASK]" not in text
    with pytest.raises(ValueError, match="positions"):
        denoiser.posterior(torch.zeros(1, 600, denoiser.vocab_size))
    backend.make_room()  # as after every busy time
    assert torch.allclose(denoiser.posterior(evidence), got, atol=1e-5)
