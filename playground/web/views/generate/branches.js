// @ts-check
/** The texts of this visit as a small tree: walk between them, put two side by side. */
import { button, clip, make } from "../../core/dom.js";
import { fixed, perplexityOf, whole } from "../../core/format.js";
import { nt, t } from "../../core/translate.js";

const LONGEST = 80; // characters of a token: a longer word takes the browser too long to lay out

/** @typedef {import("./store.js").Branch} Branch */

/**
 * @param {object} options
 * @param {HTMLElement} options.host
 * @param {(id: string) => void} options.onOpen
 * @param {(id: string) => any[]} options.pathOf all frames of a text
 */
export function makeBranches({ host, onOpen, pathOf }) {
  const list = make("ul", "tree"),
    beside = make("div", "tree-beside");
  /** @type {string[]} */
  let compared = [];
  host.replaceChildren(list, beside);

  /** @param {Branch[]} branches in the order in which they were made @param {string | null} here */
  function show(branches, here) {
    const byId = new Map(branches.map((one) => [one.id, one]));
    compared = compared.filter((id) => byId.has(id));
    const held = [...list.querySelectorAll("button, input")].findIndex(
      (one) => one === document.activeElement,
    );
    list.replaceChildren(
      ...ordered(branches).map(({ branch, depth }) => row(branch, depth, branches, here)),
    );
    if (held >= 0)
      /** @type {HTMLElement} */ (list.querySelectorAll("button, input")[held])?.focus();
    beside.replaceChildren(...(compared.length === 2 ? columns(compared.map(pathOf)) : []));
  }

  /**
   * @param {Branch} one
   * @param {number} depth
   * @param {Branch[]} branches
   * @param {string | null} here
   */
  function row(one, depth, branches, here) {
    const element = make("li", "tree-row" + (one.id === here ? " here" : ""));
    element.style.paddingLeft = 18 * depth + "px";
    const open = button("", t("Go to this text"), () => onOpen(one.id), "plain tree-open");
    if (one.id === here) open.setAttribute("aria-current", "true");
    const place = one.parent ? t("from step {step}:", { step: one.at + 1 }) : "";
    open.append(
      make("i", "tree-dot"),
      make("span", "tree-place", place),
      make("span", "tree-text", tail(one)),
    );
    const tick = make("label", "tree-tick"),
      box = make("input");
    box.type = "checkbox";
    box.checked = compared.includes(one.id);
    box.setAttribute(
      "aria-label",
      t("Put side by side: {text}", { text: `${place} ${tail(one)}`.trim() }),
    );
    box.addEventListener("change", () => {
      compared = box.checked
        ? [...compared, one.id].slice(-2)
        : compared.filter((id) => id !== one.id);
      show(branches, here);
    });
    tick.append(box, " " + t("side by side"));
    element.append(open, tick);
    return element;
  }

  return { show };
}

/**
 * Each text after the one that it leaves, with how far it is from a beginning.
 * @param {Branch[]} branches
 */
function ordered(branches) {
  const ids = new Set(branches.map((one) => one.id));
  /** @type {{branch: Branch, depth: number}[]} */
  const out = [];
  /** @param {Branch} branch @param {number} depth */
  const put = (branch, depth) => {
    out.push({ branch, depth });
    branches
      .filter((other) => other.parent === branch.id)
      .sort((a, b) => a.at - b.at)
      .forEach((other) => put(other, depth + 1));
  };
  branches.filter((one) => !one.parent || !ids.has(one.parent)).forEach((one) => put(one, 0));
  return out;
}

/** Two texts beside each other, from where they part. @param {any[][]} pair frames of each */
function columns(pair) {
  const [left, right] = pair;
  let common = 0;
  while (
    common < left.length &&
    common < right.length &&
    left[common].token_id === right[common].token_id
  )
    common++;
  return pair.map((frames, i) => {
    const column = make("div", "tree-column"),
      prose = make("p", "tree-prose");
    const step = { step: common + 1 };
    column.append(
      make(
        "h2",
        "",
        i ? t("Right: differs from step {step}", step) : t("Left: differs from step {step}", step),
      ),
    );
    /** @param {any[]} part */
    const text = (part) => part.map((frame) => clip(frame.piece, LONGEST)).join("");
    prose.append(
      make("span", "soft", text(frames.slice(0, common))),
      make("span", "tree-own", text(frames.slice(common))),
    );
    const figure = nt(
      "{count} token, perplexity {perplexity}",
      "{count} tokens, perplexity {perplexity}",
      frames.length,
      {
        count: whole(frames.length),
        perplexity: fixed(perplexityOf(frames), 2),
      },
    );
    column.append(prose, make("p", "num tree-figure", figure));
    return column;
  });
}

/** @param {Branch} one */
function tail(one) {
  const before = one.parent
    ? ""
    : one.prompt.pieces.map((piece) => clip(piece.piece, LONGEST)).join("");
  const text = (before + one.frames.map((frame) => clip(frame.piece, LONGEST)).join(""))
    .trim()
    .replace(/\s+/g, " ");
  return text.length > 64 ? text.slice(0, 64) + "…" : text || "…";
}
