// @ts-check
/**
 * Any candidate against any references: BLEU, ROUGE and perplexity, with every number that leads to
 * them.
 */
import { make } from "../../core/dom.js";
import { onLanguage, t } from "../../core/translate.js";
import { area, field, press, rowOf, selectInput, spoken } from "./parts.js";
import { makeAsker, PartLink, recordedNote } from "./running.js";
import { bleuOpened, rougeOpened } from "./scores_overlap.js";
import { perplexityOpened } from "./scores_perplexity.js";

const MOST = 4,
  PAUSE = 200; // milliseconds without a key until the text is measured

/** The fields of the references: one to four of them. */
class References {
  /**
   * @type {{row: HTMLElement, input: HTMLTextAreaElement, away: HTMLButtonElement, title: HTMLElement}[]}
   */
  rows = [];
  element = make("div", "scores-references");

  /** @param {() => void} changed */
  constructor(changed) {
    this.changed = changed;
    this.add = press(
      () => t("Add a reference"),
      () => t("BLEU takes the best of all references for each n-gram"),
      () => {
        this.append("");
        changed();
      },
      "plain",
    );
    onLanguage(() => this.name());
  }

  get texts() {
    return this.rows.map(({ input }) => input.value);
  }

  /** @param {string} text */
  append(text) {
    const input = area(2, 2000),
      label = make("label", "compare-field compare-wide"),
      title = make("span"),
      away = press(
        () => t("Remove"),
        () => t("Without this reference"),
        () => {
          this.rows.splice(this.rows.indexOf(one), 1);
          one.row.remove();
          this.name();
          this.changed();
        },
        "plain",
      );
    label.append(title, input);
    const one = { row: rowOf(label, away), input, away, title };
    input.value = text;
    input.addEventListener("input", this.changed);
    this.rows.push(one);
    this.element.append(one.row);
    this.name();
  }

  /** @param {string[]} texts */
  set(texts) {
    this.rows = [];
    this.element.replaceChildren();
    for (const text of texts.filter((one, i) => one || !i)) this.append(text);
  }

  name() {
    this.rows.forEach(({ input, away, title }, i) => {
      const place = { place: i + 1 };
      title.textContent = t("reference {place}", place);
      input.setAttribute("aria-label", t("reference {place}", place));
      away.setAttribute("aria-label", t("Remove reference {place}", place));
      away.disabled = this.rows.length === 1;
    });
    this.add.disabled = this.rows.length >= MOST;
  }

  /** The four fields of the link. */
  controls() {
    /** @type {string[]} */
    const wanted = [];
    return Object.fromEntries(
      [1, 2, 3, 4].map((n) => [
        "reference" + n,
        {
          get: () => this.rows[n - 1]?.input.value ?? "",
          set: (/** @type {string} */ value) => {
            wanted[n - 1] = value;
            if (n === MOST) this.set(wanted);
          },
        },
      ]),
    );
  }
}

/** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
export const mount = (element, host) => new ScoresView(element, host);

class ScoresView {
  /** @type {any} */
  timer = null;
  /** @type {any} */
  answer = null;
  /** @type {{found: any, old: boolean} | null} */
  perplexity = null;
  against = 0; // the reference that ROUGE is shown for

  /** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
  constructor(element, host) {
    const box = /** @type {HTMLElement} */ (element.querySelector(".compare"));
    this.candidate = area(2, 2000);
    this.model = selectInput(host.props.models);
    this.scored = area(2, 2000);
    this.references = new References(() => this.measure());
    this.bleu = make("section", "scores-part");
    this.rouge = make("section", "scores-part");
    this.outcome = make("div");
    this.asker = makeAsker(
      (wish) => host.server.measure(wish),
      (answer) => {
        this.answer = answer;
        this.showOverlap();
      },
    );
    this.asksPerplexity = makeAsker(
      (wish) => host.server.perplexity_of(wish),
      (found) => this.showPerplexity({ found, old: false }),
    );
    this.candidate.addEventListener("input", () => this.measure());
    const { candidate, model } = this,
      controls = { candidate, ...this.references.controls(), model, text: this.scored },
      link = new PartLink(box, host, controls, ({ answers }) =>
        this.showPerplexity({ found: answers.perplexity_of, old: true }),
      );
    box.append(
      field(
        () => t("candidate"),
        candidate,
        () => t("The text that is judged"),
        "compare-wide",
      ),
      this.references.element,
      rowOf(this.references.add, link.copy),
      ...[link.message, this.asker.trouble, this.bleu, this.rouge, this.perplexityPart()],
    );
    onLanguage(() => this.speak());
    link.open().finally(() => this.measure());
  }

  perplexityPart() {
    const part = make("section", "scores-part"),
      ask = press(
        () => t("Score under the model"),
        () => t("Each token’s probability given all before it"),
        () => {
          ask.disabled = true;
          this.asksPerplexity
            .go({ model: this.model.value, text: this.scored.value })
            .finally(() => (ask.disabled = false));
        },
        "main",
      );
    part.append(
      spoken("h2", "", () => t("Perplexity")),
      rowOf(
        field(() => t("model"), this.model),
        field(() => t("text"), this.scored, null, "compare-wide"),
        ask,
      ),
      this.asksPerplexity.trouble,
      this.outcome,
    );
    return part;
  }

  measure() {
    clearTimeout(this.timer);
    this.timer = setTimeout(
      () => this.asker.go({ candidate: this.candidate.value, references: this.references.texts }),
      PAUSE,
    );
  }

  showOverlap() {
    const { answer } = this;
    if (!answer) return;
    this.against = Math.min(this.against, answer.rouge.length - 1);
    this.bleu.replaceChildren(...bleuOpened(answer));
    this.rouge.replaceChildren(
      ...rougeOpened(answer, this.against, (place) => {
        this.against = place;
        this.showOverlap();
      }),
    );
  }

  /** @param {{found: any, old: boolean}} perplexity old: recorded earlier */
  showPerplexity(perplexity) {
    this.perplexity = perplexity;
    const { found, old } = perplexity,
      begun = old ? [make("p", "say", recordedNote())] : [];
    this.outcome.replaceChildren(...begun, ...perplexityOpened(found));
  }

  speak() {
    this.showOverlap();
    if (this.perplexity) this.showPerplexity(this.perplexity);
  }
}
