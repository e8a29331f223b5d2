// @ts-check
/** Which parts of the page are on view, and what the buttons are called, by what there is. */
import { clip } from "../../core/dom.js";
import { say, t } from "../../core/translate.js";

/**
 * @param {object} page
 * @param {HTMLElement} page.view
 * @param {ReturnType<typeof import("../../core/dom.js").partsOf>} page.parts
 * @param {ReturnType<typeof import("./store.js").makeStore>} page.store
 * @param {ReturnType<typeof import("./rules.js").makeRules>} page.rules
 * @param {ReturnType<typeof import("./draw_strip.js").makeDrawStrip>} page.strip
 * @param {ReturnType<typeof import("./links.js").makeLinks>} page.links
 * @param {ReturnType<typeof import("./controls.js").makeControls>} page.controls
 * @param {ReturnType<typeof import("./writing.js").makeWriting>} page.writing
 */
export function showLayout({ view, parts, store, rules, strip, links, controls, writing }) {
  const { part } = parts,
    { state } = store;
  const scoring = state.mode === "score",
    any = store.frames().length > 0,
    running = writing.running,
    writeButton = parts.press("write");
  view.classList.toggle("running", running);
  part("setup-words").textContent =
    say(store.entry()?.title) + (scoring ? "" : ` · ${clip(controls.prompt.value, 40)}`);
  part("write-fields").hidden = scoring;
  part("score-fields").hidden = !scoring;
  writeButton.textContent = running ? t("Stop") : scoring ? t("Score") : t("New text");
  writeButton.classList.toggle("stop", running);
  part("on").hidden = scoring || store.here()?.kind === "score";
  part("shades").hidden = store.here()?.kind !== "score";
  part("hint").hidden = any;
  part("hint").textContent = running
    ? t("The model is reading the prompt …")
    : scoring
      ? t("Press Play: each token is coloured by how much it surprises the model.")
      : t("Press Play: the model writes, token by token.");
  if (!any) {
    rules.clear();
    strip.clear();
    part("sentence").replaceChildren();
  }
  part("left").classList.toggle("gen-empty", !any);
  for (const name of ["figures", "many", "link", "embed", "qr", "escape", "gates"])
    part(name).hidden = !any;
  links.ready(any);
  part("chat-field").hidden = !store.entry()?.chat;
  part("model-note").textContent = say(store.entry()?.note);
}
