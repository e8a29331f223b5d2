// @ts-check
/**
 * What the moved figures have in common: settings as a lesson writes them, and the records of bars
 * and curves.
 */

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** "2,1,.5" @param {string} text */
export const numbers = (text) => text.split(",").map(Number);

/** @param {string | undefined} text @param {number} unset */
export const numberOf = (text, unset) => (text === undefined || text === "" ? unset : Number(text));

/** @param {string[]} names @param {number} count */
export const named = (names, count) => (names.length ? names : [...LETTERS.slice(0, count)]);

/**
 * @param {string[]} names
 * @param {number[]} values
 * @param {number} [low]
 * @param {number} [high]
 * @returns {any}
 */
export const barsOf = (names, values, low = 0, high = 1) => ({
  kind: "bars",
  rows: names.map((name, i) => ({ name, value: values[i] })),
  ...{ low, high, drawn: null, rest: null },
});

/** Six digits, as Python's lines have. @param {number} value */
const short = (value) => Number(value.toPrecision(6));

/**
 * @param {number[]} x @param {(number | null)[]} y @param {string} look @param {{name?: any, dots?: boolean}} [more]
 */
export const lineOf = (x, y, look, { name = "", dots = false } = {}) => ({
  x: x.map(short),
  y: y.map((v) => (v === null ? null : short(v))),
  ...{ look, name, dots },
});

/**
 * @param {number[]} x @param {number[]} y @param {any} xName @param {any} yName @param {any[]} lines @param {any[]} [rules] @param {any} [shade]
 */
export const curveOf = (x, y, xName, yName, lines, rules = [], shade = null) => ({
  kind: "curve",
  ...{ x, y, x_name: xName, y_name: yName, lines, rules, shade },
});

/** 0, 1, … last. @param {number} last */
export const upTo = (last) => Array.from({ length: last + 1 }, (_, k) => k);

export const POINTS = 160;

/** @param {number} low @param {number} high @param {number} [count] */
export const evenly = (low, high, count = POINTS) =>
  Array.from({ length: count }, (_, k) => low + ((high - low) * k) / (count - 1));

/**
 * On which part u falls, the parts side by side; null without a u.
 * @param {number[]} shares
 * @param {string | undefined} u
 */
export function placeOf(shares, u) {
  if (u === undefined || u === "") return null;
  const total = shares.reduce((sum, share) => sum + share, 0);
  let reached = 0;
  const at = shares.findIndex((share) => (reached += share / total) > Number(u));
  return at < 0 ? shares.length - 1 : at;
}
