"""A GIF of what was played on Home: tiles, the ball that falls on one of them, the word in the
sentence. At most a few dozen frames."""

from __future__ import annotations

import base64
import io
import math
import re
from typing import Any

from PIL import Image

from playground.i18n import t
from playground.takeaway.look import clipped, mixed, palette, prose, sheet, width_of, write

WIDTH, HEIGHT, MARGIN = 720, 400, 32
RAIL, TOP, BOTTOM = 168, 196, 368  # y of the ball's rail and of the tiles
GAP, DEEP, RADIUS = 3, 26, 11
TEXT, WORD, SHARE = ("serif", 30, 500), ("serif", 22, 600), ("mono", 13, 400)
ROLL = (0.0, 0.55, 0.85, 1.0)  # where the ball is on its way to u, frame by frame
MOST_STEPS, MOST_TILES, MOST_LETTERS = 12, 16, 60


def film(raw: Any) -> dict[str, str]:
    """What was played -> {"film": a GIF as a data: address}. ValueError says which field is out of
    its range.

    raw: {"prompt", "length", "masks": bool, "dark": bool, "steps": [{"tiles": [{"text", "share"}],
        "u": number or null, "index", "by": "you" | "chance", "at": place of the word, "text"}]}."""
    played = _checked(raw)
    stills = [still for k in range(len(played["steps"])) for still in _stills(played, k)]
    stills.append((_picture(played, len(played["steps"])), 2500))
    shared = stills[len(stills) // 2][0].quantize(48, dither=Image.Dither.NONE)
    frames = [image.quantize(palette=shared, dither=Image.Dither.NONE) for image, _ in stills]
    out = io.BytesIO()
    durations = [milliseconds for _, milliseconds in stills]
    frames[0].save(
        out, "GIF", save_all=True, append_images=frames[1:], loop=0, disposal=1, duration=durations
    )
    return {"film": "data:image/gif;base64," + base64.b64encode(out.getvalue()).decode("ascii")}


def _stills(played: dict, k: int) -> list[tuple[Image.Image, int]]:
    """The frames of one word, each with its milliseconds."""
    step = played["steps"][k]
    stills = [(_picture(played, k, unhit=True), 350)]
    if step["u"] is not None:
        stills += [(_picture(played, k, ball=step["u"] * way, unhit=True), 90) for way in ROLL]
        stills.append((_picture(played, k, ball=step["u"], fallen=True), 600))
    else:
        stills.append((_picture(played, k), 600))
    return stills


def _picture(
    played: dict, k: int, ball: float | None = None, fallen: bool = False, unhit: bool = False
) -> Image.Image:
    """Before word k is in the sentence (k = how many there are: all words, no tiles)."""
    image, pen = sheet(WIDTH, HEIGHT, played["dark"])
    colours = palette(played["dark"])
    _sentence(pen, colours, played, k)
    if k == len(played["steps"]):
        return image
    pen.line((MARGIN, RAIL, WIDTH - MARGIN, RAIL), colours["line"], 2)
    step, room, x = played["steps"][k], WIDTH - 2 * MARGIN, float(MARGIN)
    total = sum(tile["share"] for tile in step["tiles"]) or 1.0
    for n, tile in enumerate(step["tiles"]):
        width = room * tile["share"] / total
        hit = n == step["index"] and not unhit
        if width >= GAP + 1:
            _tile(pen, colours, tile, (round(x), round(x + width - GAP)), hit)
        x += width
    if ball is not None:
        centre = MARGIN + ball * room, TOP + DEEP if fallen else RAIL
        pen.ellipse(
            [centre[0] - RADIUS, centre[1] - RADIUS, centre[0] + RADIUS, centre[1] + RADIUS],
            colours["ink"],
        )
    return image


def _tile(pen: Any, colours: Any, tile: dict, sides: tuple[int, int], hit: bool) -> None:
    left, right = sides
    ground, ink = (
        ("chosen", "on-chosen")
        if hit
        else ("cut", "ink")
        if tile["rest"]
        else ("final", "on-final")
    )
    pen.rounded_rectangle((left, TOP, max(left, right), BOTTOM), 5, colours[ground])
    room = right - left - 10
    text = prose(tile["text"])
    if width_of(text, WORD) <= room:
        write(pen, ((left + right) / 2, 276), text, colours[ink], WORD, anchor="mm")
    share = f"{100 * tile['share']:.0f} %"
    if width_of(share, SHARE) <= room:
        write(pen, ((left + right) / 2, 350), share, colours[ink], SHARE, anchor="mm")


def _sentence(pen: Any, colours: Any, played: dict, k: int) -> None:
    """Two lines at most; the newest word is blue, an open place a block. Which word stands close to
    the one before is asked of the word alone, as on the page (web/views/home/screen.js)."""
    words: list[tuple[str, str]] = [(word, "ink") for word in played["prompt"].split()]
    there = {step["at"]: step["text"] for step in played["steps"][:k]}
    newest = played["steps"][k - 1]["at"] if k else -1
    for place in range(played["length"]):
        if place in there:
            text = there[place]
            colour = "chosen" if place == newest and k < len(played["steps"]) else "ink"
            joined = bool(re.match(r"##|[.,;:!?'’)]", text))
            words.append(("\b" * joined + text.removeprefix("##"), colour))
        elif played["masks"]:
            words.append(("", "masked"))
    x, y, space = float(MARGIN), 36, width_of(" ", TEXT)
    for text, colour in words:
        joined, text = text.startswith("\b"), clipped(prose(text.lstrip("\b")), TEXT, 400)
        width = width_of(text, TEXT) if text else 64
        x -= space if joined else 0
        if x + width > WIDTH - MARGIN and not joined:
            x, y = float(MARGIN), y + 44
        if text:
            write(pen, (x, y), text, colours[colour], TEXT)
        else:
            ground = mixed(colours["masked"], colours["paper"], 0.9)
            pen.rounded_rectangle((x, y + 8, x + width, y + 34), 6, ground)
        x += width + space


def _refused(name: str, wanted: str, value: Any) -> ValueError:
    return ValueError(
        t("{name} must be {wanted}, got {value}.", name=name, wanted=wanted, value=repr(value)[:40])
    )


def _whole(raw: dict, name: str, low: int, high: int) -> int:
    value = raw.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        wanted = t("a whole number in [{low}, {high}]", low=str(low), high=str(high))
        raise _refused(name, wanted, value)
    return value


def _share(raw: dict, name: str) -> float:
    value = raw.get(name)
    if (
        not isinstance(value, (int, float))
        or isinstance(value, bool)
        or not math.isfinite(value)
        or not 0 <= value <= 1
    ):
        raise _refused(name, t("a number in [0, 1]"), value)
    return float(value)


def _text(raw: dict, name: str, longest: int) -> str:
    value = raw.get(name)
    if not isinstance(value, str) or len(value) > longest:
        wanted = t("a text of at most {longest} characters", longest=longest)
        raise _refused(name, wanted, value)
    return value.encode("utf-8", "replace").decode("utf-8")


def _list(raw: dict, name: str, longest: int) -> list[dict]:
    value = raw.get(name)
    if (
        not isinstance(value, list)
        or not 1 <= len(value) <= longest
        or not all(isinstance(item, dict) for item in value)
    ):
        raise _refused(
            name, t("a list of 1 to {longest} objects", longest=longest), type(value).__name__
        )
    return value


def _checked(raw: Any) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise _refused("film", t("an object with named fields"), type(raw).__name__)
    length = _whole(raw, "length", 1, MOST_STEPS)
    steps = []
    for step in _list(raw, "steps", length):
        tiles = [
            {
                "text": _text(tile, "text", MOST_LETTERS),
                "share": _share(tile, "share"),
                "rest": tile.get("text") == "…",
            }
            for tile in _list(step, "tiles", MOST_TILES)
        ]
        steps.append(
            {
                "tiles": tiles,
                "u": None if step.get("u") is None else _share(step, "u"),
                "index": _whole(step, "index", 0, len(tiles) - 1),
                "at": _whole(step, "at", 0, length - 1),
                "text": _text(step, "text", MOST_LETTERS),
            }
        )
    return {
        "prompt": _text(raw, "prompt", 120),
        "length": length,
        "masks": raw.get("masks") is True,
        "dark": raw.get("dark") is True,
        "steps": steps,
    }
