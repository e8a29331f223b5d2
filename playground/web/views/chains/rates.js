// @ts-check
/**
 * Continuous time: rates instead of probabilities; the forward equation as curves, one run as
 * lanes, many runs over the curves.
 */
import { stateGraph } from "../../charts/graph.js";
import { makeHeatTable } from "../../charts/heat.js";
import { timeLanes } from "../../charts/lanes.js";
import { lineChart } from "../../charts/line.js";
import { latest } from "../../core/ask.js";
import { choices, clip, clone, fillSelect, make, partsOf } from "../../core/dom.js";
import { fixed } from "../../core/format.js";
import { offerLink } from "../../core/link.js";
import { drawn } from "../../core/messages.js";
import { say, t } from "../../core/translate.js";
import { LARGEST_SEED, readValue } from "../../core/value.js";
import { matrixEditor } from "./matrix.js";
import { begin, chainTransport, freeName, nextSeed, readField } from "./page.js";
import { flowTable, skeleton } from "./rates_parts.js";

/**
 * @typedef {{preset: string, states: string[], rates: (number | null)[][], start: number, seed: number, until: number}} Draft
 */

/** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
export const mount = (element, host) => new RatesView(element, host);

class RatesView {
  /** @type {Draft} */
  draft = { preset: "", states: [], rates: [], start: 0, seed: 0, until: 1 };
  /** @type {any} */
  figures = null;
  /** @type {{move: (share: number) => void, out: HTMLElement}[]} */
  curves = [];

  /** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
  constructor(element, host) {
    const { props, server } = host;
    this.props = props;
    this.server = server;
    this.view = skeleton();
    element.append(this.view);
    this.parts = partsOf(this.view);
    const { part } = this.parts;
    this.graph = stateGraph(part("graph"), {
      label: () => t("Rates between the states"),
      pick: (i) => this.edit({ start: i }),
    });
    this.editor = this.makeEditor();
    this.powerTable = makeHeatTable(part("power"));
    this.player = this.makePlayer();
    this.showPreset = this.makePresets();
    this.ask = latest(
      (wish) => server.figures(wish),
      (record) => this.receive(record),
    );
    begin(this, "rates", host);
  }

  makeEditor() {
    return matrixEditor(this.parts.part("matrix"), {
      label: () => t("Rate matrix: jumps a unit of time from the row’s state to the column’s"),
      kind: "rate",
      corner: () => t("from \\ to"),
      rows: () => this.draft.states,
      columns: () => this.draft.states,
      values: () => this.draft.rates,
      cellLabel: (row, column) =>
        row === column
          ? t("Rate of leaving {state}, negative; it follows from the others", { state: row })
          : t("Rate of jumping from {row} to {column}", { row, column }),
      rename: {
        row: {
          label: (place) => t("Name of state {place}", { place }),
          change: (i, name) => {
            this.draft.states[i] = name.trim() || `state ${i + 1}`;
            this.changed(false, this.draft.preset);
          },
        },
      },
      edit: (i, j, value) => {
        this.draft.rates[i][j] = value;
        setDiagonal(this.draft.rates, i);
        this.changed();
      },
    });
  }

  makePlayer() {
    return chainTransport({
      host: this.parts.part("player"),
      keys: this.view,
      unit: () => t("Time"),
      speed: 16,
      onStep: (k, why, from) => this.show(k, from),
      label: (k) => [
        `t = ${fixed(this.figures.times[k], 2)}`,
        t("of {last}", { last: fixed(this.last, 2) }),
      ],
    });
  }

  makePresets() {
    const { presets } = this.props;
    return choices(
      this.parts.part("presets"),
      presets.map((one) => ({ value: one.slug, label: () => say(one.title) })),
      () => t("Example rates"),
      (slug) => {
        const { states, rates, start } = presets.find((one) => one.slug === slug);
        Object.assign(this.draft, clone({ states, rates, start: start ?? 0 }));
        this.changed(true, slug);
      },
    );
  }

  listen() {
    const { select, press } = this.parts;
    this.fieldOf("seed", 0, LARGEST_SEED, true);
    this.fieldOf("until", 0.1, 100, false);
    select("start").addEventListener("change", () =>
      this.edit({ start: Number(select("start").value) }),
    );
    press("another").addEventListener("click", () =>
      this.edit({ seed: nextSeed(this.draft.seed) }),
    );
    press("more").addEventListener("click", () => this.addState());
    press("fewer").addEventListener("click", () => this.removeState());
    offerLink(press("link"), () => this.server.link(clone(this.draft)), this.player);
  }

  /**
   * @param {"seed" | "until"} name
   * @param {number} low
   * @param {number} high
   * @param {boolean} isWhole
   */
  fieldOf(name, low, high, isWhole) {
    const field = this.parts.input(name);
    field.addEventListener("change", () => {
      const read = readField(field, name, low, high, isWhole);
      if (read.value !== null) return this.edit({ [name]: read.value });
      this.problem(read.problem);
      field.value = String(this.draft[name]);
    });
  }

  addState() {
    const { states, rates } = this.draft;
    states.push(freeName(states, "state"));
    for (const row of rates) row.push(0);
    rates.push(states.map(() => 0));
    this.changed(true);
  }

  removeState() {
    const { states, rates } = this.draft;
    states.pop();
    rates.pop();
    rates.forEach((row, i) => {
      row.pop();
      setDiagonal(rates, i);
    });
    this.changed(true);
  }

  /** @param {string} sentence */
  problem(sentence) {
    this.parts.part("problem").textContent = sentence;
  }

  /** What needs no check changed. @param {Partial<Draft>} change */
  edit(change) {
    Object.assign(this.draft, change);
    this.fill();
    this.ask(clone(this.draft));
  }

  /**
   * The rates or a name changed: they may be wrong.
   * @param {boolean} [force]
   * @param {string} [preset]
   */
  changed(force, preset = "") {
    this.draft.preset = preset;
    const fault = faultOf(this.draft, this.editor.update(force));
    this.problem(fault);
    this.view.classList.toggle("stale", fault !== "");
    this.fill();
    if (!fault) this.ask(clone(this.draft));
  }

  fill() {
    const { input, select, press } = this.parts,
      { draft } = this;
    if (draft.start >= draft.states.length) draft.start = 0;
    fillSelect(
      select("start"),
      draft.states.map((name, i) => [i, clip(name, 24)]),
    );
    select("start").value = String(draft.start);
    input("seed").value = String(draft.seed);
    input("until").value = String(draft.until);
    press("more").disabled = draft.states.length >= 8;
    press("fewer").disabled = draft.states.length <= 2;
    this.showPreset(draft.preset);
  }

  receive(record) {
    this.view.classList.toggle("stale", !record.ok);
    if (!record.ok) return this.problem(say(record.error));
    this.figures = record;
    this.drawFigures(this.player.step);
  }

  take(value = readValue(this.props)) {
    if (!value?.draft) return;
    this.draft = value.draft;
    this.figures = value.figures;
    this.editor.update(true);
    this.fill();
    this.problem(say(value.message));
    this.view.classList.remove("stale");
    this.drawFigures(Math.round(this.figures.times.length / 4));
  }

  speak() {
    if (!this.figures) return;
    this.editor.update();
    this.fill();
    this.drawFigures(this.player.step);
  }

  get last() {
    return this.figures.times[this.figures.times.length - 1];
  }

  /** @param {number} at */
  drawFigures(at) {
    const { figures, parts } = this,
      jumps = figures.rates.map((row, i) => row.map((rate, j) => (i === j ? 0 : rate)));
    this.graph.update(figures.states, jumps, Math.max(1e-9, ...jumps.flat()));
    this.drawCurves();
    this.lanes = timeLanes(parts.part("lanes"), figures.states, figures.path, this.last);
    this.player.load({
      length: figures.times.length,
      curves: [
        {
          values: figures.powers.map((P) => 1 - P[figures.start][figures.start]),
          colour: "var(--chosen)",
          top: 1,
        },
      ],
      at,
    });
    parts.part("words").textContent = say(figures.sentences.long_run);
    parts.part("masking").textContent = say(figures.sentences.masking);
    parts.part("masking").hidden = !figures.sentences.masking;
    drawn(this.view);
  }

  /**
   * One row a state: its probability by the forward equation, and the share of the runs that are
   * there.
   */
  drawCurves() {
    const { figures } = this;
    const rows = figures.states.map((name, k) => {
      const row = make("div", "curverow"),
        plot = make("div"),
        text = make("span", "name", clip(name, 10)),
        out = make("span", "num");
      text.title = name;
      row.append(text, plot, out);
      const series = [
        { values: figures.powers.map((P) => P[figures.start][k]), mark: "final" },
        { values: figures.crowd.map((shares) => shares[k]), mark: "thin", steps: true },
      ];
      const label = t("Probability of {state} over time, and the share of {count} simulated runs", {
        state: clip(name, 30),
        count: figures.runs,
      });
      const { move } = lineChart(plot, series, { low: 0, high: 1, height: 46, cursor: 0, label });
      return { row, move, out };
    });
    this.curves = rows;
    this.parts.part("curves").replaceChildren(...rows.map((one) => one.row));
  }

  /** A moment. @param {number} n @param {number | null} from the one shown before */
  show(n, from) {
    const { figures, parts } = this,
      time = figures.times[n],
      P = figures.powers[n],
      p = P[figures.start];
    const here = stateAt(figures.path, time),
      before = from === n - 1 && n > 0 ? stateAt(figures.path, figures.times[n - 1]) : null;
    const came = before !== null && before !== here ? before : null;
    this.graph.walk(came, here, Math.min(300, 800 / this.player.speed));
    const moment = fixed(time, 2);
    this.powerTable.show(
      figures.states,
      P,
      t("P(t): probability of the column’s state t = {time} after the row’s", { time: moment }),
    );
    parts.part("tout").textContent = t("P(t) = exp(tQ) at t = {time}", { time: moment });
    this.curves.forEach(({ move, out }, k) => {
      move(time / this.last);
      out.textContent = `${fixed(p[k])}  (${fixed(figures.crowd[n][k])})`;
    });
    this.lanes?.move(time / this.last);
    parts.part("flow").replaceChildren(flowTable(figures.states, p, figures.rates, here));
  }
}

/**
 * The rate of leaving follows from the others.
 * @param {(number | null)[][]} rates
 * @param {number} i
 */
function setDiagonal(rates, i) {
  const others = rates[i].filter((_, j) => j !== i);
  rates[i][i] = others.some((rate) => rate === null)
    ? 0
    : -others.reduce((/** @type {number} */ sum, rate) => sum + (rate ?? 0), 0);
}

/**
 * The state of a run at a time.
 * @param {[time: number, state: number][]} jumps
 * @param {number} time
 */
function stateAt(jumps, time) {
  let state = jumps[0][1];
  for (const [at, next] of jumps) {
    if (at > time) break;
    state = next;
  }
  return state;
}

/**
 * What is wrong with a draft; "" where nothing is.
 * @param {Draft} draft
 * @param {number} bad rows
 */
function faultOf({ states, rates }, bad) {
  if (new Set(states).size < states.length)
    return t("Two states have the same name: give each its own.");
  if (bad)
    return t(
      "One of the entries is not a number. Until it is, every figure belongs to the last good rates.",
    );
  if (rates.some((row, i) => row.some((rate, j) => i !== j && rate !== null && rate < 0)))
    return t(
      "A rate between two states cannot be negative: it counts jumps a unit of time. Until then every figure belongs to the last good rates.",
    );
  return "";
}
