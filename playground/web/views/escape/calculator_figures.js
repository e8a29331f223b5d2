// @ts-check
/** The calculator's plots, as figures of charts/axes.js. */
import { fixed } from "../../core/format.js";
import { t } from "../../core/translate.js";

/** @typedef {import("../../charts/axes.js").AxesFigure} AxesFigure */

/** @type {{key: string, name: () => string, colour: string, width: number, dash: string}[]} */
const LINES = [
  {
    key: "arrhenius",
    name: () => t("Arrhenius, e^(−ΔE/T)"),
    colour: "var(--raw)",
    width: 1.5,
    dash: "2 3",
  },
  {
    key: "two_state",
    name: () => t("exact, two tokens"),
    colour: "var(--remasked)",
    width: 1.5,
    dash: "6 4",
  },
  { key: "exact", name: () => t("exact, N rivals"), colour: "var(--ink)", width: 2, dash: "" },
  { key: "top_p", name: () => t("after top-p"), colour: "var(--chosen)", width: 2.5, dash: "" },
  { key: "min_p", name: () => t("after min-p"), colour: "var(--new)", width: 2, dash: "10 4" },
  {
    key: "top_k",
    name: () => t("after top-k"),
    colour: "var(--settled)",
    width: 2,
    dash: "10 4 2 4",
  },
];

/** @param {any} record @returns {AxesFigure} */
export function mainFigure(record) {
  const { settings, critical, temperatures, curves, top, escape } = record;
  const here = { x: settings.temperature, colour: "var(--escape)", dash: "2 3" };
  return {
    x: [0, temperatures.at(-1)],
    y: [-0.05 * top, top],
    lines: LINES.filter(({ key }) => curves[key]).map(({ key, name, ...look }) => ({
      x: temperatures,
      y: curves[key],
      name: name(),
      ...look,
    })),
    points: [{ x: settings.temperature, y: escape, colour: "var(--escape)", r: 9 }],
    rules:
      critical === null
        ? [here]
        : [
            here,
            {
              x: critical,
              colour: "var(--loop)",
              width: 2,
              label: t("nucleus escape temperature T_c = {critical}", {
                critical: fixed(critical, 3),
              }),
            },
          ],
  };
}

/** The three smaller plots. @param {any} record */
export function bySetting({ settings, critical, by_top_p, by_barrier, by_visit }) {
  const here = (/** @type {number} */ x) =>
    critical === null ? [] : [{ x, y: critical, colour: "var(--escape)" }];
  const highest = Math.max(
    ...by_barrier.y.filter((/** @type {number | null} */ v) => v !== null),
    0,
  );
  /** @type {AxesFigure} */
  const topP = {
    x: [0, 1],
    y: [0, by_top_p.top],
    lines: [{ x: by_top_p.x, y: by_top_p.y, colour: "var(--loop)" }],
    points: here(settings.top_p),
    rules: [{ x: by_top_p.pole, colour: "var(--raw)", dash: "5 4" }],
    shade: { to: by_top_p.pole, label: t("no way out") },
  };
  /** @type {AxesFigure} */
  const barrier = {
    x: [0, by_barrier.x.at(-1)],
    y: [0, 1.05 * highest || 1],
    lines: [{ x: by_barrier.x, y: by_barrier.y, colour: "var(--loop)" }],
    points: here(settings.delta_e),
  };
  return { by_top_p: topP, by_barrier: barrier, by_visit: visitFigure(by_visit) };
}

/** @param {any} record @returns {AxesFigure} */
function visitFigure({ visits, repetition, frequency }) {
  const left = [...repetition, ...frequency],
    low = Math.min(0, ...left),
    high = Math.max(0, ...left),
    margin = 0.06 * (high - low || 1);
  return {
    x: [0, visits.at(-1)],
    y: [low - margin, high + margin],
    lines: [
      {
        x: visits,
        y: repetition,
        name: t("repetition penalty"),
        colour: "var(--remasked)",
        mark: "square",
      },
      {
        x: visits,
        y: frequency,
        name: t("frequency penalty"),
        colour: "var(--chosen)",
        mark: "dot",
      },
    ],
    rules: [{ y: 0, colour: "var(--escape)", dash: "2 3", width: 1.5 }],
  };
}
