// @ts-check
/** A list of bars: name, bar (filled: now; outline: a reference), a figure, a word. */
import { make } from "../core/dom.js";

/**
 * @typedef {object} Bar
 * @property {string} name as it is, never translated
 * @property {string} figure the number in words
 * @property {number} value from 0 to 1
 * @property {number | null} [reference] from 0 to 1, an outline
 * @property {string} [why]
 * @property {boolean} [on]
 */

/**
 *   const bars = makeBars(host);   bars.show([{name: "sunny", value: 0.8, reference: 0.83, figure: "0.800", why: "of 0.833"}]);
 * The elements stay when the numbers change.
 * @param {HTMLElement} host
 */
export function makeBars(host) {
  /** @type {ReturnType<typeof makeRow>[]} */
  const rows = [];

  function makeRow() {
    const element = make("div", "bar"),
      name = make("span", "t"),
      track = make("div", "track"),
      value = make("i", "final-bar"),
      reference = make("i", "raw-bar"),
      figure = make("span", "num"),
      why = make("span", "why");
    track.append(value, reference);
    element.append(name, track, figure, why);
    return { element, name, value, reference, figure, why };
  }

  /** @param {number | null | undefined} share */
  const width = (share) => `${100 * Math.max(0, Math.min(1, share ?? 0))}%`;

  return {
    /** @param {Bar[]} bars */
    show(bars) {
      bars.forEach((bar, i) => {
        const row = (rows[i] ??= makeRow());
        row.element.classList.toggle("on", Boolean(bar.on));
        row.name.textContent = row.name.title = bar.name;
        row.figure.textContent = bar.figure;
        row.why.textContent = bar.why ?? "";
        row.value.style.width = width(bar.value);
        row.reference.style.width = width(bar.reference);
        row.reference.hidden = bar.reference === undefined || bar.reference === null;
      });
      rows.length = bars.length;
      // an element that stays is not taken out: what is dragged in it would be let go
      const same = rows.every((row, i) => host.children[i] === row.element);
      if (!same || host.children.length !== rows.length)
        host.replaceChildren(...rows.map((row) => row.element));
    },
  };
}
