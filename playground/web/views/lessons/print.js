// @ts-check
/**
 * On paper: one scene a page, as it stands on the stage (what was not revealed stays a question).
 */
import { make } from "../../core/dom.js";
import { makeScene } from "./scene.js";

const PAGE = "lesson-print-page";

/**
 * @param {HTMLElement} box the stage
 * @param {{step: import("./types.js").Step, state: import("./types.js").StepState, where: string}[]} scenes none: what is on view
 */
export function printAll(box, scenes) {
  const sheets = make("div", "stage-sheets"),
    root = document.documentElement;
  root.classList.add(PAGE);
  if (scenes.length) box.append(sheets);
  box.classList.toggle("printing", scenes.length > 0);
  for (const { step, state, where } of scenes) {
    const sheet = make("div", "stage-sheet");
    sheets.append(sheet);
    makeScene(sheet, step, { where, set: () => {} }).update(state);
  }
  const end = () => {
    root.classList.remove(PAGE);
    box.classList.remove("printing");
    sheets.remove();
  };
  addEventListener("afterprint", end, { once: true });
  print();
}
