// @ts-check
/**
 * The controls of a rule: its slider, its exact value, and what else it reads. What a field may
 * hold stands in the table of parameters.
 */
import { make, node } from "../../core/dom.js";
import { NOTHING, parseNumber, plain } from "../../core/format.js";
import { announce } from "../../core/messages.js";
import { say, t } from "../../core/translate.js";

/** @typedef {import("../../schema.d.ts").Control} Row a row of the table of parameters */
/** @typedef {import("../../schema.d.ts").NumberControl} NumberRow */
/** @typedef {import("../../core/translate.js").WireMessage} WireMessage */

/** @param {NumberRow} row @param {number | null} value */
function fits(row, value) {
  return (
    value !== null &&
    (row.open_low ? value > row.lowest : value >= row.lowest) &&
    (row.open_high ? value < row.highest : value <= row.highest) &&
    (!row.whole || Number.isInteger(value))
  );
}

/**
 * What a box cannot hold, in words: said, and under the box until something is typed.
 * @param {NumberRow} row @param {HTMLInputElement} box
 */
function refuse(row, box) {
  const typed = box.value;
  const range = `${row.open_low ? "(" : "["}${row.lowest}, ${row.highest}${row.open_high ? ")" : "]"}`;
  const values = { field: say(row.label), range, value: typed || NOTHING };
  const sentence = row.whole
    ? t("{field} must be a whole number in {range}, got {value}.", values)
    : t("{field} must be in {range}, got {value}.", values);
  announce(sentence);
  const place = make("span", "rule-problem", sentence);
  place.setAttribute("aria-hidden", "true"); // it was said
  (box.closest(".link") ?? box).append(place);
  box.setAttribute("aria-invalid", "true");
  box.addEventListener(
    "input",
    () => {
      place.remove();
      box.removeAttribute("aria-invalid");
    },
    { once: true },
  );
}

/**
 * A box for an exact value: takes it when it is left or Enter is pressed, refuses what the field
 * cannot hold and shows what holds.
 * @param {NumberRow} row @param {() => number} value @param {(value: number) => void} take
 * @param {Record<string, any>} [attributes]
 */
function numberBox(row, value, take, attributes = {}) {
  const box = node("input", {
    type: "text",
    inputmode: "decimal",
    autocomplete: "off",
    class: "num",
    ...attributes,
  });
  box.addEventListener("change", () => {
    const typed = parseNumber(box.value);
    if (fits(row, typed)) take(/** @type {number} */ (typed));
    else refuse(row, box);
    show();
  });
  function show() {
    box.value = row.whole ? String(value()) : plain(value(), 6);
  }
  return {
    box,
    show() {
      if (document.activeElement !== box) show();
    },
  };
}

/**
 * A small box with its name before it.
 * @param {NumberRow} row
 * @param {() => number} value
 * @param {(value: number) => void} take
 */
export function namedNumber(row, value, take) {
  const { box, show } = numberBox(row, value, take);
  const label = node("label", { class: "rules-number" }, () => say(row.label) + " ", box);
  return { label, box, show };
}

/**
 * @param {NumberRow & {explain: WireMessage}} row
 * @param {() => number} value
 * @param {(value: number) => void} take
 */
function slider(row, value, take) {
  const box = node("input", {
    type: "range",
    min: row.low,
    max: row.high,
    step: row.step,
    "aria-label": () => say(row.label),
    title: () => say(row.explain),
  });
  box.addEventListener("input", () => take(Number(box.value)));
  return {
    box,
    show() {
      if (document.activeElement !== box || Number(box.value) !== value())
        box.value = String(value());
    },
  };
}

/**
 * A rule that is on or off.
 * @param {Row} row
 * @param {() => boolean} value
 * @param {(value: boolean) => void} take
 */
function onOff(row, value, take) {
  const input = node("input", { type: "checkbox", "aria-label": () => say(row.label) });
  input.addEventListener("change", () => take(input.checked));
  return {
    box: node("label", { class: "rules-check" }, input, () => t("on")),
    show() {
      input.checked = value();
    },
  };
}

/**
 * A text, or one a line: taken when the box is left. What cannot be taken is said by the server's
 * own sentence.
 * @param {Row} row @param {() => string} value @param {(value: string) => void} take
 */
function textBox(row, value, take) {
  const box = node("textarea", {
    class: "rules-text",
    rows: row.kind === "lines" ? 2 : 1,
    maxlength: ("longest" in row && row.longest) || 2000,
    autocomplete: "off",
    spellcheck: "false",
    "aria-label": () => say(row.label),
    placeholder: () => (row.kind === "lines" ? t("one a line") : ""),
  });
  box.addEventListener("change", () => take(box.value));
  return {
    box,
    show() {
      if (document.activeElement !== box) box.value = value();
    },
  };
}

/**
 * The control of what stands behind a rule's own value, with its name before it.
 * @param {Row} row
 * @param {() => any} value
 * @param {(value: any) => void} take
 */
export function named(row, value, take) {
  if (row.kind === "number") return namedNumber(row, value, take);
  const { box, show } = (row.kind === "switch" ? onOff : textBox)(row, value, take);
  const label = node("label", { class: "rules-words" }, () => say(row.label) + " ", box);
  return { label, box, show };
}

/**
 * The controls that switch a rule: a slider with its exact value, a check box, or a text.
 * @param {Row & {explain: WireMessage}} row @param {() => any} value @param {(value: any) => void} take
 */
export function mainControls(row, value, take) {
  if (row.kind === "number") {
    const range = slider(row, value, take);
    const exact = numberBox(row, value, take, {
      "aria-label": () => t("{rule}, exact value", { rule: say(row.label) }),
    });
    return {
      control: range.box,
      exact: exact.box,
      show() {
        range.show();
        exact.show();
      },
    };
  }
  const { box, show } = (row.kind === "switch" ? onOff : textBox)(row, value, take);
  return { control: box, exact: node("span", {}), show };
}
