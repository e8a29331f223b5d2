// @ts-check
/** The run on view as an address and as a text. */
import { addressOf } from "../../core/link.js";
import { announce } from "../../core/messages.js";
import { t } from "../../core/translate.js";
import { asProse } from "./lexicon.js";
import { rowAt } from "./side.js";

/** @typedef {import("./unmask.js").UnmaskView} View */

/**
 * The address of the page as it is now; null, and a sentence, where there is none.
 * @param {View} view
 */
export async function addressNow(view) {
  const fields = { ...view.formValues(), ...view.store.link, step: view.time.step };
  const answer = await view.server.address({ fields }).catch(() => ({
    error: t("The link could not be made: the server did not answer. Try again."),
  }));
  if (!answer.error) return addressOf(answer.query);
  view.problem(answer.error);
  return null;
}

/**
 * Does something with the address of the page as it is now.
 * @param {View} view
 * @param {(address: string) => void} act
 */
export async function share(view, act) {
  const address = await addressNow(view);
  if (address) act(address);
}

/** Copies the text of the step on view. @param {View} view */
export async function copyText({ store, time }) {
  const side = store.sides[0];
  if (!side) return;
  try {
    const record = rowAt(side, time.step);
    await navigator.clipboard.writeText(asProse(record, side.lexicon, side.card.family));
    announce(t("Text copied."));
  } catch {
    announce(t("The browser does not allow copying here."));
  }
}
