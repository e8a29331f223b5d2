// @ts-check
/**
 * The watermark of the text on view: which tokens are green, how sure that is, and how it falls as
 * words are changed.
 */
import { lineChart } from "../../charts/line.js";
import { make } from "../../core/dom.js";
import { fixed, small } from "../../core/format.js";
import { onLanguage, say, t } from "../../core/translate.js";
import { shadeOf } from "./shade.js";

/**
 * @typedef {object} Detection
 * @property {(boolean | null)[]} hits
 * @property {number} scored
 * @property {number} green
 * @property {number} expected
 * @property {number} z
 * @property {number} p_value
 * @property {number} ratio
 * @property {number} key
 * @property {number} tokens
 * @property {{changed: number, z: number, expected: number}[]} curve
 */

/**
 * @param {object} parts
 * @param {HTMLElement} parts.host
 * @param {ReturnType<typeof import("./store.js").makeStore>} parts.store
 * @param {(question: any) => Promise<any>} parts.ask
 * @param {() => any} parts.settings the rules as they stand
 * @param {() => boolean} parts.writing
 * @param {() => void} parts.repaint
 */
export function makeWatermark({ host, store, ask, settings, writing, repaint }) {
  /** @type {Detection | null} */
  let found = null;
  /** @type {any} */
  let problem = null;
  let known = ""; // of which text and key `found` is
  let open = false;

  /** What is asked for now, null where the text is not looked at for a watermark. */
  function wanted() {
    const text = store.here(),
      frames = store.frames();
    if (!text || !frames.length || writing()) return null;
    const scored = text.kind === "score";
    if (scored ? store.state.shade !== "watermark" : !(text.settings?.watermark_bias > 0))
      return null;
    const rules = scored ? settings() : text.settings,
      first = scored ? text.prompt.pieces.map((piece) => piece.id) : [];
    return {
      model: text.prompt.model,
      ids: [...first, ...frames.map((frame) => frame.token_id)],
      settings: {
        watermark_ratio: rules.watermark_ratio,
        watermark_key: rules.watermark_key,
      },
    };
  }

  /** Looks whether the text on view has a detection, and asks for it where it has none yet. */
  async function look() {
    const question = wanted(),
      name = question ? JSON.stringify(question) : "";
    if (name === known) return;
    known = name;
    found = problem = null;
    show();
    if (!question) return;
    const answer = await ask(question).catch(() => null);
    if (known !== name) return; // another text is on view by now
    if (!answer || answer.error || answer.ok === false) {
      problem = answer?.error ?? null;
      known = answer ? name : "";
    } else found = answer;
    show();
    if (found) repaint();
  }

  /**
   * The colours of the tokens on view, or null. @returns {null | ((frame: any, k: number) => import("./prose.js").Shade)}
   */
  function paint() {
    const text = store.here(),
      scored = text?.kind === "score",
      question = wanted();
    if (found && question && JSON.stringify(question) === known) {
      const hits = found.hits.slice(found.hits.length - store.frames().length);
      return (frame, k) => greenOf(hits[k]);
    }
    return scored
      ? (frame) =>
          shadeOf(frame, store.state.shade === "watermark" ? "surprisal" : store.state.shade)
      : null;
  }

  function show() {
    host.hidden = !found && !problem;
    if (problem) host.replaceChildren(make("p", "problem", say(problem)));
    if (!found) return;
    const line = make("p", "say gen-mark-sentence", sentenceOf(found)),
      more = make("details"),
      chart = make("div");
    more.open = open;
    more.addEventListener("toggle", () => (open = more.open));
    more.append(make("summary", "", t("How it falls as words are changed")), chart);
    const axis = make("p", "gen-mark-axis");
    axis.append(
      make("span", "", t("no word changed")),
      make("span", "", t("all {tokens} changed", { tokens: found.tokens })),
    );
    more.append(axis, make("p", "gen-small", fallOf(found)));
    host.replaceChildren(line, more);
    const low = Math.min(-2, ...found.curve.map((one) => one.z));
    lineChart(
      chart,
      [
        { values: found.curve.map((one) => one.expected), colour: "var(--raw)", dash: "5 4" },
        { values: found.curve.map((one) => one.z), colour: "var(--settled)" },
      ],
      {
        low,
        high: Math.max(4.5, ...found.curve.map((one) => one.z)),
        guides: [0, 4],
        label: t("z against the number of words changed"),
      },
    );
  }

  onLanguage(show);
  return { look, paint };
}

/** @param {boolean | null} hit @returns {import("./prose.js").Shade} */
function greenOf(hit) {
  const title =
    hit === null || hit === undefined
      ? t("not counted: nothing stands before it")
      : hit
        ? t("green: favoured behind the token before it")
        : t("not green");
  return { colour: "var(--settled)", level: hit ? 0.7 : 0, title };
}

/** @param {Detection} found */
function sentenceOf(found) {
  const figures = {
    green: found.green,
    scored: found.scored,
    expected: fixed(found.expected, 1),
    z: fixed(found.z, 2),
    p: small(found.p_value),
    key: String(found.key),
  };
  return found.z > 4
    ? t(
        "{green} of {scored} tokens are green under the key {key}; chance alone makes {expected}. z = {z}, p = {p}: the text bears the watermark.",
        figures,
      )
    : t(
        "{green} of {scored} tokens are green under the key {key}; chance alone makes {expected}. z = {z}, p = {p}: not enough to call it watermarked (z > 4).",
        figures,
      );
}

/** @param {Detection} found */
function fallOf(found) {
  return t(
    "The filled line is this text with so many of its words, picked at random, replaced by any of the model’s words; the dashed one is the mean, z · (n − m)(n − m − 1) / (n (n − 1)) for m of n words changed, because a green token counts only while it and the one before it stay. Thin lines: 0, what chance gives, and 4. A text that repeats itself counts the same pair of words again and again: its z is too large.",
  );
}
