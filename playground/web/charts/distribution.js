// @ts-check
/**
 * One step's distribution: the model's own probability is an outline, what is drawn from is filled,
 * what a rule cut is hatched and says so.
 */
import { asIs, make, visible } from "../core/dom.js";
import { chance, fixed, whole } from "../core/format.js";
import { nt, t } from "../core/translate.js";

/**
 * @typedef {object} Row a token of the record, before (`raw`) and after (`final`) the rules
 * @property {number} id
 * @property {string} text
 * @property {number} raw
 * @property {number} final
 * @property {number} rank
 * @property {string | null} cut the rule that cut it; "draw": greedy did not choose it
 */
/**
 * @typedef {object} Distribution what a step's record holds of it
 * @property {Row[]} rows
 * @property {{count: number, final: number, raw: number, cut_count: number, cut_raw: number}} remainder all other tokens together
 * @property {{id: number, text: string, start: number, end: number}[]} strip the interval from which one is drawn
 * @property {{count: number, start: number, end: number}} [strip_rest]
 * @property {number | null} [u] the random number, null for greedy
 * @property {boolean} [forced] the visitor's own token
 */

const LONGEST = 60; // characters of a token
const WIDEST = 98; // percent of the track

/** @param {string} text */
const shown = (text) => visible(text).slice(0, LONGEST);

/**
 *   const bars = makeDistribution({bars: element, strip: element, onPick: (id, text) => ..., ruleName: (rule) => "top-p"});
 *   bars.show(record, {chosen: id drawn, was: id that stands in the text or null, forced: () => t("your choice")});  bars.clear();
 *
 * @param {object} options
 * @param {HTMLElement} options.bars
 * @param {HTMLElement} options.strip the unit interval below
 * @param {(id: number, text: string) => void} options.onPick the text shall go on with this token
 * @param {(rule: string) => string} options.ruleName in the visitor's language
 */
export function makeDistribution({ bars, strip, onPick, ruleName }) {
  /** @type {ReturnType<typeof makeRow>[]} */
  const rows = [];
  const rest = makeRest();
  const interval = makeInterval(strip);

  function makeRow() {
    const element = make("button", "bar"),
      text = make("span", "t"),
      track = make("span", "track"),
      final = make("i", "final-bar"),
      raw = make("i", "raw-bar"),
      number = make("span", "num"),
      why = make("span", "why");
    element.type = "button";
    track.append(final, raw);
    element.append(text, track, number, why);
    /** @type {{token: number | null, label: string}} */
    const holds = { token: null, label: "" };
    element.addEventListener("click", () => {
      if (holds.token !== null) onPick(holds.token, holds.label);
    });
    return { element, text, final, raw, number, why, holds };
  }

  /**
   * Why it is there.
   * @param {Row} row
   * @param {boolean} unchosen
   * @param {Distribution} record
   * @param {Marked} marked
   */
  function reason(row, unchosen, record, { chosen, was, forced }) {
    if (row.cut) return t("cut by {rule}", { rule: ruleName(row.cut) });
    if (row.id === chosen) {
      if (record.forced) return forced?.() ?? t("your choice");
      return record.u === null ? t("the likeliest") : t("drawn");
    }
    if (row.id === was) return t("in the text");
    return unchosen ? t("not the likeliest") : "";
  }

  /** @param {Row} row @param {Distribution} record @param {number} chosen */
  function named(row, record, chosen) {
    const said = t("{token}: {after} after the rules, {before} before them, rank {rank}", {
      token: shown(row.text),
      after: chance(row.final),
      before: chance(row.raw),
      rank: whole(row.rank),
    });
    const cut = row.cut ? ", " + t("cut by {rule}", { rule: ruleName(row.cut) }) : "";
    const drawn = row.id !== chosen ? "" : ", " + (record.u === null ? t("chosen") : t("drawn"));
    return {
      title: t("{sentence}. Click: the text goes on from here with this token.", {
        sentence: said,
      }),
      label: t("{sentence}. Continue with this token", { sentence: said + cut + drawn }),
    };
  }

  /** @typedef {{chosen: number, was?: number | null, forced?: () => string}} Marked */
  /** @param {Distribution} record @param {Marked} marked */
  function show(record, marked) {
    const { chosen, was = null } = marked;
    const top = Math.max(1e-12, ...record.rows.map((row) => Math.max(row.raw, row.final)));
    /** @param {number} p */
    const width = (p) => ((WIDEST * p) / top).toFixed(2) + "%";
    record.rows.forEach((given, i) => {
      const unchosen = given.cut === "draw"; // greedy: not chosen is not cut by a rule
      const row = unchosen ? { ...given, cut: null } : given;
      const one = (rows[i] ??= makeRow());
      Object.assign(one.holds, { token: row.id, label: row.text });
      one.element.className = "bar";
      one.element.classList.toggle("on", row.id === chosen);
      one.element.classList.toggle("cut", Boolean(row.cut));
      one.element.classList.toggle("was", row.id === was && was !== chosen);
      one.text.textContent = shown(row.text);
      one.final.style.width = row.final > 0 ? width(row.final) : "0";
      one.raw.style.width = width(row.raw);
      one.number.textContent = chance(given.cut ? row.raw : row.final);
      one.why.textContent = reason(row, unchosen, record, marked);
      const { title, label } = named(row, record, chosen);
      one.element.title = title;
      one.element.setAttribute("aria-label", label);
    });
    rest.show(record.remainder);
    bars.replaceChildren(
      ...rows.slice(0, record.rows.length).map((one) => one.element),
      rest.element,
    );
    interval.show(record, chosen);
  }

  return {
    show,
    clear() {
      bars.replaceChildren();
      interval.clear();
    },
  };
}

/** The last row: all other tokens together. */
function makeRest() {
  const element = make("div", "bar rest"),
    name = make("span", "t"),
    track = make("div", "track"),
    number = make("span", "num"),
    why = make("span", "why");
  element.append(name, track, number, why);
  return {
    element,
    /** @param {Distribution["remainder"]} others */
    show(others) {
      const before = chance(others.raw),
        after = chance(others.count ? others.final : 0);
      name.textContent = t("others");
      number.textContent = after;
      track.textContent =
        before === chance(others.final)
          ? ""
          : t("before the rules {probability}", { probability: before });
      why.textContent = nt("{n} token", "{n} tokens", others.count);
      element.title = t(
        "All other tokens together: {count}, with {after} after the rules and {before} before them. {cut} of them are cut; those held {held}.",
        {
          count: others.count,
          after: chance(others.final),
          before,
          cut: others.cut_count,
          held: chance(others.cut_raw),
        },
      );
    },
  };
}

/**
 * The interval from 0 to 1 in pieces, and where the random number falls.
 * @param {HTMLElement} host
 */
function makeInterval(host) {
  asIs(host);
  const band = make("div", "strip"),
    needle = make("i", "strip-u");
  host.append(band);

  /** @param {Distribution["strip"][number]} piece @param {number} chosen */
  function part(piece, chosen) {
    const element = make("b", piece.id === chosen ? "on" : ""),
      width = piece.end - piece.start;
    element.style.width = 100 * width + "%";
    if (width > 0.045) element.textContent = visible(piece.text).slice(0, Math.floor(width * 90));
    element.title = t("{token}: from {low} to {high}", {
      token: shown(piece.text),
      low: fixed(piece.start, 4),
      high: fixed(piece.end, 4),
    });
    return element;
  }

  return {
    /** @param {Distribution} record @param {number} chosen */
    show(record, chosen) {
      const parts = record.strip.map((piece) => part(piece, chosen)),
        more = record.strip_rest;
      if (more?.count) {
        const element = make("b", "strip-rest");
        element.style.width = 100 * (more.end - more.start) + "%";
        element.title = nt(
          "{n} more token, from {low} to 1",
          "{n} more tokens, from {low} to 1",
          more.count,
          { low: fixed(more.start, 4) },
        );
        parts.push(element);
      }
      const u = record.u ?? null;
      needle.hidden = u === null;
      if (u !== null) needle.style.left = 100 * u + "%";
      band.replaceChildren(...parts, needle);
    },
    clear: () => band.replaceChildren(),
  };
}
