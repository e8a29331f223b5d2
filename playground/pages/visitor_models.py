"""n-gram models that a visitor made (Chains, From text), for the pages that choose a model: per visitor, never shared.

For a page that has a model list::

    from playground.pages import visitor_models
    dropdown = gr.Dropdown(catalogue_choices + visitor_models.choices())            # while building: the shipped ones
    def on_open(request: gr.Request): ... visitor_models.choices(request.session_hash)   # when the page is opened: the visitor's too
    if visitor_models.knows(name):
        model = visitor_models.causal(name, request.session_hash)                   # a causal model by protocol (Generate)
        denoiser = visitor_models.denoiser(name, request.session_hash)              # an ExactDenoiser (Diffusion)

Names are "ngram/TEXT/ORDER/UNIT"; TEXT is "fox" for the shipped sentence (its models can be made anywhere, so links to them
always work), else the beginning of the text's SHA-256. A model whose text this server does not hold is a ValueError that says so.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from functools import lru_cache

from playground.markov.ngram import NgramModel
from playground.markov.presets import BROWN_FOX

SHIPPED = (("fox", 1, "word"), ("fox", 2, "word"))
SESSIONS = 64                    # visitors whose models are kept; the one that was quiet longest goes first
PER_SESSION = 4
TOKENS_IN_ALL = 24_000_000       # about 1 GB of counts at order 5

_lock = threading.Lock()
_held: OrderedDict[str, OrderedDict[str, NgramModel]] = OrderedDict()


def knows(name: object) -> bool:
    """Whether a model's name is one of an n-gram model (and not of the catalogue)."""
    return isinstance(name, str) and name.startswith("ngram/")


def label_of(name: str) -> str:
    """"n-gram of the brown fox, order 2 (words)"."""
    _, text, order, unit = _parts(name)
    return f"n-gram of {'the brown fox' if text == 'fox' else 'your text ' + text[:6]}, order {order} ({unit}s)"


def choices(session: str | None = None) -> list[tuple[str, str]]:
    """(label, name) pairs for a dropdown: the shipped n-grams, then those that this visitor offered, newest last."""
    names = [f"ngram/{text}/{order}/{unit}" for text, order, unit in SHIPPED]
    with _lock:
        names += [name for name in _held.get(session or "", ()) if name not in names]
    return [(label_of(name), name) for name in names]


def offer(session: str | None, text: str, model: NgramModel) -> str:
    """Keeps `model`, made of `text`, for this visitor and returns its name. The oldest of more than four goes."""
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


def causal(name: str, session: str | None = None) -> NgramModel:
    """The model of that name as a causal model. Raises ValueError where it is not this visitor's, or gone."""
    with _lock:
        mine = _held.get(session or "", {})
        if name in mine:
            _held.move_to_end(session or "")
            return mine[name]
    _, text, order, unit = _parts(name)
    if text == "fox":
        return _fox(int(order), unit)
    raise ValueError(f"model {name!r} was made of a text that this server does not hold (any more): make it again on the Chains page, From text")


def denoiser(name: str, session: str | None = None):
    """The same model as an exact denoiser (playground.diffusion.ExactDenoiser): bidirectional, by forward-backward."""
    from playground.diffusion import ExactDenoiser

    return ExactDenoiser.from_ngram(causal(name, session))


def fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@lru_cache(maxsize=16)
def _fox(order: int, unit: str) -> NgramModel:
    return NgramModel.fit(BROWN_FOX, order, unit)


def _tokens() -> int:
    return sum(len(model.numbers) for mine in _held.values() for model in mine.values())


def _parts(name: str) -> tuple[str, str, str, str]:
    parts = name.split("/") if isinstance(name, str) else []
    if len(parts) != 4 or parts[0] != "ngram" or parts[2] not in "12345" or len(parts[2]) != 1 or parts[3] not in ("word", "character"):
        raise ValueError(f"model must be the name of an n-gram model like 'ngram/fox/1/word', got {name!r}")
    return parts[0], parts[1], parts[2], parts[3]
