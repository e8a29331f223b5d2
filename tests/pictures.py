"""Makes the README's pictures from the real app: `python tests/pictures.py`. Needs a Chromium."""

from __future__ import annotations

import shutil
import sys
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
FOLDER = ROOT / "assets" / "pictures"
# page: (what must be on it before the picture is taken, height)
PAGES = {
    "generate": ("#generator .bar .final-bar, .bar .final-bar", 980),
    "escape": ("#escape-calculator .escape-figure[data-drawn]", 900),
    "chains": ("#pages .widget svg", 900),
    "diffusion": (".canvas-words button", 980),
    "compare": ("#pages .widget", 900),
    "lessons": ("#lesson-reader h3", 800),
}


MOVING = 22                # steps of the moving picture


def moving_picture(page, path: Path) -> None:
    """A GIF of the Generate page writing its recorded text, one picture a step."""
    from PIL import Image

    page.locator("#generator .bar .final-bar").first.wait_for(timeout=60_000)
    frames = []
    time = page.locator("#generator [role=slider][aria-valuemax]").first
    time.focus()
    page.keyboard.press("Home")
    for _ in range(MOVING):
        page.wait_for_timeout(500)                            # the bars have arrived
        shot = Image.open(BytesIO(page.screenshot())).convert("RGB")
        frames.append(shot.resize((shot.width * 3 // 4, shot.height * 3 // 4), Image.Resampling.LANCZOS))
        page.keyboard.press("ArrowRight")
    palette = frames[MOVING // 2].quantize(colors=64)         # one palette for all: still parts stay still
    frames = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=[500] * (MOVING - 1) + [2500], loop=0, optimize=True)


def main() -> None:
    from PIL import Image
    from playwright.sync_api import sync_playwright

    from playground.pages import load_pages
    from playground.pages.shell import build_app, launch_settings

    FOLDER.mkdir(exist_ok=True)
    there = {page.SLUG for page in load_pages()}
    demo = build_app()
    demo.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, ssr_mode=False, run_history=False, **launch_settings())
    demo.shell.warm()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"])
            for slug, (sign, height) in PAGES.items():
                if slug not in there:
                    continue
                page = browser.new_page(viewport={"width": 1280, "height": height})
                page.goto(f"{demo.local_url}?tab={slug}")
                page.locator(sign).first.wait_for(timeout=60_000)
                page.wait_for_timeout(4000)                   # a recorded run is some steps in
                path = FOLDER / f"{slug}.png"
                page.screenshot(path=path)
                Image.open(path).convert("P", palette=Image.Palette.ADAPTIVE, colors=128).save(path, optimize=True)
                print(path.name, path.stat().st_size)
                page.close()
            page = browser.new_page(viewport={"width": 1120, "height": 960})
            page.goto(f"{demo.local_url}?tab=generate")
            path = FOLDER / "writing.gif"
            moving_picture(page, path)
            print(path.name, path.stat().st_size)
            browser.close()
    finally:
        demo.close()


if __name__ == "__main__":
    main()
