// @ts-check
/**
 * The Generate page: text, timeline, distribution, rules, branches, scoring. What it knows is in
 * its store; the server only answers.
 */
import { partsOf } from "../../core/dom.js";
import { plain } from "../../core/format.js";
import { offerFullScreen } from "../../core/full_screen.js";
import { keepOverReload } from "../../core/kept.js";
import { drawn } from "../../core/messages.js";
import { makeTransport } from "../../core/transport.js";
import { onLanguage, t } from "../../core/translate.js";
import { readValue } from "../../core/value.js";
import { makeAsking } from "./asking.js";
import { makeAttribution } from "./attribution.js";
import { makeBranches } from "./branches.js";
import { makeControls, showNotes } from "./controls.js";
import { makeColumns } from "./columns.js";
import { makeCurves } from "./curves.js";
import { depthChoice } from "./depth.js";
import { makeDrawStrip } from "./draw_strip.js";
import { makeDraws } from "./draws.js";
import { onKeys } from "./keys.js";
import { showLayout } from "./layout.js";
import { makeLinks } from "./links.js";
import { onLooks } from "./looks.js";
import { modeChoice } from "./modes.js";
import { makeMoving } from "./moving.js";
import { makeNotices } from "./notices.js";
import { makeOpening } from "./opening.js";
import { makeProse } from "./prose.js";
import { makeRules } from "./rules.js";
import { makeSearch } from "./search.js";
import { skeleton } from "./skeleton.js";
import { statusOf } from "./status.js";
import { stepWords } from "./step_words.js";
import { makeStepView } from "./step_view.js";
import { loopsOf, makeStore, timelineOf, wantedStep } from "./store.js";
import { makeWatermark } from "./watermark.js";
import { makeWriting } from "./writing.js";

/** Steps a second to begin with: slow enough for what moves. @type {Record<string, number>} */
const SPEEDS = { simple: 1, rules: 0.5, numbers: 8 };

/** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
export function mount(element, { props, constants, server, trigger, watch }) {
  const view = skeleton(),
    parts = partsOf(view),
    { part } = parts,
    store = makeStore(constants),
    { state } = store;
  element.append(view);

  const tellStatus = statusOf(element, store);
  const prose = makeProse({ host: part("text"), onToken: goTo });
  const mark = makeWatermark({
    host: part("watermark"),
    store,
    ask: (question) => server.watermark(question),
    settings: () => rules.settings,
    writing: () => writing.growing,
    repaint: () => loadProse(),
  });
  const attribution = makeAttribution({
    host: part("attribution"),
    store,
    server,
    trigger,
    step: () => time.step,
    writing: () => writing.growing,
    tint: prose.tint,
    pause: () => time.pause(),
  });
  const notices = makeNotices(part, store),
    { problem } = notices;
  const heat = parts.input("heat");
  const rules = makeRules({
    host: part("rules"),
    constants,
    onChange: rulesMoved,
    shown: showSettings,
  });
  /** @param {number} id @param {string} text */
  const pick = (id, text) => asking.pick(id, text);
  const columns = makeColumns({ host: part("bars"), onPick: pick, ruleName: rules.nameOf });
  const moving = makeMoving({
    rules,
    strip: () => strip,
    prose,
    depth: () => depth.value,
    time: () => time,
  });
  const strip = makeDrawStrip({
    host: part("strip"),
    onPick: pick,
    onOthers: (folded) => search.offer(folded),
    goal: () => (asking.open ? prose.place(time.step) : null),
    pace: moving.pace,
  });
  const search = makeSearch({
    host: part("search-host"),
    find: (query) => asking.find(query),
    onPick: pick,
    onAppend: (text) => asking.append(text),
  });
  const depth = depthChoice(part("depth"), view, constants.replay ? "numbers" : "simple", () => {
    strip.relabel();
    time.suggestSpeed(SPEEDS[depth.value]);
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
      return server.draws({ ...asking.stepRequest(time.step), temperatures });
    },
  });
  const curves = makeCurves({ host: part("curves"), onStep: goTo });
  const stepView = makeStepView({
    part,
    store,
    rules,
    columns,
    differs: () => store.differs(rules.settings, constants.presets["pure sampling"]),
    look: () => asking.recompute(),
  });
  const time = makeTransport({
    host: part("time"),
    keys: view,
    speeds: [0.5, 1, 2, 4, 8, 16, 30],
    speed: SPEEDS[depth.value],
    onStep: draw,
    unit: () => t("Token on view"),
    onPlay: (playing) => part("text").classList.toggle("playing", playing),
    instead: () => asking.insteadOfPlay(),
    ...stepWords(store.frames),
  });
  const writing = makeWriting({
    store,
    constants,
    server,
    trigger,
    problem,
    progress: notices.progress,
    meanwhile: () => opening.meanwhile(),
    begun(branch) {
      notices.hide();
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
    progress: notices.progress,
    busy: () => writing.running,
    changed: layout,
    write: () => asking.write(),
    example(preset) {
      if (preset) {
        rules.set({ ...constants.presets[preset], seed: rules.settings.seed });
        controls.setLength(constants.presets[preset].max_new_tokens);
      }
      if (writing.running) problem(t("A text is being written already: press Stop first."));
      else asking.write();
    },
  });
  const asking = makeAsking({
    store,
    constants,
    server,
    controls,
    rules,
    writing,
    problem,
    step: () => time.step,
    locked: () => parts.input("lock").checked,
    openSetup() {
      /** @type {HTMLDetailsElement} */ (part("setup")).open = true;
    },
    redraw: () => draw(time.step, "what-if", null),
  });
  const chooseMode = modeChoice({
    part,
    state,
    changed() {
      problem(null);
      layout();
      controls.fit();
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
    chooseDepth: depth.choose,
    openBranch: (id, at) => openBranch(id, at),
    go: (k) => time.go(k, "load"),
    play: () => time.play(),
    pause: () => time.pause(),
    startRun: writing.start,
    busy: () => writing.running,
    progress: notices.progress,
    recording() {
      view.classList.add("replay");
      for (const one of part("rules").querySelectorAll("input, select"))
        /** @type {HTMLInputElement} */ (one).disabled = true;
    },
    changed: layout,
  });
  const links = makeLinks({
    ...{ part, prose, store, constants, server },
    time: () => time,
    step: () => time.step,
    stepRequest: asking.stepRequest,
    depth: () => depth.value,
    nameOf: rules.nameOf,
    problem,
    opened: opening.openFile,
    redraw: () => draw(time.step, "load", null),
  });

  // Where one stands
  // -----------------------------------------------------------------------------------------------
  /** @param {number} k */
  function goTo(k) {
    time.pause();
    time.go(k);
  }
  /** @param {number} k @param {string} why @param {number | null} from the step before */
  function draw(k, why, from) {
    const frame = store.frames()[k];
    if (!frame) return;
    const text = store.here();
    if (text && (why === "user" || why === "play")) text.wantedStep = undefined;
    if (why !== "what-if") state.whatIf = null;
    draws.clear();
    prose.view(k);
    curves.view(k);
    stepView.show(frame);
    attribution.look();
    const covered = links.cover(k), // from a class that may be asked for it
      steps = (why === "play" && time.speed <= 2) || isNext(k, why, from);
    moving.show(state.whatIf ?? frame, k, steps && !covered);
    drawn(view);
  }
  /** Whether the visitor stepped on by one. @param {number} k @param {string} why @param {number | null} from */
  const isNext = (k, why, from) => why === "user" && from !== null && k === from + 1;
  function rulesMoved() {
    time.pause();
    mark.look();
    asking.recompute();
  }
  /** @param {any} settings */
  function showSettings(settings) {
    heat.value = String(settings.temperature);
    part("heat-words").textContent = plain(settings.temperature, 2);
    part("seed-words").textContent = t("keep seed {seed}", { seed: String(settings.seed) });
  }

  // What comes back
  // -----------------------------------------------------------------------------------------------
  /** @param {import("./store.js").Branch} branch @param {any[]} more */
  function grown(branch, more) {
    if (state.here !== branch.id) return;
    const all = store.frames(),
      k = wantedStep(branch, all) ?? time.step;
    while (prose.length < all.length) prose.push(all[prose.length]);
    time.grow(timelineOf(all, store.childrenHere()));
    curves.load(all, loopsOf(all));
    curves.view(k); // the step on view stands elsewhere on a longer line
    prose.loops(loopsOf(all));
    prose.view(Math.min(k, all.length - 1));
    if (all.length === branch.at + more.length) {
      layout();
      if (branch.wantedStep === undefined) {
        time.go(branch.at, "play");
        time.play();
      } else draw(k, "load", null);
    }
    if (k !== time.step) time.go(k, "load");
  }
  /** @param {import("./store.js").Branch} branch @param {string} ended */
  function finished(branch, ended) {
    notices.hide();
    time.setLive(false);
    part("ended").textContent = ended;
    branch.wantedStep = undefined;
    mark.look();
    attribution.look();
    layout();
    showTree();
    drawn(view, "finished");
  }
  // What is on view
  // -----------------------------------------------------------------------------------------------
  /** @param {string} id @param {number | null} [at] @param {boolean} [live] */
  function openBranch(id, at = null, live = false) {
    state.here = id;
    state.whatIf = null;
    const all = store.frames();
    loadProse();
    curves.load(all, loopsOf(all));
    time.load({
      ...timelineOf(all, store.childrenHere()),
      at: at ?? Math.max(0, Math.min(time.step, all.length - 1)),
      live,
    });
    showNotes(part("notes"), store.here()?.notes ?? []);
    part("ended").textContent = "";
    showTree();
    layout();
    if (live && store.here()?.wantedStep === undefined) time.play();
  }
  function loadProse() {
    const text = store.here();
    if (!text) return;
    const all = store.frames();
    prose.load({
      prompt: text.prompt.pieces,
      frames: all,
      paint: mark.paint(),
    });
    prose.loops(loopsOf(all));
    prose.dots(store.childrenHere().map((one) => one.at));
    if (all.length) prose.view(time.step);
    attribution.look();
    mark.look();
  }
  function showTree() {
    tree.show(state.branches, state.here);
    part("branches").hidden = state.branches.length < 2;
  }
  function layout() {
    showLayout({ view, parts, store, rules, strip, links, controls, writing });
    tellStatus();
  }
  // The visitor
  // -----------------------------------------------------------------------------------------------
  parts.press("write").addEventListener("click", () => {
    if (writing.running) writing.stop();
    else if (state.mode === "score") asking.score();
    else asking.write(true);
  });
  parts.press("on").addEventListener("click", () => asking.branchAt(time.step, []));
  heat.addEventListener("input", () => rules.change({ temperature: Number(heat.value) }));
  onKeys(view, {
    another: () => !writing.running && state.mode === "write" && asking.write(true),
    tile: strip.pick,
  });
  onLooks(view, state, parts.input("marks"), (marks) => {
    prose.showMarks(marks);
    loadProse();
  });
  element.addEventListener("input", () => {
    state.touched = true;
  });
  offerFullScreen(parts.press("whole"), view);
  keepOverReload("text", () => (writing.unfinished ? links.trace() : null));

  controls.setPrompt(constants.examples[0][1]);
  rules.set(constants.start);
  controls.setLength(constants.start.max_new_tokens);
  controls.scoreBox.value = constants.score_example;
  chooseMode("write");
  const arrived = () => {
    const message = readValue(props);
    writing.receive(message);
    attribution.receive(message);
  };
  arrived();
  watch("value", arrived);
  onLanguage(() => {
    const all = store.frames();
    if (all.length) {
      time.grow(timelineOf(all, store.childrenHere()));
      draw(time.step, state.whatIf ? "what-if" : "load", null);
      strip.relabel();
      loadProse();
      showNotes(part("notes"), store.here()?.notes ?? []);
    }
    showTree();
    layout();
  });
  opening.ask(location.search);
  new IntersectionObserver(tellStatus).observe(element);
}
