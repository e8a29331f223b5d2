// @ts-check
/**
 * A text whose writing was cut off by a reload: Gradio loads the page anew when it takes up a lost
 * connection. It is kept in this tab and comes back; every step can be computed anew from prompt,
 * settings and seed, so "Continue from here" goes on as if nothing had happened.
 */
const KEPT = "playground:interrupted";

/** Before the page goes: `trace()` is the text that is being written, null where none is. @param {() => any} trace */
export function keepWhenLeaving(trace) {
  window.addEventListener("pagehide", () => {
    const text = trace();
    if (!text) return;
    try {
      sessionStorage.setItem(KEPT, JSON.stringify({ search: location.search, trace: text }));
    } catch {
      /* longer than this browser keeps */
    }
  });
}

/** The text that was cut off at this address, once; null where none was. @returns {any} */
export function takeKept() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
    sessionStorage.removeItem(KEPT);
    return kept?.search === location.search && kept.trace?.steps?.length ? kept.trace : null;
  } catch {
    return null;
  }
}
