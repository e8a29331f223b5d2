"""The interface in another language: no English stands where the language has a translation; labels
of Gradio's components follow."""

import re

import pytest
from playwright.sync_api import expect

from playground.i18n import HOLE, t, tables
from playground.i18n.tables import TRANSLATED, read, translated
from playground.pages import PAGES
from playground.server.translations import ADDRESS

# Every text that a visitor reads, but for what is nobody's to translate: tokens, names, formulas.
TEXTS = """() => {
  const out = new Set();
  const kept = '[translate="no"], .katex, pre, .code-wrap, svg, script, style, textarea, .matrix, .heat, .paths';
  for (const root of document.querySelectorAll('#masthead, .tabitem'))
    for (const element of [root, ...root.querySelectorAll('*')]) {
      if (element.closest(kept) || !element.checkVisibility()) continue;
      for (const node of element.childNodes)
        if (node.nodeType === 3 && node.data.trim()) out.add(node.data.trim().replace(/\\s+/g, ' '));
      for (const name of ['aria-label', 'title', 'placeholder'])
        if (element.getAttribute(name)) out.add(element.getAttribute(name));
    }
  return [...out];
}"""


def english_left(seen: list[str], language: str) -> list[str]:
    """What of the texts is the English of a message whose translation differs. (Single words may be
    names of things.)"""
    exact, shapes = set(), []
    for message in read(language):
        for said, text in zip(
            *((one,) if isinstance(one, str) else one for one in (message.string, message.id)),
            strict=False,
        ):
            if len(text.split()) < 2 or said == text:
                continue
            if HOLE.search(text):
                letters = len(HOLE.sub("", text).split())
                shape = ".+".join(map(re.escape, HOLE.split(text)[::2]))
                shapes += [re.compile(shape)] if letters >= 4 else []
            else:
                exact.add(text)
    return [one for one in seen if one in exact or any(shape.fullmatch(one) for shape in shapes)]


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_english_stands_where_there_is_a_translation(page, open_page, language):
    left = {}
    for slug in PAGES:
        open_page(slug, lang=language)
        page.locator(".tabitem:visible :is(button, p, label)").first.wait_for()
        tab = page.locator("#pages [role=tab][data-tab-id=chains]")
        expect(tab).to_have_text(translated("Chains", language))
        page.evaluate(
            "() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 300)))"
        )
        left[slug] = english_left(page.evaluate(TEXTS), language)
    assert left == {slug: [] for slug in PAGES}


def test_labels_follow_the_language_without_a_reload_and_keep_what_was_typed(page, open_page):
    open_page("diffusion", part="corrupt")
    label = page.get_by_label("Text, up to 24 tokens")
    label.fill("my words")
    page.locator("#masthead select").select_option("de")
    german = translated(t("Text, up to 24 tokens"), "de")
    expect(page.get_by_label(german)).to_have_value("my words")
    page.locator("#masthead select").select_option("en")
    expect(page.get_by_label("Text, up to 24 tokens")).to_have_value("my words")


def test_english_asks_for_no_table_and_another_language_for_its_own(page, open_page):
    open_page("home")
    expect(page.locator("#masthead select")).to_have_value("en")
    assert not [address for address in page.watch.requests if ADDRESS.search(address)]
    answer = page.request.get("/" + tables.address("de"))
    assert answer.ok and answer.json()["Chains"] == translated("Chains", "de")
