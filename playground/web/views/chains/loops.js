// @ts-check
/**
 * Why networks loop: a map of the plane, and hidden states of a model along a text: the greedy and
 * the drawn run side by side, each as its path in one plane and as its recurrence plot.
 */
import { latest } from "../../core/ask.js";
import { clip, clone, partsOf } from "../../core/dom.js";
import { percent } from "../../core/format.js";
import { onLook } from "../../core/look.js";
import { offerLink, readLink, stepOf } from "../../core/link.js";
import { drawn } from "../../core/messages.js";
import { nt, say, t } from "../../core/translate.js";
import { LARGEST_SEED, readValue } from "../../core/value.js";
import { skeleton } from "./loops_parts.js";
import { begin, chainTransport, readField } from "./page.js";
import { PlaneMap } from "./plane.js";
import { nearestEarlier, RunPortrait, screenOf } from "./portrait.js";

const AGAIN = 1000, // milliseconds until a model that is being loaded is asked for once more
  LATER = 3000; // and until the list of models is

/**
 * @type {[part: string, field: "length" | "seed" | "temperature", low: number, high: number, isWhole: boolean][]}
 */
const FIELDS = [
  ["length", "length", 0, 120, true],
  ["textSeed", "seed", 0, LARGEST_SEED, true],
  ["temperature", "temperature", 0.1, 5, false],
];
const RUNS = /** @type {("greedy" | "drawn")[]} */ (["greedy", "drawn"]);

/** The visitor's n-grams, made in From text: [title, id]. @returns {[string, string][]} */
function ownModels() {
  /** @type {any} */
  const page = window;
  return (page.playground_ngrams ?? []).map((one) => [one.title, one.id]);
}

/** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
export const mount = (element, host) => new LoopsView(element, host);

class LoopsView {
  /** @type {any} */
  draft = null;
  /** @type {any} */
  runs = null;
  /** @type {[label: string, id: string][]} */
  models = [];
  linked = false; // the text came with a link
  /** @type {string | null} the token that the link names, until it is on view */
  linkedStep = null;
  touched = false; // somebody has typed or pressed something
  busy = false;
  again = 0;

  /** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
  constructor(element, host) {
    const { props, server } = host;
    this.props = props;
    this.server = server;
    this.view = skeleton();
    element.append(this.view);
    this.parts = partsOf(this.view);
    this.plane = new PlaneMap(this.parts, {
      sliders: props.sliders,
      plane: () => this.draft.plane,
      server,
      drawn: () => drawn(this.view),
    });
    this.portraits = {
      greedy: new RunPortrait(this.parts, "greedy", (k) => this.go(k)),
      drawn: new RunPortrait(this.parts, "drawn", (k) => this.go(k)),
    };
    this.player = this.makePlayer();
    this.ask = latest(
      (wish) => server.states(wish),
      (record, wish) => this.receive(record, wish),
    );
    onLook(() => this.paint());
    begin(this, "loops", host, {
      filled: () => this.draft !== null,
      player: () => (this.draft?.part === "text" ? null : this.plane.player),
    });
  }

  makePlayer() {
    return chainTransport({
      quiet: true, // the first button is the one that writes
      host: this.parts.part("textPlayer"),
      keys: this.parts.part("textSection"),
      unit: () => t("Token of both runs"),
      speed: 8,
      onStep: (k) => this.show(k),
      label: (k) => [
        t("token {token} / {count}", { token: k + 1, count: this.longest }),
        t("greedy, drawn"),
      ],
    });
  }

  listen() {
    const { part, press } = this.parts;
    press("write").addEventListener("click", () => this.write());
    for (const kind of ["input", "click", "keydown"])
      part("textSection").addEventListener(kind, () => {
        this.touched = true;
      });
    part("prompt").addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      this.write();
    });
    document.addEventListener("playground:ngram", () => {
      if (this.draft) this.fillModels(this.parts.select("model").value);
    });
    offerLink(press("link"), () => this.address("plane"), this.plane.player);
    offerLink(press("textLink"), () => this.address("text"), this.player);
  }

  /**
   * The link of one part of the view: the step that goes along is its own.
   * @param {"plane" | "text"} part
   */
  address(part) {
    this.draft.text.text = this.parts.input("prompt").value;
    return this.server.link(clone({ ...this.draft, part }));
  }

  /** @param {string} sentence */
  problem(sentence) {
    this.parts.part("textProblem").textContent = sentence;
  }

  get longest() {
    return Math.max(...RUNS.map((run) => this.runs[run].length));
  }

  /** @param {number} k */
  go(k) {
    this.player.pause();
    this.player.go(k);
  }

  /** Asks for both runs; a field that is wrong is said. */
  write() {
    const { input, select } = this.parts,
      wish = this.draft.text;
    for (const [part, name, low, high, isWhole] of FIELDS) {
      const read = readField(input(part), name, low, high, isWhole);
      if (read.value === null) {
        this.problem(read.problem);
        input(part).focus();
        return;
      }
      wish[name] = read.value;
    }
    wish.text = input("prompt").value;
    wish.model = select("model").value;
    this.setBusy(true);
    this.ask(clone(wish));
  }

  /** @param {boolean} busy */
  setBusy(busy) {
    this.busy = busy;
    this.parts.press("write").disabled = busy;
    this.parts.press("write").textContent = busy ? t("Writing…") : t("Write both");
  }

  receive(record, wish) {
    clearTimeout(this.again);
    this.problem(record.ok ? "" : say(record.error));
    if (record.pending) {
      this.again = setTimeout(() => this.ask(wish), AGAIN);
      return;
    }
    this.setBusy(false);
    this.parts.part("textSection").classList.toggle("stale", !record.ok);
    if (!record.ok) return;
    this.runs = record;
    this.draw();
  }

  take(value = readValue(this.props)) {
    if (!value?.draft) return;
    this.draft = value.draft;
    this.runs = value.figures.text;
    this.plane.first(value.figures.plane);
    this.fill();
    this.problem(say(value.message));
    if (this.runs) this.draw();
    if (value.figures.ask) this.write();
    this.linked = Boolean(value.opened);
    if (this.linked && this.draft.part === "text") {
      this.linkedStep = readLink().at;
      this.parts.part("textSection").scrollIntoView();
      if (this.runs) this.draw();
    }
    this.offer(!this.linked);
  }

  fill() {
    const { input } = this.parts,
      wish = this.draft.text;
    this.fillModels(wish.model);
    input("prompt").value = wish.text;
    for (const [part, name] of FIELDS) input(part).value = String(wish[name]);
    this.setBusy(this.busy);
  }

  /** @param {string} chosen */
  fillModels(chosen) {
    const select = this.parts.select("model"),
      own = ownModels().filter(([, id]) => !this.models.some((one) => one[1] === id)),
      listed = [...this.models, ...own];
    if (!listed.some(([, id]) => id === chosen)) listed.push([chosen, chosen]);
    select.replaceChildren(...listed.map(([label, id]) => new Option(clip(say(label), 60), id)));
    select.value = chosen;
  }

  /**
   * The networks on offer; the first one's runs replace the n-gram's unless a link brought a text
   * or somebody has typed.
   * @param {boolean} untouched @param {number} [times] how often it is asked again while one is being loaded
   */
  async offer(untouched, times = 10) {
    let record;
    try {
      record = await this.server.models({});
    } catch {
      return;
    }
    this.models = record.models ?? [];
    if (record.coming && times > 0) setTimeout(() => this.offer(untouched, times - 1), LATER);
    if (!untouched || !record.first || this.linked || this.touched)
      return this.fillModels(this.parts.select("model").value);
    this.draft.text = clone(record.first.draft);
    this.runs = record.first.figures;
    this.fill();
    this.draw();
  }

  /** Another language: what the visitor has typed stays. */
  speak() {
    if (!this.draft) return;
    this.setBusy(this.busy);
    this.fillModels(this.parts.select("model").value);
    this.plane.buildSliders();
    this.plane.drawLand();
    this.plane.drawOrbit();
    if (this.runs) this.draw();
  }

  /** Light or dark: what is painted takes its colours anew. */
  paint() {
    if (this.plane.land) this.plane.drawLand();
    for (const run of this.runs ? RUNS : []) this.portraits[run].paint();
  }

  draw() {
    const { runs } = this,
      loop = runs.greedy.token_period,
      screens = screenOf(RUNS.map((run) => runs[run].path));
    RUNS.forEach((run, i) => this.portraits[run].load(runs[run], runs.prompt_length, screens[i]));
    this.parts.part("shares").textContent = t(
      "Principal components of the greedy run: these two axes carry {share} of the variance of its states; the drawn run is laid into the same plane.",
      { share: percent(runs.shares[0] + runs.shares[1]) },
    );
    const length = this.longest;
    this.player.load({
      length,
      curves: RUNS.map((run) => ({
        values: nearestEarlier(runs[run], length),
        colour: run === "greedy" ? "var(--loop)" : "var(--chosen)",
        dashed: run === "drawn",
        fill: false,
        top: 1,
      })),
      loops: loop.period
        ? [
            {
              start: loop.start,
              end: runs.greedy.length - 1,
              label: nt(
                "greedy repeats every {n} token",
                "greedy repeats every {n} tokens",
                loop.period,
              ),
            },
          ]
        : [],
      at: this.firstStep(length),
    });
    drawn(this.view);
  }

  /** The token that a link names, once; else the one on view. @param {number} length */
  firstStep(length) {
    const linked = this.linkedStep === null ? null : stepOf(this.linkedStep, length);
    this.linkedStep = null;
    return linked ?? Math.min(this.player.step || length - 1, length - 1);
  }

  /** A token of both runs. @param {number} k */
  show(k) {
    for (const run of RUNS) this.portraits[run].view(k);
  }
}
