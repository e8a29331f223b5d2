// @ts-check
/** The skeleton of the view of noise. */
import { drawSvg, node } from "../../core/dom.js";
import { t } from "../../core/translate.js";

/** @type {{kind: string, name: () => string, why: () => string}[]} */
export const KINDS = [
  {
    kind: "absorbing",
    name: () => t("Masks"),
    why: () => t("each word is hidden once its time has come"),
  },
  {
    kind: "uniform",
    name: () => t("Random words"),
    why: () => t("each word becomes a random one"),
  },
  {
    kind: "gaussian",
    name: () => t("Noisy vectors"),
    why: () => t("the nearest word of each noisy vector"),
  },
];

/** @param {() => string} label @param {HTMLElement} control @param {string} [classes] */
function field(label, control, classes = "") {
  return node("label", { class: "diffusion-field " + classes }, node("span", {}, label), control);
}

/** @param {string} part @param {() => string} label */
const select = (part, label) => field(label, node("select", { part, "aria-label": label }));

export function corruptSkeleton() {
  const slider = {
    ...{ type: "range", part: "t", min: 0, max: 100, value: 40 },
    "aria-label": () => t("Time t, from 0 (the text) to 1 (nothing but noise)"),
  };
  const text = {
    type: "text",
    part: "text",
    maxlength: 1000,
    "aria-label": () => t("Text, up to 24 tokens"),
    translate: "no",
  };
  const seed = {
    type: "number",
    part: "seed",
    min: 0,
    step: 1,
    value: 7,
    "aria-label": () => t("Seed"),
  };
  return [
    node(
      "div",
      { class: "diffusion-line" },
      field(() => t("Text, up to 24 tokens"), node("input", text), "diffusion-wide"),
      select("model", () => t("Words and vectors of")),
      select("schedule", () => t("Schedule")),
      field(() => t("Seed"), node("input", seed)),
    ),
    node("div", { class: "problem", part: "problem", role: "alert", hidden: true }),
    node("p", { class: "soft canvas-busy", part: "busy", role: "status", hidden: true }, () =>
      t("The model reads this text …"),
    ),
    node(
      "div",
      { class: "canvas-t" },
      node("label", { class: "canvas-t-label" }, "t", node("input", slider)),
      node("output", { class: "num", part: "readout" }),
    ),
    node("div", { class: "canvas-noises" }, ...KINDS.map(noise)),
    node("div", { class: "canvas-corrupt-grid" }, schedules(), matrix(), posterior(), plane()),
  ];
}

/** @param {typeof KINDS[number]} one */
const noise = ({ kind, name, why }) =>
  node(
    "div",
    { class: "canvas-noise" },
    node(
      "div",
      { class: "canvas-noise-head" },
      node("b", {}, name),
      node("span", { class: "soft small" }, why),
      node("span", { class: "soft small", part: kind + "Lasts" }),
      node("span", { class: "num", part: kind + "Known" }),
    ),
    node("div", { class: "canvas-words canvas-flow", part: kind }),
    node("p", { class: "canvas-read", part: kind + "Read", hidden: true }),
  );

/** @param {() => string} title @param {...HTMLElement | SVGElement} children */
const section = (title, ...children) =>
  node("section", {}, node("h2", { class: "canvas-h" }, title), ...children);
/** @param {string} part */
const note = (part) => node("p", { class: "canvas-note", part });

const schedules = () =>
  section(
    () => t("Schedules: how much is still known at t"),
    node("div", { part: "schedules" }),
    node("p", { class: "canvas-note" }, () =>
      t(
        "Four schedules are formulas. entropy-linear is measured on the model: along it the model’s uncertainty about the hidden words grows evenly with t (the time warping of CDCD).",
      ),
    ),
    node("p", { class: "canvas-note", part: "warpedNote", hidden: true }, () =>
      t(
        "The vectors have an entropy-linear of their own, as the network’s training measured it: noise on vectors hides words at other ᾱ than masks do.",
      ),
    ),
  );

const matrix = () =>
  section(
    () => t("Q̄ₜ: where a word is at time t"),
    node("div", { class: "canvas-modes", part: "noise" }),
    node("div", { class: "canvas-heat", part: "heat" }),
    note("heatNote"),
  );

const posterior = () =>
  section(
    () => t("One step back: the posterior"),
    node("p", { class: "say", part: "posteriorSays" }),
    node("div", { part: "posteriorBars" }),
    note("posteriorNote"),
  );

function plane() {
  const picture = drawSvg("svg", {
    class: "canvas-plane",
    role: "img",
    // Named from the beginning: the points come later, with the data.
    "aria-label": t("Vectors of the words in the plane"),
    "data-part": "plane",
  });
  return section(
    () => t("The vectors in the plane"),
    node(
      "div",
      { class: "canvas-modes" },
      node(
        "label",
        { class: "canvas-check" },
        () => t("rounding τ"),
        node("select", { part: "tau", "aria-label": () => t("rounding τ") }),
      ),
      node(
        "label",
        { class: "canvas-check" },
        node("input", {
          type: "checkbox",
          part: "clamp",
          "aria-label": () => t("clamp to the nearest word"),
        }),
        () => t("clamp to the nearest word"),
      ),
    ),
    picture,
    node("p", { class: "say", part: "rounded" }),
    note("planeNote"),
  );
}
