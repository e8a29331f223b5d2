// @ts-check
/**
 * Steps, time, quality. What was measured can be put into the sliders; the sliders and the table
 * are arithmetic in the browser.
 */
import { makePlot, neat } from "../../charts/plot.js";
import { fillSelect, make, partsOf } from "../../core/dom.js";
import { whole } from "../../core/format.js";
import { makeRun } from "../../core/run.js";
import { nt, onLanguage, pieces, say, t } from "../../core/translate.js";
import { readValue } from "../../core/value.js";
import { SLIDERS, stepsSkeleton } from "./steps_parts.js";

/** @typedef {{when?: string, tokens: any[], lengths: any[], quality: any[]}} Measured */
/**
 * @typedef {{token: number, step: number, steps: number, block: number}} Numbers milliseconds a token and a step; steps a canvas, tokens a block
 */

const LENGTHS = [50, 100, 200, 500, 1000, 2000, 4000];

/** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
export const mount = (element, host) => new StepsView(element, host);

class StepsView {
  /** @type {Measured} */
  data = { tokens: [], lengths: [], quality: [] };
  /** @type {Numbers} */
  numbers = { token: 50, step: 200, steps: 30, block: 64 };
  total = 0;
  /** @type {() => string} */
  progress = () => "";

  /** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
  constructor(element, { props, constants, server, trigger, watch }) {
    this.props = props;
    this.root = /** @type {HTMLElement} */ (element.querySelector(".widget") ?? element);
    this.root.classList.add("canvas-steps");
    this.root.append(...stepsSkeleton(this.numbers));
    this.parts = partsOf(this.root);
    const { select, press, input } = this.parts;
    const pairs = () =>
      fillSelect(
        select("pair"),
        constants.pairs.map((/** @type {[string, string]} */ [title, value]) => [
          value,
          say(title),
        ]),
      );
    pairs();
    this.equalCost = constants.equal_cost ?? [];
    this.makePlots();
    this.run = this.makeRunClient(server, trigger);
    for (const what of ["time", "quality"])
      press(what).addEventListener("click", () => this.measure(what));
    press("stop").addEventListener("click", () => this.run.stop());
    press("use").addEventListener("click", () => this.useMeasured());
    for (const { key } of SLIDERS)
      input(key).addEventListener("input", () => {
        this.numbers[key] = Number(input(key).value);
        this.draw();
      });
    this.value();
    watch("value", () => this.value());
    onLanguage(() => {
      pairs();
      this.draw();
    });
    this.draw();
  }

  makePlots() {
    const { part } = this.parts,
      counts = {
        label: () => t("cost of a text, in calls of the network"),
        log: true,
        ticks: [1, 2, 4, 8, 16, 32, 64],
      };
    this.latency = makePlot({
      host: part("latency"),
      name: () => t("Time against length"),
      x: { label: () => t("tokens"), low: 0 },
      y: { label: () => t("seconds") },
      height: 290,
    });
    this.perplexity = makePlot({
      host: part("perplexity"),
      name: () => t("Perplexity against steps"),
      x: counts,
      y: { label: () => t("perplexity (logarithmic axis)"), log: true },
      height: 230,
    });
    this.distinct = makePlot({
      host: part("distinct"),
      name: () => t("distinct-2 against steps"),
      x: counts,
      y: { label: () => "distinct-2", top: 1 },
      height: 230,
    });
  }

  /** @param {any} server @param {(event: string, detail: any) => void} trigger */
  makeRunClient(server, trigger) {
    return makeRun({
      start: (request) => trigger("measure", { request }),
      stop: (name) => server.stop(name),
      going: (name) => server.going(name),
      handlers: {
        waiting: ({ words }) => this.say(() => say(words)),
        begin: ({ what }) => {
          const empty = what === "time" ? { when: "", tokens: [], lengths: [] } : { quality: [] };
          this.data = { ...this.data, ...empty };
        },
        progress: ({ words, of }) => {
          this.total = of;
          this.say(() => say(words));
        },
        frame: (part) => this.part(part),
        end: ({ reason }) =>
          this.finish(reason === "stopped" ? () => t("stopped") : () => t("measured")),
        error: ({ message }) => {
          this.parts.part("problem").textContent = say(message);
          this.parts.part("problem").hidden = false;
          this.finish(() => "");
        },
      },
    });
  }

  value() {
    const value = readValue(this.props);
    if (!value) return;
    if (value.kind !== "whole") return this.run.receive(value);
    if (value.whole) {
      this.data = value.whole;
      this.say(() => t("as recorded"));
    }
    this.draw();
  }

  measure(/** @type {string} */ what) {
    const { part, press, select } = this.parts;
    part("problem").hidden = true;
    press("stop").hidden = false;
    this.say(() => t("getting the models …"));
    this.run.start({ what, pair: select("pair").value });
  }

  /** One figure more. @param {any} part */
  part(part) {
    const { data, total } = this;
    if (part.token) {
      data.tokens.push(part.token);
      this.say(() => t("token {n} of {all}", { n: part.token.index + 1, all: total }));
      if (data.tokens.length % 6) return;
    } else if (part.step) {
      data.lengths.push(part.step);
      this.say(() => t("canvas of {length}", { length: part.step.length }));
    } else if (part.quality) {
      data.quality.push(part.quality);
      this.say(() => t("{done} of {all}", { done: data.quality.length, all: total }));
    }
    this.draw();
  }

  /** @param {() => string} words */
  finish(words) {
    this.parts.press("stop").hidden = true;
    this.say(words);
    this.draw();
  }

  /** @param {() => string} words */
  say(words) {
    this.progress = words;
    this.parts.part("progress").textContent = words();
  }

  useMeasured() {
    const [token, step] = [tokenTime(this.data), stepTime(this.data)];
    if (token === null || step === null) return;
    this.numbers.token = Math.max(0.5, Math.round(2 * token) / 2);
    this.numbers.step = Math.max(0.5, Math.round(2 * step) / 2);
    this.draw();
  }

  draw() {
    const { part, input, press } = this.parts,
      { numbers, data } = this,
      even = (numbers.steps * numbers.step) / numbers.token;
    part("progress").textContent = this.progress();
    for (const { key, unit } of SLIDERS) {
      const one = input(key);
      one.max = String(Math.max(Number(one.max), Math.ceil(numbers[key])));
      one.value = String(numbers[key]);
      part(key + "Says").textContent = neat(numbers[key]) + (unit ? " " + unit : "");
    }
    part("verdict").replaceChildren(...verdict(numbers, even));
    this.latency?.draw(latencySeries(numbers, data, even), [
      { x: even, label: t("break-even {tokens}", { tokens: neat(Math.round(even * 10) / 10) }) },
    ]);
    part("measured").textContent = measuredNote(data);
    press("use").disabled = tokenTime(data) === null || stepTime(data) === null;
    fillFigures(/** @type {HTMLTableElement} */ (part("figures")), numbers);
    this.perplexity?.draw(qualitySeries(data, "perplexity", "--chosen"));
    this.distinct?.draw(qualitySeries(data, "distinct", "--settled"));
    const [found, ...figures] = this.equalCost.map(say);
    part("equalCost").textContent = found ?? "";
    part("equalCostFigures").textContent = figures.join(" ");
    part("equalCostBox").hidden = !found;
    part("examples").replaceChildren(
      ...data.quality.map((q) => {
        const line = make("p", "canvas-example");
        line.append(
          make("span", "num", CHECKED[q.sampler]?.() ?? nt("{n} step", "{n} steps", q.steps)),
          make("span", "", q.example),
        );
        return line;
      }),
    );
  }
}

/**
 * Samplers that draft and check, in the measurement of quality.
 * @type {Record<string, () => string>}
 */
const CHECKED = {
  "self-speculative": () => t("trained verifier"),
  "self-verifying": () => t("checks itself"),
};

/**
 * Random order, and what drafts and checks make of as many calls; mean over seeds and standard
 * deviation.
 * @param {Measured} data @param {string} key @param {string} colour @returns {import("../../charts/plot.js").PlotSeries[]}
 */
function qualitySeries({ quality }, key, colour) {
  const of = (/** @type {string} */ sampler) =>
    quality
      .filter((q) => (q.sampler ?? "llada") === sampler)
      .map((q) => /** @type {[number, number, number]} */ ([q.calls, q[key], q[key + "_spread"]]))
      .sort((a, b) => a[0] - b[0]);
  const all = [
    { name: t("mean over seeds ± standard deviation"), colour, points: of("llada") },
    {
      name: t("trained verifier"),
      colour: "--new",
      mark: "square",
      points: of("self-speculative"),
    },
    { name: t("checks itself"), colour: "--remasked", mark: "dot", points: of("self-verifying") },
  ];
  return all.filter(({ points }) => points.length);
}

/** @param {Measured} data */
const tokenTime = (data) => (data.tokens.length ? data.tokens[data.tokens.length - 1].ms : null);

/** Of a canvas of 64 tokens, or the longest that was measured. @param {Measured} data */
function stepTime({ lengths }) {
  const at = lengths.find((one) => one.length === 64) ?? lengths[lengths.length - 1];
  return at ? at.ms : null;
}

/** @param {number} ms */
const duration = (ms) =>
  ms < 1000 ? t("{n} ms", { n: neat(ms) }) : t("{n} s", { n: neat(ms / 1000) });

/** @param {Numbers} numbers @param {number} even */
function verdict({ token, step, steps }, even) {
  const bold = make("b", "", t("{n} tokens", { n: neat(Math.round(even * 10) / 10) }));
  const found = pieces(
    "At {token} ms a token and {steps} steps of {step} ms, the canvas is faster beyond {tokens}:",
    {
      token: neat(token),
      steps: String(steps),
      step: neat(step),
      tokens: bold,
    },
  );
  return [
    ...found,
    " ",
    t("50 tokens take {left} left to right and {once} at once; 200 take {more} and {once}.", {
      left: duration(50 * token),
      once: duration(steps * step),
      more: duration(200 * token),
    }),
  ];
}

/**
 * @param {Numbers} numbers
 * @param {Measured} data
 * @param {number} even
 * @returns {import("../../charts/plot.js").PlotSeries[]}
 */
function latencySeries({ token, step, steps, block }, data, even) {
  const far = Math.max(200, Math.ceil((2 * even) / 50) * 50),
    once = (steps * step) / 1000;
  /** @type {[number, number][]} */
  const blocks = Array.from({ length: Math.ceil(far / block) }, (_, i) =>
    [i * block, Math.min((i + 1) * block, far)].map(
      (n) => /** @type {[number, number]} */ ([n, (i + 1) * once]),
    ),
  ).flat();
  /** @type {import("../../charts/plot.js").PlotSeries[]} */
  const series = [
    {
      name: t("left to right, your numbers"),
      colour: "--chosen",
      mark: "",
      points: [
        [0, 0],
        [far, (far * token) / 1000],
      ],
    },
    {
      name: t("one canvas, your numbers"),
      colour: "--settled",
      mark: "",
      points: [
        [0, once],
        [far, once],
      ],
    },
    { name: t("in blocks, your numbers"), colour: "--new", mark: "", dashed: true, points: blocks },
  ];
  const { tokens, lengths } = data;
  if (tokens.length > 1)
    series.push({
      name: t("left to right, measured"),
      colour: "--chosen",
      dashed: true,
      mark: "dot",
      points: tokens
        .filter((_, i) => i % 8 === 7 || i === tokens.length - 1)
        .map((one) => [one.index + 1, one.seconds]),
    });
  if (lengths.length)
    series.push({
      name: nt("{n} step, measured at each length", "{n} steps, measured at each length", steps),
      colour: "--settled",
      dashed: true,
      mark: "square",
      points: lengths.map((one) => [one.length, (steps * one.ms) / 1000]),
    });
  return series;
}

/** @param {Measured} data */
function measuredNote(data) {
  if (!data.tokens.length) return t("Nothing measured yet: press Measure time.");
  const token = neat(tokenTime(data)),
    steps = data.lengths
      .map((one) => t("{ms} ms at {n}", { ms: neat(one.ms), n: one.length }))
      .join(", ");
  const said = steps
    ? t("{token} ms a token left to right; a step of the canvas {steps} tokens.", { token, steps })
    : t("{token} ms a token left to right.", { token });
  return data.when
    ? t("Measured {when}: {figures}", { when: say(data.when), figures: said })
    : t("Measured: {figures}", { figures: said });
}

/**
 * Sequential steps and times at some lengths; the least of each row is bold.
 * @param {HTMLTableElement} table
 * @param {Numbers} numbers
 */
function fillFigures(table, { token, step, steps, block }) {
  const head = make("tr");
  const titles = [
    t("tokens"),
    t("left to right: steps"),
    t("time"),
    t("one canvas: steps"),
    t("time"),
    t("blocks of {block}: steps", { block }),
    t("time"),
  ];
  for (const title of titles) head.append(Object.assign(make("th", "", title), { scope: "col" }));
  const rows = LENGTHS.map((n) => {
    const counts = [n, steps, Math.ceil(n / block) * steps],
      times = [n * token, steps * step, counts[2] * step],
      least = Math.min(...times) + 1e-9,
      row = make("tr");
    row.append(Object.assign(make("th", "", whole(n)), { scope: "row" }));
    counts.forEach((count, i) => {
      const mark = times[i] <= least ? "canvas-least" : "";
      row.append(make("td", mark, whole(count)), make("td", mark, duration(times[i])));
    });
    return row;
  });
  table.replaceChildren(head, ...rows);
}
