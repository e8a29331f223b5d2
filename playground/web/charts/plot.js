// @ts-check
/**
 * Lines against two axes, with points, spreads and a key; below it the same numbers as a table, for
 * reading aloud and for copying.
 */
import { drawSvg, make, node, svgText, svgTitle } from "../core/dom.js";
import { NOTHING, plain, whole } from "../core/format.js";
import { onLanguage, t } from "../core/translate.js";
import { ticksOf } from "./axes_figures.js";
import { linePath } from "./path.js";

/** @typedef {[x: number, y: number | null, spread?: number]} Point */
/**
 * @typedef {object} PlotSeries
 * @property {string} name
 * @property {Point[]} points y null: a gap
 * @property {string} [colour] "--chosen"
 * @property {boolean} [dashed]
 * @property {string} [mark] dot, square, tri, diamond; "" for none
 * @property {string} [missing] what the table says of a gap
 */
/** @typedef {{label?: () => string, log?: boolean, low?: number, high?: number, top?: number, zero?: boolean, ticks?: number[],
 *   format?: (value: number) => string}} Axis */
/** @typedef {{left: number, right: number, top: number, bottom: number, width: number, height: number, x0: number, x1: number, y0: number,
 *   y1: number, sx: (v: number) => number, sy: (v: number) => number}} Frame */

const COLOURS = "--chosen --loop --settled --remasked --escape --new --raw --ink".split(" ");
const MARKS = ["dot", "square", "tri", "diamond"];

/** A number as short as its size allows. @param {number | null | undefined} v */
export function neat(v) {
  if (v === null || v === undefined || !Number.isFinite(v)) return NOTHING;
  const size = Math.abs(v);
  if (size < 1e-9) return "0";
  if (size >= 1000) return whole(Math.round(v));
  if (size >= 10) return plain(v, 1);
  return size < 0.001 ? v.toExponential(1).replace("e-", "e−") : plain(v, 3);
}

/** @param {number} low @param {number} high */
function logTicks(low, high) {
  const ticks = [],
    inside = high < 1000 * low ? [1, 2, 5] : [1]; // few powers of ten: 2 and 5 of them as well
  for (let p = Math.floor(Math.log10(low)); p <= Math.log10(high) + 1e-9; p++)
    for (const m of inside) {
      const v = m * 10 ** p;
      if (v >= low * (1 - 1e-9) && v <= high * (1 + 1e-9)) ticks.push(v);
    }
  return ticks.length > 1 ? ticks : [low, high];
}

/** @param {string} kind @param {number} x @param {number} y */
function pointMark(kind, x, y, r = 3.6) {
  if (kind === "square")
    return drawSvg("rect", { x: x - r, y: y - r, width: 2 * r, height: 2 * r });
  const paths = /** @type {Record<string, string>} */ ({
    tri: `M${x} ${y - r * 1.2}L${x + r * 1.1} ${y + r}L${x - r * 1.1} ${y + r}Z`,
    diamond: `M${x} ${y - r * 1.3}L${x + r * 1.3} ${y}L${x} ${y + r * 1.3}L${x - r * 1.3} ${y}Z`,
  });
  return kind in paths
    ? drawSvg("path", { d: paths[kind] })
    : drawSvg("circle", { cx: x, cy: y, r });
}

/**
 * @param {PlotSeries[]} series
 * @param {Axis} x
 * @param {Axis} y
 * @param {number} width
 * @param {number} height
 * @returns {Frame}
 */
function frameOf(series, x, y, width, height) {
  const points = series.flatMap((one) => one.points),
    drawable = points.filter(([, v]) => v !== null && (!y.log || v > 0)),
    xs = [...points.map(([v]) => v), ...(x.ticks ?? [])],
    ys = drawable
      .flatMap(([, v, spread = 0]) => [Number(v) + spread, Number(v) - spread])
      .filter((v) => !y.log || v > 0);
  const x0 = x.low ?? (xs.length ? Math.min(...xs) : 0),
    x1 = x.high ?? (xs.length ? Math.max(...xs) : 1);
  let y0 = y.low ?? (y.zero === false || y.log ? Math.min(...ys, Infinity) : 0),
    y1 = y.top ?? Math.max(...ys, y.log ? 1e-12 : 0);
  if (!Number.isFinite(y0)) y0 = y.log ? 1e-3 : 0;
  if (!(y1 > y0)) y1 = y.log ? y0 * 10 : y0 + 1;
  if (y.top === undefined && !y.log) y1 = y0 + (y1 - y0) * 1.06;
  const [left, right, top, bottom] = [54, 14, y.label ? 26 : 10, 40];
  const scale = (
    /** @type {Axis} */ axis,
    /** @type {number} */ low,
    /** @type {number} */ high,
  ) => {
    const at = (/** @type {number} */ v) => (axis.log ? Math.log(v) : v),
      span = at(high) - at(low) || 1;
    return (/** @type {number} */ v) => (at(v) - at(low)) / span;
  };
  const across = scale(x, x0, x1),
    up = scale(y, y0, y1);
  return {
    ...{ left, right, top, bottom, width, height, x0, x1, y0, y1 },
    sx: (v) => left + (width - left - right) * across(v),
    sy: (v) => height - bottom - (height - top - bottom) * up(v),
  };
}

/** @param {Frame} f @param {Axis} x @param {Axis} y */
function axisParts(f, x, y) {
  const parts = [],
    text = (
      /** @type {number} */ px,
      /** @type {number} */ py,
      /** @type {string} */ words,
      /** @type {string} */ anchor,
      kind = "tick",
    ) => parts.push(svgText(words, { x: px, y: py, "text-anchor": anchor, class: "plot-" + kind }));
  for (const v of y.log ? logTicks(f.y0, f.y1) : ticksOf(f.y0, f.y1, 4)) {
    const at = { x1: f.left, x2: f.width - f.right, y1: f.sy(v), y2: f.sy(v) };
    parts.push(drawSvg("line", { ...at, class: "plot-grid" }));
    text(f.left - 7, f.sy(v) + 4, (y.format ?? neat)(v), "end");
  }
  let edge = -Infinity;
  const count = Math.max(2, Math.floor(f.width / 110));
  for (const v of x.ticks ?? (x.log ? logTicks(f.x0, f.x1) : ticksOf(f.x0, f.x1, count))) {
    if (f.sx(v) - edge < 30) continue;
    edge = f.sx(v);
    text(edge, f.height - f.bottom + 17, (x.format ?? neat)(v), "middle");
  }
  text((f.left + f.width - f.right) / 2, f.height - 4, x.label?.() ?? "", "middle", "label");
  text(f.left - 44, 11, y.label?.() ?? "", "start", "label");
  return parts;
}

/** @param {Frame} f @param {{x: number, label?: string}} line */
function lineParts(f, { x, label }) {
  if (!Number.isFinite(x) || x < f.x0 || x > f.x1) return [];
  const at = f.sx(x),
    late = at > f.width * 0.7;
  const line = drawSvg("line", {
    ...{ x1: at, x2: at, y1: f.top, y2: f.height - f.bottom },
    class: "plot-line",
  });
  return label
    ? [
        line,
        svgText(label, {
          ...{ x: at + (late ? -6 : 6), y: f.top + 12, "text-anchor": late ? "end" : "start" },
          class: "plot-label",
        }),
      ]
    : [line];
}

/** @param {Frame} f @param {PlotSeries} one @param {number} n @param {Axis} y */
function seriesPart(f, one, n, y) {
  const { colour, mark, dash } = lookOf(one, n),
    group = drawSvg("g", { style: colour });
  const shown = (/** @type {number | null} */ v) =>
    v !== null && v !== undefined && (!y.log || v > 0);
  const path = linePath(
    one.points.map(([, py]) => (shown(py) ? py : null)),
    (i) => f.sx(one.points[i][0]),
    (v) => f.sy(Math.min(v, f.y1)),
  );
  group.append(drawSvg("path", { d: path || "M0 0", class: "plot-path", ...dash }));
  for (const [px, py, spread] of one.points) {
    const v = Number(py);
    if (!shown(py) || v > f.y1) continue;
    const ends = {
      y1: f.sy(Math.min(f.y1, v + (spread ?? 0))),
      y2: f.sy(Math.max(f.y0, v - (spread ?? 0))),
    };
    if (spread)
      group.append(
        drawSvg("line", { x1: f.sx(px), x2: f.sx(px), ...ends, "stroke-width": 1.3, opacity: 0.7 }),
      );
    if (mark) group.append(pointMark(mark, f.sx(px), f.sy(v)));
  }
  return group;
}

/** @param {PlotSeries} one @param {number} n */
function lookOf(one, n) {
  const colour = `var(${one.colour ?? COLOURS[n % COLOURS.length]})`;
  return {
    colour: `stroke:${colour};fill:${colour}`,
    mark: one.mark ?? MARKS[n % MARKS.length],
    dash: one.dashed ? { "stroke-dasharray": "5 4" } : /** @type {Record<string, string>} */ ({}),
  };
}

/** @param {PlotSeries} one @param {number} n */
function keyItem(one, n) {
  const { colour, mark, dash } = lookOf(one, n),
    sign = drawSvg("svg", { width: 26, height: 12, "aria-hidden": "true", style: colour });
  sign.append(drawSvg("path", { d: "M0 6L26 6", class: "plot-path", ...dash }));
  if (mark) sign.append(pointMark(mark, 13, 6));
  const item = make("span");
  item.append(sign, one.name);
  return item;
}

/** @param {PlotSeries[]} series */
const places = (series) => [...new Set(series.flatMap((one) => one.points.map(([v]) => v)))];

/** @param {HTMLTableElement} table @param {PlotSeries[]} series @param {Axis} x */
function fillTable(table, series, x) {
  const head = make("tr");
  head.append(make("th", "", x.label?.() ?? "x"), ...series.map((one) => make("th", "", one.name)));
  const rows = places(series)
    .sort((a, b) => a - b)
    .map((v) => {
      const row = make("tr"),
        first = make("th", "", (x.format ?? neat)(v));
      first.scope = "row";
      row.append(first);
      for (const one of series) {
        const point = one.points.find((p) => p[0] === v);
        const said = !point
          ? ""
          : point[1] === null
            ? (one.missing ?? NOTHING)
            : neat(point[1]) + (point[2] ? " ± " + neat(point[2]) : "");
        row.append(make("td", "", said));
      }
      return row;
    });
  table.replaceChildren(head, ...rows);
}

/**
 *   const plot = makePlot({host, name: () => t("Schedules"), x: {label: () => t("time t")}, y: {top: 1}, height: 230});
 *   plot.draw([{name, points: [[0, 1], [1, 0.4, 0.1]]}], [{x: 0.4, label: "here"}]);
 *
 * @param {{host: HTMLElement, name: () => string, x?: Axis, y?: Axis, height?: number, table?: boolean, onPick?: (x: number) => void}} options
 */
export function makePlot({ host, name, x = {}, y = {}, height = 260, table = true, onPick }) {
  host.classList.add("plot");
  const svg = drawSvg("svg", { role: "img" }),
    said = make("div", "plot-said"),
    key = make("div", "plot-key"),
    grid = make("table"),
    more = node(
      "details",
      { class: "plot-table" },
      node("summary", {}, () => t("As a table")),
      grid,
    );
  more.hidden = true;
  host.append(svg, key, said, more);
  /** @type {PlotSeries[]} */
  let series = [];
  /** @type {{x: number, label?: string}[]} */
  let lines = [];
  /** @type {Frame | null} */
  let frame = null;

  function paint() {
    const width = host.clientWidth,
      title = svgTitle(`${name()}: ${series.map((one) => one.name).join(", ")}`);
    svg.replaceChildren(title);
    key.replaceChildren(...series.map(keyItem));
    if (!width) return;
    const f = (frame = frameOf(series, x, y, width, height));
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.style.height = height + "px";
    svg.append(
      ...axisParts(f, x, y),
      ...lines.flatMap((line) => lineParts(f, line)),
      ...series.map((one, n) => seriesPart(f, one, n, y)),
    );
    more.hidden = !table || !series.length;
    if (!more.hidden) fillTable(grid, series, x);
  }

  function nearest(/** @type {PointerEvent} */ event) {
    const at = places(series);
    if (!frame || !at.length) return null;
    const { sx } = frame,
      px = event.clientX - svg.getBoundingClientRect().left;
    return at.reduce((a, b) => (Math.abs(sx(b) - px) < Math.abs(sx(a) - px) ? b : a));
  }
  svg.addEventListener("pointermove", (event) => {
    const v = nearest(event);
    if (v === null) return;
    const found = series.flatMap((one) => {
      const point = one.points.find((p) => p[0] === v);
      return point ? [`${one.name} ${neat(point[1])}`] : [];
    });
    said.textContent = `${x.label?.() ?? "x"} ${(x.format ?? neat)(v)}: ${found.join(", ")}`;
  });
  svg.addEventListener("pointerleave", () => (said.textContent = ""));
  if (onPick)
    svg.addEventListener("pointerdown", (event) => {
      const v = nearest(event);
      if (v !== null) onPick(v);
    });
  new ResizeObserver(paint).observe(host);
  onLanguage(paint);
  return {
    /** @param {PlotSeries[]} list @param {{x: number, label?: string}[]} [across] vertical lines */
    draw(list, across = []) {
      series = list;
      lines = across;
      paint();
    },
  };
}
