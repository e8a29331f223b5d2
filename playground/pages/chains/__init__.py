"""Chains: what lies underneath. Five views, each alive before it is touched; the mathematics is playground/markov."""

from __future__ import annotations

import gradio as gr

from playground.markov.presets import BROWN_FOX
from playground.pages.chains import hidden, loops, rates, text, walk
from playground.pages.chains.drafts import answered
from playground.pages.chains.examples import CHAINS, HIDDEN, RATES
from playground.pages.chains.links import link_of, opened, restore
from playground.widgets.chain_rates import ChainRates
from playground.widgets.chain_text import ChainText
from playground.widgets.chain_walk import ChainWalk
from playground.widgets.recurrence import NetworkLoops
from playground.widgets.trellis import Trellis

TITLE = "Chains"
SLUG = "chains"


def named(name: str, function):
    """`function` under the name by which the script calls it: server.NAME(...)."""

    def call(draft):
        return function(draft)

    call.__name__ = name
    return call


def build(app) -> None:
    views = {}
    with gr.Tabs(elem_id="chain-views") as tabs:
        with gr.Tab("Markov chain", id="walk"):
            views["walk"] = (ChainWalk(
                {"draft": walk.DEFAULT, "figures": walk.figures(walk.DEFAULT), "message": ""}, elem_id="chain-walk", presets=CHAINS,
                server_functions=[named("figures", answered(walk.figures)), named("link", link_of("walk", walk.DEFAULT))]),
                walk.DEFAULT, walk.figures)
        with gr.Tab("From text", id="text"):
            source = ChainText({"draft": text.DEFAULT, "figures": text.figures(text.DEFAULT), "message": ""}, elem_id="chain-text", fox=BROWN_FOX,
                               server_functions=[named("figures", text.answer), named("hold", answered(text.hold)), named("link", link_of("text", text.DEFAULT))])
            source.offer(text.offer, None, source, api_visibility="private", show_progress="hidden")
            views["text"] = (source, text.DEFAULT, text.figures)
        with gr.Tab("Continuous time", id="rates"):
            views["rates"] = (ChainRates(
                {"draft": rates.DEFAULT, "figures": rates.figures(rates.DEFAULT), "message": ""}, elem_id="chain-rates", presets=RATES,
                server_functions=[named("figures", answered(rates.figures)), named("link", link_of("rates", rates.DEFAULT))]), rates.DEFAULT, rates.figures)
        with gr.Tab("Hidden Markov model", id="hidden"):
            first = {"draft": hidden.DEFAULT, "figures": hidden.figures(hidden.DEFAULT), "learning": hidden.learn(hidden.DEFAULT), "message": ""}
            views["hidden"] = (Trellis(
                first, elem_id="chain-hidden", presets=HIDDEN,
                server_functions=[named("figures", answered(hidden.figures)), named("learn", answered(hidden.learn)),
                                  named("link", link_of("hidden", hidden.DEFAULT))]), hidden.DEFAULT, hidden.figures)
        with gr.Tab("Why networks loop", id="loops"):
            models = loops.Models(app)
            views["loops"] = (NetworkLoops(
                {"draft": loops.DEFAULT, "figures": loops.figures(loops.DEFAULT), "message": ""}, elem_id="chain-loops", sliders=loops.SLIDERS, models=[],
                server_functions=[named("landscape", answered(loops.landscape)), named("orbit", answered(loops.orbit)), named("states", models.states),
                                  named("link", link_of("loops", loops.DEFAULT))]), loops.DEFAULT, loops.figures)

    def open_link(request: gr.Request):
        view, state, sentence = opened(dict(request.query_params) if request else {})
        if view is None:
            return [gr.skip()] * (len(views) + 1)
        return [gr.Tabs(selected=view), *(restore(state, sentence, defaults, figures) if name == view else gr.skip()
                                          for name, (_, defaults, figures) in views.items())]

    app.demo.load(open_link, None, [tabs, *(widget for widget, _, _ in views.values())], api_visibility="private", show_progress="hidden")
