// A map of the plane h <- h + g(h): basins as ground, fixed points by their kind, the orbit step by step. A click puts the start there.
// Kinds are told by shape: attracting a filled disc, repelling a ring, saddle a cross, neutral a diamond.
const GROUND = ["--final", "--settled", "--new", "--remasked", "--escape"];
let draft = null,
  land = null,
  path = null;
const worldPlayer = stepper(part("planePlayer"), {
  keys: part("planeSection"),
  unit: "Step of the orbit",
  speed: 8,
  show: (k) => showOrbit(k),
  readout: (k) => [
    `step ${k} / ${path.path.length - 1}`,
    k < path.radius.length ? `radius ${fixed(path.radius[k], 3)}` : "",
  ],
});
const showWorld = choices(
  part("worlds"),
  Object.keys(props.sliders).map((w) => ({ value: w, label: w[0].toUpperCase() + w.slice(1) })),
  "Maps of the plane",
  (world) => {
    draft.plane = {
      world,
      values: Object.fromEntries(Object.entries(props.sliders[world]).map(([k, s]) => [k, s[4]])),
      start: draft.plane.start,
    };
    worldChanged(true);
  },
);
const color = (name) => getComputedStyle(element).getPropertyValue(name).trim();
const askLand = latest(
  (wish) => server.landscape(wish),
  (r, wish) => {
    if (!r.ok) return worldProblem(r.error);
    land = r;
    drawLand();
  },
);
const askOrbit = latest(
  (wish) => server.orbit(wish),
  (r) => {
    if (!r.ok) return worldProblem(r.error);
    worldProblem("");
    path = r;
    drawOrbit();
  },
);
const worldProblem = (text) => {
  part("planeProblem").textContent = text;
};
function worldChanged(rebuild) {
  if (rebuild) buildSliders();
  showWorld(draft.plane.world);
  const wish = clone(draft.plane);
  askOrbit(wish);
  askLand(wish);
}
function buildSliders() {
  part("sliders").replaceChildren(
    ...Object.entries(props.sliders[draft.plane.world]).map(([key, [name, low, high, step]]) => {
      const label = make("label", "slide"),
        range = make("input"),
        out = make("output", "num");
      range.type = "range";
      range.min = low;
      range.max = high;
      range.step = step;
      range.value = draft.plane.values[key];
      out.textContent = plain(draft.plane.values[key]);
      range.addEventListener("input", () => {
        draft.plane.values[key] = +range.value;
        out.textContent = plain(range.value);
        worldChanged(false);
      });
      label.append(make("span", "", name), range, out);
      return label;
    }),
  );
}
const toScreen = ([x, y]) => {
  const [l, r, b, t] = land.box;
  return [(400 * (x - l)) / (r - l), 400 * (1 - (y - b) / (t - b))];
};
function drawLand() {
  const n = land.resolution,
    canvas = part("ground"),
    ink = canvas.getContext("2d");
  canvas.width = n;
  canvas.height = n;
  const rgb = (name) => {
    const probe = document.createElement("canvas").getContext("2d");
    probe.fillStyle = color(name);
    probe.fillRect(0, 0, 1, 1);
    return probe.getImageData(0, 0, 1, 1).data;
  };
  const tints = GROUND.map(rgb),
    gone = rgb("--cut"),
    cells = ink.createImageData(n, n);
  land.labels.forEach((label, i) => {
    const row = n - 1 - Math.floor(i / n),
      at = 4 * (row * n + (i % n)),
      c = label === -1 ? gone : label >= 0 ? tints[label % tints.length] : null;
    if (c) {
      cells.data[at] = c[0];
      cells.data[at + 1] = c[1];
      cells.data[at + 2] = c[2];
      cells.data[at + 3] = label === -1 ? 150 : 52;
    }
  });
  ink.putImageData(cells, 0, 0);
  const marks = part("marks");
  marks.replaceChildren();
  for (const cycle of land.attractors) {
    const points = cycle.points.map(toScreen);
    for (const [x, y] of points)
      marks.append(shape("circle", { cx: x, cy: y, r: 6, class: "attracting" }));
  }
  for (const f of land.continuum ? [] : land.fixed) {
    const [x, y] = toScreen(f.points[0]);
    const mark =
      f.kind === "saddle"
        ? shape("path", { d: `M${x - 6} ${y - 6}l12 12M${x + 6} ${y - 6}l-12 12`, class: "saddle" })
        : f.kind === "neutral"
          ? shape("path", { d: `M${x} ${y - 7}l7 7l-7 7l-7 -7z`, class: "repelling" })
          : shape("circle", { cx: x, cy: y, r: 6, class: f.kind });
    const title = shape("title");
    title.textContent = `${f.kind} fixed point at (${fixed(f.points[0][0])}, ${fixed(f.points[0][1])}), spectral radius ${fixed(f.spectral_radius)}`;
    mark.append(title);
    marks.append(mark);
  }
  part("explanation").textContent = land.explanation;
  const labels = new Set(land.labels),
    sure = land.fixed.length && !land.continuum;
  part("kinds").textContent = [
    sure
      ? `Fixed points: ${land.fixed.map((f) => `${f.kind} at (${fixed(f.points[0][0], 2)}, ${fixed(f.points[0][1], 2)}), radius ${fixed(f.spectral_radius, 3)}`).join("; ")}.`
      : land.continuum
        ? "A whole line of neutral fixed points."
        : "No fixed point in this window.",
    land.attractors.length
      ? `Attracting cycles: ${land.attractors.map((a) => `${a.period} points, radius of the product ${fixed(a.spectral_radius, 3)}`).join("; ")}.`
      : "",
    labels.has(-1) ? "Grey: starts from which it runs away." : "",
    labels.has(-2) ? "Untinted: has not settled within 150 steps." : "",
    [...labels].some((l) => l >= 0) ? "Tinted: ends in the attractor." : "",
  ]
    .filter(Boolean)
    .join(" ");
  if (path) showOrbit(worldPlayer.step);
}
function drawOrbit() {
  const radius = path.radius;
  worldPlayer.load(
    path.path.length,
    [
      {
        values: [...radius, null],
        colour: "var(--chosen)",
        top: Math.max(1.2, ...radius.filter(Number.isFinite)),
        name: "spectral radius of each step",
      },
      {
        values: radius.map(() => 1),
        colour: "var(--raw)",
        fill: false,
        dashed: true,
        top: Math.max(1.2, ...radius.filter(Number.isFinite)),
      },
    ],
    Math.min(worldPlayer.step || 40, path.path.length - 1),
    path.end.period
      ? [
          {
            start: Math.max(0, path.path.length - 1 - Math.max(12, 3 * path.end.period)),
            end: path.path.length - 1,
            label: `period ${path.end.period}`,
          },
        ]
      : [],
  );
  part("ends").textContent = path.said;
  element.dataset.drawn = String(+(element.dataset.drawn ?? 0) + 1);
}
function showOrbit(k) {
  if (!land || !path) return;
  const points = path.path.map(toScreen),
    line = part("orbit");
  line.querySelector(".trail").setAttribute(
    "d",
    points
      .slice(0, k + 1)
      .map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`)
      .join(""),
  );
  line.querySelector(".dots").setAttribute(
    "d",
    points
      .slice(0, k + 1)
      .map(([x, y]) => `M${(x - 1.6).toFixed(1)} ${y.toFixed(1)}h3.2`)
      .join(""),
  );
  for (const [dot, i] of [
    [line.querySelector(".begin"), 0],
    [part("nowdot"), k],
  ]) {
    dot.setAttribute("cx", points[i][0]);
    dot.setAttribute("cy", points[i][1]);
  }
  const grown = k ? path.log_product[Math.min(k, path.log_product.length) - 1] : 0;
  part("figures").replaceChildren(
    ...[
      ["h", `(${fixed(path.path[k][0], 3)}, ${fixed(path.path[k][1], 3)})`],
      ["spectral radius of this step", k < path.radius.length ? fixed(path.radius[k], 4) : "–"],
      ["largest stretch of this step (norm)", k < path.norm.length ? fixed(path.norm[k], 4) : "–"],
      [
        "radius of the product so far",
        grown === null ? "0" : number(Math.exp(Math.max(-700, Math.min(700, grown)))),
      ],
    ].map(([name, v]) => {
      const row = make("div", "fact");
      row.append(make("span", "", name), make("span", "num", v));
      return row;
    }),
  );
  part("field").setAttribute(
    "aria-label",
    `The plane. The orbit starts at (${fixed(draft.plane.start[0], 2)}, ${fixed(draft.plane.start[1], 2)}); after ${k} steps it is at (${fixed(path.path[k][0], 2)}, ${fixed(path.path[k][1], 2)}). Arrow keys move the start.`,
  );
}
let pulling = false;
const startAt = (event) => {
  const box = part("field").getBoundingClientRect(),
    [l, r, b, t] = land.box;
  draft.plane.start = [
    +(l + (r - l) * Math.max(0, Math.min(1, (event.clientX - box.left) / box.width))).toFixed(4),
    +(t - (t - b) * Math.max(0, Math.min(1, (event.clientY - box.top) / box.height))).toFixed(4),
  ];
  askOrbit(clone(draft.plane));
};
part("field").addEventListener("pointerdown", (e) => {
  pulling = true;
  part("field").setPointerCapture(e.pointerId);
  startAt(e);
});
part("field").addEventListener("pointermove", (e) => {
  if (pulling) startAt(e);
});
for (const end of ["pointerup", "pointercancel"])
  part("field").addEventListener(end, () => {
    pulling = false;
  });
part("field").addEventListener("keydown", (e) => {
  const d = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[e.key];
  if (!d || !land) return;
  e.preventDefault();
  e.stopPropagation();
  const [l, r, b, t] = land.box;
  draft.plane.start = [
    +(draft.plane.start[0] + (d[0] * (r - l)) / 50).toFixed(4),
    +(draft.plane.start[1] + (d[1] * (t - b)) / 50).toFixed(4),
  ];
  askOrbit(clone(draft.plane));
});
