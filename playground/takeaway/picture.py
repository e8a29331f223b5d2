"""Pictures and animations of a checked trace: PNG of one step, GIF of all of them. The same trace
gives the same bytes."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

from PIL import Image, PngImagePlugin

from playground.takeaway.decode_picture import DecodePicture
from playground.takeaway.unmask_picture import UnmaskPicture

MOST_FRAMES = 240
FRAME_MS, LAST_MS = 250, 2500


def drawing(trace: Mapping[str, Any], dark: bool = False) -> DecodePicture | UnmaskPicture:
    if trace["kind"] in ("decode", "score"):
        return DecodePicture(trace, dark)
    return UnmaskPicture(trace.get("runs") or [trace], dark)


def to_png(trace: Mapping[str, Any], step: int = -1, dark: bool = False) -> bytes:
    """The step on view (negative: counted from the end). Model, settings and text are in the file's
    text fields too."""
    drawn = drawing(trace, dark)
    k = step + len(drawn) if step < 0 else step
    if not 0 <= k < len(drawn):
        raise ValueError(f"step must be a whole number in [0, {len(drawn) - 1}], got {step}")
    info = PngImagePlugin.PngInfo()
    info.add_itxt("Description", about(trace, k))
    out = io.BytesIO()
    drawn.picture(k).save(out, "PNG", pnginfo=info, optimize=True)
    return out.getvalue()


def to_gif(trace: Mapping[str, Any], dark: bool = False) -> bytes:
    """One frame a step, without end. Of a run longer than MOST_FRAMES evenly spaced steps are
    shown, the last one among them."""
    drawn = drawing(trace, dark)
    steps = chosen_steps(len(drawn))
    # One palette for all frames: those colours only, no dots in between, nothing flickers.
    shared = _palette([drawn.picture(k) for k in (0, len(drawn) // 2, len(drawn) - 1)])
    frames = [drawn.picture(k).quantize(palette=shared, dither=Image.Dither.NONE) for k in steps]
    out = io.BytesIO()
    frames[0].save(
        out,
        "GIF",
        save_all=True,
        append_images=frames[1:],
        loop=0,
        optimize=False,
        disposal=1,
        duration=[FRAME_MS] * (len(frames) - 1) + [LAST_MS],
        comment=about(trace, steps[-1]).encode()[:2000],
    )
    return out.getvalue()


def chosen_steps(length: int, most: int = MOST_FRAMES) -> list[int]:
    if length <= most:
        return list(range(length))
    return [round(n * (length - 1) / (most - 1)) for n in range(most)]


def _palette(images: list[Image.Image]) -> Image.Image:
    width, height = images[0].size
    together = Image.new("RGB", (width, height * len(images)))
    for n, image in enumerate(images):
        together.paste(image, (0, height * n))
    return together.quantize(64, dither=Image.Dither.NONE)


def about(trace: Mapping[str, Any], step: int) -> str:
    """What the picture shows, as JSON: for whoever opens the file with another program."""
    data: dict[str, Any] = {
        "made by": "Playground",
        "kind": trace["kind"],
        "model": trace["model"],
        "settings": trace["settings"],
        "step": step,
    }
    if trace["kind"] in ("decode", "score"):
        data["text"] = "".join(token["piece"] for token in trace["prompt_tokens"]) + "".join(
            one["piece"] for one in trace["steps"][: step + 1]
        )
    else:
        data["prompt"] = trace["prompt"]
    return json.dumps(data, ensure_ascii=True)
