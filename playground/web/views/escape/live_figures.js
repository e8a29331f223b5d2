// @ts-check
/** The experiment's figures, as Plotly takes them: each from its record of pages/escape/live.py. */
import { visible } from "../../core/dom.js";
import { fixed, plain as written } from "../../core/format.js";
import { t } from "../../core/translate.js";

/** T_c with its low c, as Plotly writes it. @param {string} text */
const low = (text) => text.replaceAll("T_c", "<i>T</i><sub>c</sub>");

const plain = {
  margin: { l: 50, r: 50, t: 10, b: 60 },
  uirevision: null,
  legend: { orientation: "h", y: 1.03, yanchor: "bottom", x: 0, font: { size: 12 } },
};

/**
 * A line right across, at a value of one axis.
 * @param {Record<string, any>} at
 * @param {Record<string, any>} line
 */
const across = (at, line) => ({ type: "line", ...at, line });

/** @param {any} f */
function barriers(f) {
  const ticks = f.tokens.map((/** @type {any} */ _, /** @type {number} */ i) => i);
  const bars = {
    type: "bar",
    x: ticks,
    y: f.tokens.map((token) => token.delta_e),
    name: t("barrier ΔE"),
    marker: {
      color: f.tokens.map((_, i) => (i === f.weakest ? "var(--escape)" : "var(--final)")),
    },
    text: f.tokens.map((token) =>
      t("ΔE {barrier} to {token}", {
        barrier: fixed(token.delta_e, 3),
        token: visible(token.rival),
      }),
    ),
    textposition: "none",
    hovertemplate: "%{text}<extra></extra>",
  };
  const critical = {
    x: ticks,
    y: f.tokens.map((token) => token.critical),
    name: low(t("T_c at top-p {p}", { p: written(f.top_p) })),
    yaxis: "y2",
    mode: "markers",
    marker: { symbol: "diamond", size: 9, color: "var(--loop)" },
    hovertemplate: "T_c %{y:.3f}<extra></extra>",
  };
  const level = f.cycle_critical;
  return {
    data: [bars, critical],
    layout: {
      ...plain,
      margin: { ...plain.margin, b: 80 },
      xaxis: {
        tickvals: ticks,
        ticktext: f.tokens.map((token) => visible(token.text)),
        tickangle: -40,
        tickfont: { family: "JetBrains Mono, monospace", size: 12 },
      },
      yaxis: { title: { text: "ΔE" }, rangemode: "tozero" },
      yaxis2: {
        title: { text: low("T_c") },
        overlaying: "y",
        side: "right",
        rangemode: "tozero",
        showgrid: false,
        tickmode: "auto",
        nticks: 6,
      },
      shapes:
        level === null
          ? []
          : [
              across(
                { xref: "paper", x0: 0, x1: 1, yref: "y2", y0: level, y1: level },
                { color: "var(--loop)", width: 1.5, dash: "dash" },
              ),
            ],
    },
  };
}

/**
 * @type {Record<string, {predicted: () => string, measured: () => string, colour: string, symbol: string}>}
 */
const GROUPS = {
  off: {
    predicted: () => t("without top-p, predicted"),
    measured: () => t("without top-p, measured"),
    colour: "var(--remasked)",
    symbol: "circle",
  },
  on: {
    predicted: () => t("with top-p, predicted"),
    measured: () => t("with top-p, measured"),
    colour: "var(--chosen)",
    symbol: "square",
  },
};

/** One group of runs: the predicted line, the measured points. @param {any} group */
function groupLines({ key, curve, points }) {
  const { predicted, measured, colour, symbol } = GROUPS[key];
  const line = {
    x: curve.temperatures,
    y: curve.predicted,
    mode: "lines",
    name: predicted(),
    line: { color: colour, width: 2 },
    hovertemplate: "%{y:.3f}<extra></extra>",
  };
  const dots = {
    x: points.map((p) => p.temperature),
    y: points.map((p) => p.share),
    mode: "markers",
    name: measured(),
    marker: { color: colour, size: 9, symbol },
    error_y: {
      type: "data",
      symmetric: false,
      array: points.map((p) => p.high - p.share),
      arrayminus: points.map((p) => p.share - p.low),
      color: colour,
      thickness: 1.5,
      width: 4,
    },
    text: points.map((p) => t("{escaped} of {runs}", { escaped: p.escaped, runs: p.runs })),
    hovertemplate: "%{text}<extra></extra>",
  };
  return [line, dots];
}

/** @param {any} f */
function shares(f) {
  const level = f.cycle_critical;
  return {
    data: f.groups.flatMap(groupLines),
    layout: {
      ...plain,
      xaxis: { title: { text: t("temperature T") } },
      yaxis: {
        title: { text: t("share that left within {tokens} tokens", { tokens: f.tokens }) },
        range: [-0.03, 1.05],
      },
      shapes:
        level === null
          ? []
          : [
              across(
                { x0: level, x1: level, yref: "paper", y0: 0, y1: 1 },
                { color: "var(--loop)", width: 2 },
              ),
            ],
      annotations:
        level === null
          ? []
          : [
              {
                x: level,
                y: 0.04,
                yref: "paper",
                showarrow: false,
                xanchor: "left",
                text: " " + low(t("T_c of the cycle")),
                font: { color: "var(--loop)", size: 12 },
              },
            ],
    },
  };
}

/** @param {any} f */
function inverted(f) {
  const data = [
    {
      x: f.temperatures,
      y: f.top_p,
      mode: "lines",
      name: t("largest top-p that holds the loop"),
      fill: "tozeroy",
      line: { color: "var(--loop)", width: 2 },
      hovertemplate: "T %{x:.3f}: top-p %{y:.3f}<extra></extra>",
    },
  ];
  const here = {
    x: [f.at?.[0]],
    y: [f.at?.[1]],
    mode: "markers",
    name: low(t("T_c at the top-p of the runs")),
    marker: { color: "var(--loop)", size: 10, symbol: "diamond" },
    hovertemplate: "T_c %{x:.3f}: top-p %{y}<extra></extra>",
  };
  return {
    data: f.at ? [...data, here] : data,
    layout: {
      ...plain,
      xaxis: { title: { text: t("temperature T") } },
      yaxis: { title: { text: t("top-p") }, range: [0, 1.05] },
    },
  };
}

/** @param {any} f */
function visits(f) {
  const line = (key, name, colour, dash, symbol) => ({
    x: f.laps,
    y: f[key],
    name,
    mode: "lines+markers",
    line: { color: colour, width: 2, dash },
    marker: { size: 7, symbol },
  });
  const repetition = "var(--remasked)",
    frequency = "var(--chosen)";
  return {
    data: [
      line("plain", t("no penalty, measured"), "var(--raw)", "solid", "circle"),
      line("repetition", t("repetition, measured"), repetition, "solid", "square"),
      line("repetition_predicted", t("repetition, predicted"), repetition, "dot", "square-open"),
      line("frequency", t("frequency, measured"), frequency, "solid", "diamond"),
      line("frequency_predicted", t("frequency, predicted"), frequency, "dot", "diamond-open"),
    ],
    layout: {
      ...plain,
      xaxis: { title: { text: t("lap of the loop") }, dtick: 1 },
      yaxis: { title: { text: t("barrier ΔE at the weakest token") } },
      shapes: [
        across(
          { xref: "paper", x0: 0, x1: 1, y0: 0, y1: 0 },
          { color: "var(--escape)", dash: "dot" },
        ),
      ],
    },
  };
}

const COLOURS = ["var(--chosen)", "var(--remasked)", "var(--new)", "var(--settled)"];

/** @param {any} f */
function survival(f) {
  const data = f.curves.flatMap((curve, i) => {
    const colour = COLOURS[i % COLOURS.length];
    return [
      {
        x: f.n,
        y: curve.predicted,
        name: t("{name}, predicted", { name: curve.name }),
        mode: "lines",
        line: { color: colour, width: 2 },
      },
      {
        x: f.n,
        y: curve.measured,
        name: t("{name}, measured", { name: curve.name }),
        mode: "lines",
        line: { color: colour, width: 1.5, dash: "dot", shape: "hv" },
      },
    ];
  });
  return {
    data,
    layout: {
      ...plain,
      xaxis: { title: { text: t("tokens n") } },
      yaxis: { title: { text: t("P(still in the loop)") }, range: [-0.03, 1.05] },
    },
  };
}

/** @type {Record<string, (record: any) => import("../../charts/figure.js").Figure>} */
export const FIGURE_OF = { barriers, shares, inverted, visits, survival };
