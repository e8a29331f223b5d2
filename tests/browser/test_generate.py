"""The Generate page in a browser, with the model that the page starts with."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import axe, dark, fits, no_requests
from tests.browser.generate_page import (
    bars,
    gen,
    pause,
    recorded,
    rules,
    text,
    wait_done,
    write,
)
from tests.browser.kept_page import kept, leave_as, page

__all__ = ["gen", "kept", "page", "recorded"]


def count_forward_passes(monkeypatch):
    from playground.backend.causal import CausalWorker

    calls, real = [], CausalWorker.run
    monkeypatch.setattr(
        CausalWorker, "run", lambda self, batch: (calls.append(len(batch)), real(self, batch))[1]
    )
    return calls


def test_a_recorded_text_plays_before_the_visitor_has_done_anything(open_page, page):
    open_page("generate")
    expect(page.locator("#generator .prose-token.on")).to_be_visible()
    expect(page.locator("#generator [data-part=notes]")).to_contain_text("A saved example")
    expect(page.get_by_role("tab", selected=True).first).to_have_text("Generate")


def test_play_writes_a_text_and_pause_holds_the_picture(recorded, page):
    gen = recorded
    gen.get_by_label("Prompt").fill("There was a king")
    gen.get_by_label("Length").fill("40")
    play = gen.locator(".transport-buttons .main")
    play.click()
    page.wait_for_selector("#generator .gen.running")
    expect(play).to_have_text("Pause")
    expect(gen.locator(".prose-token.on")).to_be_visible()
    play.click()
    expect(play).to_have_text("Play")
    held = gen.locator(".transport-words").inner_text().split("/")[0]
    page.wait_for_function("!document.querySelector('#generator .gen.running')", timeout=60_000)
    assert gen.locator(".transport-words").inner_text().split("/")[0] == held
    expect(gen.locator(".gen-text")).to_contain_text(re.compile("there was a king", re.I))


def test_scrubbing_steps_and_keys_ask_the_server_for_nothing(gen, page):
    write(page, gen, 16)
    line = gen.get_by_role("slider", name="Token on view")
    with no_requests(page):
        line.focus()
        page.keyboard.press("Home")
        expect(line).to_have_attribute("aria-valuenow", "1")
        first = bars(gen)
        page.keyboard.press("ArrowRight")
        expect(line).to_have_attribute("aria-valuenow", "2")
        assert bars(gen) != first
        page.keyboard.press("End")
        expect(line).to_have_attribute("aria-valuenow", line.get_attribute("aria-valuemax"))
        gen.get_by_role("button", name="Back", exact=True).click()
        gen.get_by_role("button", name="Step", exact=True).click()
        box = line.bounding_box()
        page.mouse.move(box["x"] + 5, box["y"] + 20)
        page.mouse.down()
        for part in range(1, 10):
            page.mouse.move(box["x"] + box["width"] * part / 10, box["y"] + 20)
        page.mouse.up()
        gen.locator(".prose-token").nth(3).click()
        expect(line).to_have_attribute("aria-valuenow", "4")
        gen.locator(".curve-area").first.click(position={"x": 2, "y": 10})
        expect(line).to_have_attribute("aria-valuenow", "1")
        line.focus()
        page.keyboard.press("Space")
        expect(gen.locator(".transport-buttons .main")).to_have_text("Pause")
        page.wait_for_function(
            "document.querySelector('#generator .transport-line').getAttribute('aria-valuenow') > 3"
        )
        page.keyboard.press("Space")
        expect(gen.locator(".transport-buttons .main")).to_have_text("Play")


def test_the_bars_and_the_remainder_are_the_whole_vocabulary(gen, page):
    write(page, gen, 4)
    rows = gen.locator("[data-part=bars] button.bar").count()
    others = int(re.sub(r"\D", "", gen.locator(".bar.rest .why").inner_text()))
    total = int(
        re.sub(r"\D", "", gen.locator(".chain .link").first.locator(".num").first.inner_text())
    )
    assert rows + others == total


def test_write_on_at_the_end_of_the_allowed_length_goes_on(gen, page):
    write(page, gen, 10)
    first = gen.locator(".prose-token").all_inner_texts()
    gen.get_by_role("slider", name="Token on view").press("End")
    gen.get_by_role("button", name="Continue from here").click()
    wait_done(page)
    expect(gen.locator(".prose-token")).to_have_count(
        19
    )  # the last token is drawn anew, the same one, and nine more
    assert gen.locator(".prose-token").all_inner_texts()[:10] == first


def test_a_moved_slider_changes_the_bars_without_the_network(gen, page, monkeypatch):
    write(page, gen, 10)
    calls = count_forward_passes(monkeypatch)
    before, entropy = bars(gen), gen.locator("[data-part=entropy-final]").inner_text()
    rules(gen)
    gen.get_by_role("slider", name="temperature", exact=True).fill("1.9")
    expect(gen.locator("[data-part=whatif]")).to_contain_text("With the same u")
    assert bars(gen) != before and calls == []
    assert gen.locator("[data-part=entropy]").inner_text() and entropy
    expect(gen.locator("[data-part=sentence]")).to_contain_text(
        re.compile("decides|no rule removes|No rule acts")
    )
    gen.get_by_label("Preset").select_option("greedy")
    expect(gen.locator("[data-part=whatif]")).to_contain_text("likeliest token")
    gen.get_by_label("Order of the rules").select_option("llama.cpp")
    names = [name.lower() for name in gen.locator(".chain .link-name").all_inner_texts()]
    assert names.index("top-k") < names.index("temperature")
    leave_as(page, "")


def test_clicking_a_bar_branches_and_two_texts_stand_side_by_side(recorded, page):
    gen = recorded
    write(page, gen, 12)
    first = text(gen)
    gen.locator(".prose-token").nth(5).click()
    bar = gen.locator("[data-part=bars] button.bar:not(.on)").nth(1)
    token = bar.locator(".t").inner_text()
    bar.click()
    page.wait_for_function(
        "document.querySelectorAll('#generator .prose-token.forced').length == 1"
    )
    wait_done(page)
    assert text(gen) != first
    expect(gen.locator(".tree-row")).to_have_count(
        3
    )  # the recorded text, the first one, the branch
    assert token.strip("·") in gen.locator(".prose-token.forced").inner_text()
    gen.get_by_label(re.compile("Put side by side")).nth(1).check()
    gen.get_by_label(re.compile("Put side by side")).nth(2).check()
    expect(gen.locator(".tree-column")).to_have_count(2)
    gen.locator(".tree-open").nth(1).click()
    expect(gen.locator(".tree-open").nth(1)).to_have_attribute("aria-current", "true")
    page.keyboard.press("End")
    assert text(gen).split() == first.split()
    expect(gen.locator(".transport-branch")).to_have_count(1)


def test_write_on_from_here_keeps_the_beginning(gen, page):
    write(page, gen, 12)
    gen.locator(".prose-token").nth(4).click()
    kept = gen.locator(".prose-token").all_inner_texts()[:4]
    rules(gen)
    gen.get_by_role("slider", name="temperature", exact=True).fill("2.5")
    gen.get_by_role("button", name="Continue from here").click()
    wait_done(page)
    assert gen.locator(".prose-token").all_inner_texts()[:4] == kept
    leave_as(page, "")


def test_a_text_that_the_model_holds_impossible_has_no_finite_perplexity(gen, page):
    gen.locator("[data-part=model]").select_option("ngram/fox/1/word")
    gen.get_by_role("button", name="Score my text").click()
    gen.get_by_label("Text to score").fill("fox the fox jumped jumped which")
    gen.get_by_role("button", name="Score", exact=True).click()
    expect(gen.locator("[data-part=ended]")).to_have_text(
        "The perplexity is infinite: the model holds 4 of the 5 scored tokens impossible."
    )
    pause(page)
    gen.get_by_role("slider", name="Token on view").press("End")
    expect(gen.locator(".curve", has_text="perplexity").locator(".num")).to_have_text("∞")
    leave_as(page, "")


def test_scoring_colours_each_token_and_tells_the_perplexity(gen, page):
    gen.get_by_role("button", name="Score my text").click()
    gen.get_by_label("Text to score").fill("Once upon a time there was a zebra who taxed the moon.")
    gen.get_by_role("button", name="Score", exact=True).click()
    expect(gen.locator("[data-part=ended]")).to_contain_text("Perplexity", timeout=60_000)
    pause(page)
    assert gen.locator(".prose-token.shaded").count() >= 8
    gen.get_by_label("rank", exact=True).check()
    gen.locator(".prose-token").nth(2).click()
    expect(gen.locator("[data-part=drawn]")).to_contain_text("The text has")
    assert gen.locator("[data-part=bars] button.bar").count() >= 20
    leave_as(page, "")


def test_a_thousand_draws_at_three_temperatures(gen, page):
    rules(gen)
    gen.get_by_label("Preset").select_option("pure sampling")
    write(page, gen, 3)
    gen.get_by_role("button", name="Draw 1,000 times").click()
    expect(gen.locator(".draws-column")).to_have_count(3)
    expect(gen.locator(".draws-say").last).to_contain_text("χ²")
    gen.get_by_label("Temperature 1").fill("0.33")
    gen.get_by_role("button", name="Draw 1,000 times").click()
    expect(gen.locator(".draws-column h2").first).to_have_text("T = 0.33")
    gen.get_by_role("button", name="Back", exact=True).click()
    expect(gen.locator(".draws-column")).to_have_count(0)  # those were another step's draws
    leave_as(page, "")


def test_a_loop_is_bracketed_on_the_text_and_the_timeline(recorded, page):
    gen = recorded
    gen.get_by_role("button", name="A loop").click()
    wait_done(page)
    expect(gen.locator(".transport-loop")).to_have_count(1)
    assert (
        gen.locator(".prose-token.loop").count() > 8
        and gen.locator(".prose-token.lap").count() >= 3
    )
    expect(gen.locator(".curve", has_text="P(loop token)")).to_be_visible()
    inside = gen.locator(".prose-token.loop").count()
    gen.get_by_label("Length").fill("8")  # as many more
    gen.get_by_role("slider", name="Token on view").press("End")
    gen.locator("[data-part=bars] button.bar:not(.on)").nth(3).click()
    page.wait_for_function(
        "document.querySelectorAll('#generator .prose-token.forced').length == 1"
    )
    page.wait_for_function("!document.querySelector('#generator .gen.running')", timeout=60_000)
    expect(gen.locator(".transport-loop")).to_have_count(
        1
    )  # the text has left the loop; where it was stays marked
    assert gen.locator(".prose-token.loop").count() == inside - 1


def test_errors_are_sentences_and_nothing_is_lost(gen, page):
    write(page, gen, 6)
    before = text(gen)
    problem = gen.locator("[data-part=problem]")
    gen.get_by_label("Prompt").fill("   ")
    gen.get_by_role("button", name="New text").click()
    expect(problem).to_contain_text("The prompt is empty")
    gen.get_by_label("Prompt").fill("Once")
    gen.get_by_label("Length").fill("9999")
    gen.get_by_role("button", name="New text").click()
    expect(problem).to_contain_text("[1, 512]")
    gen.get_by_label("Length").fill("6")
    gen.get_by_label("Prompt").fill("word " * 10_000)
    gen.get_by_role("button", name="New text").click()
    expect(problem).to_have_text(
        "The prompt must have at most 20,000 characters, got 50,000: shorten it."
    )
    assert len(gen.get_by_label("Prompt").input_value()) == 50_000
    rules(gen)
    seed = gen.get_by_label("seed", exact=True)
    before_seed = seed.input_value()
    seed.fill("-3")
    seed.press("Enter")
    expect(page.locator(".say-toast")).to_contain_text(
        "seed must be a whole number in [0, 9007199254740992], got -3"
    )
    expect(seed).to_have_value(before_seed)
    gen.get_by_label("top-p, exact value").fill("1.5")
    gen.get_by_label("top-p, exact value").press("Enter")
    expect(page.locator(".say-toast")).to_contain_text("top-p must be in [0, 1], got 1.5")
    expect(gen.get_by_label("top-p, exact value")).not_to_have_value("1.5")
    assert text(gen) == before
    leave_as(page, "")


def test_stop_ends_the_run_and_the_text_so_far_stays(recorded, page, monkeypatch):
    gen = recorded
    import threading

    from playground.backend.causal import CausalWorker

    stopped, passes, real = threading.Event(), [], CausalWorker.run

    def slow(self, batch):
        passes.append(len(batch))
        if len(passes) > 6:
            stopped.wait(0.5)  # a slow model from the sixth token on, until Stop was pressed
        return real(self, batch)

    monkeypatch.setattr(CausalWorker, "run", slow)
    gen.get_by_label("Length").fill("512")
    gen.get_by_label("Prompt").fill("There was once a miller")
    gen.get_by_role("button", name="New text").click()
    expect(gen.locator("[data-part=notes]")).not_to_contain_text("A saved example")
    page.wait_for_function("document.querySelectorAll('#generator .prose-token').length > 3")
    gen.get_by_role("button", name="Stop", exact=True).click()
    expect(gen.locator("[data-part=ended]")).to_have_text("Stopped.")
    stopped.set()
    assert 3 < gen.locator(".prose-token").count() < 512


def test_a_copied_link_opens_the_same_text(gen, page):
    write(page, gen, 9, "A wolf came to the door")
    gen.locator(".prose-token").nth(3).click()
    gen.locator("[data-part=bars] button.bar:not(.on)").nth(2).click()
    wait_done(page)
    page.keyboard.press("End")
    wanted = gen.locator(".prose-token").all_inner_texts()
    gen.get_by_role("button", name="Copy link").click()
    expect(page.locator(".say-toast")).to_contain_text("Link copied")
    address = page.evaluate("navigator.clipboard.readText()")
    assert "tab=generate" in address
    with page.watch.leaving():
        page.goto(address, wait_until="commit")
    page.wait_for_function("window.finishedTexts > 0")
    wait_done(page)
    expect(gen.get_by_label("Prompt")).to_have_value("A wolf came to the door")
    assert gen.locator(".prose-token").all_inner_texts() == wanted


def test_a_broken_link_says_what_was_replaced(open_page, page):
    open_page("generate", temperature="hot", prompt="A fox")
    expect(page.locator("#generator [data-part=problem]")).to_contain_text(
        "temperature must be a number"
    )
    expect(page.locator("#generator").get_by_label("Prompt")).to_have_value("A fox")


def test_on_a_phone_nothing_sticks_out_and_targets_are_large(phone, gen, page):
    write(page, gen, 12)
    rules(gen)
    gen.get_by_role("button", name="All rules").click()
    fits(page)
    small = page.evaluate("""() => [...document.querySelectorAll('#generator button:not(.bar, .tile), #generator select')]
      .filter(node => node.offsetParent && node.getBoundingClientRect().height < 44).map(node => node.textContent)""")
    assert small == []
    page.evaluate("scrollTo(0, 0)")  # Play lies under the thumb wherever the page stands
    box = gen.locator(".transport-buttons .main").bounding_box()
    assert 0 < box["y"] and box["y"] + box["height"] <= page.viewport_size["height"]


def test_tokens_are_shown_character_by_character(gen, page):
    write(page, gen, 3)
    gen.get_by_text("show spaces").click()
    melted = page.evaluate(
        "[...document.querySelectorAll('#generator :is(.bar .t, .tile-word, .prose-bytes, "
        ".prose-token, .tree-text, .num)')]"
        ".filter(node => getComputedStyle(node).fontVariantLigatures !== 'none').map(node => "
        "node.className)"
    )
    assert melted == []
    leave_as(page, "")


def test_nothing_that_axe_objects_to_in_light_and_dark(gen, page):
    write(page, gen, 8)
    rules(gen)
    gen.get_by_role("button", name="All rules").click()
    assert axe(page) == []
    dark(page)
    page.wait_for_function("getComputedStyle(document.body).backgroundColor == 'rgb(17, 21, 28)'")
    assert axe(page) == []
    leave_as(page, "")
