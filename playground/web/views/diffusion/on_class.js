// @ts-check
/**
 * What Diffusion tells a class that follows it, and the question that fits the step on view: which
 * place next, and which word.
 */
import { coverNotice, coversAnswers, isCovered, onCover } from "../../core/class_cover.js";
import { offerView } from "../../core/on_view.js";
import { t } from "../../core/translate.js";
import { asProse, isHidden, wordOf } from "./lexicon.js";
import { share } from "./share.js";
import { rowAt } from "./side.js";

// parts that show what comes, or what the network thinks of hidden places
const TELLING = ["below", "curves", "several"];

/**
 * Offers the question; gives the function that keeps its answer from the screen while a class may
 * be asked.
 * @param {import("./unmask.js").UnmaskView} view
 */
export function offerToClass(view) {
  const { part } = view.parts,
    notice = coverNotice(() => nameOf(view));
  part("below").before(notice.element);
  offerView("diffusion", () => {
    const side = view.store.sides[0];
    if (!side || view.replay) return null;
    const { step } = view.time,
      row = rowAt(side, step);
    return {
      text: asProse(row, side.lexicon, side.card.family),
      step,
      address: () => addressOf(view),
      answer: nameOf(view),
      turn: (by) => (view.time.pause(), view.time.go(step + by)),
      play: () => (view.time.playing ? view.time.pause() : view.time.play()),
      questions: row.state.some(isHidden)
        ? [
            {
              label: t("Which place next, and which word?"),
              question: () => placeWord(side, step),
            },
          ]
        : [],
    };
  });
  function cover() {
    const side = view.store.sides[0],
      // what plays shows its words as they come
      still = !view.replay && !view.time.playing && !view.run.running;
    const open =
        coversAnswers() && still && side && rowAt(side, view.time.step).state.some(isHidden),
      covered = Boolean(open) && isCovered(nameOf(view));
    notice.show(covered);
    view.root.classList.toggle("class-hides-guesses", covered);
    for (const name of TELLING) part(name).classList.toggle("class-covered", covered);
  }
  onCover(cover);
  return cover;
}

/**
 * The next step of the run on view by the canvas before it.
 * @param {import("./unmask.js").UnmaskView} view
 */
function nameOf(view) {
  const [side] = view.store.sides,
    { step } = view.time;
  return side
    ? `diffusion ${side.card.model} ${step} ${rowAt(side, step).canvas.join(" ")}`
    : "diffusion";
}

/** @param {import("./unmask.js").UnmaskView} view @returns {Promise<string | null>} */
async function addressOf(view) {
  /** @type {string | null} */
  let found = null;
  await share(view, (address) => (found = address));
  return found;
}

/**
 * The canvas on view; what is revealed next is right, even where a step reveals nothing.
 * @param {import("./side.js").Side} side @param {number} step
 */
export function placeWord(side, step) {
  const row = rowAt(side, step),
    masks = row.state.flatMap((/** @type {string} */ state, /** @type {number} */ i) =>
      isHidden(state) ? [i] : [],
    ),
    next = side.rows
      .slice(step + 1)
      .find(({ state }) => masks.some((/** @type {number} */ i) => !isHidden(state[i]))),
    place = next ? masks.findIndex((/** @type {number} */ i) => !isHidden(next.state[i])) : -1;
  const text = (/** @type {any} */ of, /** @type {number} */ i) =>
    of.texts?.[i] ?? wordOf(side.lexicon, of.canvas[i]).text;
  return {
    ...{ kind: "place_word", text: "", masks, ...networkOf(side, row) },
    canvas: row.canvas.map((/** @type {number} */ _, /** @type {number} */ i) =>
      masks.includes(i) ? "" : text(row, i),
    ),
    ...(place < 0 ? {} : { truth: { place: masks[place], word: text(next, masks[place]) } }),
  };
}

/**
 * The model and its own canvas, frame and all, so that its probabilities are those of the run;
 * nothing where the run was recorded before
 * the frame was. @param {import("./side.js").Side} side @param {any} row
 */
function networkOf({ card }, row) {
  if (!card.frame) return {};
  const [lead, tail] = card.frame;
  return { model: card.model, ids: [...lead, ...row.canvas, ...tail], offset: lead.length };
}
