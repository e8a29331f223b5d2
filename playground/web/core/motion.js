// @ts-check
/**
 * Motion that explains: every movement of a view belongs to one stage, so that a new act can finish
 * or cancel all that still moves. With reduced motion every movement is over at once and nothing is
 * skipped: what it leads to is the same.
 */
import { calm } from "./dom.js";

/** How things move, by the meaning of the movement. */
export const EASE = {
  arrive: "cubic-bezier(.2,.7,.2,1)",
  leave: "cubic-bezier(.5,0,.9,.4)",
  swing: "cubic-bezier(.3,0,.2,1)",
  roll: "cubic-bezier(.13,.72,.22,1)",
};

/** @typedef {{finish: () => void, cancel: () => void}} Mover */

/**
 * One set of movements: `animate`, `wait`, and `hurry` or `clear` for all of them.
 * @param {() => number} [pace] by which every time is multiplied
 */
export function makeStage(pace = () => 1) {
  /** @type {Set<Mover>} */
  const moving = new Set();

  /**
   * @param {Element} element @param {Keyframe[]} frames @param {KeyframeAnimationOptions} timing milliseconds
   * @returns {Promise<boolean>} whether it came to its end (false: it was cancelled)
   */
  function animate(element, frames, timing) {
    const rate = calm() ? 0 : pace();
    const quiet = {
      duration: Number(timing.duration ?? 0) * rate,
      delay: Number(timing.delay ?? 0) * rate,
    };
    const animation = element.animate(frames, { fill: "both", ...timing, ...quiet });
    moving.add(animation);
    return animation.finished
      .then(
        () => true,
        () => false,
      )
      .then((ended) => {
        moving.delete(animation);
        return ended;
      });
  }

  /** @param {number} milliseconds @returns {Promise<void>} */
  function wait(milliseconds) {
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        moving.delete(one);
        resolve();
      };
      const one = { finish, cancel: finish };
      const timer = setTimeout(finish, calm() ? 0 : milliseconds * pace());
      moving.add(one);
    });
  }

  return {
    animate,
    wait,
    /** Everything that moves is at its end now. */
    hurry: () => [...moving].forEach((one) => one.finish()),
    /** Everything that moves is given up. */
    clear: () => [...moving].forEach((one) => one.cancel()),
    get moving() {
      return moving.size > 0;
    },
  };
}
