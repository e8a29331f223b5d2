// @ts-check
/**
 * What the page says of one real distribution: the figures and sentences of
 * playground/pages/escape/logits.py, computed here from the logits that the server sent once. A
 * moved slider, another loop token or another way out asks nobody.
 */
import { fixed, plain } from "../../core/format.js";
import { nt, number, t } from "../../core/translate.js";
import { chain, known, ordered } from "./chain.js";
import {
  criticalUnder,
  escapeChance,
  minPCritical,
  plainChance,
  trappingTopP,
  twoTokens,
} from "./critical.js";
import { inWords } from "./sentences.js";

const SHOWN = 10,
  LARGEST = 1e6; // temperature

/**
 * @typedef {object} Asked
 * @property {number | null} loop the token that the text is stuck on; null: the likeliest
 * @property {number | null} escape the way out; null: the best rival
 * @property {number} top_p
 * @property {number} temperature
 * @property {number} min_p
 */

/** The bytes of a base64 text. @param {string} text */
const bytesOf = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));

/** The server's record of a distribution, ready to be asked. */
export class Reading {
  /**
   * @type {{top_p: number, solved: number, sides: any[] | null} | null} what depends on top-p alone
   */
  kept = null;

  /** @param {any} sent see `sent` in playground/pages/escape/logits.py */
  constructor(sent) {
    this.logits = new Float32Array(bytesOf(sent.logits).buffer);
    this.all = ordered(this.logits);
    this.texts = new Map(sent.texts);
    this.source = sent.source;
    this.rules = {
      ...sent.rules,
      green: sent.rules.green ? bytesOf(sent.rules.green) : null,
    };
  }

  /** Whether every rule that acts is known here; else the server has to be asked. */
  get complete() {
    return this.rules.names.every((/** @type {string} */ name) => known.includes(name));
  }

  /** @param {number} id */
  textOf(id) {
    return String(this.texts.get(id) ?? "");
  }

  /** The best token besides one. @param {number | null} other */
  bestBeside(other) {
    return this.all.ids[0] !== other ? this.all.ids[0] : (this.all.ids[1] ?? null);
  }

  /** What depends on top-p alone; the sides of T_c when they are asked for. @param {number} p */
  under(p) {
    if (this.kept?.top_p !== p)
      this.kept = { top_p: p, solved: criticalUnder(this.all, this.rules, p), sides: null };
    return this.kept;
  }

  /** The record that logits.js draws. @param {Asked} asked */
  at(asked) {
    const { all, rules, logits } = this,
      { top_p, temperature } = asked,
      loop = asked.loop ?? /** @type {number} */ (this.bestBeside(asked.escape)),
      escape = asked.escape ?? this.bestBeside(loop),
      barrier = escape === null ? Infinity : logits[loop] - logits[escape],
      held = loop === all.ids[0],
      warm = Math.max(temperature, 1e-6),
      under = held ? this.under(top_p) : null;
    const state = {
      ...{ asked, loop, escape, barrier, held, warm },
      solved: under && under.solved,
      naive: held ? twoTokens(barrier, top_p) : null,
      chance: escapeChance(all, rules, { temperature: warm, top_p }, loop),
      plain: plainChance(all, temperature, loop),
    };
    const tokens = this.tokens(state);
    return {
      source: this.source,
      top_p,
      loop: { id: loop, text: this.textOf(loop) },
      escape_token: { id: escape, text: escape === null ? "" : this.textOf(escape) },
      tokens,
      rest: this.rest(tokens),
      solved: finite(state.solved),
      naive: finite(state.naive),
      escape: state.chance,
      sentence: this.sentence(state),
      numbers: this.numbers(state),
      sides: under && under.solved > 0 && under.solved < LARGEST / 2 ? this.sides(under) : [],
    };
  }

  /**
   * @typedef {{asked: Asked, loop: number, escape: number | null, barrier: number, held: boolean, warm: number, solved: number | null, naive: number | null, chance: number, plain: number}} State
   */

  /** @param {State} state */
  tokens({ loop, asked }) {
    const { all, logits } = this;
    let total = 0;
    for (const z of all.z) total += Math.exp(z - all.z[0]);
    return Array.from(all.ids.subarray(0, SHOWN), (id) => ({
      id,
      text: this.textOf(id),
      logit: logits[id],
      delta_e: logits[loop] - logits[id],
      probability: Math.exp(logits[id] - all.z[0]) / total,
      two_token: id === loop ? null : finite(twoTokens(logits[loop] - logits[id], asked.top_p)),
    }));
  }

  /** @param {{probability: number}[]} tokens */
  rest(tokens) {
    const further = this.logits.length - tokens.length,
      left = 1 - tokens.reduce((sum, token) => sum + token.probability, 0);
    return further > 0
      ? t("and {further} further tokens holding {share} of the probability", {
          further,
          share: inWords(Math.max(left, 0), 3),
        })
      : "";
  }

  /** @param {State} state */
  sentence({ asked, loop, held, solved, naive, chance }) {
    const here = plain(asked.temperature),
      p = plain(asked.top_p),
      token = quoted(this.textOf(loop)),
      { rules } = this;
    if (!held || solved === null)
      return t(
        "{token} is **not the likeliest token** here, so nothing holds the text on it: its probability does not even fall steadily with T, and there is no escape temperature. At T = {temperature} another token is drawn with probability **{chance}**.",
        { token, temperature: here, chance: inWords(chance) },
      );
    if (rules.order === "llama.cpp" && !rules.names.includes("p_less"))
      return t(
        "With **temperature last**, top-p judges the untempered distribution: no temperature changes what it keeps, so **there is no T_c**.",
      );
    if (solved === Infinity)
      return t(
        "**No temperature escapes**: with top-p = {p} the nucleus holds {token} alone, however hot the draw.",
        { p, token },
      );
    if (solved === 0)
      return t(
        "**Every temperature escapes**: at top-p = {p} the nucleus always holds more than {token}.",
        { p, token },
      );
    const said = [
      t("Over all {size} tokens the nucleus escape temperature is **T_c = {solved}**.", {
        size: this.logits.length,
        solved: fixed(solved, 3),
      }),
      twoTokensOff(naive, solved),
      asked.temperature > solved
        ? t("T = {temperature} is above it: the text can leave.", { temperature: here })
        : t("T = {temperature} is not above it: the text cannot leave.", { temperature: here }),
    ];
    return said.filter(Boolean).join(" ");
  }

  /**
   * (name, figure or word, how it comes about) of each line of the table.
   * @param {State} state
   * @returns {[string, any, string][]}
   */
  numbers(state) {
    const { loop, held, barrier, naive, solved, asked } = state,
      { min_p: alpha } = asked,
      // min-p lets the likeliest rival through first, whichever way out was chosen
      rival = this.bestBeside(loop),
      nearest = rival === null ? Infinity : this.logits[loop] - this.logits[rival];
    return [
      [t("barrier ΔE"), finite(barrier), t("logit of the loop token less that of the way out")],
      [
        t("T_c, two tokens"),
        orNever(naive),
        t("ΔE / ln(p/(1−p)): as if there were no other token"),
      ],
      [
        t("T_c, whole vocabulary"),
        orNever(solved),
        t("the root of P(loop) = p, under the rules of this step"),
      ],
      [
        t("T_c, min-p"),
        held ? finite(minPCritical(Math.max(nearest, 0), alpha)) : null,
        t("ΔE / ln(1/α), α = {min_p}, best way out", { min_p: plain(alpha) }),
      ],
      ...this.chances(state),
    ];
  }

  /** @param {State} state @returns {[string, any, string][]} */
  chances({ asked, chance, plain: uncut, held, warm, loop }) {
    const temperature = plain(asked.temperature),
      half = chance === 0 ? Infinity : chance === 1 ? 0 : Math.log(2) / -Math.log1p(-chance),
      trap = held ? trappingTopP(this.all, this.rules, warm, loop) : null;
    return [
      [
        t("P(escape) a visit"),
        chance,
        t("at T = {temperature}, top-p = {p} and the other rules of this step", {
          temperature,
          p: plain(asked.top_p),
        }),
      ],
      [t("without any cut"), uncut, t("1 − P(loop) at T = {temperature}", { temperature })],
      [t("expected visits"), orNever(chance ? 1 / chance : Infinity), "1 / P(escape)"],
      [t("half have left after"), orNever(half), "ln 2 / −ln(1 − P)"],
      [
        t("largest top-p that traps"),
        trap,
        trap !== null && trap >= 1
          ? t("the other rules hold it without top-p")
          : t("at T = {temperature}: any larger top-p lets it out", { temperature }),
      ],
    ];
  }

  /**
   * The distribution 1% below and above T_c, before and after the rules that cut.
   * @param {NonNullable<Reading["kept"]>} under
   */
  sides(under) {
    const { top_p, solved } = under;
    return [false, true].map((above) => {
      const temperature = solved * (above ? 1.01 : 0.99),
        stages = chain(this.all, this.rules, { temperature, top_p, coin: 0.999999 }),
        final = stages[stages.length - 1].left,
        figure = { temperature: fixed(temperature, 3) },
        { z, ids } = this.all;
      let total = 0;
      for (const one of z) total += Math.exp((one - z[0]) / temperature);
      return {
        title: above
          ? t("Just above T_c: T = {temperature}", figure)
          : t("Just below T_c: T = {temperature}", figure),
        rows: Array.from(ids.subarray(0, 6), (id, i) => {
          const place = final.ids.indexOf(id);
          return {
            id,
            text: this.textOf(id),
            raw: Math.exp((z[i] - z[0]) / temperature) / total,
            final: place < 0 ? 0 : final.probability(place),
          };
        }),
        words: nt(
          "{n} token left. Outline: before the cuts; filled: after.",
          "{n} tokens left. Outline: before the cuts; filled: after.",
          final.length,
        ),
        cuts: cutsOf(stages),
      };
    });
  }
}

/** @param {ReturnType<typeof chain>} stages */
const cutsOf = (stages) =>
  stages.slice(1).flatMap(({ name, left }, i) => {
    const count = stages[i].left.length - left.length;
    return count > 0 ? [t("{rule} cut {count}.", { rule: name.replaceAll("_", "-"), count })] : [];
  });

/**
 * How far the formula of two tokens is from the root.
 * @param {number | null} naive
 * @param {number} solved
 */
function twoTokensOff(naive, solved) {
  if (naive === null || !Number.isFinite(naive) || naive <= 0) return "";
  const share = Math.abs(naive - solved) / solved,
    figures = {
      naive: fixed(naive, 3),
      share: number(share, { style: "percent", maximumFractionDigits: 0, useGrouping: false }),
    };
  return naive > solved
    ? t("The two-token formula says {naive}, {share} too high.", figures)
    : t("The two-token formula says {naive}, {share} too low.", figures);
}

/** @param {number | null} value */
const finite = (value) => (value !== null && Number.isFinite(value) ? value : null);

/** @param {number | null} value */
const orNever = (value) => (value === Infinity ? t("never") : finite(value));

/** Two stars in a token would be read as bold. @param {string} text */
const quoted = (text) => `“${text.replaceAll("*", "∗")}”`;
