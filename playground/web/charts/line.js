// @ts-check
/**
 * Lines over one axis, without ticks: how something changes with the step, with time, along a text.
 * Measured points with a scale, a key and a table are plot.js; lines that follow a slider axes.js.
 */
import { drawSvg } from "../core/dom.js";
import { linePath } from "./path.js";

const WIDTH = 600;

/**
 * @typedef {object} Series
 * @property {import("./path.js").Values} values a gap where there is none
 * @property {string} [mark] a class for its look
 * @property {boolean} [steps] each value holds until the next
 * @property {string} [dash] stroke-dasharray
 * @property {string} [colour] "var(--chosen)"
 */

/**
 *   const chart = lineChart(host, [{values: [0, 1, 4], mark: "final"}], {low: 0, high: 4, label: t("…")});
 *   chart.move(0.5);          the cursor, as a share of the width
 *
 * @param {HTMLElement} host
 * @param {Series[]} series
 * @param {object} [options]
 * @param {number} [options.low] the values at the lower and the upper edge; those of the series by default
 * @param {number} [options.high]
 * @param {number} [options.height] pixels
 * @param {number} [options.cursor] where it stands at first, a share of the width; none is shown without it
 * @param {number[]} [options.guides] values that get a thin line across
 * @param {string} [options.label] what a screen reader hears
 * @param {(share: number) => void} [options.onMove] a click, as a share of the width
 */
export function lineChart(host, series, options = {}) {
  const height = options.height ?? 120;
  const all = series
    .flatMap((one) => one.values)
    .filter((v) => v !== null && v !== undefined && Number.isFinite(v));
  const values = /** @type {number[]} */ (all),
    low = options.low ?? Math.min(...values, 0),
    high = options.high ?? Math.max(...values, low + 1e-9),
    span = high - low || 1;
  /** @param {number} v */
  const y = (v) => (1 - (v - low) / span) * (height - 6) + 3;

  const svg = drawSvg("svg", {
    viewBox: `0 0 ${WIDTH} ${height}`,
    preserveAspectRatio: "none",
    class: "curves",
    role: "img",
    style: `height:${height}px`,
    "aria-label": options.label ?? "",
  });
  for (const guide of options.guides ?? [])
    svg.append(drawSvg("line", { x1: 0, x2: WIDTH, y1: y(guide), y2: y(guide), class: "guide" }));
  for (const one of series) {
    const last = one.values.length - 1;
    svg.append(
      drawSvg("path", {
        d: linePath(one.values, (i) => (last < 1 ? 0 : (WIDTH * i) / last), y, one),
        class: `curve ${one.mark ?? ""}`,
        fill: "none",
        "vector-effect": "non-scaling-stroke",
        ...(one.dash ? { "stroke-dasharray": one.dash } : {}),
        ...(one.colour ? { style: `stroke:${one.colour}` } : {}),
      }),
    );
  }
  const cursor = drawSvg("line", {
    y1: 0,
    y2: height,
    class: "cursor",
    "vector-effect": "non-scaling-stroke",
    visibility: "hidden",
  });
  svg.append(cursor);
  host.replaceChildren(svg);

  /** @param {number} share */
  function move(share) {
    cursor.setAttribute("x1", String(WIDTH * share));
    cursor.setAttribute("x2", String(WIDTH * share));
    cursor.setAttribute("visibility", "visible");
  }
  if (options.cursor !== undefined) move(options.cursor);
  const { onMove } = options;
  if (onMove)
    svg.addEventListener("click", (event) => {
      const box = svg.getBoundingClientRect();
      onMove(Math.max(0, Math.min(1, (event.clientX - box.left) / Math.max(1, box.width))));
    });
  return { move };
}
