// @ts-check
/**
 * A class's answers as dots of ink over a step's figure: one dot a person. On a bar's track n of N
 * dots end where a bar of n/N ends, so that people and model are compared by length; where dots
 * would lie closer than half of themselves, an outlined bar takes their place.
 */
import { drawSvg, make } from "../../core/dom.js";
import { nt } from "../../core/translate.js";

/**
 * @typedef {object} Votes what a class said to a step, by the kind of its prediction
 * @property {number} n how many answered
 * @property {number[]} [counts] tap, choice, card: of each item
 * @property {number[]} [values] mark, number
 * @property {number[][]} [each] drag: the values of each bar
 * @property {number[][]} [orders] order: the items' numbers as each put them
 */

const DENSE = 48, // people of whom each gets a dot in a row
  COLUMNS = 40;

/**
 * The same dots stay as they are.
 * @param {HTMLElement} host
 * @param {string} as
 * @param {() => Node[]} made
 * @param {string} [classes]
 */
function keep(host, as, made, classes = "") {
  let box = /** @type {HTMLElement | null} */ (host.querySelector(":scope > .stage-dots"));
  if (!as) return box?.remove();
  if (!box) host.append((box = make("span", `stage-dots ${classes}`.trim())));
  if (box.dataset.as === as) return;
  box.dataset.as = as;
  box.setAttribute("aria-hidden", "true");
  box.replaceChildren(...made());
}

/** @param {number} left in per cent @param {number} [up] how many lie below it */
function dotAt(left, up = 0) {
  const dot = make("span", "stage-dot");
  dot.style.left = `${left}%`;
  dot.style.setProperty("--up", String(up));
  return dot;
}

/**
 * Dots along a track as long as the share of the class.
 * @param {HTMLElement} track
 * @param {number | null} count
 * @param {number} total
 */
export function rowDots(track, count, total) {
  const people = count ?? 0;
  keep(
    track,
    count === null ? "" : `${people}/${total}`,
    () => {
      if (total <= DENSE)
        return Array.from({ length: people }, (_, k) => dotAt((100 * (k + 0.5)) / total));
      const bar = make("span", "stage-people");
      bar.style.width = `${(100 * people) / total}%`;
      return people ? [bar] : [];
    },
    "along",
  );
}

/** A dot at each value, those of one column above each other. @param {HTMLElement} host @param {number[] | null} values
 *  @param {number} low @param {number} high */
export function valueDots(host, values, low, high) {
  keep(
    host,
    values ? values.join() || "none" : "",
    () => {
      const heights = Array(COLUMNS + 1).fill(0),
        most = Math.max(1, ...columnsOf(values ?? [], low, high));
      host.style.setProperty("--most", String(most));
      return (values ?? []).map((value) => {
        const at = shareOf(value, low, high);
        return dotAt(100 * at, heights[Math.round(at * COLUMNS)]++);
      });
    },
    "piled",
  );
}

/** @param {number} value @param {number} low @param {number} high */
const shareOf = (value, low, high) => Math.min(1, Math.max(0, (value - low) / (high - low || 1)));

/**
 * How many values each column holds.
 * @param {number[]} values
 * @param {number} low
 * @param {number} high
 */
function columnsOf(values, low, high) {
  const heights = Array(COLUMNS + 1).fill(0);
  for (const value of values) heights[Math.round(shareOf(value, low, high) * COLUMNS)]++;
  return heights;
}

/**
 * A little heap of dots, for what has no track.
 * @param {HTMLElement} host
 * @param {number | null} count
 * @param {number} total
 */
export function heapDots(host, count, total) {
  keep(
    host,
    count ? `${count}/${total}` : "",
    () => {
      if (total <= DENSE)
        return Array.from({ length: count ?? 0 }, () => make("span", "stage-dot"));
      const bar = make("span", "stage-people");
      bar.style.width = `${(100 * (count ?? 0)) / total}%`;
      return [bar];
    },
    "heap",
  );
}

/** How many put a thing at each place: a column a place. @param {HTMLElement} host @param {number[] | null} counts @param {number} total
 *  @param {number | null} right the place where it belongs, once that is revealed */
export function placeDots(host, counts, total, right) {
  keep(
    host,
    counts ? `${counts.join()}/${total}/${right}` : "",
    () =>
      (counts ?? []).map((count, place) => {
        const column = make("span", place === right ? "stage-place right" : "stage-place"),
          bar = make("span", "stage-people");
        bar.style.height = `${(100 * count) / Math.max(1, total)}%`;
        column.append(bar, make("span", "num", String(place + 1)));
        column.title = nt("{n} vote", "{n} votes", count);
        return column;
      }),
    "places",
  );
}

/**
 * Dots in rings around a node of a picture.
 * @param {SVGElement} node
 * @param {number} count
 * @param {number} radius
 */
export function ringDots(node, count, radius) {
  node.querySelector(".stage-ring")?.remove();
  if (!count) return;
  const each = 18;
  const dots = Array.from({ length: count }, (_, k) => {
    const ring = Math.floor(k / each),
      angle = ((k % each) / each) * 2 * Math.PI - Math.PI / 2,
      far = radius + 9 + 11 * ring;
    return drawSvg("circle", { cx: far * Math.cos(angle), cy: far * Math.sin(angle), r: 4 });
  });
  node.append(drawSvg("g", { class: "stage-ring" }, ...dots));
}
