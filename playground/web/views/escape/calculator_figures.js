// @ts-check
/** The calculator's plots, as figures of charts/axes.js. */
import { fixed } from "../../core/format.js";
import { t } from "../../core/translate.js";
import { byBarrier, byTopP, byVisit } from "./curves.js";

/**
 * @typedef {import("../../charts/axes.js").AxesFigure} AxesFigure @typedef {import("./sentences.js").State} State
 */

/** @type {{key: string, name: () => string, colour: string, width: number, dash: string}[]} */
const LINES = [
  {
    key: "arrhenius",
    name: () => t("Arrhenius (approximation)"),
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
  { key: "exact", name: () => t("exact, all tokens"), colour: "var(--ink)", width: 2, dash: "" },
  { key: "min_p", name: () => t("after min-p"), colour: "var(--new)", width: 2, dash: "10 4" },
  {
    key: "top_k",
    name: () => t("after top-k"),
    colour: "var(--settled)",
    width: 2,
    dash: "10 4 2 4",
  },
  { key: "top_p", name: () => t("after top-p"), colour: "var(--chosen)", width: 2.5, dash: "" },
  { key: "all", name: () => t("after all rules"), colour: "var(--escape)", width: 2.5, dash: "" },
];

/**
 * @param {State} state
 * @param {ReturnType<typeof import("./curves.js").curvesOf>} curves
 * @returns {AxesFigure}
 */
export function mainFigure({ settings, law, critical, opening }, curves) {
  const { temperatures, lines, end, top } = curves,
    shut = settings.order === "transformers" ? Math.min(opening, end) : opening && end;
  const here = { x: settings.temperature, colour: "var(--escape)", dash: "2 3" };
  const label = { critical: fixed(critical, 3) };
  return {
    x: [0, end],
    y: [-0.05 * top, top],
    lines: LINES.filter(({ key }) => lines[key]).map(({ key, name, ...look }) => ({
      x: temperatures,
      y: lines[key],
      name: name(),
      ...look,
    })),
    points: [{ x: settings.temperature, y: Math.min(top, law.chance), colour: "var(--escape)" }],
    rules:
      critical === null || critical === Infinity
        ? [here]
        : [
            here,
            {
              x: critical,
              colour: "var(--loop)",
              width: 2,
              label: t("nucleus escape temperature T_c = {critical}", label),
            },
          ],
    ...(shut > 0 ? { shade: { to: shut, label: t("lid closed") } } : {}),
  };
}

/** T_c against top-p, and where these settings are. @param {State} state @returns {AxesFigure} */
export function topPFigure({ settings, place, critical }) {
  const { x, y, pole, top } = byTopP(place),
    finite = critical !== null && Number.isFinite(critical);
  return {
    x: [0, 1],
    y: [0, top],
    lines: [{ x, y, colour: "var(--loop)" }],
    points: finite ? [{ x: settings.top_p, y: critical, colour: "var(--escape)" }] : [],
    rules: [{ x: pole, colour: "var(--raw)", dash: "5 4" }],
    shade: { to: pole, label: t("no way out") },
  };
}

/** @param {State} state @returns {AxesFigure} */
export function barrierFigure({ settings, critical }) {
  const { x, y } = byBarrier(settings),
    highest = Math.max(...y.map((one) => one ?? 0)),
    own = settings.word < 0 && critical !== null && Number.isFinite(critical);
  return {
    x: [0, x[x.length - 1]],
    y: [0, 1.05 * highest || 1],
    lines: [{ x, y, colour: "var(--loop)" }],
    points: own ? [{ x: settings.delta_e, y: critical, colour: "var(--escape)" }] : [],
  };
}

/** @param {State} state @returns {AxesFigure} */
export function visitFigure({ settings }) {
  const { visits, repetition, frequency } = byVisit(settings),
    left = [...repetition, ...frequency],
    low = Math.min(0, ...left),
    high = Math.max(0, ...left),
    margin = 0.06 * (high - low || 1);
  return {
    x: [0, visits[visits.length - 1]],
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
