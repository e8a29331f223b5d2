// @ts-check
/**
 * A network that learns from a reward: its curves while it trains, its texts before and after, the
 * credit of each step.
 */
import { make } from "../../core/dom.js";
import { blobOf, saveFile } from "../../core/download.js";
import { fixed } from "../../core/format.js";
import { announce } from "../../core/messages.js";
import { onLanguage, say, t } from "../../core/translate.js";
import {
  area,
  field,
  seedInput,
  lineInput,
  numberIn,
  note,
  numberInput,
  press,
  rowOf,
  selectInput,
} from "./parts.js";
import { curvesOf } from "./reward_curves.js";
import {
  creditOf,
  hacked,
  nothingSeen,
  notes,
  tableOfBoth,
  takeRecord,
  textsOf,
  verdict,
} from "./reward_parts.js";
import { makePrice, measuredNote } from "./reward_price.js";
import { makeToy } from "./reward_toy.js";
import { PartLink, Runner } from "./running.js";

/** @typedef {import("./reward_parts.js").Seen} Seen */

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
  /** @type {Seen} */
  seen = nothingSeen();
  live = false; // what is on view was trained here, not recorded
  total = 0; // updates that were asked for
  more = false; // all texts are on view
  /** @type {{name: string, blob: Blob} | null} */
  file = null; // what was learnt; nobody else has it
  fileProblem = /** @type {any} */ (null);
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
  seed = seedInput();
  out = make("section");

  /** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
  constructor(element, host) {
    const box = /** @type {HTMLElement} */ (element.querySelector(".compare"));
    const { reward, words, length, expression, beta, updates, seed } = this,
      price = makePrice(),
      runner = new Runner(box, host, {
        label: () => t("Train"),
        request: () => this.begin(),
        onFrame: (record) => this.take(record),
        onEnd: (run) => this.fetchFile(run),
        meanwhile: () => this.lendRecording(runner),
      }),
      controls = { reward, words, length, expression, beta: this.price(), updates, seed },
      link = new PartLink(box, host, controls, (recorded) => {
        price.show(recorded);
        this.total = recorded.request.updates;
        runner.replay(recorded);
        this.live = false;
        this.show();
      });
    this.server = host.server;
    this.measured = host.props.measured;
    runner.row.append(link.copy);
    beta.type = "range";
    box.append(...this.fields(runner.row), ...runner.news, link.message, this.out);
    box.append(price.element, makeToy(host));
    reward.addEventListener("input", () => this.offer());
    beta.addEventListener("input", () => this.offer());
    onLanguage(() => {
      this.offer();
      this.show();
    });
    this.offer();
    link.open().then(() => this.offer());
  }

  /** For who waits for a place and came by a link with other settings. @param {Runner} runner */
  async lendRecording(runner) {
    const { recorded } = (await this.server.opened({ query: "" }).catch(() => null)) ?? {};
    if (!recorded?.frames || !runner.waits) return;
    this.total = recorded.request.updates;
    runner.lend(recorded);
    this.live = false;
    this.show();
    this.total = numberIn(this.updates) ?? 0; // of the run that is to come
  }

  /** The slider as a control of the part's link: its number, not its text. */
  price() {
    return {
      get: () => numberIn(this.beta),
      set: (/** @type {any} */ value) => (this.beta.value = String(value)),
    };
  }

  /** The fields and, in their first row, the buttons. @param {HTMLElement} buttons */
  fields(buttons) {
    this.amount = make("span", "num");
    this.trade = make("p", "compare-note reward-note");
    this.pays = make("p", "compare-note reward-note");
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
        buttons,
      ),
      this.pays,
      this.trade,
      this.list,
      this.formula,
    ];
  }

  /** What is asked for when Train is pressed. */
  begin() {
    this.total = numberIn(this.updates) ?? 0;
    return this.request();
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
    if (record.before) {
      this.live = true;
      this.file = this.fileProblem = null;
    }
    this.seen = takeRecord(this.seen, record);
    const { before, update, after, credit, texts_now: texts } = record;
    if (before || update || after || credit || texts) this.show();
  }

  /**
   * What the training learnt comes to this page, and is nowhere else from then on.
   * @param {string} run
   */
  async fetchFile(run) {
    if (!this.live || !this.seen.updates.length) return;
    const { seen } = this,
      name = `fairy-diffusion-${this.reward.value}.safetensors`;
    let answer;
    do {
      answer = await this.server.weights({ run }).catch(() => null);
      if (this.seen.before !== seen.before) return; // another training has begun meanwhile
    } while (answer?.going); // a busy machine takes its time for the update in which it was stopped
    this.fileProblem = answer ? (answer.problem ?? null) : null;
    if (answer?.file)
      this.file = { name, blob: blobOf("data:application/octet-stream;base64," + answer.file) };
    this.show();
  }

  save() {
    if (!this.file) return;
    saveFile(this.file.name, this.file.blob);
    announce(t("Saved {name}.", { name: this.file.name }));
  }

  /** The button that saves what was learnt, and how it is put to use. */
  fileOf() {
    const { file, fileProblem } = this;
    if (!file) return fileProblem ? [note(say(fileProblem))] : [];
    const megabytes = fixed(file.blob.size / 1e6, 1);
    return [
      rowOf(
        press(
          () => t("Save what it learnt ({megabytes} MB, safetensors)", { megabytes }),
          () => t("The last block and the head of fairy-diffusion as they are now"),
          () => this.save(),
        ),
      ),
      note(
        t(
          "It is in this page alone and gone with it. In Python: network.load_state_dict(load_file(name), strict=False).",
        ),
      ),
    ];
  }

  show() {
    const { seen, out } = this;
    if (!seen.before) return;
    out.replaceChildren(
      ...verdict(seen),
      ...measuredNote(this.live ? null : this.measured),
      ...this.fileOf(),
      ...curvesOf([seen], this.total),
      tableOfBoth(seen),
      ...textsOf(seen, this.more, (open) => (this.more = open)),
      ...creditOf(seen),
      ...notes(),
    );
  }
}
