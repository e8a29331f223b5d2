"""How fast the page is, paired within one run: `python tests/benchmarks/page.py [--model
smollm2-135m] [--rounds 5]`.

- seconds from `python app.py` to a page that answers ÷ seconds of a bare `import torch,
  transformers, gradio` + an empty Blocks;
- first token on the screen after Play, p50;
- a moved slider until the bars have changed, p50 and p95, in the browser (the network does not
  run).
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BARE = """
import os
import torch, transformers, gradio
with gradio.Blocks() as demo:
    pass
demo.launch(server_port=int(os.environ["PORT"]), quiet=True)
"""
# The watcher sits in the page: it waits for the next change of the bars, so no time of the test's
# own protocol is counted.
SLIDE = """async (value) => {
  const bars = document.querySelector('#generator [data-part=bars]'), slider = document.querySelector('#generator .chain input[aria-label=temperature]');
  const changed = new Promise(done => { const watcher = new MutationObserver(() => { watcher.disconnect(); done(); });
    watcher.observe(bars, {subtree: true, childList: true, characterData: true, attributes: true}); });
  const start = performance.now();
  slider.value = value; slider.dispatchEvent(new Event('input', {bubbles: true}));
  await changed;
  await new Promise(requestAnimationFrame);
  return performance.now() - start;
}"""
FIRST = """async () => {
  const text = document.querySelector('#generator .gen-text'), app = document.querySelector('#generator .gen');
  const start = performance.now();
  [...document.querySelectorAll('#generator [data-part=acts] button')].find(button => button.textContent == 'New text').click();
  await new Promise(done => { const watcher = new MutationObserver(() => {
      if (app.classList.contains('running') && text.querySelector('.prose-token.on') && !document.querySelector('[data-part=notes]').textContent.includes('A saved example')) {
        watcher.disconnect(); done(); } });
    watcher.observe(text, {subtree: true, childList: true, attributes: true}); });
  return performance.now() - start;
}"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def seconds_to_answer(command: list[str]) -> float:
    port = free_port()
    environment = {
        **os.environ,
        "PORT": str(port),
        "HOST": "127.0.0.1",
        "GRADIO_ANALYTICS_ENABLED": "False",
    }
    start = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
                    if answer.status == 200:
                        return time.perf_counter() - start
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                if process.poll() is not None:
                    raise RuntimeError(f"{command} ended with {process.returncode}") from None
                time.sleep(0.02)
    finally:
        process.terminate()
        process.wait(20)


def page_start(rounds: int) -> None:
    ours, bare = [], []
    for _ in range(rounds):
        bare.append(seconds_to_answer([sys.executable, "-c", BARE]))
        ours.append(seconds_to_answer([sys.executable, "app.py"]))
    ratio = statistics.median(ours) / statistics.median(bare)
    print(
        f"start: app.py {statistics.median(ours):.2f} s, bare {statistics.median(bare):.2f} s, "
        f"ratio {ratio:.2f} (goal <= 1.3)"
    )


def in_the_browser(model: str, rounds: int) -> None:
    from playwright.sync_api import sync_playwright

    sys.path.insert(0, str(ROOT))
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
    demo.shell.backend().causal(model).close()
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(demo.local_url + "?tab=generate&depth=numbers")  # the address alone opens Home
        page.wait_for_selector("#generator .prose-token")
        page.evaluate(
            "document.querySelectorAll('#generator details').forEach(one => one.open = true)"
        )
        page.locator("#generator select[data-part=model]").select_option(model)
        page.locator("#generator").get_by_label("Prompt").fill("Once upon a time")
        page.locator("#generator").get_by_label("Length").fill("24")
        page.locator("#generator").get_by_label("Speed, steps a second").select_option("30")
        page.wait_for_function("document.querySelector('#generator [data-part=progress]').hidden")
        first = []
        for number in range(rounds + 1):
            page.locator("#generator").get_by_label("Prompt").fill(
                f"Once upon a time, {number}"
            )  # a prompt that no cache knows
            first.append(page.evaluate(FIRST))
            page.wait_for_function("!document.querySelector('#generator .gen.running')")
            page.wait_for_timeout(300)
        print(
            f"first token after Play ({model}): p50 {statistics.median(first[1:]):.0f} ms of "
            f"{rounds}"
        )
        button = page.locator("#generator .transport-buttons .main")
        if button.inner_text() == "Pause":
            button.click()
        times = sorted(page.evaluate(SLIDE, 0.3 + 0.02 * number) for number in range(12 * rounds))
        print(
            f"slider to changed bars ({model}): p50 {times[len(times) // 2]:.0f} ms, p95 "
            f"{times[int(len(times) * 0.95)]:.0f} ms of {len(times)} (goal < 100)"
        )
        browser.close()
    demo.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="smollm2-135m")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=["start", "browser"])
    options = parser.parse_args()
    if options.only != "browser":
        page_start(options.rounds)
    if options.only != "start":
        in_the_browser(options.model, options.rounds)


if __name__ == "__main__":
    main()
