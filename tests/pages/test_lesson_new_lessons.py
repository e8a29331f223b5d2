"""What the lessons on masks, drafts, the watermark, a reward and a class say is so: their numbers
by hand, and what their prose claims of a figure."""

import math
from functools import cache
from itertools import pairwise

import pytest

from playground.pages.lessons.filled import filled
from playground.pages.lessons.lesson import drawn_step, read_lessons
from playground.pages.lessons.scenes import draw_scene

LINES = "lines=3*the_king_slept;3*the_king_ate;the_king_howled;2*the_wolf_howled;the_wolf_ate"
FORM = rf"{LINES} form=the_\w+_howled"
LAWS = "p=.5,.3,.2 q=.2,.2,.6"
ANIMALS = "kind=words words=fox,wolf,hen,cat,dog"


def computed(place: str) -> float:
    return float(filled(f"{{{{{place}}}}}", exact=True))


def step_of(slug: str, number: int):
    lesson = next(one for one in read_lessons("en") if one.slug == slug)
    return lesson.steps[number - 1]


def values(figure: dict) -> list[float]:
    return [row["value"] for row in figure["rows"]]


@pytest.mark.parametrize(
    ("place", "by_hand"),
    [
        (f"form {FORM} what=given text=the_king_howled", 1 / 3),
        (f"form {FORM} what=masked text=the_king_howled", 0.7),
        (f"form {FORM} what=distance", 0.7 - 1 / 3),
        (f"form {FORM} what=mass", 0.3),
        (f"form {FORM} what=draws", 1 / 0.3),
        ("accepted p=.2 q=.5", 0.4),
        (f"draft_overlap {LAWS}", 0.6),
        (f"replaced_by {LAWS} token=0", 0.3 / 0.4),
        (f"replaced_by {LAWS} token=1", 0.1 / 0.4),
        (f"replaced_by {LAWS} token=2", 0),
        ("tokens_a_pass overlap=.6 drafts=4", 1 + 0.6 + 0.36 + 0.216 + 0.1296),
        ("zscore green=50 tokens=100", 25 / math.sqrt(18.75)),
        ("untouched tokens=100 replaced=30", 0.7 * 69 / 99),
        ("p_value z=2", math.erfc(2 / math.sqrt(2)) / 2),
        ("by_chance z=4 texts=1000000", 1e6 * math.erfc(4 / math.sqrt(2)) / 2),
        (f"reward text=a_fox_met_a_wolf {ANIMALS}", 2 / 3),
        (f"reward text=two_wolves {ANIMALS}", 0),
        (f"reward text=a_fox_a_fox {ANIMALS}", 1 / 3),
        ("surprisal p=.125", 3),
        ("class_overlap shares=.4,.3,.2,.1 people=12,4,2,2", 0.4 + 0.2 + 0.1 + 0.1),
        ("agreement shares=.4,.3,.2,.1", 0.30),
        ("shannon bound=upper shares=.5,.25,.25", 1.5),
        ("shannon bound=lower shares=.7,.15,.1,.05", 0.05 * 2 + 0.05 * 3 * math.log2(3) + 0.05 * 8),
    ],
)
def test_the_numbers_are_what_a_hand_computes(place, by_hand):
    assert computed(place) == pytest.approx(by_hand, abs=1e-9)


def test_the_advantage_is_the_distance_from_the_mean_in_standard_deviations():
    paid = [0, 0, 1 / 3, 1]
    found = [computed(f"advantage rewards=0,0,.3333333333,1 at={k}") for k in range(4)]
    mean = sum(paid) / 4
    deviation = math.sqrt(sum((one - mean) ** 2 for one in paid) / 4)
    assert found == pytest.approx([(one - mean) / deviation for one in paid], abs=2e-3)
    assert [computed(f"advantage rewards=1,1 at={k}") for k in range(2)] == [0, 0]


@pytest.mark.parametrize("green", [0.4, 0.5, 0.33])
def test_the_length_at_which_z_reaches_four_is_the_first_one(green):
    tokens = int(computed(f"tokens_until_sure green={green}"))
    z = [computed(f"zscore green={green * n} tokens={n}") for n in (tokens - 1, tokens)]
    assert z[0] < 4 <= z[1] + 1e-9


def test_the_number_of_replaced_tokens_is_the_first_that_hides_the_watermark():
    replaced = int(computed("replaced_until_unsure z=8 tokens=100"))
    z = [8 * computed(f"untouched tokens=100 replaced={n}") for n in (replaced - 1, replaced)]
    assert z[1] < 4 <= z[0]


def test_the_recorded_credits_add_up_to_what_was_paid_beyond_the_expectation():
    step = step_of("learning-from-a-reward", 3)
    expected, credits = values(step.figure), values(step.then)
    assert credits[1:] == pytest.approx([after - before for before, after in pairwise(expected)])
    assert sum(credits) == pytest.approx(1 - expected[0]) and expected[-1] == 1
    assert min(credits) < 0, "a step that lowers it owes"


def test_the_recorded_runs_are_as_the_lesson_says():
    reached = int(computed("update_reaching run=mild show=hit level=.5"))
    curve = step_of("learning-from-a-reward", 4).then["lines"][0]
    hits = dict(zip(curve["x"], curve["y"], strict=True))
    assert hits[reached] >= 0.5 > max(hits[n] for n in hits if n < reached)
    mild, hacked = (
        {what: computed(f"trained run={run} what={what} when=after") for what in ("hit", "nats")}
        for run in ("mild", "hacked")
    )
    assert hacked["hit"] > mild["hit"] and hacked["nats"] > mild["nats"]


def test_the_draft_that_the_lesson_calls_struck_is_the_struck_one():
    step = step_of("a-draft-and-a-verdict", 1)
    marks = [word["mark"] for word in step.then["rows"][step.then["row"]]]
    assert marks[step.predict["truth"]] == "cut" and "cut" not in marks[: step.predict["truth"]]
    assert computed("drafted number=2") == step.predict["truth"] + 1


def test_kept_and_replaced_together_are_the_targets_law():
    settings = {"p": ".5,.3,.2", "q": ".2,.2,.6"}
    written, target = (
        values(draw_scene("verdict", {**settings, "show": show})) for show in ("written", "target")
    )
    assert written == pytest.approx(target, abs=1e-12)


@cache
def model():
    from playground.backend import get_backend

    return get_backend().causal("fairy-causal")


def test_the_shipped_models_guesses_and_green_words_are_as_the_lessons_say():
    ranks = drawn_step(step_of("the-class-against-the-model", 6).written, model())
    shares = values(ranks.figure)
    assert (
        ranks.predict["truth"] == 3 and max(shares[:3]) == shares[0]
    )  # "seven numbers", "the first"
    assert sum(shares) == pytest.approx(1) and ranks.figure["ordered"]
    marked = drawn_step(step_of("the-watermarks-z", 2).written, model()).then["rows"][0]
    counted = [word for word in marked if word["mark"] != "given"][1:]
    green = sum(word["mark"] == "green" for word in counted)
    assert len(counted) == 48 and computed(f"zscore green={green} tokens=48") > 4
