// @ts-check
/** What the experiment on a real loop consists of. */
import { node } from "../../core/dom.js";
import { rich } from "../../core/rich.js";
import { t } from "../../core/translate.js";
import { fold } from "./fold.js";

/** @type {import("./sliders.js").Slider[]} */
export const SLIDERS = [
  {
    name: "top_p",
    title: () => t("top-p"),
    why: () => t("for the runs with top-p"),
    spoken: () => t("top-p of the experiment"),
    low: 0.5,
    high: 0.999,
    step: 0.001,
    digits: 3,
  },
  {
    name: "runs",
    title: () => t("runs a point"),
    why: () => t("more runs, shorter whiskers"),
    low: 8,
    high: 128,
    step: 8,
    digits: 0,
  },
  {
    name: "length",
    title: () => t("tokens"),
    why: () => t("how long each run tries"),
    spoken: () => t("tokens of each run"),
    low: 8,
    high: 96,
    step: 8,
    digits: 0,
  },
];

/** @type {Record<string, () => string>} the figures in a word, for the buttons that choose one */
export const SHORT = {
  shares: () => t("who left"),
  barriers: () => t("barriers"),
  inverted: () => t("top-p that holds"),
  visits: () => t("penalties"),
  survival: () => t("survival"),
};

/** @type {Record<string, () => string>} the figures by their name in a frame */
export const FIGURES = {
  barriers: () => t("The barrier at each token of the cycle, and its own T_c"),
  shares: () => t("How many runs left the loop"),
  inverted: () => t("The other way round: which top-p still holds it"),
  visits: () => t("Penalties: the barrier at each lap"),
  survival: () => t("Still in the loop after n tokens"),
};

const form = () =>
  node(
    "div",
    { class: "live-form" },
    node(
      "label",
      { class: "escape-control", title: () => t("which model writes") },
      node("span", { class: "escape-name" }, () => t("model")),
      node("select", { part: "model", "aria-label": () => t("model") }),
    ),
    node(
      "label",
      { class: "escape-control", title: () => t("these are known to loop; type your own") },
      node("span", { class: "escape-name" }, () => t("prompt")),
      node("input", {
        part: "prompt",
        list: "escape-prompts",
        maxlength: 2000,
        autocomplete: "off",
        "aria-label": () => t("prompt"),
      }),
    ),
    node("datalist", { id: "escape-prompts", part: "prompts" }),
    node("div", { class: "live-sliders", part: "sliders" }),
    node(
      "div",
      { class: "live-buttons" },
      node("button", { type: "button", class: "main", id: "escape-run", part: "run" }, () =>
        t("Run the experiment"),
      ),
      node("button", { type: "button", id: "escape-stop", part: "stop" }, () => t("Stop")),
    ),
  );

/** @param {string} name */
const figure = (name) =>
  node(
    "section",
    { part: name, hidden: true },
    node("h2", {}, () => rich(FIGURES[name]())),
    node("div", {
      class: "live-figure",
      role: "img",
      part: name + "-figure",
      "aria-label": FIGURES[name],
    }),
    node("p", { class: "soft small", part: name + "-note" }),
  );

const experiment = () => [
  form(),
  node("p", { class: "text live-text", part: "text" }),
  node("p", { class: "problem", role: "alert", part: "problem", hidden: true }),
  node("p", { class: "say live-words", part: "words", "aria-live": "polite" }),
  node("progress", {
    class: "live-progress",
    part: "progress",
    max: 1,
    hidden: true,
    "aria-label": () => t("Progress of the experiment"),
  }),
  node("div", { class: "group live-which", part: "which", hidden: true }),
  node("div", { class: "live-plots", part: "plots" }, ...Object.keys(FIGURES).map(figure)),
];

export const skeleton = () =>
  node(
    "div",
    { class: "widget escape-live" },
    fold(
      "fold",
      () => t("A real loop"),
      () =>
        t("many runs of a model try to get out, over the prediction from the loop's own logits"),
      node("p", { class: "escape-lead" }, () =>
        t(
          "The model writes greedily until it repeats itself. Then many runs try to get out at several temperatures, with and without top-p, and their share is laid over the prediction from the loop's own logits.",
        ),
      ),
      ...experiment(),
    ),
  );
