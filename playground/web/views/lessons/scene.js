// @ts-check
/**
 * A scene: where one is, what is said and asked, the figure, the guess, and what is so. Built once
 * a step, then given the step's state as it changes.
 */
import { drawn } from "../../core/messages.js";
import { make, node } from "../../core/dom.js";
import { t } from "../../core/translate.js";
import { askChoice, askNumber, askOrder } from "./asking.js";
import { drawCard } from "./card.js";
import { DRAWINGS } from "./drawings.js";
import { paragraph } from "./prose.js";
import { makeSliders } from "./sliders.js";

/** @type {Record<string, typeof askChoice>} */
const ASKED_BESIDE = { choice: askChoice, number: askNumber };

/**
 * @param {HTMLElement} host @param {import("./types.js").Step} step
 * @param {{where: string, set: import("./types.js").SetGuess}} options where: "Temperature · 2 of 4 · Hotter"
 */
export function makeScene(host, step, { where, set }) {
  const kind = step.predict?.kind ?? "",
    head = make("header", "stage-head"),
    kicker = make("h3", "stage-kicker", where),
    figure = make("div", "stage-figure"),
    beside = make("div", "stage-beside"),
    sliders = make("div", "stage-sliders"),
    answer = make("div", "stage-answer");
  kicker.tabIndex = -1;
  kicker.setAttribute("aria-level", "2");
  head.append(kicker, ...step.text.map((text) => paragraph(text, "stage-text")));
  if (step.question && kind !== "card") head.append(paragraph(step.question, "stage-ask"));
  else if (kind === "card") head.append(make("p", "stage-ask", t("True or false?")));
  answer.setAttribute("aria-live", "polite");
  const scene = node("article", { class: `stage-scene asks-${kind || "nothing"}` });
  scene.append(head, figure, beside, sliders, answer);
  host.replaceChildren(scene);
  const drawings = /** @type {import("./types.js").Drawing[]} */ ([]);
  if (kind === "card") drawings.push(drawCard(figure, step, set));
  else if (step.figure) drawings.push(DRAWINGS[step.figure.kind](figure, step, set));
  else figure.append(make("p", "stage-waits", t("The model is computing this figure …")));
  if (kind in ASKED_BESIDE) drawings.push(ASKED_BESIDE[kind](beside, step, set));
  if (kind === "order") drawings.push(askOrder(beside, step, set));
  beside.hidden = !beside.childElementCount;
  const { moves } = step.hidden,
    onCard = kind === "card" && !step.figure; // its back says the answer
  answer.hidden = onCard;
  sliders.hidden = !moves;
  /** @type {import("./types.js").StepState} */
  let last = { guess: null, revealed: false, votes: null };
  /** @type {any} */
  let moved = null; // the figure as the sliders make it
  const draw = () => drawings.forEach((drawing) => drawing.update({ ...last, moved }));
  const slides =
    moves &&
    makeSliders(sliders, moves, (now) => {
      moved = now;
      draw();
    });

  /** @param {import("./types.js").StepState} state */
  function update(state) {
    last = state;
    scene.classList.toggle("revealed", state.revealed);
    slides?.update(state.revealed);
    draw();
    if (!state.revealed) answer.replaceChildren();
    else if (!answer.childElementCount && step.hidden.answer && !onCard)
      answer.append(paragraph(step.hidden.answer, "stage-why"));
    drawn(host);
  }
  return { element: scene, update, focus: () => kicker.focus({ preventScroll: true }) };
}
