// @ts-check
/** One column: its rules, its text, and whether that ends in a loop. */
import { make } from "../../core/dom.js";
import { nt, t } from "../../core/translate.js";
import { press } from "./parts.js";
import { Rules } from "./rules.js";

export class Column {
  /**
   * @param {any[]} controls the rows of the rules
   * @param {string} start a preset
   * @param {() => void} remove
   */
  constructor(controls, start, remove) {
    this.rules = new Rules(controls, start);
    this.element = make("section", "strategy-column");
    this.away = press(
      () => "×",
      () => t("Take this column away"),
      remove,
      "plain",
    );
    this.title = make("h2");
    this.text = make("p", "compare-text");
    this.loop = make("p", "strategy-loop");
    this.title.hidden = true;
    const head = make("div", "strategy-head");
    head.append(this.rules.preset, this.away);
    this.element.append(head, this.rules.more, this.title, this.text, this.loop);
  }

  /** @param {number} column from 1 @param {boolean} alone the last one stays */
  place(column, alone) {
    this.away.disabled = alone;
    this.away.setAttribute("aria-label", t("Take column {column} away", { column }));
    this.rules.preset.setAttribute("aria-label", t("Strategy of column {column}", { column }));
  }

  clear() {
    this.loop.textContent = this.text.textContent = "";
  }

  /** @param {string} name @param {string} colour */
  name(name, colour) {
    this.title.textContent = name;
    this.title.hidden = false;
    this.element.style.borderTopColor = colour;
  }

  /**
   * @param {string} rest the text from where the columns differ
   * @param {boolean} differs
   * @param {{period: number, start: number} | null} loop
   */
  show(rest, differs, loop) {
    const [, space, word, after] = /** @type {RegExpExecArray} */ (/^(\s*)(\S*)([^]*)$/.exec(rest)),
      first = make("span", differs ? "strategy-first" : "", word);
    if (differs) first.title = t("Here the texts differ for the first time");
    this.text.replaceChildren(space, first, after);
    this.loop.textContent = loop
      ? nt(
          "Ends in a loop of {n} token, from token {start} on.",
          "Ends in a loop of {n} tokens, from token {start} on.",
          loop.period,
          { start: loop.start + 1 },
        )
      : "";
  }
}
