// @ts-check
/**
 * The escape calculator: a loop of the shipped model that writes itself, its marble and its lid,
 * and P(escape) against temperature. What is set is `settings`; everything on view follows from it
 * and from the recorded logits, here in the browser.
 */
import { axesChart } from "../../charts/axes.js";
import { coverNotice, isCovered, onCover } from "../../core/class_cover.js";
import { calm, clip, fillSelect, partsOf } from "../../core/dom.js";
import { fixed, whole } from "../../core/format.js";
import { formula } from "../../core/formula.js";
import { addressOf, offerLink } from "../../core/link.js";
import { drawn } from "../../core/messages.js";
import { offerView } from "../../core/on_view.js";
import { rich } from "../../core/rich.js";
import { onLanguage, pieces, say, t } from "../../core/translate.js";
import { barrierFigure, mainFigure, topPFigure, visitFigure } from "./calculator_figures.js";
import { skeleton, sliderOf, TITLES } from "./calculator_parts.js";
import { curvesOf } from "./curves.js";
import { partsAnswers, partsOffers, temperatureQuestion } from "./on_class.js";
import { Laps } from "./laps.js";
import { lawOf, ownPlace, penalisedBarrier, recordedPlace } from "./law.js";
import { counted, lidSentence, odds, verdictOf } from "./sentences.js";
import { Shaker } from "./shaker.js";
import { makeSliders } from "./sliders.js";
import { formulaLine, formulasOf, headRow, verdictRow, verdictsOf } from "./theory.js";
import { Well } from "./well.js";

const OWN = -1; // the loop of the visitor's own ΔE and N
// what shows the critical temperature, or on which side of it T lies
const TELLING = "well lidsay plot formula sentence theory penalties expected".split(" ");
const GROUPS = /** @type {const} */ ({
  lid: ["top_p"],
  "own-sliders": ["delta_e", "rivals"],
  "rule-sliders": ["min_p", "top_k"],
  "penalty-sliders": ["repetition_penalty", "frequency_penalty", "loop_logit", "visits"],
});

/** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
export const mount = (element, host) => new CalculatorView(element, host);

class CalculatorView {
  /** @type {any} the recorded loop */
  loop = null;
  /** @type {import("./law.js").Place[]} of the recorded loop */
  places = [];
  /** @type {import("./sentences.js").State | null} */
  state = null;
  /** @type {ReturnType<typeof curvesOf> | null} */
  curves = null;
  curvesFor = ""; // the settings that they were computed for
  /** @type {any} what the last sentence about a fault said, as a message */
  fault = "";
  due = false; // a drawing is on its way
  anew = true; // another loop is to be drawn, not the same at another setting

  /** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
  constructor(element, { constants, server }) {
    this.rows = constants.rows;
    this.settings = { ...constants.defaults, word: OWN };
    this.view = skeleton();
    element.append(this.view);
    this.parts = partsOf(this.view);
    const { part } = this.parts;
    this.sliders = Object.entries(GROUPS).map(([host, names]) =>
      makeSliders(
        part(host),
        names.map((name) => sliderOf(this.rows[name])),
        (name, value) => this.change({ [name]: value }),
      ),
    );
    this.plot = this.mainPlot(part("plot"));
    this.small = this.smallPlots();
    this.well = new Well(part("well"));
    this.laps = new Laps(part("laps"), (index) => this.change({ word: index }));
    this.shaker = this.makeShaker();
    this.listen(server);
    this.notice = coverNotice(() => this.answer());
    part("plot").before(this.notice.element);
    onLanguage(() => this.speak());
    onCover(() => this.cover());
    this.open(server);
    offerView("escape", () => this.onView(server));
  }

  /** The critical temperature by what it depends on. */
  answer() {
    const { temperature: _, ...others } = this.settings;
    return `escape ${JSON.stringify(others)}`;
  }

  /** A class that is asked for the critical temperature does not see it. */
  cover() {
    const covered = Boolean(this.state) && isCovered(this.answer());
    this.notice.show(covered);
    for (const name of TELLING) this.parts.part(name).classList.toggle("class-covered", covered);
  }

  /** What a class that follows is shown, and asked. @param {any} server */
  onView(server) {
    const { state } = this;
    if (!state) return null;
    const label = t("At what temperature does it get out?"),
      question = () => temperatureQuestion(label, state.critical);
    return {
      text: `T = ${this.settings.temperature}`,
      answer: this.answer(),
      address: async () => {
        const { query } = await server.link({ ...this.settings });
        return query ? addressOf(query) : null;
      },
      others: partsAnswers(),
      questions: [{ label, question }, ...partsOffers()],
    };
  }

  /** @param {HTMLElement} host */
  mainPlot(host) {
    return axesChart(host, {
      x: () => t("temperature T"),
      y: () => t("P(escape) in one draw"),
      name: () => t("P(escape) against temperature"),
      readout: true,
      scale: () => Number(getComputedStyle(host).getPropertyValue("--type")) || 1,
      onDrag: (x) => {
        const end = this.curves?.end ?? 4;
        this.change({ temperature: Math.round(Math.max(0, Math.min(end, x)) * 100) / 100 });
      },
      handle: {
        name: () => t("temperature T"),
        low: 0,
        step: 0.01,
        written: (x) => `T = ${fixed(x, 2)}`,
        spoken: (x) => this.spokenAt(fixed(x, 2)),
      },
    });
  }

  /** @param {string} temperature */
  spokenAt(temperature) {
    const chance = this.state?.law.chance;
    return chance
      ? t("T = {temperature}: {odds} draws escapes", { temperature, odds: odds(chance) })
      : t("T = {temperature}: no draw escapes", { temperature });
  }

  smallPlots() {
    const { part } = this.parts,
      critical = () => "T_c";
    /** @param {string} name @param {() => string} x @param {() => string} y */
    const small = (name, x, y) => axesChart(part(name), { x, y, name: TITLES[name] });
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

  makeShaker() {
    const { part, press } = this.parts;
    return new Shaker({
      laps: this.laps,
      well: this.well,
      state: () => /** @type {import("./sentences.js").State} */ (this.state),
      lap: () => ({ texts: this.lapTexts(), at: Math.max(0, this.settings.word) }),
      named: (draw) =>
        draw.way?.text ?? (this.settings.word < 0 ? t("way out") : t("a rarer word")),
      counted: () => this.showCounts(),
      escaped: (draw, text) => {
        part("spoken").textContent = t("Escaped at draw {n}: “{word}”.", {
          n: this.shaker.tried,
          word: text.trim(),
        });
      },
      turned: () => {
        press("go").textContent = this.shaker.on ? t("Pause") : t("Play");
        press("fast").setAttribute("aria-pressed", String(this.shaker.fast));
      },
    });
  }

  /** @param {any} server */
  listen(server) {
    const { select, press, part } = this.parts,
      { shaker } = this;
    select("order").addEventListener("change", () => this.change({ order: select("order").value }));
    select("where").addEventListener("change", () =>
      this.change({ word: Number(select("where").value) }),
    );
    press("go").addEventListener("click", () => (shaker.on ? shaker.halt() : shaker.start()));
    press("fast").addEventListener("click", () => {
      shaker.fast = !shaker.fast;
      press("fast").setAttribute("aria-pressed", String(shaker.fast));
    });
    press("many").addEventListener("click", () => shaker.many(1000));
    offerLink(press("link"), () => server.link({ ...this.settings }));
    for (const name of ["theory", "derive", "penalties"])
      part(name).addEventListener("toggle", () => this.drawFolds());
    this.followView();
  }

  /** What nobody sees does not move. */
  followView() {
    let held = false;
    new IntersectionObserver(([{ isIntersecting }]) => {
      if (!isIntersecting && this.shaker.on) {
        held = true;
        this.shaker.halt();
      } else if (isIntersecting && held) {
        held = false;
        this.shaker.start();
      }
    }).observe(this.parts.part("laps"));
  }

  /** The loop's words; a loop of the visitor's own has one. */
  lapTexts() {
    return this.settings.word < 0 ? [t("round")] : this.loop.lap;
  }

  /** @param {Record<string, any>} change */
  change(change) {
    Object.assign(this.settings, change);
    this.showControls();
    this.anew ||= "word" in change;
    if (this.due || !this.loop) return;
    this.due = true;
    requestAnimationFrame(() => {
      this.due = false;
      this.drawNow();
    });
  }

  showControls() {
    const { settings } = this,
      own = settings.word < 0,
      off = Object.values(this.rows)
        .filter((row) => row.off !== null && settings[row.field] === row.off)
        .map((row) => [row.field, t("off")]);
    for (const sliders of this.sliders) sliders.show(settings, Object.fromEntries(off));
    this.parts.select("order").value = settings.order;
    this.parts.select("where").value = String(settings.word);
    this.parts.part("own-sliders").hidden = !own;
    this.parts.part("penalty-note").hidden = own;
  }

  fillPlaces() {
    const { lap } = this.loop;
    fillSelect(this.parts.select("where"), [
      ...this.places.flatMap((place, i) =>
        place.barrier > 0
          ? [/** @type {[number, string]} */ ([i, t("“{word}”", { word: lap[i].trim() })])]
          : [],
      ),
      [OWN, t("a loop of my own ΔE and N")],
    ]);
    this.parts.select("where").value = String(this.settings.word);
  }

  /** @param {any} message */
  say(message) {
    this.fault = message;
    this.parts.part("problem").textContent = say(message);
    this.parts.part("problem").hidden = !message;
  }

  /**
   * What follows from the settings. The curves do not depend on the temperature, but for the length
   * of their axis.
   */
  compute() {
    const { settings } = this,
      place =
        settings.word < 0
          ? ownPlace(penalisedBarrier(settings), settings.rivals)
          : this.places[settings.word];
    const { temperature, ...others } = settings,
      key = JSON.stringify(others);
    if (key !== this.curvesFor || !this.curves || temperature > this.curves.end) {
      this.curves = curvesOf(place, settings);
      this.curvesFor = key;
    }
    const { critical, opening } = this.curves;
    this.state = {
      settings: { ...settings },
      place,
      law: lawOf(place, settings),
      critical,
      opening,
      word: settings.word < 0 ? "" : this.loop.lap[settings.word].trim(),
    };
    return this.state;
  }

  drawNow() {
    if (!this.loop) return;
    const state = this.compute(),
      { part } = this.parts,
      verdict = verdictOf(state);
    this.shaker.reset();
    this.plot.draw(mainFigure(state, /** @type {any} */ (this.curves)));
    this.plot.label(
      t("P(escape) against temperature. {sentence}", { sentence: verdict.replaceAll("**", "") }),
    );
    this.well.draw(state);
    part("lidsay").replaceChildren(...rich(lidSentence(state)));
    part("formula").replaceChildren(...this.formulas(state));
    part("sentence").replaceChildren(...rich(verdict));
    part("before").textContent = state.word ? `${clip(this.loop.before, 120)}` : "";
    this.drawFolds();
    this.cover();
    if (this.anew) this.shaker.restart();
    this.anew = false;
    drawn(this.view);
  }

  /** @param {import("./sentences.js").State} state */
  formulas({ law }) {
    const before = formula(`P_escape = {∑_i e^(−ΔE_i/T)} / Z = ${counted(law.plain, 3)}`);
    if (law.chance === law.plain) return [before];
    const after = formula(counted(law.chance, 3));
    return pieces("{before}, after the rules {after}", { before, after });
  }

  showCounts() {
    const { part } = this.parts,
      { tried, out } = this.shaker;
    part("tried").textContent = whole(tried);
    part("out").textContent = whole(out);
    part("measured").textContent = out ? odds(out / tried) : "–";
    part("expected").textContent = this.state?.law.chance
      ? odds(this.state.law.chance)
      : t("never");
  }

  /** What is folded away is drawn when it is opened. */
  drawFolds() {
    const { state, small } = this,
      { part } = this.parts;
    if (!state) return;
    /** @param {string} name */
    const open = (name) => /** @type {HTMLDetailsElement} */ (part(name)).open;
    if (open("theory")) {
      small.by_top_p.draw(topPFigure(state));
      part("verdicts").replaceChildren(headRow(), ...verdictsOf(state).map(verdictRow));
      part("formulas").replaceChildren(...formulasOf(state).map(formulaLine));
      if (open("derive")) small.by_barrier.draw(barrierFigure(state));
    }
    if (open("penalties")) small.by_visit.draw(visitFigure(state));
  }

  speak() {
    if (!this.loop) return;
    this.fillPlaces();
    this.showControls();
    this.say(this.fault);
    this.shaker.stage.turned();
    this.anew = true;
    this.drawNow();
  }

  /**
   * The state in the address, or the recorded loop; a link that cannot be read is said and the
   * defaults stand.
   * @param {any} server
   */
  async open(server) {
    let answer;
    try {
      answer = await server.opened({ query: location.search.slice(0, 20000) });
    } catch {
      answer = { error: t("The server did not answer. Reload the page to try again.") };
    }
    if (answer.error) return this.say(answer.error);
    this.loop = answer.loop;
    this.places = answer.loop.places.map(recordedPlace);
    this.settings = { ...this.settings, ...answer.settings };
    const { settings } = this;
    this.fillPlaces();
    this.showControls();
    this.say(answer.message);
    // a link that tells of visits is about what the penalties do
    if (settings.visits > 0) this.unfold("penalties");
    if (settings.min_p > 0 || settings.top_k > 0 || settings.order !== "transformers")
      this.unfold("rules");
    this.shaker.on = !calm();
    this.drawNow();
    this.shaker.stage.turned();
  }

  /** @param {string} name */
  unfold(name) {
    /** @type {HTMLDetailsElement} */ (this.parts.part(name)).open = true;
  }
}
