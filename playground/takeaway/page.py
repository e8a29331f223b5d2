"""One HTML file that plays a trace again without a network: the same player, its script and style, the fonts, the data, nothing else.

The player's code is the one of the app (a widget of playground/widgets). Data goes into the file as JSON without a "<", so no
token can end the script it stands in; the file's own policy lets nothing run but the two scripts written here.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Mapping
from typing import Any

from playground.takeaway.bundle import bundled
from playground.takeaway.look import ASSETS, FONTS
from playground.widgets.widget import HERE, Widget, constant

NAMES = {"sans": "Inter", "serif": "Source Serif 4", "mono": "JetBrains Mono"}


def to_page(
    widget: type[Widget],
    title: str,
    note: str,
    value: Any = None,
    constants: Any = None,
    answers: Mapping[str, Any] | None = None,
) -> str:
    """The file's text.

    `value` is what the widget shows (its `props.value`), `constants` its constants; `answers` says what its questions to the
    server get here (function's name -> plain data); every other question gets {"error": a sentence}."""
    shim = (HERE / "replay.js").read_text(encoding="utf-8")
    script = f"{shim}\nreplay({_mounting(widget)});\n"
    data = constant(
        {
            "value": json.dumps(value) if widget.STREAMED and value is not None else value,
            "constants": constants,
            "answers": answers or {},
        }
    )
    allowed = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for text in (script,)
    )
    policy = f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; font-src data:; img-src data: blob:; base-uri 'none'; form-action 'none'"
    for text in (script, widget.STYLE, widget.TEMPLATE):
        if "</script" in text.lower() or "</style" in text.lower():
            raise ValueError(
                f"{widget.__name__} holds a closing tag that would end its own script or style"
            )
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
<script>{script}</script>
</body>
</html>
"""


def _mounting(widget: type[Widget]) -> str:
    """The function that draws the widget, as JavaScript: its script, or its module with all that it imports."""
    arguments = "element, trigger, props, server, watch, constants"
    if not widget.MODULE:
        return f"function ({arguments}) {{\n{widget.SCRIPT}\n}}"
    return (
        f"async function ({arguments}) {{\n{bundled(widget.MODULE)}\n"
        "const { mount } = await modules();\nmount(element, { props, constants, server, trigger, watch });\n}"
    )


def _faces() -> str:
    faces = []
    for family, file in FONTS.items():
        data = base64.b64encode((ASSETS / "fonts" / file).read_bytes()).decode()
        faces.append(
            f'@font-face {{ font-family: "{NAMES[family]}"; font-weight: 200 900; src: url("data:font/woff2;base64,{data}") format("woff2"); }}'
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
