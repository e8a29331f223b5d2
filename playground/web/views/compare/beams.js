// @ts-check
/**
 * Beam search round by round: every continuation that was weighed, in the order of its score; what
 * goes on, what is cut. Beside it the choice among samples.
 */
import { make } from "../../core/dom.js";
import { fixed } from "../../core/format.js";
import { makeTransport } from "../../core/transport.js";
import { mark, nt, say, t } from "../../core/translate.js";
import { beamTree } from "./beam_tree.js";
import {
  area,
  field,
  seedInput,
  note,
  numberIn,
  numberInput,
  rowOf,
  selectInput,
  spoken,
} from "./parts.js";
import { makePart } from "./running.js";

/** @type {Record<string, string>} */
const ENDS = {
  finished: mark("Ended because no open beam could beat the finished ones any more."),
  max_new_tokens: mark("Ended because the length was reached."),
  context: mark("Ended because the model takes no longer text."),
  stopped: mark("Ended because it was stopped."),
};
/** @type {Record<string, string>} */
const UTILITIES = { bleu: "BLEU", rougeL: "ROUGE-L", rouge1: "ROUGE-1", rouge2: "ROUGE-2" };

/** @param {string} text @param {string} figures @param {boolean} on @param {string} marked */
function entry(text, figures, on, marked) {
  const item = make("li", on ? "on" : "");
  item.append(
    make("p", "compare-text", text),
    make("p", "num", marked ? `${marked} · ${figures}` : figures),
  );
  return item;
}

/** The texts that the search found. @param {any} record @param {any} state @returns {Node[]} */
function textsFound({ results, finish }, state) {
  const list = make("ol", "beam-list");
  list.append(
    ...results.map((/** @type {any} */ one, /** @type {number} */ i) => {
      const figures = t("score {score} = ln P {logarithm} / {length}^{penalty}", {
        score: fixed(one.score),
        logarithm: fixed(one.log_probability),
        length: one.length,
        penalty: state.length_penalty,
      });
      return entry(one.text, figures, i === 0, i === 0 ? t("best") : "");
    }),
  );
  const title = nt(
    "Beam search: {n} text, best first",
    "Beam search: {n} texts, best first",
    results.length,
  );
  const like = t("Token for token what transformers’ generate(num_beams={beams}) returns.", {
    beams: state.beams,
  });
  return [make("h2", "", title), list, note(`${say(ENDS[finish] ?? "")} ${like}`.trim())];
}

/**
 * The samples, those that the others agree with most first.
 * @param {any} record
 * @returns {Node[]}
 */
function samplesChosen({ samples, utility, chosen }) {
  const list = make("ol", "beam-list"),
    name = UTILITIES[utility] ?? utility,
    digits = utility === "bleu" ? 2 : 4,
    order = samples
      .map((/** @type {any} */ _, /** @type {number} */ i) => i)
      .sort(
        (/** @type {number} */ a, /** @type {number} */ b) =>
          samples[b].utility - samples[a].utility || a - b,
      );
  for (const i of order) {
    const one = samples[i],
      figures = nt(
        "mean {name} {value} · ln P {logarithm} · {n} token",
        "mean {name} {value} · ln P {logarithm} · {n} tokens",
        one.length,
        { name, value: fixed(one.utility, digits), logarithm: fixed(one.log_probability) },
      );
    list.append(entry(one.text, figures, i === chosen, i === chosen ? t("chosen") : ""));
  }
  return [
    make(
      "h2",
      "",
      t("Minimum Bayes risk: the sample that the other {others} agree with most", {
        others: samples.length - 1,
      }),
    ),
    list,
    note(
      t(
        "Each sample’s mean {name} with every other sample as the reference; the highest is chosen. ln P is the model’s own, without the rules of sampling: the choice need not be the likeliest text.",
        { name },
      ),
    ),
  ];
}

/** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
export const mount = (element, host) => new BeamsView(element, host);

class BeamsView {
  /** @type {any} */
  state = null;

  /** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
  constructor(element, host) {
    this.inputs = this.makeInputs(host.props.models);
    this.tree = beamTree();
    this.time = make("div");
    this.found = make("section");
    this.picked = make("section");
    this.legend = spoken("p", "compare-note", () =>
      t(
        "Each column is a round, best score on top: filled goes on, dashed is cut, green ringed is finished (its text ended, or reached the length), solid blue is returned. Blue lines lead to what is alive in the round on view. Score: sum of ln P, divided by length^penalty where texts of different lengths meet.",
      ),
    );
    this.time.hidden = this.legend.hidden = true;
    this.transport = makeTransport({
      host: this.time,
      keys: element,
      unit: () => t("Round"),
      onStep: (k) => this.draw(k),
      label: (k) => this.labels(k),
    });
    const pair = make("div", "compare-pair");
    pair.append(this.found, this.picked);
    makePart(element, host, {
      label: () => t("Search"),
      request: () => this.request(),
      onFrame: (record) => this.take(record),
      controls: this.inputs,
      results: [this.tree.stage, this.time, this.legend, pair],
      fields: this.fields(),
      draw: () => this.speak(),
    });
  }

  /** @param {any} models */
  makeInputs(models) {
    return {
      model: selectInput(models),
      prompt: area(2),
      beams: numberInput(1, 1, 8, 1),
      tokens: numberInput(1, 1, 60, 1),
      length_penalty: numberInput(1, -5, 5, 0.1),
      samples: numberInput(0, 0, 16, 1),
      temperature: numberInput(1, 0, 5, 0.1),
      top_p: numberInput(1, 0, 1, 0.05),
      utility: selectInput(Object.entries(UTILITIES)),
      seed: seedInput(),
    };
  }

  fields() {
    const { inputs } = this;
    return [
      rowOf(
        field(() => t("model"), inputs.model),
        field(() => t("beams"), inputs.beams),
        field(() => t("tokens"), inputs.tokens),
        field(
          () => t("length penalty"),
          inputs.length_penalty,
          () =>
            t(
              "Above 0 favours longer texts, below 0 shorter ones; it acts when texts of different lengths are compared",
            ),
        ),
      ),
      field(() => t("prompt"), inputs.prompt, null, "compare-wide"),
      rowOf(
        field(
          () => t("samples for the Bayes choice"),
          inputs.samples,
          () => t("0: no sampling"),
        ),
        field(() => t("temperature"), inputs.temperature),
        field(() => t("top-p"), inputs.top_p),
        field(() => t("utility"), inputs.utility),
        field(() => t("seed"), inputs.seed),
      ),
    ];
  }

  request() {
    const { model, prompt, utility, ...numbers } = this.inputs;
    return {
      model: model.value,
      prompt: prompt.value,
      utility: utility.value,
      ...Object.fromEntries(
        Object.entries(numbers).map(([name, input]) => [name, numberIn(input)]),
      ),
    };
  }

  /** @param {any} record */
  take(record) {
    if (record.begin) {
      this.state = { ...record.begin, rounds: [], nodes: new Map(), fates: {}, results: null };
      this.sampled = this.searched = null;
      this.found.replaceChildren();
      this.picked.replaceChildren();
      this.tree.stage.hidden = this.time.hidden = this.legend.hidden = false;
    }
    const { state } = this;
    if (record.nodes) {
      const round = record.nodes.map((/** @type {any} */ one, /** @type {number} */ row) => ({
        ...one,
        row,
      }));
      for (const one of round) state.nodes.set(one.id, one);
      state.rounds.push(round);
      this.load();
    }
    if (record.results) {
      state.fates = record.fates;
      state.results = record.results;
      this.searched = record;
      this.load();
    }
    if (record.samples) this.sampled = record;
    if (record.results || record.samples) this.showTexts();
  }

  showTexts() {
    if (this.searched) this.found.replaceChildren(...textsFound(this.searched, this.state));
    if (this.sampled) this.picked.replaceChildren(...samplesChosen(this.sampled));
  }

  speak() {
    this.showTexts();
    if (this.state?.rounds.length) this.draw(this.transport.step);
  }

  /** @param {number} k @returns {[string, string]} */
  labels(k) {
    const rounds = this.state?.rounds ?? [],
      best = rounds[k]?.[0];
    return [
      t("round {round} / {rounds}", { round: k + 1, rounds: rounds.length }),
      best ? t("best {score}", { score: fixed(best.score) }) : "",
    ];
  }

  load() {
    const { state } = this,
      best = state.rounds.map((/** @type {any} */ round) => round[0].score),
      low = Math.min(...best),
      values = best.map((/** @type {number} */ b) => b - low),
      last = state.rounds.length - 1;
    this.transport.load({
      length: state.rounds.length,
      curves: [{ values, colour: "var(--chosen)", name: t("best score") }],
      at: last,
      live: !state.results,
    });
    this.draw(last);
  }

  /** @param {number} k */
  draw(k) {
    const { state, transport } = this;
    if (!state?.rounds.length) return;
    this.tree.draw(state, k, !transport.playing || transport.step >= state.rounds.length - 2);
  }
}
