"""A still picture of a chain: its table of transitions, each cell as dark as it is likely, and the
long run beneath."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np

from playground.takeaway.look import chance, clipped, mixed, palette, prose, sheet, write

CELL, LABEL, HEAD, MARGIN = 84, 150, 36, 24  # pixels


def table_png(
    title: str,
    rows: Sequence[str],
    columns: Sequence[str],
    table: np.ndarray,
    foot: Sequence[float] | None = None,
    foot_title: str = "long run",
    dark: bool = False,
) -> bytes:
    """`table`, (rows, columns) of probabilities, as a PNG; `foot` is one more row beneath it, of as
    many columns."""
    colours, label, number = palette(dark), ("sans", 15, 500), ("mono", 15, 400)
    lines = [*zip(rows, table, strict=True), *([(foot_title, foot)] if foot is not None else [])]
    image, pen = sheet(
        2 * MARGIN + LABEL + CELL * len(columns),
        2 * MARGIN + 2 * HEAD + HEAD * len(lines) + (10 if foot is not None else 0),
        dark,
    )
    write(pen, (MARGIN, MARGIN), title, colours["ink"], ("serif", 19, 600))
    top = MARGIN + HEAD
    for j, name in enumerate(columns):
        place = (MARGIN + LABEL + CELL * j + CELL / 2, top + HEAD / 2)
        write(pen, place, clipped(prose(name), label, CELL - 8), colours["soft"], label, "mm")
    for i, (name, values) in enumerate(lines):
        y = top + HEAD * (i + 1) + (10 if i == len(rows) else 0)
        text = clipped(prose(name), label, LABEL - 12)
        write(pen, (MARGIN + LABEL - 12, y + HEAD / 2), text, colours["ink"], label, "rm")
        for j, value in enumerate(values):
            x = MARGIN + LABEL + CELL * j
            fill = mixed(colours["final"], colours["paper"], 0.75 * float(value))
            pen.rectangle((x, y, x + CELL - 3, y + HEAD - 3), fill=fill)
            middle = (x + CELL / 2, y + HEAD / 2)
            write(pen, middle, chance(float(value)), colours["ink"], number, "mm")
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
