// @ts-check
/** What the reading of one real distribution consists of. */
import { button, make, node, visible } from "../../core/dom.js";
import { chance, fixed, NOTHING } from "../../core/format.js";
import { rich } from "../../core/rich.js";
import { number, say, t } from "../../core/translate.js";
import { fold } from "./fold.js";

/** @type {import("./sliders.js").Slider[]} */
export const KNOBS = [
  {
    name: "top_p",
    title: () => t("top-p"),
    why: () => t("Keep the smallest set of tokens that reaches this probability"),
    spoken: () => t("top-p for these logits"),
    low: 0.05,
    high: 0.999,
    step: 0.001,
    digits: 3,
  },
  {
    name: "temperature",
    title: () => t("temperature T"),
    why: () => t("Where the chances below are read"),
    spoken: () => t("temperature T for these logits"),
    low: 0.05,
    high: 4,
    step: 0.01,
    digits: 2,
  },
  {
    name: "min_p",
    title: () => t("min-p α"),
    why: () => t("For the escape temperature of min-p"),
    spoken: () => t("min-p α for these logits"),
    low: 0.001,
    high: 0.5,
    step: 0.001,
    digits: 3,
  },
];

const left = () =>
  node(
    "section",
    { class: "logits-left" },
    node("h2", {}, () => t("Which distribution")),
    node("textarea", {
      class: "logits-paste",
      part: "paste",
      rows: 6,
      placeholder: () => t("token and logit, one pair a line:") + "\ncat 10\ndog 8\ncar 5",
      "aria-label": () => t("Logits to read: a token and its logit on each line, or numbers alone"),
    }),
    node(
      "div",
      { class: "logits-row" },
      node(
        "button",
        {
          type: "button",
          class: "main",
          part: "read",
          title: () => t("Take the table above as the distribution of the next token"),
        },
        () => t("Read these logits"),
      ),
      node("p", { class: "soft small logits-source", part: "source" }),
    ),
    node("p", { class: "problem", role: "alert", part: "problem", hidden: true }),
    node("h2", {}, () => t("Loop token and ways out (choose by a click)")),
    node("div", { class: "logits-list", part: "list" }),
  );

const right = () =>
  node(
    "section",
    { class: "logits-right" },
    node("h2", {}, () => t("When can it get out?")),
    node("div", { class: "logits-knobs", part: "knobs" }),
    node("p", { class: "say logits-sentence", part: "sentence", "aria-live": "polite" }),
    node("table", { class: "escape-table logits-numbers", part: "numbers" }),
    node("div", { class: "logits-sides", part: "sides" }),
  );

export const skeleton = () =>
  node(
    "div",
    { class: "widget" },
    fold(
      "fold",
      () => t("From real logits"),
      () => t("T_c over the whole vocabulary of a real step, beside the two-token formula"),
      node("p", { class: "escape-lead" }, () =>
        rich(
          t(
            "Paste a distribution, or send any step here from the Generate page. The two-token formula stands beside the root over the **whole vocabulary**: the difference is what all the other tokens do.",
          ),
        ),
      ),
      node("div", { class: "escape-logits" }, left(), right()),
    ),
  );

/** A figure of the table: four digits that count, words as they are. @param {any} value */
function written(value) {
  if (value === null || value === undefined) return NOTHING;
  if (typeof value !== "number") return say(value);
  return Math.abs(value) >= 1e6
    ? value.toExponential(2)
    : number(value, { maximumSignificantDigits: 4 });
}

/** @param {"span" | "td" | "h2"} tag @param {string} text with its symbols set as mathematics */
function typeset(tag, text) {
  const element = make(tag);
  element.append(...rich(text));
  return element;
}

export function headRow() {
  const row = make("div", "logits-line logits-head");
  for (const title of [t("token"), t("logit"), "ΔE", t("P at T = 1"), t("two-token T_c"), ""])
    row.append(typeset("span", title));
  return row;
}

/**
 * @param {any} token @param {{loop: boolean, out: boolean}} is @param {(as: "loop" | "escape") => void} choose
 */
export function tokenRow(token, is, choose) {
  const row = make("div", "logits-line" + (is.loop ? " loop" : is.out ? " out" : "")),
    name = make("span", "logits-token", visible(token.text));
  name.title = t("id {id}", { id: String(token.id) });
  const asLoop = button(
    t("loop"),
    t("Take this token as the one the text is stuck on"),
    () => choose("loop"),
    "plain",
  );
  const asOut = button(
    t("way out"),
    t("Take this token as the way out"),
    () => choose("escape"),
    "plain",
  );
  asLoop.setAttribute("aria-pressed", String(is.loop));
  asOut.setAttribute("aria-pressed", String(is.out));
  const both = make("span", "logits-choose");
  both.append(asLoop, asOut);
  row.append(
    name,
    make("span", "num", fixed(token.logit, 3)),
    make("span", "num", is.loop ? "0" : fixed(token.delta_e, 3)),
    make("span", "num", chance(token.probability)),
    make("span", "num logits-two", is.loop ? "" : written(token.two_token)),
    both,
  );
  return row;
}

/** @param {[any, any, any]} line name, figure or word, how it comes about */
export function numberRow([name, value, why]) {
  const row = make("tr");
  row.append(
    typeset("td", say(name)),
    make("td", "num", written(value)),
    make("td", "soft small", say(why)),
  );
  return row;
}

/** The distribution at one side of T_c. @param {any} side @param {number} loop the token's id */
export function sideOf(side, loop) {
  const part = make("section");
  part.append(typeset("h2", say(side.title)), ...side.rows.map((one) => barOf(one, loop)));
  const said = make("p", "soft small");
  said.append(
    ...side.cuts.map((cut) => make("span", "logits-cut", say(cut) + " ")),
    make("span", "", say(side.words)),
  );
  part.append(said);
  return part;
}

/** @param {{id: number, text: string, raw: number, final: number}} one @param {number} loop */
function barOf({ id, text, raw, final }, loop) {
  const bar = make("div", `bar${final === 0 ? " cut" : ""}${id === loop ? " logits-stuck" : ""}`);
  const track = make("div", "track"),
    before = make("i", "raw-bar"),
    after = make("i", "final-bar");
  before.style.transform = `scaleX(${raw})`;
  after.style.transform = `scaleX(${final})`;
  track.append(after, before);
  bar.append(make("span", "t", visible(text)), track, make("span", "num", chance(final)));
  return bar;
}
