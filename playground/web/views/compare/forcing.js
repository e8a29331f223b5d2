// @ts-check
/**
 * The loss along a given text, and what becomes of it when the model reads its own words instead.
 */
import { makeFigure } from "../../charts/figure.js";
import { make, visible } from "../../core/dom.js";
import { fixed } from "../../core/format.js";
import { t } from "../../core/translate.js";
import {
  area,
  field,
  figurePlace,
  seedInput,
  note,
  numberIn,
  numberInput,
  rich,
  rowOf,
  selectInput,
} from "./parts.js";
import { makePart } from "./running.js";

/** @param {string} title @param {any[]} tokens @param {number} start @param {boolean} differs */
function prose(title, tokens, start, differs) {
  const part = make("section"),
    line = make("p", "compare-text");
  tokens.forEach((token, i) => {
    const classes = i < start ? "compare-prompt" : differs && !token.same ? "forcing-other" : "",
      span = make("span", classes, token.piece),
      name = visible(token.text).slice(0, 40);
    span.title =
      token.loss === null
        ? t("{token}: not scored", { token: name })
        : t("{token}: {loss} nats", { token: name, loss: fixed(token.loss) });
    line.append(span);
  });
  part.append(make("h2", "", title), line);
  return part;
}

/**
 * @param {any} record the given text
 * @param {any} own the model's own
 * @returns {import("../../charts/figure.js").Figure}
 */
function figureOf({ tokens, from: start }, own) {
  const x = tokens.map((/** @type {any} */ _, /** @type {number} */ i) => i + 1);
  /**
   * @param {string} name
   * @param {any[]} y
   * @param {string} color
   * @param {string} dash
   * @param {string} symbol
   */
  const line = (name, y, color, dash, symbol) => ({
    x,
    y,
    name,
    mode: "lines+markers",
    line: { color, width: 2, dash },
    marker: { size: 5, symbol },
    hovertemplate: "%{y:.3f} nats<extra></extra>",
  });
  /** @param {string} field */
  const free = (field) =>
    own.tokens.map((/** @type {any} */ one, /** @type {number} */ i) =>
      i < start ? null : one[field],
    );
  const given = tokens.map((/** @type {any} */ one) => one.loss),
    drifted = t("given text, after the model’s own words"),
    split = { x0: start + 0.5, x1: start + 0.5, yref: "paper", y0: 0, y1: 1 };
  return {
    data: [
      line(t("given text, teacher-forced"), given, "var(--chosen)", "solid", "circle"),
      line(drifted, free("drift"), "var(--loop)", "dash", "square"),
      line(t("the model’s own text"), free("loss"), "var(--settled)", "dot", "diamond"),
    ],
    layout: {
      margin: { l: 50, r: 12, t: 10, b: 46 },
      legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0, font: { size: 12 } },
      xaxis: { title: { text: t("token") } },
      yaxis: { title: { text: t("loss, −ln P (nats)") }, rangemode: "tozero" },
      shapes: [{ type: "line", ...split, line: { color: "var(--raw)", dash: "dot" } }],
    },
  };
}

/** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
export const mount = (element, host) => new ForcingView(element, host);

class ForcingView {
  /** @type {any} */
  given = null;
  /** @type {any} */
  own = null;

  /** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
  constructor(element, host) {
    this.model = selectInput(host.props.models);
    this.text = area(3);
    this.from = numberInput(1, 1, 199, 1);
    this.temperature = numberInput(0, 0, 5, 0.1);
    this.seed = seedInput();
    const place = figurePlace(() =>
      t(
        "Loss at each token: of the given text, of the model’s own text, and of the given text after the model’s own words",
      ),
    );
    this.figure = makeFigure({ host: place, library: host.props.library });
    this.words = make("p", "say");
    this.texts = make("div", "compare-pair");
    this.note = note("");
    this.out = make("section");
    this.out.hidden = true;
    this.out.append(this.words, place, this.texts, this.note);
    const { model, text, from, temperature, seed } = this;
    makePart(element, host, {
      label: () => t("Let it run free"),
      request: () => this.request(),
      onFrame: (record) => this.take(record),
      controls: { model, text, given: from, temperature, seed },
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
          () => t("given tokens"),
          this.from,
          () => t("From the next token on the model reads its own words"),
        ),
        field(
          () => t("temperature"),
          this.temperature,
          () => t("0: the likeliest token"),
        ),
        field(() => t("seed"), this.seed),
      ),
      field(() => t("text"), this.text, null, "compare-wide"),
    ];
  }

  request() {
    return {
      model: this.model.value,
      text: this.text.value,
      from: numberIn(this.from),
      temperature: numberIn(this.temperature),
      seed: numberIn(this.seed),
    };
  }

  /** @param {any} record */
  take(record) {
    if (record.tokens) this.arriving = record;
    if (!record.own) return;
    this.given = this.arriving;
    this.own = record.own;
    this.show();
  }

  show() {
    const { given, own } = this;
    if (!own) return;
    this.out.hidden = false;
    this.figure.draw(figureOf(given, own));
    const said = t(
      "After token {start} the given text costs **{forced}** nats a token when every token before it is the given one, **{drift}** when the model has read its own words instead. Its own text costs it **{own}**; {same} of {all} tokens are the given ones.",
      {
        start: given.from,
        forced: fixed(own.mean_forced, 2),
        drift: fixed(own.mean_drift, 2),
        own: fixed(own.mean_own, 2),
        same: own.same,
        all: own.of,
      },
    );
    this.words.replaceChildren(...rich(said));
    this.texts.replaceChildren(
      prose(t("Given"), given.tokens, given.from, false),
      prose(t("Written by the model itself from there on"), own.tokens, given.from, true),
    );
    this.note.textContent = t(
      "In training a model always reads the given words (teacher forcing); when it writes, it reads its own. Underlined: the words that both begin with; tinted: where the model’s word is not the given one. Loss is the model’s own −ln P, without rules; the first token is not scored. At the very first free token both losses of the given text are equal: until then the model has read nothing else.",
    );
  }
}
