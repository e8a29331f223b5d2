// @ts-check
/** The fields under "More settings": every setting of every sampler, and the second run. */
import { node } from "../../core/dom.js";
import { t } from "../../core/translate.js";

/** @typedef {(name: string, label: () => string, control: HTMLElement) => HTMLElement} Field */
/** @typedef {(name: string, label: () => string, step?: number) => HTMLElement} NumberField */

/** @param {string} name @param {() => string} label @param {() => string} [why] */
const check = (name, label, why) =>
  node(
    "label",
    { class: "diffusion-field diffusion-check", part: name + "Box" },
    node("input", { type: "checkbox", part: name, "aria-label": label }),
    node("span", {}, label),
    ...(why ? [node("span", { class: "soft small" }, why)] : []),
  );

/** @param {string} name @param {() => string} label @param {Field} field */
const choice = (name, label, field) =>
  field(name, label, node("select", { part: name, "aria-label": label }));

/**
 * @param {import("./form.js").FormConstants} given
 * @param {Field} field
 * @param {NumberField} number
 */
export function advanced(given, field, number) {
  const [low, high] = given.limits.steps;
  const steps = node(
    "label",
    { class: "diffusion-field", part: "stepsBox" },
    node("span", { part: "stepsLabel" }, () => t("Steps")),
    node("input", { type: "number", part: "steps", min: low, max: high, step: 1 }),
  );
  return [
    node(
      "div",
      { class: "diffusion-fields" },
      steps,
      number("temperature", () => t("Temperature"), 0.1),
      number("seed", () => t("Seed")),
      check(
        "lock",
        () => t("Lock"),
        () => t("off: Run takes the next"),
      ),
      check(
        "two",
        () => t("Two at once"),
        () => t("a second sampler, seed or number of steps"),
      ),
    ),
    node(
      "div",
      { class: "diffusion-fields" },
      number("length", () => t("Length (0: as written)")),
      number("hybrid", () => t("First tokens by the causal twin")),
      number("top_p", () => t("top-p of the draw"), 0.05),
      choice("selection", () => t("Selection"), field),
      choice("schedule", () => t("Schedule of the noise"), field),
      number("block_length", () => t("Block length (0: one block)")),
      number("overlap", () => t("Overlap of blocks")),
      number("threshold", () => t("Threshold"), 0.05),
      number("edit_threshold", () => t("Edit threshold"), 0.05),
      number("bound", () => t("Entropy bound, nats"), 0.1),
      number("t_max", () => t("First temperature"), 0.05),
      number("t_min", () => t("Last temperature"), 0.05),
      number("confidence_threshold", () => t("Stop below entropy, nats"), 0.005),
      number("eta", () => t("η: most often masked again"), 0.05),
      number("alg_temp", () => t("Randomness of the order"), 0.1),
      number("guidance", () => t("Guidance"), 0.1),
      number("burn_in", () => t("Burn-in sweeps")),
      choice("start", () => t("Start from"), field),
      check("as_published", () => t("As published")),
    ),
  ];
}

/** @param {Field} field @param {NumberField} number */
export const second = (field, number) =>
  node(
    "div",
    { class: "diffusion-fields", part: "second" },
    choice("sampler_b", () => t("Second sampler"), field),
    number("steps_b", () => t("Its steps")),
    number("seed_b", () => t("Its seed")),
  );
