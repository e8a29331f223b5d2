// @ts-check
/**
 * Runs: a text is asked for, grows, ends. Everything that comes from the server for a text comes
 *   through here.
 */
import { perplexityOf, bits, fixed, whole } from "../../core/format.js";
import { announce } from "../../core/messages.js";
import { makeRun } from "../../core/run.js";
import { nt, say, t } from "../../core/translate.js";
import { waitingWords } from "../../core/waiting.js";

/** @typedef {import("./store.js").Branch} Branch */

/**
 * @param {object} parts
 * @param {ReturnType<typeof import("./store.js").makeStore>} parts.store
 * @param {any} parts.constants
 * @param {Record<string, (...values: any[]) => Promise<any>>} parts.server
 * @param {(event: string, detail: any) => void} parts.trigger
 * @param {(sentence: string | null) => void} parts.problem
 * @param {(progress: any, model: string | null) => void} parts.progress how far a model's weights are, or a place in the line
 * @param {() => Promise<"recording" | "run" | "">} parts.meanwhile what there is to play with for who waits in the line
 * @param {(branch: Branch) => void} parts.begun the prompt is read: the text may be shown
 * @param {(branch: Branch, more: any[]) => void} parts.grown
 * @param {(branch: Branch, ended: string) => void} parts.finished with the sentence that says why
 * @param {() => void} parts.changed a run began, was cut off or goes on
 */
export function makeWriting(parts) {
  const { store, constants, server, trigger, problem } = parts;
  /** @type {Branch | null} */
  let branch = null;
  let kind = "write";
  let begun = false;

  const run = makeRun({
    start: (request) => trigger(kind, { request }),
    stop: (name) => server.stop(name),
    going: (name) => server.going(name),
    handlers: {
      progress: (message) =>
        parts.progress(
          message.state ?? { state: "waiting", message: message.words },
          branch?.prompt.model ?? null,
        ),
      waiting: (message) => wait(message.words),
      begin: (message) => begin(message),
      frames: (message) => grow(message.frames ?? []),
      end: (message) => finish(message.reason ?? "stopped", null),
      error: (message) => finish("error", say(message.message)),
      lost() {
        problem(lostSentence());
        parts.changed();
      },
      resumed() {
        problem(null);
        parts.changed();
      },
    },
  });

  /** @param {Branch} next @param {"write" | "score"} how @param {any} request */
  function start(next, how, request) {
    if (constants.replay) {
      announce(t("This page is a recording: to go on writing, open it in the Playground."));
      return;
    }
    if (run.running) {
      problem(t("A text is being written already: press Stop first, or wait until it is done."));
      return;
    }
    problem(null);
    branch = next;
    begun = false;
    kind = how;
    run.start({ model: next.prompt.model, ...request });
    parts.changed();
  }

  /** @param {any} words the place in the line */
  async function wait(words) {
    const asked = branch,
      there = await parts.meanwhile();
    if (branch === asked && !begun)
      parts.progress({ state: "waiting", message: waitingWords(words, there) }, null);
  }

  /** @param {any} message */
  function begin(message) {
    if (!branch) return;
    begun = true;
    store.state.models[branch.prompt.model] = { state: "ready" };
    if (!branch.parent) branch.prompt = { ...branch.prompt, pieces: message.prompt };
    branch.notes = message.notes;
    store.add(branch);
    parts.begun(branch);
  }

  /** @param {any[]} more */
  function grow(more) {
    if (!branch) return;
    branch.frames.push(...more);
    parts.grown(branch, more);
  }

  /** @param {string} reason @param {string | null} sentence of an error */
  function finish(reason, sentence) {
    const done = branch;
    branch = null;
    if (!done) return;
    done.end = reason;
    if (sentence) problem(sentence);
    parts.finished(done, sentence ? "" : endOf(reason, done));
  }

  return {
    start,
    stop: () => run.stop(),
    receive: run.receive,
    /** Whether a text is coming in: none is while the server is away. */
    get running() {
      return run.running && !run.away;
    },
    /**
     * Whether the text on view is the one that grows; who waits for a place looks at another one.
     */
    get growing() {
      return run.running && !run.away && begun;
    },
    /** Whether a text is unfinished, also while the server is away. */
    get unfinished() {
      return run.running;
    },
    get branch() {
      return branch;
    },
  };
}

/** What a lost connection means for the text. */
export const lostSentence = () =>
  t(
    "The connection to the server was lost while this text was being written. What has been written stays; as soon as the server is back, “Continue from here” goes on with it.",
  );

/** Why a text ended, as a sentence. @param {string} reason @param {Branch} branch */
function endOf(reason, branch) {
  /** @type {Record<string, () => string>} */
  const ends = {
    end_of_text: () => t("The model ended the text itself."),
    stop_string: () => t("The text ends before a stop string."),
    max_new_tokens: () => t("Reached the length limit."),
    context: () => t("The model cannot read a longer text: its context is full."),
    stopped: () => t("Stopped."),
    scored: () => scored(branch),
  };
  return ends[reason]?.() ?? "";
}

/** @param {Branch} branch */
function scored(branch) {
  const perplexity = perplexityOf(branch.frames),
    count = branch.frames.length;
  if (perplexity === Infinity)
    return t(
      "The perplexity is infinite: the model holds {impossible} of the {count} scored tokens impossible.",
      {
        impossible: branch.frames.filter((frame) => frame.surprisal === null).length,
        count,
      },
    );
  return nt(
    "Perplexity {perplexity} over {n} scored token: {bits} bits a token.",
    "Perplexity {perplexity} over {n} scored tokens: {bits} bits a token.",
    count,
    {
      perplexity: fixed(perplexity, 2),
      bits: fixed(bits(Math.log(perplexity)), 2),
    },
  );
}

/**
 * A model's progress as {words, share}: null where there is nothing to wait for.
 * @param {any} progress
 * @param {string} title
 */
export function progressWords(progress, title) {
  if (!progress || progress.state === "ready" || progress.state === "absent") return null;
  const share = progress.total > 0 && progress.done > 0 ? progress.done / progress.total : null;
  if (progress.state === "downloading")
    return {
      share,
      words: t("Downloading {model}: {done} of {total} MB", {
        model: title,
        done: whole(progress.done / 1e6),
        total: whole(progress.total / 1e6),
      }),
    };
  if (progress.state === "failed" || progress.state === "waiting")
    return { share, words: say(progress.message) };
  return { share, words: t("Loading {model} …", { model: title }) };
}
