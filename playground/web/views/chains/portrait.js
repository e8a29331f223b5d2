// @ts-check
/**
 * One run of a language model: its text, the path of its hidden states in a plane, and its
 * recurrence plot.
 */
import { make, visible } from "../../core/dom.js";
import { colourOf } from "../../core/look.js";
import { say, t } from "../../core/translate.js";
import { polyline } from "./plane.js";

/** @typedef {[number, number]} Point */

/**
 * @typedef {object} Run the server's record (playground/pages/chains/loops.py)
 * @property {number} length
 * @property {string[]} pieces
 * @property {Point[]} path
 * @property {number[]} similarity length × length, per cent
 * @property {{period: number | null, start: number}} token_period
 * @property {{period: number | null}} state_period
 * @property {any} said
 */

const SIZE = 300,
  MARGIN = 16;

/** All paths in one drawing, at one scale. @param {Point[][]} paths @returns {Point[][]} */
export function screenOf(paths) {
  const points = paths.flat(),
    xs = points.map((point) => point[0]),
    ys = points.map((point) => point[1]),
    left = Math.min(...xs),
    low = Math.min(...ys),
    span = Math.max(Math.max(...xs) - left, Math.max(...ys) - low) || 1,
    scale = (SIZE - 2 * MARGIN) / span;
  return paths.map((path) =>
    path.map(([x, y]) => [MARGIN + scale * (x - left), SIZE - MARGIN - scale * (y - low)]),
  );
}

/**
 * How much each state resembles the most similar earlier one, from 0 to 1.
 * @param {Run} run
 * @param {number} length of the list
 */
export const nearestEarlier = ({ similarity, length: count }, length) =>
  Array.from({ length }, (_, k) => {
    if (k === 0 || k >= count) return null;
    return Math.max(0, ...similarity.slice(k * count, k * count + k)) / 100;
  });

export class RunPortrait {
  /** @type {Run | null} */
  run = null;
  /** @type {Point[]} */
  screen = [];
  /** @type {HTMLElement[]} */
  spans = [];

  /**
   * @param {ReturnType<typeof import("../../core/dom.js").partsOf>} parts
   * @param {"greedy" | "drawn"} name
   * @param {(k: number) => void} pick a token
   */
  constructor(parts, name, pick) {
    this.name = name;
    this.text = parts.part(`${name}Text`);
    this.said = parts.part(`${name}Said`);
    this.cross = parts.part(`${name}Cross`);
    this.canvas = parts.canvas(`${name}Plot`);
    this.picture = parts.part(`${name}Path`);
    this.text.addEventListener("click", (event) => {
      const k = this.spans.indexOf(/** @type {HTMLElement} */ (event.target));
      if (k >= 0) pick(k);
    });
  }

  /**
   * @param {Run} run
   * @param {number} prompt how many of its tokens are the visitor's
   * @param {Point[]} screen
   */
  load(run, prompt, screen) {
    this.run = run;
    this.screen = screen;
    this.spans = run.pieces.map((piece, k) => tokenOf(run, piece, k, prompt));
    this.text.replaceChildren(...this.spans);
    this.said.textContent = say(run.said);
    this.picture.setAttribute("role", "img");
    this.picture.setAttribute(
      "aria-label",
      this.name === "greedy"
        ? t("Path of the greedy run's hidden states in the plane")
        : t("Path of the drawn run's hidden states in the plane"),
    );
    this.paint();
  }

  /** The recurrence plot: which moments resemble which. */
  paint() {
    const { run, canvas } = this,
      ink = canvas.getContext("2d");
    if (!run || !ink) return;
    const size = run.length,
      image = ink.createImageData(size, size),
      [red, green, blue] = colourOf(canvas, "--chosen");
    canvas.width = canvas.height = size;
    run.similarity.forEach((similarity, i) => {
      const level = Math.max(0, similarity) / 100;
      image.data.set([red, green, blue, Math.round(255 * level ** 3)], 4 * i);
    });
    ink.putImageData(image, 0, 0);
    const said = { count: size, said: run.said };
    canvas.setAttribute(
      "aria-label",
      this.name === "greedy"
        ? t("Recurrence plot of the greedy run, {count} by {count} moments. {said}", said)
        : t("Recurrence plot of the drawn run, {count} by {count} moments. {said}", said),
    );
  }

  /** A token is on view; the run may be shorter. @param {number} k */
  view(k) {
    const { run, screen, picture } = this;
    if (!run) return;
    const at = Math.min(k, run.length - 1),
      { period, start } = run.token_period;
    this.spans.forEach((span, i) => {
      span.classList.toggle("later", i > at);
      span.classList.toggle("on", i === at);
    });
    picture.querySelector(".trail")?.setAttribute("d", polyline(screen.slice(0, at + 1)));
    const lap =
      period && at >= start ? polyline(screen.slice(Math.max(start, at - period), at + 1)) : "";
    picture.querySelector(".lap")?.setAttribute("d", lap);
    const dot = picture.querySelector(".now");
    dot?.setAttribute("cx", String(screen[at][0]));
    dot?.setAttribute("cy", String(screen[at][1]));
    this.cross.style.setProperty("--at", `${(100 * (at + 0.5)) / run.length}%`);
  }
}

/** @param {Run} run @param {string} piece @param {number} k @param {number} prompt */
function tokenOf(run, piece, k, prompt) {
  const shown = piece.trim() === "" && piece !== " " ? visible(piece) : piece,
    span = make("span", k < prompt ? "prompt" : "tok", shown);
  if (piece === "") {
    span.classList.add("mark");
    span.title = t("a mark without text: where the text begins or ends");
  }
  const { period, start } = run.token_period;
  if (period && k >= start) {
    span.classList.add("loop");
    span.classList.toggle("lap", (k - start) % period === 0);
  }
  return span;
}
