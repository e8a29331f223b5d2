// @ts-check
/** What the view of a chain in continuous time consists of. */
import { heading } from "../../charts/heat.js";
import { clip, make, node } from "../../core/dom.js";
import { fixed } from "../../core/format.js";
import { t } from "../../core/translate.js";
import {
  action,
  headed,
  numberField,
  problemLine,
  scrolling,
  seedField,
  viewSkeleton,
} from "./page.js";

const graph = () =>
  node(
    "section",
    { "data-figure": true },
    node("h2", {}, () => t("Rates; click a state to start there")),
    node("div", { part: "graph" }),
  );

const table = () =>
  headed(
    () => t("Rate matrix Q: jumps a unit of time"),
    node("div", { class: "scroll" }, node("div", { part: "matrix" })),
    node("p", { class: "aside" }, () => t("The diagonal follows: rows of Q sum to 0.")),
    problemLine(),
    node(
      "div",
      { class: "tools" },
      action("more", () => t("Add a state")),
      action("fewer", () => t("Remove the last")),
    ),
    node(
      "div",
      { class: "tools", style: "margin-top:8px" },
      node("label", {}, () => t("Start in"), " ", node("select", { part: "start" })),
      numberField("until", () => t("until t ="), { min: 0.1, max: 100, step: "any" }),
    ),
    node(
      "div",
      { class: "tools", style: "margin-top:8px" },
      seedField(),
      action("another", () => t("Other runs")),
    ),
  );

const power = () =>
  node(
    "section",
    { "data-figure": true },
    node("h2", { part: "tout" }),
    scrolling("power", () => t("P of t")),
    node("p", { class: "say", part: "words" }),
  );

const time = () =>
  node(
    "div",
    { "data-figure": true },
    node("h2", {}, () => t("Time; the curve: probability of being elsewhere than at the start")),
    node("div", { part: "player" }),
    node("h2", { style: "margin-top:16px" }, () => t("One run: waits and jumps")),
    node("div", { part: "lanes", "data-lanes": true }),
  );

const equation = () =>
  node(
    "div",
    { class: "pairs", "data-figure": true },
    headed(
      () => t("Forward equation (thick) and 400 runs (thin); numbers: probability (share)"),
      node("div", { part: "curves" }),
    ),
    headed(
      () => t("Why the curves move: p′(t) = p(t) Q, at this moment"),
      scrolling("flow", () => t("Forward equation")),
      node("p", { class: "say", part: "masking" }),
    ),
  );

export const skeleton = () =>
  viewSkeleton(
    () =>
      t(
        "Time need not come in steps. A rate says how often something happens in a unit of time; the chain waits, then jumps.",
      ),
    "presets",
    node("div", { class: "walk-top" }, graph(), node("div", { class: "stack" }, table(), power())),
    time(),
    equation(),
  );

/**
 * Kolmogorov's forward equation at one moment: what flows into each state and out of it.
 * @param {string[]} names @param {number[]} p @param {number[][]} rates @param {number} here the state of the run on view
 */
export function flowTable(names, p, rates, here) {
  const table = make("table", "sum");
  table.setAttribute("aria-label", t("Kolmogorov’s forward equation at this moment"));
  const titles = [t("state"), "p(t)", t("flows in"), t("flows out"), t("change")];
  table.insertRow().append(...titles.map((title, i) => heading(i ? "num" : "", "col", title)));
  names.forEach((name, j) => {
    const into = p.reduce((sum, share, i) => (i === j ? sum : sum + share * rates[i][j]), 0),
      out = -p[j] * rates[j][j],
      change = into - out;
    const row = table.insertRow();
    if (j === here) row.className = "on";
    row.append(
      make("td", "", clip(name, 12)),
      ...[
        fixed(p[j], 4),
        `+ ${fixed(into, 4)}`,
        `− ${fixed(out, 4)}`,
        `= ${change < -5e-5 ? "−" : ""}${fixed(Math.abs(change), 4)}`,
      ].map((text) => make("td", "num", text)),
    );
  });
  return table;
}
