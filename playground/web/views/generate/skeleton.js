// @ts-check
/** The page's elements, made once. */
import { node } from "../../core/dom.js";
import { t } from "../../core/translate.js";

/** @param {string} part @param {() => string} text @param {() => string} [title] */
const plainButton = (part, text, title) =>
  node("button", { type: "button", class: "plain", part, ...(title ? { title } : {}) }, text);

export function skeleton() {
  return node(
    "div",
    // after a click on a word the keys work, too
    { class: "widget gen", part: "app", tabindex: -1 },
    node(
      "div",
      { class: "gen-top", part: "top" },
      node("div", {
        class: "gen-depth",
        part: "depth",
        role: "radiogroup",
        "aria-label": () => t("How much to show"),
      }),
      node("span", { class: "gen-ended", part: "ended", role: "status" }),
      setup(),
    ),
    node("p", { class: "problem", part: "problem", role: "alert", hidden: true }),
    node(
      "p",
      { class: "gen-progress", part: "progress", hidden: true },
      node("progress", { part: "progress-bar", "aria-label": () => t("Loading the model") }),
      node("span", { part: "progress-words", role: "status" }),
    ),
    node("div", {
      class: "gen-text",
      part: "text",
      role: "group",
      "aria-label": () => t("The text"),
    }),
    node("p", { class: "gen-hint say", part: "hint" }),
    node("div", { class: "gen-mark", part: "watermark", hidden: true }),
    draw(),
    ruleDepth(),
    numberDepth(),
    node("div", { part: "time" }),
    bar(),
  );
}

/** Model, prompt, what to do: folded until it is needed. */
function setup() {
  /** @param {string} value @param {() => string} text */
  const mode = (value, text) =>
    node("button", { type: "button", class: "plain", part: "mode-" + value }, text);
  return node(
    "details",
    { class: "gen-setup", part: "setup" },
    node(
      "summary",
      { title: () => t("The beginning of the text, and the model that goes on from it") },
      node("span", {}, () => t("Prompt and model")),
      node("span", { class: "soft", part: "setup-words", translate: "no" }),
    ),
    node(
      "div",
      { class: "gen-panel" },
      node(
        "div",
        { class: "gen-setup-head" },
        node(
          "div",
          { class: "gen-mode", role: "group", "aria-label": () => t("What to do") },
          mode("write", () => t("Write")),
          mode("score", () => t("Score my text")),
        ),
        node(
          "label",
          { class: "gen-field gen-model" },
          node("span", {}, () => t("Model")),
          node("select", {
            part: "model",
            title: () => t("Which network predicts the next token"),
          }),
        ),
      ),
      writeFields(),
      node(
        "div",
        { part: "score-fields", class: "gen-prompt", hidden: true },
        node(
          "label",
          { class: "gen-field" },
          node("span", {}, () => t("Text to score")),
          node("textarea", {
            part: "score",
            rows: 2,
            spellcheck: "false",
            title: () =>
              t("Each token is coloured by how much it surprised the model, given all before it"),
          }),
        ),
      ),
      node("p", { class: "gen-small", part: "model-note" }),
    ),
  );
}

/** The tiles, the ball and what they say. */
function draw() {
  return node(
    "section",
    { class: "gen-draw", part: "left", "aria-label": () => t("What could have come here") },
    node(
      "div",
      { class: "gen-draw-head" },
      node("h2", {}, () => t("What could have come here")),
      node("p", { class: "gen-whatif say", part: "whatif", role: "status" }),
      node("p", { class: "say gen-drawn", part: "drawn" }),
    ),
    node("div", { part: "strip", class: "gen-strip" }),
  );
}

function ruleDepth() {
  return node(
    "section",
    { class: "gen-rules", part: "gates", "aria-label": () => t("The chain of rules") },
    node("div", { part: "rules" }),
    node(
      "div",
      { class: "gen-said" },
      node("p", { class: "say", part: "sentence", "aria-live": "polite" }),
      node("button", { type: "button", class: "plain", part: "sentence-whole", hidden: true }),
    ),
  );
}

function numberDepth() {
  return node(
    "section",
    { class: "gen-numbers", part: "numbers", "aria-label": () => t("The numbers of this step") },
    node("div", { class: "gen-bars", part: "bars" }),
    figures(),
  );
}

/** What one does next. */
function bar() {
  return node(
    "div",
    { class: "gen-bar" },
    node("button", {
      type: "button",
      part: "write",
      title: () => t("Write another text from the prompt: the next seed, the rules as they stand"),
    }),
    node(
      "label",
      {
        class: "gen-inline gen-lock",
        title: () => t("Keep the seed: the same prompt and rules give the same text again"),
      },
      node("input", { type: "checkbox", part: "lock" }),
      node("span", { part: "seed-words" }),
    ),
    node(
      "label",
      {
        class: "gen-inline gen-heat",
        title: () =>
          t("The temperature: low, the likely gets likelier; high, all tokens come closer"),
      },
      () => t("Heat") + " ",
      node("input", { type: "range", part: "heat", min: 0, max: 2, step: 0.05 }),
      node("span", { class: "num", part: "heat-words" }),
    ),
    node("span", { class: "gen-search", part: "search-host" }),
    node(
      "button",
      {
        type: "button",
        part: "on",
        title: () =>
          t("Keep the text up to the step on view and go on with the rules as they stand"),
      },
      () => t("Continue from here"),
    ),
    more(),
  );
}

function writeFields() {
  return node(
    "div",
    { part: "write-fields", class: "gen-prompt" },
    node(
      "label",
      { class: "gen-field" },
      node("span", {}, () => t("Prompt")),
      node("textarea", {
        part: "prompt",
        rows: 1,
        spellcheck: "false",
        title: () =>
          t("The beginning of the text; the model goes on from here. Ctrl+Enter writes."),
      }),
    ),
    node("p", { class: "gen-small", part: "reads", role: "status" }),
    node(
      "div",
      { class: "gen-row" },
      node("div", {
        class: "gen-examples",
        part: "examples",
        role: "group",
        "aria-label": () => t("Examples"),
      }),
      node(
        "label",
        { class: "gen-inline", title: () => t("How many tokens are written at most") },
        () => t("Length") + " ",
        node("input", { type: "number", part: "length", min: 1, step: 1 }),
      ),
      node(
        "label",
        {
          class: "gen-inline",
          part: "chat-field",
          title: () =>
            t(
              "Off: the model continues your words. On: your words become a message, and it answers.",
            ),
        },
        node("input", { type: "checkbox", part: "chat" }),
        () => " " + t("chat template"),
      ),
    ),
  );
}

/** How the text is shown. */
function looks() {
  /** @param {string} value @param {() => string} text */
  const shade = (value, text) =>
    node("label", {}, node("input", { type: "radio", name: "shade", value }), () => " " + text());
  return node(
    "div",
    { class: "gen-acts" },
    node(
      "span",
      {
        class: "gen-shades",
        part: "shades",
        role: "radiogroup",
        "aria-label": () => t("Colour the tokens by"),
        hidden: true,
      },
      () => t("colour by") + " ",
      shade("surprisal", () => t("surprisal")),
      shade("rank", () => t("rank")),
      shade("watermark", () => t("watermark")),
    ),
    node(
      "label",
      { class: "gen-inline", title: () => t("Show every space and line end in the text") },
      node("input", { type: "checkbox", part: "marks" }),
      () => " " + t("show spaces"),
    ),
  );
}

function figures() {
  const value = (/** @type {string} */ part) => node("b", { part }, "–");
  return node(
    "div",
    { part: "figures", class: "gen-along" },
    node(
      "dl",
      { class: "gen-figures" },
      node(
        "div",
        { title: () => t("How undecided the model is before the rules, and after them") },
        node("dt", {}, () => t("entropy, bits:")),
        node(
          "dd",
          {},
          () => t("model") + " ",
          value("entropy"),
          () => ", " + t("after the rules") + " ",
          value("entropy-final"),
        ),
      ),
      node(
        "div",
        { title: () => t("The model's own probability of this token and its place among all") },
        node("dt", {}, () => t("model:")),
        node("dd", {}, "P ", value("chance"), () => ", " + t("rank") + " ", value("rank")),
      ),
    ),
    node("div", { class: "gen-count", part: "attribution", hidden: true }),
    node("div", { class: "gen-curves", part: "curves" }),
  );
}

/** Files, links, the other texts, many draws: folded. */
function more() {
  return node(
    "details",
    { class: "gen-more", part: "more" },
    node("summary", {}, () => t("More")),
    foot(),
    looks(),
    node(
      "section",
      { part: "branches", class: "gen-section", hidden: true },
      node("h2", {}, () => t("The texts of this visit")),
      node("div", { part: "tree" }),
    ),
    node(
      "section",
      { class: "gen-section", part: "many" },
      node("h2", {}, () => t("Repeat this draw many times")),
      node("div", { part: "draws" }),
    ),
  );
}

function foot() {
  return node(
    "div",
    { class: "gen-foot" },
    plainButton(
      "link",
      () => t("Copy link"),
      () => t("An address that opens this text here, on any computer"),
    ),
    plainButton(
      "qr",
      () => t("QR code"),
      () => t("The link as a picture for a projector: phones open it by its QR code"),
    ),
    node("span", { part: "take" }),
    node("button", { type: "button", class: "plain", part: "whole", hidden: true }),
    plainButton(
      "escape",
      () => t("Send this step to Escape"),
      () => t("Look at this step as a well with a barrier"),
    ),
    node("span", { class: "gen-small", part: "notes" }),
  );
}
