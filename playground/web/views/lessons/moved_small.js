// @ts-check
/** Two words that agree, two classes, a chain after so many steps, masks that open: moved. */
import { powersOf } from "../chains/walk_figures.js";
import { barsOf, named, numberOf, numbers } from "./moved_parts.js";

/** @typedef {import("./moved.js").Recipe} Recipe */

/** @param {Recipe} recipe */
export function movedPair({ settings, names }) {
  const a = Number(settings.p),
    b = 1 - a;
  const values = settings.at_once === "1" ? [a * a, a * b, b * a, b * b] : [a, 0, 0, b];
  return barsOf(named(names, 4), values);
}

/** @param {Recipe} recipe */
export function movedBayes({ settings, names }) {
  const first = Number(settings.prior),
    joint = [first * Number(settings.likelihood), (1 - first) * Number(settings.other)],
    sum = joint[0] + joint[1];
  const values = settings.seen === "1" ? joint.map((one) => one / sum) : [first, 1 - first];
  return barsOf(named(names, 2), values);
}

/** @param {Recipe} recipe */
export function movedChain({ settings, names }) {
  const matrix = settings.transition.split(";").map(numbers),
    start = numberOf(settings.start, 0);
  return {
    kind: "graph",
    names: named(names, matrix.length),
    matrix,
    shares: powersOf(matrix)[Number(settings.after)][start],
    path: [],
    at: settings.start === undefined ? null : start,
  };
}

/** The places so that any first few of them lie far apart. @param {number} count */
function spread(count) {
  let stride = Math.max(1, Math.round(count * 0.381966));
  /** @param {number} a @param {number} b @returns {number} */
  const shared = (a, b) => (b ? shared(b, a % b) : a);
  while (shared(stride, count) > 1) stride += 1;
  return Array.from({ length: count }, (_, k) => (k * stride) % count);
}

/** @param {Recipe} recipe */
export function movedUnmask({ settings, rows }) {
  const row = wordsOf(rows[0]),
    masks = row.flatMap(({ mark }, place) => (mark === "mask" ? [place] : [])),
    steps = Math.ceil(masks.length / Number(settings.words)),
    order = spread(masks.length);
  let turn = 0;
  for (let step = 1; step <= steps; step++) {
    const size = Math.floor(masks.length / steps) + (step <= masks.length % steps ? 1 : 0);
    for (let k = 0; k < size; k++)
      row[masks[order[turn++]]] = { text: String(step), mark: step === 1 ? "first" : "step" };
  }
  return { kind: "words", rows: [row], loop: null };
}

/** A text as the lesson writes it: [MASK]*3 is three masks. @param {string} text */
function wordsOf(text) {
  const pieces = text.replace(/\[MASK\](?:\*(\d{1,2}))?/g, (_, count) =>
    " [MASK]".repeat(Number(count ?? 1)),
  );
  return pieces
    .split(/\s+/)
    .filter(Boolean)
    .map((piece) => ({ text: piece, mark: piece === "[MASK]" ? "mask" : "" }));
}
