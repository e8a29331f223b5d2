"""A chain in continuous time: rate matrix, P(t), the forward equation, one run and a crowd of runs."""

from __future__ import annotations

from playground.widgets.widget import Widget, source


class ChainRates(Widget):
    """Draws {"draft", "figures", "message"}; the shapes are those of playground/pages/chains/rates.py.

    Server functions `figures(draft)` and `link(draft)`; `presets` are the examples. Playing asks the server for nothing."""

    SCRIPT = source("parts", "transport", "chain_parts", "chain_graph", "chain_figures", "chain_rates")
    STYLE = source("chain_view", "trellis", kind="css")
    TEMPLATE = """<div class="widget view">
  <p class="lead">Time need not come in steps. A rate says how often something happens in a unit of time; the chain waits, then jumps.</p>
  <div class="tools"><div class="group" data-part="presets"></div><button type="button" class="push" data-part="link">Copy link</button></div>
  <div class="trio">
    <section data-figure><h2>Rates; click a state to start there</h2><div data-part="graph"></div></section>
    <section><h2>Rate matrix Q: jumps a unit of time</h2><div class="scroll"><div data-part="matrix"></div></div>
      <p class="aside">The diagonal follows: rows of Q sum to 0.</p><p class="problem" role="status" data-part="problem"></p>
      <div class="tools"><button type="button" data-part="more">Add a state</button><button type="button" data-part="fewer">Remove the last</button></div>
      <div class="tools" style="margin-top:8px"><label>Start in <select data-part="start"></select></label><label>until t = <input type="number" min="0.1" max="100" step="any" data-part="until"></label></div>
      <div class="tools" style="margin-top:8px"><label>Seed <input type="number" min="0" max="4294967295" step="1" data-part="seed"></label><button type="button" data-part="another">Other runs</button></div></section>
    <section data-figure><h2 data-part="tout"></h2><div class="scroll" tabindex="0" role="region" aria-label="P of t"><div data-part="power"></div></div><p class="say" data-part="words"></p></section>
  </div>
  <div data-figure><h2>Time; the curve: probability of being elsewhere than at the start</h2><div data-part="player"></div>
    <h2 style="margin-top:16px">One run: waits and jumps</h2><div data-part="lanes" data-lanes></div></div>
  <div class="pairs" data-figure>
    <section><h2>Forward equation (thick) and 400 runs (thin); numbers: probability (share)</h2><div data-part="curves"></div></section>
    <section><h2>Why the curves move: p′(t) = p(t) Q, at this moment</h2><div class="scroll" tabindex="0" role="region" aria-label="Forward equation"><div data-part="flow"></div></div><p class="say" data-part="masking"></p></section>
  </div>
</div>"""
