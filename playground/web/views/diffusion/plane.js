// @ts-check
/**
 * A plane of words: as many units as it has pixels, so that its words are as large as those around
 * it, and labels that never lie over one another. Who has no label says his word to a pointer.
 */
import { svgText } from "../../core/dom.js";

/**
 * @typedef {{x: number, y: number, text: string, classes?: string, gap?: number, place?: number}} Label
 */
/** @typedef {{x: number, y: number, anchor: "start" | "middle" | "end"}} Spot */
/** @typedef {[left: number, top: number, right: number, bottom: number]} Box */

/**
 * Where each label goes: beside, above or below its point, wherever it lies over none before it and
 * inside the picture; null where there is no such place. The first one always has one.
 * @param {{x: number, y: number, text: string, gap?: number}[]} labels the most important first
 * @param {[number, number]} size @param {number} height of a line @param {(text: string) => number} widthOf
 * @returns {(Spot | null)[]}
 */
export function placeLabels(labels, [width, tall], height, widthOf) {
  /** @type {Box[]} */
  const taken = [];
  return labels.map(({ x, y, text, gap = 7 }, n) => {
    const wide = widthOf(text),
      rise = height * 0.35; // from the middle of a line to its foot
    /** @type {Spot[]} */
    const spots = [
      { x: x + gap, y: y + rise, anchor: "start" },
      { x: x - gap, y: y + rise, anchor: "end" },
      { x, y: y - gap, anchor: "middle" },
      { x, y: y + gap + 2 * rise, anchor: "middle" },
      { x: x + gap, y: y - gap, anchor: "start" },
      { x: x + gap, y: y + gap + 2 * rise, anchor: "start" },
      { x: x - gap, y: y - gap, anchor: "end" },
      { x: x - gap, y: y + gap + 2 * rise, anchor: "end" },
    ];
    const box = (/** @type {Spot} */ spot) => boxOf(spot, wide, height);
    const inside = (/** @type {Box} */ [left, top, right, bottom]) =>
      left >= 0 && top >= 0 && right <= width && bottom <= tall;
    const found = spots.find(
      (spot) => inside(box(spot)) && !taken.some((other) => meet(box(spot), other)),
    );
    const spot = found ?? (n === 0 ? spots[x > width / 2 ? 1 : 0] : null);
    if (spot) taken.push(box(spot));
    return spot;
  });
}

/** @param {Spot} spot @param {number} wide @param {number} height @returns {Box} */
function boxOf({ x, y, anchor }, wide, height) {
  const left = x - wide * { start: 0, middle: 0.5, end: 1 }[anchor];
  return [left, y - 0.8 * height, left + wide, y + 0.25 * height];
}

/** @param {Box} one @param {Box} other */
const meet = (one, other) =>
  one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];

/**
 * @param {SVGElement} svg @param {(width: number) => number} heightOf @param {() => void} redraw after its size changed
 */
export function makePlane(svg, heightOf, redraw) {
  /** @type {[number, number]} */
  let size = [720, 280];
  const pen = document.createElement("canvas").getContext("2d");
  const set = (/** @type {number} */ width) => {
    size = [width, Math.round(heightOf(width))];
    svg.setAttribute("viewBox", `0 0 ${size[0]} ${size[1]}`);
  };
  set(size[0]);
  new ResizeObserver(() => {
    const width = Math.round(svg.clientWidth || svg.getBoundingClientRect().width);
    if (!width || width === size[0]) return;
    set(width);
    redraw();
  }).observe(svg);
  svg.addEventListener("pointerover", (event) => {
    svg.querySelector(".canvas-plane-said")?.remove();
    const point = /** @type {Element} */ (event.target).closest("[data-word]");
    if (point) svg.append(...said(point, size));
  });
  svg.addEventListener("pointerleave", () => svg.querySelector(".canvas-plane-said")?.remove());

  return {
    size: () => size,
    /** The labels that have room. @param {Label[]} labels the most important first */
    labels(labels) {
      const { fontSize, fontFamily } = getComputedStyle(svg),
        height = 1.15 * (parseFloat(fontSize) || 12);
      if (pen) pen.font = `700 ${fontSize} ${fontFamily}`;
      const wide = (/** @type {string} */ text) =>
        pen?.measureText(text).width ?? 0.6 * height * text.length;
      return placeLabels(labels, size, height, wide).flatMap((spot, n) =>
        spot ? [drawn(labels[n], spot)] : [],
      );
    },
  };
}

/** @param {Label} label @param {Spot} spot */
const drawn = ({ text, classes = "", place }, { x, y, anchor }) =>
  svgText(text, {
    x,
    y,
    "text-anchor": anchor,
    class: "canvas-plane-word" + classes,
    ...(place === undefined ? {} : { "data-place": place }),
  });

/**
 * The word of the point under the pointer, over everything.
 * @param {Element} point
 * @param {[number, number]} size
 */
function said(point, [width]) {
  const x = Number(point.getAttribute("cx") ?? point.getAttribute("x")),
    y = Number(point.getAttribute("cy") ?? point.getAttribute("y")),
    late = x > width / 2;
  return [
    svgText(point.getAttribute("data-word") ?? "", {
      x: x + (late ? -9 : 9),
      y: y + 4,
      "text-anchor": late ? "end" : "start",
      class: "canvas-plane-word canvas-plane-on canvas-plane-said",
    }),
  ];
}

/**
 * In which order words get their labels: each word once before it is repeated, signs last.
 * @template {{text: string}} T @param {T[]} labels @returns {T[]}
 */
export function byImportance(labels) {
  const seen = new Set();
  const rank = new Map(
    labels.map((label) => {
      const sign = !/[\p{L}\p{N}]/u.test(label.text),
        again = seen.has(label.text);
      seen.add(label.text);
      return [label, 2 * Number(sign) + Number(again)];
    }),
  );
  return [...labels].sort((a, b) => Number(rank.get(a)) - Number(rank.get(b)));
}
