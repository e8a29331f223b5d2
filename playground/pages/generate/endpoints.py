"""/decode, /distribution, /attribution, /score: the page's work for programs (gradio_client, MCP).
JSON by keyword, a JSON object as the answer."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from playground import decoding, traces
from playground.decoding.settings import PARAMETERS
from playground.pages import calls, gate
from playground.pages.answer_size import Size
from playground.pages.errors import sentence_of
from playground.pages.generate import presets
from playground.pages.generate.attribution import attribution_of
from playground.pages.generate.marks import detection
from playground.pages.generate.parameter_docs import described
from playground.pages.generate.request import (
    SCORE_TOKENS,
    check_prompt_fits,
    ids_of,
    settings_of,
    text_of,
)
from playground.pages.generate.run import labels, notes
from playground.parameters import texts_of

DEFAULTS = presets.OFF
MARK = ("watermark_ratio", "watermark_key")


def register(backend: Any) -> None:
    """The named endpoints. A bad value is an error that names the field, the value and the allowed
    range."""

    def decode(model: str, prompt: str, request: Any, **rest: Any) -> dict:
        with gate.run(backend, request, "generate", model) as run:
            return gate.whole(
                backend, run, model, lambda: decode_text(backend, model, prompt, **rest)
            )

    def distribution(model: str, prompt: str, request: Any, **rest: Any) -> dict:
        with gate.question(backend, "generate", model):
            return next_distribution(backend, model, prompt, **rest)

    def attribution(model: str, prompt: str, request: Any, **rest: Any) -> dict:
        with gate.run(backend, request, "generate", model) as run:
            return gate.whole(
                backend, run, model, lambda: attribution_of(backend, model, prompt, **rest)
            )

    def score(model: str, text: str, request: Any, **rest: Any) -> dict:
        with gate.run(backend, request, "generate", model) as run:
            return gate.whole(backend, run, model, lambda: score_text(backend, model, text, **rest))

    gr.api(
        keywords(
            decode,
            DECODE,
            {"model": str, "prompt": str, "chat": (bool, False), "top": (int, 20)},
            list(DEFAULTS),
        ),
        api_name="decode",
    )
    gr.api(
        keywords(
            distribution,
            DISTRIBUTION,
            {
                "model": str,
                "prompt": str,
                "chat": (bool, False),
                "top": (int, 20),
                "ids": (list[int], []),
                "index": (int, 0),
            },
            [name for name in DEFAULTS if name != "max_new_tokens"],
        ),
        api_name="distribution",
    )
    gr.api(
        keywords(
            attribution,
            ATTRIBUTION,
            {
                "model": str,
                "prompt": str,
                "chat": (bool, False),
                "ids": (list[int], []),
                "token": (int, -1),
            },
            [],
        ),
        api_name="attribution",
    )
    gr.api(
        keywords(score, SCORE, {"model": str, "text": str, "top": (int, 5)}, list(MARK)),
        api_name="score",
    )


DECODE = (
    "Write a text token by token and see every choice: which tokens were possible, what each rule "
    "cut, where the random number fell.",
    "text, prompt_tokens, notes, and steps: for each the token, its probability before and after "
    "the rules, entropy and surprisal in nats, the stages of the rules, the top rows and the "
    "exact rest",
)
DISTRIBUTION = (
    "The distribution of one next token, after a prompt and the tokens written so far, before and "
    "after the rules.",
    "the record of the step: rows with raw and final probability, stages, entropies in nats, the "
    "exact rest, and what would be drawn",
)
ATTRIBUTION = (
    "Which earlier tokens count for the next one: each token of the prompt and of what was "
    "written is left out once, and the change of the next token's log-probability is told. It is "
    "the model's own, before any rule.",
    "the token looked at with its probability, and tokens: for each earlier one its place, the "
    "probability of the token looked at without it, and change = log p with it - log p without it "
    "in nats (null where one of the two is zero, or unknown to another program's engine)",
)
SCORE = (
    "A given text as the model reads it: how much each token surprises it. The first token is not "
    "scored unless the model puts a beginning-of-text token in front.",
    "perplexity, and tokens: for each rank, probability, surprisal and entropy in nats, and the "
    "top rows; watermark: for each token whether it is green under the key, how many are, z and "
    "its p-value (null for a text of one token)",
)


def keywords(
    fn: Callable, says: tuple[str, str], own: dict[str, Any], settings: list[str]
) -> Callable:
    """`fn` with an explicit signature, and with its errors as sentences: Gradio reads names, types
    and defaults from it."""
    parameters = []
    for name, kind in own.items():
        kind, default = kind if isinstance(kind, tuple) else (kind, inspect.Parameter.empty)
        parameters.append(
            inspect.Parameter(
                name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=default, annotation=kind
            )
        )
    for name in settings:
        parameters.append(
            inspect.Parameter(
                name,
                inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=DEFAULTS[name],
                annotation=Any if name == "order" else PARAMETERS[name].type,
            )
        )
    parameters.append(
        inspect.Parameter(
            "request", inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None, annotation=gr.Request
        )
    )
    names = [parameter.name for parameter in parameters]

    async def call(*args: Any, **kwargs: Any) -> dict:
        given = {"request": None, **dict(zip(names, args, strict=False)), **kwargs}
        try:
            return await calls.answered(lambda: fn(**given))
        except Exception as error:
            raise gr.Error(sentence_of(error), print_exception=False) from None

    call.__name__, call.__doc__ = fn.__name__, described(says[0], [*own, *settings], says[1])
    call.__signature__ = inspect.Signature(parameters, return_annotation=dict)
    call.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters} | {
        "return": dict
    }
    return call


def decode_text(
    backend: Any,
    model: str,
    prompt: str,
    chat: bool = False,
    top: int = 20,
    **fields: Any,
) -> Iterator[int | dict]:
    """1 for each token written, then the whole run as a trace with the text beside it."""
    prompt, top, settings = text_of(prompt, "prompt"), top_of(top), settings_of(fields)

    network = backend.causal(model)
    try:
        ids = network.encode(prompt, chat=True) if chat else network.encode(prompt)
        check_prompt_fits(network, ids)
        label, steps, written = labels(network), [], []
        size = Size("top", top, settings.max_new_tokens)
        for step in decoding.generate(network, ids, settings):
            written.append(step.token_id)
            steps.append(step.record(label, top, strip=top))
            size.add(steps[-1])
            yield 1
        text = network.decode([*ids, *written])[len(network.decode(ids)) :]
        text = decoding.text.before_stop(text, texts_of(settings.stop))
        yield traces.new_trace(
            "decode",
            model,
            settings.to_dict(),
            prompt,
            steps,
            prompt_ids=ids,
            text=text,
            chat=chat,
            finish=steps[-1]["finish"] if steps else None,
        )
    finally:
        network.close()


def next_distribution(
    backend: Any,
    model: str,
    prompt: str,
    chat: bool = False,
    top: int = 20,
    ids: Any = None,
    index: int = 0,
    **fields: Any,
) -> dict:
    """The record of one step."""
    prompt, top, settings = (
        text_of(prompt, "prompt"),
        top_of(top),
        settings_of({**fields, "max_new_tokens": 1}),
    )
    written = ids_of(ids, "ids")
    if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < 2**31:
        raise ValueError(f"index must be a whole number in [0, {2**31 - 1}], got {index!r}")

    network = backend.causal(model)
    try:
        prompt_ids = network.encode(prompt, chat=True) if chat else network.encode(prompt)
        context = [*prompt_ids, *written]
        logits, second = network.next_logits(context), None
        if "guidance" in settings.rules_on():
            second = decoding.behind_negative(network, settings, prompt_ids)(context)
        step = decoding.recompute(
            logits, context, settings.for_model(network), index, len(prompt_ids), second=second
        )
        return {
            "model": model,
            "settings": settings.to_dict(),
            "prompt": prompt,
            "prompt_ids": prompt_ids,
            "ids": written,
            **step.record(labels(network), top, strip=top),
        }
    finally:
        network.close()


def score_text(
    backend: Any, model: str, text: str, top: int = 5, **mark: Any
) -> Iterator[int | dict]:
    """How many tokens were read, then every token of the text, its perplexity, and what the
    watermark's detector says of it."""
    text, top = text_of(text, "text"), top_of(top)
    ratio, key = (PARAMETERS[name].check(mark.get(name), name) for name in MARK)

    network = backend.causal(model)
    try:
        ids = network.encode(text)
        if len(ids) > SCORE_TOKENS:
            raise ValueError(f"text must have at most {SCORE_TOKENS} tokens, got {len(ids):,}")
        label = labels(network)
        result = decoding.score(network, ids).to_dict()
        for token in result["tokens"]:
            token["text"] = label(token["token_id"])
        yield len(result["tokens"])
        words = len(ids) - (ids[0] == getattr(network, "bos_id", None))
        found = detection(network, ids, ratio, key, curve=False) if words > 1 else None
        yield {"model": model, "text": text, **result, "watermark": found}
    finally:
        network.close()


def top_of(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 100:
        raise ValueError(f"top must be a whole number in [1, 100], got {value!r}")
    return value


__all__ = ["decode_text", "next_distribution", "notes", "register", "score_text"]
