// @ts-check
/**
 * The figures under the corrupted text: the matrix, one step back, the plane of the vectors. From
 * data to elements; nothing is kept.
 */
import { clip, drawSvg, make } from "../../core/dom.js";
import { chance, fixed, withoutZero } from "../../core/format.js";
import { t } from "../../core/translate.js";
import { shownWord } from "./lexicon.js";
import { byImportance } from "./plane.js";

/** @typedef {import("./lexicon.js").Lexicon} Lexicon */

/**
 * Q-bar at this alpha (it is linear in alpha).
 * @param {any} data
 * @param {Lexicon} lexicon
 * @param {string} noise
 * @param {number} alpha
 */
export function heatCells(data, lexicon, noise, alpha) {
  const [one, zero] = data.matrices[noise],
    names = [
      ...data.small.map((/** @type {number} */ id) => clip(shownWord(lexicon, id), 7)),
      ...(noise === "absorbing" ? [t("mask")] : []),
    ];
  const name = (/** @type {string} */ text) => {
    const cell = make("span", "canvas-heat-name", text);
    cell.setAttribute("translate", "no");
    return cell;
  };
  const cells = [make("span"), ...names.map(name)];
  one.forEach((/** @type {number[]} */ row, /** @type {number} */ i) => {
    cells.push(name(names[i]));
    row.forEach((value, j) => {
      const v = alpha * value + (1 - alpha) * zero[i][j],
        cell = make(
          "span",
          "canvas-heat-cell",
          v === 0 || v === 1 ? String(v) : withoutZero(fixed(v, 2)),
        );
      cell.style.background = `color-mix(in srgb, var(--chosen) ${Math.round(45 * v)}%, transparent)`;
      cells.push(cell);
    });
  });
  return { cells, names: names.length };
}

/**
 * q(x_s | x_t, x_0) of the word in focus. @param {any} data @param {Lexicon} lexicon
 * @param {{noise: string, step: number, focus: number, known: boolean}} at
 */
export function posteriorOf(data, lexicon, { noise, step, focus, known }) {
  const word = shownWord(lexicon, data.ids[focus] ?? data.ids[0]),
    now = step / 100,
    values = { word, t: fixed(now, 2), s: fixed(Math.max(0, now - data.posterior_step), 2) },
    post = data.posterior;
  if (noise === "absorbing") {
    const [reveal, stay] = known ? [1, 0] : post.absorbing[step];
    return {
      sentence: known
        ? t("“{word}” is known at t = {t}, so it was known at s = {s} too.", values)
        : t(
            "“{word}” is masked at t = {t}. If the text is the true one, then at s = {s} it was",
            values,
          ),
      bars: [bar(word, reveal), bar(t("masked"), stay)],
      note: t(
        "q(xₛ | xₜ, x₀), s = t − 0.1: revealed with (ᾱₛ − ᾱₜ) / (1 − ᾱₜ). Choose a word above.",
      ),
    };
  }
  const law = known ? post.uniform_same[step] : post.uniform_other[step];
  return {
    sentence: known
      ? t("“{word}” stands here at t = {t}; at s = {s} there stood", values)
      : t(
          "Another word stands in the place of “{word}” at t = {t}; at s = {s} there stood",
          values,
        ),
    bars: law ? uniformBars(word, law, known, post.size) : [],
    note: t(
      "q(xₛ | xₜ, x₀) of uniform noise over {n} words, by Bayes from the matrices, s = t − 0.1.",
      { n: post.size },
    ),
  };
}

/** @param {string} word @param {number[]} law @param {boolean} known @param {number} size */
function uniformBars(word, law, known, size) {
  const other = t("each other");
  if (known) return [bar(word, law[0]), bar(other, size > 2 ? law[2] : law[1])];
  return [bar(word, law[0]), bar(t("the same"), law[1]), ...(size > 2 ? [bar(other, law[2])] : [])];
}

/** @param {string} name @param {number} p */
function bar(name, p) {
  const line = make("div", "bar"),
    track = make("div", "track"),
    fill = make("i", "final-bar");
  fill.style.transform = `scaleX(${p})`;
  track.append(fill);
  line.append(
    make("span", "t", clip(name, 11)),
    track,
    make("span", "num", chance(p)),
    make("span", "why"),
  );
  return line;
}

/**
 * What the model makes of a noise at a time: its likeliest words, wrong ones marked, and how much
 * the true words surprise it. [] where it reads masks alone.
 * @param {any} data @param {Lexicon} lexicon @param {string} noise @param {number} step @returns {(Node | string)[]}
 */
export function readingParts(data, lexicon, noise, step) {
  if (!data.read) return [];
  const row = Math.round(step / data.read.every),
    { best, bits: surprise } = data.read[noise];
  const words = best[row].map((/** @type {number} */ id, /** @type {number} */ i) =>
    make("span", id === data.ids[i] ? "" : "canvas-read-wrong", shownWord(lexicon, id)),
  );
  for (const word of words) word.setAttribute("translate", "no");
  return [
    make(
      "b",
      "",
      t("The model reads this at t = {t} as ({bits} bits a word):", {
        t: fixed((row * data.read.every) / 100, 2),
        bits: fixed(surprise[row], 2),
      }),
    ),
    ...words.flatMap((/** @type {HTMLElement} */ word) => [" ", word]),
  ];
}

/**
 * Why the words of noisy vectors last, or do not: how long these vectors and the noise are.
 * @param {any} data
 */
export function lastingSentence({ lasting }) {
  if (!lasting) return ""; // recorded before it was measured
  const values = {
    length: fixed(lasting.length, 1),
    noise: fixed(lasting.noise, 1),
    alpha: fixed(lasting.half ?? 0, 2),
  };
  return lasting.half === null
    ? t("vectors {length} long, noise {noise} long", values)
    : t(
        "vectors {length} long, noise {noise} long: half of the words are lost at ᾱ = {alpha}",
        values,
      );
}

/**
 * From the first to the last hundredth of the values: far outliers would press all others together.
 * @param {number[]} values
 */
function span(values) {
  const sorted = [...values].sort((a, b) => a - b),
    last = sorted.length - 1;
  return [sorted[Math.floor(0.01 * last)], sorted[Math.ceil(0.99 * last)]];
}

/**
 * @param {any} data @param {Lexicon} lexicon @param {{alpha: number, near: number[], focus: number, clamp: boolean}} at
 * @param {ReturnType<typeof import("./plane.js").makePlane>} surface
 */
export function planeParts(data, lexicon, { alpha, near, focus, clamp }, surface) {
  const { vectors } = data,
    [width, height] = surface.size(),
    all = [...vectors.backdrop, ...vectors.start, ...vectors.noise],
    [x0, x1] = span(all.map(([x]) => x)),
    [y0, y1] = span(all.map(([, y]) => y));
  const px = (/** @type {number} */ x) => 14 + ((width - 28) * (x - x0)) / (x1 - x0 || 1),
    py = (/** @type {number} */ y) => height - 14 - ((height - 28) * (y - y0)) / (y1 - y0 || 1);
  /** @type {SVGElement[]} */
  const parts = vectors.backdrop.map((/** @type {[number, number]} */ [x, y]) =>
    drawSvg("circle", { cx: px(x), cy: py(y), r: 1.3, class: "canvas-plane-back" }),
  );
  /** @type {import("./plane.js").Label[]} */
  const labels = [];
  data.ids.forEach((/** @type {number} */ id, /** @type {number} */ i) => {
    const from = vectors.start[i],
      word = shownWord(lexicon, near[i]),
      at = clamp
        ? vectors.places[near[i]]
        : [0, 1].map(
            (a) => Math.sqrt(alpha) * from[a] + Math.sqrt(1 - alpha) * vectors.noise[i][a],
          ),
      on = i === focus,
      cx = Math.max(4, Math.min(width - 4, px(at[0]))),
      cy = Math.max(8, Math.min(height - 4, py(at[1])));
    if (on) parts.push(...wayOf([px(from[0]), py(from[1])], [cx, cy]));
    const kind = near[i] === id ? "canvas-plane-same" : "canvas-plane-moved";
    parts.push(
      drawSvg("circle", {
        cx,
        cy,
        r: on ? 5 : 3.5,
        class: kind,
        "data-place": i,
        "data-word": word,
      }),
    );
    labels.push({ x: cx, y: cy, text: clip(word, 12), classes: on ? " canvas-plane-on" : "" });
  });
  const own = labels.splice(focus, 1);
  return [...parts, ...surface.labels([...own, ...byImportance(labels)])];
}

/**
 * From where the word in focus came.
 * @param {[number, number]} from
 * @param {[number, number]} to
 */
const wayOf = ([x1, y1], [x2, y2]) => [
  drawSvg("line", { x1, y1, x2, y2, class: "canvas-plane-path" }),
  drawSvg("circle", { cx: x1, cy: y1, r: 4, class: "canvas-plane-home" }),
];

/** A chance that was sent in ten-thousandths. @param {number} n */
function rounded(n) {
  if (n === 0) return "<" + fixed(0.0001, 4);
  return n === 10000 ? ">" + fixed(0.9999, 4) : fixed(n / 10000, n < 10 ? 4 : 3);
}

/**
 * @param {any} data
 * @param {Lexicon} lexicon
 * @param {{step: number, focus: number, tau: number}} at
 */
export function roundingSentence(data, lexicon, { step, focus, tau }) {
  const top = data.vectors.top[focus]?.[step] ?? [],
    chances = data.vectors.chance[focus]?.[step] ?? [],
    words = top.map(
      (/** @type {number} */ id, /** @type {number} */ n) =>
        `“${shownWord(lexicon, id)}” ${rounded(chances[n][tau])}`,
    );
  return [make("b", "", t("Rounded:")), ` ${words.join(", ")}.`];
}

/** @param {boolean} scaled @param {number} vocabulary @param {number} dimensions */
export const planeNote = (scaled, vocabulary, dimensions) =>
  scaled
    ? t(
        "First two principal components of {vocabulary} embeddings with {dimensions} numbers each, scaled to variance 1; distances are measured in all {dimensions}. p(w | x) = softmax(x·e / τ). Ring: where the word came from.",
        { vocabulary, dimensions },
      )
    : t(
        "First two principal components of {vocabulary} unit vectors with {dimensions} numbers each, as the network was trained on them; distances are measured in all {dimensions}. p(w | x) = softmax(x·e / τ). Ring: where the word came from.",
        { vocabulary, dimensions },
      );
