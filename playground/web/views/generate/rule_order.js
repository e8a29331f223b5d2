// @ts-check
/**
 * The gates in another order: dragged by their grips with a mouse or a finger, or moved with the
 * arrow keys.
 */
import { node } from "../../core/dom.js";
import { announce } from "../../core/messages.js";
import { t } from "../../core/translate.js";

const EDGE = 44; // pixels from the end of the chain where a drag scrolls it

/**
 * The order with one rule elsewhere: a rule that moves up acts right before the one whose place it
 * takes, one that moves down right behind it. Rules that are not on view keep their neighbours.
 * @param {string[]} order every rule @param {string[]} visible those on view, in order @param {string} name the one that moves
 * @param {number} to its place among those on view
 */
export function moved(order, visible, name, to) {
  const from = visible.indexOf(name);
  const there = Math.max(0, Math.min(to, visible.length - 1));
  if (there === from) return order;
  const rest = order.filter((one) => one !== name);
  const at = rest.indexOf(visible[there]) + (there > from ? 1 : 0);
  return [...rest.slice(0, at), name, ...rest.slice(at)];
}

/**
 * @typedef {object} Gate
 * @property {string} name of the rule
 * @property {HTMLElement} element
 * @property {HTMLElement} grip
 */

/**
 * @param {object} options
 * @param {HTMLElement} options.chain what the gates lie in
 * @param {() => Gate[]} options.gates those on view, in order
 * @param {(name: string) => string} options.label
 * @param {(name: string, to: number) => void} options.place the rule shall have this place among those on view
 */
export function makeOrder({ chain, gates, label, place }) {
  /** @param {string} name @param {number} to */
  function put(name, to) {
    const all = gates();
    const from = all.findIndex((one) => one.name === name);
    const there = Math.max(0, Math.min(to, all.length - 1));
    if (from < 0 || there === from) return;
    place(name, there);
    announce(
      t("{rule} acts as number {place} of {count} now.", {
        rule: label(name),
        place: there + 1,
        count: all.length,
      }),
    );
  }

  /** Whether the gates lie below each other. @param {Gate[]} all */
  const upright = (all) =>
    all.length > 1 && all[1].element.offsetTop > all[0].element.offsetTop + 4;

  /** @param {string} name */
  function grip(name) {
    const button = node(
      "button",
      {
        type: "button",
        class: "plain link-grip",
        title: () => t("Drag to change the order, or use the arrow keys"),
        "aria-label": () => t("Move {rule} in the order", { rule: label(name) }),
      },
      node("i", { "aria-hidden": "true" }),
    );
    button.addEventListener("keydown", (event) => {
      const all = gates(),
        from = all.findIndex((one) => one.name === name);
      /** @type {Record<string, number>} */
      const places = {
        ArrowLeft: from - 1,
        ArrowUp: from - 1,
        ArrowRight: from + 1,
        ArrowDown: from + 1,
        Home: 0,
        End: all.length - 1,
      };
      if (!(event.key in places) || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation(); // the arrows are the timeline's elsewhere
      put(name, places[event.key]);
      button.focus();
    });
    button.addEventListener("pointerdown", (event) => {
      if (event.button > 0) return;
      event.preventDefault();
      button.focus({ preventScroll: true });
      drag(button, name, event);
    });
    return button;
  }

  /** @param {HTMLElement} button @param {string} name @param {PointerEvent} start */
  function drag(button, name, start) {
    const all = gates(),
      from = all.findIndex((one) => one.name === name),
      vertical = upright(all);
    if (from < 0) return;
    const zoom = chain.currentCSSZoom || 1,
      scrolled = chain.scrollLeft,
      middles = all.map(({ element }) => {
        const box = element.getBoundingClientRect();
        return vertical ? box.top + box.height / 2 : box.left + box.width / 2;
      });
    const size = vertical ? all[from].element.offsetHeight : all[from].element.offsetWidth;
    let to = from;
    button.setPointerCapture(start.pointerId);
    all[from].element.classList.add("dragged");

    /** @param {PointerEvent} event */
    function follow(event) {
      const box = chain.getBoundingClientRect();
      if (!vertical && event.clientX > box.right - EDGE) chain.scrollLeft += 12;
      if (!vertical && event.clientX < box.left + EDGE) chain.scrollLeft -= 12;
      const by =
        (vertical
          ? event.clientY - start.clientY
          : event.clientX - start.clientX + (chain.scrollLeft - scrolled) * zoom) || 0;
      const centre = middles[from] + by;
      to = middles.filter((one, k) => k !== from && one < centre).length;
      all.forEach(({ element }, k) => {
        const aside =
          k === from ? by / zoom : k > from && k <= to ? -size : k < from && k >= to ? size : 0;
        element.style.transform = aside ? `translate${vertical ? "Y" : "X"}(${aside}px)` : "";
      });
    }
    /** @param {boolean} taken */
    function end(taken) {
      for (const [kind, act] of acts) button.removeEventListener(kind, /** @type {any} */ (act));
      for (const { element } of all) element.style.transform = "";
      all[from].element.classList.remove("dragged");
      if (taken) put(name, to);
      button.focus({ preventScroll: true });
    }
    const acts = /** @type {const} */ ([
      ["pointermove", follow],
      ["pointerup", () => end(true)],
      ["pointercancel", () => end(false)],
    ]);
    for (const [kind, act] of acts) button.addEventListener(kind, /** @type {any} */ (act));
  }

  return { grip };
}
