// @ts-check
/**
 * What a class said, drawn for the front and for every phone: the figure, what its marks mean, one
 * sentence.
 */
import { asIs, make } from "../core/dom.js";
import { decimalsOf, fixed } from "../core/format.js";
import { nt, pieces, t } from "../core/translate.js";
import { classKey, classRows, NumberLine, share } from "../charts/class_rows.js";
import { bold, sentence } from "./result_parts.js";
import { shannonResult } from "./result_shannon.js";

/** @typedef {import("../charts/class_rows.js").ClassRow} ClassRow */
/**
 * @typedef {{yours?: any, moving?: boolean, most?: number}} Options most: rows of the model that are shown at least
 */

/**
 * The elements of a reveal; [] for a kind that is not known.
 * @param {any} question @param {any} revealed @param {Options} [options] @returns {Node[]}
 */
export function resultOf(question, revealed, options = {}) {
  const draw = RESULTS[question.kind];
  return draw ? draw(question, revealed, { yours: null, moving: false, most: 6, ...options }) : [];
}

/**
 * @typedef {(question: any, revealed: any, options: {yours: any, moving: boolean, most: number}) => Node[]} Result
 */
/** @type {Record<string, Result>} */
const RESULTS = {
  token: tokenResult,
  choice: choiceResult,
  order: orderResult,
  text: textResult,
  pair: pairResult,
  number: numberResult,
  numbers: numbersResult,
  place_word: placeResult,
  shannon: shannonResult,
};

/** The rows of a token: the model's, the guesses outside them, the hidden ones, what is left. @param {any} revealed @param {any} yours
 *  @param {number} most @returns {ClassRow[]} */
function tokenRows(revealed, yours, most) {
  /** @type {ClassRow[]} */
  const rows = [];
  let left = revealed.others.p;
  revealed.rows.forEach((/** @type {any} */ row, /** @type {number} */ i) => {
    const mine = Boolean(yours) && row.key === yours.key;
    if (i >= most && !row.count && !row.drawn && !mine) left += row.p;
    else
      rows.push({
        ...{ name: row.text, p: row.p, count: row.count, drawn: row.drawn, mine },
        tag: row.drawn ? t("drawn") : "",
      });
  });
  revealed.outside.forEach((/** @type {any} */ row, /** @type {number} */ i) =>
    rows.push({
      ...{ name: row.text, p: row.p, count: row.count, outside: true },
      mine: Boolean(yours) && row.key === yours.key,
      tag: i ? "" : t("guesses outside the rows"),
    }),
  );
  if (revealed.hidden?.count)
    rows.push({
      ...{ name: t("hidden"), ours: true, count: revealed.hidden.count, outside: true },
      tag: t("hidden by the teacher, still counted"),
    });
  const rest = { name: t("others"), ours: true, rest: true, p: Math.max(0, left) };
  rows.push({ ...rest, count: revealed.others.count ?? 0 });
  return rows;
}

/** @type {Result} */
function tokenResult(question, revealed, { yours, moving, most }) {
  const { n, drawn } = revealed;
  const rows = classRows(tokenRows(revealed, yours, most), n, { moving });
  return [
    rows,
    classKey({ drawn: Boolean(drawn) }),
    sentence(hits(revealed)),
    surpriseOf(revealed),
  ];
}

/**
 * How many hit the drawn token and the likeliest one, and what the class favoured.
 * @param {any} revealed
 */
function hits({ n, drawn, likeliest, favourite, hit_drawn, hit_likeliest, overlap }) {
  const same = drawn && drawn.text === likeliest.text,
    word = bold(drawn?.text ?? ""),
    likely = bold(likeliest.text);
  /** @type {(string | Node)[]} */
  let said = [];
  if (same)
    said = pieces("{count} of {n} hit {word}, the word that was drawn and the likeliest.", {
      ...{ count: hit_drawn, n, word },
    });
  else if (drawn)
    said = pieces("{count} of {n} hit {word}, the word that was drawn.", {
      ...{ count: hit_drawn, n, word },
    });
  if (!same) {
    const first = pieces("{count} of {n} said {word}, the likeliest.", {
      ...{ count: hit_likeliest, n, word: likely },
    });
    said.push(...(said.length ? [" "] : []), ...first);
  }
  if (!favourite) return said;
  const values = { word: bold(favourite.text), p: share(favourite.p ?? 0) };
  const own = pieces(
    "Your favourite, {word}, has the probability {p} in the model; you and the model overlap by {overlap}.",
    { ...values, overlap: fixed(overlap, 2) },
  );
  return [...said, " ", ...own];
}

/** @param {any} revealed */
function surpriseOf({ mean_surprisal: mean, infinite, n, rules }) {
  const under = rules ? t("The bars are the model after its rules.") : "";
  const said = infinite
    ? nt(
        "{n} guess was impossible for the model: the mean surprise is infinite.",
        "{n} guesses were impossible for the model: the mean surprise is infinite.",
        infinite,
      )
    : n && mean !== null
      ? t("Mean surprise: {bits} bits.", { bits: fixed(mean, 2) })
      : "";
  return make("p", "class-note", [said, under].filter(Boolean).join(" "));
}

/** @type {Result} */
function choiceResult(question, revealed, { yours, moving }) {
  const model = revealed.rows.some((/** @type {any} */ row) => typeof row.p === "number");
  const rows = revealed.rows.map((/** @type {any} */ row) => ({
    ...{ name: row.text, words: true, count: row.count, p: row.p ?? null, truth: row.true },
    mine: yours?.answer === row.index,
    tag: row.true ? t("right") : "",
  }));
  const parts =
    revealed.truth === null || revealed.truth === undefined
      ? []
      : [
          sentence(
            pieces("{count} of {n} were right: {word}.", {
              count: revealed.hit,
              n: revealed.n,
              word: asIs(make("b", "", question.choices[revealed.truth])),
            }),
          ),
        ];
  return [wideNames(classRows(rows, revealed.n, { moving })), classKey({ model }), ...parts];
}

/** Each thing at its right place, with as many dots as people put it there. @type {Result} */
function orderResult(question, revealed, { yours, moving }) {
  const { rows, n, hit, truth } = revealed;
  const shown = rows.map((/** @type {any} */ row, /** @type {number} */ place) => ({
    ...{ name: `${place + 1}. ${row.text}`, words: true, count: row.counts[place] },
    mine: yours?.answer?.[place] === row.index,
  }));
  const said = truth
    ? t("{count} of {n} had the whole order right.", { count: hit, n })
    : nt("{n} answer.", "{n} answers.", n);
  return [wideNames(classRows(shown, n, { moving })), classKey({ model: false }), sentence([said])];
}

/** Sentences as names take half of a row. @param {HTMLElement} rows */
function wideNames(rows) {
  rows.classList.add("wide-names");
  return rows;
}

/** @type {Result} */
function textResult(question, revealed, { yours, moving }) {
  /** @type {ClassRow[]} */
  const rows = revealed.rows.map((/** @type {any} */ row) => ({
    ...{ name: row.text, words: true, count: row.count },
    mine: row.text === yours?.answer,
  }));
  const hidden = revealed.hidden?.count ?? revealed.hidden ?? 0,
    others = revealed.others?.count ?? revealed.others ?? 0;
  if (hidden) rows.push({ name: t("hidden"), ours: true, count: hidden, outside: true });
  if (others) rows.push({ name: t("others"), ours: true, count: others, outside: true });
  const truth = revealed.truth
    ? [sentence(pieces("The answer is {word}.", { word: bold(revealed.truth) }))]
    : [];
  return [wideNames(classRows(rows, revealed.n, { moving })), classKey({ model: false }), ...truth];
}

/** @type {Result} */
function pairResult(question, revealed, { yours, moving }) {
  const { n, names, truth } = revealed;
  /** @param {"left" | "right"} side @param {string} name @returns {ClassRow} */
  const row = (side, name) => ({
    ...{ name: names?.[side] ?? name, ours: !names, words: true, count: revealed[side] },
    truth: truth === side,
    mine: yours?.chose === side,
  });
  const rows = [
    row("left", t("Left")),
    row("right", t("Right")),
    { name: t("No difference"), ours: true, count: revealed.tie, mine: yours?.chose === "tie" },
  ];
  const texts = make("div", "class-pair");
  for (const side of /** @type {const} */ (["left", "right"])) {
    const part = make("section"),
      name = side === "left" ? t("Left") : t("Right");
    part.append(
      names ? asIs(make("h2", "", names[side])) : make("h2", "", name),
      asIs(make("p", "", revealed[side + "_text"])),
    );
    texts.append(part);
  }
  return [wideNames(classRows(rows, n, { moving })), classKey({ model: false }), texts];
}

/** @param {any} question */
const decimals = ({ step, low, high }) => decimalsOf(step || (high - low) / 100);

/** @type {Result} */
function numberResult(question, revealed, { yours }) {
  const { values, truth = null, n, median } = revealed,
    digits = decimals(question);
  const line = new NumberLine({
    ...{ low: question.low, high: question.high, values, truth, digits },
    mine: yours?.answer ?? null,
  });
  /** @param {number} value */
  const shown = (value) => fixed(value, digits);
  const said = n
    ? t("Half of {n} said {median} or less.", { n, median: shown(median) })
    : t("Nobody answered.");
  const right = truth === null ? "" : t("Right is {truth}.", { truth: shown(truth) });
  return [line.element, sentence([[said, right].filter(Boolean).join(" ")])];
}

/** @type {Result} */
function numbersResult(question, revealed, { yours }) {
  const digits = decimals(question);
  const lines = revealed.rows.flatMap((/** @type {any} */ row, /** @type {number} */ i) => {
    const { low, high } = question;
    const line = new NumberLine({
      ...{ low, high, digits, values: row.values, truth: row.truth ?? null },
      mine: yours?.answer?.[i] ?? null,
    });
    return [asIs(make("p", "class-line-name", row.text)), line.element];
  });
  const answered = nt("{n} answer.", "{n} answers.", revealed.n);
  return [...lines, sentence([answered])];
}

/** @type {Result} */
function placeResult(question, revealed, { yours, moving }) {
  const { truth, n } = revealed;
  /** @type {ClassRow[]} */
  const rows = revealed.words.map((/** @type {any} */ row) => ({
    ...{ name: `${row.place + 1}: ${row.text}`, words: true, count: row.count, p: row.p ?? null },
    mine: yours?.answer?.place === row.place && yours.answer.word === row.text,
    truth: truth?.place === row.place && truth.word?.trim() === row.text.trim(),
  }));
  const hidden = revealed.hidden?.count ?? revealed.hidden ?? 0;
  if (hidden) rows.push({ name: t("hidden"), ours: true, count: hidden, outside: true });
  const model = rows.some((row) => typeof row.p === "number");
  const said = truth
    ? pieces(
        "The model went on at place {place} with {word}: {hit} of {n} named the place, {both} the word too.",
        {
          place: truth.place + 1,
          word: bold(truth.word),
          hit: revealed.hit_place ?? 0,
          n,
          both: revealed.hit_both ?? 0,
        },
      )
    : [nt("{n} answer.", "{n} answers.", n)];
  return [wideNames(classRows(rows, n, { moving })), classKey({ model }), sentence(said)];
}
