"""The experiment that is recorded for who waits for a place is the page's own, from the model that
is shipped."""

import contextlib

import pytest

from playground.backend import get_backend
from playground.backend.catalog import MODELS
from playground.i18n import wire
from playground.pages.escape.fields import LOOPING
from playground.pages.escape.live import experiment_messages
from playground.pages.escape.record import ASKED
from playground.pages.escape.recorded import recorded_experiment


def test_the_recording_has_the_settings_that_the_page_begins_with_and_every_figure():
    kept = recorded_experiment()
    assert kept["asked"] == ASKED and ASKED["prompt"] == LOOPING[ASKED["model"]][0]
    names = {"pieces", "barriers", "visits", "inverted", "shares", "survival"}
    assert set(kept["found"]) == names
    assert kept["found"]["shares"]["tokens"] == ASKED["length"]


def test_the_shipped_model_still_finds_the_recorded_loop_and_its_barriers():
    if not (MODELS / ASKED["model"] / "config.json").is_file():
        pytest.skip("the weights are not here")
    found = {}
    given = {name: value for name, value in ASKED.items() if name != "model"}
    with contextlib.closing(get_backend().causal(ASKED["model"])) as model:
        for message in experiment_messages(model, **given):
            for frame in message.get("frames", ()):
                found.update(wire(frame))
            if "barriers" in found:
                break
    kept = recorded_experiment()["found"]
    assert found["pieces"] == kept["pieces"]
    for now, then in zip(found["barriers"]["tokens"], kept["barriers"]["tokens"], strict=True):
        assert (now["text"], now["rival"]) == (then["text"], then["rival"])
        for name in ("delta_e", "critical"):
            assert now[name] == pytest.approx(then[name], abs=1e-3), name
