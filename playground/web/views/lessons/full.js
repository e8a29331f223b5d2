// @ts-check
/** The stage alone on the screen, and a screen that is black for a while. */
import { make } from "../../core/dom.js";
import { t } from "../../core/translate.js";

const FULL = "lesson-full";

export const isFull = () => document.documentElement.classList.contains(FULL);

let listening = false;

/** In full screen, or back. Where the browser refuses, the page is at least without its frame. */
export async function goFull() {
  const root = document.documentElement,
    on = !isFull();
  root.classList.toggle(FULL, on);
  if (!listening) {
    listening = true;
    document.addEventListener("fullscreenchange", () => {
      if (!document.fullscreenElement) root.classList.remove(FULL);
      dispatchEvent(new Event("resize"));
    });
  }
  try {
    if (on) await root.requestFullscreen();
    else if (document.fullscreenElement) await document.exitFullscreen();
  } catch {
    /* not allowed here: the larger stage is there all the same */
  }
}

/** A black screen until any key or click: everybody looks at the teacher. */
export function blank() {
  if (document.querySelector(".lesson-blank")) return;
  const held = document.activeElement,
    cover = make("button", "lesson-blank");
  cover.type = "button";
  cover.setAttribute("aria-label", t("The screen is blank: press any key to go on"));
  const end = (/** @type {Event} */ event) => {
    event.preventDefault();
    event.stopPropagation();
    cover.remove();
    document.removeEventListener("keydown", end, true);
    if (held instanceof HTMLElement) held.focus({ preventScroll: true });
  };
  cover.addEventListener("click", end);
  document.addEventListener("keydown", end, true);
  document.body.append(cover);
  cover.focus();
}
