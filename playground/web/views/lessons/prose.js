// @ts-check
/** The text of a lesson file as elements: **bold**, *emphasis*, `code` and tables; everything else is text. */
import { make } from "../../core/dom.js";

/** @param {string} text @returns {Node[]} */
export function rich(text) {
  return text
    .split(/(\*\*[^*]+\*\*|\*[^*]+\*|`[^`]+`)/)
    .filter(Boolean)
    .map((part) => {
      if (part.startsWith("**")) return make("b", "", part.slice(2, -2));
      if (part.startsWith("*") && part.length > 2) return make("em", "", part.slice(1, -1));
      if (part.startsWith("`")) return make("code", "", part.slice(1, -1));
      return document.createTextNode(part);
    });
}

/** @param {string} text @param {string} [classes] */
export function paragraph(text, classes = "") {
  const element = make("p", classes);
  element.append(...rich(text));
  return element;
}

/** @param {string[]} rows lines of Markdown, the first one the head */
function table(rows) {
  const element = make("table", "lesson-table");
  rows.forEach((row, i) => {
    const line = make("tr");
    for (const text of row.replace(/^\||\|$/g, "").split("|")) {
      const cell = make(i ? "td" : "th");
      cell.append(...rich(text.trim()));
      line.append(cell);
    }
    element.append(line);
  });
  return element;
}

/** Paragraphs and tables, in order. @param {string[]} lines @returns {HTMLElement[]} */
export function prose(lines) {
  /** @type {HTMLElement[]} */
  const elements = [];
  /** @type {string[]} */
  let rows = [];
  for (const text of [...lines, ""]) {
    if (text.startsWith("|")) {
      if (!/^\|[-| :]+\|$/.test(text)) rows.push(text);
      continue;
    }
    if (rows.length) elements.push(table(rows));
    rows = [];
    if (text) elements.push(paragraph(text));
  }
  return elements;
}
