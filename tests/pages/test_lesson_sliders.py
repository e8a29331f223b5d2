"""The line `slider:` of a lesson: what it declares, and with which line and reason the rest is
refused."""

import pytest

from playground.pages.lessons.lesson import read_lesson
from playground.pages.lessons.sliders import stops

ASKS = "question: Why?\npredict: choice\n- (x) so\n- ( ) not so\nanswer: So.\n"


def lesson(tmp_path, lines):
    path = tmp_path / "01-a.md"
    path.write_text(f"---\ntitle: x\n---\n## a\n{lines}", encoding="utf-8")
    return read_lesson(path).steps[0]


@pytest.mark.parametrize(
    ("lines", "line", "words"),
    [
        ("slider: temperature low=1 high=3", 6, "needs low=, high= and step="),
        ("slider: temperature low=.1 high=3 step=.1 by=2", 6, "knows nothing else"),
        ("slider: temperature low=3 high=1 step=.1", 6, "low must be below high"),
        ("slider: temperature low=1 high=3 step=0", 6, "step above 0"),
        ("slider: temperature low=one high=3 step=1", 6, "low must be a number"),
        ("slider: temperature low=1 high=inf step=1", 6, "high must be a number"),
        ("slider: temperature low=0 high=3 step", 6, "expected key=value"),
        ("slider: warmth low=0 high=3 step=1", 6, "warmth cannot be moved"),
        ("slider: temperature low=.1 high=3 step=.001", 6, "at most 1,000 stops"),
        ("slider: temperature low=2 high=3 step=.5", 6, "must lie from 2 to 3"),
        ("slider: temperature low=.25 high=2 step=.5", 6, "it must stop at temperature = 1"),
        ("slider: top_p low=-1 high=1 step=1", 6, "top_p must be"),
        ("slider: delta_e low=1 high=2 step=1", 6, "the figure must name delta_e"),
        ("slider:", 6, "says nothing"),
        (
            "slider: top_k low=0 high=2 step=1\nslider: top_k low=0 high=2 step=1",
            7,
            "move the same setting",
        ),
        (
            "slider: top_k low=0 high=2 step=1\nslider: top_p low=.5 high=1 step=.5\nslider: "
            "min_p low=0 high=1 step=.5",
            8,
            "at most 2 sliders",
        ),
        ("slider: frequency_penalty low=0 high=3 step=.1", 6, "at most 24 stops"),
    ],
)
def test_a_slider_that_cannot_be_is_refused_with_its_line_and_the_reason(
    tmp_path, lines, line, words
):
    with pytest.raises(ValueError, match=words) as refused:
        lesson(tmp_path, f"figure: bars shares=.5,.5\n{lines}\n{ASKS}")
    assert str(refused.value).startswith(f"01-a.md, line {line}: ")


def test_a_slider_needs_a_figure_and_a_question(tmp_path):
    slider = "slider: top_p low=.5 high=1 step=.5\n"
    with pytest.raises(ValueError, match=r"line 6: a slider is moved once the truth is revealed"):
        lesson(tmp_path, f"figure: bars shares=.5,.5\n{slider}Text.\n")
    with pytest.raises(ValueError, match=r"line 5: a slider moves a figure"):
        lesson(tmp_path, f"{slider}question: So?\npredict: card true\nanswer: So.\n")


def test_a_slider_of_the_browsers_figures_sends_what_they_follow(tmp_path):
    step = lesson(
        tmp_path,
        "figure: bars shares=.5,.5\nthen: temperature=2\nslider: temperature low=1 high=3 "
        f"step=.5\n{ASKS}",
    )
    assert step.moves["drawn"] is None and step.moves["recipe"]["figure"] == "bars"
    assert step.moves["recipe"]["settings"] == {"shares": ".5,.5", "temperature": "2"}
    assert [one["start"] for one in step.moves["sliders"]] == [2]
    assert "moves" not in {key for key in step.record() if key != "hidden"}, "it holds the truth"


def test_a_slider_of_any_other_figure_has_every_stop_drawn(tmp_path):
    step = lesson(
        tmp_path,
        "figure: logits logits=1,2 visits=1\nslider: frequency_penalty low=0 high=3 "
        f"step=1\n{ASKS}",
    )
    heights = [[row["value"] for row in figure["rows"]] for figure in step.moves["drawn"]]
    assert heights == [[1, 2], [0, 1], [-1, 0], [-2, -1]]


def test_a_slider_never_runs_the_model(tmp_path):
    with pytest.raises(ValueError, match=r"line 6: a slider never runs the model"):
        lesson(
            tmp_path,
            f"figure: writes prompt=a\nslider: temperature low=.5 high=2 step=.5\n{ASKS}",
        )


def test_stops_are_round_numbers():
    assert stops({"low": 0.1, "high": 0.5, "step": 0.1}) == [0.1, 0.2, 0.3, 0.4, 0.5]
