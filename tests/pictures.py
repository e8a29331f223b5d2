"""Makes the README's pictures from the real app: `python tests/pictures.py`. Needs a Chromium."""

from __future__ import annotations

import shutil
import sys
from io import BytesIO
from pathlib import Path

from importlinter.api import read_configuration

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
FOLDER = ROOT / "assets" / "pictures"
# page: (what must be on it before the picture is taken, height)
PAGES = {
    "generate": ("#generator .bar .final-bar, .bar .final-bar", 980),
    "escape": ("#escape-calculator .escape-sentence b >> nth=0", 900),
    "chains": ("#pages .widget svg", 900),
    "diffusion": (".canvas-words button", 980),
    "compare": ("#pages .widget", 900),
    "lessons": ("#lesson-stage .bar.tap", 800),
}


# place: (column, row, width in columns, what it is)
PACKAGES = {
    "pages": (
        0,
        0,
        6,
        "one a tab: what the visitor sees and touches; they may import everything below",
    ),
    "widgets": (0, 1, 2, "draw records in the browser"),
    "takeaway": (2, 1, 2, "files, replays, QR codes"),
    "server": (4, 1, 2, "HTTP around the pages"),
    "backend": (0, 2, 2, "models, devices, one engine for all visitors"),
    "decoding": (2, 2, 2, "left to right: rules, search, escape"),
    "diffusion": (4, 2, 2, "everywhere at once: noise, samplers"),
    "metrics": (0, 3, 2, "perplexity, BLEU, ROUGE"),
    "traces": (2, 3, 2, "records of runs: plain data"),
    "markov": (4, 3, 2, "chains, HMM, n-grams"),
}


def allowed_imports() -> dict[str, set[str]]:
    """Package -> packages that its contract in pyproject.toml does not forbid."""
    contracts = read_configuration(str(ROOT / "pyproject.toml"))["contracts_options"]
    forbidden = {
        source.removeprefix("playground."): set(contract["forbidden_modules"])
        for contract in contracts
        if contract["type"] == "forbidden"
        for source in contract["source_modules"]
        if contract["forbidden_modules"][0].startswith("playground.")
    }
    return {
        name: {other for other in PACKAGES if other != name and f"playground.{other}" not in cut}
        for name, cut in forbidden.items()
    }


def architecture_picture(path: Path) -> None:
    """The packages and who may import whom, as SVG: the arrows are what the contracts of
    pyproject.toml leave."""
    allowed = allowed_imports()

    column, row, high = 150, 112, 62

    def box(name: str) -> tuple[float, float, float]:
        x, y, width, _ = PACKAGES[name]
        return 10 + x * column, 10 + y * row, width * column - 20

    arrows, boxes = [], []
    for package, knows in {**allowed, "pages": {"widgets", "takeaway"}}.items():
        for other in knows & set(PACKAGES) if package in PACKAGES else ():
            (x, y, width), (to_x, to_y, to_width) = box(package), box(other)
            if to_y == y:
                start, end = (x, y + high / 2), (to_x + to_width + 6, y + high / 2)
            else:
                start = (min(max(to_x + to_width / 2, x + 24), x + width - 24), y + high)
                end = (min(max(start[0], to_x + 24), to_x + to_width - 24), to_y - 6)
                start = (start[0] if package == "pages" else (x + width / 2), start[1])
            arrows.append(f'<path d="M{start[0]:.0f} {start[1]:.0f} L{end[0]:.0f} {end[1]:.0f}"/>')
    for name, (_, _, _, what) in PACKAGES.items():
        x, y, width = box(name)
        boxes.append(
            f'<rect x="{x}" y="{y}" width="{width}" height="{high}" rx="6"/><text x="{x + 12}" '
            f'y="{y + 26}" class="name">{name}</text><text x="{x + 12}" '
            f'y="{y + 46}">{what}</text>'
        )
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {6 * column} {3 * row + high + 20}" font-family="Inter, Arial, sans-serif" font-size="12">'
        "<style>rect{fill:#fbfaf7;stroke:#5b6478}.name{font-weight:700;font-size:15px}path{stroke:#0b63ad;stroke-width:1.5;marker-end:url(#tip)}</style>"
        '<rect width="100%" height="100%" style="fill:#fff;stroke:none"/>'
        '<marker id="tip" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 L8 4 L0 8 z" style="fill:#0b63ad;stroke:none;marker-end:none"/></marker>'
        + "".join(arrows)
        + "".join(boxes)
        + "</svg>\n",
        encoding="utf-8",
    )


MOVING = 22  # steps of the moving picture


def moving_picture(page, path: Path) -> None:
    """A GIF of the Generate page writing its recorded text, one picture a step."""
    from PIL import Image

    page.locator("#generator .bar .final-bar").first.wait_for(timeout=60_000)
    frames = []
    time = page.locator("#generator [role=slider][aria-valuemax]").first
    time.focus()
    page.keyboard.press("Home")
    for _ in range(MOVING):
        page.wait_for_timeout(500)  # the bars have arrived
        shot = Image.open(BytesIO(page.screenshot())).convert("RGB")
        frames.append(
            shot.resize((shot.width * 3 // 4, shot.height * 3 // 4), Image.Resampling.LANCZOS)
        )
        page.keyboard.press("ArrowRight")
    palette = frames[MOVING // 2].quantize(colors=64)  # one palette for all: still parts stay still
    frames = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    frames[0].save(
        path,
        save_all=True,
        append_images=frames[1:],
        duration=[500] * (MOVING - 1) + [2500],
        loop=0,
        optimize=True,
    )


def main() -> None:
    from PIL import Image
    from playwright.sync_api import sync_playwright

    from playground.pages import load_pages
    from playground.pages.shell import build_app, launch_settings

    FOLDER.mkdir(exist_ok=True)
    architecture_picture(FOLDER / "architecture.svg")
    there = {page.SLUG for page in load_pages()}
    demo = build_app()
    demo.launch(
        server_name="127.0.0.1",
        prevent_thread_lock=True,
        quiet=True,
        ssr_mode=False,
        run_history=False,
        **launch_settings(),
    )
    demo.shell.warm()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"),
                args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
            )
            for slug, (sign, height) in PAGES.items():
                if slug not in there:
                    continue
                page = browser.new_page(viewport={"width": 1280, "height": height})
                page.goto(f"{demo.local_url}?tab={slug}")
                page.locator(sign).first.wait_for(timeout=60_000)
                page.wait_for_timeout(4000)  # a recorded run is some steps in
                path = FOLDER / f"{slug}.png"
                page.screenshot(path=path)
                Image.open(path).convert("P", palette=Image.Palette.ADAPTIVE, colors=128).save(
                    path, optimize=True
                )
                print(path.name, path.stat().st_size)
                page.close()
            page = browser.new_page(viewport={"width": 1120, "height": 960})
            page.goto(f"{demo.local_url}?tab=generate")
            path = FOLDER / "writing.gif"
            moving_picture(page, path)
            print(path.name, path.stat().st_size)
            browser.close()
    finally:
        demo.close()


if __name__ == "__main__":
    main()
