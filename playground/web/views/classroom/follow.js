// @ts-check
/**
 * The bar of the full app that follows the front: opened from a student's page by `?follow=CODE`.
 */
import { openedHere } from "../../classroom/seat_views.js";
import { Line, request } from "../../classroom/line.js";
import { coverAnswers, showAnswer } from "../../core/class_cover.js";
import { make } from "../../core/dom.js";
import { changeAddress } from "../../core/link.js";
import { onView } from "../../core/on_view.js";
import { onLanguage, t } from "../../core/translate.js";
import { docked } from "./docked.js";

const STILL = 1500; // milliseconds that the front must stand still before this page goes there

/** A query without what each visitor chooses. @param {string} query */
function bare(query) {
  const fields = new URLSearchParams(query.replace(/^[^?]*\??/, ""));
  for (const own of ["lang", "projector", "follow"]) fields.delete(own);
  fields.sort();
  return fields.toString();
}

export class Follower {
  element = make("section", "class-dock class-follow");
  /** @type {any} */
  state = null;
  on = true;
  gone = false;
  lost = 0;
  timer = 0;

  /** @param {string} code */
  constructor(code) {
    this.code = code;
    this.base = `class/${code}`;
    docked(true, this.element);
    this.line = new Line({
      address: async () => `${this.base}/events?seat=${await this.seat()}`,
      state: async () => request(`${this.base}/state?seat=${await this.seat()}`),
      take: (state) => this.take(state),
      lost: (seconds) => this.set({ lost: seconds }),
      back: () => this.set({ lost: 0 }),
      gone: () => this.set({ gone: true }),
    });
    onLanguage(() => this.draw());
    document.addEventListener("playground:drawn", () => this.cover());
    this.draw();
    this.line.open();
  }

  /** The seat of this browser's student's page, or a new one. */
  async seat() {
    if (this.token) return this.token;
    const name = `playground-seat-${this.code}`;
    let kept = {};
    try {
      kept = JSON.parse(localStorage.getItem(name) ?? "{}");
    } catch {
      /* nothing is kept */
    }
    const old = /** @type {any} */ (kept).token;
    this.token = (await request(`${this.base}/seat`, { body: old ? { seat: old } : {} })).seat;
    try {
      localStorage.setItem(name, JSON.stringify({ ...kept, token: this.token }));
    } catch {
      /* private mode: the seat lasts as long as the page */
    }
    return this.token;
  }
  token = "";

  /** @param {any} state */
  take(state) {
    this.set({ state, gone: state.state === "ended" });
    this.cover();
    this.go();
  }

  /**
   * What the front keeps from the class, this page does; while a question is open nothing
   * is sent to the front, and all stays as it is.
   */
  cover() {
    const { state, on, gone } = this,
      front = state?.front;
    if (!on || gone || state?.state === "ended") return coverAnswers(false);
    if (!front) return;
    coverAnswers(Boolean(front.covers), false);
    const { answer, others = [], page, step } = onView();
    if (!answer || front.covered || page !== front.page || (step ?? null) !== front.step) return;
    for (const one of [answer, ...others]) showAnswer(one);
  }

  /** Opens what the front shows, once it stands still. */
  go() {
    clearTimeout(this.timer);
    const front = this.state?.front?.address;
    if (!this.on || this.gone || !front || bare(front) === bare(this.here)) return;
    this.timer = setTimeout(() => {
      location.assign(new URL(openedHere(front, this.code), document.baseURI));
    }, STILL);
  }

  /**
   * What this page was opened with: what its visitor does to it leaves the front, and asks for no
   * other page.
   */
  here = location.search;

  /** @param {Partial<Follower>} change */
  set(change) {
    Object.assign(this, change);
    this.draw();
  }

  /** @param {boolean} on */
  turn(on) {
    this.set({ on });
    if (on) this.here = location.search;
    this.cover();
    this.go();
  }

  leave() {
    this.line.close();
    clearTimeout(this.timer);
    docked(false, this.element);
    coverAnswers(false);
    this.gone = true; // nothing is covered any more
    changeAddress({ follow: "" });
  }

  said() {
    if (this.gone) return t("The class is closed.");
    if (this.lost) return t("No connection; trying again in {n} s.", { n: this.lost });
    if (this.state?.state === "asked") return t("There is a question.");
    return this.on ? t("Following the front") : t("Not following");
  }

  draw() {
    const held = this.element.contains(document.activeElement);
    const said = make("p", "class-said", this.said());
    said.setAttribute("role", "status");
    const back = make("a", "class-answer", t("Answer it"));
    back.href = this.base;
    /** @param {string} text @param {() => void} act */
    const press = (text, act) => {
      const one = make("button", "", text);
      one.type = "button";
      one.addEventListener("click", act);
      return one;
    };
    const asked = this.state?.state === "asked" && !this.gone;
    const turn = this.on
      ? press(t("Stop following"), () => this.turn(false))
      : press(t("Follow again"), () => this.turn(true));
    this.element.setAttribute("aria-label", t("The class that this page follows"));
    this.element.replaceChildren(
      make("span", "class-code", this.code),
      said,
      ...(asked ? [back] : []),
      ...(this.gone ? [] : [turn]),
      press(t("Leave"), () => this.leave()),
    );
    if (held) this.element.querySelector("button")?.focus();
  }
}
