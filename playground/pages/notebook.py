"""The players of the pages in a notebook, without the app: `from playground import show`.

What a cell shows is one HTML page in a frame without the notebook's rights, for the text of a model
is a stranger's text; it asks no server. Beside it goes a still picture for where no script runs: a
file on a code host, a printed page.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from playground import decoding, traces
from playground.backend import get_backend
from playground.diffusion import UnmaskSettings
from playground.i18n import wire
from playground.markov import HiddenMarkovModel, MarkovChain
from playground.pages.chains import hidden, walk
from playground.pages.diffusion import files as diffusion_files
from playground.pages.diffusion.canvas import read_canvas
from playground.pages.diffusion.controls import DEFAULT_SAMPLER
from playground.pages.diffusion.models import TWIN, get_denoiser
from playground.pages.diffusion.runs import Side, trace_of, whole_trace
from playground.pages.generate.files import replay_page
from playground.pages.generate.run import STRIP, labels
from playground.takeaway.chain_picture import table_png
from playground.takeaway.page import to_page
from playground.takeaway.picture import to_png
from playground.takeaway.reading import checked
from playground.widgets.chains import ChainWalk, HiddenMarkov

HEIGHT = 860  # pixels of the frame


class Player:
    """What a notebook shows: `html()` is the page, `png()` the still picture, `text` what is read
    where neither is shown."""

    def __init__(
        self, page: Callable[[], str], picture: Callable[[], bytes], text: str, height: int = HEIGHT
    ):
        self._page, self._picture, self.text, self.height = page, picture, text, height

    def html(self) -> str:
        """The page that plays it, in one file that needs no network."""
        return self._page()

    def png(self) -> bytes:
        """The last step as a picture."""
        return self._picture()

    def save(self, path: str | Path) -> None:
        """Writes the page, or the picture where the name ends in .png."""
        if Path(path).suffix.lower() == ".png":
            Path(path).write_bytes(self.png())
        else:
            Path(path).write_text(self.html(), encoding="utf-8", errors="replace")

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return (
            f'<iframe srcdoc="{html.escape(self.html())}" sandbox="allow-scripts" '
            f'style="width:100%;height:{self.height}px;border:0" '
            f'title="{html.escape(self.text[:200])}"></iframe>'
        )

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """Every form at once; a notebook takes the richest that it can show, and keeps the others
        in its file."""
        return {
            "text/html": self._repr_html_(),
            "image/png": base64.b64encode(self.png()).decode(),
            "text/plain": self.text,
        }


class Replay(Player):
    """A text that plays again; `trace` is the run as plain data."""

    def __init__(self, trace: dict[str, Any], height: int = HEIGHT):
        self.trace = trace
        said = str(trace.get("text") or "")
        text = f"{trace['model']}: {trace['prompt']}{said}" if said else str(trace["prompt"])
        super().__init__(self._replayed, self._last_step, text, height)

    def _replayed(self) -> str:
        trace = checked(self.trace)
        if trace["kind"] in ("unmask", "compare"):
            return diffusion_files.replay_page(trace)
        return replay_page(trace, [])

    def _last_step(self) -> bytes:
        return to_png(checked(self.trace))


def show(what: Any, prompt: str | None = None, *, height: int = HEIGHT, **settings: Any) -> Player:
    """A player for a notebook.

    - `show("fairy-causal", "once upon a time", temperature=0.8, seed=7)`: the model's name, or any
      object that answers
      `encode`, `decode` and `next_logits`, writes behind the prompt; the settings are those of
      `/decode`.
    - `show("the king had [MASK]*12 .", sampler="dream", steps=12)`: a canvas, unmasked by the
      shipped network or by
      `model=...`; the settings are those of `/unmask`.
    - `show(chain)` with a MarkovChain (`start=`, `seed=`), `show(hidden, observations=[0, 1, 1])`
      with a HiddenMarkovModel.
    - `show(trace)` with the answer of `/decode`, `/score` or `/unmask`.

    Errors: ValueError with a sentence that names the setting, its range and what was given."""
    if isinstance(what, MarkovChain):
        return _chain(what, height, **settings)
    if isinstance(what, HiddenMarkovModel):
        return _hidden(what, height, **settings)
    if isinstance(what, Mapping):
        return Replay(dict(what), height)
    if isinstance(what, str) and prompt is None:
        return _canvas(what, height, **settings)
    if prompt is None:
        raise ValueError("prompt must be a text for the model to go on from, got nothing")
    chosen = decoding.DecodingSettings(**{"max_new_tokens": 40, **settings})
    model = get_backend().causal(what) if isinstance(what, str) else what
    steps = list(decoding.generate(model, model.encode(prompt), chosen))
    return replay(model, prompt, steps, chosen, height=height)


def replay(
    model: Any,
    prompt: str,
    steps: Iterable[Any],
    settings: Any,
    top: int = 20,
    height: int = HEIGHT,
) -> Replay:
    """The `steps` that `generate(model, model.encode(prompt), settings)` gave, for looking at.
    Records hold `top` rows and the exact rest."""

    label, stream = labels(model), decoding.TextStream(model.decode)
    pieces = [
        {"id": int(token), "text": label(token), "piece": str(stream.push(token))}
        for token in model.encode(prompt)
    ]
    records = [
        {**step.record(label, top, STRIP), "piece": str(stream.push(step.token_id))}
        for step in steps
    ]
    trace = traces.new_trace(
        "decode",
        getattr(model, "name", type(model).__name__),
        settings.to_dict(),
        prompt,
        records,
        prompt_tokens=pieces,
        chat=False,
        notes=[],
        text="".join(record["piece"] for record in records),
    )
    return Replay(trace, height)


def _canvas(canvas: str, height: int, model: str = TWIN, top: int = 5, **settings: Any) -> Replay:
    chosen = UnmaskSettings(**{"sampler": DEFAULT_SAMPLER, "steps": 16, **settings})
    denoiser = get_denoiser(model, get_backend)
    side = Side(model, denoiser, read_canvas(canvas, denoiser), chosen)
    return Replay(trace_of(whole_trace(side, top)), height)


def _chain(chain: MarkovChain, height: int, start: int = 0, seed: int = 7) -> Player:
    draft = {
        "preset": "",
        "states": list(chain.states),
        "transition": chain.transition.tolist(),
        "start": start,
        "mode": "sampled",
        "seed": seed,
    }
    figures = walk.figures(draft)
    note = (
        f"A chain of {chain.size} states. Every figure is in this file: it plays without a network."
    )

    def page() -> str:
        value = wire({"draft": draft, "figures": figures, "message": ""})
        return to_page(ChainWalk, "A chain and its walk", note, value, props={"presets": []})

    def picture() -> bytes:
        names = list(chain.states)
        return table_png(
            "From each state (row) to the next", names, names, chain.transition, figures["limit"]
        )

    return Player(page, picture, f"MarkovChain of {chain.size} states", height)


def _hidden(
    model: HiddenMarkovModel, height: int, observations: Iterable[int] | None = None, seed: int = 1
) -> Player:
    draft = {
        **hidden.DEFAULT,
        "preset": "",
        "states": list(model.states),
        "symbols": list(model.symbols),
        "initial": model.initial.tolist(),
        "transition": model.transition.tolist(),
        "emission": model.emission.tolist(),
        "seed": None if observations is not None else seed,
    }
    if observations is not None:
        draft["observations"] = [int(one) for one in observations]
    figures = hidden.figures(draft)
    note = f"{len(model.states)} hidden states. Every figure is in this file: it plays without a network."

    def page() -> str:
        value = {"draft": draft, "figures": figures, "learning": hidden.learn(draft), "message": ""}
        return to_page(HiddenMarkov, "A hidden chain", note, wire(value), props={"presets": []})

    def picture() -> bytes:
        return table_png(
            "What each hidden state (row) shows", model.states, model.symbols, model.emission
        )

    return Player(page, picture, f"HiddenMarkovModel of {len(model.states)} states", height)
