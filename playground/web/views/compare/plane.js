// @ts-check
/**
 * The plane: diversity across, coherence (perplexity) up, one mark a column with its 95% intervals.
 */
import { makeFigure } from "../../charts/figure.js";
import { make } from "../../core/dom.js";
import { nt, onLanguage, t } from "../../core/translate.js";
import { field, figurePlace, note, rowOf, selectInput, SERIES, spoken, SYMBOLS } from "./parts.js";

/** @type {Record<string, string>} the field's own names, the same in every language */
const DIVERSITY = {
  distinct1: "distinct-1",
  distinct2: "distinct-2",
  distinct3: "distinct-3",
  self_bleu: "self-BLEU",
};
const LABEL_PLACES = [
  "top right",
  "bottom right",
  "top left",
  "bottom left",
  "top center",
  "bottom center",
];

/** @param {[number, number | null, number | null]} triple */
const whiskers = ([value, low, high]) =>
  low === null || high === null
    ? undefined
    : {
        type: "data",
        symmetric: false,
        array: [high - value],
        arrayminus: [value - low],
        thickness: 1.5,
        width: 4,
      };

/** @param {any} row @param {number} i its column @param {string} key */
const markOf = (row, i, key) => ({
  x: [row[key][0]],
  y: [row.perplexity[0]],
  name: `${i + 1} ${row.name}`,
  mode: "markers+text",
  text: [String(i + 1)],
  textposition: LABEL_PLACES[i % LABEL_PLACES.length],
  marker: { size: 11, symbol: SYMBOLS[i % SYMBOLS.length], color: SERIES[i % SERIES.length] },
  error_x: whiskers(row[key]),
  error_y: whiskers(row.perplexity),
  hovertemplate: `%{x:.3f}, ${t("perplexity")} %{y:.2f}<extra></extra>`,
});

/** @param {any} frame @param {string} key @returns {import("../../charts/figure.js").Figure} */
function figureOf({ table }, key) {
  const name = DIVERSITY[key];
  return {
    data: table.flatMap((/** @type {any} */ row, /** @type {number} */ i) =>
      row[key] && row.perplexity ? [markOf(row, i, key)] : [],
    ),
    layout: {
      margin: { l: 56, r: 16, t: 10, b: 46 },
      legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0, font: { size: 12 } },
      showlegend: true,
      xaxis: {
        title: {
          text:
            key === "self_bleu"
              ? t("{name} (low: diverse)", { name })
              : t("{name} (high: diverse)", { name }),
        },
      },
      yaxis: { type: "log", title: { text: t("perplexity") }, dtick: "D2", tickformat: "~g" },
    },
  };
}

/** @param {any} frame @param {string} key */
function explained({ table, scorer, model, runs }, key) {
  const missing = table
      .filter((/** @type {any} */ row) => !row[key] || !row.perplexity)
      .map((/** @type {any} */ row) => row.name),
    names = missing.join("; ");
  const sentences = [
    scorer === model
      ? t(
          "Perplexity under {scorer}, of all tokens written after the prompt, end of text included: low is what that model expects, which is not the same as good.",
          { scorer },
        )
      : t(
          "Perplexity under {scorer}, of its own tokens for the text after the prompt: low is what that model expects, which is not the same as good.",
          { scorer },
        ),
    nt(
      "Diversity counts words between spaces over all {n} run of a column. Whiskers: 95%, jackknife over the runs. Greedy and beam search write the same text every time: one text stands for all runs, without whiskers.",
      "Diversity counts words between spaces over all {n} runs of a column. Whiskers: 95%, jackknife over the runs. Greedy and beam search write the same text every time: one text stands for all runs, without whiskers.",
      runs,
    ),
  ];
  if (missing.length)
    sentences.push(
      key === "self_bleu"
        ? t("Not in the plane, for want of a second run: {names}.", { names })
        : t("Not in the plane, for want of a finite value: {names}.", { names }),
    );
  return sentences.join(" ");
}

/** @param {string} library the address of the plot library */
export function makePlane(library) {
  const host = figurePlace(() => t("Diversity against perplexity, one mark a column")),
    figure = makeFigure({ host, library }),
    line = note(""),
    choice = selectInput(Object.entries(DIVERSITY), "distinct2"),
    side = make("section");
  side.hidden = true;
  side.append(
    spoken("h2", "", () => t("Diversity against coherence")),
    rowOf(
      field(
        () => t("across"),
        choice,
        () => t("Which measure of diversity runs across"),
      ),
    ),
    host,
    line,
  );
  /** @type {any} */
  let last = null;
  function draw() {
    if (!last) return;
    side.hidden = false;
    figure.draw(figureOf(last, choice.value));
    line.textContent = explained(last, choice.value);
  }
  choice.addEventListener("change", draw);
  onLanguage(draw);
  return {
    side,
    show(/** @type {any} */ frame) {
      last = frame;
      draw();
    },
  };
}
