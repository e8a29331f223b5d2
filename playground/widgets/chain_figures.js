// Curves, heat maps and the unit circle of the Chains page. Every figure drawn has its number in words beside it.

// curves over one axis. series: [{name, values: [number or null], mark: class}], options: low, high, label, ticks [[position 0..1, text]]
function curves(host, series, options = {}) {
  const W = 600,
    H = options.height ?? 120,
    all = series.flatMap((s) => s.values).filter((v) => v !== null && Number.isFinite(v));
  const low = options.low ?? Math.min(...all, 0),
    high = options.high ?? Math.max(...all, low + 1e-9),
    span = high - low || 1;
  const y = (v) => (1 - (v - low) / span) * (H - 6) + 3;
  const svg = shape("svg", {
    viewBox: `0 0 ${W} ${H}`,
    preserveAspectRatio: "none",
    class: "curves",
    role: "img",
    style: `height:${H}px`,
  });
  svg.setAttribute("aria-label", options.label ?? "");
  for (const g of options.guides ?? [])
    svg.append(shape("line", { x1: 0, x2: W, y1: y(g), y2: y(g), class: "guide" }));
  for (const s of series) {
    const n = s.values.length,
      x = (i) => (n < 2 ? 0 : W * (options.at ? options.at(i, n) : i / (n - 1)));
    let d = "",
      open = false;
    s.values.forEach((v, i) => {
      if (v === null || !Number.isFinite(v)) {
        open = false;
        return;
      }
      d += `${open ? (s.steps ? `H${x(i).toFixed(1)}V${y(v).toFixed(1)}` : `L${x(i).toFixed(1)} ${y(v).toFixed(1)}`) : `M${x(i).toFixed(1)} ${y(v).toFixed(1)}`}`;
      open = true;
    });
    svg.append(
      shape("path", {
        d,
        class: `curve ${s.mark ?? ""}`,
        fill: "none",
        "vector-effect": "non-scaling-stroke",
        ...(s.dash ? { "stroke-dasharray": s.dash } : {}),
      }),
    );
  }
  const now = shape("line", {
    x1: 0,
    x2: 0,
    y1: 0,
    y2: H,
    class: "cursor",
    "vector-effect": "non-scaling-stroke",
    visibility: options.cursor === undefined ? "hidden" : "visible",
  });
  svg.append(now);
  host.replaceChildren(svg);
  const move = (share) => {
    now.setAttribute("x1", W * share);
    now.setAttribute("x2", W * share);
    now.setAttribute("visibility", "visible");
  };
  if (options.cursor !== undefined) move(options.cursor);
  return { move };
}

// a table of probabilities whose tint is the number
function heatTable(host, names, matrix, label, digits = 3) {
  const K = names.length;
  let table = host.querySelector("table");
  if (!table || table.rows.length !== K + 1) {
    table = make("table", "heat");
    const head = table.createTHead().insertRow(),
      body = table.createTBody();
    head.append(
      make("td"),
      ...names.map(() => {
        const th = make("th", "top");
        th.scope = "col";
        return th;
      }),
    );
    names.forEach(() => {
      const tr = body.insertRow(),
        th = make("th", "side");
      th.scope = "row";
      tr.append(th, ...names.map(() => make("td", "num")));
    });
    host.replaceChildren(table);
  }
  table.setAttribute("aria-label", label);
  names.forEach((name, i) => {
    table.rows[0].cells[i + 1].textContent = clip(name, K > 5 ? 5 : 9);
    table.rows[0].cells[i + 1].title = name;
    table.rows[i + 1].cells[0].textContent = clip(name, 10);
    table.rows[i + 1].cells[0].title = name;
    names.forEach((other, j) => {
      const cell = table.rows[i + 1].cells[j + 1],
        v = matrix[i][j];
      // a wait of 3e13 steps keeps to its cell
      cell.textContent =
        v === null ? "∞" : v >= 1e6 ? v.toExponential(3) : fixed(v, digits).replace(/^0\./, ".");
      cell.style.setProperty("--p", v === null ? 0 : Math.max(0, Math.min(1, v)));
    });
  });
}

// eigenvalues in the unit circle
function unitCircle(host, values) {
  const svg = shape("svg", { viewBox: "-1.32 -1.32 2.64 2.64", class: "circle", role: "img" });
  svg.append(
    shape("circle", { r: 1, class: "rim" }),
    shape("line", { x1: -1.2, x2: 1.2, y1: 0, y2: 0, class: "axisline" }),
    shape("line", { y1: -1.2, y2: 1.2, x1: 0, x2: 0, class: "axisline" }),
  );
  const second = values.length > 1 ? Math.hypot(...values[1]) : 0;
  if (second > 1e-9 && second < 1 - 1e-9)
    svg.append(shape("circle", { r: second.toFixed(4), class: "second" }));
  values.forEach(([re, im], i) =>
    svg.append(
      shape("circle", {
        cx: re.toFixed(4),
        cy: (-im).toFixed(4),
        r: 0.06,
        class: i ? "value" : "value first",
      }),
    ),
  );
  for (const [x, y, t] of [
    [1.18, 0.16, "1"],
    [-1.24, 0.16, "−1"],
    [0.07, -1.12, "i"],
  ]) {
    const text = shape("text", { x, y, class: "tick" });
    text.textContent = t;
    svg.append(text);
  }
  svg.setAttribute(
    "aria-label",
    `Eigenvalues in the unit circle: ${values.map(complex).join(", ")}`,
  );
  host.replaceChildren(svg);
}
const complex = ([re, im]) =>
  Math.abs(im) < 5e-5
    ? fixed(re, 4)
    : `${fixed(re, 4)} ${im < 0 ? "−" : "+"} ${fixed(Math.abs(im), 4)}i`;

// the last steps of a path, one lane a state; a cycle is bracketed above its steps
function lanes(host, names, path, at, options = {}) {
  const shown = options.shown ?? 80,
    K = names.length,
    h = options.lane ?? 18,
    from = Math.max(0, Math.min(at - shown + 1, path.length - shown)),
    W = 8 * shown;
  let svg = host.querySelector("svg");
  if (!svg || svg.dataset.shape !== `${K}:${shown}:${h}`) {
    svg = shape("svg", {
      viewBox: `0 0 ${W} ${h * K + 12}`,
      preserveAspectRatio: "none",
      class: "lanes",
      role: "img",
      style: `height:${h * K + 12}px`,
    });
    svg.dataset.shape = `${K}:${shown}:${h}`;
    names.forEach((n, i) =>
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
    svg.append(
      shape("path", { class: "loopmark" }),
      shape("path", { class: "past" }),
      shape("path", { class: "present" }),
    );
    const side = make("div", "lanenames");
    names.forEach(() => side.append(make("span")));
    side.style.setProperty("--lane", `${h}px`);
    host.replaceChildren(side, svg);
  }
  names.forEach((n, i) => {
    host.firstChild.children[i].textContent = clip(n, 9);
    host.firstChild.children[i].title = n;
  });
  const box = (i, s) => `M${(i - from) * 8 + 0.5} ${12 + h * s + 3}h7v${h - 6}h-7z`;
  let past = "",
    loop = "";
  for (let i = from; i < Math.min(at, from + shown); i++) past += box(i, path[i]);
  const cycle = options.cycle;
  if (cycle && cycle.period)
    for (let i = cycle.start; i <= at; i += cycle.period) {
      const a = Math.max(i, from),
        b = Math.min(i + cycle.period, at + 1, from + shown);
      if (b > a) loop += `M${(a - from) * 8 + 1} 9V3H${(b - from) * 8 - 1.5}V9`;
    }
  svg.querySelector(".past").setAttribute("d", past);
  svg.querySelector(".present").setAttribute("d", at < path.length ? box(at, path[at]) : "");
  svg.querySelector(".loopmark").setAttribute("d", loop);
  svg.setAttribute("aria-label", `Steps ${from} to ${at}; now ${clip(names[path[at]], 40)}`);
}
