"""A page, or one figure of it, in a frame of another site: the address `?embed=NAME` and the style
that leaves the figure alone.

The figure stays where it is in the page, live and with its state in the address; the style hides
everything beside it. So a figure needs no second way of being built, and a link of a figure is the
page's own link with `embed` added.
"""

from __future__ import annotations

from dataclasses import dataclass

from playground.i18n import mark


@dataclass(frozen=True)
class Figure:
    """`slug` is the page that has it, `shown` the selectors of what stays (simple ones: they stand
    in `:has()`), `title` what the dialog calls it (a message)."""

    slug: str
    shown: str
    title: str
    height: int = 480
    view: str = ""  # the part of the page that must be open


PAGE = "page"  # the whole page, without masthead and navigation
FIGURES = {
    "machine": Figure("home", "#home-machine", mark("The machine that draws the next word"), 620),
    "strip": Figure(
        "generate",
        ".gen-text, .gen-strip, .gen-bar",
        mark("The text and the strip of what could come next"),
    ),
    "bars": Figure("generate", "#generator", mark("Generate, whole"), 720),
    "wall": Figure("diffusion", "#diffusion-player", mark("The wall of tiles"), 720),
    "loop": Figure("escape", "#escape-calculator", mark("The loop and its escape"), 720),
    "graph": Figure("chains", "#chain-walk", mark("The chain and its walk"), 720, "walk"),
    "trellis": Figure(
        "chains", "#chain-hidden", mark("The hidden chain and its trellis"), 760, "hidden"
    ),
}


def choices() -> list[dict]:
    """What the dialog offers, as plain data."""
    return [
        {
            "name": name,
            "slug": one.slug,
            "title": one.title,
            "height": one.height,
            "view": one.view,
        }
        for name, one in FIGURES.items()
    ]


def style() -> str:
    """The rules for all figures. What holds the figure, what is in it, the dialogs and the masthead
    stay; all else goes."""
    rules = []
    for name, figure in FIGURES.items():
        kept = ", ".join(
            (
                f":has({figure.shown})",
                f":is({figure.shown})",
                f":is({figure.shown}) *",
                "#masthead, #masthead *, #link-picture, #link-picture *, .block:has(#masthead, "
                "#link-picture)",
            )
        )
        rules.append(
            f'[data-embed="{name}"] .tabitem[role="tabpanel"] *:not({kept}) {{ display: none; }}'
        )
    return "\n".join(rules)


def script() -> str:
    """Sets the name on the root element before anything is drawn; a name that is not known is the
    whole page."""
    names = ", ".join(f"'{name}'" for name in (PAGE, *FIGURES))
    return (
        "(() => { const wanted = new URLSearchParams(location.search).get('embed');"
        " if (wanted !== null) document.documentElement.dataset.embed = "
        f"[{names}].includes(wanted) ? wanted : '{PAGE}'; }})();"
    )
