// @ts-check
/** The keys of the stage, in a dialog. */
import { button, make } from "../../core/dom.js";
import { t } from "../../core/translate.js";

/** @returns {[string, string][]} */
const keys = () => [
  ["→ ←", t("next step, step before")],
  [t("Space, PgDn"), t("reveal, then go on (what a clicker sends)")],
  ["R", t("reveal, or take the truth away again")],
  ["1 … 9", t("choose")],
  ["V", t("let the class vote, where one is open")],
  ["B", t("black screen until any key")],
  ["F", t("full screen")],
];

export function showKeys() {
  const dialog = make("dialog", "glossary lesson-keys"),
    head = make("div", "glossary-head"),
    list = make("dl");
  head.append(
    make("h2", "", t("Keys")),
    button(t("Close"), null, () => dialog.close()),
  );
  for (const [key, text] of keys()) {
    const term = make("dt");
    term.append(make("kbd", "", key));
    list.append(term, make("dd", "", text));
  }
  dialog.append(head, list);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
