// @ts-check
/**
 * One line about the control that is asked: the pointer rests on it, the keyboard reaches it, or a
 * finger stays on it. The sentence is the control's own (its title), or stands in
 * assets/words/explanations.json under the control's name and page. It never covers the control.
 */
import { make } from "../../core/dom.js";
import { onLanguage, say, t } from "../../core/translate.js";

/**
 * @typedef {string | [text: string, term: string]} Entry a sentence, or one with the term of the glossary that it leads to
 */
/** @typedef {Record<string, Record<string, Entry>>} Table by page and name of the control */

const CONTROLS =
  "button, input:not([type=hidden]), select, textarea, summary, [role=slider], [role=button], [role=tab], label[title], [title]";
const COVERED = "button, input:not([type=hidden]), select, textarea, summary, [role=slider]";
const NOT_THERE = "[data-k], .canvas-words, .explanation";
const REST = 450, // milliseconds that the pointer rests on a control
  REACHED = 200, // that the focus stays
  HELD = 500, // that a finger stays
  LEAVING = 250;
const SPACE = 8; // pixels between the control and the line

/**
 * What a label says, without the control in it and what that holds.
 * @param {Element | null | undefined} label
 */
function labelText(label) {
  const named = label?.querySelector(":scope > span, [data-testid=block-info]")?.textContent;
  if (named) return named;
  return [...(label?.childNodes ?? [])]
    .filter((node) => node.nodeType === Node.TEXT_NODE)
    .map((node) => node.textContent)
    .join(" ");
}

/** @param {Element} control */
function nameOf(control) {
  const by = control.getAttribute("aria-labelledby"),
    field = /** @type {HTMLInputElement} */ (control);
  const name =
    control.getAttribute("aria-label") ||
    (by && document.getElementById(by)?.textContent) ||
    labelText(control.closest("label") ?? field.labels?.[0]) ||
    control.textContent ||
    field.placeholder ||
    "";
  return name
    .trim()
    .replace(/\s+/g, " ")
    .replace(/^(?:number input for|range slider for) /, "");
}

/** @param {Element} control */
function pageOf(control) {
  const marked = control.closest("[data-explain-page]"),
    tab = document.querySelector("#pages > .tab-wrapper [aria-selected=true]");
  return (
    (marked instanceof HTMLElement && marked.dataset.explainPage) ||
    (tab instanceof HTMLElement && tab.dataset.tabId) ||
    ""
  );
}

/**
 * "Name of …": a key with an ellipsis stands for all names that begin, or end, like it.
 * @param {string} name
 */
const patternOf = (name) =>
  new RegExp(
    `^${name
      .split("…")
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
      .join("[^]*")}$`,
  );

/** Finds the entry of a control in the visitor's language. */
class Entries {
  /** @param {Table} table */
  constructor(table) {
    this.table = table;
    this.load();
    onLanguage(() => this.load());
  }

  load() {
    /** @type {Map<string, Map<string, Entry>>} */
    this.exact = new Map();
    /** @type {Map<string, [pattern: RegExp, entry: Entry][]>} */
    this.alike = new Map();
    for (const [page, entries] of Object.entries(this.table)) {
      const list = Object.entries(entries);
      const exact = new Map(list);
      // a name that is no message of its own stays English
      for (const [name, one] of list) exact.set(say(name), one);
      this.exact.set(page, exact);
      const alike = list.filter(([name]) => name.includes("…"));
      this.alike.set(
        page,
        alike.map(([name, one]) => [patternOf(name), one]),
      );
    }
  }

  /** @param {Element} control @returns {Entry | null} */
  of(control) {
    const name = nameOf(control);
    for (const page of [pageOf(control), "everywhere"]) {
      const found =
        this.exact?.get(page)?.get(name) ??
        this.alike?.get(page)?.find(([pattern]) => pattern.test(name))?.[1];
      if (found) return found;
    }
    return null;
  }
}

/**
 * @param {Entries} entries
 * @param {Element} asked
 * @returns {{text: string, term?: string} | null}
 */
function explanationOf(entries, asked) {
  const control = /** @type {HTMLElement} */ (asked),
    label = control.closest("label");
  const own =
    control.title || control.dataset.explained || label?.title || label?.dataset.explained || "";
  if (own) return { text: own };
  const entry = entries.of(control);
  if (entry)
    return typeof entry === "string"
      ? { text: say(entry) }
      : { text: say(entry[0]), term: entry[1] };
  const info = control
    .closest(".block")
    ?.querySelector("[data-testid=block-info] ~ div, .info")
    ?.textContent?.trim();
  return info ? { text: info } : null;
}

/** @param {Event} event */
const controlAt = (event) => controlOf(/** @type {Element} */ (event.target));

/** @param {Element} target */
function controlOf(target) {
  const found = target.closest?.(CONTROLS);
  return found instanceof HTMLElement && !found.closest(NOT_THERE) ? found : null;
}

/**
 * Of several places in the window the first that covers the fewest other controls; below the
 * control if none is in the window.
 * @param {HTMLElement} control @param {number} wide @param {number} high @param {[left: number, top: number][]} places
 */
function leastCovering(control, wide, high, places) {
  const others = [...document.querySelectorAll(COVERED)]
    .filter(
      (one) => !one.contains(control) && !control.contains(one) && !one.closest(".explanation"),
    )
    .map((one) => one.getBoundingClientRect())
    .filter((box) => box.width && box.bottom > 0 && box.top < innerHeight);
  let best = places[0],
    fewest = Infinity;
  for (const [left, top] of places) {
    if (left < 0 || top < 4 || left + wide > innerWidth || top + high > innerHeight) continue;
    const covered = others.filter(
      (box) =>
        box.left < left + wide && box.right > left && box.top < top + high && box.bottom > top,
    ).length;
    if (covered < fewest) [best, fewest] = [[left, top], covered];
  }
  return best;
}

class Bubble {
  /** @type {HTMLElement | null} */
  shown = null;
  waiting = 0;
  holding = 0; // a finger stays: what the focus and the mouse do meanwhile is no question
  /** @type {HTMLElement | null} */
  held = null; // on this control
  // the keyboard goes from control to control; what a press does with the focus is no question
  travels = true;
  at = [NaN, NaN]; // where the pointer is

  /** @param {Entries} entries */
  constructor(entries) {
    this.entries = entries;
    this.element = make("div", "explanation");
    this.element.id = "explanation";
    this.element.setAttribute("role", "tooltip");
    this.element.hidden = true;
    document.body.append(this.element);
    this.listenToPointer();
    this.listenToKeyboard();
    if (document.activeElement) this.reached(document.activeElement); // before this module came
  }

  /** @param {() => void} act @param {number} milliseconds */
  soon(act, milliseconds) {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(act, milliseconds);
  }

  /** @param {HTMLElement} control */
  show(control) {
    const found = explanationOf(this.entries, control);
    this.hide();
    if (!found || !control.getClientRects().length) return; // it may have gone meanwhile
    this.shown = control;
    this.element.replaceChildren(make("span", "", found.text));
    if (found.term) {
      const more = make("button", "explanation-term", t("Glossary"));
      more.type = "button";
      more.dataset.term = found.term;
      more.tabIndex = -1;
      this.element.append(more);
    }
    const label = control.closest("label"),
      holder = control.title ? control : label?.title ? label : null;
    if (holder) {
      holder.dataset.explained = holder.title;
      holder.removeAttribute("title"); // the browser's own bubble stays away meanwhile
    }
    control.setAttribute("aria-describedby", "explanation");
    (control.closest("dialog[open]") ?? document.body).append(this.element);
    this.element.hidden = false;
    this.place(control);
  }

  /** Beside the control, where it covers the fewest others. @param {HTMLElement} control */
  place(control) {
    const box = control.getBoundingClientRect(),
      { offsetHeight: high, offsetWidth: wide } = this.element,
      across = Math.max(SPACE, Math.min(box.left, innerWidth - wide - SPACE)),
      down = Math.max(SPACE, Math.min(box.top, innerHeight - high - SPACE));
    const [left, top] = leastCovering(control, wide, high, [
      [across, box.bottom + SPACE],
      [across, box.top - high - SPACE],
      [box.right + SPACE, down],
      [box.left - wide - SPACE, down],
    ]);
    this.element.style.top = top + "px";
    this.element.style.left = left + "px";
  }

  hide() {
    clearTimeout(this.waiting);
    const { shown } = this;
    if (!shown) return;
    for (const holder of [shown, shown.closest("label")]) {
      if (holder?.dataset.explained === undefined) continue;
      if (!holder.title) holder.title = holder.dataset.explained;
      delete holder.dataset.explained;
    }
    if (shown.getAttribute("aria-describedby") === "explanation")
      shown.removeAttribute("aria-describedby");
    this.shown = null;
    this.element.hidden = true;
  }

  /** The finger does not stay. */
  letGo() {
    clearTimeout(this.holding);
  }

  /** Its control may have gone under the pointer. */
  gone() {
    if (this.shown && !this.shown.getClientRects().length) this.hide();
  }

  /** @param {Event} event */
  holds(event) {
    return this.element.contains(/** @type {Node} */ (event.target));
  }

  listenToPointer() {
    document.addEventListener("pointerover", (event) => {
      if (event.pointerType === "touch" || this.holds(event)) return;
      const [x, y] = this.at,
        still = event.clientX === x && event.clientY === y;
      this.at = [event.clientX, event.clientY];
      if (still && event.isTrusted) return this.gone(); // the page moved under it: nobody asked
      const control = controlAt(event);
      if (control === this.shown) return;
      if (control) this.soon(() => this.show(control), REST);
      else this.soon(() => this.hide(), LEAVING);
    });
    document.addEventListener("pointerdown", (event) => {
      if (this.holds(event)) return;
      this.travels = false;
      this.at = [event.clientX, event.clientY];
      this.letGo();
      this.hide();
      const control = event.pointerType === "touch" ? controlAt(event) : null;
      this.held = control;
      if (control) this.holding = setTimeout(() => this.show(control), HELD);
    });
    for (const name of ["pointerup", "pointercancel"])
      // a tap, or the page is drawn along
      document.addEventListener(name, () => this.letGo());
    document.addEventListener("pointermove", (event) => {
      this.at = [event.clientX, event.clientY];
      if (event.pointerType === "touch" && Math.hypot(event.movementX, event.movementY) > 6)
        this.letGo();
    });
    document.addEventListener("contextmenu", (event) => {
      const touched = /** @type {PointerEvent} */ (event).pointerType === "touch";
      if (touched && this.shown?.contains(/** @type {Node} */ (event.target)))
        event.preventDefault();
    });
    const scrolled = (/** @type {Event} */ event) => {
      // a text that plays scrolls by itself, beside the control that is asked
      const moved = /** @type {Node} */ (event.target);
      if (this.held && moved.contains(this.held)) this.letGo();
      if (this.shown && moved.contains(this.shown)) this.hide();
    };
    document.addEventListener("scroll", scrolled, { capture: true, passive: true });
  }

  /** The focus is somewhere. @param {Element} target */
  reached(target) {
    const control = controlOf(target);
    if (!control) return;
    const field = /^(INPUT|TEXTAREA|SELECT)$/.test(control.tagName);
    if ((this.travels && control.matches(":focus-visible")) || field)
      this.soon(() => this.show(control), REACHED);
  }

  listenToKeyboard() {
    document.addEventListener("focusin", (event) =>
      this.reached(/** @type {Element} */ (event.target)),
    );
    document.addEventListener("focusout", () => this.soon(() => this.hide(), 100));
    // whoever works the control knows it: the line goes (and with Escape)
    document.addEventListener("keydown", (event) => {
      this.travels = /^(Tab|Arrow|Home|End|Page)/.test(event.key);
      if (!["Tab", "Shift", "Control", "Alt", "Meta"].includes(event.key)) this.hide();
    });
  }
}

/** @param {Table} table */
export function explain(table) {
  const entries = new Entries(table);
  new Bubble(entries);
  // for whoever wants to know whether a control has one
  /** @type {any} */ (window).playgroundExplanation = (/** @type {Element} */ control) =>
    explanationOf(entries, control)?.text ?? null;
}
