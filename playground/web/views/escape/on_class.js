// @ts-check
/**
 * What the parts of Escape that stand below the loop keep from a class that may be asked about
 * them, and the question that each offers while it is open. The loop itself is covered by
 * calculator.js.
 */
import { coverNotice, isCovered, onCover } from "../../core/class_cover.js";
import { drawn } from "../../core/messages.js";
import { t } from "../../core/translate.js";

/** @typedef {import("../../core/on_view.js").Offer} Offer */
/**
 * @typedef {object} Part
 * @property {HTMLDetailsElement} fold
 * @property {HTMLElement[]} telling what shows the answer; the notice stands before the first
 * @property {HTMLElement} [hides] what tells it in a column: it gets the class "escape-hides-critical"
 * @property {() => string} answer its name, "" where there is nothing to cover
 * @property {() => string} label of the question
 * @property {() => number | null} truth the critical temperature; null: there is none
 */

/** @type {Part[]} */
const parts = [];

const HOTTEST = 4; // of the question's ruler

/** A question for a temperature. @param {string} text @param {number | null} truth */
export const temperatureQuestion = (text, truth) => ({
  ...{ kind: "number", low: 0, high: HOTTEST, step: 0.05, unit: "T", text },
  ...(truth !== null && truth > 0 && truth <= HOTTEST ? { truth } : {}),
});

/**
 * Covers a part while a class may be asked about it; gives the function that looks again, for
 * whenever the part has drawn.
 * @param {Part} part
 */
export function coverPart(part) {
  const notice = coverNotice(part.answer);
  part.telling[0].before(notice.element);
  parts.push(part);
  function cover() {
    const name = part.answer(),
      covered = Boolean(name) && isCovered(name);
    notice.show(covered);
    part.hides?.classList.toggle("escape-hides-critical", covered);
    for (const element of part.telling) element.classList.toggle("class-covered", covered);
  }
  onCover(cover);
  part.fold.addEventListener("toggle", () => drawn(part.fold)); // another question fits
  return cover;
}

/** The questions of the parts that are open and have an answer. @returns {Offer[]} */
export const partsOffers = () =>
  parts
    .filter((part) => part.fold.open && part.answer())
    .map((part) => ({
      label: part.label(),
      answer: part.answer,
      question: () => temperatureQuestion(t("At what temperature does it get out?"), part.truth()),
    }));

/** The names of what the parts cover. */
export const partsAnswers = () => parts.map((part) => part.answer()).filter(Boolean);
