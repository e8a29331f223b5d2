// @ts-check
/**
 * The draw of a step: its tokens as tiles, the ball at u. What is too narrow for a tile lies in the
 * last one, which opens the search.
 */
import "../../charts/flight.js"; // comes with the view: a step asks the server for nothing
import { makeTiles, TOUCH } from "../../charts/tiles.js";
import { clip, visible } from "../../core/dom.js";
import { t } from "../../core/translate.js";

const NARROWEST = 0.012; // share of the strip below which a token has no tile of its own
const LONGEST = 60; // characters of a token

/**
 * @param {object} options
 * @param {HTMLElement} options.host
 * @param {(id: number, text: string) => void} options.onPick
 * @param {(folded: {id: number, text: string, share: number}[]) => void} options.onOthers the last tile was chosen; the likeliest in it
 * @param {() => Element | null} options.goal where a word that is chosen flies; null where none can be chosen now
 * @param {() => number} options.pace
 */
export function makeDrawStrip({ host, onPick, onOthers, goal, pace }) {
  const tiles = makeTiles({
    host,
    label: () => t("What could come here, as wide as it is likely"),
    pace,
    shown: (text) => visible(clip(text.replace(/^ /, ""), LONGEST)),
    onPick: choose,
  });
  /** @type {{id: number, text: string, share: number}[]} */
  let folded = [];
  /** @type {Promise<void> | null} */
  let flight = null;

  /** @param {number} index */
  function choose(index) {
    const tile = tiles.tiles[index];
    if (!tile) return;
    if (tile.id === undefined) return onOthers(folded);
    const place = goal();
    if (place) {
      tiles.choose(index);
      const own = tiles.fly(index, place, { stay: true }).finally(() => {
        if (flight === own) flight = null;
      });
      flight = own;
    }
    onPick(tile.id, tile.text);
  }

  /** @param {any} record */
  function tilesOf(record) {
    const narrowest = Math.max(NARROWEST, tiles.upright() ? (TOUCH + 3) / tiles.length() : 0);
    /** @type {import("../../charts/tiles.js").Tile[]} */
    const list = [];
    let rest = { count: record.strip_rest?.count ?? 0, share: 0 };
    folded = [];
    for (const part of record.strip) {
      const share = part.end - part.start;
      if (share >= narrowest) list.push({ id: part.id, text: part.text, share });
      else folded.push({ id: part.id, text: part.text, share });
    }
    rest.count += folded.length;
    rest.share = 1 - list.reduce((sum, tile) => sum + tile.share, 0);
    if (rest.count && rest.share > 1e-9) list.push({ text: "", ...rest });
    return list;
  }
  return {
    /**
     * The tiles of a step; the ball drops where there is time for it, else it lies there already.
     * @param {any} record @param {boolean} moving @param {Element | null} place of the word in the text
     */
    async show(record, moving, place) {
      tiles.clear();
      const list = tilesOf(record);
      tiles.show(list, { still: !moving });
      const at = list.findIndex((tile) => tile.id === record.token_id);
      if (flight) await flight;
      else if (record.u === null) {
        tiles.ball.hide();
        tiles.choose(at);
      } else if (!moving) tiles.place(record.u);
      else {
        const landed = await tiles.drop(record.u);
        if (landed !== null && place && list[landed]?.id !== undefined)
          await tiles.fly(landed, place, { stay: true });
      }
    },
    /** Chooses the tile with this number, from 1 on. @param {number} number */
    pick(number) {
      const there = tiles.tiles[number - 1]?.id !== undefined;
      if (there) choose(number - 1);
      return there;
    },
    /** Whether a word that was chosen is on its way into the text. */
    get flying() {
      return flight !== null;
    },
    clear() {
      tiles.clear();
      tiles.show([]);
      tiles.ball.hide();
    },
    relabel: tiles.relabel,
  };
}
