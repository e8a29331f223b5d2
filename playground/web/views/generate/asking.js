// @ts-check
/**
 * What the visitor asks the server for: a text, one more of it, a score, a step under other rules,
 * any token.
 */
import { latest } from "../../core/ask.js";
import { visible } from "../../core/dom.js";
import { whole } from "../../core/format.js";
import { announce } from "../../core/messages.js";
import { say, t } from "../../core/translate.js";

/**
 * @param {object} parts
 * @param {ReturnType<typeof import("./store.js").makeStore>} parts.store
 * @param {any} parts.constants
 * @param {any} parts.server
 * @param {ReturnType<typeof import("./controls.js").makeControls>} parts.controls
 * @param {ReturnType<typeof import("./rules.js").makeRules>} parts.rules
 * @param {ReturnType<typeof import("./writing.js").makeWriting>} parts.writing
 * @param {(sentence: string | null, field?: HTMLElement) => void} parts.problem
 * @param {() => number} parts.step the step on view
 * @param {() => boolean} parts.locked whether the seed shall stay
 * @param {() => void} parts.openSetup shows the prompt and the model
 * @param {() => void} parts.redraw the step on view, seen under other rules
 */
export function makeAsking(parts) {
  const { store, constants, server, controls, rules, writing, problem } = parts;
  const { state } = store;

  function settingsNow() {
    return { ...rules.settings, max_new_tokens: controls.length ?? 64 };
  }
  /** @param {string} name @param {string} text */
  function tooLong(name, text) {
    // the whole of a text that was pasted stays in its box: nothing is cut behind the visitor's
    // back
    const length = [...text].length,
      most = constants.most_characters;
    if (length <= most) return false;
    const values = { most: whole(most), length: whole(length) };
    parts.openSetup();
    if (name === "prompt")
      problem(
        t("The prompt must have at most {most} characters, got {length}: shorten it.", values),
        controls.prompt,
      );
    else
      problem(
        t("The text must have at most {most} characters, got {length}: shorten it.", values),
        controls.scoreBox,
      );
    return true;
  }
  /** Whether the text on view is one of this prompt and model. */
  function isHereAlready() {
    const text = store.here();
    return (
      text?.kind === "write" &&
      text.prompt.text === controls.prompt.value &&
      text.prompt.model === state.model &&
      text.prompt.chat === state.chat
    );
  }
  /**
   * @param {boolean} [another] a text that differs from the last one: it takes the next seed, unless the seed is locked
   */
  function write(another = false) {
    const { prompt, lengthBox } = controls;
    if (!prompt.value.trim()) {
      problem(t("The prompt is empty: write a few words, or take one of the examples."), prompt);
      parts.openSetup();
      prompt.focus();
      return;
    }
    if (tooLong("prompt", prompt.value)) return;
    if (controls.length === null) {
      const nothing = t("nothing");
      problem(
        t("Length must be a whole number in [{low}, {high}], got {value}.", {
          low: lengthBox.min,
          high: lengthBox.max,
          value: lengthBox.value || nothing,
        }),
        lengthBox,
      );
      parts.openSetup();
      lengthBox.focus();
      return;
    }
    const last = state.branches.findLast((one) => one.kind === "write");
    if (!writing.unfinished && !parts.locked() && last && (another || isHereAlready()))
      rules.nextSeed(last.settings.seed);
    const settings = settingsNow();
    const branch = store.newBranch({
      settings,
      prompt: { text: prompt.value, pieces: [], model: state.model, chat: state.chat },
    });
    writing.start(branch, "write", { prompt: prompt.value, chat: state.chat, settings });
  }
  /**
   * Another text from step `k` on.
   * @param {number} k
   * @param {number[]} forced tokens that the visitor chose
   */
  function branchAt(k, forced) {
    const text = store.here(),
      frames = store.frames();
    if (!text || !frames.length) {
      problem(t("There is no text yet to continue: press Play first."));
      return;
    }
    if (text.kind === "score") {
      announce(t("This text is being scored, not written. Switch to Write to continue it."));
      return;
    }
    // at the end of a text that is as long as was allowed, as many tokens again: continuing there
    // would else write nothing
    const now = settingsNow(),
      length = now.max_new_tokens;
    const settings = {
      ...now,
      max_new_tokens: Math.min(constants.longest, k + 1 < length ? length : k + length),
    };
    const branch = store.newBranch({ parent: text.id, at: k, settings, prompt: text.prompt });
    writing.start(branch, "write", {
      prompt: text.prompt.text,
      chat: text.prompt.chat,
      settings,
      prefix: frames.slice(0, k).map((frame) => frame.token_id),
      forced,
      memory: frames[k]?.memory ?? null,
    });
  }
  /** @param {number} token @param {string} label */
  function pick(token, label) {
    announce(t("The text goes on with {token}.", { token: visible(label).slice(0, 30) }));
    branchAt(parts.step(), [token]);
  }
  function score() {
    const text = controls.scoreBox.value;
    if (!text.trim()) {
      parts.openSetup();
      problem(
        t("The text is empty: paste a few sentences to see how the model reads them."),
        controls.scoreBox,
      );
      controls.scoreBox.focus();
      return;
    }
    if (tooLong("text", text)) return;
    const branch = store.newBranch({
      kind: "score",
      settings: settingsNow(),
      prompt: { text: controls.prompt.value, pieces: [], model: state.model, chat: false },
    });
    writing.start(branch, "score", { text });
  }
  /** @param {number} k a step of the text, or the one after its last */
  function stepRequest(k) {
    const text = /** @type {any} */ (store.here()),
      frame = store.frames()[k] ?? { index: (store.frames()[k - 1]?.index ?? -1) + 1 };
    return {
      model: text.prompt.model,
      ids: store.idsBefore(k),
      prompt_length: text.prompt.pieces.length,
      index: frame.index,
      settings: settingsNow(),
      memory: frame.memory ?? null,
    };
  }
  const askStep = latest(
    (/** @type {{k: number, id: string | null}} */ { k }) => server.recompute_step(stepRequest(k)),
    (record, { k, id }) => {
      if (state.here !== id || writing.growing || k !== parts.step()) return;
      if (record.error) {
        problem(say(record.error));
        return;
      }
      problem(null);
      state.whatIf = record;
      parts.redraw();
    },
  );
  /** The step on view under the rules as they stand. */
  function recompute() {
    if (store.frames().length) askStep({ k: parts.step(), id: state.here });
  }
  /** Words of the visitor's own after the step on view. @param {string} text */
  async function append(text) {
    const branch = store.here();
    if (!branch || !store.frames().length) {
      problem(t("There is no text yet to continue: press Play first."));
      return;
    }
    const answer = await server.tokens_of({ model: branch.prompt.model, text });
    if (answer.error) problem(say(answer.error));
    else branchAt(parts.step(), answer.ids);
  }
  /**
   * The tokens whose text holds what was typed, as they stand at the step on view.
   * @param {string} query
   */
  const find = (query) =>
    store.frames().length
      ? server.find_tokens({ ...stepRequest(parts.step()), query })
      : Promise.resolve({ error: t("There is no step on view yet: press Play first.") });

  /**
   * Play writes where there is nothing to replay: no text yet, or another prompt or model than the
   * text's own.
   */
  function insteadOfPlay() {
    if (constants.replay || writing.running || isFresh()) return false;
    const { linked } = state;
    state.linked = null;
    if (linked) linked();
    else if (state.mode === "score") score();
    else write();
    return true;
  }
  function isFresh() {
    const text = store.here();
    if (!text || (text.end === "recorded" && state.models[state.model]?.state === "ready"))
      return false; // the model itself can write now
    return Boolean(
      text.frames.length + text.at &&
      text.kind === state.mode &&
      text.prompt.text === controls.prompt.value &&
      text.prompt.model === state.model &&
      (state.mode === "score" || text.prompt.chat === state.chat),
    );
  }

  return {
    /** Whether a token can be chosen now. */
    get open() {
      return !constants.replay && !writing.unfinished && store.here()?.kind === "write";
    },
    insteadOfPlay,
    write,
    score,
    branchAt,
    pick,
    append,
    find,
    stepRequest,
    recompute,
    settingsNow,
  };
}
