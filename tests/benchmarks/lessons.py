"""How fast a lesson's step is on the screen after its key: `python tests/benchmarks/lessons.py
[--rounds 3]`.

Every lesson is walked through once to warm (the model's figures are computed then), then `rounds`
times by the arrow key; the time from the key to the frame after the new step was drawn is taken in
the page itself. p50 and p95 in milliseconds (goal <= 300).
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.benchmarks.page import free_port

# The watcher sits in the page, so that no time of the program's own protocol is counted.
STEP = """async () => {
  const stage = document.querySelector('#lesson-stage'), kicker = () => stage.querySelector('.stage-kicker').textContent, was = kicker();
  const start = performance.now();
  document.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight', bubbles: true}));
  while (kicker() === was || stage.querySelector('.stage-waits')) await new Promise((done) => setTimeout(done, 1));
  await new Promise(requestAnimationFrame);
  return performance.now() - start;
}"""


def times_of(page, steps: int) -> list[float]:
    page.evaluate("location.hash = '#1'")
    page.wait_for_function(
        "/ 1 /.test(document.querySelector('#lesson-stage .stage-kicker').textContent)"
    )
    return [page.evaluate(STEP) for _ in range(steps - 1)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    from playwright.sync_api import sync_playwright

    from playground.pages.lessons import shelf
    from playground.pages.shell import build_app, launch_settings

    demo = build_app()
    demo.launch(
        server_name="127.0.0.1",
        server_port=free_port(),
        prevent_thread_lock=True,
        quiet=True,
        ssr_mode=False,
        run_history=False,
        **launch_settings(),
    )
    demo.shell.warm()
    times: list[float] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        for slug, lesson in shelf().lessons.items():
            page.goto(f"{demo.local_url}?tab=lessons&lesson={slug}")
            page.wait_for_selector("#lesson-stage .stage-kicker")
            times_of(page, len(lesson.steps))
            for _ in range(rounds):
                times += times_of(page, len(lesson.steps))
        browser.close()
    demo.close()
    times.sort()
    print(
        f"key to the next step: p50 {times[len(times) // 2]:.0f} ms, p95 "
        f"{times[int(len(times) * 0.95)]:.0f} ms of {len(times)} (goal <= 300)"
    )


if __name__ == "__main__":
    main()
