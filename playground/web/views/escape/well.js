// @ts-check
/** The loop as a valley: the marble, the way out beside it, the hop or the lid. */
import { drawSvg, svgText } from "../../core/dom.js";
import { fixed } from "../../core/format.js";
import { nt, say, t } from "../../core/translate.js";

/** @param {any} record of the calculator */
function scaleOf({ well }) {
  const heights = well.map((/** @type {number[]} */ point) => point[1]);
  const inner = well
    .filter((/** @type {number[]} */ point) => Math.abs(point[0]) <= 1.35)
    .map((/** @type {number[]} */ point) => point[1]);
  const low = Math.min(0, ...heights),
    high = Math.max(...inner, 1);
  return {
    high,
    x: (/** @type {number} */ v) => 170 + v * 100,
    y: (/** @type {number} */ v) => 205 - (165 * (v - low)) / (high - low),
  };
}

/** @param {HTMLElement} host */
export function makeWell(host) {
  const svg = drawSvg("svg", {
    viewBox: "0 0 340 250",
    class: "escape-well-picture",
    role: "img",
  });
  host.append(svg);
  return {
    /** @param {any} record of the calculator */
    draw(record) {
      const { x, y, high } = scaleOf(record),
        { escape, well, settings } = record;
      const path = well
        .filter((/** @type {number[]} */ point) => point[1] <= high * 1.15)
        .map(
          (/** @type {number[]} */ point, /** @type {number} */ i) =>
            `${i ? "L" : "M"}${x(point[0]).toFixed(1)} ${y(point[1]).toFixed(1)}`,
        )
        .join("");
      const other = well.reduce((/** @type {number[]} */ a, /** @type {number[]} */ b) =>
        Math.abs(b[0] - 1) < Math.abs(a[0] - 1) ? b : a,
      )[1];
      const marble = "escape-marble" + (escape === 0 ? " stuck" : "");
      const middle = { "text-anchor": "middle", class: "axes-name" };
      svg.replaceChildren(
        drawSvg("path", { d: path, class: "escape-hill" }),
        drawSvg("line", { x1: x(-1) + 14, x2: x(1), y1: y(0), y2: y(0), class: "escape-level" }),
        drawSvg("line", { x1: x(1), x2: x(1), y1: y(0), y2: y(other), class: "escape-gap" }),
        drawSvg("circle", { cx: x(-1), cy: y(0) - 11, r: 10, class: marble }),
        svgText(t("the loop"), { x: x(-1), y: 232, ...middle }),
        svgText(nt("the way out", "{n} ways out", settings.rivals), { x: x(1), y: 232, ...middle }),
        svgText(t("ΔE = {barrier}", { barrier: fixed(record.barrier, 2) }), {
          x: x(1) + 8,
          y: (y(0) + y(other)) / 2 + 4,
          class: "axes-name",
        }),
        escape > 0 // the hop: as thick as it is likely
          ? drawSvg("path", {
              d: `M${x(-1)} ${y(0) - 22} Q170 ${y(high) - 30} ${x(1)} ${y(other) - 14}`,
              class: "escape-hop",
              "stroke-width": (1 + 7 * escape).toFixed(2),
            })
          : drawSvg("path", { d: `M${x(-1) - 26} ${y(0) - 26} h52`, class: "escape-lid" }),
      );
      svg.setAttribute("aria-label", say(record.marble));
    },
  };
}
