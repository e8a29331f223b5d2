// @ts-check
/** A QR code, drawn. */
import { drawSvg } from "../core/dom.js";

const MARGIN = 4; // light squares around it belong to the code

/** @param {string[]} rows of 0 and 1 @param {string} label @returns {SVGElement} */
export function qrPicture(rows, label) {
  const side = rows.length + 2 * MARGIN;
  const path = rows.flatMap((row, y) =>
    [...row].map((dark, x) => (dark === "1" ? `M${x + MARGIN} ${y + MARGIN}h1v1h-1z` : "")),
  );
  return drawSvg(
    "svg",
    {
      ...{ viewBox: `0 0 ${side} ${side}`, role: "img", "aria-label": label },
      "shape-rendering": "crispEdges",
    },
    drawSvg("rect", { width: side, height: side, fill: "#fff" }),
    drawSvg("path", { d: path.join(""), fill: "#000" }),
  );
}
