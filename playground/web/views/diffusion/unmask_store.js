// @ts-check
/**
 * What the Unmask view holds: the runs on view, the visitor's edits, the runs before them. It draws
 * nothing and asks nobody.
 */
import { waitingWords } from "../../core/waiting.js";
import { Edits } from "./edits.js";
import { isHidden } from "./lexicon.js";
import { addStep, lengthOf, newSide, rowAt, sideOf } from "./side.js";

/** @typedef {import("./side.js").Side} Side */
/**
 * @typedef {{sides: Side[], what: string, link: any, twin: any}} Kept a run that Undo brings back
 */

const MOST_KEPT = 12;

export class UnmaskStore {
  /** @type {Side[]} */
  sides = [];
  edits = new Edits();
  /** @type {Kept[]} */
  kept = [];
  what = ""; // one line about the run on view
  recorded = false; // the run on view is a recording
  /** @type {any} fields of the link that gives the run on view again */
  link = {};
  /** @type {{seed: number, model: string} | null} with what the run on view was made */
  last = null;
  turn = 0; // how often the visitor went on from the same start
  focus = -1;
  /** @type {number | null} the step that a link asks for, until its run has ended */
  wanted = null;
  /** @type {number[] | null} the words from which the visitor went on */
  before = null;
  /** @type {Set<number>} positions whose word differs from those */
  changed = new Set();

  get length() {
    return lengthOf(this.sides);
  }

  /** Other runs are on view. @param {Side[]} sides @param {{link?: any, what?: string}} about */
  show(sides, { link = {}, what = "" }) {
    this.sides = sides;
    this.link = link;
    this.what = what;
    this.changed = new Set();
    this.edits.clear();
    const { settings, model, canvas } = sides[0].card;
    this.last = { seed: link.seed ?? settings?.seed - this.turn, model };
    if (this.focus < 0 || this.focus >= canvas.length)
      this.focus = Math.max(0, sides[0].rows[0].state.findIndex(isHidden));
  }

  /** A run that was recorded or saved. @param {any} value */
  whole(value) {
    this.turn = 0;
    this.focus = -1;
    this.recorded = true;
    this.show([value.trace, value.second].filter(Boolean).map(sideOf), { what: value.note ?? "" });
  }

  /**
   * A run that begins.
   * @param {any} message
   * @param {any} twin the clock's texts of the run before
   */
  begin(message, twin) {
    if (this.length > 1) this.keep(twin);
    if (!message.on) this.turn = 0;
    this.recorded = false;
    this.wanted = message.at ?? null;
    this.show(message.sides.map(newSide), { link: message.link ?? {}, what: message.what ?? "" });
  }

  /** What is said to who waits for a place. @param {any} words the place in the line */
  waits(words) {
    return waitingWords(words, this.recorded ? "recording" : this.sides.length ? "run" : "");
  }

  /** @param {any} record */
  add({ side, step, words }) {
    addStep(this.sides[side], step, words);
  }

  /** @param {any} twin */
  keep(twin) {
    this.kept.push({ sides: this.sides, what: this.what, link: this.link, twin });
    if (this.kept.length > MOST_KEPT) this.kept.shift();
  }

  /** The run before is on view again; null where there is none. */
  restore() {
    const old = this.kept.pop();
    if (old) this.show(old.sides, old);
    return old ?? null;
  }

  /**
   * The request that goes on from the canvases on view, as the visitor left them, under the
   * settings of their own run.
   * @param {Record<string, any>} values the fields of the form @param {number} step
   */
  goOn(values, step) {
    const [first, second] = this.sides.map((side, n) => this.edits.canvas(side, n, step));
    const { ran, edited, step: at, ...fields } = this.link;
    this.before = rowAt(this.sides[0], step).canvas;
    this.turn += 1;
    return {
      values: { ...values, ...fields, model: this.sides[0].card.model },
      edited: { ...first, second: second ?? null, turn: this.turn },
    };
  }

  /** After a run that went on: which words are others now. */
  compare() {
    const now = rowAt(this.sides[0], Infinity).canvas,
      old = this.before ?? [];
    this.changed = new Set(
      old.length === now.length ? old.map((_, i) => i).filter((i) => old[i] !== now[i]) : [],
    );
  }
}
