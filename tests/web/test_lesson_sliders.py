"""What a slider makes of a lesson's figure in the browser is what the page's own mathematics makes
of it in Python."""

import itertools
import json

import pytest

from playground.i18n import wire
from playground.pages.lessons.asked_figure import AskedFigure
from playground.pages.lessons.lesson import drawn_step, read_lessons
from playground.pages.lessons.sliders import stops, written

STEPS = [
    pytest.param(step, id=f"{lesson.slug}-{number}")
    for lesson in read_lessons()
    for number, step in enumerate(lesson.steps, 1)
    if step.moves
]
MOVED = """({moved}, [moves, all]) => all.map((values) => moved(moves, values))"""


@pytest.fixture(scope="module")
def model():
    from playground.backend import get_backend

    with get_backend().causal("fairy-causal") as found:
        yield found


def places(sliders: list[dict]) -> list[dict[str, float]]:
    """Both ends, the beginning and some stops between them, of every slider with those of the
    others."""
    each = []
    for slider in sliders:
        all_stops, some_of = stops(slider), 9 if len(sliders) == 1 else 4
        some = {*all_stops[:: max(1, len(all_stops) // some_of)], all_stops[-1], slider["start"]}
        each.append([(slider["setting"], value) for value in sorted(some)])
    return [dict(values) for values in itertools.product(*each)]


def close(found, wanted, path=""):
    """Equal data; numbers to the digits that a screen shows, since networks' logits and the rules'
    sums are float32 in Python."""
    if isinstance(wanted, dict):
        assert set(found) == set(wanted), path
        for key, value in wanted.items():
            close(found[key], value, f"{path}.{key}")
    elif isinstance(wanted, list) and isinstance(found, str):
        assert [found, {}] == wanted, path  # a message without values
    elif isinstance(wanted, list):
        assert len(found) == len(wanted), (path, found, wanted)
        for place, (one, other) in enumerate(zip(found, wanted, strict=True)):
            close(one, other, f"{path}[{place}]")
    elif isinstance(wanted, float):
        assert found == pytest.approx(wanted, rel=2e-5, abs=1e-5), path
    else:
        assert found == wanted, path


@pytest.mark.parametrize("step", STEPS)
def test_the_browser_draws_what_python_draws_at_every_stop(module, model, step):
    drawn = drawn_step(step.written, model) if step.needs_model else step
    asked, moves = AskedFigure.read(drawn.written, after=True), drawn.moves
    values = places(moves["sliders"])
    found = module("views/lessons/moved.js", MOVED, wire([moves, values]))
    for one, at in zip(found, values, strict=True):
        settings = {**asked.settings, **{name: written(value) for name, value in at.items()}}
        figure = json.loads(json.dumps(wire(asked.draw(settings, model))))
        close(one, figure, f"{at}")


@pytest.mark.parametrize("step", STEPS)
def test_a_slider_begins_at_the_revealed_figure(module, model, step):
    drawn = drawn_step(step.written, model) if step.needs_model else step
    start = {one["setting"]: one["start"] for one in drawn.moves["sliders"]}
    found = module("views/lessons/moved.js", MOVED, wire([drawn.moves, [start]]))[0]
    shown = drawn.then or drawn.figure
    close(found, json.loads(json.dumps(wire(shown))))
