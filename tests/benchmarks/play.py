"""How smoothly Home and Generate are played, in one browser on the app beside it: `python
tests/benchmarks/play.py [--rounds 20]`.

Paired within one run wherever it is a ratio:

- Home: the first drawn tile ÷ a bare Gradio page's first contentful paint, in a fresh browser
  without a cache (median of the pairs, goal 2.0);
- Home: the request of a drop, milliseconds from the question to the answer (p95, goal 150), and its
  share of the time that the ball takes to roll and fall, during which it has to be there;
- Generate: a moved slider to changed tiles, milliseconds (p95, goal 80);
- Generate: tasks over 50 ms while the bars pass the gates and the ball falls (goal 0), and frames
  that came late.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmarks.first_frame import BARE, PAINT, free_port, visit, wait_for  # noqa: E402

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
BALL = 950 + 560  # milliseconds that the ball rolls and falls, playground/web/charts/ball.js
ANSWERS = """() => performance.getEntriesByType('resource').filter(one => one.name.includes('component_server'))
  .map(one => one.duration)"""
# The watchers sit in the page: no time of the test's own protocol is counted.
SLIDE = """async (value) => {
  const strip = document.querySelector('#generator .tiles-strip'), heat = document.querySelector('#generator [data-part=heat]');
  const changed = new Promise(done => { const watcher = new MutationObserver(() => { watcher.disconnect(); done(); });
    watcher.observe(strip, {subtree: true, childList: true, attributes: true, attributeFilter: ['style']}); });
  const start = performance.now();
  heat.value = value; heat.dispatchEvent(new Event('input', {bubbles: true}));
  await changed;
  await new Promise(requestAnimationFrame);
  return performance.now() - start;
}"""
GATES = """async () => {
  const long = [], frames = [];
  const watcher = new PerformanceObserver(list => long.push(...list.getEntries().map(one => one.duration)));
  watcher.observe({type: 'longtask'});
  let last = performance.now(), going = true;
  const frame = (now) => { frames.push(now - last); last = now; if (going) requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
  [...document.querySelectorAll('#generator .transport-buttons button')].find(one => one.textContent == 'Step').click();
  await new Promise(done => { const look = () => document.querySelector('#generator .prose-token.coming') ? requestAnimationFrame(look) : done();
    requestAnimationFrame(look); });
  going = false;
  watcher.disconnect();
  return {long, frames: frames.slice(1)};
}"""


def p95(values: list[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(0.95 * len(values)))]


def first_tile(launch: Any, ours: str, bare: str, rounds: int) -> None:
    ratios, times = [], []
    for number in range(rounds):
        both: dict[str, float] = {}
        pair = [("ours", ours, "() => window.first_frame"), ("bare", bare, PAINT)]
        for name, address, ready in pair if number % 2 else reversed(pair):
            browser = launch()
            both[name] = visit(browser, address, ready)[0]
            browser.close()
        times.append(both["ours"])
        ratios.append(both["ours"] / both["bare"])
    print(
        f"first drawn tile: {statistics.median(times):.0f} ms, ÷ bare first paint "
        f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f} of {rounds} "
        "pairs; goal 2.0)"
    )


def drops(browser: Browser, address: str, rounds: int) -> None:
    """Each game asks anew: every drop's request for the step behind it."""
    page = browser.new_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    page.goto(address)
    page.locator(".home .tile").first.wait_for()
    times: list[float] = []
    button = page.locator(".home .home-drop")
    for _ in range(rounds):
        for word in range(6):
            button.click()
            page.wait_for_function(f"document.querySelectorAll('.home-word').length == {word + 1}")
        times += page.evaluate(ANSWERS)
        page.evaluate("performance.clearResourceTimings()")
        button.click()  # another game
        page.wait_for_function("document.querySelectorAll('.home-word').length == 0")
    print(
        f"request of a drop: p50 {statistics.median(times):.0f} ms, p95 {p95(times):.0f} ms of "
        f"{len(times)} (goal 150); p95 ÷ the ball's {BALL} ms: {p95(times) / BALL:.2f}"
    )
    page.close()


def generate_page(browser: Browser, address: str, depth: str) -> Page:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(f"{address}?tab=generate&depth={depth}")
    page.locator("#generator .prose-token").nth(5).wait_for()
    page.wait_for_function("document.querySelector('#generator [data-part=progress]').hidden")
    page.locator("#generator .transport-buttons .main").click()
    page.locator("#generator .prose-token").first.click()
    return page


def slides(browser: Browser, address: str, rounds: int) -> None:
    page = generate_page(browser, address, "simple")
    times = [page.evaluate(SLIDE, 0.3 + 0.05 * (number % 30)) for number in range(6 * rounds)]
    print(
        f"slider to changed tiles: p50 {statistics.median(times):.0f} ms, p95 {p95(times):.0f} ms "
        f"of {len(times)} (goal 80)"
    )
    page.close()


def gates(browser: Browser, address: str, rounds: int) -> None:
    page = generate_page(browser, address, "rules")
    seen = [page.evaluate(GATES) for _ in range(min(rounds, 40))]
    long = [one for step in seen for one in step["long"]]
    frames = [one for step in seen for one in step["frames"]]
    late = sum(one > 25 for one in frames)
    print(
        f"bars through the gates, {len(seen)} steps: {len(long)} tasks over 50 ms (goal 0), "
        f"longest {max(long, default=0):.0f} ms; {len(frames)} frames, p50 "
        f"{statistics.median(frames):.1f} ms, later than 25 ms: {late / len(frames):.1%}"
    )
    page.close()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--only", choices=["first", "drop", "slide", "gates"])
    options = parser.parse_args()
    servers, addresses = [], []
    for command in ([sys.executable, "app.py"], [sys.executable, "-c", BARE]):
        port = free_port()
        environment = {**os.environ, "PORT": str(port), "GRADIO_ANALYTICS_ENABLED": "False"}
        servers.append(
            subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )
        addresses.append(f"http://127.0.0.1:{port}/")
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    try:
        for address in addresses:
            wait_for(address)
        with sync_playwright() as playwright:

            def launch() -> Browser:
                return playwright.chromium.launch(executable_path=path, args=FLAGS)

            if options.only in (None, "first"):
                first_tile(launch, *addresses, min(options.rounds, 15))
            for name, measure in (("drop", drops), ("slide", slides), ("gates", gates)):
                if options.only in (None, name):
                    browser = launch()
                    measure(browser, addresses[0], options.rounds)
                    browser.close()
    finally:
        for server in servers:
            server.terminate()


if __name__ == "__main__":
    main()
