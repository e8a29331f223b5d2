// @ts-check
/**
 * Questions that fit any page: the teacher's own, and Shannon's game. Each is a small form in the
 * panel, never over the page.
 */
import { choices, node, partsOf } from "../../core/dom.js";
import { parseNumber } from "../../core/format.js";
import { t } from "../../core/translate.js";

const TALES = 1000; // held-out sentences are taken by a number

/**
 * @typedef {{element: HTMLFormElement, question: () => {question?: any, problem?: string}}} QuestionForm
 */

/** @returns {QuestionForm} */
export function ownQuestion() {
  const element = node(
    "form",
    { class: "class-form" },
    node(
      "label",
      { class: "grow" },
      node("span", {}, () => t("Question")),
      node("input", { part: "text", type: "text", maxlength: 300, autocomplete: "off" }),
    ),
    node("div", { class: "class-kinds", part: "kinds" }),
    node(
      "label",
      { class: "grow", part: "choices-label" },
      node("span", {}, () => t("Choices, with / between them")),
      node("input", { part: "choices", type: "text", autocomplete: "off" }),
    ),
    node(
      "label",
      { part: "range-label", hidden: true },
      node("span", {}, () => t("From and to")),
      node(
        "span",
        { class: "class-range" },
        node("input", {
          part: "low",
          inputmode: "decimal",
          value: "0",
          "aria-label": () => t("From"),
        }),
        node("input", {
          part: "high",
          inputmode: "decimal",
          value: "10",
          "aria-label": () => t("To"),
        }),
      ),
    ),
  );
  const { part, input } = partsOf(element);
  let kind = "choice";
  const show = choices(
    part("kinds"),
    [
      { value: "choice", label: () => t("Choices") },
      { value: "text", label: () => t("Words") },
      { value: "number", label: () => t("A number") },
    ],
    () => t("Kind of answer"),
    turn,
  );
  /** @param {string} next */
  function turn(next) {
    kind = next;
    show(kind);
    part("choices-label").hidden = kind !== "choice";
    part("range-label").hidden = kind !== "number";
  }
  for (const press of part("kinds").querySelectorAll("button")) press.type = "button";
  turn(kind);
  return {
    element,
    question() {
      const text = input("text").value.trim();
      if (!text) return { problem: t("The question is empty: write one.") };
      if (kind === "text") return { question: { kind, text } };
      if (kind === "number") {
        const [low, high] = [parseNumber(input("low").value), parseNumber(input("high").value)];
        if (low === null || high === null || low >= high)
          return { problem: t("From and to must be numbers, the first one smaller.") };
        return { question: { kind, text, low, high, step: stepOf(low, high) } };
      }
      const named = input("choices")
        .value.split("/")
        .map((one) => one.trim());
      const found = named.filter(Boolean);
      if (found.length < 2 || found.length > 12)
        return { problem: t("Write 2 to 12 choices with / between them.") };
      return { question: { kind, text, choices: found } };
    },
  };
}

/**
 * About a hundred places on the ruler, in a round step.
 * @param {number} low
 * @param {number} high
 */
function stepOf(low, high) {
  const power = 10 ** Math.floor(Math.log10((high - low) / 100) + 1e-9);
  return (high - low) / power > 200 ? power * 2 : power;
}

/** @param {string} model @returns {QuestionForm} */
export function shannonQuestion(model) {
  const element = node(
    "form",
    { class: "class-form" },
    node(
      "label",
      { class: "grow" },
      node("span", {}, () =>
        t("A sentence that nobody here has seen; empty: one of the held-out tales"),
      ),
      node("input", { part: "passage", type: "text", maxlength: 400, autocomplete: "off" }),
    ),
  );
  const { input } = partsOf(element);
  return {
    element,
    question() {
      const passage = input("passage").value.trim();
      const tale = Math.floor(Math.random() * TALES);
      return { question: { kind: "shannon", model, ...(passage ? { passage } : { tale }) } };
    },
  };
}
