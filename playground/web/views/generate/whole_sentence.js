// @ts-check
/**
 * The sentence of the rules keeps to one line; where that cuts it, a press opens it whole and
 * another one folds it again.
 */
import { inEveryLanguage } from "../../core/dom.js";
import { t } from "../../core/translate.js";

/**
 * @param {HTMLElement} sentence @param {HTMLButtonElement} press beside it
 * @returns {() => void} looks again whether it is cut, for whenever its words have changed
 */
export function makeWhole(sentence, press) {
  const line = /** @type {HTMLElement} */ (sentence.parentElement);
  let open = false;

  function look() {
    line.classList.toggle("open", open);
    press.setAttribute("aria-expanded", String(open));
    press.hidden = !open && sentence.scrollWidth <= sentence.clientWidth;
    press.textContent = open ? t("One line") : t("Whole sentence");
  }
  function turn() {
    open = !open;
    look();
  }
  press.addEventListener("click", turn);
  // a finger finds the sentence sooner than the button; who marks words of it does not mean this
  sentence.addEventListener("click", () => {
    if (!press.hidden && getSelection()?.isCollapsed !== false) turn();
  });
  new ResizeObserver(look).observe(sentence);
  inEveryLanguage(look);
  return look;
}
