// @ts-check
/** Eigenvalues in the unit circle. */
import { drawSvg, svgText } from "../core/dom.js";
import { fixed } from "../core/format.js";
import { t } from "../core/translate.js";

/** @typedef {[re: number, im: number]} Complex */

/** A complex number in words. @param {Complex} value */
export function complex([re, im]) {
  if (Math.abs(im) < 5e-5) return fixed(re, 4);
  return `${fixed(re, 4)} ${im < 0 ? "−" : "+"} ${fixed(Math.abs(im), 4)}i`;
}

/** @type {[x: number, y: number, text: string][]} */
const TICKS = [
  [1.18, 0.16, "1"],
  [-1.24, 0.16, "−1"],
  [0.07, -1.12, "i"],
];

/**
 * Draws the values, the largest first; a dashed ring goes through the second.
 * @param {HTMLElement} host
 * @param {Complex[]} values
 */
export function unitCircle(host, values) {
  const second = values.length > 1 ? Math.hypot(...values[1]) : 0;
  const svg = drawSvg(
    "svg",
    {
      viewBox: "-1.32 -1.32 2.64 2.64",
      class: "circle",
      role: "img",
      "aria-label": t("Eigenvalues in the unit circle: {values}", {
        values: values.map(complex).join(", "),
      }),
    },
    drawSvg("circle", { r: 1, class: "rim" }),
    drawSvg("line", { x1: -1.2, x2: 1.2, y1: 0, y2: 0, class: "axisline" }),
    drawSvg("line", { y1: -1.2, y2: 1.2, x1: 0, x2: 0, class: "axisline" }),
    ...(second > 1e-9 && second < 1 - 1e-9
      ? [drawSvg("circle", { r: second.toFixed(4), class: "second" })]
      : []),
    ...values.map(([re, im], i) =>
      drawSvg("circle", {
        cx: re.toFixed(4),
        cy: (-im).toFixed(4),
        r: 0.06,
        class: i ? "value" : "value first",
      }),
    ),
    ...TICKS.map(([x, y, text]) => svgText(text, { x, y, class: "tick" })),
  );
  host.replaceChildren(svg);
}
