"""The format of lessons and courses: what a teacher may write, and with which line and reason the
rest is refused."""

import math
import random
import re

import pytest

from playground.pages.lessons.course import read_course
from playground.pages.lessons.lesson import FOLDER, read_lesson
from playground.pages.lessons.predictions import public
from playground.pages.lessons.written import sentences

HEAD = "---\ntitle: x\n---\n"
STEP = HEAD + "## a\nfigure: bars shares=.5,.5\n"
ASKS = "question: Why?\npredict: choice\n- (x) so\n- ( ) not so\nanswer: So.\n"


def lesson(tmp_path, text):
    path = tmp_path / "01-bad.md"
    path.write_text(text, encoding="utf-8")
    return read_lesson(path)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("no front matter", 1, "must begin with front matter"),
        ("---\ntitle: x\n", 1, "no end"),
        ("---\nminutes: 3\n---\n## a\n", 1, "must have title"),
        ("---\ntitle: x\nminutes: many\n---\n", 1, "minutes must be a whole number"),
        ("---\ntitle\n---\n", 2, "name: value"),
        (HEAD, 1, "must have steps"),
        (HEAD + "text\n", 4, "a step begins with ##"),
        (HEAD + "## a\n", 4, "must say something"),
        (HEAD + "## a\nb\n", 4, "needs a figure"),
        (HEAD + "## a\n# b\n", 5, "a lesson knows steps"),
        (HEAD + "## a\n| b | c |\n", 5, "a lesson knows steps"),
        (HEAD + "## a\n<img src=x>\n", 5, "a lesson knows steps"),
        (STEP + "b {{nothing x=1}}\n", 6, "asks for nothing"),
        (STEP + "{{softmax logits=a}}\n", 6, "cannot be computed"),
        (STEP + "b\nopen: https://elsewhere\n", 7, "state link"),
        (STEP + "look: #x\n", 6, "there is no line look"),
        (STEP + "predikt: tap\n", 6, "there is no line predikt"),
        (STEP + "figure: bars shares=.5,.5\n", 6, "stands twice"),
        (STEP + "question:\n", 6, "says nothing"),
        (STEP + "One. Two! Three? Four.\n", 4, "have 4 sentences"),
        (STEP + "b\nquestion: Why?\n", 7, "belong together"),
        (STEP + ASKS.replace("So.", "One. Two. Then. Four."), 10, "the answer has 4 sentences"),
        (STEP + ASKS.replace("choice", "guess"), 7, "predict must be one of"),
        (STEP + ASKS.replace("(x)", "( )"), 7, "one of them"),
        (STEP + ASKS.replace("- ( ) not so\n", ""), 7, "two to six"),
        (STEP + "b\n- (x) c\n", 7, "a list belongs to"),
        (HEAD + "## a\nfigure: nothing\nb\n", 5, "there is no figure nothing"),
        (HEAD + "## a\nfigure: pair q=1\nb\n", 5, "has no q"),
        (HEAD + "## a\nfigure: pair\nb\n", 5, "cannot be drawn"),
        (HEAD + "## a\nfigure: pair p=2\nb\n", 5, "p must be in"),
        (HEAD + "## a\nfigure: pair p\nb\n", 5, "expected key=value"),
        (HEAD + "## a\nfigure: bars shares=.5,.5\nnames: one\nb\n", 5, "names has 1 names"),
        (HEAD + "## a\nfigure: bars logits=1,2 top_q=1\nb\n", 5, "top_q"),
        (HEAD + "## a\nfigure: words\nb\n", 5, "words needs a line"),
        (STEP.replace(".5,.5", ".5,half") + "b\n", 5, "shares must be a number, got half"),
        (STEP.replace(".5,.5", ".5,") + "b\n", 5, "shares must be a number, got –"),
        (STEP.replace(".5,.5", ".5,.5 top_k=few") + "b\n", 5, "top_k must be a number, got few"),
        (HEAD + "## a\nfigure: barrier logit=1 delta_e=2 visits=.5\nb\n", 5, "visits must be a wh"),
        (HEAD + "## a\nfigure: next promt=a\nb\n", 5, "prompt is missing"),
        (HEAD + "## a\nfigure: next prompt=a top_q=1\nb\n", 5, "there is no rule top_q"),
        (HEAD + "## a\nfigure: writes prompt=a top_p=9\nb\n", 5, "top_p must be a number in"),
        (STEP + "{{power a=0 b=-1}}\n", 6, "its values do not fit together"),
        (STEP + "{{power a=10 b=400}}\n", 6, "its values do not fit together"),
        (STEP + "{{softmax logits=1,2 token=7}}\n", 6, "its values do not fit together"),
        (STEP + "{{drawn logits=1,2}}\n", 6, "names, u is missing"),
        (STEP + "{{power a=2 b=3 c=4}}\n", 6, "it has no c: a, b"),
        (STEP + "{{form lines=a form=a what=given text=c}}\n", 6, "its values do not fit together"),
        (STEP + "{{power a=2 b=3 | .999999999f}}\n", 6, "the format is like .2f"),
        (STEP + "{{power a=2 b=3 | x}}\n", 6, "the format is like .2f, got x"),
    ],
)
def test_a_file_that_is_no_lesson_is_refused_with_its_line_and_the_reason(
    tmp_path, text, line, words
):
    with pytest.raises(ValueError, match=words) as refused:
        lesson(tmp_path, text)
    assert str(refused.value).startswith(f"01-bad.md, line {line}: ")


def test_a_file_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "01-bad.md"
    path.write_bytes(b"---\ntitle: caf\xe9\n---\n")
    for read in (read_lesson, lambda one: read_course(one, {})):
        with pytest.raises(
            ValueError, match=r"^01-bad\.md, line 1: the file must be text in UTF-8"
        ):
            read(path)


@pytest.mark.parametrize("seed", range(4))
def test_a_slip_anywhere_in_a_lesson_is_accepted_or_refused_with_its_line(tmp_path, seed):
    """A word in one line of a step of ours is lost, doubled or another: nothing but a sentence
    comes of it."""
    chance = random.Random(seed)
    path, slips = (
        tmp_path / "01-bad.md",
        ["", "-1", "0", "nan", "1e308", "9" * 9, "a", ",", "{{", "="],
    )
    for file in sorted((FOLDER / "en").glob("*.md")):
        head, *steps = re.split(r"(?m)^(?=## )", file.read_text("utf-8"))
        lines = (head + chance.choice(steps)).split("\n")
        for _ in range(3):
            at = chance.randrange(len(lines))
            words = re.split(r"([ =,])", lines[at])
            words[chance.randrange(len(words))] = chance.choice(slips)
            path.write_text("\n".join([*lines[:at], "".join(words), *lines[at + 1 :]]), "utf-8")
            try:
                read_lesson(path)
            except ValueError as error:
                assert re.match(r"01-bad\.md, line \d+: \S", str(error)), path.read_text("utf-8")


@pytest.mark.parametrize(
    ("predict", "words"),
    [
        ("number low=0 high=1 truth=0.5", "computed, never typed"),
        ("mark truth=2.276", "computed, never typed"),
        ("number low=0 high=1", "truth is missing"),
        ("number low=1 high=1 truth={{power a=1 b=1}}", "low must be below high"),
        ("number low=0 high=1 truth={{power a=2 b=1}}", "must lie from"),
        ("number low=0 high=9 truth={{critical delta_e=5 top_p=.5}}", "must be finite"),
        ("mark truth={{power a=1 b=1}}", "does not fit this figure"),
        ("tap truth=C", "must be drawn, likeliest"),
        ("tap truth=drawn", "nothing is drawn"),
        ("tap truth=stays", "nobody walks"),
        ("tap wahr=A", "has no wahr"),
        ("drag", "needs a line then:"),
        ("card perhaps", "true or false"),
    ],
)
def test_a_prediction_that_cannot_be_asked_is_refused(tmp_path, predict, words):
    with pytest.raises(ValueError, match=words) as refused:
        lesson(tmp_path, f"{STEP}question: Why?\npredict: {predict}\nanswer: So.\n")
    assert str(refused.value).startswith("01-bad.md, line 7: ")


@pytest.mark.parametrize(
    ("lines", "truth"),
    [
        ("figure: bars shares=.2,.8\npredict: tap truth=likeliest", 1),
        ("figure: bars shares=.2,.8\nthen: u=.1\npredict: tap truth=drawn", 0),
        ("figure: bars shares=.2,.8\nthen: shares=.5,.5\npredict: tap truth=risen", 0),
        ("figure: bars shares=.2,.8\nthen: shares=.5,.5\npredict: drag", [0.5, 0.5]),
        ("figure: bars shares=.2,.5,.3\npredict: order", [1, 2, 0]),
        ("figure: strip shares=.2,.8\nthen: u=.9\npredict: tap truth=drawn", 1),
        (
            "figure: chain transition=.1,.9;.4,.6 start=0\nthen: greedy=1\npredict: tap "
            "truth=stays",
            1,
        ),
        (
            "figure: escape delta_e=5\nthen: top_p=.9\npredict: mark truth={{critical delta_e=5 "
            "top_p=.9}}",
            5 / math.log(9),
        ),
        ("predict: card true", True),
    ],
)
def test_the_truth_is_computed_from_the_figure(tmp_path, lines, truth):
    step = lesson(tmp_path, f"{HEAD}## a\n{lines}\nquestion: Why?\nanswer: So.\n").steps[0]
    assert step.predict["truth"] == pytest.approx(truth)
    assert "truth" not in public(step.predict)


def test_an_order_of_lines_is_laid_out_in_another_order_the_same_for_everybody(tmp_path):
    text = f"{STEP}question: Why?\npredict: order\n- a\n- b\n- c\n- d\nanswer: So.\n"
    first, again = (lesson(tmp_path, text).steps[0].predict for _ in range(2))
    assert first == again and first["items"] != ["a", "b", "c", "d"]
    assert [first["items"][at] for at in first["truth"]] == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("One", 1),
        ("One. Two.", 2),
        ("e.g. this, z. B. das, at .5 or 1.5 of it.", 1),
        ('He said "stop." Then he went.', 2),
        ("fox, over, the … and so on.", 1),
        ("Is it? Yes! It is.", 3),
        ("这是一句。这是第二句？对。", 3),
        ("¿Cuánto es? ¡Mucho!", 2),
    ],
)
def test_sentences_are_counted_in_every_script(text, count):
    assert sentences(text) == count


def test_the_documentation_shows_a_lesson_and_a_course_that_are_read(tmp_path):
    blocks = re.findall(r"```markdown\n(.*?)```", (FOLDER / "README.md").read_text("utf-8"), re.S)
    assert len(blocks) == 2
    step = lesson(tmp_path, blocks[0]).steps[0]
    assert step.predict["kind"] == "drag" and step.answer.startswith("To 0.844")
    path = tmp_path / "45-a-course.md"
    path.write_text(blocks[1], encoding="utf-8")
    course = read_course(path, {"next-token": 5})
    assert course.parts[0].steps == [("next-token", 0), ("next-token", 1), ("next-token", 2)]


COURSE = "---\ntitle: x\nminutes: 10\naim: y\n---\n## a\nminutes: 5\nsteps: escape 1-2\n"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (COURSE.replace("aim: y\n", ""), 1, "must have aim"),
        (COURSE.replace("minutes: 5", "minutes: 50"), 1, "the parts take 50 minutes"),
        (COURSE.replace("minutes: 5\n", ""), 6, "needs minutes: and steps:"),
        (COURSE.replace("1-2", "1-9"), 8, "has the steps 1 to 4"),
        (COURSE.replace("escape", "escaping"), 8, "names a lesson"),
        (COURSE + "asked: Why?\n", 6, "needs its reply"),
        (COURSE + "reply: So.\n", 9, "under the question"),
        (COURSE + "zeit: 3\n", 9, "there is no line zeit"),
    ],
)
def test_a_file_that_is_no_course_is_refused_with_its_line_and_the_reason(
    tmp_path, text, line, words
):
    path = tmp_path / "45-bad.md"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=words) as refused:
        read_course(path, {"escape": 4})
    assert str(refused.value).startswith(f"45-bad.md, line {line}: ")


def test_one_wrong_file_takes_no_other_lesson_away(tmp_path, monkeypatch):
    from playground.pages import lessons
    from playground.pages.lessons import lesson as files

    (tmp_path / "en").mkdir()
    (tmp_path / "en/01-good.md").write_text(STEP + "Words.\n", encoding="utf-8")
    (tmp_path / "en/02-bad.md").write_text(HEAD, encoding="utf-8")
    monkeypatch.setattr(files, "FOLDER", tmp_path)
    shelf = lessons.shelf.__wrapped__("en")
    assert list(shelf.lessons) == ["good"] and shelf.problems[0].startswith("02-bad.md, line")
