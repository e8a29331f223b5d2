"""Models over a cluster, with a small cluster of this process: real HTTP, two replicas of each
model, and faults on demand."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest
import torch

from playground.backend import BackendError, EngineError, ModelUnavailable, RunStopped
from playground.backend import limits as bounds
from playground.backend.limits import Limits
from playground.backend.remote import RemoteBackend
from playground.decoding import DecodingSettings, generate
from playground.diffusion import UnmaskSettings, unmask


@pytest.mark.parametrize("name", ["small-gpt2", "small-bert"])
def test_a_remote_causal_model_is_the_local_one_to_the_bit(local, remote, name):
    near, far = local.causal(name), remote.causal(name)
    text = "once upon a time"
    ids = near.encode(text)
    assert (
        far.encode(text) == ids
        and far.decode(ids) == near.decode(ids)
        and far.display_prompt(text) == near.display_prompt(text)
    )
    assert [far.piece(token) for token in range(near.vocab_size)] == [
        near.piece(token) for token in range(near.vocab_size)
    ]
    for fact in (
        "name",
        "kind",
        "vocab_size",
        "eos_id",
        "bos_id",
        "adds_bos",
        "uncased",
        "has_chat_template",
        "context_length",
    ):
        assert getattr(far, fact) == getattr(near, fact), fact
    for question in ("next_logits", "logits_at", "logits_along", "hidden_states"):
        ours, theirs = getattr(far, question)(ids), getattr(near, question)(ids)
        assert ours.dtype == torch.float32 and torch.equal(ours, theirs), question
    assert torch.equal(far.last_logits(ids, 2), near.last_logits(ids, 2))
    with pytest.raises(ValueError, match=r"ids must be in \[0, "):
        far.next_logits([near.vocab_size])


def test_a_remote_denoiser_is_the_local_one_to_the_bit(local, remote):
    near, far = local.denoiser("small-masked"), remote.denoiser("small-masked")
    canvas = [near.encode("the king said [MASK]"), near.encode("the queen [MASK] well")]
    canvas = torch.tensor([row[:6] for row in canvas])
    assert torch.equal(far.logits(canvas), near.logits(canvas))
    assert torch.equal(far.embeddings, near.embeddings) and far.embeddings is far.embeddings
    assert (far.mask_id, far.special_ids, far.vocab_size) == (
        near.mask_id,
        near.special_ids,
        near.vocab_size,
    )


SETTINGS = DecodingSettings(max_new_tokens=24, do_sample=True, top_p=0.95, seed=5)


def written(model, cluster=None, die_at=None):
    ids, said = model.encode("once upon a time"), []
    for step in generate(model, ids, SETTINGS, ignore_end=True):
        said.append(step.token_id)
        if len(said) == die_at:
            cluster.kill("small-gpt2", cluster.answered[-1][1])
    return model.decode(ids + said)


def test_a_replica_dies_in_mid_run_and_the_text_goes_on_as_if_nothing_had_been(
    local, remote, cluster
):
    whole = written(local.causal("small-gpt2"))
    assert written(remote.causal("small-gpt2"), cluster, die_at=8) == whole
    places = [place for model, place in cluster.answered if model == "small-gpt2"]
    assert set(places[:8]) != set(places[-8:]) or {0, 1} <= set(places)
    assert b'playground_remote_retries_total{model="small-gpt2"} 3.0' in remote.metrics()[0]


def test_a_replica_of_the_denoiser_dies_and_the_canvas_is_the_same(local, remote, cluster):
    def unmasked(denoiser, die_at=None):
        canvas = torch.full((1, 12), denoiser.mask_id)
        for step in unmask(
            denoiser, canvas, UnmaskSettings(sampler="llada", steps=6, temperature=1.0, seed=3)
        ):
            canvas = step.canvas
            if step.index == die_at:
                cluster.kill("small-masked", cluster.answered[-1][1])
        return canvas.tolist()

    assert unmasked(remote.denoiser("small-masked"), die_at=2) == unmasked(
        local.denoiser("small-masked")
    )


def test_stop_ends_a_run_that_waits_for_a_cluster_that_is_gone(remote, cluster):
    model, ends = remote.causal("small-gpt2"), []
    ids = model.encode("the king")
    cluster.kill_all("small-gpt2")

    def ask():
        try:
            model.next_logits(ids)
        except BaseException as error:
            ends.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    while b'playground_remote_retries_total{model="small-gpt2"}' not in remote.metrics()[0]:
        assert asking.is_alive()
    model.close()
    asking.join(20)
    assert isinstance(ends[0], RunStopped)


def test_a_cluster_that_stays_away_is_told_in_a_sentence_and_the_model_works_again_later(
    remote, cluster
):
    model = remote.causal("small-gpt2")
    ids = model.encode("the king")
    cluster.kill_all("small-gpt2")
    bounds.set_limits(Limits(request_seconds=0.3))
    with pytest.raises(
        EngineError,
        match=r"did not answer for 'small-gpt2' within 0 seconds \(status 503\); what was written stays",
    ):
        model.next_logits(ids)
    cluster.revive()
    bounds.set_limits(None)
    assert model.next_logits(ids).shape == (model.vocab_size,)


def test_what_a_replica_raises_arrives_as_what_it_was(remote, cluster, monkeypatch):
    model = remote.causal("small-gpt2")
    ids = model.encode("the king")
    for kind in (EngineError, ValueError):

        def tensor(*_, kind=kind):
            raise kind("the weights may be damaged")

        for replica in cluster.replicas["small-gpt2"]:
            monkeypatch.setattr(replica, "tensor", tensor)
        with pytest.raises(kind, match=r"^the weights may be damaged$"):
            model.next_logits(ids)
    for replica in cluster.replicas["small-gpt2"]:
        monkeypatch.setattr(replica, "tensor", lambda *_: {}["missing"])
    with pytest.raises(EngineError, match="KeyError"):
        model.next_logits(ids)


@pytest.mark.parametrize(
    ("method", "question", "body"),
    [
        ("POST", "next", b"{"),
        ("POST", "next", b"[]"),
        ("POST", "next", b'{"ids": "abc"}'),
        ("POST", "next", b'{"ids": [[1]]}'),
        ("POST", "next", b'{"ids": [1e99]}'),
        ("POST", "next", b'{"ids": []}'),
        ("POST", "next", b'{"ids": [-1]}'),
        ("POST", "next", b'{"ids": [true]}'),
        ("POST", "canvas", b'{"canvas": [[1]]}'),
        ("POST", "nonsense", b"{}"),
        ("GET", "next", b""),
        ("GET", "embeddings", b""),
        ("POST", "embeddings", b""),
    ],
)
def test_a_replica_refuses_what_is_no_question_with_a_sentence(cluster, method, question, body):
    answer = httpx.request(method, f"{cluster.address}/models/small-gpt2/{question}", content=body)
    assert (
        answer.status_code == 422
        and answer.headers["x-error"] == "ValueError"
        and len(answer.json()["error"]) > 10
    )


def test_requests_of_many_visitors_share_forward_passes(remote, cluster):

    models = [remote.causal("small-gpt2") for _ in range(12)]
    ids, start, answers = models[0].encode("once upon a time"), threading.Barrier(12), {}

    def ask(place):
        start.wait(20)
        answers[place] = [
            step.token_id for step in generate(models[place], ids, SETTINGS, ignore_end=True)
        ]

    threads = [threading.Thread(target=ask, args=(place,)) for place in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(answers) == 12 and len({tuple(answer) for answer in answers.values()}) == 1
    metrics = b"".join(
        replica.backend.metrics()[0] for replica in cluster.replicas["small-gpt2"]
    ).decode()
    counts = [
        float(line.split()[-1])
        for line in metrics.splitlines()
        if line.startswith("playground_batch_requests_bucket") and 'le="1.0"' in line
    ]
    totals = [
        float(line.split()[-1])
        for line in metrics.splitlines()
        if line.startswith("playground_batch_requests_count")
    ]
    assert sum(counts) < sum(totals)


def test_a_replica_keeps_so_many_sessions_and_no_more(cluster):
    bounds.set_limits(Limits(sessions_per_model=3))
    replica = cluster.replicas["small-gpt2"][0]
    for number in range(9):
        assert replica.answer("POST", "next", f"visitor {number}", b'{"ids": [1, 2]}')[0] == 200
    assert len(replica._sessions) <= 3


def test_the_library_and_unknown_models_are_refused_with_a_sentence(remote):
    with pytest.raises(BackendError, match="needs the weights in this process"):
        remote.library("small-gpt2")
    with pytest.raises(ModelUnavailable, match="model must be one of"):
        remote.causal("gpt5")


def test_a_model_that_the_cluster_does_not_serve_fails_with_a_reason(remote):
    bounds.set_limits(Limits(request_seconds=0.2))
    with pytest.raises(
        ModelUnavailable, match=r"'small-llama' cannot be had. Tried: cluster: .*status 404"
    ):
        remote.causal("small-llama")
    assert remote.status("small-llama")["state"] == "failed"


@pytest.mark.parametrize(
    "change",
    [
        {"tokenizer": {"../evil.json": "{}"}},
        {"tokenizer": {"run.py": "1"}},
        {"model": "another"},
        {"vocab_size": None},
    ],
)
def test_a_strange_description_is_refused(remote, cluster, monkeypatch, change):
    for replica in cluster.replicas["small-gpt2"]:
        facts = replica.describe() | change
        monkeypatch.setattr(replica, "describe", lambda facts=facts: facts)
    with pytest.raises(ModelUnavailable, match=r"'small-gpt2' cannot be had\. Tried: cluster: "):
        remote.causal("small-gpt2")


def test_health_and_status_over_a_cluster(remote, cluster):
    assert remote.status("small-gpt2")["state"] == "absent"
    remote.causal("small-gpt2").next_logits([1, 2])
    state = remote.health()
    assert remote.status("small-gpt2")["state"] == "ready" and state["cluster"] == cluster.address
    assert state["models"]["small-gpt2"] == {"bytes": 0, "waiting": 0, "forward_passes": 1}
    json.dumps(state)


@pytest.mark.parametrize(
    "address", ["cluster:8000", "ray://host:10001", "http://", "http://host/?a=1"]
)
def test_an_address_that_is_none_is_named(address):
    with pytest.raises(ValueError, match="PLAYGROUND_BACKEND must be the address of a cluster"):
        RemoteBackend(address)


def test_the_environment_names_the_cluster_and_the_page_is_there_before_torch():
    code = (
        "import os, sys; os.environ['PLAYGROUND_BACKEND'] = 'http://127.0.0.1:9'; from "
        "playground.backend import get_backend; b = get_backend(); b.catalog(); b.health(); "
        "print(type(b).__name__, [n for n in ('torch', 'transformers') if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=Path(__file__).parents[2]
    )
    assert done.stdout.strip() == "RemoteBackend []", done.stderr
