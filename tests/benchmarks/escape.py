"""Figures of the Escape page, in one run: `python tests/benchmarks/escape.py [--model fairy-causal] [--no-browser]`.

- redraw after a slider move in a real browser, p50 and p95 (ms), from the input event to the painted answer, and its parts;
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
  const view = document.querySelector('#escape-calculator'), moves = [];
  performance.setResourceTimingBufferSize(5000);
  for (const value of values) {
    const asked = performance.getEntriesByType('resource').length, start = performance.now();
    const drew = new Promise(done => view.addEventListener('playground:drawn', () => done(performance.now()), {once: true}));
    slider.value = value; slider.dispatchEvent(new Event('input', {bubbles: true}));
    const drawn = await drew;                                // when the script has drawn the answer
    await new Promise(done => requestAnimationFrame(() => setTimeout(done)));        // ... and when it is on the screen
    const end = performance.now(), request = performance.getEntriesByType('resource').slice(asked).find(e => e.name.includes('component_server'));
    moves.push({all: end - start, server: request ? request.responseEnd - request.startTime : 0, painted: end - drawn, script: request ? drawn - request.responseEnd : 0});
  }
  return moves;
}"""


def redraw(moves: int) -> list[dict]:
    """Milliseconds of each move of a slider: all, and how much of it waited for the server, drew (script), painted."""
    from playwright.sync_api import sync_playwright

    from playground.pages.shell import build_app, launch_settings

    demo = build_app()
    demo.launch(
        server_name="127.0.0.1",
        prevent_thread_lock=True,
        quiet=True,
        ssr_mode=False,
        run_history=False,
        **launch_settings(),
    )
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path="/usr/bin/chromium",
                args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
            )
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(demo.local_url + "?tab=escape")
            page.locator("#escape-calculator .escape-sentence b").first.wait_for(timeout=60_000)
            page.wait_for_timeout(2000)
            values = [2 + 0.05 * (1 + i) for i in range(moves)]
            found = page.evaluate(MOVES, {"label": "barrier ΔE", "values": values})
            browser.close()
            return found
    finally:
        demo.close()


def experiment(
    name: str, prompt: str, rounds: int, runs: int = 32, length: int = 32
) -> list[float]:
    from playground.backend import get_backend
    from playground.decoding import DecodingSettings, generate
    from playground.decoding.experiment import escape_experiment, find_cycle
    from playground.decoding.together import Together

    model = get_backend().causal(name)
    together = Together([get_backend().causal(name) for _ in range(runs)])
    cycle = find_cycle(model, model.encode(prompt), 220)
    if cycle is None:
        raise SystemExit(f"{name} does not loop from {prompt!r}: name another prompt")
    conditions = [DecodingSettings(temperature=0.9, top_p=0.9)]
    ratios = []
    for _ in range(rounds):
        start = time.perf_counter()
        progress = [*escape_experiment(together, cycle, conditions, runs, length, follow=True)][-1]
        many = time.perf_counter() - start
        start = time.perf_counter()
        for step in generate(
            model,
            cycle.ids,
            DecodingSettings(temperature=0.9, top_p=0.9, max_new_tokens=length),
            ignore_end=True,
        ):
            step.token_id  # noqa: B018
        one = time.perf_counter() - start
        ratios.append(many / one)
        print(
            f"  {runs} runs {many:.2f} s, one run {one:.2f} s, {progress.network_calls} contexts, ratio {many / one:.2f}"
        )
    return ratios


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="fairy-causal")
    parser.add_argument("--prompt", default="the sea, the sea, the sea")
    parser.add_argument("--rounds", type=int, default=5, help="0: the redraw alone")
    parser.add_argument("--moves", type=int, default=60)
    parser.add_argument("--no-browser", action="store_true")
    chosen = parser.parse_args()
    if chosen.rounds:
        ratios = experiment(chosen.model, chosen.prompt, chosen.rounds)
        print(
            f"32 runs ÷ one run, {chosen.model}: median {statistics.median(ratios):.2f} (goal ≤ 8)"
        )
    if not chosen.no_browser:
        found = redraw(chosen.moves)
        parts = {
            "all": "redraw after a slider move (goal p95 ≤ 80)",
            "server": "  of it the request",
            "script": "  of it the script",
            "painted": "  of it painting",
        }
        for part, says in parts.items():
            times = sorted(move[part] for move in found)
            print(
                f"{says}: p50 {times[len(times) // 2]:.0f} ms, p95 {times[int(0.95 * len(times))]:.0f} ms"
            )


if __name__ == "__main__":
    main()
