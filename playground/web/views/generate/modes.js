// @ts-check
/** Writing or scoring: which of the two the page does. */

const MODES = /** @type {const} */ (["write", "score"]);

/**
 * The two buttons.
 * @param {object} page
 * @param {(name: string) => HTMLElement} page.part
 * @param {{mode: string}} page.state
 * @param {() => void} page.changed
 * @returns {(mode: "write" | "score") => void} chooses one
 */
export function modeChoice({ part, state, changed }) {
  /** @param {"write" | "score"} mode */
  function choose(mode) {
    state.mode = mode;
    for (const one of MODES) part("mode-" + one).setAttribute("aria-pressed", String(one === mode));
    changed();
  }
  for (const one of MODES) part("mode-" + one).addEventListener("click", () => choose(one));
  return choose;
}
