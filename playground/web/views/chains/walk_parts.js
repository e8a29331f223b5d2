// @ts-check
/** What the view of the Markov chain consists of, and some of what it says. */
import { complex } from "../../charts/circle.js";
import { make, node } from "../../core/dom.js";
import { fixed } from "../../core/format.js";
import { nt, t } from "../../core/translate.js";
import { action, headed, problemLine, scrolling, seedField, viewSkeleton } from "./page.js";

const chain = () =>
  node(
    "section",
    { "data-figure": true },
    node("h2", {}, () => t("The chain; click a state to start there")),
    node("div", { part: "graph" }),
  );

const table = () =>
  headed(
    () => t("Row: where it is. Column: where it goes"),
    node("div", { class: "scroll" }, node("div", { part: "matrix" })),
    problemLine(),
  );

const tools = () =>
  node(
    "div",
    { class: "tools" },
    action("more", () => t("Add a state")),
    action("fewer", () => t("Remove the last")),
    node("label", {}, () => t("Start in"), " ", node("select", { part: "start" })),
    node("span", { class: "group", part: "mode" }),
    seedField(),
    action("another", () => t("Another walk")),
  );

const visits = () =>
  node(
    "section",
    {},
    node("h2", {}, () => t("Visits so far (bar) and in the long run (outline)")),
    node("div", { part: "visits" }),
  );

const steps = () =>
  node(
    "div",
    { "data-figure": true },
    node("h2", {}, () => t("The walk: distance between visits and long run, step by step")),
    node("div", { part: "player" }),
    node(
      "div",
      { class: "walk-lanes" },
      node("div", { part: "lanes", "data-lanes": true }),
      visits(),
    ),
    node("p", { class: "say", part: "distance" }),
    node("p", { class: "say", part: "looping" }),
  );

const power = () =>
  headed(
    () => t("Many steps at once: the matrix to the power n"),
    node(
      "div",
      { class: "tools" },
      node(
        "label",
        { style: "flex:1" },
        node("span", { class: "num", part: "nout" }),
        node("input", {
          type: "range",
          min: 0,
          max: 64,
          step: 1,
          part: "n",
          "aria-label": () => t("n, number of steps"),
        }),
      ),
    ),
    scrolling("power", () => t("The matrix to the power n")),
    node("div", { part: "spread", style: "margin-top:12px" }),
    node("div", { class: "axis" }, node("span", {}, "n = 0"), node("span", {}, "64")),
    node("p", { class: "say", part: "forgotten" }),
  );

const eigenvalues = () =>
  headed(
    () => t("How fast it forgets: eigenvalues"),
    node(
      "div",
      { class: "beside" },
      node("div", { part: "circle", style: "flex:1 1 150px" }),
      node("div", { part: "eigenvalues" }),
    ),
    node("p", { class: "say", part: "mixing" }),
  );

const hitting = () =>
  headed(
    () => t("Expected steps until a state is reached"),
    scrolling("hitting", () => t("Expected hitting times")),
    node("p", { class: "aside" }, () =>
      t("On the diagonal: until it is back. ∞: it may never get there."),
    ),
    node("p", { class: "say", part: "structure" }),
    node("p", { class: "say", part: "absorption" }),
  );

export const skeleton = () =>
  viewSkeleton(
    () =>
      t(
        "A Markov chain only knows the state it is in. That state’s row says where it may go next.",
      ),
    "presets",
    node("div", { class: "walk-top", part: "top" }, chain(), table()),
    tools(),
    steps(),
    node("div", { class: "trio", "data-figure": true }, power(), eigenvalues(), hitting()),
  );

/** @param {import("../../charts/circle.js").Complex} value @param {number} i */
export function eigenvalueRow(value, i) {
  const row = make("div", "pair");
  row.append(
    make("span", "", `λ${"₁₂₃₄₅₆₇₈"[i]}`),
    make("span", "num", complex(value)),
    make("span", "num", t("size {size}", { size: fixed(Math.hypot(...value), 4) })),
  );
  return row;
}

/** @param {number} bad rows @param {boolean} doubled names */
export function faultOf(bad, doubled) {
  if (doubled)
    return t(
      "Two states have the same name: give each its own. The figures still belong to the last good matrix.",
    );
  if (!bad) return "";
  return nt(
    "One row does not sum to 1: correct it or press “normalise”. Until then every figure still belongs to the last good matrix.",
    "{n} rows do not sum to 1: correct them or press “normalise”. Until then every figure still belongs to the last good matrix.",
    bad,
  );
}

/** @param {number} n steps @param {number} spread */
export function forgotten(n, spread) {
  const values = { spread: fixed(spread, 4) };
  if (spread < 0.01)
    return nt(
      "After {n} step the two most different rows are {spread} apart: where the chain began is as good as forgotten.",
      "After {n} steps the two most different rows are {spread} apart: where the chain began is as good as forgotten.",
      n,
      values,
    );
  if (spread > 0.99)
    return nt(
      "After {n} step the two most different rows are {spread} apart: where it began still decides everything.",
      "After {n} steps the two most different rows are {spread} apart: where it began still decides everything.",
      n,
      values,
    );
  return nt(
    "After {n} step the two most different rows are {spread} apart: that much of the beginning is still remembered.",
    "After {n} steps the two most different rows are {spread} apart: that much of the beginning is still remembered.",
    n,
    values,
  );
}
