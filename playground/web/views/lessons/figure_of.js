// @ts-check
/**
 * Which figure of a step is on view: before the reveal, after it, or as the reader has moved it
 * since.
 */

/**
 * @param {import("./types.js").Step} step
 * @param {import("./types.js").StepState} state
 * @returns {any}
 */
export const figureOf = (step, { revealed, moved }) =>
  revealed ? (moved ?? step.hidden.then ?? step.figure) : step.figure;
