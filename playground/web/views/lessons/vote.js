// @ts-check
/**
 * V: the class is asked what stands on the stage, where a class is open. The classroom's module
 *   comes only where it is there.
 */
import { make } from "../../core/dom.js";
import { announce } from "../../core/messages.js";
import { say, t } from "../../core/translate.js";
import { partsLaid } from "./laid_out.js";
import { bare } from "./prose.js";
import { placeOf } from "./store.js";

const LONGEST = 300; // characters of a question that a class is asked

/**
 * The question of a step as the class is asked; null where it cannot be. @param {import("./types.js").Step} step
 * @param {{lesson: string, step: number}} figure
 */
export function questionOf(step, figure) {
  const { predict, hidden } = step,
    whole = bare([...step.text.slice(-1), step.question].join(" ")),
    text = whole.length <= LONGEST ? whole : bare(step.question).slice(0, LONGEST);
  if (!predict || (step.needs_model && !step.figure)) return null;
  const asked = { text, figure, truth: hidden.truth };
  if (predict.kind === "card")
    return {
      ...asked,
      kind: "choice",
      choices: [t("True"), t("False")],
      truth: hidden.truth ? 0 : 1,
    };
  if ((predict.kind === "choice" || predict.kind === "tap") && (predict.items ?? []).length <= 12) {
    const laid = partsLaid(step),
      choices = laid.map((i) => bare((predict.items ?? [])[i]));
    return { ...asked, kind: "choice", choices, truth: laid.indexOf(hidden.truth) };
  }
  if (predict.kind === "number" || predict.kind === "mark") {
    const { low, high, step: by, unit = "" } = predict;
    return { ...asked, kind: "number", low, high, step: by, unit };
  }
  if (predict.kind === "order")
    return { ...asked, kind: "order", choices: (predict.items ?? []).map(bare) };
  if (predict.kind === "drag")
    return {
      ...asked,
      kind: "numbers",
      labels: predict.items,
      low: predict.low,
      high: predict.high,
    };
  return null;
}

/**
 * What a class said to a step; null where nobody answered. @param {import("./types.js").Step} step
 * @param {{key: string, count: number}[]} answers as the teacher's snapshot lists them @returns {import("./dots.js").Votes | null}
 */
export function votesOf(step, answers) {
  const { kind = "", items = [] } = step.predict ?? {},
    all = answers.flatMap(({ key, count }) => Array.from({ length: count }, () => key)),
    n = all.length;
  if (!n) return null;
  if (kind === "number" || kind === "mark") return { n, values: all.map(Number) };
  const rows = all.map((key) => key.split(",").map(Number));
  if (kind === "drag") return { n, each: items.map((_, i) => rows.map((row) => row[i])) };
  if (kind === "order") return { n, orders: rows };
  const laid = kind === "card" ? [0, 1] : partsLaid(step),
    counts = laid.map(() => 0);
  for (const [i] of rows) if (i in laid) counts[laid[i]]++;
  return { n, counts };
}

/** @param {any} error */
const saidOf = (error) => say(error?.error) || t("The server did not answer: try again.");

export class Vote {
  /** @type {any} the classroom's session module */
  session = null;
  known = ""; // "lesson,step" whose votes are on the stage
  revealedQuestion = 0; // the number of the question of the class whose truth was shown last

  /** @param {{there: boolean, now: () => {step: import("./types.js").Step, figure: {lesson: string, step: number}} | null,
   *   voted: (place: string, answers: {key: string, count: number}[] | null, reveals: boolean) => void, seen: () => object | null}} options
   *   voted: the answers are closed (null: withdrawn); `reveals` once, when the class is shown the truth; seen: what a class that follows is shown */
  constructor({ there, now, voted, seen }) {
    this.there = there;
    this.now = now;
    this.voted = voted;
    this.seen = seen;
    this.element = make("aside", "stage-vote");
    this.element.hidden = true;
    if (there) this.load();
  }

  async load() {
    // not in every copy: the server says so
    const [session, view] = ["../classroom/session.js", "../../core/on_view.js"];
    this.session = await import(session);
    (await import(view)).offerView("lessons", () => this.offered());
    document.addEventListener("playground:class", () => this.hear());
  }

  /** What is on view, with the question of this step, for the teacher's panel and phone. */
  offered() {
    const seen = this.seen(),
      here = this.now(),
      question = here && questionOf(here.step, here.figure);
    if (!seen || !question) return seen;
    return {
      ...seen,
      questions: [{ label: t("The question of this step"), question: () => question }],
    };
  }

  get open() {
    return Boolean(this.session?.classIsOpen());
  }

  /** The place whose question the class has, "" where it has none of a lesson's. */
  get asked() {
    const state = this.open ? this.session.classState() : null,
      { lesson, step } = state?.question?.figure ?? {};
    return lesson && ["asked", "closed", "revealed"].includes(state.state)
      ? placeOf(lesson, step)
      : "";
  }

  /** The class has changed. */
  hear() {
    const { asked } = this,
      state = this.open ? this.session.classState() : null;
    if (this.known && this.known !== asked) this.voted(this.known, null, false);
    this.known = "";
    if (asked && state.state !== "asked") {
      const reveals = state.state === "revealed" && this.revealedQuestion !== state.question.id;
      if (reveals) this.revealedQuestion = state.question.id;
      this.known = asked;
      this.voted(asked, state.answers ?? [], reveals); // R may hide the truth again
    }
    this.draw();
  }

  /**
   * Asks; then closes what was asked, so that the answers lie over the figure. R brings the truth.
   */
  async press() {
    if (!this.open) {
      if (this.there) announce(t("Open a class first: Teach, in the masthead."));
      return;
    }
    const here = this.now(),
      place = here ? placeOf(here.figure.lesson, here.figure.step) : "",
      { state } = this.session.classState();
    try {
      if (here && this.asked === place && state === "asked") await this.session.closeClass();
      else if (here && this.asked === place && state === "closed")
        announce(t("The votes are on the figure: R reveals the truth."));
      else await this.ask(here);
    } catch (error) {
      announce(saidOf(error));
    }
    this.draw();
  }

  /**
   * @param {{step: import("./types.js").Step, figure: {lesson: string, step: number}} | null} here
   */
  async ask(here) {
    const question = here && questionOf(here.step, here.figure);
    if (!question) announce(t("This step cannot be voted on."));
    else await this.session.askClass(question);
  }

  /** The stage reveals the truth: so does the class. @param {string} place */
  async reveal(place) {
    if (this.asked !== place || this.session.classState().state === "revealed") return;
    try {
      await this.session.revealClass();
    } catch (error) {
      announce(saidOf(error));
    }
  }

  draw() {
    const state = this.asked ? this.session.classState() : null;
    this.element.hidden = state?.state !== "asked";
    if (this.element.hidden) return;
    this.element.textContent = t("{answered} of {present} answered", {
      answered: state.answered ?? 0,
      present: Math.max(state.present ?? 0, state.answered ?? 0),
    });
  }
}
