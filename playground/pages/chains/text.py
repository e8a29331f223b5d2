"""The view "From text": an n-gram model of a text, its greedy and its drawn continuation on one
timeline, and what was copied."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

import gradio as gr
import numpy as np

from playground import decoding
from playground.decoding.settings import DecodingSettings
from playground.i18n import nt, t
from playground.markov.ngram import LONGEST_TEXT, NgramModel
from playground.markov.presets import BROWN_FOX
from playground.markov.spans import copied_spans
from playground.pages import ngram_models
from playground.pages.chains import parsing
from playground.pages.events import sent
from playground.parameters import LARGEST_SEED

LENGTH = 60
# tokens of the source that are drawn in full; of a longer one, the surroundings of what was copied
SHOWN_SOURCE = 1200
AROUND = 30
DEFAULT = {
    "text": BROWN_FOX,
    "key": "",
    "order": 1,
    "unit": "word",
    "ending": "end",
    "start": "",
    "seed": 1,
    "length": LENGTH,
}

_lock = threading.Lock()
_texts: OrderedDict[str, str] = (
    OrderedDict()
)  # large files, by fingerprint, so that a changed order does not send them again
_models: OrderedDict[tuple, NgramModel] = OrderedDict()
HELD_CHARACTERS = 60_000_000
HELD_MODELS = 12


def hold(draft: dict) -> dict:
    """Keeps a large text for a while: {"text"} -> {"key", "characters"}. The browser sends it again
    if it is gone."""
    text = _checked_text(draft["text"])
    key = ngram_models.fingerprint(text)
    with _lock:
        _texts[key] = text
        _texts.move_to_end(key)
        while len(_texts) > 1 and sum(map(len, _texts.values())) > HELD_CHARACTERS:
            _texts.popitem(last=False)
    return {"key": key, "characters": len(text)}


def _checked_text(text) -> str:
    if not isinstance(text, str) or not text.strip():
        raise ValueError(t("text must hold at least two words, got an empty text"))
    if len(text.encode("utf-8", "surrogatepass")) > LONGEST_TEXT:
        raise ValueError(
            t(
                "text must be at most {longest_text} bytes long, got {got}",
                longest_text=LONGEST_TEXT,
                got=len(text.encode("utf-8", "surrogatepass")),
            )
        )
    return text


class TextGone(LookupError):
    """The browser still has the text and sends it again."""


def read(draft: dict) -> tuple[str, NgramModel]:
    """The text and its model; both kept for the next question. ValueError by field, value and
    range."""
    key = draft.get("key") or ""
    if not isinstance(key, str):
        raise ValueError(t("key must be a string, got {got}", got=parsing.short(key)))
    if key:
        with _lock:
            text = _texts.get(key)
        if text is None:
            raise TextGone(t("text is no longer held by the server: choose the file again"))
    else:
        text = _checked_text(draft["text"])
        key = ngram_models.fingerprint(text)
    order = parsing.whole(draft["order"], "order", 1, 5)
    unit = parsing.choice(draft["unit"], "unit", ("word", "character"))
    ending = parsing.choice(draft.get("ending", "end"), "ending", ("end", "wrap"))
    wanted = (key, order, unit, ending)
    with _lock:
        if wanted in _models:
            _models.move_to_end(wanted)
            return text, _models[wanted]
    model = NgramModel.fit(text, order, unit, ending=ending)
    with _lock:
        _models[wanted] = model
        while len(_models) > HELD_MODELS or (
            len(_models) > 1 and sum(len(one.numbers) for one in _models.values()) > 8_000_000
        ):
            _models.popitem(last=False)
    return text, model


def answer(draft) -> dict:
    """`figures` for the widget; "gone" asks it to send its text again."""
    try:
        return parsing.answered(figures)(draft)
    except TextGone as error:
        return {"ok": False, "gone": True, "error": str(error)}


def offer(event: gr.EventData, request: gr.Request):
    """The visitor's model into the lists of Generate and Diffusion: his own, not those of
    others."""
    draft = sent(event, "draft")
    try:
        if not isinstance(draft, dict):
            raise ValueError(t("draft must be an object"))
        source, model = read(draft)
        name = ngram_models.offer(request.session_hash, source, model)
        said = t("Now among the models there: {value}.", value=ngram_models.label_of(name))
        listed = {
            "id": ngram_models.keyed(name, request.session_hash),
            "title": ngram_models.label_of(name),
        }
    except (ValueError, KeyError) as error:
        said, listed = str(error), None
    return {
        "draft": draft if isinstance(draft, dict) else DEFAULT,
        "offered": said,
        "listed": listed,
    }


def figures(draft: dict) -> dict:
    """Plain data: both continuations with a decoding record a step, what was copied from where, the
    cycle and the ties."""

    _, model = read(draft)
    seed = parsing.whole(draft["seed"], "seed", 0, LARGEST_SEED)
    length = parsing.whole(draft.get("length", LENGTH), "length", 5, 120)
    start = draft.get("start") or ""
    ids = (
        model.encode(start)
        if isinstance(start, str) and start.strip()
        else model.numbers[: model.order].tolist()
    )
    cycle = model.greedy_cycle(ids)
    greedy = _run(model, ids, DecodingSettings(max_new_tokens=length, do_sample=False), seed)
    sampled = _run(
        model, ids, DecodingSettings(max_new_tokens=length, do_sample=True, seed=seed), seed
    )
    period = len(cycle["cycle"])
    table = model.table(model.order)
    return {
        "unit": model.unit,
        "order": model.order,
        "prompt": _pieces(model, ids),
        "greedy": greedy,
        "sampled": sampled,
        "cycle": {
            "start": len(cycle["tail"]),
            "period": period,
            "text": model.decode(cycle["cycle"][:40]),
        }
        if period
        else None,
        "ended": cycle["ended"],
        "source": _source(model, [greedy, sampled]),
        "shortest": model.order + 2,
        "counts": {
            "tokens": len(model.numbers),
            "distinct": model.vocab_size - (model.eos_id is not None),
            "contexts": len(table.contexts),
            "certain": int((np.diff(table.offsets) == 1).sum()),
        },
        "sentences": {"tie": _tie(model, ids, cycle), "loop": _loop(model, ids, cycle)},
    }


def _run(model: NgramModel, ids: list[int], settings: Any, seed: int) -> dict:

    records, context, after = [], list(ids), []
    for step in decoding.generate(model, ids, settings):
        records.append(step.record(model.text_of, top=8, strip=12))
        after.append(_after(model, context))
        context.append(step.token_id)
    made = context[len(ids) :]
    texts = _pieces(model, made, leading=True)
    return {
        "pieces": texts,
        "records": records,
        "after": after,
        "copies": copied_spans(made, model.numbers, model.order + 2),
        "ended": bool(made) and made[-1] == model.eos_id,
    }


def _after(model: NgramModel, context: list[int]) -> str:
    """One sentence: what followed this context in the source, with counts."""
    tokens, counts, source = model.successors(context)
    last = _quoted(model, context[-model.order :])
    if source == "end":
        return t("In the source nothing follows {last}: the text ends here.", last=last)
    if source == "wrap":
        return t(
            "In the source nothing follows {last}: it goes on with the beginning of the text.",
            last=last,
        )
    order = np.lexsort((tokens, -counts))[:4]
    listed = ", ".join(f"{_quoted(model, [int(tokens[i])])} {int(counts[i])}×" for i in order)
    more = f" and {len(tokens) - 4} more" if len(tokens) > 4 else ""
    short = (
        ""
        if source == "context"
        else nt(" (only {n} token so far)", " (only {n} tokens so far)", len(context))
    )
    return t(
        "In the source {last}{short} is followed by {listed}{more}.",
        last=last,
        short=short,
        listed=listed,
        more=more,
    )


def _quoted(model: NgramModel, ids) -> str:
    text = model.decode(ids)
    return f"“{text if len(text) <= 40 else text[:39] + '…'}”" if text else "the end"


def _pieces(model: NgramModel, ids, leading: bool = False) -> list[str]:
    space = " " if model.unit == "word" else ""
    return [
        (space if leading or place else "") + model.text_of(int(token))
        if token != model.eos_id
        else ""
        for place, token in enumerate(ids)
    ]


def _tie(model: NgramModel, ids: list[int], cycle: dict) -> str:
    """The first tie that greedy meets, and how it was broken."""
    if not cycle["ties"]:
        return ""
    tie = cycle["ties"][0]
    made = [*ids, *cycle["tail"], *cycle["cycle"]][: len(ids) + tie["index"]]
    names = [_quoted(model, [token]) for token in tie["tokens"][:3]]
    listed = " and ".join([", ".join(names[:-1]), names[-1]])
    equally = (
        "equally often"
        if len(tie["tokens"]) > 2
        else t("equally often, and nothing else does so more often")
    )
    return t(
        "{value} is followed by {listed} {equally}. Greedy has to break the tie: it takes "
        "the one that appears first in the text, {names}. With the other rule it would have "
        "gone another way.",
        value=_quoted(model, made[-model.order :]),
        listed=listed,
        equally=equally,
        names=names[0],
    )


def _loop(model: NgramModel, ids: list[int], cycle: dict) -> str:
    """What the greedy text does in the end, and whether drawing could do otherwise."""
    if cycle["cycle"]:
        memory = (
            t("The last {unit} decides", unit=model.unit)
            if model.order == 1
            else t("The last {order} {unit}s decide", order=model.order, unit=model.unit)
        )
        before = [*ids, *cycle["tail"], *cycle["cycle"]]
        first = len(before) - len(cycle["cycle"])
        certain = all(
            len(model.successors(before[:place])[0]) == 1 for place in range(first, len(before))
        )
        way_out = (
            t("Drawing cannot leave it either: each of its contexts has a single successor.")
            if certain
            else t("Drawing leaves it as soon as another successor is drawn.")
        )
        return t(
            "Greedy repeats {value} for ever: period {count}. {memory} everything, so a context "
            "that comes again closes a loop. {way_out}",
            value=_quoted(model, cycle["cycle"]),
            count=len(cycle["cycle"]),
            memory=memory,
            way_out=way_out,
        )
    if cycle["ended"]:
        return t("Greedy runs into the end of the text, where nothing follows; it does not loop.")
    return t(
        "Greedy did not come back to the same context within {steps} steps.", steps=cycle["steps"]
    )


def _source(model: NgramModel, runs: list[dict]) -> dict:
    """The source as pieces: all of a short one; of a long one its beginning, and the surroundings
    of every copied stretch."""
    total = len(model.numbers)
    if total <= SHOWN_SOURCE:
        return {
            "whole": True,
            "windows": [{"at": 0, "pieces": _pieces(model, model.numbers, leading=False)}],
        }
    windows = [{"at": 0, "pieces": _pieces(model, model.numbers[: 4 * AROUND])}]
    for copy in {copy["source_start"]: copy for run in runs for copy in run["copies"]}.values():
        low, high = (
            max(0, copy["source_start"] - AROUND),
            min(total, copy["source_start"] + copy["end"] - copy["start"] + AROUND),
        )
        windows.append({"at": low, "pieces": _pieces(model, model.numbers[low:high])})
    return {"whole": False, "windows": windows}
