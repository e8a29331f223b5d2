"""get_backend(): models by name, their state while they come, memory, and one visitor's wait that
is nobody else's."""

import json
import threading

import pytest
import torch

from playground.backend import ModelUnavailable, RunStopped, current, get_backend, service, weights
from playground.backend.errors import OutOfMemory
from playground.backend.loading import Residents


def test_there_is_one_backend_for_the_process(monkeypatch):
    monkeypatch.setattr(current, "_backend", None)
    assert get_backend() is get_backend()


def test_the_backend_is_there_before_torch_is():
    """Importing it costs a page nothing: no torch, no transformers."""
    import subprocess
    import sys

    code = (
        "import sys; from playground.backend import get_backend; get_backend().catalog(); "
        "get_backend().status('gpt2'); print([name for name in ('torch', 'transformers', "
        "'huggingface_hub') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=weights.Path(__file__).parents[2],
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_the_catalogue_is_plain_data(backend):
    assert [entry.id for entry in backend.catalog()] == [
        "small-gpt2",
        "small-llama",
        "small-bert",
        "small-masked",
    ]
    json.dumps([entry.record() for entry in backend.catalog()])


def test_status_goes_from_absent_to_ready(backend):
    assert backend.status("small-gpt2")["state"] == "absent"
    seen, finished = [], threading.Event()

    def watch(status):
        seen.append(status["state"])
        if status["state"] in ("ready", "failed"):
            finished.set()

    backend.prepare("small-gpt2", watch)
    assert finished.wait(60) and seen[-1] == "ready" and "loading" in seen
    assert backend.status("small-gpt2")["state"] == "ready"
    finished.clear()
    assert backend.prepare("small-gpt2", watch)["state"] == "ready" and finished.is_set()


def test_a_slow_download_blocks_nobody_else(backend, monkeypatch):
    gate, find = threading.Event(), service.find_weights

    def slow(entry, report):
        if entry.id == "small-llama":
            report("downloading", 5, 10)
            assert gate.wait(60)
        return find(entry, report)

    monkeypatch.setattr(service, "find_weights", slow)
    backend.prepare("small-llama")
    with backend.causal("small-gpt2") as model:
        assert model.next_logits([1]).shape == (258,)
    while backend.status("small-llama")["phase"] == "starting":
        pass
    status = backend.status("small-llama")
    assert (status["state"], status["done"], status["total"]) == ("downloading", 5, 10)
    gate.set()
    assert backend.causal("small-llama").vocab_size == 258


def test_visitors_who_want_the_same_model_load_it_once(backend, monkeypatch):
    loads, find = [], service.find_weights
    monkeypatch.setattr(
        service,
        "find_weights",
        lambda entry, report: (loads.append(entry.id), find(entry, report))[1],
    )
    faces = []
    threads = [
        threading.Thread(target=lambda: faces.append(backend.causal("small-gpt2")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert loads == ["small-gpt2"] and len(faces) == 8


def test_a_model_that_cannot_be_had_says_so_and_is_tried_anew(backend, monkeypatch):
    def away(entry, report):
        raise ModelUnavailable(entry.id, [("somewhere", "it is away")])

    backend.causal("small-llama")
    with monkeypatch.context() as patch:
        patch.setattr(service, "find_weights", away)
        with pytest.raises(
            ModelUnavailable, match=r"'small-gpt2' cannot be had. Tried: somewhere: it is away"
        ) as caught:
            backend.causal("small-gpt2")
        assert caught.value.reasons == [("somewhere", "it is away")]
        status = backend.status("small-gpt2")
        assert status["state"] == "failed" and "it is away" in status["message"]
        assert backend.causal("small-llama").next_logits([1]).shape == (
            258,
        )  # everything else goes on
    assert backend.causal("small-gpt2").next_logits([1]).shape == (258,)


def test_an_unforeseen_error_while_loading_is_a_sentence_too(backend, monkeypatch):
    def broken(entry, report):
        raise ZeroDivisionError("inner")

    monkeypatch.setattr(service, "find_weights", broken)
    with pytest.raises(ModelUnavailable, match="'small-gpt2' cannot be loaded"):
        backend.causal("small-gpt2")


def test_a_watcher_who_left_does_not_end_the_load(backend):
    def gone(status):
        raise ConnectionError("the browser closed")

    backend.prepare("small-gpt2", gone)
    assert backend.causal("small-gpt2").next_logits([1]).shape == (258,)


def test_the_least_recently_used_model_goes_first(backend):
    backend._residents = Residents(budget=1)
    old = backend.causal("small-gpt2")
    assert backend.residents.names() == ["small-gpt2"]
    backend.causal("small-llama")
    assert backend.residents.names() == ["small-llama"]
    with pytest.raises(RunStopped, match="small-gpt2"):
        old.next_logits([1])
    assert backend.status("small-gpt2")["state"] == "absent"
    assert backend.causal("small-gpt2").next_logits([1]).shape == (258,)


def test_models_that_fit_the_budget_stay(backend):
    backend._residents = Residents(budget=10_000_000)
    for name in ("small-gpt2", "small-llama", "small-gpt2", "small-bert"):
        backend.causal(name)
    assert backend.residents.names() == ["small-llama", "small-gpt2", "small-bert"]
    assert backend.residents.free_least_recent(keep="small-llama") == "small-gpt2"


def test_out_of_memory_while_loading_puts_one_away_and_tries_once_more(backend, monkeypatch):
    backend.causal("small-llama")
    load, fails = Residents._load, [1]

    def full(self, entry, folder):
        if fails[0]:
            fails[0] -= 1
            raise torch.OutOfMemoryError("out of memory")
        return load(self, entry, folder)

    monkeypatch.setattr(Residents, "_load", full)
    backend.causal("small-gpt2")
    assert backend.residents.names() == ["small-gpt2"]
    fails[0] = 2
    with pytest.raises(
        OutOfMemory,
        match=r"does not suffice to load 'small-bert', even after small-gpt2 was put away",
    ):
        backend.causal("small-bert")


def test_a_cached_copy_that_cannot_be_loaded_is_fetched_anew_once(
    backend, small_folders, monkeypatch
):
    import shutil

    from safetensors.torch import load_file, save_file

    from playground.backend import catalog
    from playground.backend.catalog import Entry, Place

    entry = Entry("tiny", "Tiny", "causal", 1, "none", (Place("hub", "someone/tiny"),))
    monkeypatch.setattr(catalog, "CATALOG", (entry,))

    def snapshot_download(repo, local_dir=None, local_files_only=False, **_):
        if local_files_only:
            raise FileNotFoundError
        shutil.copytree(small_folders["small-gpt2"], local_dir, dirs_exist_ok=True)

    monkeypatch.setattr("huggingface_hub.snapshot_download", snapshot_download)
    home = shutil.copytree(small_folders["small-gpt2"], weights.cached_path(entry))
    tensors = {
        name: tensor * float("nan")
        for name, tensor in load_file(home / "model.safetensors").items()
    }
    save_file(tensors, home / "model.safetensors", {"format": "pt"})
    assert torch.isfinite(backend.causal("tiny").next_logits([1])).all()


def test_a_model_put_away_ends_the_waits_of_its_visitors(backend):
    model, started, release, seen = (
        backend.causal("small-gpt2"),
        threading.Event(),
        threading.Event(),
        [],
    )
    run = model._engine.worker.run

    def held(batch):
        started.set()
        release.wait(20)
        run(batch)

    model._engine.worker.run = held

    def visit(ids):
        try:
            model2 = backend.causal("small-gpt2") if ids == [2] else model
            model2.next_logits(ids)
            seen.append("answered")
        except RunStopped:
            seen.append("stopped")

    first = threading.Thread(target=visit, args=([1],))
    first.start()
    assert started.wait(20)
    second = threading.Thread(target=visit, args=([2],))
    second.start()
    while model._engine.depth < 2:
        pass
    backend.residents.free_least_recent(keep=None)
    release.set()
    first.join(20)
    second.join(20)
    assert sorted(seen) == ["answered", "stopped"]


def test_many_short_runs_leave_nothing_behind(backend):
    """After a hundred runs the engine holds no more sessions, slots, requests or kept beginnings
    than after ten."""

    def state():
        engine = backend.residents.get("small-llama").engine
        return (
            engine.depth,
            len(engine.worker.open) <= 1,
            len(engine.worker.kept) <= 8,
            len(engine.worker.store.blocks),
            backend.residents.logits.bytes <= backend.residents.logits.budget,
            backend.runs.active,
            backend.runs.waiting,
        )

    seen = []
    for number in range(100):
        with (
            backend.run(number % 7, "generate", "small-llama") as run,
            backend.causal("small-llama") as model,
        ):
            ids = [1 + number] + [(number * k) % 200 for k in range(1, 3 + number % 30)]
            for _ in range(2):
                ids.append(int(model.next_logits(ids).argmax()))
                run.step()
        if number in (9, 99):
            backend.causal("small-llama").next_logits([1])
            seen.append(state())
    assert seen[0] == seen[1]


def test_what_closed_sessions_left_is_given_up_and_an_open_one_goes_on(backend):
    with backend.causal("small-llama") as model:
        model.next_logits(list(range(1, 40)))
    engine = backend.residents.get("small-llama").engine
    with backend.causal("small-llama") as model:
        before = model.next_logits(list(range(2, 30)))
        assert engine.worker.kept
        backend.make_room()
        after = model.next_logits(list(range(2, 30)))
        assert not engine.worker.kept and len(engine.worker.store.blocks) == 1
        torch.testing.assert_close(before, after, atol=1e-5, rtol=1e-5)
