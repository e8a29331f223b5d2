// @ts-check
/** What the part of costs says of each noise and of each task of control, and its skeleton. */
import { node } from "../../core/dom.js";
import { t } from "../../core/translate.js";

/** @type {Record<string, {name: () => string, says: () => string}>} */
export const NOISES = {
  "left-to-right": {
    name: () => t("No noise: left to right"),
    says: () =>
      t(
        "For comparison: the left-to-right twin sees every piece before the one it pays for. This is its exact cost, not a bound.",
      ),
  },
  "any-order": {
    name: () => t("Masks: the network for masks alone"),
    says: () =>
      t(
        "Words are hidden. Paying for hidden words at every level of hiding is the same as paying for them one after another, averaged over all orders: the any-order bound.",
      ),
  },
  masks: {
    name: () => t("Masks"),
    says: () =>
      t(
        "The same any-order bound, by the network that reads every noise: the difference to the network for masks alone is what reading all the others cost it.",
      ),
  },
  groups: {
    name: () => t("Groups of words, then words"),
    says: () =>
      t(
        "First it pays for the group that each word belongs to, in any order, then for the word within its group: coarse words before fine ones.",
      ),
  },
  uniform: {
    name: () => t("Random words"),
    says: () =>
      t(
        "Words are replaced by random ones. Nothing marks which words are wrong, so the network also pays for finding that out; paid in 200 small steps.",
      ),
  },
  gaussian: {
    name: () => t("Blurred vectors"),
    says: () =>
      t(
        "Each word is a vector, and Gaussian noise blurs it. It pays for every step from blur to word, in continuous time.",
      ),
  },
};

/**
 * The six tasks of Diffusion-LM in the paper's order; `key` where one runs here.
 * @type {{key: string, name: () => string, how: () => string}[]}
 */
export const TASKS = [
  {
    key: "words",
    name: () => t("Semantic content"),
    how: () =>
      t(
        "The text is to contain one of some words. After each step the vectors are moved a little up the gradient of how likely that is; no classifier is trained.",
      ),
  },
  {
    key: "parts",
    name: () => t("Parts of speech"),
    how: () =>
      t(
        "Each place takes only words from a short list of its part of speech. A word on a list may still play another part in the sentence.",
      ),
  },
  {
    key: "",
    name: () => t("Syntax tree"),
    how: () =>
      t(
        "Does not run. Whether a text has a wished-for tree is a parser’s judgement, and none is shipped.",
      ),
  },
  {
    key: "",
    name: () => t("Syntax spans"),
    how: () =>
      t(
        "Does not run, for the same reason: whether some words form a phrase is a parser’s judgement.",
      ),
  },
  {
    key: "length",
    name: () => t("Length"),
    how: () => t("The full stop is given at the last place, and no sentence may end before it."),
  },
  {
    key: "infilling",
    name: () => t("Infilling"),
    how: () => t("Beginning and end are given; the middle is written between them."),
  },
];

export function costsSkeleton() {
  const note = (/** @type {string} */ part) => node("p", { class: "canvas-note", part });
  return [
    node(
      "section",
      {},
      node("h2", {}, () => t("What a word piece costs under each noise")),
      node("p", { class: "say costs-says", part: "says", "aria-live": "polite" }),
      node("div", { class: "costs-bars", part: "bars" }),
      note("measured"),
    ),
    node(
      "section",
      { part: "control", hidden: true },
      node("h2", {}, () => t("What a wish costs")),
      node("p", { class: "say", part: "wish" }),
      node(
        "div",
        { class: "costs-run" },
        node(
          "div",
          {},
          node(
            "label",
            { class: "costs-slide" },
            node("span", {}, () => t("step")),
            node("input", {
              type: "range",
              part: "step",
              min: 0,
              max: 1,
              step: 1,
              "aria-label": () => t("Step"),
            }),
            node("output", { class: "num", part: "stepSays" }),
          ),
          node("p", { class: "canvas-note", part: "moved" }),
          node("p", { class: "costs-text", part: "text", translate: "no" }),
        ),
        node("div", { part: "chances" }),
      ),
      node("h2", {}, () => t("The six tasks of Diffusion-LM")),
      node("div", { class: "costs-table", part: "tasks" }),
      note("controlMeasured"),
    ),
  ];
}
