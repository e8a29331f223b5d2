// @ts-check
/**
 * **Bold** in our own sentences, and the symbols T_c and ΔE set as mathematics. Nothing else is
 * markup, and a value in a sentence never is: see `quoted` where it is made.
 */
import { make } from "./dom.js";
import { formula } from "./formula.js";

const SYMBOLS = /(T_c|ΔE)/;

/** @param {string} text @returns {(string | Node)[]} */
const typeset = (text) => text.split(SYMBOLS).map((part, i) => (i % 2 ? formula(part) : part));

/**
 * @param {string} sentence
 * @returns {(string | Node)[]} for `element.replaceChildren(...rich(say(message)))`
 */
export const rich = (sentence) =>
  sentence.split("**").flatMap((part, i) => {
    if (!(i % 2)) return typeset(part);
    const bold = make("b");
    bold.append(...typeset(part));
    return [bold];
  });
