// @ts-check
/**
 * Chances and the nucleus escape temperature T_c of one real distribution under its rules, as
 * playground/decoding/barrier.py computes them. Pure.
 */
import { chain } from "./chain.js";

/**
 * @typedef {import("./chain.js").Left} Left @typedef {import("./chain.js").Rules} Rules @typedef {import("./chain.js").At} At
 */
/** @typedef {Rules & {order: string}} Ordered "transformers", "llama.cpp", or "own" */

const HOTTEST = 1e6,
  ALMOST = 1 - 2 ** -53; // the largest coin
const SCANNED = new Set([
  ...["typical_p", "epsilon_cutoff", "eta_cutoff", "xtc_threshold", "top_h", "p_less"],
  "dynatemp_range",
]);

/** XTC's coin, against and for; one fall where it does not matter. @param {Rules} rules */
const coinsOf = ({ names, fields }) =>
  names.includes("xtc_threshold") && fields.xtc_probability !== 1 ? [ALMOST, 0] : [0];

/**
 * P(another token than this one is drawn), the coin of XTC averaged over.
 * @param {Left} all @param {Ordered} rules @param {At} at @param {number} loop the token's id
 */
export function escapeChance(all, rules, at, loop) {
  const shares = coinsOf(rules).map((coin) => {
    const { left } = chain(all, rules, { ...at, coin })[rules.names.length];
    let others = 0,
      stays = 0;
    for (let i = 0; i < left.length; i++) {
      if (left.ids[i] === loop) stays = left.probability(i);
      else others += left.probability(i);
    }
    return others / (others + stays);
  });
  const { xtc_probability: chance } = rules.fields;
  return shares.length === 1 ? shares[0] : (1 - chance) * shares[0] + chance * shares[1];
}

/**
 * Whether the rules leave any token besides the likeliest.
 * @param {Left} all @param {Ordered} rules @param {At} at
 */
function possible(all, rules, at) {
  return coinsOf(rules).some((coin) => {
    const { left } = chain(all, rules, { ...at, coin })[rules.names.length];
    return left.length > 1 || left.ids[0] !== all.ids[0];
  });
}

/**
 * 1 − P(loop) at a temperature, without any rule.
 * @param {Left} left
 * @param {number} temperature
 * @param {number} loop
 */
export function plainChance({ z, ids }, temperature, loop) {
  if (temperature === 0) return ids[0] === loop ? 0 : 1;
  let others = 0,
    stays = 0;
  for (let i = 0; i < z.length; i++) {
    const weight = Math.exp((z[i] - z[0]) / temperature);
    if (ids[i] === loop) stays = weight;
    else others += weight;
  }
  return others / (others + stays);
}

/** One loop token and one way out: ΔE / ln(p/(1−p)). @param {number} barrier @param {number} p */
export function twoTokens(barrier, p) {
  if (p === 1) return 0;
  if (2 * p <= 1) return Infinity;
  return barrier <= 0 ? 0 : barrier / Math.log(p / (1 - p));
}

/** ΔE / ln(1/α). @param {number} barrier @param {number} alpha */
export function minPCritical(barrier, alpha) {
  if (alpha === 0 || barrier <= 0) return 0;
  return alpha < 1 ? barrier / -Math.log(alpha) : Infinity;
}

/**
 * T at which the likeliest token has probability p, by Newton's method on log Z from β = 0, which
 * never oversteps.
 * @param {Float64Array} energies every token's E above the lowest, rising @param {number} p
 */
export function nucleusRoot(energies, p) {
  const n = energies.length;
  if (p === 1) return n > 1 ? 0 : Infinity;
  if (n * p <= 1) return Infinity;
  let equal = 1;
  while (equal < n && energies[equal] === 0) equal++;
  if (equal * p > 1) return 0;
  if (equal * p === 1) return equal < n ? 0 : Infinity;
  const goal = -Math.log(p) - Math.log(equal);
  let beta = 0;
  for (let round = 0; round < 200; round++) {
    let rest = 0,
      moment = 0;
    for (let i = equal; i < n; i++) {
      const weight = Math.exp(-beta * energies[i]);
      rest += weight;
      moment += weight * energies[i];
    }
    rest /= equal;
    moment /= equal;
    // near p = 1 the same root on the log of the share: straight
    const near = goal < 1e-3 && rest < 1,
      excess = near ? Math.log(rest) - Math.log(Math.expm1(goal)) : Math.log1p(rest) - goal,
      slope = -moment / (near ? rest : 1 + rest),
      step = -excess / slope;
    if (!(step > 1e-14 * beta)) break;
    beta += step;
  }
  return 1 / beta;
}

/** @param {Left} all @param {Ordered} rules @param {number} p */
function scan(all, rules, p) {
  if (all.length < 2) return Infinity;
  const leaves = (/** @type {number} */ temperature) =>
      possible(all, rules, { temperature, top_p: p }),
    unit = Math.max(all.z[0] - all.z[1], 1e-3);
  let below = 0,
    above = Infinity;
  for (let exponent = -30; exponent <= 60; exponent++) {
    const temperature = unit * 10 ** (exponent / 12);
    if (temperature > HOTTEST) break;
    if (leaves(temperature)) {
      above = temperature;
      break;
    }
    below = temperature;
  }
  if (above === Infinity) return Infinity;
  if (below === 0) return 0;
  while (above - below > 1e-7 * above) {
    const middle = Math.sqrt(below * above);
    if (leaves(middle)) above = middle;
    else below = middle;
  }
  return above;
}

/**
 * The lowest temperature above which another token than the likeliest can be drawn.
 * @param {Left} all @param {Ordered} rules @param {number} p
 */
export function criticalUnder(all, rules, p) {
  const { names, order } = rules;
  if (order === "llama.cpp" && !names.includes("p_less"))
    return possible(all, rules, { temperature: 1, top_p: p }) ? 0 : Infinity;
  if (order !== "transformers" || names.some((name) => SCANNED.has(name)))
    return scan(all, rules, p);
  // what else acts does not depend on the temperature
  const fixed = names.filter((name) => !["temperature", "top_p", "min_p"].includes(name)),
    { left } = chain(all, rules, { temperature: 1, top_p: 1 }, fixed)[fixed.length];
  if (left.ids[0] !== all.ids[0]) return 0;
  const energies = Float64Array.from(left.z, (z) => left.z[0] - z),
    { min_p: alpha = 0 } = rules.fields;
  return Math.max(
    nucleusRoot(energies, p),
    energies.length > 1 ? minPCritical(energies[1], alpha) : Infinity,
  );
}

/**
 * The largest top-p that keeps the loop token alone; 1 where the other rules hold it by themselves.
 * @param {Left} all @param {Ordered} rules @param {number} temperature @param {number} loop
 */
export function trappingTopP(all, rules, temperature, loop) {
  if (escapeChance(all, rules, { temperature, top_p: 1 }, loop) === 0) return 1;
  const before = rules.names.slice(0, rules.names.indexOf("top_p")),
    { left } = chain(all, rules, { temperature, top_p: 1, coin: 0.999999 }, before)[before.length];
  return 1 - plainChance(left, 1, loop);
}
