// @ts-check
/**
 * What stands on Home beside the tiles: the skeleton, the sentence with its words and blanks, who
 * chose what, which model speaks.
 */
import { asIs, make, node } from "../../core/dom.js";
import { fixed, percent } from "../../core/format.js";
import { t } from "../../core/translate.js";
import { shown } from "./game.js";

/** @typedef {import("./game.js").Word} Word */
/** @typedef {import("./game.js").Guess} Guess */
/** @typedef {ReturnType<typeof import("../../core/dom.js").partsOf>} Parts */

/**
 * Whether a piece is written without a space before it. By the piece alone: the sentence's words
 * come
 * in any order, so no detokenizer can look back. playground/takeaway/film.py has the same rule.
 * @param {string} text
 */
export const joins = (text) => /^(##|[.,;:!?'’)])/.test(text);
/** A piece as it stands in a text. @param {string} text */
export const bare = (text) => text.replace(/^##(?=.)/, "");

/**
 * The sentence as plain text.
 * @param {string} prompt
 * @param {(Word | null)[]} words
 * @param {string} blank
 */
export function plainText(prompt, words, blank = "") {
  let text = prompt;
  for (const word of words) {
    if (word) text += (joins(word.text) || /['’]$/.test(text) ? "" : " ") + bare(word.text);
    else if (blank) text += " " + blank;
  }
  return text;
}

/** @param {HTMLElement} host */
export function makeSentence(host) {
  asIs(host);
  /** @type {Map<number, HTMLElement>} */
  let places = new Map();

  /** @param {HTMLElement} line @param {HTMLElement | string} part @param {boolean} joined */
  function put(line, part, joined) {
    if (line.childNodes.length && !joined) line.append(" ");
    line.append(part);
  }

  /** @param {Guess} guess @param {boolean} here */
  function mask(guess, here) {
    const one = make("span", here ? "home-mask here" : "home-mask");
    if (guess) {
      const ghost = make("i", "", shown(guess.text));
      ghost.style.filter = `blur(${(5 * (1 - guess.share)).toFixed(1)}px)`; // blur is doubt
      ghost.style.opacity = (0.45 + 0.5 * guess.share).toFixed(2);
      one.append(ghost);
    }
    return one;
  }

  /**
   * @param {{prompt: string, words: (Word | null)[], at: number, masks: boolean, guesses: Guess[], ended: boolean, fresh?: number}} state
   *   at: the place that is next (-1: none); fresh: the place of the newest word
   */
  function draw({ prompt, words, at, masks, guesses, ended, fresh = -1 }) {
    const line = make("div", "home-line");
    places = new Map();
    put(line, prompt, true);
    let before = prompt;
    words.forEach((word, k) => {
      if (word) {
        const one = make("span", `home-word by-${word.by}`, bare(word.text));
        if (k === fresh) one.classList.add("fresh");
        put(line, one, joins(word.text) || /['’]$/.test(before));
        places.set(k, one);
        before = word.text;
      } else if (masks && !ended) {
        const one = mask(guesses[k] ?? null, k === at);
        put(line, one, false);
        places.set(k, one);
      } else if (k === at && !ended) {
        const one = make("span", "home-slot");
        put(line, one, false);
        places.set(k, one);
      }
    });
    const last = words.findLast((word) => word)?.text ?? "";
    if (masks) line.append(".");
    else if (ended && !/^[.!?]$/.test(last)) line.append(" …");
    host.replaceChildren(line);
    const text = plainText(prompt, words, masks ? t("blank") : "");
    host.setAttribute("aria-label", t("The sentence: {text}", { text }));
  }

  return {
    draw,
    /** The element of a place. @param {number} k */
    place: (k) => places.get(k) ?? null,
    /** All words and masks. */
    places: () => [...places.values()],
  };
}

/** The parts of the page, once. */
export function skeleton() {
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
      node("button", {
        type: "button",
        class: "plain icon home-whole",
        part: "whole",
        hidden: true,
      }),
    ),
    node("div", { class: "home-text", part: "text", role: "group" }),
    node("p", { class: "problem", part: "problem", role: "alert", hidden: true }),
    node(
      "div",
      { class: "home-machine" },
      node("div", { part: "tiles" }),
      node("div", { class: "home-ending", part: "ending", hidden: true }),
    ),
    node(
      "div",
      { class: "home-row" },
      node(
        "div",
        { class: "home-below" },
        node("div", { part: "opened" }),
        node("button", { type: "button", class: "plain home-small", part: "small" }, () =>
          t("Small tiles"),
        ),
      ),
      joinBox(),
    ),
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

/** A student types the code of a class here; phones scan it. */
function joinBox() {
  const code = node("input", {
    ...{ type: "text", maxlength: 5, size: 10, pattern: "[A-Za-z]{5}", required: true },
    ...{ autocomplete: "off", autocapitalize: "characters", spellcheck: "false" },
    placeholder: () => t("class code"),
    "aria-label": () => t("Code of the class"),
    title: () => t("Five letters, as they stand at the front"),
  });
  const join = node(
    "button",
    { hidden: true, title: () => t("Opens the student’s page of this class") },
    () => t("Join"),
  );
  const form = node("form", { class: "home-join" }, code, join);
  code.addEventListener("input", () => (join.hidden = !code.value)); // few controls for all others
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    location.assign(new URL(`class/${code.value.toUpperCase()}`, document.baseURI));
  });
  return form;
}

/** @param {Parts} parts @param {number} heat */
function drawHeat(parts, heat) {
  const slider = parts.input("heat");
  const [low, high] = [Number(slider.min), Number(slider.max)];
  slider.style.setProperty("--fill", `${(100 * (heat - low)) / (high - low)}%`);
  parts.part("heatOut").textContent = fixed(heat, 2);
}

/**
 * The button for the tiles that are too small for a finger.
 * @param {Parts} parts
 * @param {import("./home.js").HomeView} home
 */
export function drawSmall(parts, { strip, next, play, opened }) {
  const none = (strip?.firstSmall() ?? -1) < 0;
  parts.press("small").hidden = none || !next || play.ended || opened?.rest === false;
}

/**
 * Everything but the tiles.
 * @param {import("./home.js").HomeView} home
 * @param {number} fresh the place of the newest word, or -1
 */
export function drawScreen(home, fresh) {
  const { play, record, parts, next } = home,
    { masks, ended, words } = play,
    place = masks ? (next?.place ?? -1) : play.step,
    at = ended || (masks && home.flying) ? -1 : place,
    guesses = next?.guesses ?? [];
  home.sentence?.draw({ prompt: record.prompt, words, at, masks, guesses, ended, fresh });
  home.showMode?.(play.mode);
  home.view.classList.toggle("auto", home.auto);
  parts.part("tiles").hidden = ended;
  parts.part("ending").hidden = !ended;
  parts.press("drop").textContent = ended ? t("Play again") : t("Drop the ball");
  drawHeat(parts, home.heat);
  drawSmall(parts, home);
  drawScore(parts, words);
  drawSource(parts, record, masks, next ? next.live : home.touched);
}

/** Removes the tiles that first_paint.js drew. @returns {boolean} whether they were there */
export function removeFirstPaint() {
  const before = document.getElementById("first-paint");
  before?.remove();
  return before !== null;
}

/** Who chose how many, and in which order. @param {Parts} parts @param {(Word | null)[]} words */
function drawScore(parts, words) {
  const taken = words.flatMap((word) => (word ? [word] : []));
  const you = taken.filter((word) => word.by === "you").length;
  parts.part("count").textContent = t("You chose {you}, chance chose {chance}", {
    you,
    chance: taken.length - you,
  });
  taken.sort((a, b) => a.order - b.order);
  const pips = words.map((_, k) => make("i", taken[k] ? `by-${taken[k].by}` : ""));
  parts.part("pips").replaceChildren(...pips);
}

/**
 * Which model speaks, and whether it is the recording.
 * @param {Parts} parts
 * @param {any} record
 * @param {boolean} masks
 * @param {boolean} live
 */
function drawSource(parts, record, masks, live) {
  const { model, parameters } = record[masks ? "masks" : "causal"];
  const size = String(Math.round(parameters / 1e6));
  const place = parts.part("source");
  if (live) {
    place.textContent = t("Live: {model}, {size} M", { model, size });
    place.title = t("The model on the server answers each draw, over all {count} tokens.", {
      count: record.vocabulary,
    });
    return;
  }
  place.textContent = t("Recorded: {model}, {size} M", { model, size });
  place.title = t(
    "Recorded from this model at heat {heat} with seed {seed}, picked by eye from eighty; live as soon as you touch it.",
    { heat: record.heat, seed: String(record.seed) },
  );
}

/**
 * What a key means on this page: a tile's index, "drop", "back", or null.
 * @param {KeyboardEvent} event
 */
export function actOf({ key, target, ctrlKey, metaKey, altKey }) {
  if (ctrlKey || metaKey || altKey) return null;
  const at = /** @type {HTMLElement} */ (target);
  const writes = at.matches?.("input:not([type=range]), textarea, select, [contenteditable=true]");
  if (key === "Escape") return "back";
  if (/^[1-9]$/.test(key) && !writes) return Number(key) - 1;
  // Space is the control's own there
  const pressed = at.closest?.("button, a, summary, input, [role=tab]");
  return key === " " && !writes && !pressed ? "drop" : null;
}

/** @param {any} error of a question to the model */
export function sentenceOf(error) {
  if (error?.name === "Refused") return error.message;
  return t("The server did not answer. Your sentence is still here; drop the ball to ask again.");
}

/** What is read aloud after a word. @param {Word} word */
export function saidOf(word) {
  const values = { word: shown(word.text), share: percent(word.share) };
  return word.by === "you"
    ? t("You chose {word}, {share}.", values)
    : t("Chance chose {word}, {share}.", values);
}

/** What is read aloud of the tiles that follow. @param {{text: string, share: number}[]} tiles */
export function nextOf(tiles) {
  const names = tiles
    .slice(0, 3)
    .map(({ text, share }) => t("{word}, {share}", { word: shown(text), share: percent(share) }));
  return t("Next: {words}", { words: names.join("; ") });
}
