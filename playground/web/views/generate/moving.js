// @ts-check
/**
 * A step as a movement: the bars pass the gates, the ball rolls and falls, the word flies into the
 * text.
 */
import { makeStage } from "../../core/motion.js";

const DRAW = 2050; // milliseconds at full length: the ball rolls, falls, the word flies
const GATES = 0.55; // of their full time
const BALL = 0.7;
const SHARE = 0.92; // of the time between two steps of a text that plays

/**
 * @param {object} parts
 * @param {ReturnType<typeof import("./rules.js").makeRules>} parts.rules
 * @param {() => ReturnType<typeof import("./draw_strip.js").makeDrawStrip>} parts.strip
 * @param {ReturnType<typeof import("./prose.js").makeProse>} parts.prose
 * @param {() => string} parts.depth
 * @param {() => {playing: boolean, speed: number}} parts.time
 */
export function makeMoving({ rules, strip, prose, depth, time }) {
  const stage = makeStage();
  let run = 0; // a newer movement ends an older one
  let squeeze = 1; // what plays fast has shorter movements

  /** @returns {number} by how much all is shortened so that it ends before the next step */
  function squeezed() {
    const { playing, speed } = time();
    if (!playing) return 1;
    const gates = depth() === "rules" ? rules.duration() * GATES : 0;
    return Math.min(1, (SHARE * 1000) / speed / (gates + DRAW * BALL));
  }

  return {
    /** What the ball's times are multiplied by. */
    pace: () => BALL * squeeze,
    /**
     * Shows a step: moving, or all of it at once. @param {any} record @param {number} k its place in the text @param {boolean} moving
     */
    async show(record, k, moving) {
      const mine = ++run;
      stage.clear();
      rules.rest();
      prose.hold(moving || strip().flying ? k : -1);
      squeeze = squeezed();
      if (moving && depth() === "rules") {
        strip().clear();
        if (!(await rules.pass(stage, GATES * squeeze)) || mine !== run) return;
      }
      await strip().show(record, moving, prose.place(k));
      if (mine === run) prose.hold(-1);
    },
  };
}
