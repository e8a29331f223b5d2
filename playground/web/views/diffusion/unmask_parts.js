// @ts-check
/** The skeleton of the Unmask view, made once, and the drawings of one side. */
import { asIs, make, node } from "../../core/dom.js";
import { onLanguage, say, t } from "../../core/translate.js";
import { makeCandidates } from "./candidates.js";
import { makeDrafts } from "./drafts.js";
import { asProse, LEGEND, stateName } from "./lexicon.js";
import { makeMap } from "./map.js";
import { makeVectors } from "./vectors.js";
import { rowAt } from "./side.js";
import { makeWall } from "./wall.js";

/**
 * @param {string} part
 * @param {() => string} text
 * @param {() => string} why
 * @param {string} [classes]
 */
const tool = (part, text, why, classes = "") =>
  node("button", { type: "button", part, title: why, class: classes }, text);

export function skeleton() {
  return [
    node("div", { part: "clock" }),
    node(
      "div",
      { class: "canvas-stage", part: "stage" },
      node("div", { class: "canvas-sides", part: "sides" }),
      node("div", { class: "canvas-time", part: "time" }),
      node("div", { class: "canvas-planes", part: "planes" }),
    ),
    node(
      "div",
      { part: "form" },
      tool(
        "stop",
        () => t("Stop"),
        () => t("End the run and keep what there is"),
        "canvas-stop",
      ),
    ),
    node("div", { class: "problem canvas-problem", part: "problem", role: "alert", hidden: true }),
    node(
      "div",
      { class: "canvas-tools", part: "tools" },
      tool(
        "throw",
        () => t("Throw this word away"),
        () => t("It and its neighbours are hidden and drawn again (Delete, or drag it away)"),
      ),
      tool(
        "mask",
        () => t("Hide it"),
        () => t("Hides the word; Continue draws it again (key M)"),
      ),
      tool(
        "keep",
        () => t("Keep it"),
        () => t("The word is given from now on and never changes (key L)"),
      ),
      tool(
        "weakest",
        () => t("Redo the weakest words"),
        () => t("Draws again the words that the network held least likely when they were decided"),
      ),
      tool(
        "undo",
        () => t("Undo"),
        () => t("Take back the last edit, or the last run"),
      ),
      tool(
        "continue",
        () => t("Continue"),
        () => t("Let the sampler fill what is hidden, from the canvas on view"),
      ),
      node("span", { class: "canvas-note", part: "edits" }),
      node("span", { class: "canvas-live", part: "live", role: "status" }),
    ),
    node("div", { part: "texts" }),
    node("p", {
      class: "say canvas-difference",
      part: "difference",
      "aria-live": "polite",
      hidden: true,
    }),
    node("p", { class: "say canvas-order", part: "order" }),
    node("div", { class: "canvas-head" }, node("span", { class: "canvas-what", part: "what" })),
    legendLine(),
    node("div", { class: "canvas-below", part: "below" }),
    node("div", { part: "curves" }),
    node("div", { part: "several" }),
  ];
}

/** @type {[part: string, state: string, name: () => string][]} what only some samplers show */
const ONLY_SOME = [
  ["legendGrouped", "grouped", () => stateName("grouped")],
  ["legendClamped", "clamped", () => t("how far the clamp snapped")],
];

/**
 * What only some samplers show; the plane of a single run stands beside its words.
 * @param {(name: string) => HTMLElement} part
 * @param {import("./side.js").Side[]} sides
 */
export function arrange(part, sides) {
  const beside = sides.length === 1 && Boolean(sides[0].card.plane);
  part("stage").classList.toggle("canvas-beside", beside);
  const shows = (/** @type {(card: any) => boolean} */ what) =>
    sides.some(({ card }) => what(card));
  part("legendGrouped").hidden = !shows((card) => card.settings?.sampler === "coarse-to-fine");
  part("legendClamped").hidden = !shows(
    (card) => card.noise === "gaussian" && card.settings?.selection === "clamp",
  );
}

function legendLine() {
  const legend = node("div", { class: "canvas-legend" });
  for (const state of LEGEND)
    legend.append(
      node("span", {}, node("i", { class: "canvas-" + state }), () => stateName(state)),
    );
  for (const [part, state, name] of ONLY_SOME)
    legend.append(
      node("span", { part, hidden: true }, node("i", { class: "canvas-" + state }), name),
    );
  return node(
    "div",
    { class: "canvas-legend-line" },
    legend,
    node(
      "span",
      { class: "canvas-spread", part: "spread" },
      node(
        "label",
        { class: "canvas-check", part: "numbersBox" },
        node("input", { type: "checkbox", part: "numbers", "aria-label": () => t("step numbers") }),
        () => t("step numbers"),
      ),
      tool(
        "copy",
        () => t("Copy text"),
        () => t("Copy the text of the step on view"),
        "plain",
      ),
      tool(
        "link",
        () => t("Copy link"),
        () => t("Copies the address of the page as it is now"),
        "plain",
      ),
      tool(
        "picture",
        () => t("QR code"),
        () => t("Shows the address of the page as a picture for a phone"),
        "plain",
      ),
    ),
  );
}

/**
 * The drawings of one side: words, prose, map, candidates.
 * @param {object} given
 * @param {import("./side.js").Side} given.side @param {number} given.n @param {boolean} given.paired two sides are on view
 * @param {HTMLElement} given.above @param {HTMLElement} given.planes @param {HTMLElement} given.texts @param {HTMLElement} given.below
 * @param {boolean} given.still @param {(i: number) => void} given.onLook
 * @param {(i: number, edit: import("./wall.js").Edit) => void} given.onEdit @param {(i: number) => void} given.onThrow
 * @param {(step: number, position: number) => void} given.onPick
 */
export function makeSideView({ side, n, paired, above, planes, texts, below, ...on }) {
  const letter = "AB"[n],
    box = make("section"),
    words = make("div"),
    prose = asIs(make("p", "canvas-prose")),
    maps = make("section"),
    looks = make("section"),
    look = make("div"),
    host = make("div");
  if (paired) {
    const title = make("h2", "canvas-h");
    title.textContent = `${letter}: ${side.card.title}`;
    box.append(title);
  }
  const passes = make("div");
  box.append(words);
  const drafts = makeDrafts(passes),
    vectors = makeVectors(planes, on.onLook);
  above.append(box);
  texts.append(passes, prose); // below the controls, which stay where they are however long it is
  const wall = makeWall({
    host: words,
    name: () => (paired ? t("Canvas {letter}", { letter }) : t("Canvas")),
    ...on,
  });
  maps.append(
    node("h2", { class: "canvas-h" }, () =>
      t("When each word was decided, and how sure the network was"),
    ),
    host,
  );
  const map = makeMap({
    host,
    name: () =>
      paired
        ? t("Map {letter}: one column a word, one row a step. Arrow keys move.", { letter })
        : t("Map: one column a word, one row a step. Arrow keys move."),
    onPick: on.onPick,
  });
  map.load(side.rows, side.lexicon, side.card.expected ?? 0);
  const candidates = makeCandidates(look);
  looks.append(look);
  const about = node("section", { class: "canvas-about" }, ...aboutParts(side.card.about));
  if (paired) below.append(node("div", {}, maps, looks, about));
  else below.append(maps, looks, about);
  return {
    wall,
    map,
    /**
     * @param {number} step
     * @param {Omit<import("./wall.js").WallState, "record" | "lexicon" | "family">} state
     */
    draw(step, state) {
      const record = rowAt(side, step);
      wall.draw({ record, lexicon: side.lexicon, family: side.card.family, ...state });
      drafts.draw(side, step);
      vectors.draw(side, step, state.focus);
      prose.textContent = asProse(record, side.lexicon, side.card.family);
      map.show(step, state.focus);
      candidates.draw(side, step, state.focus);
    },
    end() {
      map.remove();
      drafts.end();
    },
  };
}

/** @param {{name: string, text: string, sentences?: any[], source: string} | undefined} card */
function aboutParts(card) {
  if (!card) return [];
  const name = make("b"),
    text = make("span");
  const write = () => {
    name.textContent = say(card.name) + ". ";
    text.textContent = (card.sentences ?? [card.text]).map(say).join(" ");
  };
  write();
  onLanguage(write);
  return [
    node("h2", { class: "canvas-h" }, () => t("How words are chosen")),
    node("p", { class: "say" }, name, text),
    make("p", "canvas-note", card.source),
  ];
}
