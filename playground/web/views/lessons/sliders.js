// @ts-check
/**
 * What the reader moves once the truth is revealed. The figure follows in the browser; nothing is
 * asked of the server.
 */
import { make, node } from "../../core/dom.js";
import { plain } from "../../core/format.js";
import { say } from "../../core/translate.js";
import { moved } from "./moved.js";

/** @typedef {import("./moved.js").Slider} Slider */

/**
 * @param {HTMLElement} host empty until the reveal @param {import("./moved.js").Moves} moves
 * @param {(figure: any) => void} follow the figure as it is now; null: as the reveal drew it
 */
export function makeSliders(host, moves, follow) {
  /** @type {Record<string, number>} */
  let values = {};
  const start = () => Object.fromEntries(moves.sliders.map((one) => [one.setting, one.start]));

  /** @param {Slider} slider */
  function row(slider) {
    const { setting, low, high, step } = slider,
      label = say(slider.label),
      figure = make("output", "num");
    const handle = /** @type {HTMLInputElement} */ (node("input", { type: "range" }));
    Object.assign(handle, {
      min: String(low),
      max: String(high),
      step: String(step),
      title: label,
    });
    handle.setAttribute("aria-label", label);
    const show = () => {
      handle.value = String(values[setting]);
      figure.textContent = plain(values[setting], 4);
      handle.setAttribute("aria-valuetext", figure.textContent);
    };
    handle.addEventListener("input", () => {
      values[setting] = Number(Number(handle.value).toPrecision(10));
      show();
      follow(moved(moves, values));
    });
    const line = node("label", { class: "stage-slider" });
    line.append(make("span", "", label), handle, figure);
    return { line, show };
  }

  return {
    /** @param {boolean} revealed */
    update(revealed) {
      if (revealed === Boolean(host.childElementCount)) return;
      values = start();
      if (!revealed) {
        host.replaceChildren();
        follow(null);
        return;
      }
      const rows = moves.sliders.map(row);
      for (const { show } of rows) show();
      host.replaceChildren(...rows.map(({ line }) => line));
    },
  };
}
