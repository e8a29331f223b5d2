// @ts-check
/**
 * Real logits: the loop token, the ways out and the temperature at which top-p lets them out, over
 * the whole vocabulary.
 * `server.read({source})` sends the logits once; a slider and a choice compute from them here (reading.js). Only a rule that a program
 * added to the table and that the browser does not know is asked of the server (`server.analyse`),
 * which gives the same record.
 */
import { latest } from "../../core/ask.js";
import { partsOf } from "../../core/dom.js";
import { drawn } from "../../core/messages.js";
import { rich } from "../../core/rich.js";
import { onLanguage, say, t } from "../../core/translate.js";
import { coverPart } from "./on_class.js";
import { headRow, KNOBS, numberRow, sideOf, skeleton, tokenRow } from "./logits_parts.js";
import { Reading } from "./reading.js";
import { makeSliders } from "./sliders.js";

/** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
export const mount = (element, host) => new LogitsView(element, host);

class LogitsView {
  /**
   * @type {{source: any, loop: number | null, escape: number | null, top_p: number, temperature: number, min_p: number}}
   */
  request = { source: null, loop: null, escape: null, top_p: 0.9, temperature: 0.8, min_p: 0.05 };
  /** @type {Reading | null} */
  reading = null;
  /** @type {any} */
  record = null;
  /** @type {any} */
  fault = "";
  due = false; // a drawing is on its way

  /** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
  constructor(element, { server }) {
    this.view = skeleton();
    element.append(this.view);
    this.parts = partsOf(this.view);
    this.knobs = makeSliders(this.parts.part("knobs"), KNOBS, (name, value) => {
      this.request = { ...this.request, [name]: value };
      this.knobs.show(this.request);
      this.compute();
    });
    this.knobs.show(this.request);
    this.read = latest(
      (source) => server.read({ source }),
      (sent, source) => this.take(sent, source),
    );
    this.ask = latest(
      (request) => server.analyse(request),
      (record) => this.receive(record),
    );
    this.parts
      .press("read")
      .addEventListener("click", () => this.read({ table: this.paste.value }));
    this.cover = this.covered();
    onLanguage(() => this.speak());
    this.open(server);
  }

  get paste() {
    return /** @type {HTMLTextAreaElement} */ (this.parts.part("paste"));
  }

  /** Of the answer: the distribution, short, and what T_c depends on. */
  name() {
    const source = JSON.stringify(this.request.source),
      { loop, top_p } = this.record;
    return `escape logits ${source.length} ${source.slice(0, 300)} ${loop.id} ${top_p}`;
  }

  /** T_c of these logits, and what tells on which side of it T lies. */
  covered() {
    const { part } = this.parts;
    return coverPart({
      fold: /** @type {HTMLDetailsElement} */ (part("fold")),
      telling: [part("sentence"), part("numbers"), part("sides")],
      hides: part("list"),
      answer: () => (this.record ? this.name() : ""),
      label: () => t("At what temperature do these logits let it out?"),
      truth: () => this.record.solved,
    });
  }

  /** @param {any} message */
  say(message) {
    this.fault = message;
    this.parts.part("problem").textContent = say(message);
    this.parts.part("problem").hidden = !message;
  }

  /** Another distribution. @param {any} sent @param {any} source */
  take(sent, source) {
    this.say(sent.error ?? "");
    if (sent.error) return; // the last good reading stays
    this.reading = new Reading(sent);
    Object.assign(this.request, { source, loop: null, escape: null });
    this.figure();
  }

  /** The figures of what the controls say, once a frame however often they move. */
  compute() {
    if (this.due) return;
    this.due = true;
    requestAnimationFrame(() => {
      this.due = false;
      this.figure();
    });
  }

  figure() {
    const { reading } = this;
    if (!reading) return;
    if (reading.complete) this.receive(reading.at(this.request));
    else this.ask({ ...this.request });
  }

  /** @param {any} record */
  receive(record) {
    if (record.error) return this.say(record.error); // the last good reading stays
    this.record = record;
    this.request.loop = record.loop.id;
    this.request.escape = record.escape_token.id;
    this.draw();
  }

  speak() {
    this.knobs.show(this.request);
    this.say(this.fault);
    this.figure();
  }

  /** @param {number} id @param {"loop" | "escape"} as */
  choose(id, as) {
    const other = as === "loop" ? "escape" : "loop";
    this.request[as] = id;
    if (this.request[other] === id) this.request[other] = null;
    this.figure();
  }

  draw() {
    const { record, parts } = this,
      { part } = parts;
    part("source").textContent = say(record.source);
    this.drawTokens(part("list"));
    part("sentence").replaceChildren(...rich(say(record.sentence)));
    part("numbers").replaceChildren(...record.numbers.map(numberRow));
    part("sides").replaceChildren(
      ...record.sides.map((/** @type {any} */ side) => sideOf(side, record.loop.id)),
    );
    this.cover();
    drawn(this.view);
  }

  /** @param {HTMLElement} list */
  drawTokens(list) {
    const { record } = this,
      buttons = () => [...list.querySelectorAll("button")],
      held = buttons().indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    const rest = document.createElement("p");
    rest.className = "soft small";
    rest.textContent = say(record.rest);
    list.replaceChildren(
      headRow(),
      ...record.tokens.map((/** @type {any} */ token) =>
        tokenRow(
          token,
          { loop: token.id === record.loop.id, out: token.id === record.escape_token.id },
          (as) => this.choose(token.id, as),
        ),
      ),
      rest,
    );
    if (held >= 0) buttons()[held]?.focus(); // whoever chooses by the keyboard goes on from there
  }

  /** A step that the address names, or the worked example. @param {any} server */
  async open(server) {
    let answer;
    try {
      answer = await server.opened({ query: location.search.slice(0, 20000) });
    } catch {
      answer = { error: t("The server did not answer: press the button to try again.") };
    }
    if (answer.error) return this.say(answer.error);
    this.paste.value = answer.table ?? "";
    // who comes with a step of a text comes for this; what a visitor has opened by now stays open
    if (answer.source.model || answer.message)
      /** @type {HTMLDetailsElement} */ (this.parts.part("fold")).open = true;
    await this.read(answer.source);
    if (answer.message) this.say(answer.message);
  }
}
