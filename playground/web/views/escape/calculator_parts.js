// @ts-check
/** What the escape calculator consists of: its controls and its skeleton. */
import { node } from "../../core/dom.js";
import { t } from "../../core/translate.js";
import { derivation } from "./derivation.js";
import { fold } from "./fold.js";

/** What shapes one draw. @type {import("./sliders.js").Slider[]} */
export const CONTROLS = [
  {
    name: "delta_e",
    title: () => t("barrier ΔE"),
    why: () => t("How far the best way out lies below the loop token, in logits (nats)"),
    low: -2,
    high: 12,
    step: 0.05,
    digits: 2,
  },
  {
    name: "temperature",
    title: () => t("temperature T"),
    why: () => t("Logits are divided by T before the draw"),
    low: 0,
    high: 4,
    step: 0.01,
    digits: 2,
  },
  {
    name: "rivals",
    title: () => t("rivals N"),
    why: () => t("How many equally likely ways out there are"),
    low: 1,
    high: 1000,
    step: 1,
    digits: 0,
    log: true,
  },
  {
    name: "top_p",
    title: () => t("top-p"),
    why: () => t("Keep the smallest set of tokens that reaches this probability"),
    low: 0.05,
    high: 1,
    step: 0.005,
    digits: 3,
  },
  {
    name: "min_p",
    title: () => t("min-p α"),
    why: () => t("Keep tokens with at least α times the probability of the likeliest"),
    low: 0,
    high: 0.5,
    step: 0.005,
    digits: 3,
  },
  {
    name: "top_k",
    title: () => t("top-k"),
    why: () => t("Keep the k most likely tokens (0: off)"),
    low: 0,
    high: 50,
    step: 1,
    digits: 0,
  },
];

/** What a loop's visits change. @type {import("./sliders.js").Slider[]} */
export const PENALTIES = [
  {
    name: "repetition_penalty",
    title: () => t("repetition penalty θ"),
    why: () =>
      t(
        "Divides a positive logit of a token seen before, multiplies a negative one: once, however often it was seen",
      ),
    low: 1,
    high: 2,
    step: 0.01,
    digits: 2,
  },
  {
    name: "frequency_penalty",
    title: () => t("frequency penalty"),
    why: () => t("Subtracted from the logit for every time the token was generated"),
    low: 0,
    high: 2,
    step: 0.01,
    digits: 2,
  },
  {
    name: "loop_logit",
    title: () => t("loop token's logit"),
    why: () => t("The repetition penalty depends on the logit itself, not only on differences"),
    low: -10,
    high: 30,
    step: 0.1,
    digits: 1,
  },
  {
    name: "visits",
    title: () => t("visits so far"),
    why: () => t("How often the loop token was generated already"),
    low: 0,
    high: 20,
    step: 1,
    digits: 0,
  },
];

/** The values of a control at which its rule does nothing. @type {Record<string, (value: number) => boolean>} */
export const OFF = {
  top_p: (value) => value >= 1,
  min_p: (value) => value === 0,
  top_k: (value) => value === 0,
  frequency_penalty: (value) => value === 0,
  repetition_penalty: (value) => value === 1,
};

/** @param {() => string} text */
const heading = (text) => node("h2", {}, text);

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

/** @param {string} part @param {() => string} title @param {() => string} text */
const action = (part, title, text) =>
  node("button", { type: "button", class: "plain", part, title }, text);

const controls = () =>
  node(
    "section",
    { class: "escape-controls" },
    node("div", { part: "sliders", class: "escape-sliders" }),
    node(
      "div",
      { class: "escape-last" },
      orders(),
      node(
        "span",
        {},
        action(
          "link",
          () => t("An address that opens this page with these settings"),
          () => t("Copy link"),
        ),
        action(
          "qr",
          () => t("The link as a picture for a projector: phones open it by its QR code"),
          () => t("QR code"),
        ),
      ),
    ),
  );

/** @param {string} part @param {() => string} title */
const small = (part, title) =>
  node(
    "section",
    { class: `escape-${part.replaceAll("_", "-")}` },
    heading(title),
    node("div", { class: "escape-small", part }),
  );

export const TITLES = {
  by_top_p: () => t("T_c against top-p"),
  by_barrier: () => t("T_c against the barrier"),
  by_visit: () => t("The barrier at each visit"),
};

const theory = () =>
  fold(
    "theory",
    () => t("Theory"),
    () =>
      t("which rule forbids the way out, the formulas with these numbers, and how they come about"),
    node(
      "div",
      { class: "escape-two" },
      node(
        "section",
        { class: "escape-verdicts" },
        heading(() => t("Which rule forbids the way out")),
        node("table", { class: "escape-table", part: "verdicts" }),
        small("by_top_p", TITLES.by_top_p),
      ),
      node(
        "section",
        {},
        heading(() => t("The formulas with these numbers")),
        node("div", { class: "escape-formulas", part: "formulas" }),
        small("by_barrier", TITLES.by_barrier),
      ),
    ),
    node(
      "section",
      { class: "escape-derivation" },
      heading(() => t("Derive it: from softmax to T_c, line by line")),
      derivation(),
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
  );

export const skeleton = () =>
  node(
    "div",
    { class: "widget escape" },
    node("p", { class: "problem", role: "alert", part: "problem", hidden: true }),
    node(
      "div",
      { class: "escape-top" },
      node(
        "section",
        { class: "escape-plot" },
        heading(() =>
          t("How likely one draw leaves the loop, at each temperature: drag in the picture"),
        ),
        node("div", { class: "escape-figure", part: "plot" }),
      ),
      node(
        "section",
        { class: "escape-well" },
        heading(() => t("The loop as a valley")),
        node("div", { part: "well" }),
        node("p", { class: "escape-caption", part: "marble" }),
      ),
    ),
    node("p", { class: "say escape-sentence", part: "sentence", "aria-live": "polite" }),
    controls(),
    theory(),
    penalties(),
  );
