// @ts-check
/** Sentences of a reveal. */
import { asIs, make, visible } from "../core/dom.js";

/** A word as it stands in a sentence. @param {string} text */
export const bold = (text) => asIs(make("b", "", visible(String(text).trim())));

/** @param {(string | Node)[]} parts */
export function sentence(parts) {
  const element = make("p", "class-sentence");
  element.append(...parts);
  return element;
}
