"""The Generate page: watch a language model choose its next token, and change the course of the
text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any
from urllib.parse import parse_qsl

from playground import traces
from playground.backend.catalog import MODELS
from playground.backend.limits import limits
from playground.i18n import t
from playground.pages import ngram_models
from playground.pages.errors import answered_messages
from playground.pages.generate import endpoints, figures, marks, presets
from playground.pages.generate.attribution import attribution_work
from playground.pages.generate.files import file_functions
from playground.pages.generate.links import LINK, query_of, state_of
from playground.pages.generate.request import NEW_TOKENS, PROMPT_CHARACTERS, RunRequest, object_of
from playground.pages.generate.run import score, write
from playground.pages.run import Handle, Message, Work, bind, functions
from playground.paths import ASSETS
from playground.widgets.generator import Generator

TITLE = t("Generate")
SLUG = "generate"
EXAMPLES = ASSETS / "examples"


def start_model(backend: Any) -> str:
    """The model that the page begins with: the shipped one if its weights are there, it writes at
    once."""

    on_offer = [entry.id for entry in backend.catalog() if entry.kind == "causal"]
    if "fairy-causal" in on_offer and (MODELS / "fairy-causal" / "config.json").is_file():
        return "fairy-causal"
    return next((name for name in ("smollm2-135m", *on_offer) if name in on_offer), "smollm2-135m")


def build(app: Any) -> None:
    backend = ngram_models.WithNgrams(app.backend())
    first = start_model(backend)
    models = [
        {
            "id": entry.id,
            "title": entry.title,
            "listed": entry.listed_as,
            "note": entry.note,
            "chat": entry.chat,
            "uncased": entry.uncased,
            "shipped": any(place.kind == "asset" for place in entry.places),
        }
        for entry in backend.catalog()
        if entry.kind == "causal"
    ]
    models += [
        {
            "id": offer.id,
            "title": offer.title,
            "note": offer.note,
            "chat": False,
            "uncased": False,
        }
        for offer in getattr(backend, "engines", list)()
    ]
    models += [
        {
            "id": name,
            "title": label,
            "note": "An n-gram model: it knows its one sentence and nothing else.",
            "chat": False,
            "uncased": False,
            "shipped": True,
        }
        for label, name in ngram_models.choices()
    ]

    def opening(raw: Any) -> dict:
        """What the page shows before any weights are there: the state of its link or a recorded
        text, and where each model stands."""
        backend.prepare(first)
        params = dict(
            parse_qsl(str(raw.get("query", "")).removeprefix("?"), keep_blank_values=True)
        )
        # the depth alone is no text: the recorded one opens in it
        text = {name: value for name, value in params.items() if name != "depth"}
        link = state_of(params) if LINK.given(text) else None
        return {
            "link": link,
            "example": None if link else recorded(first),
            "device": device(),
            "models": {one["id"]: dict(backend.status(one["id"])) for one in models},
        }

    def prepare(name: Any) -> dict:
        return {**backend.prepare(str(name)[:200]), "device": device(name)}

    def prepare_status(name: Any) -> dict:
        return {**backend.status(str(name)[:200]), "device": device(name)}

    def reading(raw: Any) -> dict:
        """The prompt as the model reads it; empty while the model is not there."""
        model_id, prompt = str(raw.get("model"))[:200], str(raw.get("prompt"))[:PROMPT_CHARACTERS]
        if backend.status(model_id)["state"] != "ready":
            return {"reads": ""}
        model = backend.causal(model_id)
        try:
            return {
                "reads": model.display_prompt(prompt)
                if hasattr(model, "display_prompt")
                else prompt
            }
        finally:
            model.close()

    def recompute_step(raw: Any) -> dict:
        return figures.recompute_step(backend, raw)

    def draws(raw: Any) -> dict:
        return figures.draw_many(backend, raw)

    def find_tokens(raw: Any) -> dict:
        return figures.find_tokens(backend, raw)

    def tokens_of(raw: Any) -> dict:
        return figures.tokens_of(backend, raw)

    def watermark(raw: Any) -> dict:
        return marks.watermark(backend, raw)

    def link(raw: Any) -> dict:
        return {"query": query_of(raw)}

    def send(raw: Any) -> dict:
        receiver = app.receivers.get(str(raw.get("page"))[:40])
        if receiver is None:
            raise ValueError("That page is not part of this installation.")
        return {
            "query": receiver(
                {name: raw.get(name) for name in ("model", "prompt", "ids", "step", "settings")}
            )
        }

    player = Generator(
        None,
        elem_id="generator",
        constants={
            "models": models,
            "start_model": first,
            **presets.constants(),
            "examples": presets.EXAMPLES,
            "longest": NEW_TOKENS,
            "score_example": presets.SCORE_EXAMPLE,
            "most_characters": PROMPT_CHARACTERS,
            "most_bytes": int(limits().max_body_mb * 1_000_000),
        },
        server_functions=[
            *(
                answered_messages(about_object(fn))
                for fn in (
                    opening,
                    reading,
                    recompute_step,
                    find_tokens,
                    tokens_of,
                    draws,
                    watermark,
                    link,
                    send,
                )
            ),
            *(answered_messages(fn) for fn in (prepare, prepare_status, *file_functions(models))),
            *functions(),
        ],
    )

    bind(player, "write", lambda: backend, "generate", write_work(backend))
    bind(player, "score", lambda: backend, "generate", score_work(backend))
    bind(player, "attribute", lambda: backend, "generate", attribution_work(backend))

    endpoints.register(backend)
    app.at_start(lambda: backend.prepare(first))


def write_work(backend: Any) -> Work:
    """What a run of the event `write` does."""

    def work(asked: dict, handle: Handle) -> Iterator[Message]:
        return write(backend, RunRequest.read(asked), handle.stopped)

    return work


def score_work(backend: Any) -> Work:
    """What a run of the event `score` does."""
    return lambda asked, handle: score(backend, asked, handle.stopped)


def about_object(fn: Callable[[Any], dict]) -> Callable[[Any], dict]:
    """`fn` for a question that must be an object."""

    @wraps(fn)
    def checked(raw: Any = None) -> dict:
        return fn(object_of(raw))

    return checked


def recorded(model: str) -> dict | None:
    """A recorded text for the page's first moment: the start model's own if there is one."""

    for path in (EXAMPLES / f"{model}.json", EXAMPLES / "smollm2-135m.json"):
        if path.is_file():
            trace = traces.from_json(path.read_text(encoding="utf-8"))
            if trace["kind"] == "decode":
                return trace
    return None


def device(model: Any = None) -> str:
    """ "CPU" or the accelerator's name, nothing for another program's model; nothing is imported
    for it: before a model is loaded it is not known yet."""
    import sys

    if isinstance(model, str) and model.startswith("engine/"):
        return ""
    module = sys.modules.get("playground.backend.device")
    return (
        {"cpu": "CPU", "cuda": "GPU", "mps": "Apple GPU"}.get(module.device().type, "")
        if module
        else ""
    )
