// @ts-check
/**
 * A dot in a chart that is taken hold of: dragged along the x axis, or moved by the keyboard as a
 * slider.
 */
import { drawSvg } from "../core/dom.js";

/**
 * @typedef {object} HandleOptions
 * @property {() => string} name
 * @property {(x: number) => string} spoken what a screen reader hears as its value
 * @property {(x: number) => string} [written] stands beside the dot
 * @property {number} low
 * @property {number} step one press of an arrow; Page Up and Page Down take ten
 */

/** @param {SVGElement} svg @param {HandleOptions} options @param {(x: number) => void} move */
export function makeHandle(svg, options, move) {
  const words = drawSvg("text", { class: "axes-handle-words" });
  const group = drawSvg(
    "g",
    { class: "axes-handle", role: "slider", tabindex: 0 },
    drawSvg("circle", { r: 22, fill: "transparent" }),
    drawSvg("circle", { r: 17, class: "axes-handle-ring" }),
    drawSvg("circle", { r: 10, class: "axes-handle-dot" }),
    drawSvg("path", {
      d: "M-14 0h-6m2.5 -3l-3 3l3 3M14 0h6m-2.5 -3l3 3l-3 3",
      class: "axes-handle-arrows",
    }),
    words,
  );
  group.style.display = "none"; // until it stands somewhere it has neither name nor value
  svg.append(group);
  let at = 0,
    high = 1;
  group.addEventListener("keydown", (event) => {
    const { step, low } = options;
    /** @type {Record<string, number>} */
    const by = {
      ArrowRight: step,
      ArrowUp: step,
      ArrowLeft: -step,
      ArrowDown: -step,
      PageUp: 10 * step,
      PageDown: -10 * step,
      Home: -Infinity,
      End: Infinity,
    };
    if (!(event.key in by)) return;
    event.preventDefault();
    // the next press may come before the next drawing
    at = Math.max(low, Math.min(high, at + by[event.key]));
    move(at);
  });
  return {
    focus: () => group.focus({ preventScroll: true }),
    /**
     * @param {number} value @param {[number, number]} range of the x axis
     * @param {[number, number]} place in the picture
     */
    stand(value, range, [x, y]) {
      at = value;
      high = range[1];
      group.style.display = "";
      group.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
      group.setAttribute("aria-label", options.name());
      group.setAttribute("aria-valuemin", String(options.low));
      group.setAttribute("aria-valuemax", String(high));
      group.setAttribute("aria-valuenow", String(Number(value.toFixed(6))));
      group.setAttribute("aria-valuetext", options.spoken(value));
      words.textContent = options.written?.(value) ?? "";
      const left = x > 150; // of the dot, where a line that rises leaves room
      words.setAttribute("text-anchor", left ? "end" : "start");
      words.setAttribute("x", left ? "-26" : "26");
      words.setAttribute("y", "-14");
    },
  };
}

/**
 * A press or a drag anywhere in the picture moves; the handle, where there is one, takes the focus.
 * @param {SVGElement} svg @param {(event: PointerEvent) => void} move @param {ReturnType<typeof makeHandle>} [handle]
 */
export function followDrag(svg, move, handle) {
  svg.classList.add("axes-drags");
  let held = false;
  svg.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    held = true;
    svg.setPointerCapture(event.pointerId);
    handle?.focus();
    move(event);
  });
  // it keeps the focus
  svg.addEventListener("mousedown", (event) => handle && event.preventDefault());
  svg.addEventListener("pointermove", (event) => {
    if (held) move(event);
  });
  for (const name of ["pointerup", "pointercancel"])
    svg.addEventListener(name, () => {
      held = false;
    });
}
