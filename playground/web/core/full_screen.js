// @ts-check
/**
 * A figure alone on the whole screen, as a teacher wants it: a button, and the key f while the
 * figure is in sight.
 */
import { inEveryLanguage } from "./dom.js";
import { announce } from "./messages.js";
import { t } from "./translate.js";

/** @param {HTMLElement} figure */
async function toggle(figure) {
  try {
    if (document.fullscreenElement) await document.exitFullscreen();
    else await figure.requestFullscreen();
  } catch {
    announce(t("This browser does not show a part of a page on the whole screen."));
  }
}

/**
 * Makes a button show the figure alone; one of the class "icon" has its name for a screen reader
 * alone. Where the browser cannot, there is no button.
 * @param {HTMLButtonElement} button @param {HTMLElement} figure
 */
export function offerFullScreen(button, figure) {
  button.hidden = !document.fullscreenEnabled;
  figure.classList.add("whole-screen");
  const name = () => {
    const on = document.fullscreenElement === figure;
    const text = on ? t("Leave full screen") : t("Full screen");
    if (button.classList.contains("icon")) button.setAttribute("aria-label", text);
    else button.textContent = text;
  };
  inEveryLanguage(name);
  inEveryLanguage(() => {
    button.title = t("This figure alone on the whole screen (key f)");
  });
  button.addEventListener("click", () => toggle(figure));
  document.addEventListener("fullscreenchange", name);
  document.addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.key !== "f" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!figure.checkVisibility() || document.querySelector("dialog[open]")) return;
    if (target.matches?.("input:not([type=range]), textarea, select")) return;
    event.preventDefault();
    toggle(figure);
  });
}
