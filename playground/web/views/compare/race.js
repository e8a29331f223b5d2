// @ts-check
/**
 * Two twins from the same words: one token after the other, and everywhere at once. What is counted
 * is calls of the network.
 */
import { make } from "../../core/dom.js";
import { fixed } from "../../core/format.js";
import { nt, onLanguage, t } from "../../core/translate.js";
import {
  area,
  field,
  seedInput,
  note,
  numberIn,
  numberInput,
  rowOf,
  selectInput,
  sentence,
  spoken,
  tableOf,
} from "./parts.js";
import { makePart } from "./running.js";

/** @param {number} n */
const callsOf = (n) => nt("{n} network call", "{n} network calls", n);

/** One of the two writers: its clock, what it says of itself, its text. */
class Pane {
  /** @type {{tokens?: number, calls?: number, over?: boolean} | null} */
  soFar = null; // what it has said of itself so far; null before the first race
  begun = false;

  /** @param {() => string} title @param {string} classes of its text */
  constructor(title, classes) {
    this.element = make("section");
    this.clock = make("p", "race-clock");
    this.facts = make("p", "race-facts");
    this.text = make("p", classes);
    this.element.append(spoken("h2", "", title), this.clock, this.facts, this.text);
    this.text.translate = false;
    onLanguage(() => this.speak());
    this.speak();
  }

  begin() {
    this.soFar = null;
    this.begun = true;
    this.speak();
  }

  /** @param {any} value */
  tell(value) {
    this.soFar = { ...this.soFar, ...value };
    this.speak();
  }

  speak() {
    const { tokens = 0, calls = 0, over = false } = this.soFar ?? {};
    this.clock.textContent = callsOf(calls);
    if (!this.soFar) {
      this.facts.textContent = this.begun ? t("running") : t("not started");
      return;
    }
    const figures = { tokens, each: fixed(calls ? tokens / calls : 0, 1) };
    this.facts.textContent = over
      ? t("{tokens} tokens · {each} a call · done", figures)
      : t("{tokens} tokens · {each} a call", figures);
  }
}

/** @param {any} a */
function verdict(a) {
  const [one, other] = a.calls,
    tokens = a.tokens;
  if (one === other)
    return t("Both needed **{calls}** network calls for {tokens} tokens.", { calls: one, tokens });
  const figures = { tokens, fewer: Math.min(one, other), more: Math.max(one, other) };
  return one < other
    ? t(
        "**left to right** needed fewer network calls for {tokens} tokens: {fewer} against {more}.",
        figures,
      )
    : t(
        "**diffusion** needed fewer network calls for {tokens} tokens: {fewer} against {more}.",
        figures,
      );
}

/** @param {any} a */
const quality = (a) =>
  tableOf(
    [
      "",
      t("network calls"),
      t("tokens a call"),
      t("perplexity under {judge}", { judge: a.judge }),
      "distinct-2",
      t("repetition rate"),
    ],
    a.quality.map((/** @type {any} */ q, /** @type {number} */ i) => [
      i ? t("diffusion") : t("left to right"),
      a.calls[i],
      fixed(a.tokens / a.calls[i], 1),
      fixed(q.perplexity, 2),
      fixed(q.distinct2),
      fixed(q.repetition),
    ]),
  );

/** @param {any} a */
function seconds(a) {
  const line = note(
    t(
      "Seconds depend on the machine and on who else is using it. In this run: {left} s left to right, {right} s by diffusion; the median token {token} ms, the median step of diffusion {step} ms. Break-even, the whole time of the diffusion run ÷ the time of one token: {even} tokens, if a step did not get dearer with the length (it does).",
      {
        left: fixed(a.seconds[0], 2),
        right: fixed(a.seconds[1], 2),
        token: fixed(1000 * a.token_seconds, 1),
        step: fixed(1000 * a.step_seconds, 1),
        even: Math.ceil(a.break_even),
      },
    ),
  );
  line.classList.add("race-seconds");
  return line;
}

/** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
export const mount = (element, host) => new RaceView(element, host);

class RaceView {
  /** @type {any} */
  result = null;

  /** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
  constructor(element, host) {
    this.makeControls(host.props.models);
    this.left = new Pane(() => t("Left to right"), "race-prose");
    this.right = new Pane(() => t("Diffusion: everywhere at once"), "race-words");
    this.after = make("section");
    const panes = make("div", "compare-pair"),
      { prompt, tokens, steps, sampler, temperature, seed, judge } = this;
    panes.append(this.left.element, this.right.element);
    makePart(element, host, {
      label: () => t("Race"),
      request: () => this.request(),
      onFrame: (record) => this.take(record),
      controls: { prompt, tokens, steps, sampler, temperature, seed, judge },
      results: [panes, this.after],
      fields: this.fields(),
      draw: () => this.showAfter(),
    });
  }

  /** @param {any} models */
  makeControls(models) {
    this.prompt = area(1, 1000);
    this.tokens = numberInput(4, 4, 128, 1);
    this.steps = numberInput(1, 1, 128, 1);
    this.temperature = numberInput(1, 0, 5, 0.1);
    this.seed = seedInput();
    this.sampler = selectInput([
      ["dream", () => t("Dream, lowest entropy first")],
      ["mdlm", () => t("MDLM, random order")],
      ["llada", () => t("LLaDA, low confidence last")],
      ["maskgit", "MaskGIT"],
      ["self-verifying", () => t("Self-verifying: drafts and checks")],
      ["self-speculative", () => t("Self-speculative: a trained verifier")],
    ]);
    this.judge = selectInput(models);
  }

  fields() {
    const { prompt, tokens, steps, sampler, temperature, seed, judge } = /** @type {any} */ (this);
    return [
      field(() => t("prompt"), prompt, null, "compare-wide"),
      rowOf(
        field(
          () => t("tokens"),
          tokens,
          () => t("Both write as many"),
        ),
        field(
          () => t("steps of diffusion"),
          steps,
          () => t("Fewer steps than tokens: several words are drawn at once"),
        ),
        field(() => t("order of revealing"), sampler),
        field(() => t("temperature"), temperature),
        field(() => t("seed"), seed),
        field(() => t("judge"), judge),
      ),
    ];
  }

  request() {
    const { prompt, tokens, steps, sampler, temperature, seed, judge } = /** @type {any} */ (this);
    return {
      prompt: prompt.value,
      tokens: numberIn(tokens),
      steps: numberIn(steps),
      sampler: sampler.value,
      temperature: numberIn(temperature),
      seed: numberIn(seed),
      judge: judge.value,
    };
  }

  /** @param {any[]} words */
  showWords(words) {
    this.right.text.replaceChildren(
      ...words.map((word) => make("span", word.state, word.text.replace(/^##/, ""))),
    );
  }

  /** @param {any} record */
  take({ begin, left, right, after }) {
    if (begin) {
      this.result = null;
      this.after.replaceChildren();
      this.left.begin();
      this.right.begin();
      this.left.text.replaceChildren(make("span", "compare-prompt", begin.prompt));
      this.showWords(begin.words);
    }
    if (left) {
      if (left.piece) this.left.text.append(left.piece);
      this.left.tell(left);
    }
    if (right) {
      if (right.words) this.showWords(right.words);
      this.right.tell(right);
    }
    if (after) {
      this.result = after;
      this.showAfter();
    }
  }

  showAfter() {
    const a = this.result;
    if (!a) return;
    this.after.replaceChildren(
      sentence(verdict(a)),
      quality(a),
      note(
        t(
          "Whoever has made fewer network calls goes next. A call left to right reads one new token, a call of diffusion every place at once: as many calls are not as much time. The judge reads left to right, and the left-to-right twin is judged by itself unless another is chosen: that favours it.",
        ),
      ),
      seconds(a),
    );
  }
}
