// @ts-check
/**
 * The stage: one figure at a time, at most three sentences, a guess made on the figure, and the
 * truth drawn over it. Steps come a lesson at a time and stay; a figure that the model computes is
 * asked for ahead.
 */
import { make, node } from "../../core/dom.js";
import { withView } from "../../core/link.js";
import { announce, drawn } from "../../core/messages.js";
import { current, onLanguage, say, t } from "../../core/translate.js";
import { makeBar } from "./bar.js";
import { blank, goFull, isFull } from "./full.js";
import { showKeys } from "./help.js";
import { listen } from "./keys.js";
import { menuOf } from "./menu.js";
import { classPlace, shownToClass, stepOnView, takeVotes } from "./on_class.js";
import { printAll } from "./print.js";
import { makeRecap } from "./recap.js";
import { makeScene } from "./scene.js";
import { Source } from "./source.js";
import { placeOf, Store } from "./store.js";
import { makeTeacherPage } from "./teacher_page.js";
import { Vote } from "./vote.js";

/** @typedef {import("./types.js").Step} Step */

/** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
export const mount = (element, host) => new Stage(element, host);

class Stage {
  store = new Store();
  /** @type {{element: HTMLElement, update: (state: any) => void, focus: () => void} | null} */
  scene = null;
  language = "";

  /** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
  constructor(element, { server, constants }) {
    this.element = element;
    this.server = server;
    this.source = new Source(server, this.store.steps);
    this.host = make("div", "stage-host");
    this.problem = make("div", "problem");
    this.problem.hidden = true;
    const bar = node("nav", { class: "stage-bar", "aria-label": () => t("Lesson") });
    this.vote = new Vote({
      there: Boolean(constants?.classroom),
      now: () => stepOnView(this.store),
      voted: (place, answers, reveals) => {
        if (takeVotes(this.store, place, answers, reveals)) this.update();
      },
      seen: () => shownToClass(this.store),
    });
    this.box = node(
      "div",
      { class: "widget lessons" },
      this.problem,
      this.vote.element,
      this.host,
      bar,
    );
    element.append(this.box);
    this.bar = makeBar(bar, this.acts());
    listen(this.box, this.keys());
    addEventListener("hashchange", () => {
      if (this.box.offsetParent !== null && this.store.takeHash(location.hash)) this.show();
    });
    onLanguage(() => this.fetch(""));
    this.fetch(location.search.slice(0, 20000));
  }

  // What comes from the server
  // -----------------------------------------------------------------------------------------------
  /**
   * All lessons and courses in the language of the page.
   * @param {string} query the link, or "" to stay where one is
   */
  async fetch(query) {
    const { store } = this,
      language = current();
    this.language = language;
    try {
      const answer = await this.server.opened({ query, language });
      if (answer.error) throw new Error(say(answer.error));
      if (language !== current()) return;
      const fresh = !store.lessons.length;
      Object.assign(store, { lessons: answer.lessons, courses: answer.courses });
      this.source.begin(language);
      if (fresh) this.begin(answer.at);
      this.fillPicker();
      this.box.lang = language;
      this.tell([answer.message, ...answer.problems].filter(Boolean).map(say));
      await this.show();
    } catch {
      this.tell([t("The lessons could not be fetched: open this page again.")]);
    }
  }

  /** @param {{lesson: string, course: string, step: number}} at */
  begin(at) {
    const { store } = this,
      has = (/** @type {{slug: string}[]} */ all, /** @type {string} */ slug) =>
        all.some((one) => one.slug === slug);
    if (has(store.courses, at.course)) store.open(`course:${at.course}`, at.step);
    else if (has(store.lessons, at.lesson)) store.open(`lesson:${at.lesson}`, at.step);
    else store.open(`lesson:${store.lessons[0]?.slug ?? ""}`);
    if (this.box.offsetParent !== null) store.takeHash(location.hash);
  }

  /** @param {string[]} sentences */
  tell(sentences) {
    this.problem.textContent = sentences.join(" ");
    this.problem.hidden = !sentences.length;
  }

  // What is on view
  // -----------------------------------------------------------------------------------------------
  fillPicker() {
    const { lessons, courses } = this.store;
    this.bar.fill([
      { label: t("Lessons"), options: lessons.map((one) => [`lesson:${one.slug}`, one.title]) },
      { label: t("Courses"), options: courses.map((one) => [`course:${one.slug}`, one.title]) },
    ]);
  }

  /** Builds what is on view; at once where it is here already. @param {{focus?: boolean}} [how] */
  async show({ focus = false } = {}) {
    const { store } = this;
    if (!store.list.length) return;
    const wanted = `${store.value}${store.at}${store.teacher}${this.language}`;
    this.wanted = wanted;
    try {
      if (store.teacher) await this.showTeacher(wanted);
      else if (store.atEnd) await this.showRecap(wanted);
      else await this.showStep(wanted);
    } catch (error) {
      this.tell([error instanceof Error ? error.message : t("The server did not answer.")]);
    }
    if (this.wanted !== wanted) return;
    if (focus) this.scene?.focus();
    this.source.ahead(store.list.slice(store.at + 1, store.at + 4));
  }

  /** @param {string} wanted */
  async showStep(wanted) {
    const { store } = this,
      place = store.list[store.at];
    if (!store.steps.has(place[0])) await this.source.need(place[0]);
    const step = store.stepAt(store.at);
    if (this.wanted !== wanted || !step) return;
    this.build(step);
    if (!step.needs_model) return;
    await this.source.needFigure(...place);
    const computed = store.stepAt(store.at);
    if (this.wanted === wanted && computed) this.build(computed);
  }

  /** @param {Step} step */
  build(step) {
    this.scene = makeScene(this.host, step, {
      where: this.where(step.title),
      set: (guess) => this.guess(guess),
    });
    this.update();
  }

  /** @param {string} title */
  where(title) {
    const { store } = this;
    return t("{lesson} · {step} of {steps} · {title}", {
      lesson: store.title,
      step: Math.min(store.at + 1, store.list.length),
      steps: store.list.length,
      title,
    });
  }

  /** @param {string} wanted */
  async showRecap(wanted) {
    const { store } = this;
    for (const place of store.list) await this.source.needFigure(...place);
    if (this.wanted !== wanted) return;
    const scenes = store.list.map((_, k) => ({
      step: /** @type {Step} */ (store.stepAt(k)),
      state: store.stateAt(k),
    }));
    this.scene = makeRecap(this.host, {
      where: `${store.title} · ${t("the end")}`,
      scenes,
      go: (k) => this.go(k),
      again: () => {
        store.forget();
        this.go(0);
      },
    });
    this.update();
  }

  /** @param {string} wanted */
  async showTeacher(wanted) {
    const { store } = this,
      answer = await this.server.course({ course: store.course, language: this.language });
    if (answer.error) throw new Error(say(answer.error));
    for (const [lesson] of store.list) await this.source.need(lesson);
    if (this.wanted !== wanted) return;
    this.scene = makeTeacherPage(this.host, answer.course, {
      titleOf: (lesson, k) => store.steps.get(lesson)?.[k]?.title ?? "",
      go: (k) => this.go(k),
    });
    this.update();
  }

  /** The scene and the bar say what has happened. */
  update() {
    const { store } = this,
      step = store.teacher ? null : store.stepAt(store.at),
      state = store.atEnd ? null : store.stateAt(store.at);
    if (step && state) this.scene?.update(state);
    this.bar.show({
      value: store.value,
      at: store.at,
      count: store.list.length,
      revealed: Boolean(state?.revealed),
      asks: Boolean(step?.predict),
      done: store.list.map((_, k) => store.stateAt(k).revealed),
      first: store.at === 0 && !store.teacher,
      last: store.atEnd && !store.teacher,
      link: step?.open ? withView(step.open) : "",
    });
    this.vote.draw();
    drawn(this.element);
  }

  /** The address follows, so that a reload finds the same step. */
  keepAddress() {
    history.replaceState(
      null,
      "",
      location.pathname + withView(this.store.query) + this.store.hash,
    );
    return location.href;
  }

  // What is done
  // -----------------------------------------------------------------------------------------------
  /** @param {number} at */
  go(at) {
    const { store } = this;
    store.at = Math.max(0, Math.min(at, store.list.length));
    store.teacher = false;
    this.show({ focus: true });
    this.keepAddress();
  }

  /** @param {number} by */
  move(by) {
    const { store } = this;
    if (store.teacher) return this.go(by > 0 ? 0 : store.at);
    const to = store.at + by;
    if (to < 0 || to > store.list.length) return;
    this.go(to);
  }

  /** A course's page for the teacher. */
  showTeachersPage() {
    this.store.teacher = true;
    this.show({ focus: true });
    this.keepAddress();
  }

  /** @param {any} guess */
  guess(guess) {
    const { store } = this;
    if (store.atEnd || store.teacher) return;
    const state = store.stateAt(store.at);
    if (state.revealed) return;
    state.guess = guess;
    this.update();
  }

  reveal() {
    const { store } = this,
      step = store.stepAt(store.at);
    if (store.teacher || !step?.predict || (step.needs_model && !step.figure)) return;
    const state = store.stateAt(store.at);
    state.revealed = !state.revealed;
    if (state.revealed) this.vote.reveal(placeOf(...classPlace(this.store)));
    this.update();
    // a phone's screen is short
    this.host.querySelector(".stage-why")?.scrollIntoView({ block: "nearest" });
    this.keepAddress();
  }

  /** What a clicker does: the truth first, then the next step. */
  forward() {
    const { store } = this,
      step = store.teacher || store.atEnd ? null : store.stepAt(store.at);
    if (step?.predict && !store.stateAt(store.at).revealed) this.reveal();
    else this.move(1);
  }

  /** @param {number} index */
  choose(index) {
    const { store } = this,
      { predict } = store.stepAt(store.at) ?? {};
    if (!predict || store.teacher) return;
    if (predict.kind === "card" && index < 2) this.guess(index === 0);
    const shown = /** @type {NodeListOf<HTMLElement>} */ (
      this.host.querySelectorAll("[role=radio], .stage-order .stage-choice, .tiles-strip .tile")
    );
    if (["choice", "tap", "order"].includes(predict.kind)) shown[index]?.click();
  }

  acts() {
    const { store } = this;
    return {
      open: (/** @type {string} */ value) => {
        store.open(value);
        this.show();
        this.keepAddress();
      },
      back: () => this.move(-1),
      next: () => this.move(1),
      reveal: () => this.reveal(),
      more: menuOf(this),
    };
  }

  keys() {
    return {
      on: () => this.box.offsetParent !== null && this.store.lessons.length > 0,
      isFull,
      forward: () => this.forward(),
      back: () => this.move(-1),
      next: () => this.move(1),
      reveal: () => this.reveal(),
      blank: () => blank(),
      full: () => goFull(),
      vote: () => this.vote.press(),
      help: () => showKeys(),
      choose: (/** @type {number} */ index) => this.choose(index),
    };
  }

  /** One scene a page; of a course its teacher's page, where that is open. */
  async print() {
    const { store } = this;
    if (store.teacher || store.atEnd) return printAll(this.box, []);
    announce(t("Preparing the pages …"));
    for (const place of store.list) await this.source.needFigure(...place);
    printAll(
      this.box,
      store.list.map((_, k) => ({
        step: /** @type {Step} */ (store.stepAt(k)),
        state: store.stateAt(k),
        where: t("{lesson} · {step} of {steps} · {title}", {
          lesson: store.title,
          step: k + 1,
          steps: store.list.length,
          title: store.stepAt(k)?.title ?? "",
        }),
      })),
    );
  }
}
