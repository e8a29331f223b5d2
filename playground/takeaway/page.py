"""One HTML file that plays a trace again without a network: the same player, its script and style,
the fonts, the data, nothing else.

The player's code is the one of the app: a view of playground/web, whose modules stand in an import
map as data: addresses. Data goes into the file as JSON without a "<", so no token can end the
script it stands in; the file's own policy lets nothing run but the scripts written here and those
modules.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Mapping
from typing import Any

from playground.takeaway.look import ASSETS, FONTS
from playground.web import bare, shipped
from playground.widgets.widget import Widget, constant

NAMES = {"sans": "Inter", "serif": "Source Serif 4", "mono": "JetBrains Mono"}


def to_page(
    widget: type[Widget],
    title: str,
    note: str,
    value: Any = None,
    constants: Any = None,
    answers: Mapping[str, Any] | None = None,
    props: Mapping[str, Any] | None = None,
) -> str:
    """The file's text.

    `value` is what the widget shows (its `props.value`), `props` its other properties, `constants`
    its constants; `answers` says what its questions to the server get here (function's name ->
    plain data); every other question gets {"error": a sentence}."""
    scripts = _scripts(widget)
    data = constant(
        {
            "value": json.dumps(value) if widget.STREAMED and value is not None else value,
            "props": props or {},
            "constants": constants,
            "answers": answers or {},
        }
    )
    allowed = " ".join(
        [*(_digest(text) for _, text in scripts), *(["data:"] if widget.MODULE else [])]
    )
    policy = f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; font-src data:; img-src data: blob:; base-uri 'none'; form-action 'none'"
    for text in (*(text for _, text in scripts), widget.STYLE, widget.TEMPLATE):
        if "</script" in text.lower() or "</style" in text.lower():
            raise ValueError(
                f"{widget.__name__} holds a closing tag that would end its own script or style"
            )
    elements = "\n".join(f"<script{kind}>{text}</script>" for kind, text in scripts)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{html.escape(title)}</title>
<style>
{_faces()}
{(ASSETS / "style.css").read_text(encoding="utf-8")}
{_REPLAY_STYLE}
#replay {{
{widget.STYLE}
}}
</style>
</head>
<body>
<div class="gradio-container"><main class="main fillable app replay-page">
<header class="replay-head"><h1>{html.escape(title)}</h1><button type="button" id="replay-dark" class="replay-dark">Light or dark</button></header>
<p class="small soft">{html.escape(note)}</p>
<div id="replay">{widget.TEMPLATE}</div>
</main></div>
<script type="application/json" id="replay-data">{data}</script>
{elements}
</body>
</html>
"""


def _scripts(widget: type[Widget]) -> list[tuple[str, str]]:
    """(attributes, text) of the scripts that draw the widget, in their order."""
    shim = "core/replay.js"
    imports = constant({"imports": shipped().import_map(widget.MODULE, shim)})
    start = (
        f"import {{ mount }} from {constant(bare(widget.MODULE))};\n"
        f"import {{ replay }} from {constant(bare(shim))};\nreplay(mount);\n"
    )
    return [(' type="importmap"', imports), (' type="module"', start)]


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _faces() -> str:
    faces = []
    for family, file in FONTS.items():
        data = base64.b64encode((ASSETS / "fonts" / file).read_bytes()).decode()
        faces.append(
            f'@font-face {{ font-family: "{NAMES[family]}"; font-weight: 200 900; src: '
            f'url("data:font/woff2;base64,{data}") format("woff2"); }}'
        )
    return "\n".join(faces)


_REPLAY_STYLE = """
body { margin: 0; }
*, *::before, *::after { box-sizing: border-box; }
.gradio-container.gradio-container .replay-page { padding: 20px 40px 56px; }
.replay-head { display: flex; justify-content: space-between; align-items: baseline; gap: 20px; flex-wrap: wrap; }
.gradio-container.gradio-container .replay-dark {
  font: 13px/1.2 var(--sans); color: var(--soft); background: var(--panel); border: 1px solid var(--line); border-radius: 8px;
  min-height: 36px; padding: 0 12px; cursor: pointer;
}
@media (max-width: 560px) { .gradio-container.gradio-container .replay-page { padding: 16px 16px 40px; } }
"""
