// @ts-check
/** The Generate page: text, timeline, distribution, rules, branches, scoring. What it knows is in its store; the server only answers. */
import { makeDistribution } from "../../charts/distribution.js";
import { latest } from "../../core/ask.js";
import { partsOf, visible } from "../../core/dom.js";
import { bits, chance, fixed, whole } from "../../core/format.js";
import { announce, drawn, showStatus } from "../../core/messages.js";
import { makeTransport } from "../../core/transport.js";
import { onLanguage, say, t } from "../../core/translate.js";
import { readValue } from "../../core/value.js";
import { makeBranches } from "./branches.js";
import { makeControls, showNotes } from "./controls.js";
import { makeCurves } from "./curves.js";
import { makeDraws } from "./draws.js";
import { keepWhenLeaving } from "./kept.js";
import { makeLinks } from "./links.js";
import { makeOpening } from "./opening.js";
import { makeProse } from "./prose.js";
import { makeRules } from "./rules.js";
import { skeleton } from "./skeleton.js";
import { makeStepView } from "./step_view.js";
import { loopsOf, makeStore, timelineOf } from "./store.js";
import { makeWriting, progressWords } from "./writing.js";

/** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
export function mount(element, { props, constants, server, trigger, watch }) {
  const view = skeleton(),
    parts = partsOf(view),
    { part } = parts,
    store = makeStore(constants),
    { state } = store;
  element.append(view);

  const prose = makeProse({ host: part("text"), onToken: goTo });
  const rules = makeRules({ host: part("rules"), constants, onChange: rulesMoved });
  const bars = makeDistribution({
    bars: part("bars"),
    strip: part("strip"),
    onPick: pick,
    ruleName: rules.nameOf,
  });
  const tree = makeBranches({
    host: part("tree"),
    onOpen: (id) => openBranch(id),
    pathOf: store.pathOf,
  });
  const draws = makeDraws({
    host: part("draws"),
    ask(temperatures) {
      time.pause(); // the next step would take its columns away
      return server.draws({ ...stepRequest(time.step), temperatures });
    },
  });
  const curves = makeCurves({ host: part("curves"), onStep: goTo });
  const stepView = makeStepView({ part, store, rules, bars, differs, look: recompute });
  const time = makeTransport({
    host: part("time"),
    keys: view,
    onStep: (k, why) => draw(k, why),
    unit: () => t("Token on view"),
    onPlay: (playing) => part("text").classList.toggle("playing", playing),
    instead: playInstead,
    label: (k) => [
      t("step {step} / {length}", { step: k + 1, length: store.frames().length }),
      t("entropy {entropy} bits", { entropy: entropyAt(k) }),
    ],
    speech: (k) =>
      t("step {step} of {length}: {token}, entropy {entropy} bits", {
        step: k + 1,
        length: store.frames().length,
        token: visible(store.frames()[k]?.text ?? ""),
        entropy: entropyAt(k),
      }),
  });
  const writing = makeWriting({
    store,
    constants,
    server,
    trigger,
    problem,
    progress: showProgress,
    begun(branch) {
      hideProgress();
      openBranch(branch.id, branch.at, true);
    },
    grown,
    finished,
    changed: layout,
  });
  const controls = makeControls({
    parts,
    store,
    constants,
    server,
    problem,
    progress: showProgress,
    busy: () => writing.running,
    changed: layout,
    write,
    example(preset) {
      if (preset) {
        rules.set({ ...constants.presets[preset], seed: rules.settings.seed });
        controls.setLength(constants.presets[preset].max_new_tokens);
      }
      if (writing.running) problem(t("A text is being written already: press Stop first."));
      else write();
    },
  });
  const opening = makeOpening({
    store,
    constants,
    server,
    controls,
    rules,
    problem,
    chooseMode,
    openBranch: (id, at) => openBranch(id, at),
    go: (k) => time.go(k, "load"),
    play: () => time.play(),
    pause: () => time.pause(),
    startRun: writing.start,
    busy: () => writing.running,
    progress: showProgress,
    recording() {
      view.classList.add("replay");
      for (const one of part("rules").querySelectorAll("input, select"))
        /** @type {HTMLInputElement} */ (one).disabled = true;
    },
    changed: layout,
  });
  const links = makeLinks({
    part,
    store,
    constants,
    server,
    step: () => time.step,
    stepRequest,
    problem,
    opened: opening.openFile,
  });

  // Where one stands -------------------------------------------------------------------------------------------------------
  /** @param {number} k */
  function entropyAt(k) {
    return fixed(bits(store.frames()[k]?.raw_entropy), 2);
  }
  /** @param {number} k */
  function goTo(k) {
    time.pause();
    time.go(k);
  }
  /** Play writes where there is nothing to replay: no text yet, or another prompt or model than the text's own. */
  function playInstead() {
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
  /** @param {number} k @param {string} [why] */
  function draw(k, why) {
    const frame = store.frames()[k];
    if (!frame) return;
    if (why !== "what-if") state.whatIf = null;
    draws.clear();
    prose.view(k);
    curves.view(k);
    stepView.show(frame);
    drawn(view);
  }
  function differs() {
    const text = store.here(),
      written = text?.kind === "score" ? constants.presets["pure sampling"] : text?.settings,
      now = rules.settings;
    return (
      Boolean(written) &&
      Object.keys(now).some(
        (key) =>
          key !== "max_new_tokens" && JSON.stringify(now[key]) !== JSON.stringify(written[key]),
      )
    );
  }

  // Asking the server -------------------------------------------------------------------------------------------------------
  function settingsNow() {
    return { ...rules.settings, max_new_tokens: controls.length ?? 64 };
  }
  /** @param {string} name @param {string} text */
  function tooLong(name, text) {
    // the whole of a text that was pasted stays in its box: nothing is cut behind the visitor's back
    const length = [...text].length,
      most = constants.most_characters;
    if (length <= most) return false;
    const values = { most: whole(most), length: whole(length) };
    problem(
      name === "prompt"
        ? t("The prompt must have at most {most} characters, got {length}: shorten it.", values)
        : t("The text must have at most {most} characters, got {length}: shorten it.", values),
    );
    return true;
  }
  function write() {
    const { prompt, lengthBox } = controls;
    if (!prompt.value.trim()) {
      problem(t("The prompt is empty: write a few words, or take one of the examples."));
      prompt.focus();
      return;
    }
    if (tooLong("prompt", prompt.value)) return;
    if (controls.length === null) {
      problem(
        t("Length must be a whole number in [{low}, {high}], got {value}.", {
          low: lengthBox.min,
          high: lengthBox.max,
          value: lengthBox.value || t("nothing"),
        }),
      );
      return;
    }
    const settings = settingsNow();
    const branch = store.newBranch({
      settings,
      prompt: { text: prompt.value, pieces: [], model: state.model, chat: state.chat },
    });
    writing.start(branch, "write", { prompt: prompt.value, chat: state.chat, settings });
  }
  /** Another text from step `k` on. @param {number} k @param {number[]} forced tokens that the visitor chose */
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
    // at the end of a text that is as long as was allowed, as many tokens again: continuing there would else write nothing
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
    branchAt(time.step, [token]);
  }
  function score() {
    const text = controls.scoreBox.value;
    if (!text.trim()) {
      problem(t("The text is empty: paste a few sentences to see how the model reads them."));
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
  /** @param {number} k */
  function stepRequest(k) {
    const text = /** @type {any} */ (store.here()),
      frame = store.frames()[k];
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
      if (state.here !== id || writing.running || k !== time.step) return;
      if (record.error) {
        problem(say(record.error));
        return;
      }
      problem(null);
      state.whatIf = record;
      draw(k, "what-if");
    },
  );
  /** The step on view under the rules as they stand. */
  function recompute() {
    if (store.frames().length) askStep({ k: time.step, id: state.here });
  }
  function rulesMoved() {
    time.pause();
    recompute();
  }

  // What comes back ---------------------------------------------------------------------------------------------------------
  /** @param {import("./store.js").Branch} branch @param {any[]} more */
  function grown(branch, more) {
    if (state.here !== branch.id) return;
    const all = store.frames(),
      k = time.step;
    while (prose.length < all.length) prose.push(all[prose.length]);
    time.grow(timelineOf(all, childrenHere()));
    curves.load(all, loopsOf(all));
    prose.loops(loopsOf(all));
    prose.view(Math.min(k, all.length - 1));
    if (all.length === branch.at + more.length) {
      layout();
      time.go(branch.at, "play");
      time.play();
    }
  }
  /** @param {import("./store.js").Branch} branch @param {string} ended */
  function finished(branch, ended) {
    hideProgress();
    time.setLive(false);
    part("ended").textContent = ended;
    if (branch.wantedStep !== undefined && state.here === branch.id) goTo(branch.wantedStep);
    layout();
    showTree();
    drawn(view, "finished");
  }
  /** @param {any} progress @param {string | null} model */
  function showProgress(progress, model) {
    if (model !== null) state.models[model] = progress;
    const entry = store.entry(model ?? undefined),
      shown = progressWords(progress, say(entry?.title ?? model ?? ""));
    if (!shown) return hideProgress();
    const bar = /** @type {HTMLProgressElement} */ (part("progress-bar"));
    if (shown.share === null) bar.removeAttribute("value");
    else bar.value = shown.share;
    part("progress-words").textContent = shown.words;
    part("progress").hidden = false;
  }
  function hideProgress() {
    part("progress").hidden = true;
  }
  /** @param {string | null} sentence */
  function problem(sentence) {
    part("problem").textContent = sentence ?? "";
    part("problem").hidden = !sentence;
    if (sentence) hideProgress();
  }

  // What is on view ---------------------------------------------------------------------------------------------------------
  function childrenHere() {
    return state.branches.filter((one) => one.parent === state.here);
  }
  /** @param {string} id @param {number | null} [at] @param {boolean} [live] */
  function openBranch(id, at = null, live = false) {
    state.here = id;
    state.whatIf = null;
    const all = store.frames();
    loadProse();
    curves.load(all, loopsOf(all));
    time.load({
      ...timelineOf(all, childrenHere()),
      at: at ?? Math.max(0, Math.min(time.step, all.length - 1)),
      live,
    });
    showNotes(part("notes"), store.here()?.notes ?? []);
    part("ended").textContent = "";
    showTree();
    layout();
    if (live) time.play();
  }
  function loadProse() {
    const text = store.here();
    if (!text) return;
    const all = store.frames();
    prose.load({
      prompt: text.prompt.pieces,
      frames: all,
      paint: text.kind === "score" ? shadeOf : null,
    });
    prose.loops(loopsOf(all));
    prose.dots(childrenHere().map((one) => one.at));
    if (all.length) prose.view(time.step);
  }
  /** @param {any} frame */
  function shadeOf(frame) {
    const title = t("surprisal {surprisal} bits, rank {rank}, P {probability}", {
      surprisal: frame.surprisal === null ? "∞" : fixed(bits(frame.surprisal), 2),
      rank: whole(frame.rank),
      probability: chance(frame.raw_probability),
    });
    if (state.shade === "rank") {
      const level = frame.rank === 1 ? 0 : Math.min(1, Math.log10(frame.rank) / 4);
      return { colour: "var(--new)", level, title };
    }
    const level = Math.min(1, /** @type {number} */ (bits(frame.surprisal ?? 20)) / 14);
    return { colour: "var(--loop)", level, title };
  }
  function showTree() {
    tree.show(state.branches, state.here);
    part("branches").hidden = state.branches.length < 2;
  }
  function layout() {
    const scoring = state.mode === "score",
      any = store.frames().length > 0,
      running = writing.running,
      writeButton = parts.press("write");
    view.classList.toggle("running", running);
    part("write-fields").hidden = scoring;
    part("score-fields").hidden = !scoring;
    writeButton.textContent = running ? t("Stop") : scoring ? t("Score") : t("New text");
    writeButton.classList.toggle("stop", running);
    part("on").hidden = scoring || store.here()?.kind === "score";
    part("shades").hidden = store.here()?.kind !== "score";
    part("hint").hidden = any;
    part("hint").textContent = running
      ? t("The model is reading the prompt …")
      : scoring
        ? t("Press Play: each token is coloured by how much it surprises the model.")
        : t("Press Play: the model writes, token by token.");
    if (!any) {
      rules.clear();
      part("sentence").replaceChildren();
    }
    part("left").classList.toggle("gen-empty", !any);
    for (const name of ["figures", "many", "link", "qr", "escape"]) part(name).hidden = !any;
    links.ready(any);
    part("chat-field").hidden = !store.entry()?.chat;
    part("model-note").textContent = say(store.entry()?.note);
    tellStatus();
  }
  function tellStatus() {
    if (element.offsetParent === null) return;
    const title = say(store.entry()?.title ?? state.model);
    // where another program runs nobody here knows
    const where = state.model.startsWith("engine/") ? "" : ` · ${state.device || "CPU"}`;
    showStatus(title + where);
  }
  /** @param {"write" | "score"} mode */
  function chooseMode(mode) {
    state.mode = mode;
    for (const one of /** @type {const} */ (["write", "score"]))
      part("mode-" + one).setAttribute("aria-pressed", String(one === mode));
    problem(null);
    layout();
    controls.fit();
  }

  // The visitor -------------------------------------------------------------------------------------------------------------
  parts.press("write").addEventListener("click", () => {
    if (writing.running) writing.stop();
    else if (state.mode === "score") score();
    else write();
  });
  parts.press("on").addEventListener("click", () => branchAt(time.step, []));
  for (const one of /** @type {const} */ (["write", "score"]))
    part("mode-" + one).addEventListener("click", () => chooseMode(one));
  for (const one of /** @type {NodeListOf<HTMLInputElement>} */ (
    view.querySelectorAll("[name=shade]")
  )) {
    one.checked = one.value === state.shade;
    one.addEventListener("change", () => {
      state.shade = one.value;
      loadProse();
    });
  }
  parts.input("marks").addEventListener("change", () => {
    prose.showMarks(parts.input("marks").checked);
    loadProse();
  });
  element.addEventListener("input", () => {
    state.touched = true;
  });
  keepWhenLeaving(() => (writing.unfinished ? links.trace() : null));

  controls.setPrompt(constants.examples[0][1]);
  rules.set(constants.start);
  controls.setLength(constants.start.max_new_tokens);
  controls.scoreBox.value = constants.score_example;
  chooseMode("write");
  const arrived = () => writing.receive(readValue(props));
  arrived();
  watch("value", arrived);
  onLanguage(() => {
    const all = store.frames();
    if (all.length) {
      time.grow(timelineOf(all, childrenHere()));
      draw(time.step, state.whatIf ? "what-if" : "load");
      loadProse();
      showNotes(part("notes"), store.here()?.notes ?? []);
    }
    showTree();
    layout();
  });
  server
    .opening({ query: location.search.slice(0, 20000) })
    .then(opening.open, () =>
      problem(t("The server did not answer. Reload the page to try again.")),
    );
  new IntersectionObserver(tellStatus).observe(element);
}
