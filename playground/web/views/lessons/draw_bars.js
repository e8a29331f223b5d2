// @ts-check
/**
 * A figure of bars: a row is tapped, or every bar is dragged to where it is expected; then the true
 * bars grow beside the guess.
 */
import { makeBars } from "../../charts/bars.js";
import { asIs, make, node, visible } from "../../core/dom.js";
import { fixed, plain } from "../../core/format.js";
import { nt, t } from "../../core/translate.js";
import { rowDots, valueDots } from "./dots.js";
import { figureOf } from "./figure_of.js";
import { hidesBars, rowsUnsorted } from "./laid_out.js";

/** @typedef {import("./types.js").Step} Step */
/** @typedef {import("./types.js").StepState} StepState */

/**
 * A name of several words keeps its spaces; what cannot be seen in a token is made visible.
 * @param {string} name
 */
const called = (name) => name.split(" ").map(visible).join(" ");

/**
 * How wide a name is, in letters; a Chinese character takes the room of nearly two.
 * @param {string} name
 */
const lettersOf = (name) =>
  Math.ceil([...name].reduce((sum, one) => sum + (one > "\u2e80" ? 1.7 : 1), 0));

/** @param {HTMLElement} host @param {Step} step @param {import("./types.js").SetGuess} set */
export function drawBars(host, step, set) {
  const view = new BarsView(host, step, set);
  return { update: (/** @type {StepState} */ state) => view.update(state) };
}

class BarsView {
  /** @type {HTMLInputElement[]} handles by part of the figure, where bars are dragged */
  handles = [];
  /** @type {HTMLElement[]} rows by part, where a row is tapped */
  rows = [];
  kind = "";
  /** @type {number[]} */
  laid = [];
  /** @type {any} what is on view: {rows, low, high, drawn, rest} */
  data = null;

  /** @param {HTMLElement} host @param {Step} step @param {import("./types.js").SetGuess} set */
  constructor(host, step, set) {
    this.step = step;
    this.set = set;
    this.kind = step.predict?.kind ?? "";
    this.list = make("div", "stage-bars");
    this.bars = makeBars(this.list);
    this.sum = make("p", "stage-sum");
    if (step.figure.text) {
      const tale = asIs(make("p", "stage-tale", `${step.figure.text} `));
      this.gap = make("span", "stage-gap");
      tale.append(this.gap);
      host.append(tale);
    }
    host.append(this.list, this.sum);
    if (this.kind === "tap") this.list.setAttribute("role", "radiogroup");
    if (this.kind === "tap") this.list.setAttribute("aria-label", t("Your guess"));
  }

  /** @param {number} value @param {any} data */
  share = (value, data) => (value - data.low) / (data.high - data.low || 1);

  /** @param {StepState} state */
  update(state) {
    const { step, kind } = this,
      data = figureOf(step, state),
      veiled = hidesBars(step) && !state.revealed;
    this.laid = veiled
      ? rowsUnsorted(data)
      : data.rows.map((/** @type {any} */ _, /** @type {number} */ i) => i);
    this.data = data;
    const rows = this.laid.map((i) => this.row(i, data, state, veiled));
    if (data.rest && !veiled) rows.push(this.others(data.rest));
    this.bars.show(rows);
    this.list.classList.toggle("veiled", veiled);
    this.list.classList.toggle("revealed", state.revealed);
    this.list.style.setProperty("--rows", String(rows.length));
    const longest = Math.max(...rows.map(({ name }) => lettersOf(name)));
    this.list.classList.toggle("long", longest > 10);
    this.list.style.setProperty("--letters", String(Math.min(longest, 24)));
    if (data.low < 0) this.fromZero(data);
    if (kind === "tap") this.makeTaps(state);
    if (kind === "drag") this.placeHandles(state);
    this.placeDots(state);
    if (this.gap) this.gap.textContent = this.inGap(state);
    this.gap?.classList.toggle("known", state.revealed);
  }

  /** @param {StepState} state */
  inGap(state) {
    const { rows } = this.step.figure;
    if (state.revealed && this.kind === "tap") return called(rows[this.step.hidden.truth].name);
    return this.kind === "tap" && state.guess !== null ? called(rows[state.guess].name) : "\u00a0";
  }

  /**
   * @param {number} i
   * @param {any} data
   * @param {StepState} state
   * @param {boolean} veiled
   * @returns {import("../../charts/bars.js").Bar}
   */
  row(i, data, state, veiled) {
    const { value, name } = data.rows[i],
      { figure, hidden } = this.step,
      moved = state.revealed && data !== figure && figure.rows.length === data.rows.length,
      dragged = this.kind === "drag" && !state.revealed;
    return {
      name: called(name),
      value: veiled || dragged ? 0 : this.share(value, data),
      reference: dragged || moved ? this.share(figure.rows[i].value, data) : null,
      figure: veiled || dragged ? "" : this.written(value, data),
      why: this.note(i, state),
      on: state.revealed && (data.drawn === i || (this.kind === "tap" && hidden.truth === i)),
    };
  }

  /** @param {number} i @param {StepState} state */
  note(i, state) {
    const count = state.votes?.counts?.[i],
      said = count ? nt("{n} vote", "{n} votes", count) : "";
    if (this.kind === "tap" && state.guess === i)
      return said ? t("you · {votes}", { votes: said }) : t("you");
    if (this.kind !== "drag" || !state.guess) return said;
    const mine = plain(state.guess[i], 2);
    return state.revealed ? t("you {value}", { value: mine }) : mine;
  }

  /** @param {{value: number, count: number}} rest */
  others(rest) {
    return {
      name: t("others"),
      value: rest.value,
      figure: fixed(rest.value, 3),
      why: nt("{n} token", "{n} tokens", rest.count),
    };
  }

  /** @param {number} value @param {any} data */
  written = (value, data) =>
    value !== 0 && Math.abs(value) < 0.0005 ? plain(value, 6) : fixed(value, data.high > 1 ? 2 : 3);

  /** Bars with a sign begin at zero. @param {any} data */
  fromZero(data) {
    const zero = this.share(0, data);
    this.laid.forEach((i, at) => {
      const [now, before] = /** @type {HTMLElement[]} */ ([
        ...this.list.children[at].querySelectorAll("i"),
      ]);
      const place = (/** @type {HTMLElement} */ bar, /** @type {number} */ value) => {
        const to = this.share(value, data);
        bar.style.left = `${100 * Math.min(zero, to)}%`;
        bar.style.right = "auto";
        bar.style.width = `${100 * Math.abs(to - zero)}%`;
      };
      place(now, this.kind === "drag" && now.style.width === "0%" ? 0 : data.rows[i].value);
      place(before, this.step.figure.rows[i].value);
    });
  }

  // What a class said
  // -----------------------------------------------------------------------------------------------
  /** People that the figure itself has, or those who voted. @param {StepState} state */
  placeDots(state) {
    const { votes } = state,
      people = this.step.figure.people ?? null,
      counts = votes?.counts ?? people,
      total =
        votes?.n ??
        (people ?? []).reduce((/** @type {number} */ a, /** @type {number} */ b) => a + b, 0),
      { low = 0, high = 1 } = this.step.predict ?? {};
    this.list.classList.toggle("voted", Boolean(counts || votes?.each));
    this.laid.forEach((i, at) => {
      const track = /** @type {HTMLElement} */ (this.list.children[at].querySelector(".track"));
      if (votes?.each) valueDots(track, votes.each[i], low, high);
      else rowDots(track, counts ? (counts[i] ?? 0) : null, total);
    });
  }

  // A row is tapped
  // -----------------------------------------------------------------------------------------------
  /** @param {StepState} state */
  makeTaps(state) {
    this.laid.forEach((i, at) => {
      const row = /** @type {HTMLElement} */ (this.list.children[at]);
      row.classList.add("tap");
      row.setAttribute("role", "radio");
      row.setAttribute("aria-checked", String(state.guess === i));
      row.setAttribute("aria-disabled", String(state.revealed));
      row.classList.toggle("mine", state.guess === i);
      row.tabIndex = state.revealed
        ? -1
        : state.guess === i || (state.guess === null && !at)
          ? 0
          : -1;
      row.onclick = () => this.tap(at);
      row.onkeydown = (event) => this.key(event, at);
      this.rows[at] = row;
    });
    const rest = /** @type {HTMLElement | undefined} */ (this.list.children[this.laid.length]);
    if (!rest) return;
    rest.classList.remove("tap", "mine");
    for (const name of ["role", "aria-checked", "aria-disabled", "tabindex"])
      rest.removeAttribute(name);
    rest.onclick = rest.onkeydown = null;
  }

  /** @param {number} at */
  tap(at) {
    if (!this.list.classList.contains("revealed")) this.set(this.laid[at]);
  }

  /** @param {KeyboardEvent} event @param {number} at */
  key(event, at) {
    const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (by === undefined && event.key !== "Enter" && event.key !== " ") return;
    if (this.list.classList.contains("revealed")) return;
    event.preventDefault();
    event.stopPropagation();
    const to = by === undefined ? at : (at + by + this.laid.length) % this.laid.length;
    this.tap(to);
    this.rows[to].focus();
  }

  // Bars are dragged
  // -----------------------------------------------------------------------------------------------
  /** @param {StepState} state */
  placeHandles(state) {
    const { predict } = this.step,
      start = predict?.start ?? [];
    this.laid.forEach((i, at) => {
      const track = /** @type {HTMLElement} */ (this.list.children[at].querySelector(".track"));
      const handle = (this.handles[i] ??= this.makeHandle(i));
      if (handle.parentElement !== track) track.append(handle);
      handle.value = String(state.guess ? state.guess[i] : start[i]);
      handle.disabled = state.revealed;
      handle.classList.toggle("unset", !state.guess);
      handle.hidden = state.revealed && !state.guess;
      handle.setAttribute("aria-valuetext", plain(Number(handle.value), 3));
    });
    this.saySum(state);
  }

  /** @param {number} i */
  makeHandle(i) {
    const { predict, figure } = this.step,
      { low = 0, high = 1, step = 0.01 } = predict ?? {};
    const handle = /** @type {HTMLInputElement} */ (
      node("input", {
        type: "range",
        class: "stage-handle",
        "aria-label": () => t("{part}: your guess", { part: called(figure.rows[i].name) }),
        title: () => t("Your guess"),
      })
    );
    Object.assign(handle, { min: String(low), max: String(high), step: String(step) });
    handle.addEventListener("input", () => this.set(this.handles.map((one) => Number(one.value))));
    return handle;
  }

  /** What is left of a distribution whose bars are being dragged. @param {StepState} state */
  saySum(state) {
    const whole = Math.abs(
      this.step.figure.rows.reduce(
        (/** @type {number} */ sum, /** @type {any} */ row) => sum + row.value,
        0,
      ) - 1,
    );
    this.sum.hidden = state.revealed || !state.guess || whole > 1e-3;
    if (this.sum.hidden) return;
    const sum = state.guess.reduce(
      (/** @type {number} */ all, /** @type {number} */ one) => all + one,
      0,
    );
    this.sum.classList.toggle("over", sum > 1.005);
    this.sum.textContent =
      sum > 1.005
        ? t("Together {sum}: more than everything there is", { sum: fixed(sum, 2) })
        : t("Together {sum}, of 1", { sum: fixed(sum, 2) });
  }
}
