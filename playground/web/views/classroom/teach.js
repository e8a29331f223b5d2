// @ts-check
/**
 * Teaching a class from any page: the panel under it, the question over it, the keys. The masthead
 * imports this at the first press of Teach.
 */
import { qrPicture } from "../../charts/qr.js";
import { coverAnswers, coversAnswers, onCover, showAnswer } from "../../core/class_cover.js";
import { asIs, make } from "../../core/dom.js";
import { announce } from "../../core/messages.js";
import { onView } from "../../core/on_view.js";
import { onLanguage, say, t } from "../../core/translate.js";
import { docked } from "./docked.js";
import { Front } from "./front.js";
import { ownQuestion, shannonQuestion } from "./offers.js";
import { Panel } from "./panel.js";
import { PhoneOffer } from "./phone_offer.js";
import { openClass, resumeClass } from "./session.js";
import { Steered } from "./steered.js";

const SURE = 4000, // milliseconds in which End must be pressed again
  LOCAL = /^(localhost|127\.|0\.0\.0\.0|\[::1\])/,
  // reads a sentence of the teacher's where the page has no model of its own
  MODEL = "fairy-causal";

/** @typedef {import("../../core/on_view.js").Offer} Offer */

export class Teaching {
  /** @type {import("./session.js").ClassSession | null} */
  session = null;
  /** @type {any} the question that is on its way */
  asking = null;
  /** @type {Promise<void> | null} until the class has it */
  underway = null;
  /** @type {import("./offers.js").QuestionForm | null} */
  form = null;
  asked = ""; // the name of the answer that the question on view asks for
  knownOnly = true; // whether a word must be one that the model knows
  peek = false;
  sure = false;
  folded = innerWidth < 700; // a phone needs its room for the page
  problem = "";
  /** @type {SVGElement | null} */
  picture = null;
  /**
   * @type {string | null} the app's address as other devices reach it, where that is not this page's own
   */
  base = null;

  /**
   * @param {import("../../core/value.js").Host["server"]} server
   * @param {(on: boolean) => void} changed
   */
  constructor(server, changed) {
    this.server = server;
    this.changed = changed;
    this.front = new Front();
    this.panel = new Panel(this.acts());
    this.steered = new Steered(this);
    this.phone = new PhoneOffer(
      server,
      () => this.session,
      (error) => this.set({ problem: this.saidOf(error) }),
    );
    this.large = make("button", "class-large");
    this.large.hidden = true;
    this.large.addEventListener("click", () => this.showLarge(false));
    document.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("playground:drawn", () => this.soon());
    for (const name of ["click", "fullscreenchange"])
      document.addEventListener(name, () => this.soon());
    onCover(() => {
      this.session?.drive(); // another part of the text may be sent now
      this.soon();
    });
    onLanguage(() => this.session && this.draw());
  }

  /** @returns {import("./panel.js").Acts} */
  acts() {
    return {
      ask: (offer) => this.ask(offer.question, offer.answer),
      own: () => this.open(ownQuestion()),
      shannon: () => this.open(shannonQuestion(onView().model ?? MODEL)),
      send: () => this.send(),
      cancel: () => this.open(null),
      act: (path) => this.act(path),
      hide: (answer, hidden) => this.act("hide", { answer, hidden }),
      peek: () => this.set({ peek: !this.peek }),
      follow: () => this.session?.setFollow(!this.session.follow),
      cover: () => coverAnswers(!coversAnswers()),
      known: () => this.set({ knownOnly: !this.knownOnly }),
      phone: () => this.phone.press(),
      fold: () => this.set({ folded: !this.folded }),
      large: () => this.showLarge(true),
      results: (kind) => this.results(kind),
      end: () => this.end(),
      reopen: () => this.reopen(),
    };
  }

  // Beginning and end
  // -----------------------------------------------------------------------------------------------
  /** Opens a class, or goes on with the one of this tab. @param {boolean} resume */
  async begin(resume) {
    if (this.session) return this.panel.element.querySelector("button")?.focus();
    docked(true, this.front.element, this.panel.element, this.large);
    this.draw();
    try {
      const draw = () => this.draw();
      this.session = resume ? resumeClass(draw) : await openClass(draw);
      if (!this.session) return this.close();
      coverAnswers(true);
      this.changed(true);
      this.code();
    } catch (error) {
      this.close();
      announce(this.saidOf(error));
      return;
    }
    this.draw();
    if (!resume)
      /** @type {HTMLElement | null} */ (this.panel.element.querySelector(".main"))?.focus();
    this.session.drive();
  }

  close() {
    this.session = null;
    coverAnswers(false);
    this.phone.element.remove();
    Object.assign(this, { asking: null, form: null, peek: false, sure: false, problem: "" });
    this.front.show(null, null);
    docked(false, this.front.element, this.panel.element, this.large);
    this.changed(false);
  }

  async end() {
    if (!this.sure) {
      this.set({ sure: true });
      setTimeout(() => this.set({ sure: false }), SURE);
      return;
    }
    try {
      await this.session?.end();
    } catch {
      this.session?.leave(); // it is gone already, or will end by itself
    }
    this.close();
    announce(t("The class is closed."));
  }

  /** The process that held the class is gone: the same code, a new class. */
  async reopen() {
    const code = this.session?.held.code,
      old = this.session;
    old?.leave();
    try {
      this.session = await openClass(() => this.draw(), code);
      this.problem = "";
    } catch (error) {
      this.session = old;
      this.problem = this.saidOf(error);
    }
    this.draw();
  }

  /** Where the students go. */
  get address() {
    return new URL(`class/${this.session?.held.code ?? ""}`, this.base ?? document.baseURI).href;
  }

  async code() {
    try {
      // 127.0.0.1 would lead a phone to itself: the server knows its own address in the network
      if (LOCAL.test(location.host))
        this.base = (await this.server.reachable(document.baseURI)).address;
      const { rows } = await this.server.squares(this.address);
      if (rows) this.picture = qrPicture(rows, t("QR code of the class’s address"));
    } catch {
      /* the address beside it works */
    }
    this.draw();
  }

  // Questions
  // -----------------------------------------------------------------------------------------------
  /** @param {import("./offers.js").QuestionForm | null} form */
  open(form) {
    this.set({ form, problem: "" });
    form?.element.querySelector("input")?.focus();
  }

  send() {
    const { question, problem } = /** @type {import("./offers.js").QuestionForm} */ (
      this.form
    ).question();
    if (problem) {
      this.set({ problem });
      return;
    }
    this.ask(() => question);
  }

  /**
   * The question covers the page before the class has it.
   * @param {() => any} made
   * @param {() => string} [answer] what its reveal shows
   */
  async ask(made, answer) {
    if (!this.session || this.asking) return;
    const question = made(),
      { shown, ...wire } = question;
    if (wire.kind === "token") wire.known_only = this.knownOnly;
    this.asked = answer?.() ?? onView().answer ?? "";
    this.set({ asking: { ...question, ...shown }, problem: "" });
    this.underway = this.bring(wire);
    await this.underway;
  }

  /** @param {any} wire the question as the class takes it */
  async bring(wire) {
    try {
      if (this.session?.state?.state === "revealed") await this.session.act("again");
      await this.put(wire);
      this.set({ asking: null, form: null, peek: false, problem: "" });
      this.speak(t("The question is open."));
    } catch (error) {
      this.set({ asking: null, problem: this.saidOf(error) });
    }
  }

  /**
   * A canvas of a model that is not among the networks (an exact one) is asked about without its
   * probabilities.
   * @param {any} question
   */
  async put(question) {
    const { model, ids, offset, ...alone } = question;
    try {
      await this.session?.act("ask", { question });
    } catch (error) {
      const plain = question.kind === "place_word" && model;
      if (!plain || /** @type {any} */ (error).status !== 400) throw error;
      await this.session?.act("ask", { question: alone });
    }
  }

  /** @param {string} path @param {any} [body] */
  async act(path, body) {
    if (this.asking) {
      await this.underway; // what is pressed meanwhile belongs to the question that is on its way
      if (this.problem) return;
    }
    try {
      const state = await this.session?.act(path, body);
      this.set({ problem: "", peek: path === "hide" ? this.peek : false });
      if (path === "close") this.speak(t("Answers are closed."));
      if (path === "reveal" && state)
        this.speak(this.front.element.querySelector(".class-sentence")?.textContent ?? "");
    } catch (error) {
      this.set({ problem: this.saidOf(error) });
    }
  }

  /** @param {"csv" | "json"} kind */
  async results(kind) {
    try {
      await this.session?.results(kind);
    } catch (error) {
      this.set({ problem: this.saidOf(error) });
    }
  }

  /** @param {any} error */
  saidOf(error) {
    return (
      say(error?.error) || t("The server did not answer: the class has not got this. Try again.")
    );
  }

  // Drawing
  // -----------------------------------------------------------------------------------------------
  /** @param {Partial<Teaching>} change */
  set(change) {
    Object.assign(this, change);
    if (this.session) this.draw();
  }

  /** The page has drawn something else: other questions may fit. Once a frame is enough. */
  soon() {
    if (!this.session || this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      this.draw();
    });
  }
  waiting = 0;

  draw() {
    const { session, asking, form, peek, sure, folded, problem, picture } = this,
      open = session?.state?.state === "open";
    if (session?.state?.state === "ended") return this.close();
    this.front.show(session?.gone ? null : (session?.state ?? null), asking);
    if (session?.state?.state === "revealed" && !asking) this.uncover();
    this.phone.draw();
    this.steered.draw();
    const offers = session && (open || !session.state) ? (onView().questions ?? []) : [];
    const local = !this.base && LOCAL.test(location.host);
    const look = { session, offers, form, asking, peek, sure, folded, problem, picture, local };
    const { knownOnly, address } = this;
    this.panel.show({ ...look, knownOnly, covers: coversAnswers(), address });
  }

  /**
   * The reveal shows the answer, once; after a reload of the page it is that of what is on view.
   */
  uncover() {
    const { id } = this.session?.state.question;
    if (this.uncovered === id) return;
    this.uncovered = id;
    const answer = this.asked || onView().answer;
    if (answer) showAnswer(answer);
  }
  uncovered = 0; // the number of the question whose answer was shown last

  /** The code over the whole screen, until a key or a press. @param {boolean} on */
  showLarge(on) {
    const { session, large } = this;
    if (!session || large.hidden === !on) return;
    large.hidden = !on;
    if (!on) return this.panel.element.querySelector("button")?.focus();
    const words = make("span"),
      here = t("{n} here", { n: session.state?.present ?? 0 });
    words.append(
      asIs(make("b", "class-code", session.held.code)),
      asIs(make("span", "", this.address.replace(/^https?:\/\//, ""))),
      make("span", "", here),
    );
    const picture = this.picture?.cloneNode(true);
    large.setAttribute("aria-label", t("The class’s code; press to close"));
    large.replaceChildren(...(picture ? [picture] : []), words);
    large.focus();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (!this.session || event.ctrlKey || event.metaKey || event.altKey) return;
    const { target } = event,
      writes = target instanceof HTMLElement && target.matches("input, textarea, select");
    if (!this.large.hidden) {
      event.preventDefault();
      this.showLarge(false);
      return;
    }
    const here = target instanceof Node && this.panel.element.contains(target);
    if (writes || !(here || !this.front.element.hidden)) return;
    const name = event.key.toLowerCase(),
      state = this.session.state?.state;
    if (name === "j") this.showLarge(true);
    else if (name === "a" && state === "open" && !this.form) {
      const [offer] = onView().questions ?? [];
      if (offer) this.ask(offer.question, offer.answer);
    } else if (name === "c" && state === "asked") this.act("close");
    else if (name === "r" && state === "closed") this.act("reveal");
    else if (name === "escape" && state === "revealed") this.act("again");
  }

  /** For a screen reader alone: what is projected shows it. @param {string} sentence */
  speak(sentence) {
    this.panel.speak(sentence);
  }
}
