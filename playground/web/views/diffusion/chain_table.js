// @ts-check
/**
 * A small chain of words in fields: names, where a text begins, what follows what; each row says
 * whether it sums to one.
 */
import { button, make } from "../../core/dom.js";
import { parseNumber, plain } from "../../core/format.js";
import { onLanguage, t } from "../../core/translate.js";

/** @typedef {{names: string[], transition: number[][], initial: number[]}} Chain */

/**
 * The chain with another number of words; rows are made to sum to one.
 * @param {Chain} chain
 * @param {number} n
 * @returns {Chain}
 */
export function resized(chain, n) {
  const row = (/** @type {number[] | undefined} */ old) => {
    const kept = Array.from({ length: n }, (_, i) => old?.[i] ?? 0),
      total = kept.reduce((a, b) => a + b, 0),
      made = total > 0 ? kept.map((v) => +(v / total).toFixed(6)) : kept.map(() => 1 / n);
    made[0] += 1 - made.reduce((a, b) => a + b, 0);
    return made;
  };
  return {
    names: Array.from({ length: n }, (_, i) => chain.names[i] ?? "abcd"[i]),
    initial: row(chain.initial),
    transition: Array.from({ length: n }, (_, i) => row(chain.transition[i])),
  };
}

/** @param {HTMLElement} table @param {() => void} changed the whole table is to be drawn anew */
export function makeChainTable(table, changed) {
  /** @type {Chain} */
  let chain = { names: [], transition: [], initial: [] };
  /** @type {HTMLElement[]} */
  let sums = [];

  function cell(/** @type {number[]} */ row, /** @type {number} */ j, /** @type {string} */ name) {
    const field = make("input");
    field.type = "text";
    field.inputMode = "decimal";
    field.value = plain(row[j], 6);
    field.setAttribute("aria-label", name);
    field.addEventListener("change", () => {
      row[j] = parseNumber(field.value) ?? NaN;
      field.classList.toggle("canvas-bad", !(row[j] >= 0 && row[j] <= 1));
      drawSums();
    });
    const holder = make("td");
    holder.append(field);
    return holder;
  }

  function nameField(/** @type {number} */ i) {
    const field = make("input", "canvas-name");
    field.type = "text";
    field.maxLength = 24;
    field.value = chain.names[i];
    field.setAttribute("aria-label", t("Word {n}", { n: i + 1 }));
    field.addEventListener("change", () => {
      chain.names[i] = field.value || t("word {n}", { n: i + 1 });
      changed();
    });
    return field;
  }

  function line(/** @type {number[]} */ row, /** @type {number} */ i) {
    const tr = make("tr"),
      head = make("th"),
      sum = make("td", "canvas-sums"),
      from = i < 0 ? t("start") : chain.names[i];
    head.scope = "row";
    head.append(i < 0 ? t("at the start") : nameField(i));
    sums.push(sum);
    tr.append(
      head,
      ...row.map((_, j) => cell(row, j, t("{from} to {to}", { from, to: chain.names[j] }))),
      sum,
    );
    return tr;
  }

  function drawSums() {
    [chain.initial, ...chain.transition].forEach((row, i) => {
      const total = row.reduce((a, b) => a + b, 0);
      if (Math.abs(total - 1) < 1e-6) sums[i].replaceChildren("= 1");
      else {
        const words = Number.isFinite(total)
          ? t("= {total}, make it 1", { total: plain(total, 4) })
          : t("not a number");
        const mend = () => {
          if (!(total > 0)) return;
          row.forEach((v, j) => (row[j] = v / total));
          changed();
        };
        sums[i].replaceChildren(
          button(words, t("Divide the row by its sum"), mend, "plain canvas-sum"),
        );
      }
    });
  }

  function draw() {
    sums = [];
    const head = make("tr");
    head.append(
      make("td", "", t("from \\ to")),
      ...chain.names.map((name) => make("th", "name", name)),
      make("td"),
    );
    table.replaceChildren(
      head,
      line(chain.initial, -1),
      ...chain.transition.map((row, i) => line(row, i)),
    );
    drawSums();
  }
  onLanguage(draw);
  return {
    /** @param {Chain} next the caller's own: edits go into it */
    draw(next) {
      chain = next;
      draw();
    },
  };
}
