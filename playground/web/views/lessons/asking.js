// @ts-check
/**
 * Guesses that stand beside the figure: a choice, a number on a ruler, an order. Each shows what is
 * so beside the guess that stays.
 */
import { make, node } from "../../core/dom.js";
import { plain } from "../../core/format.js";
import { nt, t } from "../../core/translate.js";
import { heapDots, placeDots, valueDots } from "./dots.js";
import { rich } from "./prose.js";

/** @typedef {import("./types.js").Step} Step */
/** @typedef {import("./types.js").StepState} StepState */
/** @typedef {import("./types.js").SetGuess} SetGuess */

/**
 * A row of buttons of which one is the guess; arrow keys move and choose.
 * @param {HTMLElement} host @param {string[]} items @param {SetGuess} set @param {string} classes
 */
export function radios(host, items, set, classes) {
  host.className = classes;
  host.setAttribute("role", "radiogroup");
  host.setAttribute("aria-label", t("Your guess"));
  let fixed = false;
  const buttons = items.map((item, i) => {
    const one = make("button", "stage-choice");
    one.type = "button";
    one.title = t("Your guess");
    one.setAttribute("role", "radio");
    const word = make("span", "stage-choice-word"),
      note = make("span", "stage-choice-note");
    word.append(...rich(item));
    const people = make("span", "stage-choice-people");
    one.append(word, people, note);
    one.addEventListener("click", () => {
      if (!fixed) set(i);
    });
    one.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!by || fixed) return;
      event.preventDefault();
      event.stopPropagation();
      const to = (i + by + items.length) % items.length;
      set(to);
      buttons[to].focus();
    });
    return one;
  });
  host.replaceChildren(...buttons);

  /** @param {StepState} state @param {number} truth known only once it is revealed */
  function update(state, truth) {
    fixed = state.revealed;
    buttons.forEach((one, i) => {
      const mine = state.guess === i,
        right = state.revealed && i === truth;
      one.setAttribute("aria-checked", String(mine));
      one.setAttribute("aria-disabled", String(state.revealed));
      one.tabIndex = mine || (state.guess === null && !i) ? 0 : -1;
      one.classList.toggle("mine", mine);
      one.classList.toggle("true", right);
      const notes = [];
      if (mine && state.revealed) notes.push(t("you"));
      if (right) notes.push(t("so it is"));
      const count = state.votes?.counts?.[i];
      const people = one.querySelector(".stage-choice-people");
      if (people instanceof HTMLElement) heapDots(people, count ?? null, state.votes?.n ?? 0);
      if (count) notes.push(nt("{n} vote", "{n} votes", count));
      const note = one.querySelector(".stage-choice-note");
      if (note) note.textContent = notes.join(" · ");
    });
  }
  return { update };
}

/** @param {HTMLElement} host @param {Step} step @param {SetGuess} set */
export function askChoice(host, step, set) {
  const items = step.predict?.items ?? [];
  const row = make("div");
  host.append(row);
  const view = radios(row, items, set, "stage-choices");
  return { update: (/** @type {StepState} */ state) => view.update(state, step.hidden.truth) };
}

/**
 * A number: a ruler whose handle is the guess; the truth is a mark on the same ruler.
 * @param {HTMLElement} host
 * @param {Step} step
 * @param {SetGuess} set
 */
export function askNumber(host, step, set) {
  const { low = 0, high = 1, step: by = 0.01, unit = "" } = step.predict ?? {},
    digits = Math.max(0, Math.ceil(-Math.log10(by) - 1e-9)),
    box = make("div", "stage-ruler"),
    line = make("div", "stage-ruler-line"),
    truth = make("span", "stage-ruler-truth"),
    mine = make("output", "num");
  const handle = /** @type {HTMLInputElement} */ (
    node("input", {
      type: "range",
      class: "stage-handle",
      "aria-label": () => t("Your guess"),
      title: () => t("Your guess"),
    })
  );
  Object.assign(handle, { min: String(low), max: String(high), step: String(by) });
  const written = (/** @type {number} */ value, more = 0) =>
    plain(value, digits + more) + (unit ? `\u202f${unit}` : "");
  handle.addEventListener("input", () => set(Number(handle.value)));
  line.append(handle, truth);
  box.append(make("span", "num", written(low)), line, make("span", "num", written(high)), mine);
  host.append(box);

  /** @param {StepState} state */
  function update(state) {
    const guessed = state.guess !== null;
    handle.value = String(guessed ? state.guess : (low + high) / 2);
    handle.disabled = state.revealed;
    handle.hidden = state.revealed && !guessed;
    handle.classList.toggle("unset", !guessed);
    handle.setAttribute("aria-valuetext", guessed ? written(state.guess) : t("no guess yet"));
    valueDots(line, state.votes?.values ?? null, low, high);
    mine.textContent = guessed ? t("you {value}", { value: written(state.guess) }) : "";
    truth.hidden = !state.revealed;
    truth.textContent = state.revealed ? written(step.hidden.truth, 1) : "";
    if (!state.revealed) return;
    const share = (step.hidden.truth - low) / (high - low || 1);
    truth.style.left = `${100 * share}%`;
    truth.classList.toggle("low", share < 0.08);
    truth.classList.toggle("high", share > 0.92);
  }
  return { update };
}

/**
 * An order: each item gets the number of its turn; the truth lays them out anew beside it.
 * @param {HTMLElement} host
 * @param {Step} step
 * @param {SetGuess} set
 */
export function askOrder(host, step, set) {
  const items = step.predict?.items ?? [],
    list = make("ol", "stage-order");
  list.setAttribute("aria-label", t("Press them in the order that you expect"));
  host.append(make("p", "stage-hint", t("Press them in the order that you expect.")), list);
  /** @type {number[]} */
  let turns = [];
  let fixed = false;
  const buttons = items.map((item, i) => {
    const one = make("button", "stage-choice");
    one.type = "button";
    one.title = t("Press them in the order that you expect");
    const word = make("span", "stage-choice-word");
    word.append(...rich(item));
    one.append(make("span", "stage-turn num"), word);
    one.addEventListener("click", () => {
      if (fixed) return;
      const next = turns.includes(i) ? turns.filter((other) => other !== i) : [...turns, i];
      set(next.length ? next : null);
    });
    const entry = make("li");
    entry.append(one);
    return entry;
  });

  /** @param {StepState} state */
  function update(state) {
    turns = state.guess ?? [];
    fixed = state.revealed;
    /** @type {number[]} */
    const right = state.revealed ? step.hidden.truth : items.map((_, i) => i);
    const held = document.activeElement;
    list.replaceChildren(...right.map((i) => buttons[i]));
    if (held instanceof HTMLElement && list.contains(held)) held.focus();
    buttons.forEach((entry, i) => {
      const one = /** @type {HTMLButtonElement} */ (entry.firstElementChild),
        turn = turns.indexOf(i),
        number = /** @type {HTMLElement} */ (one.firstElementChild);
      one.setAttribute("aria-pressed", String(turn >= 0));
      one.setAttribute("aria-disabled", String(state.revealed));
      number.textContent = turn < 0 ? "" : String(turn + 1);
      one.classList.toggle("mine", turn >= 0);
      one.classList.toggle("true", state.revealed && turn === right.indexOf(i));
      const orders = state.votes?.orders;
      placeDots(
        one,
        orders
          ? items.map((_, place) => orders.filter((order) => order[place] === i).length)
          : null,
        state.votes?.n ?? 0,
        state.revealed ? right.indexOf(i) : null,
      );
    });
  }
  return { update };
}
