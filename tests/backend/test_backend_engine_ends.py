"""Sessions that leave, close, fail or are never answered: nobody else waits or loses anything."""

import threading

import pytest
import torch

from playground.backend import EngineError, RunStopped
from playground.backend.causal import IDLE_SECONDS
from playground.backend.engine_request import Request
from playground.backend.errors import OutOfMemory
from playground.backend.kv_cache import CAPACITIES
from playground.backend.limits import Limits, set_limits
from tests.backend.test_backend_engine import Ticks, alone, reference, text


def test_the_loop_waits_for_nobody_who_left_and_never_for_a_visitor_alone(backend):
    ticks = Ticks(backend, "small-llama")
    one, two = ticks.ask(text(1, 4)), ticks.ask(text(2, 4))
    ticks.run()
    assert ticks.engine.expected == {one.session, two.session} and ticks.engine.gap <= 0.02
    ticks.faces[0].close()
    assert ticks.engine.expected == {two.session}
    ticks.faces[1].close()
    assert ticks.engine.expected == set()
    alone_now = ticks.ask(text(3, 4))
    ticks.run()
    assert ticks.engine.expected == {alone_now.session}
    ticks.engine.gap = 1e9  # would hang if a session that is here were waited for
    ticks.engine.waiting.append(alone_now)
    ticks.engine._collect()


def test_a_visitor_who_leaves_gets_the_answer_that_is_held_for_it(backend):
    ticks = Ticks(backend, "small-gpt2")
    one, two = ticks.ask([1, 2]), ticks.ask([3, 4])
    ticks.engine.inline = False  # as with a loop of its own: the answers are held
    ticks.run()
    assert [one, two] == list(ticks.engine.turns) and one.finished and two.finished
    with pytest.raises(EngineError, match="did not answer"):
        two.wait(0)
    ticks.engine._drop(two.session)
    assert two.wait(0) is two.answer
    ticks.engine._hand_out_all()
    ticks.engine._hand_out_all()
    assert one.wait(0) is one.answer and not ticks.engine.turns


def test_a_closed_session_leaves_at_once_and_frees_its_slot(backend):
    ticks = Ticks(backend, "small-llama")
    store = ticks.engine.worker.store
    request = ticks.ask(text(1, 400))
    set_limits(Limits(prompt_chunk=8))
    ticks.run(2)
    assert not request.finished and store.blocks
    ticks.faces[0].close()
    ticks.faces[0].close()
    assert isinstance(request.error, RunStopped) and not ticks.engine.waiting
    ticks.engine.worker.make_room()
    assert store.bytes == 0
    with pytest.raises(RunStopped):
        ticks.faces[0].next_logits([1])


def test_a_session_that_is_garbage_collected_frees_its_slot(backend):
    import gc

    model = backend.causal("small-llama")
    engine, store = model._engine, model._engine.worker.store
    model.next_logits(text(1, 5))
    assert store.bytes > 0
    del model
    gc.collect()
    backend.causal("small-llama").next_logits([5])  # a message behind the leaving one
    assert len(engine.worker.open) <= 1


def test_closing_from_another_thread_ends_a_wait(backend):
    model, seen, started = backend.causal("small-gpt2"), [], threading.Event()
    release = threading.Event()
    worker = model._engine.worker
    plan = worker.plan

    def held(waiting, tick):
        started.set()
        release.wait(20)
        return plan([], tick) if not model._closed else []

    worker.plan = held

    def visit():
        try:
            model.next_logits([1, 2, 3])
        except RunStopped as error:
            seen.append(error)

    thread = threading.Thread(target=visit)
    thread.start()
    started.wait(20)
    model.close()
    release.set()
    thread.join(20)
    assert len(seen) == 1 and not thread.is_alive()


def test_an_exception_reaches_only_the_session_that_caused_it(backend, small_folders):
    network, ticks = reference(small_folders["small-gpt2"]), Ticks(backend, "small-gpt2")
    worker = ticks.engine.worker
    run = worker.run

    def sometimes(batch):
        if any(66 in item.request.payload for item in batch):
            raise RuntimeError("a kernel failed")
        run(batch)

    worker.run = sometimes
    good, bad, fine = ticks.ask([1, 2]), ticks.ask([66, 2]), ticks.ask([7, 8, 9])
    ticks.run()
    assert isinstance(bad.error, EngineError) and "a kernel failed" in str(bad.error)
    for request in (good, fine):
        torch.testing.assert_close(
            request.answer, alone(network, request.payload)[-1], atol=1e-4, rtol=1e-4
        )


def test_out_of_memory_in_a_forward_frees_and_tries_once_more(backend):
    model = backend.causal("small-gpt2")
    worker, freed, fails = model._engine.worker, [], [2]
    network = worker.network

    class Full:
        def __call__(self, **kwargs):
            if fails[0] > 0:
                fails[0] -= 1
                raise torch.OutOfMemoryError("CUDA out of memory")
            return network(**kwargs)

    worker.network = Full()
    model._engine.free_memory = lambda: freed.append(1)
    fails[0] = 1
    assert model.next_logits([1, 2, 3]).shape == (258,) and freed == [1]
    fails[0] = 2
    with pytest.raises(
        OutOfMemory, match=r"memory of this machine does not suffice for 'small-gpt2'"
    ):
        model.next_logits([1, 2, 4])
    assert model.next_logits([1, 2, 4]).shape == (258,)  # and the session lives on


def test_output_that_is_not_finite_is_an_error_of_that_session_alone(backend, small_folders):
    ticks = Ticks(backend, "small-gpt2")
    worker = ticks.engine.worker
    with torch.no_grad():
        worker.network.transformer.wte.weight[99] = float("nan")
    # the damaged row also spoils the tied output layer, so give that one a clean copy
    worker.network.lm_head.weight = torch.nn.Parameter(
        reference(small_folders["small-gpt2"]).lm_head.weight.data
    )
    good, bad = ticks.ask([1, 2]), ticks.ask([99, 2])
    ticks.run()
    assert (
        isinstance(bad.error, EngineError) and "not finite" in str(bad.error) and good.error is None
    )
    after = ticks.ask([1, 2, 3])
    ticks.run()
    assert after.error is None


def test_a_request_that_is_never_answered_ends_with_a_sentence(backend):
    set_limits(Limits(request_seconds=0.05))
    model = backend.causal("small-gpt2")
    model._engine.worker.plan = lambda waiting, tick: threading.Event().wait(0.2) and []
    with pytest.raises(EngineError, match="did not answer within"):
        model.next_logits([1])


def test_a_worker_that_cannot_plan_tells_everybody_instead_of_hanging(backend):
    model = backend.causal("small-gpt2")

    def broken(waiting, tick):
        raise KeyError("lost")

    model._engine.worker.plan = broken
    with pytest.raises(EngineError, match="lost"):
        model.next_logits([1])


def test_who_pauses_gives_the_slot_to_one_who_waits_though_it_asked_later(backend):
    ticks = Ticks(backend, "small-llama")
    worker = ticks.engine.worker
    now = [0.0]
    worker.clock = lambda: now[0]
    capacity = min(CAPACITIES[0][0], worker.store.longest)
    worker.store.budget = worker.store.token_bytes * capacity  # one short text at a time
    first, second = ticks.ask(text(1, 20)), ticks.ask(text(2, 20))
    ticks.run()
    assert first.finished and not second.finished, "the budget holds one of them"
    again = Request(first.session, "next", [*text(1, 20), 5])
    ticks.engine.waiting.append(again)
    ticks.run(5)
    assert again.finished and not second.finished, "who is at work keeps its slot"
    now[0] += IDLE_SECONDS + 0.1
    ticks.run(2)
    assert second.finished and second.error is None
