// @ts-check
/** The draw of a step: its tokens as tiles, the ball at u. What is too narrow for a tile lies in the last one, which opens the search. */
import { makeTiles } from "../../charts/tiles.js";
import { visible } from "../../core/dom.js";
import { t } from "../../core/translate.js";

const NARROWEST = 0.012; // share of the strip below which a token has no tile of its own
const LONGEST = 60; // characters of a token

/**
 * @param {{host: HTMLElement, onPick: (id: number, text: string) => void, onOthers: () => void, pace: () => number}} options
 */
export function makeDrawStrip({ host, onPick, onOthers, pace }) {
  const tiles = makeTiles({
    host,
    label: () => t("What could come here, as wide as it is likely"),
    pace,
    shown: (text) => visible(text.replace(/^ /, "")).slice(0, LONGEST),
    onPick(index) {
      const tile = tiles.tiles[index];
      if (!tile) return;
      if (tile.id === undefined) onOthers();
      else onPick(tile.id, tile.text);
    },
  });
  /** @param {any} record */
  function tilesOf(record) {
    /** @type {import("../../charts/tiles.js").Tile[]} */
    const list = [];
    let rest = { count: record.strip_rest?.count ?? 0, share: 0 };
    for (const part of record.strip) {
      const share = part.end - part.start;
      if (share >= NARROWEST) list.push({ id: part.id, text: part.text, share });
      else rest.count += 1;
    }
    rest.share = 1 - list.reduce((sum, tile) => sum + tile.share, 0);
    if (rest.count && rest.share > 1e-9) list.push({ text: "", ...rest });
    return list;
  }
  return {
    /**
     * The tiles of a step; the ball drops where there is time for it, else it lies there already.
     * @param {any} record @param {boolean} moving
     */
    show(record, moving) {
      tiles.clear();
      const list = tilesOf(record);
      tiles.show(list, { still: !moving });
      if (record.u === null) tiles.choose(list.findIndex((tile) => tile.id === record.token_id));
      else if (moving) tiles.drop(record.u);
      else tiles.place(record.u);
    },
    /** Chooses the tile with this number, from 1 on. @param {number} number */
    pick(number) {
      const tile = tiles.tiles[number - 1];
      if (tile?.id !== undefined) onPick(tile.id, tile.text);
      return tile?.id !== undefined;
    },
    clear() {
      tiles.clear();
      tiles.show([]);
      tiles.ball.hide();
    },
    relabel: tiles.relabel,
  };
}
