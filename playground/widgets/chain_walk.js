// The Markov chain: what the visitor edits is `draft`; what the server computed from the last valid draft is `figures`.
let draft = null,
  figures = null,
  power = 2,
  powers = [],
  counts = [],
  distance = [],
  begin;
const graph = chainGraph(part("graph"), {
  label: "Transition graph",
  pick: (i) => {
    draft.start = i;
    fillStart();
    ask(wished());
  },
});
const editor = matrixEditor(part("matrix"), {
  label: "Transition matrix: the row is where the chain is, the column where it goes next",
  kind: "probability",
  corner: "from \\ to",
  rows: () => draft.states,
  columns: () => draft.states,
  values: () => draft.transition,
  cellLabel: (row, column) => `Probability of going from ${row} to ${column}`,
  rename: (axis, i, name) => {
    draft.states[i] = name.trim() || `state ${i + 1}`;
    changed();
  },
  edit: (i, j, v) => {
    draft.transition[i][j] = v;
    draft.preset = "";
    changed();
  },
  normalise: (i) => {
    const sum = draft.transition[i].reduce((a, b) => a + b, 0);
    draft.transition[i] = draft.transition[i].map((v) => v / sum);
    draft.preset = "";
    changed(true);
  },
});
const player = stepper(part("player"), {
  keys: element,
  unit: "Step of the walk",
  show,
  readout: (k) => [
    `step ${k} / ${figures.path.length - 1}`,
    distance[k] === null ? "no single long run" : `distance ${fixed(distance[k], 3)}`,
  ],
});
const showPreset = choices(
  part("presets"),
  props.presets.map((p) => ({ value: p.slug, label: p.title })),
  "Example chains",
  (slug) => {
    const p = props.presets.find((p) => p.slug === slug);
    draft = {
      ...draft,
      preset: slug,
      states: [...p.states],
      transition: clone(p.transition),
      start: p.start ?? 0,
    };
    changed(true, true);
  },
);
const showMode = choices(
  part("mode"),
  [
    { value: "sampled", label: "sampled" },
    { value: "greedy", label: "greedy" },
  ],
  "How the next state is taken",
  (v) => {
    draft.mode = v;
    showMode(v);
    ask(wished());
  },
);
const ask = latest(
  (wish) => server.figures(wish),
  (record, wish) => receive(record, wish),
);

function changed(force, restart) {
  part("top").classList.toggle("wide", draft.states.length > 4);
  const bad = editor.update(force),
    doubled = new Set(draft.states).size < draft.states.length;
  showPreset(draft.preset);
  const problem = part("problem");
  problem.textContent = doubled
    ? "Two states have the same name: give each its own. The figures still belong to the last good matrix."
    : bad
      ? `${bad === 1 ? "One row does" : `${bad} rows do`} not sum to 1: correct ${bad === 1 ? "it" : "them"} or press “normalise”. Until then every figure still belongs to the last good matrix.`
      : "";
  element.classList.toggle("stale", !!bad || doubled);
  fillStart();
  if (!bad && !doubled) {
    if (restart) begin = 40;
    ask(wished());
  }
}
function fillStart() {
  const select = part("start");
  while (select.options.length > draft.states.length + 1) select.remove(select.options.length - 1);
  while (select.options.length < draft.states.length + 1) select.add(new Option("", ""));
  draft.states.forEach((name, i) => {
    select.options[i].value = i;
    select.options[i].text = clip(name, 24);
  });
  select.options[draft.states.length].value = -1;
  select.options[draft.states.length].text = "drawn: every state alike";
  if (draft.start >= draft.states.length) draft.start = 0;
  select.value = draft.start;
  part("fewer").disabled = draft.states.length <= 2;
  part("more").disabled = draft.states.length >= 8;
  part("seed").value = draft.seed;
  showMode(draft.mode);
}
const wished = () => clone(draft);
function receive(record, wish) {
  if (!record.ok) {
    part("problem").textContent = record.error;
    element.classList.add("stale");
    return;
  }
  if (JSON.stringify(wish.transition) === JSON.stringify(draft.transition))
    element.classList.remove("stale");
  figures = record;
  drawFigures(begin);
  begin = undefined;
}
function load(value = props.value) {
  if (!value?.draft) return;
  draft = clone(value.draft);
  figures = value.figures;
  part("top").classList.toggle("wide", draft.states.length > 4);
  editor.update(true);
  showPreset(draft.preset);
  fillStart();
  part("problem").textContent = value.message ?? "";
  drawFigures(40);
}

function drawFigures(at) {
  const K = figures.states.length,
    P = figures.transition,
    path = figures.path;
  graph.update(figures.states, P);
  powers = [P.map((r, i) => r.map((_, j) => (i === j ? 1 : 0)))];
  for (let n = 1; n <= 64; n++)
    powers.push(
      powers[n - 1].map((r) => P.map((_, j) => r.reduce((s, v, k) => s + v * P[k][j], 0))),
    );
  const seen = new Float64Array(K),
    pi = figures.limit;
  counts = [];
  distance = path.map((s, n) => {
    seen[s]++;
    counts.push(Array.from(seen));
    return pi ? pi.reduce((d, p, j) => d + Math.abs(seen[j] / (n + 1) - p), 0) / 2 : null;
  });
  player.load(
    path.length,
    [{ values: distance, colour: "var(--chosen)", name: "distance from the long run" }],
    at,
    figures.cycle
      ? [
          {
            start: figures.cycle.start,
            end: path.length - 1,
            label: `cycle of ${figures.cycle.period}`,
          },
        ]
      : [],
  );
  unitCircle(part("circle"), figures.eigenvalues);
  part("eigenvalues").replaceChildren(
    ...figures.eigenvalues.map((v, i) => {
      const r = make("div", "pair");
      r.append(
        make("span", "", i ? `λ${"₀₁₂₃₄₅₆₇₈"[i + 1]}` : "λ₁"),
        make("span", "num", complex(v)),
        make("span", "num", `size ${fixed(Math.hypot(...v), 4)}`),
      );
      return r;
    }),
  );
  part("structure").textContent = figures.sentences.structure;
  part("mixing").textContent = figures.sentences.mixing;
  part("looping").textContent = figures.sentences.looping;
  heatTable(
    part("hitting"),
    figures.states,
    figures.hitting.map((r) => r.map((v) => v)),
    "Expected steps from the row’s state until the column’s state is reached",
    2,
  );
  part("hitting")
    .querySelectorAll("td.num")
    .forEach((cell) => cell.style.setProperty("--p", 0));
  part("absorption").hidden = !figures.absorption;
  if (figures.absorption) part("absorption").textContent = figures.absorption;
  drawPower();
  element.dataset.drawn = String(+(element.dataset.drawn ?? 0) + 1);
}
function show(k, ms, from) {
  const path = figures.path,
    seen = counts[k],
    total = k + 1;
  graph.walk(k > 0 && from === k - 1 ? path[k - 1] : null, path[k], Math.min(450, ms * 0.75));
  lanes(part("lanes"), figures.states, path, k, {
    cycle: figures.cycle && k >= figures.cycle.start + figures.cycle.period ? figures.cycle : null,
  });
  bars(
    part("visits"),
    figures.states.map((name, i) => ({
      name: clip(name, 12),
      value: seen[i] / total,
      reference: figures.limit?.[i],
      on: path[k] === i,
      figure: fixed(seen[i] / total, 3),
      why: figures.limit
        ? `(long run ${fixed(figures.limit[i], 3)})`
        : `${whole(seen[i])} visit${seen[i] === 1 ? "" : "s"}`,
    })),
  );
  part("distance").textContent = figures.limit
    ? `After ${whole(k)} steps the visits are ${fixed(distance[k], 3)} away from the long run (total variation: half the sum of the differences).`
    : "There is no single long run to converge to: it depends on where the chain ends up.";
}
function drawPower() {
  const n = power,
    P = powers[n],
    start = figures.initial;
  heatTable(
    part("power"),
    figures.states,
    P,
    `Probability of being in the column’s state ${n} steps after the row’s`,
  );
  part("n").value = n;
  part("nout").textContent = `n = ${n}`;
  const spread = powers.map((M) =>
    Math.max(
      ...M.flatMap((r) => M.map((q) => r.reduce((d, v, j) => d + Math.abs(v - q[j]), 0) / 2)),
    ),
  );
  curves(part("spread"), [{ values: spread, mark: "final" }], {
    low: 0,
    high: 1,
    height: 70,
    cursor: n / 64,
    guides: [0.25],
    label: `Largest distance between two rows of P to the n, for n from 0 to 64; ${fixed(spread[n])} at n = ${n}`,
  });
  part("forgotten").textContent =
    `After ${n} step${n === 1 ? "" : "s"} the two most different rows are ${fixed(spread[n], 4)} apart: ${spread[n] < 0.01 ? "where the chain began is as good as forgotten." : spread[n] > 0.99 ? "where it began still decides everything." : "that much of the beginning is still remembered."}`;
}
part("n").addEventListener("input", (e) => {
  power = +e.target.value;
  drawPower();
});
part("start").addEventListener("change", (e) => {
  draft.start = +e.target.value;
  ask(wished());
});
part("seed").addEventListener("change", (e) => {
  const v = Number(e.target.value);
  if (Number.isInteger(v) && v >= 0 && v < 2 ** 32) {
    draft.seed = v;
    ask(wished());
  } else {
    part("problem").textContent =
      `seed must be a whole number in [0, 9007199254740992], got ${clip(e.target.value, 30)}`;
    e.target.value = draft.seed;
  }
});
part("another").addEventListener("click", () => {
  draft.seed = (draft.seed + 1) % 2 ** 32;
  part("seed").value = draft.seed;
  ask(wished());
});
part("more").addEventListener("click", () => {
  // the new state keeps to itself until somebody types otherwise
  let k = draft.states.length + 1;
  while (draft.states.includes(`state ${k}`)) k++;
  draft.states.push(`state ${k}`);
  draft.transition.forEach((r) => r.push(0));
  draft.transition.push(draft.states.map((_, j) => (j === draft.states.length - 1 ? 1 : 0)));
  draft.preset = "";
  changed(true);
});
part("fewer").addEventListener("click", () => {
  // rows that went to the state now fall short of 1: marked, not repaired
  draft.states.pop();
  draft.transition.pop();
  draft.transition.forEach((r) => r.pop());
  draft.preset = "";
  changed(true);
});
linkButton(part("link"), () => server.link(clone(draft)));
watch("value", () => load());
load();
fromLink("walk", load);
