// The exactness meter. Left the chain, which one edits; right what each sampler makes of it.
const root = element.querySelector(".widget");
root.classList.add("canvas-meter");
const add = (to, tag, cls, text) => {
  const node = make(tag, cls, text);
  to.append(node);
  return node;
};
const grid = add(root, "div", "canvas-meter-grid"),
  left = add(grid, "section"),
  right = add(grid, "section");
add(left, "h2", "canvas-h", "The truth: a chain of words");
const presets = add(left, "div", "canvas-modes"),
  table = add(left, "table", "canvas-meter-table");
table.setAttribute("aria-label", "Transition probabilities");
const problem = add(left, "div", "problem");
problem.setAttribute("role", "alert");
problem.hidden = true;
const line = add(left, "div", "canvas-meter-line"),
  length_label = add(line, "label", "canvas-check", "words in a text"),
  length = make("select");
length_label.append(length);
for (const n of [3, 4, 5, 6]) {
  const o = make("option", "", String(n));
  o.value = n;
  length.append(o);
}
length.value = 5;
const states_label = add(line, "label", "canvas-check", "different words"),
  states = make("select");
states_label.append(states);
for (const n of [2, 3, 4]) {
  const o = make("option", "", String(n));
  o.value = n;
  states.append(o);
}
const buttons = add(left, "div", "canvas-meter-line"),
  go = button("Measure", "Enumerate every text and compare", start, "main"),
  halt = button("Stop", "Keep what has been measured", () => {
    trigger("halt", {});
    done("stopped");
  });
buttons.append(go, halt);
halt.hidden = true;
const progress = add(buttons, "span", "canvas-note");
progress.setAttribute("role", "status");
add(
  left,
  "p",
  "canvas-note",
  "Every text of this length is enumerated, so nothing here is sampled. The denoiser is exact: it knows p(word | all revealed words) of the chain. Total variation is the probability that would have to be moved to other texts to make the two distributions equal: 0 is exact, 1 is disjoint.",
);
add(right, "h2", "canvas-h", "Distance from the truth, against words revealed a step");
const surprise = add(right, "p", "say canvas-surprise"),
  kinds = add(right, "div", "canvas-modes");
kinds.setAttribute("role", "group");
kinds.setAttribute("aria-label", "Which distance");
let kind = "tv";
for (const [value, text] of [
  ["tv", "total variation"],
  ["kl", "KL(truth ‖ sampler), bits"],
]) {
  const b = button(text, "", () => {
    kind = value;
    draw();
  });
  b.dataset.value = value;
  kinds.append(b);
}
const host = add(right, "div");
add(
  right,
  "p",
  "canvas-note",
  "How the points are made: a text of L words takes L / k steps, rounded up, with each sampler’s own counts and settings. One exception: at one word a step Dream’s published counts draw nothing in the first step and two words together in the last, so its two points there keep its order but draw strictly one word at a time: entropy order by the entropy-bound sampler with bound 0, likely words first by Fast-dLLM with a threshold of 2, which no word reaches. Places that are exactly as sure as each other are taken from left to right.",
);
const gibbs_title = add(right, "h2", "canvas-h canvas-gap", "Gibbs: distance against sweeps"),
  gibbs_host = add(right, "div"),
  gibbs_note = add(right, "p", "canvas-note");
gibbs_title.hidden = true;
const chart = make_chart({
  host,
  name: "Distance against words a step",
  x: { label: "words revealed a step", format: (v) => String(+v.toFixed(2)) },
  y: { label: "distance" },
  height: 300,
});
const gibbs = make_chart({
  host: gibbs_host,
  name: "Gibbs",
  x: { label: "sweeps" },
  y: { label: "total variation", top: 1 },
  height: 200,
});

let chain = {
  names: ["sunny", "cloudy", "rainy"],
  transition: [
    [0.7, 0.2, 0.1],
    [0.3, 0.4, 0.3],
    [0.1, 0.1, 0.8],
  ],
  initial: [0.4, 0.2, 0.4],
};
let data = null,
  run = null,
  all = {};
// '.5', '0,5', '1/3' are numbers; anything else is not
function read(text) {
  const hit = /^\s*(\d*[.,]?\d+)\s*(?:\/\s*(\d+))?\s*$/.exec(text);
  if (!hit) return NaN;
  return Number(hit[1].replace(",", ".")) / (hit[2] ? Number(hit[2]) : 1);
}
function cell(value, name, set) {
  const input = make("input");
  input.type = "text";
  input.inputMode = "decimal";
  input.value = String(+value.toFixed(6));
  input.setAttribute("aria-label", name);
  input.addEventListener("change", () => {
    set(read(input.value));
    input.classList.toggle("canvas-bad", !(read(input.value) >= 0 && read(input.value) <= 1));
    sums();
  });
  return input;
}
let sum_cells = [];
function sums() {
  [chain.initial, ...chain.transition].forEach((row, i) => {
    const total = row.reduce((a, b) => a + b, 0),
      good = Math.abs(total - 1) < 1e-6;
    sum_cells[i].replaceChildren();
    if (good) sum_cells[i].textContent = "= 1";
    else {
      const b = button(
        Number.isFinite(total) ? `= ${+total.toFixed(4)}, make it 1` : "not a number",
        "Divide the row by its sum",
        () => {
          if (!(total > 0)) return;
          row.forEach((v, j) => {
            row[j] = v / total;
          });
          build();
        },
        "plain canvas-sum",
      );
      sum_cells[i].append(b);
    }
  });
}
function build() {
  const { names } = chain;
  sum_cells = [];
  const head = make("tr");
  head.append(make("td", "", "from \\ to"), ...names.map((n) => make("th", "", n)), make("td"));
  const line_of = (title, row, i) => {
    const tr = make("tr"),
      th = make("th");
    th.scope = "row";
    if (i < 0) th.textContent = "at the start";
    else {
      const field = make("input", "canvas-name");
      field.type = "text";
      field.maxLength = 24;
      field.value = names[i];
      field.setAttribute("aria-label", `Word ${i + 1}`);
      field.addEventListener("change", () => {
        names[i] = field.value || "word " + (i + 1);
        build();
      });
      th.append(field);
    }
    tr.append(
      th,
      ...row.map((v, j) => {
        const td = make("td");
        td.append(
          cell(v, `${title} to ${names[j]}`, (x) => {
            row[j] = x;
          }),
        );
        return td;
      }),
    );
    const sum = make("td", "canvas-sums");
    sum_cells.push(sum);
    tr.append(sum);
    return tr;
  };
  table.replaceChildren(
    head,
    line_of("start", chain.initial, -1),
    ...chain.transition.map((row, i) => line_of(names[i], row, i)),
  );
  states.value = names.length;
  sums();
}
states.addEventListener("change", () => {
  const n = +states.value,
    names = Array.from({ length: n }, (_, i) => chain.names[i] ?? "abcd"[i]);
  const fill = (row) => {
    const kept = Array.from({ length: n }, (_, i) => row?.[i] ?? 0),
      total = kept.reduce((a, b) => a + b, 0);
    return total > 0 ? kept.map((v) => +(v / total).toFixed(6)) : kept.map(() => 1 / n);
  };
  const exact = (row) => {
    const r = fill(row);
    r[0] += 1 - r.reduce((a, b) => a + b, 0);
    return r;
  };
  chain = {
    names,
    initial: exact(chain.initial),
    transition: Array.from({ length: n }, (_, i) => exact(chain.transition[i])),
  };
  build();
});
function start() {
  problem.hidden = true;
  trigger("measure", {
    names: chain.names,
    transition: chain.transition.map((r) => r.map((v) => (Number.isFinite(v) ? v : -1))),
    initial: chain.initial.map((v) => (Number.isFinite(v) ? v : -1)),
    length: +length.value,
  });
}
function done(word) {
  run = null;
  halt.hidden = true;
  go.disabled = false;
  progress.textContent = word;
  root.dataset.state = word || "done";
  draw();
}
function draw() {
  for (const b of kinds.children) b.ariaPressed = String(b.dataset.value === kind);
  if (!data) return;
  const keys = Object.keys(data.names),
    of = (key) => data.points.filter((p) => p.curve === key).sort((a, b) => a.x - b.x);
  chart.draw(
    keys.map((key, n) => ({
      name: data.names[key],
      dashed: n > 2,
      missing: "∞",
      points: of(key).map((p) => [p.x, p[kind]]),
    })),
  );
  const random = data.points.find((p) => p.curve === "random" && p.x === 1),
    low = data.points.find((p) => p.curve === "low_confidence" && p.x === 1),
    sure = data.points.find((p) => p.curve === "entropy" && p.x === 1);
  surprise.replaceChildren();
  if (random && low)
    surprise.append(
      "At one word a step, random order",
      ...(sure
        ? [
            " and entropy order are exact (",
            make("b", "", chance_of(Math.max(random.tv, sure.tv))),
            ")",
          ]
        : [" is at ", make("b", "", chance_of(random.tv))]),
      ", and low confidence is off by ",
      make("b", "", chance_of(low.tv)),
      low.tv > 0.005
        ? ": it draws everywhere first and keeps the likeliest draws, which makes common texts commoner."
        : ".",
    );
  gibbs_title.hidden = !data.sweeps.length;
  gibbs.draw(
    data.sweeps.length
      ? [
          {
            name: "Gibbs, position by position",
            colour: "--settled",
            points: data.sweeps.map((p) => [p.sweeps, p.tv]),
          },
        ]
      : [],
  );
  gibbs_note.textContent = data.gibbs_problem
    ? `Gibbs cannot start here: ${data.gibbs_problem}`
    : data.sweeps.length
      ? `Started from “${data.sweeps[0].start}” in every place, the least likely first word. A sweep redraws each place once, given all the others.`
      : "";
  root.dataset.points = String(data.points.length);
  root.dataset.sweeps = String(data.sweeps.length);
}
const chance_of = (v) => (v < 1e-6 ? "0" : v.toFixed(3));
function take() {
  const value = props.value;
  if (!value) return;
  if (value.presets) {
    all = value.presets;
    presets.replaceChildren(
      ...Object.keys(all).map((name) =>
        button(name, "Take this chain", () => {
          chain = JSON.parse(JSON.stringify(all[name]));
          build();
        }),
      ),
    );
    if (value.whole) {
      data = JSON.parse(JSON.stringify(value.whole));
      chain = JSON.parse(
        JSON.stringify({
          names: data.chain.names,
          transition: data.chain.transition,
          initial: data.chain.initial,
        }),
      );
      length.value = data.chain.length;
      progress.textContent = "as recorded";
    }
    build();
    return draw();
  }
  if (value.problem !== undefined) {
    problem.textContent = value.problem;
    problem.hidden = false;
    return done("");
  }
  if (value.stop) return run === null ? undefined : done("stopped");
  if (value.begin) {
    run = value.run;
    halt.hidden = false;
    go.disabled = true;
    progress.textContent = "measuring …";
    root.dataset.state = "running";
    return;
  }
  if (value.run !== run) return;
  if (value.waiting) {
    progress.textContent = value.waiting;
    return;
  }
  if (value.chain)
    data = {
      chain: value.chain,
      texts: value.texts,
      names: value.names,
      parts: value.parts,
      points: [],
      sweeps: [],
    };
  else if (value.point) data.points.push(value.point);
  else if (value.sweep) data.sweeps.push(value.sweep);
  else if (value.gibbs_problem) data.gibbs_problem = value.gibbs_problem;
  else if (value.done) return done(`${whole(data.texts)} texts enumerated`);
  progress.textContent = `${data.points.length + data.sweeps.length} of ${data.parts}`;
  draw();
}
build();
watch("value", take);
take();
