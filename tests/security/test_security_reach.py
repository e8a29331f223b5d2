"""What a stranger cannot reach: files beside the few that are offered, models outside the offer,
other visitors' texts and runs."""

import json
import os
import re
import uuid
from pathlib import Path

import httpx
import pytest

from playground.backend import get_backend
from playground.pages import ngram_models
from playground.pages.shell import ASSETS
from tests.security.attacks import PATHS
from tests.security.delivery import SECRETS

ROOT = ASSETS.parent
OFFERED = {ASSETS / "words"}


@pytest.fixture(scope="module")
def client(app_with_doubles):
    with httpx.Client(base_url=app_with_doubles, timeout=60) as client:
        yield client


def test_no_file_outside_the_offered_folders_is_read(client):
    names = [
        path
        for path in (*ROOT.glob("*"), *ROOT.glob("playground/*/*.py"), *ASSETS.rglob("*"))
        if path.is_file() and not OFFERED & set(path.parents)
    ][:150]
    for path in names:
        assert client.get(f"/gradio_api/file={path}").status_code in (403, 404), path
    for path in PATHS:
        try:
            answer = client.get(path)
        except httpx.InvalidURL:
            continue
        assert answer.status_code < 500 and not any(secret in answer.text for secret in SECRETS), (
            path
        )


def test_what_is_offered_is_readable_and_nothing_is_by_a_link(client, tmp_path):
    words = sorted((ASSETS / "words").glob("*.json"))
    assert words and client.get(f"/gradio_api/file={words[0]}").status_code == 200
    secret = tmp_path / "secret.txt"
    secret.write_text("root:x:0:0")
    assert client.get(f"/gradio_api/file={secret}").status_code in (403, 404)
    link = Path.home() / f"playground-link-{uuid.uuid4().hex}"
    os.symlink(secret, link)
    try:
        assert client.get(f"/gradio_api/file={link}").status_code in (403, 404)
    finally:
        link.unlink()
    assert not [path for path in ASSETS.rglob("*") if path.is_symlink()], (
        "a link in assets could lead anywhere"
    )


@pytest.mark.parametrize(
    "name",
    [
        "gpt2-xl",
        "someone/model",
        "../fairy-causal",
        "/etc/passwd",
        "fairy-causal/../../x",
        "",
        "Fairy-Causal",
        "fairy-causal\x00",
        "hf.co/x/y",
    ],
)
def test_no_model_outside_the_offer(client, name, monkeypatch):
    monkeypatch.delenv("PLAYGROUND_ALLOW_ANY_MODEL", raising=False)
    for kind in ("causal", "denoiser"):
        with pytest.raises(RuntimeError, match=r"model must be|is a .* model"):
            getattr(get_backend(), kind)(name)


def test_another_visitors_model_is_found_neither_by_its_name_nor_by_a_guessed_key():
    from playground.markov import NgramModel

    text = "secret words of ann secret words"
    name = ngram_models.offer("ann", text, NgramModel.fit(text, 1))
    key = ngram_models.keyed(name, "ann")
    assert ngram_models.causal(key) is not None and len(key.rpartition("@")[2]) >= 16
    for stranger, session in (
        (name, "bob"),
        (name, None),
        (name + "@", "bob"),
        (name + "@0" * 16, "bob"),
        (key.upper(), "bob"),
    ):
        with pytest.raises(ValueError):
            ngram_models.causal(stranger, session)
    assert name not in [one for _, one in ngram_models.choices("bob")]


def test_nobody_hears_or_ends_what_another_session_writes(client):
    """The stream of a session is found by its random name alone; a run is ended by its own random
    name alone."""
    config = client.get("/config").json()
    play = next(
        one
        for one in config["dependencies"]
        if any(target[1] == "write" for target in one["targets"])
    )
    session = uuid.uuid4().hex[:11]
    request = {
        "run": uuid.uuid4().hex,
        "model": "double",
        "prompt": "The fox",
        "settings": {"max_new_tokens": 3},
    }
    joined = client.post(
        "/gradio_api/queue/join",
        json={
            "data": [],
            "fn_index": play["id"],
            "session_hash": session,
            "event_data": {"request": request},
        },
    )
    assert joined.status_code == 200
    with client.stream(
        "GET", "/gradio_api/queue/data", params={"session_hash": "another"}, timeout=10
    ) as stream:
        heard = next((line for line in stream.iter_lines() if line.startswith("data:")), "")
    assert "fox" not in heard and '"frames"' not in heard
    generator = next(
        one for one in config["components"] if one["props"].get("elem_id") == "generator"
    )
    answer = client.post(
        "/gradio_api/component_server",
        json={
            "session_hash": "another",
            "component_id": generator["id"],
            "fn_name": "stop",
            "data": "",
        },
    )
    assert answer.json() == {"stopped": False}
    text = ""
    with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as stream:
        for line in stream.iter_lines():
            text += line
            if "process_completed" in line:
                break
    assert json.loads(line[5:])["success"] and "max_new_tokens" in text


def test_no_weights_are_pickled_and_no_code_comes_with_them():
    risky = re.compile(
        r"pickle\.loads?\(|torch\.load\(|trust_remote_code=True|(?<![.\w])(?:eval|exec)\(|os\.system\(|shell=True|yaml\.load\("
    )
    for path in (ROOT / "playground").rglob("*.py"):
        if (
            "training" not in path.parts and path.name != "zero_gpu.py"
        ):  # which takes its own errors apart, in its own process
            assert not risky.search(path.read_text(encoding="utf-8")), path
    assert not [
        path
        for path in (ASSETS / "models").rglob("*")
        if path.suffix in (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".py")
    ]
