// @ts-check
/** The field in which a student writes, and the sentence about what was wrong. */
import { make } from "../core/dom.js";

/** @typedef {import("./seat.js").Seat} Seat */

const LONGEST = 64; // characters of an answer

/** @param {Seat} seat */
export function problem(seat) {
  const element = make("p", "no", seat.problem);
  element.id = "no";
  element.setAttribute("role", "alert");
  return element;
}

/**
 * A field with its button; the keyboard's own key sends.
 * @param {Seat} seat
 * @param {{label: string, button: string, send: (text: string) => void, typed?: (text: string) => void}} parts
 */
export function field(seat, { label, button, send, typed }) {
  const form = make("form", "bar"),
    name = make("label", "unseen", label),
    input = make("input"),
    press = make("button", "go", button);
  name.htmlFor = input.id = "in";
  Object.assign(input, {
    type: "text",
    maxLength: LONGEST,
    placeholder: label,
    enterKeyHint: "send",
  });
  for (const off of ["autocomplete", "autocapitalize", "autocorrect"])
    input.setAttribute(off, "off");
  input.spellcheck = false;
  input.dataset.focus = "in";
  input.value = seat.draft.text ?? "";
  input.addEventListener("input", () => {
    seat.draft.text = input.value;
    const no = document.getElementById("no");
    if (no) no.textContent = seat.problem = "";
    typed?.(input.value.trim());
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (!text) return;
    seat.problem = "";
    send(text);
  });
  form.append(name, input, press);
  return [problem(seat), form];
}
