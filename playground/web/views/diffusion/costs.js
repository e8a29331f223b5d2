// @ts-check
/**
 * What the noise costs: the bound of each noise as bars, and control: one run to step through, and
 * success beside fluency in a table. All of it was measured before; nothing is asked of the server.
 */
import { makePlot } from "../../charts/plot.js";
import { make, node, partsOf } from "../../core/dom.js";
import { fixed, percent } from "../../core/format.js";
import { drawn } from "../../core/messages.js";
import { nt, number, onLanguage, pieces, t } from "../../core/translate.js";
import { readValue } from "../../core/value.js";
import { NOISES, TASKS, costsSkeleton } from "./costs_parts.js";

/**
 * @typedef {{noise: string, nats: number, error: number, difference?: number, difference_error?: number}} Noise
 */
/**
 * @typedef {{success: number, nats: number, error: number | null, distinct: number, text: string}} Side
 */
/** @typedef {{task: string, with: Side, without: Side}} Task */
/** @typedef {{deviation: number, chances: number[], text: string}} Step */
/**
 * @typedef {{tasks: Task[], run: Step[], words: string[], steps: number, texts: number}} Control
 */

/** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
export const mount = (element, host) => new CostsView(element, host);

class CostsView {
  /** @type {Noise[]} */
  noises = [];
  /** @type {Control | null} */
  control = null;
  picked = "any-order";
  windows = 0;
  length = 0;
  step = 0;

  /** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
  constructor(element, { props, watch }) {
    this.props = props;
    this.root = /** @type {HTMLElement} */ (element.querySelector(".widget") ?? element);
    this.root.classList.add("costs");
    this.root.append(...costsSkeleton());
    this.parts = partsOf(this.root);
    const { part, input } = this.parts;
    this.plot = makePlot({
      host: part("chances"),
      name: () => t("How likely the wish is, step by step"),
      x: { label: () => t("step") },
      y: { label: () => t("probability"), low: 0, top: 1 },
      height: 230,
    });
    input("step").addEventListener("input", () => {
      this.step = Number(input("step").value);
      this.drawStep();
    });
    this.value();
    watch("value", () => this.value());
    onLanguage(() => this.draw());
  }

  value() {
    const value = readValue(this.props);
    if (!value) return;
    this.noises = (value.noises ?? []).filter((/** @type {Noise} */ one) => one.noise in NOISES);
    if (!this.noises.some(({ noise }) => noise === this.picked))
      this.picked = this.noises[0]?.noise ?? "";
    this.windows = value.windows ?? 0;
    this.length = value.length ?? 0;
    this.control = value.control ?? null;
    this.step = firstMove(this.control?.run ?? []);
    this.draw();
  }

  draw() {
    const { part } = this.parts;
    this.drawBars();
    part("measured").textContent = t(
      "One nat more makes the network e ≈ 2.7 times as unsure. All but the outlined bar are upper bounds: the text costs at most that. Mean over {windows} held-out windows of {length} pieces; ± and the thin mark are one standard error between windows, which all noises share.",
      { windows: this.windows, length: this.length },
    );
    part("control").hidden = !this.control;
    if (this.control) this.drawControl(this.control);
    drawn(this.root);
  }

  drawBars() {
    const { part } = this.parts,
      top = 1.02 * Math.max(...this.noises.map(({ nats, error }) => nats + error));
    part("bars").replaceChildren(...this.noises.map((one) => this.bar(one, top)));
    const one = this.noises.find(({ noise }) => noise === this.picked);
    if (!one) return;
    const said = pieces("{nats} nats a piece: as unsure as among {count} equally likely pieces.", {
      nats: node("b", {}, fixed(one.nats, 2)),
      count: node("b", {}, fixed(Math.exp(one.nats), 0)),
    });
    part("says").replaceChildren(...said, " ", NOISES[one.noise].says(), " ", apart(one));
  }

  /** @param {Noise} one @param {number} top */
  bar({ noise, nats, error }, top) {
    const share = (/** @type {number} */ v) => `${(100 * v) / top}%`,
      value = make("i"),
      spread = make("s"),
      track = make("span", "costs-track");
    value.style.width = share(nats);
    spread.style.left = share(nats - error);
    spread.style.width = share(2 * error);
    track.append(value, spread);
    const row = node(
      "button",
      {
        type: "button",
        class: noise === "left-to-right" ? "costs-bar reference" : "costs-bar",
        "aria-pressed": String(noise === this.picked),
        title: NOISES[noise].says(),
      },
      NOISES[noise].name(),
      track,
      node("span", { class: "num" }, `${fixed(nats, 2)} ± ${fixed(error, 2)}`),
      node("span", { class: "num" }, t("as among {count}", { count: fixed(Math.exp(nats), 0) })),
    );
    row.addEventListener("click", () => {
      this.picked = noise;
      this.drawBars();
      const at = this.noises.findIndex((each) => each.noise === noise);
      /** @type {HTMLElement} */ (this.parts.part("bars").children[at]).focus();
    });
    return row;
  }

  /** @param {Control} control */
  drawControl(control) {
    const { part, input } = this.parts;
    part("wish").textContent = t(
      "The text is to contain one of these words: {words}. After each step of taking noise away, a few small updates move the vectors towards the wish, until it is at least as likely as not.",
      { words: control.words.join(", ") },
    );
    input("step").max = String(control.run.length - 1);
    input("step").value = String(this.step);
    this.drawStep();
    part("tasks").replaceChildren(taskTable(control.tasks));
    part("controlMeasured").textContent = t(
      "{texts} texts of each in {steps} steps. Success: share of texts that meet the wish. Fluency: nats a piece under the left-to-right twin, from the first written piece on; lower reads better, but repetition lowers it as well, and a given end counts too. In brackets: the same canvas without the wish.",
      { texts: control.texts, steps: control.steps },
    );
  }

  drawStep() {
    const { part, input } = this.parts,
      run = this.control?.run ?? [],
      at = run[this.step];
    if (!at) return;
    part("stepSays").textContent = t("{done} of {all}", { done: this.step + 1, all: run.length });
    input("step").setAttribute("aria-valuetext", part("stepSays").textContent ?? "");
    const [first, ...after] = at.chances;
    part("moved").textContent = after.length
      ? nt(
          "Moved {n} time up the gradient: the wish goes from {before} to {after}.",
          "Moved {n} times up the gradient: the wish goes from {before} to {after}.",
          after.length,
          { before: percent(first), after: percent(after[after.length - 1]) },
        )
      : t("Not moved: the wish stands at {chance}.", { chance: percent(first) });
    part("text").replaceChildren(...marked(at.text, this.control?.words ?? []));
    const point = (/** @type {Step} */ step, /** @type {number} */ i, /** @type {number} */ of) =>
      /** @type {[number, number]} */ ([i + 1, step.chances.at(of) ?? 0]);
    this.plot?.draw(
      [
        {
          name: t("after the step"),
          colour: "--raw",
          mark: "",
          points: run.map((s, i) => point(s, i, 0)),
        },
        {
          name: t("after its updates"),
          colour: "--chosen",
          mark: "",
          points: run.map((s, i) => point(s, i, -1)),
        },
      ],
      [{ x: this.step + 1, label: "" }],
    );
  }
}

/** Where the wish rises most: what a reader wants to see first. @param {Step[]} run */
function firstMove(run) {
  const rise = run.map(({ chances }) => (chances[chances.length - 1] ?? 0) - (chances[0] ?? 0));
  return Math.max(0, rise.indexOf(Math.max(...rise)));
}

/** The difference to the network for masks alone, on the same windows. @param {Noise} one */
function apart({ difference, difference_error: error }) {
  if (difference === undefined || error === undefined) return "";
  const much = fixed(Math.abs(difference), 2),
    spread = fixed(error, 2);
  return difference >= 0
    ? t("{much} ± {spread} more than the network for masks alone on the same windows.", {
        much,
        spread,
      })
    : t("{much} ± {spread} less than the network for masks alone on the same windows.", {
        much,
        spread,
      });
}

/**
 * A text in which whole words of the wish are marked.
 * @param {string} text
 * @param {string[]} words
 */
const marked = (text, words) =>
  text
    .split(/([\p{L}]+)/u)
    .map((part) => (words.includes(part) ? make("mark", "", part) : document.createTextNode(part)));

/** @param {Task[]} measured */
function taskTable(measured) {
  const head = node(
    "thead",
    {},
    node(
      "tr",
      {},
      ...[t("task"), t("here")].map((text) => node("th", { scope: "col" }, text)),
      ...[t("success"), t("fluency")].map((text) =>
        node("th", { scope: "col", class: "num" }, text),
      ),
    ),
  );
  const nats = (/** @type {Side} */ side) =>
    side.error === null ? fixed(side.nats, 2) : `${fixed(side.nats, 2)} ± ${fixed(side.error, 2)}`;
  const rows = TASKS.map(({ key, name, how }) => {
    const found = measured.find(({ task }) => task === key),
      cell = (/** @type {string} */ label, /** @type {(side: Side) => string} */ figure) =>
        node(
          "td",
          { class: "num", "data-head": label },
          ...(found
            ? [figure(found.with), make("small", "", `(${figure(found.without)})`)]
            : ["–"]),
        );
    const text = node("td", { class: found ? "how" : "how no" }, how());
    if (found)
      text.append(Object.assign(make("small", "", `“${found.with.text}”`), { translate: false }));
    return node(
      "tr",
      {},
      node("th", { scope: "row" }, name()),
      text,
      cell(t("success"), ({ success }) =>
        number(success, { style: "percent", maximumFractionDigits: 0 }),
      ),
      cell(t("fluency"), nats),
    );
  });
  return node("table", {}, head, node("tbody", {}, ...rows));
}
