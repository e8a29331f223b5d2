"""What the server answers the Escape page: the calculator's figures, one real distribution read, the experiment's run.

Errors are raised; `answered_messages` and the run's stream turn them into sentences on the page."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from playground import decoding
from playground.decoding.settings import DecodingSettings
from playground.decoding.words import guidance
from playground.i18n import t
from playground.pages import gate
from playground.pages.escape import calculator, logits
from playground.pages.escape.checks import number_in
from playground.pages.escape.fields import EXAMPLE, FIELDS
from playground.pages.escape.links import LINK, SLUG, link_values, source_of
from playground.pages.escape.live import FOLLOWED, experiment_messages
from playground.pages.escape.logits import Distribution
from playground.pages.escape.table import read_table
from playground.pages.run import Handle, Message, Work, progress

LONGEST_PROMPT = 2000
RUNS, LENGTH = (8, 128), (8, 96)  # of the experiment: runs a point, tokens that each run tries


def calculate(settings: Any) -> dict:
    """The calculator's record with its `link`."""
    record = calculator.calculate(settings)
    return {**record, "link": LINK.encode(record["settings"])}


def opened(request: Any) -> dict:
    """The calculator as the page's address says: {"settings", "record", "message"}."""
    values, message = link_values(request)
    record = calculate({name: values[name] for name in [*FIELDS, "order"]})
    return {"settings": record["settings"], "record": record, "message": message}


def opened_logits(request: Any) -> dict:
    """The step that the page's address names, or the worked example: {"source", "table": text for the box, "message"}."""
    values, _ = link_values(request)
    source, message = source_of(values)
    return {
        "source": source or {"table": EXAMPLE},
        "table": "" if source else EXAMPLE,
        "message": message,
    }


def analyse(backend: Any, request: Any) -> dict:
    """One real distribution read; `backend()` gives the backend where the source is a step of a text."""
    if not isinstance(request, dict) or not isinstance(request.get("source"), dict):
        raise ValueError(
            t(
                "source must be a table of logits or a step of a text, got nothing: press “Read these logits”"
            )
        )
    source = request["source"]
    found = _from_table(source["table"]) if "table" in source else _from_step(backend(), source)
    return logits.analyse(
        found,
        request.get("loop"),
        request.get("escape"),
        request.get("top_p", 0.9),
        request.get("temperature", 0.8),
        request.get("min_p", 0.05),
    )


def _from_table(table: Any) -> Any:
    names, values = read_table(table)
    return Distribution(values, names.__getitem__, t("your table"), DecodingSettings(), [], 0)


def _from_step(backend: Any, source: dict) -> Any:
    ids, name = source.get("ids"), source.get("model")
    if (
        not isinstance(name, str)
        or not isinstance(ids, list)
        or not all(isinstance(i, int) and not isinstance(i, bool) for i in ids)
    ):
        raise ValueError(t("source must name a model and a list of token ids"))
    rules = source.get("rules") or {}
    # rules that carry something from token to token have no T_c of one step
    settings = DecodingSettings.from_dict(
        {**rules, "mirostat_tau": 0.0, "adaptive_target": 0.0, "do_sample": True}
    )
    with (
        gate.question(backend, SLUG, name),
        contextlib.closing(backend.causal(name)) as model,
    ):
        ask = "logits_at" if hasattr(model, "logits_at") else "next_logits"
        row = np.asarray(getattr(model, ask)(ids), np.float32)
        text_of = model.piece if hasattr(model, "piece") else lambda token: model.decode([token])
        given = int(source.get("given") or 0)
        words = t("{model}, after {tokens} tokens", model=name, tokens=len(ids))
        if settings.guidance:
            second = decoding.behind_negative(model, settings, ids[:given], ask)(ids)
            row = guidance(row, np.asarray(second, np.float32), settings.guidance)
            words = t("{source}, with guidance {g}", source=words, g=f"{settings.guidance:g}")
            settings = settings.with_changes(guidance=0.0)
        return Distribution(row, text_of, words, settings.for_model(model), ids, given)


def experiment(backend: Any) -> Work:
    """The work of a run of the experiment; its request is {"model", "prompt", "top_p", "runs", "length"}."""

    def work(asked: dict, handle: Handle) -> Iterator[Message]:
        prompt, top_p, runs, length = _experiment_of(asked)
        yield progress(t("Getting the model …"), 0.0)
        name, here = asked.get("model"), backend()
        model = here.causal(name)
        followed = decoding.together.Together([here.causal(name) for _ in range(FOLLOWED)])
        try:
            yield from experiment_messages(
                model,
                prompt,
                top_p=top_p,
                runs=runs,
                length=length,
                should_stop=handle.stopped.is_set,
                followed=followed,
            )
        finally:
            model.close()
            followed.close()

    return work


def _experiment_of(asked: dict) -> tuple[str, float, int, int]:
    """(prompt, top-p, runs a point, tokens of a run), checked."""
    prompt = asked.get("prompt")
    if not isinstance(prompt, str) or not prompt.strip():
        raise ValueError(t("prompt must hold at least 1 word, got an empty text"))
    if len(prompt) > LONGEST_PROMPT:
        raise ValueError(
            t(
                "prompt must have at most {most} characters, got {got}",
                most=LONGEST_PROMPT,
                got=len(prompt),
            )
        )
    top_p = number_in(t("top-p"), asked.get("top_p", 0.9), 0.05, 0.999)
    runs = number_in(t("runs a point"), asked.get("runs", 32), *RUNS, whole=True)
    length = number_in(t("tokens"), asked.get("length", 32), *LENGTH, whole=True)
    return prompt, top_p, int(runs), int(length)
