// @ts-check
/**
 * What the page says of a run in sentences: in which order the words came, and what an edit
 * changed. Counted from the records.
 */
import { fixed, percent } from "../../core/format.js";
import { nt, t } from "../../core/translate.js";
import { shownWord } from "./lexicon.js";
import { replacedAt } from "./side.js";
import { orderOf, revealsOf, shareByChance } from "./staircase.js";

/** @typedef {import("./side.js").Side} Side */

/**
 * A rule runs like a staircase where nearly every word came beside known text, each close to the
 * one before.
 */
const STAIRCASE = { share: 0.9, distance: 2.5, calls: 6 };

/** @type {WeakMap<Side, {rows: number, share: number}>} */
const byChance = new WeakMap();

/** The share by chance, once for each whole run. @param {Side} side */
function chanceOf(side) {
  const known = byChance.get(side);
  if (known?.rows === side.rows.length) return known.share;
  const share = shareByChance(revealsOf(side.rows, Infinity));
  byChance.set(side, { rows: side.rows.length, share });
  return share;
}

/**
 * How the words up to a step came; empty where there is nothing to say yet.
 * @param {Side} side @param {number} step @param {boolean} live more steps are coming
 */
export const cameSentence = (side, step, live) =>
  replacedSentence(replacedAt(side, step)) || orderSentence(side, step, live);

/** @param {Side} side @param {number} step @param {boolean} live */
function orderSentence(side, step, live) {
  const reveals = revealsOf(side.rows, step),
    order = orderOf(reveals);
  if (order.revealed < 2 || order.distance === null) return "";
  const staircase =
    order.share >= STAIRCASE.share &&
    order.distance <= STAIRCASE.distance &&
    reveals.calls.length >= STAIRCASE.calls;
  const said = [
    staircase ? t("A staircase: this order creeps along an edge of what is known.") : "",
    t(
      "{share} of these words were decided next to known text. From one call to the next it moved {distance} words (left to right: 1).",
      { share: percent(order.share), distance: fixed(order.distance, 1) },
    ),
    live ? "" : t("In a random order it would be {share}.", { share: percent(chanceOf(side)) }),
  ];
  return said.filter(Boolean).join(" ");
}

/** Of noise that replaces words. @param {number[] | null} times how often at each position */
export function replacedSentence(times) {
  const again = times?.filter((n) => n > 1) ?? [];
  if (!again.length) return "";
  return nt(
    "{n} word was replaced more than once, {most} times at most.",
    "{n} words were replaced more than once, {most} times at most.",
    again.length,
    { most: Math.max(...again) },
  );
}

/**
 * @param {Set<number>} changed
 * @param {number[]} before
 * @param {Side} side the lexicon of the run before is a part of its own
 */
export function differenceSentence(changed, before, side) {
  if (!changed.size) return t("The same words came again.");
  const now = side.rows[side.rows.length - 1].canvas;
  const pairs = [...changed].map((i) =>
    t("“{before}” became “{after}”", {
      before: shownWord(side.lexicon, before[i]),
      after: shownWord(side.lexicon, now[i]),
    }),
  );
  return t("What changed: {pairs}.", { pairs: pairs.join(", ") });
}
