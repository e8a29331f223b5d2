// @ts-check
/**
 * Speculative decoding beside plain decoding: what was drafted, what the model made of it, and what
 * that saves.
 */
import { button, make, visible } from "../../core/dom.js";
import { fixed, percent } from "../../core/format.js";
import { nt, onLanguage, t } from "../../core/translate.js";
import { drawPass } from "./drafts_pass.js";
import {
  area,
  field,
  seedInput,
  note,
  numberIn,
  numberInput,
  rowOf,
  selectInput,
  sentence,
  spoken,
  tableOf,
} from "./parts.js";
import { makePart } from "./running.js";

/** @typedef {import("./drafts_pass.js").Pass} Pass */

/** @param {number} n */
const passesOf = (n) => nt("{n} pass", "{n} passes", n);

/** @param {any} a @param {boolean} greedy */
function verdict(a, greedy) {
  const figures = {
    tokens: a.tokens[1],
    passes: a.passes[1],
    each: fixed(a.tokens_a_pass, 2),
    ratio: fixed(a.ratio, 2),
  };
  const saved = t(
    "**{each} tokens a pass**: {tokens} tokens took {passes} passes of the model with drafts, and one pass each without.",
    figures,
  );
  const speed =
    a.ratio === null
      ? ""
      : t("In this run the drafted text was written at **{ratio} ×** the plain speed.", figures);
  const same = !greedy
    ? ""
    : a.same_text
      ? t("Both texts are the same, token for token.")
      : t(
          "The texts differ: two tokens were nearly as likely, and sums of 32 bits differ a little when several tokens are read at once.",
        );
  return [saved, speed, same].filter(Boolean).join(" ");
}

/** @param {any} a */
const table = (a) =>
  tableOf(
    [
      "",
      t("passes of the model"),
      t("tokens a pass"),
      t("seconds"),
      t("of these for drafting"),
      t("tokens a second"),
    ],
    [0, 1].map((i) => [
      i ? t("with drafts") : t("plain"),
      a.passes[i],
      fixed(a.tokens[i] / a.passes[i], 2),
      fixed(a.seconds[i], 2),
      i ? fixed(a.drafting, 2) : "–",
      a.tokens_per_second[i] === null ? "–" : fixed(a.tokens_per_second[i], 1),
    ]),
  );

const WAYS = /** @type {Record<string, () => string>} */ ({
  repeats: () =>
    t(
      "The drafter is an n-gram model of the text so far: what followed the last words where they stood before. It costs nothing, and has nothing to say where the text does not repeat itself.",
    ),
  smaller: () =>
    t("The drafter has the same tokens as the model and writes its guesses one after another."),
  spelling: () =>
    t(
      "The drafter has other tokens than the model: it reads the text as letters, and its words are spelled in the model’s tokens. With which chance it would have spelled them so is not known, so each is a fixed guess (q = 1), accepted with chance p.",
    ),
  blanks: () =>
    t(
      "The drafter fills all blanks in one call, each without knowing the others: the further ahead, the more is refused.",
    ),
});

/** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
export const mount = (element, host) => new DraftsView(element, host);

class DraftsView {
  /** @type {any} */
  model;
  /** @type {any} */
  drafter;
  /** @type {any} */
  prompt;
  /** @type {any} */
  tokens;
  /** @type {any} */
  drafts;
  /** @type {any} */
  temperature;
  /** @type {any} */
  top_p;
  /** @type {any} */
  seed;
  /** @type {any} */
  plain;
  /** @type {any} */
  drafted;
  /** @type {any} */
  slider;
  /** @type {any} */
  position;
  /** @type {any} */
  one;
  /** @type {any} */
  viewer;
  /** @type {any} */
  result = null;
  /** @type {any} */
  begun = null;
  /** @type {Pass[]} */
  passes = [];
  /** @type {any} */
  plainCounts = null;
  shown = 0; // the pass on view
  follow = true; // the newest pass comes on view

  /** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
  constructor(element, host) {
    this.makeControls(host.props);
    this.after = make("section");
    const { model, drafter, prompt, tokens, drafts, temperature, top_p, seed } = this;
    makePart(element, host, {
      label: () => t("Write both"),
      request: () => this.request(),
      onFrame: (record) => this.take(record),
      controls: { model, drafter, prompt, tokens, drafts, temperature, top_p, seed },
      results: [this.makePanes(), this.makeViewer(), this.after],
      fields: this.fields(),
      draw: () => this.draw(),
    });
  }

  /** @param {any} props */
  makeControls(props) {
    this.model = selectInput(props.models);
    this.drafter = selectInput(
      props.drafters.map((/** @type {any} */ [id, name]) =>
        id === "repeats" ? [id, () => t("repetitions of the text so far (n-grams)")] : [id, name],
      ),
    );
    this.prompt = area(1, 4000);
    this.tokens = numberInput(48, 1, 120, 1);
    this.drafts = numberInput(4, 1, 16, 1);
    this.temperature = numberInput(0.7, 0, 5, 0.1);
    this.top_p = numberInput(1, 0, 1, 0.05);
    this.seed = seedInput();
  }

  fields() {
    return [
      field(() => t("prompt"), this.prompt, null, "compare-wide"),
      rowOf(
        field(() => t("model"), this.model),
        field(
          () => t("who drafts"),
          this.drafter,
          () =>
            t(
              "Any drafter leaves the chances of every text as they are; a good one is accepted more often",
            ),
        ),
        field(() => t("drafts a pass"), this.drafts),
        field(() => t("tokens"), this.tokens),
        field(() => t("temperature"), this.temperature),
        field(() => t("top-p"), this.top_p),
        field(() => t("seed"), this.seed),
      ),
    ];
  }

  makePanes() {
    const panes = make("div", "compare-pair"),
      sides = [() => t("Plain: a token a pass"), () => t("With drafts")].map((title) => {
        const side = make("section"),
          clock = make("p", "race-clock"),
          facts = make("p", "race-facts"),
          text = make("p", "race-prose drafts-text");
        text.translate = false;
        side.append(spoken("h2", "", title), clock, facts, text);
        panes.append(side);
        return { clock, facts, text };
      });
    [this.plain, this.drafted] = sides;
    this.drafted.text.before(
      spoken("p", "drafts-legend", () =>
        t(
          "Plain words are accepted drafts, bold ones the model drew itself; a click shows the pass.",
        ),
      ),
    );
    return panes;
  }

  makeViewer() {
    const viewer = make("section", "drafts-viewer");
    this.slider = make("input");
    this.slider.type = "range";
    this.slider.min = "1";
    this.slider.addEventListener("input", () => this.go(Number(this.slider.value) - 1));
    this.position = make("span", "num");
    this.one = make("div", "drafts-pass");
    const back = button("◀", t("Pass before"), () => this.go(this.shown - 1)),
      on = button("▶", t("Next pass"), () => this.go(this.shown + 1));
    onLanguage(() => {
      back.title = t("Pass before");
      on.title = t("Next pass");
      back.setAttribute("aria-label", back.title);
      on.setAttribute("aria-label", on.title);
      this.slider.setAttribute("aria-label", t("Pass on view"));
    });
    back.setAttribute("aria-label", back.title);
    on.setAttribute("aria-label", on.title);
    this.slider.setAttribute("aria-label", t("Pass on view"));
    const row = rowOf(back, this.slider, on, this.position);
    row.classList.add("drafts-steps");
    viewer.append(
      spoken("h2", "", () => t("One pass of the model")),
      row,
      this.one,
    );
    viewer.hidden = true;
    return (this.viewer = viewer);
  }

  request() {
    return {
      model: this.model.value,
      drafter: this.drafter.value,
      prompt: this.prompt.value,
      ...Object.fromEntries(
        ["tokens", "drafts", "temperature", "top_p", "seed"].map((name) => [
          name,
          numberIn(/** @type {any} */ (this)[name]),
        ]),
      ),
    };
  }

  /** @param {any} record */
  take({ begin, plain, pass, after }) {
    if (begin) this.begin(begin);
    if (plain) {
      this.plain.text.append(plain.piece);
      this.plainCounts = plain;
    }
    if (pass) {
      this.passes.push(pass);
      this.addWords(pass, this.passes.length - 1);
      if (this.follow) this.shown = this.passes.length - 1;
    }
    if (after) {
      this.result = after;
      const telling = this.passes.findIndex((one) => one.refused && one.refused.place > 0);
      // one with a draft accepted and one refused
      if (this.follow && telling >= 0) this.shown = telling;
    }
    if (pass || after) this.draw();
    else this.speak();
  }

  /** @param {any} begin */
  begin(begin) {
    this.begun = begin;
    this.result = this.plainCounts = null;
    this.passes = [];
    this.shown = 0;
    this.follow = true;
    for (const side of [this.plain, this.drafted])
      side.text.replaceChildren(make("span", "compare-prompt", begin.prompt));
    this.draw();
  }

  /**
   * The words of a pass in the text: drafted ones turn from grey to solid.
   * @param {Pass} pass
   * @param {number} number
   */
  addWords(pass, number) {
    const accepted = pass.drafts.filter((one) => one.accepted).length;
    pass.pieces.forEach((piece, i) => {
      // outside of the word, so that lines break at it
      const space = piece.match(/^\s*/)?.[0] ?? "";
      const word = make(
        "button",
        i < accepted ? "drafts-kept" : "drafts-own",
        piece.slice(space.length),
      );
      word.type = "button";
      word.dataset.k = String(number); // a word in a text: as large as the text, for a finger too
      word.dataset.pass = String(number);
      word.addEventListener("click", () => this.go(number));
      this.drafted.text.append(space, word);
    });
  }

  /** @param {number} number */
  go(number) {
    this.follow = false;
    this.shown = Math.max(0, Math.min(this.passes.length - 1, number));
    this.draw();
  }

  draw() {
    this.speak();
    const pass = this.passes[this.shown];
    this.viewer.hidden = !pass;
    if (pass) {
      this.slider.max = String(this.passes.length);
      this.slider.value = String(this.shown + 1);
      this.position.textContent = t("{step} of {total}", {
        step: this.shown + 1,
        total: this.passes.length,
      });
      this.one.replaceChildren(...drawPass(pass, this.textBefore()));
    }
    for (const word of this.drafted.text.querySelectorAll("button"))
      word.classList.toggle("on", word.dataset.pass === String(this.shown));
    this.showAfter();
  }

  /** The last words before the pass on view. */
  textBefore() {
    const before = this.passes.slice(0, this.shown).flatMap((pass) => pass.pieces);
    return visible(((this.begun?.prompt ?? "") + before.join("")).slice(-48));
  }

  speak() {
    const last = this.passes.at(-1);
    for (const [side, counts] of /** @type {[any, any][]} */ ([
      [this.plain, this.plainCounts],
      [this.drafted, last],
    ])) {
      side.clock.textContent = passesOf(counts?.passes ?? 0);
      side.facts.textContent = counts
        ? t("{tokens} tokens · {each} a pass", {
            tokens: counts.written,
            each: fixed(counts.written / counts.passes, 2),
          })
        : this.begun
          ? t("running")
          : t("not started");
    }
  }

  showAfter() {
    const a = this.result;
    if (!a) return this.after.replaceChildren();
    const judged = a.judged
      ? t(
          "{accepted} of {judged} judged drafts were accepted, {share}; the overlaps of the two distributions, Σ min(p, q), promised {overlap} on average. {lost} drafts stood behind a refused one and were thrown away unread.",
          {
            accepted: a.accepted,
            judged: a.judged,
            share: percent(a.accepted / a.judged),
            overlap: percent(a.overlap),
            lost: a.drafted - a.judged,
          },
        )
      : t("Nothing was drafted: the text did not repeat itself.");
    this.after.replaceChildren(
      sentence(verdict(a, this.begun.greedy)),
      table(a),
      sentence(judged),
      note(WAYS[this.begun.way]?.() ?? ""),
      note(
        t(
          "A draft x is accepted with chance min(1, p(x) / q(x)), where p is what the model gives it and q what its drafter gave it; the first one refused is drawn anew from max(0, p − q), normalised; where all are accepted, the same pass gives one token more. So every text has exactly the chance that it has without drafts. Both clocks run only for their own side, the drafter’s time counts, and seconds depend on the machine and on who else is using it: reading several tokens at once is cheap where the weights are large, and a small model may lose by it.",
        ),
      ),
    );
  }
}
