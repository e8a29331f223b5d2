// @ts-check
/** How each kind of figure is drawn. */
import { drawBars } from "./draw_bars.js";
import { drawCurve } from "./draw_curve.js";
import { drawGraph } from "./draw_graph.js";
import { drawStrip } from "./draw_strip.js";
import { drawTrellis } from "./draw_trellis.js";
import { drawWords } from "./draw_words.js";

/**
 * @type {Record<string, (host: HTMLElement, step: import("./types.js").Step, set: import("./types.js").SetGuess) => import("./types.js").Drawing>}
 */
export const DRAWINGS = {
  bars: drawBars,
  strip: drawStrip,
  curve: drawCurve,
  graph: drawGraph,
  trellis: drawTrellis,
  words: drawWords,
};
