// @ts-check
/** What the view "Why networks loop" consists of. */
import { drawSvg, node } from "../../core/dom.js";
import { pieces, t } from "../../core/translate.js";
import { LARGEST_SEED } from "../../core/value.js";
import { action, numberField, problemLine, viewSkeleton } from "./page.js";

const field = () => {
  const svg = drawSvg(
    "svg",
    { viewBox: "0 0 400 400", "aria-hidden": "true" },
    drawSvg("path", { class: "trail", "data-part": "trail" }),
    drawSvg("path", { class: "dots", "data-part": "dots" }),
    drawSvg("circle", { class: "begin", r: 5, "data-part": "begin" }),
    drawSvg("g", { "data-part": "marks" }),
    drawSvg("circle", { class: "now", r: 6, "data-part": "nowdot" }),
  );
  return node(
    "div",
    { class: "field", part: "field", tabindex: 0, role: "application" },
    node("canvas", { part: "ground", "aria-hidden": "true" }),
    svg,
  );
};

const plane = () =>
  node(
    "section",
    { part: "planeSection" },
    node(
      "div",
      { class: "planes" },
      node(
        "div",
        {},
        field(),
        node("p", { class: "aside" }, () =>
          t("Click or drag: the orbit starts there. ● attracts, ○ repels, ✕ saddle, ◇ neutral."),
        ),
      ),
      node(
        "div",
        {},
        node("p", { class: "say", part: "explanation", style: "margin-top:0" }),
        node("div", { part: "sliders" }),
        problemLine("planeProblem"),
        node("div", { part: "figures" }),
        node("p", { class: "say", part: "ends" }),
        node("p", { class: "aside", part: "kinds" }),
      ),
    ),
    node("p", { class: "label", style: "margin-top:12px" }, () =>
      t("Spectral radius of each step’s Jacobian (dashed: 1)"),
    ),
    node("div", { part: "planePlayer" }),
    node("p", { class: "aside" }, () =>
      t(
        "Norms that multiply to less than 1 suffice for a loop to hold, yet they need not: what decides is the spectral radius of the product around it. A contraction brings every pair of points closer (norm below 1 everywhere): it has one fixed point and no cycle. Limit cycles are attractors of maps that are no contractions.",
      ),
    ),
  );

/**
 * A drawing of one run: its states in the plane, and which of them resemble which.
 * @param {string} run
 * @param {() => string} label
 */
const portrait = (run, label) => {
  const path = drawSvg(
    "svg",
    { viewBox: "0 0 300 300", "data-part": `${run}Path` },
    drawSvg("path", { class: "trail" }),
    drawSvg("path", { class: "lap" }),
    drawSvg("circle", { class: "now", r: 6 }),
  );
  return node(
    "div",
    { class: "portrait" },
    node(
      "figure",
      {},
      node("div", { class: "square" }, path),
      node("figcaption", {}, () => t("Its states in the plane; the last lap is bold")),
    ),
    node(
      "figure",
      {},
      node(
        "div",
        { class: "square cross", part: `${run}Cross` },
        node("canvas", { part: `${run}Plot`, role: "img", "aria-label": label }),
      ),
      node("figcaption", {}, () =>
        t("Which moments resemble which (cosine, mean removed); time runs right and down"),
      ),
    ),
  );
};

/** @param {string} run @param {() => string} title @param {() => string} label */
const runPart = (run, title, label) =>
  node(
    "section",
    {},
    node("p", { class: "label" }, title),
    node("p", { class: "running", part: `${run}Text`, translate: "no" }),
    portrait(run, label),
    node("p", { class: "say", part: `${run}Said` }),
  );

const fields = () =>
  node(
    "div",
    { class: "tools", style: "margin-top:8px" },
    node("label", {}, () => t("Model"), " ", node("select", { part: "model" })),
    lengthField(),
    numberField("temperature", () => t("temperature"), { min: 0.1, max: 5, step: 0.1 }),
    numberField("textSeed", () => t("seed"), { min: 0, max: LARGEST_SEED }),
    node("button", { type: "button", class: "main", part: "write" }, () => t("Write both")),
    action("textLink", () => t("Copy link"), "push"),
  );

const lengthField = () => {
  const length = node("input", { type: "number", part: "length", min: 0, max: 120 });
  return node("label", {}, () => pieces("go on for {length} tokens", { length }));
};

const network = () =>
  node(
    "section",
    { part: "textSection" },
    node("h2", {}, () => t("The real thing: the states of a language model along its text")),
    node("textarea", {
      part: "prompt",
      rows: 2,
      maxlength: 4000,
      spellcheck: "false",
      "aria-label": () => t("The text that both runs begin with"),
    }),
    fields(),
    problemLine("textProblem"),
    node(
      "div",
      { "data-figure": true },
      node("p", { class: "label" }, () =>
        t("How much each state resembles the nearest earlier one: greedy (solid), drawn (dashed)"),
      ),
      node("div", { part: "textPlayer" }),
      node(
        "div",
        { class: "pairs", style: "margin-top:12px" },
        runPart(
          "greedy",
          () => t("Greedy: always the most likely token"),
          () => t("Recurrence plot of the greedy run"),
        ),
        runPart(
          "drawn",
          () => t("Drawn"),
          () => t("Recurrence plot of the drawn run"),
        ),
      ),
      node("p", { class: "aside", part: "shares" }),
    ),
    node("p", { class: "say" }, () =>
      t(
        "A transformer has no recurrent state that it carries along. What is drawn here are the last layer’s states at its last position, one for each token; each is computed from the whole text before it. They come close to closing a loop because the text does.",
      ),
    ),
  );

export const skeleton = () =>
  viewSkeleton(
    () =>
      t(
        "Feed a rule its own output and it runs: to a fixed point, into a cycle, or on for ever. That is what a model does that reads what it wrote.",
      ),
    "worlds",
    plane(),
    node("hr"),
    network(),
  );
