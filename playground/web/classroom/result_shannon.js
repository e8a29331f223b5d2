// @ts-check
/**
 * Shannon's game: at which guess the class and the model had the words, and what that says about
 * the entropy of the text.
 */
import { asIs, drawSvg, make, svgText } from "../core/dom.js";
import { fixed } from "../core/format.js";
import { pieces, t } from "../core/translate.js";
import { classKey, classRows } from "../charts/class_rows.js";
import { sentence } from "./result_parts.js";

const GROUPS = [
  [1, 1],
  [2, 2],
  [3, 3],
  [4, 5],
  [6, 10],
  [11, 20],
  [21, Infinity],
];

/** @param {number} low @param {number} high */
const nameOf = (low, high) =>
  high === Infinity
    ? t("{n} or more", { n: low })
    : low === high
      ? t("guess {n}", { n: low })
      : t("{low} to {high}", { low, high });

/** @param {[number, number][]} counts @param {number} low @param {number} high */
const within = (counts, low, high) =>
  counts.reduce((sum, [at, count]) => (at >= low && at <= high ? sum + count : sum), 0);

/** @param {{lower: number, upper: number} | null} bounds @param {string | null} why */
function boundsSaid(bounds, why) {
  if (bounds)
    return t("between {lower} and {upper} bits a word", {
      lower: fixed(bounds.lower, 2),
      upper: fixed(bounds.upper, 2),
    });
  return why === "order"
    ? t("no bounds: the shares do not fall from guess to guess")
    : t("no bounds: too few words");
}

/** @param {"class" | "model"} side */
const sideOf = (side) => (side === "class" ? t("class") : t("model"));

/** Intervals on one line of bits, the cross-entropy as a mark. @param {any} revealed */
function bitsFigure({ bounds, why_none: why, cross_entropy: cross }) {
  const most = Math.max(
      6,
      cross + 1,
      (bounds.class?.upper ?? 0) + 1,
      (bounds.model?.upper ?? 0) + 1,
    ),
    left = 90,
    width = 560,
    at = (/** @type {number} */ bits) => left + (bits / most) * (width - left - 20);
  const figure = drawSvg("svg", { viewBox: `0 0 ${width} 118`, role: "img", class: "class-bits" });
  const names = [
    { name: sideOf("class"), y: 24, bounds: bounds.class, colour: "var(--ink)" },
    { name: sideOf("model"), y: 58, bounds: bounds.model, colour: "var(--chosen)" },
  ];
  for (const { name, y, bounds: found, colour } of names) {
    figure.append(svgText(name, { x: left - 12, y: y + 5, "text-anchor": "end", fill: colour }));
    if (found)
      figure.append(
        drawSvg("path", {
          d: `M${at(found.lower)} ${y - 8}v16M${at(found.lower)} ${y}H${at(found.upper)}M${at(found.upper)} ${y - 8}v16`,
          stroke: colour,
          "stroke-width": 3,
          fill: "none",
        }),
        svgText(fixed(found.lower, 2), { x: at(found.lower) - 8, y: y + 5, "text-anchor": "end" }),
        svgText(fixed(found.upper, 2), { x: at(found.upper) + 8, y: y + 5 }),
      );
  }
  figure.append(
    drawSvg("path", { d: `M${at(0)} 84H${at(most)}`, stroke: "var(--raw)" }),
    drawSvg("path", {
      ...{ d: `M${at(cross)} 8V84`, stroke: "var(--chosen)", "stroke-width": 2 },
      "stroke-dasharray": "3 4",
    }),
  );
  for (let bits = 0; bits <= most; bits += most > 12 ? 2 : 1)
    figure.append(svgText(String(bits), { x: at(bits), y: 104, "text-anchor": "middle" }));
  figure.setAttribute(
    "aria-label",
    [
      t("Bits a word."),
      `${t("class")}: ${boundsSaid(bounds.class, why?.class)}.`,
      `${t("model")}: ${boundsSaid(bounds.model, why?.model)}.`,
      t("Cross-entropy of the model: {bits}.", { bits: fixed(cross, 2) }),
    ].join(" "),
  );
  return figure;
}

/**
 * @param {any} question
 * @param {any} revealed
 * @param {{moving: boolean}} options
 * @returns {Node[]}
 */
export function shannonResult(question, revealed, { moving }) {
  const people = revealed.class.reduce(
      (/** @type {number} */ sum, /** @type {any} */ one) => sum + one[1],
      0,
    ),
    model = revealed.model.reduce(
      (/** @type {number} */ sum, /** @type {any} */ one) => sum + one[1],
      0,
    );
  /** @type {import("../charts/class_rows.js").ClassRow[]} */
  const rows = GROUPS.map(([low, high]) => ({
    name: nameOf(low, high),
    ours: true,
    count: within(revealed.class, low, high),
    p: model ? within(revealed.model, low, high) / model : 0,
  }));
  if (revealed.given_up)
    rows.push({ name: t("gave up"), ours: true, count: revealed.given_up, outside: true });
  const list = classRows(rows, Math.max(1, people + (revealed.given_up ?? 0)), { moving });
  list.classList.add("guess-numbers");
  const first = revealed.class.find((/** @type {any} */ one) => one[0] === 1)?.[1] ?? 0;
  const passage = asIs(make("p", "class-passage", `“${revealed.passage}”`));
  const said = pieces(
    "You had {count} of {n} at the first guess. The model’s cross-entropy here is {bits} bits a word; it need not lie between the bounds, which hold for the text’s own entropy.",
    { count: first, n: people, bits: fixed(revealed.cross_entropy, 2) },
  );
  const { bounds, why_none: why } = revealed;
  const none = /** @type {const} */ (["class", "model"])
    .filter((side) => !bounds[side])
    .map((side) => make("p", "class-note", `${sideOf(side)}: ${boundsSaid(null, why?.[side])}`));
  return [passage, list, classKey({}), bitsFigure(revealed), ...none, sentence(said)];
}
