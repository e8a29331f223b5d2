// @ts-check
/**
 * What the page on view says of itself to a class that follows it: its text, its step, its address,
 * the questions that fit it.
 */

/**
 * @typedef {object} Offer a question that fits what is on view
 * @property {string} label what the teacher's button says
 * @property {() => any} question as `POST class/CODE/ask` takes it; asked when the button is pressed
 * @property {() => string} [answer] the name of what its reveal shows; without it that of the page
 */
/**
 * @typedef {object} OnView
 * @property {string} [text] so far; never what a question shall hide
 * @property {number} [step] counted from 1
 * @property {() => Promise<string | null>} [address] "?tab=…" or a whole address; the one in the address line where there is none
 * @property {Offer[]} [questions]
 * @property {string} [answer] the name of what a question would ask for: the page keeps it covered, see class_cover.js
 * @property {string[]} [others] the names of answers that other parts of the page cover
 * @property {(by: 1 | -1) => void} [turn] a step on or back, where the page has a way of its own
 * @property {() => void} [play] plays the steps, or pauses
 * @property {string} [model] that a question of the teacher's own may be put to
 */

/** @type {Map<string, () => OnView | null>} */
const pages = new Map();

/**
 * A page says what it shows: `offerView("generate", () => ({ text, step, address, questions }))`, null where it shows nothing. It is
 * asked whenever the page says that it has drawn (`drawn` of core/messages.js).
 * @param {string} slug @param {() => OnView | null} look
 */
export const offerView = (slug, look) => void pages.set(slug, look);

const TAB = "#pages > .tab-wrapper [role=tab][aria-selected=true]";

/** The page that is open. @returns {OnView & {page: string, title: string}} */
export function onView() {
  const tab = /** @type {HTMLElement | null} */ (document.querySelector(TAB)),
    page = tab?.dataset.tabId ?? "";
  return { ...pages.get(page)?.(), page, title: tab?.textContent?.trim() ?? "" };
}
