"""Why networks loop: a map of the plane with its orbit, and a language model's hidden states along a greedy and a drawn text."""

from __future__ import annotations

from playground.widgets.widget import Widget, source


def _portrait(name: str, title: str) -> str:
    return f"""<section><p class="label">{title}</p><p class="running" data-part="{name}Text"></p>
      <div class="portrait"><figure><div class="square"><svg viewBox="0 0 300 300" data-part="{name}Path" role="img" aria-label="Path of the {name} run's hidden states in the plane"><path class="trail"></path><path class="lap"></path><circle class="now" r="6"></circle></svg></div><figcaption>Its states in the plane; the last lap is bold</figcaption></figure>
      <figure><div class="square cross" data-part="{name}Cross"><canvas data-part="{name}Plot" role="img"></canvas></div><figcaption>Which moments resemble which (cosine, mean removed); time runs right and down</figcaption></figure></div>
      <p class="say" data-part="{name}Said"></p></section>"""


class NetworkLoops(Widget):
    """Draws {"draft": {"plane", "text"}, "figures": {"plane": {"landscape", "orbit"}, "text"}, "models": [[label, name]], "message"};
    the shapes are those of playground/pages/chains/loops.py. Server functions: `landscape`, `orbit`, `states`, `link`; `sliders` are
    the maps and their sliders. Scrubbing asks the server for nothing."""

    SCRIPT = source("parts", "transport", "chain_parts", "plane_map", "recurrence")
    STYLE = source("chain_view", "recurrence", kind="css")
    TEMPLATE = f"""<div class="widget view">
  <p class="lead">Feed a rule its own output and it runs: to a fixed point, into a cycle, or on for ever. That is what a model does that reads what it wrote.</p>
  <div class="tools"><span class="group" data-part="worlds"></span><button type="button" class="push" data-part="link">Copy link</button></div>
  <section data-part="planeSection">
    <div class="planes">
      <div><div class="field" data-part="field" tabindex="0" role="application"><canvas data-part="ground" aria-hidden="true"></canvas>
        <svg viewBox="0 0 400 400" aria-hidden="true"><g data-part="orbit"><path class="trail"></path><path class="dots"></path><circle class="begin" r="5"></circle><circle class="now" r="6"></circle></g><g data-part="marks"></g></svg></div>
        <p class="aside">Click or drag: the orbit starts there. ● attracts, ○ repels, ✕ saddle, ◇ neutral.</p></div>
      <div><p class="say" data-part="explanation" style="margin-top:0"></p><div data-part="sliders"></div><p class="problem" role="status" data-part="planeProblem"></p>
        <div data-part="figures"></div><p class="say" data-part="ends"></p><p class="aside" data-part="kinds"></p></div>
    </div>
    <p class="label" style="margin-top:12px">Spectral radius of each step’s Jacobian (dashed: 1)</p><div data-part="planePlayer"></div>
    <p class="aside">Norms that multiply to less than 1 suffice for a loop to hold, yet they need not: what decides is the spectral radius of the product around it. A contraction (radius below 1 everywhere) has one fixed point and no cycle; cycles live in maps that are none.</p>
  </section>
  <hr>
  <section data-part="textSection">
    <h2>The real thing: the states of a language model along its text</h2>
    <textarea data-part="prompt" rows="2" maxlength="4000" spellcheck="false" aria-label="The text that both runs begin with"></textarea>
    <div class="tools" style="margin-top:8px"><label>Model <select data-part="model"></select></label><label>go on for <input type="number" data-part="length" min="0" max="120"> tokens</label>
      <label>temperature <input type="number" data-part="temperature" min="0.1" max="5" step="0.1"></label><label>seed <input type="number" data-part="textSeed" min="0"></label><button type="button" class="main" data-part="write">Write both</button></div>
    <p class="problem" role="status" data-part="textProblem"></p>
    <div data-figure>
    <p class="label">How much each state resembles the nearest earlier one: greedy (solid), drawn (dashed)</p><div data-part="textPlayer"></div>
    <div class="pairs" style="margin-top:12px">{_portrait("greedy", "Greedy: always the most likely token")}{_portrait("drawn", "Drawn")}</div>
    <p class="aside" data-part="shares"></p></div>
    <p class="say">A transformer has no recurrent state that it carries along. What is drawn here are the last layer’s states at its last position, one for each token; each is computed from the whole text before it. They come close to closing a loop because the text does.</p>
  </section>
</div>"""
