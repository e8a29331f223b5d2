"""The link of a text: model, prompt, rules, the tokens that the visitor chose, and the step on view."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playground.i18n import t
from playground.pages.generate.presets import START
from playground.pages.generate.request import NEW_TOKENS, ids_of, object_of, settings_of
from playground.pages.links import Choice, Flag, Number, PageLink, Text

_WHOLE = {"max_new_tokens", "top_k", "no_repeat_ngram_size", "dry_allowed_length", "seed"}
_RANGES = {
    "max_new_tokens": (1, NEW_TOKENS),
    "temperature": (0, 1e6),
    "top_k": (0, 1e6),
    "top_p": (0, 1),
    "min_p": (0, 1),
    "typical_p": (1e-6, 1),
    "epsilon_cutoff": (0, 0.999999),
    "eta_cutoff": (0, 0.999999),
    "repetition_penalty": (1e-6, 1e6),
    "presence_penalty": (-1e6, 1e6),
    "frequency_penalty": (-1e6, 1e6),
    "no_repeat_ngram_size": (0, 1e6),
    "xtc_threshold": (0, 1),
    "xtc_probability": (0, 1),
    "dry_multiplier": (0, 1e6),
    "dry_base": (1, 1e6),
    "dry_allowed_length": (1, 1e6),
    "mirostat_tau": (0, 1e6),
    "mirostat_eta": (0, 1e6),
    "seed": (0, 2**53),
}


def _field(name: str, default: Any) -> Any:
    if name == "do_sample":
        return Flag(default)
    if name == "order":
        return Choice(default, ("transformers", "llama.cpp"))
    low, high = _RANGES[name]
    return Number(default, low, high, whole=name in _WHOLE)


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
        **{name: _field(name, default) for name, default in START.items()},
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
    """{"values": {"model", "prompt", "chat", "chosen": ids, "step", "mode", "text", "depth", "settings"}, "message"} of an opened link."""
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
