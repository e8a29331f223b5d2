"""Passes of a few next tokens that are recorded once and replayed, with a recorder that stands for
CUDA's graphs on the CPU."""

import pytest
import torch

from playground.backend.causal import CausalWorker
from playground.backend.causal_requests import Session
from playground.backend.engine_request import Request
from playground.backend.fixed_steps import MOST, ROWS, WORTH, FixedSteps, recorder_for
from tests.backend.pretended_device import PretendedRecorder

NAMES = ("small-gpt2", "small-llama", "small-bert")


class Texts:
    """Texts that grow token by token with a worker, as the engine asks it."""

    def __init__(self, network, recorder=None, longest=128):
        self.worker = CausalWorker(network, longest, 50_000_000, recorder=recorder)
        self.sessions: dict[int, Session] = {}
        self.tick = 0

    def step(self, texts):
        """{name: ids} -> {name: (V,) logits}."""
        requests = {
            name: Request(self.sessions.setdefault(name, Session()), "next", list(ids))
            for name, ids in texts.items()
        }
        while not all(request.finished for request in requests.values()):
            self.tick += 1
            waiting = [request for request in requests.values() if not request.finished]
            self.worker.run(self.worker.plan(waiting, self.tick))
        return {name: request.wait(1) for name, request in requests.items()}


def network_of(backend, name):
    backend.causal(name).close()
    return backend.residents.get(name).network


def grown(one, two, counts, longest):
    """Steps of several texts with both; the largest difference of their logits. counts: how many
    write at each step."""
    texts, gap = {}, 0.0
    for number, count in enumerate(counts):
        for name in range(count):
            texts.setdefault(name, [5 + name, 6, 7])
        some = {name: texts[name] for name in range(count) if len(texts[name]) < longest}
        mine, theirs = one.step(some), two.step(some)
        for name in some:
            gap = max(gap, float((mine[name] - theirs[name]).abs().max()))
            texts[name] = [*texts[name], (int(mine[name].argmax()) + number) % 50 + 5]
    return gap


@pytest.mark.parametrize("name", NAMES)
def test_replayed_passes_give_the_logits_of_plain_ones(backend, name):
    """Visitors come and go, and texts grow beyond the places of the first recording."""
    network, recorder = network_of(backend, name), PretendedRecorder()
    one, two = Texts(network), Texts(network, recorder)
    counts = [1] * 8 + [3] * 30 + [2] * 8 + [5] * 8 + [1] * 30
    assert grown(one, two, counts, longest=120) < 2e-4
    assert recorder.recorded >= 4 and recorder.replayed > 50
    lengths = {length for _, _, length in two.worker.fixed._kept}
    assert lengths == {64, 128}


def test_a_pass_is_recorded_once_it_was_met_often_enough(backend):
    recorder = PretendedRecorder()
    texts = Texts(network_of(backend, "small-llama"), recorder)
    ids = [5, 6, 7]
    for number in range(WORTH + 3):
        logits = texts.step({0: ids})[0]
        # the prompt is no pass of one token, and the next ones are counted first
        assert recorder.recorded == (number > WORTH)
        ids.append(int(logits.argmax()))


def test_prompts_drafts_and_many_rows_run_as_before(backend):
    recorder = PretendedRecorder()
    texts = Texts(network_of(backend, "small-llama"), recorder)
    for number in range(WORTH + 3):
        texts.step({name: [5] * (3 + number) for name in range(ROWS[-1] + 1)})
    assert recorder.recorded == 0  # one row too many, and in two blocks of slots


def test_a_block_that_is_given_up_takes_its_recordings_with_it(backend):
    recorder = PretendedRecorder()
    texts = Texts(network_of(backend, "small-llama"), recorder)
    ids = [5, 6, 7]
    for _ in range(WORTH + 2):
        texts.step({0: ids})
        ids.append(9)
    worker = texts.worker
    assert len(worker.fixed) == 1
    worker.leave(texts.sessions[0])
    worker.make_room()  # what was kept for a run with the same beginning goes too
    assert worker.store.blocks == [] and len(worker.fixed) == 0
    # the next text begins as the first one did
    assert texts.step({1: [5, 6, 7]})[1].shape == (258,)


def test_without_room_for_a_recording_passes_go_on_plainly(backend, caplog):
    network = network_of(backend, "small-llama")
    broken = PretendedRecorder(RuntimeError("operation not permitted when stream is capturing"))
    one, two = Texts(network), Texts(network, broken)
    assert grown(one, two, [1] * 12, longest=120) < 2e-4
    assert not two.worker.fixed.usable and "not recorded" in caplog.text


def test_the_oldest_recordings_go(backend):
    network = network_of(backend, "small-llama")
    fixed = FixedSteps(network, torch.device("cpu"), PretendedRecorder())
    for number in range(MOST + 5):
        fixed._record((number, 1, 64), *_nothing(network))
    assert len(fixed) == MOST and (0, 1, 64) not in fixed._kept


def _nothing(network):
    """A block of one slot, one token at place 0, and the length of its recording."""
    worker = CausalWorker(network, 128, 50_000_000)
    slot = worker.store.take(1)
    return slot.block, torch.tensor([[5], [0], [slot.index]]), 64


def test_where_nothing_is_recorded(monkeypatch):
    assert recorder_for(torch.device("cpu")) is None
    assert recorder_for(torch.device("cuda"), lent=True) is None
    monkeypatch.setenv("PLAYGROUND_CUDA_GRAPHS", "0")
    assert recorder_for(torch.device("cuda")) is None
