// Messages in the visitor's language: marked where they stand, English text is the id, `{name}` is
// a hole.
//
//   t("Copy link")  t("{shown} of {total}", {shown, total})  nt("{n} token", "{n} tokens", n)
// say(message from Python)
//
// The tables come from playground/i18n (settings in the page's head); nothing is fetched in
// English. A module that imports this one is evaluated when the table is there, so every text is
// ready at once. Numbers are written in the language's own form.

/**
 * @typedef {string | [id: string, values?: Object<string, any>, plural?: string]} WireMessage a message of Python's
 */
/** @typedef {string | number | WireMessage | undefined} Value */
/**
 * @typedef {{names: Object<string, string>, tables: Object<string, string>, start?: string}} Settings start: before the browser's own
 */

const HOLE = /\{([A-Za-z_]\w*)\}/g;
const KEPT = "playground-language";

/** @type {Settings} */
const settings = JSON.parse(
  document.getElementById("playground-languages")?.textContent ||
    '{"names": {"en": "English"}, "tables": {}}',
);
/** {code: the language's own name}, in the order of the menu. */
export const languages = settings.names;

let language = "en";
let chosen = false; // by the address or the menu, not by the browser's own language
/** @type {Object<string, any>} */
let table = {};
let turns = 0;
/** @type {Set<() => void>} */
const listeners = new Set();
/** @type {Map<string, Intl.NumberFormat>} */
const formats = new Map();

/** The language's code: "en", "de", "es" or "zh". */
export const current = () => language;

/** The language's tag for Intl and for `lang` attributes. */
export const locale = () => (language === "zh" ? "zh-Hans" : language);

// Messages
// -------------------------------------------------------------------------------------------------

/**
 * The message in the visitor's language.
 * @param {string} id a literal
 * @param {Object<string, Value>} [values]
 */
export function t(id, values) {
  return filled(text_of(id), values);
}

/**
 * The message for `n` things, in the plural form of the language; `{n}` is their number.
 * @param {string} singular
 * @param {string} plural
 * @param {number} n
 * @param {Object<string, Value>} [values]
 */
export function nt(singular, plural, n, values) {
  return counted(singular, plural, n, values);
}

/** @param {Object<string, Value>} [values] */
function counted(
  /** @type {string} */ singular,
  /** @type {string} */ plural,
  /** @type {number} */ n,
  values,
) {
  const forms = own(table, singular);
  const found = Array.isArray(forms)
    ? forms[Number(table[""].plural[form_index(n)])]
    : n === 1
      ? singular
      : plural;
  return filled(found, { ...values, n });
}

/**
 * A message that came from Python (or a marked constant) in the visitor's language.
 * @param {WireMessage | null | undefined} message
 * @returns {string}
 */
export function say(message) {
  if (message === null || message === undefined) return "";
  if (!Array.isArray(message)) return text_of(String(message));
  const [id, values = {}, plural] = message;
  return plural === undefined
    ? filled(text_of(id), values)
    : counted(id, plural, Number(values.n), values);
}

/** The text itself: marks a constant that `say` puts into the language when it is drawn. */
export const mark = (/** @type {string} */ text) => text;

/**
 * The message as strings and nodes, for `element.append(...pieces(…))`: values that are nodes stand
 * in their holes.
 * @param {string} id
 * @param {Object<string, Value | Node>} values
 * @returns {(string | Node)[]}
 */
export function pieces(id, values) {
  return text_of(id)
    .split(/(\{[A-Za-z_]\w*\})/)
    .filter((part) => part)
    .map((part) => {
      const value = part.startsWith("{") ? own(values, part.slice(1, -1)) : undefined;
      return value instanceof Node ? value : value === undefined ? part : shown(value);
    });
}

const own = (/** @type {any} */ held, /** @type {string} */ name) =>
  Object.hasOwn(held, name) ? held[name] : undefined;

function text_of(/** @type {string} */ id) {
  const found = id === "" ? undefined : own(table, id);
  return typeof found === "string" ? found : id;
}

function filled(/** @type {string} */ text, /** @type {Object<string, Value>} */ values = {}) {
  return text.replace(HOLE, (hole, name) => {
    const value = own(values, name);
    return value === undefined ? hole : shown(value);
  });
}

/** @returns {string} */
function shown(/** @type {any} */ value) {
  if (typeof value === "number") return number(value);
  return Array.isArray(value) ? say(/** @type {any} */ (value)) : String(value);
}

/**
 * Which entry of the table's list of forms: gettext's formulas repeat every hundred; a fraction
 * counts as several.
 */
function form_index(/** @type {number} */ n) {
  const size = Math.abs(n);
  if (!Number.isInteger(size)) return 100;
  return size < 200 ? size : 100 + (size % 100);
}

// Numbers and dates
// -------------------------------------------------------------------------------------------------

/**
 * A number in the language's own form (11066: de 11.066). Without options every digit is kept.
 * @param {number} value
 * @param {Intl.NumberFormatOptions} [options]
 */
export function number(value, options) {
  const size = Math.abs(value);
  options ??=
    size !== 0 && (size < 1e-6 || size >= 1e15)
      ? { notation: "scientific", maximumSignificantDigits: 17 }
      : { maximumFractionDigits: 20 };
  const key = language + JSON.stringify(options);
  let format = formats.get(key);
  if (!format) formats.set(key, (format = new Intl.NumberFormat(locale(), options)));
  return format.format(value);
}

// The choice
// -------------------------------------------------------------------------------------------------

/**
 * Calls `draw` after each change of the language. Returns the function that ends this.
 * @param {() => void} draw
 */
export function onLanguage(draw) {
  listeners.add(draw);
  return () => listeners.delete(draw);
}

/**
 * Changes the language on the open page, and keeps the choice. Resolves to false where its table
 * cannot be fetched: all stays as it is.
 * @param {string} name
 */
export async function choose(name) {
  if (!Object.hasOwn(languages, name)) return false;
  if (!(await turn(name))) return false;
  chosen = true;
  for (const kind of ["localStorage", "sessionStorage"]) store(kind)?.setItem(KEPT, name);
  document.dispatchEvent(new CustomEvent("playground:language", { detail: name }));
  return true;
}

/** A link's query with the language and the large type that the visitor chose. */
export function view(/** @type {string} */ query) {
  const more = [];
  if (chosen) more.push("lang=" + language);
  if (document.documentElement.classList.contains("projector")) more.push("projector=1");
  return more.length ? query + (query.includes("?") ? "&" : "?") + more.join("&") : query;
}

/** Fetches the table of a language and draws everything in it; the last of several calls wins. */
async function turn(/** @type {string} */ name) {
  const mine = ++turns;
  let fetched = {};
  if (name !== "en") {
    try {
      const answer = await fetch(new URL(settings.tables[name], document.baseURI));
      if (!answer.ok) throw new Error(String(answer.status));
      fetched = await answer.json();
    } catch {
      const detail = t("The words of this language could not be fetched; the page stays as it is.");
      document.dispatchEvent(new CustomEvent("playground:say", { detail }));
      return false;
    }
  }
  if (mine !== turns) return false;
  [language, table] = [name, fetched];
  document.documentElement.lang = locale();
  for (const draw of listeners) draw();
  return true;
}

/** The language that was asked for: by the address, this visit, an earlier one, the browser. */
function wanted() {
  const asked = new URLSearchParams(location.search).get("lang");
  if (asked && Object.hasOwn(languages, asked)) store("sessionStorage")?.setItem(KEPT, asked);
  const kept = store("localStorage")?.getItem(KEPT);
  chosen = Boolean(asked || kept);
  const mine = [asked, store("sessionStorage")?.getItem(KEPT), kept];
  const names = [...mine, settings.start, ...navigator.languages];
  const short = names.map((name) => (name ?? "").slice(0, 2).toLowerCase());
  return short.find((name) => Object.hasOwn(languages, name)) ?? "en";
}

/** @returns {Storage | null} null where the browser allows none */
function store(/** @type {string} */ kind) {
  try {
    return /** @type {any} */ (window)[kind];
  } catch {
    return null;
  }
}

const first = wanted();
if (first !== "en") await turn(first);
