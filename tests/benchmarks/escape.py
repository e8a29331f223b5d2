"""Figures of the Escape page, in one run: `python tests/benchmarks/escape.py [--model fairy-causal]
[--no-browser]`.

- the dot dragged along the curve in a real browser, p50 and p95 (ms), from the pointer event to the
  painted curve (goal p95 50), and the same for top-p, which moves the curve itself; both without a
  request;
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

# Each move waits for the drawing of the last one; the loop goes on playing meanwhile, as it does
# for a visitor.
DRAG = """async ({moves, slide}) => {
  const view = document.querySelector('#escape-calculator'), plot = view.querySelector('.escape-figure .axes-svg');
  const slider = view.querySelector('input[aria-label="top-p"]'), box = plot.getBoundingClientRect(), times = [];
  performance.setResourceTimingBufferSize(5000);
  const asked = performance.getEntriesByType('resource').length;
  const point = (kind, share) => plot.dispatchEvent(new PointerEvent(kind, {pointerId: 1, button: 0, bubbles: true,
    clientX: box.left + share * box.width, clientY: box.top + box.height / 2}));
  plot.setPointerCapture = () => {};                            // no real pointer holds it
  if (!slide) point('pointerdown', 0.2);
  const frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  for (let i = 0; i < moves; i++) {
    const before = performance.now();
    await frame();                                              // its pair: a frame in which nothing was moved
    const idle = performance.now() - before;
    const drew = new Promise(done => view.addEventListener('playground:drawn', () => done(performance.now()), {once: true}));
    const begun = performance.now();
    if (slide) { slider.value = 0.6 + 0.005 * (i % 70); slider.dispatchEvent(new Event('input', {bubbles: true})); }
    else point('pointermove', 0.2 + 0.7 * (i + 1) / moves);
    const drawn = await drew;
    await frame();
    times.push({all: performance.now() - begun, script: drawn - begun, idle});
  }
  if (!slide) point('pointerup', 0.9);
  return {times, requests: performance.getEntriesByType('resource').slice(asked).filter(e => e.name.includes('component_server')).length};
}"""


def redraw(moves: int) -> dict[str, dict]:
    """Milliseconds of each move (all, and until the script had drawn), of the dot on the curve and
    of top-p, and the requests made."""
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
            found = {
                name: page.evaluate(DRAG, {"moves": moves, "slide": slide})
                for name, slide in (("T dragged on the curve", False), ("top-p moved", True))
            }
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
            f"  {runs} runs {many:.2f} s, one run {one:.2f} s, {progress.network_calls} contexts, "
            f"ratio {many / one:.2f}"
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
        for name, measured in found.items():
            for part, says in (
                ("all", "painted"),
                ("script", "drawn"),
                ("idle", "a frame without a move"),
            ):
                times = sorted(move[part] for move in measured["times"])
                print(
                    f"{name}, {says}: p50 {times[len(times) // 2]:.0f} ms, p95 "
                    f"{times[int(0.95 * len(times))]:.0f} "
                    f"ms{' (goal p95 50)' if part == 'all' else ''}"
                )
            print(f"{name}: {measured['requests']} requests (goal 0)")


if __name__ == "__main__":
    main()
