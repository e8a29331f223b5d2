"""Another program's model: what is made of its rows, what it is asked, and what is never invented.
The real one: test_engine_answers.py."""

from __future__ import annotations

import json
import math
import threading
from http.server import ThreadingHTTPServer

import numpy as np
import pytest

from playground.backend import (
    BackendError,
    EngineError,
    ModelUnavailable,
    RunStopped,
    openai_engine,
)
from playground.backend.completion_rows import distribution
from playground.backend.openai_engine import Completions, Offer, engine_of, engines
from playground.backend.service import Backend
from playground.decoding import DecodingSettings, Step, generate
from tests.backend.json_engine import JsonEngine
from tests.backend.small_models import byte_tokenizer

NAMES = {"a": [0], "b": [1], "c": [2], "d": [3], "": [4, 5]}


def test_the_rows_are_as_told_and_the_rest_of_the_mass_is_exact():
    logits = distribution({"a": math.log(0.5), "b": math.log(0.2), "d": math.log(0.1)}, NAMES, 10)
    assert logits.shown.tolist() == [True, True, False, True] + 6 * [False]
    probabilities = np.exp(logits.numpy().astype(np.float64))
    assert probabilities[[0, 1, 3]] == pytest.approx([0.5, 0.2, 0.1], abs=1e-7)
    assert probabilities.sum() == pytest.approx(1, abs=1e-6) and probabilities[
        [2, *range(4, 10)]
    ].sum() == pytest.approx(0.2, abs=1e-7)


def test_a_name_of_several_tokens_counts_for_mass_and_rank_and_stands_for_none():
    logits = distribution({"": math.log(0.6), "a": math.log(0.3)}, NAMES, 10)
    assert logits.shown.nonzero().ravel().tolist() == [0]
    assert np.exp(logits.numpy().astype(np.float64)).sum() == pytest.approx(1, abs=1e-6)
    step = Step(logits, [0], DecodingSettings(do_sample=False))
    assert step.rank == 2 and step.raw_probability == pytest.approx(0.3, abs=1e-6)


@pytest.mark.parametrize(
    "rows",
    [
        {"a": math.nan},
        {"a": 0.5},
        {"a": "x"},
        {"a": None},
        {"a": True},
        {"a": -0.1, "b": -0.1, "c": -0.1},
        {},
        {"unheard": -1.0},
    ],
)
def test_what_is_no_distribution_is_refused(rows):
    with pytest.raises(EngineError):
        distribution(rows, NAMES, 10)


@pytest.mark.parametrize(
    "settings",
    [
        DecodingSettings(seed=3),
        DecodingSettings(seed=3, temperature=5.0),
        DecodingSettings(seed=3, top_p=0.99, temperature=3.0),
        DecodingSettings(do_sample=False),
        DecodingSettings(seed=3, repetition_penalty=5.0, order="llama.cpp"),
    ],
)
def test_no_rule_and_no_draw_reaches_a_token_that_was_not_told(settings):
    logits = distribution({"a": math.log(0.3), "b": math.log(0.05), "c": math.log(0.01)}, NAMES, 10)
    for index in range(40):
        step = Step(logits, [0, 1, 0, 2], settings, index)
        record = step.record(str, top=20)
        assert step.token_id in (0, 1, 2) and {row["id"] for row in record["rows"]} <= {0, 1, 2}
        limit = record["stages"][1]
        assert (limit["name"], limit["kept"], limit["removed"]) == ("engine_limit", 3, 7)
        assert (
            limit["removed_mass"] == pytest.approx(0.64, abs=1e-6) and record["raw_entropy"] is None
        )
        assert record["remainder"]["count"] == 10 - len(record["rows"]) and record["remainder"][
            "final"
        ] == pytest.approx(0, abs=1e-9)
        assert sum(row["raw"] for row in record["rows"]) + record["remainder"][
            "raw"
        ] == pytest.approx(1, abs=1e-6)
        assert sum(row["final"] for row in record["rows"]) == pytest.approx(1, abs=1e-6)
        assert [stage.name for stage in step.stages][:2] == ["logits", "engine_limit"]


def test_the_drawn_distribution_is_the_engines_own_cut_at_its_limit():
    logits = distribution({"a": math.log(0.3), "b": math.log(0.1)}, NAMES, 10)
    probs = Step(logits, [0], DecodingSettings(temperature=2.0)).stages[-1].probs.numpy()
    expected = np.sqrt([0.3, 0.1]) / np.sqrt([0.3, 0.1]).sum()
    assert probs[:2] == pytest.approx(expected, abs=1e-6) and probs[2:].sum() == 0


# an engine of the test's own
# ------------------------------------------------------------------------------------------------


class SmallEngine(JsonEngine):
    """Tells the bytes of the alphabet after any text, the likeliest first; ends the text after an
    exclamation mark."""

    most, asked = 20, []

    def do_GET(self):
        self.say(200, {"data": [{"id": "small"}]})

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.asked.append(asked)
        if asked["logprobs"] > self.most:
            return self.say(400, {"error": {"message": f"more than max allowed: {self.most}"}})
        prompt = asked["prompt"]
        by_id = asked.get("return_tokens_as_token_ids")
        letters = [chr(97 + (len(prompt) + place) % 26) for place in range(asked["logprobs"])]
        rows = {
            (f"token_id:{by_id and letter_id(letter)}" if by_id else letter): math.log(0.5)
            * (place + 1)
            for place, letter in enumerate(letters)
        }
        ends = not by_id and prompt.endswith("!") and not asked["echo"]
        if asked["echo"] and prompt.endswith("!\n"):
            rows = {"": math.log(0.7), "a": math.log(0.2)}
            return self.say(
                200,
                {
                    "choices": [
                        {
                            "finish_reason": "length",
                            "logprobs": {"top_logprobs": [None, rows, {"x": -0.1}]},
                        }
                    ]
                },
            )
        return self.say(
            200,
            {
                "choices": [
                    {
                        "finish_reason": "stop" if ends else "length",
                        "logprobs": {"top_logprobs": [] if ends else [rows]},
                    }
                ]
            },
        )


def letter_id(letter):
    return byte_tokenizer()(letter)["input_ids"][0]


@pytest.fixture()
def engine(tmp_path, monkeypatch):
    byte_tokenizer().save_pretrained(tmp_path / "tokenizer")
    server = ThreadingHTTPServer(("127.0.0.1", 0), SmallEngine)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    SmallEngine.most, SmallEngine.asked = 20, []
    monkeypatch.setenv(
        "PLAYGROUND_ENGINES",
        f"small=http://127.0.0.1:{server.server_port}/v1,tokenizer={tmp_path / 'tokenizer'},top=8",
    )
    yield server
    server.shutdown()


def test_an_engine_of_the_environment_is_a_model_of_the_backend(engine):
    backend = Backend()
    [offer] = backend.engines()
    assert (
        offer.id == "engine/small"
        and offer.title == "small (another program)"
        and "127.0.0.1" in offer.note
        and "8 likeliest" in offer.note
    )
    assert backend.status(offer.id)["state"] == "absent"
    with backend.causal(offer.id) as model:
        ids = model.encode("hello")
        steps = list(generate(model, ids, DecodingSettings(max_new_tokens=5, seed=1)))
        assert len(steps) == 5 and model.decode([step.token_id for step in steps]).isalpha()
        again = list(generate(model, ids, DecodingSettings(max_new_tokens=5, seed=1)))
        assert [step.token_id for step in again] == [step.token_id for step in steps]
        assert any("8 likeliest" in note for note in model.notes) and any(
            "logits" in note for note in model.notes
        )
        for refused in (model.logits_along, model.hidden_states):
            with pytest.raises(BackendError, match="Another program's model"):
                refused(ids)
        with pytest.raises(ValueError, match="ids must be"):
            model.next_logits([])
    with pytest.raises(RunStopped):
        model.next_logits(ids)
    assert (
        backend.status(offer.id)["state"] == "ready"
        and backend.prepare(offer.id)["state"] == "ready"
    )
    asked = SmallEngine.asked[0]
    assert asked["prompt"] == "hello" and asked["logprobs"] == 8 and asked["model"] == "small"
    assert (
        asked["temperature"],
        asked["top_p"],
        asked["presence_penalty"],
        asked["frequency_penalty"],
        asked["max_tokens"],
    ) == (0, 1, 0, 0, 1)


def test_an_engine_that_refuses_so_many_rows_is_asked_for_fewer(engine, monkeypatch):
    monkeypatch.setenv(
        "PLAYGROUND_ENGINES",
        engines()["engine/small"].address.join(["big=", ""])
        + f",tokenizer={engines()['engine/small'].tokenizer},top=500",
    )
    SmallEngine.most = 5
    model = Backend().causal("engine/big")
    assert int(model.next_logits(model.encode("hi")).shown.sum()) == 5
    assert [asked["logprobs"] for asked in SmallEngine.asked] == [500, 20, 5]
    model.next_logits(model.encode("hi"))
    assert SmallEngine.asked[-1]["logprobs"] == 5 and len(SmallEngine.asked) == 4
    assert any("at most its 5 likeliest" in note for note in model.notes)


def test_where_the_engine_ends_the_text_its_end_is_named_and_a_text_ends_there(engine):
    model = Backend().causal("engine/small")
    logits = model.next_logits(model.encode("stop!"))
    assert logits.shown.nonzero().ravel().tolist() == sorted([model.eos_id, *model.encode("a")])
    assert math.exp(float(logits[model.eos_id])) == pytest.approx(0.7, abs=1e-6)
    [step] = generate(
        model, model.encode("stop!"), DecodingSettings(max_new_tokens=9, do_sample=False)
    )
    assert step.finish == "end_of_text"


def test_an_engine_that_understands_ids_is_given_ids(engine, monkeypatch):
    offer = engines()["engine/small"]
    monkeypatch.setenv(
        "PLAYGROUND_ENGINES", f"ids={offer.address},tokenizer={offer.tokenizer},ids=1"
    )
    model = Backend().causal("engine/ids")
    ids = model.encode("hello")
    assert int(model.next_logits(ids).shown.sum()) == 20 and SmallEngine.asked[0]["prompt"] == ids
    assert not any("cuts it into tokens itself" in note for note in model.notes)


def test_an_engine_that_is_not_there_is_told_in_a_sentence_and_tried_anew(
    engine, tmp_path, monkeypatch
):
    offer = Offer("gone", "http://127.0.0.1:9/v1", str(tmp_path / "tokenizer"))
    gone = Completions(offer)
    with pytest.raises(
        ModelUnavailable, match=r"The engine 'gone' at 127\.0\.0\.1:9 cannot be used \(ConnectError"
    ):
        gone.session()
    assert gone.status()["state"] == "failed" and "cannot be used" in gone.status()["message"]
    model = Backend().causal("engine/small")
    engine.shutdown()
    engine.server_close()
    with pytest.raises(EngineError, match="did not answer"):
        model.next_logits(model.encode("hi"))


def test_a_text_that_ends_within_a_character_is_not_sent(engine):
    model = Backend().causal("engine/small")
    with pytest.raises(EngineError, match="end within a character"):
        model.next_logits(model.encode("é")[:1])


def test_names_of_engines_that_nobody_offers_are_refused(engine):
    assert engine_of("fairy-causal") is None and engine_of(None) is None
    with pytest.raises(
        ModelUnavailable, match=r"model must be one of engine/small, got 'engine/other'"
    ):
        Backend().causal("engine/other")


@pytest.mark.parametrize(
    "text",
    [
        "small",
        "small=ftp://x,tokenizer=a",
        "small=http://x/v1",
        "small=http://x/v1,tokenizer=",
        "<b>=http://x/v1,tokenizer=a",
        "small=http://x/v1,tokenizer=a,top=0",
        "small=http://x/v1,tokenizer=a,top=many",
        "small=http://x/v1,tokenizer=a,colour=red",
    ],
)
def test_a_bad_list_of_engines_is_named(monkeypatch, text):
    monkeypatch.setenv("PLAYGROUND_ENGINES", text)
    with pytest.raises(ValueError, match="PLAYGROUND_ENGINES"):
        engines()


def test_several_engines_in_their_order(monkeypatch):
    monkeypatch.setenv(
        "PLAYGROUND_ENGINES",
        "one=http://a:1/v1, tokenizer=gpt2 ; "
        "two=https://b/v1,tokenizer=gpt2,top=100,context=512,model=m,ids=1;",
    )
    assert list(engines()) == ["engine/one", "engine/two"]
    assert engines()["engine/two"] == Offer("two", "https://b/v1", "gpt2", 100, "m", 512, True)
    assert openai_engine.engines()["engine/one"].top == 20


def test_the_page_writes_with_an_engine_and_says_what_it_cannot_show(engine):
    from playground.pages.generate.request import RunRequest
    from playground.pages.generate.run import write

    request = RunRequest.read(
        {
            "run": "r",
            "model": "engine/small",
            "prompt": "hello",
            "settings": {"max_new_tokens": 4, "seed": 2, "top_k": 0},
        }
    )
    news = list(write(Backend(), request, threading.Event()))
    [start] = [one for one in news if one["kind"] == "begin"]
    assert any("cannot be known" in note for note in start["notes"]) and any(
        "no logits" in note for note in start["notes"]
    )
    frames = [frame for one in news for frame in one.get("frames", ())]
    assert len(frames) == 4 and all(
        frame["stages"][1]["name"] == "engine_limit" and frame["raw_entropy"] is None
        for frame in frames
    )
    json.dumps(frames, allow_nan=False)
