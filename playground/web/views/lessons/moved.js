// @ts-check
/**
 * The figure of a step once the reader has moved its sliders: the same plain data that
 * playground/pages/lessons/scenes makes, computed here by the pages' own modules.
 * tests/web/test_lesson_sliders.py holds the two together.
 */
import { movedBarrier, movedCalls, movedEscape, movedInside } from "./moved_curves.js";
import { movedBars, movedGreen, movedNext, movedStrip } from "./moved_laws.js";
import { movedEvidence, movedFading, movedPasses, movedVerdict } from "./moved_drafts.js";
import { movedBayes, movedChain, movedPair, movedUnmask } from "./moved_small.js";

/**
 * @typedef {{setting: string, label: any, low: number, high: number, step: number, start: number}} Slider
 * @typedef {{figure: string, settings: Record<string, string>, names: string[], rows: string[], law: any}} Recipe
 * @typedef {{sliders: Slider[], recipe: Recipe | null, drawn: any[] | null}} Moves
 */

/** @type {Record<string, (recipe: Recipe) => any>} */
const FIGURES = {
  bars: movedBars,
  strip: movedStrip,
  green: movedGreen,
  next: movedNext,
  pair: movedPair,
  bayes: movedBayes,
  verdict: movedVerdict,
  escape: movedEscape,
  barrier: movedBarrier,
  inside: movedInside,
  calls: movedCalls,
  passes: movedPasses,
  evidence: movedEvidence,
  fading: movedFading,
  chain: movedChain,
  unmask: movedUnmask,
};

/** @param {Moves} moves @param {Record<string, number>} values of the sliders, by setting */
export function moved({ sliders, recipe, drawn }, values) {
  if (drawn) {
    const [{ setting, low, step }] = sliders,
      at = Math.round((values[setting] - low) / step);
    return drawn[Math.max(0, Math.min(drawn.length - 1, at))];
  }
  if (!recipe) throw new Error("nothing says how this figure moves");
  const settings = { ...recipe.settings };
  for (const [name, value] of Object.entries(values)) settings[name] = String(value);
  return FIGURES[recipe.figure]({ ...recipe, settings });
}
