"""What is on offer, and that nobody names anything else; limits and device by environment."""

import pytest

from playground.backend import ModelUnavailable, catalog, device
from playground.backend.limits import Limits, limits, read_limits, set_limits


def test_every_entry_says_what_a_visitor_needs():
    ids = [entry.id for entry in catalog.CATALOG]
    assert len(set(ids)) == len(ids)
    for entry in catalog.CATALOG:
        assert (
            entry.kind in ("causal", "denoiser")
            and entry.size_mb > 0
            and entry.licence
            and entry.places
        )
        assert entry.record()["places"] and "LLaDA" not in entry.title


def test_smollm2_tries_the_hub_then_the_package_index():
    assert [place.kind for place in catalog.find("smollm2-135m").places] == ["hub", "wheel"]


def test_the_environment_cuts_the_offer_down(monkeypatch):
    monkeypatch.setenv("PLAYGROUND_MODELS", "gpt2, fairy-causal,unknown")
    assert list(catalog.offered()) == ["fairy-causal", "gpt2"]
    with pytest.raises(
        ModelUnavailable, match=r"model must be one of fairy-causal, gpt2, got 'smollm2-135m'"
    ):
        catalog.find("smollm2-135m")


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "someone/model",
        "",
        "gpt2 ",
        "/etc",
        "a/b/c",
        None,
        7,
        "x" * 10_000,
        "nul\0",
    ],
)
def test_nobody_names_a_model_outside_the_offer(name):
    with pytest.raises(ModelUnavailable, match="model must be") as caught:
        catalog.find(name)
    assert len(str(caught.value)) < 600


def test_any_hub_id_only_when_the_host_allows_it(monkeypatch):
    monkeypatch.setenv("PLAYGROUND_ALLOW_ANY_MODEL", "1")
    entry = catalog.find("someone/model", "denoiser")
    assert (
        entry.kind == "denoiser"
        and not entry.listed
        and [place.kind for place in entry.places] == ["hub"]
    )
    for name in ("../../etc/passwd", "a/b/c", "/etc/passwd", "someone/..", "-x/y"):
        with pytest.raises(ModelUnavailable):
            catalog.find(name)


def test_a_known_hub_id_is_its_catalogue_entry(monkeypatch):
    monkeypatch.setenv("PLAYGROUND_ALLOW_ANY_MODEL", "1")
    assert catalog.find("Qwen/Qwen3-0.6B").id == "qwen3-0.6b"


def test_a_model_of_the_other_kind_is_refused_with_those_that_fit():
    with pytest.raises(
        ModelUnavailable,
        match=r"'gpt2' is a causal model; a denoiser model is needed here: fairy-diffusion",
    ):
        catalog.find("gpt2", "denoiser")


def test_every_limit_can_be_set_by_the_environment():
    for name, default in Limits().record().items():
        value = type(default)(default + 1)
        assert getattr(read_limits({f"PLAYGROUND_{name.upper()}": str(value)}), name) == value


@pytest.mark.parametrize("text", ["many", "-1", "nan", "inf"])
def test_a_limit_that_is_no_number_is_named(text):
    with pytest.raises(
        ValueError, match=f"PLAYGROUND_RUN_SECONDS must be a number >= 0, got '{text}'"
    ):
        read_limits({"PLAYGROUND_RUN_SECONDS": text})


def test_beyond_a_limit_the_sentence_names_it():
    set_limits(Limits(max_new_tokens=5))
    limits().check("max_new_tokens", 5)
    for value in (6, float("nan"), float("inf"), 10**30):
        with pytest.raises(ValueError, match="new tokens must be at most 5 here, got"):
            limits().check("max_new_tokens", value)


def test_outside_zero_gpu_the_decorator_is_the_function_itself(monkeypatch):
    def run():
        yield 1

    assert device.zero_gpu(30)(run) is run
    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    monkeypatch.setitem(__import__("sys").modules, "spaces", None)
    assert device.zero_gpu(30)(run) is run


def test_on_zero_gpu_the_whole_run_is_decorated(monkeypatch):
    import sys
    from types import SimpleNamespace

    seen = []
    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    monkeypatch.setitem(
        sys.modules,
        "spaces",
        SimpleNamespace(
            GPU=lambda duration: lambda function: seen.append((duration, function)) or function
        ),
    )

    def run():
        return 1

    assert device.zero_gpu(30)(run) is run and seen == [(30, run)]


def test_the_environment_names_the_device(monkeypatch):
    device.device.cache_clear()
    monkeypatch.setenv("PLAYGROUND_DEVICE", "cpu")
    assert device.device().type == "cpu" and str(device.dtype()) == "torch.float32"
    assert device.memory_bytes() > 1e8


def test_large_models_are_listed_with_their_memory(monkeypatch):
    large = {entry.id: str(entry.listed_as) for entry in catalog.CATALOG if entry.gpu_suggested}
    assert {"smollm2-360m", "qwen3-0.6b", "qwen3-diffusion"} <= large.keys()
    assert large["qwen3-0.6b"] == "Qwen3 0.6B (2.4 GB of memory, a GPU suggested)"
    assert large["smollm2-360m"] == "SmolLM2 360M Instruct (1.4 GB of memory, a GPU suggested)"
    monkeypatch.setenv("PLAYGROUND_DTYPE", "bfloat16")
    assert "(1.2 GB of memory" in catalog.find("qwen3-diffusion").listed_as
    assert catalog.find("fairy-causal").listed_as == catalog.find("fairy-causal").title
