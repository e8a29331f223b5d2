// @ts-check
/** The address of the page in the state that is on view: read, made, copied. */
import { announce, showQr } from "./messages.js";
import { t, view } from "./translate.js";

/** A query ("?tab=...") with the language and the projector where the visitor chose them: who opens the link sees the same. */
export const withView = view;

/**
 * What an address says about the page: `tab`, `view`, `state` and `at` (the step), null where it does not say.
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

/** The whole address for a query of the server, at a step. @param {string} query "?tab=..." @param {number} [at] */
export const addressOf = (query, at = 0) =>
  location.origin + location.pathname + withView(query + (at > 0 ? `&at=${at}` : ""));

/**
 * Puts the address into the address line and onto the clipboard, and says so. Where the browser does not allow copying, the visitor
 * reads where the link is; in a frame that is not the address line, which shows the page around the frame.
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
