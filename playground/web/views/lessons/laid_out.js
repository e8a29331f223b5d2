// @ts-check
/**
 * In which order the rows of a step's figure stand before the reveal: where they are sorted by
 * height, their order would be the answer.
 */

/** @typedef {import("./types.js").Step} Step */

/** Whether the bars themselves would be the answer. @param {Step} step */
export function hidesBars({ figure, predict, hidden }) {
  if (figure?.kind !== "bars") return false;
  return predict?.kind === "order" || (predict?.kind === "tap" && !hidden.then);
}

/**
 * Rows by their names, or as they stand where the figure says that this tells nothing ("1st, 2nd,
 * 3rd").
 * @param {any} figure
 * @returns {number[]}
 */
export function rowsUnsorted({ rows, ordered }) {
  const places = rows.map((/** @type {any} */ _, /** @type {number} */ i) => i);
  if (ordered) return places;
  return places.sort((/** @type {number} */ a, /** @type {number} */ b) =>
    rows[a].name < rows[b].name ? -1 : 1,
  );
}

/**
 * The parts of a tap in the order in which a class sees them.
 * @param {Step} step
 * @returns {number[]}
 */
export const partsLaid = (step) =>
  hidesBars(step) ? rowsUnsorted(step.figure) : (step.predict?.items ?? []).map((_, i) => i);
