"""Lessons are data; their figures are computed and equal the corrected values."""
import re

import pytest

from playground.pages import load_pages
from playground.pages.lessons.figures import filled
from playground.pages.lessons.lesson import FOLDER, read_lesson, read_lessons


def test_every_lesson_reads_and_every_figure_computes():
    lessons = read_lessons()
    assert len(lessons) >= 17 and len({lesson.slug for lesson in lessons}) == len(lessons)
    for lesson in lessons:
        assert 3 <= len(lesson.steps) <= 6, f"{lesson.slug} has {len(lesson.steps)} steps"
        for step in lesson.steps:
            assert "{{" not in " ".join([*step.text, step.question, step.answer])
            assert bool(step.question) == bool(step.answer), f"{lesson.slug}: {step.title}"


def test_every_step_opens_a_page_that_exists_with_a_good_link():
    from urllib.parse import parse_qs

    from playground.pages.diffusion.controls import LINK as diffusion
    from playground.pages.escape import LINK as escape
    from playground.pages.generate.links import LINK as generate
    links = {link.slug: link for link in (diffusion, escape, generate)}
    slugs = {page.SLUG for page in load_pages()}
    for lesson in read_lessons():
        for step in lesson.steps:
            if step.open:
                params = {name: values[0] for name, values in parse_qs(step.open[1:]).items()}
                assert params["tab"] in slugs
                if params["tab"] in links:
                    assert set(params) - {"tab"} <= set(links[params["tab"]].fields), step.open
                    assert links[params["tab"]].decode(params)[1] == ""


@pytest.mark.parametrize(("place", "figure"), [
    ("{{softmax logits=2,1,.5 temperature=.5 token=0}}", ".844"), ("{{softmax logits=2,1,.5 temperature=2 token=2}}", ".227"),
    ("{{final logits=10,8,5,2,1,.5 top_k=3 top_p=.9 token=0}}", ".881"), ("{{perplexity probabilities=.9,.8,.6,.4,.3,.2 | .2f}}", "2.14"),
    ("{{critical delta_e=5 top_p=.5}}", "∞"), ("{{break_even token_ms=50 steps=30 step_ms=200 | .0f}}", "120"),
    ("{{drawn logits=10,8,5,2,1,.5 names=cat,dog,car,house,tree,book u=.75 top_k=3 top_p=.9}}", "cat"),
    ("{{hidden what=likelihood observed=0,0,1,0,0 initial=.5,.5 transition=.7,.3;.3,.7 emission=.9,.1;.2,.8 | .7f}}", ".0343037"),
    ("{{survivors logits=5.247,1.792,.693,0,0 temperature=3 min_p=.05}}", "5"), ("{{survivors logits=5.247,1.792,.693,0,0 temperature=3 min_p=.05 order=llama.cpp}}", "1"),
    ("{{chance_after rows=.9,.1;.5,.5 start=0 end=0 steps=2 | .2f}}", ".86"), ("{{cycle_length rows=0,1;1,0 start=0 | .0f}}", "2"),
    ("{{cycle_length rows=0,1;0,1 start=0}}", "∞"), ("{{bayes prior=.1 likelihood=.006 other=.002 | .2f}}", ".25"), ("{{entropy probabilities=1 | .0f}}", "0"),
    ("{{bleu candidate=the_cat reference=the_cat_is_on_the_mat part=brevity}}", ".135"), ("{{common candidate=a_b_c reference=c_a_b | .0f}}", "2"),
    ("{{logit_after logits=-.1,.1 token=0 repetition_penalty=2 | .2f}}", "-0.20"),
])
def test_figures_have_their_known_values(place, figure):
    assert filled(place).removeprefix("0") == figure.removeprefix("0")


def test_no_figure_of_a_corrected_claim_is_typed():
    for path in FOLDER.glob("*.md"):
        bare = re.sub(r"\{\{[^}]*\}\}", "", path.read_text(encoding="utf-8"))
        assert not re.search(r"(?<![\d])\.(844|629|481|881|114|231|292|042|140|227)(?!\d)", bare), path.name


@pytest.mark.parametrize(("text", "words"), [
    ("no front matter", "front matter"), ("---\ntitle: x\n---\n", "steps"), ("---\ntitle: x\n---\n## a\nb {{nothing x=1}}\n", "asks for nothing"),
    ("---\ntitle: x\n---\n## a\nb\nopen: https://elsewhere\n", "state link"), ("---\ntitle: x\n---\n## a\n{{softmax logits=a}}\n", "cannot be computed"),
])
def test_a_file_that_is_no_lesson_is_named(tmp_path, text, words):
    path = tmp_path / "01-bad.md"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=words) as refused:
        read_lesson(path)
    assert "01-bad.md" in str(refused.value)
