// @ts-check
/** Several things, pressed in the order that one expects. */
import { asIs, make } from "../core/dom.js";
import { t } from "../core/translate.js";
import { problem } from "./seat_field.js";
import { below, heading } from "./seat_parts.js";

/** @typedef {import("./seat.js").Seat} Seat */

/** What was pressed so far, or sent. @param {Seat} seat @returns {number[]} */
const turnsOf = ({ draft, yours }) => draft.order ?? yours?.answer ?? [];

/** @param {Seat} seat @returns {import("./seat_questions.js").Form} */
export function order(seat) {
  const { choices } = seat.state.question,
    turns = turnsOf(seat);

  /** @param {string} text @param {number} i */
  function pick(text, i) {
    const press = make("button", "pick turn"),
      place = turns.indexOf(i);
    press.append(make("i", "", place < 0 ? "" : String(place + 1)), asIs(make("span", "", text)));
    press.dataset.focus = `pick-${i}`;
    press.setAttribute("aria-pressed", String(place >= 0));
    press.addEventListener("click", () => {
      seat.draft.order = place < 0 ? [...turns, i] : turns.filter((one) => one !== i);
      seat.draw();
    });
    return press;
  }

  return {
    main: () => [
      heading(seat),
      make("p", "note", t("Press them in the order that you expect.")),
      below(seat),
    ],
    foot() {
      const stack = make("div", "stack"),
        send = make("button", "go wide", seat.yours ? t("Change") : t("Send"));
      stack.append(...choices.map(pick));
      send.dataset.focus = "send";
      send.disabled = turns.length < choices.length;
      send.addEventListener("click", () => seat.send(turns));
      return [problem(seat), stack, send];
    },
  };
}
