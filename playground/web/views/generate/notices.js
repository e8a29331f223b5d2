// @ts-check
/** What stands between the controls and the text: a problem, or how far the model's weights are. */
import { say } from "../../core/translate.js";
import { progressWords } from "./writing.js";

/**
 * @param {(name: string) => HTMLElement} part
 * @param {ReturnType<typeof import("./store.js").makeStore>} store
 */
export function makeNotices(part, store) {
  /** @type {HTMLElement | null} */
  let marked = null;
  part("problem").id = "generate-problem";
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
    /**
     * @param {string | null} sentence
     * @param {HTMLElement} [field] that it is about: it stands under it
     */
    problem(sentence, field) {
      const place = part("problem");
      marked?.removeAttribute("aria-invalid");
      marked?.removeAttribute("aria-describedby");
      marked = (sentence && field) || null;
      if (marked) {
        (marked.closest("label, .gen-search") ?? marked).after(place);
        marked.setAttribute("aria-invalid", "true");
        marked.setAttribute("aria-describedby", place.id);
      } else if (place.previousElementSibling !== part("top")) part("top").after(place);
      place.textContent = sentence ?? "";
      place.hidden = !sentence;
      if (sentence) hide();
    },
  };
}
