// @ts-check
/**
 * A pass of drafts and checks: what each tile shows of it, and below the wall the first refused
 * draft with p, q and what is left.
 */
import { asIs, calm, make, node } from "../../core/dom.js";
import { chance, fixed, plain } from "../../core/format.js";
import { onLanguage, t } from "../../core/translate.js";
import { shownWord } from "./lexicon.js";
import { hiddenAt, rowAt } from "./side.js";

/**
 * @typedef {{place: number, draft: number, p: number, q: number | null, accepted: boolean | null}} Draft
 */
/** @typedef {{turn: number, place: number, draft: number, replacement: number, p: number, q: number, mass: number,
 *   left: [number, number, number, number][]}} Refusal left: [word, p, q, share of what is left] */
/**
 * @typedef {{fate: "" | "kept" | "refused" | "left", turn: number, draft: string, wait: number}} DraftLook wait: milliseconds a turn
 */

/** @type {DraftLook} */
export const NO_DRAFT = { fate: "", turn: 0, draft: "", wait: 0 };
const BEGIN = 260, // milliseconds in which all drafts stand there grey
  LONGEST_TURN = 110,
  ALL_TURNS = 760;

/**
 * What the pass of a step did at each place.
 * @param {any} record @param {import("./lexicon.js").Lexicon} lexicon @returns {Map<number, DraftLook>}
 */
export function draftLooks(record, lexicon) {
  const drafts = /** @type {Draft[]} */ (record?.drafts ?? []),
    turns = drafts.filter((one) => one.accepted !== null).length,
    wait = Math.min(LONGEST_TURN, ALL_TURNS / Math.max(1, turns));
  return new Map(
    drafts.map((one, turn) => [
      one.place,
      {
        fate: one.accepted === null ? "left" : one.accepted ? "kept" : "refused",
        turn,
        draft: shownWord(lexicon, one.draft),
        wait: Math.round(wait),
      },
    ]),
  );
}

/**
 * One tile of a pass that is played: grey at first, solid or struck out when its turn comes.
 * @param {HTMLElement} tile @param {HTMLElement} struck the refused draft in it @param {DraftLook} look
 */
export function playDraft(tile, struck, look) {
  if (calm() || look.fate === "left") return;
  const delay = BEGIN + look.turn * look.wait;
  if (look.fate === "kept")
    tile.animate(
      [
        { opacity: 0.42, filter: "grayscale(1)", transform: "scale(1)" },
        { opacity: 1, filter: "grayscale(0)", transform: "scale(1.16)", offset: 0.5 },
        { opacity: 1, filter: "grayscale(0)", transform: "scale(1)" },
      ],
      { duration: 260, delay, fill: "backwards", easing: "ease-out" },
    );
  else {
    tile.animate(
      [
        { color: "transparent", filter: "grayscale(1)" },
        { color: "transparent", filter: "grayscale(0)", offset: 0.6 },
        {},
      ],
      { duration: 620, delay, fill: "backwards" },
    );
    struck.animate(
      [{ transform: "translateY(60%) scale(1.35)", textDecorationColor: "transparent" }, {}],
      { duration: 420, delay, fill: "backwards", easing: "ease-in-out" },
    );
  }
}

/** @param {HTMLElement} host */
export function makeDrafts(host) {
  host.classList.add("canvas-drafts");
  const said = make("p", "say"),
    table = make("div", "canvas-refusal"),
    note = make("p", "canvas-note");
  host.append(said, table, note);
  let last = () => {};
  const end = onLanguage(() => last());

  /** @param {import("./side.js").Side} side @param {number} step */
  function draw(side, step) {
    last = () => draw(side, step);
    const record = rowAt(side, step),
      refused = /** @type {Refusal | null | undefined} */ (record?.refused);
    host.hidden = !record?.drafts;
    if (host.hidden) return;
    said.textContent = [passSentence(side, step, record), paceSentence(side, step)].join(" ");
    table.hidden = note.hidden = !refused;
    if (!refused) return;
    table.replaceChildren(...refusalRows(side.lexicon, refused));
    note.textContent = t(
      "A draft stays with probability q ÷ p, at most 1: here {chance}. What q has more than p is what is left, {mass} in all; the new word is drawn from it.",
      { chance: chance(Math.min(1, refused.q / refused.p)), mass: chance(refused.mass) },
    );
  }
  return { draw, end };
}

/** @param {import("./side.js").Side} side @param {number} step @param {any} record */
function passSentence(side, step, record) {
  const all = record.drafts.length,
    kept = record.drafts.filter((/** @type {Draft} */ one) => one.accepted).length;
  if (!record.refused) return t("Pass {pass}: all {all} drafts stay.", { pass: step, all });
  return t(
    "Pass {pass}: {kept} of {all} drafts stay; then “{draft}” is refused, and “{word}” is drawn instead.",
    {
      pass: step,
      kept,
      all,
      draft: shownWord(side.lexicon, record.refused.draft),
      word: shownWord(side.lexicon, record.refused.replacement),
    },
  );
}

/**
 * Pieces a pass and a call, over the whole run so far.
 * @param {import("./side.js").Side} side
 * @param {number} step
 */
export function paceOf(side, step) {
  const passes = Math.min(step, side.rows.length - 1),
    filled = hiddenAt(side, 0) - hiddenAt(side, step),
    calls = (rowAt(side, step).calls ?? 0) * (side.card.price ?? 1);
  return { passes, filled, calls, aPass: filled / passes, aCall: filled / calls };
}

/** @param {import("./side.js").Side} side @param {number} step */
function paceSentence(side, step) {
  const { aPass, aCall, calls } = paceOf(side, step),
    figures = { pass: fixed(aPass, 1), call: fixed(aCall, 1), calls: plain(calls, 3) };
  return side.card.price
    ? t(
        "{pass} pieces a pass, {call} pieces a call so far: a pass counts as {price} calls, {calls} in all.",
        { ...figures, price: plain(side.card.price, 3) },
      )
    : t(
        "{pass} pieces a pass, {call} pieces a call so far: every canvas that is checked counts, {calls} in all.",
        figures,
      );
}

/** @param {import("./lexicon.js").Lexicon} lexicon @param {Refusal} refused */
function refusalRows(lexicon, refused) {
  const shown = refused.left.some(([id]) => id === refused.replacement),
    rows = refused.left.map(([id, p, q, share]) => ({ id, p, q, share, struck: false })),
    full = Math.max(1e-9, refused.p, ...rows.map((row) => Math.max(row.p, row.q)));
  const lines = [
    { id: refused.draft, p: refused.p, q: refused.q, share: 0, struck: true },
    ...rows,
  ].map((row) => refusalRow(lexicon, row, full, row.id === refused.replacement));
  const head = ["", t("p, drafted"), t("q, checked"), t("what is left")].map((text) =>
    make("span", "canvas-refusal-head", text),
  );
  if (!shown)
    lines.push([
      asIs(make("span", "canvas-refusal-word on", shownWord(lexicon, refused.replacement))),
      make("span", "canvas-refusal-rare", t("drawn, further down the list")),
    ]);
  return [...head, ...lines.flat()];
}

/**
 * @param {import("./lexicon.js").Lexicon} lexicon @param {{id: number, p: number, q: number, share: number, struck: boolean}} row
 * @param {number} full the probability of a full bar @param {boolean} on drawn
 */
function refusalRow(lexicon, { id, p, q, share, struck }, full, on) {
  const word = asIs(make(struck ? "s" : "span", "canvas-refusal-word", shownWord(lexicon, id)));
  word.classList.toggle("on", on);
  return [
    word,
    cell(p, p / full, "canvas-p"),
    cell(q, q / full, "canvas-q"),
    cell(share, share, "canvas-left"),
  ];
}

/** @param {number} value @param {number} share @param {string} classes */
const cell = (value, share, classes) =>
  node(
    "span",
    { class: "canvas-refusal-cell " + classes },
    node("i", { style: `width: ${100 * Math.min(1, share)}%` }),
    node("span", { class: "num" }, chance(value)),
  );
