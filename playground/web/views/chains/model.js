// @ts-check
/** The parameters of a hidden Markov model and its observations, as one types them. */
import { clip } from "../../core/dom.js";
import { nt, t } from "../../core/translate.js";
import { matrixEditor, normalised } from "./matrix.js";
import { freeName } from "./page.js";

const MOST_STATES = 8,
  MOST_SYMBOLS = 10,
  LONGEST = 60;
const MISSING = ["?", "_"];

export class ModelEditors {
  /**
   * @param {ReturnType<typeof import("../../core/dom.js").partsOf>} parts
   * @param {object} given
   * @param {() => any} given.draft it is written to
   * @param {(force?: boolean) => void} given.changed something was typed
   */
  constructor(parts, { draft, changed }) {
    this.parts = parts;
    this.draft = draft;
    this.changed = changed;
    this.editors = [this.makeInitial(), this.makeTransition(), this.makeEmission()];
    for (const [part, act] of /** @type {[string, () => void][]} */ ([
      ["moreStates", () => this.addState()],
      ["fewerStates", () => this.removeState()],
      ["moreSymbols", () => this.addSymbol()],
      ["fewerSymbols", () => this.removeSymbol()],
    ]))
      parts.press(part).addEventListener("click", () => {
        act();
        this.draft().preset = "";
        this.changed(true);
      });
  }

  makeInitial() {
    return matrixEditor(this.parts.part("initial"), {
      kind: "probability",
      label: () => t("Initial distribution"),
      rows: () => [t("start in")],
      columns: () => this.draft().states,
      values: () => [this.draft().initial],
      cellLabel: (row, column) => t("Probability of starting in {state}", { state: column }),
      edit: (i, j, value) => {
        this.draft().initial[j] = value;
        this.edited();
      },
      normalise: () => {
        this.draft().initial = normalised(this.draft().initial);
        this.edited(true);
      },
    });
  }

  makeTransition() {
    return matrixEditor(this.parts.part("transition"), {
      ...this.table("transition"),
      label: () => t("Transition matrix of the hidden states"),
      corner: () => t("from \\ to"),
      columns: () => this.draft().states,
      cellLabel: (row, column) => t("Probability of going from {row} to {column}", { row, column }),
      rename: { row: this.renameState() },
    });
  }

  makeEmission() {
    return matrixEditor(this.parts.part("emission"), {
      ...this.table("emission"),
      label: () => t("Emission matrix: what each hidden state shows"),
      corner: () => t("state \\ shows"),
      columns: () => this.draft().symbols,
      cellLabel: (row, column) => t("Probability that {row} shows {column}", { row, column }),
      rename: {
        row: this.renameState(),
        column: {
          label: (place) => t("Name of symbol {place}", { place }),
          change: (j, name) => {
            this.draft().symbols[j] = name.trim() || `symbol ${j + 1}`;
            this.showObservations();
            this.changed();
          },
        },
      },
    });
  }

  /** What the tables with a row a state have in common. @param {"transition" | "emission"} field */
  table(field) {
    return {
      kind: /** @type {"probability"} */ ("probability"),
      rows: () => this.draft().states,
      values: () => this.draft()[field],
      /** @param {number} i @param {number} j @param {number | null} value */
      edit: (i, j, value) => {
        this.draft()[field][i][j] = value;
        this.edited();
      },
      /** @param {number} i */
      normalise: (i) => {
        this.draft()[field][i] = normalised(this.draft()[field][i]);
        this.edited(true);
      },
    };
  }

  renameState() {
    return {
      /** @param {number} place */
      label: (place) => t("Name of state {place}", { place }),
      /** @param {number} i @param {string} name */
      change: (i, name) => {
        this.draft().states[i] = name.trim() || `state ${i + 1}`;
        this.changed();
      },
    };
  }

  /** @param {boolean} [force] */
  edited(force) {
    this.draft().preset = "";
    this.changed(force);
  }

  addState() {
    const { states, symbols, initial, transition, emission } = this.draft();
    states.push(freeName(states, "state"));
    initial.push(0);
    for (const row of transition) row.push(0);
    transition.push(states.map((_, j) => Number(j === states.length - 1)));
    emission.push(symbols.map(() => 1 / symbols.length));
  }

  removeState() {
    const { states, initial, transition, emission } = this.draft();
    for (const list of [states, initial, transition, emission]) list.pop();
    for (const row of transition) row.pop();
  }

  addSymbol() {
    const { symbols, emission } = this.draft();
    symbols.push(freeName(symbols, "symbol"));
    for (const row of emission) row.push(0);
  }

  removeSymbol() {
    const draft = this.draft();
    draft.symbols.pop();
    for (const row of draft.emission) row.pop();
    draft.observations = draft.observations.map((o) => (o >= draft.symbols.length ? -1 : o));
    this.showObservations();
  }

  /**
   * Shows everything; the answer is what is wrong with it, "" where nothing is.
   * @param {boolean} [force]
   */
  update(force) {
    const { states, symbols } = this.draft(),
      { press } = this.parts,
      bad = this.editors.reduce((sum, editor) => sum + editor.update(force), 0),
      unread = this.readObservations();
    press("moreStates").disabled = states.length >= MOST_STATES;
    press("fewerStates").disabled = states.length <= 1;
    press("moreSymbols").disabled = symbols.length >= MOST_SYMBOLS;
    press("fewerSymbols").disabled = symbols.length <= 1;
    if (new Set(states).size < states.length || new Set(symbols).size < symbols.length)
      return t("Two states or two symbols have the same name: give each its own.");
    if (!bad) return unread;
    return nt(
      "One row does not sum to 1: correct it or press “normalise”. Until then every figure belongs to the last good model.",
      "{n} rows do not sum to 1: correct them or press “normalise”. Until then every figure belongs to the last good model.",
      bad,
    );
  }

  /**
   * Symbols are separated by spaces, by commas where a symbol holds a space; "?" or "_" is a
   * missing observation.
   */
  get separator() {
    return this.draft().symbols.some((symbol) => /\s/.test(symbol)) ? ", " : " ";
  }

  showObservations() {
    const { observations, symbols } = this.draft();
    this.parts.input("observations").value = observations
      .map((o) => (o < 0 ? "?" : symbols[o]))
      .join(this.separator);
  }

  /** Takes what is typed into the draft; the answer is what is wrong with it. @returns {string} */
  readObservations() {
    const draft = this.draft(),
      text = this.parts.input("observations").value.trim(),
      commas = text.includes(",") || this.separator === ", ";
    const words = text
      .split(commas ? "," : /\s+/)
      .map((word) => word.trim())
      .filter(Boolean);
    const unknown = words.find((word) => !MISSING.includes(word) && !draft.symbols.includes(word));
    if (unknown !== undefined)
      return t("“{word}” is none of the symbols ({symbols}); ? is a missing observation.", {
        word: clip(unknown, 30),
        symbols: draft.symbols.map((symbol) => clip(symbol, 14)).join(", "),
      });
    if (!words.length || words.length > LONGEST)
      return nt(
        "Type 1 to {most} observations; there is {n}.",
        "Type 1 to {most} observations; there are {n}.",
        words.length,
        { most: LONGEST },
      );
    draft.observations = words.map((word) =>
      MISSING.includes(word) ? -1 : draft.symbols.indexOf(word),
    );
    return "";
  }
}
