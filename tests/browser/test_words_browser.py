"""The interface in other languages, in a real browser: what is ours is translated, what the model wrote never is."""

import json
import re

import pytest
from playwright.sync_api import expect

from playground.i18n.tables import read
from playground.words import keys, table

READY = "() => window.playgroundWords && document.querySelector('#pages [role=tab][aria-selected=true]')"


@pytest.mark.parametrize("language", ["es", "de", "zh"])
def test_a_language_of_the_address_is_spoken_and_kept(page, open_page, language):
    said = table(language)
    open_page("generate", lang=language)
    expect(page.locator("#pages [role=tab][data-tab-id=generate]")).to_have_text(said["Generate"])
    expect(page.get_by_label(said["Prompt"], exact=True)).to_be_visible()
    expect(page.locator("#generator")).to_contain_text(
        said["How it came to this: the chain of rules"]
    )
    expect(page.locator("#masthead .status")).to_contain_text(
        said["Fairy tales, left to right (15 M)"]
    )
    assert page.evaluate("document.documentElement.lang").startswith(language)
    page.locator("#pages [role=tab][data-tab-id=escape]").click()
    assert f"lang={language}" in page.url  # the link says it, and so does the next page
    expect(page.locator("#escape-run")).to_have_text(said["Run the experiment"])


def test_tokens_called_like_our_words_stay_and_the_language_changes_without_a_reload(
    page, open_page
):
    """A token whose text is "Play" is no button. The texts of the visit stay, numbers go on changing, English comes back."""
    said = table("de")
    open_page("generate")
    page.locator("#generator .prose-token").nth(5).wait_for()
    page.locator("#generator .transport-line").focus()
    page.keyboard.press("Home")  # the recording stands still: nothing draws the bars anew
    page.locator("#generator .bar .t").first.wait_for()
    # (set before the choice of the language, so that the observer's first pass has to leave them)
    page.evaluate("""() => { window.stays = document.querySelector('#generator .prose-token'); stays.textContent = 'Play';
      const name = document.querySelector('#generator .bar .t'); name.textContent = 'Play'; window.name_of_bar = name; }""")
    page.locator("#masthead select").select_option("de")
    expect(page.locator("#generator h2").first).to_have_text(said["What could come next"])
    page.evaluate("() => { stays.textContent = 'Play '; stays.textContent = 'Play'; }")
    page.evaluate(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )
    assert page.evaluate("[stays.textContent, stays.isConnected]") == ["Play", True]
    assert (
        page.evaluate("[name_of_bar.textContent, name_of_bar.isConnected]") == ["Play", True]
        and said["Play"] != "Play"
    )
    line = page.locator("#generator .transport-words span").first
    expect(line).to_contain_text(said["step {1} / {2}"].split("{1}")[0].strip())
    page.locator("#generator .transport-line").focus()
    page.keyboard.press("Home")
    expect(line).to_have_text(
        said["step {1} / {2}"].replace("{1}", "1").replace("{2}", line.inner_text().split()[-1])
    )
    page.keyboard.press("ArrowRight")
    expect(line).to_contain_text("2")
    page.locator("#masthead select").select_option("en")
    expect(page.locator("#generator h2").first).to_have_text("What could come next")
    expect(line).to_contain_text("step 2")
    assert page.evaluate("stays.textContent") == "Play"


def test_errors_are_said_in_the_language_and_keep_their_values(page, open_page):
    said = table("es")
    open_page("generate", lang="es")
    page.get_by_label(said["Prompt"], exact=True).fill(" ")
    page.locator("#generator [data-part=acts] button").first.click()
    expect(page.locator("#generator [data-part=problem]")).to_have_text(
        said["The prompt is empty: write a few words, or take one of the examples."]
    )


def test_english_costs_nothing(page, open_page):
    open_page("chains")
    page.wait_for_function(READY)
    assert not [address for address in page.watch.requests if "assets/words" in address]


def test_a_table_that_cannot_be_fetched_leaves_the_page_as_it_is(page, open_page):
    page.route("**/assets/words/de.json*", lambda route: route.abort())
    open_page("generate")
    page.locator("#masthead select").select_option("de")
    expect(page.locator(".say-toast")).to_contain_text("could not be fetched")
    expect(page.locator("#generator h2").first).to_have_text("What could come next")
    page.watch.faults.clear()


def marked() -> list[str]:
    """The messages that are marked at their source, their holes numbered as in the old keys."""
    ids = []
    for message in read("de"):
        for one in [message.id] if isinstance(message.id, str) else message.id:
            count = iter(range(1, 100))
            ids.append(re.sub(r"\{\w+\}", lambda _, count=count: f"{{{next(count)}}}", one))
    return ids


@pytest.mark.parametrize(
    "slug", ["home", "generate", "escape", "chains", "diffusion", "compare", "lessons"]
)
def test_every_word_of_a_first_view_is_a_key(page, open_page, slug):
    """What a page shows at once, without pressing anything (`python -m playground.words collect` presses everything)."""
    open_page(slug)
    page.wait_for_function(READY)
    page.locator(".tabitem:visible").first.wait_for()
    known = {*keys(), *marked()}
    page.evaluate(
        "known => { playgroundWords.learn(known); window.heard = playgroundWords.collect(); }",
        {key: key for key in known},
    )
    page.evaluate("() => new Promise(done => setTimeout(done, 600))")
    missing = page.evaluate("() => Object.fromEntries(heard)")
    from playground.words.extract import left_out

    missing = {
        key: place
        for key, place in missing.items()
        if not left_out(key)
        and len(key) > 12
        and " " in key
        # a share that a message of ours holds is written with its sign
        and key.replace("}%", "}") not in known
    }
    assert not missing, json.dumps(missing, ensure_ascii=False, indent=1)


def test_sentences_of_ours_behind_a_name_are_put_into_the_language_some_of_them_together(
    page, open_page
):
    open_page("diffusion", lang="de")
    card = page.locator("#diffusion-player .say", has_text="so wie eingestellt nicht").first
    expect(card).to_contain_text("Zufällige Reihenfolge (origin)")
    expect(card).not_to_contain_text("Exact only when")
