// @ts-check
/**
 * Where steps come from: a lesson at a time, the figures that the model computes one by one, each
 * asked for once a language.
 */
import { say } from "../../core/translate.js";
import { placeOf } from "./store.js";

/** @typedef {import("./types.js").Step} Step */

export class Source {
  language = "";
  /** @type {Map<string, Promise<void>>} what was asked for */
  asked = new Map();

  /**
   * @param {import("../../core/value.js").Host["server"]} server
   * @param {Map<string, Step[]>} steps by lesson, filled here
   */
  constructor(server, steps) {
    this.server = server;
    this.steps = steps;
  }

  /** Everything is asked for anew. @param {string} language */
  begin(language) {
    this.language = language;
    this.steps.clear();
    this.asked.clear();
  }

  /** @param {string} key @param {() => Promise<void>} ask */
  once(key, ask) {
    let found = this.asked.get(key);
    if (!found) {
      found = ask().catch((error) => {
        this.asked.delete(key);
        throw error;
      });
      this.asked.set(key, found);
    }
    return found;
  }

  /** The steps of a lesson are here. @param {string} lesson */
  need(lesson) {
    const { language } = this;
    return this.once(lesson, async () => {
      const answer = await this.server.steps({ lesson, language });
      if (answer.error) throw new Error(say(answer.error));
      if (language === this.language) this.steps.set(lesson, answer.steps);
    });
  }

  /** The figure of a step is here. @param {string} lesson @param {number} k */
  async needFigure(lesson, k) {
    await this.need(lesson);
    const { language } = this,
      steps = this.steps.get(lesson);
    if (!steps?.[k]?.needs_model) return;
    await this.once(placeOf(lesson, k), async () => {
      const answer = await this.server.step({ lesson, step: k, language });
      if (answer.error) throw new Error(say(answer.error));
      if (language === this.language) steps[k] = answer.step;
    });
  }

  /**
   * What may come next is asked for ahead; what fails is asked again when it is shown.
   * @param {[string, number][]} places
   */
  async ahead(places) {
    for (const place of places) await this.needFigure(...place).catch(() => {});
  }
}
