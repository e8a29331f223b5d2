// @ts-check
/**
 * What a reload would lose: Gradio loads the page anew when it takes up a lost connection, in the
 * middle of a text or of a run. It is kept in this tab for the same address, and comes back once.
 */

/** @param {string} name */
const place = (name) => `playground:kept-${name}`;

/**
 * Before the page goes.
 * @param {string} name
 * @param {() => any} current what is to be kept; null where nothing is
 */
export function keepOverReload(name, current) {
  addEventListener("pagehide", () => {
    const value = current();
    if (!value) return;
    try {
      sessionStorage.setItem(place(name), JSON.stringify({ search: location.search, value }));
    } catch {
      /* longer than this browser keeps */
    }
  });
}

/**
 * What was kept at this address when the page was loaded anew, once; null where nothing was.
 * @param {string} name
 * @returns {any}
 */
export function takeKept(name) {
  try {
    const kept = JSON.parse(sessionStorage.getItem(place(name)) ?? "null");
    sessionStorage.removeItem(place(name));
    const [how] = performance.getEntriesByType("navigation");
    const anew = /** @type {PerformanceNavigationTiming | undefined} */ (how)?.type === "reload";
    return anew && kept?.search === location.search ? kept.value : null;
  } catch {
    return null;
  }
}
