// @ts-check
/**
 * What the view of the Markov chain computes by itself: powers of the matrix, visits, distances.
 * Pure functions on plain numbers.
 */

export const MOST_STEPS = 64;

/** @typedef {number[][]} Matrix */

/** @param {Matrix} a @param {Matrix} b @returns {Matrix} */
const product = (a, b) =>
  a.map((row) => b[0].map((_, j) => row.reduce((sum, value, k) => sum + value * b[k][j], 0)));

/** P to the 0, 1, … 64. @param {Matrix} P @returns {Matrix[]} */
export function powersOf(P) {
  const powers = [P.map((row, i) => row.map((_, j) => Number(i === j)))];
  while (powers.length <= MOST_STEPS) powers.push(product(powers[powers.length - 1], P));
  return powers;
}

/** Total variation: half the sum of the differences. @param {number[]} p @param {number[]} q */
const variation = (p, q) => p.reduce((sum, value, i) => sum + Math.abs(value - q[i]), 0) / 2;

/**
 * The largest distance between two rows: how much of the beginning is remembered.
 * @param {Matrix} P
 */
export const spreadOf = (P) =>
  Math.max(...P.flatMap((row) => P.map((other) => variation(row, other))));

/**
 * How often each state was visited, up to each step.
 * @param {number[]} path
 * @param {number} count of states
 * @returns {number[][]}
 */
export function visitsOf(path, count) {
  const seen = Array(count).fill(0);
  return path.map((state) => {
    seen[state]++;
    return [...seen];
  });
}

/** The distance of the visits so far from the long run, at each step; null where there is no single
 * one.
 *  @param {number[][]} visits @param {number[] | null} limit */
export const distancesOf = (visits, limit) =>
  visits.map((seen, step) =>
    limit
      ? variation(
          seen.map((times) => times / (step + 1)),
          limit,
        )
      : null,
  );
