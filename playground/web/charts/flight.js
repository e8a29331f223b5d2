// @ts-check
/** A word that flies over the page to its place in a text. */
import { asIs, make } from "../core/dom.js";
import { EASE } from "../core/motion.js";

const BASE = 30; // pixels: the size of the letters that fly

// It flies over the whole page, where a widget's own rules do not reach.
const FLYING = {
  position: "fixed",
  left: "0",
  top: "0",
  zIndex: "30",
  pointerEvents: "none",
  whiteSpace: "pre",
  transformOrigin: "0 0",
  font: `600 ${BASE}px/1.1 var(--serif)`,
  color: "var(--chosen)",
};

/**
 * @param {object} options
 * @param {ReturnType<typeof import("../core/motion.js").makeStage>} options.stage
 * @param {Element} options.from where it starts
 * @param {Element} options.word whose text flies
 * @param {Element} options.goal where it lands, in the size of the letters there
 */
export async function flyTo({ stage, from, word, goal }) {
  const begin = from.getBoundingClientRect();
  const end = [...goal.getClientRects()].at(-1) ?? goal.getBoundingClientRect();
  const flying = asIs(make("span", "tile-flying", word.textContent ?? ""));
  flying.setAttribute("aria-hidden", "true");
  Object.assign(flying.style, FLYING);
  document.body.append(flying);
  const size = parseFloat(getComputedStyle(goal).fontSize) * (goal.currentCSSZoom || 1);
  const grown = size / BASE;
  // of a word that brings its own space along
  const space = goal.textContent?.startsWith(" ") ? 0.25 * size : 0;
  const top = end.top + (end.height - flying.offsetHeight * grown) / 2;
  await stage.animate(
    flying,
    [
      { transform: `translate(${begin.left}px, ${begin.top}px)` },
      { transform: `translate(${end.left + space}px, ${top}px) scale(${grown})` },
    ],
    { duration: 540, easing: EASE.arrive },
  );
  flying.remove();
}
