// @ts-check
/**
 * Every combination of the values of one or two rules, each with several seeds: a row each, as it
 * comes.
 */
import { make } from "../../core/dom.js";
import { mark, say, t } from "../../core/translate.js";
import {
  area,
  field,
  seedInput,
  lineInput,
  measureCells,
  measured,
  measureHeads,
  note,
  numberIn,
  numberInput,
  press,
  rowOf,
  saveCsv,
  selectInput,
  tableOf,
} from "./parts.js";
import { makePlane } from "./plane.js";
import { makePart } from "./running.js";

/** @type {Record<string, string>} */
const NAMES = {
  temperature: mark("temperature"),
  top_k: mark("top-k"),
  top_p: mark("top-p"),
  min_p: mark("min-p"),
  typical_p: mark("typical"),
  repetition_penalty: mark("repetition penalty"),
  no_repeat_ngram_size: mark("no-repeat n-gram"),
};

/** @returns {[string, () => string][]} */
const names = () => Object.entries(NAMES).map(([rule, name]) => [rule, () => say(name)]);

/**
 * The values that somebody typed: numbers where they are some, else as they stand there.
 * @param {HTMLInputElement} input
 */
const list = (input) =>
  input.value
    .split(",")
    .map((v) => v.trim())
    .filter(Boolean)
    .map((v) => (Number.isFinite(Number(v)) ? Number(v) : v));

/** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
export const mount = (element, host) => new SweepView(element, host);

class SweepView {
  /** @type {any} */
  state = null;

  /** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
  constructor(element, host) {
    this.model = selectInput(host.props.models);
    this.prompt = area(2);
    this.tokens = numberInput(1, 1, 200, 1);
    this.seeds = numberInput(1, 1, 10, 1);
    this.seed = seedInput();
    this.first = selectInput(names());
    this.second = selectInput([["", () => t("none")], ...names()]);
    this.firstValues = lineInput(200);
    this.secondValues = lineInput(200);
    this.out = make("section");
    this.plane = makePlane(host.props.library);
    this.plane.side.hidden = true;
    makePart(element, host, {
      label: () => t("Sweep"),
      request: () => this.request(),
      onFrame: (record) => this.take(record),
      controls: this.controls(),
      results: [this.plane.side, this.out],
      fields: this.fields(),
      draw: () => this.draw(),
    });
  }

  controls() {
    const { model, prompt, tokens, seeds, seed } = this;
    return {
      ...{ model, prompt, tokens, seeds, seed },
      vary: this.first,
      over: this.firstValues,
      and: this.second,
      and_over: this.secondValues,
    };
  }

  fields() {
    const byCommas = () => t("Values, separated by commas");
    return [
      rowOf(
        field(() => t("model"), this.model),
        field(() => t("tokens"), this.tokens),
        field(
          () => t("seeds"),
          this.seeds,
          () => t("Texts a point"),
        ),
        field(() => t("first seed"), this.seed),
      ),
      field(() => t("prompt"), this.prompt, null, "compare-wide"),
      rowOf(
        field(() => t("vary"), this.first),
        field(() => t("over the values"), this.firstValues, byCommas),
        field(() => t("and"), this.second),
        field(() => t("over its values"), this.secondValues, byCommas),
      ),
    ];
  }

  request() {
    const { first, second } = this,
      both = second.value && second.value !== first.value;
    return {
      model: this.model.value,
      prompt: this.prompt.value,
      tokens: numberIn(this.tokens),
      seeds: numberIn(this.seeds),
      seed: numberIn(this.seed),
      grid: {
        [first.value]: list(this.firstValues),
        ...(both ? { [second.value]: list(this.secondValues) } : {}),
      },
    };
  }

  /** @param {any} record */
  take(record) {
    if (record.begin) {
      this.state = { ...record.begin, rows: [] };
      this.out.replaceChildren();
      this.plane.side.hidden = true;
    }
    if (!record.row) return;
    this.state.rows.push(record.row);
    this.draw();
  }

  draw() {
    const { state } = this;
    if (!state?.rows.length) return;
    this.plane.side.hidden = false;
    this.plane.show({
      table: state.rows.map((/** @type {any} */ row) => ({ ...row, name: this.nameOf(row) })),
      scorer: state.model,
      model: state.model,
      runs: state.seeds,
    });
    const measures = ["distinct-1", "distinct-2", "distinct-3", "self-BLEU"],
      heads = [...state.rules.map((/** @type {string} */ rule) => say(NAMES[rule])), t("texts")];
    this.out.replaceChildren(
      tableOf(
        [...heads, ...measures, t("perplexity"), t("repetition rate"), t("loops")],
        state.rows.map((/** @type {any} */ r) => [
          ...state.rules.map((/** @type {string} */ rule) => r.values[rule]),
          r.texts,
          measured(r.distinct1),
          measured(r.distinct2),
          measured(r.distinct3),
          measured(r.self_bleu, 1),
          measured(r.perplexity, 2),
          measured(r.repetition),
          t("{found} of {all}", { found: r.loops[0], all: r.loops[1] }),
        ]),
      ),
      note(
        t(
          "{done} of {points} points. In brackets: 95%, jackknife over the seeds. Seed {seed} and the {more} after it; every point has the same ones.",
          {
            done: state.rows.length,
            points: state.points,
            seed: String(state.seed),
            more: state.seeds - 1,
          },
        ),
      ),
      rowOf(this.saver),
    );
  }

  /** "temperature 0.5, top-p 0.8". @param {any} row */
  nameOf(row) {
    return this.state.rules
      .map((/** @type {string} */ rule) => `${say(NAMES[rule])} ${row.values[rule]}`)
      .join(", ");
  }

  saver = press(
    () => t("Save table (CSV)"),
    () => t("What is there so far"),
    () => this.save(),
    "plain",
  );

  save() {
    const { state } = this,
      ends = ["loops", "loops_of", "loops_low", "loops_high"];
    saveCsv("sweep.csv", [
      [
        ...["model", "prompt", "seed", "seeds", ...state.rules, "texts", "mean_tokens"],
        ...measureHeads(),
        ...ends,
      ],
      ...state.rows.map((/** @type {any} */ r) => [
        ...[state.model, state.prompt, state.seed, state.seeds],
        ...state.rules.map((/** @type {string} */ rule) => r.values[rule]),
        ...[r.texts, r.tokens, ...measureCells(r), ...r.loops],
      ]),
    ]);
  }
}
