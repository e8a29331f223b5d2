// @ts-check
/**
 * A real loop: the text with its cycle marked, the barrier at every token of the cycle, and how
 * many of many runs got out, over the prediction. Each frame of the run holds the newest record of
 * some figures; what was drawn before stays.
 */
import { makeFigure } from "../../charts/figure.js";
import { choices, fillSelect, make, partsOf } from "../../core/dom.js";
import { announce, drawn } from "../../core/messages.js";
import { rich } from "../../core/rich.js";
import { makeRun } from "../../core/run.js";
import { mark, onLanguage, say, t } from "../../core/translate.js";
import { readValue } from "../../core/value.js";
import { waitingWords } from "../../core/waiting.js";
import { FIGURE_OF } from "./live_figures.js";
import { FIGURES, SHORT, skeleton, SLIDERS } from "./live_parts.js";
import { coverPart } from "./on_class.js";
import { makeSliders } from "./sliders.js";

const LOST = mark(
  "The connection to the server is lost. What was measured stays; the run goes on by itself as soon as the server answers.",
);

/** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
export const mount = (element, host) => new LiveView(element, host);

class LiveView {
  asked = { model: "", prompt: "", top_p: 0.9, runs: 32, length: 32 };
  started = this.asked; // what the newest run was asked with
  ran = this.asked; // what the figures on view were asked with
  /** @type {Record<string, any>} the newest record of each figure, by its name */
  found = {};
  /**
   * @type {any} what was asked for in the recording on view, null where the visitor's own run is
   */
  old = null;
  waits = false; // for a place: what was on view stays to be played with
  figure = "barriers"; // the one on view
  picked = false; // by the visitor; until then the shares come forward when there are some
  /** @type {any} */
  words = "";
  /** @type {any} */
  fault = "";
  /** @type {number | null} null: nothing is running */
  share = null;
  /** @type {"recording" | "run" | ""} */
  there = "";

  /** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
  constructor(element, { props, constants, server, trigger, watch }) {
    this.constants = constants;
    this.server = server;
    this.view = skeleton();
    element.append(this.view);
    this.parts = partsOf(this.view);
    const { part, press, input, select } = this.parts;
    this.figures = Object.fromEntries(
      Object.keys(FIGURES).map((name) => [
        name,
        makeFigure({ host: part(name + "-figure"), library: props.library }),
      ]),
    );
    this.sliders = makeSliders(part("sliders"), SLIDERS, (name, value) => {
      this.asked = { ...this.asked, [name]: value };
      this.sliders.show(this.asked);
    });
    this.showFigure = choices(
      part("which"),
      Object.entries(SHORT).map(([value, label]) => ({ value, label })),
      () => t("Which figure is on view"),
      (name) => {
        this.figure = name;
        this.picked = true;
        this.draw([name]);
      },
    );
    this.run = makeRun({
      start: (request) => trigger("run", { request }),
      stop: (name) => server.stop(name),
      going: (name) => server.going(name),
      handlers: this.handlers(),
    });
    select("model").addEventListener("change", () => this.pickModel(select("model").value));
    input("prompt").addEventListener("input", () => {
      this.asked.prompt = input("prompt").value;
    });
    press("run").addEventListener("click", () => this.start());
    press("stop").addEventListener("click", () => this.stop());
    part("fold").addEventListener("toggle", () => this.showRecorded());
    this.fillModels();
    this.pickModel(constants.models[0]?.id ?? "");
    this.sliders.show(this.asked);
    this.cover = this.covered();
    watch("value", () => this.run.receive(readValue(props)));
    onLanguage(() => this.speak());
  }

  /** T_c of the model's loop, and who got out at which temperature. */
  covered() {
    const { part } = this.parts;
    return coverPart({
      fold: /** @type {HTMLDetailsElement} */ (part("fold")),
      telling: [part("words"), part("which"), part("plots")],
      answer: () => (this.found.barriers ? `escape loop ${JSON.stringify(this.ran)}` : ""),
      label: () => t("At what temperature does the model get out of its loop?"),
      truth: () => this.found.barriers.cycle_critical,
    });
  }

  /** @returns {import("../../core/run.js").Handlers} */
  handlers() {
    return {
      waiting: ({ words }) => this.wait(words),
      progress: ({ words, share }) => {
        this.begun();
        this.progress(words ?? this.words, share ?? null);
      },
      frame: (record) => this.take(record),
      end: ({ reason, words }) => this.end(reason, words),
      error: ({ message }) => {
        this.progress(this.waits ? "" : this.words, null);
        this.say(message);
      },
      lost: () => this.say(LOST),
      resumed: () => this.say(""),
    };
  }

  start() {
    this.say("");
    this.waits = true;
    this.started = { ...this.asked };
    this.run.start(this.started);
    this.progress("", 0);
  }

  /** The run has its place: what was on view before goes. */
  begun() {
    if (!this.waits) return;
    this.waits = false;
    this.found = {};
    this.old = null;
    this.ran = this.started;
    if (!this.picked) this.figure = "barriers";
    this.parts.part("text").replaceChildren();
    this.draw([]);
  }

  /** @param {any} words the place in the line */
  async wait(words) {
    await this.showRecorded();
    if (!this.waits) return;
    const there = this.old ? "recording" : Object.keys(this.found).length ? "run" : "";
    this.progress(words, 0, there);
  }

  /** The experiment as it was recorded, where there is none of the visitor's own. */
  async showRecorded() {
    const fold = /** @type {HTMLDetailsElement} */ (this.parts.part("fold"));
    if (!fold.open || Object.keys(this.found).length) return;
    const recorded = await this.server.recorded().catch(() => null);
    if (!recorded?.found || Object.keys(this.found).length || (this.run.running && !this.waits))
      return;
    this.old = this.ran = recorded.asked;
    this.found = recorded.found;
    this.figure = this.picked ? this.figure : "shares";
    this.draw(Object.keys(this.found));
    if (!this.run.running) this.progress(this.recordedWords(), null);
  }

  recordedWords() {
    const { model, prompt } = this.old;
    return t("Recorded earlier with {model} after “{prompt}”. Run it yourself to see it live.", {
      model,
      prompt,
    });
  }

  stop() {
    if (!this.run.running) return announce(t("Nothing is running."));
    this.run.stop();
    announce(t("Stopped; what was measured stays."));
  }

  /** @param {string | undefined} reason @param {any} words */
  end(reason, words) {
    this.waits = false;
    this.progress(this.old ? this.recordedWords() : this.words, null);
    if (reason !== "no_loop") return;
    this.progress("", null);
    this.say(words);
  }

  fillModels() {
    fillSelect(
      this.parts.select("model"),
      this.constants.models.map((/** @type {any} */ one) => [one.id, say(one.title)]),
    );
  }

  /** @param {string} id */
  pickModel(id) {
    const prompts = this.constants.looping[id] ?? this.constants.other;
    this.asked = { ...this.asked, model: id, prompt: prompts[0] };
    this.parts.select("model").value = id;
    this.parts.input("prompt").value = prompts[0];
    this.parts.part("prompts").replaceChildren(
      ...prompts.map((/** @type {string} */ text) => {
        const option = make("option");
        option.value = text;
        return option;
      }),
    );
  }

  /**
   * @param {any} words
   * @param {number | null} share
   * @param {"recording" | "run" | ""} [there] what a waiting visitor has
   */
  progress(words, share, there = "") {
    this.words = words;
    this.share = share;
    this.there = there;
    const bar = /** @type {HTMLProgressElement} */ (this.parts.part("progress"));
    bar.hidden = share === null || !this.run.running;
    if (share !== null) bar.value = share;
    this.parts.part("words").replaceChildren(...rich(waitingWords(words, there)));
  }

  /** @param {any} message */
  say(message) {
    this.fault = message;
    this.parts.part("problem").textContent = say(message);
    this.parts.part("problem").hidden = !message;
  }

  /** @param {Record<string, any>} record */
  take(record) {
    this.begun();
    Object.assign(this.found, record);
    if (!this.picked && record.shares) this.figure = "shares";
    this.draw(Object.keys(record));
  }

  /** @param {string[]} names */
  draw(names) {
    const { part } = this.parts;
    for (const name of names) {
      const record = this.found[name];
      if (name === "pieces") {
        part("text").replaceChildren(...record.map(pieceOf));
        continue;
      }
      if (!record || name !== this.figure) continue; // the others wait until they are on view
      part(name).hidden = false;
      this.figures[name].draw(FIGURE_OF[name](record));
      part(name + "-note").textContent = say(record.note);
    }
    for (const name of Object.keys(FIGURES))
      part(name).hidden = name !== this.figure || !this.found[name];
    part("which").hidden = !Object.keys(FIGURES).some((name) => this.found[name]);
    this.showFigure(this.figure);
    this.cover();
    drawn(this.view);
  }

  speak() {
    const chosen = this.asked.model;
    this.fillModels();
    this.parts.select("model").value = chosen;
    this.sliders.show(this.asked);
    const still = this.old && !this.run.running ? this.recordedWords() : this.words;
    this.progress(still, this.share, this.there);
    this.say(this.fault);
    this.draw(Object.keys(this.found));
  }
}

/** @param {{text: string, kind: string}} piece */
const pieceOf = ({ text, kind }) =>
  make("span", kind === "prompt" ? "locked" : kind === "loop" ? "loop" : "", text);
