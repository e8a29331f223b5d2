// @ts-check
/** In which order the words came: how often next to known text, and how far apart. Counted from the
 * reveals, nothing is estimated but
 * the share by chance, which is the mean over shuffles of this very canvas. */
import { isHidden } from "./lexicon.js";

const SHUFFLES = 2000;
// positions looked at in all shuffles: a long canvas is shuffled less often
const MOST_LOOKS = 400_000;

/** @typedef {{revealed: number, beside: number, distance: number | null, share: number}} Order */

/**
 * The positions that were decided at each step, in the order of the text.
 * @param {any[]} rows @param {number} step @returns {{start: boolean[], calls: number[][]}} start: what was known before the first
 */
export function revealsOf(rows, step) {
  const start = rows[0].state.map((/** @type {string} */ state) => !isHidden(state));
  const calls = [];
  for (let k = 1; k <= Math.min(step, rows.length - 1); k++) {
    /** @type {number[]} */
    const now = [];
    rows[k].state.forEach((/** @type {string} */ state, /** @type {number} */ i) => {
      if (state === "new" && isHidden(rows[k - 1].state[i])) now.push(i);
    });
    if (now.length) calls.push(now);
  }
  return { start, calls };
}

/** @param {{start: boolean[], calls: number[][]}} reveals @returns {Order} */
export function orderOf({ start, calls }) {
  const known = [...start];
  let beside = 0,
    revealed = 0,
    moved = 0,
    moves = 0;
  /** @type {number | null} */
  let last = null;
  for (const call of calls) {
    for (const i of call) if (known[i - 1] || known[i + 1]) beside += 1;
    revealed += call.length;
    const middle = call.reduce((a, b) => a + b, 0) / call.length;
    if (last !== null) {
      moved += Math.abs(middle - last);
      moves += 1;
    }
    last = middle;
    for (const i of call) known[i] = true;
  }
  return {
    revealed,
    beside,
    distance: moves ? moved / moves : null,
    share: revealed ? beside / revealed : 0,
  };
}

/**
 * The share beside known text if the same positions had come in a random order, so many at each
 * call as here.
 * @param {{start: boolean[], calls: number[][]}} reveals
 */
export function shareByChance({ start, calls }) {
  const all = calls.flat(),
    sizes = calls.map((call) => call.length);
  if (!all.length) return 0;
  const times = Math.max(50, Math.min(SHUFFLES, Math.floor(MOST_LOOKS / all.length)));
  let seed = 1,
    sum = 0;
  const draw = () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  for (let n = 0; n < times; n++) {
    for (let i = all.length - 1; i > 0; i--) {
      const j = Math.floor(draw() * (i + 1));
      [all[i], all[j]] = [all[j], all[i]];
    }
    let at = 0;
    const shuffled = sizes.map((size) => all.slice(at, (at += size)));
    sum += orderOf({ start, calls: shuffled }).share;
  }
  return sum / times;
}
