// @ts-check
/** How much of the page is on view: Simple, Rules or Numbers. */
import { node } from "../../core/dom.js";
import { readLink } from "../../core/link.js";
import { t } from "../../core/translate.js";

/** @type {[value: string, text: () => string][]} */
const DEPTHS = [
  ["simple", () => t("Simple")],
  ["rules", () => t("Rules")],
  ["numbers", () => t("Numbers")],
];

/**
 * Radio buttons: one stop of the Tab key. The address says which is chosen first; the view has it
 * as a class.
 * @param {HTMLElement} host @param {HTMLElement} view @param {string} first @param {() => void} changed
 */
export function depthChoice(host, view, first, changed) {
  let value = first;
  const boxes = DEPTHS.map(([name, text]) => {
    const box = node("input", { type: "radio", name: "generate-depth", value: name });
    box.addEventListener("change", () => change(name));
    host.append(node("label", {}, box, node("span", {}, text)));
    return box;
  });
  /** @param {string} depth */
  function choose(depth) {
    if (!DEPTHS.some(([name]) => name === depth)) return;
    value = depth;
    for (const box of boxes) box.checked = box.value === depth;
    for (const [name] of DEPTHS) view.classList.toggle("depth-" + name, name === depth);
  }
  /** @param {string} depth */
  function change(depth) {
    choose(depth);
    changed();
  }
  const { tab, query } = readLink();
  const asked = tab === "generate" ? query.get("depth") : null;
  choose(DEPTHS.some(([name]) => name === asked) ? String(asked) : first);
  return {
    choose: change,
    get value() {
      return value;
    },
  };
}
