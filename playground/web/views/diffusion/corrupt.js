// @ts-check
/** What noise does to a text: one slider for t, three kinds of noise, the schedules, the matrix,
 * the posterior, the plane of the vectors.
 * The noise of every position was drawn on the server once; here t only moves the threshold, so
 * dragging asks nobody for anything. */
import { makePlot } from "../../charts/plot.js";
import { byEvents } from "../../core/ask.js";
import { choices, fillSelect, make, partsOf } from "../../core/dom.js";
import { fixed, percent } from "../../core/format.js";
import { drawn } from "../../core/messages.js";
import { onLook } from "../../core/look.js";
import { onLanguage, say, t } from "../../core/translate.js";
import { readValue } from "../../core/value.js";
import { corruptSkeleton, KINDS } from "./corrupt_parts.js";
import {
  heatCells,
  lastingSentence,
  planeNote,
  planeParts,
  posteriorOf,
  readingParts,
  roundingSentence,
} from "./corrupt_figures.js";
import { learn, shownWord, wordOf } from "./lexicon.js";
import { makePlane } from "./plane.js";

/** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
export const mount = (element, host) => new CorruptView(element, host);

class CorruptView {
  /** @type {any} what playground/pages/diffusion/corrupt.py says of the text */
  data = null;
  /** @type {import("./lexicon.js").Lexicon} */
  lexicon = new Map();
  step = 40; // of a hundred
  noise = "absorbing";
  tau = 0; // its place in data.taus
  clamp = false;
  focus = 0;
  underWay = ""; // the newest question, while it has no answer
  chose = false; // the visitor chose a schedule

  /** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
  constructor(element, { props, constants, server, trigger, watch }) {
    this.props = props;
    this.given = constants;
    this.trigger = trigger;
    this.questions = byEvents((wish) => trigger("noise", wish));
    this.root = /** @type {HTMLElement} */ (element.querySelector(".widget") ?? element);
    this.root.classList.add("canvas-corrupt");
    this.root.append(...corruptSkeleton());
    this.parts = partsOf(this.root);
    const { part, input, select } = this.parts;
    this.plot = makePlot({
      host: part("schedules"),
      name: () => t("Schedules"),
      x: { label: () => t("time t"), low: 0, high: 1 },
      y: { label: () => t("ᾱ, share known"), top: 1 },
      height: 230,
      table: false,
      onPick: (v) => this.goTo(Math.round(100 * v)),
    });
    this.surface = this.makeSurface();
    this.showNoise = choices(
      part("noise"),
      [
        { value: "absorbing", label: () => t("masks") },
        { value: "uniform", label: () => t("random words") },
      ],
      () => t("Kind of noise"),
      (noise) => {
        this.noise = noise;
        this.draw();
      },
    );
    input("t").addEventListener("input", () => this.goTo(Number(input("t").value)));
    select("tau").addEventListener("change", () => {
      this.tau = Number(select("tau").value);
      this.draw();
    });
    input("clamp").addEventListener("change", () => {
      this.clamp = input("clamp").checked;
      this.draw();
    });
    this.wireForm();
    this.value();
    watch("value", () => this.value());
    onLanguage(() => this.draw());
    onLook(() => this.draw());
    this.first(server);
  }

  makeSurface() {
    const svg = /** @type {SVGElement} */ (/** @type {unknown} */ (this.parts.part("plane")));
    svg.addEventListener("click", (event) => {
      const place = /** @type {Element} */ (event.target).closest("[data-place]");
      if (!place) return;
      this.focus = Number(place.getAttribute("data-place"));
      this.draw();
    });
    return makePlane(
      svg,
      (width) => Math.max(220, Math.min(320, 0.62 * width)),
      () => this.draw(),
    );
  }

  wireForm() {
    const { input, select } = this.parts,
      { given } = this;
    this.models = given.models;
    this.fillModels(given.models[0]?.[1]);
    fillSelect(
      select("schedule"),
      given.schedules.map((/** @type {string} */ one) => [one, one]),
    );
    input("text").value = given.first;
    select("model").addEventListener("focus", () => this.trigger("offers", {}));
    select("model").addEventListener("change", () => {
      const untouched = [given.first, ...Object.values(given.sentences)].includes(
        input("text").value,
      );
      if (untouched) input("text").value = given.sentences[select("model").value] ?? given.first;
      if (!this.chose) select("schedule").value = firstSchedule(this.models, select("model").value);
      this.ask();
    });
    select("schedule").addEventListener("change", () => (this.chose = true));
    for (const one of [input("text"), select("schedule"), input("seed")])
      one.addEventListener("change", () => this.ask());
    input("text").addEventListener("keydown", (event) => event.key === "Enter" && this.ask());
  }

  /** @param {string} chosen */
  fillModels(chosen) {
    const host = this.parts.select("model");
    fillSelect(
      host,
      this.models.map((/** @type {Model} */ [title, name]) => [name, say(title)]),
    );
    host.value = chosen;
  }

  async ask() {
    const { part, input, select } = this.parts,
      seed = input("seed").value;
    const wish = {
      text: input("text").value,
      model: select("model").value,
      schedule: select("schedule").value,
      seed: seed === "" ? null : Number(seed),
    };
    const question = JSON.stringify(wish);
    if (question === this.underWay) return; // the Enter key is a change too
    this.underWay = question;
    part("busy").hidden = false;
    await this.questions.ask(wish);
    part("busy").hidden = true;
    this.underWay = "";
  }

  /**
   * What stands here before anything was typed is fetched when this part is opened; whatever the
   * visitor asked for meanwhile wins.
   * @param {any} server
   */
  async first(server) {
    if (!server?.opened || this.data) return;
    const { part } = this.parts;
    part("busy").hidden = false;
    try {
      const value = await server.opened(null);
      if (!this.data) this.show(value ?? {});
    } catch {
      if (!this.data)
        this.show({
          problem: t("The example could not be fetched: press Enter in the text above."),
        });
    }
    part("busy").hidden = this.underWay === "";
  }

  value() {
    const value = readValue(this.props);
    if (!value) return;
    if (value.kind === "models") {
      this.models = value.models;
      this.fillModels(this.parts.select("model").value);
      return;
    }
    if (this.questions.take(value.asked)) this.show(value);
  }

  /** @param {any} value */
  show(value) {
    const { part, select } = this.parts;
    part("problem").textContent = value.problem ? say(value.problem) : "";
    part("problem").hidden = !value.problem;
    if (!value.ids) return;
    if (!this.data) this.tau = Math.min(1, value.taus.length - 1);
    this.data = value;
    this.lexicon = new Map();
    learn(this.lexicon, value.words);
    if (this.focus >= value.ids.length) this.focus = 0;
    fillSelect(
      select("tau"),
      value.taus.map((/** @type {number} */ tau, /** @type {number} */ k) => [k, String(tau)]),
    );
    select("tau").value = String(this.tau);
    this.draw();
  }

  goTo(/** @type {number} */ step) {
    this.step = Math.max(0, Math.min(100, step));
    this.draw();
  }

  draw() {
    const { data, step, parts } = this;
    if (!data) return;
    const time = step / 100,
      alpha = data.alphas[data.schedule][step],
      moved = data.warped?.[step] ?? alpha, // of the vectors
      length = data.ids.length,
      kept = data.u.map((/** @type {number} */ u) => u < alpha),
      known = kept.filter(Boolean).length;
    parts.input("t").value = String(step);
    parts
      .input("t")
      .setAttribute(
        "aria-valuetext",
        t("t = {t}, {share} known", { t: fixed(time, 2), share: percent(alpha) }),
      );
    parts.part("readout").textContent = t(
      "t {t}   ᾱ {alpha}   known {known} of {length}, {expected} expected",
      {
        t: fixed(time, 2),
        alpha: fixed(alpha, 3),
        known,
        length,
        expected: fixed(alpha * length, 1),
      },
    );
    this.root.dataset.known = String(known);
    this.root.dataset.t = String(time);
    for (const { kind } of KINDS) {
      this.drawWords(kind, kept);
      const read = readingParts(data, this.lexicon, kind, step),
        line = parts.part(kind + "Read");
      line.hidden = !read.length;
      line.replaceChildren(...read);
    }
    parts.part("gaussianLasts").textContent = lastingSentence(data);
    if (data.warped)
      parts.part("gaussianLasts").textContent +=
        `; ${t("now ᾱ = {alpha}", { alpha: fixed(moved, 3) })}`;
    parts.part("warpedNote").hidden = !data.warped;
    this.plot?.draw(scheduleSeries(data), [{ x: time, label: `ᾱ = ${fixed(alpha, 3)}` }]);
    this.drawFigures(alpha, moved, kept);
    drawn(this.root);
  }

  /** @param {number} alpha @param {number} moved that of the vectors @param {boolean[]} kept */
  drawFigures(alpha, moved, kept) {
    const { part } = this.parts,
      { data, lexicon, noise, step, focus } = this,
      near = data.vectors.near.map((/** @type {number[]} */ path) => path[step]);
    this.showNoise(noise);
    const heat = heatCells(data, lexicon, noise, alpha);
    part("heat").style.gridTemplateColumns =
      `minmax(5ch, auto) repeat(${heat.names}, minmax(0, 1fr))`;
    part("heat").replaceChildren(...heat.cells);
    part("heatNote").textContent =
      noise === "absorbing"
        ? t(
            "Row: the word at 0. Column: what is there at t. Each row sums to 1; the mask never leaves.",
          )
        : t(
            "Row: the word at 0. Column: the word at t, as if these {n} words were all there are.",
            { n: heat.names },
          );
    const posterior = posteriorOf(data, lexicon, { noise, step, focus, known: kept[focus] });
    part("posteriorSays").textContent = posterior.sentence;
    part("posteriorBars").replaceChildren(...posterior.bars);
    part("posteriorNote").textContent = posterior.note;
    const plane = /** @type {SVGElement} */ (/** @type {unknown} */ (part("plane")));
    plane.setAttribute("aria-label", t("Vectors of the words in the plane"));
    plane.replaceChildren(
      ...planeParts(data, lexicon, { alpha: moved, near, focus, clamp: this.clamp }, this.surface),
    );
    part("rounded").replaceChildren(
      ...roundingSentence(data, lexicon, { step, focus, tau: this.tau }),
    );
    const { vocabulary, dimensions } = data.vectors;
    part("planeNote").textContent = planeNote(data.scaled !== false, vocabulary, dimensions);
  }

  /** @param {string} kind @param {boolean[]} kept */
  drawWords(kind, kept) {
    const { data, lexicon, step } = this,
      host = this.parts.part(kind),
      length = data.ids.length;
    while (host.children.length > length) host.lastElementChild?.remove();
    while (host.children.length < length) {
      const one = make("button"),
        i = host.children.length;
      one.type = "button";
      one.addEventListener("click", () => {
        this.focus = i;
        this.draw();
      });
      host.append(one);
    }
    let same = 0;
    data.ids.forEach((/** @type {number} */ id, /** @type {number} */ i) => {
      const instead =
        kind === "gaussian"
          ? data.vectors.near[i][step]
          : kept[i]
            ? id
            : kind === "uniform"
              ? data.other[i]
              : null;
      if (instead === id) same += 1;
      drawWord(/** @type {HTMLButtonElement} */ (host.children[i]), {
        lexicon,
        id,
        instead,
        i,
        focus: i === this.focus,
      });
    });
    this.parts.part(kind + "Known").textContent = t("{same} of {length} as they were", {
      same,
      length,
    });
  }
}

/**
 * @param {HTMLButtonElement} tile
 * @param {{lexicon: import("./lexicon.js").Lexicon, id: number, instead: number | null, i: number, focus: boolean}} word
 */
function drawWord(tile, { lexicon, id, instead, i, focus }) {
  const text = instead === null ? "" : shownWord(lexicon, instead),
    place = i + 1,
    glued = instead !== null && wordOf(lexicon, instead).join === "+";
  if (tile.textContent !== text) tile.textContent = text;
  tile.className =
    (instead === null ? "canvas-masked" : instead === id ? "canvas-settled" : "canvas-wrong") +
    (focus ? " canvas-focus" : "") +
    (glued ? " canvas-glued" : "");
  tile.setAttribute(
    "aria-label",
    instead === null
      ? t("{place}: hidden", { place })
      : instead === id
        ? t("{place}: {word}", { place, word: text })
        : t("{place}: {word}, changed", { place, word: text }),
  );
  tile.style.minWidth =
    instead === null ? Math.max(48, 10 * shownWord(lexicon, id).length) + "px" : "";
}

/** @typedef {import("./form.js").Model} Model */

/**
 * Where time warping was trained the warped schedule is the better one to begin with.
 * @param {Model[]} models @param {string} chosen
 */
export function firstSchedule(models, chosen) {
  const [, , exact, , noise] = models.find(([, name]) => name === chosen) ?? [];
  return noise && !exact ? "entropy-linear" : "linear";
}

/** @param {any} data @returns {import("../../charts/plot.js").PlotSeries[]} */
function scheduleSeries(data) {
  const points = (/** @type {number[]} */ values) =>
    values.map((v, i) => /** @type {[number, number]} */ ([i / 100, v]));
  const colours = ["--raw", "--loop", "--escape", "--remasked", "--settled"];
  const all = Object.entries(data.alphas).map(([name, values], k) => ({
    name,
    colour: name === data.schedule ? "--chosen" : colours[k],
    dashed: name !== data.schedule,
    mark: "",
    points: points(values),
  }));
  if (!data.warped) return all;
  const vectors = t("entropy-linear, vectors");
  return [
    ...all,
    { name: vectors, colour: "--new", dashed: false, mark: "", points: points(data.warped) },
  ];
}
