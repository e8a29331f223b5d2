// @ts-check
/** A comparison as a table, and as files. */
import { button, make } from "../../core/dom.js";
import { fixed } from "../../core/format.js";
import { t } from "../../core/translate.js";
import { measureCells, measured, measureHeads, note, rowOf, saveCsv, tableOf } from "./parts.js";

/** @param {any} last a comparison @returns {Node[]} */
export function tableWithFiles(last) {
  const heads = [
    ...[t("strategy"), t("texts"), t("mean tokens"), "distinct-1", "distinct-2", "distinct-3"],
    ...["self-BLEU", t("perplexity"), t("repetition rate"), t("loops")],
  ];
  const rows = last.table.map((/** @type {any} */ row, /** @type {number} */ i) => [
    `${i + 1} ${row.name}`,
    row.deterministic && row.runs > 1 ? t("1 for {runs}", { runs: row.runs }) : row.texts,
    fixed(row.tokens, 1),
    measured(row.distinct1),
    measured(row.distinct2),
    measured(row.distinct3),
    measured(row.self_bleu, 1),
    measured(row.perplexity, 2),
    measured(row.repetition),
    t("{found} of {all}", { found: row.loops[0], all: row.loops[1] }),
  ]);
  return [
    make("h2", "", t("The same as a table")),
    tableOf(heads, rows),
    note(
      t(
        "In brackets: 95% intervals. Repetition rate: share of a text’s 4-grams of tokens that stood in it before. A loop: at least three full laps of the same tokens at the end.",
      ),
    ),
    rowOf(
      button(
        t("Save table (CSV)"),
        t("All figures with their intervals"),
        () => saveTable(last),
        "plain",
      ),
      button(
        t("Save texts (CSV)"),
        t("Every text of every column"),
        () => saveTexts(last),
        "plain",
      ),
    ),
  ];
}

/** @param {any} last */
function saveTable(last) {
  const asked = ["model", "scorer", "prompt", "seed"],
    heads = [...asked, "strategy", "runs", "texts", "mean_tokens", ...measureHeads()];
  saveCsv("comparison.csv", [
    [...heads, "loops", "loops_of", "loops_low", "loops_high"],
    ...last.table.map((/** @type {any} */ row) => [
      ...asked.map((name) => last[name]),
      ...[row.name, row.runs, row.texts, row.tokens, ...measureCells(row), ...row.loops],
    ]),
  ]);
}

/** @param {any} last */
function saveTexts(last) {
  saveCsv("texts.csv", [
    ["strategy", "run", "text"],
    ...last.texts.flatMap((/** @type {string[]} */ texts, /** @type {number} */ i) =>
      texts.map((text, r) => [last.table[i].name, r + 1, text]),
    ),
  ]);
}
