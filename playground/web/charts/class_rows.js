// @ts-check
/**
 * A class beside the model in the same rows: a dot a person over the bar of the model's
 * probability, on one scale. n of N dots end where a bar of n/N ends, so the eye compares lengths.
 * Where dots would stand closer than 6 px an outlined bar takes their place.
 */
import { asIs, make, visible } from "../core/dom.js";
import { fixed, raised, withoutZero } from "../core/format.js";
import { nt, t } from "../core/translate.js";

/**
 * @typedef {object} ClassRow
 * @property {string} name as it is, never translated, unless `ours`
 * @property {number} count how many of the class
 * @property {number | null} [p] the model's probability; null or undefined: the model says nothing about it
 * @property {boolean} [drawn]
 * @property {boolean} [truth]
 * @property {boolean} [mine]
 * @property {boolean} [outside] a guess that is not among the model's rows
 * @property {boolean} [rest] what nobody guessed
 * @property {boolean} [ours] the name is a word of the page
 * @property {boolean} [words] the name is no token: its spaces are spaces
 * @property {string} [tag] a few words behind the bar
 */

const CLOSEST = 6; // pixels between two dots

/**
 * A probability for rows: .479, .0001; below that its first digit and the power of ten, 9·10⁻⁶.
 * @param {number} p
 */
export function share(p) {
  if (p === 0) return "0";
  if (p < 0.00005) {
    const [digit, power] = p.toExponential(0).split("e-");
    return `${digit}·10⁻${raised(power)}`;
  }
  return withoutZero(fixed(p, p < 0.0005 ? 4 : 3));
}

/** What a screen reader says of a row. @param {ClassRow} row @param {number} total */
function spoken(row, total) {
  const said = [
    row.name,
    row.p === null || row.p === undefined ? "" : t("model {p}", { p: share(row.p) }),
    row.rest ? "" : t("class {count} of {total}", { count: row.count, total }),
    row.drawn ? t("drawn") : "",
    row.truth ? t("right") : "",
    row.mine ? t("yours") : "",
  ];
  return said.filter(Boolean).join(", ");
}

/**
 * @param {ClassRow} row
 * @param {number} total
 * @param {number} axis
 * @param {number} first dots before this row
 */
function track(row, total, axis, first) {
  const element = make("span", "class-track");
  for (let k = 0; k < row.count; k++) {
    const dot = make("i", row.mine && !k ? "class-dot mine" : "class-dot");
    dot.style.left = `${(100 * (k + 0.5)) / total / axis}%`;
    dot.style.setProperty("--i", String(first + k));
    element.append(dot);
  }
  const people = make("i", "class-people");
  people.style.width = `${(100 * row.count) / Math.max(1, total) / axis}%`;
  element.append(people);
  const length = row.p === null || row.p === undefined ? 0 : (100 * row.p) / axis;
  if (row.p) {
    const bar = make("i", "class-model");
    bar.style.width = `${length}%`;
    element.append(bar);
  }
  if (row.tag) {
    const tag = make("span", "class-tag", row.tag);
    tag.style.left = `${length}%`;
    element.append(tag);
  }
  return element;
}

/** @param {ClassRow} row @param {number} total @param {number} axis @param {number} first */
function line(row, total, axis, first) {
  const marks = ["drawn", "truth", "mine", "outside", "rest"].filter((name) =>
    Boolean(/** @type {any} */ (row)[name]),
  );
  const element = make("div", ["class-row", ...marks].join(" "));
  element.setAttribute("role", "listitem");
  element.setAttribute("aria-label", spoken(row, total));
  const name = make(
    "span",
    "class-name",
    row.ours || row.words ? row.name : visible(row.name.trim()),
  );
  if (!row.ours) asIs(name);
  const figure = row.p === null || row.p === undefined ? String(row.count) : share(row.p);
  element.append(name, track(row, total, axis, first), make("span", "class-number", figure));
  return element;
}

/**
 * The rows as an element. @param {ClassRow[]} rows @param {number} total how many of the class answered
 * @param {{moving?: boolean, label?: string}} [options] moving: the dots come one after another, then the bars grow
 */
export function classRows(rows, total, { moving = false, label } = {}) {
  const list = make("div", moving ? "class-rows moving" : "class-rows");
  list.style.setProperty("--count", String(rows.length));
  list.setAttribute("role", "list");
  list.setAttribute("aria-label", label ?? t("The class beside the model"));
  const longest = Math.max(
    ...rows.map((row) => Math.max(row.p ?? 0, row.count / Math.max(1, total))),
  );
  const axis = Math.min(1, Math.max(0.05, longest * 1.18));
  let first = 0;
  for (const row of rows) {
    list.append(line(row, Math.max(1, total), axis, first));
    first += row.count;
  }
  const fit = () => {
    const width = list.querySelector(".class-track")?.clientWidth ?? 0,
      pitch = width / Math.max(1, total) / axis;
    list.classList.toggle("dense", width > 0 && pitch < CLOSEST);
    list.style.setProperty("--pitch", `${pitch}px`);
  };
  new ResizeObserver(fit).observe(list);
  return list;
}

/** What the marks mean. @param {{model?: boolean, drawn?: boolean}} has */
export function classKey({ model = true, drawn = false }) {
  const key = make("p", "class-key");
  /** @param {string} classes @param {string} text */
  const one = (classes, text) => {
    const entry = make("span");
    entry.append(make("i", classes), text);
    key.append(entry);
  };
  one("key-person", t("one of you"));
  if (model) one("key-model", t("model, same scale"));
  if (drawn) one("key-drawn", t("drawn"));
  return key;
}

/**
 * Where numbers were guessed: one dot a person over a line from low to high, the truth as a mark.
 */
export class NumberLine {
  /**
   * @param {{low: number, high: number, values: number[], mine?: number | null, truth?: number | null, digits: number}} figure
   */
  constructor({ low, high, values, mine = null, truth = null, digits }) {
    const element = (this.element = make("div", "class-line"));
    const span = high - low || 1,
      columns = 24;
    /** @type {number[]} */
    const heights = Array(columns + 1).fill(0);
    element.setAttribute("role", "img");
    element.setAttribute("aria-label", spokenNumbers(values, truth, digits));
    const dots = make("div", "class-line-dots");
    let found = false;
    for (const value of [...values].sort((a, b) => a - b)) {
      const at = Math.min(1, Math.max(0, (value - low) / span)),
        column = Math.round(at * columns),
        /** @type {boolean} */
        own = !found && mine !== null && Math.abs(value - mine) < 1e-9,
        dot = make("i", own ? "class-dot mine" : "class-dot");
      found ||= own;
      dot.style.left = `${100 * at}%`;
      dot.style.bottom = `calc(${heights[column]++} * var(--dot) * 1.1)`;
      dots.append(dot);
    }
    dots.style.setProperty("--most", String(Math.max(3, ...heights)));
    element.append(dots);
    if (truth !== null) {
      const mark = make("span", "class-line-truth"),
        at = Math.min(1, Math.max(0, (truth - low) / span));
      mark.style.left = `${100 * at}%`;
      mark.append(make("b", at > 0.7 ? "before" : "", fixed(truth, digits)));
      element.append(mark);
    }
    const ends = make("p", "class-line-ends");
    ends.append(make("span", "", fixed(low, digits)), make("span", "", fixed(high, digits)));
    element.append(ends);
  }
}

/** @param {number[]} values @param {number | null} truth @param {number} digits */
function spokenNumbers(values, truth, digits) {
  const sorted = [...values].sort((a, b) => a - b),
    middle = sorted.length ? fixed(sorted[sorted.length >> 1], digits) : "";
  const said = nt(
    "{n} answer, the middle one {middle}.",
    "{n} answers, the middle one {middle}.",
    values.length,
    { middle },
  );
  return truth === null
    ? said
    : `${said} ${t("Right is {truth}.", { truth: fixed(truth, digits) })}`;
}
