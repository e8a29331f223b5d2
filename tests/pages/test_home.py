"""Home's recording is what was done; its questions to the models are exact, and refuse in
sentences."""

import base64
import json
from urllib.parse import parse_qsl

import numpy as np
import pytest
import torch

from playground.backend import get_backend
from playground.decoding import DecodingSettings
from playground.decoding.step import Step
from playground.diffusion.draws import uniforms
from playground.pages.errors import answered_messages
from playground.pages.generate.links import state_of
from playground.pages.home import live
from playground.pages.home.door import door
from playground.pages.home.first_paint import first_tiles
from playground.pages.home.record import RECORDED, record
from tests.pages.doubles import DoubleBackend, WordModel


class Causal(WordModel):
    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def piece(self, token):
        return self.words[token]


class Denoiser(Causal):
    """Ten words; the last of them is the mask."""

    mask_id = 9

    def logits(self, canvas):
        self.calls.append(canvas.shape[1])
        noise = np.random.default_rng(canvas[0].tolist()).standard_normal((1, canvas.shape[1], 10))
        return torch.from_numpy(2 * noise.astype(np.float32))


class Backend(DoubleBackend):
    def causal(self, name):
        return Causal(self.words, self.calls)

    def denoiser(self, name):
        return Denoiser(self.words[:10], self.calls)


def floats(text):
    return np.frombuffer(base64.b64decode(text), dtype="<f4")


def test_the_recorded_words_are_what_the_shipped_models_write_with_the_stated_settings():
    kept, again = json.loads(RECORDED.read_text(encoding="utf-8")), record()
    plain = {name: kept[name] for name in ("prompt", "length", "seed", "heat", "vocabulary")}
    assert plain == {name: again[name] for name in plain}
    assert kept["masks"] == again["masks"]
    assert kept["causal"]["widest"] == again["causal"]["widest"]
    for old, new in zip(kept["causal"]["steps"], again["causal"]["steps"], strict=True):
        assert (old["u"], old["token"]) == (new["u"], new["token"])
        assert [row[:2] for row in old["rows"]] == [row[:2] for row in new["rows"]]
        logits = [[row[2] for row in step["rows"]] + [step["others"]] for step in (old, new)]
        assert np.allclose(*logits, atol=0.01)


def test_the_recorded_words_are_drawn_as_generate_draws_them():
    kept = json.loads(RECORDED.read_text(encoding="utf-8"))
    ids = kept["causal"]["ids"]
    settings = DecodingSettings(temperature=kept["heat"], seed=kept["seed"])
    with get_backend().causal(kept["causal"]["model"]) as model:
        for index, one in enumerate(kept["causal"]["steps"]):
            step = Step(model.next_logits(ids), ids, settings, index)
            assert (step.u, step.token_id) == (one["u"], one["token"])
            final = step.stages[-1].candidates.probability_of(np.array([r[0] for r in one["rows"]]))
            weights = np.exp(np.array([row[2] for row in one["rows"]]) / kept["heat"])
            assert weights / (weights.sum() + np.exp(one["others"])) == pytest.approx(
                final, abs=1e-4
            )
            ids = [*ids, step.token_id]


def test_a_look_answers_all_logits_and_the_number_of_this_seed_and_step():
    backend = Backend()
    answer = live.look(backend, {"ids": [0, 1, 2], "step": 3, "seed": 7})
    logits = WordModel(backend.words).next_logits([0, 1, 2])
    assert np.array_equal(floats(answer["logits"]), logits.numpy())
    assert answer["u"] == Step(logits, [], DecodingSettings(seed=7), 3).u
    assert live.vocabulary(backend)["texts"] == backend.words


def test_a_fill_answers_the_surest_blank_and_a_guess_for_each():
    backend = Backend()
    canvas = [0, 9, 3, 9, 9]
    answer = live.fill(backend, {"canvas": canvas, "step": 2, "seed": 7})
    logits = Denoiser(backend.words[:10]).logits(torch.tensor([canvas]))[0].double()
    logits[:, 9] = -torch.inf
    best = logits.softmax(-1).max(-1)
    assert [one[:2] for one in answer["guesses"]] == [[k, int(best.indices[k])] for k in (1, 3, 4)]
    assert [one[2] for one in answer["guesses"]] == pytest.approx(best.values[[1, 3, 4]].tolist())
    assert answer["at"] == max((1, 3, 4), key=lambda k: best.values[k])
    assert np.isneginf(floats(answer["logits"])[9])
    assert answer["u"] == float(uniforms(7, 2, 0, answer["at"]))


GOOD = {"ids": [0], "canvas": [0, 9], "step": 0, "seed": 1}


@pytest.mark.parametrize("name", ["look", "fill"])
@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (None, "A question must be an object"),
        ([], "A question must be an object"),
        ({"ids": [], "canvas": []}, "must be a list of 1 to 32 token ids"),
        ({"ids": [0] * 33, "canvas": [9] * 33}, "must be a list of 1 to 32 token ids"),
        ({"ids": "0", "canvas": {"0": 9}}, "must be a list of 1 to 32 token ids"),
        ({"ids": [True], "canvas": [True]}, "must hold token ids in [0, "),
        ({"ids": [-1], "canvas": [9, 10_000]}, "must hold token ids in [0, "),
        ({"ids": [0.5], "canvas": ["<b>"]}, "must hold token ids in [0, "),
        ({"step": -1}, "step must be a whole number in [0, 32]"),
        ({"step": 10**30}, "step must be a whole number in [0, 32]"),
        ({"seed": "x" * 10_000}, "seed must be a whole number in [0, 9007199254740991]"),
        ({"seed": float("nan")}, "seed must be a whole number"),
    ],
)
def test_a_hostile_question_is_refused_in_a_sentence_and_runs_no_network(name, bad, words):
    backend = Backend()
    raw = {**GOOD, **bad} if isinstance(bad, dict) else bad
    answer = answered_messages(lambda asked: getattr(live, name)(backend, asked))(raw)
    assert list(answer) == ["error"] and not backend.calls
    text = answer["error"] if isinstance(answer["error"], str) else _filled(*answer["error"])
    assert words in text and len(text) < 200


def _filled(text, values):
    for name, value in values.items():
        text = text.replace("{" + name + "}", str(value))
    return text


def test_a_canvas_without_a_mask_has_nothing_to_fill():
    with pytest.raises(ValueError, match="no mask left"):
        live.fill(Backend(), {"canvas": [0, 1], "step": 0, "seed": 1})


WISH = {"seed": 20, "heat": 0.8, "chosen": [498, 119], "step": 5}


def test_the_door_to_generate_is_a_link_of_that_page_with_no_rule_on_but_the_temperature():
    state = state_of(dict(parse_qsl(door(WISH)["query"].removeprefix("?"))))
    values = state["values"]
    assert not state["message"]
    assert (values["prompt"], values["model"]) == ("Once upon a time there was a", live.CAUSAL)
    assert (values["chosen"], values["step"], values["depth"]) == ([498, 119], 5, "rules")
    settings = DecodingSettings.from_dict(values["settings"])
    assert (settings.seed, settings.temperature) == (20, 0.8)
    assert settings.with_changes(temperature=1.0).rules_on() == ()


@pytest.mark.parametrize(
    "wrong", [{"heat": -1}, {"heat": "hot"}, {"seed": 2.5}, {"step": 99}, {"chosen": [-1]}]
)
def test_a_door_of_a_stranger_is_refused_in_a_sentence(wrong):
    with pytest.raises(ValueError):
        door({**WISH, **wrong})


def test_the_first_tiles_are_the_recorded_probabilities_and_sum_to_one():
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))
    drawn = first_tiles(recorded)
    step = recorded["causal"]["steps"][0]
    logits = np.array([*(row[2] / recorded["heat"] for row in step["rows"]), step["others"]])
    wanted = np.exp(logits - logits.max())
    wanted /= wanted.sum()
    assert np.allclose([tile["share"] for tile in drawn["tiles"]], wanted, atol=1e-15)
    assert [tile["text"] for tile in drawn["tiles"]] == [row[1] for row in step["rows"]] + [""]
    assert drawn["prompt"] == recorded["prompt"]


def test_where_the_networks_answers_lie_on_a_gpu_the_canvas_is_the_same():
    from playground.pages.home.live import canvas_logits
    from tests.diffusion.elsewhere import FarDenoiser, OtherDevice
    from tests.diffusion.test_diffusion_recorded import Network

    expected = canvas_logits(Network(), [3, 5, 7])
    with OtherDevice():
        found = canvas_logits(FarDenoiser(Network()), [3, 5, 7])
    assert (found == expected).all()
