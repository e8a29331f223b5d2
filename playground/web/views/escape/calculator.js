// @ts-check
/**
 * The escape calculator: controls, one large plot, the well, the formulas with their numbers, the truth table. Every figure comes from
 * `server.calculate(settings)`: a slider asks at most once per answer.
 */
import { axesChart } from "../../charts/axes.js";
import { latest } from "../../core/ask.js";
import { make, partsOf } from "../../core/dom.js";
import { formula } from "../../core/formula.js";
import { addressOf, copyLink } from "../../core/link.js";
import { drawn, showQr } from "../../core/messages.js";
import { offerView } from "../../core/on_view.js";
import { rich } from "../../core/rich.js";
import { onLanguage, say, t } from "../../core/translate.js";
import { bySetting, mainFigure } from "./calculator_figures.js";
import { CONTROLS, OFF, PENALTIES, skeleton, TITLES } from "./calculator_parts.js";
import { makeSliders } from "./sliders.js";
import { makeWell } from "./well.js";

/** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
export const mount = (element, host) => new CalculatorView(element, host);

/** @type {Record<string, () => string>} */
const VERDICTS = {
  allows: () => t("✓ lets it out"),
  forbids: () => t("✕ forbids it"),
  off: () => t("off"),
};

class CalculatorView {
  /** @type {any} */
  record = null;
  /** @type {any} what the last sentence about a fault said, as a message */
  fault = "";

  /** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
  constructor(element, { constants, server }) {
    this.settings = { ...constants.settings };
    this.view = skeleton();
    element.append(this.view);
    this.parts = partsOf(this.view);
    const { part } = this.parts;
    this.plot = this.mainPlot(part("plot"));
    this.small = smallPlots(part);
    this.well = makeWell(part("well"));
    /** @param {string} name @param {number} value */
    const change = (name, value) => this.change({ [name]: value });
    this.sliders = [
      makeSliders(part("sliders"), CONTROLS, change),
      makeSliders(part("penalty-sliders"), PENALTIES, change),
    ];
    const ask = latest(
      (settings) => server.calculate(settings),
      (record) => this.receive(record),
    );
    this.ask = () => ask({ ...this.settings });
    this.listen();
    this.showControls();
    onLanguage(() => this.speak());
    this.open(server);
    offerView("escape", () => this.onView());
  }

  /** What a class that follows is told, and asked. */
  onView() {
    const { record } = this;
    if (!record) return null;
    const { critical } = record;
    const question = () => ({
      ...{ kind: "number", low: 0, high: 4, step: 0.05, unit: "T" },
      text: t("At what temperature does it get out?"),
      ...(critical === null || critical > 4 ? {} : { truth: critical }),
    });
    return {
      text: `T = ${this.settings.temperature}`,
      address: async () => addressOf(record.link),
      questions: [{ label: t("At what temperature does it get out?"), question }],
    };
  }

  /** @param {HTMLElement} host */
  mainPlot(host) {
    return axesChart(host, {
      x: () => t("temperature T"),
      y: () => t("P(escape) in one draw"),
      name: () => t("P(escape) against temperature"),
      readout: true,
      onDrag: (x) =>
        this.change({ temperature: Math.round(Math.max(0, Math.min(4, x)) * 100) / 100 }),
    });
  }

  listen() {
    const { select, press } = this.parts;
    select("order").addEventListener("change", () => this.change({ order: select("order").value }));
    press("link").addEventListener("click", () => {
      if (this.record) copyLink(addressOf(this.record.link));
    });
    press("qr").addEventListener("click", () => {
      if (this.record) showQr(addressOf(this.record.link));
    });
  }

  /** @param {Record<string, any>} change */
  change(change) {
    Object.assign(this.settings, change);
    this.showControls();
    this.ask();
  }

  showControls() {
    const off = Object.entries(OFF)
      .filter(([name, isOff]) => isOff(this.settings[name]))
      .map(([name]) => [name, t("off")]);
    for (const sliders of this.sliders) sliders.show(this.settings, Object.fromEntries(off));
    this.parts.select("order").value = this.settings.order;
  }

  /** @param {any} message */
  say(message) {
    this.fault = message;
    this.parts.part("problem").textContent = say(message);
    this.parts.part("problem").hidden = !message;
  }

  /** @param {any} record */
  receive(record) {
    this.say(record.error ?? "");
    if (record.error) return; // what is drawn stays
    this.record = record;
    this.draw();
  }

  speak() {
    this.showControls();
    this.say(this.fault);
    if (this.record) this.draw();
  }

  draw() {
    const { record, parts } = this,
      { part } = parts,
      sentence = say(record.sentence);
    this.plot.draw(mainFigure(record));
    this.plot.label(
      t("P(escape) against temperature. {sentence}", { sentence: sentence.replaceAll("**", "") }),
    );
    const small = bySetting(record);
    this.small.by_top_p.draw(small.by_top_p);
    this.small.by_barrier.draw(small.by_barrier);
    this.small.by_visit.draw(small.by_visit);
    this.well.draw(record);
    part("marble").textContent = say(record.marble);
    part("sentence").replaceChildren(...rich(sentence));
    part("verdicts").replaceChildren(headRow(), ...record.verdicts.map(verdictRow));
    part("formulas").replaceChildren(...record.formulas.map(formulaLine));
    drawn(this.view);
  }

  /** The state in the address, or the defaults; a link that cannot be read is said and the defaults stand. @param {any} server */
  async open(server) {
    let answer;
    try {
      answer = await server.opened({ query: location.search.slice(0, 20000) });
    } catch {
      answer = { error: t("The server did not answer: move a control to try again.") };
    }
    if (answer.error) return this.say(answer.error);
    this.settings = { ...this.settings, ...answer.settings };
    this.showControls();
    this.receive(answer.record);
    this.say(answer.message);
    // a link that tells of visits is about what the penalties do
    const penalties = /** @type {HTMLDetailsElement} */ (this.parts.part("penalties"));
    penalties.open = answer.settings.visits > 0;
  }
}

/** @param {(name: string) => HTMLElement} part */
function smallPlots(part) {
  /** @param {"by_top_p" | "by_barrier" | "by_visit"} name @param {() => string} x @param {() => string} y */
  const small = (name, x, y) => axesChart(part(name), { x, y, name: TITLES[name] });
  const critical = () => "T_c";
  return {
    by_top_p: small("by_top_p", () => t("top-p"), critical),
    by_barrier: small("by_barrier", () => t("barrier ΔE"), critical),
    by_visit: small(
      "by_visit",
      () => t("visits of the loop token"),
      () => t("barrier left"),
    ),
  };
}

function headRow() {
  const row = make("tr");
  for (const title of [t("rule"), t("escape needs"), t("here"), ""])
    row.append(make("th", "", title));
  return row;
}

/** @param {any} verdict */
function verdictRow({ rule, condition, numbers, verdict }) {
  const row = make("tr", verdict);
  row.append(
    make("td", "", say(rule)),
    make("td", "", say(condition)),
    make("td", "num", say(numbers)),
    make("td", "escape-mark", VERDICTS[verdict]()),
  );
  return row;
}

/** Mathematics as a formula; what has words in it comes as a message. @param {any} line @returns {string | Node} */
const written = (line) => (typeof line === "string" ? formula(line) : say(line));

/** @param {any} line */
function formulaLine({ name, symbols, numbers }) {
  const row = make("p", "escape-formula"),
    left = make("span"),
    right = make("b");
  left.append(written(symbols));
  right.append(written(numbers));
  row.append(make("span", "soft", say(name)), left, right);
  return row;
}
