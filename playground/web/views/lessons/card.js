// @ts-check
/**
 * A claim on a card: true or false? The card turns, and on its back stands what is so, with the
 * step's figure or, where it has none, the answer.
 */
import { make } from "../../core/dom.js";
import { nt, t } from "../../core/translate.js";
import { radios } from "./asking.js";
import { heapDots } from "./dots.js";
import { DRAWINGS } from "./drawings.js";
import { paragraph } from "./prose.js";

/**
 * @param {HTMLElement} host
 * @param {import("./types.js").Step} step
 * @param {import("./types.js").SetGuess} set
 */
export function drawCard(host, step, set) {
  const card = make("div", "stage-card"),
    front = make("section", "stage-card-side front"),
    back = make("section", "stage-card-side back"),
    answers = make("div");
  front.append(paragraph(step.question, "stage-claim"), answers);
  back.setAttribute("aria-live", "polite");
  card.append(front, back);
  host.append(card);
  // a card's guess is true or false; the two buttons stand in that order
  const buttons = radios(
    answers,
    [t("True"), t("False")],
    (i) => set(i === 0),
    "stage-choices two",
  );
  let built = "";
  /** @type {import("./types.js").Drawing | null} */
  let drawing = null;

  /** How many held it for true, and how many for false. @param {import("./dots.js").Votes} votes */
  function people({ counts = [], n }) {
    const rows = make("div", "stage-card-people");
    for (const [i, name] of [t("True"), t("False")].entries()) {
      const row = make("p", i === (step.hidden.truth ? 0 : 1) ? "true" : ""),
        heap = make("span");
      heapDots(heap, counts[i] ?? 0, n);
      row.append(make("b", "", name), heap, nt("{n} vote", "{n} votes", counts[i] ?? 0));
      rows.append(row);
    }
    return rows;
  }

  /**
   * The back, built when the card turns or the class has voted.
   * @param {import("./types.js").StepState} state
   */
  function turn(state) {
    back.replaceChildren();
    drawing = null;
    if (!state.revealed) return;
    const verdict = make("p", "stage-verdict"),
      truth = step.hidden.truth;
    verdict.append(make("b", "", truth ? t("True") : t("False")));
    if (state.guess !== null)
      verdict.append(
        make("span", "stage-mine", state.guess ? t("you said true") : t("you said false")),
      );
    back.append(verdict, paragraph(step.question, "stage-claim small"));
    if (state.votes) back.append(people(state.votes));
    if (!step.figure) {
      back.append(paragraph(step.hidden.answer, "stage-why"));
      return;
    }
    const figure = make("div", "stage-figure");
    back.append(figure);
    drawing = DRAWINGS[step.figure.kind](figure, step, () => {});
  }

  /** @param {import("./types.js").StepState} state */
  function update(state) {
    const index = state.guess === null ? null : state.guess ? 0 : 1;
    buttons.update({ ...state, guess: index }, step.hidden.truth ? 0 : 1);
    const now = JSON.stringify([state.revealed, state.guess, state.votes]);
    if (now !== built) turn(state);
    built = now;
    drawing?.update({ guess: null, revealed: true, votes: null, moved: state.moved });
    card.classList.toggle("turned", state.revealed);
    front.inert = state.revealed;
    back.inert = !state.revealed;
  }
  return { update };
}
