// @ts-check
/**
 * The tree of a beam search, drawn up to a round: every continuation that was weighed, what goes
 * on, what was cut.
 */
import {
  clip,
  drawSvg,
  inEveryLanguage,
  make,
  svgText,
  svgTitle,
  visible,
} from "../../core/dom.js";
import { fixed } from "../../core/format.js";
import { mark, nt, say, t } from "../../core/translate.js";

const WIDE = 96,
  HIGH = 26,
  ROOT = 60;

/** @typedef {{id: number, parent: number, step: number, row: number, text: string, log_probability: number | null, score: number,
 *   normalised: number, fate: string}} BeamNode */
/**
 * @typedef {{rounds: BeamNode[][], nodes: Map<number, BeamNode>, fates: Record<string, string>, results: any[] | null}} Search
 */

/** @type {Record<string, string>} */
const FATES = {
  open: mark("open"),
  finished: mark("finished"),
  pruned: mark("pruned"),
  discarded: mark("discarded"),
  result: mark("result"),
};

/**
 * What lies on the way to what is alive in round `k`, at the end to the results.
 * @param {Search} search
 * @param {number} k
 * @param {boolean} over
 */
function aliveIn({ rounds, nodes, results }, k, over) {
  /** @type {Set<number>} */
  const alive = new Set();
  const ends = over
    ? (results ?? []).map((one) => nodes.get(one.node))
    : rounds[k].filter((one) => ["open", "finished"].includes(one.fate));
  for (let one of ends)
    while (one && !alive.has(one.id)) {
      alive.add(one.id);
      one = nodes.get(one.parent);
    }
  return alive;
}

/** @param {BeamNode} one @param {string} fate */
const explained = (one, fate) =>
  t("{token}: ln P {logarithm}, sum {sum}, divided by length {score}; {fate}", {
    token: visible(one.text).slice(0, 80),
    logarithm: fixed(one.log_probability),
    sum: fixed(one.score),
    score: fixed(one.normalised),
    fate: say(FATES[fate] ?? fate),
  });

/** @param {BeamNode} one */
const placeOf = (one) => ({
  x: ROOT + WIDE * (one.step - 1),
  y: 6 + HIGH * one.row + HIGH / 2,
});

/**
 * @param {BeamNode} one
 * @param {BeamNode | undefined} parent
 * @param {number} middle
 * @param {string} fate
 * @param {boolean} alive
 */
function drawNode(one, parent, middle, fate, alive) {
  const { x, y } = placeOf(one),
    above = parent && placeOf(parent),
    [fromX, fromY] = above ? [above.x + WIDE - 12, above.y] : [46, middle],
    text = svgText(clip(visible(one.text), 10), { x: x + 6, y: y + 4, translate: "no" });
  return drawSvg(
    "g",
    { class: fate + (alive ? " alive" : "") },
    drawSvg("path", {
      d: `M${fromX} ${fromY}C${fromX + 8} ${fromY} ${x - 8} ${y} ${x} ${y}`,
    }),
    drawSvg("rect", { x, y: y - 10, width: WIDE - 12, height: 20 }),
    text,
    svgTitle(explained(one, fate)),
  );
}

/**
 * The frame in which the tree scrolls, and how it is drawn: `draw(search, k, follow)`; follow: the
 * newest round comes into view.
 */
export function beamTree() {
  const stage = make("div", "beam-tree"),
    svg = drawSvg("svg", { role: "img" });
  stage.tabIndex = 0;
  stage.setAttribute("role", "region");
  inEveryLanguage(() => stage.setAttribute("aria-label", t("Beam search tree")));
  stage.append(svg);
  stage.hidden = true;

  /** @param {Search} search @param {number} k @param {boolean} follow */
  function draw(search, k, follow) {
    const { rounds, nodes, fates, results } = search,
      over = Boolean(results) && k === rounds.length - 1,
      alive = aliveIn(search, k, over),
      rows = Math.max(...rounds.map((round) => round.length)),
      width = ROOT + WIDE * (k + 1),
      height = HIGH * rows + 12,
      going = rounds[k].filter((one) => one.fate === "open").length;
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("width", String(width));
    svg.setAttribute("height", String(height));
    svg.setAttribute(
      "aria-label",
      nt(
        "Beam search after round {round}: {n} beam goes on",
        "Beam search after round {round}: {n} beams go on",
        going,
        { round: k + 1 },
      ),
    );
    svg.replaceChildren(
      svgText(t("prompt"), { x: 2, y: height / 2 + 4 }),
      ...rounds
        .slice(0, k + 1)
        .flat()
        .map((one) => {
          const fate = over ? (fates[one.id] ?? one.fate) : one.fate;
          return drawNode(one, nodes.get(one.parent), height / 2, fate, alive.has(one.id));
        }),
    );
    if (follow) stage.scrollLeft = Math.max(0, width - stage.clientWidth);
  }
  return { stage, draw };
}
