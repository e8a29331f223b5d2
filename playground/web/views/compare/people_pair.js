// @ts-check
/** Two texts side by side whose strategies are hidden, and how they are marked. */
import { inEveryLanguage, make } from "../../core/dom.js";
import { mark, say, t } from "../../core/translate.js";
import { spoken } from "./parts.js";

/** @typedef {{name: string, text: string, run: number}} Written */
/** @typedef {[left: Written, right: Written]} Shown */

export const SCALES = ["fluency", "coherence", "relevance"];
/** @type {Record<string, string>} */
export const SCALE_NAMES = {
  fluency: mark("fluency"),
  coherence: mark("coherence"),
  relevance: mark("relevance"),
};
let pairs = 0; // the radio buttons of each pair have a name of their own

/**
 * Every pair of strategies, run by run, in a random order, with random sides.
 * @param {any} pool a comparison
 * @returns {Shown[]}
 */
export function shuffledPairs({ runs, table, texts }) {
  /** @type {Shown[]} */
  const found = [];
  /** @param {number} i @param {number} run @returns {Written} */
  const written = (i, run) => ({
    name: table[i].name,
    text: texts[i][Math.min(run, texts[i].length - 1)],
    run,
  });
  for (let run = 0; run < runs; run++)
    for (let a = 0; a < table.length; a++)
      for (let b = a + 1; b < table.length; b++) {
        const one = written(a, run),
          other = written(b, run);
        if (one.name !== other.name && one.text !== other.text)
          found.push(Math.random() < 0.5 ? [one, other] : [other, one]);
      }
  for (let i = found.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [found[i], found[j]] = [found[j], found[i]];
  }
  return found;
}

export class Pair {
  /** @type {{left: Record<string, number>, right: Record<string, number>}} */
  marks = { left: {}, right: {} };

  /** @param {Shown} shown @param {string} prompt */
  constructor(shown, prompt) {
    this.shown = shown;
    this.name = `people-${++pairs}`;
    this.sides = [
      this.side(shown[0], prompt, "left", () => t("Left")),
      this.side(shown[1], prompt, "right", () => t("Right")),
    ];
  }

  /**
   * @param {Written} one
   * @param {string} prompt
   * @param {"left" | "right"} side
   * @param {() => string} title
   */
  side(one, prompt, side, title) {
    const part = make("section"),
      text = make("p", "compare-text"),
      scales = make("div", "people-scales"),
      joined = /^[\s.,;:!?'’]/.test(one.text) || /\s$/.test(prompt);
    part.dataset.side = side;
    text.append(make("span", "compare-prompt", prompt), (joined ? "" : " ") + one.text);
    scales.append(...SCALES.map((scale) => this.scale(side, scale)));
    part.append(spoken("h2", "", title), text, scales);
    return part;
  }

  /** @param {"left" | "right"} side @param {string} scale */
  scale(side, scale) {
    const set = make("fieldset", "people-scale"),
      name = () => say(SCALE_NAMES[scale]);
    set.append(spoken("legend", "", name));
    for (let value = 1; value <= 5; value++) {
      const label = make("label"),
        input = make("input");
      input.type = "radio";
      input.name = `${this.name}-${side}-${scale}`;
      input.value = String(value);
      input.addEventListener("change", () => (this.marks[side][scale] = value));
      label.append(input, String(value));
      inEveryLanguage(() => (label.title = t("{scale} {value} of 5", { scale: name(), value })));
      set.append(label);
    }
    return set;
  }
}
