// A line chart in SVG that lives on the page's variables. Each series has its own colour and its own mark.
//   const chart = make_chart({host, name, x: {label, log, ticks, format}, y: {label, log, top, zero, format}, height});
//   chart.draw([{name, colour, dashed, mark: 'dot' | 'square' | 'tri' | 'diamond' | '', points: [[x, y, spread?], ...]}], {lines: [{x, label}]});
// y null: a gap. Below it a table of the same numbers, for reading aloud and for copying.
const CHART_COLOURS = [
  "--chosen",
  "--loop",
  "--settled",
  "--remasked",
  "--escape",
  "--new",
  "--raw",
  "--ink",
];
const CHART_MARKS = ["dot", "square", "tri", "diamond"];
const neat = (v) =>
  v === null || v === undefined || !Number.isFinite(v)
    ? "–"
    : v === 0
      ? "0"
      : Math.abs(v) >= 1000
        ? whole(Math.round(v))
        : Math.abs(v) >= 10
          ? String(+v.toFixed(1))
          : Math.abs(v) < 1e-9
            ? "0"
            : Math.abs(v) < 0.001
              ? v.toExponential(1).replace("e-", "e−")
              : String(+v.toFixed(3));

function nice_ticks(low, high, count = 4) {
  const span = high - low || 1,
    raw = span / count,
    power = 10 ** Math.floor(Math.log10(raw));
  const unit = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw * 0.999);
  const ticks = [];
  for (let v = Math.ceil(low / unit - 1e-9) * unit; v <= high + unit * 1e-6; v += unit)
    ticks.push(+v.toPrecision(12));
  return ticks;
}
function log_ticks(low, high) {
  const ticks = [],
    inside = high < 1000 * low ? [1, 2, 5] : [1]; // few powers of ten: 2 and 5 of them as well
  for (let p = Math.floor(Math.log10(low)); p <= Math.log10(high) + 1e-9; p++)
    for (const m of inside) {
      const v = m * 10 ** p;
      if (v >= low * (1 - 1e-9) && v <= high * (1 + 1e-9)) ticks.push(v);
    }
  return ticks.length > 1 ? ticks : [low, high];
}
function chart_mark(kind, x, y, r = 3.6) {
  if (kind === "square")
    return draw_svg("rect", { x: x - r, y: y - r, width: 2 * r, height: 2 * r });
  if (kind === "tri")
    return draw_svg("path", {
      d: `M${x} ${y - r * 1.2}L${x + r * 1.1} ${y + r}L${x - r * 1.1} ${y + r}Z`,
    });
  if (kind === "diamond")
    return draw_svg("path", {
      d: `M${x} ${y - r * 1.3}L${x + r * 1.3} ${y}L${x} ${y + r * 1.3}L${x - r * 1.3} ${y}Z`,
    });
  return draw_svg("circle", { cx: x, cy: y, r });
}

function make_chart({ host, name, x = {}, y = {}, height = 260, table = true, on_pick }) {
  host.classList.add("canvas-chart");
  const svg = draw_svg("svg", { role: "img" }),
    title = draw_svg("title"),
    said = make("div", "canvas-chart-said"),
    key = make("div", "canvas-chart-key");
  const more = make("details", "canvas-chart-table"),
    grid = make("table");
  more.append(make("summary", "", "As a table"), grid);
  more.hidden = true;
  svg.append(title);
  host.append(svg, key, said);
  if (table) host.append(more);
  let series = [],
    extra = {},
    map = null;

  function paint() {
    const width = host.clientWidth;
    svg.replaceChildren(title);
    key.replaceChildren();
    title.textContent = name + ": " + series.map((s) => s.name).join(", ");
    if (!width) return;
    const all = series.flatMap((s) =>
      s.points.filter((p) => p[1] !== null && p[1] !== undefined && (!y.log || p[1] > 0)),
    );
    const xs = [...series.flatMap((s) => s.points.map((p) => p[0])), ...(x.ticks ?? [])],
      ys = all
        .flatMap((p) => [p[1] + (p[2] ?? 0), p[1] - (p[2] ?? 0)])
        .filter((v) => !y.log || v > 0);
    const x0 = x.low ?? (xs.length ? Math.min(...xs) : 0),
      x1 = x.high ?? (xs.length ? Math.max(...xs) : 1);
    let y0 = y.low ?? (y.zero === false || y.log ? Math.min(...ys, Infinity) : 0),
      y1 = y.top ?? Math.max(...ys, y.log ? 1e-12 : 0);
    if (!Number.isFinite(y0)) y0 = y.log ? 1e-3 : 0;
    if (!(y1 > y0)) y1 = y.log ? y0 * 10 : y0 + 1;
    if (y.top === undefined && !y.log) y1 = y0 + (y1 - y0) * 1.06;
    const left = 54,
      right = 14,
      top = y.label ? 26 : 10,
      bottom = 40;
    const sx = x.log
      ? (v) =>
          left +
          ((width - left - right) * (Math.log(v) - Math.log(x0))) /
            (Math.log(x1) - Math.log(x0) || 1)
      : (v) => left + ((width - left - right) * (v - x0)) / (x1 - x0 || 1);
    const sy = y.log
      ? (v) =>
          height -
          bottom -
          ((height - top - bottom) * (Math.log(v) - Math.log(y0))) / (Math.log(y1) - Math.log(y0))
      : (v) => height - bottom - ((height - top - bottom) * (v - y0)) / (y1 - y0);
    map = { sx, sy, left, right, width };
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.style.height = height + "px";
    const text = (px, py, words, anchor, cls = "canvas-chart-tick") => {
      const t = draw_svg("text", { x: px, y: py, "text-anchor": anchor, class: cls });
      t.textContent = words;
      svg.append(t);
      return t;
    };
    for (const v of y.log ? log_ticks(y0, y1) : nice_ticks(y0, y1)) {
      svg.append(
        draw_svg("line", {
          x1: left,
          x2: width - right,
          y1: sy(v),
          y2: sy(v),
          class: "canvas-chart-grid",
        }),
      );
      text(left - 7, sy(v) + 4, (y.format ?? neat)(v), "end");
    }
    let edge = -1e9;
    for (const v of x.ticks ??
      (x.log ? log_ticks(x0, x1) : nice_ticks(x0, x1, Math.max(2, Math.floor(width / 110))))) {
      if (sx(v) - edge < 30) continue;
      edge = sx(v);
      text(edge, height - bottom + 17, (x.format ?? neat)(v), "middle");
    }
    text((left + width - right) / 2, height - 4, x.label ?? "", "middle", "canvas-chart-label");
    text(left - 44, 11, y.label ?? "", "start", "canvas-chart-label");
    for (const line of extra.lines ?? []) {
      if (line.x < x0 || line.x > x1 || !Number.isFinite(line.x)) continue;
      svg.append(
        draw_svg("line", {
          x1: sx(line.x),
          x2: sx(line.x),
          y1: top,
          y2: height - bottom,
          class: "canvas-chart-line",
        }),
      );
      if (line.label)
        text(
          sx(line.x) + (sx(line.x) > width * 0.7 ? -6 : 6),
          top + 12,
          line.label,
          sx(line.x) > width * 0.7 ? "end" : "start",
          "canvas-chart-label",
        );
    }
    series.forEach((s, n) => {
      const colour = `var(${s.colour ?? CHART_COLOURS[n % CHART_COLOURS.length]})`,
        mark = s.mark ?? CHART_MARKS[n % CHART_MARKS.length];
      let path = "",
        pen = false;
      for (const [px, py] of s.points) {
        if (py === null || py === undefined || (y.log && !(py > 0))) {
          pen = false;
          continue;
        }
        path += `${pen ? "L" : "M"}${sx(px).toFixed(1)} ${sy(Math.min(py, y1)).toFixed(1)}`;
        pen = true;
      }
      const group = draw_svg("g", { style: `stroke:${colour};fill:${colour}` });
      group.append(
        draw_svg("path", {
          d: path || "M0 0",
          class: "canvas-chart-path",
          ...(s.dashed ? { "stroke-dasharray": "5 4" } : {}),
        }),
      );
      for (const [px, py, spread] of s.points) {
        if (py === null || py === undefined || (y.log && !(py > 0)) || py > y1) continue;
        if (spread)
          group.append(
            draw_svg("line", {
              x1: sx(px),
              x2: sx(px),
              y1: sy(Math.min(y1, py + spread)),
              y2: sy(Math.max(y0, py - spread)),
              "stroke-width": 1.3,
              opacity: 0.7,
            }),
          );
        if (mark) group.append(chart_mark(mark, sx(px), sy(py)));
      }
      svg.append(group);
      const item = make("span"),
        sign = draw_svg("svg", {
          width: 26,
          height: 12,
          "aria-hidden": "true",
          style: `stroke:${colour};fill:${colour}`,
        });
      sign.append(
        draw_svg("path", {
          d: "M0 6L26 6",
          class: "canvas-chart-path",
          ...(s.dashed ? { "stroke-dasharray": "5 4" } : {}),
        }),
      );
      if (mark) sign.append(chart_mark(mark, 13, 6));
      item.append(sign, s.name);
      key.append(item);
    });
    fill_table();
  }
  function fill_table() {
    more.hidden = !table || !series.length;
    if (more.hidden) return;
    const at = [...new Set(series.flatMap((s) => s.points.map((p) => p[0])))].sort((a, b) => a - b),
      head = make("tr");
    head.append(make("th", "", x.label ?? "x"), ...series.map((s) => make("th", "", s.name)));
    grid.replaceChildren(
      head,
      ...at.map((v) => {
        const line = make("tr"),
          first = make("th", "", (x.format ?? neat)(v));
        first.scope = "row";
        line.append(
          first,
          ...series.map((s) => {
            const p = s.points.find((q) => q[0] === v);
            return make(
              "td",
              "",
              p
                ? p[1] === null
                  ? (s.missing ?? "–")
                  : neat(p[1]) + (p[2] ? " ± " + neat(p[2]) : "")
                : "",
            );
          }),
        );
        return line;
      }),
    );
  }
  function nearest(event) {
    if (!map || !series.length) return null;
    const px = event.clientX - svg.getBoundingClientRect().left;
    const at = [...new Set(series.flatMap((s) => s.points.map((p) => p[0])))];
    return at.length
      ? at.reduce((a, b) => (Math.abs(map.sx(b) - px) < Math.abs(map.sx(a) - px) ? b : a))
      : null;
  }
  svg.addEventListener("pointermove", (event) => {
    const v = nearest(event);
    if (v === null) return;
    said.textContent =
      `${x.label ?? "x"} ${(x.format ?? neat)(v)}: ` +
      series
        .map((s) => [s.name, s.points.find((p) => p[0] === v)])
        .filter((e) => e[1])
        .map(([n, p]) => `${n} ${neat(p[1])}`)
        .join(", ");
  });
  svg.addEventListener("pointerleave", () => {
    said.textContent = "";
  });
  if (on_pick)
    svg.addEventListener("pointerdown", (event) => {
      const v = nearest(event);
      if (v !== null) on_pick(v);
    });
  new ResizeObserver(paint).observe(host);
  return {
    draw(list, more_lines = {}) {
      series = list;
      extra = more_lines;
      paint();
    },
  };
}
