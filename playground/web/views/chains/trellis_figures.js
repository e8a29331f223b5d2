// @ts-check
/**
 * What the trellis shows, from the arrays of one forward-backward pass. Pure functions: positions
 * from 0, states by number.
 */

/** @typedef {"forward" | "backward" | "posterior" | "viterbi"} Kind */

/**
 * @typedef {object} Passes the server's record (playground/pages/chains/hidden.py); logarithms are null where a way is impossible
 * @property {string[]} states
 * @property {string[]} symbols
 * @property {number[]} observations symbols by number, -1 where one is missing
 * @property {number[]} initial
 * @property {number[][]} transition
 * @property {number[][]} emission
 * @property {(number | null)[][]} forward ln, by position and state
 * @property {(number | null)[][]} backward
 * @property {(number | null)[][]} delta ln of the best way into each cell
 * @property {number[][]} pointers the state that it came from
 * @property {number[][]} posterior
 * @property {number[][][]} pairs by position, from, to
 * @property {number[]} path Viterbi's
 * @property {number[]} marginal the likeliest state at each position
 */

/** @param {(number | null)[][]} logarithms @param {number} at @param {number} k */
const power = (logarithms, at, k) => Math.exp(logarithms[at][k] ?? -Infinity);

/**
 * The probability that a state shows what was seen; a missing observation is no evidence.
 * @param {Passes} passes
 * @param {number} at
 * @param {number} k
 */
const emits = ({ observations, emission }, at, k) =>
  observations[at] < 0 ? 1 : emission[k][observations[at]];

/**
 * The number in a cell.
 * @param {Passes} passes
 * @param {Kind} kind
 * @param {number} at
 * @param {number} k
 */
export function valueOf(passes, kind, at, k) {
  if (kind === "posterior") return passes.posterior[at][k];
  if (kind === "viterbi") return power(passes.delta, at, k);
  return power(passes[kind], at, k);
}

/**
 * Its share of the column.
 * @param {Passes} passes
 * @param {Kind} kind
 * @param {number} at
 * @param {number} k
 */
export function shareOf(passes, kind, at, k) {
  if (kind === "posterior") return passes.posterior[at][k];
  const total = passes.states.reduce((sum, _, j) => sum + valueOf(passes, kind, at, j), 0);
  return total > 0 ? valueOf(passes, kind, at, k) / total : 0;
}

/**
 * How much of a cell came by an edge, from 0 to 1. The edge ends at position `c`; `at` is the
 * position on view.
 * @param {Passes} passes @param {Kind} kind @param {number} at @param {number} c @param {number} from @param {number} to
 */
export function edgeShare(passes, kind, at, c, from, to) {
  const { transition, states } = passes,
    step = transition[from][to];
  if (kind === "posterior") return passes.pairs[c - 1][from][to];
  if (kind === "backward") {
    const all = c > at ? valueOf(passes, "backward", c - 1, from) : 0;
    return all ? (step * emits(passes, c, to) * valueOf(passes, "backward", c, to)) / all : 0;
  }
  if (c > at) return 0;
  if (kind === "viterbi") return passes.pointers[c][to] === from ? 1 : step ? 0.12 : 0;
  const all = states.reduce(
    (sum, _, i) => sum + valueOf(passes, "forward", c - 1, i) * transition[i][to],
    0,
  );
  return all ? (valueOf(passes, "forward", c - 1, from) * step) / all : 0;
}

/**
 * Whether an edge belongs to what is being looked at.
 * @param {Passes} passes
 * @param {Kind} kind
 * @param {number} at
 * @param {number} c
 * @param {number} from
 * @param {number} to
 */
export function isEdgeOn(passes, kind, at, c, from, to) {
  if (kind === "posterior") return c === at || c === at + 1;
  if (kind === "backward") return c === at + 1;
  if (kind === "forward") return c === at;
  if (c > at) return false;
  return at === passes.observations.length - 1
    ? passes.path[c] === to && passes.path[c - 1] === from
    : c === at && passes.pointers[c][to] === from;
}

/**
 * @typedef {object} Sum what a cell is made of
 * @property {{state: number | null, factors: [number, number] | null, product: number}[]} terms one a state; null: the start
 * @property {"sum" | "max" | "share"} rule
 * @property {number} [marked] the term that was taken, or the cell's own
 * @property {number | null} emission the factor of what was seen; null where there is none
 * @property {number} result
 */

/** @param {Passes} passes @param {Kind} kind @param {number} at @param {number} k @returns {Sum} */
export function sumOf(passes, kind, at, k) {
  const { states, transition, initial } = passes,
    result = valueOf(passes, kind, at, k);
  /** @param {(j: number) => [number, number]} factors */
  const terms = (factors) =>
    states.map((_, j) => {
      const [a, b] = factors(j);
      return { state: j, factors: /** @type {[number, number]} */ ([a, b]), product: a * b };
    });
  if (kind === "posterior")
    return {
      terms: terms((j) => [valueOf(passes, "forward", at, j), valueOf(passes, "backward", at, j)]),
      rule: "share",
      marked: k,
      emission: null,
      result,
    };
  if (kind === "backward") {
    const last = at === passes.observations.length - 1;
    return {
      terms: last
        ? []
        : terms((j) => [
            transition[k][j] * emits(passes, at + 1, j),
            valueOf(passes, "backward", at + 1, j),
          ]),
      rule: "sum",
      emission: null,
      result,
    };
  }
  const rule = kind === "viterbi" ? "max" : "sum",
    emission = emits(passes, at, k);
  if (at === 0)
    return { terms: [{ state: null, factors: null, product: initial[k] }], rule, emission, result };
  const marked = kind === "viterbi" ? { marked: passes.pointers[at][k] } : {};
  const ways = terms((j) => [valueOf(passes, kind, at - 1, j), transition[j][k]]);
  return { terms: ways, rule, ...marked, emission, result };
}
