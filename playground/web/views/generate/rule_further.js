// @ts-check
/**
 * What a rule reads besides its own value: a button in its gate opens a panel over the page, so
 * that no gate grows.
 */
import { asIs, make, node } from "../../core/dom.js";
import { say, t } from "../../core/translate.js";

const EDGE = 8; // pixels between the panel and the edge of the window

/**
 * @param {any} rule @param {{label: HTMLElement}[]} fields
 * @returns {{button: HTMLElement, panel: HTMLElement}}
 */
export function makeFurther(rule, fields) {
  const name = () => t("More settings of {rule}", { rule: say(rule.label) });
  const panel = node(
    "div",
    { class: "link-extras", popover: "auto", role: "group", "aria-label": name },
    ...fields.map((one) => one.label),
  );
  const dots = asIs(make("span", "", "⋯"));
  dots.setAttribute("aria-hidden", "true");
  const button = node(
    "button",
    { type: "button", class: "plain link-further", title: name, "aria-label": name },
    dots,
  );
  button.addEventListener("click", () => panel.togglePopover());
  panel.addEventListener("toggle", (event) => {
    const open = /** @type {ToggleEvent} */ (event).newState === "open";
    button.setAttribute("aria-expanded", String(open));
    if (open) place();
  });

  /** Below its button, inside the window. */
  function place() {
    const zoom = panel.currentCSSZoom || 1;
    const { left, bottom } = button.getBoundingClientRect();
    const { width, height } = panel.getBoundingClientRect();
    const x = Math.max(EDGE, Math.min(left, innerWidth - width - EDGE));
    const y = Math.max(EDGE, Math.min(bottom + 4, innerHeight - height - EDGE));
    Object.assign(panel.style, { left: `${x / zoom}px`, top: `${y / zoom}px` });
    /** @type {HTMLElement | null} */ (panel.querySelector("input, textarea, select"))?.focus();
  }

  button.setAttribute("aria-expanded", "false");
  return { button, panel };
}
