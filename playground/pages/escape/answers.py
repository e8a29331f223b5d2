"""What the server answers the Escape page: what the page opens with, one real distribution read,
the experiment's run.

Errors are raised; `answered_messages` and the run's stream turn them into sentences on the page."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import numpy as np

from playground import decoding
from playground.decoding.settings import DecodingSettings
from playground.i18n import t
from playground.pages import gate
from playground.pages.escape import logits
from playground.pages.escape.calculator import checked
from playground.pages.escape.fields import EXAMPLE, EXPERIMENT, FIELDS, OWN, WORD
from playground.pages.escape.links import LINK, SLUG, link_values, source_of
from playground.pages.escape.live import FOLLOWED, experiment_messages
from playground.pages.escape.logits import Distribution
from playground.pages.escape.recorded import recorded
from playground.pages.escape.sent import sent
from playground.pages.escape.table import read_table
from playground.pages.run import Handle, Message, Work, progress

LONGEST_PROMPT = 2000


def opened(request: Any) -> dict:
    """What the calculator begins with: {"settings", "loop": the recorded one (see record.py),
    "message"}.

    An address without settings opens the recorded loop, one that names settings but no word of it a
    loop of the visitor's own ΔE and N."""
    query = request.get("query", "") if isinstance(request, dict) else ""
    values, message = link_values(request)
    loop = recorded()
    settings = {name: values[name] for name in [*FIELDS, "word"]}
    if not set(settings) & set(dict(parse_qsl(str(query)[:20_000].lstrip("?")))):
        settings |= {"word": loop["start"], "temperature": loop["temperature"]}
    if settings["word"] >= len(loop["lap"]):
        settings["word"], last = loop["start"], len(loop["lap"]) - 1
        message = t("word must be at most {last}: this loop has no more words.", last=last)
    return {"settings": settings, "loop": loop, "message": message}


def link(settings: Any) -> dict:
    """{"query"} of the address that opens the calculator with these settings."""
    if not isinstance(settings, dict):
        raise ValueError(t("settings must be an object of numbers"))
    word = WORD.check(settings.get("word"))
    query = LINK.encode({**checked(settings), "word": word})
    # without it a loop of one's own at the fields' defaults would be an address without settings
    return {"query": query + (f"&word={OWN}" if word == OWN else "")}


def opened_logits(request: Any) -> dict:
    """The step that the page's address names, or the worked example: {"source", "table": text for
    the box, "message"}."""
    values, _ = link_values(request)
    source, message = source_of(values)
    return {
        "source": source or {"table": EXAMPLE},
        "table": "" if source else EXAMPLE,
        "message": message,
    }


def read(backend: Any, request: Any) -> dict:
    """One real distribution as the browser reads it (see sent.py); `backend()` gives the backend
    where it is a step of a text."""
    return sent(_found(backend, request))


def analyse(backend: Any, request: Any) -> dict:
    """Its figures at one setting, for a step with a rule that the browser does not know (one that a
    program added to the table)."""
    return logits.analyse(
        _found(backend, request),
        request.get("loop"),
        request.get("escape"),
        request.get("top_p", 0.9),
        request.get("temperature", 0.8),
        request.get("min_p", 0.05),
    )


def _found(backend: Any, request: Any) -> Distribution:
    if not isinstance(request, dict) or not isinstance(request.get("source"), dict):
        raise ValueError(
            t(
                "source must be a table of logits or a step of a text, got nothing: press “Read "
                "these logits”"
            )
        )
    source = request["source"]
    return _from_table(source["table"]) if "table" in source else _from_step(backend(), source)


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
            row = decoding.words.guidance(row, np.asarray(second, np.float32), settings.guidance)
            words = t("{source}, with guidance {g}", source=words, g=f"{settings.guidance:g}")
            settings = settings.with_changes(guidance=0.0)
        return Distribution(row, text_of, words, settings.for_model(model), ids, given)


def experiment(backend: Any) -> Work:
    """The work of a run of the experiment; its request is {"model", "prompt", "top_p", "runs",
    "length"}."""

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
    top_p, runs, length = (
        row.check(asked.get(name), row.label) for name, row in EXPERIMENT.items()
    )
    return prompt, top_p, runs, length
