// @ts-check
/**
 * The vectors of a run in the plane of two components, step by step: where each one stands, where
 * the network expects it to come from, and the words near there. Drawn from the records alone.
 */
import { clip, drawSvg, node, partsOf } from "../../core/dom.js";
import { fixed } from "../../core/format.js";
import { t } from "../../core/translate.js";
import { shownWord } from "./lexicon.js";
import { byImportance, makePlane } from "./plane.js";
import { rowAt } from "./side.js";

/** @typedef {import("./side.js").Side} Side */
/** @typedef {[number, number]} Point */

/** @typedef {(point: Point) => Point} Scale */

const EDGE = 14;
const NOISE = 2.4; // standard deviations of the noise that the plane holds

/** @param {HTMLElement} host @param {(i: number) => void} onLook */
export function makeVectors(host, onLook) {
  const view = node(
    "section",
    { class: "canvas-vectors", hidden: true },
    node("h2", { class: "canvas-h" }, () => t("The vectors in the plane")),
    drawSvg("svg", {
      class: "canvas-plane",
      role: "img",
      "aria-label": t("Vectors of the words in the plane"),
      "data-part": "plane",
    }),
    node("p", { class: "say", part: "near" }),
    node("p", { class: "canvas-note" }, () =>
      t(
        "First two principal components of the words’ vectors, the same at all steps; the picture comes nearer as the noise falls. Distances are measured in all components. Dot: the vector after this step. Line: to the average of its possible words, ring: that average. Dashed: its path so far. Grey: words.",
      ),
    ),
  );
  host.append(view);
  const { part } = partsOf(view),
    plane = /** @type {SVGElement} */ (/** @type {unknown} */ (part("plane"))),
    surface = makePlane(plane, (width) => Math.max(210, Math.min(300, 0.5 * width)), redraw);
  /** @type {[side: Side, step: number, focus: number] | null} */
  let shown = null;
  function redraw() {
    if (shown) plane.replaceChildren(...planeOf(...shown, surface));
  }
  plane.addEventListener("click", (event) => {
    const place = /** @type {Element} */ (event.target).closest("[data-place]");
    if (place) onLook(Number(place.getAttribute("data-place")));
  });

  return {
    /** @param {Side} side @param {number} step @param {number} focus */
    draw(side, step, focus) {
      view.hidden = !side.card.plane;
      if (view.hidden) return;
      plane.setAttribute("aria-label", t("Vectors of the words in the plane"));
      shown = [side, step, focus];
      redraw();
      part("near").textContent = nearSentence(side, step, focus);
    },
  };
}

/**
 * From coordinates to the picture, which holds all words, and of the vectors what `reach` says:
 * it comes nearer as the noise falls. Points outside lie on its edge.
 * @param {Point[]} words of the vocabulary @param {Point} size @param {number} [reach] see `reachOf`
 * @returns {Scale}
 */
export function scaleOf(words, [width, height], reach = NOISE) {
  const far = (/** @type {0 | 1} */ axis) =>
    Math.max(reach, ...words.map((point) => Math.abs(point[axis])));
  const [x, y] = [far(0), far(1)];
  return ([a, b]) => [
    within(width / 2 + ((width / 2 - EDGE) * a) / x, width),
    within(height / 2 - ((height / 2 - EDGE) * b) / y, height),
  ];
}

/** @param {number} value @param {number} size */
const within = (value, size) => Math.max(5, Math.min(size - 5, value));

/**
 * How far from the centre the vectors stand at a step or at any later one, so that the picture
 * never moves away again; NOISE before the first step and at most.
 * @param {Side} side @param {number} step
 */
export function reachOf(side, step) {
  const later = side.rows.slice(Math.max(1, step)).flatMap(({ vectors }) => vectors?.at ?? []),
    far = later.filter(Boolean).map((/** @type {Point} */ [a, b]) => Math.hypot(a, b));
  return step > 0 && far.length ? Math.min(NOISE, Math.max(...far)) : NOISE;
}

/**
 * @param {Side} side
 * @param {number} step
 * @param {number} focus
 * @param {ReturnType<typeof makePlane>} surface
 */
function planeOf(side, step, focus, surface) {
  const on = scaleOf(side.card.plane, surface.size(), reachOf(side, step)),
    { vectors, canvas } = rowAt(side, step);
  /** @type {SVGElement[]} */
  const parts = side.card.plane.map((/** @type {Point} */ point) => {
    const [cx, cy] = on(point);
    return drawSvg("circle", { cx, cy, r: 1.3, class: "canvas-plane-back" });
  });
  if (!vectors) return parts; // before the first step
  parts.push(...nearWords(side, vectors, focus, on));
  vectors.at.forEach((/** @type {Point | null} */ at, /** @type {number} */ i) => {
    if (at) parts.push(...oneVector(side, vectors, i, i === focus, on, canvas[i]));
  });
  const path = pathOf(side, step, focus);
  if (path.length > 1)
    parts.push(
      drawSvg("polyline", {
        points: path.map((point) => on(point).join(",")).join(" "),
        class: "canvas-plane-trail",
      }),
    );
  return [...parts, ...surface.labels(labelsOf(side, step, focus, on))];
}

/**
 * The word in focus, those near it, then the others.
 * @param {Side} side
 * @param {number} step
 * @param {number} focus
 * @param {Scale} on
 */
function labelsOf(side, step, focus, on) {
  const { vectors, canvas } = rowAt(side, step);
  /** @type {import("./plane.js").Label[]} */
  const own = [],
    others = [];
  vectors.at.forEach((/** @type {Point | null} */ at, /** @type {number} */ i) => {
    if (!at) return;
    const [x, y] = on(at),
      text = clip(shownWord(side.lexicon, canvas[i]), 12);
    if (i === focus) own.push({ x, y, text, gap: 9, place: i, classes: " canvas-plane-on" });
    else others.push({ x, y, text, place: i });
  });
  const near = (vectors.near[focus] ?? []).map((/** @type {number} */ id) => {
    const [x, y] = on(vectors.words[id]);
    return { x, y, text: clip(shownWord(side.lexicon, id), 12), classes: " canvas-plane-near" };
  });
  return [...own, ...near, ...byImportance(others)];
}

/**
 * Where a vector stood at each step so far.
 * @param {Side} side
 * @param {number} step
 * @param {number} i
 */
export function pathOf(side, step, i) {
  return /** @type {Point[]} */ (
    side.rows
      .slice(1, step + 1)
      .map((row) => row.vectors?.at[i])
      .filter(Boolean)
  );
}

/**
 * @param {Side} side @param {any} vectors @param {number} i @param {boolean} chosen
 * @param {Scale} on @param {number} word that stands on the canvas
 */
function oneVector(side, vectors, i, chosen, on, word) {
  const [cx, cy] = on(vectors.at[i]),
    clamped = vectors.clamped?.[i],
    [x, y] = on(vectors.origin[i]),
    more = chosen ? " canvas-plane-on" : "";
  /** @type {SVGElement[]} */
  const parts = [
    drawSvg("line", { x1: cx, y1: cy, x2: x, y2: y, class: "canvas-plane-pull" + more }),
    drawSvg("circle", { cx: x, cy: y, r: 3, class: "canvas-plane-home" }),
  ];
  if (clamped !== null && clamped !== undefined) {
    const [x2, y2] = on(vectors.words[clamped]);
    parts.push(drawSvg("line", { x1: x, y1: y, x2, y2, class: "canvas-plane-snap" }));
  }
  parts.push(
    drawSvg("circle", {
      cx,
      cy,
      r: chosen ? 6 : 4,
      class: "canvas-plane-same" + more,
      "data-place": i,
      "data-word": shownWord(side.lexicon, word),
    }),
  );
  return parts;
}

/**
 * The words near the vector in focus, at their own places.
 * @param {Side} side
 * @param {any} vectors
 * @param {number} focus
 * @param {Scale} on
 */
function nearWords(side, vectors, focus, on) {
  return (vectors.near[focus] ?? []).map((/** @type {number} */ id) => {
    const [x, y] = on(vectors.words[id]);
    return drawSvg("rect", {
      ...{ x: x - 2.5, y: y - 2.5, width: 5, height: 5, class: "canvas-plane-near" },
      "data-word": shownWord(side.lexicon, id),
    });
  });
}

/** @param {Side} side @param {number} step @param {number} focus */
export function nearSentence(side, step, focus) {
  const { vectors } = rowAt(side, step),
    near = vectors?.near[focus];
  if (!near) return t("Choose a word that is not given to see which words are near it.");
  const place = focus + 1,
    words = near.map((/** @type {number} */ id) => `“${shownWord(side.lexicon, id)}”`).join(", ");
  if (!vectors.clamped)
    return t("Place {place}: nearest to its expected vector are {words}.", { place, words });
  return t(
    "Place {place}: nearest to its expected vector are {words}; the clamp snapped it to “{word}”, over a distance of {gap}.",
    {
      place,
      words,
      word: shownWord(side.lexicon, vectors.clamped[focus]),
      gap: fixed(vectors.gap[focus], 2),
    },
  );
}
