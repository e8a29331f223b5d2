// @ts-check
/**
 * Home's questions to the shipped models. An answer is kept, so that what was asked for ahead is
 * there when the ball lands.
 */
import { say } from "../../core/translate.js";
import { floatsOf, lawOf } from "./game.js";

const KEPT = 16; // answers; each is 44 kB of logits

/** What the server refused, in its own words. */
export class Refused extends Error {
  name = "Refused";
}

/** @typedef {{name: "look" | "fill", ids: number[], step: number, seed: number}} Question */
/**
 * @typedef {{law: import("./game.js").Law, u: number, at: number | null, guesses: [number, number, number][]}} Answer
 */

/** @param {Record<string, (wish?: any) => Promise<any>>} server */
export function makeLive(server) {
  /** @type {Map<string, Promise<Answer>>} */
  const answers = new Map();
  /** @type {Promise<{texts: string[], end: number | null}> | null} */
  let words = null;

  /** @param {string} name @param {any} [wish] */
  async function call(name, wish) {
    let answer;
    try {
      answer = await server[name](wish);
    } catch {
      throw new Error("no answer");
    }
    if (answer.error) throw new Refused(say(answer.error));
    return answer;
  }

  /** The texts of all tokens, and the token that ends a text. */
  function vocabulary() {
    words ??= call("vocabulary", null).catch((error) => {
      words = null;
      throw error;
    });
    return words;
  }

  /** @param {Question} question @returns {Promise<Answer>} */
  async function asked({ name, ids, step, seed }) {
    const wish = { [name === "look" ? "ids" : "canvas"]: ids, step, seed };
    const [answer, { texts }] = await Promise.all([call(name, wish), vocabulary()]);
    return {
      law: lawOf(floatsOf(answer.logits), texts),
      u: answer.u,
      at: answer.at ?? null,
      guesses: answer.guesses ?? [],
    };
  }

  /** @param {Question} question @returns {Promise<Answer>} */
  function ask(question) {
    const key = JSON.stringify(question);
    let answer = answers.get(key);
    if (!answer) {
      answer = asked(question);
      answers.set(key, answer);
      answer.catch(() => answers.delete(key)); // it can be asked again
      if (answers.size > KEPT) answers.delete(/** @type {string} */ (answers.keys().next().value));
    }
    return answer;
  }

  return { ask, vocabulary, call };
}
