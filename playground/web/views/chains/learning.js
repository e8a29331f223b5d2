// @ts-check
/** Learning: Baum–Welch from random starts, every step of it on a timeline of its own. */
import { heading } from "../../charts/heat.js";
import { latest } from "../../core/ask.js";
import { button, choices, clip, make } from "../../core/dom.js";
import { fixed } from "../../core/format.js";
import { nt, say, t } from "../../core/translate.js";
import { LARGEST_SEED } from "../../core/value.js";
import { chainTransport, readField } from "./page.js";

/**
 * @typedef {{source: string, length: number, restarts: number, iterations: number, seed: number}} Wish
 */

/**
 * @type {[part: string, field: "length" | "restarts" | "iterations" | "seed", low: number, high: number][]}
 */
const FIELDS = [
  ["sampleLength", "length", 10, 1000],
  ["restarts", "restarts", 1, 8],
  ["iterations", "iterations", 1, 60],
  ["learnSeed", "seed", 0, LARGEST_SEED],
];

export class Learning {
  /** @type {any} */
  record = null;
  /** @type {any} */
  figures = null; // of the model that is edited
  run = 0;
  busy = false;

  /**
   * @param {ReturnType<typeof import("../../core/dom.js").partsOf>} parts
   * @param {object} given
   * @param {() => Wish} given.wish the part of the draft that says what is learned; it is written to
   * @param {() => any} given.draft the whole draft, for the server
   * @param {(draft: any) => Promise<any>} given.learn
   */
  constructor(parts, { wish, draft, learn }) {
    this.parts = parts;
    this.wish = wish;
    this.draft = draft;
    this.player = chainTransport({
      host: parts.part("learnPlayer"),
      keys: parts.part("learn"),
      unit: () => t("Iteration of Baum–Welch"),
      onStep: (k) => this.show(k),
      label: (k) => [
        t("iteration {iteration} / {last}", { iteration: k, last: this.steps.length - 1 }),
        `ln P = ${fixed(this.steps[k].log_likelihood)}`,
      ],
    });
    this.showSource = choices(
      parts.part("source"),
      [
        { value: "sample", label: () => t("a new sample") },
        { value: "observations", label: () => t("the observations above") },
      ],
      () => t("What is learned from"),
      (source) => {
        this.wish().source = source;
        this.fill();
      },
    );
    this.ask = latest(learn, (record) => this.receive(record));
    parts.press("learnNow").addEventListener("click", () => this.begin());
  }

  /** @returns {any[]} */
  get steps() {
    return this.record.runs[this.run].steps;
  }

  fill() {
    const { input } = this.parts,
      wish = this.wish();
    for (const [part, field] of FIELDS) input(part).value = String(wish[field]);
    input("sampleLength").disabled = wish.source !== "sample";
    this.showSource(wish.source);
    this.nameButton();
  }

  nameButton() {
    const button = this.parts.press("learnNow");
    button.disabled = this.busy;
    button.textContent = this.busy ? t("Learning…") : t("Learn");
  }

  begin() {
    for (const [part, field, low, high] of FIELDS) {
      const box = this.parts.input(part),
        read = readField(box, field, low, high);
      if (read.value === null) {
        this.parts.part("learnProblem").textContent = read.problem;
        box.focus();
        return;
      }
      this.wish()[field] = read.value;
    }
    this.busy = true;
    this.nameButton();
    this.ask(this.draft());
  }

  /** What the view shows first. @param {any} record null: it is asked for */
  first(record) {
    this.record = null;
    this.fill();
    if (record) this.load(record);
    else this.ask(this.draft());
  }

  receive(record) {
    const again = this.record !== null;
    this.busy = false;
    this.nameButton();
    this.parts.part("learnProblem").textContent = record.ok ? "" : say(record.error);
    if (!record.ok) return;
    this.load(record);
    if (!again) return;
    this.player.go(0);
    this.player.play();
  }

  load(record) {
    this.record = record;
    this.run = record.best;
    this.loadRun();
    this.compare(this.figures);
  }

  /** Another language. */
  speak() {
    this.fill();
    if (this.record) this.loadRun();
  }

  /** Whether the model has changed since it was learned. @param {any} figures */
  compare(figures) {
    this.figures = figures;
    const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
    this.parts.part("learnStale").hidden =
      !this.record ||
      !figures ||
      same(this.record.model, [figures.transition, figures.emission, figures.initial]);
  }

  loadRun() {
    const { record, run } = this,
      { part } = this.parts;
    part("runs").replaceChildren(
      ...record.runs.map(({ steps }, i) => {
        const said = {
          number: i + 1,
          likelihood: fixed(steps[steps.length - 1].log_likelihood, 2),
        };
        const one = button(
          i === record.best
            ? t("start {number}: {likelihood} (best)", said)
            : t("start {number}: {likelihood}", said),
          t("Show the run from this random start"),
          () => {
            this.run = i;
            this.loadRun();
          },
          "choice",
        );
        one.setAttribute("aria-pressed", String(i === run));
        return one;
      }),
    );
    part("truthLikelihood").textContent = truthOf(record);
    this.loadPlayer();
  }

  loadPlayer() {
    const { record, run, steps } = this,
      all = record.runs.flatMap((one) => one.steps.map((step) => step.log_likelihood)),
      low = Math.min(...all),
      span = Math.max(1e-9, Math.max(...all) - low);
    const heights = ({ steps }) =>
      steps.map((step) => 0.02 + (0.96 * (step.log_likelihood - low)) / span);
    const others = record.runs
      .filter((_, i) => i !== run)
      .map((one) => ({ values: heights(one), colour: "var(--raw)", fill: false, top: 1 }));
    this.player.load({
      length: steps.length,
      curves: [...others, { values: heights(record.runs[run]), colour: "var(--chosen)", top: 1 }],
      at: Math.min(this.player.step || 3, steps.length - 1),
    });
  }

  /** An iteration. @param {number} k */
  show(k) {
    const { record } = this,
      { part } = this.parts,
      step = this.steps[k],
      { states, symbols, truth } = record;
    comparedTable(
      part("learnedTransition"),
      [states, states],
      [step.transition, truth.transition],
      t("Transition matrix learned so far"),
    );
    comparedTable(
      part("learnedInitial"),
      [[t("start in")], states],
      [[step.initial], [truth.initial]],
      t("Initial distribution learned so far"),
    );
    comparedTable(
      part("learnedEmission"),
      [states, symbols],
      [step.emission, truth.emission],
      t("Emission matrix learned so far"),
    );
  }
}

/** @param {any} record */
function truthOf({ length, truth_log_likelihood: truth }) {
  const likelihood = truth === null ? "−∞" : fixed(truth);
  return [
    nt(
      "Learned from {n} observation. The model that is being edited gives it ln P = {likelihood}; with its free parameters a learner may come out above it.",
      "Learned from {n} observations. The model that is being edited gives them ln P = {likelihood}; with its free parameters a learner may come out above it.",
      length,
      { likelihood },
    ),
    t(
      "Each start climbs to a top of its own and never goes down; that is why there are several. What it finds are groups without names: they are listed in the order that fits the model’s best.",
    ),
  ].join(" ");
}

/**
 * Each cell: the learned probability, and under it, smaller, the model's.
 * @param {HTMLElement} host
 * @param {[rows: string[], columns: string[]]} names
 * @param {[learned: number[][], truth: number[][]]} values
 * @param {string} label
 */
function comparedTable(host, [rows, columns], [learned, truth], label) {
  const table = make("table", "heat learned"),
    head = table.createTHead().insertRow(),
    body = table.createTBody();
  table.setAttribute("aria-label", label);
  head.append(make("td"), ...columns.map((name) => heading("top", "col", clip(name, 8))));
  rows.forEach((name, i) => {
    const row = body.insertRow();
    row.append(
      heading("side", "row", clip(name, 10)),
      ...columns.map((_, j) => {
        const cell = make("td", "num", fixed(learned[i][j], 2));
        cell.style.setProperty("--p", String(learned[i][j]));
        cell.append(make("small", "", fixed(truth[i][j], 2)));
        return cell;
      }),
    );
  });
  host.replaceChildren(table);
}
