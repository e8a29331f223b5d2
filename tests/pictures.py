"""Makes the README's pictures from the real app: `python tests/pictures.py`. Needs a Chromium."""

from __future__ import annotations

import shutil
import sys
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
            browser.close()
    finally:
        demo.close()


if __name__ == "__main__":
    main()
