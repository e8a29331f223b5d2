// @ts-check
/**
 * How the text is shown: by what a scored text is coloured, and whether spaces and line ends are
 * seen.
 */

/**
 * @param {HTMLElement} view
 * @param {{shade: string}} state
 * @param {HTMLInputElement} marks
 * @param {(marks: boolean) => void} changed
 */
export function onLooks(view, state, marks, changed) {
  const shades = /** @type {NodeListOf<HTMLInputElement>} */ (
    view.querySelectorAll("[name=shade]")
  );
  for (const one of shades) {
    one.checked = one.value === state.shade;
    one.addEventListener("change", () => {
      state.shade = one.value;
      changed(marks.checked);
    });
  }
  marks.addEventListener("change", () => changed(marks.checked));
}
