// @ts-check
/** Keys beside those of the timeline: n for a new text, 1 to 9 for a tile. */

/**
 * @param {HTMLElement} view
 * @param {{another: () => void, tile: (number: number) => boolean}} acts
 */
export function onKeys(view, { another, tile }) {
  view.addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName)) return;
    if (event.key === "n") another();
    else if (!/^[1-9]$/.test(event.key) || !tile(Number(event.key))) return;
    event.preventDefault();
  });
}
