"""More texts than the budget of keys holds: each gets to its end, with the logits of a text
alone."""

import pytest
import torch

from playground.backend.causal import CausalWorker
from playground.backend.causal_requests import Session
from playground.backend.engine_request import Request

SLOT = 512  # tokens of a slot that holds these texts


def worker_with(backend, slots):
    """A worker of small-llama whose budget holds so many texts of these lengths at once."""
    backend.causal("small-llama").close()
    network = backend.residents.get("small-llama").network
    worker = CausalWorker(network, SLOT, 1)
    worker.store.budget = worker.store.token_bytes * SLOT * slots
    return worker


def texts(count, shared=0):
    return [
        [7] * shared + [5 + (3 * number + place) % 200 for place in range(120 + number)]
        for number in range(count)
    ]


def run(worker, requests, most):
    """Passes until all are answered."""
    for tick in range(1, most):
        waiting = [request for request in requests if not request.finished]
        if not waiting:
            return
        batch = worker.plan(waiting, tick)
        assert batch, "nobody can go on"
        worker.run(batch)
    raise AssertionError(f"not at the end after {most} passes")


@pytest.mark.parametrize("shared", [0, 60])
@pytest.mark.parametrize("slots", [1, 3])
def test_texts_that_wait_for_each_others_slots_all_come_to_their_end(backend, slots, shared):
    worker = worker_with(backend, slots)
    prompts = texts(7, shared)
    requests = [Request(Session(), "next", list(ids)) for ids in prompts]
    clock = [0.0]
    worker.clock = lambda: clock[0]
    for tick in range(1, 200):
        waiting = [request for request in requests if not request.finished]
        if not waiting:
            break
        worker.run(worker.plan(waiting, tick))
        clock[0] += 0.6  # whoever was answered asks no more, and is idle after a while
    assert all(request.finished for request in requests)
    network = worker.network
    for request, ids in zip(requests, prompts, strict=True):
        with torch.inference_mode():
            network.set_attn_implementation("sdpa")
            expected = network(input_ids=torch.tensor([ids])).logits[0, -1]
            network.set_attn_implementation("packed")
        assert float((request.wait(1) - expected).abs().max()) < 1e-3


def test_texts_that_all_outgrow_their_slots_go_on_one_by_one(backend):
    """Four short texts fill the budget, then each needs a longer slot, for which there is no room
    beside the others."""
    worker = worker_with(backend, 1)
    sessions = [Session() for _ in range(4)]
    short = [[5 + number] * 90 for number in range(4)]
    first = [
        Request(session, "next", list(ids)) for session, ids in zip(sessions, short, strict=True)
    ]
    run(worker, first, 40)
    later = [
        Request(session, "next", [*ids, *[9] * 60])
        for session, ids in zip(sessions, short, strict=True)
    ]
    clock = [0.0]
    worker.clock = lambda: clock[0]
    for tick in range(100, 400):
        waiting = [request for request in later if not request.finished]
        if not waiting:
            break
        worker.run(worker.plan(waiting, tick))
        clock[0] += 0.6
    assert [request.error for request in later] == [None] * 4
    assert all(request.finished for request in later)
