// @ts-check
/**
 * Lines over two labelled axes that follow a slider: SVG whose nodes are kept and moved, a
 * millisecond or two a redraw. Colours are the page's own variables.
 */
import { drawSvg, make } from "../core/dom.js";
import { onLanguage } from "../core/translate.js";
import { ticksOf, valueAt, writtenTick, writtenValue } from "./axes_figures.js";
import { followDrag, makeHandle } from "./axes_handle.js";
import { look, pathOf, signOf } from "./axes_line.js";
import { makeFigureFiles, svgFile } from "./figure_files.js";
import { writeSubscripts } from "./subscript.js";

const EDGE = { left: 52, right: 12, bottom: 42, top: 24 }; // pixels, in type of a page's size

/**
 * @typedef {{x: number[], y: (number | null)[], name?: string, colour: string, width?: number, dash?: string, mark?: "dot" | "square"}} Line
 *   y null is a gap
 * @typedef {{x: number, y: number, colour: string, r?: number}} Point
 * @typedef {{x?: number, y?: number, colour: string, width?: number, dash?: string, label?: string, side?: "start" | "end"}} Rule
 *   a line right across; side: where its label begins or ends, in its middle without it
 * @typedef {{x: [number, number], y: [number, number], lines: Line[], points?: Point[], rules?: Rule[],
 *   shade?: {to: number, label?: string}}} AxesFigure what lies outside the ranges is cut off at the frame
 * @typedef {{x: () => string, y: () => string, name: () => string, readout?: boolean, onDrag?: (x: number) => void,
 *   scale?: () => number, handle?: import("./axes_handle.js").HandleOptions}} AxesOptions
 *   readout: the pointer reads every line at its x. onDrag: a press or a drag in the picture, as a value of the x axis; with a
 *   handle the first point is what is dragged, by the keyboard too. scale: how much larger than on a page the type is (its size
 *   is the host's own style), and with it the space for it
 * @typedef {{width: number, height: number, w: number, h: number, sx: (v: number) => number, sy: (v: number) => number}} Frame
 */

/** @param {Element} element @param {Record<string, string | number>} attributes */
function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
}

/**
 * @param {number} x
 * @param {number} y
 * @param {string} text
 * @param {string} anchor
 * @param {string} [classes]
 */
function written(x, y, text, anchor, classes = "axes-tick") {
  const element = drawSvg("text", { x, y, "text-anchor": anchor, class: classes });
  writeSubscripts(element, text);
  return element;
}

/**
 *   const chart = axesChart(host, {x: () => t("temperature T"), y: () => t("P(escape)"), name: () => t("…"), readout: true});
 *   chart.draw({x: [0, 2], y: [0, 1], lines: [...]});
 *
 * @param {HTMLElement} host @param {AxesOptions} options
 */
export function axesChart(host, options) {
  const chart = new AxesChart(host, options);
  return {
    svg: chart.svg,
    draw: (/** @type {AxesFigure} */ figure) => chart.draw(figure),
    /** What a screen reader hears. */
    label: (/** @type {string} */ text) => chart.svg.setAttribute("aria-label", text),
  };
}

class AxesChart {
  /** @type {AxesFigure | null} */
  figure = null;
  /** @type {Frame | null} */
  frame = null;
  axesAs = ""; // what the axes were last drawn from
  keyAs = "";
  /** @type {number | null} */
  pointerAt = null; // pixels from the left
  /** @type {WeakMap<Element, {y: (number | null)[], as: string}>} */
  drawnAs = new WeakMap();
  /** @type {ReturnType<typeof makeHandle> | undefined} */
  handle;
  /** @type {Record<string, SVGElement[]>} nodes by kind and place: moved, not made anew */
  kept = { rule: [], line: [], mark: [], point: [] };

  /** @param {HTMLElement} host @param {AxesOptions} options */
  constructor(host, options) {
    this.options = options;
    this.key = make("div", "axes-key");
    this.svg = drawSvg("svg", { class: "axes-svg", role: options.handle ? "group" : "img" });
    this.readout = make("div", "axes-readout num");
    this.axes = drawSvg("g");
    this.inner = drawSvg("svg");
    this.words = drawSvg("g");
    this.pointer = drawSvg("line", { class: "axes-pointer", visibility: "hidden" });
    this.shade = drawSvg("rect", { class: "axes-shade", x: 0, y: 0 });
    this.marks = drawSvg("g");
    this.inner.append(this.shade, this.marks, this.pointer);
    this.svg.append(this.axes, this.inner, this.words);
    host.append(this.key, this.svg);
    if (options.readout) host.append(this.readout);
    host.append(
      makeFigureFiles({
        name: options.name,
        take: (format) => svgFile(this.svg, format, this.key),
      }),
    );
    this.svg.setAttribute("aria-label", options.name());
    if (options.readout) this.followPointer();
    const { onDrag, handle } = options;
    if (onDrag && handle) this.handle = makeHandle(this.svg, handle, onDrag);
    if (onDrag)
      followDrag(this.svg, (event) => this.figure && onDrag(this.valueOf(event)), this.handle);
    new ResizeObserver(() => {
      this.axesAs = "";
      this.paint();
    }).observe(this.svg);
    onLanguage(() => this.paint());
  }

  /** The space around the picture, in pixels. */
  get edge() {
    const scale = this.options.scale?.() ?? 1;
    return {
      left: EDGE.left * scale,
      right: EDGE.right * scale,
      bottom: EDGE.bottom * scale,
      top: EDGE.top * scale,
      scale,
    };
  }

  /** @param {AxesFigure} figure */
  draw(figure) {
    this.figure = figure;
    this.paint();
  }

  /** @param {string} kind @param {number} n @param {"line" | "path" | "rect" | "circle"} tag */
  node(kind, n, tag) {
    const found = this.kept[kind][n];
    if (found) return found;
    const made = drawSvg(tag);
    this.marks.append(made);
    this.kept[kind][n] = made;
    return made;
  }

  /** @param {string} kind @param {number} n */
  spare(kind, n) {
    while (this.kept[kind].length > n) this.kept[kind].pop()?.remove();
  }

  /** @param {AxesFigure} figure @returns {Frame | null} null while the picture is not on view */
  measured(figure) {
    const { clientWidth: width, clientHeight: height } = this.svg;
    if (!width || !height) return null;
    const { left, right, top, bottom } = this.edge,
      w = Math.max(10, width - left - right),
      h = Math.max(10, height - top - bottom),
      [x0, x1] = figure.x,
      [y0, y1] = figure.y;
    return {
      width,
      height,
      w,
      h,
      sx: (v) => (w * (v - x0)) / (x1 - x0 || 1),
      sy: (v) => h - (h * (v - y0)) / (y1 - y0 || 1),
    };
  }

  paint() {
    const { figure } = this;
    if (!figure) return;
    this.paintKey(figure);
    const frame = (this.frame = this.measured(figure));
    if (!frame) return;
    this.paintAxes(figure, frame);
    /** @type {SVGElement[]} */
    const texts = [];
    this.paintShade(figure, frame, texts);
    this.paintRules(figure, frame, texts);
    this.paintLines(figure, frame);
    this.paintPoints(figure, frame);
    this.words.replaceChildren(...texts);
    if (this.pointerAt !== null) this.read();
  }

  /** @param {AxesFigure} figure */
  paintKey(figure) {
    const named = figure.lines.filter((line) => line.name),
      as = named.map((line) => `${line.name}${line.colour}`).join();
    if (as === this.keyAs) return;
    this.keyAs = as;
    this.key.replaceChildren(
      ...named.map((line) => {
        const item = make("span");
        item.append(signOf(line), line.name ?? "");
        return item;
      }),
    );
  }

  /** @param {AxesFigure} figure @param {Frame} frame */
  paintAxes(figure, frame) {
    const [xName, yName] = [this.options.x(), this.options.y()];
    const as = [frame.width, frame.height, ...figure.x, ...figure.y, xName, yName].join();
    if (as === this.axesAs) return;
    this.axesAs = as;
    const parts = [],
      { left, top, scale } = this.edge,
      bottom = top + frame.h;
    for (const v of ticksOf(...figure.y, Math.max(3, Math.floor(frame.h / (55 * scale))))) {
      const at = top + frame.sy(v);
      parts.push(
        drawSvg("line", {
          x1: left,
          x2: left + frame.w,
          y1: at,
          y2: at,
          class: v === 0 ? "axes-zero" : "axes-grid",
        }),
        written(left - 7 * scale, at + 4 * scale, writtenTick(v), "end"),
      );
    }
    for (const v of ticksOf(...figure.x, Math.max(2, Math.floor(frame.w / (90 * scale)))))
      parts.push(written(left + frame.sx(v), bottom + 17 * scale, writtenTick(v), "middle"));
    const side = written(13 * scale, top + frame.h / 2, yName, "middle", "axes-name");
    side.setAttribute("transform", `rotate(-90 ${13 * scale} ${top + frame.h / 2})`);
    parts.push(
      written(left + frame.w / 2, frame.height - 5 * scale, xName, "middle", "axes-name"),
      side,
    );
    this.axes.replaceChildren(...parts);
    set(this.inner, { x: left, y: top, width: frame.w, height: frame.h });
    this.shade.setAttribute("height", String(frame.h));
    set(this.pointer, { y1: 0, y2: frame.h });
  }

  /** @param {AxesFigure} figure @param {Frame} frame @param {SVGElement[]} texts */
  paintShade({ shade }, frame, texts) {
    const to = shade ? Math.max(0, frame.sx(shade.to)) : 0;
    this.shade.setAttribute("width", String(to));
    if (shade?.label && to > 60)
      texts.push(
        written(
          this.edge.left + to / 2,
          this.edge.top + frame.h / 2,
          shade.label,
          "middle",
          "axes-name",
        ),
      );
  }

  /** @param {AxesFigure} figure @param {Frame} frame @param {SVGElement[]} texts */
  paintRules({ rules = [], x, y }, frame, texts) {
    /** @param {number} v @param {[number, number]} range */
    const within = (v, [low, high]) => v >= low && v <= high;
    const seen = rules.filter((one) =>
      one.x === undefined ? within(one.y ?? 0, y) : within(one.x, x),
    );
    seen.forEach((rule, n) => {
      const upright = rule.x !== undefined,
        at = upright ? frame.sx(rule.x ?? 0) : frame.sy(rule.y ?? 0);
      set(this.node("rule", n, "line"), {
        x1: upright ? at : 0,
        x2: upright ? at : frame.w,
        y1: upright ? 0 : at,
        y2: upright ? frame.h : at,
        style: `stroke:${rule.colour};stroke-width:${rule.width ?? 1}`,
        "stroke-dasharray": rule.dash ?? "",
      });
      if (!rule.label) return;
      const { left, top, scale } = this.edge,
        half = rule.label.length * 3.5 * scale, // kept inside the picture
        low = half * { start: 0, middle: 1, end: 2 }[rule.side ?? "middle"] + 2,
        middle = Math.max(low, Math.min(frame.width - 2 * half + low - 4, left + at));
      const text = written(
        middle,
        top - 8 * scale,
        rule.label,
        rule.side ?? "middle",
        "axes-rule-label",
      );
      text.style.fill = `color-mix(in srgb, ${rule.colour} 85%, var(--ink))`;
      texts.push(text);
    });
    this.spare("rule", seen.length);
  }

  /** @param {AxesFigure} figure @param {Frame} frame */
  paintLines({ lines }, frame) {
    let dots = 0;
    lines.forEach((line, n) => {
      set(this.node("line", n, "path"), look(line, 2));
      this.paintPath(this.node("line", n, "path"), line, frame);
      if (!line.mark) return;
      const r = line.mark === "square" ? 3 : 3.2;
      line.x.forEach((x, i) => {
        const y = line.y[i];
        if (y === null) return;
        set(this.node("mark", dots++, "rect"), {
          x: frame.sx(x) - r,
          y: frame.sy(y) - r,
          width: 2 * r,
          height: 2 * r,
          rx: line.mark === "square" ? 0 : r,
          style: `fill:${line.colour}`,
        });
      });
    });
    this.spare("line", lines.length);
    this.spare("mark", dots);
  }

  /**
   * A line of the same values in the same frame stays: a moved dot draws no curve anew.
   * @param {Element} path
   * @param {Line} line
   * @param {Frame} frame
   */
  paintPath(path, line, frame) {
    const { figure } = this,
      as = [frame.width, frame.height, ...(figure?.x ?? []), ...(figure?.y ?? [])].join(),
      before = this.drawnAs.get(path);
    if (before?.y === line.y && before.as === as) return;
    this.drawnAs.set(path, { y: line.y, as });
    path.setAttribute("d", pathOf(line, frame));
  }

  /** @param {AxesFigure} figure @param {Frame} frame */
  paintPoints({ points = [], x }, frame) {
    const [first] = points;
    if (this.handle && first)
      this.handle.stand(first.x, x, [
        this.edge.left + frame.sx(first.x),
        this.edge.top + frame.sy(first.y),
      ]);
    const dots = this.handle ? points.slice(1) : points;
    dots.forEach((point, n) => {
      const dot = this.node("point", n, "circle");
      set(dot, {
        cx: frame.sx(point.x),
        cy: frame.sy(point.y),
        r: point.r ?? 6,
        class: "axes-here",
        style: `fill:${point.colour}`,
      });
      this.marks.append(dot); // above the lines
    });
    this.spare("point", dots.length);
  }

  /**
   * @param {PointerEvent} event
   * @returns {number} the value of the x axis there, not held inside its range
   */
  valueOf(event) {
    const { figure, frame } = this;
    if (!figure || !frame) return NaN;
    const share =
      (event.clientX - this.svg.getBoundingClientRect().left - this.edge.left) /
      Math.max(1, frame.w);
    return figure.x[0] + (figure.x[1] - figure.x[0]) * share;
  }

  followPointer() {
    this.svg.addEventListener("pointermove", (event) => {
      if (!this.frame) return;
      this.pointerAt = event.clientX - this.svg.getBoundingClientRect().left;
      this.read();
    });
    this.svg.addEventListener("pointerleave", () => this.leave());
  }

  read() {
    const { figure, frame, pointerAt } = this;
    if (!figure || !frame || pointerAt === null) return;
    const v = figure.x[0] + ((figure.x[1] - figure.x[0]) * (pointerAt - this.edge.left)) / frame.w;
    if (v < figure.x[0] || v > figure.x[1]) return this.leave();
    set(this.pointer, {
      x1: pointerAt - this.edge.left,
      x2: pointerAt - this.edge.left,
      visibility: "visible",
    });
    const read = figure.lines
      .filter((line) => line.name)
      .map((line) => /** @type {const} */ ([line.name, valueAt(line, v)]))
      .filter(([, value]) => value !== null)
      .map(([name, value]) => `${name} ${writtenValue(Number(value))}`);
    this.readout.textContent = `${writtenValue(v)}:  ${read.join("   ")}`;
  }

  leave() {
    this.pointerAt = null;
    this.pointer.setAttribute("visibility", "hidden");
    this.readout.textContent = "";
  }
}
