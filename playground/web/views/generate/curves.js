// @ts-check
/**
 * Figures along the text as thin rows under the timeline, on the same axis; a click goes to the
 * step.
 */
import { linePath } from "../../charts/path.js";
import { drawSvg, inEveryLanguage, make, node } from "../../core/dom.js";
import { bits, chance, fixed } from "../../core/format.js";
import { t } from "../../core/translate.js";

/**
 * @typedef {object} Figure
 * @property {() => string} name
 * @property {() => string} explain
 * @property {string} colour
 * @property {(all: any[], loops: import("./store.js").Loop[]) => (number | null)[]} of
 * @property {(value: number) => string} say
 * @property {number} [top] the value at the upper edge
 */

/** @param {any} frame */
const surprise = (frame) => bits(frame.surprisal ?? Infinity);

/** @type {Figure[]} */
const FIGURES = [
  {
    name: () => t("surprisal"),
    explain: () => t("How surprised the model itself was by the token, in bits"),
    colour: "var(--chosen)",
    of: (all) => all.map(surprise),
    say: (value) => t("{value} bits", { value: fixed(value, 2) }),
  },
  {
    name: () => t("perplexity"),
    explain: () => t("Between how many equally likely tokens the model wavered, on average so far"),
    colour: "var(--settled)",
    of: (all) => {
      let sum = 0;
      return all.map((frame, i) => Math.exp((sum += frame.surprisal ?? Infinity) / (i + 1)));
    },
    say: (value) => fixed(value, 2),
  },
  {
    name: () => t("P(loop token)"),
    explain: () => t("The model’s own probability of the token with which the loop goes on"),
    colour: "var(--loop)",
    top: 1,
    of: (all, loops) =>
      all.map((frame, i) =>
        loops.some((one) => i >= one.start && i < one.end) ? frame.raw_probability : null,
      ),
    say: chance,
  },
];

/** @param {{host: HTMLElement, onStep: (k: number) => void}} options */
export function makeCurves({ host, onStep }) {
  const rows = FIGURES.map((figure) => makeRow(figure, onStep));
  host.replaceChildren(...rows.map((row) => row.element));
  return {
    /** @param {any[]} all frames @param {import("./store.js").Loop[]} loops */
    load(all, loops) {
      for (const row of rows) row.load(figureValues(row.figure, all, loops));
    },
    /** @param {number} k */
    view(k) {
      for (const row of rows) row.view(k);
    },
  };
}

/** @param {Figure} figure @param {any[]} all @param {import("./store.js").Loop[]} loops */
const figureValues = (figure, all, loops) => figure.of(all, loops);

/** @param {Figure} figure @param {(k: number) => void} onStep */
function makeRow(figure, onStep) {
  /** @type {(number | null)[]} */
  let values = [];
  const area = make("div", "curve-area"),
    value = make("span", "num"),
    svg = drawSvg("svg", { preserveAspectRatio: "none", "aria-hidden": "true" }),
    head = make("i", "curve-head");
  area.append(svg, head);
  const element = node(
    "div",
    { class: "curve", title: figure.explain },
    node("span", { class: "curve-name" }, figure.name),
    area,
    value,
  );
  area.addEventListener("click", (event) => {
    const box = area.getBoundingClientRect();
    if (values.length)
      onStep(Math.round(((event.clientX - box.left) / box.width) * (values.length - 1)));
  });
  let at = 0;
  function view() {
    const here = values[at];
    head.style.left = (values.length > 1 ? (100 * at) / (values.length - 1) : 0) + "%";
    value.textContent =
      here === null || here === undefined ? "–" : here === Infinity ? "∞" : figure.say(here);
  }
  inEveryLanguage(view);
  return {
    figure,
    element,
    /** @param {(number | null)[]} given */
    load(given) {
      values = given;
      const finite = values.filter((v) => v !== null && Number.isFinite(v));
      element.hidden = !finite.length;
      const top = figure.top ?? Math.max(1e-9, .../** @type {number[]} */ (finite));
      svg.setAttribute("viewBox", `0 0 ${Math.max(1, values.length - 1)} 100`);
      const line = linePath(
        values,
        (i) => i,
        (v) => 94 - 88 * Math.min(1, v / top),
      );
      svg.replaceChildren(
        drawSvg("path", {
          d: line || "M0 0",
          class: "transport-curve",
          style: `stroke:${figure.colour}`,
          "vector-effect": "non-scaling-stroke",
        }),
      );
    },
    /** @param {number} k */
    view(k) {
      at = k;
      view();
    },
  };
}
