// @ts-check
/**
 * The trellis of a hidden chain, the Chains page's own; its cells say nothing until the truth is
 * revealed.
 */
import { make } from "../../core/dom.js";
import { Trellis } from "../chains/trellis.js";
import { figureOf } from "./figure_of.js";

/** @param {HTMLElement} host @param {import("./types.js").Step} step */
export function drawTrellis(host, step) {
  const box = make("div", "stage-trellis");
  host.append(box);
  const trellis = new Trellis(box, () => {});
  trellis.load(step.figure.passes);
  trellis.svg.removeAttribute("width");
  trellis.svg.removeAttribute("height");
  for (const cell of trellis.cells.flat()) {
    cell.element.removeAttribute("tabindex"); // it is looked at here, not opened
    cell.element.setAttribute("role", "img");
  }

  /** @param {import("./types.js").StepState} state */
  function update(state) {
    const { passes, show } = figureOf(step, state);
    const last = passes.observations.length - 1;
    trellis.passes = passes; // before the reveal its results are blank
    trellis.show(show || "forward", show ? last : -1, null);
    trellis.column.setAttribute("width", "0");
  }
  return { update };
}
