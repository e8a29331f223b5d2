// @ts-check
/**
 * How one text is written: a preset to begin with, and every rule to change it by.
 *
 // {kind, temperature, ...}
 *   const rules = new Rules(props.rules, "top-p"); host.append(rules.preset, rules.more); rules.request()  
 *
 * The rules that a column may carry are rows of the table of parameters.
 */
import { make } from "../../core/dom.js";
import { mark, say, t } from "../../core/translate.js";
import { field, numberIn, numberInput, selectInput, spoken } from "./parts.js";

/** @type {Record<string, [name: string, rules: Record<string, number>]>} */
const STARTS = {
  greedy: [mark("greedy"), {}],
  sampling: [mark("sampling"), {}],
  temperature: [mark("temperature 0.7"), { temperature: 0.7 }],
  "top-k": [mark("top-k 40"), { top_k: 40 }],
  "top-p": [mark("top-p 0.9"), { top_p: 0.9 }],
  "min-p": [mark("min-p 0.1"), { min_p: 0.1 }],
  typical: [mark("typical 0.9"), { typical_p: 0.9 }],
  repetition: [mark("repetition penalty 1.2"), { temperature: 0.7, repetition_penalty: 1.2 }],
  "no-repeat": [mark("greedy, no 3-gram twice"), { no_repeat_ngram_size: 3 }],
  beam: [mark("beam search"), {}],
};

/** @param {string} preset */
const kindOf = (preset) =>
  preset === "beam" ? "beam" : ["greedy", "no-repeat"].includes(preset) ? "greedy" : "sampling";

export class Rules {
  /** @type {Record<string, HTMLInputElement>} */
  inputs = {};

  /** @param {any[]} controls the rows of the rules @param {string} start a preset */
  constructor(controls, start) {
    this.controls = controls;
    this.preset = selectInput(
      Object.entries(STARTS).map(([id, [name]]) => [id, () => say(name)]),
      start,
    );
    this.kind = selectInput([
      ["sampling", () => t("draw")],
      ["greedy", () => t("likeliest")],
      ["beam", () => t("beam search")],
    ]);
    this.beams = numberInput(4, 1, 8, 1);
    this.penalty = numberInput(1, -5, 5, 0.1);
    this.beamFields = [
      field(() => t("beams"), this.beams),
      field(
        () => t("length penalty"),
        this.penalty,
        () => t("Scores are divided by length to this power: above 0 favours longer texts"),
      ),
    ];
    this.more = make("details", "compare-more");
    this.more.append(
      spoken("summary", "", () => t("Settings")),
      this.fields(),
    );
    this.preset.addEventListener("change", () => this.fill());
    this.kind.addEventListener("change", () => this.fit());
    this.fill();
  }

  fields() {
    const fields = make("div", "strategy-rules");
    fields.append(
      field(
        () => t("how"),
        this.kind,
        () => t("Draw at random, take the likeliest token, or search with beams"),
      ),
    );
    for (const { field: name, label, lowest, highest, open_low, step, off } of this.controls) {
      this.inputs[name] = numberInput(off, open_low ? step : lowest, highest, step);
      fields.append(
        field(
          () => say(label),
          this.inputs[name],
          () => t("Off at {value}", { value: off }),
        ),
      );
    }
    fields.append(...this.beamFields);
    return fields;
  }

  /** Beams have their own two fields. */
  fit() {
    for (const one of this.beamFields) one.hidden = this.kind.value !== "beam";
  }

  /** Puts the preset's values into the fields. */
  fill() {
    const wanted = STARTS[this.preset.value][1];
    for (const { field: name, off } of this.controls)
      this.inputs[name].value = String(wanted[name] ?? off);
    this.kind.value = kindOf(this.preset.value);
    this.fit();
  }

  /** Shows these rules, under the preset that they are if they are one. @param {any} values */
  set(values) {
    const name = Object.keys(STARTS).find((one) => {
      this.preset.value = one;
      this.fill();
      return (
        this.kind.value === values.kind &&
        this.controls.every(
          ({ field: rule }) => Number(this.inputs[rule].value) === Number(values[rule]),
        )
      );
    });
    const bare = ["beam", "greedy"].includes(values.kind) ? values.kind : "sampling";
    this.preset.value = name ?? bare;
    this.fill();
    for (const { field: rule } of this.controls) this.inputs[rule].value = values[rule];
    this.kind.value = values.kind;
    this.beams.value = values.beams;
    this.penalty.value = values.length_penalty;
    this.fit();
    this.more.open = !name;
  }

  request() {
    return {
      kind: this.kind.value,
      ...Object.fromEntries(
        this.controls.map(({ field: name }) => [name, numberIn(this.inputs[name])]),
      ),
      beams: numberIn(this.beams),
      length_penalty: numberIn(this.penalty),
    };
  }
}
