// @ts-check
/**
 * The Markov chain: what the visitor edits is `draft`; what the server computed from the last valid
 * draft is `figures`.
 */
import { unitCircle } from "../../charts/circle.js";
import { stateGraph } from "../../charts/graph.js";
import { makeBars } from "../../charts/bars.js";
import { makeHeatTable } from "../../charts/heat.js";
import { stepLanes } from "../../charts/lanes.js";
import { lineChart } from "../../charts/line.js";
import { latest } from "../../core/ask.js";
import { choices, clip, clone, fillSelect, partsOf } from "../../core/dom.js";
import { fixed } from "../../core/format.js";
import { offerLink } from "../../core/link.js";
import { drawn } from "../../core/messages.js";
import { nt, say, t } from "../../core/translate.js";
import { LARGEST_SEED, readValue } from "../../core/value.js";
import { matrixEditor, normalised } from "./matrix.js";
import { begin, chainTransport, freeName, nextSeed, readField } from "./page.js";
import { distancesOf, MOST_STEPS, powersOf, spreadOf, visitsOf } from "./walk_figures.js";
import { eigenvalueRow, faultOf, forgotten, skeleton } from "./walk_parts.js";

/**
 * @typedef {{preset: string, states: string[], transition: (number | null)[][], start: number, mode: string, seed: number}} Draft
 */

const FIRST_STEP = 40;
const FEW = 4; // states that need no close rows

/** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
export const mount = (element, host) => new WalkView(element, host);

class WalkView {
  /** @type {Draft} */
  draft = { preset: "", states: [], transition: [], start: 0, mode: "sampled", seed: 0 };
  /** @type {any} */
  figures = null;
  derived = computed({ transition: [], path: [], limit: null });
  power = 2; // of the matrix
  restart = false; // another example: the walk is shown from its first steps again

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
      label: () => t("Transition graph"),
      pick: (i) => this.edit({ start: i }),
      tallest: (count) => (count > FEW ? 240 : 290), // the walk stays on one screen
    });
    this.editor = this.makeEditor();
    this.powerTable = makeHeatTable(part("power"));
    this.hitting = makeHeatTable(part("hitting"), { digits: 2, tinted: false });
    this.visits = makeBars(part("visits"));
    this.player = this.makePlayer();
    this.makeChoices();
    this.ask = latest(
      (wish) => server.figures(wish),
      (record, wish) => this.receive(record, wish),
    );
    begin(this, "walk", host);
  }

  makeEditor() {
    return matrixEditor(this.parts.part("matrix"), {
      label: () =>
        t("Transition matrix: the row is where the chain is, the column where it goes next"),
      kind: "probability",
      corner: () => t("from \\ to"),
      rows: () => this.draft.states,
      columns: () => this.draft.states,
      values: () => this.draft.transition,
      cellLabel: (row, column) => t("Probability of going from {row} to {column}", { row, column }),
      rename: {
        row: {
          label: (place) => t("Name of state {place}", { place }),
          change: (i, name) => {
            this.draft.states[i] = name.trim() || `state ${i + 1}`;
            this.changed();
          },
        },
      },
      edit: (i, j, value) => {
        this.draft.transition[i][j] = value;
        this.changed();
      },
      normalise: (i) => {
        this.draft.transition[i] = normalised(this.draft.transition[i]);
        this.changed(true);
      },
    });
  }

  makePlayer() {
    return chainTransport({
      host: this.parts.part("player"),
      keys: this.view,
      unit: () => t("Step of the walk"),
      onStep: (k, why, from) => this.show(k, from),
      label: (k) => {
        const distance = this.derived.distance[k];
        return [
          t("step {step} / {last}", { step: k, last: this.figures.path.length - 1 }),
          distance === null
            ? t("no single long run")
            : t("distance {distance}", { distance: fixed(distance, 3) }),
        ];
      },
    });
  }

  makeChoices() {
    const { part } = this.parts,
      presets = this.props.presets;
    this.showPreset = choices(
      part("presets"),
      presets.map((one) => ({ value: one.slug, label: () => say(one.title) })),
      () => t("Example chains"),
      (slug) => {
        const { states, transition, start } = presets.find((one) => one.slug === slug);
        Object.assign(this.draft, clone({ states, transition, start: start ?? 0 }));
        this.restart = true;
        this.changed(true, slug);
      },
    );
    this.showMode = choices(
      part("mode"),
      [
        { value: "sampled", label: () => t("sampled") },
        { value: "greedy", label: () => t("greedy") },
      ],
      () => t("How the next state is taken"),
      (mode) => this.edit({ mode }),
    );
  }

  listen() {
    const { input, select, press } = this.parts;
    input("n").addEventListener("input", () => {
      this.power = Number(input("n").value);
      this.drawPower();
    });
    select("start").addEventListener("change", () =>
      this.edit({ start: Number(select("start").value) }),
    );
    input("seed").addEventListener("change", () => {
      const read = readField(input("seed"), "seed", 0, LARGEST_SEED);
      if (read.value !== null) return this.edit({ seed: read.value });
      this.problem(read.problem);
      input("seed").value = String(this.draft.seed);
    });
    press("another").addEventListener("click", () =>
      this.edit({ seed: nextSeed(this.draft.seed) }),
    );
    press("more").addEventListener("click", () => this.addState());
    press("fewer").addEventListener("click", () => this.removeState());
    offerLink(press("link"), () => this.server.link(clone(this.draft)), this.player);
  }

  /** The new state keeps to itself until somebody types otherwise. */
  addState() {
    const { states, transition } = this.draft;
    states.push(freeName(states, "state"));
    for (const row of transition) row.push(0);
    transition.push(states.map((_, j) => Number(j === states.length - 1)));
    this.changed(true);
  }

  /** Rows that went to the state now fall short of 1: marked, not repaired. */
  removeState() {
    const { states, transition } = this.draft;
    states.pop();
    transition.pop();
    for (const row of transition) row.pop();
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
   * The matrix or a name changed: it may be wrong.
   * @param {boolean} [force]
   * @param {string} [preset] the example that it is
   */
  changed(force, preset = "") {
    this.draft.preset = preset;
    const bad = this.editor.update(force),
      doubled = new Set(this.draft.states).size < this.draft.states.length;
    this.problem(faultOf(bad, doubled));
    this.view.classList.toggle("stale", bad > 0 || doubled);
    this.fill();
    if (!bad && !doubled) this.ask(clone(this.draft));
  }

  fill() {
    const { part, input, select, press } = this.parts,
      { draft } = this;
    part("top").classList.toggle("wide", draft.states.length > FEW);
    this.view.classList.toggle("dense", draft.states.length > FEW);
    if (draft.start >= draft.states.length) draft.start = 0;
    fillSelect(select("start"), [
      ...draft.states.map((name, i) => /** @type {[number, string]} */ ([i, clip(name, 24)])),
      [-1, t("drawn: every state alike")],
    ]);
    select("start").value = String(draft.start);
    press("fewer").disabled = draft.states.length <= 2;
    press("more").disabled = draft.states.length >= 8;
    input("seed").value = String(draft.seed);
    this.showMode?.(draft.mode);
    this.showPreset?.(draft.preset);
  }

  /** @param {any} record @param {Draft} wish */
  receive(record, wish) {
    if (!record.ok) {
      this.problem(say(record.error));
      this.view.classList.add("stale");
      return;
    }
    if (JSON.stringify(wish.transition) === JSON.stringify(this.draft.transition))
      this.view.classList.remove("stale");
    this.figures = record;
    this.drawFigures(this.restart ? FIRST_STEP : this.player.step);
    this.restart = false;
  }

  take(value = readValue(this.props)) {
    if (!value?.draft) return;
    this.draft = value.draft;
    this.figures = value.figures;
    this.editor.update(true);
    this.fill();
    this.problem(say(value.message));
    this.view.classList.remove("stale");
    this.drawFigures(FIRST_STEP);
  }

  /** Everything once more, in another language. */
  speak() {
    if (!this.figures) return;
    this.editor.update();
    this.fill();
    this.drawFigures(this.player.step);
  }

  /** @param {number} at */
  drawFigures(at) {
    const { figures, parts } = this,
      cycle = figures.cycle;
    this.derived = computed(figures);
    this.graph.update(figures.states, figures.transition);
    this.player.load({
      length: figures.path.length,
      curves: [{ values: this.derived.distance, colour: "var(--chosen)" }],
      loops: cycle
        ? [
            {
              start: cycle.start,
              end: figures.path.length - 1,
              label: t("cycle of {period}", { period: cycle.period }),
            },
          ]
        : [],
      at,
    });
    unitCircle(parts.part("circle"), figures.eigenvalues);
    parts.part("eigenvalues").replaceChildren(...figures.eigenvalues.map(eigenvalueRow));
    for (const name of ["structure", "mixing", "looping"])
      parts.part(name).textContent = say(figures.sentences[name]);
    this.hitting.show(
      figures.states,
      figures.hitting,
      t("Expected steps from the row’s state until the column’s state is reached"),
    );
    parts.part("absorption").hidden = !figures.absorption;
    parts.part("absorption").textContent = say(figures.absorption);
    this.drawPower();
    drawn(this.view);
  }

  /** A step of the walk. @param {number} k @param {number | null} from the step shown before */
  show(k, from) {
    const { part } = this.parts,
      { path, limit, states, cycle } = this.figures,
      seen = this.derived.visits[k];
    const came = k > 0 && from === k - 1 ? path[k - 1] : null;
    this.graph.walk(came, path[k], Math.min(450, 750 / this.player.speed));
    const closed = cycle && k >= cycle.start + cycle.period ? cycle : null;
    stepLanes(part("lanes"), states, path, k, closed);
    this.visits.show(
      states.map((name, i) => ({
        name: clip(name, 12),
        value: seen[i] / (k + 1),
        reference: limit?.[i],
        on: path[k] === i,
        figure: fixed(seen[i] / (k + 1), 3),
        why: limit
          ? t("(long run {share})", { share: fixed(limit[i], 3) })
          : nt("{n} visit", "{n} visits", seen[i]),
      })),
    );
    part("distance").textContent = limit
      ? t(
          "After {steps} steps the visits are {distance} away from the long run (total variation: half the sum of the differences).",
          { steps: k, distance: fixed(this.derived.distance[k], 3) },
        )
      : t("There is no single long run to converge to: it depends on where the chain ends up.");
  }

  drawPower() {
    const { part, input } = this.parts,
      n = this.power,
      spread = this.derived.spread[n];
    this.powerTable.show(
      this.figures.states,
      this.derived.powers[n],
      nt(
        "Probability of being in the column’s state {n} step after the row’s",
        "Probability of being in the column’s state {n} steps after the row’s",
        n,
      ),
    );
    input("n").value = String(n);
    part("nout").textContent = `n = ${n}`;
    lineChart(part("spread"), [{ values: this.derived.spread, mark: "final" }], {
      low: 0,
      high: 1,
      height: 70,
      cursor: n / MOST_STEPS,
      guides: [0.25],
      label: t(
        "Largest distance between two rows of P to the n, for n from 0 to 64; {distance} at n = {n}",
        { distance: fixed(spread), n },
      ),
    });
    part("forgotten").textContent = forgotten(n, spread);
  }
}

/** What follows from the figures without asking anybody. @param {any} figures */
function computed({ transition, path, limit }) {
  const powers = powersOf(transition),
    visits = visitsOf(path, transition.length);
  return { powers, spread: powers.map(spreadOf), visits, distance: distancesOf(visits, limit) };
}
