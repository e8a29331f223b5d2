// @ts-check
/**
 * The bar of the stage: which lesson, back, reveal, on, and what is rarely wanted behind one
 * button.
 */
import { button, make, node } from "../../core/dom.js";
import { teachersAddress } from "../../core/link.js";
import { t } from "../../core/translate.js";

/**
 * @typedef {object} Acts
 * @property {(value: string) => void} open "lesson:temperature" or "course:how-a-model-chooses"
 * @property {() => void} back
 * @property {() => void} next
 * @property {() => void} reveal
 * @property {import("./menu.js").Entry[]} more
 */
/**
 * @typedef {{value: string, at: number, count: number, revealed: boolean, asks: boolean, done: boolean[], first: boolean,
 *   last: boolean, link: string}} Now link: the step's own page, "" for none
 */

const FOR_TEACHERS = "teachers"; // stands in the list of courses and opens a page of its own

/** @param {HTMLElement} host @param {Acts} acts */
export const makeBar = (host, acts) => new Bar(host, acts);

class Bar {
  picker = /** @type {HTMLSelectElement} */ (
    node("select", {
      class: "stage-picker",
      "aria-label": () => t("Lesson or course"),
      title: () => t("Lesson or course"),
    })
  );
  ticks = node("div", { class: "stage-ticks", role: "img" });
  menu = make("div", "stage-menu");
  here = "";

  /** @param {HTMLElement} host @param {Acts} acts */
  constructor(host, acts) {
    this.acts = acts;
    this.host = host;
    host.hidden = true; // until it says what its buttons do
    this.more = button("", null, () => this.open(Boolean(this.menu.hidden)));
    this.back = button("", null, acts.back, "stage-back");
    this.reveal = button("", null, acts.reveal, "main stage-reveal");
    this.next = button("", null, acts.next, "stage-next");
    this.picker.addEventListener("change", () => this.pick());
    this.more.setAttribute("aria-haspopup", "true");
    this.menu.hidden = true;
    const box = make("div", "stage-more");
    box.append(this.more, this.menu);
    host.append(this.picker, this.ticks, box, this.back, this.reveal, this.next);
    document.addEventListener("pointerdown", (event) => {
      if (!this.menu.hidden && !box.contains(/** @type {Node} */ (event.target))) this.open(false);
    });
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.menu.hidden) return;
      event.stopPropagation();
      this.open(false);
      this.more.focus();
    });
  }

  pick() {
    const { value } = this.picker;
    if (value !== FOR_TEACHERS) return this.acts.open(value);
    this.picker.value = this.here; // which is still what is open here
    window.open(teachersAddress(), "_blank", "noopener");
  }

  /** @param {boolean} shown */
  open(shown) {
    this.menu.hidden = !shown;
    this.more.setAttribute("aria-expanded", String(shown));
    const first = /** @type {HTMLElement | null} */ (this.menu.querySelector("button, a"));
    if (shown) first?.focus();
  }

  /** @param {string} link */
  fillMenu(link) {
    /** @type {HTMLElement[]} */
    const entries = this.acts.more
      .filter((one) => one.shown())
      .map(({ name, key, act }) => {
        const press = () => {
          this.open(false);
          this.more.focus(); // a dialog gives the focus back to what is still there
          act();
        };
        const entry = button(name(), name(), press, "plain");
        if (key) entry.append(make("kbd", "", key));
        return entry;
      });
    const ways = [[t("For teachers"), teachersAddress()]];
    if (link) ways.push([t("Open this on its own page"), link]);
    for (const [name, href] of ways) {
      const anchor = make("a", "", name);
      Object.assign(anchor, { href, target: "_blank", rel: "noopener" });
      entries.push(anchor);
    }
    this.menu.replaceChildren(...entries);
  }

  /** @param {{label: string, options: [value: string, text: string][]}[]} groups */
  fill(groups) {
    this.picker.replaceChildren(
      ...groups.map(({ label, options }) => {
        const group = make("optgroup");
        group.label = label;
        group.append(...options.map(([value, text]) => new Option(text, value)));
        return group;
      }),
    );
    const teachers = new Option(t("For teachers: 10, 45, 90 minutes …"), FOR_TEACHERS);
    this.picker.lastElementChild?.append(teachers); // the courses
  }

  /** @param {Now} now */
  show(now) {
    const { more, back, next, reveal, ticks } = this;
    this.host.hidden = false;
    this.picker.value = this.here = now.value;
    more.textContent = t("More");
    more.title = t("Full screen, vote, print, link: everything else");
    back.textContent = t("Back");
    back.title = t("The step before");
    back.hidden = now.first;
    next.textContent = t("Next");
    next.title = t("The next step");
    next.hidden = now.last;
    const ready = now.asks && !now.revealed;
    reveal.hidden = !now.asks;
    reveal.textContent = now.revealed ? t("Hide") : t("Reveal");
    reveal.title = now.revealed ? t("Takes the truth away again") : t("Guess first, then look");
    reveal.classList.toggle("main", ready);
    next.classList.toggle("main", !ready);
    const values = { step: now.at + 1, steps: now.count };
    ticks.setAttribute("aria-label", t("Step {step} of {steps}", values));
    ticks.replaceChildren(
      ...now.done.map((done, k) =>
        make("i", `${done ? "done" : ""} ${k === now.at ? "here" : ""}`.trim()),
      ),
    );
    this.fillMenu(now.link);
  }
}
