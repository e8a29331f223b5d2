// @ts-check
/**
 * Which earlier tokens count for the token on view: each is left out once, on demand, and the words
 * are tinted by what that changes.
 */
import { asIs, clip, make, node, visible } from "../../core/dom.js";
import { bits, chance, fixed } from "../../core/format.js";
import { makeRun } from "../../core/run.js";
import { onLanguage, pieces, say, t } from "../../core/translate.js";

/**
 * @typedef {{place: number, token_id: number, probability: number | null, change: number | null}} LeftOut change in nats
 * @typedef {{probability: number, count: number, left: LeftOut[]}} Found
 * @typedef {import("./prose.js").Shade | null} Tint
 */

const MOST_KEPT = 40; // steps whose answers are kept
const LEAST_TOP = 0.1; // bits: a scale that ends below this would colour what is next to nothing

/**
 * @param {object} parts
 * @param {HTMLElement} parts.host
 * @param {ReturnType<typeof import("./store.js").makeStore>} parts.store
 * @param {Record<string, (...values: any[]) => Promise<any>>} parts.server
 * @param {(event: string, detail: any) => void} parts.trigger
 * @param {() => number} parts.step the step on view
 * @param {() => boolean} parts.writing
 * @param {(tints: Tint[] | null) => void} parts.tint colours the tokens from the first of the prompt on
 * @param {() => void} parts.pause the text stands still while its words are looked at
 */
export function makeAttribution({ host, store, server, trigger, step, writing, tint, pause }) {
  /** @type {Map<string, Found>} */
  const kept = new Map();
  let shown = ""; // the question that the colours answer
  let asked = ""; // the question of the run at work
  let hidden = false; // the visitor has put the colours away
  /** @type {any} */
  let problem = null;
  const run = makeRun({
    start: (request) => trigger("attribute", { request }),
    stop: (name) => server.stop(name),
    going: (name) => server.going(name),
    handlers: {
      begin: (message) => begin(message),
      frames: (message) => grow(message.frames ?? []),
      end: () => show(),
      error(message) {
        problem = message.message;
        show();
      },
    },
  });
  const press = node("button", { type: "button", class: "plain", part: "attribute" }),
    words = node("span", { class: "gen-count-words", role: "status" }),
    scale = node("span", { class: "gen-count-scale" });
  press.addEventListener("click", () => {
    if (run.running) run.stop();
    else if (!hidden && complete(kept.get(shown))) {
      hidden = true;
      show();
    } else ask();
  });
  host.replaceChildren(press, scale, words);

  /** What would be asked for the step on view. */
  function question() {
    const frame = store.frames()[step()],
      text = store.here();
    if (!frame || !text) return null;
    return { model: text.prompt.model, ids: store.idsBefore(step()), token: frame.token_id };
  }

  function ask() {
    const wish = question();
    if (!wish || writing()) return;
    pause();
    hidden = false;
    problem = null;
    asked = shown = JSON.stringify(wish);
    if (!complete(kept.get(asked))) run.start(wish);
    show();
  }

  /** @param {any} message */
  function begin(message) {
    kept.delete(asked);
    kept.set(asked, { probability: message.probability, count: message.count, left: [] });
    if (kept.size > MOST_KEPT) kept.delete(/** @type {string} */ (kept.keys().next().value));
    show();
  }

  /** @param {LeftOut[]} more */
  function grow(more) {
    kept.get(asked)?.left.push(...more);
    show();
  }

  /**
   * Another step or text is on view: what was found for it is drawn, a run for another one ends.
   */
  function look() {
    const wish = question(),
      name = wish ? JSON.stringify(wish) : "";
    if (name !== shown) {
      if (run.running) run.stop();
      problem = null;
      shown = name;
    }
    show();
  }

  function show() {
    const found = hidden ? undefined : kept.get(shown),
      running = run.running && asked === shown;
    host.hidden = !question();
    /** @type {HTMLButtonElement} */ (press).disabled = !running && writing();
    press.textContent = running
      ? t("Stop")
      : complete(found)
        ? t("Hide the colours")
        : t("What counted for this token?");
    press.title = t(
      "Leaves out each token before it once and asks the model again; the words are tinted by how much likelier each of them makes the token on view",
    );
    words.classList.toggle("problem", Boolean(problem));
    if (problem) words.textContent = say(problem);
    else if (!found) words.textContent = running ? t("Asking the model …") : "";
    else words.replaceChildren(...(running ? [progressOf(found)] : sentenceOf(found)));
    const top = found ? topOf(found) : 0;
    scale.hidden = !found?.left.length;
    if (found) scale.replaceChildren(...scaleOf(top));
    tint(found ? tintsOf(found, top) : null);
  }

  /** @param {Found} found */
  function sentenceOf(found) {
    const known = found.left.filter((one) => one.probability !== null);
    if (!known.length) return [t("Nothing stands before it that could be left out.")];
    const most = known.reduce((a, b) => (weight(b, found) > weight(a, found) ? b : a));
    const texts = [...(store.here()?.prompt.pieces ?? []), ...store.frames()];
    const values = {
      token: asIs(make("b", "t", "“" + visible(clip(texts[most.place]?.text ?? "", 40)) + "”")),
      with: chance(found.probability),
      without: chance(/** @type {number} */ (most.probability)),
      tried: found.left.length,
      count: found.count,
    };
    return complete(found)
      ? pieces(
          "{token} counts most: without it the model’s P is {without}, with it {with}.",
          values,
        )
      : pieces(
          "With {tried} of {count} tokens left out, {token} counts most: without it the model’s P is {without}, with it {with}.",
          values,
        );
  }

  onLanguage(show);
  return { look, receive: run.receive };
}

/** @param {Found | undefined} found */
const complete = (found) => Boolean(found && found.left.length === found.count);

/** @param {Found} found */
const progressOf = (found) =>
  t("{tried} of {count} left out", { tried: found.left.length, count: found.count });

/**
 * How much a token counts, in bits, either way; Infinity where the token on view is impossible with
 * or without it alone.
 * @param {LeftOut} one
 * @param {Found} found
 */
function weight(one, found) {
  if (one.change !== null) return Math.abs(/** @type {number} */ (bits(one.change)));
  if (one.probability === null) return 0;
  return one.probability === 0 && found.probability === 0 ? 0 : Infinity;
}

/** The end of the scale, in bits: the same in both directions. @param {Found} found */
function topOf(found) {
  const finite = found.left.map((one) => weight(one, found)).filter(Number.isFinite);
  return Math.max(LEAST_TOP, ...finite);
}

/** @param {Found} found @param {number} top @returns {Tint[]} */
function tintsOf(found, top) {
  /** @type {Tint[]} */
  const tints = Array(found.count).fill(null);
  for (const one of found.left) {
    const helps = one.change === null ? one.probability === 0 : one.change > 0;
    tints[one.place] = {
      colour: helps ? "var(--chosen)" : "var(--loop)",
      level: Math.min(1, weight(one, found) / top),
      title: titleOf(one, found),
    };
  }
  return tints;
}

/** @param {LeftOut} one @param {Found} found */
function titleOf(one, found) {
  if (one.probability === null)
    return t("What the model would say without this token is not known.");
  const values = { with: chance(found.probability), without: chance(one.probability) };
  if (one.change === null) return t("without it P = {without}, with it {with}", values);
  const change = /** @type {number} */ (bits(one.change));
  return t("without it P = {without}, with it {with}: {change} bits", {
    ...values,
    change: (change >= 0.005 ? "+" : "") + fixed(change, 2),
  });
}

/** The one scale of all words: less likely, no matter, likelier. @param {number} top bits */
function scaleOf(top) {
  const end = fixed(top, 2);
  return [
    make("span", "", t("less likely, −{bits} bits", { bits: end })),
    make("i", "gen-count-bar"),
    make("span", "", t("likelier, +{bits} bits", { bits: end })),
  ];
}
