// @ts-check
/**
 * A lesson is a narrow text beside the living page: the page of the step stands in a frame of the same address, and the control
 * that the step speaks of is outlined there. On a narrow screen the page opens by a link instead.
 */
import { button, make, node } from "../../core/dom.js";
import { copyLink, withView } from "../../core/link.js";
import { drawn, showQr } from "../../core/messages.js";
import { current, nt, onLanguage, say, t } from "../../core/translate.js";
import { makeLivingPage } from "./living_page.js";
import { paragraph, prose } from "./prose.js";

/**
 * @typedef {{title: string, text: string[], open: string, look: string, question: string, answer: string}} Step
 * @typedef {{slug: string, title: string, minutes: string, steps: Step[]}} Lesson
 */

/** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
export function mount(element, { server }) {
  const shelf = node("nav", { class: "lesson-shelf", "aria-label": () => t("Lessons") });
  const reader = make("article", "lesson-reader");
  const living = makeLivingPage(element);
  const box = node("div", { class: "lessons" }, shelf, reader, living.element);
  element.append(box);
  const store = {
    /** @type {Lesson[]} */ lessons: [],
    lesson: 0,
    step: 0,
    revealed: false,
  };
  const lesson = () => store.lessons[store.lesson];
  const step = () => lesson().steps[store.step];

  /** Open a step; its answer waits again for a guess. @param {number} at @param {number} k */
  function open(at, k) {
    Object.assign(store, { lesson: at, step: k, revealed: false });
    draw();
    keepAddress();
  }

  /** @param {number} by */
  function go(by) {
    const to = store.step + by;
    if (to >= lesson().steps.length) open((store.lesson + 1) % store.lessons.length, 0);
    else if (to < 0) {
      const before = Math.max(0, store.lesson - 1);
      open(before, store.lessons[before].steps.length - 1);
    } else open(store.lesson, to);
    const heading = /** @type {HTMLElement} */ (reader.querySelector("h3"));
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }

  /** The address follows the reader, so that a reload finds the same step. */
  function keepAddress() {
    const query = new URLSearchParams({ tab: "lessons", lesson: lesson().slug });
    if (store.step) query.set("step", String(store.step));
    history.replaceState(null, "", location.pathname + withView("?" + query));
    return location.href;
  }

  function drawShelf() {
    shelf.replaceChildren(
      ...store.lessons.map((one, i) => {
        const title = nt(
          "{n} step, about {minutes} minutes",
          "{n} steps, about {minutes} minutes",
          one.steps.length,
          { minutes: one.minutes },
        );
        const entry = button(one.title, title, () => open(i, 0), "plain");
        if (i === store.lesson) entry.setAttribute("aria-current", "true");
        return entry;
      }),
    );
  }

  function question() {
    const { question, answer } = step();
    if (!question) return [];
    const said = paragraph(answer, "lesson-answer");
    said.hidden = !store.revealed;
    const reveal = button(
      t("Reveal the answer"),
      t("Guess first, then look"),
      () => {
        store.revealed = true;
        said.hidden = false;
        reveal.hidden = true;
        said.tabIndex = -1;
        said.focus();
      },
      "main",
    );
    reveal.hidden = store.revealed;
    return [paragraph(question, "lesson-question"), reveal, said];
  }

  function moves() {
    const last = store.step + 1 === lesson().steps.length;
    const onward = !last
      ? t("Next")
      : store.lesson + 1 < store.lessons.length
        ? t("Next lesson")
        : t("To the first lesson");
    const back = button(t("Back"), t("The step before"), () => go(-1));
    back.disabled = store.lesson === 0 && store.step === 0;
    const row = make("div", "lesson-moves");
    row.append(
      back,
      button(onward, t("The next step"), () => go(1)),
    );
    if (step().open) {
      const link = make("a", "", t("Open this on its own page"));
      Object.assign(link, { href: step().open, target: "_blank", rel: "noopener" });
      row.append(link);
    }
    return row;
  }

  function share() {
    const row = make("div", "lesson-moves");
    row.append(
      button(
        t("Copy link"),
        t("An address that opens this step of the lesson"),
        () => copyLink(keepAddress()),
        "plain",
      ),
      button(
        t("QR code"),
        t("The link as a picture for a projector: phones open it by its QR code"),
        () => showQr(keepAddress()),
        "plain",
      ),
    );
    return row;
  }

  function draw() {
    if (!lesson()) return;
    drawShelf();
    const heading = make("h3", "", step().title);
    heading.setAttribute("aria-level", "2"); // it stands under the page's own title
    const where = t("{lesson} · step {step} of {steps}", {
      lesson: lesson().title,
      step: store.step + 1,
      steps: lesson().steps.length,
    });
    reader.replaceChildren(
      make("p", "lesson-where", where),
      heading,
      ...prose(step().text),
      ...question(),
      moves(),
      share(),
    );
    living.show(step());
    drawn(element);
  }

  /** All lessons in the language of the page. @param {string} query the link, or "" to stay at the step on view */
  async function fetchLessons(query) {
    const here = lesson()?.slug;
    try {
      const { lessons, at, message } = await server.opened({ query, language: current() });
      store.lessons = lessons;
      store.lesson = Math.max(
        0,
        lessons.findIndex((/** @type {Lesson} */ one) => one.slug === (here ?? at.lesson)),
      );
      if (!here) store.step = at.step;
      store.step = Math.min(store.step, (lesson()?.steps.length ?? 1) - 1);
      reader.lang = current();
      draw();
      if (message) box.prepend(make("p", "problem lesson-problem", say(message)));
    } catch {
      reader.append(
        make("p", "problem", t("The lessons could not be fetched: open this page again.")),
      );
    }
  }

  living.onChange(draw);
  onLanguage(() => {
    fetchLessons("");
  });
  fetchLessons(location.search.slice(0, 20000));
}
