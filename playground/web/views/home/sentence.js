// @ts-check
/** The sentence that is played: its beginning, the words that were chosen (and by whom), and what is still open. */
import { asIs, make } from "../../core/dom.js";
import { t } from "../../core/translate.js";

/** @typedef {{id: number, text: string, by: "you" | "chance", share: number, order: number}} Word */
/** @typedef {{text: string, share: number} | null} Guess */

/** Whether a piece is written without a space before it. @param {string} text */
export const joins = (text) => /^(##|[.,;:!?'’)])/.test(text);
/** A piece as it stands in a text. @param {string} text */
export const bare = (text) => text.replace(/^##(?=.)/, "");
/** A piece on its tile. @param {string} text */
export const shown = (text) => text.replace(/^##(?=.)/, "-");

/** The sentence as plain text. @param {string} prompt @param {(Word | null)[]} words @param {string} blank */
export function plainText(prompt, words, blank = "") {
  let text = prompt;
  for (const word of words) {
    if (word) text += (joins(word.text) || /['’]$/.test(text) ? "" : " ") + bare(word.text);
    else if (blank) text += " " + blank;
  }
  return text;
}

/** @param {HTMLElement} host */
export function makeSentence(host) {
  asIs(host);
  /** @type {Map<number, HTMLElement>} */
  let places = new Map();

  /** @param {HTMLElement} line @param {HTMLElement | string} part @param {boolean} joined */
  function put(line, part, joined) {
    if (line.childNodes.length && !joined) line.append(" ");
    line.append(part);
  }

  /** @param {Guess} guess @param {boolean} here */
  function mask(guess, here) {
    const one = make("span", here ? "home-mask here" : "home-mask");
    if (guess) {
      const ghost = make("i", "", shown(guess.text));
      ghost.style.filter = `blur(${(5 * (1 - guess.share)).toFixed(1)}px)`; // blur is doubt
      ghost.style.opacity = (0.45 + 0.5 * guess.share).toFixed(2);
      one.append(ghost);
    }
    return one;
  }

  /**
   * @param {{prompt: string, words: (Word | null)[], at: number, masks: boolean, guesses: Guess[], ended: boolean, fresh?: number}} state
   *   at: the place that is next (-1: none); fresh: the place of the newest word
   */
  function draw({ prompt, words, at, masks, guesses, ended, fresh = -1 }) {
    const line = make("div", "home-line");
    places = new Map();
    put(line, prompt, true);
    let before = prompt;
    words.forEach((word, k) => {
      if (word) {
        const one = make("span", `home-word by-${word.by}`, bare(word.text));
        if (k === fresh) one.classList.add("fresh");
        put(line, one, joins(word.text) || /['’]$/.test(before));
        places.set(k, one);
        before = word.text;
      } else if (masks && !ended) {
        const one = mask(guesses[k] ?? null, k === at);
        put(line, one, false);
        places.set(k, one);
      } else if (k === at && !ended) {
        const one = make("span", "home-slot");
        put(line, one, false);
        places.set(k, one);
      }
    });
    const last = words.findLast((word) => word)?.text ?? "";
    if (masks) line.append(".");
    else if (ended && !/^[.!?]$/.test(last)) line.append(" …");
    host.replaceChildren(line);
    const text = plainText(prompt, words, masks ? t("blank") : "");
    host.setAttribute("aria-label", t("The sentence: {text}", { text }));
  }

  return {
    draw,
    /** The element of a place. @param {number} k */
    place: (k) => places.get(k) ?? null,
    /** All words and masks. */
    places: () => [...places.values()],
  };
}
