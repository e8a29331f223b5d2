// @ts-check
/** What the view of a hidden Markov model consists of. */
import { node } from "../../core/dom.js";
import { t } from "../../core/translate.js";
import { action, headed, numberField, problemLine, scrolling, viewSkeleton } from "./page.js";

/** @param {...Node} children */
const tools = (...children) =>
  node("div", { class: "tools", style: "margin-top:8px" }, ...children);

/** @param {string} part @param {string} [style] */
const editor = (part, style) =>
  node("div", { class: "scroll", style: style ?? null }, node("div", { part }));

/** @param {string} part @param {() => string} text @param {Record<string, any>} attributes */
const smallField = (part, text, attributes) =>
  numberField(part, text, { class: "small-field", ...attributes });

const parameters = () =>
  node(
    "div",
    { class: "stack" },
    headed(
      () => t("Hidden: from one state to the next"),
      editor("transition"),
      editor("initial", "margin-top:8px"),
      tools(
        action("moreStates", () => t("Add a state")),
        action("fewerStates", () => t("Remove the last")),
      ),
    ),
    headed(
      () => t("Seen: what each state shows"),
      editor("emission"),
      tools(
        action("moreSymbols", () => t("Add a symbol")),
        action("fewerSymbols", () => t("Remove the last")),
      ),
    ),
  );

const observations = () =>
  node(
    "div",
    {},
    node(
      "label",
      { class: "wide" },
      node("span", {}, () => t("Observations (? is a missing one)")),
      node("input", {
        type: "text",
        part: "observations",
        maxlength: 2600,
        spellcheck: "false",
        autocomplete: "off",
      }),
    ),
    tools(
      action("sample", () => t("Sample new ones")),
      smallField("length", () => t("length"), { min: 2, max: 60, step: 1 }),
      node("button", { type: "button", part: "reveal", hidden: true }),
    ),
    problemLine(),
  );

const walks = () =>
  node(
    "section",
    { "data-figure": true },
    node("div", { class: "tools" }, node("div", { class: "group", part: "kind" })),
    node("p", { class: "say wide-say", part: "explain" }),
    node("div", { part: "player" }),
    node("div", { class: "scroll", part: "trellis" }),
  );

const figures = () =>
  node(
    "div",
    { class: "two", "data-figure": true, style: "margin-top:0" },
    node(
      "div",
      { class: "stack" },
      headed(
        () => t("Two answers to “which states were they?”"),
        scrolling("paths", () => t("Paths")),
        node("p", { class: "say", part: "differ" }),
        node("p", { class: "say", part: "likelihood" }),
      ),
    ),
    node(
      "div",
      { class: "stack" },
      headed(
        () => t("The cell, with its numbers"),
        node(
          "div",
          {
            class: "scroll",
            tabindex: 0,
            role: "region",
            "aria-label": () => t("The sum of the open cell"),
          },
          node("div", { part: "cell", "aria-live": "polite" }),
        ),
        node("p", { class: "aside", part: "cellhint" }),
      ),
      node("section", {}, node("h2", { part: "nextof" }), node("div", { part: "next" })),
    ),
  );

const learning = () =>
  node(
    "section",
    { part: "learn" },
    node("h2", {}, () => t("Learn the model from what is seen: Baum–Welch, step by step")),
    node(
      "div",
      { class: "tools" },
      node("span", {}, () => t("from")),
      node("span", { class: "group", part: "source" }),
      smallField("sampleLength", () => t("length"), { min: 10, max: 1000 }),
      smallField("restarts", () => t("starts"), { min: 1, max: 8 }),
      smallField("iterations", () => t("iterations"), { min: 1, max: 60 }),
      smallField("learnSeed", () => t("seed"), { min: 0 }),
      node("button", { type: "button", part: "learnNow" }),
    ),
    problemLine("learnProblem"),
    node("p", { class: "notice", part: "learnStale", hidden: true }, () =>
      t("The model above has changed since; “Learn” starts again from it."),
    ),
    node("div", { part: "learnPlayer" }),
    node("div", {
      class: "group",
      part: "runs",
      role: "group",
      "aria-label": () => t("Random starts"),
    }),
    node(
      "div",
      { class: "pairs", style: "margin-top:12px" },
      headed(
        () => t("Learned transitions (true values in small type)"),
        node(
          "div",
          {
            class: "scroll",
            tabindex: 0,
            role: "region",
            "aria-label": () => t("Learned transitions"),
          },
          node("div", { part: "learnedTransition" }),
          node("div", { part: "learnedInitial" }),
        ),
      ),
      headed(
        () => t("Learned emissions (true values in small type)"),
        scrolling("learnedEmission", () => t("Learned emissions")),
      ),
    ),
    node("p", { class: "say", part: "truthLikelihood" }),
  );

const limits = () =>
  headed(
    () => t("Where it ends"),
    node("p", { class: "say" }, () =>
      t(
        "K states remember at most which of the K one is in: nothing older leaves a trace. What is shown never feeds back into the state; in a language model it does. With K states one of them comes again within K steps, yet a revisit is not a loop: the path repeats only if every step is certain, and the text only if every emission is certain too.",
      ),
    ),
  );

export const skeleton = () =>
  viewSkeleton(
    () =>
      t("The chain is hidden: you see only what each state shows, and reason back to the states."),
    "presets",
    node("p", { class: "say wide-say", part: "note", style: "margin:0" }),
    node(
      "div",
      { class: "hidden-top" },
      parameters(),
      node("div", { class: "stack" }, observations(), walks()),
    ),
    figures(),
    learning(),
    limits(),
  );
