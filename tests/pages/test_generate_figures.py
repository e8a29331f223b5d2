"""What a moved slider asks of a kept step: the chain, a row through it, a token looked up, many
draws."""

import numpy as np
import pytest

from playground.pages.generate import figures, presets
from playground.pages.generate.request import RunRequest
from playground.pages.generate.run import write
from tests.pages.doubles import DoubleBackend
from tests.pages.generate_runs import GO, collect, request


def test_a_moved_slider_shows_the_step_under_other_rules_with_the_same_u():
    backend = DoubleBackend()
    start, frames, _ = collect(write(backend, RunRequest.read(request()), GO()))
    prompt = [token["id"] for token in start["prompt"]]
    raw = {
        "model": "double",
        "ids": [*prompt, *[frame["token_id"] for frame in frames[:3]]],
        "prompt_length": len(prompt),
        "index": 3,
        "settings": {**presets.START, "max_new_tokens": 12},
        "memory": frames[3]["memory"],
    }
    same = figures.recompute_step(backend, raw)
    assert {key: frames[3][key] for key in same} == same
    hot = figures.recompute_step(
        backend,
        {**raw, "settings": {**raw["settings"], "temperature": 2.0, "top_p": 1.0, "min_p": 0.0}},
    )
    assert (
        hot["u"] == same["u"]
        and hot["entropy"] > same["entropy"]
        and hot["raw_entropy"] == same["raw_entropy"]
    )


def test_each_row_says_what_is_left_of_it_after_every_rule():
    _, frames, _ = collect(write(DoubleBackend(), RunRequest.read(request()), GO()))
    for frame in frames:
        names = [stage["name"] for stage in frame["stages"]]
        for row in frame["rows"]:
            assert len(row["through"]) == len(names)
            assert row["through"][0] == pytest.approx(row["raw"], rel=1e-5, abs=1e-12)
            assert row["through"][-1] == pytest.approx(row["final"], rel=1e-5, abs=1e-12)
            if row["cut"] in names:
                assert not any(row["through"][names.index(row["cut"]) :])


def test_any_token_of_the_model_is_found_with_its_probabilities():
    backend = DoubleBackend()
    start, frames, _ = collect(write(backend, RunRequest.read(request()), GO()))
    prompt = [token["id"] for token in start["prompt"]]
    label = frames[0]["rows"][-1]["text"]
    found = figures.find_tokens(
        backend,
        {
            "model": "double",
            "ids": prompt,
            "prompt_length": len(prompt),
            "index": 0,
            "settings": {**presets.START, "max_new_tokens": 12},
            "query": label.upper(),
        },
    )
    one = next(one for one in found["tokens"] if one["id"] == frames[0]["rows"][-1]["id"])
    assert found["found"] >= 1 and one["raw"] == pytest.approx(frames[0]["rows"][-1]["raw"])
    assert one["rank"] == frames[0]["rows"][-1]["rank"]


def test_a_text_appended_by_hand_is_cut_by_the_models_own_tokenizer():
    backend = DoubleBackend()
    ids = figures.tokens_of(backend, {"model": "double", "text": "a bb"})["ids"]
    assert ids == list(backend.causal("double").encode("a bb"))
    with pytest.raises(ValueError, match="at most 400 characters"):
        figures.tokens_of(backend, {"model": "double", "text": "a" * 401})


def test_kept_logits_are_asked_for_so_that_no_network_runs():
    backend = DoubleBackend()

    class Keeping:
        asked = 0

        def __init__(self, model):
            self.model = model

        def __getattr__(self, name):
            return getattr(self.model, name)

        def logits_at(self, ids):
            Keeping.asked += 1
            return self.model.next_logits(ids)

        def next_logits(self, ids):
            raise AssertionError("a slider must not run the network")

    plain = backend.causal
    backend.causal = lambda name: Keeping(plain(name))
    figures.recompute_step(
        backend,
        {
            "model": "double",
            "ids": [1, 2],
            "prompt_length": 1,
            "index": 1,
            "settings": presets.START,
        },
    )
    assert Keeping.asked == 1


def test_many_draws_count_a_thousand_in_every_column():
    result = figures.draw_many(
        DoubleBackend(),
        {
            "model": "double",
            "ids": [1, 2],
            "prompt_length": 1,
            "index": 0,
            "settings": presets.PRESETS["pure sampling"],
            "temperatures": [0.5, 1, 2],
        },
    )
    assert [column["temperature"] for column in result["columns"]] == [0.5, 1, 2]
    for column in result["columns"]:
        assert (
            sum(row["observed"] for row in column["rows"]) + column["others"]["observed"]
            == result["n"]
            == 1000
        )
        assert sum(row["expected"] for row in column["rows"]) + column["others"][
            "expected"
        ] == pytest.approx(1000)
        assert 0 <= column["p_value"] <= 1
    sharp, flat = (
        np.array([row["expected"] for row in result["columns"][i]["rows"]]) for i in (0, 2)
    )
    assert sharp.max() > flat.max()


@pytest.mark.parametrize("temperatures", [None, [], [1, 1, 1, 1], [-1]])
def test_bad_temperatures_are_refused(temperatures):
    with pytest.raises(ValueError, match="temperature"):
        figures.draw_many(
            DoubleBackend(),
            {
                "model": "double",
                "ids": [1],
                "prompt_length": 1,
                "index": 0,
                "settings": {},
                "temperatures": temperatures,
            },
        )
