// @ts-check
/**
 * The page or one figure of it for another site: the dialog with the lines of HTML, and what stands
 * under a page in a frame.
 */
import { node, partsOf } from "../../core/dom.js";
import { announce } from "../../core/messages.js";
import { say, t } from "../../core/translate.js";

/** @typedef {{name: string, slug: string, title: any, height: number, view: string}} Figure */

/**
 * The name of the figure that this page shows in a frame, "page" for the whole page, null outside
 * of one.
 */
export const embedded = () => document.documentElement.dataset.embed ?? null;

/**
 * The HTML that shows an address in a frame.
 * @param {string} address @param {string} name of the figure, or "page" @param {number} height in pixels
 */
function frameOf(address, name, height) {
  const url = new URL(address);
  url.searchParams.set("embed", name);
  const source = url.href.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  return `<iframe src="${source}" title="Playground" width="100%" height="${height}" style="border: 0" loading="lazy" allow="clipboard-write; fullscreen"></iframe>`;
}

/** The line under an embedded page: what this is, and the way to the whole page. */
export function homeLink() {
  const link = node("a", { class: "embed-home", target: "_blank", rel: "noopener" }, () =>
    t("Playground: open the whole page"),
  );
  const follow = () => {
    const url = new URL(location.href);
    url.searchParams.delete("embed");
    link.href = url.href;
  };
  for (const event of ["pointerenter", "focus", "click"]) link.addEventListener(event, follow);
  follow();
  return link;
}

const skeleton = () =>
  node(
    "dialog",
    { class: "qr-dialog", "aria-labelledby": "embed-title" },
    node(
      "div",
      { class: "qr-head" },
      node("h2", { id: "embed-title" }, () => t("Embed: show it on another site")),
      node("button", { type: "button", part: "close" }, () => t("Close")),
    ),
    node("label", { class: "embed-field" }, () => t("What"), node("select", { part: "what" })),
    node(
      "label",
      { class: "embed-field" },
      () => t("Lines for the other page"),
      node("textarea", {
        part: "lines",
        rows: "4",
        readonly: true,
        translate: "no",
        spellcheck: "false",
      }),
    ),
    node("p", { class: "qr-note" }, () =>
      t(
        "Whether another site may show this page is set where the Playground runs (PLAYGROUND_FRAME_ANCESTORS).",
      ),
    ),
    node("button", { type: "button", part: "copy" }, () => t("Copy the lines")),
  );

/**
 * The dialog that writes the lines of HTML; opens when a view says `showEmbed(address)`.
 * @param {HTMLElement} element
 * @param {Figure[]} figures all that can be shown alone
 */
export function offerFrames(element, figures) {
  const dialog = skeleton();
  element.append(dialog);
  const { part, press, select } = partsOf(dialog);
  const lines = /** @type {HTMLTextAreaElement} */ (part("lines"));
  let address = "";
  function write() {
    const figure = figures.find((one) => one.name === select("what").value);
    const url = new URL(address);
    if (figure?.view) url.searchParams.set("view", figure.view);
    lines.value = frameOf(url.href, figure?.name ?? "page", figure?.height ?? 800);
  }
  select("what").addEventListener("change", write);
  press("copy").addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(lines.value);
      announce(t("Lines copied."));
    } catch {
      lines.select();
      announce(t("The browser does not allow copying here: the lines are selected."));
    }
  });
  press("close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.addEventListener("playground:embed", (event) => {
    address = String(/** @type {CustomEvent} */ (event).detail);
    const slug = new URL(address).searchParams.get("tab") ?? "home";
    select("what").replaceChildren(
      new Option(t("The whole page"), "page"),
      ...figures
        .filter((one) => one.slug === slug)
        .map((one) => new Option(say(one.title), one.name)),
    );
    write();
    if (!dialog.open) dialog.showModal();
  });
}
