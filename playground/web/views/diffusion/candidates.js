// @ts-check
/**
 * One position at one step: what could stand there, how sure the network was, and what moved since
 * the step before.
 */
import { asIs, clip, make, visible } from "../../core/dom.js";
import { bits, chance, fixed, percent } from "../../core/format.js";
import { nt, t } from "../../core/translate.js";
import { isHidden, shownWord, wordOf } from "./lexicon.js";
import { rowAt } from "./side.js";

/** @typedef {import("./side.js").Side} Side */

/** @param {HTMLElement} host */
export function makeCandidates(host) {
  const title = make("h2", "canvas-h"),
    note = make("p", "canvas-note"),
    bars = make("div", "canvas-bars"),
    foot = make("p", "canvas-note");
  host.append(title, note, bars, foot);

  function nothing(/** @type {string} */ heading, /** @type {string} */ sentence) {
    title.textContent = heading;
    note.textContent = sentence;
    foot.textContent = "";
    bars.replaceChildren();
  }

  return {
    /** @param {Side | undefined} side @param {number} step @param {number} position */
    draw(side, step, position) {
      const row = side && rowAt(side, step);
      if (!row || position < 0 || position >= row.canvas.length)
        return nothing(
          t("One word: what it could be"),
          t("Choose a word in the text or in the map."),
        );
      const found = askedAt(side, step, position),
        hidden = isHidden(row.state[position]);
      const heading = hidden
        ? t("Word {n}: what it could be", { n: position + 1 })
        : t("Word {n}, “{word}”: what it could be", {
            n: position + 1,
            word: shownWord(side.lexicon, row.canvas[position]),
          });
      if (!found)
        return nothing(
          heading,
          row.state[position] === "locked"
            ? t("Given: the network never changes it and was not asked about it.")
            : t("The network has not been asked yet: run, or go one step on."),
        );
      title.textContent = heading;
      note.textContent = noteOf(found, side, step, position);
      const { top, before } = found,
        full = fullBar(top[0][1]);
      drawBars(bars, side, found, hidden ? null : row.canvas[position], position);
      foot.textContent = before.size
        ? t(
            "The network’s own probabilities, before temperature; a full bar is {full}. The tick is the step before.",
            { full },
          )
        : t("The network’s own probabilities, before temperature; a full bar is {full}.", { full });
    },
  };
}

/** @param {number} p */
const fullBar = (p) => (p > 0.5 ? 1 : p > 0.2 ? 0.5 : 0.2);

/**
 * The last step at which the network was asked about a position (a word that was decided keeps the
 * figures of its step), and what it
 * said the time before. @param {Side} side @param {number} step @param {number} position
 * @returns {null | {at: number, row: any, top: [number, number][], before: Map<number, number>}}
 */
function askedAt(side, step, position) {
  let at = Math.min(step, side.rows.length - 1);
  while (at > 0 && !side.rows[at].top?.[position]) at--;
  const top = side.rows[at].top?.[position];
  if (!top) return null;
  let was = at - 1;
  while (was > 0 && !side.rows[was].top?.[position]) was--;
  return {
    at,
    row: side.rows[at],
    top,
    before: new Map(was > 0 ? side.rows[was].top[position] : []),
  };
}

/**
 * @param {NonNullable<ReturnType<typeof askedAt>>} found
 * @param {Side} side
 * @param {number} step
 * @param {number} position
 */
function noteOf({ at, row }, side, step, position) {
  const doubt = bits(row.entropy?.[position]),
    change = row.change?.[position],
    values = { bits: fixed(doubt, 2), largest: chance(row.confidence?.[position]) };
  const figures =
    change === null || change === undefined
      ? t("Entropy {bits} bits, largest probability {largest}.", values)
      : t(
          "Entropy {bits} bits, largest probability {largest}; since the step before {change} of the probability has moved.",
          { ...values, change: percent(change) },
        );
  return at === Math.min(step, side.rows.length - 1)
    ? figures
    : t("As it was at step {step}, when the network was last asked. {figures}", {
        step: at,
        figures,
      });
}

/** @param {HTMLElement} bars @param {Side} side @param {NonNullable<ReturnType<typeof askedAt>>} found @param {number | null} now
 * @param {number} position */
function drawBars(bars, side, { row, top, before }, now, position) {
  const full = fullBar(top[0][1]),
    others = (side.card.vocab_size ?? 0) - top.length,
    chosen = row.state[position] === "new" ? row.canvas[position] : now;
  const lines = top.map(([id, p]) => {
    const old = before.get(id),
      line = bar(shownWord(side.lexicon, id), p, full, old);
    line.classList.toggle("on", id === chosen);
    const name = /** @type {HTMLElement} */ (line.firstElementChild);
    asIs(name).title = clip(visible(wordOf(side.lexicon, id).text), 200);
    const said = [id === chosen ? t("drawn") : "", moved(p, old, before.size > 0)].filter(Boolean);
    line.lastElementChild?.replaceChildren(
      ...said.flatMap((text, n) => (n ? [" ", make("span", "", text)] : [make("span", "", text)])),
    );
    return line;
  });
  if (others > 0) {
    const rest = Math.max(0, 1 - top.reduce((sum, [, p]) => sum + p, 0)),
      line = bar(t("others"), rest, full, undefined);
    line.classList.add("canvas-rest");
    line.firstElementChild?.removeAttribute("translate");
    line.lastElementChild?.append(nt("{n} token", "{n} tokens", others));
    lines.push(line);
  }
  bars.replaceChildren(...lines);
}

/** @param {string} name @param {number} p @param {number} full @param {number | undefined} old */
function bar(name, p, full, old) {
  const line = make("div", "bar"),
    track = make("div", "track"),
    fill = make("i", "final-bar");
  fill.style.transform = `scaleX(${Math.min(1, p / full)})`;
  track.append(fill);
  if (old !== undefined) {
    const tick = make("i", "canvas-was");
    tick.style.left = 100 * Math.min(1, old / full) + "%";
    track.append(tick);
  }
  line.append(make("span", "t", name), track, make("span", "num", chance(p)), make("span", "why"));
  return line;
}

/**
 * @param {number} p
 * @param {number | undefined} old
 * @param {boolean} asked whether there was a step before
 */
function moved(p, old, asked) {
  if (old === undefined) return asked ? t("new in the ten") : "";
  if (Math.abs(p - old) < 0.0005) return "±" + fixed(0, 3);
  return (p > old ? "+" : "−") + fixed(Math.abs(p - old), 3);
}
