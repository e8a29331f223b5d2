// @ts-check
/** What a view tells the page around it. The masthead and the dialogs of a link listen. */

import { t } from "./translate.js";

/** While a run is asked for again. */
export const connectionLost = () => t("The connection is lost; what is here stays. Asking again …");

/** @param {string} name @param {unknown} detail */
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

let listening = false;
/** @type {string | null} */
let unheard = null;

/**
 * Says a sentence to the visitor, for some seconds, and to a screen reader.
 * @param {string} sentence
 */
export function announce(sentence) {
  if (!listening) unheard = sentence; // the masthead is still on its way
  tell("playground:say", sentence);
}

/**
 * Hears every sentence, also one that was said before anybody listened.
 * @param {(sentence: string) => void} hear
 */
export function onAnnounce(hear) {
  listening = true;
  document.addEventListener("playground:say", (event) =>
    hear(String(/** @type {CustomEvent} */ (event).detail)),
  );
  if (unheard !== null) hear(unheard);
  unheard = null;
}

let status = "";

/** What stands at the right of the navigation: "SmolLM2-135M · CPU". @param {string} text */
export function showStatus(text) {
  status = text;
  tell("playground:status", text);
}

/** What `showStatus` said last: a masthead that comes later shows it. */
export const statusNow = () => status;

/** Opens the dialog with the QR code of an address. @param {string} address */
export const showQr = (address) => tell("playground:qr", address);

/** Opens the dialog that writes an address as lines for another site. @param {string} address */
export const showEmbed = (address) => tell("playground:embed", address);

/**
 * Says that a view has drawn new figures: an event "playground:drawn" that bubbles from its
 * element. Nothing in the app listens; tests do.
 * @param {Element} element @param {unknown} [detail]
 */
export const drawn = (element, detail) =>
  element.dispatchEvent(new CustomEvent("playground:drawn", { bubbles: true, detail }));
