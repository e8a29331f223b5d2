// @ts-check
/**
 * What a chart with two axes reckons: where its ticks stand, and what a line is at a place between
 * its points.
 */
import { plain } from "../core/format.js";

/**
 * Round values in [low, high], about `count` of them.
 * @param {number} low @param {number} high @param {number} count
 */
export function ticksOf(low, high, count) {
  const raw = (high - low) / count;
  if (!(raw > 0) || !Number.isFinite(raw)) return [low];
  const power = 10 ** Math.floor(Math.log10(raw)),
    unit = [1, 2, 5, 10].map((m) => m * power).find((one) => one >= raw * 0.999) ?? raw;
  const all = [];
  for (let v = Math.ceil(low / unit - 1e-9) * unit; v <= high + unit * 1e-6; v += unit)
    all.push(Math.abs(v) < unit * 1e-6 ? 0 : Number(v.toPrecision(10)));
  return all;
}

/**
 * The line's value at x, as it is drawn: straight between two points; null in a gap and outside.
 * @param {{x: number[], y: (number | null)[]}} line @param {number} x
 */
export function valueAt(line, x) {
  if (x < line.x[0]) return null;
  for (let i = 1; i < line.x.length; i++) {
    if (line.x[i] < x) continue;
    const a = line.y[i - 1],
      b = line.y[i],
      span = line.x[i] - line.x[i - 1];
    if (a === null || b === null) return null;
    return a + (b - a) * (span > 0 ? (x - line.x[i - 1]) / span : 1);
  }
  return null;
}

/** @param {number} v */
export const writtenTick = (v) => plain(v, 10).replace("-", "−");

/** Three digits that count. @param {number} v */
export const writtenValue = (v) =>
  v === 0
    ? "0"
    : Math.abs(v) < 1e-3
      ? v.toExponential(1).replace("e-", "e−")
      : plain(Number(v.toPrecision(3)), 10).replace("-", "−");
