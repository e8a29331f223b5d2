// @ts-check
/**
 * The hidden Markov model: parameters, observations, the trellis with its four walks, both paths,
 * what comes next, learning.
 */
import { makeBars } from "../../charts/bars.js";
import { latest } from "../../core/ask.js";
import { choices, clip, clone, partsOf } from "../../core/dom.js";
import { fixed, small } from "../../core/format.js";
import { offerLink } from "../../core/link.js";
import { drawn } from "../../core/messages.js";
import { say, t } from "../../core/translate.js";
import { readValue } from "../../core/value.js";
import { showCell } from "./cell.js";
import { skeleton } from "./hidden_parts.js";
import { Learning } from "./learning.js";
import { ModelEditors } from "./model.js";
import { begin, chainTransport, readField } from "./page.js";
import { comparison, showPaths } from "./paths.js";
import { Trellis } from "./trellis.js";

/** @typedef {import("./trellis_figures.js").Kind} Kind */

/** @type {[kind: Kind, name: () => string, explain: () => string][]} */
const KINDS = [
  [
    "forward",
    () => t("Forward"),
    () =>
      t(
        "Forward adds up, from left to right: the probability of everything seen so far and of being here now.",
      ),
  ],
  [
    "backward",
    () => t("Backward"),
    () =>
      t(
        "Backward adds up, from right to left: the probability of everything still to come, if one is here now.",
      ),
  ],
  [
    "posterior",
    () => t("Posterior"),
    () =>
      t(
        "Posterior multiplies both and takes each state’s share: how sure each state is, knowing all observations.",
      ),
  ],
  [
    "viterbi",
    () => "Viterbi",
    () =>
      t(
        "Viterbi keeps only the best way into each state, then follows its own steps back: the single most likely path.",
      ),
  ],
];
const SAMPLE = [2, 60]; // observations

/** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
export const mount = (element, host) => new HiddenView(element, host);

class HiddenView {
  /** @type {any} */
  draft = null;
  /** @type {any} */
  figures = null;
  /** @type {import("./trellis.js").Cell | null} */
  opened = null;
  revealed = false;
  samples = -1; // the seed of the last sample

  /** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
  constructor(element, host) {
    const { props, server } = host;
    this.props = props;
    this.server = server;
    this.view = skeleton();
    element.append(this.view);
    this.parts = partsOf(this.view);
    const { part } = this.parts;
    this.editors = new ModelEditors(this.parts, {
      draft: () => this.draft,
      changed: (force) => this.changed(force),
    });
    this.trellis = new Trellis(part("trellis"), (at, k) => this.open(at, k));
    this.next = makeBars(part("next"));
    this.player = this.makePlayer();
    this.shows = this.makeChoices();
    this.ask = latest(
      (wish) => server.figures(wish),
      (record) => this.receive(record),
    );
    this.learning = new Learning(this.parts, {
      wish: () => this.draft.learn,
      draft: () => clone(this.draft),
      learn: (wish) => server.learn(wish),
    });
    begin(this, "hidden", host);
  }

  makePlayer() {
    return chainTransport({
      host: this.parts.part("player"),
      keys: this.view,
      unit: () => t("Position in the observations"),
      speed: 2,
      onStep: () => this.show(),
      label: (k) => [
        t("position {position} / {length}", {
          position: this.mirrored(k) + 1,
          length: this.length,
        }),
        this.kind[1](),
      ],
    });
  }

  makeChoices() {
    const { part } = this.parts,
      { presets } = this.props;
    const preset = choices(
      part("presets"),
      presets.map((one) => ({ value: one.slug, label: () => say(one.title) })),
      () => t("Example models"),
      (slug) => {
        const { states, symbols, initial, transition, emission, observations } = presets.find(
          (one) => one.slug === slug,
        );
        Object.assign(
          this.draft,
          clone({ states, symbols, initial, transition, emission, observations }),
          { preset: slug, seed: null },
        );
        this.opened = null;
        this.revealed = false;
        this.editors.showObservations();
        this.changed(true);
      },
    );
    const kind = choices(
      part("kind"),
      KINDS.map(([value, label]) => ({ value, label })),
      () => t("What to step through"),
      (value) => {
        this.draft.kind = value;
        this.shows.kind(value);
        this.opened = null;
        this.loadPlayer(0);
      },
    );
    return { preset, kind };
  }

  listen() {
    const { input, press } = this.parts;
    press("reveal").addEventListener("click", () => {
      this.revealed = !this.revealed;
      this.drawPaths();
      this.show();
    });
    input("observations").addEventListener("input", () => {
      this.draft.seed = null;
      this.changed();
    });
    press("sample").addEventListener("click", () => this.sample());
    input("length").addEventListener("change", () => {
      const read = readField(input("length"), "length", SAMPLE[0], SAMPLE[1]);
      if (read.value !== null) return;
      this.problem(read.problem);
      input("length").value = String(this.draft.length);
    });
    offerLink(press("link"), () => this.server.link(clone(this.draft)), this.player);
  }

  sample() {
    const { input } = this.parts,
      wished = Math.round(Number(input("length").value) || 12);
    if (this.view.classList.contains("stale") && this.editors.readObservations() === "") return;
    this.samples += 1;
    this.draft.seed = this.samples;
    this.draft.length = Math.max(SAMPLE[0], Math.min(SAMPLE[1], wished));
    input("length").value = String(this.draft.length);
    this.ask(clone(this.draft));
  }

  get length() {
    return this.figures.observations.length;
  }

  get kind() {
    return KINDS.find(([kind]) => kind === this.draft.kind) ?? KINDS[0];
  }

  /**
   * Backward begins at the end: the position of a step, and the step of a position.
   * @param {number} k
   */
  mirrored(k) {
    return this.draft.kind === "backward" ? this.length - 1 - k : k;
  }

  get position() {
    return this.mirrored(this.player.step);
  }

  /** @param {number} at @param {number} k */
  open(at, k) {
    this.opened = [at, k];
    if (this.position === at) return this.show();
    this.player.pause();
    this.player.go(this.mirrored(at));
  }

  /** @param {string} sentence */
  problem(sentence) {
    this.parts.part("problem").textContent = sentence;
  }

  /** The model, a name or the observations changed: they may be wrong. @param {boolean} [force] */
  changed(force) {
    this.opened = force ? null : this.opened;
    const fault = this.editors.update(force);
    this.problem(fault);
    this.view.classList.toggle("stale", fault !== "");
    this.fill();
    if (!fault) this.ask(clone(this.draft));
  }

  fill() {
    const { part } = this.parts,
      preset = this.props.presets.find((one) => one.slug === this.draft.preset);
    this.shows.preset(this.draft.preset);
    this.shows.kind(this.draft.kind);
    part("note").textContent = say(preset?.note);
    part("note").hidden = !preset;
  }

  receive(record) {
    this.view.classList.toggle("stale", !record.ok);
    if (!record.ok) return this.problem(say(record.error));
    this.figures = record;
    if (record.sampled) {
      this.draft.observations = [...record.observations];
      this.editors.showObservations();
      this.revealed = false;
    }
    this.drawFigures(this.player.step);
  }

  take(value = readValue(this.props)) {
    if (!value?.draft) return;
    this.draft = value.draft;
    this.figures = value.figures;
    this.opened = null;
    this.revealed = false;
    this.samples = this.draft.seed ?? -1;
    this.parts.input("length").value = String(this.draft.length);
    this.editors.showObservations();
    this.editors.update(true);
    this.fill();
    this.problem(say(value.message));
    this.view.classList.remove("stale");
    this.drawFigures(Math.min(2, this.length - 1));
    this.learning.first(value.learning ?? null);
  }

  speak() {
    if (!this.figures) return;
    this.editors.update();
    this.fill();
    this.drawFigures(this.player.step);
    this.learning.speak();
  }

  /** @param {number} at */
  drawFigures(at) {
    const { figures, parts } = this;
    if (this.opened && (this.opened[0] >= this.length || this.opened[1] >= figures.states.length))
      this.opened = null;
    this.trellis.load(figures);
    this.drawPaths();
    this.loadPlayer(at);
    parts.part("likelihood").textContent =
      figures.impossible === null
        ? t(
            "All these observations together have probability {probability} (natural logarithm {logarithm}).",
            {
              probability: small(Math.exp(figures.log_likelihood)),
              logarithm: fixed(figures.log_likelihood, 5),
            },
          )
        : say(figures.impossible);
    this.learning.compare(figures);
    drawn(this.view);
  }

  /** @param {number} at */
  loadPlayer(at) {
    const surprise = [...this.figures.surprise];
    if (this.draft.kind === "backward") surprise.reverse();
    this.player.load({
      length: this.length,
      curves: [{ values: surprise, colour: "var(--raw)" }],
      at: Math.min(at, this.length - 1),
    });
    this.parts.part("explain").textContent = this.kind[2]();
  }

  drawPaths() {
    const { part } = this.parts;
    this.paths = showPaths(part("paths"), this.figures, this.revealed);
    part("differ").textContent = comparison(this.figures);
    part("reveal").hidden = !this.figures.truth;
    part("reveal").textContent = this.revealed
      ? t("Hide the states again")
      : t("Reveal the hidden states");
  }

  /** A position. */
  show() {
    const at = this.position;
    if (this.opened && this.opened[0] !== at && this.player.playing) this.opened = null;
    this.trellis.show(this.draft.kind, at, this.opened);
    this.trellis.centre(at);
    this.showSum(at);
    this.showNext(at);
    this.paths?.view(at);
  }

  /** The cell that is open, or the one on the path at this position. @param {number} at */
  showSum(at) {
    const { part } = this.parts,
      { figures, draft, opened } = this;
    if (figures.impossible) return part("cell").replaceChildren();
    const onPath = draft.kind === "viterbi" ? figures.path[at] : figures.marginal[at];
    const [position, state] = opened ?? [at, onPath];
    showCell(part("cell"), figures, draft.kind, position, state);
    part("cellhint").textContent = opened
      ? ""
      : t("Click any cell of the trellis to see its own sum.");
  }

  /** @param {number} at */
  showNext(at) {
    const { observations, symbols, predictions } = this.figures,
      next = predictions[at];
    this.parts.part("nextof").textContent = t(
      "What will be seen at position {next}, knowing the first {known}",
      { next: at + 2, known: at + 1 },
    );
    this.next.show(
      symbols.map((symbol, m) => {
        const came = observations[at + 1] === m;
        return {
          name: clip(symbol, 12),
          value: next?.[m] ?? 0,
          figure: fixed(next?.[m]),
          on: came,
          why: came ? t("came") : "",
        };
      }),
    );
  }
}
