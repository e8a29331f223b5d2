// @ts-check
/** The address of the page in the state that is on view: read, made, copied. */
import { node } from "./dom.js";
import { announce, showEmbed, showQr } from "./messages.js";
import { current, say, t, view } from "./translate.js";

/**
 * A query ("?tab=...") with the language and the projector where the visitor chose them: who opens
 * the link sees the same.
 */
export const withView = view;

/** The page for teachers, in the language of this one; below the same root path. */
export const teachersAddress = () => new URL(`teachers?lang=${current()}`, document.baseURI).href;

/**
 * What an address says about the page: `tab`, `view`, `state` and `at` (the step), null where it
 * does not say.
 * @param {string} [search] location.search
 */
export function readLink(search = location.search) {
  const query = new URLSearchParams(search);
  return {
    tab: query.get("tab"),
    view: query.get("view"),
    state: query.get("state"),
    at: query.get("at"),
    query,
  };
}

/**
 * The step of a link as a number; null where it is no whole number in [0, length - 1].
 * @param {string | null} at @param {number} length
 */
export function stepOf(at, length) {
  if (at === null || !/^\d{1,6}$/.test(at)) return null;
  return Number(at) < length ? Number(at) : null;
}

/**
 * The whole address for a query of the server, at a step.
 * @param {string} query "?tab=..."
 * @param {number} [at]
 */
export const addressOf = (query, at = 0) =>
  location.origin + location.pathname + withView(query + (at > 0 ? `&at=${at}` : ""));

/**
 * Changes what the address line says, without loading anything: a value sets a field of the query,
 * "" takes it out.
 * @param {Record<string, string>} changes
 */
export function changeAddress(changes) {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  const text = query.toString();
  history.replaceState(null, "", location.pathname + (text ? "?" + text : "") + location.hash);
}

/**
 * Goes to another page of this app without loading anything: a page that stands there already hears
 * "playground:open" and its query.
 * @param {string} slug @param {string} address of the page in a state
 */
export function openPage(slug, address) {
  const tab = document.querySelector(
    `#pages > .tab-wrapper [role=tab][data-tab-id="${CSS.escape(slug)}"]`,
  );
  if (!(tab instanceof HTMLElement)) return location.assign(address);
  history.replaceState(null, "", address);
  const query = new URL(address, location.href).search;
  document.dispatchEvent(new CustomEvent("playground:open", { detail: { slug, query } }));
  tab.click();
  scrollTo({ top: 0 });
  tab.focus({ preventScroll: true });
}

/**
 * Puts the address into the address line and onto the clipboard, and says so. Where the browser
 * does not allow copying, the visitor reads where the link is; in a frame that is not the address
 * line, which shows the page around the frame.
 * @param {string} address @param {string} [copied] what is said once it is copied
 */
export async function copyLink(address, copied = t("Link copied.")) {
  history.replaceState(null, "", address);
  try {
    await navigator.clipboard.writeText(address);
    announce(copied);
  } catch {
    if (window === window.top) announce(t("The link stands in the address bar."));
    else {
      showQr(address);
      announce(t("The browser does not allow copying here: the link stands below the picture."));
    }
  }
}

/**
 * Puts a button beside *Copy link*: the page in its state, or a figure of it, for another site.
 * @param {HTMLElement} copy
 * @param {() => string | null | Promise<string | null>} addressNow null: there is none to give
 */
export function offerEmbed(copy, addressNow) {
  const button = node(
    "button",
    {
      type: "button",
      class: copy.classList.contains("plain") ? "plain" : "",
      part: "embed",
      title: () => t("Embed: show it on another site"),
      "aria-haspopup": "dialog",
    },
    () => t("Embed"),
  );
  button.addEventListener("click", async () => {
    const address = await addressNow();
    if (address) showEmbed(address);
  });
  copy.after(button);
}

/**
 * Makes a button copy the address of the page in its state, and puts those for another site and for
 * the QR code behind it.
 * The server writes the query, the browser knows the address.
 * @param {HTMLElement} button
 * @param {() => Promise<{query?: string, error?: any}>} query
 * @param {{readonly step: number}} [player] its step goes along
 */
export function offerLink(button, query, player) {
  async function addressNow() {
    let record;
    try {
      record = await query();
    } catch {
      record = { error: t("The server did not answer.") };
    }
    if (record.query) return addressOf(record.query, player?.step);
    announce(say(record.error));
    return null;
  }
  const picture = node(
    "button",
    {
      type: "button",
      part: "qr",
      title: () => t("The link as a picture for a projector: phones open it by its QR code"),
    },
    () => t("QR code"),
  );
  picture.addEventListener("click", async () => {
    const address = await addressNow();
    if (!address) return;
    history.replaceState(null, "", address);
    showQr(address);
  });
  button.addEventListener("click", async () => {
    const address = await addressNow();
    if (address) await copyLink(address);
  });
  button.after(picture);
  offerEmbed(button, addressNow);
}
