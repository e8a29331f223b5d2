// @ts-check
/**
 * What the page shows first: a recording, a text that was cut off, the text of a link, or a
 * recorded example.
 */
import { keepOverReload, takeKept } from "../../core/kept.js";
import { say, t } from "../../core/translate.js";
import { lostSentence } from "./writing.js";

/**
 * @param {object} parts
 * @param {ReturnType<typeof import("./store.js").makeStore>} parts.store
 * @param {any} parts.constants
 * @param {any} parts.server
 * @param {ReturnType<typeof import("./controls.js").makeControls>} parts.controls
 * @param {ReturnType<typeof import("./rules.js").makeRules>} parts.rules
 * @param {(sentence: string | null) => void} parts.problem
 * @param {(mode: "write" | "score") => void} parts.chooseMode
 * @param {(depth: string) => void} parts.chooseDepth
 * @param {(id: string, at: number) => void} parts.openBranch
 * @param {(k: number) => void} parts.go
 * @param {() => void} parts.play
 * @param {() => void} parts.pause
 * @param {(branch: any, kind: "write" | "score", request: any) => void} parts.startRun
 * @param {() => boolean} parts.busy
 * @param {(progress: any, model: string | null) => void} parts.progress
 * @param {() => void} parts.recording the page is a file that replays one text
 * @param {() => void} parts.changed
 */
export function makeOpening(parts) {
  const { store, constants, controls, rules, problem } = parts;
  const { state } = store;
  keepOverReload("typed", () =>
    state.touched ? { prompt: controls.prompt.value, text: controls.scoreBox.value } : null,
  );

  /**
   * A saved text as one more of this visit.
   * @param {any} trace
   * @param {string | null} label
   * @param {string} [end]
   */
  function openTrace(trace, label, end = "recorded") {
    const branch = store.newBranch({
      settings: { ...constants.start, ...trace.settings },
      frames: trace.steps,
      kind: trace.kind === "score" ? "score" : "write",
      prompt: {
        text: trace.prompt,
        pieces: trace.prompt_tokens,
        model: trace.model,
        chat: Boolean(trace.chat),
      },
      notes: [...(label ? [label] : []), ...(trace.notes ?? [])],
      end,
    });
    store.add(branch);
    parts.openBranch(branch.id, 0);
    return branch;
  }

  /** The controls as a saved text has them. @param {any} trace */
  function takeControls(trace) {
    state.touched = true;
    problem(null);
    controls.showModel(trace.model);
    controls.setChat(Boolean(trace.chat));
    if (trace.kind !== "score") controls.setPrompt(trace.prompt);
    rules.set({ ...constants.start, ...trace.settings });
    controls.setLength(trace.settings.max_new_tokens);
    parts.chooseMode(trace.kind === "score" ? "score" : "write");
  }

  /** @param {any} trace @param {string} name of the file */
  function openFile(trace, name) {
    if (parts.busy()) {
      problem(t("A text is being written: press Stop first, then open the file."));
      return;
    }
    takeControls(trace);
    openTrace(trace, t("Opened from the file {name}.", { name }));
    parts.changed();
  }

  /** Whether a text was cut off here: it is shown again. */
  function openKept() {
    const trace = takeKept("text");
    if (!trace?.steps?.length) return false;
    if (trace.kind === "score")
      controls.scoreBox.value = trace.steps.map((/** @type {any} */ step) => step.piece).join("");
    takeControls(trace);
    openTrace(trace, null, "stopped");
    parts.go(trace.steps.length - 1);
    problem(lostSentence());
    return true;
  }

  /** What was typed before the page was loaded anew. */
  function bringBackTyped() {
    const typed = takeKept("typed");
    if (!typed) return;
    controls.scoreBox.value = typed.text;
    controls.setPrompt(typed.prompt);
    controls.readPrompt();
  }

  /** @param {any} link {values, message} */
  function openLink(link) {
    const values = link.values;
    parts.chooseDepth(values.depth);
    controls.setPrompt(values.prompt);
    controls.setChat(values.chat);
    const offered = !values.model || controls.showModel(values.model);
    rules.set(values.settings);
    controls.setLength(values.settings.max_new_tokens);
    if (values.mode === "score") controls.scoreBox.value = values.text;
    parts.chooseMode(values.mode);
    controls.fit();
    if (link.message) {
      problem(say(link.message));
      return;
    }
    const entry = store.entry();
    if (!offered || !entry)
      problem(
        t(
          "This link is for the model {model}, which is not on offer here: everything else is set as in the link.",
          { model: values.model },
        ),
      );
    else if (entry.shipped || state.models[state.model]?.state === "ready") startLink(values);
    else {
      state.linked = () => startLink(values);
      problem(
        t(
          "This link shows a text of {model}, which is not here yet. Press Play to download it and to see the text.",
          { model: say(entry.title) },
        ),
      );
    }
  }

  /** @param {any} values */
  function startLink(values) {
    const kind = values.mode === "score" ? "score" : "write";
    const settings = { ...rules.settings, max_new_tokens: controls.length ?? 64 };
    const branch = store.newBranch({
      wantedStep: values.step,
      kind,
      settings,
      prompt: { text: controls.prompt.value, pieces: [], model: state.model, chat: state.chat },
    });
    parts.startRun(
      branch,
      kind,
      kind === "score"
        ? { text: values.text }
        : { prompt: branch.prompt.text, chat: state.chat, settings, forced: values.chosen },
    );
  }

  /** @param {any} trace */
  function openExample(trace) {
    controls.setPrompt(trace.prompt);
    controls.prompt.addEventListener(
      "input",
      () => {
        if (store.here()?.end === "recorded") parts.pause();
      },
      { once: true },
    );
    rules.set(trace.settings);
    controls.setLength(trace.settings.max_new_tokens);
    const written = say(store.entry(trace.model)?.title ?? trace.model);
    openTrace(
      trace,
      t("A saved example, written by {model}. Press New text for a live one.", { model: written }),
    );
    parts.play();
  }

  /** For who waits for a place: the text on view, or a recorded one where there is none. */
  async function meanwhile() {
    if (!store.here()) {
      const answer = await parts.server.opening({ query: "" }).catch(() => ({}));
      if (answer.example && !store.here()) {
        openTrace(answer.example, t("A saved example, to play with until your text begins."));
        parts.play();
      }
    }
    const text = store.here();
    return text ? (text.end === "recorded" ? "recording" : "run") : "";
  }

  /** @param {any} opening the server's answer */
  function open(opening) {
    if (opening.error) {
      problem(say(opening.error));
      return;
    }
    if (opening.device) state.device = opening.device;
    Object.assign(state.models, opening.models);
    if (opening.replay) {
      parts.chooseMode(opening.replay.kind === "score" ? "score" : "write");
      openTrace(opening.replay, null);
      parts.recording();
    } else if (openKept()) {
      /* a text that was cut off is on view */
    } else if (opening.link) openLink(opening.link);
    else if (opening.example && !state.touched && !state.branches.length && !parts.busy())
      openExample(opening.example);
    bringBackTyped();
    parts.changed();
    const now = state.models[state.model];
    if (now && now.state !== "ready") {
      parts.progress(now, state.model);
      controls.follow(state.model);
    }
  }

  /** @param {string} query of the address */
  const ask = (query) =>
    parts.server
      .opening({ query: query.slice(0, 20000) })
      .then(open, () => problem(t("The server did not answer. Reload the page to try again.")));
  document.addEventListener("playground:open", (event) => {
    const { slug, query } = /** @type {CustomEvent} */ (event).detail;
    if (slug === "generate" && /&/.test(query)) ask(query);
  });

  return { ask, openFile, meanwhile };
}
