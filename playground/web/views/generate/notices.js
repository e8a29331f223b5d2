// @ts-check
/** What stands between the controls and the text: a problem, or how far the model's weights are. */
import { say } from "../../core/translate.js";
import { progressWords } from "./writing.js";

/**
 * @param {(name: string) => HTMLElement} part
 * @param {ReturnType<typeof import("./store.js").makeStore>} store
 */
export function makeNotices(part, store) {
  const hide = () => {
    part("progress").hidden = true;
  };
  return {
    hide,
    /** @param {any} progress @param {string | null} model */
    progress(progress, model) {
      if (model !== null) store.state.models[model] = progress;
      const entry = store.entry(model ?? undefined),
        shown = progressWords(progress, say(entry?.title ?? model ?? ""));
      if (!shown) return hide();
      const bar = /** @type {HTMLProgressElement} */ (part("progress-bar"));
      if (shown.share === null) bar.removeAttribute("value");
      else bar.value = shown.share;
      part("progress-words").textContent = shown.words;
      part("progress").hidden = false;
    },
    /** @param {string | null} sentence */
    problem(sentence) {
      part("problem").textContent = sentence ?? "";
      part("problem").hidden = !sentence;
      if (sentence) hide();
    },
  };
}
