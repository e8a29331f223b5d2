// @ts-check
/**
 * What the questions of a student's page have in common: the title, and below it what became of the
 * answer.
 */
import { make, visible } from "../core/dom.js";
import { t } from "../core/translate.js";

/** @typedef {import("./seat.js").Seat} Seat */

/** @param {any} question */
export function titleOf({ kind, text }) {
  if (text) return text;
  if (kind === "token") return t("What comes next?");
  if (kind === "shannon") return t("Guess until you have it");
  if (kind === "place_word") return t("Which place next, and which word?");
  if (kind === "pair") return t("Which text is better?");
  return t("A question");
}

/** @param {Seat} seat */
export const heading = (seat) => make("h1", "", titleOf(seat.state.question));

/** "Sent, counted as …" and how many answered. @param {Seat} seat */
function sentence({ yours }) {
  if (!yours) return "";
  const may = t("You may change it until answers are closed.");
  if (yours.waits) return t("Your answer is on its way.");
  if (yours.counted_as && yours.whole === false)
    return [
      t("Sent, counted as “{token}”, the token it begins with.", {
        token: visible(yours.counted_as.trim()),
      }),
      may,
    ].join(" ");
  return [t("Sent."), may].join(" ");
}

/** @param {Seat} seat @param {...Node} more */
export function below(seat, ...more) {
  const box = make("div", "push");
  if (seat.yours) {
    const count = make("p", "count");
    count.id = "count";
    box.append(make("p", "note", sentence(seat)), count);
  }
  box.append(...more);
  return box;
}
