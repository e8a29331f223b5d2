"""What the Diffusion page adds to the mathematics, in a real browser: `python
tests/benchmarks/diffusion_page.py [--runs 9] [--model NAME] [--masks 128 --steps 128]
[--long-tasks] [--stop]`.

Prints, of one process on one machine: the time from pressing Run to the first revealed step on the
screen (p50 and worst), the same first step computed without a page, and the ratio of painted to
computed time per step of the whole run (goal at most 1.3). The left-to-right twin, where the canvas
has an opening, is computed in both: a word a step. Painted and computed runs alternate, so that a
busy machine slows both.

--long-tasks counts instead the tasks of the browser's main thread over 50 ms while a run goes on
(PerformanceObserver("longtask")), with the mean time between two screens. --trace says besides how
much of the processor the largest tasks took, and for what: on a busy machine a task is long that
only waited for its turn. --stop presses Stop after the first step, in the middle and near the end,
and prints the time from the press to the end shown on the page, to the screen after it, and to the
end of the run's work on the server (the goal of all: 200 ms)."""

from __future__ import annotations

import argparse
import json
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


# tasks over 50 ms from the press of Run to the second after its end, and the screens of that time
LONG = """() => new Promise(done => {
  const player = document.querySelector('#diffusion-player .canvas-player'), before = player.dataset.run, tasks = [];
  const watch = new PerformanceObserver(list => tasks.push(...list.getEntries().map(one => [one.startTime - begun, one.duration])));
  watch.observe({type: 'longtask'});
  let screens = 0, begun = performance.now(), longest = 0, last = begun;
  const frame = (now) => { screens++; longest = Math.max(longest, now - last); last = now; if (watch) requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
  const look = new MutationObserver(() => {
    if (player.dataset.run === before || player.dataset.state !== 'done') return;
    look.disconnect();
    const end = performance.now() - begun, seen = screens;
    setTimeout(() => { watch.disconnect(); done({tasks, end, screens: seen, longest, steps: +player.dataset.steps}); }, 1000);
  });
  look.observe(player, {attributes: true});
  document.querySelector('#diffusion-run').click();
})"""

# Stop once so many steps are on the screen: milliseconds from the press to the end on the page, and
# to the screen after it
STOP = """(steps) => new Promise(done => {
  const player = document.querySelector('#diffusion-player .canvas-player'), before = player.dataset.run;
  let pressed = 0;
  const look = new MutationObserver(() => {
    if (player.dataset.run === before) return;
    if (!pressed && +player.dataset.steps >= steps) {
      pressed = -1;
      setTimeout(() => { // a task of its own, as a press is
        const at = performance.now(), wall = Date.now();
        pressed = at;
        document.querySelector('#diffusion-player [data-part=stop]').click();
        const shown = performance.now() - at, state = player.dataset.state;
        requestAnimationFrame(() => setTimeout(() =>
          done({shown, screen: performance.now() - at, wall, state, steps: +player.dataset.steps, run: player.dataset.run})));
      });
      look.disconnect();
    }
  });
  look.observe(player, {attributes: true});
  document.querySelector('#diffusion-run').click();
})"""


class Ends:
    """When each run's work ended on the server, by its name: seconds since 1970."""

    def __init__(self) -> None:
        from playground.pages import run

        self.at: dict[str, float] = {}
        remove = run.HANDLES.remove

        def ended(handle):
            remove(handle)
            self.at[handle.name] = time.time()

        run.HANDLES.remove = ended

    def of(self, name: str, seconds: float = 20) -> float:
        begun = time.time()
        while name not in self.at:
            if time.time() - begun > seconds:
                raise SystemExit(f"run {name} did not end on the server")
            time.sleep(0.001)
        return self.at[name]


def long_tasks(browser, page, runs: int, trace: bool) -> None:
    """Prints the tasks over 50 ms of each run."""
    counts = []
    for turn in range(runs):
        if trace:
            browser.start_tracing(page=page, categories=["devtools.timeline", "toplevel"])
        found = page.evaluate(LONG)
        counts.append(len(found["tasks"]))
        listed = ", ".join(f"{length:.0f} ms at {at / 1000:.1f} s" for at, length in found["tasks"])
        print(
            f"run {turn + 1}: {found['steps']} steps in {found['end'] / 1000:.1f} s, "
            f"{len(found['tasks'])} tasks over 50 ms{': ' + listed if listed else ''}; a screen "
            f"each {found['end'] / max(1, found['screens']):.1f} ms, longest wait "
            f"{found['longest']:.0f} ms"
        )
        if trace:
            print_tasks(json.loads(browser.stop_tracing())["traceEvents"])
    print(f"tasks over 50 ms in a run: {counts} (goal 0)")


def print_tasks(events: list[dict], most: int = 5) -> None:
    """The main thread's time on the processor, and its tasks that took most of it, with the parts
    of at least 3 ms."""
    main = {
        (each["pid"], each["tid"])
        for each in events
        if each.get("name") == "thread_name" and each["args"]["name"] == "CrRendererMain"
    }
    whole = [e for e in events if e.get("ph") == "X" and (e["pid"], e["tid"]) in main]
    tasks = sorted(
        (e for e in whole if e["name"].endswith("RunTask")), key=lambda e: -e.get("tdur", 0)
    )
    print(
        f"    {sum(e.get('tdur', 0) for e in tasks) / 1000:.0f} ms on the processor; the largest:"
    )
    for task in tasks[:most]:
        parts = [
            f"{e['name']} {e['tdur'] / 1000:.0f}"
            for e in whole
            if e is not task
            and task["ts"] <= e["ts"] < task["ts"] + task["dur"]
            and e.get("tdur", 0) >= 3000
        ]
        print(f"    {task['tdur'] / 1000:4.0f} ms of {task['dur'] / 1000:.0f}: {', '.join(parts)}")


def stops(page, runs: int, steps: int) -> None:
    """Prints how soon Stop answers at several moments of a run."""
    ends = Ends()
    worst = 0.0
    for name, at in (("first step", 1), ("middle", steps // 2), ("near the end", steps - 6)):
        shown, screen, server, seen = [], [], [], []
        for _ in range(runs):
            found = page.evaluate(STOP, max(1, at))
            if found["state"] != "stopped":
                raise SystemExit(f"the page did not say that it stopped, but {found['state']}")
            shown.append(found["shown"])
            screen.append(found["screen"])
            server.append(1000 * ends.of(found["run"]) - found["wall"])
            seen.append(found["steps"])
        worst = max(worst, *screen, *server)
        print(
            f"Stop at the {name} ({min(seen)} to {max(seen)} steps on view): end shown p50 "
            f"{statistics.median(shown):.0f} ms, on the screen p50 "
            f"{statistics.median(screen):.0f}, worst {max(screen):.0f} ms; the server's work "
            f"ended p50 {statistics.median(server):.0f}, worst {max(server):.0f} ms"
        )
    print(f"worst of all: {worst:.0f} ms (goal at most 200)")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=9)
    options.add_argument("--steps", type=int, default=16)
    options.add_argument("--model", default="fairy-diffusion")
    options.add_argument(
        "--masks", type=int, help="a canvas of masks alone; without it the page's first one"
    )
    options.add_argument("--long-tasks", action="store_true")
    options.add_argument(
        "--trace", action="store_true", help="with --long-tasks: where they come from"
    )
    options.add_argument("--stop", action="store_true")
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
        if asked.long_tasks or asked.stop:
            page.evaluate(WATCH, asked.steps)  # what is made once, the weights among it
            if asked.long_tasks:
                long_tasks(browser, page, asked.runs, asked.trace)
            if asked.stop:
                stops(page, asked.runs, asked.steps)
            browser.close()
            demo.close()
            return
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
        f"first revealed step after Run: p50 {1000 * statistics.median(first_painted):.0f} ms, "
        f"worst {1000 * max(first_painted):.0f} ms (computed alone: p50 "
        f"{1000 * statistics.median(first_computed):.0f} ms)"
    )
    print(
        f"per step, painted / computed: p50 {statistics.median(ratios):.2f}, worst "
        f"{max(ratios):.2f} (goal at most 1.3)"
    )


if __name__ == "__main__":
    main()
