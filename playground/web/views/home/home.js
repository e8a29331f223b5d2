// @ts-check
/**
 * Home: a machine for words that is played. Tiles as wide as their probabilities, a ball that is the random number u, the tile that flies
 * into the sentence. The first words are recorded; from the first touch on the shipped model answers (live.js), and the page says so.
 */
import { calm, choices, inEveryLanguage, node, partsOf } from "../../core/dom.js";
import { fixed, percent } from "../../core/format.js";
import { makeStage } from "../../core/motion.js";
import { t } from "../../core/translate.js";
import { makeTiles } from "../../charts/tiles.js";
import { recordedLaw } from "./law.js";
import { makeSentence, plainText, shown } from "./sentence.js";

const NAMED = 7; // tiles that have a name
const FIRST = 1300; // milliseconds before it plays by itself
const BETWEEN = 1500;
const AT_END = 6500;

/** @typedef {{law: import("./law.js").Law, u: number, place: number, guesses: import("./sentence.js").Guess[], live: boolean}} Next */
/** @typedef {{mode: "words" | "masks", seed: number, words: (import("./sentence.js").Word | null)[], step: number, ended: boolean, film: any[]}} Play */

const anySeed = () => crypto.getRandomValues(new Uint32Array(1))[0];

function skeleton() {
  return node(
    "div",
    { class: "widget home" },
    node("h1", { class: "unseen" }, () => t("See how text is generated")),
    node(
      "div",
      { class: "home-top" },
      node("div", { class: "home-modes", part: "modes" }),
      node("p", { class: "home-source", part: "source" }),
      node("button", { type: "button", class: "plain home-stop", part: "stop" }, () =>
        t("Autoplay: stop"),
      ),
    ),
    node("div", { class: "home-text", part: "text", role: "group" }),
    node("p", { class: "problem", part: "problem", role: "alert", hidden: true }),
    node(
      "div",
      { class: "home-machine" },
      node("div", { part: "tiles" }),
      node("div", { class: "home-ending", part: "ending", hidden: true }),
    ),
    node("div", { class: "home-below", part: "below" }),
    node(
      "div",
      { class: "home-controls" },
      node("button", { type: "button", class: "main home-drop", part: "drop" }),
      node(
        "label",
        { class: "home-heat", title: () => t("Higher heat makes the tiles more alike") },
        () => t("Heat"),
        node("input", { type: "range", min: 0.2, max: 2, step: 0.05, part: "heat" }),
        node("output", { class: "num", part: "heatOut" }),
      ),
      node(
        "div",
        { class: "home-score" },
        node("div", { class: "home-pips", part: "pips", "aria-hidden": "true" }),
        node("span", { part: "count" }),
      ),
    ),
    node("p", { class: "unseen", part: "said", "aria-live": "polite" }),
  );
}

export class HomeView {
  /** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
  constructor(element, { constants, server }) {
    this.record = constants;
    this.server = server;
    this.view = skeleton();
    element.append(this.view);
    this.parts = partsOf(this.view);
    this.heat = constants.heat;
    this.stage = makeStage(); // the waits between words
    this.run = 0; // which act is under way: what an earlier one awaited is void
    this.busy = this.flying = this.auto = this.touched = false;
    /** @type {{ranks: number[], rest: boolean} | null} what stands instead of the likeliest words */
    this.opened = null;
    /** @type {Next | null} */
    this.next = null;
    /** @type {ReturnType<typeof import("./live.js").makeLive> | null} */
    this.live = null;
    this.end = null; // the token that ends a text
    this.play = this.newPlay("words", constants.seed);
    this.blanks = constants.masks.canvas.flatMap(
      (/** @type {number} */ id, /** @type {number} */ k) =>
        id === constants.masks.mask ? [k] : [],
    );
    this.wire();
    inEveryLanguage(() => this.draw());
    this.arrive();
    this.autoplay(FIRST);
  }

  wire() {
    const { part, press, input } = this.parts;
    this.sentence = makeSentence(part("text"));
    this.strip = makeTiles({
      host: part("tiles"),
      label: () => t("What could come next; each tile is as wide as it is likely"),
      onPick: (index) => this.choose(index),
      onDrop: (u) => this.drop(u),
      shown: (text) => (this.end !== null && text === this.end ? t("(the end)") : shown(text)),
    });
    const modes = [
      { value: "words", label: () => t("Word by word") },
      { value: "masks", label: () => t("Everywhere at once") },
    ];
    this.showMode = choices(
      part("modes"),
      modes,
      () => t("How the sentence is written"),
      (mode) => this.setMode(/** @type {any} */ (mode)),
    );
    press("drop").addEventListener("click", () => this.drop());
    input("heat").value = String(this.heat);
    input("heat").addEventListener("input", () => this.setHeat(Number(input("heat").value)));
    for (const kind of ["pointerdown", "wheel"])
      document.addEventListener(kind, () => this.touch(), { capture: true, passive: true });
    document.addEventListener("keydown", (event) => this.key(event), { capture: true });
  }

  get here() {
    return this.view.isConnected && this.view.offsetParent !== null;
  }

  /** @param {"words" | "masks"} mode @param {number} seed @returns {Play} */
  newPlay(mode, seed) {
    const words = Array(this.record.length).fill(null);
    return { mode, seed, words, step: 0, ended: false, film: [] };
  }

  // what comes next ---------------------------------------------------------------------------------------------------------

  /** The recorded step, where what was played so far is the recording. @returns {Next | null} */
  recorded() {
    const { play, record } = this;
    const { steps } = record.causal;
    const same =
      play.mode === "words" &&
      play.seed === record.seed &&
      play.words.slice(0, play.step).every((word, k) => word?.id === steps[k].token);
    if (!same || play.step >= steps.length || this.heat !== record.heat) return null;
    const step = steps[play.step];
    const law = recordedLaw(step, record.heat, record.vocabulary);
    return { law, u: step.u, place: play.step, guesses: [], live: false };
  }

  /** What is asked after these words. @param {(import("./sentence.js").Word | null)[]} words @param {number} step */
  question(words, step) {
    const { causal, masks } = this.record;
    const { mode, seed } = this.play;
    if (mode === "words") {
      const ids = [...causal.ids, ...words.slice(0, step).map((word) => word?.id ?? 0)];
      return { name: /** @type {const} */ ("look"), ids, step, seed };
    }
    const ids = [...masks.canvas];
    words.forEach((word, k) => {
      if (word) ids[this.blanks[k]] = word.id;
    });
    return { name: /** @type {const} */ ("fill"), ids, step, seed };
  }

  async connect() {
    if (!this.live) {
      const { makeLive } = await import("./live.js");
      this.live ??= makeLive(this.server);
    }
    return this.live;
  }

  /** @returns {Promise<Next>} of the model itself */
  async asked() {
    const live = await this.connect();
    const { words, step } = this.play;
    const answer = await live.ask(this.question(words, step));
    const { texts, end } = await live.vocabulary();
    this.end = end === null ? null : texts[end];
    /** @type {import("./sentence.js").Guess[]} */
    const guesses = [];
    for (const [at, id, share] of answer.guesses)
      guesses[this.blanks.indexOf(at)] = { text: texts[id] ?? "", share };
    const place = answer.at === null ? step : this.blanks.indexOf(answer.at);
    return { law: answer.law, u: answer.u, place, guesses, live: true };
  }

  /**
   * Sees to it that what may come next is known and drawn: the recording at once, the model's own answer where the visitor plays.
   * @param {boolean} [whole] the recording does not do @returns {Promise<boolean>} false: it is not, and the page says why
   */
  async arrive(whole = false) {
    const { play } = this;
    const { step } = play;
    const found = this.next?.live ? null : this.recorded();
    if (found && !this.next) this.put(found);
    if (this.next && (this.next.live || (!this.touched && !whole))) return true;
    try {
      const next = await this.asked();
      if (play !== this.play || step !== play.step) return this.next !== null; // the game went on
      if (this.busy) this.next = next;
      else this.put(next, found !== null);
      return true;
    } catch (error) {
      if (play === this.play && (whole || !this.next))
        this.problem(String(/** @type {any} */ (error).message));
      return this.next !== null && !whole;
    }
  }

  /** @param {Next} next @param {boolean} [still] */
  put(next, still = false) {
    this.next = next;
    this.problem("");
    this.draw();
    this.lay(still);
    if (!this.busy) this.strip?.ball.rest();
  }

  /** The tiles that stand: the likeliest words and all others, or what was opened. @param {boolean} [still] */
  lay(still = false) {
    if (!this.next || this.play.ended || !this.next.law.knows(this.heat)) return;
    const ranks = this.opened?.ranks ?? Array.from({ length: NAMED }, (_, k) => k);
    const fitting = ranks.filter((k) => k < /** @type {Next} */ (this.next).law.ids.length);
    const tiles = this.next.law.tiles(this.heat, fitting, this.opened?.rest ?? true);
    this.strip?.show(tiles, { still });
  }

  // acts --------------------------------------------------------------------------------------------------------------------

  begin() {
    this.busy = true;
    this.problem("");
    return ++this.run;
  }

  /** @param {number} [hand] where a hand let go of the ball; else chance says */
  async drop(hand) {
    if (this.play.ended) return this.again(anySeed());
    if (this.busy) return this.strip?.hurry();
    const id = this.begin();
    this.close();
    if (!(await this.known(id, hand !== undefined)) || !this.next || !this.strip) return;
    const u = hand ?? this.next.u;
    const { law } = this.next;
    const rank = law.at(this.heat).rankAt(u);
    if (rank < law.ids.length) this.ahead(rank, hand === undefined ? "chance" : "you");
    const index = await this.strip.drop(u, { rolled: hand !== undefined });
    if (id !== this.run || index === null) return;
    if (this.strip.tiles[index]?.count && !(await this.fallInside(index, u, rank, id))) return;
    await this.stage.wait(220);
    if (id === this.run) await this.take(rank, hand === undefined ? "chance" : "you", id, u);
  }

  /** @param {number} id @param {boolean} whole */
  async known(id, whole = false) {
    const there = await this.arrive(whole);
    if (id !== this.run) return false;
    if (there) {
      this.draw();
      this.lay(true);
    } else this.busy = false;
    return there;
  }

  /** The ball lies on all others: the tile opens round the word that u means. @param {number} index @param {number} u @param {number} rank @param {number} id */
  async fallInside(index, u, rank, id) {
    const strip = /** @type {NonNullable<typeof this.strip>} */ (this.strip);
    const { law } = /** @type {Next} */ (this.next);
    await strip.open(index, u);
    if (id !== this.run) return false;
    const first = rank < 2 * NAMED ? NAMED : rank - 3; // the next ones, or those round it
    const ranks = [];
    for (let k = first; k < Math.min(first + NAMED, law.ids.length); k++) ranks.push(k);
    this.opened = { ranks, rest: false };
    const shares = law.at(this.heat);
    const inside = (u - shares.mass(0, first)) / shares.mass(first, first + ranks.length);
    this.lay(true);
    await this.stage.wait(360);
    const landed =
      id === this.run &&
      (await strip.drop(Math.min(Math.max(inside, 0), 1 - 2 ** -53), { rolled: true }));
    return id === this.run && landed !== null;
  }

  /** A tile was chosen. @param {number} index */
  async choose(index) {
    if (this.play.ended || !this.strip) return;
    if (this.busy) return this.strip.hurry();
    const tile = this.strip.tiles[index];
    if (!tile) return;
    if (tile.count) return this.openRest(index);
    const rank = this.opened ? this.opened.ranks[index] : index;
    const id = this.begin();
    this.strip.mark(index);
    this.ahead(rank, "you");
    await this.take(rank, "you", id, null);
  }

  /** The tile of all others becomes the next ones, and a search over all. @param {number} index */
  async openRest(index) {
    const id = this.begin();
    const ranks = this.following(this.opened ? (this.opened.ranks.at(-1) ?? 0) + 1 : NAMED);
    if (!(await this.known(id, true))) return;
    await this.strip?.open(index);
    if (id !== this.run) return;
    this.busy = false;
    this.openRanks(ranks, true);
    this.strip?.focusOn(0);
    const { openBar } = await import("./opened.js");
    if (this.opened) this.bar ??= openBar(this, this.parts.part("below"));
  }

  /** The next ranks. @param {number} [from] */
  following(from = NAMED) {
    return Array.from({ length: NAMED }, (_, k) => from + k);
  }

  /** @param {number[]} ranks @param {boolean} rest */
  openRanks(ranks, rest) {
    this.opened = { ranks, rest };
    this.lay(true);
    this.bar?.draw();
  }

  close() {
    if (!this.opened) return false;
    this.opened = null;
    this.bar?.remove();
    this.bar = null;
    this.lay();
    return true;
  }

  /** Asks for what follows a word before it has landed. @param {number} rank @param {"you" | "chance"} by */
  ahead(rank, by) {
    if (!this.touched || !this.live || !this.next) return;
    const { words, step } = this.play;
    if (step + 1 >= words.length) return;
    const then = [...words];
    then[this.next.place] = this.word(rank, by);
    this.live.ask(this.question(then, step + 1)).catch(() => {}); // said when it is needed
  }

  /** @param {number} rank @param {"you" | "chance"} by @returns {import("./sentence.js").Word} */
  word(rank, by) {
    const { law } = /** @type {Next} */ (this.next);
    const id = law.ids[rank];
    const share = law.at(this.heat).shares[rank];
    return { id, text: law.text(id), by, share, order: this.play.step };
  }

  /** The word flies into the sentence. @param {number} rank @param {"you" | "chance"} by @param {number} id @param {number | null} u */
  async take(rank, by, id, u) {
    const { play, next, strip, sentence } = this;
    if (!next || !strip || !sentence) return;
    const held = this.parts.part("tiles").contains(document.activeElement);
    const word = this.word(rank, by);
    const index = this.opened ? this.opened.ranks.indexOf(rank) : rank;
    const tiles = strip.tiles.map((tile) => ({
      text: tile.count ? "…" : shown(tile.text),
      share: tile.share,
    }));
    play.film.push({ tiles, u, index, by, at: next.place, text: word.text });
    play.words[next.place] = word;
    play.step++;
    this.flying = true;
    this.draw(next.place);
    const goal = sentence.place(next.place);
    goal?.classList.add("coming");
    if (goal) await strip.fly(index, goal);
    goal?.classList.remove("coming");
    this.flying = false;
    if (id !== this.run) return;
    this.opened = null;
    this.bar?.remove();
    this.bar = null;
    this.next = null;
    this.busy = false;
    await this.afterWord(word, held);
  }

  /** @param {import("./sentence.js").Word} word @param {boolean} held the tiles had the focus */
  async afterWord(word, held) {
    const { play } = this;
    const share = percent(word.share);
    const said =
      word.by === "you"
        ? t("You chose {word}, {share}.", { word: shown(word.text), share })
        : t("Chance chose {word}, {share}.", { word: shown(word.text), share });
    if (play.step >= play.words.length || word.text === this.end) return this.finish(said, held);
    this.say(said);
    this.draw(play.mode === "words" ? play.step - 1 : -1);
    if (!(await this.arrive()) || play !== this.play) return;
    const names = (this.strip?.tiles ?? [])
      .slice(0, 3)
      .map((tile) => t("{word}, {share}", { word: shown(tile.text), share: percent(tile.share) }));
    this.say(said + " " + t("Next: {words}", { words: names.join("; ") }));
    if (held) this.strip?.focusOn(0);
  }

  /** @param {string} said @param {boolean} held */
  async finish(said, held) {
    const { play } = this;
    play.ended = true;
    this.draw();
    if (held) this.parts.press("drop").focus();
    const { showEnding } = await import("./ending.js");
    if (play !== this.play) return;
    const text = showEnding(this, this.parts.part("ending"));
    this.say(said + " " + text);
  }

  /** @param {number} seed */
  again(seed) {
    this.reset(this.play.mode, seed);
    this.arrive();
  }

  /** @param {"words" | "masks"} mode @param {number} seed */
  reset(mode, seed) {
    this.run++;
    this.busy = this.flying = false;
    this.strip?.clear();
    this.opened = null;
    this.bar?.remove();
    this.bar = null;
    this.next = null;
    this.play = this.newPlay(mode, seed);
    this.strip?.show([], { still: true });
    this.draw();
  }

  /** @param {"words" | "masks"} mode */
  async setMode(mode) {
    if (mode === this.play.mode) return;
    const id = ++this.run;
    this.strip?.clear();
    this.strip?.ball.hide();
    if (mode === "masks") await this.blankOut();
    if (id !== this.run) return;
    this.reset(mode, anySeed());
    this.say(
      mode === "masks"
        ? t("Six blanks, filled in any order. The marked one is next.")
        : t("Back to one word after another."),
    );
    if ((await this.arrive()) && mode === "masks" && id + 1 === this.run) this.autoplay(700);
  }

  /** The words that stand there become masks. */
  async blankOut() {
    const places = this.sentence?.places() ?? [];
    await Promise.all(
      places.map((one, k) =>
        this.stage.animate(
          one,
          [
            { background: "transparent", color: "var(--ink)", borderRadius: "8px" },
            { background: "var(--masked)", color: "transparent", borderRadius: "8px" },
          ],
          { duration: 300, delay: ((k * 5) % 6) * 60 },
        ),
      ),
    );
  }

  /** @param {number} heat */
  setHeat(heat) {
    this.heat = heat;
    this.draw();
    if (this.busy) return this.strip?.hurry();
    this.opened = this.opened?.rest ? this.opened : null;
    if (this.next?.law.knows(heat)) this.lay(true);
    else this.arrive(true).then((there) => there && !this.busy && this.lay(true));
    this.bar?.draw();
  }

  // by itself, and by hand --------------------------------------------------------------------------------------------------

  /** It plays by itself until somebody touches anything. @param {number} first */
  async autoplay(first) {
    if (calm()) return;
    this.auto = true;
    this.draw();
    await this.stage.wait(first);
    while (this.auto && this.view.isConnected) {
      if (!this.here || document.hidden) await this.stage.wait(400);
      else if (!this.play.ended) {
        await this.drop();
        if (this.auto && !this.next && !this.play.ended) this.auto = false; // it cannot go on, and the page says why
        if (this.auto) await this.stage.wait(BETWEEN);
      } else if (this.play.mode === "masks") this.auto = false;
      else {
        await this.stage.wait(AT_END);
        if (this.auto) this.again(this.record.seed);
        if (this.auto) await this.stage.wait(BETWEEN);
      }
    }
    this.draw();
  }

  /** Somebody touched the page: from now on the model itself answers; what played by itself stops, a word in the air lands. */
  touch() {
    if (!this.here) return;
    if (!this.touched) {
      this.touched = true;
      this.connect().then(() => this.arrive());
    }
    if (!this.auto) return;
    this.auto = false;
    this.stage.clear();
    if (this.flying) this.strip?.hurry();
    else if (!this.play.ended) {
      this.run++;
      this.busy = false;
      this.strip?.clear();
      this.opened = null;
      this.lay(true);
      this.strip?.ball.rest();
    }
    this.draw();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (!this.here || document.querySelector("dialog[open]")) return;
    this.touch();
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = /** @type {HTMLElement} */ (event.target);
    const typing = at.matches?.("input, textarea, select, [contenteditable=true]");
    if (event.key === "Escape") {
      if (this.busy) this.strip?.hurry();
      else if (this.close()) this.strip?.focusOn(0);
    } else if (/^[1-9]$/.test(event.key) && (!typing || at.matches("[type=range]"))) {
      event.preventDefault();
      this.choose(Number(event.key) - 1);
    } else if (event.key === " " && !typing && !at.closest?.("button, a, summary")) {
      event.preventDefault();
      this.drop();
    }
  }

  // drawing -----------------------------------------------------------------------------------------------------------------

  /** @param {string} sentence */
  say(sentence) {
    this.parts.part("said").textContent = sentence;
  }

  /** @param {string} sentence */
  problem(sentence) {
    const place = this.parts.part("problem");
    place.textContent = sentence;
    place.hidden = sentence === "";
  }

  /** Everything but the tiles. @param {number} [fresh] the place of the newest word */
  draw(fresh = -1) {
    const { play, record, parts, next } = this;
    const masks = play.mode === "masks";
    const at = play.ended ? -1 : masks ? (next?.place ?? -1) : play.step;
    const { prompt } = record;
    this.sentence?.draw({
      prompt,
      words: play.words,
      at: masks && this.flying ? -1 : at,
      masks,
      guesses: next?.guesses ?? [],
      ended: play.ended,
      fresh,
    });
    this.showMode?.(play.mode);
    this.view.classList.toggle("auto", this.auto);
    this.view.classList.toggle("ended", play.ended);
    parts.part("tiles").hidden = play.ended;
    parts.part("ending").hidden = !play.ended;
    parts.press("drop").textContent = play.ended ? t("Play again") : t("Drop the ball");
    this.drawHeat();
    this.drawScore();
    this.drawSource();
    this.strip?.relabel();
  }

  drawHeat() {
    const slider = this.parts.input("heat");
    slider.style.setProperty("--fill", `${((this.heat - 0.2) / 1.8) * 100}%`);
    this.parts.part("heatOut").textContent = fixed(this.heat, 2);
  }

  drawScore() {
    const taken = this.play.words.filter((word) => word !== null);
    const you = taken.filter((word) => word?.by === "you").length;
    this.parts.part("count").textContent = t("You chose {you}, chance chose {chance}", {
      you,
      chance: taken.length - you,
    });
    const order = [...taken].sort((a, b) => (a?.order ?? 0) - (b?.order ?? 0));
    const pips = this.play.words.map((_, k) =>
      node("i", { class: order[k] ? `by-${order[k]?.by}` : "" }),
    );
    this.parts.part("pips").replaceChildren(...pips);
  }

  drawSource() {
    const { model, parameters } = this.record[this.play.mode === "masks" ? "masks" : "causal"];
    const size = String(Math.round(parameters / 1e6));
    const live = this.next ? this.next.live : this.touched;
    const place = this.parts.part("source");
    place.textContent = live
      ? t("Live: {model}, {size} M", { model, size })
      : t("Recorded: {model}, {size} M", { model, size });
    place.title = live
      ? t("The model on the server answers each draw, over all {count} tokens.", {
          count: this.record.vocabulary,
        })
      : t(
          "Recorded from this model at heat {heat} with seed {seed}, picked by eye from eighty; live as soon as you touch it.",
          {
            heat: this.record.heat,
            seed: String(this.record.seed),
          },
        );
  }

  /** The sentence as it stands. */
  get text() {
    return plainText(this.record.prompt, this.play.words);
  }
}

/** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
export const mount = (element, host) => new HomeView(element, host);
