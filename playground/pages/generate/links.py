"""The link of a text: model, prompt, rules, the tokens that the visitor chose, and the step on
view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from playground.decoding.settings import PARAMETERS
from playground.i18n import t
from playground.pages.generate.presets import START
from playground.pages.generate.request import NEW_TOKENS, ids_of, object_of, settings_of
from playground.pages.links import Choice, Flag, Number, PageLink, Setting, Text

LINK = PageLink(
    "generate",
    {
        "model": Text("", 200),
        "prompt": Text("Once upon a time", 4000),
        "chat": Flag(False),
        "chosen": Text("", 4000),
        "step": Number(0, 0, NEW_TOKENS, whole=True),
        "mode": Choice("write", ("write", "score")),
        "depth": Choice("simple", ("simple", "rules", "numbers")),
        "text": Text("", 6000),
        "max_new_tokens": Number(START["max_new_tokens"], 1, NEW_TOKENS, whole=True),
        **{
            name: Setting(replace(row, default=START[name]))
            for name, row in PARAMETERS.items()
            if name != "max_new_tokens"
        },
    },
)


def query_of(raw: Any) -> str:
    """The link's query for what the browser shows. Raises ValueError with a sentence."""
    raw = object_of(raw)
    settings = settings_of(raw.get("settings")).to_dict()
    chosen = ids_of(raw.get("chosen"), "chosen", NEW_TOKENS)
    return LINK.encode(
        {
            "model": str(raw.get("model") or "")[:200],
            "prompt": str(raw.get("prompt") or ""),
            "chat": bool(raw.get("chat")),
            "chosen": ".".join(map(str, chosen)),
            "step": raw.get("step") or 0,
            "depth": str(raw.get("depth") or "simple"),
            **settings,
            **(
                {"mode": "score", "text": str(raw.get("text") or "")}
                if raw.get("mode") == "score"
                else {}
            ),
        }
    )


def state_of(params: Mapping[str, str]) -> dict[str, Any]:
    """{"values": {"model", "prompt", "chat", "chosen": ids, "step", "mode", "text", "depth",
    "settings"}, "message"} of an opened link."""
    values, message = LINK.decode(params)
    chosen: list[int] = []
    if values["chosen"]:
        try:
            chosen = ids_of(
                [int(part) for part in values["chosen"].split(".")], "chosen", NEW_TOKENS
            )
        except ValueError:
            message = message or t(
                "Part of this link could not be read, so the default stands there: chosen must be "
                "token ids."
            )
    settings = {name: values[name] for name in START}
    return {
        "message": message,
        "values": {
            **{
                name: values[name]
                for name in ("model", "prompt", "chat", "step", "mode", "text", "depth")
            },
            "chosen": chosen,
            "settings": settings,
        },
    }
