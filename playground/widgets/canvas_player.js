// The diffusion player: one canvas, or two in step; the words, the timeline, the map, the candidates, the curves, and the edits.
// Values: {trace, second?, note?} a whole run; or {run, begin: {sides}}, {run, frame: {side, step, words, seconds}}, {run, end}, {run, problem}, {stop}.
const root = element.querySelector(".widget");
root.classList.add("canvas-player");
const place = (cls, tag = "div") => {
  const node = make(tag, cls);
  root.append(node);
  return node;
};
const head = place("canvas-head"),
  what = make("span", "canvas-what"),
  live_word = make("span", "canvas-live");
const stop_button = button(
  "Stop",
  "End the run and keep what there is",
  () => {
    trigger("halt", { run });
    finish("stopped");
  },
  "canvas-stop",
);
live_word.setAttribute("role", "status");
head.append(what, live_word, stop_button);
const problem = place("problem canvas-problem");
problem.setAttribute("role", "alert");
problem.hidden = true;
const sides_host = place("canvas-sides"),
  legend_line = place("canvas-legend-line");
make_legend(legend_line.appendChild(make("div")));
const tools = place("canvas-tools"),
  time_host = place("canvas-time");
const below = place("canvas-below"),
  curves_host = place("");

let sides = [],
  run = null,
  focus = -1,
  edits = [],
  undo = [],
  history = [],
  click = "look",
  options = { guesses: false, order: false },
  turn = 0,
  start_note = "",
  wanted = null; // the step that a link asks for, until its run has ended
const pen = make("canvas").getContext("2d");
const width_of = (text) => {
  pen.font = '20px "Source Serif 4", Georgia, serif';
  return pen.measureText(text).width + 16;
};

const time = make_transport({
  host: time_host,
  keys: root,
  on_step: (k, why) => {
    if (why === "user" || why === "play") wanted = null; // the visitor has gone elsewhere than the link said
    draw(k);
  },
  unit: "Step",
  label: (k) => [k ? `step ${k} / ${time.length - 1}` : "before the first step", left_words(k)],
  speech: (k) =>
    `${k ? "step " + k + " of " + (time.length - 1) : "before the first step"}, ${left_words(k)}`,
});
const curves = make_run_curves({
  host: curves_host,
  on_pick: (k) => {
    time.pause();
    time.go(k);
  },
});
function left_words(k) {
  return (
    sides
      .map((s) => {
        const r = s.rows[Math.min(k, s.rows.length - 1)];
        return r ? r.state.filter(is_hidden).length : 0;
      })
      .join(" · ") + " masked"
  );
}

// tools: what a click does, undo, run on, and what is written on the words ------------------------------------------------
const modes = make("span", "canvas-modes");
modes.setAttribute("role", "group");
modes.setAttribute("aria-label", "What a click on a word does");
modes.append(make("span", "soft", "A click"));
for (const [mode, text, why] of [
  ["look", "looks", "A click shows what the word could be"],
  ["mask", "masks again", "A click on a word masks it again (key M)"],
  ["lock", "locks", "A click keeps the word as yours (key L)"],
]) {
  const b = button(text, why, () => {
    click = mode;
    show_tools();
  });
  b.dataset.mode = mode;
  modes.append(b);
}
const undo_button = button("Undo", "Take back the last edit, or the last run", take_back);
const on_button = button(
  "Run on",
  "Let the sampler fill what is masked, from the canvas on view",
  run_on,
  "main",
);
const edit_note = make("span", "canvas-note");
const toggle = (text, key) => {
  const label = make("label", "canvas-check"),
    box = make("input");
  box.type = "checkbox";
  label.append(box, text);
  box.addEventListener("change", () => {
    options[key] = box.checked;
    draw(time.step);
  });
  return label;
};
const copy_button = button(
  "Copy text",
  "Copy the text of the step on view",
  async () => {
    const s = sides[0];
    if (!s) return;
    try {
      await navigator.clipboard.writeText(
        as_prose(s.rows[Math.min(time.step, s.rows.length - 1)], s.lexicon, s.card.family),
      );
      say("Text copied.");
    } catch {
      say("The browser does not allow copying here.");
    }
  },
  "plain",
);
const take_menu = make_take_away({
  ask: (request) => server.take(request),
  open: (request) => server.open_trace(request),
  trace: whole_run,
  step: () => time.step,
  most: constants?.most_bytes,
  problem: (words) => {
    problem.textContent = words;
    problem.hidden = false;
  },
  opened: (value) => {
    if (busy()) return say("The run is still going on: stop it first.");
    if (sides.length && sides[0].rows.length > 1) history.push(pack());
    problem.hidden = true;
    take_trace(plain_copy(value));
    show_tools();
  },
});
take_menu.node.classList.add("take-down");
tools.append(modes, undo_button, on_button, edit_note);
const spread = make("span", "canvas-spread");
spread.append(
  toggle("best guess in the masks", "guesses"),
  toggle("step numbers", "order"),
  copy_button,
  ...(constants?.replay ? [] : [take_menu.node]),
);
legend_line.append(spread);

// Gradio's values are reactive proxies: thousands of steps of them would cost a second a redraw
const plain_copy = (value) => JSON.parse(JSON.stringify(value));
function new_side(card) {
  card = plain_copy(card);
  const s = {
    card,
    rows: [],
    lexicon: new Map(
      Object.entries(card.words ?? {}).map(([id, w]) => [id, { text: w[0], join: w[1] }]),
    ),
    vocab: card.vocab_size,
    expected: card.expected ?? 0,
    widths: [],
    order: [],
  };
  s.rows.push({
    index: -1,
    canvas: card.canvas,
    state: card.state,
    confidence: [],
    entropy: [],
    top: [],
    calls: 0,
    revealed: 0,
    texts: card.texts,
    start: true,
  });
  return s;
}
function learn(s, step, words) {
  for (const [id, w] of Object.entries(words ?? {})) s.lexicon.set(id, { text: w[0], join: w[1] });
  step = plain_copy(step);
  step.curve = RUN_CURVES.map((curve) => curve.of(step));
  const last = s.rows[s.rows.length - 1];
  s.rows.push(step);
  step.canvas.forEach((id, i) => {
    if (!is_hidden(step.state[i]) && (id !== last.canvas[i] || s.widths[i] === undefined))
      s.widths[i] = width_of(shown_word(s.lexicon, id));
  });
}
function build() {
  sides_host.replaceChildren();
  below.replaceChildren();
  sides_host.classList.toggle("canvas-two", sides.length > 1);
  below.className = "canvas-below " + (sides.length > 1 ? "canvas-pair" : "two");
  sides.forEach((s, n) => {
    const box = make("section"),
      words = make("div"),
      prose = make("p", "canvas-prose");
    if (sides.length > 1) box.append(make("h2", "canvas-h", `${"AB"[n]}: ${s.card.title}`));
    box.append(words, prose);
    sides_host.append(box);
    s.prose = prose;
    s.words = make_words({
      host: words,
      name: sides.length > 1 ? "Canvas " + "AB"[n] : "Canvas",
      on_look: (i, by_click) => touch(i, by_click, n),
      on_mark: (i, act) => edit(i, act, n),
    });
    const left = make("section"),
      right = make("section"),
      map_host = make("div"),
      look = make("div"),
      about = make("div");
    left.append(
      make("h2", "canvas-h", "When each word was decided, and how sure the model was"),
      map_host,
    );
    s.map = make_map({
      host: map_host,
      name: "Map: one column a word, one row a step" + (sides.length > 1 ? ", " + "AB"[n] : ""),
      on_pick: (k, i) => {
        focus = i;
        time.pause();
        time.go(k);
      },
    });
    s.map.load(s.rows, s.lexicon, s.expected);
    s.look = make_candidates({ host: look });
    const card = s.card.about;
    if (card) {
      const p = make("p", "say");
      p.append(make("b", "", card.name + ". "), card.text);
      about.append(make("h2", "canvas-h canvas-gap", "How words are chosen"), p);
      const source = make("p", "canvas-note", card.source);
      about.append(source);
    }
    right.append(look, about);
    if (sides.length > 1) {
      const column = make("div");
      column.append(left, right);
      below.append(column);
    } else below.append(left, right);
  });
}
function ensure_focus() {
  const s = sides[0];
  if (!s) return;
  const n = s.rows[0].canvas.length;
  if (focus < 0 || focus >= n) focus = Math.max(0, s.rows[0].state.findIndex(is_hidden));
}
const transport_curves = () =>
  sides.map((s, n) => ({
    values: s.rows.map((r) => r.curve?.[0] ?? null),
    colour: n ? "var(--escape)" : "var(--settled)",
    fill: !n,
    dashed: !!n,
    top: 1,
    name: "mean confidence",
  }));
const length_of = () => Math.max(0, ...sides.map((s) => s.rows.length));

function draw(k) {
  sides.forEach((s, n) => {
    const at = Math.min(k, s.rows.length - 1),
      record = s.rows[at];
    s.order = [];
    if (options.order)
      for (let r = 1; r <= at; r++)
        s.rows[r].state.forEach((st, i) => {
          if (st === "new") s.order[i] = r;
        });
    s.words.draw({
      record,
      lexicon: s.lexicon,
      focus,
      widths: s.widths,
      guesses: options.guesses,
      order: options.order ? s.order : null,
      edits: edits_of(n),
    });
    as_is(s.prose).textContent = as_prose(record, s.lexicon, s.card.family);
    s.map.show(k, focus);
    s.look.draw(s, k, focus);
  });
  curves.show(k);
  root.dataset.steps = String(Math.max(0, length_of() - 1));
  root.dataset.view = String(k);
  show_tools();
}
function touch(i, by_click, n = 0) {
  focus = i;
  time.pause();
  if (by_click && click !== "look") edit(i, click, n);
  else draw(time.step);
}

// edits: of each canvas its own, position -> 'mask' | 'lock' ---------------------------------------------------------------
const busy = () => run !== null;
const edits_of = (n) => (edits[n] ??= new Map());
const row_of = (s) => s.rows[Math.min(time.step, s.rows.length - 1)];
function edit(i, act, n) {
  if (constants?.replay) return;
  if (busy()) return say("The run is still going on: stop it first.");
  time.pause();
  const mine = edits_of(n),
    old = mine.get(i),
    state = row_of(sides[n]).state[i];
  const next = old === act ? undefined : act;
  if (next === "mask" && is_hidden(state)) return say("This word is masked already.");
  if (next === "lock" && (is_hidden(state) || state === "locked"))
    return say(
      state === "locked"
        ? "This word is yours already."
        : "Only a word that is visible can be locked.",
    );
  undo.push([n, i, old]);
  next ? mine.set(i, next) : mine.delete(i);
  focus = i;
  draw(time.step);
}
function take_back() {
  if (undo.length) {
    const [n, i, old] = undo.pop();
    old ? edits_of(n).set(i, old) : edits_of(n).delete(i);
    focus = i;
    return draw(time.step);
  }
  if (history.length && !busy()) {
    const old = history.pop();
    restore(old);
    say("Back at the run before.");
  }
}
function run_on() {
  if (busy() || !sides.length) return;
  const [first, second] = sides.map((s, n) => {
    const record = row_of(s),
      mine = edits_of(n);
    return {
      canvas: record.canvas.map((id, i) => (mine.get(i) === "mask" ? s.card.mask_id : id)),
      locked: record.state.map(
        (state, i) => mine.get(i) === "lock" || (state === "locked" && mine.get(i) !== "mask"),
      ),
    };
  });
  turn += 1;
  trigger("run_on", { ...first, second: second ?? null, turn, model: sides[0].card.model });
}
function show_tools() {
  for (const b of modes.querySelectorAll("button"))
    b.ariaPressed = String(b.dataset.mode === click);
  let masked = 0,
    again = 0,
    locks = 0;
  sides.forEach((s, n) => {
    const mine = edits_of(n),
      asked = [...mine.values()].filter((each) => each === "mask").length;
    masked += asked + row_of(s).state.filter((state, i) => is_hidden(state) && !mine.has(i)).length;
    again += asked;
    locks += mine.size - asked;
  });
  tools.hidden = !!constants?.replay;
  take_menu.ready(length_of() > 1);
  undo_button.disabled = busy() || (!undo.length && !history.length);
  on_button.disabled = busy() || !sides.length || (masked === 0 && !locks);
  on_button.hidden = !(again || locks || masked) || busy();
  edit_note.textContent =
    again || locks
      ? [again ? `${again} to be drawn again` : "", locks ? `${locks} locked` : ""]
          .filter(Boolean)
          .join(", ")
      : "";
}

// what comes from the server ---------------------------------------------------------------------------------------------
function pack() {
  return {
    sides: sides.map((s) => ({ card: s.card, rows: s.rows, lexicon: s.lexicon, widths: s.widths })),
    what: what.textContent,
  };
}
function restore(old) {
  sides = old.sides.map((o) => Object.assign(new_side(o.card), o));
  what.textContent = old.what;
  edits = [];
  undo = [];
  problem.hidden = true;
  open(Math.max(0, length_of() - 1), false);
}
function open(at, is_live) {
  // the seed that the controls had when this was run, for the next press of Run
  const { settings, model } = sides[0].card;
  root.dataset.seed = JSON.parse(root.dataset.link ?? "{}").seed ?? settings?.seed - turn;
  root.dataset.model = model;
  build();
  ensure_focus();
  curves.load(sides);
  time.load({ length: length_of(), curves: transport_curves(), at, live: is_live });
}
function finish(word) {
  if (run !== null) paint_news();
  run = null;
  stop_button.hidden = true;
  time.live(false);
  live_word.textContent = word ?? "";
  root.dataset.state = word === "stopped" ? "stopped" : "done";
  show_tools();
}
function take_trace(value) {
  const read = (trace) => {
    const s = new_side(trace.start);
    for (const step of trace.steps) learn(s, step, null);
    return s;
  };
  sides = [value.trace, value.second].filter(Boolean).map(read);
  what.textContent = value.note ?? "";
  edits = [];
  undo = [];
  focus = -1;
  finish("");
  root.dataset.state = "recorded";
  root.dataset.link = "{}";
  open(Math.min(value.at ?? 1e9, length_of() - 1), false);
}
let hungry = false,
  rested = 0;
function paint_news() {
  // at most once a screen, however fast the steps come
  hungry = false;
  const length = length_of(),
    follow = wanted === null && time.step >= time.length - 1,
    begun = performance.now();
  if (length === time.length) return;
  for (const s of sides) s.map.add();
  curves.load(sides);
  time.grow({ length, curves: transport_curves() });
  if (wanted !== null) time.go(Math.min(wanted, length - 1), "link");
  else if (follow && !time.playing) time.go(length - 1, "play");
  else curves.show(time.step);
  root.dataset.steps = String(length - 1);
  rested = performance.now() + 3 * (performance.now() - begun); // a long run must leave the browser time for its visitor
}
function take() {
  const value = props.value;
  if (!value) return;
  if (value.trace) return take_trace(value);
  if (value.stop) return run !== null ? finish("stopped") : undefined;
  if (value.problem !== undefined) {
    problem.textContent = value.problem;
    problem.hidden = !value.problem;
    if (value.problem) {
      finish("");
      root.dataset.state = "problem";
    }
    return;
  }
  if (value.begin) {
    if (sides.length && sides[0].rows.length > 1) {
      history.push(pack());
      if (history.length > 12) history.shift();
    }
    run = value.run;
    problem.hidden = true;
    edits = [];
    undo = [];
    if (!value.begin.on) turn = 0;
    sides = value.begin.sides.map(new_side);
    what.textContent = value.begin.what ?? "";
    live_word.textContent = "running";
    stop_button.hidden = false;
    root.dataset.state = "running";
    root.dataset.run = String(run);
    root.dataset.link = JSON.stringify(value.begin.link ?? {});
    wanted = value.begin.at ?? null;
    open(0, true);
  }
  if (value.waiting) {
    run = value.run;
    problem.hidden = true;
    live_word.textContent = value.waiting;
    stop_button.hidden = false;
    root.dataset.state = "waiting";
    return;
  }
  if (value.frame && value.run === run) {
    for (const part of JSON.parse(value.frame)) {
      const s = sides[part.side];
      if (s) learn(s, part.step, part.words);
    }
    if (!hungry) {
      hungry = true;
      const rest = rested - performance.now();
      rest > 0 ? setTimeout(paint_news, rest) : requestAnimationFrame(paint_news);
    }
  }
  if (value.end && value.run === run) {
    paint_news();
    finish(value.end);
    wanted = null;
  }
}
function whole_run() {
  if (!sides.length) return null;
  const of = (s) => ({
    version: 1,
    kind: "unmask",
    model: s.card.model,
    settings: s.card.settings ?? {},
    prompt: s.card.prompt ?? "",
    start: {
      ...s.card,
      words: Object.fromEntries([...s.lexicon].map(([id, w]) => [id, [w.text, w.join]])),
    },
    steps: s.rows.slice(1).map(({ curve, ...step }) => step),
  });
  return sides.length > 1
    ? {
        version: 1,
        kind: "compare",
        model: sides[0].card.model,
        settings: {},
        steps: [],
        runs: sides.map(of),
      }
    : of(sides[0]);
}
stop_button.hidden = true;
show_tools();
watch("value", take);
take();
if (!constants?.replay) {
  // a link that shows a run: it is run again; one without: its step of the recorded run
  const query = new URLSearchParams(location.search),
    here = query.get("tab") === "diffusion";
  // Gradio drops what is triggered before the page has settled: asked again until the run answers (one at work is not started twice)
  let asked = 0;
  const ask = () => {
    if (run !== null || root.dataset.state !== "recorded" || asked++ > 10) return;
    trigger("open_link", { query: location.search.slice(0, 20000) });
    setTimeout(ask, 2000);
  };
  if (here && query.get("ran") === "1") setTimeout(ask, 0);
  else if (here && /^\d{1,6}$/.test(query.get("step") ?? "")) time.go(+query.get("step"));
}
