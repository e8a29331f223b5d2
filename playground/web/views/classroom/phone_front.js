// @ts-check
/**
 * What the projector shows, on the teacher's phone: page, step, text; and the buttons that turn it.
 */
import { asIs, make } from "../../core/dom.js";
import { t } from "../../core/translate.js";

export class PhoneFront {
  element = make("section", "phone-front");
  drawn = "";

  /** @param {(name: string, value?: any) => void} steer */
  constructor(steer) {
    this.steer = steer;
  }

  /** @param {any} offered what the projected page offers @param {any} state the class */
  show(offered, state) {
    const asked = ["asked", "closed", "revealed"].includes(state?.state),
      now = JSON.stringify([offered, asked, document.documentElement.lang]);
    if (now === this.drawn) return;
    this.drawn = now;
    const held = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset.focus;
    this.element.setAttribute("aria-label", t("At the front"));
    this.element.replaceChildren(
      this.pages(offered),
      ...(asked
        ? [make("p", "note", t("The question covers the page."))]
        : [this.text(offered), this.steps(offered)]),
      ...(offered.covered && !asked ? [this.press(t("Show what is covered"), "show")] : []),
    );
    if (held) /** @type {any} */ (this.element.querySelector(`[data-focus="${held}"]`))?.focus();
  }

  /** @param {any} offered */
  pages({ pages = [], page }) {
    const select = make("select");
    select.setAttribute("aria-label", t("Page at the front"));
    select.dataset.focus = "page";
    for (const [slug, title] of pages) select.add(new Option(title, slug));
    select.value = page ?? "";
    select.addEventListener("change", () => this.steer("open", select.value));
    return select;
  }

  /** @param {any} offered */
  text({ text = "", step }) {
    const tale = asIs(make("p", "tale", text));
    if (typeof step === "number") tale.title = t("step {n}", { n: step });
    return tale;
  }

  /** @param {any} offered */
  steps({ plays, step }) {
    const row = make("div", "phone-steps"),
      play = this.press(t("Play"), "play");
    play.disabled = !plays;
    row.append(
      this.press(t("Back"), "turn", -1),
      play,
      this.press(typeof step === "number" ? t("On ({n})", { n: step }) : t("On"), "turn", 1),
    );
    return row;
  }

  /** @param {string} text @param {string} name @param {any} [value] */
  press(text, name, value) {
    const one = make("button", "", text);
    one.type = "button";
    one.dataset.focus = name + (value ?? "");
    one.addEventListener("click", () => this.steer(name, value));
    return one;
  }
}
