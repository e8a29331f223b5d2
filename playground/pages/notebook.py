"""The player of the Generate page in a notebook, without the app."""

from __future__ import annotations

import html
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from playground import decoding, traces
from playground.pages.generate.files import replay_page
from playground.pages.generate.run import STRIP, labels
from playground.takeaway.reading import checked


class Replay:
    """A text that plays again: shown by a notebook as the player, saved as one HTML file that needs no network."""

    def __init__(self, trace: dict[str, Any]):
        self.trace = trace

    def html(self) -> str:

        return replay_page(checked(self.trace), [])

    def save(self, path: str | Path) -> None:
        Path(path).write_text(self.html(), encoding="utf-8", errors="replace")

    def _repr_html_(self) -> str:
        # a frame without the notebook's rights: the text of a model is a stranger's text
        return f'<iframe srcdoc="{html.escape(self.html())}" sandbox="allow-scripts" style="width:100%;height:1000px;border:0" title="How this text was written"></iframe>'


def replay(model: Any, prompt: str, steps: Iterable[Any], settings: Any, top: int = 20) -> Replay:
    """The `steps` that `generate(model, model.encode(prompt), settings)` gave, for looking at. Records hold `top` rows and the exact rest."""

    label, stream = labels(model), decoding.TextStream(model.decode)
    pieces = [
        {"id": int(token), "text": label(token), "piece": str(stream.push(token))}
        for token in model.encode(prompt)
    ]
    records = [
        {**step.record(label, top, STRIP), "piece": str(stream.push(step.token_id))}
        for step in steps
    ]
    return Replay(
        traces.new_trace(
            "decode",
            getattr(model, "name", type(model).__name__),
            settings.to_dict(),
            prompt,
            records,
            prompt_tokens=pieces,
            chat=False,
            notes=[],
        )
    )
