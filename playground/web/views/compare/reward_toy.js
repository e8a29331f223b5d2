// @ts-check
/**
 * A policy so small that all its traces are on view: what each is paid, and what is learnt from it
 * beside the gradient.
 */
import { asIs, make } from "../../core/dom.js";
import { chance, fixed, small } from "../../core/format.js";
import { onLanguage, t } from "../../core/translate.js";
import {
  field,
  note,
  numberIn,
  numberInput,
  rowOf,
  selectInput,
  sentence,
  tableOf,
} from "./parts.js";
import { signed } from "./reward_parts.js";
import { makeAsker } from "./running.js";

/**
 * @typedef {(number | null)[]} Canvas
 * @typedef {{states: Canvas[], chance: number, reward: number, values: number[], credits: number[]}} Path
 * @typedef {{canvas: Canvas, place: number, chance: number, gradient: number, whole: number, credit: number}} Row
 * @typedef {{paths: Path[], rows: Row[], spread: {whole: number, credit: number}}} Record
 */

const WORDS = ["fox", "hen"],
  HIDDEN = "▢",
  LARGEST = 9999;

/** @param {import("../../core/value.js").Host} host */
export function makeToy(host) {
  const element = make("details", "compare-more reward-toy"),
    title = make("summary"),
    lead = make("p", "compare-note"),
    out = make("div"),
    kind = selectInput([
      ["alike", () => t("1 if all three words are alike")],
      ["second", () => t("the share of “hen”")],
      ["turn", () => t("1 if the two words take turns")],
    ]),
    seed = numberInput(0, 0, LARGEST, 1);
  /** @type {Record | null} */
  let record = null;
  const asker = makeAsker(
    (wish) => host.server.toy(wish),
    (answer) => {
      record = answer;
      draw();
    },
  );
  const ask = () => asker.go({ reward: kind.value, seed: numberIn(seed) });
  function draw() {
    title.textContent = t("An exact toy: every trace of two words and three places");
    lead.textContent = t(
      "Step 1 reveals the first and the last place together, step 2 the one between them. There are eight traces, so nothing is estimated here.",
    );
    if (record) out.replaceChildren(...drawn(record));
  }
  element.append(
    title,
    lead,
    rowOf(
      field(() => t("reward"), kind),
      field(() => t("seed of its probabilities"), seed),
    ),
    asker.trouble,
    out,
  );
  for (const one of [kind, seed]) one.addEventListener("input", ask);
  element.addEventListener("toggle", () => element.open && !record && ask());
  onLanguage(draw);
  draw();
  return element;
}

/**
 * A canvas as three words in a row; those that a step has just revealed stand out.
 * @param {Canvas} canvas
 * @param {Canvas} [before]
 */
function canvasOf(canvas, before) {
  const line = asIs(make("span", "reward-toy-canvas"));
  canvas.forEach((word, place) =>
    line.append(
      make(
        "span",
        before && before[place] === null && word !== null ? "fresh" : "",
        word === null ? HIDDEN : WORDS[word],
      ),
    ),
  );
  return line;
}

/** @param {Path} path */
function traceOf({ states }) {
  const line = make("span", "reward-toy-trace");
  states.forEach((state, k) => {
    if (k) line.append(make("span", "", " → "));
    line.append(canvasOf(state, states[k - 1]));
  });
  return line;
}

/** @param {Record} record */
function drawn({ paths, rows, spread }) {
  const start = paths[0].values[0],
    heads = [
      t("trace"),
      t("chance"),
      t("reward R"),
      t("credit of step 1"),
      t("credit of step 2"),
      t("their sum"),
      t("R − V(s₀)"),
    ];
  return [
    sentence(
      t("Before anything is revealed **V(s₀) = {value}** is to be expected.", {
        value: fixed(start, 4),
      }),
    ),
    tableOf(
      heads,
      paths.map((path) => [
        traceOf(path),
        chance(path.chance),
        fixed(path.reward, 2),
        ...path.credits.map((one) => signed(one, 4)),
        signed(path.credits[0] + path.credits[1], 4),
        signed(path.reward - start, 4),
      ]),
    ),
    gradientSaid(rows, spread),
    gradientOf(rows),
  ];
}

/** @param {Row[]} rows @param {Record["spread"]} spread */
function gradientSaid(rows, spread) {
  const off = Math.max(
      ...rows.flatMap((row) => [
        Math.abs(row.whole - row.gradient),
        Math.abs(row.credit - row.gradient),
      ]),
    ),
    figures = { off: small(off), whole: fixed(spread.whole, 3), credit: fixed(spread.credit, 3) };
  return sentence(
    t(
      "What is learnt from a trace is right on average: its mean over all traces is the gradient of the expected reward, off by {off} at most. A single trace is off by more: **{whole}** (standard deviation) if every token is paid R − V(s₀), **{credit}** if each is paid its step’s credit.",
      figures,
    ),
  );
}

/**
 * The gradient as bars from the middle, the two estimators’ means as marks on them.
 * @param {Row[]} rows
 */
function gradientOf(rows) {
  const most = Math.max(...rows.map((row) => Math.abs(row.gradient)), 1e-9),
    grid = make("div", "reward-toy-bars");
  const heads = [t("canvas and place"), "", t("gradient"), t("whole reward"), t("step’s credit")];
  grid.append(...heads.map((text) => make("span", "head", text)));
  for (const row of rows) {
    const name = canvasOf(row.canvas),
      track = make("span", "track"),
      bar = make("i", row.gradient < 0 ? "less" : "");
    name.children[row.place].classList.add("asked");
    bar.style.setProperty("--share", String(Math.abs(row.gradient) / most));
    track.append(bar, markAt(row.whole / most, "whole"), markAt(row.credit / most, "credit"));
    grid.append(
      name,
      track,
      ...[row.gradient, row.whole, row.credit].map((one) => make("span", "num", signed(one, 4))),
    );
  }
  const box = make("div");
  box.append(
    grid,
    note(
      t(
        "Each line is the logit of “hen” at the framed place of a canvas; that of “fox” has the negative. Bar: the exact gradient; mark above: mean of what traces teach if paid as a whole; mark below: if paid by credit.",
      ),
    ),
  );
  return box;
}

/** @param {number} share from −1 to 1 @param {string} kind */
function markAt(share, kind) {
  const mark = make("b", kind);
  mark.style.left = `${50 + 50 * Math.max(-1, Math.min(1, share))}%`;
  return mark;
}
