// @ts-check
/**
 * Paths of drawings: from values to the text of an SVG path's `d`. A value that is null or infinite
 * leaves a gap.
 */

/** @typedef {(number | null | undefined)[]} Values */

/** @param {number} n */
const short = (n) => String(+n.toFixed(2));

/**
 * The stretches of values that follow each other without a gap: [index, value] pairs.
 * @param {Values} values @returns {[number, number][][]}
 */
function stretches(values) {
  /** @type {[number, number][][]} */
  const found = [];
  let open = false;
  values.forEach((value, i) => {
    if (value === null || value === undefined || !Number.isFinite(value)) {
      open = false;
      return;
    }
    if (!open) found.push([]);
    found[found.length - 1].push([i, value]);
    open = true;
  });
  return found;
}

/**
 * A line through values, or steps where each value holds until the next.
 * @param {Values} values @param {(index: number) => number} x @param {(value: number) => number} y @param {{steps?: boolean}} [options]
 */
export function linePath(values, x, y, { steps = false } = {}) {
  return stretches(values)
    .map((points) =>
      points
        .map(([i, value], k) => {
          const across = short(x(i)),
            down = short(y(value));
          if (!k) return `M${across} ${down}`;
          return steps ? `H${across}V${down}` : `L${across} ${down}`;
        })
        .join(""),
    )
    .join("");
}

/**
 * The area between a line and the ground.
 * @param {Values} values @param {(index: number) => number} x @param {(value: number) => number} y @param {number} ground its y
 */
export function areaPath(values, x, y, ground) {
  return stretches(values)
    .map((points) => {
      const first = short(x(points[0][0])),
        end = short(x(points[points.length - 1][0]));
      return `M${first} ${ground}${points.map(([i, value]) => `L${short(x(i))} ${short(y(value))}`).join("")}L${end} ${ground}Z`;
    })
    .join("");
}
