"""Why networks loop: the plane's record, the real thing's record, and what another page may
send."""

from __future__ import annotations

import json
import types

import numpy as np
import pytest

from playground.backend import Backend
from playground.markov import dynamics
from playground.pages import ngram_models
from playground.pages.chains import loops
from playground.pages.chains.links import LINK, restore
from tests.doubles import MarkovCausalModel

RING = (
    np.roll(np.eye(4), 1, axis=1) * 0.7 + 0.075
)  # each letter is mostly followed by the next: greedy has period 4


class Hub:
    """A backend with one model."""

    def __init__(self, state="ready"):
        self.model, self.state = MarkovCausalModel(RING), state

    def catalog(self):
        return [types.SimpleNamespace(id="ring", title="Ring", kind="causal", listed=True)]

    def prepare(self, name, on_progress=None):
        return {
            "state": self.state,
            "done": 3_000_000,
            "total": 9_000_000,
            "message": "The model 'ring' cannot be had.",
        }

    def run(self, visitor, page, model, kind="run"):
        return Backend().run(visitor, page, model, kind)

    def causal(self, name):
        if name != "ring":
            raise RuntimeError(f"no model {name!r}")
        return self.model


def app_with(hub):
    return types.SimpleNamespace(backend=lambda: hub)


@pytest.mark.parametrize("world", list(loops.SLIDERS))
def test_an_orbit_follows_its_map_and_its_radii_are_those_of_the_jacobians(world):
    values = {name: one[4] for name, one in loops.SLIDERS[world].items()}
    record = loops.orbit({"world": world, "values": values, "start": [0.2, 0.1]})
    json.dumps(record, allow_nan=False)
    plane, path = dynamics.WORLDS[world](**values), np.array(record["path"])
    np.testing.assert_allclose(plane.step(path[:-1]), path[1:], atol=1e-12)
    for place in (0, len(path) // 2):
        radius = np.abs(np.linalg.eigvals(plane.jacobian(path[place]))).max()
        assert record["radius"][place] == pytest.approx(radius)


def test_each_world_ends_as_its_name_says():
    ends = {world: loops.orbit({"world": world, "start": [0.3, 0.1]}) for world in loops.SLIDERS}
    assert (
        ends["contraction"]["end"]["period"] == 1 and "fixed point" in ends["contraction"]["said"]
    )
    assert (
        ends["limit cycle"]["end"]["period"] == 5
        and "cycle of 5 points" in ends["limit cycle"]["said"]
    )
    assert ends["chaos"]["growth"][0] > 0.3 and "chaos" in ends["chaos"]["said"]
    land = loops.landscape({"world": "limit cycle"})
    assert [one["period"] for one in land["attractors"]] == [5] and [
        one["kind"] for one in land["fixed"]
    ] == ["repelling"]
    json.dumps(land, allow_nan=False)


@pytest.mark.parametrize(
    ("draft", "words"),
    [
        ({"world": "flat"}, "world must be one of contraction"),
        ({"world": "chaos", "values": {"a": 3}}, "a must be a number in \\[0.1, 1.4\\], got 3"),
        ({"world": "chaos", "values": {}, "start": [1]}, "start must be two numbers"),
        (
            {"world": "chaos", "values": {}, "start": [1, 99]},
            "start must be a number in \\[-10, 10\\], got 99",
        ),
    ],
)
def test_a_bad_map_is_refused(draft, words):
    with pytest.raises(ValueError, match=words):
        loops.orbit(draft)


def test_a_greedy_loop_closes_in_tokens_and_states_and_a_drawn_run_does_not():
    draft = {"model": "ring", "text": "a", "length": 40, "seed": 2, "temperature": 1.0}
    record = loops.states(draft, MarkovCausalModel(RING))
    json.dumps(record, allow_nan=False)
    greedy, drawn = record["greedy"], record["drawn"]
    assert greedy["token_period"]["period"] == greedy["state_period"]["period"] == 4
    assert drawn["token_period"]["period"] is None and "No loop" in drawn["said"]
    plot = np.array(greedy["similarity"]).reshape(greedy["length"], -1)
    assert (np.diagonal(plot, 4) == 100).all() and (np.diagonal(plot, 2) < 60).all()
    assert len(greedy["pieces"]) == len(greedy["path"]) == greedy["length"] == 41


def test_pieces_join_to_the_text():
    record = loops.states(loops.DEFAULT["text"], ngram_models.causal("ngram/fox/1/word"))
    assert "".join(record["greedy"]["pieces"]).startswith("the brown fox jumped over the")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"text": ""}, "The text is empty: type a few words"),
        ({"length": 121}, "length must be a whole number in \\[0, 120\\], got 121"),
        ({"temperature": 0}, "temperature must be a number in \\[0.1, 5\\], got 0"),
        ({"text": "a" * 200}, "text must have 1 to 120 tokens when 40 more are written, got 200"),
    ],
)
def test_a_bad_text_is_refused(change, words):
    draft = {"model": "ring", "text": "a", "length": 40, "seed": 2, "temperature": 1.0, **change}
    with pytest.raises(ValueError, match=words):
        loops.states(draft, MarkovCausalModel(RING))


def test_a_model_that_loads_is_waited_for_and_one_that_fails_is_a_sentence():
    draft = {"model": "ring", "text": "ab", "length": 8}
    waiting = loops.Models(app_with(Hub("downloading"))).states(draft)
    assert waiting["pending"] and waiting["error"] == "ring is downloading (3 of 9 MB)…"
    failed = loops.Models(app_with(Hub("failed"))).states(draft)
    assert not failed["ok"] and "pending" not in failed and "cannot be had" in failed["error"]
    hub = Hub()
    assert loops.Models(app_with(hub)).states(draft)["ok"] and hub.model.closed
    assert "no model" in loops.Models(app_with(hub)).states({**draft, "model": "x"})["error"]
    assert loops.Models(app_with(hub)).states(None)["ok"] is False


def test_a_text_sent_from_another_page_opens_here():
    from urllib.parse import parse_qsl

    models = loops.Models(app_with(Hub()))
    query = LINK.encode(
        {
            "view": "loops",
            "state": models.state_of(
                {"model": "ring", "prompt": "a", "ids": [0, 1, 2], "step": 2, "settings": {}}
            ),
        }
    )
    sent = dict(parse_qsl(query.removeprefix("?")))
    value = restore(sent["state"], loops.DEFAULT, loops.figures)
    assert (
        LINK.decode(sent)[0]["view"] == "loops"
        and value["draft"]["text"]["text"] == "abc"
        and value["draft"]["text"]["model"] == "ring"
    )
    assert (
        value["figures"]["ask"] and value["figures"]["text"] is None
    )  # the browser asks the network, not the opening of the page


def test_the_view_offers_the_shipped_ngrams_even_without_a_backend():
    def broken():
        raise RuntimeError("no torch")

    offered = loops.Models(types.SimpleNamespace(backend=broken)).offered()
    assert offered["first"] is None and offered["models"][0][1] == "ngram/fox/1/word"


@pytest.mark.parametrize(
    ("periods", "shown"),
    [
        (
            {
                "one": (None, None, None),
                "two": (5, None, None),
                "three": (4, 4, 4),
                "four": (6, 6, None),
            },
            "four",
        ),
        ({"one": (None, None, None), "two": (None, None, 3)}, "one"),
    ],
)
def test_the_loop_shown_first_is_that_of_the_first_prompt_that_closes_one(
    monkeypatch, periods, shown
):
    """Passed over: no loop, one in the tokens alone, one that the drawn run closes too. Where none
    is left the first prompt stands there."""

    def fake(draft, model):
        tokens, states, drawn = periods[draft["text"]]
        return {
            "greedy": {"token_period": {"period": tokens}, "state_period": {"period": states}},
            "drawn": {"token_period": {"period": drawn}},
        }

    monkeypatch.setattr(loops, "FIRST_PROMPTS", tuple(periods))
    monkeypatch.setattr(loops, "states", fake)
    assert loops.first_loop({"text": ""}, None)["draft"]["text"] == shown


def test_the_shipped_network_loops_on_one_of_the_first_prompts():
    """New weights may loop elsewhere: then FIRST_PROMPTS wants another prompt."""
    from playground.backend import get_backend

    with get_backend().causal("fairy-causal") as model:
        found = loops.first_loop(
            {**loops.DEFAULT["text"], "model": "fairy-causal", "length": 60}, model
        )["figures"]
    assert (
        found["greedy"]["token_period"]["period"] == found["greedy"]["state_period"]["period"]
        and found["greedy"]["state_period"]["period"]
    )
    assert (
        found["drawn"]["token_period"]["period"] is None
        and found["drawn"]["state_period"]["period"] is None
    )
