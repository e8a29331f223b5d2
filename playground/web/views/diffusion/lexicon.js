// @ts-check
/**
 * The words of a canvas: what each id looks like, in which state a position is, and the text as
 * prose.
 */
import { clip, visible } from "../../core/dom.js";
import { t } from "../../core/translate.js";

/**
 * @typedef {{text: string, join: string}} Word join: "" a word of its own, "+" glued to the piece before it, "." no space before it
 */
/** @typedef {Map<string, Word>} Lexicon */
/** @typedef {"masked" | "new" | "settled" | "remasked" | "locked" | "changed" | "grouped"} State */

const LONGEST_WORD = 28;

/** @type {Record<string, () => string>} */
const STATES = {
  masked: () => t("hidden"),
  new: () => t("decided now"),
  settled: () => t("decided"),
  remasked: () => t("hidden again"),
  locked: () => t("given"),
  changed: () => t("changed now"),
  grouped: () => t("a group of words"),
};
export const LEGEND = ["masked", "new", "settled", "remasked", "locked"];

/** @param {string} state */
export const stateName = (state) => STATES[state]?.() ?? state;

/**
 * Whether no word was decided there; of a group of words one stands for it.
 * @param {string} state
 */
export const isHidden = (state) =>
  state === "masked" || state === "remasked" || state === "grouped";

/**
 * Entries {id: [text, join]} as they come from the server.
 * @param {Lexicon} lexicon
 * @param {Record<string, [string, string]> | undefined | null} words
 */
export function learn(lexicon, words) {
  for (const [id, [text, join]] of Object.entries(words ?? {})) lexicon.set(id, { text, join });
}

/** @param {Lexicon} lexicon @param {number} id @returns {Word} */
export const wordOf = (lexicon, id) => lexicon.get(String(id)) ?? { text: "#" + id, join: "" };

/**
 * A word as it is drawn: invisible marks by their codes, and not too long.
 * @param {Lexicon} lexicon
 * @param {number} id
 */
export function shownWord(lexicon, id) {
  const { text } = wordOf(lexicon, id);
  return clip(visible(text.trim() || text), LONGEST_WORD);
}

// Word pieces have lost where the spaces were. The browser's one detokenizer; the server's
// (playground/backend/incremental.py) has the same rules: closing marks bind to the left, opening
// ones to the right, double quotes in turn, an apostrophe binds the known endings of contractions.
const CONTRACTIONS = new Set("s t d m n re ve ll er en em clock am".split(" "));
const CLOSING = new Set([...".,!?;:)]}%…"]);

/**
 * Where the writing of a text stands: whether the next piece is bound to the left, and which quotes
 * are open.
 */
class Prose {
  out = "";
  bind = true;
  quoted = false;
  single = false;
  after = false; // behind an apostrophe that followed a word

  /** @param {string} text @param {string | undefined} join */
  add(text, join) {
    if (join === "+") this.put(text, true, false);
    else if (text === '"') {
      this.put(text, this.quoted || this.bind, !this.quoted);
      this.quoted = !this.quoted;
    } else if (text === "'" || text === "`") this.apostrophe(text);
    else if (CLOSING.has(text)) this.put(text, true, false);
    else if (text === "-" || text === "/" || text === "–") this.put(text, true, true);
    else if (text === "(" || text === "[" || text === "{") this.put(text, this.bind, true);
    else {
      const contracted = this.after && CONTRACTIONS.has(text);
      if (this.after && !contracted) this.single = false;
      this.put(text, this.bind || contracted, false);
    }
  }

  /**
   * @param {string} text
   * @param {boolean} tight no space before it
   * @param {boolean} bind none behind it
   */
  put(text, tight, bind) {
    this.out += (tight ? "" : " ") + text;
    this.bind = bind;
    this.after = false;
  }

  /** @param {string} text */
  apostrophe(text) {
    if (/[\p{L}\p{N}\]▢]$/u.test(this.out)) {
      this.out += text;
      this.bind = false;
      this.after = true;
      return;
    }
    const closes = this.single && !this.bind;
    this.put(text, closes || this.bind, !closes);
    this.single = !closes;
  }
}

/**
 * The text of a step, a box for each position that is hidden.
 * @param {any} record @param {Lexicon} lexicon @param {string} family how pieces become prose
 */
export function asProse(record, lexicon, family) {
  const pieces = record.canvas.map((/** @type {number} */ id, /** @type {number} */ i) =>
    isHidden(record.state[i])
      ? null
      : {
          ...wordOf(lexicon, id),
          ...(record.texts?.[i] === undefined ? {} : { text: record.texts[i] }),
        },
  );
  if (family === "bytes" || family === "characters")
    return pieces
      .map((/** @type {Word | null} */ piece) => (piece ? piece.text : " ▢"))
      .join("")
      .trim();
  const prose = new Prose();
  for (const piece of pieces) prose.add(piece ? piece.text.trim() : "▢", piece?.join);
  return prose.out;
}
