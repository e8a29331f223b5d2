// @ts-check
/**
 * What one draw inside a loop does, exactly: how likely it leaves, what each rule keeps, and where
 * a lid opens. Pure; nothing is asked of the server. tests/web/test_escape_law.py holds this to
 * playground/decoding/escape_curves.py and to the shipped model.
 *
 * Logits are relative to the loop token's (its own is 0), in nats.
 */

/**
 * @typedef {object} Row tokens of one logit
 * @property {string | null} text null: not known by name
 * @property {number} z
 * @property {number} n how many there are
 * @property {boolean} loop
 * @property {string} [way] what was written after this way out
 *
 * @typedef {object} Place what can come at one place of a loop
 * @property {Row[]} rows falling
 * @property {boolean} equal whether the n tokens of a row are truly equal; else each row is a bin of nearly equal ones
 * @property {number} barrier ΔE of the best way out; not positive: nothing holds the loop
 * @property {number} rivals
 *
 * @typedef {import("../../schema.d.ts").EscapeSettings} Settings
 * @typedef {Pick<Settings, "temperature" | "top_p" | "min_p" | "top_k" | "order">} Rules
 *
 * @typedef {object} Law
 * @property {number[]} weights of one token of each row; the largest is 1
 * @property {number[]} kept how many tokens of each row the rules keep
 * @property {number} total the sum of all weights
 * @property {number} left the sum of the kept ones
 * @property {number} loop P(loop token) before the rules
 * @property {number} plain P(escape) before the rules
 * @property {number} chance P(escape) of one draw
 * @property {number} ways how many ways out are kept
 */

const HOTTEST = 50,
  COLDEST = 0.001;

/**
 * One loop token and N equal rivals ΔE below it.
 * @param {number} barrier
 * @param {number} rivals
 * @returns {Place}
 */
export function ownPlace(barrier, rivals) {
  const loop = { text: null, z: 0, n: 1, loop: true },
    others = { text: null, z: -barrier, n: rivals, loop: false };
  return { rows: barrier < 0 ? [others, loop] : [loop, others], equal: true, barrier, rivals };
}

/**
 * A place of the record of playground/pages/escape/record.py.
 * @param {any} record
 * @returns {Place}
 */
export function recordedPlace({ rows, loop, bins, ways }) {
  /** @type {Row[]} */
  const all = rows.map((/** @type {[string, number]} */ [text, z], /** @type {number} */ i) => ({
    text,
    z,
    n: 1,
    loop: i === loop,
    way: ways[i],
  }));
  for (const [z, n] of bins) all.push({ text: null, z, n, loop: false });
  const best = all.find((row) => !row.loop);
  return {
    rows: all,
    equal: false,
    barrier: best ? -best.z : Infinity,
    rivals: all.reduce((sum, row) => sum + row.n, 0) - 1,
  };
}

/**
 * ΔE after the loop token's visits.
 * @param {Pick<Settings, "delta_e" | "loop_logit" | "visits" | "repetition_penalty" | "frequency_penalty">} settings
 */
export function penalisedBarrier(settings) {
  const { delta_e, loop_logit, visits, repetition_penalty, frequency_penalty } = settings;
  if (visits === 0) return delta_e;
  const after = loop_logit < 0 ? loop_logit * repetition_penalty : loop_logit / repetition_penalty;
  return delta_e - (loop_logit - after) - frequency_penalty * visits;
}

/**
 * The weight of one token of each row, the likeliest token's being 1.
 * @param {Place} place
 * @param {number} temperature
 */
const weightsOf = ({ rows }, temperature) =>
  rows.map(({ z }) => {
    const below = z - rows[0].z;
    return below === 0 ? 1 : temperature === 0 ? 0 : Math.exp(below / temperature);
  });

/** @param {Place} place @param {number[]} weights */
const sumOf = ({ rows }, weights) =>
  rows.reduce((sum, row, i) => sum + (weights[i] && row.n * weights[i]), 0);

/**
 * @param {Place} place
 * @param {number} k
 * @param {boolean} ties whether all that tie with the k-th stay (transformers)
 */
function topK({ rows, equal }, k, ties) {
  let left = k,
    last = Infinity; // the k-th logit
  return rows.map(({ z, n }) => {
    if (left <= 0) return equal && ties && z === last ? n : 0;
    const kept = equal && ties ? n : Math.min(n, left);
    left -= n;
    last = z;
    return kept;
  });
}

/** @param {number[]} counts @param {number[]} weights @param {number} p */
function topP(counts, weights, p) {
  const total = counts.reduce((sum, n, i) => sum + (n && n * weights[i]), 0);
  let reached = 0,
    crossed = false,
    any = false;
  return counts.map((n, i) => {
    if (crossed || n === 0) return 0;
    const each = weights[i] / total,
      needed = Math.ceil((p - reached) / each - 1e-12); // the token that crosses p is kept
    if (needed <= n) crossed = true;
    const kept = Math.min(n, Math.max(needed, any ? 0 : 1));
    any = true;
    reached += kept && kept * each;
    return kept;
  });
}

/**
 * How many tokens of each row are left by top-k, top-p and min-p, in this order.
 * @param {Place} place
 * @param {number[]} weights
 * @param {Rules} rules
 */
function keptBy(place, weights, { top_k, top_p, min_p, order }) {
  let counts = place.rows.map((row) => row.n);
  if (top_k > 0) counts = topK(place, top_k, order === "transformers");
  if (top_p < 1) counts = topP(counts, weights, top_p);
  if (min_p > 0) {
    const best = Math.max(...weights.filter((_, i) => counts[i] > 0));
    counts = counts.map((n, i) => (weights[i] >= min_p * best ? n : 0));
  }
  return counts;
}

/** @param {Place} place @param {Rules} rules @returns {Law} */
export function lawOf(place, rules) {
  const { rows } = place,
    weights = weightsOf(place, rules.temperature),
    judged = rules.order === "transformers" ? weights : weightsOf(place, 1),
    kept = keptBy(place, judged, rules),
    total = sumOf(place, weights);
  let left = 0,
    out = 0,
    ways = 0,
    plain = 0;
  rows.forEach((row, i) => {
    const mass = weights[i] && kept[i] * weights[i];
    left += mass;
    if (row.loop) return;
    out += mass;
    ways += kept[i];
    plain += weights[i] && row.n * weights[i];
  });
  const own = weights[rows.findIndex((row) => row.loop)];
  return {
    weights,
    kept,
    total,
    left,
    loop: own / total,
    plain: plain / total,
    chance: left > 0 ? out / left : 0,
    ways,
  };
}

/**
 * P(loop token) at a temperature, before any rule.
 * @param {Place} place
 * @param {number} temperature
 */
export function loopShare(place, temperature) {
  const weights = weightsOf(place, temperature);
  return weights[place.rows.findIndex((row) => row.loop)] / sumOf(place, weights);
}

/**
 * Where `closed` turns false; 0: never closed, Infinity: always.
 * @param {(temperature: number) => boolean} closed
 */
function border(closed) {
  if (!closed(COLDEST)) return 0;
  if (closed(HOTTEST)) return Infinity;
  let low = COLDEST,
    high = HOTTEST;
  for (let i = 0; i < 60 && high - low > 1e-12 * high; i++) {
    const middle = (low + high) / 2;
    if (closed(middle)) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * The nucleus escape temperature: top-p alone, over the whole vocabulary. null where there is none
 * to speak of (top-p off, nothing holds the loop, or temperature acts last); Infinity where no
 * temperature escapes.
 * @param {Place} place @param {Rules} rules @returns {number | null}
 */
export function criticalOf(place, { top_p, order }) {
  if (order !== "transformers" || top_p >= 1 || place.barrier <= 0) return null;
  if (!place.equal) return border((temperature) => loopShare(place, temperature) >= top_p);
  if (top_p * (place.rivals + 1) <= 1) return Infinity;
  return place.barrier / Math.log((place.rivals * top_p) / (1 - top_p));
}

/**
 * The temperature above which all rules together leave a way out; 0 and Infinity as above.
 * @param {Place} place
 * @param {Rules} rules
 */
export const openingOf = (place, rules) =>
  border((temperature) => lawOf(place, { ...rules, temperature }).ways === 0);

/**
 * The rules that close the lid by themselves at these settings.
 * @param {Place} place
 * @param {Rules} rules
 */
export function closedBy(place, rules) {
  const off = { ...rules, top_p: 1, min_p: 0, top_k: 0 };
  return /** @type {("top_k" | "top_p" | "min_p")[]} */ (["top_k", "top_p", "min_p"]).filter(
    (rule) => rules[rule] !== off[rule] && lawOf(place, { ...off, [rule]: rules[rule] }).ways === 0,
  );
}

/** min-p's own escape temperature: ΔE / ln(1/α). @param {number} barrier @param {number} alpha */
export function minPCritical(barrier, alpha) {
  if (alpha === 0 || barrier <= 0) return 0;
  return alpha < 1 ? barrier / -Math.log(alpha) : Infinity;
}
