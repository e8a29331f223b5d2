// @ts-check
/**
 * Sliders with their name and their number, as the calculator, the real logits and the experiment
 * have them.
 */
import { make, node } from "../../core/dom.js";
import { fixed, whole } from "../../core/format.js";

/**
 * @typedef {object} Slider
 * @property {string} name the field
 * @property {() => string} title
 * @property {() => string} why
 * @property {number} low
 * @property {number} high
 * @property {number} step
 * @property {number} digits
 * @property {boolean} [log] the slider's own positions are 0 to 100, its values low to high, evenly by their logarithm
 * @property {() => string} [spoken] its name for a screen reader, where the title is not enough
 */

/** @param {Slider} slider @param {number} value */
const toPosition = ({ log, high }, value) =>
  log ? Math.round((100 * Math.log(value)) / Math.log(high)) : value;

/** @param {Slider} slider @param {number} position */
const fromPosition = ({ log, low, high }, position) =>
  log ? Math.max(low, Math.round(high ** (position / 100))) : position;

/**
 *   const sliders = makeSliders(host, [{name: "top_p", …}], (name, value) => …);
 *   sliders.show({top_p: 0.9}, {top_p: false});      true: the rule is off
 *
 * @param {HTMLElement} host @param {Slider[]} all @param {(name: string, value: number) => void} change
 */
export function makeSliders(host, all, change) {
  const made = all.map((one) => {
    const input = node("input", {
      type: "range",
      min: one.log ? 0 : one.low,
      max: one.log ? 100 : one.high,
      step: one.log ? 1 : one.step,
      "aria-label": one.spoken ?? one.title,
    });
    const number = make("output", "num");
    const row = node(
      "label",
      { class: "escape-control", title: one.why },
      node("span", { class: "escape-name" }, one.title),
      input,
      number,
    );
    input.addEventListener("input", () => change(one.name, fromPosition(one, Number(input.value))));
    host.append(row);
    return { one, input, number, row };
  });
  return {
    /**
     * @param {Record<string, any>} values
     * @param {Record<string, string>} [off] what stands in place of the number
     */
    show(values, off = {}) {
      for (const { one, input, number, row } of made) {
        const value = Number(values[one.name]),
          word = off[one.name];
        input.value = String(toPosition(one, value));
        number.textContent = word ?? (one.digits ? fixed(value, one.digits) : whole(value));
        row.classList.toggle("off", word !== undefined);
        input.setAttribute("aria-valuetext", number.textContent ?? "");
      }
    },
  };
}
