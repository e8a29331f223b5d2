"""The Generate page's widget: a text as it is written, the distribution of each step, the rules, the branches.

The value that Python sends is one small piece of news at a time, never the whole text::

    {"run": id, "progress": {...}} | {"run": id, "start": {"prompt": [{"id", "text", "piece"}], "notes": [str], "at": int}}
    {"run": id, "frames": [record, ...]} | {"run": id, "end": reason} | {"run": id, "error": sentence}

Events: `write` and `score` with `evt.request`. Server functions are named in playground/pages/generate/__init__.py.
"""

from __future__ import annotations

from playground.widgets.widget import Widget, source

TEMPLATE = """
<div class="widget gen" data-part="app">
  <div class="gen-top">
    <div class="gen-mode" role="group" aria-label="What to do">
      <button type="button" class="plain" data-mode-of="write" aria-pressed="true">Write</button>
      <button type="button" class="plain" data-mode-of="score" aria-pressed="false">Score my text</button>
    </div>
    <label class="gen-field gen-model"><span>Model</span><select data-part="model" title="Which network predicts the next token"></select></label>
  </div>
  <div data-part="write-fields" class="gen-prompt">
    <label class="gen-field"><span>Prompt</span>
      <textarea data-part="prompt" rows="1" spellcheck="false"
        title="The beginning of the text; the model goes on from here. Ctrl+Enter writes."></textarea></label>
    <p class="gen-small" data-part="reads" role="status"></p>
    <div class="gen-row">
      <div class="gen-examples" data-part="examples" role="group" aria-label="Examples"></div>
      <label class="gen-inline" title="How many tokens are written at most">Length <input type="number" data-part="length"
        min="1" max="512" step="1"></label>
      <label class="gen-inline" data-part="chat-field" title="Off: the model goes on with your words. On: your words become a message, and it answers.">
        <input type="checkbox" data-part="chat"> chat template</label>
    </div>
  </div>
  <div data-part="score-fields" class="gen-prompt" hidden>
    <label class="gen-field"><span>Text to score</span>
      <textarea data-part="score" rows="2" spellcheck="false"
        title="Each token is coloured by how much it surprised the model, given all before it"></textarea></label>
  </div>
  <p class="problem" data-part="problem" role="alert" hidden></p>
  <p class="gen-progress" data-part="progress" hidden><progress aria-label="Loading the model"></progress> <span role="status"></span></p>
  <div class="gen-text" data-part="text" role="group" aria-label="The text"></div>
  <p class="gen-hint say" data-part="hint">Press Play: the model writes, token by token.</p>
  <div data-part="time"></div>
  <div class="gen-acts">
    <div data-part="acts"></div>
    <span class="gen-ended" data-part="ended" role="status"></span>
    <span class="gen-shades" data-part="shades" role="radiogroup" aria-label="Colour the tokens by" hidden>colour by
      <label><input type="radio" name="shade" value="surprisal" checked> surprisal</label>
      <label><input type="radio" name="shade" value="rank"> rank</label></span>
    <label class="gen-inline" title="Show every space and line end in the text"><input type="checkbox" data-part="marks"> show spaces</label>
  </div>
  <div data-part="figures">
    <dl class="gen-figures">
      <div title="How undecided the model is before the rules, and after them"><dt>entropy</dt><dd><b data-part="entropy">–</b> bits,
        after the rules <b data-part="entropy-final">–</b></dd></div>
      <div title="The model's own probability of this token and its place among all"><dt>model's own</dt>
        <dd>P <b data-part="chance">–</b>, rank <b data-part="rank">–</b></dd></div>
    </dl>
    <div class="gen-curves" data-part="curves"></div>
  </div>
  <div class="two" data-part="body">
    <section aria-label="What could come next" data-part="left">
      <h2>What could come next</h2>
      <p class="gen-whatif say" data-part="whatif" role="status"></p>
      <div class="gen-bars" data-part="bars"></div>
      <p class="gen-key"><span><i class="key-raw"></i>the model's own</span><span><i class="key-final"></i>after the rules</span>
        <span><i class="key-cut"></i>cut</span></p>
      <h2 data-part="drawn">The draw</h2>
      <div data-part="strip"></div>
      <p class="gen-small">The tokens lie side by side by falling probability; u, drawn as a 64-bit number from the seed and the step,
        says where the choice falls.</p>
    </section>
    <section aria-label="The chain of rules">
      <h2>How it came to this: the chain of rules</h2>
      <div data-part="rules"></div>
      <p class="say" data-part="sentence" aria-live="polite"></p>
    </section>
  </div>
  <section data-part="branches" class="gen-section" hidden><h2>The texts of this visit</h2><div data-part="tree"></div></section>
  <section class="gen-section" data-part="many"><h2>Many draws from the distribution on view</h2><div data-part="draws"></div></section>
  <div class="gen-foot">
    <button type="button" class="plain" data-part="link" title="An address that opens this text here, on any computer">Copy link</button>
    <button type="button" class="plain" data-part="qr" title="The link as a picture for a projector: phones open it by its QR code">QR code</button>
    <span data-part="take"></span>
    <button type="button" class="plain" data-part="escape" title="Look at this step as a well with a barrier">Send this step to Escape</button>
    <span class="gen-small" data-part="notes"></span><span class="gen-small" data-part="model-note"></span>
  </div>
</div>
"""


class Generator(Widget):
    """See the module's docstring for the value. Constants: models, start_model, rules, orders, presets, start, examples, longest."""

    TEMPLATE = TEMPLATE
    STREAMED = True
    SCRIPT = source(
        "parts",
        "transport",
        "curves",
        "prose",
        "bars",
        "rules",
        "branches",
        "draws",
        "take_away",
        "generator",
        "lost",
        "generator_start",
    )
    STYLE = source("generator", "take_away", kind="css")
