"""The page for teachers: one text in four languages that says the same, served as a page of its
own, below a root path too."""

import re

import pytest

from playground.i18n import LANGUAGES
from playground.i18n.tables import translations
from playground.server.teachers import preferred_language
from playground.web.teachers_page import teachers_file, teachers_page

TRANSLATIONS = [name for name in LANGUAGES if name != "en"]


def sections(language: str) -> list[tuple[str, list[str], list[str]]]:
    """(kind of the heading, numbers in order of size, code and addresses) of each part of the
    text."""
    found = []
    for part in re.split(
        r"^(?=#)", teachers_file(language).read_text(encoding="utf-8"), flags=re.M
    ):
        if part:
            numbers = sorted(re.findall(r"\d+(?:[.,]\d+)*", part))
            code = sorted(re.findall(r"```\n.*?```|`[^`\n]+`|https?://[^\s*]*\d", part, flags=re.S))
            found.append((part.split(" ")[0], numbers, code))
    return found


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_translation_has_the_headings_numbers_and_commands_of_the_english_text(language):
    assert sections(language) == sections("en")
    for mark in (r"^- ", r"^\d+\. ", r"^\|"):
        counts = [
            len(re.findall(mark, teachers_file(name).read_text(encoding="utf-8"), flags=re.M))
            for name in (language, "en")
        ]
        assert counts[0] == counts[1] > 0, mark


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_translation_calls_the_pages_and_buttons_as_they_are_called_there(language):
    def names(name: str) -> list[str]:
        text = teachers_file(name).read_text(encoding="utf-8")
        return re.findall(r"(?<!\*)\*([^*\n]+)\*(?!\*)", text)

    said = translations(language).gettext
    assert set(names(language)) == {said(one) for one in names("en")}


def test_html_in_the_text_stays_text(monkeypatch, tmp_path):
    (tmp_path / "TEACHERS.md").write_text("# A\n<script>alert(1)</script> | {{style}}")
    monkeypatch.setattr("playground.web.teachers_page.ASSETS", tmp_path)
    page = teachers_page.__wrapped__("en").decode()
    assert "<script" not in page and "&lt;script&gt;" in page


def test_another_language_is_refused():
    with pytest.raises(ValueError, match="language must be one of"):
        teachers_page("xx")


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("fr, es;q=0.4, zh-CN;q=0.7", "zh"),
        ("de;q=0, es;q=0.1", "es"),
        ("*, ;;;, q=1, de;q=9", "en"),
    ],
)
def test_the_browsers_language_counts_where_the_address_names_none(accepted, language):
    assert preferred_language(accepted) == language


@pytest.mark.parametrize(
    ("query", "accepted", "tag", "heading"),
    [
        ("", "en", "en", "For teachers"),
        ("?lang=de", "en", "de", "Für Lehrkräfte"),
        ("?lang=zh", "", "zh-Hans", "写给教师"),
        ("?lang=../../etc/passwd", "es-MX", "es", "Para el profesorado"),
    ],
)
def test_it_is_served_below_a_root_path_in_each_language(below, query, accepted, tag, heading):
    answer = below.get(f"/below/teachers{query}", headers={"accept-language": accepted})
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/html")
    assert f'<html lang="{tag}">' in answer.text and f"<h1>{heading}</h1>" in answer.text
    assert "frame-ancestors" in answer.headers["content-security-policy"]
    # The cache of a school must not hand one language to all.
    assert "Accept-Language" in answer.headers["vary"] and answer.headers["content-encoding"]
    for address in re.findall(r'href="([^"]*)"', answer.text):
        assert not address.startswith("/"), "the page would leave the root path"
