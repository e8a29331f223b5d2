// @ts-check
/** The map position × step: when each word was decided, and how sure the network was while it was
 * not. One canvas element; a step that
 * comes draws its own row alone. */
import { clip, node } from "../../core/dom.js";
import { onLook } from "../../core/look.js";
import { isHidden, shownWord } from "./lexicon.js";

const LEFT = 26;
const TOP = 4;
const MOST_ROWS = 130; // more steps than that: every second one is drawn, every third …
const HEIGHT = 330;
/** @type {Record<string, [down: number, right: number]>} */
const MOVES = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  PageUp: [-10, 0],
  PageDown: [10, 0],
  Home: [-1e9, 0],
  End: [1e9, 0],
};
const NAMES = ["masked", "new", "settled", "remasked", "locked", "soft", "paper"];
const FONT = "11px Inter, system-ui, sans-serif";

/**
 * @typedef {{width: number, height: number, count: number, stride: number, length: number, w: number, h: number, labels: boolean}} Box
 */

/** @param {number} width @param {number} steps @param {number} length @returns {Box | null} */
function boxOf(width, steps, length) {
  if (!width || !length) return null;
  const stride = Math.max(1, Math.ceil(steps / MOST_ROWS)),
    count = Math.ceil(steps / stride),
    w = Math.min(26, (width - LEFT - 4) / length),
    h = Math.max(2.5, Math.min(15, HEIGHT / Math.max(1, count))),
    labels = w >= 8.5;
  const height = TOP + count * h + (labels ? 58 : 4);
  return { width, height, count, stride, length, w, h, labels };
}

/**
 * @param {object} options
 * @param {HTMLElement} options.host
 * @param {() => string} options.name
 * @param {(step: number, position: number) => void} options.onPick
 */
export function makeMap({ host, name, onPick }) {
  host.classList.add("canvas-map");
  const picture = node("canvas", { role: "group", tabindex: 0, "aria-label": name }),
    row = node("i", { class: "canvas-map-row" }),
    column = node("i", { class: "canvas-map-column" });
  host.append(picture, row, column);
  const pen = /** @type {CanvasRenderingContext2D} */ (picture.getContext("2d"));
  /** @type {any[]} */
  let rows = [];
  /** @type {import("./lexicon.js").Lexicon} */
  let lexicon = new Map();
  /** @type {Box | null} */
  let box = null;
  let expected = 0,
    painted = 0, // rows of the picture
    step = 0,
    focus = -1,
    due = false;
  /** @type {Record<string, string>} */
  let colours = {};

  /** Everything anew: another run, another size, other colours. */
  function paint() {
    box = boxOf(host.clientWidth, Math.max(rows.length, expected), rows[0]?.canvas.length ?? 0);
    for (const one of [picture, row, column]) one.hidden = !box;
    if (!box) return;
    const ratio = window.devicePixelRatio || 1,
      style = getComputedStyle(host);
    colours = Object.fromEntries(NAMES.map((n) => [n, style.getPropertyValue("--" + n).trim()]));
    picture.width = Math.round(box.width * ratio);
    picture.height = Math.round(box.height * ratio);
    picture.style.height = box.height + "px";
    pen.scale(ratio, ratio);
    painted = 0;
    grow();
  }

  /** The rows that came since, and the words under them. */
  function grow() {
    due = false;
    const steps = Math.max(rows.length, expected);
    if (!box || Math.ceil(steps / box.stride) > box.count) {
      const same = box && boxOf(host.clientWidth, steps, box.length);
      if (!same || same.count !== box?.count || same.stride !== box?.stride) return paint();
    }
    for (; painted * box.stride < rows.length; painted++) drawRow(pen, box, painted, rows, colours);
    if (box.labels) drawLabels(pen, box, rows, lexicon, colours);
    show(step, focus);
  }

  function later() {
    if (due) return;
    due = true;
    requestAnimationFrame(grow);
  }
  function anew() {
    box = null;
    later();
  }

  function show(/** @type {number} */ k, /** @type {number} */ position) {
    step = k;
    focus = position;
    if (!box) return;
    const { w, h, length, count, stride } = box,
      on = Math.floor(Math.min(k, rows.length - 1) / stride);
    Object.assign(row.style, {
      left: LEFT - 3 + "px",
      top: TOP + on * h - 2 + "px",
      width: length * w + 4 + "px",
      height: h + 2 + "px",
    });
    column.hidden = focus < 0;
    Object.assign(column.style, {
      left: LEFT + focus * w - 2 + "px",
      top: TOP - 3 + "px",
      width: w + 2 + "px",
      height: count * h + 4 + "px",
    });
  }

  let dragging = false;
  function pick(/** @type {PointerEvent} */ event) {
    if (!box) return;
    const frame = picture.getBoundingClientRect(),
      line = box.stride * Math.floor((event.clientY - frame.top - TOP) / box.h),
      k = Math.min(rows.length - 1, line),
      i = Math.floor((event.clientX - frame.left - LEFT) / box.w);
    if (i >= 0 && i < box.length && k >= 0) onPick(k, i);
  }
  picture.addEventListener("pointerdown", (event) => {
    dragging = true;
    picture.setPointerCapture(event.pointerId);
    pick(event);
  });
  picture.addEventListener("pointermove", (event) => dragging && pick(event));
  for (const end of /** @type {const} */ (["pointerup", "pointercancel"]))
    picture.addEventListener(end, () => (dragging = false));

  picture.addEventListener("keydown", (event) => {
    if (!box || event.ctrlKey || event.metaKey || event.altKey) return;
    const [down, right] = MOVES[event.key] ?? [0, 0];
    if (!down && !right) return;
    event.preventDefault();
    event.stopPropagation(); // the player's own arrows move in time alone
    const k = Math.max(0, Math.min(rows.length - 1, step + down)),
      i = Math.max(0, Math.min(box.length - 1, Math.max(0, focus) + right));
    onPick(k, i);
  });

  new ResizeObserver(() => host.clientWidth !== box?.width && anew()).observe(host);
  const endLook = onLook(anew);

  return {
    /**
     * @param {any[]} list the caller's own list of records, which may grow
     * @param {import("./lexicon.js").Lexicon} words
     * @param {number} count steps expected
     */
    load(list, words, count = 0) {
      rows = list;
      lexicon = words;
      expected = count;
      anew();
    },
    grow: later,
    show,
    remove: endLook,
  };
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {Box} box
 * @param {number} k
 * @param {any[]} rows
 * @param {Record<string, string>} colours
 */
function drawRow(pen, box, k, rows, colours) {
  const { w, h, length, stride } = box,
    record = rows[k * stride],
    y = TOP + k * h,
    size = Math.min(w, h),
    gap = size > 6 ? 2 : size > 3 ? 1 : 0;
  if (k % Math.max(1, Math.ceil(14 / h)) === 0) {
    pen.font = FONT;
    pen.fillStyle = colours.soft;
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    pen.fillText(String(k * stride), LEFT - 6, y + h / 2);
  }
  for (let i = 0; i < length; i++) {
    const state = record.state[i],
      x = LEFT + i * w;
    pen.globalAlpha =
      state === "masked"
        ? 0.3 + 0.7 * (record.confidence?.[i] ?? 0)
        : (/** @type {Record<string, number>} */ ({ settled: 0.6, locked: 0.72 })[state] ?? 1);
    pen.fillStyle =
      state === "remasked" || state === "grouped"
        ? colours.masked
        : (colours[state === "changed" ? "new" : state] ?? colours.masked);
    pen.fillRect(x, y, w - gap, h - gap);
    pen.globalAlpha = 1;
    drawMark(pen, state, x, y, w - gap, h - gap, colours);
  }
}

/** Each state has a mark beside its colour. @param {CanvasRenderingContext2D} pen @param {string} state @param {number} x @param {number} y
 * @param {number} w @param {number} h @param {Record<string, string>} colours */
function drawMark(pen, state, x, y, w, h, colours) {
  if (Math.min(w, h) < 4) {
    if (state !== "remasked") return;
    pen.fillStyle = colours.remasked;
    pen.fillRect(x, y, w, Math.max(1, h));
  } else if (state === "new" || state === "changed") {
    pen.fillStyle = colours.paper; // a dot: decided here
    pen.fillRect(x + w / 2 - 1.5, y + h / 2 - 1.5, 3, 3);
  } else if (state === "remasked") {
    pen.strokeStyle = colours.remasked;
    pen.lineWidth = 1.5;
    pen.setLineDash([3, 2]);
    pen.strokeRect(x + 1, y + 1, w - 2, h - 2);
    pen.setLineDash([]);
  } else if (state === "grouped") {
    pen.strokeStyle = colours.settled; // a frame: the kind of word is known
    pen.lineWidth = 1.5;
    pen.strokeRect(x + 1, y + 1, w - 2, h - 2);
  } else if (state === "locked") {
    pen.fillStyle = colours.paper; // a line under it: given
    pen.fillRect(x + 2, y + h - 2, Math.max(1, w - 4), 1);
  }
}

/** The words of the last step under their columns. @param {CanvasRenderingContext2D} pen @param {Box} box @param {any[]} rows
 * @param {import("./lexicon.js").Lexicon} lexicon @param {Record<string, string>} colours */
function drawLabels(pen, box, rows, lexicon, colours) {
  const final = rows[rows.length - 1],
    top = TOP + box.count * box.h;
  pen.clearRect(0, top, box.width, box.height - top);
  if (!final) return;
  pen.font = FONT;
  pen.fillStyle = colours.soft;
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  for (let i = 0; i < box.length; i++) {
    if (isHidden(final.state[i])) continue;
    pen.save();
    pen.translate(LEFT + i * box.w + box.w / 2 - 2, top + 6);
    pen.rotate(0.91);
    pen.fillText(clip(shownWord(lexicon, final.canvas[i]), 11), 0, 0);
    pen.restore();
  }
}
