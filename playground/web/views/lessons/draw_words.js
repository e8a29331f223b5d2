// @ts-check
/** A figure of words: a text with masks and marks, or two texts; a loop is bracketed lap by lap. */
import { asIs, make, visible } from "../../core/dom.js";
import { t } from "../../core/translate.js";
import { heapDots } from "./dots.js";
import { figureOf } from "./figure_of.js";

/** @param {{text: string, mark: string}} word @param {number} at @param {any} loop */
function span(word, at, loop) {
  const one = asIs(
    make("span", "stage-word", word.mark === "mask" ? "\u00a0" : visible(word.text)),
  );
  if (word.mark) one.classList.add(`is-${word.mark}`);
  if (word.mark === "mask") {
    one.setAttribute("role", "img");
    one.setAttribute("aria-label", t("a masked word"));
  }
  if (loop && at >= loop.start) {
    const lap = Math.floor((at - loop.start) / loop.period);
    one.classList.add("lap", lap % 2 ? "odd" : "even");
    if (!((at - loop.start) % loop.period)) one.classList.add("first");
  }
  return one;
}

/**
 * @param {HTMLElement} host
 * @param {import("./types.js").Step} step
 * @param {import("./types.js").SetGuess} set
 */
export function drawWords(host, step, set) {
  const asks = step.predict?.kind === "tap";
  let revealed = false;

  /** @param {HTMLElement} one @param {number} at @param {import("./types.js").StepState} state */
  function makeTap(one, at, state) {
    one.setAttribute("role", "radio");
    one.setAttribute("aria-checked", String(state.guess === at));
    one.classList.add("tap");
    one.classList.toggle("mine", state.guess === at);
    one.classList.toggle("true", state.revealed && step.hidden.truth === at);
    heapDots(one, state.votes?.counts?.[at] ?? null, state.votes?.n ?? 0);
    one.tabIndex = revealed ? -1 : (state.guess ?? 0) === at ? 0 : -1;
    one.addEventListener("click", () => {
      if (!revealed) set(at);
    });
    one.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key] ?? 0;
      if (!by && event.key !== "Enter") return;
      event.preventDefault();
      event.stopPropagation();
      const all = [
          .../** @type {NodeListOf<HTMLElement>} */ (host.querySelectorAll(".stage-word.tap")),
        ],
        to = (at + by + all.length) % all.length;
      if (!revealed) set(to);
      /** @type {HTMLElement} */ (host.querySelectorAll(".stage-word.tap")[to]).focus();
    });
  }

  /** @param {import("./types.js").StepState} state */
  function update(state) {
    revealed = state.revealed;
    const data = figureOf(step, state);
    let at = 0,
      tapped = 0;
    const count = data.rows.reduce(
      (/** @type {number} */ n, /** @type {any[]} */ row) => n + row.length,
      0,
    );
    host.replaceChildren(
      ...data.rows.map(
        (/** @type {{text: string, mark: string}[]} */ row, /** @type {number} */ number) => {
          const line = make("p", count > 48 ? "stage-words small" : "stage-words");
          for (const word of row) {
            const one = span(word, at, data.loop);
            if (asks && (data.row ?? number) === number) makeTap(one, tapped++, state);
            line.append(one, " ");
            at += 1;
          }
          return line;
        },
      ),
    );
    if (asks) host.setAttribute("role", "radiogroup");
    if (asks) host.setAttribute("aria-label", t("Your guess"));
  }
  return { update };
}
