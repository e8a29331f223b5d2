// @ts-check
/** What a class that follows is shown of the stage, and what its answers change there. */
import { bare } from "./prose.js";
import { placeOf } from "./store.js";
import { votesOf } from "./vote.js";

/** @typedef {import("./store.js").Store} Store */

/** The step on view, for a class; null where there is none. @param {Store} store */
export function stepOnView(store) {
  const step = store.stepAt(store.at),
    place = store.list[store.at];
  return step && place ? { step, figure: { lesson: place[0], step: place[1] + 1 } } : null;
}

/**
 * What a class that follows is shown: the question, and an address that opens it.
 * @param {Store} store
 */
export function shownToClass(store) {
  const step = store.stepAt(store.at),
    place = store.list[store.at];
  if (!step || !place || store.teacher) return null;
  return {
    text: [...step.text, step.question].map(bare).join(" "),
    step: place[1] + 1,
    address: async () => `${store.query}&at=${store.at + 1}`,
  };
}

/**
 * The step on view as the class's question names it.
 * @param {Store} store
 * @returns {[string, number]}
 */
export function classPlace(store) {
  const [lesson, k] = store.list[store.at];
  return [lesson, k + 1];
}

/**
 * Takes the class's answers to a step; null: they were withdrawn.
 * @param {Store} store @param {string} place
 * @param {{key: string, count: number}[] | null} answers @param {boolean} reveals whether the truth comes with them
 * @returns {boolean} whether that step is on view
 */
export function takeVotes(store, place, answers, reveals) {
  const at = store.list.findIndex(([lesson, k]) => placeOf(lesson, k + 1) === place),
    step = store.stepAt(at);
  if (!step) return false;
  const state = store.stateAt(at);
  if (answers) state.votes = votesOf(step, answers);
  else if (!state.revealed) state.votes = null;
  if (reveals) state.revealed = true;
  return at === store.at;
}
