"""The engine: many sessions in one forward pass give what each would get alone, and none harms
another."""

import threading

import pytest
import torch
from transformers import AutoModelForCausalLM, BertLMHeadModel

from playground.backend.causal_requests import Ending, common_prefix
from playground.backend.limits import Limits, set_limits

CAUSAL = ["small-gpt2", "small-llama", "small-bert"]


def text(seed, length, vocabulary=120):
    return torch.randint(
        5, vocabulary, (length,), generator=torch.Generator().manual_seed(seed)
    ).tolist()


def reference(folder):
    family = BertLMHeadModel if "bert" in folder.name else AutoModelForCausalLM
    return family.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()


@torch.no_grad()
def alone(network, ids):
    return network(torch.tensor([ids])).logits[0]


class Ticks:
    """Runs an engine by hand: requests are put in, then ticks are counted, so that no clock decides
    a test."""

    def __init__(self, backend, name):
        self.faces, self.backend, self.name = [], backend, name
        face = backend.causal(name) if name != "small-masked" else backend.denoiser(name)
        self.engine = face._engine
        self.engine.inline = True  # no loop starts; ticks run here
        self.requests = []

    def ask(self, ids, kind="next"):
        from playground.backend.engine_request import Request

        face = self.backend.causal(self.name)
        self.faces.append(face)
        request = Request(face._session, kind, list(ids))
        self.engine.waiting.append(request)
        self.requests.append(request)
        return request

    def run(self, ticks=1):
        for _ in range(ticks):
            self.engine._one_tick()


@pytest.mark.parametrize("name", CAUSAL)
def test_a_session_alone_gives_the_networks_own_logits(backend, small_folders, name):
    network, model = reference(small_folders[name]), backend.causal(name)
    ids = text(1, 40)
    expected = alone(network, ids)
    torch.testing.assert_close(model.logits_along(ids), expected, atol=1e-4, rtol=1e-4)
    for end in (1, 2, 3, 20, 40, 39, 21):  # forwards, a jump, and back
        torch.testing.assert_close(
            model.next_logits(ids[:end]), expected[end - 1], atol=1e-4, rtol=1e-4
        )
    states = network(torch.tensor([ids]), output_hidden_states=True).hidden_states[-1][0]
    torch.testing.assert_close(model.hidden_states(ids), states.detach(), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("name", CAUSAL)
def test_ragged_sessions_in_one_batch_equal_each_alone(backend, small_folders, name):
    """Twelve visitors of different lengths, joining and leaving, step by step; every tick is one
    forward pass."""
    network, ticks = reference(small_folders[name]), Ticks(backend, name)
    texts = [text(seed, 3 + 7 * seed % 60) for seed in range(12)]
    sessions = []
    for step in range(6):
        for seed in range(2 * step, 2 * step + 2):
            sessions.append((ticks.backend.causal(name), list(texts[seed])))
        if step == 4:
            sessions.pop(1)[0].close()
        waiting = [(ticks.ask(ids), face, ids) for face, ids in sessions]
        for request, face, _ in waiting:
            request.session = face._session
        before = ticks.engine.tick
        while not all(request.finished for request, _, _ in waiting):
            ticks.run()
        assert ticks.engine.tick - before <= 4
        for request, _, ids in waiting:
            torch.testing.assert_close(
                request.answer, alone(network, ids)[-1], atol=1e-4, rtol=1e-4
            )
            ids.append(int(request.answer.argmax()))


@pytest.mark.parametrize("name", CAUSAL)
def test_threads_that_ask_at_once_get_their_own_text(backend, small_folders, name):
    network = reference(small_folders[name])
    expected, got = {}, {}
    for seed in range(8):
        ids = text(seed, 4 + seed)
        for _ in range(10):
            ids.append(int(alone(network, ids)[-1].argmax()))
        expected[seed] = ids

    def visit(seed):
        with backend.causal(name) as model:
            ids = text(seed, 4 + seed)
            for _ in range(10):
                ids.append(int(model.next_logits(ids).argmax()))
            got[seed] = ids

    threads = [threading.Thread(target=visit, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == expected


def test_waiting_requests_of_all_visitors_share_one_forward_pass(backend):
    ticks, calls = Ticks(backend, "small-gpt2"), []
    worker = ticks.engine.worker
    run = worker.run
    worker.run = lambda batch: (calls.append(len(batch)), run(batch))
    for seed in range(10):
        ticks.ask(text(seed, 1))
    ticks.run()
    assert calls == [10] and all(request.finished for request in ticks.requests)


def test_no_visitors_step_waits_for_the_long_prompts_of_others(backend):
    """Fairness, counted in ticks: next tokens run in the very next tick, long prompts proceed in
    pieces side by side."""
    set_limits(Limits(prompt_chunk=32))
    ticks = Ticks(backend, "small-llama")
    long = [ticks.ask(text(seed, 200)) for seed in range(3)]
    sizes = []
    worker, run = ticks.engine.worker, ticks.engine.worker.run
    worker.run = lambda batch: (sizes.append(sum(item.tokens for item in batch)), run(batch))
    for step in range(8):
        step_request = ticks.ask(text(50 + step, 1))
        ticks.run()
        assert step_request.finished  # one tick, whatever the others' prompts
    assert max(sizes) <= 32 + 3
    progress = [len(request.session.cached) for request in long]
    assert max(progress) - min(progress) <= 32  # none of the long ones is starved either
    ticks.run(40)
    assert all(request.finished for request in long)


def test_a_prompt_alone_runs_in_large_pieces(backend):
    set_limits(Limits(prompt_chunk=32))
    ticks = Ticks(backend, "small-llama")
    request = ticks.ask(text(1, 250))
    ticks.run()
    assert request.finished


def test_a_branch_does_not_recompute_the_prompt(backend):
    """A shared beginning is taken from the cache: the same logits bit for bit, and only the new
    tokens run."""
    model = backend.causal("small-llama")
    tokens = []
    worker = model._engine.worker
    run = worker.run
    worker.run = lambda batch: (tokens.append(sum(item.tokens for item in batch)), run(batch))
    prompt = text(3, 60)
    model.next_logits(prompt)
    first = model.next_logits([*prompt, 9, 8, 7])
    model.next_logits([*prompt, 9, 8, 7, 6, 5])
    tokens.clear()
    branch = model.next_logits([*prompt, 20])
    assert tokens == [1]
    again = model.next_logits([*prompt, 9, 8, 7])
    assert tokens == [1, 3]
    torch.testing.assert_close(first, again, atol=1e-5, rtol=1e-5)
    assert not torch.equal(branch, again)


def test_a_new_session_starts_from_the_beginning_that_another_left(backend, small_folders):
    network, prompt = reference(small_folders["small-llama"]), text(4, 50)
    with backend.causal("small-llama") as model:
        model.next_logits(prompt)
    tokens = []
    model = backend.causal("small-llama")
    worker = model._engine.worker
    run = worker.run
    worker.run = lambda batch: (tokens.append(sum(item.tokens for item in batch)), run(batch))
    got = model.next_logits([*prompt, 30])
    assert sum(tokens) <= 2
    torch.testing.assert_close(got, alone(network, [*prompt, 30])[-1], atol=1e-4, rtol=1e-4)


def test_a_moved_slider_runs_no_forward_pass(backend):
    model, ids = backend.causal("small-gpt2"), text(5, 10)
    logits = model.next_logits(ids)
    before = model._engine.tick
    seen = model.logits_at(ids)
    assert model._engine.tick == before and torch.equal(seen, logits)
    seen.zero_()  # what a page does to its copy stays its own
    assert torch.equal(model.logits_at(ids), logits)
    other = backend.causal("small-gpt2")
    assert torch.equal(other.logits_at(ids), logits) and model._engine.tick == before
    other.logits_at([*ids, 3])
    assert model._engine.tick == before + 1


def test_the_cache_of_steps_on_view_stays_within_its_bytes():
    from playground.backend.logits_cache import LogitsCache

    cache = LogitsCache(budget=10 * 4 * 100)
    for step in range(50):
        cache.put(("m", (step,)), torch.zeros(100))
        cache.get(("m", (0,)))
    assert len(cache) == 10 and cache.bytes == 4000 and cache.get(("m", (49,))) is not None
    assert (
        cache.get(("m", (0,))) is not None and cache.get(("m", (1,))) is None
    )  # looked at all the time: stays
    cache.forget("m")
    assert len(cache) == 0 and cache.bytes == 0


@pytest.mark.parametrize(
    ("ids", "sentence"),
    [
        ([], "at least one token"),
        ([258], r"must be in \[0, 257\], got 258"),
        ([-1], "got -1"),
        ([5] * 300, "at most 256 tokens"),
    ],
)
def test_ids_that_the_model_does_not_know_are_refused_before_the_engine(backend, ids, sentence):
    with pytest.raises(ValueError, match=sentence):
        backend.causal("small-gpt2").next_logits(ids)


def test_the_common_beginning_of_two_texts():
    assert common_prefix([1, 2, 3], [1, 2, 4, 5], 9) == 2
    assert common_prefix([1, 2, 3], [1, 2, 3], 2) == 2
    assert common_prefix([], [1], 1) == 0 and common_prefix([2], [1], 1) == 0


def test_the_inline_engine_of_zero_gpu_gives_the_same(backend, monkeypatch, small_folders):
    monkeypatch.setenv("SPACES_ZERO_GPU", "1")
    model = backend.causal("small-llama")
    assert model._engine.inline and model._engine._thread is None
    ids = text(9, 30)
    expected = alone(reference(small_folders["small-llama"]), ids)
    torch.testing.assert_close(model.next_logits(ids), expected[-1], atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(model.logits_along(ids), expected, atol=1e-4, rtol=1e-4)
    model.close()
    assert model._engine._thread is None


@pytest.mark.parametrize("name", CAUSAL)
def test_drafts_are_verified_in_one_pass_and_refused_ones_leave_nothing(
    backend, small_folders, name
):
    network, ticks = reference(small_folders[name]), Ticks(backend, name)
    model, ids = ticks.backend.causal(name), text(3, 30)
    torch.testing.assert_close(
        model.last_logits(ids[:20], 1), alone(network, ids[:20])[-1:], atol=1e-4, rtol=1e-4
    )
    sizes = []
    worker, run = ticks.engine.worker, ticks.engine.worker.run
    worker.run = lambda batch: (sizes.append(sum(item.tokens for item in batch)), run(batch))
    drafted = [*ids[:22], *text(9, 3)]  # two tokens more, and three drafts
    torch.testing.assert_close(
        model.last_logits(drafted, 4), alone(network, drafted)[-4:], atol=1e-4, rtol=1e-4
    )
    torch.testing.assert_close(  # the drafts were refused: the text went on otherwise
        model.last_logits(ids[:26], 4), alone(network, ids[:26])[-4:], atol=1e-4, rtol=1e-4
    )
    torch.testing.assert_close(
        model.next_logits(ids[:26]), alone(network, ids[:26])[-1], atol=1e-4, rtol=1e-4
    )
    assert sizes == [5, 4, 1]  # nothing before the drafts was read again


def test_drafts_of_all_visitors_and_next_tokens_share_one_pass(backend):
    ticks, calls = Ticks(backend, "small-llama"), []
    worker, run = ticks.engine.worker, ticks.engine.worker.run
    worker.run = lambda batch: (calls.append(len(batch)), run(batch))
    texts = [text(seed, 12 + seed) for seed in range(4)]
    begun = [ticks.ask(ids[:-4]) for ids in texts]
    ticks.run(3)
    del calls[:]
    requests = []
    for seed, (ids, before) in enumerate(zip(texts, begun, strict=True)):
        request = ticks.ask(ids[:-3])
        request.session = before.session
        if seed % 2:
            request.kind, request.payload = "last", Ending(ids, 4)
        requests.append(request)
    ticks.run()
    assert calls == [4] and all(request.finished for request in requests)
    assert [len(torch.cat(one.answer)) for one in requests[1::2]] == [4, 4]


def test_a_bad_number_of_last_places_gets_a_sentence(backend):
    with pytest.raises(ValueError, match=r"count must be in \[1, 3\], got 4"):
        backend.causal("small-gpt2").last_logits([1, 2, 3], 4)
