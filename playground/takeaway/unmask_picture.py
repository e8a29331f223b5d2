"""One step of an unmasking run as a picture: the canvas of words, each in the colour and with the
mark of its state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PIL import Image

from playground.takeaway.look import (
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
ROW, GAP, PAD, LEAST = (
    44,
    7,
    7,
    44,
)  # a line of words; between words; inside a word; the narrowest word
WORDS = {
    "masked": "masked",
    "new": "revealed now",
    "settled": "settled",
    "remasked": "masked again",
    "locked": "yours",
}
HIDDEN = ("masked", "remasked", "grouped")  # no word was decided
SMALL, LABEL, PLAIN, STRONG = (
    ("sans", 13, 400),
    ("sans", 13, 600),
    ("serif", 20, 400),
    ("serif", 20, 600),
)


class UnmaskPicture:
    """Draws the steps of one or two checked runs, all in one size; picture 0 is the canvas before
    the first step.

    `words(k)` says what stands where: for each run [(text or None where masked, state, (left, top,
    right, bottom))]."""

    def __init__(self, runs: list[Mapping[str, Any]], dark: bool = False):
        self.runs, self.dark, self.colours = runs, dark, palette(dark)
        self.steps = [[run["start"], *run["steps"]] for run in runs]
        self.boxes: list = []
        y: float = 56
        for run, steps in zip(runs, self.steps, strict=True):
            boxes, y = self._places(run["start"], steps, y)
            self.boxes.append(boxes)
            y += 8
        self.height = int(y) + 50

    def __len__(self) -> int:
        return max(len(steps) for steps in self.steps)

    def _places(
        self, start: Mapping[str, Any], steps: list[Mapping[str, Any]], y: float
    ) -> tuple[list[tuple[float, float, float, float]], float]:
        """A place for each position that holds the widest word which ever stands there, so that
        nothing jumps."""
        x, boxes = float(MARGIN), []
        y += 26
        for i in range(len(start["canvas"])):
            texts = {text for step in steps if (text := _text_at(start, step, i)) is not None}
            widest = max([LEAST, *(width_of(text, STRONG) + 2 * PAD for text in texts)])
            widest = min(widest, WIDTH - 2 * MARGIN)
            if x > MARGIN and x + widest > WIDTH - MARGIN:
                x, y = MARGIN, y + ROW
            boxes.append((x, y, x + widest, y + ROW - 8))
            x += widest + GAP
        return boxes, y + ROW

    def words(
        self, k: int
    ) -> list[list[tuple[str | None, str, tuple[float, float, float, float]]]]:
        shown = []
        for run, steps, boxes in zip(self.runs, self.steps, self.boxes, strict=True):
            step = steps[min(k, len(steps) - 1)]
            shown.append(
                [
                    (_text_at(run["start"], step, i), step["state"][i], box)
                    for i, box in enumerate(boxes)
                ]
            )
        return shown

    def picture(self, k: int) -> Image.Image:
        image, pen = sheet(WIDTH, self.height, self.dark)
        soft = self.colours["soft"]
        place = f"step {k} of {len(self) - 1}" if k else "before the first step"
        write(
            pen,
            (MARGIN, 20),
            clipped(prose(f"{self.runs[0]['model']} · {place}", "sans"), LABEL, WIDTH - 2 * MARGIN),
            soft,
            LABEL,
        )
        for n, (run, steps, words) in enumerate(
            zip(self.runs, self.steps, self.words(k), strict=True)
        ):
            step, top = steps[min(k, len(steps) - 1)], words[0][2][1]
            name = f"{'AB'[n]}: " if len(self.runs) > 1 else ""
            write(
                pen,
                (MARGIN, top - 24),
                clipped(prose(f"{name}{run['start']['title']}", "sans"), SMALL, 560),
                soft,
                SMALL,
            )
            masked = sum(state in HIDDEN for _, state, _ in words)
            asked = [
                sure
                for sure, state in zip(step.get("confidence", []), step["state"], strict=False)
                if sure is not None and state in ("masked", "new")
            ]
            figures = f"{masked} masked" + (
                f", mean confidence {chance(sum(asked) / len(asked))}" if asked else ""
            )
            write(pen, (WIDTH - MARGIN, top - 24), figures, soft, SMALL, anchor="ra")
            for text, state, box in words:
                self._draw_word(pen, text, state, box)
        x = MARGIN
        for state, meaning in WORDS.items():
            self._draw_word(
                pen,
                "" if state not in HIDDEN else None,
                state,
                (x, self.height - 36, x + 16, self.height - 20),
            )
            write(pen, (x + 23, self.height - 36), meaning, soft, SMALL)
            x += 44 + width_of(meaning, SMALL)
        return image

    def _draw_word(
        self, pen: Any, text: str | None, state: str, box: tuple[float, float, float, float]
    ) -> None:
        colours, (left, top, right, bottom) = self.colours, box
        paper = colours["paper"]
        if state in HIDDEN:
            pen.rounded_rectangle(box, 4, colours["masked"])
            if state in ("remasked", "grouped"):
                _dashed(pen, box, colours["remasked" if state == "remasked" else "settled"])
        elif state in ("new", "changed"):
            pen.rounded_rectangle(box, 4, mixed(colours["new"], paper, 0.16), colours["new"], 2)
        elif state == "settled":
            pen.rounded_rectangle(box, 4, mixed(colours["settled"], paper, 0.11 if text else 0.22))
        else:
            pen.rectangle((left, bottom - 3, right, bottom), colours["locked"])
        if text:
            face = STRONG if state in ("new", "changed") else PLAIN
            write(
                pen,
                ((left + right) / 2, (top + bottom) / 2 - 1),
                clipped(text, face, right - left - 6),
                colours["ink"],
                face,
                anchor="mm",
            )


def _text_at(start: Mapping[str, Any], step: Mapping[str, Any], i: int) -> str | None:
    """The word at position i; None where it is masked."""
    if step["state"][i] in HIDDEN:
        return None
    spelled = step.get("texts", {}).get(str(i))
    word = (
        spelled
        if spelled is not None
        else start["words"].get(str(step["canvas"][i]), [f"#{step['canvas'][i]}", ""])[0]
    )
    return visible((word.strip() or word)[:28], "serif")


def _dashed(pen: Any, box: tuple[float, float, float, float], colour: Any) -> None:
    left, top, right, bottom = (round(value) for value in box)
    for x in range(left, right, 8):
        for y in (top, bottom - 1):
            pen.line((x, y, min(x + 4, right), y), colour, 2)
    for y in range(top, bottom, 8):
        for x in (left, right - 1):
            pen.line((x, y, x, min(y + 4, bottom)), colour, 2)
