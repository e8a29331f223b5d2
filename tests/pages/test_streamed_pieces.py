"""Every place that joins pieces shows the text: characters of several tokens in a byte-level
vocabulary, on every page."""

import threading

import pytest
import torch

from playground.backend.tokenizer import Spelling, TextCodec
from playground.decoding import DecodingSettings, generate, text_pieces
from playground.pages import notebook
from playground.pages.chains import loops
from playground.pages.compare import scores, teacher_forcing
from playground.pages.compare.rescoring import text_behind
from playground.pages.generate import endpoints, run
from playground.pages.generate.request import RunRequest
from tests.backend.small_models import byte_tokenizer
from tests.pages.doubles import DoubleBackend

PROMPT, WRITTEN = "So 🎉 it", " is 你好 🏳️‍🌈 สวัสดี!"


class Writes(Spelling):
    """A model over 256 bytes that writes WRITTEN after PROMPT, whatever the rules are."""

    name, vocab_size, eos_id, context_length = "double", 258, None, 512

    def __init__(self):
        self.codec = TextCodec(byte_tokenizer(), 258)
        self.text = self.encode(PROMPT + WRITTEN)

    def next_logits(self, ids):
        row = torch.zeros(258)
        row[self.text[len(ids)]] = 50.0
        return row

    def logits_along(self, ids):
        return torch.stack([self.next_logits(ids[: n + 1]) for n in range(len(ids))])

    def hidden_states(self, ids):
        return torch.eye(64)[torch.tensor(list(ids)) % 64]

    def close(self):
        pass


class Backend(DoubleBackend):
    def causal(self, name):
        return Writes()


NEW = len(WRITTEN.encode())
REQUEST = {
    "run": "r",
    "model": "double",
    "prompt": PROMPT,
    "settings": {"max_new_tokens": NEW, "do_sample": False},
}


def pieces_of(messages):
    start = next(message for message in messages if message["kind"] == "begin")
    frames = [frame for message in messages for frame in message.get("frames", ())]
    return [token["piece"] for token in start["prompt"]], [frame["piece"] for frame in frames]


def test_a_written_text_and_its_prompt():
    prompt, written = pieces_of(
        list(run.write(Backend(), RunRequest.read(REQUEST), threading.Event()))
    )
    assert "".join(prompt) == PROMPT and "".join(written) == WRITTEN


@pytest.mark.parametrize("kept", [0, 5, 6, 9, NEW - 1])
def test_a_branch_goes_on_in_the_middle_of_a_character(kept):
    ids = Writes().encode(WRITTEN)
    before = text_pieces(Writes().decode, Writes().encode(PROMPT + WRITTEN))
    _, rest = pieces_of(
        list(
            run.write(
                Backend(), RunRequest.read({**REQUEST, "prefix": ids[:kept]}), threading.Event()
            )
        )
    )
    shown = before[len(Writes().encode(PROMPT)) :][:kept]
    assert "".join([*shown, *rest]) == WRITTEN


def test_a_scored_text_and_a_judged_one():
    raw = {"model": "double", "text": PROMPT + WRITTEN}
    first, rest = pieces_of(list(run.score(Backend(), raw, threading.Event())))
    assert "".join([*first, *rest]) == PROMPT + WRITTEN
    tokens = scores.perplexity_of(Backend(), raw)["tokens"]
    assert "".join(token["piece"] for token in tokens) == PROMPT + WRITTEN
    model = Writes()
    assert text_behind(model, PROMPT, model.encode(PROMPT), model.encode(WRITTEN)) == WRITTEN


def test_teacher_forcing_shows_both_texts():
    asked = {"model": "double", "text": PROMPT + WRITTEN, "from": 9}
    *_, last = frames = list(teacher_forcing.run(Backend(), asked))
    given = next(frame["tokens"] for frame in frames if "tokens" in frame)
    for tokens in (given, last["own"]["tokens"]):
        assert "".join(token["piece"] for token in tokens) == PROMPT + WRITTEN


def test_the_api_the_notebook_and_the_states_of_a_loop():
    rules = DecodingSettings(max_new_tokens=NEW, do_sample=False)
    *counts, answer = endpoints.decode_text(Backend(), "double", PROMPT, **REQUEST["settings"])
    assert counts == [1] * len(answer["steps"])
    assert answer["text"] == WRITTEN
    model = Writes()
    ids = model.encode(PROMPT)
    trace = notebook.replay(model, PROMPT, generate(model, ids, rules), rules).trace
    assert "".join(token["piece"] for token in trace["prompt_tokens"]) == PROMPT
    assert "".join(step["piece"] for step in trace["steps"]) == WRITTEN
    assert "".join(loops._run(model, ids, rules)["pieces"]) == PROMPT + WRITTEN
