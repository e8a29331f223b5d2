"""What stands around the pages: the blocks, the navigation, the link to the models, and what pages
hand to each other.

A page is built by `build(app)`, where `app` is a `Shell`:

- `app.demo` is the gr.Blocks (for `app.demo.load(...)`), `app.tabs` the gr.Tabs that hold all
  pages;
- `app.backend()` is the shared backend; the first call imports torch and may take seconds, so never
  call it while building;
- `app.at_start(fn)` runs `fn()` once in the background after the page answers (a page's first
  model, say);
- `app.receive(slug, fn)` and `app.receivers` let one page take a state from another ("Send this
  step to Escape").
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import gradio as gr

from playground.backend import get_backend
from playground.backend.limits import limits
from playground.i18n import tables
from playground.pages import embedding, labels, load_pages
from playground.pages.home import first_paint
from playground.paths import ASSETS
from playground.server.font_files import shipped_fonts
from playground.server.own_address import reachable
from playground.server.security_headers import guarded
from playground.takeaway.qr import squares
from playground.web import preloads
from playground.widgets.link_picture import LinkPicture
from playground.widgets.masthead import Masthead

FONTS = (
    ("Inter", "inter-latin-wght-normal.woff2"),
    ("Source Serif 4", "source-serif-4-latin-wght-normal.woff2"),
    ("JetBrains Mono", "jetbrains-mono-latin-wght-normal.woff2"),
)
# What Home draws with, at most ten: fetched while Gradio's own scripts load. Every other view is
# fetched when its tab opens.
HOME_MODULES: tuple[str, ...] = (
    "core/translate.js",
    "core/dom.js",
    "core/format.js",
    "core/motion.js",
    "charts/ball.js",
    "charts/tiles.js",
    "views/home/game.js",
    "views/home/screen.js",
    "views/home/home.js",
)


@dataclass
class Shell:
    """What a page is given. `make_backend` is a function that returns the backend: tests hand in
    one with doubles."""

    demo: gr.Blocks
    make_backend: Callable[[], Any] | None = None
    tabs: gr.Tabs | None = None
    slugs: list[str] = field(default_factory=list)
    receivers: dict[str, Callable[[dict], str]] = field(default_factory=dict)
    starters: list[Callable[[], None]] = field(default_factory=list)
    _backend: Any = None
    _lock: Any = field(default_factory=threading.Lock)

    def backend(self) -> Any:
        """The shared backend. The first call imports it (seconds); later calls cost nothing."""
        if self._backend is None:
            with self._lock:
                if self._backend is None:
                    self._backend = (self.make_backend or _shipped_backend)()
        return self._backend

    def active(self) -> int:
        """Runs at work now; 0 as long as no backend was needed."""
        return 0 if self._backend is None else self._backend.runs.active

    def at_start(self, fn: Callable[[], None]) -> None:
        """`fn` runs once, in the background, after the page answers."""
        self.starters.append(fn)

    def warm(self) -> None:
        """Imports the backend, then runs what the pages asked for. What fails fails again, in a
        sentence, where it is needed."""
        try:
            self.backend()
        except Exception:
            logging.getLogger(__name__).exception("the backend could not be imported")
            return
        for start in self.starters:
            try:
                start()
            except Exception:
                logging.getLogger(__name__).exception("a page could not be warmed up")

    def receive(self, slug: str, link_of: Callable[[dict], str]) -> None:
        """Page `slug` takes a step of another page: `link_of(state)` returns the query ("?tab=...")
        that opens it there.

        The state of a decoding step is {"model": str, "prompt": str, "ids": [int] (prompt and text
        before the step), "step": int, "settings": {...}}, plain values. Whoever sends asks
        `app.receivers.get(slug)` when the button is pressed: the order in which pages are built
        does not matter."""
        self.receivers[slug] = link_of


def _shipped_backend() -> Any:

    return get_backend()


class Demo(gr.Blocks):
    """The app. `shell` is the Shell that its pages were given."""

    shell: Shell


def build_app(make_backend: Callable[[], Any] | None = None) -> Demo:
    """All pages that exist as one gr.Blocks, with a queue."""
    with Demo(
        title="Playground: how text is generated", analytics_enabled=False, fill_width=True
    ) as demo:
        app = Shell(demo, make_backend)
        demo.shell = app
        masthead = Masthead(
            squares,
            lambda address: reachable(address, getattr(demo, "server_name", None)),
            elem_id="masthead",
        )
        with gr.Tabs(elem_id="pages", overflow_behavior="wrap") as app.tabs:
            for page in load_pages():
                app.slugs.append(page.SLUG)
                with gr.Tab(page.TITLE, id=page.SLUG):
                    page.build(app)
        LinkPicture(squares, embedding.choices(), elem_id="link-picture")
        labels.follow(demo, masthead)
    # Who may run when is said by `playground.pages.gate`, in sentences; Gradio's own queue must
    # never stand in the way of it.
    demo.queue(default_concurrency_limit=None, max_size=4 * threads())
    return demo


def launch_settings() -> dict[str, Any]:
    """The arguments of `launch()` (or `mount_gradio_app()`) that make the look. Gradio 6 takes them
    there, not in gr.Blocks."""
    gr.set_static_paths([ASSETS / "words"])
    # Not `css=`: Gradio takes that apart rule by rule in the browser, and shorthands with variables
    # in them get lost on the way.
    return {
        "theme": theme(),
        "head": f"{HEAD}<script>{embedding.script()}</script>{preloads(HOME_MODULES)}{languages()}<style>{stylesheet()}</style>{first_paint.head()}",
        "footer_links": [],
        "app_kwargs": guarded(),
        "max_threads": threads(),
        "state_session_capacity": max(limits().sessions_kept, threads()),
    }


def languages() -> str:
    """What web/core/translate.js reads: the languages and where their tables are."""
    settings = json.dumps(tables.settings()).replace("<", "\\u003c")
    return f'<script type="application/json" id="playground-languages">{settings}</script>'


def threads() -> int:
    """A thread for each run and each one that waits, and some for what else a page asks."""
    bounds = limits()
    return (
        bounds.runs_at_once
        + bounds.long_runs_at_once
        + bounds.trainings_at_once
        + bounds.questions_at_once
        + bounds.queue_length
    )


def stylesheet() -> str:
    """assets/style.css with the fonts in front. The addresses are relative to the page's base, so a
    root path does no harm."""
    faces = [
        f'@font-face {{ font-family: "{name}"; font-weight: 200 900; font-display: swap; '
        f'src: url("{shipped_fonts().address(file)}") format("woff2"); }}'
        for name, file in FONTS
    ]
    return (
        "\n".join(faces)
        + "\n"
        + (ASSETS / "style.css").read_text(encoding="utf-8")
        + embedding.style()
    )


def theme() -> gr.themes.Base:
    """Gradio's variables set to ours: light and dark are the same names, which assets/style.css
    fills twice."""
    plain = {
        "body_background_fill": "var(--paper)",
        "body_text_color": "var(--ink)",
        "body_text_color_subdued": "var(--soft)",
        "background_fill_primary": "var(--paper)",
        "background_fill_secondary": "var(--faint)",
        "block_background_fill": "transparent",
        "block_border_color": "transparent",
        "block_label_background_fill": "transparent",
        "block_label_text_color": "var(--soft)",
        "block_title_text_color": "var(--soft)",
        "block_info_text_color": "var(--soft)",
        "border_color_primary": "var(--line)",
        "border_color_accent": "var(--chosen)",
        "panel_background_fill": "transparent",
        "color_accent_soft": "var(--faint)",
        "link_text_color": "var(--chosen)",
        "link_text_color_hover": "var(--ink)",
        "link_text_color_visited": "var(--chosen)",
        "link_text_color_active": "var(--ink)",
        "input_background_fill": "var(--panel)",
        "input_border_color": "var(--line)",
        "input_border_color_focus": "var(--chosen)",
        "input_background_fill_focus": "var(--panel)",
        "input_placeholder_color": "var(--soft)",
        "button_primary_background_fill": "var(--chosen)",
        "button_primary_background_fill_hover": "var(--chosen)",
        "button_primary_text_color": "var(--on-chosen)",
        "button_primary_text_color_hover": "var(--on-chosen)",
        "button_primary_border_color": "var(--chosen)",
        "button_primary_border_color_hover": "var(--chosen)",
        "button_secondary_background_fill": "var(--panel)",
        "button_secondary_background_fill_hover": "var(--faint)",
        "button_secondary_text_color": "var(--ink)",
        "button_secondary_text_color_hover": "var(--ink)",
        "button_secondary_border_color": "var(--line)",
        "button_secondary_border_color_hover": "var(--raw)",
        "checkbox_background_color": "var(--panel)",
        "checkbox_border_color": "var(--raw)",
        "checkbox_background_color_selected": "var(--chosen)",
        "checkbox_border_color_selected": "var(--chosen)",
        "checkbox_label_background_fill": "transparent",
        "checkbox_label_background_fill_hover": "var(--faint)",
        "checkbox_label_background_fill_selected": "transparent",
        "checkbox_label_border_color": "transparent",
        "checkbox_label_text_color": "var(--ink)",
        "checkbox_label_text_color_selected": "var(--ink)",
        "slider_color": "var(--chosen)",
        "stat_background_fill": "var(--final)",
        "loader_color": "var(--chosen)",
        "table_even_background_fill": "transparent",
        "table_odd_background_fill": "transparent",
        "table_border_color": "var(--line)",
        "table_text_color": "var(--ink)",
        "code_background_fill": "var(--faint)",
        "accordion_text_color": "var(--soft)",
        "error_background_fill": "var(--panel)",
        "error_border_color": "var(--loop)",
        "error_text_color": "var(--loop)",
        "error_icon_color": "var(--loop)",
    }
    shapes = {
        "block_border_width": "0px",
        "block_shadow": "none",
        "block_padding": "0px",
        "block_label_shadow": "none",
        "block_label_border_width": "0px",
        "block_title_text_size": "13px",
        "block_title_text_weight": "600",
        "block_radius": "0px",
        "input_shadow": "none",
        "input_shadow_focus": "none",
        "input_border_width": "1px",
        "input_radius": "8px",
        "input_text_size": "15px",
        "button_primary_shadow": "none",
        "button_secondary_shadow": "none",
        "button_primary_shadow_hover": "none",
        "button_secondary_shadow_hover": "none",
        "button_primary_shadow_active": "none",
        "button_secondary_shadow_active": "none",
        "button_border_width": "1px",
        "button_large_radius": "8px",
        "button_medium_radius": "8px",
        "button_small_radius": "8px",
        "button_large_text_size": "15px",
        "button_large_text_weight": "600",
        "button_medium_text_weight": "500",
        "button_transform_hover": "none",
        "button_transform_active": "none",
        "checkbox_shadow": "none",
        "checkbox_label_shadow": "none",
        "layout_gap": "16px",
        "form_gap_width": "0px",
        "section_header_text_weight": "600",
        "shadow_drop": "none",
        "shadow_drop_lg": "none",
    }
    sans, mono = (
        ("Inter", "ui-sans-serif", "system-ui", "sans-serif"),
        ("JetBrains Mono", "ui-monospace", "Menlo", "monospace"),
    )
    base = gr.themes.Base(
        font=[gr.themes.Font(name) for name in sans],
        font_mono=[gr.themes.Font(name) for name in mono],
        radius_size=gr.themes.sizes.radius_sm,
        text_size=gr.themes.sizes.text_md,
    )
    names = set(vars(base)) | set(base.set.__code__.co_varnames)
    both = {f"{name}_dark": value for name, value in plain.items() if f"{name}_dark" in names}
    return base.set(**plain, **both, **shapes)


HEAD = """
<meta name="color-scheme" content="light dark">
<meta name="description" content="See how text comes out of a probability distribution: token by token, or everywhere at once.">
<script>
// Before anything is drawn: large and plain for a room, if the address or the last visit says so.
(() => {
  let kept = null;
  try { kept = localStorage.getItem('playground-projector'); } catch { /* private mode */ }
  const asked = new URLSearchParams(location.search).get('projector');
  if (asked === '1' || (asked === null && kept)) document.documentElement.classList.add('projector');
})();
// The page and the part that the address names are open when they are first drawn. A visitor would see the first page until the
// server has answered, if the server were asked.
(() => {
  const query = new URLSearchParams(location.search), page = query.get('tab');
  const {components = [], layout} = window.gradio_config ?? {}, props = new Map(components.map(one => [one.id, one.props]));
  const wanted = name => name === 'pages' ? page : name === 'chain-views' ? page === 'chains' && query.get('view')
    : name?.startsWith(page + '-') && query.get('part');
  const find = (node, id) => node.id === id ? node : (node.children ?? []).map(child => find(child, id)).find(found => found);
  for (const tabs of components.filter(one => one.type === 'tabs')) {
    const name = wanted(tabs.props.elem_id), holds = node => props.get(node.id)?.id === name || (node.children ?? []).some(holds);
    const item = name && (find(layout, tabs.id)?.children ?? []).find(holds);
    if (item) tabs.props.selected = props.get(item.id).id;
  }
})();
</script>
"""
