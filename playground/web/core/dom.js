// @ts-check
/**
 * Elements. Text always goes in as textContent: nothing here, and nothing in playground/web, makes
 * markup out of a value.
 */
import { onLanguage } from "./translate.js";

const SVG = "http://www.w3.org/2000/svg";

/**
 * What the model, the visitor or a file wrote is never translated, even where a token is called
 * "Play". `make` and `node` mark the elements of these classes; others are marked with `asIs`.
 */
const AS_IS = new Set(
  (
    "t tok src prompt prose-prompt prose-token tree-text tree-prose tree-own logits-token compare-text compare-prompt compare-common " +
    "strategy-first home-text live-text locked name lanenames label-line canvas-words canvas-example figure-name"
  ).split(" "),
);

/**
 * Marks an element whose text no translation may touch.
 * @template {Element} E
 * @param {E} element
 * @returns {E}
 */
export function asIs(element) {
  element.setAttribute("translate", "no");
  return element;
}

/** @template {Element} E @param {E} element @param {string} classes @returns {E} */
function classed(element, classes) {
  element.setAttribute("class", classes);
  if (classes.split(" ").some((name) => AS_IS.has(name))) asIs(element);
  return element;
}

/**
 * An element with a class and a text.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {string} [classes] @param {string | number} [text] @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, classes, text) {
  const element = document.createElement(tag);
  if (classes) classed(element, classes);
  if (text !== undefined) element.textContent = String(text);
  return element;
}

/** @typedef {Node | string | (() => string | (string | Node)[])} Child */

/**
 * A part of a view's skeleton: an element with attributes and children, made once.
 *
 * A text, of a child or of an attribute, may be a function: it is asked now and again whenever the
 * language changes, so
 * `node("h2", {}, () => t("Time"))` speaks every language. One that stands alone may give several:
 * `node("label", {}, () => pieces("Start in {state}", { state: select }))`. `part: "seed"` gives the element the name by which `partsOf` finds it,
 * `class` its classes; a value of false or null leaves an attribute out, true sets it empty.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string | number | boolean | null | (() => string)>} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function node(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === false) continue;
    if (name === "class") classed(element, String(value));
    else if (name === "part") element.dataset.part = String(value);
    else if (typeof value === "function")
      inEveryLanguage(() => element.setAttribute(name, value()));
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) {
    if (typeof child !== "function") element.append(child);
    else if (children.length === 1)
      inEveryLanguage(() => element.replaceChildren(...[child()].flat()));
    else {
      const text = document.createTextNode("");
      element.append(text);
      inEveryLanguage(() => {
        text.data = [child()].flat().join("");
      });
    }
  }
  return element;
}

/** Runs `write` now and whenever the language changes. @param {() => void} write */
export function inEveryLanguage(write) {
  write();
  onLanguage(write);
}

/**
 * An element of a drawing (SVG).
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag @param {Record<string, string | number>} [attributes] @param {...Node} children @returns {SVGElementTagNameMap[K]}
 */
export function drawSvg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/**
 * A text in a drawing.
 * @param {string} text
 * @param {Record<string, string | number>} [attributes]
 */
export function svgText(text, attributes) {
  const element = drawSvg("text", attributes);
  element.textContent = text;
  return element;
}

/** What a pointer that rests on an element of a drawing reads. @param {string} text */
export function svgTitle(text) {
  const element = drawSvg("title");
  element.textContent = text;
  return element;
}

/**
 * A button. @param {string} text @param {string | null} explanation its title @param {() => void} act @param {string} [classes]
 */
export function button(text, explanation, act, classes) {
  const element = make("button", classes, text);
  element.type = "button";
  if (explanation) element.title = explanation;
  element.addEventListener("click", act);
  return element;
}

/**
 * Finds the parts of a view by their names (`node("input", {part: "seed"})`). Throws an Error for a name that is not there.
 *
 * `part` gives any element; `input`, `select` and `canvas` say what kind it is.
 * @param {Element} root
 */
export function partsOf(root) {
  /** @template {Element} E @param {string} name @returns {E} */
  const found = (name) => {
    const element = root.querySelector(`[data-part="${name}"]`);
    if (!element) throw new Error(`this view has no part ${name}`);
    return /** @type {E} */ (element);
  };
  return {
    /** @param {string} name @returns {HTMLElement} */
    part: (name) => found(name),
    /** @param {string} name @returns {HTMLInputElement} */
    input: (name) => found(name),
    /** @param {string} name @returns {HTMLSelectElement} */
    select: (name) => found(name),
    /** @param {string} name @returns {HTMLButtonElement} */
    press: (name) => found(name),
    /** @param {string} name @returns {HTMLCanvasElement} */
    canvas: (name) => found(name),
  };
}

/**
 * A row of buttons of which one is chosen; the answer is a function that shows which.
 * @param {HTMLElement} host
 * @param {{value: any, label: () => string}[]} items
 * @param {() => string} label
 * @param {(value: any) => void} pick
 * @returns {(value: any) => void}
 */
export function choices(host, items, label, pick) {
  host.setAttribute("role", "group");
  inEveryLanguage(() => host.setAttribute("aria-label", label()));
  const buttons = items.map((item) => {
    const one = node("button", { type: "button", class: "choice" }, item.label);
    one.addEventListener("click", () => pick(item.value));
    return one;
  });
  host.replaceChildren(...buttons);
  return (value) =>
    buttons.forEach((one, i) => one.setAttribute("aria-pressed", String(items[i].value === value)));
}

/**
 * Fills a select with options, keeping its elements.
 * @param {HTMLSelectElement} select
 * @param {[value: string | number, text: string][]} options
 */
export function fillSelect(select, options) {
  while (select.options.length > options.length) select.remove(select.options.length - 1);
  while (select.options.length < options.length) select.add(new Option("", ""));
  options.forEach(([value, text], i) => {
    select.options[i].value = String(value);
    select.options[i].text = text;
  });
}

/**
 * A text of at most so many characters, "…" where it was cut.
 * @param {string | number} text
 * @param {number} length
 */
export function clip(text, length) {
  const characters = [...String(text)];
  return characters.length > length
    ? characters.slice(0, length - 1).join("") + "…"
    : characters.join("");
}

/**
 * Names of at most so many characters that can still be told apart: where their beginnings are the
 * same, the last two characters stay. @param {string[]} names @param {number} length
 */
export function clipEach(names, length) {
  const short = names.map((name) => clip(name, length));
  if (new Set(short).size === new Set(names).size) return short;
  return names.map((name) => {
    const characters = [...name];
    if (characters.length <= length) return name;
    return characters.slice(0, length - 3).join("") + "…" + characters.slice(-2).join("");
  });
}

/** Plain data once more, sharing nothing. @template T @param {T} value @returns {T} */
export const clone = (value) => JSON.parse(JSON.stringify(value));

/** Whether the visitor's system asks for little movement. */
export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** @param {number} code */
const isHidden = (code) =>
  code < 32 ||
  code === 127 ||
  code === 0xad ||
  code === 0xa0 ||
  (code >= 0x200b && code <= 0x200f) ||
  (code >= 0x2028 && code <= 0x202e) ||
  (code >= 0x2060 && code <= 0x2069) ||
  code === 0xfeff;

/** @type {Record<string, string>} */
const SHOWN = { " ": "·", "\n": "↵", "\t": "⇥", "\ufffd": "▯" };

/**
 * A token as the reader sees it: spaces as a raised dot, newlines and tabs as arrows, invisible and
 * direction marks by their code.
 * @param {string | number} text
 */
export function visible(text) {
  let out = "";
  for (const character of String(text)) {
    const code = /** @type {number} */ (character.codePointAt(0));
    if (character in SHOWN) out += SHOWN[character];
    else if (isHidden(code)) out += "‹" + code.toString(16).toUpperCase().padStart(4, "0") + "›";
    else out += character;
  }
  return out || "∅";
}
