// @ts-check
/**
 * A part of the page that is folded away until somebody wants it: a line with its title, and what
 * it is good for.
 */
import { node } from "../../core/dom.js";
import { rich } from "../../core/rich.js";
import { t } from "../../core/translate.js";

/**
 * @param {string} part @param {() => string} title @param {(() => string) | null} why @param {...Node} children
 */
export const fold = (part, title, why, ...children) =>
  node(
    "details",
    { class: "escape-fold", part },
    node(
      "summary",
      { title: () => t("Opens this part, or folds it away.") },
      node("b", {}, title),
      ...(why ? [node("span", {}, () => rich(why()))] : []),
    ),
    ...children,
  );
