// @ts-check
/** The skeleton of the Exactness view. */
import { node } from "../../core/dom.js";
import { t } from "../../core/translate.js";

export function exactnessSkeleton() {
  return node("div", { class: "canvas-meter-grid" }, truth(), distances());
}

const truth = () =>
  node(
    "section",
    {},
    node("h2", { class: "canvas-h" }, () => t("The truth: a chain of words")),
    node("div", { class: "canvas-modes", part: "presets" }),
    node("table", {
      class: "canvas-meter-table",
      part: "table",
      "aria-label": () => t("Transition probabilities"),
    }),
    node("div", { class: "problem", part: "problem", role: "alert", hidden: true }),
    node(
      "div",
      { class: "canvas-meter-line" },
      node(
        "label",
        { class: "canvas-check" },
        () => t("words in a text"),
        node("select", { part: "length", "aria-label": () => t("words in a text") }),
      ),
      node(
        "label",
        { class: "canvas-check" },
        () => t("different words"),
        node("select", { part: "states", "aria-label": () => t("different words") }),
      ),
    ),
    node(
      "div",
      { class: "canvas-meter-line" },
      node(
        "button",
        {
          type: "button",
          class: "main",
          part: "measure",
          title: () => t("Enumerate every text and compare"),
        },
        () => t("Measure"),
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
    node("p", { class: "canvas-note" }, () =>
      t(
        "Every text of this length is enumerated, so nothing here is sampled. The denoiser is exact: it knows p(word | all revealed words) of the chain. Total variation is the probability that would have to be moved to other texts to make the two distributions equal: 0 is exact, 1 is disjoint.",
      ),
    ),
  );

const distances = () =>
  node(
    "section",
    {},
    node("h2", { class: "canvas-h" }, () =>
      t("Distance from the truth, against words revealed a step"),
    ),
    node("p", { class: "say canvas-surprise", part: "surprise" }),
    node("div", { class: "canvas-modes", part: "kinds" }),
    node("div", { part: "plot" }),
    node("p", { class: "canvas-note" }, () =>
      t(
        "How the points are made: a text of L words takes L / k steps, rounded up, with each sampler’s own counts and settings. One exception: at one word a step Dream’s published counts draw nothing in the first step and two words together in the last, so its two points there keep its order but draw strictly one word at a time: entropy order by the entropy-bound sampler with bound 0, likely words first by Fast-dLLM with a threshold of 2, which no word reaches. Places that are exactly as sure as each other are taken from left to right.",
      ),
    ),
    node("p", { class: "canvas-note" }, () =>
      t(
        "Joint threshold has no number of steps and draws nothing: one point, one text. DiffusionGemma’s network is played by the exact model, which is told what share of the words is random by now.",
      ),
    ),
    node("h2", { class: "canvas-h canvas-gap", part: "gibbsTitle", hidden: true }, () =>
      t("Gibbs: distance against sweeps"),
    ),
    node("div", { part: "gibbs" }),
    node("p", { class: "canvas-note", part: "gibbsNote" }),
  );
