"""A device that works beside the program, pretended on the CPU: one wait a tick, the same logits,
errors where they belong."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from playground.backend.causal_requests import Ending, Session
from playground.backend.crossing import Crossing
from playground.backend.engine_request import Request
from playground.backend.errors import EngineError
from tests.backend.pretended_device import PretendedPlatform

NAMES = ("small-gpt2", "small-llama", "small-bert")
WAITING = ("_local_scalar_dense", "nonzero", "equal", "masked_select", "unique")  # read a tensor


class Operations(TorchDispatchMode):
    """Names of operations whose result Python must have before it goes on."""

    def __init__(self):
        super().__init__()
        self.waiting: list[str] = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        name = func.__name__.partition(".")[0]
        if any(name.startswith(one) for one in WAITING):
            self.waiting.append(name)
        return func(*args, **(kwargs or {}))


def beside(backend, name):
    """The model's worker on a pretended device, and the platform."""
    backend.causal(name).close()
    worker, platform = backend.residents.get(name).engine.worker, PretendedPlatform()
    worker.crossing = Crossing(torch.device("cpu"), platform)
    return worker, platform


def plain(backend, name, calls):
    """What `calls(face)` answers on the device that is the host."""
    backend.causal(name).close()
    worker = backend.residents.get(name).engine.worker
    worker.crossing = Crossing(torch.device("cpu"))
    with backend.causal(name) as face:
        return calls(face)


@pytest.mark.parametrize("name", NAMES)
def test_every_kind_of_question_has_the_same_answer(backend, name):
    def calls(face):
        text = [5, 6, 7, 8, 9, 10]
        return [
            face.next_logits(text),
            face.next_logits([*text, 11]),
            face.logits_along(text),
            face.last_logits([*text, 11, 12, 13], 3),
            face.hidden_states(text),
        ]

    expected = plain(backend, name, calls)
    beside(backend, name)
    with backend.causal(name) as face:
        for mine, theirs in zip(calls(face), expected, strict=True):
            assert torch.equal(mine, theirs)


@pytest.mark.parametrize("name", NAMES)
def test_a_pass_waits_for_the_device_once_and_only_at_its_end(backend, name):
    worker, platform = beside(backend, name)
    requests = [
        Request(Session(), "next", list(range(5, 9 + number))) for number in range(6)
    ]  # texts
    requests.append(Request(Session(), "last", Ending([5, 6, 7, 8], 3)))
    for tick in (1, 2):  # their beginnings, then one token each
        batch = worker.plan(requests, tick)
        up, waits = platform.up, platform.waits
        with Operations() as seen:
            land = worker.launch(batch)
        assert seen.waiting == [] and platform.up == up + 1 and platform.waits == waits
        assert not any(item.request.finished for item in batch)
        land()
        assert platform.waits == waits + 1 and all(item.request.finished for item in batch)
        requests = [
            Request(one.session, "next", [*one.payload, 3]) for one in requests if one.finished
        ]


def test_canvases_of_all_visitors_wait_once(backend):
    from playground.backend.denoiser import CanvasSession

    backend.denoiser("small-masked").close()
    worker, platform = backend.residents.get("small-masked").engine.worker, PretendedPlatform()
    requests = [
        Request(CanvasSession(), "canvas", torch.full((2, 5), 6 + number)) for number in range(3)
    ]
    worker.run(worker.plan(requests, 1))
    expected = [torch.cat(one.answer) for one in requests]
    worker.crossing = Crossing(torch.device("cpu"), platform)
    again = [Request(CanvasSession(), "canvas", one.payload) for one in requests]
    worker.run(worker.plan(again, 2))
    assert platform.waits == 1 and platform.up == 1
    for one, answer in zip(again, expected, strict=True):
        assert torch.equal(torch.cat(one.answer), answer)


@pytest.mark.parametrize("name", NAMES)
def test_many_visitors_get_their_own_text(backend, name):
    def write(seed):
        with backend.causal(name) as face:
            ids = [5 + seed % 7, 6, 7]
            for _ in range(6):
                ids.append(int(face.next_logits(ids).argmax()))
        return ids

    alone = [write(seed) for seed in range(7)]
    beside(backend, name)
    with ThreadPoolExecutor(24) as pool:
        assert list(pool.map(write, range(24))) == [alone[seed % 7] for seed in range(24)]


class Passes:
    """A worker whose passes land when `may_land` says so, in a list of what happened."""

    asynchronous = True

    def __init__(self):
        self.happened: list[tuple[str, int]] = []
        self.may_land: dict[int, threading.Event] = {}
        self.fails: dict[str, Exception] = {}
        self.passes = 0

    def plan(self, waiting, tick):
        class Item:
            tokens = 1

            def __init__(self, request):
                self.request = request

        return [Item(request) for request in waiting]

    def launch(self, batch):
        if "launch" in self.fails and len(batch) > 1:
            raise self.fails["launch"]
        number, self.passes = self.passes, self.passes + 1
        self.happened.append(("launched", len(batch)))

        def land():
            assert self.may_land.get(number, _SET).wait(20)
            self.happened.append(("landed", len(batch)))
            if "land" in self.fails and len(batch) > 1:
                raise self.fails["land"]
            for item in batch:
                item.request.finish(item.request.payload)

        return land

    def run(self, batch):
        for item in batch:
            if item.request.payload == self.fails.get("payload"):
                raise RuntimeError("CUDA error: an illegal memory access was encountered")
            item.request.finish(item.request.payload)

    def leave(self, session):
        pass

    def make_room(self):
        pass


_SET = threading.Event()
_SET.set()


def engine_of(worker):
    from playground.backend.engine import Engine

    return Engine("pretended", worker)


def test_a_pass_is_in_flight_while_those_answered_before_go_on(monkeypatch):
    """Of twenty who ask at once ten come first; their answers are out although the other ten's pass
    is not back."""
    worker = Passes()
    worker.may_land[1] = threading.Event()
    engine = engine_of(worker)
    # the loop begins once all twenty have asked
    monkeypatch.setattr(engine, "_start", lambda: None)
    with ThreadPoolExecutor(20) as pool:
        answers = [pool.submit(engine.ask, object(), "next", number) for number in range(20)]
        while engine._inbox.qsize() < 20:
            threading.Event().wait(0.001)
        thread = threading.Thread(target=engine._loop, daemon=True)
        thread.start()
        try:
            first = {answer.result(20) for answer in _done(answers, 10)}
            assert len(first) == 10 and worker.happened[:3] == [
                ("launched", 10),
                ("launched", 10),
                ("landed", 10),
            ]
            assert ("landed", 10) not in worker.happened[3:]
        finally:
            worker.may_land[1].set()
        assert sorted(answer.result(20) for answer in answers) == list(range(20))
    engine.stopped = True
    engine._inbox.put(("stop", None))
    thread.join(20)
    assert not thread.is_alive()


def _done(answers, count):
    """The first `count` of them that are there."""
    from concurrent.futures import as_completed

    found = []
    for answer in as_completed(answers, timeout=20):
        found.append(answer)
        if len(found) == count:
            return found
    raise AssertionError("too few answers")


@pytest.mark.parametrize("where", ["launch", "land"])
def test_an_error_of_the_device_reaches_the_one_who_caused_it(where):
    worker = Passes()
    worker.fails = {where: RuntimeError("CUDA error: device-side assert triggered"), "payload": 2}
    engine = engine_of(worker)
    batch = [Request(object(), "next", number) for number in range(4)]
    engine.waiting = batch
    engine._one_tick()
    engine._land()
    engine._hand_out_all()
    assert [one.error is None for one in batch] == [True, True, False, True]
    with pytest.raises(EngineError, match="illegal memory access"):
        batch[2].wait(1)
    assert [batch[number].wait(1) for number in (0, 1, 3)] == [0, 1, 3] and engine.waiting == []


def test_a_pass_that_failed_on_its_way_leaves_the_texts_as_they_would_have_been(backend):
    """The same token again and again: one that counted twice as known would be left out of the next
    pass."""
    prompts = ([5, 6, 7], [8, 6, 7])

    def step(engine, sessions, texts):
        asked = [
            Request(session, "next", list(ids))
            for session, ids in zip(sessions, texts, strict=True)
        ]
        engine.waiting = list(asked)
        while engine.waiting:
            engine._one_tick()
            engine._land()
        engine._hand_out_all()
        return [one.wait(1) for one in asked]

    def written(failing):
        worker, platform = beside(backend, "small-llama")
        engine, sessions = engine_of(worker), [Session() for _ in prompts]
        real, found = platform.mark, []

        def mark():
            made = real()
            made.copies.append((torch.zeros(2), torch.zeros(3)))  # cannot be copied
            platform.mark = real
            return made

        for number in (0, 1, 4, 7):
            if number in failing:
                platform.mark = mark
            found.append(step(engine, sessions, [ids + [9] * number for ids in prompts]))
        return found

    for mine, theirs in zip(written({1, 4}), written(()), strict=True):
        for one, other in zip(mine, theirs, strict=True):
            assert torch.allclose(one, other, atol=1e-5)


def test_a_gpu_that_failed_is_told_to_visitors_and_to_the_host(backend, monkeypatch):
    backend.causal("small-llama").close()
    engine = backend.residents.get("small-llama").engine

    def broken(batch):
        raise RuntimeError(
            "CUDA error: device-side assert triggered\nCompile with TORCH_USE_CUDA_DSA"
        )

    assert backend.health()["status"] == "ok"
    monkeypatch.setattr(engine.worker, "run", broken)
    with backend.causal("small-llama") as face, pytest.raises(EngineError) as raised:
        face.next_logits([5, 6])
    assert "started again (CUDA error: device-side assert triggered)" in str(raised.value)
    assert backend.health()["status"] == "device lost"


def test_a_visitor_who_leaves_while_the_pass_is_on_its_way_stops_nobody():
    worker = Passes()
    engine = engine_of(worker)
    stays, leaves = Request(object(), "next", 1), Request(object(), "next", 2)
    engine.waiting = [stays, leaves]
    engine._one_tick()
    engine._drop(leaves.session)
    engine._land()
    engine._hand_out_all()
    assert stays.wait(1) == 1 and leaves.error is not None
