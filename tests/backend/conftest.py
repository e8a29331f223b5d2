"""Fixtures of the backend's tests: a clean environment, a backend over small models, SmolLM2
fetched once."""

from __future__ import annotations

import os

import pytest
import torch

from playground.backend import ModelUnavailable, catalog
from playground.backend import limits as bounds
from playground.backend.catalog import Entry, Place
from playground.backend.service import Backend
from tests.backend.small_models import write_model

torch.set_num_threads(1)
HOME_CACHE = os.environ.get("PLAYGROUND_CACHE")
SMALL = {
    "small-gpt2": ("gpt2", "causal"),
    "small-llama": ("llama", "causal"),
    "small-bert": ("bert-causal", "causal"),
    "small-masked": ("bert-masked", "denoiser"),
}


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch, tmp_path):
    """No PLAYGROUND_ variable of the machine reaches a test; the cache is a folder of the test's
    own."""
    for name in list(os.environ):
        if name.startswith("PLAYGROUND_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PLAYGROUND_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    monkeypatch.setenv("PLAYGROUND_DEVICE", "cpu")
    bounds.set_limits(None)
    yield
    bounds.set_limits(None)


@pytest.fixture(scope="session")
def small_folders(tmp_path_factory):
    """A folder of random weights for each small model."""
    root = tmp_path_factory.mktemp("models")
    return {name: write_model(root / name, kind, spread=2.0) for name, (kind, _) in SMALL.items()}


@pytest.fixture()
def backend(small_folders, monkeypatch):
    """A backend whose catalogue holds the small models."""
    root = next(iter(small_folders.values())).parent
    entries = tuple(
        Entry(name, name, kind, 1, "none", (Place("asset", name),))
        for name, (_, kind) in SMALL.items()
    )
    monkeypatch.setattr(catalog, "CATALOG", entries)
    monkeypatch.setattr(catalog, "MODELS", root)
    serving = Backend()
    yield serving
    serving.close()


@pytest.fixture(scope="session")
def smollm2():
    """A backend with SmolLM2-135M loaded, its weights in the machine's own cache so that they are
    fetched once. Where it cannot be had: a failure in CI, a skip with the reason elsewhere."""
    with pytest.MonkeyPatch.context() as patch:
        if HOME_CACHE:
            patch.setenv("PLAYGROUND_CACHE", HOME_CACHE)
        else:
            patch.delenv("PLAYGROUND_CACHE", raising=False)
        serving = Backend()
        try:
            serving.causal("smollm2-135m").close()
        except ModelUnavailable as error:
            if os.environ.get("CI"):
                pytest.fail(str(error))
            pytest.skip(str(error))
    yield serving
    serving.close()
