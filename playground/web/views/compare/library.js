// @ts-check
/**
 * model.generate and the playground, side by side: the two texts, and at every step the
 * distribution that each draws from.
 */
import { make, visible } from "../../core/dom.js";
import { chance, whole } from "../../core/format.js";
import { say, t } from "../../core/translate.js";
import {
  area,
  field,
  foldout,
  note,
  numberIn,
  numberInput,
  rowOf,
  seedInput,
  selectInput,
  sentence,
  tableOf,
} from "./parts.js";
import { Rules } from "./rules.js";
import { makePart } from "./running.js";

/** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
export const mount = (element, host) => new LibraryView(element, host);

/** @param {any} v */
function verdictOf(v) {
  const largest = (v.largest ?? 0).toExponential(1),
    tokens = v.tokens;
  if (v.kind === "beam")
    return v.same
      ? t("**No difference**: {tokens} tokens, the same one by one.", { tokens })
      : t("**The two texts differ.**");
  if (v.kind === "greedy")
    return v.same
      ? t(
          "**No difference**: {tokens} tokens, the same one by one; the largest difference of any probability at any step is {largest}.",
          { tokens, largest },
        )
      : t("**The two differ**, by up to {largest} in a probability.", { largest });
  return v.same
    ? t(
        "**No difference**: after each of the {tokens} words the two draw from the same distribution; the largest difference of any probability is {largest}.",
        { tokens, largest },
      )
    : t("**The two distributions differ**, by up to {largest}.", { largest });
}

/** @param {string} title @param {string} text */
function side(title, text) {
  const part = make("section");
  part.append(make("h2", "", title), make("p", "compare-text", text));
  return part;
}

/** @param {any[]} rows */
const steps = (rows) =>
  tableOf(
    [
      t("token"),
      t("P, transformers"),
      t("P, ours"),
      t("largest difference over the vocabulary"),
      t("tokens kept, transformers"),
      t("tokens kept, ours"),
    ],
    rows.map((r) => [
      make("span", "t", visible(r.text).slice(0, 40)),
      chance(r.theirs),
      chance(r.ours),
      r.difference.toExponential(1),
      whole(r.kept[1]),
      whole(r.kept[0]),
    ]),
  );

class LibraryView {
  /** @type {any} */
  verdict = null;

  /** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
  constructor(element, host) {
    this.model = selectInput(host.props.models);
    this.prompt = area(2);
    this.tokens = numberInput(1, 1, 60, 1);
    this.seed = seedInput(2147483647);
    this.rules = new Rules(host.props.rules, "top-p");
    this.out = make("section");
    const column = {
      get: () => [this.rules.request()],
      set: (/** @type {any} */ columns) => this.rules.set(columns[0]),
    };
    const { model, prompt, tokens, seed } = this;
    makePart(element, host, {
      label: () => t("Run both"),
      request: () => this.request(),
      onFrame: (record) => this.take(record),
      controls: { model, prompt, tokens, seed, column },
      results: [this.out],
      fields: this.fields(),
      draw: () => this.show(),
    });
  }

  fields() {
    return [
      rowOf(
        field(() => t("model"), this.model),
        field(() => t("tokens"), this.tokens),
        field(() => t("seed"), this.seed),
        field(() => t("strategy"), this.rules.preset),
      ),
      this.rules.more,
      field(() => t("prompt"), this.prompt, null, "compare-wide"),
    ];
  }

  request() {
    return {
      model: this.model.value,
      prompt: this.prompt.value,
      tokens: numberIn(this.tokens),
      seed: numberIn(this.seed),
      column: this.rules.request(),
    };
  }

  /** @param {any} record */
  take(record) {
    if (!record.verdict) return;
    this.verdict = record.verdict;
    this.show();
  }

  show() {
    const v = this.verdict;
    if (!v) return;
    const pair = make("div", "compare-pair");
    pair.append(side(t("transformers"), v.theirs));
    if (v.ours !== null) pair.append(side(t("the playground"), v.ours));
    const asked = t(
        "Both are asked after the same words, those that transformers drew: a drawn text cannot be equal, because the two have different random numbers, but what it is drawn from can.",
      ),
      limit = t(
        "Distributions count as the same up to 0.001 in any probability; what is left is the order in which 32-bit sums are taken.",
      );
    this.out.replaceChildren(
      sentence(verdictOf(v)),
      pair,
      ...(v.rows.length ? [foldout(t("Step by step"), steps(v.rows))] : []),
      note([`${say(v.call)}.`, ...(v.kind === "sampling" ? [asked] : []), limit].join(" ")),
    );
  }
}
