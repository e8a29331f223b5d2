// @ts-check
/**
 * The graph of a chain, the Chains page's own: a state is tapped, then the walk goes its way, or
 * the shares of the states grow.
 */
import { makeBars } from "../../charts/bars.js";
import { stateGraph } from "../../charts/graph.js";
import { asIs, calm, make } from "../../core/dom.js";
import { fixed } from "../../core/format.js";
import { makeStage } from "../../core/motion.js";
import { t } from "../../core/translate.js";
import { ringDots } from "./dots.js";
import { figureOf } from "./figure_of.js";

const PACE = 520; // milliseconds a step of the walk

/** @param {{names: string[], shares: number[]}} data */
const barsOf = ({ names, shares }) =>
  names.map((name, k) => ({ name, value: shares[k], figure: fixed(shares[k], 3) }));

/**
 * @param {HTMLElement} host
 * @param {import("./types.js").Step} step
 * @param {import("./types.js").SetGuess} set
 */
export function drawGraph(host, step, set) {
  const asks = step.predict?.kind === "tap",
    box = make("div", "stage-graph"),
    picture = make("div", "stage-graph-picture"),
    side = make("div", "stage-graph-side"),
    path = asIs(make("p", "stage-path")),
    list = make("div", "stage-bars"),
    bars = makeBars(list),
    motion = makeStage();
  side.append(path, list);
  box.append(picture, side);
  host.append(box);
  let revealed = false,
    first = true,
    walks = 0;
  const graph = stateGraph(picture, {
    label: () => step.title,
    pick: asks ? (state) => void (revealed || set(state)) : null,
    said: (state) => t("{part}: your guess", { part: state }),
  });
  graph.update(step.figure.names, step.figure.matrix);

  /** The path, edge by edge. @param {number[]} states @param {string[]} names */
  async function walk(states, names) {
    const mine = ++walks;
    path.textContent = states.map((state) => names[state]).join(" → ");
    for (let k = 0; k < states.length; k++) {
      if (mine !== walks) return;
      graph.walk(k ? states[k - 1] : null, states[k], calm() ? 0 : PACE);
      if (k + 1 < states.length) await motion.wait(PACE);
    }
  }

  /** @param {import("./types.js").StepState} state */
  function update(state) {
    const turned = state.revealed !== revealed || first;
    first = false;
    revealed = state.revealed;
    const data = figureOf(step, state);
    [...picture.querySelectorAll(".node")].forEach((one, k) => {
      one.classList.toggle("mine", asks && state.guess === k);
      one.classList.toggle("true", asks && revealed && step.hidden.truth === k);
      const radius = Number(one.querySelector("circle")?.getAttribute("r"));
      ringDots(/** @type {SVGElement} */ (one), state.votes?.counts?.[k] ?? 0, radius);
    });
    list.hidden = !data.shares;
    if (data.shares) bars.show(barsOf(data));
    box.classList.toggle("still", data.at === null && data.path.length < 2); // nobody stands there
    side.hidden = !data.shares && data.path.length < 2;
    if (!turned) return;
    walks += 1;
    motion.hurry();
    path.textContent = "";
    if (revealed && data.path.length > 1) walk(data.path, data.names);
    else if (data.at !== null) graph.walk(null, data.at, 0);
  }
  return { update };
}
