// @ts-check
/**
 * The steps of a run and where one stands in them: a store without a picture. The transport draws
 * it.
 *
 * A step is shown because it was loaded ("load"), somebody went there ("user") or time passed
 * ("play"). Nothing here asks the server.
 */

/** @typedef {"load" | "user" | "play"} Why */

/**
 * @typedef {object} Timing
 * @property {() => number} now milliseconds
 * @property {(act: () => void, milliseconds: number) => any} wait
 * @property {(timer: any) => void} cancel
 * @property {() => boolean} calm whether little movement is wished: at most 2.5 steps a second then
 */

/** @type {Timing} */
const CLOCK = {
  now: () => performance.now(),
  wait: (act, milliseconds) => setTimeout(act, milliseconds),
  cancel: (timer) => clearTimeout(timer),
  calm: () => matchMedia("(prefers-reduced-motion: reduce)").matches,
};

/**
 * @param {object} options
 * @param {(step: number, why: Why, from: number | null) => void} options.onStep a step is shown; `from` is the one shown before it, null
 *   after a load
 * @param {(playing: boolean) => void} [options.onPlay] playing began or ended
 * @param {number} [options.speed] steps a second
 * @param {Timing} [options.timing] a clock, for tests
 */
export function makeTimeline({ onStep, onPlay, speed = 8, timing = CLOCK }) {
  const state = { length: 0, step: 0, playing: false, live: false, speed };
  /** @type {any} */
  let timer = null;
  /** @type {number | null} */
  let before = null;
  let due = 0; // when the next step should be shown, so that drawing time adds no drift

  const last = () => Math.max(0, state.length - 1);
  /** @param {number} step */
  const inside = (step) => Math.max(0, Math.min(Math.round(step), last()));

  /** @param {Why} why */
  function show(why) {
    const from = before;
    before = state.step;
    onStep(state.step, why, from);
  }

  /** @param {number} step @param {Why} [why] */
  function go(step, why = "user") {
    if (!state.length) return;
    state.step = inside(step);
    show(why);
  }

  function tick() {
    if (!state.playing) return;
    if (state.step < last()) go(state.step + 1, "play");
    else if (!state.live) return pause();
    if (!state.playing) return; // the drawing of the step may have paused it
    const between = timing.calm() ? Math.max(400, 1000 / state.speed) : 1000 / state.speed,
      now = timing.now();
    // at most four steps are caught up with
    due = Math.min(Math.max(due + between, now - 4 * between), now + between);
    timer = timing.wait(tick, Math.max(0, due - now));
  }

  function play() {
    if (!state.length && !state.live) return;
    if (state.step >= last() && !state.live) go(0, "user");
    state.playing = true;
    onPlay?.(true);
    timing.cancel(timer);
    due = timing.now() + 1000 / state.speed;
    timer = timing.wait(tick, 1000 / state.speed);
  }

  function pause() {
    const was = state.playing;
    state.playing = false;
    timing.cancel(timer);
    if (was) onPlay?.(false);
  }

  return {
    /** Another run. @param {{length: number, at?: number, live?: boolean}} run */
    load({ length, at = 0, live = false }) {
      pause();
      state.length = length;
      state.live = live;
      state.step = inside(at);
      before = null;
      if (length) show("load");
    },
    /** More of the same run: the step on view stays. @param {number} length */
    grow(length) {
      state.length = length;
      state.step = inside(state.step);
    },
    /** Whether more is coming: playing waits at the end instead of stopping. @param {boolean} on */
    setLive(on) {
      state.live = on;
      if (!on && state.playing && state.step >= last()) pause();
    },
    /** @param {number} stepsPerSecond */
    setSpeed(stepsPerSecond) {
      state.speed = stepsPerSecond;
      if (!state.playing) return;
      timing.cancel(timer);
      tick();
    },
    go,
    play,
    pause,
    get step() {
      return state.step;
    },
    get length() {
      return state.length;
    },
    get last() {
      return last();
    },
    get playing() {
      return state.playing;
    },
    get speed() {
      return state.speed;
    },
  };
}
