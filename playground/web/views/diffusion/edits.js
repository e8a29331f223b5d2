// @ts-check
/**
 * What the visitor did to the words on view: hidden again or kept, position by position, on each of
 * the canvases.
 */
import { announce } from "../../core/messages.js";
import { t } from "../../core/translate.js";
import { isHidden } from "./lexicon.js";
import { rowAt, sureness } from "./side.js";

/** @typedef {import("./wall.js").Edit} Edit */
/** @typedef {import("./side.js").Side} Side */

export class Edits {
  /** @type {Map<number, Edit>[]} */
  all = [];
  /** @type {[number, number, Edit | undefined][]} side, position, what it was before */
  undo = [];

  clear() {
    this.all = [];
    this.undo = [];
  }

  /** @param {number} n */
  of(n) {
    return (this.all[n] ??= new Map());
  }

  /**
   * Marks a word, or takes the mark away; whether something changed.
   * @param {Side} side @param {number} n @param {number} step @param {number} i @param {Edit} edit
   */
  put(side, n, step, i, edit) {
    const mine = this.of(n),
      old = mine.get(i),
      next = old === edit ? undefined : edit,
      state = rowAt(side, step).state[i];
    const refusal = refused(next, state);
    if (refusal) {
      announce(refusal);
      return false;
    }
    this.undo.push([n, i, old]);
    if (next) mine.set(i, next);
    else mine.delete(i);
    return true;
  }

  /** Takes back the last mark: its position, or null where there is none. */
  back() {
    const last = this.undo.pop();
    if (!last) return null;
    const [n, i, old] = last;
    if (old) this.of(n).set(i, old);
    else this.of(n).delete(i);
    return i;
  }

  /**
   * {hidden: positions to be filled, again: of these by the visitor, kept} over all sides.
   * @param {Side[]} sides
   * @param {number} step
   */
  counts(sides, step) {
    let hidden = 0,
      again = 0,
      kept = 0;
    sides.forEach((side, n) => {
      const mine = this.of(n),
        asked = [...mine.values()].filter((each) => each === "mask").length;
      const open = rowAt(side, step).state.filter(
        (/** @type {string} */ state, /** @type {number} */ i) => isHidden(state) && !mine.has(i),
      ).length;
      hidden += asked + open;
      again += asked;
      kept += mine.size - asked;
    });
    return { hidden, again, kept };
  }

  /**
   * The canvas of a side with its edits, as the server takes it.
   * @param {Side} side
   * @param {number} n
   * @param {number} step
   */
  canvas(side, n, step) {
    const record = rowAt(side, step),
      mine = this.of(n);
    return {
      canvas: record.canvas.map((/** @type {number} */ id, /** @type {number} */ i) =>
        mine.get(i) === "mask" || (record.state[i] === "grouped" && !mine.has(i))
          ? side.card.mask_id
          : id,
      ),
      locked: record.state.map(
        (/** @type {string} */ state, /** @type {number} */ i) =>
          mine.get(i) === "lock" || (state === "locked" && mine.get(i) !== "mask"),
      ),
    };
  }
}

/**
 * Why a word cannot be marked; "" where it can.
 * @param {Edit | undefined} next
 * @param {string} state
 */
function refused(next, state) {
  if (next === "mask" && isHidden(state)) return t("This word is hidden already.");
  if (next === "lock" && isHidden(state)) return t("Only a word that is visible can be kept.");
  if (next === "lock" && state === "locked") return t("This word is given already.");
  return "";
}

/**
 * A word with its neighbours, as far as they were decided by the network.
 * @param {Side} side
 * @param {number} step
 * @param {number} i
 */
export function thrownWith(side, step, i) {
  const { state } = rowAt(side, step);
  const decided = (/** @type {number} */ k) =>
    ["settled", "new", "changed"].includes(state[k]) || (k === i && state[k] === "locked");
  return [i - 1, i, i + 1].filter((k) => k >= 0 && k < state.length && decided(k));
}

/**
 * The words that the network held least likely when they were decided: an eighth of them, at least
 * one.
 * @param {Side} side
 * @param {number} step
 */
export function weakestOf(side, step) {
  const sure = sureness(side, step)
    .map((p, i) => /** @type {[number | null, number]} */ ([p, i]))
    .filter(([p]) => p !== null)
    .sort((a, b) => Number(a[0]) - Number(b[0]));
  return sure.slice(0, Math.max(1, Math.round(sure.length / 8))).map(([, i]) => i);
}
