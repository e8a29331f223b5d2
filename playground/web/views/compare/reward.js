// @ts-check
/** A network that learns from a reward: its curves while it trains, its texts before and after, the credit of each step. */
import { make } from "../../core/dom.js";
import { fixed } from "../../core/format.js";
import { onLanguage, t } from "../../core/translate.js";
import {
  area,
  arrange,
  field,
  LARGEST_SEED,
  lineInput,
  numberIn,
  numberInput,
  rowOf,
  selectInput,
} from "./parts.js";
import {
  creditOf,
  curvesOf,
  hacked,
  notes,
  tableOfBoth,
  textsOf,
  verdict,
} from "./reward_parts.js";
import { PartLink, Runner } from "./running.js";

/** @typedef {import("./reward_parts.js").Told} Told */

/** What each reward pays for, in a sentence. */
const PAYS = /** @type {Record<string, () => string>} */ ({
  words: () =>
    t("Pays a third for each different word of the list that a text holds, up to three."),
  happy: () =>
    t("Pays half for each happy word among the last twelve (married, feast, glad …), up to two."),
  short: () => t("Pays the share of words with at most three letters."),
  rhyme: () =>
    t("Pays the share of clauses whose last word rhymes with another clause’s, by spelling."),
  length: () => t("Pays 1 for a text of so many words, less for each word too many or too few."),
  expression: () =>
    t("Numbers, + − * and parentheses over words, happy, short, rhyme and length, each in [0, 1]."),
});

/** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
export const mount = (element, host) => new RewardView(element, host);

class RewardView {
  /** @type {Told} */
  told = { before: null, updates: [], after: null, credit: null, seconds: null };
  asked = /** @type {any} */ (null); // what the run on view was asked for
  reward = selectInput([
    ["words", () => t("words wanted")],
    ["happy", () => t("a happy end")],
    ["short", () => t("short words")],
    ["rhyme", () => t("rhyme")],
    ["length", () => t("a given length")],
    ["expression", () => t("an expression over these")],
  ]);
  words = area(2, 600);
  length = numberInput(16, 1, 24, 1);
  expression = lineInput(200);
  beta = numberInput(0.25, 0, 2, 0.05);
  updates = numberInput(40, 1, 200, 1);
  seed = numberInput(0, 0, LARGEST_SEED, 1);
  out = make("section");

  /** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
  constructor(element, host) {
    const box = /** @type {HTMLElement} */ (element.querySelector(".compare"));
    const { reward, words, length, expression, beta, updates, seed } = this,
      runner = new Runner(box, host, {
        label: () => t("Train"),
        request: () => this.request(),
        onFrame: (record) => this.take(record),
      }),
      controls = { reward, words, length, expression, beta: this.price(), updates, seed },
      link = new PartLink(box, host, controls, (recorded) => runner.replay(recorded));
    runner.row.append(link.copy);
    beta.type = "range";
    arrange(box, [runner.row, ...runner.news, link.message], [this.out], this.fields());
    reward.addEventListener("input", () => this.offer());
    beta.addEventListener("input", () => this.offer());
    onLanguage(() => {
      this.offer();
      this.show();
    });
    this.offer();
    link.open().then(() => this.offer());
  }

  /** The slider as a control of the part's link: its number, not its text. */
  price() {
    return {
      get: () => numberIn(this.beta),
      set: (/** @type {any} */ value) => (this.beta.value = String(value)),
    };
  }

  fields() {
    this.amount = make("span", "num");
    this.trade = make("p", "compare-note");
    this.pays = make("p", "compare-note");
    this.list = field(() => t("words"), this.words, null, "compare-wide");
    this.count = field(() => t("words in a text"), this.length);
    this.formula = field(() => t("expression"), this.expression, null, "compare-wide");
    const cost = field(() => t("β, the price of drifting"), this.beta, null, "reward-price");
    cost.append(this.amount);
    return [
      rowOf(
        field(() => t("reward"), this.reward),
        this.count,
        cost,
        field(
          () => t("updates"),
          this.updates,
          () => t("32 texts are written and learnt from in each; about two seconds on a free core"),
        ),
        field(() => t("seed"), this.seed),
      ),
      this.pays,
      this.list,
      this.formula,
      this.trade,
    ];
  }

  request() {
    return {
      reward: this.reward.value,
      words: this.words.value,
      length: numberIn(this.length),
      expression: this.expression.value,
      beta: numberIn(this.beta),
      updates: numberIn(this.updates),
      seed: numberIn(this.seed),
    };
  }

  /** The fields that the chosen reward reads, and what the price trades. */
  offer() {
    const kind = this.reward.value,
      beta = Number(this.beta.value),
      all = kind === "expression";
    const { list, count, formula, amount, pays, trade } = /** @type {any} */ (this);
    list.hidden = kind !== "words" && !all;
    count.hidden = kind !== "length" && !all;
    formula.hidden = !all;
    amount.textContent = fixed(beta, 2);
    pays.textContent = PAYS[kind]?.() ?? "";
    trade.textContent = hacked(beta);
  }

  /** @param {any} record */
  take(record) {
    if (record.before)
      this.told = {
        before: record.before,
        updates: [],
        after: null,
        credit: null,
        seconds: null,
      };
    if (record.update) this.told.updates.push(record.update);
    if (record.after) this.told.after = record.after;
    if (record.credit) Object.assign(this.told, { credit: record.credit, seconds: record.seconds });
    if (record.before || record.update || record.after || record.credit) this.show();
  }

  show() {
    const { told, out } = this;
    if (!told.before) return;
    out.replaceChildren(
      ...verdict(told),
      ...curvesOf(told),
      tableOfBoth(told),
      ...textsOf(told),
      ...creditOf(told),
      ...notes(),
    );
  }
}
