// @ts-check
/**
 * Columns of the same prompt under different rules: settings above, texts below, aligned where they
 * first differ; then the plane and the table.
 */
import { fillSelect, make } from "../../core/dom.js";
import { nt, onLanguage, t } from "../../core/translate.js";
import {
  area,
  arrange,
  field,
  seedInput,
  numberIn,
  numberInput,
  press,
  rowOf,
  selectInput,
  SERIES,
  spoken,
} from "./parts.js";
import { makePlane } from "./plane.js";
import { PartLink, Runner } from "./running.js";
import { Column } from "./strategies_column.js";
import { tableWithFiles } from "./strategies_table.js";

const MOST = 6;

/** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
export const mount = (element, host) => new StrategiesView(element, host);

class StrategiesView {
  /** @type {Column[]} */
  cards = [];
  /** @type {Column[]} */
  running = []; // the columns of the run on view
  /** @type {any} */
  last = null; // the comparison on view

  /** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
  constructor(element, host) {
    const box = /** @type {HTMLElement} */ (element.querySelector(".compare"));
    this.rules = host.props.rules;
    this.inputs = this.makeInputs(host.props.models);
    this.columns = make("div", "strategy-columns");
    this.common = make("p", "compare-text");
    this.split = make("p", "compare-note");
    this.tables = make("section");
    this.figures = make("div");
    this.plane = makePlane(host.props.library);
    this.before = spoken("p", "say", () => t("The figures below are those of the run before."));
    this.before.hidden = true;
    this.which = selectInput([]);
    this.pick = field(
      () => t("show"),
      this.which,
      () => t("Which of the runs stands in the columns"),
    );
    this.pick.hidden = true;
    this.which.addEventListener("change", () => this.showRun());
    this.add = press(
      () => t("Add a column"),
      () => t("Another strategy beside these"),
      () => this.addColumn("top-k"),
      "plain",
    );
    this.runner = new Runner(box, host, {
      label: () => t("Write them all"),
      request: () => this.request(),
      onFrame: (record) => this.take(record),
    });
    const columns = {
      get: () => this.cards.map((card) => card.rules.request()),
      set: (/** @type {any[]} */ wanted) => this.setColumns(wanted),
    };
    this.link = new PartLink(box, host, { ...this.inputs, columns }, (recorded) =>
      this.runner.replay(recorded),
    );
    this.figures.append(this.plane.side, this.tables);
    this.arrange(box);
    onLanguage(() => this.speak());
    this.link.open();
  }

  /** @param {any} models */
  makeInputs(models) {
    return {
      model: selectInput(models),
      scorer: selectInput([["", () => t("the same model")], ...models]),
      prompt: area(2),
      tokens: numberInput(1, 1, 200, 1),
      runs: numberInput(1, 1, 10, 1),
      seed: seedInput(),
    };
  }

  /** @param {HTMLElement} box */
  arrange(box) {
    const { runner, link } = this,
      row = rowOf(runner.go, runner.stop, this.add, link.copy, this.pick);
    const results = [this.common, this.split, this.columns, this.before, this.figures];
    arrange(box, [row, ...runner.news, link.message], results, this.fields());
  }

  fields() {
    const { inputs } = this;
    return [
      rowOf(
        field(() => t("model"), inputs.model),
        field(
          () => t("perplexity under"),
          inputs.scorer,
          () => t("Which model judges coherence"),
        ),
        field(() => t("tokens"), inputs.tokens),
        field(
          () => t("runs"),
          inputs.runs,
          () => t("Texts a column; run r takes seed + r"),
        ),
        field(
          () => t("seed"),
          inputs.seed,
          () => t("The same seed gives the same table"),
        ),
      ),
      field(
        () => t("prompt"),
        inputs.prompt,
        () => t("Every column goes on from here"),
        "compare-wide",
      ),
    ];
  }

  /** @param {string} start a preset */
  addColumn(start) {
    const card = new Column(this.rules, start, () => {
      this.cards.splice(this.cards.indexOf(card), 1);
      card.element.remove();
      this.renumber();
    });
    this.cards.push(card);
    this.columns.append(card.element);
    this.renumber();
    return card;
  }

  renumber() {
    this.cards.forEach((card, i) => card.place(i + 1, this.cards.length === 1));
    this.add.disabled = this.cards.length >= MOST;
  }

  /** @param {any[]} wanted */
  setColumns(wanted) {
    for (const card of this.cards.splice(0)) card.element.remove();
    for (const one of wanted) this.addColumn("sampling").rules.set(one);
  }

  request() {
    const { model, scorer, prompt, tokens, runs, seed } = this.inputs;
    return {
      model: model.value,
      scorer: scorer.value,
      prompt: prompt.value,
      tokens: numberIn(tokens),
      runs: numberIn(runs),
      seed: numberIn(seed),
      columns: this.cards.map((card) => card.rules.request()),
    };
  }

  /** @param {any} record */
  take(record) {
    if (record.columns) this.begin(record.columns);
    record.texts_now?.forEach((/** @type {string} */ text, /** @type {number} */ i) => {
      this.running[i].text.textContent = text;
    });
    if (!record.table) return;
    this.last = record;
    this.current = record;
    this.show();
  }

  /** @param {any[]} columns */
  begin(columns) {
    this.running = [...this.cards];
    this.current = null;
    for (const card of this.cards) card.clear();
    this.common.textContent = this.split.textContent = "";
    this.pick.hidden = true;
    this.before.hidden = !this.last;
    this.figures.classList.toggle("compare-old", Boolean(this.last));
    columns.forEach((column, i) => this.running[i].name(`${i + 1} ${column.name}`, SERIES[i]));
  }

  show() {
    const { last } = this;
    this.before.hidden = true;
    this.figures.classList.remove("compare-old");
    this.nameRuns();
    this.which.value = "0";
    this.pick.hidden = last.runs < 2;
    this.showRun();
    this.plane.show(last);
    this.tables.replaceChildren(...tableWithFiles(last));
  }

  nameRuns() {
    fillSelect(
      this.which,
      Array.from({ length: this.last.runs }, (_, r) => [r, t("run {run}", { run: r + 1 })]),
    );
  }

  /** The run that is chosen, its texts cut where they first differ. */
  showRun() {
    const { last } = this,
      r = Number(this.which.value),
      { common: shared, tokens: count, rests } = last.aligned[r],
      joined = !/^[\s.,;:!?'’]/.test(shared) && !/\s$/.test(last.prompt);
    this.common.replaceChildren(
      make("span", "compare-prompt", last.prompt),
      make("span", "compare-common", shared && joined ? " " + shared : shared),
    );
    this.split.textContent = this.splitWords(rests.length, count);
    rests.forEach((/** @type {string} */ rest, /** @type {number} */ i) => {
      const { periods } = last.table[i];
      this.running[i].show(rest, rests.length > 1, periods[Math.min(r, periods.length - 1)]);
    });
  }

  /** @param {number} columns @param {number} count tokens that all of them have in common */
  splitWords(columns, count) {
    if (columns < 2) return "";
    return count
      ? nt(
          "(the same {n} token in all columns; below, what follows)",
          "(the same {n} tokens in all columns; below, what follows)",
          count,
        )
      : t("(the columns differ from the first token on)");
  }

  speak() {
    this.renumber();
    if (!this.last) return;
    const chosen = this.which.value;
    this.nameRuns();
    this.which.value = chosen;
    if (this.current) this.showRun();
    this.tables.replaceChildren(...tableWithFiles(this.last));
  }
}
