// @ts-check
/** The bar of the stage: which lesson, back, reveal, on, and what is rarely wanted behind one button. */
import { button, make, node } from "../../core/dom.js";
import { t } from "../../core/translate.js";

/**
 * @typedef {object} Acts
 * @property {(value: string) => void} open "lesson:temperature" or "course:how-a-model-chooses"
 * @property {() => void} back
 * @property {() => void} next
 * @property {() => void} reveal
 * @property {{name: () => string, key: string, act: () => void, shown: () => boolean}[]} more
 */

/** @param {HTMLElement} host @param {Acts} acts */
export function makeBar(host, acts) {
  const picker = /** @type {HTMLSelectElement} */ (
    node("select", {
      class: "stage-picker",
      "aria-label": () => t("Lesson or course"),
      title: () => t("Lesson or course"),
    })
  );
  picker.addEventListener("change", () => acts.open(picker.value));
  const ticks = node("div", { class: "stage-ticks", role: "img" }),
    menu = make("div", "stage-menu"),
    more = button("", null, () => open(Boolean(menu.hidden))),
    back = button("", null, acts.back, "stage-back"),
    reveal = button("", null, acts.reveal, "main stage-reveal"),
    next = button("", null, acts.next, "stage-next");
  more.setAttribute("aria-haspopup", "true");
  menu.hidden = true;
  const box = make("div", "stage-more");
  box.append(more, menu);
  host.append(picker, ticks, box, back, reveal, next);

  /** @param {boolean} shown */
  function open(shown) {
    menu.hidden = !shown;
    more.setAttribute("aria-expanded", String(shown));
    if (shown) /** @type {HTMLElement | null} */ (menu.querySelector("button, a"))?.focus();
  }
  document.addEventListener("pointerdown", (event) => {
    if (!menu.hidden && !box.contains(/** @type {Node} */ (event.target))) open(false);
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || menu.hidden) return;
    event.stopPropagation();
    open(false);
    more.focus();
  });

  /** @param {string} link the page's own state link, "" for none */
  function fillMenu(link) {
    const entries = acts.more
      .filter((one) => one.shown())
      .map(({ name, key, act }) => {
        const entry = button(
          name(),
          null,
          () => {
            open(false);
            act();
          },
          "plain",
        );
        entry.title = name();
        if (key) entry.append(make("kbd", "", key));
        return entry;
      });
    if (link) {
      const anchor = make("a", "", t("Open this on its own page"));
      Object.assign(anchor, { href: link, target: "_blank", rel: "noopener" });
      entries.push(/** @type {any} */ (anchor));
    }
    menu.replaceChildren(...entries);
  }

  return {
    /** @param {{label: string, options: [value: string, text: string][]}[]} groups */
    fill(groups) {
      picker.replaceChildren(
        ...groups.map(({ label, options }) => {
          const group = make("optgroup");
          group.label = label;
          group.append(...options.map(([value, text]) => new Option(text, value)));
          return group;
        }),
      );
    },
    /**
     * @param {{value: string, at: number, count: number, revealed: boolean, asks: boolean, done: boolean[], first: boolean, last: boolean,
     *   link: string, guessed: boolean}} now
     */
    show(now) {
      picker.value = now.value;
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
      ticks.setAttribute(
        "aria-label",
        t("Step {step} of {steps}", { step: now.at + 1, steps: now.count }),
      );
      ticks.replaceChildren(
        ...now.done.map((done, k) =>
          make("i", `${done ? "done" : ""} ${k === now.at ? "here" : ""}`.trim()),
        ),
      );
      fillMenu(now.link);
    },
  };
}
