// @ts-check
/**
 * Mean and least confidence, entropy, words a step, network calls: five small curves on one axis of
 * steps.
 */
import { linePath } from "../../charts/path.js";
import { drawSvg, make, node } from "../../core/dom.js";
import { bits, chance, fixed, NOTHING, whole } from "../../core/format.js";
import { t } from "../../core/translate.js";

const ASKED = new Set(["masked", "new", "grouped"]);

/**
 * The values of the positions that the network was asked about.
 * @param {(number | null)[] | undefined} values
 * @param {any} record
 */
function asked(values, record) {
  const all = values ?? [];
  const open = all.filter((value, i) => value !== null && ASKED.has(record.state[i]));
  const found = open.length
    ? open
    : all.filter((value, i) => value !== null && record.state[i] !== "locked");
  return /** @type {number[]} */ (found);
}

/** @param {number[]} all */
const mean = (all) => (all.length ? all.reduce((a, b) => a + b, 0) / all.length : null);

/**
 * @type {{name: () => string, top?: number, of: (record: any) => number | null, show: (value: number) => string, steps?: boolean}[]}
 */
export const CURVES = [
  {
    name: () => t("mean confidence"),
    top: 1,
    of: (r) => mean(asked(r.confidence, r)),
    show: chance,
  },
  {
    name: () => t("least confidence"),
    top: 1,
    of: (r) => (asked(r.confidence, r).length ? Math.min(...asked(r.confidence, r)) : null),
    show: chance,
  },
  {
    name: () => t("mean entropy, bits"),
    of: (r) => bits(mean(asked(r.entropy, r))),
    show: (v) => fixed(v, 2),
  },
  { name: () => t("tokens this step"), of: (r) => r.revealed ?? 0, show: whole, steps: true },
  { name: () => t("network calls so far"), of: (r) => r.calls ?? 0, show: whole },
];

/** @param {HTMLElement} host @param {(step: number) => void} pick */
export function makeRunCurves(host, pick) {
  host.classList.add("canvas-curves");
  let length = 0;
  /** @type {(number | null)[][][]} values of each curve, of each side */
  let data = [];
  const cells = CURVES.map((curve) => {
    const value = make("span", "num"),
      svg = drawSvg("svg", { preserveAspectRatio: "none", "aria-hidden": "true" }),
      now = drawSvg("line", {
        class: "canvas-curve-now",
        y1: 0,
        y2: 100,
        "vector-effect": "non-scaling-stroke",
      });
    const head = node("div", { class: "canvas-curve-head" }, node("span", {}, curve.name), value);
    host.append(node("div", { class: "canvas-curve" }, head, svg));
    svg.addEventListener("pointerdown", (event) => {
      const box = svg.getBoundingClientRect();
      pick(Math.round(((event.clientX - box.left) / box.width) * Math.max(1, length - 1)));
    });
    return { curve, value, svg, now };
  });

  return {
    /** @param {import("./side.js").Side[]} sides */
    load(sides) {
      length = Math.max(0, ...sides.map((side) => side.rows.length));
      data = cells.map((_, n) => sides.map((side) => side.rows.map((r) => r.curve?.[n] ?? null)));
      cells.forEach(({ curve, svg, now }, n) => {
        const all = /** @type {number[]} */ (data[n].flat().filter((v) => v !== null)),
          top = curve.top ?? Math.max(1e-9, ...all);
        svg.setAttribute("viewBox", `0 0 ${Math.max(1, length - 1)} 100`);
        const y = (/** @type {number} */ v) => 96 - 90 * Math.min(1, v / top);
        if (svg.children.length !== sides.length + 1)
          svg.replaceChildren(...sides.map((_, side) => curvePath(side > 0)), now);
        data[n].forEach((values, side) => {
          const path = linePath(values, (i) => i, y, { steps: curve.steps });
          svg.children[side].setAttribute("d", path || "M0 0");
        });
      });
    },
    /** @param {number} step */
    show(step) {
      cells.forEach(({ curve, value, now }, n) => {
        now.setAttribute("x1", String(step));
        now.setAttribute("x2", String(step));
        const texts = (data[n] ?? []).map((values) => {
          const x = values[Math.min(step, values.length - 1)];
          return x === null || x === undefined ? NOTHING : curve.show(x);
        });
        value.textContent = texts.join(" · ");
      });
    },
  };
}

/** @param {boolean} dashed */
const curvePath = (dashed) =>
  drawSvg("path", {
    class: "canvas-curve-path",
    "vector-effect": "non-scaling-stroke",
    ...(dashed ? { "stroke-dasharray": "4 3" } : {}),
  });
