"""What a moved slider and "Draw many" ask: from the kept logits of one step, without running the
network."""

from __future__ import annotations

from typing import Any

from playground import decoding
from playground.i18n import t
from playground.pages import gate
from playground.pages.generate.request import StepRequest, object_of, text_of
from playground.pages.generate.run import STRIP, labels
from playground.parameters import following_seed

DRAWS = 1000
SHOWN = 12
FOUND = 30
APPENDED = 400  # characters


def _logits(backend: Any, request: StepRequest) -> tuple[Any, Any]:
    """(model, logits): the kept logits, or one forward pass on a server that has not seen the
    step."""
    ready(backend, request.model)
    model = backend.causal(request.model)
    try:
        with gate.question(backend, "generate", request.model):
            return model, getattr(model, "logits_at", model.next_logits)(request.ids)
    except BaseException:
        model.close()
        raise


def _step(model: Any, logits: Any, request: StepRequest, settings: Any) -> Any:
    """The step under other rules. Guidance reads the kept logits behind the negative prompt too, or
    asks the network once."""
    second = None
    if "guidance" in settings.rules_on():
        ask = "logits_at" if hasattr(model, "logits_at") else "next_logits"
        prompt = request.ids[: request.prompt_length]
        second = decoding.behind_negative(model, settings, prompt, ask)(request.ids)
    return decoding.recompute(
        logits,
        request.ids,
        settings.for_model(model),
        request.index,
        request.prompt_length,
        request.memory,
        second=second,
    )


def ready(backend: Any, model: str) -> None:
    """ValueError with a sentence where the model is not loaded."""
    state = backend.status(model)["state"]
    if state in ("loading", "downloading"):
        raise ValueError(
            t("The model is still loading; the rules act on this step as soon as it is there.")
        )
    if state != "ready":
        raise ValueError(
            t(
                "{model}, which wrote this text, is not loaded: choose it in the list of models, "
                "or press Play.",
                model=model,
            )
        )


def recompute_step(backend: Any, raw: Any) -> dict:
    """The record of a step under other rules: what would have been drawn with the same u."""
    request = StepRequest.read(raw)

    model, logits = _logits(backend, request)
    try:
        step = _step(model, logits, request, request.settings)
        return step.record(labels(model), strip=STRIP, through=True)
    finally:
        model.close()


def find_tokens(backend: Any, raw: Any) -> dict:
    """The likeliest tokens whose text holds `query`, of all that the model has, at one step.

    {"found": how many there are, "tokens": [{"id", "text", "raw", "final", "rank"}]}; at most FOUND
    of them, by falling `final`, then by falling `raw`. Small and capital letters count alike."""
    request = StepRequest.read(raw)
    import numpy as np

    query = text_of(object_of(raw).get("query"), "search", 100).casefold()
    model, logits = _logits(backend, request)
    try:
        step = _step(model, logits, request, request.settings)
        label = labels(model)
        raw_p, final_p = (
            step.stages[place].probs.double().numpy() for place in (0, -1)
        )  # (V,) each
        ids = np.array([i for i in range(len(raw_p)) if query in label(i).casefold()], np.int64)
        best = ids[np.lexsort((ids, -raw_p[ids], -final_p[ids]))][:FOUND]
        return {
            "found": len(ids),
            "tokens": [
                {
                    "id": token,
                    "text": label(token),
                    "raw": float(raw_p[token]),
                    "final": float(final_p[token]),
                    "rank": int((raw_p > raw_p[token]).sum()) + 1,
                }
                for token in best.tolist()
            ],
        }
    finally:
        model.close()


def tokens_of(backend: Any, raw: Any) -> dict:
    """{"ids"} of a text that the visitor appends by hand, as the model's own tokenizer cuts it."""
    asked = object_of(raw)
    model_id, text = str(asked.get("model"))[:200], asked.get("text")
    text_of(text, "text", APPENDED)
    ready(backend, model_id)
    model = backend.causal(model_id)
    try:
        ids = list(model.encode(text))
        first = list(model.encode("")) if getattr(model, "adds_bos", False) else []
        return {"ids": ids[len(first) :] if first and ids[: len(first)] == first else ids}
    finally:
        model.close()


def draw_many(backend: Any, raw: Any) -> dict:
    """1,000 draws from the distribution of one step at each of up to three temperatures, against
    what theory expects.

    {"n", "columns": [{"temperature", "rows": [{"text", "expected", "observed"}], "others":
    {"count", "expected", "observed"}, "chi_square", "degrees_of_freedom", "p_value", "pooled"}]}:
    counts; rows are the likeliest tokens of any column."""
    request = StepRequest.read(raw)
    import numpy as np

    temperatures = object_of(raw).get("temperatures")
    if not isinstance(temperatures, list) or not 1 <= len(temperatures) <= 3:
        raise ValueError("temperatures must be a list of 1 to 3 numbers")
    model, logits = _logits(backend, request)
    try:
        label, columns = labels(model), []
        for number, temperature in enumerate(temperatures):
            settings = request.settings.with_changes(temperature=temperature, do_sample=True)
            step = _step(model, logits, request, settings)
            probs = step.stages[-1].probs.numpy().astype(np.float64)  # (V,)
            columns.append(
                (
                    temperature,
                    probs / probs.sum(),
                    decoding.draw_many(probs, DRAWS, following_seed(settings.seed, number)),
                )
            )
        best = np.argsort(-np.max([probs for _, probs, _ in columns], axis=0), kind="stable")[
            :SHOWN
        ]
        return {
            "n": DRAWS,
            "columns": [
                _column(temperature, probs, drawn, best, label)
                for temperature, probs, drawn in columns
            ],
        }
    finally:
        model.close()


def _column(temperature: float, probs: Any, drawn: Any, shown: Any, label: Any) -> dict:
    rows = [
        {
            "text": label(int(token)),
            "expected": float(DRAWS * probs[token]),
            "observed": int(drawn.counts[token]),
        }
        for token in shown
    ]
    return {
        "temperature": temperature,
        "rows": rows,
        "chi_square": drawn.statistic,
        "degrees_of_freedom": drawn.degrees_of_freedom,
        "p_value": drawn.p_value,
        "pooled": drawn.pooled,
        "others": {
            "count": int((probs > 0).sum()) - sum(row["expected"] > 0 for row in rows),
            "expected": max(DRAWS - sum(row["expected"] for row in rows), 0.0),
            "observed": DRAWS - sum(row["observed"] for row in rows),
        },
    }
