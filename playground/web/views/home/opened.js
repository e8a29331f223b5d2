// @ts-check
/**
 * Under the tiles while the tile of all others is open: how much is in there, a search over every
 * token, the way back.
 */
import { inEveryLanguage, node, partsOf } from "../../core/dom.js";
import { percent, whole } from "../../core/format.js";
import { t } from "../../core/translate.js";
import { NAMED } from "./home.js";

const MOST = 8; // tiles of a search

/**
 * The ranks of the tokens that hold the letters, the likeliest first; the token that is these very
 * letters before all.
 * @param {import("./game.js").Law} law @param {string} letters @param {number} most @returns {number[]}
 */
export function found(law, letters, most) {
  const wanted = letters.trim().toLowerCase().replace(/^-/, "##");
  if (!wanted) return [];
  const ranks = [];
  let exact = -1;
  for (let k = 0; k < law.ids.length; k++) {
    const text = law.text(law.ids[k]).toLowerCase();
    if (text === wanted) exact = k;
    else if (ranks.length < most && text.includes(wanted)) ranks.push(k);
  }
  return exact < 0 ? ranks : [exact, ...ranks.slice(0, most - 1)];
}

/** @param {import("./home.js").HomeView} home @param {HTMLElement} host */
export function openBar(home, host) {
  const bar = node(
    "div",
    { class: "home-opened" },
    node("span", { part: "inside", role: "status" }),
    node("input", {
      type: "search",
      part: "search",
      maxlength: 40,
      autocomplete: "off",
      "aria-label": () => t("Find any word of the model"),
      placeholder: () => t("Find any word"),
    }),
    node("button", { type: "button", class: "plain", part: "back" }, () => t("Back")),
  );
  const { part, input, press } = partsOf(bar);

  function draw() {
    const { next, opened } = home;
    if (!next || !opened) return;
    const shares = next.law.at(home.heat);
    const letters = input("search").value.trim();
    const mass = opened.rest
      ? shares.mass(opened.ranks[0])
      : opened.ranks.reduce((sum, k) => sum + shares.shares[k], 0);
    part("inside").textContent =
      letters && opened.ranks.length === 0
        ? t("None of the {count} tokens holds these letters.", { count: whole(next.law.size) })
        : t("In here: {share} together", { share: percent(mass) });
  }

  input("search").addEventListener("input", () => {
    const { next } = home;
    if (!next) return;
    const letters = input("search").value;
    if (letters.trim()) home.openRanks(found(next.law, letters, MOST), false);
    else home.openRanks(home.following(), true);
  });
  input("search").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && home.opened?.ranks.length) home.choose(0);
    if (event.key === "ArrowDown") home.strip?.focusOn(0);
  });
  press("back").addEventListener("click", () => {
    home.close();
    home.strip?.focusOn(0);
  });
  inEveryLanguage(draw);

  function show() {
    input("search").value = "";
    host.replaceChildren(bar);
    draw();
  }

  return { draw, show, hide: () => bar.remove() };
}

/**
 * The ball lies on all others: the tile opens, and the ball falls once more among the words round
 * the one that u means.
 * @param {import("./home.js").HomeView} home @param {number} index @param {number} u @param {number} rank @param {number} id the act
 * @returns {Promise<boolean>} false: it was given up
 */
export async function fallInside(home, index, u, rank, id) {
  const { strip, next } = home;
  if (!strip || !next) return false;
  await strip.open(index, u);
  if (id !== home.run) return false;
  const first = rank < 2 * NAMED ? NAMED : rank - 3;
  const ranks = home.following(first).filter((k) => k < next.law.ids.length);
  home.opened = { ranks, rest: false };
  const shares = next.law.at(home.heat);
  const inside = (u - shares.mass(0, first)) / shares.mass(first, first + ranks.length);
  home.lay(true);
  await home.stage.wait(360);
  if (id !== home.run) return false;
  const landed = await strip.drop(Math.min(Math.max(inside, 0), 1 - 2 ** -53), { rolled: true });
  return id === home.run && landed !== null;
}

/**
 * The tile of all others was chosen, or the button for the tiles that are too small for a finger:
 * they become the next words, with a search over all.
 * @param {import("./home.js").HomeView} home @param {number} index of the first tile that is opened
 */
export async function openFrom(home, index) {
  const { opened, strip } = home;
  const from = opened ? (opened.ranks[index] ?? (opened.ranks.at(-1) ?? 0) + 1) : index;
  const id = home.begin();
  if (!(await home.known(id, true))) return;
  await strip?.open((strip.tiles.length ?? 1) - 1);
  if (id !== home.run) return;
  home.busy = false;
  home.openRanks(home.following(from), true);
  strip?.focusOn(0);
  home.bar ??= openBar(home, home.parts.part("opened"));
  home.bar.show();
}

/**
 * The first tile that is too small for a finger and all after it.
 * @param {import("./home.js").HomeView} home
 */
export function openSmall(home) {
  if (home.busy) return home.strip?.hurry();
  return openFrom(home, home.strip?.firstSmall() ?? 0);
}
