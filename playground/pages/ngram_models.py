"""n-gram models that a visitor made (Chains, From text), for the pages that choose a model: per
visitor, never shared.

For a page that has a model list::

    from playground.pages import ngram_models
    dropdown = gr.Dropdown(catalogue_choices + ngram_models.choices())            # while building: the shipped ones
    def on_open(request: gr.Request): ... ngram_models.choices(request.session_hash)   # when the page is opened: the visitor's too
    if ngram_models.knows(name):
        model = ngram_models.causal(name, request.session_hash)                   # a causal model by protocol
        denoiser = ngram_models.denoiser(name, request.session_hash)              # an ExactDenoiser (Diffusion)

`WithNgrams(backend)` answers for both kinds (Generate).

Names are "ngram/TEXT/ORDER/UNIT"; TEXT is "fox" for the shipped sentence (its models can be made
anywhere, so links to them always work), else the beginning of the text's SHA-256. A model whose
text this server does not hold is a ValueError that says so.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import OrderedDict
from functools import lru_cache
from typing import Any

from playground import diffusion
from playground.i18n import t
from playground.markov.ngram import NgramModel
from playground.markov.presets import BROWN_FOX

SHIPPED = (("fox", 1, "word"), ("fox", 2, "word"))
SESSIONS = 64  # visitors whose models are kept; the one that was quiet longest goes first
PER_SESSION = 4
TOKENS_IN_ALL = 24_000_000  # about 1 GB of counts at order 5

_lock = threading.Lock()
_held: OrderedDict[str, OrderedDict[str, NgramModel]] = OrderedDict()
_sessions: OrderedDict[str, str] = OrderedDict()  # key -> visitor: see `keyed`


def knows(name: object) -> bool:
    """Whether a model's name is one of an n-gram model (and not of the catalogue)."""
    return isinstance(name, str) and name.startswith("ngram/")


def label_of(name: str) -> str:
    """ "n-gram of the brown fox, order 2 (words)"."""
    _, text, order, unit = _parts(name.partition("@")[0])
    return f"n-gram of {'the brown fox' if text == 'fox' else 'your text ' + text[:6]}, order {order} ({unit}s)"


def choices(session: str | None = None) -> list[tuple[str, str]]:
    """(label, name) pairs for a dropdown: the shipped n-grams, then those that this visitor
    offered, newest last."""
    names = [f"ngram/{text}/{order}/{unit}" for text, order, unit in SHIPPED]
    with _lock:
        names += [name for name in _held.get(session or "", ()) if name not in names]
    return [(label_of(name), name) for name in names]


def offer(session: str | None, text: str, model: NgramModel) -> str:
    """Keeps `model`, made of `text`, for this visitor and returns its name. The oldest of more than
    four goes."""
    name = f"ngram/{'fox' if text == BROWN_FOX else fingerprint(text)}/{model.order}/{model.unit}"
    with _lock:
        mine = _held.setdefault(session or "", OrderedDict())
        _held.move_to_end(session or "")
        mine.pop(name, None)
        mine[name] = model
        while len(mine) > PER_SESSION:
            mine.popitem(last=False)
        while len(_held) > 1 and (len(_held) > SESSIONS or _tokens() > TOKENS_IN_ALL):
            _held.popitem(last=False)
    return name


def keyed(name: str, session: str | None) -> str:
    """The name with a key that stands for the visitor, "ngram/…@KEY": for calls of a widget's
    script, which carry no session. Nobody can guess it, so nobody reaches another visitor's
    model."""
    with _lock:
        for key, who in _sessions.items():
            if who == session:
                return f"{name}@{key}"
        key = secrets.token_hex(8)
        _sessions[key] = session or ""
        while len(_sessions) > SESSIONS:
            _sessions.popitem(last=False)
    return f"{name}@{key}"


def causal(name: str, session: str | None = None) -> NgramModel:
    """The model of that name as a causal model. Raises ValueError where it is not this visitor's,
    or gone."""
    name, _, key = name.partition("@") if isinstance(name, str) else (name, "", "")
    session = _sessions.get(key, session) if key else session
    with _lock:
        mine = _held.get(session or "", {})
        if name in mine:
            _held.move_to_end(session or "")
            return mine[name]
    _, text, order, unit = _parts(name)
    if text == "fox":
        return _fox(int(order), unit)
    raise ValueError(
        t(
            "model {name} was made of a text that this server does not hold (any more): make it "
            "again on the Chains page, From text",
            name=repr(name),
        )
    )


def denoiser(name: str, session: str | None = None):
    """The same model as an exact denoiser (playground.diffusion.ExactDenoiser): bidirectional, by
    forward-backward."""

    return diffusion.ExactDenoiser.from_ngram(causal(name, session))


class WithNgrams:
    """A backend that knows the n-gram models too: what the Generate page asks. Everything else is
    the backend's."""

    def __init__(self, backend: Any):
        self._backend = backend

    def __getattr__(self, name: str) -> Any:
        return getattr(self._backend, name)

    def causal(self, name: str) -> Any:
        return causal(name) if knows(name) else self._backend.causal(name)

    def status(self, name: str) -> dict:
        return dict(READY) if knows(name) else self._backend.status(name)

    def prepare(self, name: str, *args: Any) -> dict:
        return dict(READY) if knows(name) else self._backend.prepare(name, *args)


READY = {"state": "ready", "phase": "", "done": 0, "total": 0, "message": ""}


def fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@lru_cache(maxsize=16)
def _fox(order: int, unit: str) -> NgramModel:
    return NgramModel.fit(BROWN_FOX, order, unit)


def _tokens() -> int:
    return sum(len(model.numbers) for mine in _held.values() for model in mine.values())


def _parts(name: str) -> tuple[str, str, str, str]:
    parts = name.split("/") if isinstance(name, str) else []
    if (
        len(parts) != 4
        or parts[0] != "ngram"
        or parts[2] not in "12345"
        or len(parts[2]) != 1
        or parts[3] not in ("word", "character")
    ):
        raise ValueError(
            t(
                "model must be the name of an n-gram model like 'ngram/fox/1/word', got {got}",
                got=repr(name),
            )
        )
    return parts[0], parts[1], parts[2], parts[3]
