// @ts-check
/**
 * One pass of speculative decoding: its drafts with their verdicts, and the three laws at the first
 * one refused.
 */
import { make, visible } from "../../core/dom.js";
import { chance, fixed } from "../../core/format.js";
import { nt, t } from "../../core/translate.js";
import { note, sentence, tableOf } from "./parts.js";

/**
 * @typedef {{id: number, text: string, p: number | null, q: number, overlap: number | null, u: number | null, accepted: boolean | null}} Draft
 */
/** @typedef {{id: number, text: string, p: number, q: number, left: number}} Row */
/**
 * @typedef {object} Pass
 * @property {number} index
 * @property {{id: number, text: string}[]} tokens
 * @property {string[]} pieces
 * @property {Draft[]} drafts
 * @property {{place: number, rows: Row[], rest: {count: number, p: number, q: number, left: number}} | null} refused
 * @property {number} calls of the drafter
 * @property {number} passes so far
 * @property {number} written tokens so far
 */

const LONGEST = 24; // characters of a token

/** @param {string} text */
const shown = (text) => visible(text).slice(0, LONGEST) || "∅";

/**
 * @param {Pass} pass
 * @param {string} before the end of the text before it
 * @returns {HTMLElement[]}
 */
export function drawPass(pass, before) {
  const line = make("p", "drafts-line");
  line.append(make("span", "drafts-before", before));
  pass.drafts.forEach((draft, place) => line.append(chip(draft, place)));
  const own = pass.drafts.filter((one) => one.accepted).length < pass.tokens.length;
  if (own) {
    const last = make("span", "drafts-chip own");
    last.append(make("b", "t", shown(pass.tokens[pass.tokens.length - 1].text)));
    last.append(make("small", "", pass.refused ? t("drawn anew") : t("one more")));
    line.append(last);
  }
  line.translate = false;
  const parts = [line, sentence(story(pass))];
  if (pass.drafts.length) parts.push(judged(pass));
  if (pass.refused) parts.push(laws(pass.refused, pass));
  return parts;
}

/** @param {Draft} draft @param {number} place */
function chip(draft, place) {
  const kind =
      draft.accepted === null ? "unread" : draft.accepted ? "drafts-accepted" : "drafts-refused",
    element = make("span", `drafts-chip ${kind}`);
  element.style.setProperty("--place", String(place));
  element.append(make(draft.accepted === false ? "s" : "span", "t", shown(draft.text)));
  element.append(
    make(
      "small",
      "",
      draft.accepted === null ? t("unread") : draft.accepted ? t("accepted") : t("refused"),
    ),
  );
  return element;
}

/** @param {Pass} pass */
function story(pass) {
  const accepted = pass.drafts.filter((one) => one.accepted).length;
  if (!pass.drafts.length)
    return t("Nothing was drafted here: the model drew its own token, as without drafts.");
  if (!pass.refused)
    return pass.tokens.length > accepted
      ? t("All drafts were accepted, and the same pass gave one token more.")
      : t("An accepted draft ended the text.");
  return nt(
    "{n} draft was accepted; the next one was refused and drawn anew from what is left of p.",
    "{n} drafts were accepted; the next one was refused and drawn anew from what is left of p.",
    accepted,
  );
}

/** @param {Pass} pass */
const judged = (pass) =>
  tableOf(
    [
      t("draft"),
      t("p, the model"),
      t("q, the drafter"),
      t("chance min(1, p / q)"),
      t("drawn number"),
      t("overlap Σ min(p, q)"),
      "",
    ],
    pass.drafts.map((one) => [
      make("span", "t", shown(one.text)),
      one.p === null ? "–" : chance(one.p),
      chance(one.q),
      one.p === null ? "–" : chance(Math.min(1, one.q > 0 ? one.p / one.q : 1)),
      one.u === null ? "–" : fixed(one.u),
      one.overlap === null ? "–" : chance(one.overlap),
      one.accepted === null ? t("unread") : one.accepted ? t("accepted") : t("refused"),
    ]),
  );

/** @param {NonNullable<Pass["refused"]>} refused @param {Pass} pass */
function laws(refused, pass) {
  const host = make("div", "drafts-laws"),
    key = make("p", "drafts-key");
  for (const [name, words] of [
    ["p", t("p, the model")],
    ["q", t("q, the drafter")],
    ["left", t("what is left: max(0, p − q), normalised")],
  ]) {
    const entry = make("span");
    entry.append(make("i", name), words);
    key.append(entry);
  }
  host.append(key);
  const drawn = pass.tokens[pass.tokens.length - 1].id,
    draft = pass.drafts[refused.place].id;
  for (const row of refused.rows) {
    const line = bars(row, shown(row.text));
    line.classList.toggle("struck", row.id === draft);
    line.classList.toggle("on", row.id === drawn);
    host.append(line);
  }
  const rest = bars(refused.rest, nt("{n} other", "{n} others", refused.rest.count));
  rest.classList.add("rest");
  if (refused.rest.count > 0) host.append(rest);
  host.append(
    note(
      t(
        "The draft is struck out, the token drawn in its place is bold. Bars are drawn to one scale.",
      ),
    ),
  );
  return host;
}

/** @param {{p: number, q: number, left: number}} row @param {string} name */
function bars(row, name) {
  const line = make("div", "drafts-row"),
    track = make("span", "drafts-track");
  for (const law of /** @type {("p" | "q" | "left")[]} */ (["p", "q", "left"])) {
    const bar = make("i", law);
    bar.style.width = `${100 * row[law]}%`;
    track.append(bar);
  }
  line.append(
    make("span", "t", name),
    track,
    make("span", "num", `${chance(row.p)} · ${chance(row.q)} · ${chance(row.left)}`),
  );
  return line;
}
