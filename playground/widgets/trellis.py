"""A hidden Markov model: its parameters, the trellis with forward, backward, posterior and Viterbi, and learning step by step."""

from __future__ import annotations

from playground.widgets.widget import Widget, source


class Trellis(Widget):
    """Draws {"draft", "figures", "learning", "message"}; the shapes are those of playground/pages/chains/hidden.py.

    The server functions `figures(draft)`, `learn(draft)` and `link(draft)` answer {"ok": True, ...} or {"ok": False, "error": sentence};
    `presets` is the list of examples, each with `observations_indexed`. Stepping and opening a cell ask the server for nothing."""

    SCRIPT = source("parts", "transport", "chain_parts", "chain_figures", "trellis", "chain_hidden")
    STYLE = source("chain_view", "trellis", kind="css")
    TEMPLATE = """<div class="widget view">
  <p class="lead">The chain is hidden: one sees only what each state shows. From that, one reasons back to the states.</p>
  <div class="tools"><div class="group" data-part="presets"></div><button type="button" class="push" data-part="link">Copy link</button></div>
  <p class="say" data-part="note" style="margin:0"></p>
  <div class="pairs">
    <section><h2>Hidden: from one state to the next</h2><div class="scroll"><div data-part="transition"></div></div><div class="scroll" style="margin-top:8px"><div data-part="initial"></div></div>
      <div class="tools" style="margin-top:8px"><button type="button" data-part="moreStates">Add a state</button><button type="button" data-part="fewerStates">Remove the last</button></div></section>
    <section><h2>Seen: what each state shows</h2><div class="scroll"><div data-part="emission"></div></div>
      <div class="tools" style="margin-top:8px"><button type="button" data-part="moreSymbols">Add a symbol</button><button type="button" data-part="fewerSymbols">Remove the last</button></div></section>
  </div>
  <div>
    <label class="wide"><span>Observations (? is a missing one)</span><input type="text" data-part="observations" maxlength="2600" spellcheck="false" autocomplete="off"></label>
    <div class="tools" style="margin-top:8px"><button type="button" data-part="sample">Sample new ones</button><label>length <input type="number" min="2" max="60" step="1" class="small-field" data-part="length"></label>
      <button type="button" data-part="reveal" hidden>Reveal the hidden states</button></div>
    <p class="problem" role="status" data-part="problem"></p>
  </div>
  <section data-figure>
    <div class="tools"><div class="group" data-part="kind"></div></div>
    <p class="say" data-part="explain"></p>
    <div data-part="player"></div>
    <div class="scroll" data-part="trellis"></div>
  </section>
  <div class="pairs" data-figure>
    <section><h2>The cell, with its numbers</h2><div class="scroll" tabindex="0" role="region" aria-label="The sum of the open cell"><div data-part="cell" aria-live="polite"></div></div><p class="aside" data-part="cellhint"></p></section>
    <section><h2 data-part="nextof"></h2><div data-part="next"></div></section>
  </div>
  <section data-figure><h2>Two answers to “which states were they?”</h2><div class="scroll" tabindex="0" role="region" aria-label="Paths"><div data-part="paths"></div></div>
    <p class="say" data-part="differ"></p><p class="say" data-part="likelihood"></p></section>
  <section data-part="learn">
    <h2>Learn the model from what is seen: Baum–Welch, step by step</h2>
    <div class="tools"><span>from</span><span class="group" data-part="source"></span><label>length <input type="number" class="small-field" min="10" max="1000" data-part="sampleLength"></label>
      <label>starts <input type="number" class="small-field" min="1" max="8" data-part="restarts"></label><label>iterations <input type="number" class="small-field" min="1" max="60" data-part="iterations"></label>
      <label>seed <input type="number" class="small-field" min="0" data-part="learnSeed"></label><button type="button" data-part="learnNow">Learn</button></div>
    <p class="problem" role="status" data-part="learnProblem"></p>
    <p class="notice" data-part="learnStale" hidden>The model above has changed since; “Learn” starts again from it.</p>
    <div data-part="learnPlayer"></div>
    <div class="group" data-part="runs" role="group" aria-label="Random starts"></div>
    <div class="pairs" style="margin-top:12px"><section><h2>Learned steps; small: the model’s</h2><div class="scroll" tabindex="0" role="region" aria-label="Learned transitions"><div data-part="learnedTransition"></div></div></section>
      <section><h2>Learned to show; small: the model’s</h2><div class="scroll" tabindex="0" role="region" aria-label="Learned emissions"><div data-part="learnedEmission"></div></div></section></div>
    <p class="say" data-part="truthLikelihood"></p>
  </section>
  <section><h2>Where it ends</h2><p class="say">K states remember at most which of the K one is in: nothing older leaves a trace. What is shown never feeds back into the state; in a language model it does.
    With K states one of them comes again within K steps, yet a revisit is not a loop: the path repeats only if every step is certain, and the text only if every emission is certain too.</p></section>
</div>"""
