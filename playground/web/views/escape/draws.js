// @ts-check
/**
 * Draws inside the loop: each depends on (seed, step) alone, so that a page opened twice tells the
 * same story.
 */

/**
 * @typedef {import("./law.js").Place} Place @typedef {import("./law.js").Law} Law @typedef {import("./law.js").Row} Row
 */

/** @param {number} h */
function mixed(h) {
  h ^= h >>> 16;
  h = Math.imul(h, 0x21f0aaad);
  h ^= h >>> 15;
  h = Math.imul(h, 0x735a2d97);
  return (h ^ (h >>> 15)) >>> 0;
}

/** Uniform in [0, 1), 53 bits. @param {number} seed @param {number} step */
export function uniformAt(seed, step) {
  const key = mixed((seed ^ 0x9e3779b9) >>> 0),
    high = mixed((key + 2 * step) >>> 0),
    low = mixed((mixed(key ^ 0x85ebca6b) + 2 * step + 1) >>> 0);
  return (high * 2 ** 21 + (low >>> 11)) / 2 ** 53;
}

/**
 * @typedef {object} Draw
 * @property {boolean} leaves
 * @property {number} climb how high the marble gets, as a share of the rim's height: 1 exactly where the draw leaves, so that a near
 *   miss looks like one
 * @property {boolean} hits the lid: it would have left without the rules
 * @property {Row | null} way the way out that was taken
 */

/** u < P(escape) leaves. @param {Place} place @param {Law} law @param {number} u @returns {Draw} */
export function drawOf(place, law, u) {
  const { chance, plain } = law,
    /** @param {number} p */
    height = (p) => (p >= 1 ? 1 : p <= 0 ? 0 : Math.log(Math.max(u, 1e-300)) / Math.log(p));
  if (u >= chance) {
    const raw = height(chance > 0 ? chance : plain);
    return { leaves: false, climb: Math.min(1, raw), hits: chance === 0 && raw >= 1, way: null };
  }
  let left = u * law.left;
  const way = place.rows.find((row, i) => {
    if (row.loop || !law.kept[i]) return false;
    left -= law.kept[i] * law.weights[i];
    return left < 0;
  });
  const last = place.rows.findLast((row, i) => !row.loop && law.kept[i] > 0);
  return { leaves: true, climb: 1, hits: false, way: way ?? last ?? null };
}
