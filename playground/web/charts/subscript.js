// @ts-check
/**
 * Letters with a subscript in the text of a drawing, where MathML cannot stand: "T_c" is an italic
 * T with a low c.
 */
import { drawSvg } from "../core/dom.js";

/** Writes `text` into an SVG text element. @param {SVGTextElement} element @param {string} text */
export function writeSubscripts(element, text) {
  element.replaceChildren();
  text.split(/(\p{L}_\p{L})/u).forEach((part, i) => {
    if (!(i % 2)) return element.append(part);
    const letter = drawSvg("tspan", { "font-style": "italic" }),
      low = drawSvg("tspan", { dy: "0.3em", "font-size": "0.75em" }),
      back = drawSvg("tspan", { dy: "-0.225em" }); // of the smaller letters' own size
    letter.textContent = part[0];
    low.textContent = part[2];
    back.textContent = "\u200b"; // something must carry the way back to the line
    element.append(letter, low, back);
  });
}
