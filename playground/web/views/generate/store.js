// @ts-check
/**
 * What the Generate page knows: the texts of this visit, each a branch of another or a beginning of
 * its own, and what is on view.
 */
import { t } from "../../core/translate.js";

/**
 * @typedef {object} Branch one text, or what follows the first `at` tokens of another
 * @property {string} id
 * @property {string | null} parent
 * @property {number} at
 * @property {any[]} frames records of its own steps
 * @property {any} settings the rules it was written with
 * @property {any} end why it ended, null while it is written
 * @property {"write" | "score"} kind
 * @property {{text: string, pieces: any[], model: string, chat: boolean}} prompt
 * @property {any[]} [notes]
 * @property {number} [wantedStep] where its link points
 */
/** @typedef {{start: number, end: number, period: number}} Loop */

const MOST_BRANCHES = 24;

/** @param {any} constants */
export function makeStore(constants) {
  const state = {
    model: constants.start_model,
    chat: false,
    mode: /** @type {"write" | "score"} */ ("write"),
    /** @type {Branch[]} */
    branches: [],
    /** @type {string | null} */
    here: null,
    /** @type {any} a record of the step on view under other rules */
    whatIf: null,
    shade: "surprisal",
    /** @type {Record<string, any>} how far each model's weights are */
    models: {},
    device: "CPU",
    /** @type {null | (() => void)} the text of a link whose model is not here yet */
    linked: null,
    touched: false, // the visitor has begun: the recorded text keeps out of the way
  };
  let count = 0;

  /** @param {string | null} id @returns {any[]} */
  function pathOf(id) {
    const branch = state.branches.find((one) => one.id === id);
    if (!branch) return [];
    return branch.parent
      ? pathOf(branch.parent).slice(0, branch.at).concat(branch.frames)
      : branch.frames;
  }
  const here = () => state.branches.find((branch) => branch.id === state.here);
  const frames = () => pathOf(state.here);

  return {
    state,
    pathOf,
    /** The text on view. */
    here,
    frames,
    /** The texts that leave the one on view. */
    childrenHere: () => state.branches.filter((one) => one.parent === state.here),
    /** The ids of prompt and text before step `k`. @param {number} k @returns {number[]} */
    idsBefore: (k) => [
      ...(here()?.prompt.pieces ?? []).map((piece) => piece.id),
      ...frames()
        .slice(0, k)
        .map((frame) => frame.token_id),
    ],
    /**
     * @param {Partial<Branch> & {prompt: Branch["prompt"], settings: any}} more
     * @returns {Branch}
     */
    newBranch: (more) => ({
      id: "b" + ++count,
      parent: null,
      at: 0,
      frames: [],
      end: null,
      kind: "write",
      ...more,
    }),
    /** @param {Branch} branch */
    add(branch) {
      state.branches.push(branch);
      if (state.branches.length > MOST_BRANCHES)
        state.branches = withoutOldest(state.branches, here());
    },
    /**
     * Whether the text on view was written with other rules than these. @param {any} now @param {any} none the rules of a scored text
     */
    differs(now, none) {
      const text = here(),
        written = text?.kind === "score" ? none : text?.settings;
      return (
        Boolean(written) &&
        Object.keys(now).some(
          (key) =>
            key !== "max_new_tokens" && JSON.stringify(now[key]) !== JSON.stringify(written[key]),
        )
      );
    },
    /** The model's row in the list. @param {string} [id] */
    entry: (id = state.model) => constants.models.find((/** @type {any} */ one) => one.id === id),
  };
}

/**
 * The step that a link asks for, as near as the text has come to it; null once the visitor has gone
 * elsewhere.
 * @param {Branch} branch @param {any[]} all
 */
export const wantedStep = (branch, all) =>
  branch.wantedStep === undefined ? null : Math.min(branch.wantedStep, all.length - 1);

/**
 * The list without the oldest text that nothing on view needs.
 * @param {Branch[]} list
 * @param {Branch | undefined} here
 */
function withoutOldest(list, here) {
  const needed = new Set();
  for (
    let one = here;
    one;
    one = list.find((other) => other.id === /** @type {Branch} */ (one).parent)
  )
    needed.add(one.id);
  const victim = list.find(
    (one) =>
      !needed.has(one.id) &&
      one.id !== list[list.length - 1].id &&
      !list.some((other) => other.parent === one.id),
  );
  return victim ? list.filter((one) => one !== victim) : list;
}

/**
 * Every cycle that the text fell into, those too that it left again; one inside a longer one counts
 * as part of that.
 * @param {any[]} all frames @returns {Loop[]}
 */
export function loopsOf(all) {
  /** @type {Loop[]} */
  let found = [];
  all.forEach(({ loop }, i) => {
    if (!loop) return;
    found = found.filter((one) => one.start < loop.start);
    const before = found[found.length - 1];
    if (before && before.end > loop.start) before.end = loop.start;
    found.push({ start: loop.start, end: i + 1, period: loop.period });
  });
  return found;
}

/**
 * What the transport draws of a text.
 * @param {any[]} all frames
 * @param {Branch[]} children texts that leave it
 */
export function timelineOf(all, children) {
  return {
    length: all.length,
    loops: loopsOf(all).map((one) => ({
      start: one.start,
      end: one.end - 1,
      label: t("loop: {period} tokens again and again", { period: one.period }),
    })),
    branches: children.map((one) => ({
      at: one.at,
      label: t("a branch leaves at step {step}", { step: one.at + 1 }),
    })),
    curves: [
      {
        name: t("entropy of the model"),
        values: all.map((frame) => frame.raw_entropy),
        colour: "var(--raw)",
      },
      {
        name: t("entropy after the rules"),
        values: all.map((frame) => frame.entropy),
        colour: "var(--final)",
        fill: false,
        top: Math.max(1e-9, ...all.map((frame) => frame.raw_entropy ?? frame.entropy ?? 0)),
      },
    ],
  };
}
