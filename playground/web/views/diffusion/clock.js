// @ts-check
/**
 * Two texts on one clock of network calls: the left-to-right twin, one word a call, above the
 * canvas that fills everywhere at once.
 */
import { make, node, partsOf } from "../../core/dom.js";
import { nt, say, t } from "../../core/translate.js";

/** @typedef {{model: string, opening: string, words: number, problem: any}} TwinCard */

/** @param {HTMLElement} host */
export function makeClock(host) {
  const view = node(
    "div",
    { class: "canvas-clock" },
    node(
      "div",
      { class: "canvas-clock-head" },
      node("b", {}, () => t("Left to right: one word per call, without seeing the ending")),
      node("span", { class: "num", part: "twinCount" }),
    ),
    node("p", { class: "canvas-twin", part: "twin", translate: "no" }),
    node(
      "div",
      { class: "canvas-clock-lines", "aria-hidden": "true" },
      node("i", { class: "canvas-clock-twin" }, node("b", { part: "twinLine" })),
      node("i", { class: "canvas-clock-wall" }, node("b", { part: "wallLine" })),
    ),
    node(
      "div",
      { class: "canvas-clock-head" },
      node("b", {}, () => t("Everywhere at once: the whole text in every call")),
      node("span", { class: "num", part: "wallCount" }),
    ),
  );
  host.append(view);
  const { part } = partsOf(view);
  /** @type {TwinCard | null} */
  let card = null;
  /** @type {string[]} */
  let texts = [];
  // the run on view has no twin of its own: that of the run before stays, as it ended
  let held = false;

  function drawTwin(/** @type {number} */ calls) {
    const shown = part("twin"),
      written = texts[Math.min(calls, texts.length) - 1] ?? "";
    shown.classList.toggle("canvas-twin-away", !card || Boolean(card.problem));
    if (!card || card.problem) {
      shown.textContent = card ? say(card.problem) : "";
      part("twinCount").textContent = "";
      return;
    }
    const whole = texts[texts.length - 1] ?? "",
      rest = whole.slice(written.length) + (held ? "" : roomFor(texts, card.words));
    // laid out whole, so that nothing moves while it is written
    shown.replaceChildren(
      make("span", "soft", card.opening),
      make("span", "", written),
      make("span", "canvas-unwritten", rest),
    );
    part("twinCount").textContent = counted(Math.min(calls, texts.length), card.words, calls);
  }

  return {
    /**
     * @param {TwinCard | null} next
     * @param {boolean} [on] the run goes on from the words on view
     */
    begin(next, on = false) {
      held = on && !next && Boolean(card && !card.problem);
      if (held) return;
      card = next;
      texts = [];
      view.hidden = !card;
    },
    /** @param {string} text */
    add(text) {
      texts.push(text);
    },
    /** Keeps the words when the same is played again. */
    state: () => ({ card, texts: [...texts], held }),
    /** @param {{card: TwinCard | null, texts: string[], held?: boolean}} kept */
    restore(kept) {
      card = kept.card;
      texts = kept.texts;
      held = kept.held ?? false;
      view.hidden = !card;
    },
    /**
     * @param {{calls: number, words: number, all: number, last: number}} now network calls so far, words decided of all, calls of the whole run
     */
    show({ calls, words, all, last }) {
      if (!card) return;
      const end = Math.max(1, last, card.problem ? 0 : card.words),
        twins = held ? texts.length : calls;
      drawTwin(twins);
      part("wallCount").textContent = counted(words, all, calls);
      part("twinLine").style.width = card.problem
        ? "0"
        : (100 * Math.min(twins, card.words)) / end + "%";
      part("wallLine").style.width = (100 * Math.min(calls, last)) / end + "%";
    },
  };
}

/**
 * Letters that nobody sees in place of the words that have not come, as long as those that have:
 * the lines below stand still while the text grows.
 * @param {string[]} texts after each word @param {number} words in all
 */
export function roomFor(texts, words) {
  const left = words - texts.length;
  if (left <= 0) return "";
  const whole = texts[texts.length - 1] ?? "",
    perWord = texts.length > 4 ? whole.length / texts.length : 4;
  return " nnn".repeat(Math.ceil((left * perWord) / 4));
}

/** @param {number} words @param {number} all @param {number} calls */
const counted = (words, all, calls) =>
  nt("{words} of {all} words, {n} call", "{words} of {all} words, {n} calls", calls, {
    words,
    all,
  });
