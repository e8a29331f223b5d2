// @ts-check
/**
 * The form of the Unmask view in its place: Run and Stop, then what is done to words, then the
 * visitor's own text.
 */
import { latest } from "../../core/ask.js";
import { partsOf } from "../../core/dom.js";
import { CARD_FIELDS, formSkeleton, makeForm } from "./form.js";

/**
 * @param {import("./unmask.js").UnmaskView} view @param {HTMLElement} host
 * @param {import("./form.js").FormConstants} given
 */
export function makeControls(view, host, given) {
  const element = formSkeleton(given),
    { part, press } = view.parts;
  host.append(element);
  partsOf(element).press("run").after(press("stop"));
  partsOf(element).part("more").append(part("numbersBox"));
  // the order for the eye is the order for the keyboard
  element.querySelector(".canvas-sampler")?.before(part("problem"), part("tools"));
  const about = latest(
    (values) => view.server.about(values),
    (card) => card.error || card.ok === false || form.about(card),
  );
  /** @type {any} */
  let timer = null;
  const form = makeForm(element, given, {
    run: () => view.press(),
    dialled: () => view.start(),
    offers: () => view.trigger("offers", {}),
    changed: (field) => {
      if (CARD_FIELDS.has(field)) about(form.values());
      if (!["canvas", "model", "length"].includes(field)) return;
      clearTimeout(timer);
      const { canvas, model, length } = form.values();
      timer = setTimeout(() => view.trigger("read", { canvas, model, length }), 250);
    },
  });
  return form;
}
