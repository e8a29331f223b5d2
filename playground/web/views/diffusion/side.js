// @ts-check
/**
 * One run on view: its card, its steps and its words. Plain data; the drawings of a side stand in
 * side_view.js.
 */
import { clone } from "../../core/dom.js";
import { isHidden, learn } from "./lexicon.js";
import { CURVES } from "./run_curves.js";

/** @typedef {import("./lexicon.js").Lexicon} Lexicon */
/**
 * @typedef {{card: any, rows: any[], lexicon: Lexicon}} Side rows: the start, then a record for each step
 */

/**
 * A run that begins: `card` is what playground/pages/diffusion/runs.py says of it.
 * @param {any} card
 * @returns {Side}
 */
export function newSide(card) {
  const lexicon = new Map();
  learn(lexicon, card.words);
  const start = {
    index: -1,
    canvas: card.canvas,
    state: card.state,
    confidence: [],
    entropy: [],
    top: [],
    calls: 0,
    revealed: 0,
    texts: card.texts,
    curve: [],
  };
  return { card, rows: [start], lexicon };
}

/**
 * One more step.
 * @param {Side} side
 * @param {any} step
 * @param {any} [words] entries of ids that were not known yet
 */
export function addStep(side, step, words) {
  learn(side.lexicon, words);
  step.curve = CURVES.map((curve) => curve.of(step));
  side.rows.push(step);
}

/** A whole run, as it was recorded or saved. @param {any} trace @returns {Side} */
export function sideOf(trace) {
  const { start, steps } = clone(trace);
  const side = newSide(start);
  for (const step of steps) addStep(side, step);
  return side;
}

/**
 * The record at a step; a side with fewer steps waits at its end.
 * @param {Side} side
 * @param {number} step
 */
export const rowAt = (side, step) => side.rows[Math.min(step, side.rows.length - 1)];

/** @param {Side[]} sides */
export const lengthOf = (sides) => Math.max(0, ...sides.map((side) => side.rows.length));

/** How many positions are hidden at a step. @param {Side} side @param {number} step */
export const hiddenAt = (side, step) => rowAt(side, step).state.filter(isHidden).length;

/**
 * The step at which each position got the word that stands there, null where it was given or is
 * hidden.
 * @param {Side} side
 * @param {number} step
 */
export function decidedAt(side, step) {
  /** @type {(number | null)[]} */
  const found = side.card.canvas.map(() => null);
  for (let k = 1; k <= Math.min(step, side.rows.length - 1); k++)
    side.rows[k].state.forEach((/** @type {string} */ state, /** @type {number} */ i) => {
      if (state === "new" || state === "changed") found[i] = k;
      else if (isHidden(state)) found[i] = null;
    });
  return found;
}

/**
 * How often a word was put in the place of another one, at each position up to a step; null for
 * noise that puts no word in the place of another one. @param {Side} side @param {number} step
 */
export function replacedAt(side, step) {
  if (side.card.noise !== "uniform") return null;
  /** @type {number[]} */
  const found = side.card.canvas.map(() => 0);
  for (let k = 1; k <= Math.min(step, side.rows.length - 1); k++) {
    const [was, now] = [side.rows[k - 1], side.rows[k]];
    now.canvas.forEach((/** @type {number} */ id, /** @type {number} */ i) => {
      if (id !== was.canvas[i] && !isHidden(was.state[i]) && !isHidden(now.state[i])) found[i] += 1;
    });
  }
  return found;
}

/**
 * The probability that the network gave each word when it was decided; null where nobody decided.
 * @param {Side} side @param {number} step @returns {(number | null)[]}
 */
export function sureness(side, step) {
  const row = rowAt(side, step);
  return decidedAt(side, step).map((k, i) => {
    if (k === null) return null;
    const top = side.rows[k].top?.[i];
    if (!top) return null;
    const found = top.find((/** @type {[number, number]} */ [id]) => id === row.canvas[i]);
    return found ? found[1] : top[top.length - 1][1]; // at most that of the last one listed
  });
}

/**
 * The runs on view as a trace that can be saved; null where there is none.
 * @param {Side[]} sides
 */
export function traceOf(sides) {
  if (!sides.length) return null;
  const of = (/** @type {Side} */ { card, rows, lexicon }) => ({
    version: 1,
    kind: "unmask",
    model: card.model,
    settings: card.settings ?? {},
    prompt: card.prompt ?? "",
    start: {
      ...card,
      words: Object.fromEntries([...lexicon].map(([id, word]) => [id, [word.text, word.join]])),
    },
    steps: rows.slice(1).map(({ curve, ...step }) => step),
  });
  if (sides.length === 1) return of(sides[0]);
  const model = sides[0].card.model;
  return { version: 1, kind: "compare", model, settings: {}, steps: [], runs: sides.map(of) };
}
