// @ts-check
/**
 * Home: a machine for words that is played. Tiles as wide as their probabilities, a ball that is
 * the random number u, the tile that flies into the sentence. The first words are recorded; from
 * the first touch on the shipped model answers (live.js), and the page says so.
 */
import { calm, choices, inEveryLanguage, partsOf } from "../../core/dom.js";
import { makeStage } from "../../core/motion.js";
import { t } from "../../core/translate.js";
import { makeTiles } from "../../charts/tiles.js";
import { Game, shown } from "./game.js";
import {
  actOf,
  drawScreen,
  drawSmall,
  makeSentence,
  nextOf,
  removeFirstPaint,
  saidOf,
  sentenceOf,
  skeleton,
} from "./screen.js";

export const NAMED = 7; // tiles that have a name

/** @typedef {import("./game.js").Next} Next */

const anySeed = () => crypto.getRandomValues(new Uint32Array(1))[0];

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
    /** @type {ReturnType<typeof import("./opened.js").openBar> | null} */
    this.bar = null;
    this.end = null; // the token that ends a text
    this.play = new Game(constants, "words", constants.seed);
    this.wire();
    inEveryLanguage(() => this.draw());
    this.arrive();
    this.autoplay(1300);
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
      async (mode) => (await import("./modes.js")).setMode(this, /** @type {any} */ (mode)),
    );
    import("../../core/full_screen.js").then((it) => it.offerFullScreen(press("whole"), this.view));
    press("drop").addEventListener("click", () => this.drop());
    press("small").onclick = async () => (await import("./opened.js")).openSmall(this);
    input("heat").value = String(this.heat);
    input("heat").addEventListener("input", () => this.setHeat(Number(input("heat").value)));
    for (const kind of ["pointerdown", "wheel"])
      document.addEventListener(kind, () => this.touch(), { capture: true, passive: true });
    document.addEventListener("keydown", (event) => this.key(event), { capture: true });
  }

  get here() {
    return this.view.isConnected && this.view.offsetParent !== null;
  }

  // what comes next
  // -----------------------------------------------------------------------------------------------

  async connect() {
    if (!this.live) {
      const { makeLive } = await import("./live.js");
      this.live ??= makeLive(this.server);
    }
    return this.live;
  }

  /** @returns {Promise<Next>} of the model itself */
  async asked() {
    const { play } = this;
    const live = await this.connect();
    const answer = await live.ask(play.question());
    const { texts, end } = await live.vocabulary();
    this.end = end === null ? null : texts[end];
    return play.answered(answer, texts);
  }

  /**
   * Sees to it that what may come next is known and drawn: the recording at once, the model's own
   * answer where the visitor plays.
   * @param {boolean} [whole] the recording does not do @returns {Promise<boolean>} false: it is not, and the page says why
   */
  async arrive(whole = false) {
    const { play } = this;
    const { step } = play;
    const found = this.next?.live ? null : play.recorded(this.heat);
    if (found && !this.next) this.put(found);
    if (this.next && (this.next.live || (!this.touched && !whole))) return true;
    try {
      const next = await this.asked();
      if (play !== this.play || step !== play.step) return this.next !== null; // the game went on
      if (this.busy) this.next = next;
      else this.put(next, found !== null);
      return true;
    } catch (error) {
      if (play === this.play && (whole || !this.next)) this.problem(sentenceOf(error));
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
    this.strip?.show(tiles, { still: removeFirstPaint() || still }); // which drew the same tiles
    drawSmall(this.parts, this);
  }

  // acts
  // -----------------------------------------------------------------------------------------------

  begin() {
    this.problem("");
    this.busy = true;
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
    if (rank < law.ids.length) this.ahead(rank);
    const index = await this.strip.drop(u, { rolled: hand !== undefined });
    if (id !== this.run || index === null) return;
    if (this.strip.tiles[index]?.count) {
      const { fallInside } = await import("./opened.js");
      if (!(await fallInside(this, index, u, rank, id))) return;
    }
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

  /** A tile was chosen. @param {number} index */
  async choose(index) {
    if (this.play.ended || !this.strip) return;
    if (this.busy) return this.strip.hurry();
    const tile = this.strip.tiles[index];
    if (tile?.count) return (await import("./opened.js")).openFrom(this, index);
    if (!tile) return;
    const rank = this.opened ? this.opened.ranks[index] : index;
    const id = this.begin();
    this.strip.mark(index);
    this.ahead(rank);
    await this.take(rank, "you", id, null);
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

  /** What was opened is closed; the tiles stay as they are. */
  forgetOpened() {
    this.opened = null;
    this.bar?.hide();
  }

  close() {
    if (!this.opened) return false;
    this.forgetOpened();
    this.lay();
    return true;
  }

  /** Asks for what follows a word before it has landed. @param {number} rank */
  ahead(rank) {
    const { play, next } = this;
    if (!this.touched || !this.live || !next || play.step + 1 >= play.words.length) return;
    const then = play.word(next, rank, this.heat, "chance");
    this.live.ask(play.question(then, next.place)).catch(() => {}); // said when it is needed
  }

  /** The word flies into the sentence. @param {number} rank @param {"you" | "chance"} by @param {number} id @param {number | null} u */
  async take(rank, by, id, u) {
    const { play, next, strip, sentence } = this;
    if (!next || !strip || !sentence) return;
    const held = this.parts.part("tiles").contains(document.activeElement);
    const word = play.word(next, rank, this.heat, by);
    const index = this.opened ? this.opened.ranks.indexOf(rank) : rank;
    play.filmed(strip.tiles, { u, index, by, at: next.place, text: word.text });
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
    this.forgetOpened();
    this.next = null;
    this.busy = false;
    await this.afterWord(word, held);
  }

  /** @param {import("./game.js").Word} word @param {boolean} held the tiles had the focus */
  async afterWord(word, held) {
    const { play } = this;
    const said = saidOf(word);
    if (play.step >= play.words.length || word.text === this.end) return this.finish(said, held);
    this.say(said);
    this.draw(play.mode === "words" ? play.step - 1 : -1);
    if (!(await this.arrive()) || play !== this.play) return;
    this.say(said + " " + nextOf(this.strip?.tiles ?? []));
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
    this.forgetOpened();
    this.next = null;
    this.play = new Game(this.record, mode, seed);
    this.strip?.show([], { still: true });
    this.draw();
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

  // by itself, and by hand
  // -----------------------------------------------------------------------------------------------

  /** @param {number} first milliseconds before it plays by itself */
  async autoplay(first) {
    if (calm()) return;
    this.auto = true;
    this.draw();
    (await import("./autoplay.js")).autoplay(this, first);
  }

  /**
   * Somebody touched the page: from now on the model itself answers; what played by itself stops, a
   * word in the air lands.
   */
  touch() {
    if (!this.here) return;
    if (!this.touched) {
      this.touched = true;
      this.arrive();
    }
    if (!this.auto) return;
    this.auto = false;
    if (document.activeElement === this.parts.part("stop")) this.parts.press("drop").focus();
    this.stage.clear();
    if (this.flying) this.strip?.hurry();
    else if (!this.play.ended) {
      this.run++;
      this.busy = false;
      this.strip?.clear();
      this.forgetOpened();
      this.lay(true);
      this.strip?.ball.rest();
    }
    this.draw();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (!this.here || document.querySelector("dialog[open]")) return;
    this.touch();
    const act = actOf(event);
    if (act === null) return;
    if (act !== "back") event.preventDefault();
    if (act === "drop") this.drop();
    else if (act !== "back") this.choose(act);
    else if (this.busy) this.strip?.hurry();
    else if (this.close()) this.strip?.focusOn(0);
  }

  // drawing
  // -----------------------------------------------------------------------------------------------

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
    drawScreen(this, fresh);
    this.strip?.relabel();
  }
}

/** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
export const mount = (element, host) => new HomeView(element, host);
