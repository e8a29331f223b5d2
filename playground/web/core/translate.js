// @ts-check
/**
 * The interface in the visitor's language. The English text is the message id; a hole is `{name}`.
 *
 * English only for now: the words of the page are still put in by playground/words, which watches what is written.
 */

/** @typedef {string | number | Node | Message} Value */
/** A message that came from Python: its id, or the id with values and perhaps a plural id.
 *  @typedef {string | [string, Record<string, any>] | [string, Record<string, any>, string]} Message */

/** The language's tag (BCP 47), for everything of Intl. @returns {string} */
export function locale() {
  return "en";
}

/** @param {any} value @returns {string} */
function written(value) {
  if (typeof value === "number") return number(value);
  return Array.isArray(value) ? say(/** @type {any} */ (value)) : String(value);
}

/** @param {string} text @param {Record<string, any>} [values] */
function filled(text, values) {
  if (!values) return text;
  return text.replace(/\{(\w+)\}/g, (hole, name) =>
    Object.hasOwn(values, name) ? written(values[name]) : hole,
  );
}

/**
 * A text in the visitor's language. The first argument is one literal.
 * @param {string} id @param {Record<string, any>} [values] @returns {string}
 */
export function t(id, values) {
  return filled(id, values);
}

/**
 * A text with a plural; the hole `{n}` is n.
 * @param {string} one @param {string} other @param {number} n @param {Record<string, any>} [values] @returns {string}
 */
export function nt(one, other, n, values) {
  return filled(n === 1 ? one : other, { n, ...values });
}

/** Marks a text that `say` draws later. @param {string} id */
export function mark(id) {
  return id;
}

/** A message that came from Python. @param {Message | null | undefined} message @returns {string} */
export function say(message) {
  if (message === null || message === undefined) return "";
  if (typeof message === "string") return message;
  const [id, values, plural] = message;
  return plural === undefined
    ? filled(id, values)
    : nt(id, plural, Number(values.n ?? values.count ?? 0), values);
}

/**
 * A sentence with marked-up words in it, as what `element.append` takes.
 * @param {string} id @param {Record<string, Value>} values @returns {(string | Node)[]}
 */
export function pieces(id, values) {
  return id
    .split(/(\{\w+\})/)
    .filter(Boolean)
    .map((part) => {
      const name = /^\{(\w+)\}$/.exec(part)?.[1];
      if (name === undefined || !Object.hasOwn(values, name)) return part;
      const value = values[name];
      return value instanceof Node ? value : written(value);
    });
}

/** A number in the language's own form. @param {number} value @param {Intl.NumberFormatOptions} [options] */
export function number(value, options) {
  return new Intl.NumberFormat(locale(), options).format(value);
}

/** A date in the language's own form. @param {Date | number} value @param {Intl.DateTimeFormatOptions} [options] */
export function date(value, options) {
  return new Intl.DateTimeFormat(locale(), options).format(value);
}

/** `draw()` after the language changed. @param {() => void} draw @returns {() => void} ends it */
export function onLanguage(draw) {
  void draw;
  return () => {};
}

/** A query ("?tab=...") with the language and the projector where the visitor chose them. @param {string} query */
export function view(query) {
  const words = /** @type {any} */ (window).playgroundWords;
  return words?.view(query) ?? query;
}
