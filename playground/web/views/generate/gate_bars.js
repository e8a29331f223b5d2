// @ts-check
/** The candidates of a step as bars behind one gate: how much of each the rule let through. */
import { asIs, clip, make, visible } from "../../core/dom.js";
import { percent } from "../../core/format.js";
import { EASE } from "../../core/motion.js";
import { t } from "../../core/translate.js";

export const GATE_ROWS = 9;
export const FAR_ROWS = 5; // on a projector, where a row is taller

/**
 * @typedef {object} Passage what a gate shows
 * @property {{text: string, id: number | null}[]} names
 * @property {(number | null)[]} values after this gate; null where the record does not say
 * @property {(number | null)[]} before in front of it
 * @property {number} held how much of the probability the gate let through, before it is made 1 again
 * @property {number} top the longest bar's probability
 * @property {number} chosen
 */

/**
 * @param {{labels?: boolean, outlined?: boolean}} [how] labels: the tokens stand at the left, for the model's own gate
 */
export function makeGateBars({ labels = false, outlined = false } = {}) {
  const element = make("div", "gate-bars" + (outlined ? " outlined" : ""));
  // the table of Numbers and the tiles say the same in words
  element.setAttribute("aria-hidden", "true");
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
      name.textContent = id === null ? t("others") : visible(clip(text, 24));
      const cut = value === 0 && before !== null && before > 0;
      row.classList.toggle("on", id !== null && id === passage.chosen);
      row.classList.toggle("others", id === null);
      row.classList.toggle("cut", cut);
      // a narrow page draws strips
      row.style.setProperty("--share", String((cut ? before : value) ?? 0));
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
    /** How long the bars take at full length, in milliseconds. */
    duration: () => (shown ? timesOf(shown).whole : 0),
    /**
     * The bars arrive as they were in front of the gate; then they change, or those that are cut
     * fall and the rest grows.
     * @param {ReturnType<typeof import("../../core/motion.js").makeStage>} stage @param {number} pace 1 is the full time
     */
    async pass(stage, pace) {
      const passage = shown;
      if (!passage) return;
      const times = timesOf(passage);
      element.classList.add("passing");
      await Promise.all(
        rows.slice(0, passage.names.length).map(({ bar }, i) =>
          stage.animate(bar, movesOf(passage, i, times), {
            duration: (times.whole - 8 * rows.length) * pace,
            delay: 8 * i * pace,
            easing: "linear",
          }),
        ),
      );
      element.classList.remove("passing");
      for (const { bar } of rows) for (const moved of bar.getAnimations()) moved.cancel();
    },
  };
}

/** @typedef {{enter: number, change: number, grow: number, whole: number}} Times milliseconds */

/** @param {Passage} passage @returns {Times} */
function timesOf({ values, before, names }) {
  const late = 8 * (names.length + 1);
  const moves = values.some((value, i) => value !== null && value !== before[i]);
  const cuts = values.some((value, i) => value === 0 && (before[i] ?? 0) > 0);
  const times = !moves
    ? { enter: 130, change: 0, grow: 0 }
    : cuts
      ? { enter: 190, change: 520, grow: 300 }
      : { enter: 190, change: 340, grow: 0 };
  return { ...times, whole: times.enter + times.change + times.grow + late };
}

/**
 * What one bar does at a gate. @param {Passage} passage @param {number} i its row @param {Times} times
 * @returns {Keyframe[]}
 */
function movesOf({ values, before, names, held }, i, { enter, change, grow }) {
  const value = values[i] ?? 0,
    was = before[i] ?? value,
    all = enter + change + grow,
    there = enter / all,
    changed = (enter + change) / all;
  const wide = (/** @type {number} */ share) =>
    `scaleX(${(value > 0 ? share / value : 1).toFixed(4)})`;
  const from = { transformOrigin: "0 0", opacity: 1, transform: wide(was) };
  const begin = [
    {
      ...from,
      offset: 0,
      opacity: 0,
      transform: `translateX(-14px) ${wide(was)}`,
      easing: EASE.arrive,
    },
    { ...from, offset: there, easing: change ? EASE.swing : "linear" },
  ];
  if (value === 0 && was > 0)
    return [
      begin[0],
      { ...from, offset: there, easing: EASE.leave },
      { offset: changed, opacity: 0, transform: "translateY(110px) rotate(14deg)" },
      { offset: 1, opacity: 0, transform: "none" },
    ];
  const end = { ...from, offset: 1, transform: "none" };
  if (!grow) return change ? [...begin, end] : [begin[0], { ...end, transform: wide(was) }];
  const left = names[i].id === null ? value * held : was; // of the others some are cut, some stay
  return [
    ...begin,
    { ...from, offset: changed, transform: wide(left), easing: EASE.swing },
    { ...from, offset: changed + 0.7 * (1 - changed), transform: wide(value * 1.03) },
    end,
  ];
}
