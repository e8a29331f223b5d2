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
      node("b", {}, () => t("Left to right: one word a call, the ending is out of its sight")),
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
      node("b", {}, () => t("Everywhere at once: the whole text a call")),
      node("span", { class: "num", part: "wallCount" }),
    ),
  );
  host.append(view);
  const { part } = partsOf(view);
  /** @type {TwinCard | null} */
  let card = null;
  /** @type {string[]} */
  let texts = [];

  function drawTwin(/** @type {number} */ calls) {
    const shown = part("twin"),
      written = texts[Math.min(calls, texts.length) - 1] ?? "";
    shown.classList.toggle("canvas-twin-away", !card || Boolean(card.problem));
    if (!card || card.problem) {
      shown.textContent = card ? say(card.problem) : "";
      part("twinCount").textContent = "";
      return;
    }
    const rest = (texts[texts.length - 1] ?? "").slice(written.length);
    // laid out whole, so that nothing moves while it is written
    shown.replaceChildren(
      make("span", "soft", card.opening),
      make("span", "", written),
      make("span", "canvas-unwritten", rest),
    );
    part("twinCount").textContent = counted(Math.min(calls, texts.length), card.words, calls);
  }

  return {
    /** @param {TwinCard | null} next */
    begin(next) {
      card = next;
      texts = [];
      view.hidden = !card;
    },
    /** @param {string} text */
    add(text) {
      texts.push(text);
    },
    /** Keeps the words when the same is played again. */
    state: () => ({ card, texts: [...texts] }),
    /** @param {{card: TwinCard | null, texts: string[]}} kept */
    restore(kept) {
      card = kept.card;
      texts = kept.texts;
      view.hidden = !card;
    },
    /**
     * @param {{calls: number, words: number, all: number, last: number}} now network calls so far, words decided of all, calls of the whole run
     */
    show({ calls, words, all, last }) {
      if (!card) return;
      const end = Math.max(1, last, card.problem ? 0 : card.words);
      drawTwin(calls);
      part("wallCount").textContent = counted(words, all, calls);
      part("twinLine").style.width = card.problem
        ? "0"
        : (100 * Math.min(calls, card.words)) / end + "%";
      part("wallLine").style.width = (100 * Math.min(calls, last)) / end + "%";
    },
  };
}

/** @param {number} words @param {number} all @param {number} calls */
const counted = (words, all, calls) =>
  nt("{words} of {all} words, {n} call", "{words} of {all} words, {n} calls", calls, {
    words,
    all,
  });
