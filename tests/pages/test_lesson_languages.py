"""A translation has the steps, figures, questions and truths of its English file; the courses are
lists of steps that exist."""

import pytest

from playground.i18n import LANGUAGES
from playground.pages.lessons import languages, shelf
from playground.pages.lessons import lesson as lessons


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_file_of_a_language_differs_from_english(language):
    problems, count = languages.differences(language)
    assert problems == []
    assert language != "en" or count == 24


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_two_courses_of_steps_that_exist(language):
    found = shelf(language)
    assert found.problems == []
    assert [course.minutes for course in found.courses.values()] == [45, 90]
    for course in found.courses.values():
        assert course.aim and course.needs
        assert sum(part.minutes for part in course.parts) <= course.minutes
        for part in course.parts:
            assert part.notes and part.asked
            for lesson, step in part.steps:
                assert step < len(found.lessons[lesson].steps)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("shares=.2,.8", "shares=.3,.7", "the line figure differs"),
        ("(x) so\n- ( ) not", "( ) so\n- (x) not", "items are not those"),
        ("## b\n", "## b\nfigure: words\nwords: w\nText.\n## c\n", "3 steps, in English 2"),
        ("names: one, two", "names: eins", "names"),
    ],
)
def test_a_translation_that_differs_is_named(tmp_path, monkeypatch, old, new, words):
    text = (
        "---\ntitle: x\n---\n## a\nfigure: bars shares=.2,.8\nnames: one, two\nquestion: "
        "Why?\npredict: choice\n"
        "- (x) so\n- ( ) not\nanswer: So.\n## b\nfigure: bars shares=.5,.5\nText.\n"
    )
    for language, body in (("en", text), ("de", text.replace(old, new))):
        (tmp_path / language).mkdir()
        (tmp_path / language / "01-a.md").write_text(body, encoding="utf-8")
    monkeypatch.setattr(lessons, "FOLDER", tmp_path)
    problems, _ = languages.differences("de")
    assert problems and words in " ".join(problems)
