"""Chains: what lies underneath. Five views, each alive before it is touched; the mathematics is playground/markov."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import gradio as gr

from playground.markov.presets import BROWN_FOX
from playground.pages.chains import hidden, loops, rates, text, walk
from playground.pages.chains.drafts import answered
from playground.pages.chains.endpoints import hmm, markov
from playground.pages.chains.examples import CHAINS, HIDDEN, RATES
from playground.pages.chains.links import LINK, link_of, opened, restore
from playground.widgets.chain_rates import ChainRates
from playground.widgets.chain_text import ChainText
from playground.widgets.chain_walk import ChainWalk
from playground.widgets.recurrence import NetworkLoops
from playground.widgets.trellis import Trellis

TITLE = "Chains"
SLUG = "chains"


@dataclass(frozen=True)
class View:
    """A sub-view: its widget, the draft that it begins with, and what a draft's figures are."""

    widget: gr.HTML
    defaults: dict
    figures: Callable[[dict], dict]


def serve(view: str, defaults: dict, **functions: Callable[[dict], dict]) -> list[Callable]:
    """What a widget's script may call, by name (`await server.NAME(draft)`), with `link` for its Copy link."""

    def named(name: str, function: Callable[[dict], dict]) -> Callable:
        def call(draft):
            return function(draft)

        call.__name__ = name
        return call

    return [named(name, function) for name, function in {**functions, "link": link_of(view, defaults)}.items()]


def first(defaults: dict, figures: Callable[[dict], dict]) -> dict:
    return {"draft": defaults, "figures": figures(defaults), "message": ""}


def build(app) -> None:
    models = loops.Models(app)
    views: dict[str, View] = {}
    with gr.Tabs(elem_id="chain-views", overflow_behavior="wrap") as tabs:
        with gr.Tab("Markov chain", id="walk"):
            views["walk"] = View(ChainWalk(
                first(walk.DEFAULT, walk.figures), elem_id="chain-walk", presets=CHAINS,
                server_functions=serve("walk", walk.DEFAULT, figures=answered(walk.figures))), walk.DEFAULT, walk.figures)
        with gr.Tab("From text", id="text"):
            source = ChainText(
                first(text.DEFAULT, text.figures), elem_id="chain-text", fox=BROWN_FOX,
                server_functions=serve("text", text.DEFAULT, figures=text.answer, hold=answered(text.hold)))
            source.offer(text.offer, None, source, api_visibility="private", show_progress="hidden")
            views["text"] = View(source, text.DEFAULT, text.figures)
        with gr.Tab("Continuous time", id="rates"):
            views["rates"] = View(ChainRates(
                first(rates.DEFAULT, rates.figures), elem_id="chain-rates", presets=RATES,
                server_functions=serve("rates", rates.DEFAULT, figures=answered(rates.figures))), rates.DEFAULT, rates.figures)
        with gr.Tab("Hidden Markov model", id="hidden"):
            views["hidden"] = View(Trellis(
                {**first(hidden.DEFAULT, hidden.figures), "learning": hidden.learn(hidden.DEFAULT)}, elem_id="chain-hidden", presets=HIDDEN,
                server_functions=serve("hidden", hidden.DEFAULT, figures=answered(hidden.figures), learn=answered(hidden.learn))),
                hidden.DEFAULT, hidden.figures)
        with gr.Tab("Why networks loop", id="loops"):
            views["loops"] = View(NetworkLoops(
                first(loops.DEFAULT, loops.figures), elem_id="chain-loops", sliders=loops.SLIDERS,
                server_functions=serve("loops", loops.DEFAULT, landscape=answered(loops.landscape), orbit=answered(loops.orbit),
                                       states=models.states, models=models.offered)), loops.DEFAULT, loops.figures)

    def open_link(request: gr.Request):
        view, state, sentence = opened(dict(request.query_params) if request else {})
        if view is None:
            return [gr.skip()] * (len(views) + 1)
        return [gr.Tabs(selected=view), *(restore(state, sentence, one.defaults, one.figures) if name == view else gr.skip()
                                          for name, one in views.items())]

    app.demo.load(open_link, None, [tabs, *(one.widget for one in views.values())], api_visibility="private", show_progress="hidden")
    app.at_start(models.warm)
    app.receive(SLUG, lambda state: LINK.encode({"view": "loops", "state": models.state_of(state)}))
    gr.api(markov, api_name="markov")
    gr.api(hmm, api_name="hmm")
