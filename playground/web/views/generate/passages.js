// @ts-check
/** What the gates show of a step's record. */
import { GATE_ROWS } from "./gate_bars.js";

/**
 * What of each candidate is left behind a gate: (stage) => passage. A rule that is off lets
 * everything through.
 * @param {any} record @param {number} [rows] candidates that are listed; the others are one bar @returns {(stage: string) => import("./gate_bars.js").Passage}
 */
export function passagesOf(record, rows = GATE_ROWS) {
  const chosen = record.rows.find((/** @type {any} */ row) => row.id === record.token_id);
  const listed = [...record.rows]
    .sort((a, b) => Math.max(b.raw, b.final) - Math.max(a.raw, a.final))
    .slice(0, rows);
  if (chosen && !listed.includes(chosen)) listed[listed.length - 1] = chosen;
  const order = record.stages.map((/** @type {any} */ stage) => stage.name);
  /** @param {any} row @param {number} at */
  const left = (row, at) => {
    if (row.through) return row.through[at];
    // a text saved by an older version: what it does not say is not drawn
    if (at === 0) return row.raw;
    if (row.cut && order.indexOf(row.cut) <= at) return 0;
    return at >= order.length - 2 ? row.final : null;
  };
  const columns = order.map((/** @type {string} */ _, /** @type {number} */ at) => {
    const values = listed.map((row) => left(row, at));
    const sum = values.includes(null) ? null : values.reduce((total, value) => total + value, 0);
    return [...values, sum === null ? null : Math.max(0, 1 - sum)].map((value) =>
      value !== null && value < 5e-7 ? 0 : value,
    );
  });
  const names = [...listed.map(({ id, text }) => ({ id, text })), { id: null, text: "" }];
  const top = Math.max(1e-12, ...columns.flat().map((/** @type {number | null} */ p) => p ?? 0));
  let at = 0;
  return (stage) => {
    const next = order.indexOf(stage);
    const before = columns[at];
    if (next >= 0) at = next;
    const held = next < 0 ? 1 : 1 - record.stages[next].removed_mass;
    return { names, values: columns[at], before, held, top, chosen: record.token_id };
  };
}
