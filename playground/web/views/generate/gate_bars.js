// @ts-check
/** The candidates of a step as bars behind one gate: how much of each the rule let through. */
import { asIs, make, visible } from "../../core/dom.js";
import { percent } from "../../core/format.js";
import { EASE } from "../../core/motion.js";
import { t } from "../../core/translate.js";

export const GATE_ROWS = 9;

/**
 * @typedef {object} Passage what a gate shows
 * @property {{text: string, id: number | null}[]} names
 * @property {(number | null)[]} values after this gate; null where the record does not say
 * @property {(number | null)[]} before in front of it
 * @property {number} top the longest bar's probability
 * @property {number} chosen
 */

/** @param {{labels?: boolean, outlined?: boolean}} [how] labels: the tokens stand at the left, for the model's own gate */
export function makeGateBars({ labels = false, outlined = false } = {}) {
  const element = make("div", "gate-bars" + (outlined ? " outlined" : ""));
  element.setAttribute("aria-hidden", "true"); // the table of Numbers and the tiles say the same in words
  const rows = Array.from({ length: GATE_ROWS + 1 }, () => {
    const row = make("div", "gate-bar"),
      name = asIs(make("span", "t")),
      track = make("span", "gate-track"),
      bar = make("i"),
      note = make("span", "gate-note");
    track.append(bar, note);
    row.append(...(labels ? [name] : []), track);
    element.append(row);
    return { row, name, bar, note };
  });
  /** @type {Passage | null} */
  let shown = null;

  /** @param {Passage} passage @param {boolean} numbers whether each bar has its number */
  function show(passage, numbers) {
    shown = passage;
    rows.forEach(({ row, name, bar, note }, i) => {
      const { id, text } = passage.names[i] ?? { id: null, text: "" },
        value = passage.values[i] ?? null,
        before = passage.before[i] ?? null;
      row.hidden = i >= passage.names.length;
      name.textContent = id === null ? t("others") : visible(text).slice(0, 24);
      const cut = value === 0 && before !== null && before > 0;
      row.classList.toggle("on", id !== null && id === passage.chosen);
      row.classList.toggle("others", id === null);
      row.classList.toggle("cut", cut);
      bar.style.width = `${(100 * Math.min(1, ((cut ? before : value) ?? 0) / passage.top)).toFixed(2)}%`;
      note.textContent = cut ? t("cut") : numbers && value ? percent(value) : "";
    });
  }

  return {
    element,
    show,
    clear() {
      shown = null;
      for (const { row } of rows) row.hidden = true;
    },
    /**
     * The bars arrive as they were in front of the gate, change, and those that are cut fall.
     * @param {ReturnType<typeof import("../../core/motion.js").makeStage>} stage @param {number} pace 1 is the full time
     */
    async pass(stage, pace) {
      const passage = shown;
      if (!passage) return;
      await Promise.all(
        rows.slice(0, passage.names.length).map(({ bar }, i) => {
          const value = passage.values[i] ?? 0,
            before = passage.before[i] ?? value;
          if (value === 0 && before > 0)
            return stage.animate(
              bar,
              [
                { transform: "none", opacity: 1, offset: 0 },
                { transform: "translateY(90px) rotate(14deg)", opacity: 0, offset: 0.98 },
                { transform: "none", opacity: 1, offset: 1 },
              ],
              { duration: 520 * pace, delay: 16 * i * pace, easing: EASE.leave, fill: "backwards" },
            );
          const from = value > 0 ? before / value : 1;
          return stage.animate(
            bar,
            [
              { transform: `scaleX(${from.toFixed(4)})`, transformOrigin: "0 0" },
              { transform: "none", transformOrigin: "0 0" },
            ],
            {
              duration: (from === 1 ? 130 : 340) * pace,
              delay: 8 * i * pace,
              easing: EASE.swing,
              fill: "backwards",
            },
          );
        }),
      );
    },
  };
}
