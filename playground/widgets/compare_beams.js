// Beam search round by round: every continuation that was weighed, in the order of its score; what goes on, what is cut. Beside it the choice among samples.
const WIDE = 96,
  HIGH = 26,
  ROOT = 60;
const model = select_input(props.models),
  prompt = area("", 2),
  beams = number_input(1, 1, 8, 1),
  tokens = number_input(1, 1, 60, 1),
  penalty = number_input(1, -5, 5, 0.1);
const samples = number_input(0, 0, 16, 1),
  temperature = number_input(1, 0, 5, 0.1),
  top_p = number_input(1, 0, 1, 0.05),
  seed = number_input(0, 0, 9007199254740991, 1);
const utility = select_input([
  ["bleu", "BLEU"],
  ["rougeL", "ROUGE-L"],
  ["rouge1", "ROUGE-1"],
  ["rouge2", "ROUGE-2"],
]);
const stage = make("div", "beam-tree"),
  svg = draw_svg("svg", { role: "img" }),
  time = make("div"),
  found = make("section"),
  picked = make("section"),
  legend = make("p", "compare-note");
stage.tabIndex = 0;
stage.setAttribute("role", "region");
stage.setAttribute("aria-label", "Beam search tree");
stage.append(svg);
stage.hidden = true;
time.hidden = true;
legend.hidden = true;
legend.textContent =
  "Each column is a round, best score on top: filled goes on, dashed is cut, green ringed is finished (its text ended, or reached the length), solid blue is returned. Blue lines lead to what is alive in the round on view. " +
  "Score: sum of ln P, divided by length^penalty where texts of different lengths meet.";
let state = null;
const transport = make_transport({
  host: time,
  keys: element,
  unit: "Round",
  on_step: (k) => draw(k),
  label: (k) => [
    `round ${k + 1} / ${state?.rounds.length ?? 0}`,
    state?.rounds[k]?.[0] ? `best ${fixed(state.rounds[k][0].score)}` : "",
  ],
});
const runner = make_runner({
  label: "Search",
  request: () => ({
    model: model.value,
    prompt: prompt.value,
    beams: number_in(beams),
    tokens: number_in(tokens),
    length_penalty: number_in(penalty),
    samples: number_in(samples),
    temperature: number_in(temperature),
    top_p: number_in(top_p),
    utility: utility.value,
    seed: number_in(seed),
  }),
  on_frame: (frame) => {
    if (frame.begin) {
      state = { ...frame.begin, rounds: [], nodes: new Map(), fates: {} };
      found.replaceChildren();
      picked.replaceChildren();
      stage.hidden = time.hidden = legend.hidden = false;
    }
    if (frame.nodes) {
      frame.nodes.forEach((node, row) => state.nodes.set(node.id, { ...node, row }));
      state.rounds.push(frame.nodes.map((node) => state.nodes.get(node.id)));
      load();
    }
    if (frame.results) {
      state.fates = frame.fates;
      state.results = frame.results;
      show_found(frame);
      load();
    }
    if (frame.samples) show_samples(frame);
  },
});
function load() {
  const best = state.rounds.map((round) => round[0].score),
    low = Math.min(...best);
  transport.load({
    length: state.rounds.length,
    curves: [{ values: best.map((b) => b - low), colour: "var(--chosen)", name: "best score" }],
    loops: [],
    branches: [],
    at: state.rounds.length - 1,
    live: !state.results,
  });
  draw(state.rounds.length - 1);
}
function draw(k) {
  if (!state?.rounds.length) return;
  const over = state.results && k === state.rounds.length - 1,
    fate = (node) => (over ? (state.fates[node.id] ?? node.fate) : node.fate);
  const alive = new Set();
  const lead = (node) => {
    while (node && !alive.has(node.id)) {
      alive.add(node.id);
      node = state.nodes.get(node.parent);
    }
  };
  if (over) state.results.forEach((one) => lead(state.nodes.get(one.node)));
  else state.rounds[k].filter((node) => ["open", "finished"].includes(node.fate)).forEach(lead);
  const rows = Math.max(...state.rounds.map((round) => round.length)),
    width = ROOT + WIDE * (k + 1),
    height = HIGH * rows + 12,
    middle = height / 2;
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("width", width);
  svg.setAttribute("height", height);
  svg.setAttribute(
    "aria-label",
    `Beam search after round ${k + 1}: ${state.rounds[k].filter((n) => n.fate === "open").length} beams go on`,
  );
  const start = draw_svg("text", { x: 2, y: middle + 4 });
  start.textContent = "prompt";
  const parts = [start];
  const at = (node) =>
    node ? { x: ROOT + WIDE * (node.step - 1), y: 6 + HIGH * node.row + HIGH / 2 } : null;
  for (const node of state.rounds.slice(0, k + 1).flat()) {
    const { x, y } = at(node),
      parent = at(state.nodes.get(node.parent)),
      from = parent ? [parent.x + WIDE - 12, parent.y] : [46, middle];
    const group = draw_svg("g", { class: fate(node) + (alive.has(node.id) ? " alive" : "") });
    const text = draw_svg("text", { x: x + 6, y: y + 4 }),
      title = draw_svg("title"),
      shown = visible(node.text);
    text.textContent = [...shown].length > 10 ? [...shown].slice(0, 9).join("") + "…" : shown;
    title.textContent = `${shown.slice(0, 80)}: ln P ${fixed(node.log_probability)}, sum ${fixed(node.score)}, divided by length ${fixed(node.normalised)}; ${fate(node)}`;
    group.append(
      draw_svg("path", {
        d: `M${from[0]} ${from[1]}C${from[0] + 8} ${from[1]} ${x - 8} ${y} ${x} ${y}`,
      }),
      draw_svg("rect", { x, y: y - 10, width: WIDE - 12, height: 20 }),
      text,
      title,
    );
    parts.push(group);
  }
  svg.replaceChildren(...parts);
  if (!transport.playing || transport.step >= state.rounds.length - 2)
    stage.scrollLeft = Math.max(0, width - stage.clientWidth);
}
const ENDS = {
  finished: "no open beam could beat the finished ones any more",
  max_new_tokens: "the length was reached",
  context: "the model takes no longer text",
  stopped: "stopped",
};
function entry(text, figures, on, mark) {
  const item = make("li", on ? "on" : "");
  item.append(
    make("p", "compare-text", text),
    make("p", "num", (mark ? mark + " · " : "") + figures),
  );
  return item;
}
function show_found(frame) {
  const list = make("ol", "beam-list");
  list.append(
    ...frame.results.map((one, i) =>
      entry(
        one.text,
        `score ${fixed(one.score)} = ln P ${fixed(one.log_probability)} / ${one.length}^${state.length_penalty}`,
        i === 0,
        i === 0 ? "best" : "",
      ),
    ),
  );
  found.replaceChildren(
    make(
      "h2",
      "",
      `Beam search: ${frame.results.length} text${frame.results.length === 1 ? "" : "s"}, best first`,
    ),
    list,
    make(
      "p",
      "compare-note",
      `Ended because ${ENDS[frame.finish] ?? frame.finish}. Token for token what transformers’ generate(num_beams=${state.beams}) returns.`,
    ),
  );
}
function show_samples(frame) {
  const list = make("ol", "beam-list"),
    name =
      utility.querySelector(`option[value="${CSS.escape(frame.utility)}"]`)?.textContent ??
      frame.utility,
    digits = frame.utility === "bleu" ? 2 : 4;
  const order = frame.samples
    .map((_, i) => i)
    .sort((a, b) => frame.samples[b].utility - frame.samples[a].utility || a - b);
  list.append(
    ...order.map((i) => {
      const one = frame.samples[i];
      return entry(
        one.text,
        `mean ${name} ${fixed(one.utility, digits)} · ln P ${fixed(one.log_probability)} · ${one.length} tokens`,
        i === frame.chosen,
        i === frame.chosen ? "chosen" : "",
      );
    }),
  );
  picked.replaceChildren(
    make(
      "h2",
      "",
      `Minimum Bayes risk: the sample that the other ${frame.samples.length - 1} agree with most`,
    ),
    list,
    make(
      "p",
      "compare-note",
      `Each sample’s mean ${name} with every other sample as the reference; the highest is chosen. ln P is the model’s own, without the rules of sampling: the choice need not be the likeliest text.`,
    ),
  );
}
const link = make_link(
  {
    model,
    prompt,
    beams,
    tokens,
    length_penalty: penalty,
    samples,
    temperature,
    top_p,
    utility,
    seed,
  },
  runner.replay,
);
runner.row.append(link.copy);
const pair = make("div", "compare-pair");
pair.append(found, picked);
box.append(
  row_of(
    field("model", model),
    field("beams", beams),
    field("tokens", tokens),
    field(
      "length penalty",
      penalty,
      "Above 0 favours longer texts, below 0 shorter ones; it acts when texts of different lengths are compared",
    ),
  ),
  field("prompt", prompt, "", "compare-wide"),
  row_of(
    field("samples for the Bayes choice", samples, "0: no sampling"),
    field("temperature", temperature),
    field("top-p", top_p),
    field("utility", utility),
    field("seed", seed),
  ),
  runner.row,
  link.message,
  runner.bar,
  runner.words,
  runner.trouble,
  stage,
  time,
  legend,
  pair,
);
link.open();
