// @ts-check
/**
 * What a page keeps from a class that looks at the projector: the answer to the question that fits
 * what is on view, until it was asked and revealed, or the teacher showed it. An answer has a name,
 * which says of what it is the answer.
 */
import { make } from "./dom.js";
import { t } from "./translate.js";

const KEPT = "playground-class-shown",
  MOST = 500; // names that are kept, the newest

let on = false,
  teaches = false; // whether who sits here may show what is covered
const shown = new Set(read());
/** @type {Set<() => void>} */
const listeners = new Set();

/** @returns {string[]} */
function read() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
    return Array.isArray(kept) ? kept.map(String) : [];
  } catch {
    return [];
  }
}

function tell() {
  for (const draw of listeners) draw();
}

/** Whether a class is taught whose pages cover their answers. */
export const coversAnswers = () => on;

/** Whether this answer must not be drawn now. @param {string} answer */
export const isCovered = (answer) => on && !shown.has(answer);

/**
 * From now on answers are covered, or are not. @param {boolean} wanted
 * @param {boolean} [teacher] whether who sits here may show them one by one; a student who follows may not
 */
export function coverAnswers(wanted, teacher = true) {
  if (on === wanted) return;
  [on, teaches] = [wanted, teacher];
  tell();
}

/**
 * The class has seen this answer: it is covered no more, after a reload of the page neither.
 * @param {string} answer
 */
export function showAnswer(answer) {
  if (shown.has(answer)) return;
  shown.add(answer);
  for (const oldest of shown) {
    if (shown.size <= MOST) break;
    shown.delete(oldest);
  }
  if (!on) return; // kept once a class is there: a page that plays alone writes nothing
  try {
    sessionStorage.setItem(KEPT, JSON.stringify([...shown]));
  } catch {
    /* private mode: known as long as the page */
  }
  tell();
}

/** Calls `draw` whenever another answer is to be covered or shown. @param {() => void} draw */
export const onCover = (draw) => void listeners.add(draw);

/**
 * What stands in the place of a covered answer, with the button that shows it.
 * @param {() => string} answer its name when it is pressed
 */
export function coverNotice(answer) {
  const element = make("div", "class-cover"),
    said = make("p", "say"),
    press = make("button");
  press.type = "button";
  press.addEventListener("click", () => showAnswer(answer()));
  element.append(said, press);
  element.hidden = true;
  return {
    element,
    /** @param {boolean} covered */
    show(covered) {
      element.hidden = !covered;
      said.textContent = t("Covered, so that the class can be asked.");
      press.textContent = t("Show it");
      press.hidden = !teaches;
    },
  };
}
