// @ts-check
/** A guess and what is so, in words: for the list of all guesses. */
import { visible } from "../../core/dom.js";
import { NOTHING, plain } from "../../core/format.js";
import { t } from "../../core/translate.js";
import { bare } from "./prose.js";

/**
 * @param {import("./types.js").Step} step
 * @param {any} value a guess, or the truth; null where there is none
 */
export function said(step, value) {
  const { predict } = step;
  if (value === null || value === undefined || !predict) return NOTHING;
  const items = predict.items ?? [];
  if (predict.kind === "card") return value ? t("True") : t("False");
  if (predict.kind === "choice") return bare(items[value] ?? "");
  if (predict.kind === "tap") return visible(items[value] ?? "");
  if (predict.kind === "drag")
    return value.map((/** @type {number} */ one) => plain(one, 2)).join(" · ");
  if (predict.kind === "order")
    return value.map((/** @type {number} */ one) => bare(items[one])).join(" → ");
  return plain(value, 3) + (predict.unit ? `\u202f${predict.unit}` : "");
}

/**
 * Whether a guess hit what is so; null where nearness has no border.
 * @param {import("./types.js").Step} step
 * @param {any} guess
 */
export function hit(step, guess) {
  const { predict, hidden } = step;
  if (guess === null || guess === undefined || !predict) return null;
  if (["card", "choice", "tap"].includes(predict.kind)) return guess === hidden.truth;
  if (predict.kind === "order") return JSON.stringify(guess) === JSON.stringify(hidden.truth);
  const wide = (predict.high ?? 1) - (predict.low ?? 0);
  const near = (/** @type {number} */ a, /** @type {number} */ b) => Math.abs(a - b) <= 0.05 * wide;
  return predict.kind === "drag"
    ? guess.every((/** @type {number} */ one, /** @type {number} */ i) =>
        near(one, hidden.truth[i]),
      )
    : near(guess, hidden.truth);
}
