// The hidden Markov model: parameters, observations, the trellis with its four walks, both paths, what comes next.
let draft = null,
  figures = null,
  opened = null,
  revealed = false;
const KINDS = {
  forward: "Forward",
  backward: "Backward",
  posterior: "Posterior",
  viterbi: "Viterbi",
};
const EXPLAIN = {
  forward:
    "Forward adds up, from left to right: the probability of everything seen so far and of being here now.",
  backward:
    "Backward adds up, from right to left: the probability of everything still to come, if one is here now.",
  posterior:
    "Posterior multiplies both and takes each state’s share: how sure each state is, knowing all observations.",
  viterbi:
    "Viterbi keeps only the best way into each state, then follows its own steps back: the single most likely path.",
};
const distribution = (rows, columns, values, label, extra) => ({
  label,
  kind: "probability",
  rows,
  columns,
  values,
  ...extra,
  edit: (i, j, v) => {
    values()[i][j] = v;
    draft.preset = "";
    changed();
  },
  normalise: (i) => {
    const row = values()[i],
      sum = row.reduce((a, b) => a + b, 0);
    values()[i] = row.map((v) => v / sum);
    draft.preset = "";
    changed(true);
  },
});
const renameState = (axis, i, name) => {
  draft.states[i] = name.trim() || `state ${i + 1}`;
  changed();
};
const renameSymbol = (axis, j, name) => {
  draft.symbols[j] = name.trim() || `symbol ${j + 1}`;
  showObservations();
  changed();
};
const first = matrixEditor(
  part("initial"),
  distribution(
    () => ["start in"],
    () => draft.states,
    () => draft.initialRows,
    "Initial distribution",
    { cellLabel: (row, column) => `Probability of starting in ${column}` },
  ),
);
const moves = matrixEditor(
  part("transition"),
  distribution(
    () => draft.states,
    () => draft.states,
    () => draft.transition,
    "Transition matrix of the hidden states",
    {
      corner: "from \\ to",
      rename: renameState,
      cellLabel: (row, column) => `Probability of going from ${row} to ${column}`,
    },
  ),
);
const shows = matrixEditor(
  part("emission"),
  distribution(
    () => draft.states,
    () => draft.symbols,
    () => draft.emission,
    "Emission matrix: what each hidden state shows",
    {
      corner: "state \\ shows",
      rename: (axis, i, name) =>
        axis === "column" ? renameSymbol(axis, i, name) : renameState(axis, i, name),
      columnNames: "editable",
      columnWord: "symbol",
      cellLabel: (row, column) => `Probability that ${row} shows ${column}`,
    },
  ),
);
const view = trellis(part("trellis"), {
  open: (t, k) => {
    opened = [t, k];
    if (position() !== t) player.go(toStep(t));
    else paint();
  },
});
const toStep = (t) => (draft.kind === "backward" ? figures.observations.length - 1 - t : t);
const position = () => toStep(player.step);
const player = stepper(part("player"), {
  keys: element,
  unit: "Position in the observations",
  speed: 2,
  show: () => paint(),
  readout: (k) => [
    `position ${toStep(k) + 1} / ${figures.observations.length}`,
    KINDS[draft.kind].toLowerCase(),
  ],
});
const showPreset = choices(
  part("presets"),
  props.presets.map((p) => ({ value: p.slug, label: p.title })),
  "Example models",
  (slug) => {
    const p = props.presets.find((p) => p.slug === slug);
    draft = {
      ...draft,
      preset: slug,
      states: [...p.states],
      symbols: [...p.symbols],
      initial: [...p.initial],
      transition: clone(p.transition),
      emission: clone(p.emission),
      observations: [...p.observations],
      seed: null,
    };
    draft.initialRows = [draft.initial];
    opened = null;
    revealed = false;
    showObservations();
    changed(true);
  },
);
const showKind = choices(
  part("kind"),
  Object.entries(KINDS).map(([value, label]) => ({ value, label })),
  "What to step through",
  (kind) => {
    draft.kind = kind;
    showKind(kind);
    opened = null;
    loadPlayer(0);
  },
);
const ask = latest((wish) => server.figures(wish), receive);
const wished = () => {
  const d = clone(draft);
  d.initial = d.initialRows[0];
  delete d.initialRows;
  return d;
};

// words for symbols, separated by spaces (by commas where a symbol holds a space); '?' or '_' is a missing observation
const separator = () => (draft.symbols.some((s) => /[\s]/.test(s)) ? ", " : " ");
function showObservations() {
  part("observations").value = draft.observations
    .map((o) => (o < 0 ? "?" : draft.symbols[o]))
    .join(separator());
}
function readObservations() {
  const text = part("observations").value.trim(),
    words = (text.includes(",") || separator() === ", " ? text.split(",") : text.split(/\s+/))
      .map((w) => w.trim())
      .filter(Boolean);
  const out = words.map((w) => (w === "?" || w === "_" ? -1 : draft.symbols.indexOf(w))),
    bad = words.filter((w, i) => out[i] < 0 && w !== "?" && w !== "_");
  if (bad.length)
    return `“${clip(bad[0], 30)}” is none of the symbols (${draft.symbols.map((s) => clip(s, 14)).join(", ")}); ? is a missing observation.`;
  if (!out.length || out.length > 60) return `Type 1 to 60 observations; there are ${out.length}.`;
  draft.observations = out;
  return "";
}
function changed(force) {
  const bad = first.update(force) + moves.update(force) + shows.update(force),
    twice =
      new Set(draft.states).size < draft.states.length ||
      new Set(draft.symbols).size < draft.symbols.length;
  showPreset(draft.preset);
  const unread = readObservations();
  part("problem").textContent = twice
    ? "Two states or two symbols have the same name: give each its own."
    : bad
      ? `${bad === 1 ? "One row does" : `${bad} rows do`} not sum to 1: correct ${bad === 1 ? "it" : "them"} or press “normalise”. Until then every figure belongs to the last good model.`
      : unread;
  element.classList.toggle("stale", !!(bad || twice || unread));
  part("moreStates").disabled = draft.states.length >= 8;
  part("fewerStates").disabled = draft.states.length <= 1;
  part("moreSymbols").disabled = draft.symbols.length >= 10;
  part("fewerSymbols").disabled = draft.symbols.length <= 1;
  const p = props.presets.find((p) => p.slug === draft.preset);
  part("note").textContent = p?.note ?? "";
  part("note").hidden = !p;
  if (!bad && !twice && !unread) ask(wished());
}
function receive(record) {
  if (!record.ok) {
    part("problem").textContent = record.error;
    element.classList.add("stale");
    return;
  }
  element.classList.remove("stale");
  figures = record;
  if (record.sampled) {
    draft.observations = [...record.observations];
    showObservations();
    revealed = false;
  }
  drawFigures();
}
function drawFigures(at) {
  if (opened && (opened[0] >= figures.observations.length || opened[1] >= figures.states.length))
    opened = null;
  view.load(figures);
  loadPlayer(at);
  part("likelihood").textContent =
    figures.impossible === null
      ? `All these observations together have probability ${number(Math.exp(figures.log_likelihood))} (natural logarithm ${fixed(figures.log_likelihood, 5)}).`
      : figures.impossible;
  paths();
  learned();
  element.dataset.drawn = String(+(element.dataset.drawn ?? 0) + 1);
}
function loadPlayer(at) {
  const T = figures.observations.length,
    surprise = figures.surprise;
  player.load(
    T,
    [
      {
        values: draft.kind === "backward" ? [...surprise].reverse() : surprise,
        colour: "var(--raw)",
        fill: true,
        name: "surprise of each observation",
      },
    ],
    at ?? Math.min(player.step, T - 1),
  );
  part("explain").textContent = EXPLAIN[draft.kind];
}
function paint() {
  if (!figures || figures.impossible) {
    part("cell").replaceChildren();
  }
  const t = position();
  view.show(draft.kind, t, opened);
  view.centre(t);
  if (!figures.impossible) {
    const p = opened ?? [t, draft.kind === "viterbi" ? figures.path[t] : figures.marginal[t]];
    if (opened && opened[0] !== t && player.playing) opened = null;
    cellTable(part("cell"), view.parts(draft.kind, ...(opened ?? p)), figures.states);
    part("cellhint").textContent = opened
      ? ""
      : "Click any cell of the trellis to see its own sum.";
  }
  const next = figures.predictions[t];
  part("nextof").textContent = `What will be seen at position ${t + 2}, knowing the first ${t + 1}`;
  bars(
    part("next"),
    figures.symbols.map((s, m) => ({
      name: clip(s, 12),
      value: next?.[m] ?? 0,
      figure: next ? fixed(next[m], 3) : "–",
      on: figures.observations[t + 1] === m,
      why: figures.observations[t + 1] === m ? "came" : "",
    })),
  );
  const table = part("paths").querySelector("table");
  table?.querySelectorAll("td, th").forEach((c) => c.classList.toggle("now", +c.dataset.t === t));
}
function paths() {
  const table = make("table", "paths"),
    T = figures.observations.length,
    host = part("paths");
  const row = (title, cells, cls) => {
    const tr = table.insertRow();
    tr.className = cls;
    const th = make("th", "side", title);
    th.scope = "row";
    tr.append(
      th,
      ...cells.map(([text, c], t) => {
        const td = make("td", c, text);
        td.dataset.t = t;
        return td;
      }),
    );
  };
  const states = (path) => path.map((s) => clip(figures.states[s], 8));
  row(
    "seen",
    figures.observations.map((o) => [
      o < 0 ? "?" : clip(figures.symbols[o], 8),
      o < 0 ? "missing" : "",
    ]),
    "seen",
  );
  if (!figures.impossible) {
    const differ = figures.path.map((s, t) => s !== figures.marginal[t]);
    row(
      "Viterbi",
      states(figures.path).map((s, t) => [s, differ[t] ? "differs" : ""]),
      "viterbi",
    );
    row(
      "Posterior",
      states(figures.marginal).map((s, t) => [s, differ[t] ? "differs" : ""]),
      "posterior",
    );
    const many = differ.filter(Boolean).length;
    part("differ").textContent =
      `Viterbi: the one path that is likeliest as a whole (probability together with the observations ${number(Math.exp(figures.path_log_probability))}). Posterior: the likeliest state at each position by itself. ` +
      (many
        ? `They differ at ${many} position${many === 1 ? "" : "s"} (marked ≠).`
        : "Here they agree everywhere; they need not.") +
      (figures.broken ? " The posterior path even takes a step that is impossible." : "");
  } else part("differ").textContent = "";
  if (figures.truth)
    row(
      "truth",
      figures.truth.map((s, t) =>
        revealed
          ? [
              clip(figures.states[s], 8),
              !figures.impossible && s !== figures.path[t] ? "wrong" : "",
            ]
          : ["hidden", "veiled"],
      ),
      "truth",
    );
  part("reveal").hidden = !figures.truth;
  part("reveal").textContent = revealed ? "Hide the states again" : "Reveal the hidden states";
  host.replaceChildren(table);
}
part("reveal").addEventListener("click", () => {
  revealed = !revealed;
  paths();
  paint();
});
part("observations").addEventListener("input", () => {
  draft.seed = null;
  changed();
});
part("sample").addEventListener("click", () => {
  if (element.classList.contains("stale") && readObservations() === "") return;
  draft.sampled_before = (draft.sampled_before ?? -1) + 1;
  draft.seed = draft.sampled_before;
  draft.length = Math.max(2, Math.min(60, Math.round(+part("length").value || 12)));
  part("length").value = draft.length;
  ask(wished());
});
part("length").addEventListener("change", () => {
  const n = +part("length").value;
  if (!(Number.isInteger(n) && n >= 2 && n <= 60)) {
    part("problem").textContent =
      `length must be a whole number in [2, 60], got ${clip(part("length").value, 20)}`;
    part("length").value = draft.length;
  }
});
function resize(axis, more) {
  if (axis === "states") {
    if (more) {
      let k = draft.states.length + 1;
      while (draft.states.includes(`state ${k}`)) k++;
      draft.states.push(`state ${k}`);
      draft.initialRows[0].push(0);
      draft.transition.forEach((r) => r.push(0));
      draft.transition.push(draft.states.map((_, j) => (j === draft.states.length - 1 ? 1 : 0)));
      draft.emission.push(draft.symbols.map(() => 1 / draft.symbols.length));
    } else {
      draft.states.pop();
      draft.initialRows[0].pop();
      draft.transition.pop();
      draft.transition.forEach((r) => r.pop());
      draft.emission.pop();
    }
  } else if (more) {
    let k = draft.symbols.length + 1;
    while (draft.symbols.includes(`symbol ${k}`)) k++;
    draft.symbols.push(`symbol ${k}`);
    draft.emission.forEach((r) => r.push(0));
  } else {
    draft.symbols.pop();
    draft.emission.forEach((r) => r.pop());
    draft.observations = draft.observations.map((o) => (o >= draft.symbols.length ? -1 : o));
    showObservations();
  }
  draft.preset = "";
  opened = null;
  changed(true);
}
for (const [name, axis, more] of [
  ["moreStates", "states", true],
  ["fewerStates", "states", false],
  ["moreSymbols", "symbols", true],
  ["fewerSymbols", "symbols", false],
])
  part(name).addEventListener("click", () => resize(axis, more));
linkButton(part("link"), () => server.link(wished()));
function load(value) {
  if (!value?.draft) return;
  draft = clone(value.draft);
  draft.initialRows = [draft.initial];
  figures = value.figures;
  opened = null;
  revealed = false;
  if (draft.seed !== null) draft.sampled_before = draft.seed;
  part("length").value = draft.length;
  first.update(true);
  moves.update(true);
  shows.update(true);
  showPreset(draft.preset);
  showKind(draft.kind);
  showObservations();
  const p = props.presets.find((p) => p.slug === draft.preset);
  part("note").textContent = p?.note ?? "";
  part("note").hidden = !p;
  part("problem").textContent = value.message ?? "";
  element.classList.remove("stale");
  drawFigures(Math.min(2, figures.observations.length - 1));
}

// Learning: Baum–Welch from random starts, every step of it on a timeline of its own.
let learning = null,
  run = 0;
const lessons = stepper(part("learnPlayer"), {
  keys: part("learn"),
  unit: "Iteration of Baum–Welch",
  speed: 4,
  show: (k) => showStep(k),
  readout: (k) => [
    `iteration ${k} / ${learning.runs[run].steps.length - 1}`,
    `ln P = ${fixed(learning.runs[run].steps[k].log_likelihood, 3)}`,
  ],
});
const showSource = choices(
  part("source"),
  [
    { value: "sample", label: "a new sample" },
    { value: "observations", label: "the observations above" },
  ],
  "What is learned from",
  (v) => {
    draft.learn.source = v;
    showSource(v);
    part("sampleLength").disabled = v !== "sample";
  },
);
function loadLearning(record) {
  learning = record;
  run = record.best;
  const words = part("runs");
  words.replaceChildren(
    ...record.runs.map((r, i) => {
      const b = button(
        `start ${i + 1}: ${fixed(r.steps[r.steps.length - 1].log_likelihood, 2)}${i === record.best ? " (best)" : ""}`,
        "Show the run from this random start",
        () => {
          run = i;
          loadRun();
        },
        "choice",
      );
      return b;
    }),
  );
  part("truthLikelihood").textContent =
    `Learned from ${whole(record.length)} observations. The model that is being edited gives them ln P = ${record.truth_log_likelihood === null ? "−∞" : fixed(record.truth_log_likelihood, 3)}; with its free parameters a learner may come out above it. ` +
    "Each start climbs to a top of its own and never goes down; that is why there are several. What it finds are groups without names: they are listed in the order that fits the model’s best.";
  loadRun();
}
function loadRun() {
  [...part("runs").children].forEach((b, i) => b.setAttribute("aria-pressed", String(i === run)));
  const all = learning.runs.flatMap((r) => r.steps.map((s) => s.log_likelihood)),
    low = Math.min(...all),
    span = Math.max(1e-9, Math.max(...all) - low);
  const height = (s) => 0.02 + (0.96 * (s.log_likelihood - low)) / span,
    n = learning.runs[run].steps.length;
  lessons.load(
    n,
    [
      ...learning.runs
        .filter((r, i) => i !== run)
        .map((r) => ({ values: r.steps.map(height), colour: "var(--raw)", fill: false, top: 1 })),
      { values: learning.runs[run].steps.map(height), colour: "var(--chosen)", top: 1 },
    ],
    Math.min(lessons.step || 3, n - 1),
  );
}
function showStep(k) {
  const s = learning.runs[run].steps[k],
    names = learning.states;
  rectangle(
    part("learnedTransition"),
    names,
    names,
    s.transition,
    learning.truth.transition,
    "Transition matrix learned so far",
  );
  rectangle(
    part("learnedInitial"),
    ["start in"],
    names,
    [s.initial],
    [learning.truth.initial],
    "Initial distribution learned so far",
  );
  rectangle(
    part("learnedEmission"),
    names,
    learning.symbols,
    s.emission,
    learning.truth.emission,
    "Emission matrix learned so far",
  );
}
// each cell: the learned probability, and under it, smaller, the model's
function rectangle(host, rows, columns, values, truth, label) {
  const table = make("table", "heat learned");
  table.setAttribute("aria-label", label);
  const head = table.createTHead().insertRow(),
    body = table.createTBody();
  head.append(
    make("td"),
    ...columns.map((c) => {
      const th = make("th", "top", clip(c, 8));
      th.scope = "col";
      return th;
    }),
  );
  rows.forEach((name, i) => {
    const tr = body.insertRow(),
      th = make("th", "side", clip(name, 10));
    th.scope = "row";
    tr.append(th);
    columns.forEach((c, j) => {
      const td = make("td", "num", fixed(values[i][j], 2));
      td.style.setProperty("--p", values[i][j]);
      if (truth) {
        td.append(make("small", "", fixed(truth[i][j], 2)));
      }
      tr.append(td);
    });
  });
  host.replaceChildren(table);
}
function learned() {
  part("learnStale").hidden =
    !learning ||
    JSON.stringify(learning.model) ===
      JSON.stringify([figures.transition, figures.emission, figures.initial]);
}
const study = latest(
  (wish) => server.learn(wish),
  (record) => {
    part("learnNow").disabled = false;
    part("learnNow").textContent = "Learn";
    part("learnProblem").textContent = record.ok ? "" : record.error;
    if (!record.ok) return;
    const asked = learning !== null;
    loadLearning(record);
    learned();
    if (asked) {
      lessons.go(0);
      lessons.play();
    }
  },
);
part("learnNow").addEventListener("click", () => {
  for (const [name, low, high, field] of [
    ["sampleLength", 10, 1000, "length"],
    ["restarts", 1, 8, "restarts"],
    ["iterations", 1, 60, "iterations"],
    ["learnSeed", 0, 9007199254740992, "seed"],
  ]) {
    const v = Number(part(name).value);
    if (!(Number.isInteger(v) && v >= low && v <= high)) {
      part("learnProblem").textContent =
        `${field} must be a whole number in [${low}, ${high}], got ${clip(part(name).value || "nothing", 20)}`;
      part(name).focus();
      return;
    }
    draft.learn[field] = v;
  }
  part("learnNow").disabled = true;
  part("learnNow").textContent = "Learning…";
  study(wished());
});
function fillLearn() {
  showSource(draft.learn.source);
  part("sampleLength").value = draft.learn.length;
  part("restarts").value = draft.learn.restarts;
  part("iterations").value = draft.learn.iterations;
  part("learnSeed").value = draft.learn.seed;
  part("sampleLength").disabled = draft.learn.source !== "sample";
}
function start(value = props.value) {
  load(value);
  if (!draft) return;
  fillLearn();
  if (value.learning) {
    loadLearning(value.learning);
    learned();
  } else {
    learning = null;
    study(wished());
  }
}
watch("value", () => start());
start();
fromLink("hidden", start);
