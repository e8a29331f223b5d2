// @ts-check
/**
 * BLEU and ROUGE opened up: the n-grams, the formula with its numbers, the longest common
 * subsequence.
 */
import { asIs, make } from "../../core/dom.js";
import { fixed } from "../../core/format.js";
import { nt, t } from "../../core/translate.js";
import { foldout, note, rowOf, selectInput, tableOf } from "./parts.js";

/** @param {any[]} rows @param {number} n */
function ngrams(rows, n) {
  const hits = rows.filter((row) => row.clipped).length,
    heads = [
      ...[t("n-gram"), t("in the candidate"), t("most in one reference")],
      t("counted (clipped)"),
    ],
    table = tableOf(
      heads,
      rows.map((row) => [
        asIs(make("span", "", row.ngram.join(" "))),
        ...[row.candidate, row.reference, row.clipped],
      ]),
    );
  [...table.querySelectorAll("tbody tr")].forEach((line, i) =>
    line.classList.toggle("scores-missed", !rows[i].clipped),
  );
  const title = t("{order}-grams: {different} different, {hits} of them in a reference", {
    ...{ order: n, different: rows.length, hits },
  });
  return foldout(title, table);
}

/** @param {any} bleu */
function brevity(bleu) {
  const lengths = { reference: bleu.reference_length, candidate: bleu.candidate_length };
  return bleu.brevity_penalty < 1
    ? t(
        "brevity penalty = exp(1 − {reference}/{candidate}) = {penalty}, for the candidate is shorter than its closest reference",
        { ...lengths, penalty: fixed(bleu.brevity_penalty, 4) },
      )
    : t(
        "brevity penalty = 1, for the candidate ({candidate} tokens) is not shorter than its closest reference ({reference})",
        lengths,
      );
}

/** @param {any} bleu */
function formula(bleu) {
  if (bleu.mean_log === null) return t("no n-gram to count");
  const penalty = fixed(bleu.brevity_penalty, 4),
    sum = bleu.precisions
      .slice(0, bleu.order)
      .map((/** @type {number} */ p) => `ln ${fixed(p / 100, 4)}`)
      .join(" + "),
    mean = fixed(bleu.mean_log, 4);
  return `BLEU = 100 · ${penalty} · exp((${sum}) / ${bleu.order}) = 100 · ${penalty} · exp(${mean}) = ${fixed(bleu.score, 2)}`;
}

/** @param {any} bleu */
function orders(bleu) {
  let missed = 0; // the k-th order without a match counts 1/2^k
  return [0, 1, 2, 3].map((i) => [
    `${i + 1}`,
    bleu.matches[i],
    bleu.totals[i],
    i < bleu.order ? fixed(bleu.precisions[i], 2) + " %" : t("candidate too short"),
    i < bleu.order && !bleu.matches[i]
      ? t("smoothed: no match counts as 1/{parts} of one", { parts: 2 ** ++missed })
      : "",
  ]);
}

/** @param {any} answer @returns {Node[]} */
export const bleuOpened = ({ bleu }) => [
  make("h2", "", "BLEU"),
  make("p", "scores-big", fixed(bleu.score, 2)),
  make("p", "scores-formula", brevity(bleu)),
  make("p", "scores-formula", formula(bleu)),
  tableOf(["n", t("matches"), t("n-grams"), t("precision"), ""], orders(bleu)),
  ...[1, 2, 3, 4].filter((n) => bleu.table[n]?.length).map((n) => ngrams(bleu.table[n], n)),
  note(
    t(
      "sacrebleu’s sentence score, 0 to 100: 13a tokens, exponential smoothing, effective order. It means: how many of the candidate’s word runs stand in a reference. It misses: synonyms, meaning, and what the candidate left out (only the brevity penalty asks for that).",
    ),
  ),
];

/**
 * @param {string} title
 * @param {string} text
 * @param {[number, number][]} spans
 * @param {number[]} places the words that are marked
 */
function marked(title, text, spans, places) {
  const part = make("section"),
    line = make("p", "compare-text");
  let at = 0;
  for (const place of places) {
    const [start, end] = spans[place],
      hit = make("mark", "scores-lcs", text.slice(start, end));
    hit.style.color = "inherit";
    line.append(text.slice(at, start), hit);
    at = end;
  }
  line.append(text.slice(at));
  part.append(make("h2", "", title), line);
  return part;
}

/** @param {string} title @param {any} s */
const rougeRow = (title, s) => [
  title,
  s.overlap,
  `${s.overlap}/${s.candidate_total} = ${fixed(s.precision, 4)}`,
  `${s.overlap}/${s.reference_total} = ${fixed(s.recall, 4)}`,
  fixed(s.fmeasure, 4),
];

/**
 * Which of several references is shown.
 * @param {number} count
 * @param {number} shown
 * @param {(place: number) => void} pick
 */
function choiceOf(count, shown, pick) {
  const which = selectInput([]);
  for (let i = 0; i < count; i++)
    which.add(new Option(t("reference {place}", { place: i + 1 }), String(i)));
  which.value = String(shown);
  which.addEventListener("change", () => pick(Number(which.value)));
  const label = make("label", "compare-field");
  label.append(make("span", "", t("against")), which);
  which.setAttribute("aria-label", t("against"));
  return rowOf(label);
}

/**
 * @param {any} answer
 * @param {number} shown the reference
 * @param {(place: number) => void} pick
 * @returns {Node[]}
 */
export function rougeOpened({ rouge, candidate, references }, shown, pick) {
  const one = rouge[shown],
    lcs = one.rougeL,
    pair = make("div", "compare-pair");
  pair.append(
    marked(t("candidate"), candidate, one.candidate_spans, lcs.candidate_positions),
    marked(
      t("reference {place}", { place: shown + 1 }),
      references[shown],
      one.reference_spans,
      lcs.reference_positions,
    ),
  );
  return [
    make("h2", "", "ROUGE"),
    ...(rouge.length > 1 ? [choiceOf(rouge.length, shown, pick)] : []),
    tableOf(
      ["", t("overlap"), t("precision"), t("recall"), "F"],
      [rougeRow("ROUGE-1", one.rouge1), rougeRow("ROUGE-2", one.rouge2), rougeRow("ROUGE-L", lcs)],
    ),
    pair,
    ngrams(one.rouge1.rows, 1),
    ngrams(one.rouge2.rows, 2),
    note(
      nt(
        "Marked: one longest common subsequence of {n} word, in order but not side by side. F = 2·P·R/(P + R). rouge-score’s figures: lower case, letters and digits only, no stemming; in scripts without spaces (Chinese, Japanese, Thai) each character counts as a word. It means: how much of the reference the candidate covers. It misses: the same thing said in other words, and whether the rest is true.",
        "Marked: one longest common subsequence of {n} words, in order but not side by side. F = 2·P·R/(P + R). rouge-score’s figures: lower case, letters and digits only, no stemming; in scripts without spaces (Chinese, Japanese, Thai) each character counts as a word. It means: how much of the reference the candidate covers. It misses: the same thing said in other words, and whether the rest is true.",
        lcs.overlap,
      ),
    ),
  ];
}
