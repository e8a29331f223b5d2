// @ts-check
/**
 * The Unmask view: one canvas, or two in step. Its store is `sides`, `edits` and where the timeline
 * stands; everything else draws them.
 */
import { clone, partsOf } from "../../core/dom.js";
import { fixed } from "../../core/format.js";
import { announce, connectionLost, drawn } from "../../core/messages.js";
import { makeRun } from "../../core/run.js";
import { makeTakeAway } from "../../core/take_away.js";
import { makeTransport } from "../../core/transport.js";
import { onLanguage, say, t } from "../../core/translate.js";
import { readValue } from "../../core/value.js";
import { makeClock } from "./clock.js";
import { makeControls } from "./controls.js";
import { cameSentence, differenceSentence } from "./findings.js";
import { arrive, inSight } from "./opening.js";
import { makeRunCurves } from "./run_curves.js";
import { makeSeveral } from "./several.js";
import { decidedAt, hiddenAt, replacedAt, rowAt, traceOf } from "./side.js";
import { Tools } from "./tools.js";
import { makeSideView, arrange, skeleton } from "./unmask_parts.js";
import { UnmaskStore } from "./unmask_store.js";

/** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
export const mount = (element, host) => new UnmaskView(element, host);

export class UnmaskView {
  store = new UnmaskStore();
  /** @type {ReturnType<typeof makeSideView>[]} */
  views = [];
  moving = false; // a step forward: words that are new snap in
  due = false;
  rested = 0;
  asked = /** @type {any} */ (null); // the last run, as it was asked for
  /** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
  constructor(element, { props, constants, server, trigger, watch }) {
    this.props = props;
    this.server = server;
    this.trigger = trigger;
    this.replay = Boolean(constants?.replay);
    this.root = /** @type {HTMLElement} */ (element.querySelector(".widget") ?? element);
    this.root.classList.add("canvas-player");
    this.root.append(...skeleton());
    this.parts = partsOf(this.root);
    const { part, press, input } = this.parts;
    this.clock = makeClock(part("clock"));
    this.curves = makeRunCurves(part("curves"), (step) => this.goTo(step));
    this.time = this.makeTime(part("time"));
    this.run = this.makeRunClient();
    this.take = this.makeTakeAway(constants?.most_bytes);
    for (const name of ["link", "picture"]) press(name).hidden = this.replay;
    input("numbers").addEventListener("change", () => this.draw());
    this.tools = new Tools(this);
    if (!this.replay) {
      this.form = makeControls(this, part("form"), constants.form);
      this.several = makeSeveral(part("several"), {
        values: () => this.formValues(),
        trigger,
        server,
      });
    }
    this.value();
    watch("value", () => this.value());
    onLanguage(() => this.draw());
    if (!this.replay) arrive(this);
  }

  /** @param {HTMLElement} host */
  makeTime(host) {
    return makeTransport({
      onPlay: () => this.tools?.draw(),
      host,
      keys: this.root,
      quiet: !this.replay, // the first button is Run
      unit: () => t("Step"),
      onStep: (step, why, from) => {
        if (why === "user") this.store.wanted = null; // the visitor has gone elsewhere than the link said
        this.moving = from !== null && step === from + 1;
        this.draw();
      },
      label: (step) => [this.placeOf(step), this.leftAt(step)],
      speech: (step) => `${this.placeOf(step)}, ${this.leftAt(step)}`,
    });
  }

  placeOf(/** @type {number} */ step) {
    return step
      ? t("step {step} / {last}", { step, last: this.store.length - 1 })
      : t("before the first step");
  }

  leftAt(/** @type {number} */ step) {
    const left = this.store.sides.map((side) => hiddenAt(side, step)).join(" · ");
    return t("{left} hidden", { left });
  }

  makeRunClient() {
    return makeRun({
      start: (request) => this.trigger("fill", { request }),
      stop: (name) => this.server.stop(name),
      going: (name) => this.server.going(name),
      handlers: {
        waiting: ({ words }) => this.live("waiting", this.store.waits(words)),
        progress: ({ words }) => words && this.live("waiting", say(words)),
        begin: (message) => this.begin(message),
        frame: (record) => this.frame(record),
        end: (message) => this.finish(message),
        error: ({ message }) => {
          this.problem(say(message));
          this.finish({ reason: "error" });
        },
        lost: () => this.live("waiting", connectionLost()),
        resumed: () => this.live("running", t("running")),
      },
    });
  }

  makeTakeAway(/** @type {number | undefined} */ most) {
    const menu = makeTakeAway({
      ask: (request) => this.server.take(request),
      open: (request) => this.server.open_trace(request),
      trace: () => traceOf(this.store.sides),
      step: () => this.time.step,
      most,
      problem: (sentence) => this.problem(sentence),
      opened: (value) => {
        if (this.run.running) return announce(t("The run is still going on: stop it first."));
        if (this.store.length > 1) this.store.keep(this.clock.state());
        this.problem("");
        this.whole(clone(value));
      },
    });
    menu.element.classList.add("take-down");
    return menu;
  }

  // What comes from the server
  // -------------------------------------------------------------------------------------------

  value() {
    const value = readValue(this.props);
    if (!value) return;
    if (value.kind === "whole") this.whole(value);
    else if (value.kind === "reading") this.form?.reading(value);
    else if (value.kind === "models") this.form?.offer(value.models);
    else {
      this.run.receive(value);
      this.several?.receive(value);
    }
  }

  /** A run that was recorded or saved. @param {any} value */
  whole(value) {
    if (!value.trace) return this.tools.draw();
    this.store.whole(value);
    this.clock.restore({ card: value.twin?.card ?? null, texts: value.twin?.texts ?? [] });
    this.form?.scored(value.scores?.[0]);
    this.live("recorded", "");
    this.open(Math.min(value.at ?? Infinity, this.store.length - 1), false);
  }

  /** @param {any} message */
  begin(message) {
    this.store.begin(message, this.clock.state());
    this.clock.begin(message.twin ?? null, Boolean(message.on));
    this.form?.scored(null);
    this.form?.about({}); // the run on view has its own card
    this.problem("");
    this.live("running", t("running"));
    this.root.dataset.run = message.run;
    this.open(0, true);
  }

  frame(/** @type {any} */ record) {
    if (record.scores) return this.form?.scored(record.scores[0]);
    if (record.twin !== undefined) this.clock.add(record.twin);
    else this.store.add(record);
    if (this.due) return;
    this.due = true; // at most once a screen, however fast the steps come
    const rest = this.rested - performance.now();
    if (rest > 0) setTimeout(() => this.news(), rest);
    else requestAnimationFrame(() => this.news());
  }

  /** Draws the steps that came since. */
  news() {
    this.due = false;
    const { time } = this,
      length = this.store.length,
      follow = this.store.wanted === null && time.step >= time.length - 1,
      begun = performance.now();
    if (length === time.length) return this.showClock(time.step);
    for (const view of this.views) view.map.grow();
    this.curves.load(this.store.sides);
    this.root.dataset.steps = String(length - 1);
    time.grow({ length, curves: this.timeCurves() });
    if (this.store.wanted !== null) time.go(Math.min(this.store.wanted, length - 1), "play");
    else if (follow && !time.playing) time.go(length - 1, "play");
    else this.draw();
    this.rested = performance.now() + 3 * (performance.now() - begun); // a long run leaves the browser time for its visitor
  }

  /** @param {{reason?: string, seconds?: number}} message */
  finish({ reason, seconds }) {
    this.news();
    this.time.setLive(false);
    this.store.wanted = null;
    const said = /** @type {Record<string, () => string>} */ ({
      stopped: () => t("stopped"),
      done: () => t("{seconds} s", { seconds: fixed(seconds, 1) }),
      limit: () => t("ended after {seconds} s, the limit of a run", { seconds: fixed(seconds, 0) }),
    });
    const state = reason === "stopped" ? "stopped" : reason === "error" ? "problem" : "done";
    for (const view of this.views) view.wall.blurred([]);
    if (this.store.turn && state === "done") this.compare();
    this.live(state, said[reason ?? ""]?.() ?? "");
    this.draw();
  }

  // A run
  // -----------------------------------------------------------------------------------------------

  /**
   * The button Run: the next seed, unless the seed is locked or was changed since the run on view.
   */
  press() {
    const { seed, seed_b, model } = this.formValues();
    const next = (/** @type {number} */ n) => (n < Number.MAX_SAFE_INTEGER ? n + 1 : 0);
    if (
      this.store.last &&
      this.store.last.seed === seed &&
      this.store.last.model === model &&
      !this.form?.locked()
    )
      this.form?.fill({ seed: next(seed), seed_b: next(seed_b) });
    this.start();
    inSight(this.parts.part("sides"), this.parts.part("clock"));
  }

  /** @param {{edited?: any, at?: number, values?: any}} [more] */
  start(more = {}) {
    this.problem("");
    this.live("waiting", t("running"));
    this.run.start((this.asked = { values: this.formValues(), ...more }));
  }

  formValues() {
    return this.form?.values() ?? {};
  }

  /** From the canvas on view, as the visitor left it. */
  goOn() {
    if (this.replay || !this.store.sides.length) return;
    if (this.run.running) this.run.stop();
    this.start(this.store.goOn(this.formValues(), this.time.step));
  }

  // Drawing
  // -----------------------------------------------------------------------------------------------

  /** Other sides are on view. @param {number} at @param {boolean} live more steps are coming */
  open(at, live) {
    this.build();
    const { sides, length, what } = this.store;
    this.parts.part("what").textContent = what;
    this.parts.part("difference").hidden = true;
    this.curves.load(sides);
    this.root.dataset.steps = String(length - 1);
    this.time.load({ length, curves: this.timeCurves(), at, live });
  }

  build() {
    const [above, planes, texts, below] = ["sides", "planes", "texts", "below"].map((name) =>
        this.parts.part(name),
      ),
      paired = this.store.sides.length > 1;
    arrange(this.parts.part, this.store.sides);
    for (const view of this.views) view.end();
    for (const host of [above, planes, texts, below]) host.replaceChildren();
    above.classList.toggle("canvas-two", paired);
    below.className = "canvas-below " + (paired ? "canvas-pair" : "two");
    this.views = this.store.sides.map((side, n) =>
      makeSideView({
        side,
        n,
        paired,
        above,
        planes,
        texts,
        below,
        still: this.replay,
        onLook: (i) => {
          this.store.focus = i;
          this.time.pause();
          this.draw();
        },
        onEdit: (i, edit) => this.tools.edit(i, edit, n),
        onThrow: (i) => this.tools.throwAway(i, n),
        onPick: (step, i) => {
          this.store.focus = i;
          this.goTo(step);
        },
      }),
    );
  }

  goTo(/** @type {number} */ step) {
    this.time.pause();
    this.time.go(step);
  }

  timeCurves() {
    return this.store.sides.map((side, n) => ({
      values: side.rows.map((row) => row.curve?.[0] ?? null),
      colour: n ? "var(--escape)" : "var(--settled)",
      fill: !n,
      dashed: !!n,
      top: 1,
      name: t("mean confidence"),
    }));
  }

  draw() {
    const { step } = this.time,
      numbers = this.parts.input("numbers").checked;
    this.views.forEach((view, n) =>
      view.draw(step, {
        focus: this.store.focus,
        times: replacedAt(this.store.sides[n], step),
        order: numbers ? decidedAt(this.store.sides[n], step) : null,
        edits: this.store.edits.of(n),
        changed: n ? new Set() : this.store.changed,
        moving: this.moving,
      }),
    );
    this.curves.show(step);
    this.showClock(step);
    this.drawOrder(step);
    this.tools.draw();
    this.root.dataset.view = String(step);
    drawn(this.root);
  }

  showClock(/** @type {number} */ step) {
    const side = this.store.sides[0];
    if (!side) return;
    const price = side.card.price ?? 1, // a pass with its checks costs more than an ordinary call
      spent = (/** @type {number} */ k) => Math.round(price * (rowAt(side, k).calls ?? 0)),
      calls = spent(step),
      all = hiddenAt(side, 0),
      last = Math.max(side.card.expected - 1, spent(1e9));
    this.clock.show({ calls, words: Math.max(0, all - hiddenAt(side, step)), all, last });
  }

  /**
   * How the words came: a finding, counted from the reveals of the run. Where there is nothing to
   * say yet, the line keeps its place: what stands below does not jump.
   */
  drawOrder(/** @type {number} */ step) {
    const line = this.parts.part("order"),
      { sides } = this.store,
      said = sides.length === 1 ? cameSentence(sides[0], step, this.run.running) : "",
      later = sides.length === 1 && (this.run.running || step < this.store.length - 1);
    if (said || !later) line.textContent = said;
    line.hidden = !line.textContent;
    line.classList.toggle("canvas-later", !said);
  }

  /** What the edit changed, word by word. */
  compare() {
    const { store } = this,
      line = this.parts.part("difference");
    store.compare();
    line.hidden = false;
    line.textContent = differenceSentence(store.changed, store.before ?? [], store.sides[0]);
  }

  /** @param {string} state @param {string} words what is said beside the run */
  live(state, words) {
    this.parts.part("live").textContent = words;
    this.showStop(state === "running" || state === "waiting");
    this.root.dataset.state = state;
    if (state !== "running") this.tools.draw();
  }

  showStop(/** @type {boolean} */ there) {
    const stop = this.parts.press("stop"),
      held = document.activeElement === stop;
    stop.hidden = !there;
    // whoever pressed it by the keyboard stays in the row
    if (held && !there) /** @type {HTMLElement | null} */ (stop.previousElementSibling)?.focus();
  }

  problem(/** @type {string} */ sentence) {
    this.parts.part("problem").textContent = sentence;
    this.parts.part("problem").hidden = !sentence;
    this.form?.saidAbove(sentence);
  }
}
