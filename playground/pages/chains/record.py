"""Records what two views of the Chains page show first: `python -m playground.pages.chains.record`.
A test holds it to the code."""

from __future__ import annotations

import json

from playground.pages.chains import loops, text
from playground.pages.chains.first import PATH


def figures() -> dict:
    return {"text": text.figures(text.DEFAULT), "loops": loops.figures(loops.DEFAULT)}


if __name__ == "__main__":
    written = json.dumps(figures(), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    PATH.write_text(written + "\n", encoding="utf-8")
    print(f"{PATH.name}: {len(written):,} characters")
