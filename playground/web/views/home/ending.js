// @ts-check
/**
 * After the last word: what the model says when it always takes the widest tile, two doors on, and
 * a GIF of what was played.
 */
import { asIs, drawSvg, inEveryLanguage, make, node, partsOf } from "../../core/dom.js";
import { blobOf, saveFile } from "../../core/download.js";
import { openPage, withView } from "../../core/link.js";
import { announce } from "../../core/messages.js";
import { say, t } from "../../core/translate.js";
import { bare, joins, plainText } from "./screen.js";

/**
 * Rectangles of a small picture: [x, y, width, height, colour].
 * @type {Record<string, [number, number, number, number, string][]>}
 */
const PICTURES = {
  generate: [
    [0, 8, 46, 13, "final"],
    [0, 26, 28, 13, "final"],
    [0, 44, 16, 13, "final"],
    [0, 62, 9, 13, "cut"],
    [66, 0, 2, 84, "ink"],
    [78, 8, 44, 13, "final"],
    [78, 26, 24, 13, "final"],
    [136, 0, 2, 84, "ink"],
    [148, 8, 52, 13, "chosen"],
    [148, 26, 26, 13, "final"],
  ],
  diffusion: [
    [0, 6, 44, 20, "masked"],
    [53, 6, 40, 20, "new"],
    [102, 6, 56, 20, "masked"],
    [0, 34, 62, 20, "masked"],
    [71, 34, 60, 20, "new"],
    [140, 34, 46, 20, "masked"],
    [0, 62, 40, 20, "settled"],
    [52, 62, 58, 20, "masked"],
    [120, 62, 48, 20, "settled"],
  ],
};

/** @param {string} slug */
function picture(slug) {
  const all = PICTURES[slug].map(([x, y, width, height, colour]) =>
    drawSvg("rect", { x, y, width, height, rx: width > 2 ? 3 : 0, fill: `var(--${colour})` }),
  );
  return drawSvg("svg", { viewBox: "0 0 200 84", "aria-hidden": "true" }, ...all);
}

/**
 * @param {string} slug @param {() => string} title @param {() => string} words
 * @param {() => Promise<string>} [query] of the page behind it
 */
function door(slug, title, words, query) {
  const link = node("a", { class: "home-door", href: withView(`?tab=${slug}`) });
  link.append(picture(slug), node("span", {}, node("b", {}, title), words));
  link.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (query) link.href = withView(await query());
    openPage(slug, link.href);
  });
  return link;
}

/**
 * The sentence that was played as a link of Generate; the page alone where the server does not say.
 * @param {import("./home.js").HomeView} home
 */
async function played(home) {
  try {
    const answer = await home.server.door(home.play.wish(home.heat));
    if (answer.query) return answer.query;
  } catch {
    /* the door opens all the same */
  }
  return "?tab=generate";
}

/**
 * What the model says by itself; where it differs from what was played, marked.
 * @param {import("./home.js").HomeView} home
 */
function alone(home) {
  const { play, record } = home;
  const { masks } = play;
  /** @type {string[]} */
  const widest = record[masks ? "masks" : "causal"].widest;
  const line = asIs(make("p", "home-alone", record.prompt));
  widest.forEach((text, k) => {
    const same = play.words[k]?.text === text;
    line.append(joins(text) ? "" : " ", make(same ? "span" : "b", "", bare(text)));
  });
  if (masks) line.append(".");
  return line;
}

/** @param {import("./home.js").HomeView} home */
async function saveFilm(home) {
  const { play, record } = home;
  const wish = {
    prompt: record.prompt,
    length: record.length,
    masks: play.mode === "masks",
    dark: document.body.classList.contains("dark"),
    steps: play.film,
  };
  let answer;
  try {
    answer = await home.server.film(wish);
  } catch {
    answer = { error: t("The server did not answer. What you played is still here; try again.") };
  }
  if (answer.error) return home.problem(say(answer.error));
  home.problem("");
  saveFile("words.gif", blobOf(answer.film));
  announce(t("The GIF is among your downloads."));
}

/** @param {import("./home.js").HomeView} home */
const says = (home) =>
  home.play.masks
    ? t("The surest blank first, always the widest tile, the model says:")
    : t("Always taking the widest tile, the model says:");

/**
 * The parts of the end, once.
 * @param {import("./home.js").HomeView} home
 * @param {HTMLElement} host
 */
function build(home, host) {
  const gif = node("button", { type: "button", class: "plain" }, () => t("Download GIF"));
  gif.addEventListener("click", () => saveFilm(home));
  const sentence = node("p", { part: "says" });
  inEveryLanguage(() => (sentence.textContent = says(home)));
  host.append(
    node("div", { class: "home-said" }, sentence, node("div", { part: "alone" }), gif),
    door(
      "generate",
      () => t("Generate"),
      () => t("See the rules"),
      () => played(home),
    ),
    door(
      "diffusion",
      () => t("Diffusion"),
      () => t("Write everywhere at once"),
    ),
  );
}

/**
 * Draws the end into `host`.
 * @param {import("./home.js").HomeView} home
 * @param {HTMLElement} host
 * @returns {string} what is read aloud
 */
export function showEnding(home, host) {
  const { play, record } = home;
  if (!host.firstChild) build(home, host);
  const { part } = partsOf(host);
  const line = alone(home);
  part("says").textContent = says(home);
  part("alone").replaceChildren(line);
  const you = play.words.filter((word) => word?.by === "you").length;
  return t("You chose {you}, chance chose {chance}: {text}. {says} {alone}", {
    you,
    chance: play.step - you,
    text: plainText(record.prompt, play.words),
    says: says(home),
    alone: line.textContent ?? "",
  });
}
