// @ts-check
/** The model on view and where it runs, in the masthead. */
import { showStatus } from "../../core/messages.js";
import { say } from "../../core/translate.js";

/**
 * A function that shows the status while the page is in sight.
 * @param {HTMLElement} element
 * @param {ReturnType<typeof import("./store.js").makeStore>} store
 */
export function statusOf(element, store) {
  const { state } = store;
  return () => {
    if (element.offsetParent === null) return;
    const title = say(store.entry()?.title ?? state.model);
    // where another program runs nobody here knows
    const where = state.model.startsWith("engine/") ? "" : ` · ${state.device || "CPU"}`;
    showStatus(title + where);
  };
}
