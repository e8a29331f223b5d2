// Steps, time, quality. What was measured can be put into the sliders; the sliders and the table are arithmetic in the browser.
const root = element.querySelector(".widget");
root.classList.add("canvas-steps");
const add = (to, tag, cls, text) => {
  const node = make(tag, cls, text);
  to.append(node);
  return node;
};
const bar = add(root, "div", "canvas-line");
const go_time = button(
    "Measure time",
    "Milliseconds a token and a step, on this server, now",
    () => ask("time"),
    "main",
  ),
  go_quality = button(
    "Measure quality",
    "Perplexity and distinct-2 against the number of steps",
    () => ask("quality"),
  ),
  halt = button("Stop", "Keep what has been measured", () => {
    trigger("halt", {});
    done("stopped");
  });
const progress = add(bar, "span", "canvas-note");
progress.setAttribute("role", "status");
bar.prepend(go_time, go_quality, halt);
halt.hidden = true;
const problem = add(root, "div", "problem");
problem.setAttribute("role", "alert");
problem.hidden = true;
const grid = add(root, "div", "canvas-steps-grid"),
  a = add(grid, "section"),
  b = add(grid, "section");
add(a, "h2", "canvas-h", "How long until the text is there");
const verdict = add(a, "p", "say"),
  latency_host = add(a, "div"),
  measured_note = add(a, "p", "canvas-note");
add(b, "h2", "canvas-h", "Your numbers");
const inputs = {};
function slide(key, text, low, high, value, step, unit) {
  const label = add(b, "label", "canvas-slide"),
    name = add(label, "span", "", text),
    input = make("input"),
    number = make("output", "num");
  Object.assign(input, { type: "range", min: low, max: high, step, value });
  label.append(input, number);
  input.setAttribute("aria-label", text);
  input.dataset.key = key;
  input.addEventListener("input", () => {
    from_measured = false;
    draw();
  });
  inputs[key] = {
    get value() {
      return +input.value;
    },
    set value(v) {
      input.max = Math.max(+input.max, Math.ceil(v));
      input.value = v;
    },
    show() {
      number.textContent = neat(+input.value) + (unit ? " " + unit : "");
    },
  };
}
slide("token", "a token, left to right", 0.5, 200, 50, 0.5, "ms");
slide("step", "a step of the canvas", 0.5, 500, 200, 0.5, "ms");
slide("steps", "steps a canvas", 1, 128, 30, 1, "");
slide("block", "tokens a block", 16, 512, 64, 16, "");
const use = button(
  "Use what was measured",
  "Put the measured milliseconds into the sliders",
  () => {
    use_measured();
  },
);
b.append(use);
add(b, "h2", "canvas-h canvas-gap", "Sequential steps, and the time they take");
const table = add(b, "table", "canvas-figures"),
  table_note = add(
    b,
    "p",
    "canvas-note",
    "One canvas: a step is taken to cost the same at every length; what was measured shows how far that holds. Blocks: each block of the text has its own steps, one block after the other.",
  );
const low = add(root, "div", "canvas-steps-grid"),
  c = add(low, "section"),
  d = add(low, "section");
add(
  c,
  "h2",
  "canvas-h",
  "Quality against steps: perplexity of the samples under the left-to-right twin",
);
const perplexity_host = add(c, "div");
add(d, "h2", "canvas-h", "Variety: distinct-2 of the samples");
const distinct_host = add(d, "div");
const examples = add(root, "div", "canvas-examples"),
  quality_note = add(
    root,
    "p",
    "canvas-note",
    "Random order, equal portions; mean and standard deviation over 6 seeds. Perplexity: exp of the mean surprisal, the first token not scored; lower is likelier, which is not always better. distinct-2: different word pairs among all word pairs of a text.",
  );
const latency = make_chart({
  host: latency_host,
  name: "Time against length",
  x: { label: "tokens", low: 0 },
  y: { label: "seconds" },
  height: 290,
});
const perplexity = make_chart({
  host: perplexity_host,
  name: "Perplexity against steps",
  x: { label: "steps", log: true, ticks: [1, 2, 4, 8, 16, 32] },
  y: { label: "perplexity (logarithmic axis)", log: true },
  height: 230,
});
const distinct = make_chart({
  host: distinct_host,
  name: "distinct-2 against steps",
  x: { label: "steps", log: true, ticks: [1, 2, 4, 8, 16, 32] },
  y: { label: "distinct-2", top: 1 },
  height: 230,
});
let data = { tokens: [], lengths: [], quality: [] },
  run = null,
  from_measured = false,
  total = 0,
  seen = 0;

const ms_token = () => (data.tokens.length ? data.tokens[data.tokens.length - 1].ms : null);
const ms_step = () => {
  const at = data.lengths.find((p) => p.length === 64) ?? data.lengths[data.lengths.length - 1];
  return at ? at.ms : null;
};
function use_measured() {
  if (ms_token() === null || ms_step() === null) return;
  inputs.token.value = Math.max(0.5, Math.round(2 * ms_token()) / 2);
  inputs.step.value = Math.max(0.5, Math.round(2 * ms_step()) / 2);
  from_measured = true;
  draw();
}
function ask(what) {
  problem.hidden = true;
  trigger("measure", { what });
}
function done(word) {
  run = null;
  halt.hidden = true;
  go_time.disabled = go_quality.disabled = false;
  progress.textContent = word;
  root.dataset.state = word || "done";
  draw();
}
const seconds = (ms) => (ms < 1000 ? `${neat(ms)} ms` : `${neat(ms / 1000)} s`);
function draw() {
  for (const input of Object.values(inputs)) input.show();
  const token = inputs.token.value,
    step = inputs.step.value,
    steps = inputs.steps.value,
    block = inputs.block.value,
    even = (steps * step) / token;
  verdict.replaceChildren(
    `At ${neat(token)} ms a token and ${steps} steps of ${neat(step)} ms, the canvas is faster beyond `,
    make("b", "", `${neat(Math.round(even * 10) / 10)} tokens`),
    `: 50 tokens take ${seconds(50 * token)} left to right and ${seconds(steps * step)} at once; 200 take ${seconds(200 * token)} and ${seconds(steps * step)}.`,
  );
  root.dataset.even = String(even);
  const far = Math.max(200, Math.ceil((2 * even) / 50) * 50),
    series = [
      {
        name: "left to right, your numbers",
        colour: "--chosen",
        mark: "",
        points: [
          [0, 0],
          [far, (far * token) / 1000],
        ],
      },
      {
        name: "one canvas, your numbers",
        colour: "--settled",
        mark: "",
        points: [
          [0, (steps * step) / 1000],
          [far, (steps * step) / 1000],
        ],
      },
      {
        name: "in blocks, your numbers",
        colour: "--new",
        mark: "",
        dashed: true,
        points: Array.from({ length: Math.ceil(far / block) }, (_, i) =>
          [i * block, Math.min((i + 1) * block, far)].map((n) => [
            n,
            ((i + 1) * steps * step) / 1000,
          ]),
        ).flat(),
      },
    ];
  if (data.tokens.length > 1)
    series.push({
      name: "left to right, measured",
      colour: "--chosen",
      dashed: true,
      mark: "dot",
      points: data.tokens
        .filter((_, i) => i % 8 === 7 || i === data.tokens.length - 1)
        .map((p) => [p.index + 1, p.seconds]),
    });
  if (data.lengths.length)
    series.push({
      name: `${steps} steps, measured at each length`,
      colour: "--settled",
      dashed: true,
      mark: "square",
      points: data.lengths.map((p) => [p.length, (steps * p.ms) / 1000]),
    });
  latency.draw(series, {
    lines: [{ x: even, label: `break-even ${neat(Math.round(even * 10) / 10)}` }],
  });
  measured_note.textContent = data.tokens.length
    ? `Measured${data.when ? " " + data.when : ""}: ${neat(ms_token())} ms a token left to right` +
      (data.lengths.length
        ? "; a step of the canvas " +
          data.lengths.map((p) => `${neat(p.ms)} ms at ${p.length}`).join(", ") +
          " tokens."
        : ".")
    : "Nothing measured yet: press Measure time.";
  use.disabled = ms_token() === null || ms_step() === null;
  const head = make("tr");
  head.append(
    ...[
      "tokens",
      "left to right: steps",
      "time",
      "one canvas: steps",
      "time",
      `blocks of ${block}: steps`,
      "time",
    ].map((t) => {
      const th = make("th", "", t);
      th.scope = "col";
      return th;
    }),
  );
  table.replaceChildren(
    head,
    ...[50, 100, 200, 500, 1000, 2000, 4000].map((n) => {
      const tr = make("tr"),
        th = make("th", "", whole(n)),
        blocks = Math.ceil(n / block) * steps;
      th.scope = "row";
      tr.append(
        th,
        ...[
          whole(n),
          seconds(n * token),
          whole(steps),
          seconds(steps * step),
          whole(blocks),
          seconds(blocks * step),
        ].map((t, i) =>
          make(
            "td",
            [n * token, n * token, steps * step, steps * step, blocks * step, blocks * step][i] <=
              Math.min(n * token, steps * step, blocks * step) + 1e-9
              ? "canvas-least"
              : "",
            t,
          ),
        ),
      );
      return tr;
    }),
  );
  perplexity.draw(
    data.quality.length
      ? [
          {
            name: "mean over seeds ± standard deviation",
            colour: "--chosen",
            points: data.quality.map((q) => [q.steps, q.perplexity, q.perplexity_spread]),
          },
        ]
      : [],
  );
  distinct.draw(
    data.quality.length
      ? [
          {
            name: "mean over seeds ± standard deviation",
            colour: "--settled",
            points: data.quality.map((q) => [q.steps, q.distinct, q.distinct_spread]),
          },
        ]
      : [],
  );
  examples.replaceChildren(
    ...data.quality.map((q) => {
      const p = make("p", "canvas-example");
      p.append(
        make("span", "num", `${q.steps} step${q.steps > 1 ? "s" : ""}`),
        make("span", "", q.example),
      );
      return p;
    }),
  );
  root.dataset.tokens = String(data.tokens.length);
  root.dataset.lengths = String(data.lengths.length);
  root.dataset.quality = String(data.quality.length);
}
function take() {
  const value = value_now();
  if (!value) return;
  if (value.whole !== undefined) {
    if (value.whole) {
      data = JSON.parse(JSON.stringify(value.whole));
      progress.textContent = "as recorded";
    }
    return draw();
  }
  if (value.problem !== undefined) {
    problem.textContent = value.problem;
    problem.hidden = false;
    return done("");
  }
  if (value.stop) return run === null ? undefined : done("stopped");
  if (value.begin !== undefined) {
    run = value.run;
    halt.hidden = false;
    go_time.disabled = go_quality.disabled = true;
    progress.textContent = "getting the models …";
    root.dataset.state = "running";
    seen = 0;
    total = 0;
    if (value.begin === "time") data = { ...data, when: "", tokens: [], lengths: [] };
    else data = { ...data, quality: [] };
    return;
  }
  if (value.run !== run) return;
  if (value.part) {
    total = value.of;
    progress.textContent = value.part;
    return;
  }
  if (value.token) {
    data.tokens.push(value.token);
    progress.textContent = `token ${value.token.index + 1} of ${total}`;
    if (data.tokens.length % 6) return;
  }
  if (value.step) {
    data.lengths.push(value.step);
    progress.textContent = `canvas of ${value.step.length}`;
  }
  if (value.quality) {
    data.quality.push(value.quality);
    progress.textContent = `${data.quality.length} of ${total}`;
  }
  if (value.done) {
    if (data.tokens.length && data.lengths.length && !from_measured && !data.quality.length)
      from_measured = false;
    return done("measured");
  }
  draw();
}
watch("value", take);
take();
draw();
