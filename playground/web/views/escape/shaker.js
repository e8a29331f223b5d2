// @ts-check
/**
 * The loop that goes round by itself: laps are written, the marble shakes once a draw, an escape is
 * announced and the loop begins again.
 */
import { calm } from "../../core/dom.js";
import { drawOf, uniformAt } from "./draws.js";

/** @typedef {import("./sentences.js").State} State @typedef {import("./draws.js").Draw} Draw */

const SEED = 0,
  RATTLE = 560, // milliseconds
  WORD = 90,
  OUT_WORD = 70,
  SEEN = 1700; // how long an escape stays

/**
 * @typedef {object} Stage
 * @property {import("./laps.js").Laps} laps
 * @property {import("./well.js").Well} well
 * @property {() => State} state
 * @property {() => {texts: string[], at: number}} lap the loop's words, and which of them is drawn
 * @property {(draw: Draw) => string} named the way out that was taken
 * @property {() => void} counted a draw was counted
 * @property {(draw: Draw, text: string) => void} escaped
 * @property {() => void} turned it began or ended
 */

export class Shaker {
  token = 0; // of the run at work: an older one may paint no more
  on = false;
  fast = false;
  tried = 0;
  out = 0;

  /** @param {Stage} stage */
  constructor(stage) {
    this.stage = stage;
  }

  /** The counters belong to one setting. */
  reset() {
    this.tried = this.out = 0;
    this.stage.counted();
  }

  /** The next draw of this setting; it counts. */
  draw() {
    const { place, law } = this.stage.state(),
      draw = drawOf(place, law, uniformAt(SEED, this.tried));
    this.tried++;
    if (draw.leaves) this.out++;
    return draw;
  }

  /** Draws without pictures. @param {number} count */
  many(count) {
    for (let i = 0; i < count; i++) this.draw();
    this.stage.counted();
  }

  /** The words of a lap in writing order, the drawn one last. */
  order() {
    const { texts, at } = this.stage.lap();
    return texts.map((_, i) => (at + 1 + i) % texts.length);
  }

  /** The loop as it stood before anything moved. @param {number} [count] laps */
  still(count = 2) {
    const { laps, well } = this.stage,
      { texts, at } = this.stage.lap();
    laps.clear();
    for (let i = 0; i < count; i++) {
      laps.begin();
      for (const index of this.order()) laps.put(texts[index], index, index === at);
      laps.close();
    }
    well.rest();
  }

  start() {
    this.on = true;
    this.stage.turned();
    this.run(++this.token);
  }

  halt() {
    this.on = false;
    this.token++;
    this.stage.turned();
  }

  /** Another place or another setting: what is under way is given up. */
  restart() {
    const { on } = this;
    this.token++;
    this.still();
    if (on) this.start();
  }

  /**
   * @param {number} milliseconds
   * @param {number} me
   * @returns {Promise<boolean>} whether this run still goes on
   */
  async pause(milliseconds, me) {
    await new Promise((resolve) =>
      setTimeout(resolve, this.fast ? milliseconds / 10 : milliseconds),
    );
    return me === this.token;
  }

  /** @param {number} me */
  async run(me) {
    while (me === this.token && (await this.lap(me)));
  }

  /** @param {number} me @returns {Promise<boolean>} */
  async lap(me) {
    const { laps, well, lap } = this.stage,
      { texts, at } = lap(),
      quick = this.fast || calm();
    laps.begin();
    for (const index of this.order().slice(0, -1)) {
      laps.put(texts[index], index, false);
      if (!quick && !(await this.pause(WORD, me))) return false;
    }
    const draw = this.draw();
    well.shake(draw, this.fast ? RATTLE / 10 : RATTLE);
    if (!(await this.pause(draw.leaves ? RATTLE * 0.3 : RATTLE * 0.6, me))) return false;
    this.stage.counted();
    if (draw.leaves) return this.leave(draw, me);
    laps.put(texts[at], at, true);
    laps.close();
    return this.pause(RATTLE * 0.6, me);
  }

  /** @param {Draw} draw @param {number} me */
  async leave(draw, me) {
    const { laps, well } = this.stage,
      text = this.stage.named(draw);
    laps.snap(text);
    this.stage.escaped(draw, text);
    const more = draw.way?.way ?? "";
    for (const word of (more + (/[.!?]$/.test(more) ? "" : " …")).match(/\s*\S+/g) ?? []) {
      laps.goOn(word);
      if (!calm() && !this.fast && !(await this.pause(OUT_WORD, me))) return false;
    }
    if (!(await this.pause(this.fast ? 2 * SEEN : SEEN, me))) return false;
    well.back();
    return this.pause(RATTLE * 0.7, me);
  }
}
