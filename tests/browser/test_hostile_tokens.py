"""Tokens are text from strangers: whatever a vocabulary holds is drawn as text, never run."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watch, free_port, unfold
from tests.pages.doubles import HOSTILE, DoubleBackend


@pytest.fixture(scope="module")
def hostile_url():
    import gradio as gr

    from playground.pages import generate
    from playground.pages.shell import Shell, launch_settings

    with gr.Blocks(analytics_enabled=False) as demo:
        shell = Shell(demo, lambda: DoubleBackend(HOSTILE))
        generate.build(shell)
    demo.queue(default_concurrency_limit=4)
    demo.launch(
        server_name="127.0.0.1",
        server_port=free_port(),
        prevent_thread_lock=True,
        quiet=True,
        ssr_mode=False,
        run_history=False,
        **launch_settings(),
    )
    yield demo.local_url
    demo.close()


def test_hostile_tokens_stay_text_everywhere(chromium, hostile_url):
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, base_url=hostile_url)
    page = context.new_page()
    watch = Watch(page, hostile_url)
    page.goto("/")
    gen = page.locator("#generator")
    unfold(page)
    page.get_by_label("Rules", exact=True).check()
    prompt = '<img src=x onerror="window.__hit=9"> ${window.__hit=8} `'
    gen.get_by_label("Prompt").fill(prompt)
    gen.get_by_label("Preset").select_option("pure sampling")
    gen.get_by_label("seed", exact=True).fill("2")  # draws each kind of token below
    gen.get_by_label("Length").fill("24")
    gen.get_by_label("Speed, steps a second").select_option("30")
    gen.get_by_role("button", name="New text").click()
    page.wait_for_function(
        "document.querySelectorAll('#generator .prose-token').length == 24 && "
        "!document.querySelector('#generator .gen.running')"
    )
    text = gen.locator(".gen-text").text_content()
    assert (
        "<img src=x onerror=" in text
        and "${Object.assign(window,{__hit:2})}" in text
        and "\\u00zz" in text
    )
    long = gen.locator(".prose-token", has_text="all 10,000 characters").first
    assert len(long.text_content()) < 100  # a longer word took the browser 200 ms at each step
    long.get_by_role("button").click()
    assert gen.locator(".prose-whole").text_content() == "x" * 10_000
    page.get_by_label("Numbers", exact=True).check()
    expect(gen.locator("[data-part=bars]")).to_contain_text("<img·src=x")
    expect(gen.locator("[data-part=bars]")).to_contain_text(
        "‹202E›right"
    )  # a direction mark cannot turn the page around
    gen.get_by_role("button", name="Draw 1,000 times").click()
    expect(gen.locator(".draws-column")).to_have_count(3)
    gen.locator("[data-part=bars] button.bar").nth(3).click()
    page.wait_for_function(
        "document.querySelectorAll('#generator .prose-token.forced').length == 1 && "
        "!document.querySelector('#generator .gen.running')"
    )
    for box in gen.locator(".tree-tick input").all():
        box.check()
    expect(gen.locator(".tree-column")).to_have_count(2)
    assert page.evaluate("window.__hit") is None
    assert page.locator("#generator img, #generator script").count() == 0
    width = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1]
    assert watch.faults == []
    context.close()
