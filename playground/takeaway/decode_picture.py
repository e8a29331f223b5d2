"""One step of a text as a picture: the text so far, the bars of what could come next, the draw."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from PIL import Image

from playground.takeaway.look import (
    Colour,
    chance,
    clipped,
    mixed,
    palette,
    prose,
    sheet,
    visible,
    width_of,
    write,
)

WIDTH, MARGIN = 900, 28
LINE, LINES = (
    34,
    7,
)  # the running text: height of a line, lines at most (the one on view is always among them)
BAR, BARS = 26, 10
LEFT, TRACK, RIGHT = 150, 430, 160  # columns of a bar: its token, its length, its figures
SMALL, LABEL, TEXT, MONO = (
    ("sans", 13, 400),
    ("sans", 13, 600),
    ("serif", 21, 400),
    ("mono", 14, 400),
)


class DecodePicture:
    """Draws the steps of one checked trace (kind decode or score), all in one size.

    `picture(k)` is the image of step k. `bars(k)` says what its bars stand for, from the top:
    [(text, raw, final, top pixel)]; a bar of probability p is `length(k, p)` pixels long from pixel
    `TRACK_LEFT` on."""

    TRACK_LEFT = MARGIN + LEFT + 12

    def __init__(self, trace: Mapping[str, Any], dark: bool = False):
        self.trace, self.dark, self.colours = trace, dark, palette(dark)
        self.steps = trace["steps"]
        self.lines = self._lines()
        self.text_height = LINE * min(LINES, len(self.lines))
        self.top = 56 + self.text_height + 40
        self.rows = min(BARS, max(len(step["rows"]) for step in self.steps))
        self.height = self.top + BAR * (self.rows + 1) + 92

    def __len__(self) -> int:
        return len(self.steps)

    # the running text: (step or -1 for the prompt, text, x) on each line
    def _lines(self) -> list[list[tuple[int, str, float]]]:
        lines: list[list[tuple[int, str, float]]] = [[]]
        x = 0.0
        pieces = [(-1, token["piece"]) for token in self.trace["prompt_tokens"]] + [
            (k, step["piece"]) for k, step in enumerate(self.steps)
        ]
        for k, piece in pieces:
            text = prose(piece)[:400]
            width = width_of(text, TEXT)
            if x and x + width > WIDTH - 2 * MARGIN:
                lines.append([])
                x, text = 0.0, text.lstrip(" ")
                width = width_of(text, TEXT)
            text = clipped(text, TEXT, WIDTH - 2 * MARGIN)
            lines[-1].append((k, text, x))
            x += min(width, WIDTH - 2 * MARGIN)
        return lines

    def bars(self, k: int) -> list[tuple[str, float, float, int]]:
        return [
            (row["text"], row["raw"], row["final"], self.top + BAR * n)
            for n, row in enumerate(self.steps[k]["rows"][: self.rows])
        ]

    def length(self, k: int, p: float) -> int:
        top = max(1e-12, *(max(row["raw"], row["final"]) for row in self.steps[k]["rows"]))
        return round(TRACK * 0.98 * max(0.0, p) / top)

    def picture(self, k: int) -> Image.Image:
        image, pen = sheet(WIDTH, self.height, self.dark)
        step, colours = self.steps[k], self.colours
        title = f"{self.trace['model']} · step {k + 1} of {len(self.steps)}"
        write(pen, (MARGIN, 20), clipped(prose(title, "sans"), LABEL, 560), colours["soft"], LABEL)
        figures = (
            f"entropy {_bits(step['raw_entropy'])} bits, after the rules {_bits(step['entropy'])}"
        )
        write(pen, (WIDTH - MARGIN, 20), figures, colours["soft"], SMALL, anchor="ra")
        self._draw_text(pen, k)
        write(pen, (MARGIN, self.top - 26), "What could come next", colours["soft"], LABEL)
        for n, row in enumerate(step["rows"][: self.rows]):
            self._draw_bar(pen, k, n, row)
        shown = step["rows"][: self.rows]
        rest = {
            "count": step["vocab_size"] - len(shown),
            "final": max(0.0, 1 - sum(row["final"] for row in shown)),
        }
        if len(shown) == len(step["rows"]):
            rest = step["remainder"]
        y = self.top + BAR * len(shown)
        write(pen, (MARGIN + LEFT, y + 4), "others", colours["soft"], MONO, anchor="ra")
        words = f"{chance(rest['final'] if rest['count'] else 0)}  {rest['count']:,} tokens"
        write(pen, (self.TRACK_LEFT + TRACK + 12, y + 4), words, colours["soft"], MONO)
        self._draw_foot(pen, step)
        return image

    def _draw_text(self, pen: Any, k: int) -> None:
        colours = self.colours
        on = next((n for n, line in enumerate(self.lines) if any(at == k for at, _, _ in line)), 0)
        first = max(0, min(on - LINES + 2, len(self.lines) - LINES))
        for n, line in enumerate(self.lines[first : first + LINES]):
            y = 52 + LINE * n
            for at, text, offset in line:
                x, width = MARGIN + offset, width_of(text, TEXT)
                lead = width_of(text, TEXT) - width_of(text.lstrip(" "), TEXT)
                if at == k:
                    box = (x + lead - 3, y, x + max(width, 6) + 2, y + LINE - 4)
                    pen.rounded_rectangle(
                        box,
                        4,
                        mixed(colours["chosen"], colours["paper"], 0.18),
                        colours["chosen"],
                        2,
                    )
                if at < 0:
                    pen.line((x, y + LINE - 5, x + width, y + LINE - 5), colours["locked"], 1)
                colour = (
                    colours["ink"] if at <= k else mixed(colours["soft"], colours["paper"], 0.45)
                )
                write(pen, (x, y + 2), text, colour, TEXT)

    def _draw_bar(self, pen: Any, k: int, n: int, row: Mapping[str, Any]) -> None:
        colours, y, left = self.colours, self.top + BAR * n, self.TRACK_LEFT
        cut = (
            row["cut"] if row["cut"] != "draw" else None
        )  # greedy: not chosen is not cut by a rule
        chosen = row["id"] == self.steps[k]["token_id"]
        ink = colours["chosen"] if chosen else colours["soft"] if cut else colours["ink"]
        write(
            pen,
            (MARGIN + LEFT, y + 4),
            clipped(visible(row["text"][:60]), MONO, LEFT),
            ink,
            MONO,
            anchor="ra",
        )
        if row["final"] > 0 and self.length(k, row["final"]):
            pen.rectangle(
                (left, y + 4, left + self.length(k, row["final"]) - 1, y + 20),
                colours["chosen"] if chosen else colours["final"],
            )
        _outline(
            pen,
            (left, y + 2, left + self.length(k, row["raw"]), y + 22),
            mixed(colours["ink"], colours["paper"], 0.55),
            bool(cut),
            colours["cut"],
        )
        why = (
            f"cut by {cut}".replace("_", " ")
            if cut
            else ("your choice" if self.steps[k]["forced"] else "drawn")
            if chosen
            else ""
        )
        if chosen and self.trace["kind"] == "score":
            why = "in the text"
        write(
            pen,
            (left + TRACK + 12, y + 4),
            chance(row["raw"] if row["cut"] else row["final"]),
            ink,
            MONO,
        )
        write(
            pen, (left + TRACK + 90, y + 5), clipped(prose(why, "sans"), SMALL, RIGHT), ink, SMALL
        )

    def _draw_foot(self, pen: Any, step: Mapping[str, Any]) -> None:
        said = f"The model’s own: P {chance(step['raw_probability'])}, rank {step['rank']:,}, surprisal {_bits(step['surprisal'])} bits."
        if step["u"] is not None:
            said += f" The draw: u = {step['u']:.3f}."
        key = "Filled: what is drawn from. Outline: the model’s own probability. Hatched: cut by a rule."
        for above, text, colour in (
            (72, said, "ink"),
            (50, key, "soft"),
            (28, described(self.trace["settings"]), "soft"),
        ):
            write(
                pen,
                (MARGIN, self.height - above),
                clipped(prose(text, "sans"), SMALL, WIDTH - 2 * MARGIN),
                self.colours[colour],
                SMALL,
            )


def _outline(
    pen: Any, box: tuple[int, int, int, int], colour: Colour, hatched: bool, hatch: Colour
) -> None:
    left, top, right, bottom = box
    if right <= left:
        return
    if hatched:
        for start in range(left - (bottom - top), right, 6):
            x0, x1 = max(left, start), min(right, start + bottom - top)
            if x1 > x0:
                pen.line((x0, bottom - (x0 - start), x1, bottom - (x1 - start)), hatch, 2)
    pen.line((left, top, right, top), colour, 1)
    pen.line((left, bottom, right, bottom), colour, 1)
    pen.line((right, top, right, bottom), colour, 2)


def described(settings: Mapping[str, Any]) -> str:
    """The settings that say most, in a few words."""
    names = {
        "temperature": "temperature",
        "top_k": "top-k",
        "top_p": "top-p",
        "min_p": "min-p",
        "repetition_penalty": "repetition penalty",
        "seed": "seed",
    }
    off = {"top_k": 0, "top_p": 1, "min_p": 0, "repetition_penalty": 1}
    said = [
        f"{label} {settings[name]:g}"
        for name, label in names.items()
        if isinstance(settings.get(name), (int, float)) and settings[name] != off.get(name)
    ]
    return "Settings: " + ", ".join(said) if said else ""


def _bits(nats: float | None) -> str:
    return "–" if nats is None else f"{nats / math.log(2):.2f}"
