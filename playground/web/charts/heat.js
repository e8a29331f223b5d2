// @ts-check
/** A square table of numbers whose tint is the number. */
import { clip, make } from "../core/dom.js";
import { fixed, withoutZero } from "../core/format.js";

/**
 *   const heat = makeHeatTable(host, {digits: 3});   heat.show(names, matrix, "what it says, for a screen reader");
 *
 * @param {HTMLElement} host
 * @param {{digits?: number, tinted?: boolean}} [options] decimals; whether a cell's tint is its number, from 0 to 1
 */
export function makeHeatTable(host, { digits = 3, tinted = true } = {}) {
  /** @type {HTMLTableElement | null} */
  let table = null;

  /** @param {number} size */
  function build(size) {
    table = make("table", "heat");
    const head = table.createTHead().insertRow(),
      body = table.createTBody();
    head.append(make("td"));
    for (let j = 0; j < size; j++) head.append(heading("top", "col"));
    for (let i = 0; i < size; i++) {
      const row = body.insertRow();
      row.append(heading("side", "row"));
      for (let j = 0; j < size; j++) row.append(make("td", "num"));
    }
    host.replaceChildren(table);
    return table;
  }

  /** @param {HTMLTableCellElement} cell @param {string} name @param {number} length */
  function name(cell, name, length) {
    cell.textContent = clip(name, length);
    cell.title = name;
  }

  return {
    /**
     * @param {string[]} names
     * @param {(number | null)[][]} matrix null: infinite
     * @param {string} label
     */
    show(names, matrix, label) {
      const size = names.length,
        { rows } = table?.rows.length === size + 1 ? table : (table = build(size));
      table.setAttribute("aria-label", label);
      names.forEach((each, i) => {
        name(rows[0].cells[i + 1], each, size > 5 ? 5 : 9);
        name(rows[i + 1].cells[0], each, 10);
        matrix[i].forEach((value, j) => {
          const cell = rows[i + 1].cells[j + 1];
          cell.textContent = numberOf(value, digits);
          const tint = tinted && value !== null ? Math.max(0, Math.min(1, value)) : 0;
          cell.style.setProperty("--p", String(tint));
        });
      });
    },
  };
}

/** @param {number | null} value @param {number} digits */
function numberOf(value, digits) {
  if (value === null) return "∞";
  // a wait of 3e13 steps keeps to its cell
  return value >= 1e6 ? value.toExponential(3) : withoutZero(fixed(value, digits));
}

/**
 * A heading of a table.
 * @param {string} classes
 * @param {"row" | "col"} scope
 * @param {string} [text]
 */
export function heading(classes, scope, text) {
  const cell = make("th", classes, text);
  cell.scope = scope;
  return cell;
}
