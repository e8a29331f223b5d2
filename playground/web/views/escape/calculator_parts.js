// @ts-check
/**
 * What the escape calculator consists of: the loop that plays, the valley and the curve, and what
 * is folded away.
 */
import { node } from "../../core/dom.js";
import { rich } from "../../core/rich.js";
import { say, t } from "../../core/translate.js";
import { derivation } from "./derivation.js";
import { fold } from "./fold.js";

/**
 * @typedef {import("../../schema.d.ts").NumberControl & {why: import("../../core/translate.js").WireMessage}} ParameterRow
 */

/** @param {number} step */
const decimals = (step) => (String(step).split(".")[1] ?? "").length;

/**
 * A slider of a row of the table of parameters.
 * @param {ParameterRow} row
 * @returns {import("./sliders.js").Slider}
 */
export const sliderOf = (row) => ({
  name: row.field,
  title: () => say(row.label),
  why: () => say(row.why),
  low: row.low,
  high: row.high,
  step: row.step,
  digits: row.whole ? 0 : decimals(row.step),
  log: row.field === "rivals",
});

/** @param {() => string} text */
const heading = (text) => node("h2", {}, text);

/** @param {string} part @param {() => string} title @param {string} [classes] */
const count = (part, title, classes) =>
  node("div", {}, node("dt", {}, title), node("dd", { part, class: classes ?? null }));

const panel = () =>
  node(
    "div",
    { class: "escape-panel" },
    node(
      "dl",
      { class: "escape-counts" },
      count("tried", () => t("draws")),
      count("out", () => t("escaped"), "out"),
      count("measured", () => t("measured")),
      count("expected", () => t("expected")),
    ),
    node(
      "div",
      { class: "escape-acts" },
      node("button", { type: "button", class: "main", part: "go" }, () => t("Play")),
      node("button", { type: "button", part: "fast", "aria-pressed": "false" }, () => t("Faster")),
      node(
        "button",
        { type: "button", part: "many", title: () => t("1,000 draws at once, without pictures") },
        () => t("+1,000"),
      ),
    ),
    node(
      "label",
      { class: "escape-where" },
      node("span", {}, () => t("Draw at")),
      node("select", { part: "where", "aria-label": () => t("Draw at") }),
    ),
  );

const stage = () =>
  node(
    "section",
    { class: "escape-stage" },
    node(
      "div",
      { class: "escape-roll", "aria-hidden": "true" },
      node("p", { class: "escape-before", part: "before" }),
      node("div", { class: "escape-laps", part: "laps" }),
    ),
    panel(),
  );

const pictures = () =>
  node(
    "div",
    { class: "escape-top" },
    node(
      "section",
      { class: "escape-well" },
      heading(() => t("The loop as a valley")),
      node("div", { part: "well" }),
      node("div", { part: "lid" }),
      node("p", { class: "escape-caption", part: "lidsay" }),
    ),
    node(
      "section",
      { class: "escape-plot" },
      heading(() => t("How likely one draw leaves the loop. Drag the dot.")),
      node("div", { class: "escape-figure", part: "plot" }),
      node("p", { class: "escape-formula-line", part: "formula" }),
    ),
  );

const orders = () =>
  node(
    "label",
    { class: "escape-control escape-order" },
    node("span", { class: "escape-name" }, () => t("order of the rules")),
    node(
      "select",
      { part: "order", "aria-label": () => t("order of the rules") },
      node("option", { value: "transformers" }, () => t("temperature first (transformers)")),
      node("option", { value: "llama.cpp" }, () => t("temperature last (llama.cpp)")),
    ),
  );

/** @param {string} part @param {() => string} title */
const small = (part, title) =>
  node(
    "section",
    { class: `escape-${part.replaceAll("_", "-")}` },
    node("h2", {}, () => rich(title())),
    node("div", { class: "escape-small", part }),
  );

/** @type {Record<string, () => string>} */
export const TITLES = {
  by_top_p: () => t("T_c against top-p"),
  by_barrier: () => t("T_c against the barrier"),
  by_visit: () => t("The barrier at each visit"),
};

const rules = () =>
  fold(
    "rules",
    () => t("Other rules"),
    () => t("min-p, top-k, and whether temperature comes first or last"),
    node("div", { part: "rule-sliders", class: "escape-sliders" }),
    orders(),
  );

const theory = () =>
  fold(
    "theory",
    () => t("Theory"),
    () => t("where the lid opens, which rule forbids the way out, and why"),
    node(
      "div",
      { class: "escape-two" },
      small("by_top_p", TITLES.by_top_p),
      node(
        "section",
        { class: "escape-verdicts" },
        heading(() => t("Which rule forbids the way out")),
        node("table", { class: "escape-table", part: "verdicts" }),
      ),
    ),
    node(
      "section",
      {},
      heading(() => t("The formulas with these numbers")),
      node("div", { class: "escape-formulas", part: "formulas" }),
    ),
    fold(
      "derive",
      () => t("Line by line"),
      () => t("from softmax to the formula of the lid"),
      node("section", { class: "escape-derivation" }, derivation()),
      small("by_barrier", TITLES.by_barrier),
    ),
  );

const penalties = () =>
  fold(
    "penalties",
    () => t("Penalties"),
    () => t("what each visit of the loop takes off its barrier"),
    node(
      "div",
      { class: "escape-two" },
      node("section", { part: "penalty-sliders" }),
      small("by_visit", TITLES.by_visit),
    ),
    node("p", { class: "soft small", part: "penalty-note" }, () =>
      t("Penalties act on a loop with your own ΔE and N: “Draw at” above switches to it."),
    ),
  );

export const skeleton = () =>
  node(
    "div",
    { class: "widget escape" },
    node("p", { class: "problem", role: "alert", part: "problem", hidden: true }),
    stage(),
    node("p", { class: "escape-unseen", role: "status", part: "spoken" }),
    pictures(),
    node("div", { part: "own-sliders", class: "escape-sliders", hidden: true }),
    node(
      "div",
      { class: "escape-last" },
      node("p", { class: "say escape-sentence", part: "sentence", "aria-live": "polite" }),
      node(
        "span",
        {},
        node(
          "button",
          {
            type: "button",
            class: "plain",
            part: "link",
            title: () => t("An address that opens this page with these settings"),
          },
          () => t("Copy link"),
        ),
      ),
    ),
    rules(),
    theory(),
    penalties(),
  );
