"""The first minute of a cold Space: `python tests/benchmarks/cold_space.py [--rounds 3]`.

Each round starts `app.py` as a Space does (SPACE_ID is set) in a fresh temporary folder: HOME, the
hub's cache, the playground's own cache and the folder for temporary files are in there and empty.
No network: every proxy, the hub and the package index lead to a closed port, so whatever asks for
them fails at once. Then a browser without a cache comes as soon as the page answers. A table:

- seconds from the start of the process to the first byte of the page, the first paint, the first
  tile on Home, and the first token that the model wrote live (a link to Generate, opened once the
  tile is there); and of the last three from their own navigation;
- bytes written to disk: what lies in the temporary folder at the end, and what the process wrote in
  all (/proc/PID/io; it counts bytecode of Python too, where that was not there).

The second round and later ones find the program's files in the machine's memory; the first one
finds there what was used before.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from playwright.sync_api import Page, sync_playwright

from tests.benchmarks.first_frame import PAINT, ROOT, WATCH, free_port

LIVE = "/?tab=generate&model=fairy-causal&prompt=once+upon+a+time&max_new_tokens=8&seed=1"
CLOSED = "http://127.0.0.1:9"  # the port for what is thrown away; nobody listens there
ROWS = {
    "first byte": "s from the start",
    "first paint": "s from the start",
    "first paint ": "s from its navigation",
    "first tile": "s from the start",
    "first tile ": "s from its navigation",
    "first live token": "s from the start",
    "first live token ": "s from its navigation",
    "files left": "MB in the folder",
    "written": "MB by the process",
}


def environment(folder: Path, port: int) -> dict[str, str]:
    """As on a Space, without a network, and with every cache in the folder."""
    for name in ("home", "tmp"):
        (folder / name).mkdir()
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.lower().endswith("_proxy") and not name.startswith(("HF_", "PLAYGROUND_"))
    }
    dead = {name: CLOSED for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")}
    return {
        **kept,
        **dead,
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        "HF_ENDPOINT": CLOSED,
        "PIP_INDEX_URL": CLOSED,
        "SPACE_ID": "somebody/playground",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "HOME": str(folder / "home"),
        "XDG_CACHE_HOME": str(folder / "home" / ".cache"),
        "HF_HOME": str(folder / "hub"),
        "PLAYGROUND_CACHE": str(folder / "playground"),
        "TMPDIR": str(folder / "tmp"),
        "GRADIO_TEMP_DIR": str(folder / "tmp" / "gradio"),
        "GRADIO_ANALYTICS_ENABLED": "False",
    }


def first_byte(port: int, process: subprocess.Popen, seconds: float = 300) -> None:
    """Returns when the first byte of the page's body has come."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"the app ended with {process.returncode} before its page answered")
        with contextlib.suppress(OSError, http.client.HTTPException):
            asked = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            asked.request("GET", "/")
            answer = asked.getresponse()
            if answer.status == 200 and answer.read(1):
                asked.close()
                return
        time.sleep(0.05)
    raise TimeoutError(f"no page within {seconds} s")


def visit(page: Page, began: float, address: str) -> Iterator[tuple[str, float]]:
    """(name, seconds) of what a visitor meets; `began`: when the process was started, on the
    monotonic clock."""
    page.add_init_script(WATCH)
    went = time.monotonic()
    page.goto(address, wait_until="commit")
    page.wait_for_function("() => window.first_frame", timeout=300_000)
    for name, script in (("first paint", PAINT), ("first tile", "() => window.first_frame")):
        took = page.evaluate(script) / 1000
        yield name, went - began + took
        yield name + " ", took
    went = time.monotonic()
    page.goto(address + LIVE, wait_until="commit")
    page.locator("#generator .prose-token").first.wait_for(state="attached", timeout=300_000)
    now = time.monotonic()
    yield "first live token", now - began
    yield "first live token ", now - went


def written_by(process: subprocess.Popen) -> float:
    """MB that the process sent to disk; nan where the system does not say."""
    try:
        text = Path(f"/proc/{process.pid}/io").read_text(encoding="utf-8")
    except OSError:
        return float("nan")
    return int(text.split("write_bytes:")[1].split()[0]) / 1e6


def one_round(chromium: str | None) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="cold-space-") as name, sync_playwright() as playwright:
        folder, port = Path(name), free_port()
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
        surroundings, began = environment(folder, port), time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "app.py"],
            cwd=ROOT,
            env=surroundings,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            first_byte(port, process)
            found = {"first byte": time.monotonic() - began}
            found.update(visit(page, began, f"http://127.0.0.1:{port}"))
            found["written"] = written_by(process)
            found["files left"] = (
                sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
            )
            return found
        finally:
            browser.close()
            process.kill()
            process.wait(30)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    rounds = [one_round(chromium) for _ in range(parser.parse_args().rounds)]
    print(f"| what | | median of {len(rounds)} | lowest to highest |\n|---|---|---|---|")
    for name, unit in ROWS.items():
        values = [found[name] for found in rounds]
        print(
            f"| {name.strip()} | {unit} | {statistics.median(values):.2f} | {min(values):.2f} to "
            f"{max(values):.2f} |"
        )


if __name__ == "__main__":
    main()
