// @ts-check
/**
 * The trellis of a hidden Markov model: a column an observation, a row a state. Four walks over it,
 * on one timeline. Every number of an opened cell is a product that one can follow: the terms come
 * from the same arrays as the drawing.
 */
import { clip, drawSvg, svgText } from "../../core/dom.js";
import { fixed, small, withoutZero } from "../../core/format.js";
import { t } from "../../core/translate.js";
import { edgeShare, isEdgeOn, shareOf, valueOf } from "./trellis_figures.js";

/** @typedef {import("./trellis_figures.js").Passes} Passes */
/** @typedef {import("./trellis_figures.js").Kind} Kind */
/** @typedef {[position: number, state: number]} Cell */

const DOWN = 58, // pixels between states
  LEFT = 112,
  TOP = 34,
  RADIUS = 20;

/** @param {number} v a probability in a circle */
function brief(v) {
  if (v === 0) return "0";
  if (v >= 0.9995) return "1";
  return v >= 0.001 ? withoutZero(fixed(v)) : v.toExponential(0).replace("e-", "e−");
}

/** The symbol seen at a position, in words. @param {Passes} passes @param {number} at */
export const seenAt = (passes, at) =>
  passes.observations[at] < 0 ? t("nothing") : clip(passes.symbols[passes.observations[at]], 12);

export class Trellis {
  /** @type {Passes | null} */
  passes = null;
  /** @type {{element: SVGGElement, value: SVGTextElement}[][]} by position and state */
  cells = [];
  /** @type {{element: SVGLineElement, at: number, from: number, to: number}[]} */
  edges = [];
  /** @type {Cell} the cell that the keyboard reaches */
  reached = [0, 0];
  across = 78; // pixels between positions

  /** @param {HTMLElement} host @param {(position: number, state: number) => void} open */
  constructor(host, open) {
    this.host = host;
    this.open = open;
    this.column = drawSvg("rect", { class: "column" });
    this.lines = drawSvg("g", { "aria-hidden": "true" });
    this.nodes = drawSvg("g");
    this.heads = drawSvg("g", { "aria-hidden": "true" });
    this.svg = drawSvg(
      "svg",
      { class: "trellis", role: "group" },
      this.column,
      this.lines,
      this.nodes,
      this.heads,
    );
    host.replaceChildren(this.svg);
    this.nodes.addEventListener("click", (event) => {
      const cell = this.cellOf(event.target);
      if (cell) this.pick(cell);
    });
    this.nodes.addEventListener("keydown", (event) => this.key(event));
  }

  /** @param {number} position */
  x(position) {
    return LEFT + this.across * position;
  }

  /** @param {number} state */
  y(state) {
    return TOP + DOWN * state + RADIUS;
  }

  /** Another model or other observations. @param {Passes} passes */
  load(passes) {
    const length = passes.observations.length,
      count = passes.states.length;
    this.passes = passes;
    this.across = this.spacing(passes);
    this.cells = [];
    this.edges = [];
    this.reached = [0, 0];
    const width = this.x(length - 1) + RADIUS + 12,
      height = TOP + DOWN * count + 8;
    for (const [name, value] of Object.entries({
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
    }))
      this.svg.setAttribute(name, String(value));
    this.svg.setAttribute(
      "aria-label",
      t("Trellis of {states} states and {length} observations", { states: count, length }),
    );
    this.heads.replaceChildren(
      ...passes.states.map((name, k) =>
        svgText(clip(name, 10), { x: LEFT - RADIUS - 14, y: this.y(k) + 4, class: "lane" }),
      ),
      ...passes.observations.map((symbol, at) => this.head(symbol, at)),
    );
    for (let at = 0; at < length; at++) this.addColumn(at, count);
    this.nodes.replaceChildren(...this.cells.flat().map((cell) => cell.element));
    this.lines.replaceChildren(...this.edges.map((edge) => edge.element));
    this.makeReachable([0, 0]);
  }

  /** A short one fills its column of the page, a long one scrolls. @param {Passes} passes */
  spacing({ observations, symbols }) {
    const widest = Math.max(
      ...observations.map((o) => (o < 0 ? 1 : [...clip(symbols[o], 9)].length)),
    );
    const free = this.host.clientWidth - LEFT - RADIUS - 14;
    return Math.max(
      66,
      8 * widest + 12,
      Math.min(112, free / Math.max(1, observations.length - 1)),
    );
  }

  /** @param {number} symbol @param {number} at */
  head(symbol, at) {
    const missing = symbol < 0,
      name = missing ? "?" : clip(/** @type {Passes} */ (this.passes).symbols[symbol], 9);
    return svgText(name, { x: this.x(at), y: 16, class: missing ? "symbol missing" : "symbol" });
  }

  /** @param {number} at @param {number} count of states */
  addColumn(at, count) {
    const column = [];
    for (let k = 0; k < count; k++) {
      const value = drawSvg("text", { y: 4 });
      const element = drawSvg(
        "g",
        {
          class: "cell",
          role: "button",
          tabindex: -1,
          transform: `translate(${this.x(at)} ${this.y(k)})`,
        },
        drawSvg("circle", { r: RADIUS }),
        value,
      );
      column.push({ element, value });
      for (let from = 0; at > 0 && from < count; from++) {
        const line = {
          x1: this.x(at - 1) + RADIUS,
          y1: this.y(from),
          x2: this.x(at) - RADIUS,
          y2: this.y(k),
        };
        this.edges.push({ element: drawSvg("line", line), at, from, to: k });
      }
    }
    this.cells.push(column);
  }

  /** @param {Kind} kind @param {number} at the column on view @param {Cell | null} opened */
  show(kind, at, opened) {
    const passes = this.passes;
    if (!passes) return;
    this.column.setAttribute("x", String(this.x(at) - this.across / 2 + 6));
    this.column.setAttribute("y", "0");
    this.column.setAttribute("width", String(this.across - 12));
    this.column.setAttribute("height", String(TOP + DOWN * passes.states.length));
    this.cells.forEach((column, c) =>
      column.forEach((_, k) => this.showCell(passes, kind, at, c, k, opened)),
    );
    for (const { element, at: c, from, to } of this.edges) {
      const share = edgeShare(passes, kind, at, c, from, to),
        on = isEdgeOn(passes, kind, at, c, from, to),
        none = passes.transition[from][to] === 0 && share === 0;
      element.setAttribute("stroke-width", none ? "0" : (0.6 + 5 * share).toFixed(2));
      element.setAttribute("class", on ? "edge on" : "edge");
      const opacity = on ? 0.25 + 0.75 * share : 0.12 + 0.5 * share;
      element.setAttribute("stroke-opacity", opacity.toFixed(2));
    }
  }

  /**
   * @param {Passes} passes
   * @param {Kind} kind
   * @param {number} at
   * @param {number} c
   * @param {number} k
   * @param {Cell | null} opened
   */
  showCell(passes, kind, at, c, k, opened) {
    const { element, value } = this.cells[c][k],
      known = kind === "posterior" || (kind === "backward" ? c >= at : c <= at),
      number = known ? valueOf(passes, kind, c, k) : null;
    const whole = kind === "viterbi" && at === passes.observations.length - 1,
      onPath =
        (whole && passes.path[c] === k) || (kind === "posterior" && passes.marginal[c] === k);
    element.style.setProperty("--p", known ? shareOf(passes, kind, c, k).toFixed(4) : "0");
    element.classList.toggle("later", !known);
    element.classList.toggle("open", opened?.[0] === c && opened[1] === k);
    element.classList.toggle("path", onPath);
    value.textContent = number === null ? "" : brief(number);
    const said = { state: clip(passes.states[k], 30), position: c + 1 };
    element.setAttribute(
      "aria-label",
      number === null
        ? t("{state} at position {position}: not reached yet", said)
        : t("{state} at position {position}: {value}", { ...said, value: small(number) }),
    );
  }

  /**
   * Brings a column into view, and leaves the names of the states there as long as they fit.
   * @param {number} at
   */
  centre(at) {
    const { host } = this,
      x = this.x(at);
    if (x + RADIUS + 8 > host.scrollLeft + host.clientWidth || x - RADIUS < host.scrollLeft)
      host.scrollLeft = at < 2 ? 0 : x - host.clientWidth / 2;
  }

  /** @param {EventTarget | null} target @returns {Cell | null} */
  cellOf(target) {
    const element = /** @type {Element} */ (target).closest(".cell");
    for (let at = 0; at < this.cells.length; at++) {
      const k = this.cells[at].findIndex((cell) => cell.element === element);
      if (k >= 0) return [at, k];
    }
    return null;
  }

  /** @param {Cell} cell */
  makeReachable([at, k]) {
    const [before, state] = this.reached;
    this.cells[before]?.[state]?.element.setAttribute("tabindex", "-1");
    this.cells[at][k].element.setAttribute("tabindex", "0");
    this.reached = [at, k];
  }

  /** @param {Cell} cell */
  pick(cell) {
    this.makeReachable(cell);
    this.open(...cell);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const cell = this.cellOf(event.target);
    if (!cell) return;
    const [at, k] = cell;
    /** @type {Record<string, Cell>} */
    const moves = {
      Enter: [at, k],
      " ": [at, k],
      ArrowRight: [at + 1, k],
      ArrowLeft: [at - 1, k],
      ArrowUp: [at, k - 1],
      ArrowDown: [at, k + 1],
    };
    const to = moves[event.key];
    if (!to) return;
    event.preventDefault();
    event.stopPropagation();
    const next = this.cells[to[0]]?.[to[1]];
    if (!next) return;
    next.element.focus();
    this.pick(to);
  }
}
