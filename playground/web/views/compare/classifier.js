// @ts-check
/**
 * A question, a few label words, and what the model gives each of them: as it is, and against an
 * empty text.
 */
import { asIs, make, visible } from "../../core/dom.js";
import { chance, fixed } from "../../core/format.js";
import { nt, t } from "../../core/translate.js";
import { area, field, lineInput, note, rowOf, selectInput, sentence } from "./parts.js";
import { makePart } from "./running.js";

/** @param {string} text @param {string} separator */
const partsOfText = (text, separator) =>
  text
    .split(separator)
    .map((one) => one.trim())
    .filter(Boolean);

/** @param {string} title @param {string[]} names @param {number[]} shares @param {number} winner */
function bars(title, names, shares, winner) {
  const part = make("div", "label-bars");
  part.append(make("h2", "", title));
  names.forEach((name, i) => {
    const line = make("div", "label-line" + (i === winner ? " on" : "")),
      track = make("span", "track"),
      fill = make("i");
    fill.style.width = 100 * shares[i] + "%";
    track.append(fill);
    line.append(make("span", "", name), track, make("span", "", chance(shares[i])));
    part.append(line);
  });
  return part;
}

/**
 * What the model leans towards before it has read anything, and what that changes.
 * @param {any} record
 * @param {number} most
 */
function verdict({ rows, labels, empty }, most) {
  const flipped = rows.filter((/** @type {any} */ row) => row.winner !== row.winner_calibrated),
    label = visible(labels[most]).replaceAll("·", " ");
  return nt(
    "Before it has read anything the model leans towards **{label}** ({share}). Taking that out changes the answer for **{flipped}** of {n} text.",
    "Before it has read anything the model leans towards **{label}** ({share}). Taking that out changes the answer for **{flipped}** of {n} texts.",
    rows.length,
    { label, share: chance(empty.shares[most]), flipped: flipped.length },
  );
}

/** One text with its bars. @param {any} row @param {string[]} labels */
function textCase(row, labels) {
  const part = make("section", "label-case"),
    pair = make("div", "label-pair"),
    logs = labels.map((name, i) => `${name} ${fixed(row.logs[i], 2)}`).join(", ");
  pair.append(
    bars(t("as it is"), labels, row.shares, row.winner),
    bars(t("calibrated"), labels, row.calibrated, row.winner_calibrated),
  );
  part.append(
    make("p", "compare-text", row.text),
    pair,
    asIs(note(t("ln P of the label words: {logs}", { logs }))),
  );
  return part;
}

/** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
export const mount = (element, host) => new ClassifierView(element, host);

class ClassifierView {
  /** @type {any} */
  record = null;

  /** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
  constructor(element, host) {
    this.model = selectInput(host.props.models);
    this.template = area(2, 1000);
    this.labels = lineInput(400);
    this.texts = area(4, 8100);
    this.out = make("section");
    const { model, labels, template, texts } = this;
    makePart(element, host, {
      label: () => t("Classify"),
      request: () => ({
        model: model.value,
        template: template.value,
        labels: partsOfText(labels.value, ","),
        texts: partsOfText(texts.value, "\n"),
      }),
      onFrame: (record) => {
        if (!record.rows) return;
        this.record = record;
        this.show();
      },
      controls: { model, labels, template, texts },
      results: [this.out],
      fields: this.fields(),
      draw: () => this.show(),
    });
  }

  fields() {
    return [
      rowOf(
        field(() => t("model"), this.model),
        field(
          () => t("label words"),
          this.labels,
          () => t("Separated by commas, 2 to 6"),
          "compare-wide",
        ),
      ),
      field(
        () => t("question, with {text} where the text goes", { text: "{text}" }),
        this.template,
        null,
        "compare-wide",
      ),
      field(
        () => t("texts, one a line"),
        this.texts,
        () => t("At most 8"),
        "compare-wide",
      ),
    ];
  }

  show() {
    const { record } = this;
    if (!record) return;
    const { shares } = record.empty,
      most = shares.indexOf(Math.max(...shares));
    this.out.replaceChildren(
      sentence(verdict(record, most)),
      bars(t("after an empty text"), record.labels, shares, most),
      ...record.rows.map((/** @type {any} */ row) => textCase(row, record.labels)),
      note(
        t(
          "Each label’s probability is that of all its tokens after the question, over the whole vocabulary; the bars share out what the labels have among themselves. Calibrated: each divided by its probability after the empty text, then shared out anew (Zhao et al. 2021). A raw prompt, without chat template.",
        ),
      ),
    );
  }
}
