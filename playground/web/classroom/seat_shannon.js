// @ts-check
/** Shannon's game on a student's page: a word at a time, until it is right, at one's own pace. */
import { asIs, make } from "../core/dom.js";
import { nt, t } from "../core/translate.js";
import { field } from "./seat_field.js";

/** @typedef {import("./seat.js").Seat} Seat */

/** @param {Seat} seat */
const gameOf = (seat) =>
  seat.state.yours ?? { text: "", place: 0, words: seat.state.question.words, tries: [], done: [] };

/** @param {any} game @returns {string} */
function lastWord({ done }) {
  const last = done.at(-1);
  if (!last) return "";
  const model = nt(
    "The model needs {n} guess here.",
    "The model needs {n} guesses here.",
    last.model,
  );
  const own = last.guesses
    ? t("“{word}”: right at guess {guess}.", { word: last.text.trim(), guess: last.guesses })
    : t("It is “{word}”.", { word: last.text.trim() });
  return `${own} ${model}`;
}

/** @param {any} game */
function tries(game) {
  const list = make("ul", "tries");
  list.setAttribute("aria-label", t("Tries"));
  list.append(...game.tries.map((/** @type {string} */ one) => asIs(make("li", "", one))));
  return list;
}

/** @param {Seat} seat @returns {import("./seat_questions.js").Form} */
export function shannon(seat) {
  const game = gameOf(seat);
  const gap = asIs(make("span", "gap", seat.draft.text ?? ""));
  const title = make(
    "h1",
    "",
    game.finished ? t("You are through.") : t("Guess until you have it"),
  );
  return {
    main() {
      const tale = asIs(make("p", "tale", `${game.text} `));
      if (!game.finished) tale.append(gap);
      const where = game.finished
        ? t("Look up: the others are still guessing.")
        : t("Word {place} of {words}, guess {guess}; at your own pace.", {
            place: game.place + 1,
            words: seat.state.question.words,
            guess: game.tries.length + 1,
          });
      const state = make("p", "note push", lastWord(game));
      return [title, tale, tries(game), state, make("p", "note", where)];
    },
    foot() {
      if (game.finished) return [];
      const give = make("button", "second wide", t("Show me this word"));
      give.dataset.focus = "give";
      give.addEventListener("click", () => seat.send({ give_up: true, place: game.place }));
      const stack = make("div", "stack");
      stack.append(
        ...field(seat, {
          label: t("One word"),
          button: t("Try"),
          send(text) {
            seat.draft.text = "";
            seat.send({ word: text, place: game.place });
          },
          typed: (text) => (gap.textContent = text.slice(0, 24)),
        }),
        ...(game.tries.length > 1 ? [give] : []),
      );
      return [stack];
    },
  };
}
