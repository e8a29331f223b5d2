"""How soon the home page moves, on a cold browser, and how much it weighs: `python
tests/benchmarks/first_frame.py [--rounds 5]`.

- milliseconds from the navigation to the first frame with a tile on the home page ÷ a bare Gradio
  page's first contentful paint, paired within one run, each round in a fresh browser context
  without a cache;
- bytes of the page beyond those of the bare one: as they travel, and unpacked; Plotly apart (it is
  fetched with the first plot).
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

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
BARE = """
import os, gradio
with gradio.Blocks(analytics_enabled=False) as demo:
    gradio.Markdown("A page with a line of text.")
demo.launch(server_port=int(os.environ["PORT"]), quiet=True, ssr_mode=False, run_history=False)
"""
# The watcher stands in the page before anything of it: it notes when the first tile has been drawn.
WATCH = """new MutationObserver((_, watcher) => {
  if (document.querySelector('.home .tile')) { watcher.disconnect(); requestAnimationFrame(() => { window.first_frame = performance.now(); }); }
}).observe(document, {subtree: true, childList: true, attributes: true, attributeFilter: ['class']});"""
PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
SIZES = """() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
  .filter(one => !one.name.includes('plotly')).map(one => [one.transferSize, one.decodedBodySize])"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(address: str, seconds: float = 180) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(address, timeout=30):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise TimeoutError(f"{address} did not answer within {seconds} s")


def visit(browser: Browser, address: str, ready: str) -> tuple[float, int, int]:
    """(milliseconds, bytes on the way, bytes unpacked) of one visit without a cache."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(address, wait_until="commit")
    page.wait_for_function(ready, timeout=120_000)
    took = page.evaluate(f"() => window.first_frame ?? ({PAINT})()")
    page.wait_for_load_state("networkidle")
    sizes = page.evaluate(SIZES)
    context.close()
    return took, sum(one[0] for one in sizes), sum(one[1] for one in sizes)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    servers, addresses = [], []
    for command in ([sys.executable, "app.py"], [sys.executable, "-c", BARE]):
        port = free_port()
        servers.append(
            subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, "PORT": str(port), "GRADIO_ANALYTICS_ENABLED": "False"},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )
        addresses.append(f"http://127.0.0.1:{port}/")
    try:
        for address in addresses:
            wait_for(address)
        path = os.environ.get("CHROMIUM") or shutil.which("chromium")
        ours, bare = [], []
        with sync_playwright() as playwright:
            for _ in range(rounds):
                for found, address, ready in (
                    (ours, addresses[0], "() => window.first_frame"),
                    (bare, addresses[1], PAINT),
                ):
                    browser = playwright.chromium.launch(
                        executable_path=path,
                        args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
                    )
                    found.append(visit(browser, address, ready))
                    browser.close()
        ratios = sorted(one[0] / other[0] for one, other in zip(ours, bare, strict=True))
        print(
            f"first frame {statistics.median(one[0] for one in ours):.0f} ms, bare page's first "
            f"paint {statistics.median(one[0] for one in bare):.0f} ms, ratio "
            f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}; goal 1.5)"
        )
        for name, at in (("on the way", 1), ("unpacked", 2)):
            more = statistics.median(one[at] for one in ours) - statistics.median(
                one[at] for one in bare
            )
            print(f"weight beyond Gradio's own, {name}: {more / 1e6:.2f} MB (goal 1.5)")
    finally:
        for server in servers:
            server.terminate()


if __name__ == "__main__":
    main()
