// @ts-check
/**
 * What is said to a visitor who waits for a place: where in the line that is, and what there is to
 * play with meanwhile.
 */
import { say, t } from "./translate.js";

/**
 * @param {any} words the server's sentence with the place in the line
 * @param {"recording" | "run" | ""} there what is on view: a run that was recorded, an earlier one of the visitor's, or nothing
 */
export function waitingWords(words, there) {
  if (there === "recording")
    return t("{place} Meanwhile play with this recording.", { place: say(words) });
  if (there === "run") return t("{place} Meanwhile play with what is here.", { place: say(words) });
  return say(words);
}
