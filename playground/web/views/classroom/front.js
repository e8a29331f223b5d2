// @ts-check
/**
 * What the class sees at the front: the question over the whole page while it is asked, who has
 * answered, the answers at the reveal.
 */
import { asIs, make, visible } from "../../core/dom.js";
import { nt, t } from "../../core/translate.js";
import { resultOf } from "../../classroom/result.js";

const MANY = 60; // seats that stand as circles; more are a bar

/** @param {any} question */
export function titleOf({ kind, text }) {
  if (text) return text;
  if (kind === "shannon") return t("Guess every word until you have it");
  if (kind === "place_word") return t("Which place next, and which word?");
  if (kind === "pair") return t("Which text is better?");
  return kind === "token" ? t("What comes next?") : t("A question");
}

/** The end of a text, from a sentence on if there is one. @param {string} text */
function ending(text) {
  const last = [...text].slice(-260).join("");
  const cut = last.length < text.length ? last.replace(/^\S*\s/, "") : last;
  return cut.length < text.length ? "… " + cut : cut;
}

/** @param {any} question @param {any} [revealed] */
function subject(question, revealed) {
  if (question.kind === "token") {
    const tale = asIs(make("p", "front-tale", ending(question.prompt ?? "") + " ")),
      drawn = revealed?.drawn?.text;
    tale.append(
      drawn ? make("span", "front-gap known", visible(drawn.trim())) : make("span", "front-gap"),
    );
    return [tale];
  }
  if (question.kind === "place_word") return [canvasOf(question, revealed?.truth)];
  if (revealed) return [];
  if (question.kind === "choice" || question.kind === "order") {
    const list = make("ol", "front-choices");
    list.append(...question.choices.map((/** @type {string} */ one) => make("li", "", one)));
    return [list];
  }
  if (question.kind === "pair") {
    const texts = make("div", "class-pair");
    for (const side of ["left", "right"]) {
      const part = make("section");
      part.append(asIs(make("p", "", question[side] ?? "")));
      texts.append(part);
    }
    return [texts];
  }
  return [];
}

/**
 * The canvas with its places numbered, and at the reveal the word that came.
 * @param {any} question
 * @param {any} [truth]
 */
function canvasOf(question, truth) {
  const canvas = asIs(make("p", "front-tale"));
  question.canvas.forEach((/** @type {string} */ word, /** @type {number} */ i) => {
    const hidden = question.masks.includes(i),
      came = truth?.place === i;
    const place = came
      ? make("span", "front-gap known", truth.word.trim())
      : make("span", "front-mask", String(i + 1));
    canvas.append(hidden ? place : word, " ");
  });
  return canvas;
}

/** A circle a seat; filled ones have answered. @param {number} answered @param {number} present */
function seats(answered, present) {
  const all = Math.max(answered, present);
  if (all > MANY || !all) {
    const bar = make("div", "front-bar"),
      filled = make("i");
    filled.style.width = `${all ? (100 * answered) / all : 0}%`;
    bar.append(filled);
    return bar;
  }
  const box = make("div", "front-seats");
  box.style.setProperty("--columns", String(Math.min(12, Math.max(3, Math.ceil(all / 3)))));
  for (let k = 0; k < all; k++) box.append(make("i", k < answered ? "in" : ""));
  return box;
}

/** @param {any} state @param {boolean} waits the question is not there yet */
function answeredSentence({ state, question, answered, present }, waits) {
  if (waits) return t("The question is on its way …");
  if (question.kind === "shannon")
    return nt(
      "{done} of {n} is through all {words} words.",
      "{done} of {n} are through all {words} words.",
      Math.max(present, answered),
      { done: question.finished ?? answered, words: question.words },
    );
  const values = { answered, present: Math.max(present, answered) };
  return state === "closed"
    ? t("{answered} of {present} answered; answers are closed.", values)
    : t("{answered} of {present} answered. You may change your answer until it is closed.", values);
}

export class Front {
  element = make("section", "class-front");
  drawn = "";

  constructor() {
    this.element.hidden = true;
    this.element.tabIndex = -1;
  }

  /**
   * Covers the page, or shows it again. The page is inert while it is covered.
   * @param {any} state the teacher's snapshot @param {any} asking a question on its way to the class, which covers the page already
   */
  show(state, asking) {
    const asked = asking ? { ...state, state: "asked", question: asking, answered: 0 } : state;
    const covers =
      asked?.question &&
      ["asked", "closed", "revealed"].includes(asked.state) &&
      !asked.question.figure?.lesson;
    this.element.hidden = !covers;
    this.place();
    for (const page of document.querySelectorAll("gradio-app"))
      page.toggleAttribute("inert", Boolean(covers));
    if (!covers) this.drawn = "";
    else if (asked.state === "revealed") this.reveal(asked);
    else this.ask(asked, Boolean(asking));
  }

  /** Over the page; where a part of it fills the screen, over that. */
  place() {
    const whole = document.fullscreenElement,
      host = whole && whole !== document.documentElement ? whole : document.body;
    if (this.element.parentElement !== host && this.element.isConnected) host.append(this.element);
  }

  /** @param {any} state @param {boolean} waits */
  ask(state, waits) {
    this.drawn = "";
    const { question } = state,
      shannon = question.kind === "shannon",
      answered = shannon ? (question.finished ?? 0) : state.answered;
    this.element.className = "class-front asking";
    this.element.setAttribute("aria-label", t("At the front"));
    const note = shannon
      ? t("Shannon’s game: each at your own pace; the model plays the same words.")
      : "";
    this.element.replaceChildren(
      this.heading(question, note),
      ...subject(question),
      seats(answered, state.present ?? 0),
      make("p", "front-sentence", answeredSentence(state, waits)),
    );
  }

  /** @param {any} question @param {string} note */
  heading(question, note) {
    const heading = make("h1", "", titleOf(question));
    if (note) heading.append(make("small", "", note));
    return heading;
  }

  /** @param {any} state */
  reveal({ question, revealed, id }) {
    const now = JSON.stringify([question.id, revealed]);
    if (now === this.drawn) return;
    const moving = !this.drawn; // a hidden answer changes the rows without another show
    this.drawn = now;
    this.element.className = `class-front showing kind-${question.kind}`;
    const tale = subject(question, revealed);
    this.element.replaceChildren(
      ...(tale.length ? tale : [this.heading(question, "")]),
      ...resultOf(question, revealed, { moving, most: 6 }),
    );
  }
}
