// @ts-check
/**
 * Distributions whose temperature and cuts are moved, by the law of the Escape page (temperature,
 * top-k, top-p, min-p in both orders).
 */
import { lawOf } from "../escape/law.js";
import { floatsOf } from "../home/game.js";
import { barsOf, named, numberOf, numbers, placeOf } from "./moved_parts.js";

/** @typedef {import("./moved.js").Recipe} Recipe */
/** @typedef {{order: number[], place: import("../escape/law.js").Place}} Ranked */

/** @param {Record<string, string>} settings @returns {import("../escape/law.js").Rules} */
const rulesOf = ({ temperature, top_p, min_p, top_k, order = "transformers" }) => ({
  temperature: numberOf(temperature, 1),
  top_p: numberOf(top_p, 1),
  min_p: numberOf(min_p, 0),
  top_k: numberOf(top_k, 0),
  order: order === "llama.cpp" ? order : "transformers",
});

/**
 * Logits in falling order, equals by their number.
 * @param {ArrayLike<number>} logits
 * @returns {Ranked}
 */
function ranked(logits) {
  const order = Array.from(logits, (_, i) => i).sort((a, b) => logits[b] - logits[a] || a - b);
  const rows = order.map((i, k) => ({ text: null, z: logits[i], n: 1, loop: !k }));
  return { order, place: { rows, equal: true, barrier: 1, rivals: rows.length - 1 } };
}

/**
 * Each token's probability behind the rules, in the order of the logits.
 * @param {Ranked} ranks
 * @param {Record<string, string>} settings
 */
function sharesOf({ order, place }, settings) {
  const { weights, kept, left } = lawOf(place, rulesOf(settings)),
    shares = Array(order.length).fill(0);
  order.forEach((i, k) => (shares[i] = kept[k] ? (kept[k] * weights[k]) / left : 0));
  return shares;
}

/** @param {Record<string, string>} settings */
const given = ({ logits, shares }) =>
  logits ? numbers(logits) : numbers(shares).map((share) => Math.log(share));

/** @param {Recipe} recipe */
export function movedBars({ settings, names }) {
  const shares = sharesOf(ranked(given(settings)), settings);
  return { ...barsOf(named(names, shares.length), shares), drawn: placeOf(shares, settings.u) };
}

/** @param {Recipe} recipe */
export function movedStrip({ settings, names }) {
  const shares = sharesOf(ranked(given(settings)), settings),
    called = named(names, shares.length);
  const tiles = shares
    .map((share, i) => ({ text: called[i], share }))
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share);
  const drawn = placeOf(
    tiles.map(({ share }) => share),
    settings.u,
  );
  return { kind: "strip", tiles, u: settings.u ? Number(settings.u) : null, drawn };
}

/** @param {Recipe} recipe */
export function movedGreen({ settings, names }) {
  const logits = numbers(settings.logits);
  for (const i of numbers(settings.green)) logits[i] += numberOf(settings.bias, 0);
  const shares = sharesOf(ranked(logits), settings);
  return barsOf(named(names, shares.length), shares);
}

/** @type {WeakMap<any, Ranked>} */
const whole = new WeakMap();

/** @param {Recipe} recipe */
export function movedNext({ settings, law }) {
  let ranks = whole.get(law);
  if (!ranks) whole.set(law, (ranks = ranked(floatsOf(law.logits))));
  // a probability is a float32 on the server: what is below its smallest number is 0 there
  const shares = sharesOf(ranks, settings).map((share) => (Math.fround(share) ? share : 0));
  const shown = law.rows.filter(
    (/** @type {[number, string]} */ [id]) => law.named || shares[id] > 0,
  );
  const rows = shown.map((/** @type {[number, string]} */ [id, name]) => ({
    name,
    value: shares[id],
  }));
  const count =
    shares.filter((share) => share > 0).length -
    rows.filter((/** @type {{value: number}} */ row) => row.value > 0).length;
  const value =
    1 - rows.reduce((/** @type {number} */ sum, /** @type {any} */ row) => sum + row.value, 0);
  return {
    ...barsOf([], []),
    rows,
    rest: count ? { value, count } : null,
    text: settings.prompt.replaceAll("_", " "),
  };
}
