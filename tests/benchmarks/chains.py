"""The Chains page in a real browser: an edited cell until every figure is redrawn (p95, goal 60 ms
with 8 states), and whether the walker keeps 20 steps a second.

    python tests/benchmarks/chains.py [--edits 60] [--seconds 10] [--states 2,8]
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

# From the keystroke to the frame after the redraw, all on the page's own clock.
EDIT = """async ([from, to]) => {
  const widget = document.querySelector('#chain-walk');
  const cells = [from, to].map(label => widget.querySelector(`input[aria-label="${label}"]`));
  const before = cells.map(cell => +cell.value), moved = Math.max(0.01, Math.round(100 * Math.random() * (before[0] + before[1])) / 100 - .01);
  const type = (cell, value) => { cell.value = String(+value.toFixed(6)); cell.dispatchEvent(new Event('input', {bubbles: true})); };
  type(cells[0], moved);                                        // the row is bad now: nothing is asked
  const drawn = new Promise((done, failed) => {
    setTimeout(() => failed(new Error('no redraw within 20 s')), 20000);
    widget.addEventListener('playground:drawn', done, {once: true});
  });
  const frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  const start = performance.now();
  await frame();                                                // its pair: a frame in which nothing was edited
  const idle = performance.now() - start, begun = performance.now();
  type(cells[1], before[0] + before[1] - moved);                // good again: this is the edit that counts
  await drawn;
  await frame();
  return [performance.now() - begun, idle];
}"""
WALK = """async seconds => {
  const words = document.querySelector('#chain-walk .transport-words'), step = () => +words.textContent.match(/step (\\d+)/)[1];
  const times = [performance.now()], first = step(); let last = first;
  const seen = new MutationObserver(() => { const now = step(); if (now !== last) { last = now; times.push(performance.now()); } });
  seen.observe(words, {subtree: true, childList: true, characterData: true});
  await new Promise(done => setTimeout(done, 1000 * seconds));
  seen.disconnect();
  const gaps = times.slice(2).map((t, i) => t - times[i + 1]).sort((a, b) => a - b);
  return {steps: last - first, seconds: (times[times.length - 1] - times[1]) / 1000, median: gaps[gaps.length >> 1], p95: gaps[Math.floor(gaps.length * .95)]};
}"""


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def launch():
    """The app with the Chains page alone: what is measured is this page."""
    import gradio as gr

    from playground.pages import chains
    from playground.pages.shell import Shell, launch_settings

    with gr.Blocks(analytics_enabled=False, fill_width=True) as demo:
        with gr.Tabs(elem_id="pages"), gr.Tab(chains.TITLE, id=chains.SLUG):
            chains.build(Shell(demo))
    demo.queue(default_concurrency_limit=32, max_size=256)
    demo.launch(
        prevent_thread_lock=True, quiet=True, ssr_mode=False, run_history=False, **launch_settings()
    )
    return demo


def chain_of(states: int) -> tuple[list[str], list[list[float]]]:
    """Entries of two decimals, so that what a cell shows is what it holds."""
    others = int(50 / (states - 1)) / 100
    rows = [[others] * states for _ in range(states)]
    for i, row in enumerate(rows):
        row[i] = round(1 - others * (states - 1), 2)
    return [f"s{i}" for i in range(states)], rows


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--edits", type=int, default=60)
    arguments.add_argument("--seconds", type=float, default=10)
    arguments.add_argument("--states", default="2,8")
    wish = arguments.parse_args()
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    from urllib.parse import urlencode

    from playwright.sync_api import sync_playwright

    demo, report = launch(), {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-gpu"],
        )
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        for states in (int(count) for count in wish.states.split(",")):
            names, rows = chain_of(states)
            state = json.dumps({"states": names, "transition": rows, "preset": ""})
            page.goto(
                f"{demo.local_url}?{urlencode({'tab': 'chains', 'view': 'walk', 'state': state})}"
            )
            page.locator(f"#chain-walk .graph[aria-label*='{states} states']").wait_for()
            page.locator(
                '#chain-walk input[aria-label="Probability of going from s0 to s0"]'
            ).wait_for()
            labels = [
                f"Probability of going from s{row} to s{column}" for row, column in ((0, 0), (0, 1))
            ]
            pairs = [page.evaluate(EDIT, labels) for _ in range(wish.edits + 5)][5:]
            taken, idle = [edit for edit, _ in pairs], [frame for _, frame in pairs]
            report[f"edit_{states}_states_ms"] = {
                "median": round(percentile(taken, 0.5), 1),
                "p95": round(percentile(taken, 0.95), 1),
                "most": round(max(taken), 1),
                "edits": len(taken),
                "p95_of_a_frame_without_an_edit": round(percentile(idle, 0.95), 1),
            }
        page.locator("#chain-walk").get_by_label("Speed, steps a second").select_option("20")
        page.locator("#chain-walk .transport").get_by_role(
            "button", name="Play", exact=True
        ).click()
        walked = page.evaluate(WALK, wish.seconds)
        report["walker_at_20_a_second"] = {
            "steps_a_second": round((walked["steps"] - 1) / walked["seconds"], 2),
            "median_gap_ms": round(walked["median"], 1),
            "p95_gap_ms": round(walked["p95"], 1),
        }
        browser.close()
    demo.close()
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
