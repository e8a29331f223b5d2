// @ts-check
/** A row under the page: the page scrolls above it, nothing lies over it. */
import { make } from "../../core/dom.js";

let styled = false;

/** The style sheet of what stands in the row and over the page. */
function style() {
  if (styled) return;
  styled = true;
  for (const path of ["./classroom.css", "../../charts/class_rows.css"]) {
    const link = make("link");
    link.rel = "stylesheet";
    link.href = new URL(path, import.meta.url).href;
    document.head.append(link);
  }
}

/**
 * Puts the elements there, or takes them away.
 * @param {boolean} on
 * @param {...HTMLElement} elements the row is one of them
 */
export function docked(on, ...elements) {
  if (on) {
    style();
    document.body.append(...elements);
  } else for (const one of elements) one.remove();
  document.body.classList.toggle("in-class", on);
  dispatchEvent(new Event("resize")); // plots measure themselves anew
}
