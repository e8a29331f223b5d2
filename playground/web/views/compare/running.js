// @ts-check
/**
 * What the parts of the Compare page do alike: a long run with its progress and Stop, a quick
 * question, the part's link.
 */
import { make, node } from "../../core/dom.js";
import { keepOverReload, takeKept } from "../../core/kept.js";
import { copyLink, offerEmbed, withView } from "../../core/link.js";
import { connectionLost } from "../../core/messages.js";
import { makeRun } from "../../core/run.js";
import { onLanguage, say, t } from "../../core/translate.js";
import { readValue } from "../../core/value.js";
import { waitingWords } from "../../core/waiting.js";
import { arrange, numberIn, press, problemLine, rich, rowOf } from "./parts.js";

export const recordedNote = () =>
  t("Recorded earlier with these settings. Run it yourself to see it live.");
const noAnswer = () => t("The server did not answer; what is on the page stays. Try again.");
// with these alone a run has shown nothing yet
const QUIET_KEYS = new Set(["words", "progress", "columns", "written"]);

/** @param {any} value @returns {any} the same with its keys in order */
function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (!value || typeof value !== "object") return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key])]));
}

/** @param {any} one @param {any} other */
export const same = (one, other) => JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));

/**
 * A long run: its buttons, its bar and what is said of it. `element` is the part: its data-state
 * says how the run stands.
 */
export class Runner {
  old = false; // what is on the page is still the recording
  lent = false; // and made with other settings than those on the page
  shown = false; // a run of the visitor's is on view
  waits = false; // for a place
  /** @type {() => string} */
  said = () => "";
  /** @type {any} */
  problem = null;

  /**
   * @param {HTMLElement} element
   * @param {import("../../core/value.js").Host} host
   * @param {{label: () => string, request: () => any, onFrame: (record: any) => void, onEnd?: (run: string) => void,
   *   meanwhile?: () => Promise<void>}} options
   *   onEnd: the run of this name is over, however it ended; meanwhile: shows a recording where nothing is on view
   */
  constructor(
    element,
    { props, server, trigger, watch },
    { label, request, onFrame, onEnd, meanwhile },
  ) {
    this.element = element;
    this.onEnd = onEnd ?? (() => {});
    this.meanwhile = meanwhile ?? (async () => {});
    this.request = request;
    this.onFrame = onFrame;
    this.go = press(label, null, () => this.begin(), "main");
    this.stop = press(
      () => t("Stop"),
      () => t("Ends the run; what is there stays"),
      () => this.run.stop(),
    );
    this.bar = make("progress", "compare-progress");
    this.words = make("p", "say compare-words");
    this.trouble = problemLine();
    this.bar.max = 1;
    this.words.setAttribute("role", "status");
    this.row = rowOf(this.go, this.stop);
    this.news = [this.bar, this.words, this.trouble];
    this.busy(false);
    this.run = makeRun({
      start: (asked) => trigger("go", { request: asked }),
      stop: (name) => server.stop(name).catch(() => {}),
      going: (name) => server.going(name),
      handlers: this.handlers(),
    });
    watch("value", () => this.run.receive(readValue(props)));
    this.speak();
    onLanguage(() => this.speak());
  }

  handlers() {
    return {
      frame: (/** @type {any} */ record) => this.take(record),
      progress: (/** @type {any} */ { words, share, texts_now }) =>
        this.take({ words, progress: share, ...(texts_now ? { texts_now } : {}) }),
      waiting: (/** @type {any} */ { words }) => this.wait(words),
      lost: () => this.tell(connectionLost),
      resumed: () => this.tell(() => ""),
      end: (/** @type {any} */ { run, reason }) => {
        if (reason === "stopped") this.over("stopped", () => t("Stopped; what is there stays."));
        else this.over("done", () => "");
        this.onEnd(run);
      },
      error: (/** @type {any} */ { run, message }) => {
        this.problem = message;
        this.over("problem", () => "");
        this.onEnd(run);
      },
    };
  }

  begin() {
    this.problem = null;
    this.bar.value = 0;
    this.busy(true);
    this.element.dataset.state = "running";
    this.said = () => "";
    this.speak();
    this.run.start(this.request());
  }

  /** @param {any} words the place in the line */
  async wait(words) {
    this.waits = true;
    if (!this.old && !this.shown) await this.meanwhile();
    const there = this.old ? "recording" : this.shown ? "run" : "";
    if (this.waits) this.tell(() => waitingWords(words, there));
  }

  /** @param {any} record */
  take(record) {
    this.waits = false;
    if (record.words !== undefined && record.words !== null) this.tell(() => say(record.words));
    if (typeof record.progress === "number") this.bar.value = record.progress;
    if (Object.keys(record).some((key) => !QUIET_KEYS.has(key))) {
      this.old = false;
      this.shown = true;
    }
    this.onFrame(record);
  }

  /** @param {string} state @param {() => string} text */
  over(state, text) {
    this.waits = false;
    this.busy(false);
    this.element.dataset.state = state;
    this.tell(() =>
      [text(), this.old && !this.lent ? recordedNote() : ""].filter(Boolean).join(" "),
    );
  }

  /** @param {() => string} text */
  tell(text) {
    this.said = text;
    this.speak();
  }

  speak() {
    this.words.replaceChildren(...rich(this.said()));
    this.trouble.textContent = say(this.problem);
    this.trouble.hidden = this.problem === null;
    this.bar.setAttribute("aria-label", t("Progress"));
  }

  /** @param {boolean} on */
  busy(on) {
    this.go.disabled = on;
    this.stop.disabled = !on;
    this.bar.hidden = !on;
  }

  /**
   * A run that was recorded earlier, if it is the one that would be asked for now: what one sees
   * before one has pressed anything.
   * @param {any} recorded
   */
  replay(recorded) {
    if (this.run.running || !recorded?.frames || !same(this.request(), recorded.request)) return;
    this.lend(recorded);
    this.lent = false;
    this.over("recorded", () => "");
  }

  /**
   * What was recorded with other settings, until the visitor's own run begins.
   * @param {any} recorded
   */
  lend(recorded) {
    recorded.frames.forEach((/** @type {any} */ record) => this.onFrame(record));
    this.old = this.lent = true;
  }
}

/**
 * A quick question: the newest answer wins, a problem is a sentence beside it.
 * @param {(wish: any) => Promise<any>} ask @param {(answer: any) => void} onAnswer
 */
export function makeAsker(ask, onAnswer) {
  const trouble = problemLine();
  /** @type {any} */
  let problem = null;
  let turn = 0;
  const speak = () => {
    trouble.textContent = typeof problem === "function" ? problem() : say(problem);
    trouble.hidden = !problem;
  };
  onLanguage(speak);
  async function go(/** @type {any} */ wish) {
    const mine = ++turn,
      answer = (await ask(wish).catch(() => null)) ?? { problem: noAnswer };
    if (mine !== turn) return;
    problem = answer.problem ?? null;
    speak();
    if (!answer.problem) onAnswer(answer);
  }
  return { go, trouble };
}

/** @param {any} one */
const valueOf = (one) => (one.get ? one.get() : one.type === "number" ? numberIn(one) : one.value);

/** @param {any} one @param {any} value */
function put(one, value) {
  if (one.set) one.set(value);
  else if (one.tagName !== "SELECT" || [...one.options].some((o) => o.value === String(value)))
    one.value = value;
}

/** The link of a part, and how it is opened. */
export class PartLink {
  touched = false;

  /**
   * @param {HTMLElement} element
   * @param {import("../../core/value.js").Host} host
   * @param {Record<string, any>} controls field -> an input, or {get, set}
   * @param {(recorded: any) => void} show draws what was recorded, where no link brought other settings
   */
  constructor(element, { props, server }, controls, show) {
    this.element = element;
    this.server = server;
    this.controls = controls;
    this.show = show;
    this.message = problemLine();
    const copy = press(
      () => t("Copy link"),
      () => t("The address of this part with these settings"),
      () => this.write(),
      "plain",
    );
    this.copy = node("span", { class: "link-buttons" }, copy);
    offerEmbed(copy, () => this.address());
    for (const kind of ["input", "click"])
      element.addEventListener(kind, () => (this.touched = true), { once: true });
    this.fill(props.start);
    this.place = element.closest("[id^=compare-]")?.id ?? ""; // an id that Gradio makes differs at each load
    keepOverReload(this.place, () => (this.touched ? this.fields() : null));
  }

  /** @param {any} values */
  fill(values) {
    for (const [name, one] of Object.entries(this.controls))
      if (values[name] !== undefined && values[name] !== null) put(one, values[name]);
  }

  /** @param {string} text */
  tell(text) {
    this.message.textContent = text;
    this.message.hidden = !text;
  }

  fields() {
    return Object.fromEntries(
      Object.entries(this.controls).map(([name, one]) => [name, valueOf(one)]),
    );
  }

  /** Of this part with what its fields say; null, and a sentence, where they are refused. */
  async address() {
    const answer = await this.server.link(this.fields()).catch(() => null);
    this.tell(answer ? say(answer.problem) : noAnswer());
    return answer?.query ? location.origin + location.pathname + withView(answer.query) : null;
  }

  async write() {
    const address = await this.address();
    if (address) await copyLink(address);
  }

  async open() {
    const query = location.search.slice(0, 20000),
      answer = (await this.server.opened({ query }).catch(() => null)) ?? {};
    this.tell(say(answer.message));
    if (!this.touched && answer.values) this.fill(answer.values);
    if (!this.touched && answer.recorded) this.show(answer.recorded);
    const kept = takeKept(this.place); // what stood in the fields before the page was loaded anew
    if (kept && !this.touched) this.fill(kept);
    this.element.dataset.opened = "1";
  }
}

/**
 * A part that runs: its button with Stop, progress, trouble and link above its results, what can be
 * changed beneath them.
 * @param {HTMLElement} element @param {import("../../core/value.js").Host} host
 * @param {{label: () => string, request: () => any, onFrame: (record: any) => void, controls: Record<string, any>, results: Node[],
 *   fields: Node[], draw: () => void}} options controls: as of PartLink; draw: what is on view, in another language
 */
export function makePart(element, host, { controls, results, fields, draw, ...run }) {
  const box = /** @type {HTMLElement} */ (element.querySelector(".compare")),
    runner = new Runner(box, host, run),
    link = new PartLink(box, host, controls, (recorded) => runner.replay(recorded));
  runner.row.append(link.copy);
  arrange(box, [runner.row, ...runner.news, link.message], results, fields);
  onLanguage(draw);
  link.open();
}
