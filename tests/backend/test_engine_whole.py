"""An engine that tells every token, and each token of a given text, as vLLM words it: the whole
distribution and Score are exact.

No vLLM runs in the tests, and its own tests hold no recorded exchange of whole distributions: they
ask a live server. So the exchange is written down with figures of a distribution known here, and
was compared field by field with vLLM's source:

- vllm/entrypoints/openai/completion/protocol.py at commit 002032ee2b18e1f7bd924ec47b62504ba3866063:
  the fields of the request (`prompt` as ids, `max_tokens`, `temperature`, `top_p`, the penalties,
  `echo`, `stream`, `logprobs`, `prompt_logprobs`, `return_tokens_as_token_ids`) and of the answer
  (`choices` with `index`, `text`, `finish_reason`, `stop_reason`, `token_ids`, `prompt_token_ids`,
  `prompt_logprobs`: None, then {id: {`logprob`, `rank`, `decoded_token`}}; `logprobs` with
  `text_offset`, `token_logprobs`, `tokens`, `top_logprobs`; `usage`).
- vllm/entrypoints/openai/completion/serving.py at 030ea52effcb05071543c8c42b8f0145e94cee43,
  `_create_completion_logprobs`: names "token_id:N", the drawn token first and then the likeliest,
  up to `logprobs` + 1 of them, -inf written as -9999.
- `logprobs`: -1 is refused at d5dba2d7b0ab9b98096560c69db7126b54b14d79 (with status 400), and at
  the two commits above accepted but answered by empty `top_logprobs`. All tokens are therefore
  asked for by their number, which `--max-logprobs -1` allows.
"""

from __future__ import annotations

import json
import threading
from http.server import ThreadingHTTPServer
from typing import ClassVar

import numpy as np
import pytest

from playground.backend import BackendError, EngineError
from playground.backend.engine_offers import engines
from playground.backend.service import Backend
from playground.decoding import DecodingSettings, generate, score
from tests.backend.json_engine import JsonEngine
from tests.backend.small_models import byte_tokenizer

SIZE = len(byte_tokenizer())


def log_probabilities(ids) -> np.ndarray:
    """The engine's own law: any fixed function of the tokens before, float64."""
    logits = np.random.default_rng([7, *ids]).normal(0, 3, SIZE)
    return logits - np.logaddexp.reduce(logits)


def log_probability(row, token: int) -> float:
    """As the server writes it: JSON knows no infinity."""
    return max(float(row[token]), -9999.0)


def rows_of(ids, most) -> dict:
    """The drawn token, which is the likeliest at temperature 0, and the `most` likeliest; none
    where -1 was asked for."""
    row = log_probabilities(ids)
    best = np.argsort(-row, kind="stable")[: max(0, most)]
    return {f"token_id:{token}": log_probability(row, token) for token in best}


def prompt_rows(ids, most) -> list:
    rows: list = [None]
    for place in range(1, len(ids)):
        row = log_probabilities(ids[:place])
        rank = {int(token): 1 + n for n, token in enumerate(np.argsort(-row, kind="stable"))}
        wanted = {*sorted(rank, key=rank.__getitem__)[:most], ids[place]}
        rows.append(
            {
                str(token): {
                    "logprob": float(row[token]),
                    "rank": rank[token],
                    "decoded_token": "?",
                }
                for token in wanted
            }
        )
    return rows


class WholeEngine(JsonEngine):
    """Words what vLLM's server words. knows: whether it was started with --max-logprobs -1, and
    knows prompt_logprobs."""

    knows: ClassVar[dict[str, bool]] = {"all": True, "prompt": True}
    asked: ClassVar[list[dict]] = []

    def do_GET(self):
        self.say(200, {"object": "list", "data": [{"id": "whole", "object": "model"}]})

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.asked.append(asked)
        most, ids = asked["logprobs"], asked["prompt"]
        if most > 20 and not self.knows["all"]:
            message = f"Requested sample logprobs of {most}, which is greater than max allowed: 20"
            error = {"message": message, "type": "BadRequestError", "param": "logprobs"}
            return self.say(400, {"error": {**error, "code": 400}})
        rows = rows_of(ids, most)
        choice = {"index": 0, "text": "?", "finish_reason": "length", "stop_reason": None}
        choice |= {"token_ids": None, "prompt_token_ids": None, "prompt_logprobs": None}
        drawn = next(iter(rows), "token_id:0")
        choice["logprobs"] = {
            "text_offset": [0],
            "token_logprobs": [rows.get(drawn)],
            "tokens": [drawn],
            "top_logprobs": [rows],
        }
        if "prompt_logprobs" in asked and self.knows["prompt"]:
            choice["prompt_logprobs"] = prompt_rows(ids, asked["prompt_logprobs"])
        usage = {"prompt_tokens": len(ids), "completion_tokens": 1, "total_tokens": len(ids) + 1}
        answer = {"id": "cmpl-0", "object": "text_completion", "created": 0, "model": "whole"}
        return self.say(200, {**answer, "choices": [choice], "usage": usage})


@pytest.fixture()
def model(tmp_path, monkeypatch):
    byte_tokenizer().save_pretrained(tmp_path / "tokenizer")
    server = ThreadingHTTPServer(("127.0.0.1", 0), WholeEngine)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(WholeEngine, "knows", {"all": True, "prompt": True})
    monkeypatch.setattr(WholeEngine, "asked", [])
    monkeypatch.setenv(
        "PLAYGROUND_ENGINES",
        f"whole=http://127.0.0.1:{server.server_port}/v1,tokenizer={tmp_path / 'tokenizer'},top=all",
    )
    yield Backend().causal("engine/whole")
    server.shutdown()


def test_every_token_is_told_and_the_entropy_of_the_whole_distribution_is_exact(model):
    ids = model.encode("hello")
    [step] = generate(model, ids, DecodingSettings(max_new_tokens=1, seed=1, top_p=0.9))
    record, law = step.record(str), np.exp(log_probabilities(ids))
    assert record["raw_entropy"] == pytest.approx(-(law * np.log(law)).sum(), rel=1e-5)
    assert "engine_limit" not in [stage["name"] for stage in record["stages"]]
    assert record["raw_probability"] == pytest.approx(law[step.token_id], rel=1e-5)
    asked = WholeEngine.asked[-1]
    assert asked["logprobs"] == SIZE and asked["return_tokens_as_token_ids"] is True
    assert asked["prompt"] == ids
    assert any("every token" in note for note in model.notes)
    assert not any("cannot be known" in note for note in model.notes)


def test_an_engine_that_does_not_tell_all_is_asked_for_twenty_and_says_so(model):
    WholeEngine.knows["all"] = False
    ids = model.encode("hello")
    [step] = generate(model, ids, DecodingSettings(max_new_tokens=1, seed=1))
    assert step.record(str)["raw_entropy"] is None
    assert [asked["logprobs"] for asked in WholeEngine.asked] == [SIZE, 20]
    assert any("cannot be known" in note for note in model.notes)


def test_a_given_text_is_scored_by_what_the_engine_tells_of_its_tokens(model):
    ids = model.encode("hello you")
    found = score(model, ids)
    expected = [-log_probabilities(ids[:place])[ids[place]] for place in range(1, len(ids))]
    assert [token["surprisal"] for token in found.tokens[1:]] == pytest.approx(expected)
    assert found.perplexity == pytest.approx(np.exp(np.mean(expected)))
    ranks = [
        1 + int((log_probabilities(ids[:at]) > log_probabilities(ids[:at])[ids[at]]).sum())
        for at in range(1, len(ids))
    ]
    assert [token["rank"] for token in found.tokens[1:]] == ranks
    assert {token["entropy"] for token in found.tokens} == {None}  # no entropy follows from one row
    assert len(WholeEngine.asked) == 1 and WholeEngine.asked[0]["prompt_logprobs"] == 1


def test_the_page_scores_with_the_engines_rows_and_ranks(model):
    from playground.pages.generate.run import score as scored

    news = list(
        scored(Backend(), {"model": "engine/whole", "text": "hello you"}, threading.Event())
    )
    frames = [frame for one in news for frame in one.get("frames", ())]
    ids = model.encode("hello you")
    for place, frame in enumerate(frames, start=1):
        law = log_probabilities(ids[:place])
        assert frame["token_id"] == ids[place]
        assert frame["surprisal"] == pytest.approx(-law[ids[place]], rel=1e-5)
        rank = 1 + int((law > law[ids[place]]).sum())
        assert frame["rank"] == rank
        assert [row["rank"] for row in frame["rows"] if row["id"] == ids[place]] == [rank]
        assert frame["raw_entropy"] is None
    assert len(frames) == len(ids) - 1


def test_an_engine_that_tells_nothing_of_a_given_text_is_said_to(model):
    WholeEngine.knows["prompt"] = False
    with pytest.raises(EngineError, match="prompt_logprobs"):
        score(model, model.encode("hello"))


def test_an_engine_that_is_given_text_scores_none(model, monkeypatch):
    whole = engines()["engine/whole"]
    monkeypatch.setenv(
        "PLAYGROUND_ENGINES", f"text={whole.address},tokenizer={whole.tokenizer},top=8"
    )
    with pytest.raises(BackendError, match="cannot score a text here: it is given text"):
        score(Backend().causal("engine/text"), model.encode("hello"))
