"""A process that is killed in the middle of a download: the next one neither waits for its lock nor
uses what it left."""

import shutil
import subprocess
import sys
from pathlib import Path

from playground.backend import weights
from playground.backend.catalog import Entry, Place
from playground.backend.loading import read_network

ROOT = Path(__file__).resolve().parents[2]
ENTRY = Entry("tiny", "Tiny", "causal", 1, "none", (Place("hub", "someone/tiny"),))
HALF = """
import pathlib, sys, threading
import huggingface_hub

def half(repo, local_dir=None, local_files_only=False, **options):
    if local_files_only:
        raise FileNotFoundError
    for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
        data = path.read_bytes()
        (pathlib.Path(local_dir) / path.name).write_bytes(data[:len(data) // 2])
    print("half", flush=True)
    threading.Event().wait()

huggingface_hub.snapshot_download = half
from playground.backend import weights
from playground.backend.catalog import Entry, Place
weights.find_weights(Entry("tiny", "Tiny", "causal", 1, "none", (Place("hub", "someone/tiny"),)))
"""


def test_a_killed_download_is_redone_and_never_half_used(small_folders, monkeypatch, tmp_path):
    monkeypatch.setenv("PLAYGROUND_CACHE", str(tmp_path / "cache"))
    source = small_folders["small-gpt2"]
    process = subprocess.Popen(
        [sys.executable, "-c", HALF, str(source)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout.readline() == "half\n"
    finally:
        process.kill()
        process.wait(30)
    left = [path for path in (tmp_path / "cache" / "models").iterdir() if path.is_dir()]
    assert (
        len(left) == 1 and left[0] != weights.cached_path(ENTRY) and any(left[0].iterdir())
    )  # half of it lies there, under another name
    calls = []

    def whole(repo, local_dir=None, local_files_only=False, **options):
        if local_files_only:
            raise FileNotFoundError
        calls.append(repo)
        for path in source.iterdir():
            shutil.copy(path, local_dir)

    monkeypatch.setattr("huggingface_hub.snapshot_download", whole)
    home = weights.find_weights(ENTRY)
    network, _ = read_network(home, "causal")
    assert calls == ["someone/tiny"] and home == weights.cached_path(ENTRY) and network is not None
    assert [path for path in home.parent.iterdir() if path.is_dir()] == [home]
