// @ts-check
/**
 * Questions to the server of which only the newest matters.
 *
 * One question at a time; while it is under way only the newest wish is kept. So the last edit
 * always wins and nothing queues up.
 */
import { t } from "./translate.js";

/**
 * @template W
 * @param {(wish: W) => Promise<any>} call
 * @param {(record: any, wish: W) => void} arrived with the answer; {ok: false, error: a sentence} where the server did not answer
 * @returns {(wish: W) => Promise<void>} ends when no question is under way any more
 */
export function latest(call, arrived) {
  /** @type {{wish: W} | null} */
  let next = null;
  /** @type {Promise<void> | null} */
  let busy = null;

  async function work() {
    while (next) {
      const { wish } = next;
      next = null;
      let record;
      try {
        record = await call(wish);
      } catch {
        record = {
          ok: false,
          error: t(
            "The server did not answer. What you typed is still here; change anything to ask again.",
          ),
        };
      }
      try {
        arrived(record, wish);
      } catch (error) {
        // a fault of the drawing is none of the server; the next wish is asked all the same
        reportError(error);
      }
    }
    busy = null; // in the same breath as the last look at `next`: no wish can come in between
  }

  return (wish) => {
    next = { wish };
    busy ??= work();
    return busy;
  };
}

// milliseconds after which a question without an answer holds up no other one
const PATIENCE = 20000;

/**
 * Questions that travel as events of the page and are answered by a new value of it: numbered, one
 * at a time, of several that wait the newest. (Gradio's own queue of the newest sends the event
 * under way once more.)
 * @param {(wish: any) => void} send with `asked`, the question's number
 */
export function byEvents(send) {
  let asked = 0;
  let arrived = (/** @type {number} */ _asked) => {};
  const question = latest(
    (/** @type {any} */ wish) =>
      new Promise((/** @type {(value?: any) => void} */ resolve) => {
        arrived = (number) => number === wish.asked && resolve();
        setTimeout(resolve, PATIENCE);
        send(wish);
      }),
    () => {},
  );
  return {
    /** @param {any} wish @returns {Promise<void>} ends when nothing is asked any more */
    ask: (wish) => question({ ...wish, asked: ++asked }),
    /**
     * An answer has come: whether it is that of the newest question, or of none.
     * @param {number} [number] which question it answers
     */
    take(number) {
      if (number !== undefined) arrived(number);
      return number === undefined || number === asked;
    },
  };
}
