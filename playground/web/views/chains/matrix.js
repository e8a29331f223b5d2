// @ts-check
/**
 * A table of numbers that one types into: probabilities whose rows sum to 1, or rates whose rows
 * sum to 0.
 */
import { heading } from "../../charts/heat.js";
import { clip, make } from "../../core/dom.js";
import { parseNumber, plain } from "../../core/format.js";
import { t } from "../../core/translate.js";

/** @typedef {(number | null)[][]} Values null: what stands in the cell is no number */

/**
 * @typedef {object} MatrixOptions
 * @property {() => string} label
 * @property {"probability" | "rate"} kind of rates the diagonal follows from the rest
 * @property {() => string} [corner]
 * @property {() => string[]} rows their names
 * @property {() => string[]} columns
 * @property {() => Values} values
 * @property {(row: string, column: string) => string} cellLabel
 * @property {(i: number, j: number, value: number | null) => void} edit
 * @property {(i: number) => void} [normalise]
 * @property {{row?: Rename, column?: Rename}} [rename] names that one may type
 */
/**
 * @typedef {{label: (place: number) => string, change: (i: number, name: string) => void}} Rename
 */

const TOLERANCE = 1e-6;
const LONGEST_NAME = 40;

/**
 * @param {(number | null)[]} values
 * @param {boolean} rate
 * @returns {{text: string, number: boolean} | null} what is wrong with a row
 */
function faultOf(values, rate) {
  if (values.some((v) => v === null)) return { text: t("not a number"), number: false };
  const numbers = /** @type {number[]} */ (values);
  if (!rate && numbers.some((v) => v < 0 || v > 1))
    return { text: t("outside [0, 1]"), number: true };
  const sum = numbers.reduce((a, b) => a + b, 0);
  if (Math.abs(sum - (rate ? 0 : 1)) <= TOLERANCE) return null;
  return { text: t("sum {sum}", { sum: plain(sum) }), number: true };
}

/** Whether dividing by the sum would mend a row. @param {(number | null)[]} values */
const mendable = (values) =>
  values.some((v) => (v ?? 0) > 0) && values.every((v) => v !== null && v >= 0);

/**
 *   const editor = matrixEditor(host, options);   editor.update(force) gives the number of bad rows; force writes every cell anew
 *
 * @param {HTMLElement} host
 * @param {MatrixOptions} options
 */
export function matrixEditor(host, options) {
  const rate = options.kind === "rate";
  /** @type {Grid | null} */
  let grid = null;

  /** @param {string[]} rows @param {string[]} columns @returns {Grid} */
  function build(rows, columns) {
    const table = make("table", columns.length > 4 ? "matrix many" : "matrix"),
      corner = make("td", "corner"),
      last = make("td", "sum"),
      top = make("tr"),
      head = make("thead"),
      body = make("tbody");
    /** @type {Grid} */
    const made = { table, corner, last, tops: [], sides: [], cells: [], sums: [] };
    made.tops = columns.map((name, j) => nameOf("column", j, name, 9));
    top.append(corner, ...made.tops.map((one) => withIn(heading("top", "col"), one)), last);
    head.append(top);
    rows.forEach((name, i) => {
      const row = make("tr"),
        side = nameOf("row", i, name, 14);
      made.sides.push(side);
      made.cells.push(columns.map((_, j) => cellAt(i, j)));
      made.sums.push(sumOf(row, i));
      row.append(
        withIn(heading("side", "row"), side),
        ...made.cells[i].map((cell) => withIn(make("td"), cell)),
        made.sums[i].element,
      );
      body.append(row);
    });
    table.append(head, body);
    table.addEventListener("keydown", (event) => upOrDown(made, event));
    host.replaceChildren(table);
    return made;
  }

  /**
   * @param {"row" | "column"} axis
   * @param {number} i
   * @param {string} name
   * @param {number} length
   * @returns {NameField}
   */
  function nameOf(axis, i, name, length) {
    const rename = options.rename?.[axis];
    if (!rename) {
      const span = make("span", "name");
      return {
        element: span,
        show(text) {
          span.textContent = clip(text, length);
          span.title = text;
        },
      };
    }
    const field = make("input", "name");
    field.type = "text";
    field.maxLength = LONGEST_NAME;
    field.spellcheck = false;
    field.value = name;
    field.addEventListener("change", () => rename.change(i, field.value));
    return {
      element: field,
      show(text) {
        if (field !== document.activeElement) field.value = text;
        field.setAttribute("aria-label", rename.label(i + 1));
      },
    };
  }

  /** @param {number} i @param {number} j */
  function cellAt(i, j) {
    const field = make("input", "cell");
    field.type = "text";
    field.inputMode = "decimal";
    field.autocomplete = "off";
    if (rate && i === j) {
      field.readOnly = true;
      field.tabIndex = -1;
      field.title = t("minus the sum of the row: the rate of leaving");
    }
    field.addEventListener("input", () => options.edit(i, j, parseNumber(field.value)));
    field.addEventListener("blur", () => write(field, options.values()[i]?.[j]));
    return field;
  }

  /** @param {HTMLTableRowElement} row @param {number} i */
  function sumOf(row, i) {
    const element = make("td", "sum"),
      out = make("output"),
      mend = make("button", "fix");
    mend.type = "button";
    mend.hidden = true;
    mend.addEventListener("click", () => options.normalise?.(i));
    element.append(out, mend);
    return { row, element, out, mend };
  }

  /** @param {Grid} made @param {string[]} rows @param {string[]} columns */
  function nameAll(made, rows, columns) {
    made.table.setAttribute("aria-label", options.label());
    made.corner.textContent = options.corner?.() ?? "";
    made.last.textContent = rate ? t("leaves at") : t("sum");
    rows.forEach((name, i) => made.sides[i].show(name));
    columns.forEach((name, j) => made.tops[j].show(name));
  }

  /** @param {Grid} made @param {string} name @param {number} i @param {(number | null)[]} values */
  function showRow(made, name, i, values) {
    const fault = faultOf(values, rate),
      { row, out, mend } = made.sums[i];
    row.classList.toggle("bad", fault !== null);
    out.textContent = fault?.text ?? (rate ? plain(-(values[i] ?? 0)) : "1");
    mend.hidden = !options.normalise || !fault?.number || !mendable(values);
    mend.textContent = t("normalise");
    mend.setAttribute(
      "aria-label",
      t("Normalise the row {name} so that it sums to 1", { name: clip(name, 40) }),
    );
    return fault !== null;
  }

  /**
   * @param {HTMLInputElement} cell
   * @param {number | null} value
   * @param {boolean} diagonal
   * @param {number} most
   */
  function showCell(cell, value, diagonal, most) {
    const invalid = value === null || (!rate && (value < 0 || value > 1));
    cell.setAttribute("aria-invalid", String(invalid));
    let tint = value === null ? 0 : Math.max(0, Math.min(1, value));
    if (rate) tint = diagonal || value === null ? 0 : Math.abs(value) / most;
    cell.style.setProperty("--p", String(tint));
  }

  /**
   * Shows the values; a field that is being typed in is left alone unless `force`.
   * @param {boolean} [force]
   * @returns {number} bad rows
   */
  function update(force = false) {
    const rows = options.rows(),
      columns = options.columns(),
      values = options.values();
    const fits = grid?.sides.length === rows.length && grid.tops.length === columns.length;
    const made = fits && grid ? grid : (grid = build(rows, columns)),
      rewrite = force || !fits;
    const most = Math.max(1e-9, ...values.flat().map((v) => Math.abs(v ?? 0)));
    nameAll(made, rows, columns);
    let bad = 0;
    rows.forEach((name, i) => {
      if (showRow(made, name, i, values[i])) bad++;
      columns.forEach((column, j) => {
        const cell = made.cells[i][j];
        if (rewrite || cell !== document.activeElement) write(cell, values[i][j]);
        cell.setAttribute("aria-label", options.cellLabel(clip(name, 40), clip(column, 40)));
        showCell(cell, values[i][j], i === j, most);
      });
    });
    return bad;
  }

  return { update };
}

/** @typedef {{element: HTMLElement, show: (text: string) => void}} NameField */
/**
 * @typedef {object} Grid the elements of the table
 * @property {HTMLTableElement} table
 * @property {HTMLElement} corner
 * @property {HTMLElement} last the heading of the sums
 * @property {NameField[]} tops
 * @property {NameField[]} sides
 * @property {HTMLInputElement[][]} cells
 * @property {{row: HTMLTableRowElement, element: HTMLElement, out: HTMLOutputElement, mend: HTMLButtonElement}[]} sums
 */

/**
 * What was typed and is no number stays as it was typed.
 * @param {HTMLInputElement} field
 * @param {number | null | undefined} value
 */
function write(field, value) {
  if (value !== null && value !== undefined) field.value = plain(value);
}

/**
 * @template {HTMLElement} E
 * @param {E} outer
 * @param {HTMLElement | NameField} inner
 * @returns {E}
 */
function withIn(outer, inner) {
  outer.append("element" in inner ? inner.element : inner);
  return outer;
}

/** The arrow keys move in a column. @param {Grid} grid @param {KeyboardEvent} event */
function upOrDown({ cells }, event) {
  const step = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0,
    i = cells.findIndex((row) => row.includes(/** @type {any} */ (event.target)));
  if (!step || i < 0) return;
  const j = cells[i].indexOf(/** @type {any} */ (event.target)),
    next = cells[i + step]?.[j];
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.select();
}

/** A row divided by its sum. @param {(number | null)[]} row */
export function normalised(row) {
  const sum = row.reduce((/** @type {number} */ a, b) => a + (b ?? 0), 0);
  return row.map((v) => (v ?? 0) / sum);
}
