// @ts-check
/**
 * A game of Home as plain data, and what may come next in it over the whole vocabulary: logits in,
 * probabilities at any heat out (softmax of logits ÷ heat, in float64).
 *
 * A recorded law holds its likeliest tokens and the mass of all others at the heat of the recording
 * alone; a live one holds all.
 */

/** A piece on its tile. @param {string} text */
export const shown = (text) => text.replace(/^##(?=.)/, "-");

/** @typedef {{id: number, text: string, share: number, count?: number}} Tile */
/**
 * @typedef {{id: number, text: string, by: "you" | "chance", share: number, order: number, heat: number}} Word
 */
/** @typedef {{text: string, share: number} | null} Guess */
/**
 * @typedef {{law: Law, u: number, place: number, guesses: Guess[], live: boolean}} Next what may stand at `place`, and where chance falls
 */
/** @typedef {"words" | "masks"} Mode one word after another, or blanks in any order */

/**
 * A heat's probabilities: `shares` by rank, `others` the mass of the tokens that have no rank here.
 */
class Shares {
  /** @param {Float64Array} shares @param {number} others */
  constructor(shares, others) {
    this.shares = shares;
    this.others = others;
  }

  /** Of the ranks [from, to). @param {number} from @param {number} [to] */
  mass(from, to = this.shares.length) {
    let sum = 0;
    for (let k = from; k < to; k++) sum += this.shares[k];
    return sum;
  }

  /**
   * The rank on which u falls, in falling order; the first unknown rank where it falls beyond those
   * known.
   * @param {number} u
   */
  rankAt(u) {
    let upTo = 0;
    for (let k = 0; k < this.shares.length; k++) {
      upTo += this.shares[k];
      if (u < upTo) return k;
    }
    return this.others > 0 ? this.shares.length : this.shares.findLastIndex((share) => share > 0);
  }
}

export class Law {
  /** @type {{heat: number, shares: Shares} | null} */
  #kept = null;

  /**
   * @param {{ids: ArrayLike<number>, values: ArrayLike<number>, texts: (id: number) => string, size: number,
   *   others?: number | null, heat?: number | null}} of
   *   ids and their logits in falling order; size: tokens of the vocabulary; others: log of the others' mass, at `heat` alone
   */
  constructor({ ids, values, texts, size, others = null, heat = null }) {
    this.ids = ids;
    this.values = values;
    this.text = texts;
    this.size = size;
    this.others = others;
    this.heat = heat;
  }

  /** Whether every token has its rank here. */
  get whole() {
    return this.others === null;
  }

  /** @param {number} heat */
  knows(heat) {
    return this.whole || heat === this.heat;
  }

  /** @param {number} heat above 0 @returns {Shares} */
  at(heat) {
    if (this.#kept?.heat === heat) return this.#kept.shares;
    const { values } = this;
    const top = values[0] / heat;
    const shares = new Float64Array(values.length);
    let sum = 0;
    for (let k = 0; k < shares.length; k++) sum += shares[k] = Math.exp(values[k] / heat - top);
    const rest = this.others === null ? 0 : Math.exp(this.others - top);
    const total = sum + rest;
    for (let k = 0; k < shares.length; k++) shares[k] /= total;
    this.#kept = { heat, shares: new Shares(shares, rest / total) };
    return this.#kept.shares;
  }

  /**
   * Tiles of the ranks, and one more that holds all that follow the last of them.
   * @param {number} heat @param {number[]} ranks @param {boolean} withRest @returns {Tile[]}
   */
  tiles(heat, ranks, withRest) {
    const shares = this.at(heat);
    /** @type {Tile[]} */
    const tiles = ranks.map((k) => ({
      id: this.ids[k],
      text: this.text(this.ids[k]),
      share: shares.shares[k],
    }));
    const after = (ranks.at(-1) ?? -1) + 1;
    const count = this.size - after;
    if (withRest && count > 0)
      tiles.push({ id: -1, text: "", share: shares.mass(after) + shares.others, count });
    return tiles;
  }
}

/**
 * The law of logits (V,), all ranks: falling logit, equals by rising id.
 * @param {Float32Array} logits
 * @param {string[]} texts
 */
export function lawOf(logits, texts) {
  const ids = Int32Array.from(logits, (_, id) => id).sort((a, b) => logits[b] - logits[a] || a - b);
  const values = Float32Array.from(ids, (id) => logits[id]);
  return new Law({ ids, values, size: logits.length, texts: (id) => texts[id] ?? "" });
}

/**
 * The law of a recorded step. @param {{rows: [number, string, number][], others: number}} step @param {number} heat @param {number} size
 */
export function recordedLaw(step, heat, size) {
  const texts = new Map(step.rows.map(([id, text]) => [id, text]));
  return new Law({
    ids: step.rows.map(([id]) => id),
    values: step.rows.map(([, , logit]) => logit),
    texts: (id) => texts.get(id) ?? "",
    size,
    others: step.others,
    heat,
  });
}

/** Little-endian float32 in base64. @param {string} text */
export function floatsOf(text) {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Float32Array.from({ length: bytes.length / 4 }, (_, k) => view.getFloat32(4 * k, true));
}

/** One game: six places, and what was chosen for each. */
export class Game {
  /** @param {any} record the recording @param {Mode} mode @param {number} seed */
  constructor(record, mode, seed) {
    this.record = record;
    this.mode = mode;
    this.seed = seed;
    /** @type {(Word | null)[]} */
    this.words = Array(record.length).fill(null);
    this.step = 0; // how many were chosen
    this.ended = false;
    /** @type {any[]} what was seen, for a GIF */
    this.film = [];
    const { canvas, mask } = record.masks;
    /** @type {number[]} the canvas's place of each word */
    this.blanks = canvas.flatMap((/** @type {number} */ id, /** @type {number} */ k) =>
      id === mask ? [k] : [],
    );
  }

  get masks() {
    return this.mode === "masks";
  }

  /**
   * The recorded step, where what was played so far is the recording.
   * @param {number} heat
   * @returns {Next | null}
   */
  recorded(heat) {
    const { record, step } = this;
    const { steps } = record.causal;
    const same =
      !this.masks &&
      this.seed === record.seed &&
      heat === record.heat &&
      this.words.slice(0, step).every((word, k) => word?.id === steps[k].token);
    if (!same || step >= steps.length) return null;
    const law = recordedLaw(steps[step], record.heat, record.vocabulary);
    return { law, u: steps[step].u, place: step, guesses: [], live: false };
  }

  /**
   * What is asked of the model at this step, or after one more word.
   * @param {Word} [then]
   * @param {number} [place]
   */
  question(then, place = 0) {
    const { causal, masks } = this.record;
    const words = [...this.words];
    if (then) words[place] = then;
    const step = this.step + (then ? 1 : 0);
    const { seed } = this;
    if (!this.masks) {
      const ids = [...causal.ids, ...words.slice(0, step).map((word) => word?.id ?? 0)];
      return { name: /** @type {const} */ ("look"), ids, step, seed };
    }
    const ids = [...masks.canvas];
    words.forEach((word, k) => {
      if (word) ids[this.blanks[k]] = word.id;
    });
    return { name: /** @type {const} */ ("fill"), ids, step, seed };
  }

  /**
   * A model's answer at this step.
   * @param {import("./live.js").Answer} answer
   * @param {string[]} texts
   * @returns {Next}
   */
  answered(answer, texts) {
    /** @type {Guess[]} */
    const guesses = [];
    for (const [at, id, share] of answer.guesses)
      guesses[this.blanks.indexOf(at)] = { text: texts[id] ?? "", share };
    const place = answer.at === null ? this.step : this.blanks.indexOf(answer.at);
    return { law: answer.law, u: answer.u, place, guesses, live: true };
  }

  /**
   * The word of a rank, as it would stand in the sentence.
   * @param {Next} next
   * @param {number} rank
   * @param {number} heat
   * @param {"you" | "chance"} by
   * @returns {Word}
   */
  word({ law }, rank, heat, by) {
    const id = law.ids[rank];
    const share = law.at(heat).shares[rank];
    return { id, text: law.text(id), by, share, order: this.step, heat };
  }

  /**
   * A word for the GIF.
   * @param {{text: string, share: number, count?: number}[]} tiles
   * @param {any} chosen {u, index, by, at, text}
   */
  filmed(tiles, chosen) {
    const seen = tiles.map(({ text, count, share }) => ({
      text: count ? "…" : shown(text),
      share,
    }));
    this.film.push({ tiles: seen, ...chosen });
  }

  /**
   * What Generate needs to show this sentence: words that chance chose at one heat come again by
   * the seed, the others are named.
   * @param {number} heat
   */
  wish(heat) {
    const words = this.words.flatMap((word) => word ?? []);
    const named = this.masks
      ? words.length
      : words.findLastIndex((word) => word.by === "you" || word.heat !== heat) + 1;
    const chosen = words.slice(0, named).map((word) => word.id);
    return { seed: this.seed, heat, chosen, step: Math.max(0, words.length - 1) };
  }
}
