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
 * Radio buttons: one stop of the Tab key. The address says which is chosen first.
 * @param {HTMLElement} host @param {string} first @param {(depth: string) => void} chosen
 */
export function depthChoice(host, first, chosen) {
  let value = first;
  const boxes = DEPTHS.map(([name, text]) => {
    const box = node("input", { type: "radio", name: "generate-depth", value: name });
    box.addEventListener("change", () => choose(name));
    host.append(node("label", {}, box, node("span", {}, text)));
    return box;
  });
  /** @param {string} depth */
  function choose(depth) {
    if (!DEPTHS.some(([name]) => name === depth)) return;
    value = depth;
    for (const box of boxes) box.checked = box.value === depth;
    chosen(depth);
  }
  const { tab, query } = readLink();
  const asked = tab === "generate" ? query.get("depth") : null;
  choose(DEPTHS.some(([name]) => name === asked) ? String(asked) : first);
  return {
    choose,
    get value() {
      return value;
    },
  };
}
