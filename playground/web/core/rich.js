// @ts-check
/** **Bold** in our own sentences. Nothing else is markup, and a value in a sentence never is: see `quoted` where it is made. */
import { make } from "./dom.js";

/** @param {string} sentence @returns {(string | Node)[]} for `element.replaceChildren(...rich(say(message)))` */
export const rich = (sentence) =>
  sentence.split("**").map((part, i) => (i % 2 ? make("b", "", part) : part));
