"""Escape: temperature, barriers and the temperature at which a text gets out of its loop."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from typing import Any
from urllib.parse import parse_qsl

import gradio as gr

from playground import decoding
from playground.backend.catalog import offered
from playground.decoding.settings import DecodingSettings
from playground.i18n import t
from playground.pages import gate
from playground.pages.errors import sentence_of
from playground.pages.escape.calculator import calculate
from playground.pages.escape.fields import EXAMPLE, FIELDS, ORDERS
from playground.pages.escape.live import FOLLOWED, experiment_frames
from playground.pages.escape.logits import Distribution, analyse, read_table
from playground.pages.generate.request import ids_of, object_of
from playground.pages.links import Choice, Number, PageLink, Text
from playground.widgets.escape_calculator import EscapeCalculator
from playground.widgets.escape_live import EscapeLive
from playground.widgets.escape_logits import EscapeLogits

TITLE = t("Escape")
SLUG = "escape"
LINK = PageLink(
    SLUG,
    {
        **{
            name: Number(default, low, high, whole=whole)
            for name, (default, low, high, whole) in FIELDS.items()
        },
        "order": Choice("transformers", ORDERS),
        "model": Text("", longest=100),
        "ids": Text("", longest=6000),
        "rules": Text("", longest=1200),
        "given": Number(0, 0, 100_000, whole=True),
    },
)
# prompts whose greedy text was seen to loop, by model
LOOPING = {
    "fairy-causal": [
        "the sea, the sea, the sea",
        "and the wind blew, and the wind blew",
        "cock-a-doodle-doo",
    ],
    "smollm2-135m": [
        "the sea, the sea, the sea",
        "there was a king who had a",
        t("I am not sure what to do. I am not sure what to do."),
    ],
}


def build(app: Any) -> None:
    """Three parts on one page: the calculator, real logits, a real loop."""
    gr.Markdown(
        t(
            "# How does a text get out of a loop?\n\nA model that repeats itself sits in a valley: "
            "the loop token's logit lies **ΔE** above the best way out. Temperature shakes the "
            "marble; top-p, min-p and top-k put a lid on the valley. Move anything."
        )
    )
    EscapeCalculator(
        settings={name: field[0] for name, field in FIELDS.items()} | {"order": "transformers"},
        calculate=_calculate,
        opened=_opened,
        elem_id="escape-calculator",
    )
    with gr.Accordion(t("Derive it: from softmax to T_c, line by line"), open=False):
        gr.Markdown(
            DERIVATION,
            latex_delimiters=[
                {"left": "$$", "right": "$$", "display": True},
                {"left": "$", "right": "$", "display": False},
            ],
        )

    gr.Markdown(
        t(
            "### From real logits\n\nPaste a distribution, or send any step here from the Generate "
            "page. The two-token formula stands beside the root over the **whole vocabulary**: "
            "the difference is what all the other tokens do."
        )
    )

    def analyse_here(request: Any) -> dict:
        return _analyse(app, request)

    EscapeLogits(analyse=analyse_here, opened=_opened_logits, elem_id="escape-logits")

    gr.Markdown(
        t(
            "### A real loop\n\nThe model writes greedily until it repeats itself. Then many runs "
            "try to get out at several temperatures, with and without top-p, and their share is "
            "laid over the prediction from the loop's own logits."
        )
    )
    _live(app)

    app.receive(SLUG, link_of)
    gr.api(escape, api_name="escape")


def _live(app: Any) -> None:
    models = [entry for entry in _entries() if entry.kind == "causal"]
    first = models[0].id if models else None
    with gr.Row(equal_height=False):
        model = gr.Dropdown(
            [(entry.title, entry.id) for entry in models],
            value=first,
            label=t("model"),
            info=t("which model writes"),
            scale=2,
            min_width=260,
            filterable=False,
        )
        prompt = gr.Dropdown(
            LOOPING.get(first, ["once upon a time"]),
            value=LOOPING.get(first, ["once upon a time"])[0],
            label=t("prompt"),
            info=t("these are known to loop; type your own"),
            allow_custom_value=True,
            scale=3,
            min_width=260,
        )
    with gr.Row(equal_height=False):
        top_p = gr.Slider(
            0.5,
            0.999,
            0.9,
            step=0.001,
            label=t("top-p"),
            info=t("for the runs with top-p"),
            min_width=220,
        )
        runs = gr.Slider(
            8,
            128,
            32,
            step=8,
            label=t("runs a point"),
            info=t("more runs, shorter whiskers"),
            min_width=220,
        )
        length = gr.Slider(
            8, 96, 32, step=8, label=t("tokens"), info=t("how long each run tries"), min_width=220
        )
    with gr.Row():
        start = gr.Button(
            t("Run the experiment"), variant="primary", elem_id="escape-run", scale=0, min_width=200
        )
        stop = gr.Button(t("Stop"), elem_id="escape-stop", scale=0, min_width=100)
    live = EscapeLive(elem_id="escape-live")
    model.change(
        lambda name: gr.Dropdown(
            choices=LOOPING.get(name, ["once upon a time"]),
            value=LOOPING.get(name, ["once upon a time"])[0],
        ),
        model,
        prompt,
        api_visibility="private",
        show_progress="hidden",
    )

    def run(name: str, text: str, p: float, count: int, tokens: int, request: gr.Request):
        mark = str(
            time.monotonic_ns() // 1000
        )  # a later run has a higher number, after a restart and a jump of the clock too
        try:
            frames = gate.through(
                app.backend(),
                request,
                SLUG,
                name,
                lambda _: _experiment(app, name, text, p, int(count), int(tokens)),
                lambda words: {"words": words, "progress": 0.0},
                long=True,
            )
            yield from ({"run": mark, "frame": frame} for frame in frames)
        except GeneratorExit:
            raise
        except Exception as error:  # a sentence on the page; what was drawn stays
            yield {
                "run": mark,
                "frame": {"words": sentence_of(error), "problem": True, "progress": None},
            }

    going = start.click(
        run,
        [model, prompt, top_p, runs, length],
        live,
        api_visibility="private",
        show_progress="hidden",
        trigger_mode="multiple",  # "once" would swallow a Run pressed while the server still ends the one that was stopped
    )
    stop.click(
        gate.halts(app.backend),
        None,
        None,
        cancels=[going],
        queue=False,
        api_visibility="private",
        show_progress="hidden",
        js="() => document.dispatchEvent(new CustomEvent('escape:stop'))",
    )


def _experiment(app: Any, name: str, text: str, top_p: float, runs: int, length: int):

    if not isinstance(text, str) or not text.strip():
        raise ValueError(t("prompt must hold at least 1 word, got an empty text"))
    if len(text) > 2000:
        raise ValueError(t("prompt must have at most 2,000 characters, got {got}", got=len(text)))
    yield {"words": t("Getting the model …"), "progress": 0.0}
    stopped = threading.Event()
    backend = app.backend()
    model = backend.causal(name)
    followed = decoding.together.Together([backend.causal(name) for _ in range(FOLLOWED)])
    try:
        yield from experiment_frames(
            model,
            text,
            top_p=top_p,
            runs=runs,
            length=length,
            should_stop=stopped.is_set,
            followed=followed,
        )
    finally:  # Stop, or a closed tab
        stopped.set()
        model.close()
        followed.close()


def _entries() -> list:

    return list(offered().values())


def _calculate(settings: Any) -> dict:

    try:
        record = calculate(settings)
        return {**record, "link": LINK.encode(record["settings"])}
    except ValueError as error:
        return {"problem": str(error)}


def _link_values(request: Any) -> tuple[dict, str]:
    """What the page's address says, checked: (values, sentence about what could not be read)."""
    query = request.get("query", "") if isinstance(request, dict) else ""
    params = dict(parse_qsl(str(query)[:20_000].lstrip("?")))
    return LINK.decode(params) if LINK.given(params) else (LINK.defaults(), "")


def _opened(request: Any) -> dict:
    values, message = _link_values(request)
    record = _calculate({name: values[name] for name in [*FIELDS, "order"]})
    return {"settings": record["settings"], "record": record, "message": message}


def _opened_logits(request: Any) -> dict:
    values, _ = _link_values(request)
    source, message = _source_of(values)
    return {
        "source": source or {"table": EXAMPLE},
        "table": "" if source else EXAMPLE,
        "message": message,
    }


def _from_table(table: str) -> Any:

    names, values = read_table(table)
    return Distribution(values, names.__getitem__, "your table", DecodingSettings(), [], 0)


def _analyse(app: Any, request: Any) -> dict:

    try:
        if not isinstance(request, dict) or not isinstance(request.get("source"), dict):
            raise ValueError(
                t(
                    "source must be a table of logits or a step of a text, got nothing: press “Read "
                    "these logits”"
                )
            )
        source = request["source"]
        found = _from_table(source["table"]) if "table" in source else _from_step(app, source)
        return analyse(
            found,
            request.get("loop"),
            request.get("escape"),
            request.get("top_p", 0.9),
            request.get("temperature", 0.8),
            request.get("min_p", 0.05),
        )
    except Exception as error:
        return {"problem": sentence_of(error)}


def _from_step(app: Any, source: dict) -> Any:
    import numpy as np

    ids, name = source.get("ids"), source.get("model")
    if (
        not isinstance(name, str)
        or not isinstance(ids, list)
        or not all(isinstance(i, int) and not isinstance(i, bool) for i in ids)
    ):
        raise ValueError(t("source must name a model and a list of token ids"))
    rules = source.get("rules") or {}
    settings = DecodingSettings.from_dict({**rules, "mirostat_tau": 0.0, "do_sample": True})
    with (
        gate.question(app.backend(), SLUG, name),
        contextlib.closing(app.backend().causal(name)) as model,
    ):
        logits = np.asarray(
            model.logits_at(ids) if hasattr(model, "logits_at") else model.next_logits(ids),
            np.float32,
        )
        text_of = model.piece if hasattr(model, "piece") else lambda token: model.decode([token])
        given = int(source.get("given") or 0)
        return Distribution(
            logits, text_of, f"{name}, after {len(ids)} tokens", settings, ids, given
        )


def link_of(state: dict) -> str:
    """The address that opens a decoding step here (see `Shell.receive`). ValueError where the text is too long for a link, or where
    the state is not one."""

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


def _source_of(values: dict) -> tuple[dict | None, str]:
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
        return None, t("The step in this link could not be read ({value}).", value=str(error)[:120])
    return {"model": values["model"], "ids": ids, "rules": rules, "given": values["given"]}, ""


def escape(
    delta_e: float = 2.0,
    temperature: float = 0.8,
    top_p: float = 0.9,
    min_p: float = 0.0,
    top_k: int = 0,
    rivals: int = 1,
    order: str = "transformers",
    logits: list[float] | None = None,
) -> dict[str, Any]:
    """When does a sampler leave a loop? Escape probability of one draw and the nucleus escape temperature T_c.

    Args:
        delta_e: barrier between the loop token and the way out, in logits (nats).
        temperature: divides the logits before the draw (0: greedy).
        top_p: nucleus size in [0, 1]; 1 is off.
        min_p: share of the likeliest token's probability that a token needs, in [0, 1]; 0 is off.
        top_k: how many tokens are kept; 0 is off.
        rivals: number of equally likely ways out.
        order: "transformers" (temperature first) or "llama.cpp" (temperature last).
        logits: a whole distribution instead of delta_e and rivals; T_c is then solved over all of it.

    Returns:
        {"escape", "arrhenius", "two_state", "exact", "critical_temperature" (null where none), "sentence", ...}
    """

    try:
        record = calculate(
            {
                "delta_e": delta_e,
                "temperature": temperature,
                "top_p": top_p,
                "min_p": min_p,
                "top_k": top_k,
                "rivals": rivals,
                "order": order,
            }
        )
        if logits is None:
            at = record["settings"]["temperature"]

            barrier = record["barrier"]
            return {
                "escape": record["escape"],
                "arrhenius": decoding.escape.escape_probability(barrier, at),
                "two_state": decoding.escape.two_state_escape_probability(barrier, at),
                "exact": decoding.escape.two_state_escape_probability(
                    barrier, at, record["settings"]["rivals"]
                ),
                "critical_temperature": record["critical"],
                "sentence": record["sentence"].replace("**", ""),
                "settings": record["settings"],
            }
        if not isinstance(logits, list) or not all(
            isinstance(z, (int, float)) and not isinstance(z, bool) for z in logits
        ):
            raise ValueError(t("logits must be a list of numbers, got {got}", got=str(logits)[:60]))
        names, values = read_table("\n".join(repr(float(z)) for z in logits))
        rules = DecodingSettings(top_k=top_k, min_p=min_p, order=order)
        read = analyse(
            Distribution(values, names.__getitem__, "your logits", rules, [], 0),
            None,
            None,
            top_p,
            temperature,
            min_p,
        )
        return {
            "loop_token": read["loop"]["id"],
            "escape_token": read["escape_token"]["id"],
            "escape": read["escape"],
            "critical_temperature": read["solved"],
            "critical_temperature_two_tokens": read["naive"],
            "sentence": read["sentence"].replace("**", ""),
        }
    except ValueError as error:
        raise gr.Error(str(error), print_exception=False) from None


DERIVATION = r"""
1. A draw takes token $i$ with probability $P_i = e^{z_i/T} / \sum_j e^{z_j/T}$: the softmax of the logits $z$ divided by the temperature.
2. Call $E_i = -z_i$ an energy. Then $P_i = e^{-E_i/T} / Z$ with $Z = \sum_j e^{-E_j/T}$: Boltzmann's law.
3. Of two tokens only the difference counts: $P_{esc} / P_{loop} = e^{-\Delta E/T}$ with $\Delta E = z_{loop} - z_{esc}$.
4. With just these two, $P_{esc} = 1/(1 + e^{\Delta E/T})$. Where $P_{loop} \approx 1$ this is Arrhenius' $e^{-\Delta E/T}$; as $T \to \infty$ it goes to ½, not to 1.
5. Top-p keeps the smallest set that reaches $p$, the crossing token included. If $P_{loop} \ge p$ that set is the loop token alone: $P_{esc} = 0$ exactly.
6. The lid opens where $P_{loop}(T_c) = p$: $1/(1 + e^{-\Delta E/T_c}) = p$, so $e^{-\Delta E/T_c} = (1-p)/p$.
7. Hence $$T_c = \frac{\Delta E}{\ln\left(p/(1-p)\right)}, \qquad \text{with } N \text{ equal rivals} \quad T_c = \frac{\Delta E}{\ln\left(N p/(1-p)\right)}.$$
8. For $p \le 1/(N+1)$ the logarithm is not positive: $P_{loop}$ stays above $p$ at every temperature, and no temperature escapes.
9. A real vocabulary has no equal rivals: solve $P_{loop}(T) = p$ over all logits. $P_{loop}$ falls steadily with $T$ (the loop token is the likeliest), so there is one root.
10. All this needs temperature **before** top-p (transformers' order). With temperature last, top-p never sees $T$: no $T_c$ exists.
"""
