// @ts-check
/** Tiles on a strip, the page's own: a tile is tapped, then the ball falls. */
import { makeTiles } from "../../charts/tiles.js";
import { make, visible } from "../../core/dom.js";
import { fixed } from "../../core/format.js";
import { t } from "../../core/translate.js";
import { heapDots } from "./dots.js";
import { figureOf } from "./figure_of.js";

/**
 * @param {HTMLElement} host
 * @param {import("./types.js").Step} step
 * @param {import("./types.js").SetGuess} set
 */
export function drawStrip(host, step, set) {
  const box = make("div", "stage-strip"),
    scale = make("div", "stage-scale"),
    asks = step.predict?.kind === "tap";
  host.append(box, scale);
  let revealed = false;
  /** @type {any} */
  let moved = null;
  const tiles = makeTiles({
    host: box,
    label: () => t("Your guess"),
    shown: visible,
    onPick: (k) => {
      if (asks && !revealed) set(k);
    },
  });
  tiles.ball.hide();
  tiles.show(step.figure.tiles, { still: true });
  for (const at of [0, 0.25, 0.5, 0.75, 1]) {
    const mark = make("span", "num", fixed(at, 2));
    mark.style.left = `${100 * at}%`;
    scale.append(mark);
  }

  /** @param {import("./types.js").StepState} state */
  function update(state) {
    const turned = state.revealed !== revealed;
    revealed = state.revealed;
    if (turned || moved !== (state.moved ?? null)) lay(state);
    const children = [...(box.querySelector(".tiles-strip")?.children ?? [])];
    children.forEach((tile, k) => {
      tile.classList.toggle("mine", state.guess === k);
      heapDots(
        /** @type {HTMLElement} */ (tile),
        state.votes?.counts?.[k] ?? null,
        state.votes?.n ?? 0,
      );
    });
  }

  /** The tiles, and where the ball is. @param {import("./types.js").StepState} state */
  function lay(state) {
    moved = state.moved ?? null;
    const after = figureOf(step, { ...state, revealed: true });
    tiles.clear();
    tiles.show(revealed ? after.tiles : step.figure.tiles, { still: true });
    if (revealed && moved) {
      if (after.u === null) tiles.ball.hide();
      else tiles.place(after.u);
      return;
    }
    if (revealed && after.u !== null) tiles.drop(after.u);
    else {
      tiles.ball.hide();
      tiles.choose(-1);
    }
  }
  return { update };
}
