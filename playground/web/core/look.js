// @ts-check
/**
 * Light and dark, small and large type: classes on the page's body and root. What paints with
 * colours of its own is told of a change.
 */

/** @type {Set<() => void>} */
const listeners = new Set();
const roots = () => [document.body, document.documentElement];
const look = () =>
  roots()
    .map((one) => `${one.classList.contains("dark")} ${one.classList.contains("projector")}`)
    .join();
/** @type {MutationObserver | null} */
let watcher = null;

function watch() {
  let was = look();
  watcher = new MutationObserver(() => {
    if (look() === was) return;
    was = look();
    for (const draw of listeners) draw();
  });
  for (const one of roots()) watcher.observe(one, { attributes: true, attributeFilter: ["class"] });
}

/**
 * `draw()` after the page changed between light and dark or its size of type.
 * @param {() => void} draw
 * @returns {() => void} ends it
 */
export function onLook(draw) {
  if (!watcher) watch();
  listeners.add(draw);
  return () => listeners.delete(draw);
}

export const isDark = () => document.body.classList.contains("dark");

/**
 * A colour of the page ("--chosen") as red, green, blue and opacity from 0 to 255.
 * @param {Element} element
 * @param {string} name
 */
export function colourOf(element, name) {
  const probe = document.createElement("canvas").getContext("2d");
  if (!probe) return new Uint8ClampedArray(4);
  probe.fillStyle = getComputedStyle(element).getPropertyValue(name).trim();
  probe.fillRect(0, 0, 1, 1);
  return probe.getImageData(0, 0, 1, 1).data;
}
