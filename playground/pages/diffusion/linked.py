"""The link of a run: what was run, from which canvas, and the step on view."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

from playground.i18n import t
from playground.pages.diffusion import models
from playground.pages.diffusion.controls import FIELDS, LINK
from playground.pages.diffusion.sampler_cards import NEEDS_POSTERIOR
from playground.pages.errors import sentence_of


def arrived(raw: Any, backend: Callable[[], Any]) -> dict[str, Any]:
    """What an opened link ({"query": text}) does to the page: {} where it is none of this page's;
    else the fields, a message about what was broken, and, where it shows a run, what to run again
    ("run") or why not ("problem")."""
    query = str(raw.get("query", "")) if isinstance(raw, dict) else ""
    params = _params(query)
    if not LINK.given(params):
        return {}
    values, broken = _values(params)
    answer: dict[str, Any] = {"values": {field: values[field] for field in FIELDS}}
    try:
        found = linked(query, backend)
    except Exception as error:
        return {**answer, "problem": sentence_of(error)}
    if found is None:
        unknown = _unknown_model(values["model"])
        if unknown:
            answer["values"]["model"] = LINK.fields["model"].default
        return {**answer, "message": broken or unknown, "step": values["step"]}
    _, event, at = found
    return {**answer, "run": {"edited": vars(event) if event is not None else None, "at": at}}


def address(raw: Any) -> dict[str, str]:
    """{"query"} of the page as the browser describes it ({"fields": {...}}), every field
    checked."""
    fields = raw.get("fields") if isinstance(raw, dict) else None
    if not isinstance(fields, dict):
        raise ValueError(t("fields must be the fields of the link"))
    return {"query": LINK.encode({name: fields[name] for name in LINK.fields if name in fields})}


def linked(query: str, backend: Callable[[], Any]) -> tuple[dict[str, Any], Any, int] | None:
    """(values of the controls, the edit that the run went on from or None, the step on view) of an
    opened link that shows a run; None where it shows none. The same values give the same words:
    every draw depends on the seed alone.

    Raises ValueError, a sentence, where the link is broken or its model would have to be fetched
    first: nothing is fetched unasked."""
    params = _params(query)
    values, broken = _values(params)
    if not LINK.given(params) or not values["ran"]:
        return None
    if broken:
        raise ValueError(broken)
    name = values["model"]
    shipped = name.startswith("exact-") or name in (models.TWIN, *models.noise_readers())
    if not shipped and not models.ready(name, backend):
        raise ValueError(
            t(
                "This link shows a run of {name}, which is not loaded here. Press Run to load it "
                "and to see the run.",
                name=name,
            )
        )
    event = unpacked_edit(values["edited"], name) if values["edited"] else None
    return {field: values[field] for field in FIELDS}, event, values["step"]


def _params(query: str) -> dict[str, str]:
    return dict(parse_qsl(query[:20_000].removeprefix("?"), keep_blank_values=True))


def _values(params: dict[str, str]) -> tuple[dict[str, Any], str]:
    """The link's fields and what was broken. Where it names no model, the sampler chooses one that
    can answer it."""
    values, broken = LINK.decode(params)
    readers = models.noise_readers()
    if "model" not in params and values["sampler"] in NEEDS_POSTERIOR and readers:
        values["model"] = readers[0]
    return values, broken


def _unknown_model(name: str) -> str:
    """What is wrong with a link's model where nothing is run; "" for one that is on offer or may be
    loaded from a hub."""
    names = [each for _, each in models.offered()]
    if "/" in name or name in names:
        return ""
    return t(
        "model must be one of {names}, got {got}.", names=", ".join(names), got=repr(name[:100])
    )


def packed_edit(event: Any) -> str:
    """The canvas that a run went on from, for a link: turn ~ ids ~ which of them are locked."""
    return "~".join(
        [
            str(event.turn),
            ".".join(map(str, event.canvas)),
            "".join("01"[bool(lock)] for lock in event.locked),
        ]
    )


def unpacked_edit(text: str, model: str) -> Any:
    """The edit as the player sends it; its ids are checked against the model where it is run."""
    turn, _, rest = text.partition("~")
    ids, _, locks = rest.partition("~")
    try:
        if not locks or not set(locks) <= {"0", "1"}:
            raise ValueError
        return SimpleNamespace(
            turn=int(turn),
            canvas=[int(part) for part in ids.split(".")],
            locked=[lock == "1" for lock in locks],
            model=model,
        )
    except ValueError:
        raise ValueError(
            t("edited must be a turn, token ids and locks, as Copy link writes them")
        ) from None
