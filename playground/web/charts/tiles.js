// @ts-check
/**
 * Tiles as wide as their probabilities, and a ball that falls on one of them: the ball is the
 * random number u, the tiles lie side by side in the order in which the draw counts them, so where
 * the ball falls is what is drawn.
 *
 * The host gets the classes of tiles.css. On a narrow host (below 640 px) the tiles lie below each
 * other and the ball rolls down beside them.
 */
import { asIs, make, node } from "../core/dom.js";
import { percent } from "../core/format.js";
import { EASE, makeStage } from "../core/motion.js";
import { t } from "../core/translate.js";
import { makeBall } from "./ball.js";

const flights = () => import("./flight.js"); // not among what the first tile waits for
const NARROW = 640; // pixels
const GAP = 3;
const BASE = 30; // pixels: a word's size where its tile has room

export const TOUCH = 24; // pixels: what is smaller than this a finger does not hit

/**
 * @typedef {object} Tile
 * @property {string} text what the visitor reads; the model's own
 * @property {number} share its probability, in [0, 1]
 * @property {number} [id] the token
 * @property {number} [count] of the tile that holds all others: how many they are
 */

/**
 * Which tile u falls on. @param {Tile[]} tiles @param {number} u in [0, 1)
 * @returns {number} its index; the last live one where rounding leaves u beyond all of them
 */
export function tileAt(tiles, u) {
  const total = tiles.reduce((sum, tile) => sum + tile.share, 0);
  let upTo = 0;
  for (let k = 0; k < tiles.length; k++) {
    upTo += tiles[k].share / total;
    if (u < upTo) return k;
  }
  return tiles.findLastIndex((tile) => tile.share > 0);
}

/**
 * @param {{host: HTMLElement, label: () => string, onPick: (index: number) => void, onDrop?: (u: number) => void,
 *   shown?: (text: string) => string, pace?: () => number}} options
 *   onPick: a tile was chosen by hand; onDrop: the ball was dragged to u and let go; shown: how a
 * token is written
 */
export function makeTiles({ host, label, onPick, onDrop, shown = (text) => text, pace }) {
  const stage = makeStage(pace);
  // words on their way out of a strip that stays: new tiles do not bring them down
  const air = makeStage(pace);
  const rail = node("div", { class: "tiles-rail", "aria-hidden": "true" });
  const strip = node("div", { class: "tiles-strip", role: "toolbar", "aria-label": label });
  host.classList.add("tiles");
  host.tabIndex = -1; // holds the focus while no tile is there
  host.replaceChildren(rail, strip);
  /** @type {Tile[]} */
  let tiles = [];
  let focus = 0;
  const upright = () => host.clientWidth < NARROW;
  const ball = makeBall({ host, rail, strip, stage, upright, onDrop, onHover: hover });

  /** @param {number} u */
  function hover(u) {
    const at = u < 0 ? -1 : tileAt(tiles, u);
    [...strip.children].forEach((one, k) => one.classList.toggle("under", k === at));
  }

  /** @param {number} k */
  function focusOn(k) {
    if (!strip.children.length) return;
    focus = (k + strip.children.length) % strip.children.length;
    [...strip.children].forEach((one, i) => one.setAttribute("tabindex", i === focus ? "0" : "-1"));
    /** @type {HTMLElement} */ (strip.children[focus]).focus();
  }

  strip.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const to = event.key === "Home" ? 0 : event.key === "End" ? -1 : step ? focus + step : null;
    if (to === null) return;
    event.preventDefault();
    event.stopPropagation();
    focusOn(to);
  });

  function build() {
    const all = tiles.map((tile, k) => {
      const one = asIs(make("button", tile.count ? "tile rest" : "tile"));
      one.type = "button";
      one.tabIndex = k === focus ? 0 : -1;
      one.append(
        make("span", "tile-key", k < 9 ? k + 1 : ""),
        asIs(make("span", "tile-word")),
        make("span", "tile-share"),
      );
      one.addEventListener("click", () => {
        focus = [...strip.children].indexOf(one);
        onPick(focus);
      });
      return one;
    });
    strip.replaceChildren(...all);
  }

  /** Words, widths and names of the tiles that stand. */
  function lay() {
    const total = tiles.reduce((sum, tile) => sum + tile.share, 0);
    const vertical = upright();
    host.classList.toggle("upright", vertical);
    const length = vertical ? strip.clientHeight : strip.clientWidth;
    let from = 0;
    [...strip.children].forEach((child, k) => {
      const one = /** @type {HTMLElement} */ (child);
      const share = tiles[k].share / total;
      const last = k === tiles.length - 1;
      const size = `max(1px, calc(${100 * share}% - ${last ? 0 : GAP}px))`;
      Object.assign(
        one.style,
        vertical
          ? { top: `${100 * from}%`, height: size, left: "0", width: "100%" }
          : { left: `${100 * from}%`, width: size, top: "0", height: "100%" },
      );
      write(one, tiles[k], share * length, vertical);
      from += share;
    });
  }

  /**
   * @param {HTMLElement} one
   *
   * @param {Tile} tile
   *
   * @param {number} room pixels
   *
   * @param {boolean} vertical
   */
  function write(one, tile, room, vertical) {
    const [key, word, share] = /** @type {HTMLElement[]} */ ([...one.children]);
    const text = tile.count ? t("{count} more", { count: tile.count }) : shown(tile.text);
    word.textContent = text;
    share.textContent = percent(tile.share);
    const name = t("{word}, {share}", { word: text, share: percent(tile.share) });
    one.setAttribute("aria-label", name);
    one.title = name;
    const base = tile.count ? 20 : BASE;
    const fits = Math.min(base, (base * (room - 20)) / Math.max(1, text.length * base * 0.52));
    const standing = !vertical && fits < 16;
    one.classList.toggle("standing", standing && room >= 14);
    one.classList.toggle("bare", vertical ? room < 16 : standing && room < 14);
    one.classList.toggle("tight", vertical && room < 32);
    word.style.fontSize = vertical
      ? ""
      : `${standing ? Math.max(11, Math.min(22, room - 7)) : fits}px`;
    share.hidden = !vertical && room < 58;
    key.hidden = vertical || room < 74;
  }

  function unfold() {
    const from = upright() ? "scaleY(0)" : "scaleX(0)";
    [...strip.children].forEach((one, k) => {
      stage.animate(
        one,
        [
          { transform: from, transformOrigin: "0 0", opacity: 0 },
          { transform: "none", transformOrigin: "0 0", opacity: 1 },
        ],
        { duration: 320, delay: 30 * k, easing: EASE.arrive, fill: "backwards" },
      );
    });
  }

  /**
   * Draw these tiles. New ones unfold unless the options say otherwise.
   *
   * @param {Tile[]} next
   *
   * @param {{still?: boolean}} [how]
   */
  function show(next, { still = false } = {}) {
    const held = host.contains(document.activeElement);
    const same = next.length === tiles.length && next.every((tile, k) => tile.id === tiles[k].id);
    tiles = next;
    if (!same) {
      focus = Math.min(focus, Math.max(0, tiles.length - 1));
      build();
    }
    // not "under": a ball may be dragged now
    [...strip.children].forEach((one) => one.classList.remove("hit"));
    lay();
    // what was chosen is gone, the focus stays here
    if (!same && held && tiles.length) focusOn(focus);
    if (!same && !still) unfold();
  }

  /**
   * The ball rolls to u and falls.
   *
   * @param {number} u
   *
   * @param {{rolled?: boolean}} [how] rolled: it is there already
   * @returns {Promise<number | null>} the index of the tile it lies on, null if it was given up
   */
  async function drop(u, { rolled = false } = {}) {
    const at = tileAt(tiles, u);
    flights();
    if (!rolled && !(await ball.roll(u))) return null;
    const landed = await ball.fall(u, () => {
      if (!tiles[at]?.count) strip.children[at]?.classList.add("hit");
    });
    return landed ? at : null;
  }

  /** The ball lies at u already. @param {number} u */
  function place(u) {
    ball.lie(u);
    choose(tileAt(tiles, u));
  }

  /** The tile that was taken, without a ball's fall. @param {number} index -1: none */
  function choose(index) {
    [...strip.children].forEach((one, k) =>
      one.classList.toggle("hit", k === index && !tiles[k].count),
    );
  }

  /**
   * The tile that holds all others grows to the full width.
   *
   * @param {number} index
   *
   * @param {number} [u] where the ball lies
   */
  async function open(index, u) {
    const one = /** @type {HTMLElement} */ (strip.children[index]);
    const total = tiles.reduce((sum, tile) => sum + tile.share, 0);
    const before = tiles.slice(0, index).reduce((sum, tile) => sum + tile.share, 0) / total;
    const inside = u === undefined ? 0 : (u - before) / (tiles[index].share / total);
    const [place, size] = upright() ? ["top", "height"] : ["left", "width"];
    const style = /** @type {any} */ (one.style);
    const moves = [...strip.children]
      .filter((other) => other !== one)
      .map((other) =>
        stage.animate(other, [{ opacity: 1 }, { opacity: 0 }], {
          duration: 260,
          easing: EASE.leave,
        }),
      );
    moves.push(
      stage.animate(
        one,
        [
          { [place]: style[place], [size]: style[size] },
          { [place]: "0%", [size]: "100%" },
        ],
        { duration: 420, easing: EASE.swing },
      ),
    );
    if (u !== undefined) moves.push(ball.slide(u, inside));
    await Promise.all(moves);
    return Math.min(Math.max(inside, 0), 1 - Number.EPSILON);
  }

  /**
   * The word of a tile flies to `goal`; the other tiles drop away unless the strip stays.
   * @param {number} index @param {Element} goal @param {{stay?: boolean}} [how]
   */
  async function fly(index, goal, { stay = false } = {}) {
    const one = strip.children[index];
    const word = one?.querySelector(".tile-word");
    if (!one || !word) return;
    const bare = one.classList.contains("bare") || one.classList.contains("standing");
    if (!stay) {
      ball.hide();
      dropAway(one);
    }
    const { flyTo } = await flights();
    await flyTo({ stage: stay ? air : stage, from: bare ? one : word, word, goal });
    if (stay) return;
    if (strip.contains(document.activeElement)) host.focus({ preventScroll: true });
    // what flew or dropped away is gone: the next tiles unfold, though they be the same ones
    strip.replaceChildren();
    tiles = [];
  }

  /** @param {Element} one the tile whose word flies */
  function dropAway(one) {
    [...strip.children].forEach((other, k) => {
      stage.animate(
        other,
        other === one
          ? [{ opacity: 1 }, { opacity: 0 }]
          : [
              { transform: "none", opacity: 1 },
              { transform: upright() ? "translateX(28px)" : "translateY(46px)", opacity: 0 },
            ],
        { duration: 240, delay: other === one ? 0 : 16 * k, easing: EASE.leave },
      );
    });
  }

  /** The first tile that is too small for a finger; -1 where none is. */
  function firstSmall() {
    const total = tiles.reduce((sum, tile) => sum + tile.share, 0);
    const length = upright() ? strip.clientHeight : strip.clientWidth;
    return tiles.findIndex((tile) => (tile.share / total) * length - GAP < TOUCH);
  }

  new ResizeObserver(() => {
    lay();
    ball.settle();
  }).observe(host);

  return {
    show,
    drop,
    place,
    choose,
    open,
    fly,
    firstSmall,
    /** How long the strip is, in pixels. */
    length: () => (upright() ? strip.clientHeight : strip.clientWidth),
    upright,
    /** Give focus to a tile. */
    focusOn,
    /** The tile that was chosen. @param {number} index */
    mark: (index) => strip.children[index]?.classList.add("hit"),
    /** Draw the words anew (another language). */
    relabel: lay,
    /** What moves is at its end. */
    hurry() {
      stage.hurry();
      air.hurry();
    },
    /** What moves is given up. */
    clear: stage.clear,
    ball,
    get tiles() {
      return tiles;
    },
    get moving() {
      return stage.moving;
    },
  };
}
