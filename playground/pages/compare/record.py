"""Records what the parts of the Compare page show first: `python -m playground.pages.compare.record
[PART ...]`.

Run it again after new weights, and after a change of what a part begins with
(playground/pages/compare/links.py). A part whose model cannot be had keeps what was recorded
before.
"""

from __future__ import annotations

import importlib
import json
import sys
from typing import Any

from playground.backend import get_backend
from playground.pages.compare import links
from playground.pages.compare.recorded import PATH, request_of

ANSWERS = {
    "scores": ("perplexity_of",),
    "contexts": ("two_prompts", "two_models"),
    "masking": ("compare_laws",),
}
DROPPED = (
    "words",
    "progress",
    "texts_now",
    "written",
)  # of a frame: what one sees only while it runs


HACKED = {"beta": 0.05}  # what a reward's second run is asked for: drifting is cheap there


def main(wanted: list[str]) -> None:
    backend = get_backend()
    kept = json.loads(PATH.read_text(encoding="utf-8")) if PATH.is_file() else {}
    for part in wanted or [one for one in links.PARTS if one != "people"]:
        try:
            kept[part] = record(backend, part)
            print(f"{part}: {len(json.dumps(kept[part], ensure_ascii=False)):,} characters")
        except (ValueError, RuntimeError) as error:
            print(f"{part}: left as it was, for {error}", file=sys.stderr)
    PATH.write_text(
        json.dumps(kept, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n",
        encoding="utf-8",
    )
    backend.close()


def record(backend: Any, part: str) -> dict:
    values = links.start(part)
    module = importlib.import_module(f"playground.pages.compare.{part}")
    if part in ANSWERS:
        asked = {**values, "models": [values.get("first_model"), values.get("second_model")]}
        return {"answers": {name: getattr(module, name)(backend, asked) for name in ANSWERS[part]}}
    whole = run_of(backend, module, request_of(part, values))
    if part == "reward":
        whole["hacked"] = run_of(backend, module, request_of(part, {**values, **HACKED}))
    return whole


def run_of(backend: Any, module: Any, request: dict) -> dict:
    frames = [
        {name: value for name, value in frame.items() if name not in DROPPED}
        for frame in module.run(backend, request)
    ]
    if any("problem" in frame for frame in frames):
        raise RuntimeError(next(frame["problem"] for frame in frames if "problem" in frame))
    return {"request": request, "frames": joined([frame for frame in frames if frame])}


def joined(frames: list[dict]) -> list[dict]:
    """The race's hundred small frames as one a side: all pieces, and how its clock stood at the
    end."""
    whole: list[dict] = []
    for frame in frames:
        side = next((name for name in ("left", "right") if set(frame) == {name}), None)
        before = next((one for one in whole if side in one), None) if side else None
        if before is None:
            whole.append(
                {name: dict(value) if name == side else value for name, value in frame.items()}
            )
        else:
            piece = before[side].get("piece", "") + frame[side].get("piece", "")
            before[side].update(frame[side])
            if side == "left":
                before[side]["piece"] = piece
    return whole


if __name__ == "__main__":
    main(sys.argv[1:])
