// @ts-check
/**
 * The dialog with the QR code of a link. Escape, the button and a click beside it close it; the
 * focus returns to where it was.
 */
import { qrPicture } from "../../charts/qr.js";
import { node, partsOf } from "../../core/dom.js";
import { say, t } from "../../core/translate.js";
import { offerFrames } from "./embed.js";

const LOCAL = /^(localhost|127\.|0\.0\.0\.0|\[::1\])/;

const skeleton = () =>
  node(
    "dialog",
    { class: "qr-dialog", "aria-labelledby": "qr-title" },
    node(
      "div",
      { class: "qr-head" },
      node("h2", { id: "qr-title" }, () => t("This page as a QR code")),
      node("button", { type: "button", part: "close" }, () => t("Close")),
    ),
    node("p", { class: "problem", part: "problem", role: "alert", hidden: true }),
    node("div", { class: "qr-picture", part: "picture" }),
    node("p", { class: "qr-note", part: "note" }),
    node("a", { class: "qr-address", part: "address", translate: "no" }),
  );

/** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
export function mount(element, { server, constants }) {
  const dialog = skeleton();
  element.append(dialog);
  offerFrames(element, constants.figures);
  const { part, press } = partsOf(dialog);
  const link = /** @type {HTMLAnchorElement} */ (part("address"));
  press("close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.addEventListener("playground:qr", async (event) => {
    const address = String(/** @type {CustomEvent} */ (event).detail);
    part("problem").hidden = true;
    part("picture").replaceChildren();
    link.textContent = link.href = address;
    part("note").textContent = LOCAL.test(location.host)
      ? t(
          "This address works on this computer alone. For phones in the room, start the Playground with HOST=0.0.0.0 and open it by this computer’s name or number.",
        )
      : "";
    if (!dialog.open) dialog.showModal();
    const answer = await asked(server, address);
    if (link.textContent !== address) return; // another link was asked for in the meantime
    part("problem").textContent = say(answer.error);
    part("problem").hidden = !answer.error;
    if (!answer.error)
      part("picture").replaceChildren(qrPicture(answer.rows, t("QR code of the link below")));
  });
}

/** @param {import("../../core/value.js").Host["server"]} server @param {string} address */
async function asked(server, address) {
  try {
    return await server.squares(address);
  } catch {
    return {
      error: t("The picture could not be made: the server did not answer. The link below works."),
    };
  }
}
