// Continuous time: rates instead of probabilities; the forward equation as curves, one run as lanes, a crowd of runs over the curves.
let draft = null,
  figures = null;
const graph = chainGraph(part("graph"), {
  label: "Rates between the states",
  pick: (i) => {
    draft.start = i;
    fill();
    ask(clone(draft));
  },
});
const editor = matrixEditor(part("matrix"), {
  label: "Rate matrix: jumps a unit of time from the row’s state to the column’s",
  kind: "rate",
  corner: "from \\ to",
  rows: () => draft.states,
  columns: () => draft.states,
  values: () => draft.rates,
  cellLabel: (row, column) =>
    row === column
      ? `Rate of leaving ${row}, negative; it follows from the others`
      : `Rate of jumping from ${row} to ${column}`,
  rename: (axis, i, name) => {
    draft.states[i] = name.trim() || `state ${i + 1}`;
    changed();
  },
  edit: (i, j, v) => {
    draft.rates[i][j] = v;
    diagonal(i);
    draft.preset = "";
    changed();
  },
});
const player = stepper(part("player"), {
  keys: element,
  unit: "Time",
  speed: 16,
  show,
  readout: (k) => [
    `t = ${fixed(figures.times[k], 2)}`,
    `of ${fixed(figures.times[figures.times.length - 1], 2)}`,
  ],
});
const showPreset = choices(
  part("presets"),
  props.presets.map((p) => ({ value: p.slug, label: p.title })),
  "Example rates",
  (slug) => {
    const p = props.presets.find((p) => p.slug === slug);
    draft = {
      ...draft,
      preset: slug,
      states: [...p.states],
      rates: clone(p.rates),
      start: p.start ?? 0,
    };
    changed(true);
  },
);
const ask = latest(
  (wish) => server.figures(wish),
  (record) => {
    if (!record.ok) {
      part("problem").textContent = record.error;
      element.classList.add("stale");
      return;
    }
    element.classList.remove("stale");
    figures = record;
    drawFigures();
  },
);
const diagonal = (i) => {
  const rest = draft.rates[i].filter((_, j) => j !== i);
  draft.rates[i][i] = rest.some((v) => v === null) ? 0 : -rest.reduce((a, b) => a + b, 0);
};
function fill() {
  const select = part("start");
  while (select.options.length > draft.states.length) select.remove(select.options.length - 1);
  while (select.options.length < draft.states.length) select.add(new Option("", ""));
  draft.states.forEach((name, i) => {
    select.options[i].value = i;
    select.options[i].text = clip(name, 24);
  });
  if (draft.start >= draft.states.length) draft.start = 0;
  select.value = draft.start;
  part("seed").value = draft.seed;
  part("until").value = draft.until;
  part("more").disabled = draft.states.length >= 8;
  part("fewer").disabled = draft.states.length <= 2;
  showPreset(draft.preset);
}
function changed(force) {
  const bad = editor.update(force),
    negative = draft.rates.some((r, i) => r.some((v, j) => i !== j && v !== null && v < 0)),
    twice = new Set(draft.states).size < draft.states.length;
  draft.rates.forEach((r, i) => {
    const cell = editor.cell(i, i);
    if (cell) cell.value = plain(r[i]);
  });
  part("problem").textContent = twice
    ? "Two states have the same name: give each its own."
    : bad
      ? "One of the entries is not a number. Until it is, every figure belongs to the last good rates."
      : negative
        ? "A rate between two states cannot be negative: it counts jumps a unit of time. Until then every figure belongs to the last good rates."
        : "";
  element.classList.toggle("stale", !!(bad || negative || twice));
  fill();
  if (!bad && !negative && !twice) ask(clone(draft));
}
function drawFigures(at) {
  const K = figures.states.length,
    most = Math.max(1e-9, ...figures.rates.flatMap((r, i) => r.filter((_, j) => j !== i)));
  graph.update(
    figures.states,
    figures.rates.map((r, i) => r.map((v, j) => (i === j ? 0 : v))),
    most,
  );
  const rows = part("curves");
  rows.replaceChildren();
  figures.states.forEach((name, k) => {
    const row = make("div", "curverow"),
      plot = make("div"),
      text = make("span", "name", clip(name, 10)),
      out = make("span", "num");
    text.title = name;
    row.append(text, plot, out);
    rows.append(row);
    plot.cursor = curves(
      plot,
      [
        { values: figures.times.map((_, n) => figures.powers[n][figures.start][k]), mark: "final" },
        { values: figures.crowd.map((p) => p[k]), mark: "thin", steps: true },
      ],
      {
        low: 0,
        high: 1,
        height: 46,
        cursor: 0,
        label: `Probability of ${clip(name, 30)} over time, and the share of ${figures.runs} simulated runs`,
      },
    );
  });
  jumps();
  player.load(
    figures.times.length,
    [
      {
        values: figures.times.map((_, n) => 1 - figures.powers[n][figures.start][figures.start]),
        colour: "var(--chosen)",
        top: 1,
        name: "has left the start",
      },
    ],
    at,
  );
  part("words").textContent = figures.sentences.long_run;
  part("masking").textContent = figures.sentences.masking;
  part("masking").hidden = !figures.sentences.masking;
  element.dataset.drawn = String(+(element.dataset.drawn ?? 0) + 1);
}
function jumps() {
  const K = figures.states.length,
    h = 18,
    W = 1000,
    last = figures.times[figures.times.length - 1];
  const svg = shape("svg", {
    viewBox: `0 0 ${W} ${h * K + 12}`,
    preserveAspectRatio: "none",
    class: "lanes",
    role: "img",
    style: `height:${h * K + 12}px`,
  });
  svg.setAttribute("aria-label", `One run: ${figures.path.length - 1} jumps until t = ${last}`);
  figures.states.forEach((_, i) =>
    svg.append(
      shape("line", {
        x1: 0,
        x2: W,
        y1: 12 + h * (i + 1) - 1,
        y2: 12 + h * (i + 1) - 1,
        class: "laneline",
      }),
    ),
  );
  figures.path.forEach(([from, state], n) => {
    const to = Math.min(last, figures.path[n + 1]?.[0] ?? last);
    if (to > from)
      svg.append(
        shape("rect", {
          x: (W * from) / last,
          width: Math.max(1, (W * (to - from)) / last - 1),
          y: 12 + h * state + 3,
          height: h - 6,
          class: "past",
        }),
      );
  });
  svg.append(
    shape("line", {
      x1: 0,
      x2: 0,
      y1: 4,
      y2: h * K + 12,
      class: "cursor",
      "vector-effect": "non-scaling-stroke",
    }),
  );
  const side = make("div", "lanenames");
  side.style.setProperty("--lane", `${h}px`);
  side.append(
    ...figures.states.map((n) => {
      const s = make("span", "", clip(n, 10));
      s.title = n;
      return s;
    }),
  );
  part("lanes").replaceChildren(side, svg);
}
function show(n, ms, from) {
  const t = figures.times[n],
    last = figures.times[figures.times.length - 1],
    P = figures.powers[n],
    p = P[figures.start],
    K = figures.states.length;
  const state = (at) => {
    let s = figures.path[0][1];
    for (const [time, next] of figures.path) {
      if (time > at) break;
      s = next;
    }
    return s;
  };
  const here = state(t),
    before = from === n - 1 && n > 0 ? state(figures.times[n - 1]) : null;
  graph.walk(before !== null && before !== here ? before : null, here, Math.min(300, ms * 0.8));
  heatTable(
    part("power"),
    figures.states,
    P,
    `P(t): probability of the column’s state t = ${fixed(t, 2)} after the row’s`,
  );
  part("tout").textContent = `P(t) = exp(tQ) at t = ${fixed(t, 2)}`;
  [...part("curves").children].forEach((row, k) => {
    row.children[1].cursor.move(t / last);
    row.children[2].textContent = `${fixed(p[k], 3)}  (${fixed(figures.crowd[n][k], 3)})`;
  });
  const cursor = part("lanes").querySelector(".cursor");
  cursor.setAttribute("x1", (1000 * t) / last);
  cursor.setAttribute("x2", (1000 * t) / last);
  const table = make("table", "sum");
  table.setAttribute("aria-label", "Kolmogorov’s forward equation at this moment");
  const head = table.insertRow();
  ["state", "p(t)", "flows in", "flows out", "change"].forEach((w, i) => {
    const th = make("th", i ? "num" : "", w);
    th.scope = "col";
    head.append(th);
  });
  figures.states.forEach((name, j) => {
    let inflow = 0;
    for (let i = 0; i < K; i++) if (i !== j) inflow += p[i] * figures.rates[i][j];
    const out = -p[j] * figures.rates[j][j],
      tr = table.insertRow();
    if (j === here) tr.className = "on";
    [
      clip(name, 12),
      fixed(p[j], 4),
      `+ ${fixed(inflow, 4)}`,
      `− ${fixed(out, 4)}`,
      `= ${inflow - out < -5e-5 ? "−" : ""}${fixed(Math.abs(inflow - out), 4)}`,
    ].forEach((w, i) => {
      const td = tr.insertCell();
      td.textContent = w;
      if (i) td.className = "num";
    });
  });
  part("flow").replaceChildren(table);
}
const wholeField = (name, field, low, high, isWhole) =>
  part(name).addEventListener("change", () => {
    const v = Number(part(name).value);
    if (
      Number.isFinite(v) &&
      v >= low &&
      v <= high &&
      (!isWhole || Number.isInteger(v)) &&
      part(name).value !== ""
    ) {
      draft[field] = v;
      ask(clone(draft));
    } else {
      part("problem").textContent =
        `${field} must be ${isWhole ? "a whole number" : "a number"} in [${low}, ${high}], got ${clip(part(name).value || "nothing", 20)}`;
      part(name).value = draft[field];
    }
  });
wholeField("seed", "seed", 0, 9007199254740992, true);
wholeField("until", "until", 0.1, 100, false);
part("start").addEventListener("change", (e) => {
  draft.start = +e.target.value;
  ask(clone(draft));
});
part("another").addEventListener("click", () => {
  draft.seed = (draft.seed + 1) % 2 ** 32;
  fill();
  ask(clone(draft));
});
part("more").addEventListener("click", () => {
  let k = draft.states.length + 1;
  while (draft.states.includes(`state ${k}`)) k++;
  draft.states.push(`state ${k}`);
  draft.rates.forEach((r) => r.push(0));
  draft.rates.push(draft.states.map(() => 0));
  draft.preset = "";
  changed(true);
});
part("fewer").addEventListener("click", () => {
  draft.states.pop();
  draft.rates.pop();
  draft.rates.forEach((r, i) => {
    r.pop();
    diagonal(i);
  });
  draft.preset = "";
  changed(true);
});
linkButton(part("link"), () => server.link(clone(draft)));
function load(value = props.value) {
  if (!value?.draft) return;
  draft = clone(value.draft);
  figures = value.figures;
  editor.update(true);
  fill();
  part("problem").textContent = value.message ?? "";
  element.classList.remove("stale");
  drawFigures(Math.round(figures.times.length / 4));
}
watch("value", () => load());
load();
fromLink("rates", load);
