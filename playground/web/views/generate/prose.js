// @ts-check
/**
 * A text as running prose whose tokens can be picked: the visitor's own part is underlined, the
 * token on view is boxed, loops are overlined.
 */
import { asIs, button, make, visible } from "../../core/dom.js";
import { whole } from "../../core/format.js";
import { nt, t } from "../../core/translate.js";

// characters that a token may have in the text: laying out a longer word takes the browser too long
// at each step
const LONG = 120;
const SHOWN = 48;
const HIDDEN = /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/;

/**
 * The line under a word: thicker means more surprising, from 1 to 6 pixels.
 * @param {number | null | undefined} nats
 */
const thickness = (nats) => Math.max(1, Math.min(6, ((nats ?? 12) / Math.LN2) * 0.7)).toFixed(1);

/** @typedef {{colour: string, level: number, title: string}} Shade */

/**
 *   const prose = makeProse({host, onToken: (k) => ...});
 *   prose.load({prompt: [piece...], frames, paint: null | (frame, k) => {colour, level 0..1, title}});
 *   prose.push(frame); prose.view(k); prose.loops([{start, end, period}]); prose.dots([k...]); prose.tint([shade or null...])
 *
 * @param {object} options
 * @param {HTMLElement} options.host
 * @param {(k: number) => void} options.onToken
 */
export function makeProse({ host, onToken }) {
  /** @type {HTMLElement[]} */
  let spans = [];
  /** @type {HTMLElement[]} */
  let prompts = [];
  /** @type {Map<HTMLElement, string>} tinted ones, and the titles that they had */
  const tinted = new Map();
  /** @type {HTMLElement | null} */
  let on = null;
  let marks = false;
  let covered = Infinity; // the first token that is kept from a class
  const gap = make("i", "prose-gap");
  /** @type {null | ((frame: any, k: number) => Shade)} */
  let shade = null;
  /** @type {WeakMap<Element, number>} */
  const places = new WeakMap();
  /** @type {WeakMap<Element, number>} characters that a token adds, as Python counts them */
  const pieces = new WeakMap();
  asIs(host);
  host.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (target.closest(".prose-more")) return;
    const at = target.closest(".prose-token");
    const k = at ? places.get(at) : undefined;
    if (k !== undefined) onToken(k);
  });

  /**
   * A token that is longer than a line: its beginning, and a button for the whole.
   * @param {HTMLElement} span
   * @param {string} piece
   * @param {string} [token]
   */
  function shorten(span, piece, token) {
    const more = button(
      nt("all {count} character", "all {count} characters", piece.length, {
        count: whole(piece.length),
      }),
      t("Show the whole token"),
      () => {
        const all = make("span", "prose-whole");
        fill(all, piece, token, true);
        all.tabIndex = 0; // it scrolls, by the keyboard, too
        span.replaceChildren(all);
        all.focus({ preventScroll: true });
      },
      "plain prose-more",
    );
    fill(span, [...piece].slice(0, SHOWN).join("") + "…", token);
    span.append(more);
  }

  // Space only tokens, line ends and pieces of a character would be invisible: these are always
  // drawn as marks.
  /**
   * @param {HTMLElement} span
   * @param {string} piece
   * @param {string} [token]
   * @param {boolean} [all] however long it is
   */
  function fill(span, piece, token, all = false) {
    if (!all && piece.length > LONG) return shorten(span, piece, token);
    span.replaceChildren();
    if (piece === "") {
      span.append(make("i", "prose-bytes", visible(token ?? "").slice(0, 24)));
      return;
    }
    if (marks && piece.startsWith(" ")) span.append(make("wbr"));
    if (marks || !piece.trim() || HIDDEN.test(piece)) {
      for (const line of piece.split(/(\n)/)) {
        if (line === "\n") span.append(make("i", "prose-mark", "↵"), "\n");
        else if (line) span.append(make("i", line.trim() ? "" : "prose-mark", visible(line)));
      }
      return;
    }
    for (const part of piece.split(/(\n)/))
      span.append(...(part === "\n" ? [make("i", "prose-mark", "↵"), "\n"] : [part]));
  }

  /** @param {any} frame @param {number} k */
  function spanOf(frame, k) {
    const span = make("span", "prose-token");
    places.set(span, k);
    pieces.set(span, [...(frame.piece ?? frame.text)].length);
    fill(span, frame.piece ?? frame.text, frame.text);
    if (frame.forced && !shade) span.classList.add("forced");
    span.style.setProperty("--surprise", `${thickness(frame.surprisal)}px`);
    const how = shade?.(frame, k);
    if (how) {
      span.style.background = `color-mix(in srgb, ${how.colour} ${Math.round(70 * how.level)}%, transparent)`;
      span.title = how.title;
      span.classList.add("shaded");
    }
    return span;
  }

  /** @param {{prompt: any[], frames: any[], paint?: typeof shade}} text */
  function load({ prompt, frames, paint = null }) {
    shade = paint;
    on = null;
    tinted.clear();
    prompts = prompt.map((piece) => {
      const span = make("span", "prose-prompt");
      fill(span, piece.piece, piece.text);
      return span;
    });
    spans = frames.map(spanOf);
    host.replaceChildren(...prompts, ...spans);
    beyond(frames.at(-1));
    cover();
  }

  /** Tokens that a class may be asked for are not on view; a gap stands for them. */
  function cover() {
    spans.forEach((span, i) => span.classList.toggle("class-covered", i >= covered));
    if (covered === Infinity) gap.remove();
    else host.insertBefore(gap, spans[covered] ?? null);
  }

  /** The tokens of a stop string, which the text ends before, are struck. @param {any} last */
  function beyond(last) {
    let left = last?.beyond ?? 0;
    for (let i = spans.length - 1; left > 0 && i >= 0; i -= 1) {
      spans[i].classList.add("beyond");
      spans[i].title = t("drawn, but no part of the text: a stop string begins here");
      left -= pieces.get(spans[i]) ?? 0;
    }
  }

  /** @param {any} frame */
  function push(frame) {
    const span = spanOf(frame, spans.length);
    spans.push(span);
    host.append(span);
    beyond(frame);
    span.classList.toggle("class-covered", spans.length > covered);
  }

  /** @param {number} k */
  function view(k) {
    if (on) {
      on.classList.remove("on");
      on.removeAttribute("aria-current");
    }
    on = spans[k] ?? null;
    spans.forEach((span, i) => span.classList.toggle("later", i > k));
    if (!on) return;
    on.classList.add("on");
    on.setAttribute("aria-current", "step");
    // only the text itself scrolls, never the page
    const below = on.offsetTop + on.offsetHeight - host.clientHeight,
      above = on.offsetTop;
    if (host.scrollTop < below + 8) host.scrollTop = below + 8;
    else if (host.scrollTop > above) host.scrollTop = Math.max(0, above - 8);
    // what scrolls scrolls by the keyboard, too
    host.tabIndex = host.scrollHeight > host.clientHeight ? 0 : -1;
  }

  /**
   * A band under the words, from the first of the prompt on; null: none.
   * @param {(Shade | null)[] | null} shades
   */
  function tint(shades) {
    for (const [span, title] of tinted) {
      span.classList.remove("counted");
      span.title = title;
    }
    tinted.clear();
    (shades ?? []).forEach((how, i) => {
      const span = i < prompts.length ? prompts[i] : spans[i - prompts.length];
      if (!how || !span) return;
      tinted.set(span, span.title);
      span.title = how.title;
      const colour = `color-mix(in srgb, ${how.colour} ${Math.round(90 * how.level)}%, transparent)`;
      span.style.setProperty("--counts", colour);
      span.classList.add("counted");
    });
  }

  return {
    load,
    push,
    view,
    tint,
    /** @param {import("./store.js").Loop[]} list */
    loops(list) {
      spans.forEach((span, i) => {
        const loop = list.find((one) => i >= one.start && i < one.end);
        span.classList.toggle("loop", Boolean(loop));
        span.classList.toggle("lap", Boolean(loop && (i - loop.start) % loop.period === 0));
      });
    },
    /** Where other texts leave this one. @param {number[]} steps */
    dots(steps) {
      host.querySelectorAll(".prose-dot").forEach((dot) => dot.remove());
      for (const k of steps) {
        const dot = make("i", "prose-dot");
        dot.title = t("a branch leaves here");
        spans[k]?.before(dot);
      }
    },
    /**
     * Whether every space and line end is seen; load the text again then.
     * @param {boolean} wanted
     */
    showMarks(wanted) {
      marks = wanted;
    },
    /** Covers the tokens from `k` on; Infinity: none. @param {number} k */
    cover(k) {
      covered = k;
      cover();
    },
    /** The place of a token. @param {number} k */
    place: (k) => spans[k] ?? null,
    /**
     * Keeps the place of a token free until its word has come; -1: every word is there.
     * @param {number} k
     */
    hold(k) {
      spans.forEach((span, i) => span.classList.toggle("coming", i === k));
    },
    get length() {
      return spans.length;
    },
  };
}
