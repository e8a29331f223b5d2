// @ts-check
/**
 * Any token of the model, by its text; or words of the visitor's own, put into the text as they
 * are.
 */
import { latest } from "../../core/ask.js";
import { asIs, clip, make, node, visible } from "../../core/dom.js";
import { percent } from "../../core/format.js";
import { nt, say, t } from "../../core/translate.js";

/**
 * @param {object} options
 * @param {HTMLElement} options.host
 * @param {(query: string) => Promise<any>} options.find {found, tokens} or {error}
 * @param {(id: number, text: string) => void} options.onPick
 * @param {(text: string) => void} options.onAppend
 */
export function makeSearch({ host, find, onPick, onAppend }) {
  const box = node("input", {
    type: "search",
    part: "search",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: () => t("Another word …"),
    "aria-label": () => t("Search all tokens, or type words of your own"),
    title: () => t("Search every token of the model, or append words of your own"),
  });
  const list = node("div", { class: "search-list", part: "search-list", role: "group" });
  list.hidden = true;
  list.setAttribute("aria-label", t("Tokens found"));
  host.append(box, list);

  /**
   * @param {string} label
   * @param {string} note
   * @param {() => void} act
   * @param {boolean} [own] of the model or the visitor
   */
  function entry(label, note, act, own = true) {
    const one = make("button", "plain search-one");
    one.type = "button";
    const name = make("span", "search-name", label);
    one.append(own ? asIs(name) : name, make("span", "num soft", note));
    one.addEventListener("click", () => {
      const page = /** @type {HTMLElement | null} */ (host.closest("[tabindex]"));
      page?.focus({ preventScroll: true }); // the entry is gone then
      close();
      act();
    });
    return one;
  }

  /** @param {number} id @param {string} text @param {number} share */
  const found = (id, text, share) =>
    entry(clip(visible(clip(text, 80)), 80), percent(share), () => onPick(id, text));

  const ask = latest(find, (answer, query) => {
    if (query !== box.value) return;
    const append = entry(
      t("Append “{text}” as it stands", { text: clip(query, 80) }),
      "",
      () => onAppend(query),
      false,
    );
    if (answer.error) {
      list.replaceChildren(make("p", "problem", say(answer.error)));
      return;
    }
    const entries = answer.tokens.map((/** @type {any} */ token) =>
      found(token.id, token.text, token.final),
    );
    const left = answer.found - entries.length;
    const said = !answer.found
      ? t("No token of this model holds “{text}”. You can append it as it stands.", {
          text: clip(query, 40),
        })
      : left > 0
        ? nt("and {n} more token", "and {n} more tokens", left)
        : "";
    list.replaceChildren(append, ...entries, ...(said ? [make("p", "gen-small", said)] : []));
  });
  box.addEventListener("input", () => {
    list.hidden = !box.value;
    if (box.value) ask(box.value);
  });
  host.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    const entries = /** @type {HTMLElement[]} */ ([...list.querySelectorAll("button")]);
    const at = entries.indexOf(/** @type {any} */ (document.activeElement));
    // Enter takes the likeliest of what was found, and appends the words where no token holds them
    if (event.key === "Enter" && event.target === box && box.value)
      (entries[1] ?? entries[0])?.click();
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    event.stopPropagation();
    const next = event.key === "ArrowDown" ? at + 1 : at - 1;
    (next < 0 ? box : entries[Math.min(next, entries.length - 1)])?.focus();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!host.contains(/** @type {Node} */ (event.target))) list.hidden = true;
  });
  function close() {
    box.value = "";
    list.hidden = true;
    list.replaceChildren();
  }
  return {
    /**
     * The search, and the tokens that a tile of all others holds first.
     * @param {{id: number, text: string, share: number}[]} tokens
     */
    offer(tokens) {
      box.focus();
      if (box.value) return;
      list.replaceChildren(
        ...tokens.map(({ id, text, share }) => found(id, text, share)),
        make("p", "gen-small", t("Type to search every token of the model.")),
      );
      list.hidden = false;
    },
  };
}
