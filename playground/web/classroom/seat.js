// @ts-check
/**
 * A student's page: what the front shows, the question, the answer, the reveal. It holds one seat
 * of a class, by a random token that this browser keeps with an answer that could not be sent yet;
 * no name, nothing else.
 */
import { inEveryLanguage } from "../core/dom.js";
import { choose, current, languages, onLanguage, say, t } from "../core/translate.js";
import { isGone, Line, Refused, request } from "./line.js";
import { drawCount, viewOf } from "./seat_views.js";

const WELCOME = 4000; // milliseconds that "Nothing was lost" stays
const AGAIN = 1000; // milliseconds until an answer is sent again that came too fast
const FULL_WAIT = 10_000; // milliseconds until a full class is asked for a seat again

/** @typedef {{question: any, answer: any}} Pending an answer that the class does not have yet */

/** @param {string} id @returns {HTMLElement} */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

export class Seat {
  code = decodeURIComponent(location.pathname.split("/").pop() ?? "").toUpperCase();
  base = `class/${this.code}`;
  kept = `playground-seat-${this.code}`;
  /** @type {any} the snapshot */
  state = null;
  token = "";
  /** @type {Pending | null} */
  pending = null;
  /** @type {any} what is typed or moved and not sent: {text, number, place, …} */
  draft = {};
  editing = false;
  following = true;
  gone = false;
  problem = "";
  drawn = ""; // what is on view; the same again changes the counts alone
  band = 0;

  constructor() {
    this.read();
    inEveryLanguage(() => this.frame());
    this.chooseLanguage();
    this.line = new Line({
      address: async () => `${this.base}/events?seat=${await this.seat()}`,
      state: async () => request(`${this.base}/state?seat=${await this.seat()}`, this.headers()),
      take: (state) => this.take(state),
      lost: (seconds) => this.lost(seconds),
      back: () => this.back(),
      gone: (error) => this.refused(error),
    });
    this.draw();
    onLanguage(() => {
      this.drawn = "";
      this.draw();
    });
    this.line.open();
  }

  // The seat
  // -----------------------------------------------------------------------------------------------
  read() {
    try {
      const { token = "", pending = null } = JSON.parse(localStorage.getItem(this.kept) ?? "{}");
      Object.assign(this, { token, pending });
    } catch {
      /* private mode, or something else was kept there: a new seat */
    }
  }

  keep() {
    try {
      const { token, pending } = this;
      localStorage.setItem(this.kept, JSON.stringify({ token, pending }));
    } catch {
      /* private mode: the seat lasts as long as the page */
    }
  }

  headers() {
    const headers = { "x-class-language": current(), "x-class-seat": this.token };
    return { headers };
  }

  /**
   * The token of the seat; a seat is taken at the first question for it, and once a visit it is
   * made sure that it still lives.
   */
  async seat() {
    if (!this.sure) {
      const { seat } = await request(`${this.base}/seat`, {
        ...this.headers(),
        body: this.token ? { seat: this.token } : {},
      });
      this.token = seat;
      this.sure = true;
      this.keep();
    }
    return this.token;
  }
  sure = false;

  /** @param {unknown} error */
  refused(error) {
    if (error instanceof Refused && error.status === 403 && this.token) {
      // the class was opened again after its process had gone: a new seat in it
      Object.assign(this, { token: "", sure: false });
      this.line.reopen();
      return;
    }
    this.gone = true;
    if (error instanceof Refused && error.status === 503) setTimeout(() => this.retry(), FULL_WAIT);
    this.problem = isGone(error) ? "" : say(/** @type {Refused} */ (error).error);
    if (isGone(error)) this.forget();
    this.draw();
  }

  /** Somebody may have left a full class. */
  retry() {
    Object.assign(this, { gone: false, problem: "" });
    this.line.reopen();
  }

  forget() {
    try {
      localStorage.removeItem(this.kept);
    } catch {
      /* nothing was kept */
    }
  }

  // What comes
  // -----------------------------------------------------------------------------------------------
  /** @param {any} state */
  take(state) {
    if (state.question?.id !== this.state?.question?.id) this.begin();
    this.state = state;
    if (state.state === "ended") this.forget();
    const open = this.pending?.question === state.question?.id && state.state === "asked";
    if (this.pending && !open)
      this.drop(); // closed before it arrived: the page must not say that it counts
    else if (this.pending) this.deliver();
    this.draw();
  }

  /** Another question: what was written for the one before is of no use. */
  begin() {
    Object.assign(this, { draft: {}, editing: false, problem: "" });
  }

  drop() {
    this.pending = null;
    this.keep();
  }

  /** What this seat said last, whether the class has it yet or not. */
  get yours() {
    const { pending, state } = this;
    if (pending && pending.question === state?.question?.id && state.question.kind !== "shannon")
      return { ...state.yours, answer: pending.answer, counted_as: null, waits: true };
    return state?.yours ?? null;
  }

  // Answers
  // -----------------------------------------------------------------------------------------------
  /** @param {any} answer */
  send(answer) {
    this.pending = { question: this.state.question.id, answer };
    Object.assign(this, { editing: false, problem: "" });
    this.keep();
    this.draw();
    return this.deliver();
  }

  async deliver() {
    const { pending } = this;
    if (!pending || this.sending) return;
    this.sending = true;
    try {
      const { yours, answered } = await request(`${this.base}/answer`, {
        ...this.headers(),
        body: pending,
      });
      if (this.state?.question?.id === pending.question) Object.assign(this.state, { yours });
      if (answered !== undefined && this.state) this.state.answered = answered;
      if (this.pending === pending) this.drop();
      this.said();
    } catch (error) {
      this.undelivered(pending, error);
    } finally {
      this.sending = false;
    }
    this.draw();
    if (this.pending && this.pending !== pending) this.deliver();
  }
  sending = false;

  /** @param {Pending} pending @param {unknown} error */
  undelivered(pending, error) {
    if (!(error instanceof Refused) || error.status >= 500) {
      this.line.fail(error); // it stays, and is sent again with the next state
      return;
    }
    if (error.status === 429) {
      setTimeout(() => this.deliver(), AGAIN);
      return;
    }
    if (this.pending === pending) this.drop();
    this.problem = say(error.error);
    if (error.status === 400) {
      this.editing = true;
      this.draft.text = pending.answer?.word ?? pending.answer;
    }
    this.speak(this.problem);
  }

  // The page
  // -----------------------------------------------------------------------------------------------
  frame() {
    byId("word").textContent = t("Class");
    byId("code").textContent = this.code;
    byId("language").setAttribute("aria-label", t("Language"));
    document.title = t("Class {code}", { code: this.code });
  }

  chooseLanguage() {
    const select = /** @type {HTMLSelectElement} */ (byId("language"));
    for (const [name, title] of Object.entries(languages)) {
      const option = new Option(title, name);
      option.lang = name;
      select.append(option);
    }
    select.value = current();
    select.addEventListener("change", async () => {
      await choose(select.value);
      select.value = current();
    });
  }

  draw() {
    const { state } = this;
    byId("here").hidden = !state || this.gone || state.state === "ended";
    byId("here").textContent = this.line?.isLost
      ? t("offline")
      : t("{n} here", { n: state?.present ?? 0 });
    const { key, main, foot, title } = viewOf(this);
    if (key !== this.drawn) {
      const before = this.drawn,
        held = document.activeElement?.closest("main, footer") !== null,
        name = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset.focus;
      this.drawn = key;
      byId("main").replaceChildren(...main());
      byId("foot").replaceChildren(...foot());
      document.body.dataset.state = key.split("|")[0];
      this.focus(before, key, held, name);
      if (before && before.split("|")[0] !== key.split("|")[0]) this.speak(title);
    }
    drawCount(this);
  }

  /** The focus stays where it was; into a new state it goes only if the page had it. @param {string} before @param {string} key
   *  @param {boolean} held @param {string | undefined} name */
  focus(before, key, held, name) {
    if (!before || !held) return;
    const same = name && document.querySelector(`[data-focus="${CSS.escape(name)}"]`);
    const field = this.editing && document.getElementById("in");
    if (field instanceof HTMLInputElement) {
      field.focus();
      field.select();
    } else if (same instanceof HTMLElement) same.focus();
    else byId("main").focus({ preventScroll: before.split("|")[0] === key.split("|")[0] });
  }

  /** What a screen reader hears once an answer is there. */
  said() {
    const { yours, state } = this;
    if (!yours || state.question.kind === "shannon") return;
    this.speak(t("Your answer is in. You may change it until answers are closed."));
  }

  /** @param {string} sentence */
  speak(sentence) {
    byId("live").textContent = "";
    setTimeout(() => (byId("live").textContent = sentence), 30);
  }

  // The connection
  // -----------------------------------------------------------------------------------------------
  /** @param {number} seconds */
  lost(seconds) {
    clearTimeout(this.band);
    document.body.classList.add("lost");
    const values = { n: seconds };
    this.showBand(
      "bad",
      this.pending
        ? t("No connection. Your answer is kept on this phone; trying again in {n} s.", values)
        : t("No connection; trying again in {n} s.", values),
    );
    this.draw();
  }

  back() {
    document.body.classList.remove("lost");
    this.showBand("good", t("Connected again. Nothing was lost."));
    this.band = setTimeout(() => (byId("band").hidden = true), WELCOME);
  }

  /** @param {string} kind @param {string} sentence */
  showBand(kind, sentence) {
    Object.assign(byId("band"), { hidden: false, className: kind, textContent: sentence });
  }
}

new Seat();
