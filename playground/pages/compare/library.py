"""Ours against the library: the same settings run by transformers' `model.generate` and by the
playground."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import torch

from playground import decoding
from playground.decoding.settings import DecodingSettings
from playground.i18n import t
from playground.pages.compare.request import object_of, prompt_ids, seed_of, text_of, whole_of
from playground.pages.compare.strategies import Column, column_of
from playground.pages.generate.run import labels, wait_for

TOKENS = 60
CLOSE = 1e-3  # probability: what float32 sums in another order may move, with room
RULES = (
    "temperature",
    "top_h",
    "top_k",
    "top_p",
    "min_p",
    "typical_p",
    "epsilon_cutoff",
    "eta_cutoff",
)


def run(backend: Any, raw: Any) -> Iterator[dict]:
    """Frames while both write, then {"verdict": {...}} and done. raw: {"model", "prompt", "tokens",
    "seed", "column": as in strategies}."""
    raw = object_of(raw)
    name, prompt = text_of(raw.get("model"), "model", 200), text_of(raw.get("prompt"), "prompt")
    tokens, seed = (
        whole_of(raw.get("tokens", 24), "tokens", 1, TOKENS),
        seed_of(raw.get("seed")),
    )
    column = column_of(raw.get("column"), 0, tokens, seed)
    yield {"words": t("Getting the model …"), "progress": 0.0}
    for _ in wait_for(backend, name):
        yield {"words": t("Loading {name} …", name=name)}
    if not hasattr(backend, "library"):
        raise ValueError(
            "The library's own run needs the models on this machine; here they are on another."
        )
    model, stopped = backend.causal(name), threading.Event()
    try:
        ids = prompt_ids(model, prompt, tokens)
        yield {"words": t("Loading the weights a second time, for the library …"), "progress": 0.05}
        library = backend.library(name)
        yield {"words": t("transformers writes …"), "progress": 0.3}
        theirs, scores = library.generate(
            ids, seed=seed, should_stop=stopped.is_set, **library_settings(column)
        )
        del library
        yield {"words": t("The playground writes …"), "progress": 0.6}
        verdict = (
            compare_beams(model, backend, name, ids, column, theirs)
            if column.beams
            else compare_steps(model, ids, column.settings, theirs, scores)
        )
        verdict |= {"theirs": model.decode(theirs), "name": column.name, "call": call_of(column)}
        yield {
            "written": len(theirs) + verdict["tokens"],
            "verdict": verdict,
            "done": True,
            "words": "",
            "progress": 1.0,
        }
    finally:
        stopped.set()
        model.close()


def library_settings(column: Column) -> dict:
    """The column as keyword arguments of `generate`."""
    settings = column.settings
    given: dict[str, Any] = {
        "max_new_tokens": settings.max_new_tokens,
        "do_sample": not column.deterministic,
    }
    if column.beams:
        given |= {"num_beams": column.beams, "length_penalty": column.length_penalty}
    for rule in (
        "repetition_penalty",
        "no_repeat_ngram_size",
        *(() if column.deterministic else RULES),
    ):
        if settings.is_on(rule):
            given[rule] = getattr(settings, rule)
    known = {"repetition_penalty", "no_repeat_ngram_size", *RULES}
    if (
        settings.order != "transformers"
        or settings.stop
        or settings.ignore_end
        or any(rule not in known for rule in settings.rules_on())
    ):
        raise ValueError(
            "column must hold only rules that transformers' generate has: "
            + ", ".join(sorted(known))
        )
    return given


def call_of(column: Column) -> str:
    """The call as one would write it."""
    given = library_settings(column)
    if not column.deterministic and "top_k" not in given:
        given["top_k"] = 0
    return "model.generate(" + ", ".join(f"{name}={value!r}" for name, value in given.items()) + ")"


def compare_beams(
    model: Any, backend: Any, name: str, ids: list[int], column: Column, theirs: list[int]
) -> dict:
    """Beam search of ours, and whether its best text is theirs token for token."""
    together = decoding.together.Together([backend.causal(name) for _ in range(column.beams)])
    try:
        ours = decoding.beam_search(
            together,
            ids,
            column.beams,
            column.settings.max_new_tokens,
            column.length_penalty,
            settings=column.settings,
        )[0][0]
    finally:
        together.close()
    ours = [int(token) for token in ours]
    return {
        "kind": "beam",
        "ours": model.decode(ours),
        "same": theirs[: len(ours)] == ours and len(set(theirs[len(ours) :])) <= 1,
        "tokens": len(ours),
        "rows": [],
    }


def compare_steps(
    model: Any,
    ids: list[int],
    settings: DecodingSettings,
    theirs: list[int],
    scores: list[torch.Tensor],
) -> dict:
    """Step by step along the library's text: the distribution that each of the two draws from.

    Both are laid beside each other after the same words, so that a text which differs early does
    not hide what comes later. For greedy text the token that ours takes must be theirs as well; a
    drawn one cannot be, for the two have different random numbers."""
    rows, ours, label = [], [], labels(model)
    for place, token in enumerate(theirs):
        context = ids + theirs[:place]
        step = decoding.Step(model.next_logits(context), context, settings, place, len(ids))
        mine = (step.stages[-2] if settings.greedy else step.stages[-1]).probs.double()  # (V,)
        library = torch.softmax(scores[place].double(), -1)  # (V,)
        ours.append(step.token_id)
        rows.append(
            {
                "text": label(token),
                "ours": float(mine[token]),
                "theirs": float(library[token]),
                "difference": float((mine - library).abs().max()),
                "kept": [int((mine > 0).sum()), int((library > 0).sum())],
                "same_token": step.token_id == token,
            }
        )
    largest = max((row["difference"] for row in rows), default=0.0)
    same = largest <= CLOSE and (not settings.greedy or ours == theirs)
    return {
        "kind": "greedy" if settings.greedy else "sampling",
        "ours": model.decode(ours) if settings.greedy else None,
        "same": same,
        "tokens": len(theirs),
        "largest": largest,
        "same_support": all(row["kept"][0] == row["kept"][1] for row in rows),
        "rows": rows,
    }
