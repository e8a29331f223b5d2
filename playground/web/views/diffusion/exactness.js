// @ts-check
/** The Exactness view. Left the chain, which one edits; right what each sampler makes of it. */
import { makePlot } from "../../charts/plot.js";
import { choices, clone, fillSelect, node, partsOf } from "../../core/dom.js";
import { fixed, plain } from "../../core/format.js";
import { makeRun } from "../../core/run.js";
import { nt, onLanguage, pieces, say, t } from "../../core/translate.js";
import { readValue } from "../../core/value.js";
import { makeChainTable, resized } from "./chain_table.js";
import { exactnessSkeleton } from "./exactness_parts.js";

/** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
export const mount = (element, host) => new ExactnessView(element, host);

const FIRST = {
  names: ["sunny", "cloudy", "rainy"],
  transition: [
    [0.7, 0.2, 0.1],
    [0.3, 0.4, 0.3],
    [0.1, 0.1, 0.8],
  ],
  initial: [0.4, 0.2, 0.4],
};

class ExactnessView {
  /** @type {import("./chain_table.js").Chain} */
  chain = clone(FIRST);
  /** @type {any} what was measured: chain, texts, names, points, sweeps */
  data = null;
  kind = "tv";
  /** @type {() => string} */
  progress = () => "";

  /** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
  constructor(element, { props, server, trigger, watch }) {
    this.props = props;
    this.root = /** @type {HTMLElement} */ (element.querySelector(".widget") ?? element);
    this.root.classList.add("canvas-meter");
    this.root.append(exactnessSkeleton());
    this.parts = partsOf(this.root);
    const { part, select, press } = this.parts;
    fillSelect(
      select("length"),
      [3, 4, 5, 6].map((n) => [n, String(n)]),
    );
    fillSelect(
      select("states"),
      [2, 3, 4].map((n) => [n, String(n)]),
    );
    select("length").value = "5";
    this.table = makeChainTable(part("table"), () => this.drawChain());
    this.showKind = choices(
      part("kinds"),
      [
        { value: "tv", label: () => t("total variation") },
        { value: "kl", label: () => t("KL(truth ‖ sampler), bits") },
      ],
      () => t("Which distance"),
      (kind) => {
        this.kind = kind;
        this.draw();
      },
    );
    this.makePlots();
    this.run = this.makeRunClient(server, trigger);
    press("measure").addEventListener("click", () => this.measure());
    press("stop").addEventListener("click", () => this.run.stop());
    select("states").addEventListener("change", () => {
      this.chain = resized(this.chain, Number(select("states").value));
      this.drawChain();
    });
    this.drawChain();
    this.value();
    watch("value", () => this.value());
    onLanguage(() => this.draw());
  }

  makePlots() {
    const { part } = this.parts;
    this.plot = makePlot({
      host: part("plot"),
      name: () => t("Distance against words a step"),
      x: { label: () => t("words revealed a step"), format: (v) => plain(v, 2) },
      y: { label: () => t("distance") },
      height: 300,
    });
    this.gibbs = makePlot({
      host: part("gibbs"),
      name: () => t("Gibbs: distance against sweeps"),
      x: { label: () => t("sweeps") },
      y: { label: () => t("total variation"), top: 1 },
      height: 200,
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
        begin: ({ chain, texts, names, parts }) => {
          this.data = { chain, texts, names, parts, points: [], sweeps: [] };
        },
        frame: (part) => {
          if (part.point) this.data.points.push(part.point);
          else if (part.sweep) this.data.sweeps.push(part.sweep);
          else if (part.gibbs_problem) this.data.gibbsProblem = part.gibbs_problem;
        },
        frames: () => requestAnimationFrame(() => this.run.running && this.drawProgress()),
        end: ({ reason }) =>
          this.finish(
            reason === "stopped"
              ? () => t("stopped")
              : () => nt("{n} text enumerated", "{n} texts enumerated", this.data?.texts ?? 0),
          ),
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
    const names = Object.keys(value.presets ?? {});
    this.parts.part("presets").replaceChildren(
      ...names.map((name) => {
        const one = node("button", { type: "button", title: () => t("Take this chain") }, name);
        one.addEventListener("click", () => {
          this.chain = clone(value.presets[name]);
          this.drawChain();
        });
        return one;
      }),
    );
    if (value.whole) {
      this.data = value.whole;
      const { names: words, transition, initial, length } = this.data.chain;
      this.chain = clone({ names: words, transition, initial });
      this.parts.select("length").value = String(length);
      this.say(() => t("as recorded"));
    }
    this.drawChain();
    this.draw();
  }

  measure() {
    const number = (/** @type {number} */ v) => (Number.isFinite(v) ? v : -1);
    this.parts.part("problem").hidden = true;
    this.parts.press("stop").hidden = false;
    this.say(() => t("measuring …"));
    this.run.start({
      names: this.chain.names,
      transition: this.chain.transition.map((row) => row.map(number)),
      initial: this.chain.initial.map(number),
      length: Number(this.parts.select("length").value),
    });
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

  drawChain() {
    this.table.draw(this.chain);
    this.parts.select("states").value = String(this.chain.names.length);
  }

  drawProgress() {
    const { points, sweeps, parts } = this.data;
    this.say(() => t("{done} of {all}", { done: points.length + sweeps.length, all: parts }));
    this.draw();
  }

  draw() {
    const { part } = this.parts,
      { data } = this;
    this.showKind(this.kind);
    part("progress").textContent = this.progress();
    if (!data) return;
    const of = (/** @type {string} */ key) =>
      data.points
        .filter((/** @type {any} */ p) => p.curve === key)
        .sort((/** @type {any} */ a, /** @type {any} */ b) => a.x - b.x);
    this.plot?.draw(
      Object.keys(data.names).map((key, n) => ({
        name: say(data.names[key]),
        dashed: n > 2,
        ...(n > 7 ? { mark: ["tri", "diamond"][n % 2] } : {}), // the colours begin again there
        missing: "∞",
        points: of(key).map((/** @type {any} */ p) => [p.x, p[this.kind]]),
      })),
    );
    part("surprise").replaceChildren(...surprise(data.points));
    part("gibbsTitle").hidden = !data.sweeps.length;
    const sweeps = data.sweeps.map((/** @type {any} */ p) => [p.sweeps, p.tv]);
    this.gibbs?.draw(
      sweeps.length
        ? [{ name: t("Gibbs, position by position"), colour: "--settled", points: sweeps }]
        : [],
    );
    part("gibbsNote").textContent = gibbsNote(data);
  }
}

/** @param {any} data */
function gibbsNote(data) {
  if (data.gibbsProblem)
    return t("Gibbs cannot start here: {reason}", { reason: data.gibbsProblem });
  if (!data.sweeps.length) return "";
  return t(
    "Started from “{word}” in every place, the least likely first word. A sweep redraws each place once, given all the others.",
    { word: data.sweeps[0].start },
  );
}

/** The finding at one word a step. @param {any[]} points */
function surprise(points) {
  const at = (/** @type {string} */ curve) => points.find((p) => p.curve === curve && p.x === 1),
    [random, low, sure] = ["random", "low_confidence", "entropy"].map(at);
  if (!random || !low) return [];
  const bold = (/** @type {number} */ v) => node("b", {}, v < 1e-6 ? "0" : fixed(v, 3));
  const exact = sure
    ? pieces(
        "At one word a step, random order and entropy order are exact ({exact}), and low confidence is off by {off}.",
        { exact: bold(Math.max(random.tv, sure.tv)), off: bold(low.tv) },
      )
    : pieces(
        "At one word a step, random order is at {exact}, and low confidence is off by {off}.",
        {
          exact: bold(random.tv),
          off: bold(low.tv),
        },
      );
  const checked = Math.max(
    0,
    ...points.filter((p) => p.curve === "self_verifying" && p.tv < 1e-9).map((p) => p.x),
  );
  return [
    ...exact,
    low.tv > 0.005
      ? " " +
        t(
          "It draws everywhere first and keeps the likeliest draws, which makes common texts commoner.",
        )
      : "",
    checked
      ? " " +
        t("Drafts that are checked stay exact at {words} words a pass.", {
          words: fixed(checked, 1),
        })
      : "",
  ];
}
