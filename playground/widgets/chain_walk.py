"""The Markov chain as one sees it: graph, matrix and history side by side, on one timeline."""

from __future__ import annotations

from playground.widgets.widget import Widget, source


class ChainWalk(Widget):
    """Draws {"draft": what the visitor edits, "figures": what follows from it, "message": str}.

    draft: {"states": [str], "transition": [[float]], "start": index or -1 (every state alike), "mode": "sampled" | "greedy", "seed": int,
    "preset": slug or ""}. figures: see playground/pages/chains/walk.py. The server functions `figures(draft)` and `link(draft)` answer
    {"ok": True, ...} or {"ok": False, "error": sentence}; `presets` is the list of example chains. Playing asks the server for nothing."""

    SCRIPT = source("parts", "transport", "chain_parts", "chain_graph", "chain_figures", "chain_walk")
    STYLE = source("chain_view", kind="css")
    TEMPLATE = """<div class="widget view">
  <p class="lead">A Markov chain stands in one state and knows nothing but that. The row of the state says where it goes next.</p>
  <div class="tools"><div class="group" data-part="presets"></div><button type="button" class="push" data-part="link">Copy link</button></div>
  <div class="trio">
    <section data-figure><h2>The chain; click a state to start there</h2><div data-part="graph"></div></section>
    <section><h2>Row: where it is. Column: where it goes</h2>
      <div class="scroll"><div data-part="matrix"></div></div>
      <p class="problem" role="status" data-part="problem"></p>
      <div class="tools" style="margin-top:12px"><button type="button" data-part="more">Add a state</button><button type="button" data-part="fewer">Remove the last</button></div>
      <div class="tools" style="margin-top:8px"><label>Start in <select data-part="start"></select></label>
        <span class="group" data-part="mode"></span>
        <label>Seed <input type="number" min="0" max="4294967295" step="1" data-part="seed"></label><button type="button" data-part="another">Another walk</button></div>
    </section>
    <section data-figure><h2>Visits so far (bar) and in the long run (outline)</h2><div data-part="visits"></div><p class="say" data-part="distance"></p></section>
  </div>
  <div data-figure><h2>The walk: distance between visits and long run, step by step</h2><div data-part="player"></div><div data-part="lanes" data-lanes style="margin-top:12px"></div>
    <p class="say" data-part="looping"></p></div>
  <div class="trio" data-figure>
    <section><h2>Many steps at once: the matrix to the power n</h2>
      <div class="tools"><label style="flex:1"><span class="num" data-part="nout"></span><input type="range" min="0" max="64" step="1" data-part="n" aria-label="n, number of steps"></label></div>
      <div class="scroll" tabindex="0" role="region" aria-label="The matrix to the power n"><div data-part="power"></div></div>
      <div data-part="spread" style="margin-top:12px"></div><div class="axis"><span>n = 0</span><span>64</span></div><p class="say" data-part="forgotten"></p></section>
    <section><h2>How fast it forgets: eigenvalues</h2><div class="beside"><div data-part="circle" style="flex:1 1 150px"></div><div data-part="eigenvalues"></div></div>
      <p class="say" data-part="mixing"></p></section>
    <section><h2>Expected steps until a state is reached</h2><div class="scroll" tabindex="0" role="region" aria-label="Expected hitting times"><div data-part="hitting"></div></div>
      <p class="aside">On the diagonal: until it is back. ∞: it may never get there.</p><p class="say" data-part="structure"></p><p class="say" data-part="absorption"></p></section>
  </div>
</div>"""
