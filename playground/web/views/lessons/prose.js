// @ts-check
/**
 * The text of a lesson file as elements: **bold**, *emphasis*, `code`, [[a control]], a letter with
 * an index (T_c); everything else is text.
 */
import { make } from "../../core/dom.js";

/** @param {string} text @returns {Node[]} */
export function rich(text) {
  return text
    .split(/(\[\[[^\]]+\]\]|\*\*[^*]+\*\*|\*[^*]+\*|`[^`]+`|\bT_c\b)/)
    .filter(Boolean)
    .map((part) => {
      if (part.startsWith("[[")) return make("span", "stage-control", part.slice(2, -2));
      if (part.startsWith("**")) return make("b", "", part.slice(2, -2));
      if (part.startsWith("*") && part.length > 2) return make("em", "", part.slice(1, -1));
      if (part.startsWith("`")) return make("code", "", part.slice(1, -1));
      if (part === "T_c") return lowered("T", "c");
      return document.createTextNode(part);
    });
}

/** @param {string} letter @param {string} index */
function lowered(letter, index) {
  const element = make("span", "stage-index", letter);
  element.append(make("sub", "", index));
  return element;
}

/** The same without its marks. @param {string} text */
export const bare = (text) =>
  text.replace(/\[\[([^\]]+)\]\]|\*\*([^*]+)\*\*|\*([^*]+)\*|`([^`]+)`/g, "$1$2$3$4");

/** @param {string} text @param {string} [classes] */
export function paragraph(text, classes = "") {
  const element = make("p", classes);
  element.append(...rich(text));
  return element;
}
