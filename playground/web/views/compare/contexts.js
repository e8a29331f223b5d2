// @ts-check
/** One distribution beside another: two prompts under one model, or two models after one prompt. */
import { make, visible } from "../../core/dom.js";
import { bits, chance, fixed, percent, whole } from "../../core/format.js";
import { nt, onLanguage, say, t } from "../../core/translate.js";
import {
  area,
  arrange,
  field,
  note,
  press,
  rowOf,
  selectInput,
  sentence,
  spoken,
} from "./parts.js";
import { makeAsker, PartLink, recordedNote, same } from "./running.js";

/** @param {any} row @param {number} top */
function bar(row, top) {
  const line = make("div", "context-bar"),
    track = make("div", "context-track"),
    one = make("i", "before"),
    two = make("i", "after");
  one.style.width = (100 * (row.first ?? 0)) / top + "%";
  two.style.width = (100 * (row.second ?? 0)) / top + "%";
  track.append(one, two);
  /** @param {number | null} p */
  const says = (p) => (p === null ? t("beyond the 400") : chance(p));
  const change = row.first && row.second ? ` ×${(row.second / row.first).toPrecision(3)}` : "";
  line.append(
    row.allOthers
      ? make("span", "context-others", t("others"))
      : make("span", "t", visible(row.text).slice(0, 40)),
    track,
    make("span", "num", `${says(row.first)} → ${says(row.second)}${change}`),
  );
  return { line, track };
}

/** @param {any[]} rows @param {any} [rest] */
function bars(rows, rest) {
  const host = make("div", "context-bars"),
    top = Math.max(1e-9, ...rows.map((r) => Math.max(r.first ?? 0, r.second ?? 0)));
  host.append(...rows.map((row) => bar(row, top).line));
  if (rest) {
    const { line, track } = bar({ ...rest, allOthers: true }, Infinity),
      said = nt(
        "{n} token, not drawn to scale",
        "{n} tokens together, not drawn to scale",
        rest.count,
      );
    track.replaceChildren(make("span", "context-rest soft small", said));
    host.append(line);
  }
  return host;
}

/** @param {string} one @param {string} two */
function key(one, two) {
  const line = make("p", "context-key");
  for (const [classes, text] of [
    ["before", one],
    ["after", two],
  ]) {
    const item = make("span");
    item.append(make("i", classes), text);
    line.append(item);
  }
  return line;
}

/** @param {string} title @param {any[]} rows */
function headed(title, rows) {
  const part = make("section");
  part.append(make("h2", "", title), bars(rows));
  return part;
}

/** A divergence in words. @param {number | null} value nats */
const divergence = (value) =>
  value === null
    ? t("infinite")
    : t("{nats} nats ({bits} bits)", { nats: fixed(value, 4), bits: fixed(bits(value), 4) });

/** @param {any} found */
function promptsCompared(found) {
  const pair = make("div", "compare-pair");
  pair.append(headed(t("Risen most"), found.risen), headed(t("Fallen most"), found.fallen));
  return [
    sentence(
      t(
        "The second prompt moves **{moved}** of the probability to other tokens. Entropy: **{first}** bits after the first, **{second}** after the second.",
        {
          moved: percent(found.total_variation),
          first: fixed(bits(found.entropy_first), 2),
          second: fixed(bits(found.entropy_second), 2),
        },
      ),
    ),
    key(t("after the first prompt"), t("after the second")),
    bars(found.rows, found.rest),
    pair,
    note(
      t(
        "KL(second ‖ first) = {forth}; KL(first ‖ second) = {back}. Of the model’s own probabilities, before any rule, over all {size} tokens.",
        {
          forth: divergence(found.kl_second_first),
          back: divergence(found.kl_first_second),
          size: whole(found.vocab_size),
        },
      ),
    ),
  ];
}

/** @param {any} found @param {string[]} names */
function modelsCompared(found, names) {
  return [
    key(names[0], names[1]),
    bars(found.rows),
    note(
      t(
        "Aligned by text: spaces at the ends and capitals set aside, tokens of one text added up. Compared are the 400 likeliest tokens of each ({one} and {other} different texts, {shared} in both); beyond them lie {beyond} and {beyond_other}. Vocabularies of {size} and {size_other} tokens; entropies {entropy} and {entropy_other} bits. No KL is given: it needs one vocabulary. A long word may be one token in one model and several in the other.",
        {
          one: found.compared[0],
          other: found.compared[1],
          shared: found.shared,
          beyond: percent(found.beyond[0]),
          beyond_other: percent(found.beyond[1]),
          size: whole(found.vocab_sizes[0]),
          size_other: whole(found.vocab_sizes[1]),
          entropy: fixed(bits(found.entropies[0]), 2),
          entropy_other: fixed(bits(found.entropies[1]), 2),
        },
      ),
    ),
  ];
}

/** @param {() => string} text @param {() => string} hint @param {() => Promise<void>} act */
function asking(text, hint, act) {
  const one = press(
    text,
    hint,
    () => {
      one.disabled = true;
      act().finally(() => (one.disabled = false));
    },
    "main",
  );
  return one;
}

/** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
export const mount = (element, host) => new ContextsView(element, host);

class ContextsView {
  /** @type {{found: any, old: boolean} | null} */
  prompts = null; // old: recorded earlier
  /** @type {{found: any, old: boolean} | null} */
  models = null;

  /** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
  constructor(element, host) {
    const box = /** @type {HTMLElement} */ (element.querySelector(".compare")),
      { models } = host.props;
    this.props = host.props;
    this.model = selectInput(models);
    this.first = area(2);
    this.second = area(2);
    this.oneModel = selectInput(models);
    this.otherModel = selectInput(models, models[1]?.[0]);
    this.prompt = area(2);
    this.out = make("section");
    this.outModels = make("section");
    this.asks = makeAsker(
      (wish) => host.server.two_prompts(wish),
      (found) => {
        this.prompts = { found, old: false };
        this.show();
      },
    );
    this.asksModels = makeAsker(
      (wish) => host.server.two_models(wish),
      (found) => {
        this.models = { found, old: false };
        this.show();
      },
    );
    const { model, first, second, prompt } = this,
      ofModels = { first_model: this.oneModel, second_model: this.otherModel },
      controls = { model, first, second, ...ofModels, prompt };
    this.link = new PartLink(box, host, controls, (recorded) => this.replay(recorded));
    const [title, ...fields] = this.promptFields(),
      [other, ...more] = this.modelFields(),
      ask = [title, ...fields.splice(-1), this.asks.trouble, this.link.message],
      askModels = [other, ...more.splice(-1), this.asksModels.trouble];
    arrange(box, ask, [this.out], fields);
    arrange(box, askModels, [this.outModels], more);
    onLanguage(() => this.show());
    this.link.open();
  }

  promptFields() {
    const { models, example } = this.props;
    const ask = asking(
      () => t("Compare the prompts"),
      () => t("The next token after each"),
      () =>
        this.asks.go({
          model: this.model.value,
          first: this.first.value,
          second: this.second.value,
        }),
    );
    const california = press(
      () => t("The California example"),
      () => t("With a general model, which may have to be loaded"),
      () => ([this.model.value, this.first.value, this.second.value] = example),
      "plain",
    );
    const offered = models.some((/** @type {any} */ one) => one[0] === example[0]);
    return [
      spoken("h2", "", () => t("Two prompts, one model")),
      rowOf(field(() => t("model"), this.model)),
      field(() => t("first prompt"), this.first, null, "compare-wide"),
      field(
        () => t("second prompt"),
        this.second,
        () => t("The same with a sentence of context in front, for instance"),
        "compare-wide",
      ),
      rowOf(ask, ...(offered ? [california] : []), this.link.copy),
    ];
  }

  modelFields() {
    const ask = asking(
      () => t("Compare the models"),
      () => t("The next token under each; the second may have to be loaded"),
      () =>
        this.asksModels.go({
          models: [this.oneModel.value, this.otherModel.value],
          prompt: this.prompt.value,
        }),
    );
    return [
      spoken("h2", "", () => t("Two models, one prompt")),
      rowOf(
        field(() => t("first model"), this.oneModel),
        field(() => t("second model"), this.otherModel),
      ),
      field(() => t("prompt"), this.prompt, null, "compare-wide"),
      rowOf(ask),
    ];
  }

  /** What was recorded, where it is what would be asked. @param {any} recorded */
  replay({ answers }) {
    if (this.model.value === answers.two_prompts.model)
      this.prompts = { found: answers.two_prompts, old: true };
    if (same(answers.two_models.models, [this.oneModel.value, this.otherModel.value]))
      this.models = { found: answers.two_models, old: true };
    this.show();
  }

  show() {
    const { prompts, models } = this,
      /** @param {{old: boolean}} one */
      begun = (one) => (one.old ? [make("p", "say", recordedNote())] : []);
    if (prompts) this.out.replaceChildren(...begun(prompts), ...promptsCompared(prompts.found));
    if (!models) return;
    const names = models.found.models.map((/** @type {string} */ id) =>
      say(this.props.models.find((/** @type {any} */ one) => one[0] === id)?.[1] ?? id),
    );
    this.outModels.replaceChildren(...begun(models), ...modelsCompared(models.found, names));
  }
}
