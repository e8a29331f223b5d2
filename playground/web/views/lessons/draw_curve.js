// @ts-check
/**
 * A figure over two axes, the pages' own chart: a marker is set on it, then the true line is drawn
 * and the marker stays.
 */
import { axesChart } from "../../charts/axes.js";
import { make, node } from "../../core/dom.js";
import { plain } from "../../core/format.js";
import { say, t } from "../../core/translate.js";
import { valueDots } from "./dots.js";
import { figureOf } from "./figure_of.js";

/** @typedef {import("./types.js").StepState} StepState */

/** @type {Record<string, string>} */
const COLOURS = {
  free: "var(--raw)",
  final: "var(--final)",
  chosen: "var(--chosen)",
  escape: "var(--escape)",
  loop: "var(--loop)",
};

/**
 * @param {HTMLElement} host
 * @param {import("./types.js").Step} step
 * @param {import("./types.js").SetGuess} set
 */
export function drawCurve(host, step, set) {
  const view = new CurveView(host, step, set);
  return { update: (/** @type {StepState} */ state) => view.update(state) };
}

class CurveView {
  /** @type {HTMLInputElement | null} */
  handle = null;
  revealed = false;

  /**
   * @param {HTMLElement} host
   * @param {import("./types.js").Step} step
   * @param {import("./types.js").SetGuess} set
   */
  constructor(host, step, set) {
    this.step = step;
    this.set = set;
    this.data = step.figure;
    this.box = make("div", "stage-curve");
    this.people = make("div", "stage-curve-people");
    host.append(this.box);
    const marks = step.predict?.kind === "mark";
    this.chart = axesChart(this.box, {
      x: () => say(this.data.x_name),
      y: () => say(this.data.y_name),
      name: () => step.title,
      scale: () => parseFloat(getComputedStyle(this.box).fontSize) / 12,
      ...(marks ? { onDrag: (/** @type {number} */ x) => this.setMarker(x) } : {}),
    });
    if (marks) this.makeHandle();
    this.box.append(this.people);
  }

  makeHandle() {
    const { low = 0, high = 1, step = 0.01 } = this.step.predict ?? {};
    const handle = /** @type {HTMLInputElement} */ (
      node("input", {
        type: "range",
        class: "stage-handle stage-marker",
        "aria-label": () => t("Your marker: {axis}", { axis: say(this.data.x_name) }),
        title: () => t("Your guess"),
      })
    );
    Object.assign(handle, { min: String(low), max: String(high), step: String(step) });
    handle.addEventListener("input", () => this.setMarker(Number(handle.value)));
    this.handle = handle;
    this.box.append(handle);
  }

  /** @param {number} x */
  setMarker(x) {
    const { low = 0, high = 1, step = 0.01 } = this.step.predict ?? {};
    if (this.revealed || !Number.isFinite(x)) return;
    const held = Math.max(low, Math.min(high, x));
    this.set(Number((Math.round(held / step) * step).toPrecision(8)));
  }

  /** @param {StepState} state */
  update(state) {
    const { predict } = this.step;
    this.revealed = state.revealed;
    this.data = figureOf(this.step, state);
    const { data } = this,
      rules = data.rules.map((/** @type {any} */ rule) => ({
        x: rule.x,
        colour: "var(--escape)",
        width: 3,
        dash: "3 6",
        label: say(rule.label),
      }));
    if (predict?.kind === "mark") {
      this.addMarker(state, rules);
      valueDots(this.people, state.votes?.values ?? null, predict.low ?? 0, predict.high ?? 1);
    }
    this.chart.draw({
      x: data.x,
      y: padded(data.y),
      lines: data.lines.map((/** @type {any} */ line) => ({
        x: line.x,
        y: line.y,
        colour: COLOURS[line.look] ?? COLOURS.final,
        width: line.look === "free" ? 3 : 5,
        ...(line.look === "free" && data.lines.length > 1 ? { dash: "8 8" } : {}),
        ...(line.name ? { name: say(line.name) } : {}),
        ...(line.dots ? { mark: "dot" } : {}),
      })),
      rules,
      ...(data.shade ? { shade: { to: data.shade.to, label: say(data.shade.label) } } : {}),
    });
    this.chart.label(this.spoken(state));
  }

  /** @param {StepState} state @param {any[]} rules */
  addMarker(state, rules) {
    const { truth } = this.step.hidden,
      mine = state.guess;
    if (state.revealed && !rules.length)
      rules.push({ x: truth, colour: "var(--chosen)", width: 3, label: plain(truth, 3) });
    if (mine !== null) {
      const right = state.revealed && mine > truth;
      const near = state.revealed && rules.length > 0;
      rules.push({
        x: mine,
        colour: "var(--ink)",
        width: 4,
        label: t("you {value}", { value: plain(mine, 2) }),
        ...(near ? { side: right ? "start" : "end" } : {}),
      });
      if (near) for (const rule of rules.slice(0, -1)) rule.side = right ? "end" : "start";
    }
    if (!this.handle) return;
    const { low = 0, high = 1 } = this.step.predict ?? {};
    this.handle.value = String(mine ?? (low + high) / 2);
    this.handle.disabled = state.revealed;
    this.handle.classList.toggle("unset", mine === null);
    this.handle.hidden = state.revealed;
    this.handle.setAttribute("aria-valuetext", plain(Number(this.handle.value), 2));
  }

  /** What a screen reader hears. @param {StepState} state */
  spoken(state) {
    const said = this.data.rules.map((/** @type {any} */ rule) => say(rule.label));
    if (state.guess !== null && this.step.predict?.kind === "mark")
      said.push(t("you {value}", { value: plain(state.guess, 2) }));
    return [`${say(this.data.y_name)} / ${say(this.data.x_name)}`, ...said].join(". ");
  }
}

/** Room above the highest point. @param {[number, number]} range @returns {[number, number]} */
function padded([low, high]) {
  const span = high - low || 1;
  return [low < 0 ? low - 0.06 * span : low, high + 0.06 * span];
}
