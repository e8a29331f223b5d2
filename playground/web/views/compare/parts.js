// @ts-check
/** What the parts of the Compare page are made of: fields, rows, tables, tables as files. */
import { asIs, inEveryLanguage, make } from "../../core/dom.js";
import { saveFile } from "../../core/download.js";
import { fixed, NOTHING } from "../../core/format.js";
import { announce } from "../../core/messages.js";
import { say, t } from "../../core/translate.js";
import { LARGEST_SEED } from "../../core/value.js";

export const SERIES = [
  "var(--chosen)",
  "var(--loop)",
  "var(--settled)",
  "var(--remasked)",
  "var(--escape)",
  "var(--raw)",
];
export const SYMBOLS = ["circle", "square", "diamond", "triangle-up", "x", "star"];

/** The measures of a row of a comparison that have an interval. */
const MEASURES = ["distinct1", "distinct2", "distinct3", "self_bleu", "perplexity", "repetition"];

/**
 * A control with its name above it. The control's name for a screen reader is the label alone,
 * without the options of a select.
 * @template {HTMLElement} E
 * @param {() => string} label @param {E} control @param {(() => string) | null} [hint] @param {string} [classes]
 */
export function field(label, control, hint, classes = "") {
  const host = make("label", `compare-field ${classes}`.trim()),
    name = make("span");
  host.append(name, control);
  inEveryLanguage(() => {
    name.textContent = label();
    control.setAttribute("aria-label", label());
    if (hint) host.title = hint();
  });
  return host;
}

/** @param {number} value @param {number} low @param {number} high @param {number} step */
export function numberInput(value, low, high, step) {
  const input = make("input");
  input.type = "number";
  input.min = String(low);
  input.max = String(high);
  input.step = String(step);
  input.value = String(value);
  return input;
}

/** @param {number} [largest] */
export const seedInput = (largest = LARGEST_SEED) => numberInput(0, 0, largest, 1);

/** The number in a field; null where it is empty. @param {HTMLInputElement} input */
export const numberIn = (input) => (input.value.trim() === "" ? null : Number(input.value));

/** @param {number} longest */
export function lineInput(longest) {
  const input = make("input");
  input.type = "text";
  input.maxLength = longest;
  return input;
}

/**
 * A select of [id, name]. A name that is a function, or a message of Python's, is ours and speaks
 * the visitor's language.
 * @param {[id: string, name: string | (() => string) | [id: string, values?: any]][]} options @param {string} [value]
 */
export function selectInput(options, value) {
  const select = make("select");
  for (const [id, name] of options) {
    const option = make("option");
    option.value = id;
    if (typeof name === "function") inEveryLanguage(() => (option.textContent = name()));
    else if (Array.isArray(name)) inEveryLanguage(() => (option.textContent = say(name)));
    else asIs(option).textContent = name;
    select.append(option);
  }
  if (value !== undefined) select.value = value;
  return select;
}

/** @param {number} rows @param {number} [longest] */
export function area(rows, longest = 4000) {
  const text = make("textarea");
  text.rows = rows;
  text.maxLength = longest;
  text.spellcheck = false;
  return text;
}

/**
 * A button that speaks the visitor's language.
 * @param {() => string} text @param {(() => string) | null} hint @param {() => void} act @param {string} [classes]
 */
export function press(text, hint, act, classes) {
  const element = make("button", classes);
  element.type = "button";
  inEveryLanguage(() => {
    element.textContent = text();
    if (hint) element.title = hint();
  });
  element.addEventListener("click", act);
  return element;
}

/**
 * An element whose text speaks the visitor's language.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {string} classes
 * @param {() => string} text
 */
export function spoken(tag, classes, text) {
  const element = make(tag, classes);
  inEveryLanguage(() => (element.textContent = text()));
  return element;
}

/** @param {...Node} nodes */
export function rowOf(...nodes) {
  const row = make("div", "compare-row");
  row.append(...nodes);
  return row;
}

/**
 * A part in its order: what to press and how it stands, the results, and beneath them what can be
 * changed.
 * @param {HTMLElement} box @param {Node[]} row the buttons and what is said of a run @param {Node[]} results @param {Node[]} fields
 */
export function arrange(box, row, results, fields) {
  const form = make("section", "compare-form");
  form.append(
    spoken("h2", "", () => t("Change it")),
    ...fields,
  );
  box.append(...row, ...results, form);
}

/** @param {() => string} [label] */
export function figurePlace(label) {
  const host = make("div", "compare-plot");
  host.setAttribute("role", "img");
  if (label) inEveryLanguage(() => host.setAttribute("aria-label", label()));
  return host;
}

/** A sentence whose **important** words are bold, as nodes. @param {string} text */
export const rich = (text) =>
  text.split("**").map((part, i) => (i % 2 ? make("b", "", part) : document.createTextNode(part)));

/** @param {string} text */
export function sentence(text) {
  const line = make("p", "say");
  line.replaceChildren(...rich(text));
  return line;
}

/** @param {string} text */
export const note = (text) => make("p", "compare-note", text);

/** @param {string} title @param {...Node} inside */
export function foldout(title, ...inside) {
  const more = make("details", "compare-more");
  more.append(make("summary", "", title), ...inside);
  return more;
}

/** A problem beside its field. */
export function problemLine() {
  const line = make("p", "problem");
  line.hidden = true;
  line.setAttribute("role", "alert");
  return line;
}

/** @param {string} text */
function headCell(text) {
  if (!text) return make("td");
  const cell = make("th", "", text);
  cell.scope = "col";
  return cell;
}

/**
 * A table in a frame that scrolls.
 * @param {string[]} heads
 * @param {(Node | string | number)[][]} rows
 */
export function tableOf(heads, rows) {
  const wrap = make("div", "compare-scroll"),
    table = make("table"),
    head = make("tr"),
    body = make("tbody"),
    top = make("thead");
  wrap.tabIndex = 0;
  wrap.setAttribute("role", "region");
  wrap.setAttribute("aria-label", t("Table"));
  head.append(...heads.map(headCell));
  top.append(head);
  for (const cells of rows) {
    const line = make("tr");
    line.append(
      ...cells.map((cell, i) => {
        const place = make("td", i ? "num" : "");
        place.append(cell instanceof Node ? cell : String(cell));
        return place;
      }),
    );
    body.append(line);
  }
  table.append(top, body);
  wrap.append(table);
  return wrap;
}

/**
 * A measure with its interval: "0.612 [0.580, 0.644]".
 * @param {[number, number | null, number | null] | null} triple
 * @param {number} [digits]
 */
export function measured(triple, digits = 3) {
  if (!triple) return NOTHING;
  const [value, low, high] = triple;
  return low === null || low === high
    ? fixed(value, digits)
    : `${fixed(value, digits)} [${fixed(low, digits)}, ${fixed(high, digits)}]`;
}

/**
 * A cell that a spreadsheet would run as a formula begins with an apostrophe instead.
 * @param {unknown} cell
 */
function csvCell(cell) {
  let text = cell === null || cell === undefined ? "" : String(cell);
  if (typeof cell === "string" && /^[=+\-@\t\r]/.test(text)) text = "'" + text;
  return /[",\n\r]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
}

/** Saves rows as a CSV file. @param {string} name @param {unknown[][]} rows */
export function saveCsv(name, rows) {
  const text = rows.map((cells) => cells.map(csvCell).join(",") + "\r\n").join("");
  saveFile(name, new Blob([text], { type: "text/csv" }));
  announce(t("Saved {name}.", { name }));
}

/** The columns of a CSV file for the measures with their intervals, and a row's cells for them. */
export const measureHeads = () => MEASURES.flatMap((name) => [name, name + "_low", name + "_high"]);
/** @param {any} row */
export const measureCells = (row) => MEASURES.flatMap((name) => row[name] ?? [null, null, null]);
