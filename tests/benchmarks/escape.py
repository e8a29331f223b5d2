"""Figures of the Escape page, in one run: `python tests/benchmarks/escape.py [--model fairy-causal] [--no-browser]`.

- redraw after a slider move in a real browser, p50 and p95 (ms), from the input event to the painted answer;
- the 32-run experiment ÷ one plain run of the same length from the same text, rounds interleaved.
Run it on a machine with nothing else to do.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

MOVES = """async ({label, values}) => {
  const slider = [...document.querySelectorAll('#escape-calculator input[type=range]')].find(s => s.getAttribute('aria-label') === label);
  const plot = document.querySelector('#escape-calculator .escape-figure'), sentence = document.querySelector('#escape-calculator .escape-sentence');
  const times = [];
  for (const value of values) {
    const before = sentence.textContent;
    const painted = new Promise(done => plot.on('plotly_afterplot', done));
    const start = performance.now();
    slider.value = value; slider.dispatchEvent(new Event('input', {bubbles: true}));
    await painted;
    while (sentence.textContent === before) await new Promise(requestAnimationFrame);
    await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
    times.push(performance.now() - start);
    plot.removeAllListeners('plotly_afterplot');
  }
  return times;
}"""


def redraw(moves: int) -> list[float]:
    from playwright.sync_api import sync_playwright

    from playground.pages.shell import build_app, launch_settings

    demo = build_app()
    demo.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, ssr_mode=False, run_history=False, **launch_settings())
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"])
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(demo.local_url + "?tab=escape")
            page.locator("#escape-calculator .escape-figure .main-svg").first.wait_for(timeout=60_000)
            page.wait_for_timeout(2000)
            values = [2 + .05 * (1 + i) for i in range(moves)]
            times = page.evaluate(MOVES, {"label": "barrier ΔE", "values": values})
            browser.close()
            return times
    finally:
        demo.close()


def experiment(name: str, prompt: str, rounds: int, runs: int = 32, length: int = 32) -> list[float]:
    from playground.backend import get_backend
    from playground.decoding import DecodingSettings, generate
    from playground.decoding.experiment import escape_experiment, find_cycle
    from playground.decoding.together import Together

    model = get_backend().causal(name)
    together = Together([get_backend().causal(name) for _ in range(runs)])
    cycle = find_cycle(model, model.encode(prompt), 220)
    if cycle is None:
        raise SystemExit(f"{name} does not loop from {prompt!r}: name another prompt")
    conditions = [DecodingSettings(temperature=.9, top_p=.9)]
    ratios = []
    for _ in range(rounds):
        start = time.perf_counter()
        progress = [*escape_experiment(together, cycle, conditions, runs, length, follow=True)][-1]
        many = time.perf_counter() - start
        start = time.perf_counter()
        for step in generate(model, cycle.ids, DecodingSettings(temperature=.9, top_p=.9, max_new_tokens=length), ignore_end=True):
            step.token_id  # noqa: B018
        one = time.perf_counter() - start
        ratios.append(many / one)
        print(f"  {runs} runs {many:.2f} s, one run {one:.2f} s, {progress.network_calls} contexts, ratio {many / one:.2f}")
    return ratios


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="fairy-causal")
    parser.add_argument("--prompt", default="the sea, the sea, the sea")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--moves", type=int, default=60)
    parser.add_argument("--no-browser", action="store_true")
    chosen = parser.parse_args()
    ratios = experiment(chosen.model, chosen.prompt, chosen.rounds)
    print(f"32 runs ÷ one run, {chosen.model}: median {statistics.median(ratios):.2f} (goal ≤ 8)")
    if not chosen.no_browser:
        times = sorted(redraw(chosen.moves))
        print(f"redraw after a slider move: p50 {times[len(times) // 2]:.0f} ms, p95 {times[int(.95 * len(times))]:.0f} ms (goal p95 ≤ 80)")


if __name__ == "__main__":
    main()
