// @ts-check
/** What the five views of the Chains page share: their links, their fields, their transport. */
import { clip, node } from "../../core/dom.js";
import { readLink, stepOf } from "../../core/link.js";
import { announce } from "../../core/messages.js";
import { onLanguage, t } from "../../core/translate.js";
import { makeTransport } from "../../core/transport.js";
import { LARGEST_SEED } from "../../core/value.js";

const SPEEDS = [1, 2, 4, 8, 16, 20, 30];

/** @typedef {ReturnType<typeof makeTransport>} Transport */

/**
 * The shared transport with the speeds of this page.
 * @param {import("../../core/transport.js").TransportOptions} options
 */
export const chainTransport = (options) =>
  makeTransport({ speeds: SPEEDS, speed: 4, keys: options.host, ...options });

/**
 * The skeleton of a view: what it is about in a sentence, its examples with the link beside them,
 * then its parts.
 * @param {() => string} lead @param {string | null} examples the part that holds their buttons @param {...Node} children
 */
export const viewSkeleton = (lead, examples, ...children) =>
  node(
    "div",
    { class: "widget view" },
    node("p", { class: "lead" }, lead),
    node(
      "div",
      { class: "tools" },
      ...(examples ? [node("div", { class: "group", part: examples })] : []),
      action("link", () => t("Copy link"), "push"),
    ),
    ...children,
  );

/**
 * A heading with what stands under it.
 * @param {() => string} title
 * @param {...import("../../core/dom.js").Child} children
 */
export const headed = (title, ...children) =>
  node("section", {}, node("h2", {}, title), ...children);

/**
 * Something wide that scrolls sideways, by keyboard too.
 * @param {string} part
 * @param {() => string} label
 */
export const scrolling = (part, label) =>
  node(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": label },
    node("div", { part }),
  );

/**
 * A button that does something in words.
 * @param {string} part
 * @param {() => string} text
 * @param {string} [classes]
 */
export const action = (part, text, classes) =>
  node("button", { type: "button", part, class: classes ?? null }, text);

/**
 * A field for a number with its label.
 * @param {string} part
 * @param {() => string} text
 * @param {Record<string, any>} [attributes]
 */
export const numberField = (part, text, attributes = {}) =>
  node("label", {}, text, " ", node("input", { type: "number", part, ...attributes }));

export const seedField = () =>
  numberField("seed", () => t("Seed"), { min: 0, max: LARGEST_SEED, step: 1 });

/** Where a fault is said. @param {string} [part] */
export const problemLine = (part = "problem") =>
  node("p", { class: "problem", role: "status", part });

/**
 * The number in a field, or the sentence that says what is wrong with it.
 * @param {HTMLInputElement} field @param {string} name @param {number} low @param {number} high @param {boolean} [isWhole]
 * @returns {{value: number, problem: null} | {value: null, problem: string}}
 */
export function readField(field, name, low, high, isWhole = true) {
  const value = Number(field.value),
    fits = field.value !== "" && Number.isFinite(value) && value >= low && value <= high;
  if (fits && (!isWhole || Number.isInteger(value))) return { value, problem: null };
  const said = {
    name,
    low: String(low),
    high: String(high),
    value: field.value === "" ? t("nothing") : clip(field.value, 20),
  };
  const problem = isWhole
    ? t("{name} must be a whole number in [{low}, {high}], got {value}", said)
    : t("{name} must be a number in [{low}, {high}], got {value}", said);
  return { value: null, problem };
}

/** The next seed. @param {number} seed */
export const nextSeed = (seed) => (seed + 1) % (LARGEST_SEED + 1);

/**
 * "state 4": the first such name that is free.
 * @param {string[]} names
 * @param {"state" | "symbol"} word
 */
export function freeName(names, word) {
  let k = names.length + 1;
  while (names.includes(`${word} ${k}`)) k++;
  return `${word} ${k}`;
}

/**
 * What a view does when it is built: listens, draws what the page brought, follows it, and opens
 * the page's address.
 * @param {{listen: () => void, take: (value?: any) => void, speak: () => void, problem: (sentence: string) => void, figures?: any,
 *   player: Transport}} view
 * @param {string} name @param {import("../../core/value.js").Host} host
 * @param {{filled?: () => boolean, player?: () => Transport | null}} [options] as of openLink
 */
export function begin(view, name, { server, watch }, options = {}) {
  view.listen();
  view.take();
  watch("value", () => view.take());
  onLanguage(() => view.speak());
  openLink(name, {
    filled: options.filled?.() ?? view.figures !== null,
    server,
    take: (value) => view.take(value),
    player: options.player ?? (() => view.player),
    problem: (sentence) => view.problem(sentence),
  });
}

/**
 * A view whose state stands in the page's address fetches it by itself: Gradio has no way to hand a
 * value to a tab not yet opened. Where the page brought no value either, the view asks for what it
 * shows first.
 *
 * @param {string} view
 * @param {object} given
 * @param {boolean} given.filled whether the page brought a value
 * @param {Record<string, (...values: any[]) => Promise<any>>} given.server
 * @param {(value: any) => void} given.take
 * @param {() => Transport | null} given.player whose step the link names; asked after `take`
 * @param {(sentence: string) => void} given.problem
 */
async function openLink(view, { filled, server, take, player, problem }) {
  const link = readLink(),
    here = link.tab === "chains" && (link.view ?? "walk") === view,
    state = here ? link.state : null;
  if (state || !filled) {
    let value;
    try {
      value = state ? await server.open(state) : await server.first({});
    } catch {
      value = null;
    }
    if (!value?.draft)
      return problem(
        state
          ? t("The link could not be opened: the server did not answer.")
          : t("The server did not answer. Reload the page to try again."),
      );
    take(value);
  }
  const named = player();
  if (here && link.at !== null && named) goToStep(link.at, named);
}

/** @param {string} at @param {Transport} player */
function goToStep(at, player) {
  const step = stepOf(at, player.length);
  if (step !== null) {
    player.pause();
    return player.go(step);
  }
  announce(
    t(
      "The step in this link must be a whole number in [0, {last}], got {value}: the first one is on view.",
      { last: String(player.length - 1), value: clip(at, 20) },
    ),
  );
}
