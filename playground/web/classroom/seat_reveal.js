// @ts-check
/** The reveal on a student's page: one's own surprise first, then the same rows as at the front. */
import { asIs, make, visible } from "../core/dom.js";
import { fixed, NOTHING } from "../core/format.js";
import { t } from "../core/translate.js";
import { share } from "../charts/class_rows.js";
import { resultOf } from "./result.js";
import { titleOf } from "./seat_parts.js";
import { measured, said } from "./seat_questions.js";

/** @typedef {import("./seat.js").Seat} Seat */

/** @param {Seat} seat @returns {import("./seat_views.js").View} */
export function revealed(seat) {
  const { state } = seat,
    { question } = state;
  return {
    key: `revealed|${question.id}|${JSON.stringify(state.revealed)}|${JSON.stringify(state.yours)}`,
    title: t("The answers are shown."),
    main: () => [
      ...own(seat),
      make("h1", "", titleOf(question)),
      ...(question.kind === "place_word" ? [canvasOf(question, state.revealed.truth)] : []),
      ...resultOf(question, state.revealed, { yours: state.yours }),
    ],
    foot: () => [],
  };
}

/**
 * The canvas with its places numbered, the one that came filled.
 * @param {any} question
 * @param {any} truth
 */
function canvasOf({ canvas, masks }, truth) {
  const tale = asIs(make("p", "tale"));
  canvas.forEach((/** @type {string} */ word, /** @type {number} */ i) => {
    const came = truth?.place === i,
      text = came ? truth.word.trim() : `[${i + 1}]`;
    if (!masks.includes(i)) tale.append(word, " ");
    else tale.append(make("span", came ? "gap known" : "note", text), " ");
  });
  return tale;
}

/** What this seat said, against the truth. @param {Seat} seat @returns {Node[]} */
function own(seat) {
  const { yours, question, revealed } = seat.state;
  if (!said(seat) || question.kind === "shannon") return [];
  if (question.kind === "token") return surprise(yours);
  const mine = make("p", "note", t("Your answer: {answer}", { answer: said(seat) }));
  if (question.kind === "number" && typeof yours.distance === "number")
    return [
      mine,
      make(
        "p",
        "note",
        t("That is {distance} away.", {
          distance: measured({ ...question, unit: "" }, Math.abs(yours.distance)),
        }),
      ),
    ];
  if (question.kind === "pair" && revealed.names && yours.chose !== "tie")
    return [mine, make("p", "note", t("You chose {name}.", { name: revealed.names[yours.chose] }))];
  return [mine];
}

/** @param {any} yours @returns {Node[]} */
function surprise({ p, bits, counted_as: token, hit }) {
  if (p === undefined || p === null) return [];
  const big = make("p", "big", p === 0 ? "∞" : bits === null ? NOTHING : fixed(bits, 2));
  big.append(" ", make("small", "", t("bits of surprise")));
  const values = { word: visible(String(token).trim()), p: share(p) };
  const why =
    p === 0
      ? t("The model holds “{word}” impossible.", values)
      : hit
        ? t("The model gave “{word}” the probability {p}, and it was drawn.", values)
        : t("The model gave “{word}” the probability {p}.", values);
  return [big, asIs(make("p", "", why))];
}
