// @ts-check
/** A claim on a card: true or false? The card turns, and on its back stands what is so, with a figure where the step has one. */
import { make } from "../../core/dom.js";
import { t } from "../../core/translate.js";
import { radios } from "./asking.js";
import { DRAWINGS } from "./drawings.js";
import { paragraph } from "./prose.js";

/** @param {HTMLElement} host @param {import("./types.js").Step} step @param {import("./types.js").SetGuess} set */
export function drawCard(host, step, set) {
  const card = make("div", "stage-card"),
    front = make("section", "stage-card-side front"),
    back = make("section", "stage-card-side back"),
    answers = make("div");
  front.append(paragraph(step.question, "stage-claim"), answers);
  card.append(front, back);
  host.append(card);
  // a card's guess is true or false; the two buttons stand in that order
  const buttons = radios(
    answers,
    [t("True"), t("False")],
    (i) => set(i === 0),
    "stage-choices two",
  );
  let revealed = false;

  /** @param {import("./types.js").Told} told */
  function turn(told) {
    back.replaceChildren();
    if (!told.revealed) return;
    const verdict = make("p", "stage-verdict"),
      truth = step.hidden.truth;
    verdict.append(make("b", "", truth ? t("True") : t("False")));
    if (told.guess !== null)
      verdict.append(
        make("span", "stage-mine", told.guess ? t("you said true") : t("you said false")),
      );
    back.append(verdict, paragraph(step.question, "stage-claim small"));
    if (!step.figure) return;
    const figure = make("div", "stage-figure");
    back.append(figure);
    DRAWINGS[step.figure.kind](figure, step, () => {}).update({
      guess: null,
      revealed: true,
      votes: null,
    });
  }

  /** @param {import("./types.js").Told} told */
  function update(told) {
    const index = told.guess === null ? null : told.guess ? 0 : 1;
    buttons.update({ ...told, guess: index }, step.hidden.truth ? 0 : 1);
    if (told.revealed !== revealed || told.revealed) turn(told);
    revealed = told.revealed;
    card.classList.toggle("turned", told.revealed);
    front.inert = told.revealed;
    back.inert = !told.revealed;
  }
  return { update };
}
