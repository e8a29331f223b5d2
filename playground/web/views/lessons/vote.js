// @ts-check
/** V: the class is asked what stands on the stage, where a class is open. The classroom's module comes only where it is there. */
import { make } from "../../core/dom.js";
import { announce } from "../../core/messages.js";
import { t } from "../../core/translate.js";
import { bare } from "./prose.js";

/**
 * The question of a step as the class is asked; null where it cannot be. @param {import("./types.js").Step} step
 * @param {{lesson: string, step: number}} figure
 */
export function questionOf(step, figure) {
  const { predict, hidden } = step,
    text = bare([...step.text.slice(-1), step.question].join(" ")).slice(0, 400);
  if (!predict) return null;
  const asked = { text, figure, truth: hidden.truth };
  if (predict.kind === "card")
    return {
      ...asked,
      kind: "choice",
      choices: [t("True"), t("False")],
      truth: hidden.truth ? 0 : 1,
    };
  if ((predict.kind === "choice" || predict.kind === "tap") && (predict.items ?? []).length <= 12)
    return { ...asked, kind: "choice", choices: (predict.items ?? []).map(bare) };
  if (predict.kind === "number" || predict.kind === "mark") {
    const { low, high, step: by, unit = "" } = predict;
    return { ...asked, kind: "number", low, high, step: by, unit };
  }
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

/** The votes of a class, a number an item. @param {import("./types.js").Step} step @param {any} revealed @returns {number[] | null} */
export function votesOf(step, revealed) {
  const kind = step.predict?.kind ?? "";
  if (!["card", "choice", "tap"].includes(kind) || !Array.isArray(revealed?.rows)) return null;
  return revealed.rows.map((/** @type {any} */ row) => Number(row.count) || 0);
}

export class Vote {
  /** @type {any} the classroom's session module */
  session = null;
  asked = ""; // "lesson,step" of the question that the class has

  /** @param {{there: boolean, now: () => {step: import("./types.js").Step, figure: {lesson: string, step: number}} | null,
   *   revealed: (place: string, revealed: any) => void, seen: () => object | null}} options seen: what a class that follows is shown */
  constructor({ there, now, revealed, seen }) {
    this.there = there;
    this.now = now;
    this.revealed = revealed;
    this.seen = seen;
    this.element = make("aside", "stage-vote");
    this.element.hidden = true;
    if (there) this.load();
  }

  async load() {
    const [session, view] = ["../classroom/session.js", "../../core/on_view.js"]; // not in every copy: the server says so
    this.session = await import(session);
    (await import(view)).offerView("lessons", this.seen);
    this.session.onReveal((/** @type {any} */ state) => {
      if (!this.asked) return;
      this.revealed(this.asked, state.revealed);
      this.asked = "";
      this.draw();
    });
    document.addEventListener("playground:class", () => this.draw());
  }

  get open() {
    return Boolean(this.session?.classIsOpen());
  }

  /** Asks, or closes what was asked. */
  async press() {
    if (!this.open) {
      if (this.there) announce(t("Open a class first: Teach, in the masthead."));
      return;
    }
    const here = this.now();
    try {
      if (this.asked) await this.session.closeClass();
      else {
        const question = here && questionOf(here.step, here.figure);
        if (!question) {
          announce(t("This step cannot be voted on."));
          return;
        }
        await this.session.askClass(question);
        this.asked = `${here.figure.lesson},${here.figure.step}`;
      }
    } catch (error) {
      announce(error instanceof Error ? error.message : String(error));
    }
    this.draw();
  }

  /** The stage revealed the truth: the class's answers come too. @param {string} place */
  async reveal(place) {
    if (!this.open || this.asked !== place) return;
    try {
      await this.session.closeClass();
      await this.session.revealClass();
    } catch (error) {
      announce(error instanceof Error ? error.message : String(error));
    }
  }

  draw() {
    const state = this.open ? this.session.classState() : null;
    this.element.hidden = !this.asked || !state;
    if (this.element.hidden) return;
    this.element.textContent = t("{answered} of {present} answered", {
      answered: state.answered ?? 0,
      present: Math.max(state.present ?? 0, state.answered ?? 0),
    });
  }
}
