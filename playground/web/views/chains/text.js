// @ts-check
/**
 * An n-gram model of a text: the greedy and the drawn continuation on one timeline, what could come
 * next, what was copied from where.
 */
import { makeDistribution } from "../../charts/distribution.js";
import { latest } from "../../core/ask.js";
import { choices, clip, clone, partsOf } from "../../core/dom.js";
import { bits, fixed, whole } from "../../core/format.js";
import { offerLink } from "../../core/link.js";
import { drawn } from "../../core/messages.js";
import { nt, say, t } from "../../core/translate.js";
import { LARGEST_SEED, readValue } from "../../core/value.js";
import { begin, chainTransport, nextSeed, readField } from "./page.js";
import { countsOf, headingOf, makeSource, makeTokens, skeleton } from "./text_parts.js";

/** @typedef {"greedy" | "sampled"} Run */
/**
 * @typedef {{text: string, key: string, start: string, order: number, unit: string, ending: string, seed: number}} Draft
 */

const RUNS = /** @type {Run[]} */ (["greedy", "sampled"]);
const TYPING = 150; // milliseconds without a key after which the text is read
const LONGEST = 20_000; // characters that are typed or linked; longer ones stay a file
const LARGEST = 5_000_000; // bytes of a file

/** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
export const mount = (element, host) => new TextView(element, host);

class TextView {
  /** @type {Draft} */
  draft = { text: "", key: "", start: "", order: 1, unit: "word", ending: "end", seed: 0 };
  /** @type {any} */
  figures = null;
  /** @type {string | null} */
  large = null; // the file, in case the server has lost it
  /** @type {Run} */
  which = "sampled";

  /** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
  constructor(element, host) {
    const { props, server, trigger } = host;
    this.props = props;
    this.server = server;
    this.trigger = trigger;
    this.view = skeleton();
    element.append(this.view);
    this.parts = partsOf(this.view);
    const { part } = this.parts;
    this.distribution = makeDistribution({
      bars: part("bars"),
      strip: part("strip"),
      onPick: (token) => this.goOn(token),
      ruleName: (rule) => rule,
    });
    this.tokens = {
      greedy: makeTokens(part("greedy"), (k) => this.pick("greedy", k)),
      sampled: makeTokens(part("sampled"), (k) => this.pick("sampled", k)),
    };
    this.source = makeSource(part("source"));
    this.player = this.makePlayer();
    this.shows = this.makeChoices();
    this.question = latest(
      (wish) => this.figuresOf(wish),
      (record) => this.receive(record),
    );
    begin(this, "text", host);
  }

  makePlayer() {
    return chainTransport({
      host: this.parts.part("player"),
      keys: this.view,
      unit: () => t("Token"),
      onStep: (k) => this.show(k),
      label: (k) => [
        t("token {token} / {count}", { token: k + 1, count: this.length }),
        this.entropyAt(k),
      ],
    });
  }

  /** @param {number} k */
  entropyAt(k) {
    const record = this.at(k),
      entropy = record ? fixed(bits(record.raw_entropy), 2) : "";
    if (this.which === "greedy")
      return record ? t("greedy: {entropy} bit", { entropy }) : t("greedy: ended");
    return record ? t("drawn: {entropy} bit", { entropy }) : t("drawn: ended");
  }

  makeChoices() {
    const { part } = this.parts;
    const order = choices(
      part("order"),
      [1, 2, 3, 4, 5].map((n) => ({ value: n, label: () => String(n) })),
      () => t("Order: how many previous tokens it looks at"),
      (n) => this.edit({ order: n }),
    );
    const unit = choices(
      part("unit"),
      [
        { value: "word", label: () => t("words") },
        { value: "character", label: () => t("characters") },
      ],
      () => t("What a token is"),
      (value) => this.edit({ unit: value, start: "" }),
    );
    const ending = choices(
      part("ending"),
      [
        { value: "end", label: () => t("the text ends") },
        { value: "wrap", label: () => t("it begins again") },
      ],
      () => t("Where nothing follows in the source"),
      (value) => this.edit({ ending: value }),
    );
    const which = choices(
      part("which"),
      [
        { value: "greedy", label: () => t("Greedy") },
        { value: "sampled", label: () => t("Drawn") },
      ],
      () => t("Whose next token is shown"),
      (value) => this.pick(value, this.player.step),
    );
    return { order, unit, ending, which };
  }

  listen() {
    const { part, input, press } = this.parts;
    let typing = 0;
    input("text").addEventListener("input", () => {
      clearTimeout(typing);
      typing = setTimeout(() => {
        Object.assign(this.draft, { text: input("text").value, key: "", start: "" });
        input("start").value = "";
        part("offered").textContent = "";
        this.ask();
      }, TYPING);
    });
    input("start").addEventListener("change", () => {
      this.draft.start = input("start").value;
      this.ask();
    });
    input("seed").addEventListener("change", () => {
      const read = readField(input("seed"), "seed", 0, LARGEST_SEED);
      if (read.value !== null) return this.edit({ seed: read.value });
      this.problem(read.problem);
      input("seed").value = String(this.draft.seed);
    });
    press("another").addEventListener("click", () => {
      this.which = "sampled";
      this.edit({ seed: nextSeed(this.draft.seed) });
    });
    press("fox").addEventListener("click", () => {
      this.large = null;
      part("text").blur();
      this.edit({ text: this.props.fox, key: "", start: "", order: 1, unit: "word" });
    });
    press("choose").addEventListener("click", () => input("input").click());
    input("input").addEventListener("change", () => this.readFile());
    press("drop").addEventListener("click", () => {
      this.large = null;
      this.edit({ key: "", start: "" });
    });
    press("offer").addEventListener("click", () =>
      this.trigger("offer", { draft: clone(this.draft) }),
    );
    offerLink(press("link"), () => this.linkOf(), this.player);
  }

  async linkOf() {
    if (!this.draft.key) return this.server.link(clone(this.draft));
    return { error: t("A file is too long for a link; the link of a pasted text works.") };
  }

  get length() {
    return Math.max(...RUNS.map((run) => this.figures[run].records.length));
  }

  /** The record of a step of the run on view; none where it has ended. @param {number} k */
  at(k) {
    return this.figures[this.which].records[k];
  }

  /** @param {string} sentence */
  problem(sentence) {
    this.parts.part("problem").textContent = sentence;
  }

  /** @param {Partial<Draft>} change */
  edit(change) {
    Object.assign(this.draft, change);
    this.fill();
    this.ask();
  }

  ask() {
    this.question(clone(this.draft));
  }

  /**
   * The figures; a file that the server has lost meanwhile is sent once more.
   * @param {Draft} wish
   */
  async figuresOf(wish) {
    const record = await this.server.figures(wish);
    if (!record.gone || this.large === null) return record;
    const held = await this.server.hold({ text: this.large });
    return held.ok ? this.server.figures(wish) : held;
  }

  receive(record) {
    this.view.classList.toggle("stale", !record.ok);
    this.problem(record.ok ? "" : say(record.error));
    if (!record.ok) return;
    this.figures = record;
    this.drawFigures(this.player.step);
  }

  /** Another run is on view, at a step. @param {Run} which @param {number} k */
  pick(which, k) {
    this.which = which;
    this.shows.which(which);
    this.player.pause();
    this.player.go(Math.min(k, this.figures[which].records.length - 1));
  }

  fill() {
    const { part, input } = this.parts,
      { draft } = this;
    this.shows.order(draft.order);
    this.shows.unit(draft.unit);
    this.shows.ending(draft.ending);
    this.shows.which(this.which);
    if (input("text") !== document.activeElement) input("text").value = draft.text;
    input("start").value = draft.start;
    input("seed").value = String(draft.seed);
    part("offered").textContent = "";
    part("file").hidden = !draft.key;
    part("text").hidden = Boolean(draft.key);
  }

  async readFile() {
    const { part, input } = this.parts,
      file = input("input").files?.[0];
    input("input").value = "";
    if (!file) return;
    const name = clip(file.name, 40);
    if (file.size > LARGEST)
      return this.problem(
        t("text must be at most {limit} bytes long, got {size} ({name})", {
          limit: whole(LARGEST),
          size: whole(file.size),
          name,
        }),
      );
    this.problem(t("Reading {name}…", { name }));
    const text = await file.text();
    let held;
    try {
      held = await this.server.hold({ text });
    } catch {
      held = { error: t("The server did not take the file. Your text is still here.") };
    }
    if (!held.ok) return this.problem(say(held.error));
    this.large = text;
    if (text.length <= LONGEST) return this.edit({ text, key: "", start: "" });
    part("filename").textContent = nt(
      "{name}: {n} character",
      "{name}: {n} characters",
      held.characters,
      { name },
    );
    this.edit({ key: held.key, start: "" });
  }

  /** The visitor's own next token: the text starts again from there. @param {number} token */
  goOn(token) {
    const k = this.player.step,
      row = this.at(k)?.rows.find((one) => one.id === token);
    if (!row || row.text === "") return;
    const joint = this.draft.unit === "word" ? " " : "",
      written = this.figures[this.which].pieces.slice(0, k);
    const before = [...this.figures.prompt, ...written].join("");
    this.edit({ start: (before + joint + row.text).trim() });
  }

  take(value = readValue(this.props)) {
    if (!value?.draft) return;
    if (value.offered !== undefined) return this.offered(value);
    this.draft = value.draft;
    this.figures = value.figures;
    this.large = null;
    this.fill();
    this.problem(say(value.message));
    this.view.classList.remove("stale");
    this.drawFigures(Math.min(2, this.figures.sampled.records.length - 1));
  }

  /**
   * The model is among those of the other pages: the Generate page lists it, now or when it is
   * first opened.
   */
  offered({ offered, listed }) {
    this.parts.part("offered").textContent = say(offered);
    if (!listed) return;
    const page = /** @type {any} */ (window);
    (page.playground_ngrams ??= []).push(listed);
    document.dispatchEvent(new CustomEvent("playground:ngram", { detail: listed }));
  }

  speak() {
    if (!this.figures) return;
    const said = this.parts.part("offered").textContent;
    this.fill();
    this.parts.part("offered").textContent = said;
    this.drawFigures(this.player.step);
  }

  /** @param {number} at */
  drawFigures(at) {
    const { figures, parts } = this,
      cycle = figures.cycle;
    this.tokens.greedy.load(figures.greedy, figures.prompt, cycle);
    this.tokens.sampled.load(figures.sampled, figures.prompt, null);
    this.source.load(figures.source.windows);
    parts.part("counts").textContent = countsOf(figures);
    parts.part("tie").textContent = say(figures.sentences.tie);
    parts.part("loopsay").textContent = say(figures.sentences.loop);
    const entropies = RUNS.map((run) => figures[run].records.map((one) => bits(one.raw_entropy))),
      top = Math.max(0.5, ...entropies.flat());
    this.player.load({
      length: this.length,
      curves: [
        { values: entropies[0], colour: "var(--raw)", fill: false, top, dashed: true },
        { values: entropies[1], colour: "var(--chosen)", top },
      ],
      loops: cycle
        ? [
            {
              start: cycle.start,
              end: figures.greedy.records.length - 1,
              label: nt("greedy repeats {n} token", "greedy repeats {n} tokens", cycle.period),
            },
          ]
        : [],
      at,
    });
    drawn(this.view);
  }

  /** A step. @param {number} k */
  show(k) {
    const { part } = this.parts,
      record = this.at(k),
      run = this.figures[this.which];
    for (const name of RUNS) this.tokens[name].view(k, name === this.which);
    part("after").textContent = record
      ? say(run.after[k])
      : t("This text has ended; the other one goes on.");
    if (record) this.distribution.show(record, { chosen: record.token_id });
    else this.distribution.clear();
    part("heading").textContent = headingOf(record);
    const copy = run.copies.find((one) => k >= one.start && k < one.end);
    this.source.view(copy, k);
    part("copysay").textContent = copy
      ? nt(
          "This stretch of {n} token stands like that in the source (from token {from} on).",
          "This stretch of {n} tokens stands like that in the source (from token {from} on).",
          copy.end - copy.start,
          { from: copy.source_start + 1 },
        )
      : t(
          "Underlined: {shortest} or more tokens in a row that stand like that in the source. Any {count} do, by construction.",
          { shortest: this.figures.shortest, count: this.figures.order + 1 },
        );
  }
}
