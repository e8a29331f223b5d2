"""How a picture looks: the colours and the type of the page itself, read from assets/style.css and
assets/fonts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from playground.paths import ASSETS

FONTS = {
    "sans": "inter-latin-wght-normal.woff2",
    "serif": "source-serif-4-latin-wght-normal.woff2",
    "mono": "jetbrains-mono-latin-wght-normal.woff2",
}
# what a reader could not see or what would turn the line around; drawn as its code
INVISIBLE = re.compile("[\x00-\x1f\x7f\xa0\xad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")

Colour = tuple[int, int, int]
Style = tuple[str, int, int]  # family, size in pixels, weight


@cache
def palette(dark: bool = False) -> Mapping[str, Colour]:
    """name -> (red, green, blue) of the variables of assets/style.css, light or dark."""
    css = (ASSETS / "style.css").read_text(encoding="utf-8")
    colours: dict[str, Colour] = {}
    for block in (":root", ".dark")[: 1 + dark]:
        body = css.split(block + " {", 1)[1].split("\n}", 1)[0]
        for name, value in re.findall(r"--([a-z-]+):\s*#([0-9a-f]{6})", body):
            colours[name] = (int(value[:2], 16), int(value[2:4], 16), int(value[4:], 16))
    return colours


def mixed(colour: Colour, ground: Colour, share: float) -> Colour:
    """`share` of the colour over the ground, as color-mix does on the page."""
    red, green, blue = (
        round(share * a + (1 - share) * b) for a, b in zip(colour, ground, strict=True)
    )
    return red, green, blue


@cache
def font(family: str, size: int, weight: int = 400) -> Any:
    loaded = ImageFont.truetype(ASSETS / "fonts" / FONTS[family], size)
    loaded.set_variation_by_axes([weight])
    return loaded


@cache
def _has(family: str, character: str) -> bool:
    """Whether the shipped font can draw it: what it cannot looks like a code point that no font
    has."""
    probe = font(family, 20)
    missing, drawn = probe.getmask("\U0010fffe"), probe.getmask(character)
    return character == " " or drawn.size != missing.size or bytes(drawn) != bytes(missing)


def visible(text: str, family: str = "mono") -> str:
    """A token as the reader sees it: spaces as dots; what the shipped type cannot draw, by its
    code, e.g. ‹4E2D›."""
    out = []
    for character in text:
        if character == " ":
            out.append("·")
        elif INVISIBLE.match(character) or not _has(family, character):
            out.append(f"‹{ord(character):04X}›")
        else:
            out.append(character)
    return "".join(out) or "‹empty›"


def prose(text: str, family: str = "serif") -> str:
    """As `visible`, with spaces left as they are: for running text. Line ends become spaces."""
    return (
        ""
        if not text
        else " ".join(
            visible(part, family) if part else "" for part in text.replace("\n", " ").split(" ")
        )
    )


@lru_cache(maxsize=16_384)
def width_of(text: str, style: Style) -> float:
    return font(*style).getlength(text)


def clipped(text: str, style: Style, width: float) -> str:
    """`text`, cut with an ellipsis where it is wider than `width` pixels."""
    if width_of(text, style) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (
            (middle, high)
            if font(*style).getlength(text[:middle] + "…") <= width
            else (low, middle - 1)
        )
    return text[:low] + "…"


@lru_cache(maxsize=4096)
def _stamp(text: str, style: Style, anchor: str) -> tuple[Image.Image, int, int]:
    """The text as a mask, and where it lies relative to its anchor. Kept: the frames of an
    animation share most of their words."""
    face = font(*style)
    left, top, right, bottom = (int(value) for value in face.getbbox(text, anchor=anchor))
    mask = Image.new("L", (right - left + 2, bottom - top + 2))
    ImageDraw.Draw(mask).text((1 - left, 1 - top), text, 255, face, anchor=anchor)
    return mask, left - 1, top - 1


def write(
    pen: ImageDraw.ImageDraw,
    place: tuple[float, float],
    text: str,
    colour: Colour,
    style: Style,
    anchor: str = "la",
) -> None:
    """`text` at `place`; anchors are Pillow's."""
    if text.strip():
        mask, left, top = _stamp(text, style, anchor)
        pen.bitmap((round(place[0]) + left, round(place[1]) + top), mask, colour)


def chance(p: float | None) -> str:
    """A probability as the page writes it: three decimals, or scientific where they would say 0 or
    1 and be wrong."""
    if p is None:
        return "–"
    if p in (0, 1):
        return str(int(p))
    if p < 0.0005:
        return f"{p:.0e}".replace("e-0", "e−").replace("e-", "e−")
    if p > 0.9995:
        return ("1−" + f"{1 - p:.0e}").replace("e-0", "e−").replace("e-", "e−")
    return f"{p:.3f}"


def sheet(width: int, height: int, dark: bool) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", (width, height), palette(dark)["paper"])
    return image, ImageDraw.Draw(image)
