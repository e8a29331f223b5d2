"""An n-gram model of a text: greedy and drawn continuation, what could come next, what was copied from the source."""

from __future__ import annotations

from playground.widgets.widget import Widget, source


class ChainText(Widget):
    """Draws {"draft", "figures", "message"}; the shapes are those of playground/pages/chains/text.py. A value {"draft", "offered": str}
    only says that sentence. Server functions `figures`, `hold` and `link`; the event `offer` carries the draft: put its model into
    the visitor's model lists. Scrubbing asks the server for nothing."""

    SCRIPT = source("parts", "transport", "bars", "chain_parts", "chain_text")
    STYLE = source("chain_view", "chain_text", kind="css")
    TEMPLATE = """<div class="widget view">
  <p class="lead">An n-gram model counts what follows what in a text. Order n looks at the n previous tokens and at nothing else.</p>
  <div class="pairs">
    <section><div class="tools" style="margin-bottom:6px"><span class="label" style="margin:0">The text it learns from</span><button type="button" class="push" data-part="fox">The brown fox</button><button type="button" data-part="choose">Choose a file</button></div>
      <textarea data-part="text" maxlength="20000" rows="3" spellcheck="false" aria-label="The text that the model learns from"></textarea>
      <div class="tools" data-part="file" hidden><span data-part="filename"></span><button type="button" data-part="drop">Back to typing</button></div>
      <input type="file" data-part="input" accept=".txt,.md,.csv,.json,text/*" hidden aria-label="A text file of up to 5 MB">
      <p class="problem" role="status" data-part="problem"></p></section>
    <section><div class="tools"><span>Order</span><span class="group" data-part="order"></span><span class="group" data-part="unit"></span></div>
      <div class="tools" style="margin-top:8px"><span>Where nothing follows</span><span class="group" data-part="ending"></span></div>
      <div class="tools" style="margin-top:8px"><label>Start with <input type="text" data-part="start" placeholder="the source’s first tokens" maxlength="2000" spellcheck="false"></label><label>Seed <input type="number" min="0" max="4294967295" data-part="seed"></label><button type="button" data-part="another">Draw again</button></div>
      <p class="aside" data-part="counts"></p></section>
  </div>
  <div data-figure class="runs2">
    <div><p class="label">Greedy: always the most likely token</p><p class="running" data-part="greedy"></p></div>
    <div><p class="label">Drawn</p><p class="running" data-part="sampled"></p></div>
    <div><p class="label">Entropy of the next token, in bits: drawn (solid), greedy (dashed)</p><div data-part="player"></div></div>
    <p class="say" data-part="loopsay" style="margin:0"></p><p class="say" data-part="tie" style="margin:0"></p>
  </div>
  <div class="pairs" data-figure>
    <section><div class="tools" style="margin-bottom:8px"><span class="group" data-part="which"></span></div><h2 data-part="heading"></h2><div data-part="bars"></div><div data-part="strip"></div><p class="say" data-part="after"></p></section>
    <section><h2>Where it was copied from: the source</h2><div class="source" data-part="source" tabindex="0" role="region" aria-label="The source text"></div><p class="aside" data-part="copysay"></p></section>
  </div>
  <div class="tools"><button type="button" data-part="offer">Use this model on Generate and Diffusion</button><span role="status" data-part="offered"></span><button type="button" class="push" data-part="link">Copy link</button></div>
</div>"""
