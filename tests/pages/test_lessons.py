"""Lessons are data; their figures are computed and equal the corrected values; every step of every
language shows a figure and asks."""

import json
import re
from functools import cache
from types import SimpleNamespace
from urllib.parse import parse_qsl

import pytest

from playground.i18n import LANGUAGES, wire
from playground.pages.lessons.filled import filled
from playground.pages.lessons.lesson import FOLDER, drawn_step, read_lesson, read_lessons
from playground.pages.lessons.scenes import DRAWN_AS
from playground.pages.lessons.written import MOST_SENTENCES, sentences
from tests.pages.doubles import DoubleBackend

CORRECTED = r"(?<![\d])[.,](844|629|481|881|114|231|292|042|140|227)(?!\d)"


@cache
def lessons_of(language: str):
    return read_lessons(language)


STEPS = [
    pytest.param(step, id=f"{lesson.slug}-{number}")
    for lesson in lessons_of("en")
    for number, step in enumerate(lesson.steps, 1)
]


@cache
def model():
    from playground.backend import get_backend

    return get_backend().causal("fairy-causal")


def complete(step):
    return drawn_step(step.written, model()) if step.needs_model else step


def test_there_are_twenty_two_lessons():
    lessons = lessons_of("en")
    assert len(lessons) >= 22 and len({lesson.slug for lesson in lessons}) == len(lessons)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_of_every_language_is_short_shows_a_figure_and_asks(language):
    for lesson in lessons_of(language):
        for number, step in enumerate(lesson.steps, 1):
            place = f"{language} {lesson.slug} {number}"
            said = [*step.text, step.question]
            assert sum(map(sentences, said)) <= MOST_SENTENCES, place
            assert step.question and step.answer and step.predict, place
            assert "{{" not in " ".join([*said, step.answer]), place
            assert step.needs_model or step.figure or step.predict["kind"] == "card", place
            json.dumps(wire(step.record()), allow_nan=False)


def test_every_step_that_needs_the_model_is_drawn_by_it():
    found = 0
    for lesson in lessons_of("en"):
        for step in lesson.steps:
            if step.needs_model:
                drawn = complete(step)
                assert (
                    drawn.figure["kind"] in DRAWN_AS.values() and drawn.predict["truth"] is not None
                )
                found += 1
    assert found >= 8


@pytest.mark.parametrize("step", STEPS)
def test_what_is_on_view_before_the_reveal_does_not_hold_the_answer(step):
    """The stage draws everything but `hidden`; of bars whose heights are the answer it draws the
    names alone (browser test)."""
    step = complete(step)
    record = wire(step.record())
    hidden = record.pop("hidden")
    assert step.answer and step.answer not in json.dumps(record, ensure_ascii=False)
    assert "truth" not in (record["predict"] or {}) and hidden["truth"] is not None
    if hidden["then"] is not None and step.predict["kind"] not in ("drag",):
        assert hidden["then"] != record["figure"], "then: changes nothing"


def numbers_in(data):
    if isinstance(data, dict):
        for value in data.values():
            yield from numbers_in(value)
    elif isinstance(data, list):
        for value in data:
            yield from numbers_in(value)
    elif isinstance(data, float):
        yield data


@pytest.mark.parametrize("step", STEPS)
def test_a_number_that_is_to_be_guessed_is_not_among_those_that_are_sent_for_the_screen(step):
    """Only numbers with more than two decimals are looked for: a round one stands on an axis or a
    ruler anyway."""
    kind, truth = step.predict["kind"], step.predict["truth"]
    if kind not in ("number", "mark", "drag"):
        return
    hidden = step.record().pop("hidden")
    shown = {key: value for key, value in step.record().items() if key != "hidden"}
    assert hidden["truth"] == truth
    guessed = [
        one
        for one in (truth if kind == "drag" else [truth])
        if abs(100 * one - round(100 * one)) > 1e-6
    ]
    before = step.predict.get("start", [])
    for one in guessed:
        if not any(one == pytest.approx(other, rel=1e-6) for other in before):  # a bar may stay
            assert all(one != pytest.approx(number, rel=1e-6) for number in numbers_in(shown)), one


def test_claims_are_cards():
    steps = next(one for one in lessons_of("en") if one.slug == "the-handout-says").steps
    cards = [step for step in steps if step.predict["kind"] == "card"]
    assert len(cards) == 22 and [step.predict["truth"] for step in cards].count(True) == 1


def test_every_kind_of_prediction_is_used():
    kinds = {step.values[0].predict["kind"] for step in STEPS}
    assert kinds == {"tap", "drag", "mark", "order", "card", "choice", "number"}


def params_of(step) -> dict[str, str]:
    return dict(parse_qsl(step.open[1:], keep_blank_values=True))


@cache
def parts_of_diffusion() -> set[str]:
    """The ids of the parts that the Diffusion page has."""
    import gradio as gr

    from playground.pages import diffusion

    with gr.Blocks() as demo:
        diffusion.build(SimpleNamespace(backend=DoubleBackend, at_start=lambda work: None))
    return {block.id for block in demo.blocks.values() if isinstance(block, gr.Tab)}


def refused(params: dict[str, str]) -> str:
    """What the page of these parameters says is wrong with them; "" for a good link."""
    from playground.pages.chains import hidden, walk
    from playground.pages.chains.links import LINK as chains
    from playground.pages.chains.links import restore
    from playground.pages.compare.links import LINKS as compare
    from playground.pages.diffusion.controls import LINK as diffusion
    from playground.pages.escape import LINK as escape
    from playground.pages.generate.links import LINK as generate

    tab = params["tab"]
    if tab == "chains" and "state" in params:
        view = {"walk": walk, "hidden": hidden}[params["view"]]
        return restore(params["state"], view.DEFAULT, view.figures)["message"]
    if tab == "diffusion" and "part" in params:
        assert params["part"] in parts_of_diffusion() and set(params) == {"tab", "part"}
        return ""
    link = (
        compare[params["part"]]
        if tab == "compare"
        else {"chains": chains, "diffusion": diffusion, "escape": escape, "generate": generate}[tab]
    )
    assert set(params) - {"tab"} <= set(link.fields), params
    return link.decode(params)[1]


@pytest.mark.parametrize("step", STEPS)
def test_every_step_opens_a_page_with_a_good_link(step):
    assert step.open and refused(params_of(step)) == ""


def test_a_bad_link_would_be_noticed():
    assert "temperature" in refused({"tab": "generate", "temperature": "warm"})
    assert "could not be opened" in refused(
        {
            "tab": "chains",
            "view": "walk",
            "state": '{"states":["a","b"],"transition":[[1,1],[0,1]]}',
        }
    )


@pytest.mark.parametrize(
    "step", [param for param in STEPS if "tab=generate&" in param.values[0].open]
)
def test_a_step_on_generate_has_no_rule_on_that_it_does_not_name(step):
    """What Generate begins with has four rules on: a step on temperature, or on greedy loops, must
    not be spoilt by a penalty."""
    from playground.pages.generate.presets import PRESETS, START

    off = PRESETS["pure sampling"]
    assert {name for name in START if START[name] != off[name]} - {"seed"} <= set(
        params_of(step)
    ), step.open


def test_the_greedy_texts_of_the_lessons_loop():
    from playground.decoding import DecodingSettings, generate
    from playground.decoding.loops import find_loop
    from playground.pages.generate.links import state_of

    looked_at = 0
    for param in STEPS:
        params = params_of(param.values[0])
        if params.get("do_sample") == "0":
            values = state_of(params)["values"]
            prompt = model().encode(values["prompt"])
            settings = DecodingSettings(**values["settings"])
            written = [step.token_id for step in generate(model(), prompt, settings)]
            assert find_loop(written) is not None, param.id
            drawn = complete(param.values[0])
            assert (drawn.then or drawn.figure)["loop"] is not None, "the lesson shows it"
            looked_at += 1
    assert looked_at == 3


def test_what_the_context_holds_rises():
    """The step on contexts: the dog's name, by the shipped model, without and with the sentence
    that says it."""
    step = next(param.values[0] for param in STEPS if "part=contexts" in param.values[0].open)
    drawn = complete(step)
    assert drawn.predict["items"][drawn.predict["truth"]] == "hans"
    before, after = drawn.figure["rows"][0], drawn.then["rows"][0]
    assert before["name"] == "hans" and after["value"] > 10 * before["value"]


@pytest.mark.parametrize(
    ("place", "figure"),
    [
        ("{{softmax logits=2,1,.5 temperature=.5 token=0}}", ".844"),
        ("{{softmax logits=2,1,.5 temperature=2 token=2}}", ".227"),
        ("{{final logits=10,8,5,2,1,.5 top_k=3 top_p=.9 token=0}}", ".881"),
        ("{{perplexity probabilities=.9,.8,.6,.4,.3,.2 | .2f}}", "2.14"),
        ("{{critical delta_e=5 top_p=.5}}", "∞"),
        ("{{break_even token_ms=50 steps=30 step_ms=200 | .0f}}", "120"),
        (
            "{{drawn logits=10,8,5,2,1,.5 names=cat,dog,car,house,tree,book u=.75 top_k=3 "
            "top_p=.9}}",
            "cat",
        ),
        (
            "{{hidden what=likelihood observed=0,0,1,0,0 initial=.5,.5 transition=.7,.3;.3,.7 "
            "emission=.9,.1;.2,.8 | .7f}}",
            ".0343037",
        ),
        (
            "{{hidden what=viterbi observed=0,0,1,0,0 initial=.5,.5 transition=.7,.3;.3,.7 "
            "emission=.9,.1;.2,.8 names=rain,sun}}",
            "rain, rain, sun, rain, rain",
        ),
        ("{{survivors logits=5.247,1.792,.693,0,0 temperature=3 min_p=.05}}", "5"),
        ("{{survivors logits=5.247,1.792,.693,0,0 temperature=3 min_p=.05 order=llama.cpp}}", "1"),
        ("{{chance_after rows=.9,.1;.5,.5 start=0 end=0 steps=2 | .2f}}", ".86"),
        ("{{cycle_length rows=0,1;1,0 start=0 | .0f}}", "2"),
        ("{{cycle_length rows=0,1;0,1 start=0}}", "∞"),
        ("{{bayes prior=.1 likelihood=.006 other=.002 | .2f}}", ".25"),
        ("{{entropy probabilities=1 | .0f}}", "0"),
        ("{{bleu candidate=the_cat reference=the_cat_is_on_the_mat part=brevity}}", ".135"),
        ("{{common candidate=a_b_c reference=c_a_b | .0f}}", "2"),
        ("{{logit_after logits=-.1,.1 token=0 repetition_penalty=2 | .2f}}", "−0.20"),
        ("{{visits_until_gone logit=10 delta_e=4 frequency_penalty=1.5}}", "3"),
    ],
)
def test_figures_have_their_known_values(place, figure):
    assert filled(place).removeprefix("0") == figure.removeprefix("0")
    assert filled(place, "de").removeprefix("0") == figure.replace(".", ",").removeprefix("0")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_figure_of_a_corrected_claim_is_typed(language):
    for path in (FOLDER / language).rglob("*.md"):
        bare = re.sub(r"\{\{[^}]*\}\}", "", path.read_text(encoding="utf-8"))
        assert not re.search(CORRECTED, bare), path.name


@pytest.mark.parametrize("language", ["de", "en", "xx", "../en", ["de"], None, 7])
def test_whatever_language_a_page_names_it_gets_lessons(language):
    from playground.pages.lessons import opened, steps

    assert len(opened({"query": "", "language": language})["lessons"]) >= 22
    assert steps({"lesson": "escape", "language": language})["steps"]


@pytest.mark.parametrize("slug", [None, "", 7, ["escape"], "../escape", "x" * 500])
def test_an_unknown_lesson_is_refused_in_a_sentence(slug):
    from playground.pages.lessons import course, steps

    for ask, field in ((steps, "lesson"), (course, "course")):
        with pytest.raises(ValueError, match=f"^{field} must be one of .*, got ") as refusal:
            ask({field: slug, "language": "en"})
        assert len(str(refusal.value)) < 600


@pytest.mark.parametrize("step", [True, -1, 99, "0", None, 1.5])
def test_a_step_that_is_none_is_refused(step):
    from playground.pages.lessons import Server

    with pytest.raises(ValueError, match="has the steps 1 to 5"):
        Server(DoubleBackend).step({"lesson": "next-token", "step": step, "language": "en"})


@pytest.mark.parametrize(
    ("query", "at"),
    [
        ("?tab=lessons", ("", 0)),
        ("?tab=lessons&lesson=escape&step=1", ("escape", 1)),
        ("?tab=lessons&lesson=temperature&step=2", ("temperature", 3)),
        ("?tab=lessons&lesson=the-handout-says&step=4", ("the-handout-says", 21)),
        ("?tab=lessons&lesson=temperature&at=2", ("temperature", 1)),
    ],
)
def test_links_of_before_open_the_step_that_they_meant(query, at):
    from playground.pages.lessons import opened

    answer = opened({"query": query, "language": "en"})
    assert (answer["at"]["lesson"], answer["at"]["step"]) == at and not answer["message"]


def test_the_old_steps_begin_where_their_content_is():
    """Each old step's link is the link of the new step that it leads to."""
    from playground.pages.lessons.old_links import BEGINS

    lessons = {lesson.slug: lesson for lesson in lessons_of("en")}
    for slug, begins in BEGINS.items():
        assert list(begins) == sorted(begins) and begins[-1] < len(lessons[slug].steps)
    claims = [lessons["the-handout-says"].steps[at].open for at in BEGINS["the-handout-says"]]
    assert [re.search(r"tab=(\w+)", link)[1] for link in claims] == [
        "generate",
        "escape",
        "chains",
        "compare",
        "diffusion",
    ]


def test_a_lesson_is_read_in_its_language_or_else_in_english(tmp_path, monkeypatch):
    from playground.pages.lessons import lesson

    text = "---\ntitle: {}\n---\n## One\nfigure: bars shares=.5,.5\nWords.\n"
    for place, title in (("en/01-a.md", "A"), ("en/02-b.md", "B"), ("de/02-b.md", "B auf Deutsch")):
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).write_text(text.format(title), encoding="utf-8")
    monkeypatch.setattr(lesson, "FOLDER", tmp_path)
    assert [one.title for one in read_lessons("de")] == ["A", "B auf Deutsch"]
    assert [one.title for one in read_lessons("es")] == ["A", "B"]
    assert [one.title for one in read_lessons("../de")] == ["A", "B"]
    assert read_lesson(tmp_path / "en/01-a.md").steps[0].predict is None
