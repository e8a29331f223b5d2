// @ts-check
/** The skeleton of the view of steps, time and quality. */
import { node } from "../../core/dom.js";
import { t } from "../../core/translate.js";

/**
 * @type {{key: "token" | "step" | "steps" | "block", text: () => string, low: number, high: number, by: number, unit: string}[]}
 */
export const SLIDERS = [
  {
    key: "token",
    text: () => t("a token, left to right"),
    low: 0.5,
    high: 200,
    by: 0.5,
    unit: "ms",
  },
  { key: "step", text: () => t("a step of the canvas"), low: 0.5, high: 500, by: 0.5, unit: "ms" },
  { key: "steps", text: () => t("steps a canvas"), low: 1, high: 128, by: 1, unit: "" },
  { key: "block", text: () => t("tokens a block"), low: 16, high: 512, by: 16, unit: "" },
];

/** @param {Record<string, number>} numbers what the sliders begin with */
export function stepsSkeleton(numbers) {
  const press = (
    /** @type {string} */ part,
    /** @type {() => string} */ text,
    /** @type {() => string} */ title,
    classes = "",
  ) => node("button", { type: "button", part, title, class: classes }, text);
  const title = (/** @type {() => string} */ text, gap = "") =>
    node("h2", { class: "canvas-h" + gap }, text);
  const note = (/** @type {() => string} */ text) => node("p", { class: "canvas-note" }, text);
  return [
    node(
      "div",
      { class: "canvas-line" },
      node(
        "label",
        { class: "diffusion-field" },
        node("span", {}, () => t("Left-to-right model and its diffusion twin")),
        node("select", {
          part: "pair",
          id: "timing-pair",
          "aria-label": () => t("Left-to-right model and its diffusion twin"),
        }),
      ),
      press(
        "time",
        () => t("Measure time"),
        () => t("Milliseconds a token and a step, on this server, now"),
        "main",
      ),
      press(
        "quality",
        () => t("Measure quality"),
        () => t("Perplexity and distinct-2 against the number of steps"),
      ),
      node(
        "button",
        {
          type: "button",
          part: "stop",
          hidden: true,
          title: () => t("Keep what has been measured"),
        },
        () => t("Stop"),
      ),
      node("span", { class: "canvas-note", part: "progress", role: "status" }),
    ),
    node("div", { class: "problem", part: "problem", role: "alert", hidden: true }),
    node(
      "div",
      { class: "canvas-steps-grid" },
      node(
        "section",
        {},
        title(() => t("How long until the text is there")),
        node("p", { class: "say", part: "verdict" }),
        node("div", { part: "latency" }),
        node("p", { class: "canvas-note", part: "measured" }),
      ),
      node(
        "section",
        {},
        title(() => t("Your numbers")),
        ...SLIDERS.map((one) => slider(one, numbers[one.key])),
        press(
          "use",
          () => t("Use what was measured"),
          () => t("Put the measured milliseconds into the sliders"),
        ),
        title(() => t("Sequential steps, and the time they take"), " canvas-gap"),
        node("table", { class: "canvas-figures", part: "figures" }),
        note(() =>
          t(
            "One canvas: a step is taken to cost the same at every length; what was measured shows how far that holds. Blocks: each block of the text has its own steps, one block after the other.",
          ),
        ),
      ),
    ),
    node(
      "div",
      { class: "canvas-steps-grid" },
      node(
        "section",
        {},
        title(() =>
          t("Quality against cost: perplexity of the samples under the left-to-right twin"),
        ),
        node("div", { part: "perplexity" }),
      ),
      node(
        "section",
        {},
        title(() => t("Variety: distinct-2 of the samples")),
        node("div", { part: "distinct" }),
      ),
    ),
    node(
      "section",
      { part: "equalCostBox" },
      title(() => t("Self-speculative against MDLM at equal cost")),
      node("p", { class: "say", part: "equalCost" }),
      node("p", { class: "canvas-note", part: "equalCostFigures" }),
    ),
    node("div", { class: "canvas-examples", part: "examples" }),
    note(() =>
      t(
        "Random order, equal portions; mean and standard deviation over 6 seeds. Perplexity: exp of the mean surprisal, the first token not scored; lower is likelier, which is not always better. distinct-2: different word pairs among all word pairs of a text.",
      ),
    ),
  ];
}

/** @param {typeof SLIDERS[number]} one @param {number} value */
const slider = ({ key, text, low, high, by }, value) =>
  node(
    "label",
    { class: "canvas-slide" },
    node("span", {}, text),
    node("input", {
      type: "range",
      part: key,
      min: low,
      max: high,
      step: by,
      value,
      "aria-label": text,
    }),
    node("output", { class: "num", part: key + "Says" }),
  );
