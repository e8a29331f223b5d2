"""What the address of the Escape page carries: the calculator's settings, or a step of a text."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

from playground.decoding.settings import DecodingSettings
from playground.i18n import t
from playground.pages.escape.fields import FIELDS, WORD
from playground.pages.generate.request import ids_of, object_of
from playground.pages.links import Number, PageLink, Setting, Text

SLUG = "escape"
LINK = PageLink(
    SLUG,
    {
        **{name: Setting(row) for name, row in FIELDS.items()},
        "word": Setting(WORD),
        "model": Text("", longest=100),
        "ids": Text("", longest=6000),
        "rules": Text("", longest=1200),
        "given": Number(0, 0, 100_000, whole=True),
    },
)


def link_values(request: Any) -> tuple[dict, str]:
    """What the page's address ({"query"}) says, checked: (values, sentence about what could not be
    read)."""
    query = request.get("query", "") if isinstance(request, dict) else ""
    params = dict(parse_qsl(str(query)[:20_000].lstrip("?")))
    return LINK.decode(params) if LINK.given(params) else (LINK.defaults(), "")


def link_of(state: dict) -> str:
    """The address that opens a decoding step here (see `Shell.receive`). ValueError where the text
    is too long for a link, or where the state is not one."""
    settings, ids, step = (
        object_of(state.get("settings") or {}, "settings"),
        ids_of(state.get("ids"), "ids"),
        state.get("step") or 0,
    )
    if not isinstance(step, int):
        raise ValueError(t("step must be a whole number, got {got}", got=repr(str(step)[:40])))
    changed = {
        name: value
        for name, value in settings.items()
        if value != getattr(DecodingSettings(), name, None)
    }
    shown = {
        "model": state["model"],
        "ids": "-".join(map(str, ids)),
        "given": state.get("prompt_length", max(0, len(ids) - step)),
        "rules": json.dumps(changed, separators=(",", ":")) if changed else "",
    }
    return LINK.encode(shown)


def source_of(values: dict) -> tuple[dict | None, str]:
    """The step that a link names, and a sentence if it cannot be read."""

    if not values["model"] or not values["ids"]:
        return None, ""
    try:
        ids = [int(part) for part in values["ids"].split("-")]
        rules = json.loads(values["rules"]) if values["rules"] else {}
        if not isinstance(rules, dict):
            raise ValueError(t("rules must be an object of settings"))
        DecodingSettings.from_dict(rules)
    except (ValueError, TypeError, RecursionError) as error:
        why = str(error) if len(str(error)) <= 120 else str(error)[:120]
        return None, t("The step in this link could not be read ({why}).", why=why)
    return {"model": values["model"], "ids": ids, "rules": rules, "given": values["given"]}, ""
