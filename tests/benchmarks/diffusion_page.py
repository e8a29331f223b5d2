"""What the Diffusion page adds to the mathematics, in a real browser: `python tests/benchmarks/diffusion_page.py [--runs 9] [--model NAME] [--masks 128 --steps 128]`.

Prints, of one process on one machine: the time from pressing Run to the first revealed step on the screen (p50 and worst), the
same first step computed without a page, and the ratio of painted to computed time per step of the whole run (goal at most 1.3).
The left-to-right twin, where the canvas has an
opening, is computed in both: a word a step. Painted and computed runs alternate, so that a busy machine slows both."""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

# when the frame after a step was painted, counted from the press of the button
WATCH = """(steps) => new Promise(done => {
  const player = document.querySelector('#diffusion-player .canvas-player'), before = player.dataset.run, times = [];
  let begun = performance.now();
  const look = new MutationObserver(() => {
    if (player.dataset.run === before) return;
    const now = performance.now() - begun, seen = +player.dataset.steps;
    while (times.length < seen) times.push(now);
    if (seen >= 1 && player.dataset.state === 'done') { look.disconnect(); requestAnimationFrame(() => done({times, end: performance.now() - begun})); }
  });
  look.observe(player, {attributes: true});
  document.querySelector('#diffusion-run').click();
})"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=9)
    options.add_argument("--steps", type=int, default=16)
    options.add_argument("--model", default="fairy-diffusion")
    options.add_argument(
        "--masks", type=int, help="a canvas of masks alone; without it the page's first one"
    )
    asked = options.parse_args()
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    from playwright.sync_api import sync_playwright

    from playground.pages.diffusion import models
    from playground.pages.diffusion.canvas import read_canvas
    from playground.pages.diffusion.controls import LINK, settings_of
    from playground.pages.diffusion.runs import Side
    from playground.pages.diffusion.twin import LeftToRight
    from playground.pages.shell import build_app, launch_settings

    demo = build_app()
    demo.launch(prevent_thread_lock=True, quiet=True, ssr_mode=False, **launch_settings())
    demo.shell.warm()
    text = f"[MASK]*{asked.masks}" if asked.masks else models.default_canvas(asked.model)
    values = {**LINK.defaults(), "model": asked.model, "canvas": text, "steps": asked.steps}
    denoiser = models.get_denoiser(asked.model, demo.shell.backend)
    browser_path = (
        os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    )
    first_painted, first_computed, ratios = [], [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_path,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(
            demo.local_url
            + "?"
            + LINK.encode({key: values[key] for key in ("model", "canvas", "steps")}).removeprefix(
                "?"
            )
        )
        page.locator("#diffusion-player .canvas-player").wait_for()
        page.wait_for_load_state("networkidle")
        for turn in range(asked.runs + 1):
            begun = time.perf_counter()
            side = Side(asked.model, denoiser, read_canvas(text, denoiser), settings_of(values))
            twin = iter(LeftToRight(side, demo.shell.backend))
            stamps = []
            for step in side.steps():
                side.frame(step)
                stamps.append(time.perf_counter() - begun)
                next(twin, None)
            painted = page.evaluate(WATCH, asked.steps)
            if turn == 0:
                continue  # the first pair pays for what is made once
            first_painted.append(painted["times"][0] / 1000)
            first_computed.append(stamps[0])
            # from the first step on: what comes before it is the first figure
            ratios.append(
                (painted["times"][-1] - painted["times"][0]) / 1000 / (stamps[-1] - stamps[0])
            )
        browser.close()
    demo.close()
    words = len(denoiser.decode(list(read_canvas(text, denoiser).ids)).split())
    print(f"model {asked.model}, {words} words, {asked.steps} steps, {asked.runs} paired runs")
    print(
        f"first revealed step after Run: p50 {1000 * statistics.median(first_painted):.0f} ms, worst {1000 * max(first_painted):.0f} ms "
        f"(computed alone: p50 {1000 * statistics.median(first_computed):.0f} ms)"
    )
    print(
        f"per step, painted / computed: p50 {statistics.median(ratios):.2f}, worst {max(ratios):.2f} (goal at most 1.3)"
    )


if __name__ == "__main__":
    main()
