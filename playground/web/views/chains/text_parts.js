// @ts-check
/**
 * What the view of an n-gram model consists of, its texts token by token, and some of what it says.
 */
import { clip, make, node, visible } from "../../core/dom.js";
import { fixed, percent } from "../../core/format.js";
import { nt, t } from "../../core/translate.js";
import { action, headed, problemLine, seedField, viewSkeleton } from "./page.js";

/**
 * @typedef {{start: number, end: number, source_start: number}} Copy tokens that stand like that in the source
 */
/** @typedef {{start: number, period: number}} Cycle */

const learned = () =>
  node(
    "section",
    {},
    node(
      "div",
      { class: "tools", style: "margin-bottom:6px" },
      node("span", { class: "label", style: "margin:0" }, () => t("The text it learns from")),
      action("fox", () => t("The brown fox"), "push"),
      action("choose", () => t("Choose a file")),
    ),
    node("textarea", {
      part: "text",
      maxlength: 20000,
      rows: 3,
      spellcheck: "false",
      "aria-label": () => t("The text that the model learns from"),
    }),
    node(
      "div",
      { class: "tools", part: "file", hidden: true },
      node("span", { part: "filename" }),
      action("drop", () => t("Back to typing")),
    ),
    node("input", {
      type: "file",
      part: "input",
      accept: ".txt,.md,.csv,.json,text/*",
      hidden: true,
      "aria-label": () => t("A text file of up to 5 MB"),
    }),
    problemLine(),
  );

const settings = () =>
  node(
    "section",
    {},
    node(
      "div",
      { class: "tools" },
      node("span", {}, () => t("Order")),
      node("span", { class: "group", part: "order" }),
      node("span", { class: "group", part: "unit" }),
    ),
    node(
      "div",
      { class: "tools", style: "margin-top:8px" },
      node("span", {}, () => t("Where nothing follows")),
      node("span", { class: "group", part: "ending" }),
    ),
    node(
      "div",
      { class: "tools", style: "margin-top:8px" },
      node(
        "label",
        {},
        () => t("Start with"),
        " ",
        node("input", {
          type: "text",
          part: "start",
          placeholder: () => t("the source’s first tokens"),
          maxlength: 2000,
          spellcheck: "false",
        }),
      ),
      seedField(),
      action("another", () => t("Draw again")),
    ),
    node("p", { class: "aside", part: "counts" }),
  );

/** @param {string} part @param {() => string} title */
const running = (part, title) =>
  node(
    "div",
    {},
    node("p", { class: "label" }, title),
    node("p", { class: "running", part, translate: "no" }),
  );

const runs = () =>
  node(
    "div",
    { "data-figure": true, class: "runs2" },
    running("greedy", () => t("Greedy: always the most likely token")),
    running("sampled", () => t("Drawn")),
    node(
      "div",
      {},
      node("p", { class: "label" }, () =>
        t("Entropy of the next token, in bits: drawn (solid), greedy (dashed)"),
      ),
      node("div", { part: "player" }),
    ),
    node("p", { class: "say", part: "loopsay", style: "margin:0" }),
    node("p", { class: "say", part: "tie", style: "margin:0" }),
  );

const step = () =>
  node(
    "div",
    { class: "pairs", "data-figure": true },
    node(
      "section",
      {},
      node(
        "div",
        { class: "tools", style: "margin-bottom:8px" },
        node("span", { class: "group", part: "which" }),
      ),
      node("h2", { part: "heading" }),
      node("div", { part: "bars" }),
      node("div", { part: "strip" }),
      node("p", { class: "say", part: "after" }),
    ),
    headed(
      () => t("Where it was copied from: the source"),
      node("div", {
        class: "source",
        part: "source",
        tabindex: 0,
        role: "region",
        "aria-label": () => t("The source text"),
        translate: "no",
      }),
      node("p", { class: "aside", part: "copysay" }),
    ),
  );

export const skeleton = () =>
  viewSkeleton(
    () =>
      t(
        "An n-gram model counts what follows what in a text. Order n looks at the n previous tokens and at nothing else.",
      ),
    null,
    node("div", { class: "pairs" }, learned(), settings()),
    runs(),
    step(),
    node(
      "div",
      { class: "tools" },
      action("offer", () => t("Use this model on Generate and Diffusion")),
      node("span", { role: "status", part: "offered" }),
    ),
  );

/**
 * A run as a text whose tokens can be picked.
 * @param {HTMLElement} host @param {(k: number) => void} pick
 */
export function makeTokens(host, pick) {
  /** @type {HTMLElement[]} */
  let spans = [];
  host.addEventListener("click", (event) => {
    const k = spans.indexOf(/** @type {HTMLElement} */ (event.target));
    if (k >= 0) pick(k);
  });
  return {
    /**
     * @param {{pieces: string[], copies: Copy[]}} run
     * @param {string[]} prompt
     * @param {Cycle | null} cycle
     */
    load({ pieces, copies }, prompt, cycle) {
      spans = pieces.map((piece, k) => tokenOf(piece, k, copies));
      if (cycle)
        spans.forEach((span, k) => {
          span.classList.toggle("loop", k >= cycle.start);
          span.classList.toggle("lap", k >= cycle.start && (k - cycle.start) % cycle.period === 0);
        });
      host.replaceChildren(make("span", "prompt", prompt.join("")), ...spans);
    },
    /**
     * @param {number} k the step on view
     * @param {boolean} chosen whether this run is the one that is looked at
     */
    view(k, chosen) {
      spans.forEach((span, i) => {
        span.classList.toggle("later", i > k);
        span.classList.toggle("on", i === k && chosen);
        span.classList.toggle("now", i === k && !chosen);
      });
    },
  };
}

/** @param {string} piece @param {number} k @param {Copy[]} copies */
function tokenOf(piece, k, copies) {
  const shown = piece === "" ? " ∎" : piece === " " || piece === "\n" ? visible(piece) : piece,
    span = make("span", "tok", shown);
  if (piece === "") span.title = t("the end of the text");
  const i = copies.findIndex((copy) => k >= copy.start && k < copy.end);
  if (i < 0) return span;
  const { start, end, source_start: from } = copies[i];
  span.classList.add("copied");
  span.classList.toggle("other", i % 2 === 1);
  span.title = t("copied: tokens {first} to {last} of the source", {
    first: from + 1,
    last: from + end - start,
  });
  return span;
}

/**
 * The source; the stretch from which a token was copied is marked and comes into view.
 * @param {HTMLElement} host
 */
export function makeSource(host) {
  /** @type {{at: number, span: HTMLElement}[]} */
  let spans = [];
  return {
    /** @param {{at: number, pieces: string[]}[]} windows parts of it */
    load(windows) {
      spans = [];
      host.replaceChildren();
      windows.forEach(({ at, pieces }, i) => {
        if (i) host.append(make("span", "gap", " … "));
        pieces.forEach((piece, k) => {
          const span = make("span", "src", piece);
          spans.push({ at: at + k, span });
          host.append(span);
        });
      });
    },
    /** @param {Copy | undefined} copy @param {number} k the token on view */
    view(copy, k) {
      /** @type {HTMLElement | null} */
      let seen = null;
      for (const { at, span } of spans) {
        const from = copy ? at - copy.source_start : -1,
          hit = copy !== undefined && from >= 0 && from < copy.end - copy.start,
          here = hit && from === k - copy.start;
        span.classList.toggle("copied", hit);
        span.classList.toggle("on", here);
        if (here) seen ??= span;
      }
      if (seen) host.scrollTop = seen.offsetTop - host.offsetTop - host.clientHeight / 2;
    },
  };
}

/** How large the model is, in words. @param {any} figures */
export function countsOf({ counts, unit, order }) {
  const { tokens, distinct, contexts, certain } = counts;
  const size =
    unit === "word"
      ? nt("{n} word, {distinct} different.", "{n} words, {distinct} different.", tokens, {
          distinct,
        })
      : nt(
          "{n} character, {distinct} different.",
          "{n} characters, {distinct} different.",
          tokens,
          { distinct },
        );
  const looks =
    unit === "word"
      ? nt(
          "Order {n}: it looks at the one previous word.",
          "Order {n}: it looks at the {n} previous words.",
          order,
        )
      : nt(
          "Order {n}: it looks at the one previous character.",
          "Order {n}: it looks at the {n} previous characters.",
          order,
        );
  const sure = t(
    "{certain} of {contexts} contexts have a single successor ({share}): there even drawing cannot do otherwise.",
    { certain, contexts, share: percent(contexts ? certain / contexts : 0) },
  );
  return `${size} ${looks} ${sure}`;
}

/** @param {any} record */
export function headingOf(record) {
  if (!record) return t("What could come next");
  if (record.u === null) return t("What could come next; greedy takes the most likely");
  const token = record.text ? clip(record.text, 20) : t("the end");
  return t("What could come next; u = {u} falls in “{token}”", { u: fixed(record.u, 3), token });
}
