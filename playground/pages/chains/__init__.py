"""Chains: what lies underneath. Five views, each alive before it is touched; the mathematics is
playground/markov."""

from __future__ import annotations

from collections.abc import Callable

import gradio as gr

from playground.i18n import t, wire
from playground.markov.presets import BROWN_FOX
from playground.pages.chains import hidden, loops, rates, text, walk
from playground.pages.chains.endpoints import hmm, markov
from playground.pages.chains.examples import CHAINS, HIDDEN, RATES
from playground.pages.chains.first import recorded
from playground.pages.chains.links import LINK, link_of, restore
from playground.pages.chains.parsing import answered
from playground.widgets.chains import ChainRates, ChainText, ChainWalk, HiddenMarkov, NetworkLoops
from playground.widgets.widget import called

TITLE = t("Chains")
SLUG = "chains"


def serve(
    view: str, defaults: dict, compute: Callable[[dict], dict], **functions: Callable[[dict], dict]
) -> list[Callable]:
    """What a view may call, by name (`await server.NAME(draft)`): `open` the state of a link,
    `link` to Copy one, and these. Messages in the answers travel as [id, values]: the view says
    them in the visitor's language."""

    def answer(function: Callable[[dict], dict]) -> Callable[[dict], dict]:
        return lambda draft=None: wire(function(draft))

    own = {"open": lambda state: restore(state, defaults, compute), "link": link_of(view, defaults)}
    return [called(name, answer(function)) for name, function in {**functions, **own}.items()]


def later(defaults: dict, figures: Callable[[dict], dict], kept: str) -> Callable[[dict], dict]:
    """`first` for a view that fetches it when it is opened: figures too large to travel with the
    page to everybody."""
    return called("first", lambda _=None: first(defaults, figures, kept))


def first(defaults: dict, figures: Callable[[dict], dict], kept: str = "") -> dict:
    """What a view shows first. `kept` names figures that were recorded (`python -m
    playground.pages.chains.record`): those that need torch are not computed while the app
    starts."""
    return {"draft": defaults, "figures": recorded().get(kept) or figures(defaults), "message": ""}


def build(app) -> None:
    models = loops.Models(app)
    with gr.Tabs(elem_id="chain-views", overflow_behavior="wrap"):
        with gr.Tab(t("Markov chain"), id="walk"):
            ChainWalk(
                first(walk.DEFAULT, walk.figures),
                elem_id="chain-walk",
                presets=CHAINS,
                server_functions=serve(
                    "walk", walk.DEFAULT, walk.figures, figures=answered(walk.figures)
                ),
            )
        with gr.Tab(t("From text"), id="text"):
            source = ChainText(
                None,
                elem_id="chain-text",
                fox=BROWN_FOX,
                server_functions=serve(
                    "text",
                    text.DEFAULT,
                    text.figures,
                    figures=text.answer,
                    hold=answered(text.hold),
                    first=later(text.DEFAULT, text.figures, "text"),
                ),
            )
            source.offer(text.offer, None, source, api_visibility="private", show_progress="hidden")
        with gr.Tab(t("Continuous time"), id="rates"):
            ChainRates(
                first(rates.DEFAULT, rates.figures),
                elem_id="chain-rates",
                presets=RATES,
                server_functions=serve(
                    "rates", rates.DEFAULT, rates.figures, figures=answered(rates.figures)
                ),
            )
        with gr.Tab(t("Hidden Markov model"), id="hidden"):
            HiddenMarkov(
                {**first(hidden.DEFAULT, hidden.figures), "learning": hidden.learn(hidden.DEFAULT)},
                elem_id="chain-hidden",
                presets=HIDDEN,
                server_functions=serve(
                    "hidden",
                    hidden.DEFAULT,
                    hidden.figures,
                    figures=answered(hidden.figures),
                    learn=answered(hidden.learn),
                ),
            )
        with gr.Tab(t("Why networks loop"), id="loops"):
            NetworkLoops(
                None,
                elem_id="chain-loops",
                sliders=loops.SLIDERS,
                server_functions=serve(
                    "loops",
                    loops.DEFAULT,
                    loops.figures,
                    landscape=answered(loops.landscape),
                    orbit=answered(loops.orbit),
                    states=models.states,
                    models=models.offered,
                    first=later(loops.DEFAULT, loops.figures, "loops"),
                ),
            )

    app.at_start(models.warm)
    app.receive(SLUG, lambda state: LINK.encode({"view": "loops", "state": models.state_of(state)}))
    gr.api(markov, api_name="markov")
    gr.api(hmm, api_name="hmm")
