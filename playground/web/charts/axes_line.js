// @ts-check
/**
 * How one line of a chart with two axes is drawn: its stroke, its path, and its sign in the key.
 */
import { drawSvg } from "../core/dom.js";
import { linePath } from "./path.js";

/** @typedef {import("./axes.js").Line} Line @typedef {import("./axes.js").Frame} Frame */

/** @param {Line} line @param {number} width */
export const look = (line, width) => ({
  class: "axes-line",
  "stroke-dasharray": line.dash ?? "",
  style: `stroke:${line.colour};stroke-width:${line.width ?? width}`,
});

/** The line's stroke and mark, as the key shows them. @param {Line} line */
export function signOf(line) {
  const sign = drawSvg("svg", { width: 28, height: 10, "aria-hidden": "true" });
  sign.append(drawSvg("path", { d: "M0 5L28 5", ...look(line, 2) }));
  const fill = { style: `fill:${line.colour}` };
  if (line.mark === "square")
    sign.append(drawSvg("rect", { x: 11, y: 2, width: 6, height: 6, ...fill }));
  if (line.mark === "dot") sign.append(drawSvg("circle", { cx: 14, cy: 5, r: 3.2, ...fill }));
  return sign;
}

/**
 * A gap lifts the pen; what lies far outside the frame is drawn as far as a browser bears.
 * @param {Line} line
 * @param {Frame} frame
 */
export const pathOf = (line, frame) =>
  linePath(
    line.y.map((v) => (v === null ? null : Math.max(-1e4, Math.min(1e4, frame.sy(v))))),
    (i) => frame.sx(line.x[i]),
    (y) => y,
  ) || "M-9-9";
