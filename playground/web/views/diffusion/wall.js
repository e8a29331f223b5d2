// @ts-check
/**
 * The wall: one tile a position. A hidden one shows the network's best guesses, blurred by its
 * entropy; a word that was decided snaps in. A tile can be taken and thrown away. Tiles are made
 * once; a step changes only those that differ.
 */
import { asIs, calm, make } from "../../core/dom.js";
import { bits, fixed } from "../../core/format.js";
import { t } from "../../core/translate.js";
import { draftLooks, NO_DRAFT, playDraft } from "./drafts.js";
import { isHidden, shownWord, stateName, wordOf } from "./lexicon.js";
import { makeThrow } from "./throw.js";

const GHOSTS = 3;
const LAP = 3300; // milliseconds in which the guesses of a tile come and go
const DENSE = 64; // from so many words on a tile has one guess and nothing moves
const SQUARE = Math.SQRT2; // between unit vectors that have nothing in common
const BLURS = [0, 0.8, 1.7, 2.7, 3.8, 5.2]; // pixels, for 0, 1, … 5 and more bits

/** @typedef {"mask" | "lock"} Edit */
/**
 * @typedef {object} WallOptions
 * @property {HTMLElement} host
 * @property {() => string} name
 * @property {(i: number) => void} onLook
 * @property {(i: number, edit: Edit) => void} onEdit M or L on a word
 * @property {(i: number) => void} onThrow dragged away, or Delete
 * @property {boolean} [still] nothing can be edited
 */
/**
 * @typedef {object} WallState
 * @property {any} record the step
 * @property {import("./lexicon.js").Lexicon} lexicon
 * @property {string} family
 * @property {number} focus
 * @property {(number | null)[] | null} order the step at which each word was decided, to be written on it
 * @property {number[] | null} times how often a word was put in the place of another one there
 * @property {Map<number, Edit>} edits
 * @property {Set<number>} changed positions whose word differs from the run before
 * @property {boolean} moving whether words that are new snap in
 */

/** @param {WallOptions} options */
export function makeWall({ host, name, onLook, onEdit, onThrow, still = false }) {
  host.classList.add("canvas-words");
  asIs(host);
  host.setAttribute("role", "group");
  /** @type {string[]} what each tile shows now */
  const keys = [];
  /** @type {Tile[]} */
  const parts = [];
  let at = 0; // the tile in the order of tabs

  const tiles = () => /** @type {HTMLButtonElement[]} */ ([...host.children]);
  const indexOf = (/** @type {Event} */ event) => {
    const tile = /** @type {HTMLElement} */ (event.target).closest("button");
    return tile?.parentNode === host ? tiles().indexOf(tile) : -1;
  };

  function place(/** @type {number} */ i) {
    const all = tiles();
    if (!all.length) return;
    if (all[at]) all[at].tabIndex = -1;
    at = Math.max(0, Math.min(i, all.length - 1));
    all[at].tabIndex = 0;
  }

  const thrown = makeThrow(host, { indexOf, allowed: () => !still, onThrow });
  host.addEventListener("click", (event) => {
    const i = indexOf(event);
    if (i < 0 || thrown.justDragged()) return;
    place(i);
    onLook(i);
  });
  host.addEventListener("keydown", (event) => {
    const i = indexOf(event);
    if (i < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const to = /** @type {Record<string, number>} */ ({
      ArrowRight: i + 1,
      ArrowLeft: i - 1,
      Home: 0,
      End: host.children.length - 1,
    })[event.key];
    const edit = /** @type {Record<string, Edit>} */ ({ m: "mask", l: "lock" })[
      event.key.toLowerCase()
    ];
    const away = event.key === "Delete" || event.key === "Backspace";
    if (to === undefined && !edit && !away) return;
    event.preventDefault();
    event.stopPropagation(); // in the words the arrows move between words, not in time
    if (away) onThrow(i);
    else if (edit) onEdit(i, edit);
    else {
      place(to);
      tiles()[at].focus();
      onLook(at);
    }
  });

  function fit(/** @type {number} */ count) {
    while (host.children.length > count) {
      host.lastElementChild?.remove();
      keys.pop();
      parts.pop();
    }
    while (host.children.length < count) {
      const tile = make("button");
      tile.type = "button";
      tile.tabIndex = -1;
      host.append(tile);
      parts.push(new Tile(tile));
      keys.push("");
    }
  }

  return {
    /** @param {WallState} state */
    draw(state) {
      const count = state.record?.canvas.length ?? 0;
      host.setAttribute(
        "aria-label",
        t(
          "{name}. Arrow keys move from word to word, M hides a word again, L keeps it, Delete throws it away.",
          { name: name() },
        ),
      );
      fit(count);
      host.classList.toggle("canvas-dense", count > DENSE);
      host.classList.toggle(
        "canvas-flow",
        state.family === "bytes" || state.family === "characters",
      );
      const drafts = draftLooks(state.record, state.lexicon);
      tiles().forEach((tile, i) => {
        const look = lookOf(state, i, count > DENSE, drafts.get(i));
        const key = JSON.stringify(look);
        if (keys[i] === key) return;
        const was = keys[i];
        keys[i] = key;
        parts[i].draw(look, i);
        if (!state.moving || !was) return;
        if (look.drafted.fate) playDraft(tile, parts[i].struck, look.drafted);
        else if (look.state === "new") snap(tile);
      });
      if (count && !host.querySelector('button[tabindex="0"]')) place(Math.max(0, state.focus));
    },
    /** Tiles that wait for the next words: they blur. @param {number[]} places */
    blurred(places) {
      tiles().forEach((tile, i) => tile.classList.toggle("canvas-waiting", places.includes(i)));
    },
  };
}

/** @typedef {{state: string, text: string, join: string, focus: boolean, number: number, edit: string, changed: boolean,
 *   ghosts: [string, number][], blur: number, times: number, gap: number, drafted: import("./drafts.js").DraftLook}} Look */

/**
 * What a tile shows. @param {WallState} state @param {number} i @param {boolean} dense
 * @param {import("./drafts.js").DraftLook} [drafted] @returns {Look}
 */
function lookOf({ record, lexicon, focus, order, times, edits, changed }, i, dense, drafted) {
  const edit = edits.get(i) ?? "",
    state = edit === "mask" ? "remasked" : edit === "lock" ? "locked" : record.state[i];
  const hidden = isHidden(state),
    spelled = record.texts?.[i];
  /** @type {[number, number][]} */
  const guesses = (hidden && !edit && record.top?.[i]) || [];
  const entropy = bits(record.entropy?.[i]),
    pass = (!edit && drafted) || NO_DRAFT,
    /** @type {number[] | null} the commonest words of the group that was drawn */
    kin = state === "grouped" ? (record.groups?.[record.canvas[i]] ?? [record.canvas[i]]) : null,
    left = pass.fate === "left";
  return {
    state,
    text: hidden ? "" : (spelled ?? shownWord(lexicon, record.canvas[i])),
    join: hidden ? "" : wordOf(lexicon, record.canvas[i]).join,
    focus: i === focus,
    number: (!hidden && order?.[i]) || 0,
    edit,
    changed: !hidden && changed.has(i),
    drafted: pass,
    ghosts: left
      ? [[pass.draft, 0.55]]
      : kin
        ? kin.slice(0, dense ? 1 : GHOSTS).map((id) => [shownWord(lexicon, id), 0.8])
        : guesses
            .slice(0, dense ? 1 : GHOSTS)
            .map(([id, p]) => [
              shownWord(lexicon, id),
              Math.round(100 * (0.28 + 0.6 * Math.sqrt(p))) / 100,
            ]),
    times: (!hidden && times?.[i]) || 0,
    gap: (!hidden && record.vectors?.gap?.[i]) || 0,
    blur:
      hidden && !left && !kin && entropy !== null
        ? BLURS[Math.min(BLURS.length - 1, Math.round(entropy))]
        : 0,
  };
}

/** The parts of a tile, made once: afterwards only their texts change. */
class Tile {
  text = document.createTextNode("");
  box = make("span", "canvas-ghosts");
  number = make("sup");
  times = make("sub");
  struck = make("s", "canvas-struck");
  /** @type {{element: HTMLElement, text: Text, fade: Animation | null}[]} */
  ghosts = [];

  /** @param {HTMLButtonElement} element */
  constructor(element) {
    this.element = element;
    this.number.append("");
    element.append(this.text, this.box, this.number, this.times, this.struck);
  }

  /** @param {Look} look @param {number} i */
  draw(look, i) {
    const { element } = this,
      spread = look.ghosts.length > 1 && !calm();
    element.className = classesOf(look);
    this.text.data = look.text;
    this.struck.hidden = look.drafted.fate !== "refused";
    this.struck.textContent = look.drafted.fate === "refused" ? look.drafted.draft : "";
    this.number.hidden = !look.number;
    /** @type {Text} */ (this.number.firstChild).data = String(look.number);
    this.times.hidden = look.times < 2;
    this.times.textContent = look.times < 2 ? "" : "×" + look.times;
    // how far the clamp had to go: a line under the word, full at the distance of two unit vectors
    element.style.setProperty("--gap", look.gap ? Math.min(1, look.gap / SQUARE) + "" : "0");
    this.box.hidden = !look.ghosts.length;
    this.box.classList.toggle("canvas-one", !spread);
    this.box.style.setProperty("--blur", look.blur + "px");
    while (this.ghosts.length < look.ghosts.length) this.addGhost();
    this.ghosts.forEach((ghost, n) => {
      const [text, opacity] = look.ghosts[n] ?? ["", 0];
      ghost.text.data = text;
      ghost.element.style.setProperty("--shown", String(opacity));
      ghost.fade?.cancel();
      ghost.fade = spread && text ? fade(ghost.element, opacity, i, n) : null;
    });
    element.setAttribute("aria-label", spoken(look, i));
    element.setAttribute("aria-pressed", String(look.focus));
  }

  addGhost() {
    const element = make("i"),
      text = document.createTextNode("");
    element.append(text);
    this.box.append(element);
    this.ghosts.push({ element, text, fade: null });
  }
}

/**
 * @type {[letters: number, name: string][]} from so many letters on a word is written smaller, so that it stands whole
 */
const LONG = [
  [13, "canvas-longest"],
  [11, "canvas-longer"],
  [8, "canvas-long"],
];

/** @param {Look} look */
const classesOf = (look) =>
  [
    "canvas-" + look.state,
    LONG.find(([letters]) => look.text.length >= letters)?.[1],
    look.focus && "canvas-focus",
    look.ghosts.length && "canvas-guess",
    look.edit && "canvas-edited",
    look.gap > 0 && "canvas-clamped",
    look.changed && "canvas-different",
    look.drafted.fate && "canvas-draft-" + look.drafted.fate,
    look.join === "+" ? "canvas-glued" : look.join === "." && "canvas-tight",
  ]
    .filter(Boolean)
    .join(" ");

/**
 * A guess comes and goes, the three of a tile in turn.
 * @param {HTMLElement} ghost
 * @param {number} opacity
 * @param {number} i
 * @param {number} n
 */
function fade(ghost, opacity, i, n) {
  const frames = [0, opacity, opacity, 0, 0].map((value) => ({ opacity: value }));
  return ghost.animate(
    frames.map((frame, k) => ({ ...frame, offset: [0, 0.14, 0.28, 0.42, 1][k] })),
    {
      duration: LAP,
      iterations: Infinity,
      easing: "ease-in-out",
      delay: -(((i * 370) % LAP) + (n * LAP) / GHOSTS),
    },
  );
}

/** @param {Look} look @param {number} i */
function spoken(look, i) {
  const place = i + 1,
    state = stateName(look.state);
  if (look.drafted.fate === "left")
    return t("{place}: {word} was drafted and not checked", { place, word: look.drafted.draft });
  if (look.drafted.fate === "refused")
    return t("{place}: {word}, in place of {draft}, which was refused", {
      place,
      word: look.text,
      draft: look.drafted.draft,
    });
  if (look.state === "grouped")
    return t("{place}: a group of words such as {words}", {
      place,
      words: look.ghosts.map(([word]) => word).join(", "),
    });
  if (look.times > 1)
    return t("{place}: {word}, {state}, replaced {times} times", {
      place,
      state,
      word: look.text,
      times: look.times,
    });
  if (look.gap)
    return t("{place}: {word}, {state}, clamped over a distance of {gap}", {
      place,
      state,
      word: look.text,
      gap: fixed(look.gap, 2),
    });
  if (look.ghosts.length)
    return t("{place}: {state}, perhaps {word}", { place, state, word: look.ghosts[0][0] });
  if (!look.text) return t("{place}: {state}", { place, state });
  return t("{place}: {word}, {state}", { place, state, word: look.text });
}

/** @param {HTMLElement} tile */
function snap(tile) {
  if (calm()) return;
  tile.animate(
    [
      { transform: "scale(1.28)", filter: "blur(6px)" },
      { transform: "scale(1)", filter: "blur(0)" },
    ],
    { duration: 280, easing: "cubic-bezier(.2,1.3,.35,1)" },
  );
}
