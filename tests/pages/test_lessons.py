"""Lessons are data; their figures are computed and equal the corrected values."""

import re
from functools import cache
from types import SimpleNamespace
from urllib.parse import parse_qsl

import pytest

from playground.pages.lessons.figures import filled
from playground.pages.lessons.lesson import FOLDER, read_lesson, read_lessons
from tests.pages.doubles import DoubleBackend


def test_every_lesson_reads_and_every_figure_computes():
    lessons = read_lessons()
    assert len(lessons) >= 17 and len({lesson.slug for lesson in lessons}) == len(lessons)
    for lesson in lessons:
        assert 3 <= len(lesson.steps) <= 6, f"{lesson.slug} has {len(lesson.steps)} steps"
        for step in lesson.steps:
            assert "{{" not in " ".join([*step.text, step.question, step.answer])


STEPS = [
    pytest.param(step, id=f"{lesson.slug}-{number}")
    for lesson in read_lessons()
    for number, step in enumerate(lesson.steps, 1)
]


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
def test_every_step_opens_a_page_with_a_good_link_points_at_a_control_and_asks(step):
    assert step.open and step.look and step.question and step.answer
    assert refused(params_of(step)) == ""


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
    """What Generate begins with has four rules on: a step on temperature, or on greedy loops, must not be spoilt by a penalty."""
    from playground.pages.generate.presets import PRESETS, START

    off = PRESETS["pure sampling"]
    assert {name for name in START if START[name] != off[name]} - {"seed"} <= set(
        params_of(step)
    ), step.open


def test_the_greedy_texts_of_the_lessons_loop():
    from playground.backend import get_backend
    from playground.decoding import DecodingSettings, generate
    from playground.decoding.loops import find_loop
    from playground.pages.generate.links import state_of

    model, looked_at = get_backend().causal("fairy-causal"), 0
    for param in STEPS:
        params = params_of(param.values[0])
        if params.get("do_sample") == "0":
            values = state_of(params)["values"]
            prompt = model.encode(values["prompt"])
            written = [
                step.token_id
                for step in generate(model, prompt, DecodingSettings(**values["settings"]))
            ]
            assert find_loop(written) is not None, param.id
            looked_at += 1
    assert looked_at == 2


def test_what_the_context_holds_rises():
    """The step on contexts: the dog's name, by the shipped model, without and with the sentence that says it."""
    import numpy as np

    from playground.backend import get_backend

    model = get_backend().causal("fairy-causal")
    step = next(param.values[0] for param in STEPS if "part=contexts" in param.values[0].open)
    params = params_of(step)

    def chances(prompt: str) -> np.ndarray:
        logits = np.asarray(model.next_logits(model.encode(prompt)), np.float64)
        return np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()

    for name in ("hans", "jack"):
        token = model.encode(f"the {name}")[-1]
        before, after = chances(params["first"]), chances(params["second"].replace("hans", name))
        assert int(np.argmax(after - before)) == token and after[token] > 10 * before[token], name


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
            "{{drawn logits=10,8,5,2,1,.5 names=cat,dog,car,house,tree,book u=.75 top_k=3 top_p=.9}}",
            "cat",
        ),
        (
            "{{hidden what=likelihood observed=0,0,1,0,0 initial=.5,.5 transition=.7,.3;.3,.7 emission=.9,.1;.2,.8 | .7f}}",
            ".0343037",
        ),
        (
            "{{hidden what=viterbi observed=0,0,1,0,0 initial=.5,.5 transition=.7,.3;.3,.7 emission=.9,.1;.2,.8 names=rain,sun}}",
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
    ],
)
def test_figures_have_their_known_values(place, figure):
    assert filled(place).removeprefix("0") == figure.removeprefix("0")


def test_no_figure_of_a_corrected_claim_is_typed():
    for path in (FOLDER / "en").glob("*.md"):
        bare = re.sub(r"\{\{[^}]*\}\}", "", path.read_text(encoding="utf-8"))
        assert not re.search(r"(?<![\d])\.(844|629|481|881|114|231|292|042|140|227)(?!\d)", bare), (
            path.name
        )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("no front matter", "front matter"),
        ("---\ntitle: x\n---\n", "steps"),
        ("---\ntitle: x\n---\n## a\nb {{nothing x=1}}\n", "asks for nothing"),
        ("---\ntitle: x\n---\n## a\nb\nopen: https://elsewhere\n", "state link"),
        ("---\ntitle: x\n---\n## a\n{{softmax logits=a}}\n", "cannot be computed"),
    ],
)
def test_a_file_that_is_no_lesson_is_named(tmp_path, text, words):
    path = tmp_path / "01-bad.md"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=words) as refused:
        read_lesson(path)
    assert "01-bad.md" in str(refused.value)


def test_a_lesson_is_read_in_its_language_or_else_in_english(tmp_path, monkeypatch):
    from playground.pages.lessons import lesson

    text = "---\ntitle: {}\n---\n## One\nWords.\n"
    for place, title in (("en/01-a.md", "A"), ("en/02-b.md", "B"), ("de/02-b.md", "B auf Deutsch")):
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).write_text(text.format(title), encoding="utf-8")
    monkeypatch.setattr(lesson, "FOLDER", tmp_path)
    assert [one.title for one in read_lessons("de")] == ["A", "B auf Deutsch"]
    assert [one.title for one in read_lessons("es")] == ["A", "B"]
    assert [one.title for one in read_lessons("../de")] == ["A", "B"]


@pytest.mark.parametrize("language", ["de", "en", "xx", "../en", ["de"], None, 7])
def test_whatever_language_a_page_names_it_gets_lessons(language):
    from playground.pages.lessons import opened

    assert len(opened({"query": "", "language": language})["lessons"]) >= 17
