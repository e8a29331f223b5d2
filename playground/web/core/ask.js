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
        reportError(error); // a fault of the drawing is none of the server; the next wish is asked all the same
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
