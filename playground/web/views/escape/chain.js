// @ts-check
/**
 * The rules that act behind the penalties, on one real distribution: temperature, and what cuts.
 * The same figures as playground/decoding/stages.py gives, in float32 where it computes so;
 * tests/web/test_escape_reading.py holds the two together.
 *
 * Tokens stand by falling logit, so that most rules keep a beginning of the list, which costs
 * nothing. What is gone is not in it.
 */

/**
 * @typedef {object} Rules the acting ones, by their fields
 * @property {string[]} names in their order; "temperature" (or "dynatemp_range") and "top_p" are always among them
 * @property {boolean} exact_k whether top-k keeps exactly k where tokens tie
 * @property {Uint8Array | null} green which tokens the watermark lifts, by id
 * @property {Record<string, any>} fields
 *
 * @typedef {object} At where the rules are asked
 * @property {number} temperature
 * @property {number} top_p 1: off
 * @property {number} [coin] of XTC, in [0, 1)
 */

const { fround } = Math;
const LOOKS_AT = 100; // tokens that top-H looks at

/** The tokens that are left. */
export class Left {
  /** @type {Float32Array | null} */
  weighed = null;
  summed = NaN;

  /** @param {Float32Array} z falling @param {Int32Array} ids */
  constructor(z, ids) {
    this.z = z;
    this.ids = ids;
  }

  get length() {
    return this.z.length;
  }

  /** e^(z − max) of each. */
  get weights() {
    if (!this.weighed) {
      const { z } = this;
      this.weighed = new Float32Array(z.length);
      for (let i = 0; i < z.length; i++) this.weighed[i] = Math.exp(fround(z[i] - z[0]));
    }
    return this.weighed;
  }

  /** The sum of the weights. */
  get sum() {
    if (Number.isNaN(this.summed)) {
      let sum = 0;
      for (const weight of this.weights) sum += weight;
      this.summed = fround(sum);
    }
    return this.summed;
  }

  /** The softmax. @param {number} i */
  probability(i) {
    return fround(this.weights[i] / this.sum);
  }

  /** The tokens from one place to before another. @param {number} from @param {number} to */
  part(from, to) {
    if (from === 0 && to >= this.length) return this;
    const left = new Left(this.z.subarray(from, to), this.ids.subarray(from, to));
    if (from === 0) left.weighed = this.weights.subarray(0, to);
    return left;
  }

  /** The beginning whose tokens pass; one at least. @param {(i: number) => boolean} passes */
  while(passes) {
    let n = 1;
    while (n < this.length && passes(n)) n++;
    return this.part(0, n);
  }

  /** In nats. */
  get entropy() {
    let expected = 0,
      total = 0;
    for (let i = 0; i < this.length; i++) {
      const p = this.probability(i);
      total += p;
      if (p) expected += p * (this.z[0] - this.z[i]);
    }
    return Math.max(0, expected / total - Math.log(this.probability(0) / total));
  }
}

/**
 * All tokens of a distribution that are possible, the lower id first among equals.
 * @param {ArrayLike<number>} logits by id
 */
export function ordered(logits) {
  const ids = Int32Array.from(logits, (_, id) => id)
    .filter((id) => logits[id] > -Infinity)
    .sort((a, b) => logits[b] - logits[a] || a - b);
  return new Left(
    Float32Array.from(ids, (id) => logits[id]),
    ids,
  );
}

/** @param {Left} left @param {number} temperature */
function divided(left, temperature) {
  const scale = fround(temperature),
    { z } = left;
  if (scale === 0) return left.part(0, 1);
  // a tiny temperature makes large logits overflow
  const top = Math.abs(z[0]) < 1e30 * scale ? 0 : z[0];
  return new Left(
    z.map((one) => (one - top) / scale),
    left.ids,
  );
}

/** @param {Left} left @param {At} at @param {Record<string, any>} fields */
function dynamic(left, { temperature }, { dynatemp_range: reach, dynatemp_exponent: exponent }) {
  if (left.length <= 1) return left;
  const low = Math.max(0, temperature - reach),
    share = Math.min(left.entropy / Math.log(left.length), 1);
  return divided(left, low + (temperature + reach - low) * share ** exponent);
}

/** @param {Left} left @param {number} p */
function topP(left, p) {
  const bound = fround(1 - p);
  let below = 0,
    n = left.length;
  for (let i = n - 1; i > 0; i--) {
    below += left.probability(i);
    if (fround(below) > bound) break;
    n = i;
  }
  return left.part(0, n);
}

/** @param {Left} left @param {number} k @param {boolean} exact */
function topK(left, k, exact) {
  if (k >= left.length) return left;
  const last = left.z[k - 1];
  return exact ? left.part(0, k) : left.while((i) => left.z[i] >= last);
}

/** @param {Left} left @param {number} n */
function topSigma(left, n) {
  let mean = 0,
    squares = 0;
  for (const z of left.z) mean += z / left.length;
  for (const z of left.z) squares += (z - mean) ** 2 / left.length;
  const bound = left.z[0] - n * Math.sqrt(squares);
  return left.while((i) => left.z[i] >= bound);
}

/** @param {Left} left @param {number} h */
function topH(left, h) {
  const head = left.part(0, LOOKS_AT),
    // a token whose probability is rounded to 0 has no term, and does not pass
    terms = Array.from({ length: head.length }, (_, i) => {
      const p = head.probability(i);
      return -p * Math.log(p);
    }),
    limit = fround(terms.reduce((sum, term) => sum + (term || 0), 0) * h);
  let reached = terms[0];
  return head.while((i) => fround((reached += terms[i])) <= limit);
}

/** @param {Left} left @param {number} mass */
function typical(left, mass) {
  const log = Math.log(left.sum),
    surprisal = left.z.map((z) => log - fround(z - left.z[0])),
    entropy = surprisal.reduce((sum, s) => sum + s * Math.exp(-s), 0),
    distance = surprisal.map((s) => Math.abs(s - entropy));
  const order = Int32Array.from(distance, (_, i) => i).sort(
    (a, b) => distance[a] - distance[b] || left.ids[a] - left.ids[b],
  );
  let reached = 0,
    last = 0;
  for (; last < order.length - 1; last++) {
    reached += left.probability(order[last]);
    if (fround(reached) >= fround(mass)) break;
  }
  const bound = distance[order[last]];
  const stays = (/** @type {any} */ _, /** @type {number} */ i) => distance[i] <= bound;
  return new Left(left.z.filter(stays), left.ids.filter(stays));
}

/** @param {Left} left @param {number} epsilon */
const atLeast = (left, epsilon) =>
  left.while((i) => left.probability(i) >= epsilon || left.z[i] >= left.z[0]);

/** @param {Left} left */
function pLess(left) {
  let squares = 0,
    total = 0;
  for (let i = 0; i < left.length; i++) {
    const p = left.probability(i);
    squares += p * p;
    total += p;
  }
  return left.while((i) => left.probability(i) * total >= squares * (1 - 1e-9));
}

/**
 * Of the tokens above the threshold the least likely stays.
 * @param {Left} left
 * @param {number} threshold
 */
function excludeTop(left, threshold) {
  let above = 0;
  while (above < left.length && left.probability(above) >= fround(threshold)) above++;
  return left.part(Math.max(0, above - 1), left.length);
}

/** @param {Left} left @param {Uint8Array | null} green @param {number} bias */
function lifted(left, green, bias) {
  if (!green) return left;
  const z = left.z.map((one, i) => (green[left.ids[i]] ? one + fround(bias) : one)),
    order = Int32Array.from(z, (_, i) => i).sort(
      (a, b) => z[b] - z[a] || left.ids[a] - left.ids[b],
    );
  return new Left(
    Float32Array.from(order, (i) => z[i]),
    order.map((i) => left.ids[i]),
  );
}

/** @type {Record<string, (left: Left, rules: Rules, at: At) => Left>} */
const ACTS = {
  temperature: (left, _, at) => (at.temperature === 1 ? left : divided(left, at.temperature)),
  dynatemp_range: (left, { fields }, at) => dynamic(left, at, fields),
  top_n_sigma: (left, { fields }) => topSigma(left, fields.top_n_sigma),
  top_h: (left, { fields }) => topH(left, fields.top_h),
  top_k: (left, { fields, exact_k }) => topK(left, fields.top_k, exact_k),
  top_p: (left, _, at) => (at.top_p === 1 ? left : topP(left, at.top_p)),
  min_p: (left, { fields }) => {
    const bound = fround(fround(fields.min_p) * left.probability(0));
    return left.while((i) => left.probability(i) >= bound);
  },
  typical_p: (left, { fields }) => typical(left, fields.typical_p),
  epsilon_cutoff: (left, { fields }) => atLeast(left, fround(fields.epsilon_cutoff)),
  eta_cutoff: (left, { fields: { eta_cutoff: eta } }) =>
    atLeast(left, fround(Math.min(eta, Math.sqrt(eta) * Math.exp(-left.entropy)))),
  p_less: (left) => pLess(left),
  xtc_threshold: (left, { fields }, { coin = 0 }) =>
    coin < fields.xtc_probability ? excludeTop(left, fields.xtc_threshold) : left,
  watermark_bias: (left, { fields, green }) => lifted(left, green, fields.watermark_bias),
};

/** Which rules the browser knows. */
export const known = Object.keys(ACTS);

/**
 * What each rule leaves, the first entry being what they begin with.
 * @param {Left} left @param {Rules} rules @param {At} at @param {string[]} [names]
 */
export function chain(left, rules, at, names = rules.names) {
  const stages = [{ name: "logits", left }];
  for (const name of names) {
    left = ACTS[name](left, rules, at);
    stages.push({ name, left });
  }
  return stages;
}
