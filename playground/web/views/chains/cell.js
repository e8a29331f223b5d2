// @ts-check
/** The sum of an opened cell of the trellis, as a column of numbers with words. */
import { clip, make } from "../../core/dom.js";
import { small } from "../../core/format.js";
import { t } from "../../core/translate.js";
import { seenAt } from "./trellis.js";
import { sumOf } from "./trellis_figures.js";

/** @typedef {import("./trellis_figures.js").Passes} Passes */
/** @typedef {import("./trellis_figures.js").Kind} Kind */

/** @param {Passes} passes @param {Kind} kind @param {number} at @param {number} k */
function headOf(passes, kind, at, k) {
  const state = clip(passes.states[k], 16),
    position = at + 1;
  if (kind === "posterior")
    return t("How sure is {state} at position {position}, knowing everything?", {
      state,
      position,
    });
  if (kind === "backward")
    return at === passes.observations.length - 1
      ? t("Nothing follows the last position")
      : t("All that can follow {state} at position {position}", { state, position });
  if (kind === "viterbi")
    return at === 0
      ? t("The path that starts in {state}", { state })
      : t("The single best way to {state} at position {position}", { state, position });
  return at === 0
    ? t("All that starts in {state} and shows the first observation", { state })
    : t("All ways to {state} at position {position}, with the observations so far", {
        state,
        position,
      });
}

/**
 * @param {Passes} passes
 * @param {Kind} kind
 * @param {number} at
 * @param {number} k
 * @param {number | null} from
 */
function termName(passes, kind, at, k, from) {
  if (from === null) return t("start in {state}", { state: clip(passes.states[k], 16) });
  const state = clip(passes.states[from], 12);
  if (kind === "forward") return t("{state} before × step", { state });
  if (kind === "viterbi") return t("best to {state} × step", { state });
  if (kind === "posterior") return t("{state}: forward × backward", { state });
  return t("to {state}, shows {symbol}, and on", { state, symbol: seenAt(passes, at + 1) });
}

/** @param {Passes} passes @param {number} at @param {number} k */
const emissionName = (passes, at, k) =>
  passes.observations[at] < 0
    ? t("nothing observed: factor 1")
    : t("× P({symbol} | {state})", {
        symbol: seenAt(passes, at),
        state: clip(passes.states[k], 16),
      });

/**
 * @param {HTMLElement} host
 * @param {Passes} passes
 * @param {Kind} kind
 * @param {number} at
 * @param {number} k
 */
export function showCell(host, passes, kind, at, k) {
  const sum = sumOf(passes, kind, at, k),
    head = headOf(passes, kind, at, k),
    table = make("table", "sum");
  table.setAttribute("aria-label", head);
  /** @param {string} classes @param {...string} texts */
  const line = (classes, ...texts) => {
    const row = table.insertRow();
    row.className = classes;
    row.append(...texts.map((text, i) => make("td", i ? "num" : "", text)));
  };
  const several = sum.terms.length > 1,
    total = sum.terms.reduce((all, term) => all + term.product, 0);
  for (const { state, factors, product } of sum.terms)
    line(
      sum.marked !== undefined && state === sum.marked && (several || sum.rule === "share")
        ? "on"
        : "",
      termName(passes, kind, at, k, state),
      small(factors ? factors[0] : product),
      factors ? `× ${small(factors[1])}` : "",
      factors ? `= ${small(product)}` : "",
    );
  if (sum.rule === "sum" && several) line("total", t("sum"), "", "", small(total));
  if (sum.rule === "max" && several) {
    const best = sum.marked ?? 0;
    const name = t("largest: {state}", { state: clip(passes.states[best], 12) });
    line("total", name, "", "", small(sum.terms[best].product));
  }
  if (sum.rule === "share")
    line("total", t("sum: probability of all observations"), "", "", small(total));
  if (sum.emission !== null) line("", emissionName(passes, at, k), "", "", small(sum.emission));
  if (!sum.terms.length) line("", t("by definition"), "", "", small(1));
  const result = sum.rule === "share" ? t("its share of the sum") : t("result");
  line("result", result, "", "", small(sum.result));
  host.replaceChildren(make("p", "head", head), table);
}
