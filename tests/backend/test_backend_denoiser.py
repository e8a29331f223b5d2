"""Masked models behind the engine: canvases of all visitors in one pass, each as if alone."""

import threading

import pytest
import torch
from transformers import BertForMaskedLM

from playground.backend import EngineError, RunStopped
from playground.backend.engine_request import Request
from playground.backend.limits import Limits, set_limits


@pytest.fixture()
def network(small_folders):
    return BertForMaskedLM.from_pretrained(
        small_folders["small-masked"], dtype=torch.float32
    ).eval()


def canvas(seed, rows, length):
    return torch.randint(5, 120, (rows, length), generator=torch.Generator().manual_seed(seed))


@torch.no_grad()
def alone(network, ids):
    return network(input_ids=ids).logits


def by_hand(backend):
    face = backend.denoiser("small-masked")
    face._engine.inline = True
    return face, face._engine


def test_a_canvas_alone_gives_the_networks_own_logits(backend, network):
    model, ids = backend.denoiser("small-masked"), canvas(0, 3, 12)
    logits = model.logits(ids)
    assert logits.shape == (3, 12, model.vocab_size) and logits.dtype == torch.float32
    torch.testing.assert_close(logits, alone(network, ids), atol=1e-4, rtol=1e-4)
    logits[0, 0, model.mask_id] = float("-inf")  # the answer is the caller's own


def test_canvases_of_unlike_lengths_in_one_batch_equal_each_alone(backend, network):
    face, engine = by_hand(backend)
    sizes = [(1, 20), (2, 17), (1, 16), (3, 20), (1, 4), (2, 33)]
    requests = [
        Request(face._session, "canvas", canvas(seed, *size)) for seed, size in enumerate(sizes)
    ]
    passes = []
    run = engine.worker.run
    engine.worker.run = lambda batch: (passes.append(len(batch)), run(batch))
    engine.waiting.extend(requests)
    while engine.waiting:
        engine._one_tick()
    assert passes == [4, 1, 1]  # like lengths share a pass; nobody pays for a far longer canvas
    for request in requests:
        torch.testing.assert_close(
            torch.cat(request.answer), alone(network, request.payload), atol=1e-4, rtol=1e-4
        )


def test_a_large_batch_of_one_visitor_does_not_hold_up_a_small_one(backend, network):
    set_limits(Limits(denoiser_tokens=80))
    face, engine = by_hand(backend)
    large, small = (
        Request(face._session, "canvas", canvas(1, 20, 10)),
        Request(object(), "canvas", canvas(2, 1, 10)),
    )
    engine.waiting.extend([large, small])
    engine._one_tick()
    assert small.finished and not large.finished
    for _ in range(3):
        engine._one_tick()
    assert large.finished
    torch.testing.assert_close(
        torch.cat(large.answer), alone(network, large.payload), atol=1e-4, rtol=1e-4
    )


def test_threads_that_ask_at_once_get_their_own_canvas(backend, network):
    got = {}

    def visit(seed):
        with backend.denoiser("small-masked") as model:
            got[seed] = model.logits(canvas(seed, 2, 8 + seed))

    threads = [threading.Thread(target=visit, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for seed, logits in got.items():
        torch.testing.assert_close(
            logits, alone(network, canvas(seed, 2, 8 + seed)), atol=1e-4, rtol=1e-4
        )
    assert len(got) == 6


def test_literal_masks_reach_the_canvas(backend):
    model = backend.denoiser("small-masked")
    ids = model.encode("once upon a [MASK] there was a king")
    assert ids.count(model.mask_id) == 1 and model.mask_id < model.vocab_size
    assert model.decode(ids) == "once upon a [MASK] there was a king"


@pytest.mark.parametrize(
    ("ids", "sentence"),
    [
        ([1, 2], r"canvas must be \(B, L\)"),
        ([[]], "at least one token"),
        ([[10_000]], r"ids in \[0, \d+\], got 10000"),
        ([[-3]], "got -3"),
        ([[5] * 200], r"at most 128 tokens long .* got 200"),
    ],
)
def test_a_bad_canvas_is_refused_with_its_value(backend, ids, sentence):
    with pytest.raises(ValueError, match=sentence):
        backend.denoiser("small-masked").logits(ids)


def test_a_closed_session_is_told_so(backend):
    model = backend.denoiser("small-masked")
    model.close()
    with pytest.raises(RunStopped, match="closed"):
        model.logits([[1]])


def test_output_that_is_not_finite_is_an_error(backend):
    model = backend.denoiser("small-masked")
    with torch.no_grad():
        model._engine.worker.network.bert.embeddings.word_embeddings.weight[9] = float("nan")
        model._engine.worker.network.cls.predictions.decoder.weight = torch.nn.Parameter(
            torch.zeros(model.vocab_size, 32)
        )
    with pytest.raises(EngineError, match="not finite"):
        model.logits([[9, 8]])
    assert torch.isfinite(model.logits([[7, 8]])).all()
