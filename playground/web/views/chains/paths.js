// @ts-check
/**
 * What was seen, the two paths that answer for it, and the truth of a sample, position by position.
 */
import { heading } from "../../charts/heat.js";
import { clip, make } from "../../core/dom.js";
import { small } from "../../core/format.js";
import { nt, t } from "../../core/translate.js";

/** @typedef {{text: string, mark: string}} Place */

/**
 * @param {any} figures
 * @param {boolean} revealed
 * @returns {{name: string, title: string, places: Place[]}[]}
 */
function rowsOf(figures, revealed) {
  const { observations, symbols, states, path, marginal, truth, impossible } = figures;
  const rows = [
    {
      name: "seen",
      title: t("seen"),
      places: observations.map((symbol) =>
        symbol < 0 ? { text: "?", mark: "missing" } : { text: clip(symbols[symbol], 8), mark: "" },
      ),
    },
  ];
  /** @param {number[]} ways */
  const compared = (ways) =>
    ways.map((state, at) => ({
      text: clip(states[state], 8),
      mark: path[at] === marginal[at] ? "" : "differs",
    }));
  if (!impossible)
    rows.push(
      { name: "viterbi", title: "Viterbi", places: compared(path) },
      { name: "posterior", title: t("Posterior"), places: compared(marginal) },
    );
  if (truth)
    rows.push({
      name: "truth",
      title: t("truth"),
      places: truth.map((state, at) =>
        revealed
          ? { text: clip(states[state], 8), mark: !impossible && state !== path[at] ? "wrong" : "" }
          : { text: t("hidden"), mark: "veiled" },
      ),
    });
  return rows;
}

/** Draws the table. @param {HTMLElement} host @param {any} figures @param {boolean} revealed */
export function showPaths(host, figures, revealed) {
  const table = make("table", "paths"),
    /** @type {HTMLElement[][]} */
    columns = figures.observations.map(() => []);
  for (const { name, title, places } of rowsOf(figures, revealed)) {
    const row = table.insertRow();
    row.className = name;
    row.append(
      heading("side", "row", title),
      ...places.map(({ text, mark }, at) => {
        const cell = make("td", mark, text);
        columns[at].push(cell);
        return cell;
      }),
    );
  }
  host.replaceChildren(table);
  return {
    /** @param {number} at the position on view */
    view: (at) =>
      columns.forEach((cells, i) => {
        for (const cell of cells) cell.classList.toggle("now", i === at);
      }),
  };
}

/** How the two answers differ, in words. @param {any} figures */
export function comparison({ impossible, path, marginal, path_log_probability: log, broken }) {
  if (impossible) return "";
  const many = path.filter((state, at) => state !== marginal[at]).length;
  return [
    t(
      "Viterbi: the one path that is likeliest as a whole (probability together with the observations {probability}). Posterior: the likeliest state at each position by itself.",
      { probability: small(Math.exp(log)) },
    ),
    many
      ? nt(
          "They differ at {n} position (marked ≠).",
          "They differ at {n} positions (marked ≠).",
          many,
        )
      : t("Here they agree everywhere; they need not."),
    broken ? t("The posterior path even takes a step that is impossible.") : "",
  ]
    .filter(Boolean)
    .join(" ");
}
