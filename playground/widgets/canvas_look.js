// What lies under the canvas: the focused position's candidates at the step on view, and the curves of the whole run.
const WAITING = new Set(["masked", "new"]);

// make_candidates({host}).draw(side, k, position): side.rows are the records, side.lexicon the words, side.vocab the number of tokens
function make_candidates({ host, name = "Candidates" }) {
  const title = make("h2"),
    note = make("p", "canvas-note"),
    bars = make("div", "canvas-bars"),
    foot = make("p", "canvas-note");
  title.className = "canvas-h";
  host.append(title, note, bars, foot);
  host.setAttribute("aria-label", name);
  function bar() {
    const row = make("div", "bar"),
      track = make("div", "track");
    track.append(make("i", "final-bar"), make("i", "canvas-was"));
    row.append(make("span", "t"), track, make("span", "num"), make("span", "why"));
    bars.append(row);
  }
  function draw(side, k, position) {
    const row = side?.rows[Math.min(k, side.rows.length - 1)];
    if (!row || position < 0 || position >= row.canvas.length) {
      title.textContent = "One word: what it could be";
      note.textContent = "Choose a word in the text or in the map.";
      foot.textContent = "";
      bars.replaceChildren();
      return;
    }
    let at = Math.min(k, side.rows.length - 1);
    while (at > 0 && !side.rows[at].top?.[position]) at--; // a settled word keeps the figures of the step that settled it
    const then = side.rows[at],
      top = then.top?.[position],
      state = row.state[position];
    const hidden = is_hidden(state),
      now = hidden ? "" : shown_word(side.lexicon, row.canvas[position]);
    title.textContent = `Word ${position + 1}${hidden ? "" : ", “" + now + "”"}: what it could be`;
    if (!top) {
      note.textContent =
        state === "locked"
          ? "Yours: the model never changes it and was not asked about it."
          : "The model has not been asked yet: run, or go one step on.";
      bars.replaceChildren();
      foot.textContent = "";
      return;
    }
    let was = at - 1;
    while (was > 0 && !side.rows[was].top?.[position]) was--;
    const before = new Map((was > 0 ? side.rows[was].top[position] : []).map(([id, p]) => [id, p]));
    const entropy = then.entropy?.[position],
      sure = then.confidence?.[position],
      change = then.change?.[position];
    note.textContent =
      (at === Math.min(k, side.rows.length - 1)
        ? ""
        : `As it was at step ${at}, when the model was last asked. `) +
      `Entropy ${entropy === null || entropy === undefined ? "–" : bits(entropy).toFixed(2)} bits, largest probability ${chance(sure)}` +
      (change === null || change === undefined
        ? "."
        : `; since the step before ${percent(change)} of the probability has moved.`);
    const full = top[0][1] > 0.5 ? 1 : top[0][1] > 0.2 ? 0.5 : 0.2,
      sum = top.reduce((s, e) => s + e[1], 0),
      count = (side.vocab ?? 0) - top.length;
    const want = top.length + (count > 0 ? 1 : 0);
    while (bars.children.length > want) bars.lastChild.remove();
    while (bars.children.length < want) bar();
    const drawn =
      then.state[position] === "new" ? then.canvas[position] : hidden ? null : row.canvas[position];
    top.forEach(([id, p], n) => {
      const [t, track, number, why] = bars.children[n].children,
        old = before.get(id);
      bars.children[n].className = "bar" + (id === drawn ? " on" : "");
      as_is(t).textContent = shown_word(side.lexicon, id);
      t.title = visible(word_of(side.lexicon, id).text).slice(0, 200);
      track.children[0].style.transform = `scaleX(${Math.min(1, p / full)})`;
      track.children[1].hidden = old === undefined;
      track.children[1].style.left = 100 * Math.min(1, (old ?? 0) / full) + "%";
      number.textContent = chance(p);
      const moved =
        old === undefined
          ? before.size
            ? "new in the ten"
            : ""
          : Math.abs(p - old) < 0.0005
            ? "±0.000"
            : (p > old ? "+" : "−") + Math.abs(p - old).toFixed(3);
      const said = [id === drawn ? "drawn" : "", moved]
        .filter(Boolean)
        .map((word) => make("span", "", word));
      why.replaceChildren(...said.flatMap((node, at) => (at ? [" ", node] : [node])));
    });
    if (count > 0) {
      const [t, track, number, why] = bars.children[top.length].children;
      bars.children[top.length].className = "bar canvas-rest";
      t.textContent = "others";
      t.title = "";
      t.setAttribute("translate", "yes");
      track.children[0].style.transform = `scaleX(${Math.min(1, Math.max(0, 1 - sum) / full)})`;
      track.children[1].hidden = true;
      number.textContent = chance(Math.max(0, 1 - sum));
      why.textContent = whole(count) + " tokens";
    }
    foot.textContent =
      `The model’s own probabilities, before temperature; a full bar is ${full}.` +
      (before.size ? " The tick is the step before." : "");
  }
  return { draw };
}

// Mean and least confidence, tokens a step, entropy, network calls: five small curves on one time axis.
const RUN_CURVES = [
  { name: "mean confidence", top: 1, of: (r) => mean_of(r.confidence, r), show: chance },
  { name: "least confidence", top: 1, of: (r) => least_of(r.confidence, r), show: chance },
  { name: "mean entropy, bits", of: (r) => bits(mean_of(r.entropy, r)), show: (v) => v.toFixed(2) },
  { name: "tokens this step", of: (r) => r.revealed ?? 0, show: String, steps: true },
  { name: "network calls so far", of: (r) => r.calls ?? 0, show: String },
];
function asked(values, record) {
  const at = (values ?? []).filter((v, i) => v !== null && WAITING.has(record.state[i]));
  return at.length
    ? at
    : (values ?? []).filter((v, i) => v !== null && record.state[i] !== "locked");
}
const mean_of = (values, record) => {
  const all = asked(values, record);
  return all.length ? all.reduce((a, b) => a + b, 0) / all.length : null;
};
const least_of = (values, record) => {
  const all = asked(values, record);
  return all.length ? Math.min(...all) : null;
};

function make_run_curves({ host, on_pick }) {
  host.classList.add("canvas-curves");
  const cells = RUN_CURVES.map((curve) => {
    const cell = make("div", "canvas-curve"),
      head = make("div", "canvas-curve-head"),
      value = make("span", "num"),
      svg = draw_svg("svg", { preserveAspectRatio: "none", "aria-hidden": "true" });
    head.append(make("span", "", curve.name), value);
    cell.append(head, svg);
    host.append(cell);
    svg.addEventListener("pointerdown", (event) => {
      const f = svg.getBoundingClientRect();
      on_pick(Math.round(((event.clientX - f.left) / f.width) * Math.max(1, length - 1)));
    });
    return { curve, value, svg };
  });
  let length = 0,
    data = [];
  function load(sides) {
    length = Math.max(0, ...sides.map((s) => s.rows.length));
    data = cells.map((_, n) => sides.map((s) => s.rows.map((r) => r.curve?.[n] ?? null)));
    cells.forEach(({ curve, svg }, n) => {
      const width = Math.max(1, length - 1),
        all = data[n].flat().filter((v) => v !== null),
        top = curve.top ?? Math.max(1e-9, ...all);
      svg.setAttribute("viewBox", `0 0 ${width} 100`);
      if (svg.children.length !== data[n].length + 1)
        svg.replaceChildren(
          ...data[n].map((_, side) =>
            draw_svg("path", {
              class: "canvas-curve-path",
              "vector-effect": "non-scaling-stroke",
              ...(side ? { "stroke-dasharray": "4 3" } : {}),
            }),
          ),
          draw_svg("line", {
            class: "canvas-curve-now",
            y1: 0,
            y2: 100,
            "vector-effect": "non-scaling-stroke",
          }),
        );
      data[n].forEach((values, side) => {
        let path = "",
          pen = false,
          old = 100;
        values.forEach((v, k) => {
          if (v === null) {
            pen = false;
            return;
          }
          const y = 96 - 90 * Math.min(1, v / top);
          path += pen
            ? curve.steps
              ? `L${k - 0.5} ${old}L${k - 0.5} ${y}L${k} ${y}`
              : `L${k} ${y}`
            : `M${k} ${y}`;
          pen = true;
          old = y;
        });
        svg.children[side].setAttribute("d", path || "M0 0");
      });
    });
  }
  function show(k) {
    cells.forEach(({ curve, value, svg }, n) => {
      const line = svg.querySelector(".canvas-curve-now");
      if (line) {
        line.setAttribute("x1", k);
        line.setAttribute("x2", k);
      }
      value.textContent = (data[n] ?? [])
        .map((v) => {
          const x = v[Math.min(k, v.length - 1)];
          return x === null || x === undefined ? "–" : curve.show(x);
        })
        .join(" · ");
    });
  }
  return { load, show };
}
