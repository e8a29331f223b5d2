// @ts-check
/**
 * The looping text, one line a lap, each in brackets: the last word of a line is the one that was
 * drawn. An escape breaks the bracket and the text goes on in another colour.
 */
import { asIs, calm, make } from "../../core/dom.js";
import { t } from "../../core/translate.js";

const LINES = 4;

/** One lap as it is written. */
class Line {
  /** @param {HTMLElement} host */
  constructor(host) {
    this.element = make("div", "lap");
    this.words = asIs(make("span", "lap-words"));
    this.element.append(this.words);
    host.append(this.element);
  }

  /** @param {string} text @param {string} classes */
  put(text, classes) {
    const first = !this.words.hasChildNodes();
    if (/^\s/.test(text) && !first) this.words.append(" ");
    const word = make("span", classes, text.trim());
    this.words.append(word);
    return word;
  }
}

export class Laps {
  /** @type {Line[]} the oldest first */
  lines = [];
  /** @type {Line | null} */
  line = null;

  /**
   * @param {HTMLElement} host @param {(index: number) => void} pick a word of the lap was pressed
   */
  constructor(host, pick) {
    this.host = host;
    this.pick = pick;
  }

  clear() {
    this.lines = [];
    this.line = null;
    this.host.replaceChildren();
  }

  begin() {
    const line = (this.line = new Line(this.host));
    this.lines.push(line);
    while (this.lines.length > LINES) this.lines.shift()?.element.remove();
    this.lines.forEach(({ element }, i) => {
      element.dataset.age = String(this.lines.length - 1 - i); // for the style alone
    });
    void line.element.offsetWidth; // the bracket grows from nothing
    line.element.classList.add("open");
  }

  /**
   * A word of the lap.
   * @param {string} text
   * @param {number} index in the lap
   * @param {boolean} drawn
   */
  put(text, index, drawn) {
    const word = this.line?.put(text, drawn ? "lap-drawn" : "lap-word");
    if (!word || drawn) return;
    word.title = t("Draw at this word");
    word.addEventListener("click", () => this.pick(index));
  }

  close() {
    this.line?.element.classList.add("shut");
  }

  /** The bracket breaks. @param {string} text of the way out */
  snap(text) {
    const { line } = this;
    if (!line) return;
    const right = line.words.offsetWidth;
    line.element.style.setProperty("--broken-at", `${right + 18}px`);
    line.element.classList.remove("open");
    line.element.classList.add("free");
    if (calm()) line.element.classList.add("calm");
    line.put(text, "lap-out lap-first");
  }

  /** What is written after the way out. @param {string} text */
  goOn(text) {
    this.line?.words.append(make("span", "lap-out", text));
  }
}
