"""What only a browser can show of taking away: the menu, the page that replays with the network
off, a run opened again, the QR code."""

import io
import json

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import axe, dark, fits, unfold
from tests.takeaway.runs import hostile_text_run, hostile_unmask_run


@pytest.fixture
def offline(chromium, tmp_path):
    """Opens a file's text in a browser without a network; fails on any fault and on any request."""
    contexts = []

    def open_text(text: str, width: int = 1280):
        path = tmp_path / f"replay-{len(contexts)}.html"
        path.write_text(text, encoding="utf-8", errors="replace")
        context = chromium.new_context(viewport={"width": width, "height": 900})
        context.set_offline(True)
        contexts.append(context)
        page = context.new_page()
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on(
            "console",
            lambda message: (
                message.type in ("error", "warning") and page.faults.append(message.text)
            ),
        )
        page.on(
            "request",
            lambda request: (
                request.url.startswith(("file:", "data:", "blob:"))
                or page.faults.append(request.url)
            ),
        )
        page.on("dialog", lambda dialog: page.faults.append(dialog.message))
        page.goto(path.as_uri())
        return page

    yield open_text
    for context in contexts:
        for page in context.pages:
            assert not page.faults, page.faults
        context.close()


def taken(page, area, form):
    menu = area.locator(".take-away")
    if not menu.evaluate("node => node.open"):
        menu.locator("summary").click()
    expect(menu).to_have_js_property("open", True)
    with page.expect_download() as download:
        area.locator(f".take-form[data-form={form}]").click()
    return download.value.path().read_bytes()


def test_a_text_is_taken_away_and_comes_back(page, open_page, offline):
    open_page("generate", depth="numbers")
    area = page.locator("#generator")
    area.locator(".prose-token").first.wait_for()
    unfold(page)
    play = area.locator(".transport-buttons .main")
    play.evaluate(
        "button => button.textContent === 'Pause' && button.click()"
    )  # in one breath: playing may end by itself meanwhile
    run = json.loads(taken(page, area, "json"))
    step = int(area.locator("[role=slider]").first.get_attribute("aria-valuenow")) - 1
    picture = Image.open(io.BytesIO(taken(page, area, "png")))
    assert json.loads(picture.text["Description"])["step"] == step
    area.locator(".take-away summary").click()
    assert not axe(page, ".take-away")
    page.keyboard.press("Escape")
    expect(area.locator(".take-list")).to_be_hidden()

    replay = offline(taken(page, area, "html").decode())
    player = replay.locator("#replay")
    expect(player.locator(".prose-token")).to_have_count(len(run["steps"]))
    line = player.locator("[role=slider]").first
    line.focus()
    for key, k in (("End", len(run["steps"]) - 1), ("Home", 0), ("ArrowRight", 1)):
        replay.keyboard.press(key)
        one = run["steps"][k]
        assert line.get_attribute("aria-valuenow") == str(k + 1)
        shown = player.locator(".bar.on")
        assert (
            f"{one['probability']:.3f}" in shown.inner_text()
            or one["probability"] in (0, 1)
            or one["probability"] > 0.9995
            or one["probability"] < 0.0005
        )
        assert (
            player.locator("[data-part=entropy]").inner_text()
            == f"{one['raw_entropy'] / 0.6931471805599453:.2f}"
        )
        assert player.locator(".bar:not(.rest, .bar-head)").count() == len(one["rows"])
    player.get_by_label("Speed, steps a second").select_option("30")
    player.get_by_role("button", name="Play").click()
    expect(line).to_have_attribute("aria-valuenow", str(len(run["steps"])))
    expect(player.locator("textarea").first).to_be_hidden()
    assert not axe(replay)

    # the same file opened again on the page
    page.locator("#generator .take-file").set_input_files(
        {"name": "run.json", "mimeType": "application/json", "buffer": json.dumps(run).encode()}
    )
    expect(area.get_by_text("Opened from the file run.json.")).to_be_visible()
    expect(area.locator(".prose-token")).to_have_count(len(run["steps"]))
    for bad in (
        b'{"version": 1}',
        b"<script>",
        json.dumps({**run, "steps": [{**run["steps"][0], "probability": "<img src=x>"}]}).encode(),
    ):
        page.locator("#generator .take-file").set_input_files(
            {"name": "bad.json", "mimeType": "application/json", "buffer": bad}
        )
        expect(area.locator("[data-part=problem]")).to_contain_text("This file could not be opened")
        assert area.locator(".prose-token").count() == len(run["steps"])
        area.locator(".prose-token").nth(2).click()


def test_a_run_of_the_visitors_own_is_taken_away_and_comes_back(page, open_page, offline):
    open_page("diffusion", model="exact-tale", canvas="the king [MASK]*4 .", steps=3)
    area = page.locator("#diffusion-player")
    area.locator(".canvas-words button").first.wait_for()
    page.get_by_role("button", name="Run", exact=True).click()
    expect(area.locator(".canvas-player")).to_have_attribute("data-state", "done")
    run = json.loads(taken(page, area, "json"))
    assert Image.open(io.BytesIO(taken(page, area, "png"))).width > 300
    assert len(taken(page, area, "csv")) > 100
    replay = offline(taken(page, area, "html").decode())
    expect(replay.locator("#replay .canvas-words button").first).to_be_visible()
    page.locator("#diffusion-player .take-file").set_input_files(
        {"name": "run.json", "mimeType": "application/json", "buffer": json.dumps(run).encode()}
    )
    expect(area.locator(".canvas-what")).to_contain_text("opened from a file")


def test_a_canvas_is_taken_away_and_comes_back(page, open_page, offline):
    open_page("diffusion")
    area = page.locator("#diffusion-player")
    area.locator(".canvas-words button").first.wait_for()
    run = json.loads(taken(page, area, "json"))
    animation = Image.open(io.BytesIO(taken(page, area, "gif")))
    assert animation.n_frames == 1 + len(run["steps"])
    replay = offline(taken(page, area, "html").decode(), width=390)
    fits(replay)
    player = replay.locator("#replay .widget")
    line = replay.locator("[role=slider]").first
    line.focus()
    replay.keyboard.press("End")
    for i, button in enumerate(replay.locator(".canvas-words button").all()):
        assert run["start"]["words"][str(run["steps"][-1]["canvas"][i])][0] in button.inner_text()
    replay.keyboard.press("Home")
    expect(player).to_have_attribute("data-view", "0")
    expect(replay.get_by_role("button", name="Continue")).to_be_hidden()
    replay.locator("#replay-dark").click()
    dark(replay)
    assert not axe(replay)
    replay.get_by_label("Speed, steps a second").select_option("30")
    replay.get_by_role("button", name="Play").click()
    expect(player).to_have_attribute("data-view", str(len(run["steps"])))

    page.locator("#diffusion-player .take-file").set_input_files(
        {"name": "run.json", "mimeType": "application/json", "buffer": json.dumps(run).encode()}
    )
    expect(area.locator(".canvas-what")).to_contain_text("opened from a file")
    page.locator("#diffusion-player .take-file").set_input_files(
        {
            "name": "bad.json",
            "mimeType": "application/json",
            "buffer": b'{"version": 1, "kind": "decode"}',
        }
    )
    expect(area.locator(".canvas-problem")).to_contain_text("This file could not be opened")
    assert area.locator(".canvas-words button").count() == len(run["start"]["canvas"])


def test_hostile_words_are_words_in_the_replay(offline):
    from playground.pages.diffusion import files as diffusion
    from playground.pages.generate import files as generate

    for text in (
        generate.replay_page(hostile_text_run(), []),
        diffusion.replay_page(hostile_unmask_run()),
    ):
        page = offline(text)
        line = page.locator("[role=slider]").first
        line.focus()
        for key in ("End", "Home", "ArrowRight", "ArrowRight", "ArrowRight"):
            page.keyboard.press(key)
        expect(page.locator("#replay")).to_contain_text("<script>alert(1)</script>")
        assert page.locator("#replay img, #replay script").count() == 0
        fits(page)


def test_every_page_shows_its_link_as_a_code_that_a_camera_reads(page, open_page):
    open_page("generate")
    page.locator("#generator .prose-token").first.wait_for()
    unfold(page)
    dialog = page.get_by_role("dialog", name="This page as a QR code")
    for slug in ("generate", "escape", "chains", "diffusion", "lessons"):
        page.locator(f"#pages [role=tab][data-tab-id={slug}]").click()
        opener = page.locator("button:text-is('QR code'):visible").first
        keeper = opener  # of the focus
        if slug == "lessons":  # the button stands in a menu, which closes
            keeper = page.locator("#lesson-stage").get_by_role("button", name="More")
            keeper.click()
        opener.click()
        dialog.locator("svg").wait_for()
        shot = Image.open(io.BytesIO(dialog.locator("svg").screenshot()))
        assert min(shot.size) > 400  # large enough for a projector
        found = zxingcpp.read_barcodes(shot, formats=zxingcpp.BarcodeFormat.QRCode)
        assert [code.text for code in found] == [dialog.locator("a").inner_text()] == [page.url]
        assert f"tab={slug}" in page.url
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        expect(keeper).to_be_focused()
    keeper.click()
    opener.click()
    dialog.locator("svg").wait_for()
    assert not axe(page, "dialog")
    dark(page)
    assert not axe(page, "dialog")
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()
