"""A control that a lesson speaks of, [[Train]], stands under that name on the page that the step
opens, in the lesson's language."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest

from playground.i18n import LANGUAGES
from playground.pages.generate.links import LINK
from playground.pages.generate.presets import PRESETS
from playground.pages.lessons.lesson import read_lessons
from playground.pages.lessons.written import controls

# Which names are those of a control that can be seen once the folds that it lies in are open.
FOUND = """names => {
  const all = [...document.querySelectorAll('button, summary, label, label *, input, textarea, select, option, [role]')];
  const said = (one) => [one.getAttribute('aria-label') ?? '', one.textContent].map((text) => text.trim());
  return names.filter((name) => all.some((one) => {
    if (!said(one).includes(name)) return false;
    for (let fold = one.closest('details'); fold; fold = fold.parentElement?.closest('details')) fold.open = true;
    return (one.closest('select') ?? one).checkVisibility();
  }));
}"""


def asked_of(language: str) -> dict[str, list[str]]:
    """link -> the names of the controls that steps with this link speak of."""
    found: dict[str, list[str]] = {}
    for lesson in read_lessons(language):
        for step in lesson.steps:
            for name in controls(step.written):
                found.setdefault(step.open, []).append(name)
    return found


def see(open_page, link: str, names: list[str], **query) -> None:
    params = dict(parse_qsl(link[1:], keep_blank_values=True))
    page = open_page(params.pop("tab"), **params, **query)
    page.wait_for_function(f"names => ({FOUND})(names).length === names.length", arg=names)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_control_that_a_lesson_speaks_of_is_on_its_page(open_page, language):
    asked = asked_of(language)
    assert len(asked) >= 6
    for link, names in asked.items():
        see(open_page, link, names, lang=language)


def test_a_control_that_is_not_there_would_be_noticed(page, open_page):
    see(open_page, "?tab=compare&part=reward", ["Train"])
    with pytest.raises(Exception, match="Timeout"):
        page.wait_for_function(f"() => ({FOUND})(['Trane']).length", timeout=1500)


def links_with_rules() -> dict[str, list[str]]:
    """The links to Generate's rules, and the labels of the rules that they turn on."""
    from playground.decoding.rules import RULES

    off, found = PRESETS["pure sampling"], {}
    for lesson in read_lessons():
        for step in lesson.steps:
            params = dict(parse_qsl(step.open[1:]))
            if params.get("tab") == "generate" and params.get("depth") == "rules":
                values = LINK.decode(params)[0]
                on = [name for name in RULES if name in values and values[name] != off.get(name)]
                found[step.open] = [str(RULES[name].label) for name in on if name in params]
    return {link: labels for link, labels in found.items() if labels}


def test_every_rule_that_a_lessons_link_turns_on_has_its_gate_on_the_page(open_page):
    links = links_with_rules()
    assert len(links) >= 8
    for link, labels in links.items():
        see(open_page, link, labels)
