// @ts-check
/** Which rules go together (a preset), in which order they act, and whether all are on view. */
import { node } from "../../core/dom.js";
import { say, t } from "../../core/translate.js";

/** @typedef {import("../../schema.d.ts").DecodingSettings} Settings */

/**
 * Which rules go together, and in which order they act.
 * @param {any} options
 */
export function makeChoices({ conventions, presets, pickPreset, pickOrder, showEvery }) {
  /** @param {string} value @param {() => string} text */
  const option = (value, text) => node("option", { value }, text);
  const preset = node(
    "select",
    { title: () => t("Settings that go together"), "aria-label": () => t("Preset") },
    option("", () => t("your own rules")),
    ...Object.keys(presets).map((name) => option(name, () => say(name))),
  );
  const ownOrder = option("", () => t("your own order"));
  const order = node(
    "select",
    {
      title: () =>
        t("In which order the rules act: two popular programs differ, and so do the distributions"),
      "aria-label": () => t("Order of the rules"),
    },
    ownOrder,
    ...Object.keys(conventions).map((name) => option(name, () => t("order: {name}", { name }))),
  );
  const every = node(
    "button",
    {
      type: "button",
      class: "plain",
      "aria-pressed": "false",
      title: () => t("Show every rule, also those that are off"),
    },
    () => t("All rules"),
  );
  every.addEventListener("click", () => {
    const on = every.getAttribute("aria-pressed") !== "true";
    every.setAttribute("aria-pressed", String(on));
    showEvery(on);
  });
  preset.addEventListener("change", () => preset.value && pickPreset(preset.value));
  order.addEventListener("change", () => order.value && pickOrder(order.value));
  /** @param {Settings} a @param {Settings} b */
  const same = (a, b) =>
    Object.keys(b).every((key) => key === "seed" || key === "max_new_tokens" || a[key] === b[key]);
  return {
    element: node("div", { class: "rules-choices" }, preset, order, every),
    /** @param {Settings} settings */
    show(settings) {
      preset.value = Object.keys(presets).find((name) => same(settings, presets[name])) ?? "";
      ownOrder.hidden = !Array.isArray(settings.order);
      // the program's name of today where all its conventions hold, else the first that has its
      // order
      const names = Object.keys(conventions);
      order.value =
        names.find((name) =>
          Object.entries(conventions[name]).every(([key, value]) => settings[key] === value),
        ) ??
        names.find((name) => conventions[name].order === settings.order) ??
        "";
    },
  };
}
