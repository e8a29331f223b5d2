// @ts-check
/** The glossary: terms from assets/words/glossary.json, fetched when it is first opened. */
import { make, node, partsOf } from "../../core/dom.js";
import { changeAddress } from "../../core/link.js";
import { formula } from "../../core/formula.js";
import { announce } from "../../core/messages.js";
import { locale, onLanguage, say, t } from "../../core/translate.js";

/** @typedef {{slug: string, term: string, text: string, formula?: string}} Entry */

const skeleton = () =>
  node(
    "dialog",
    { class: "glossary", part: "dialog", "aria-labelledby": "glossary-title" },
    node(
      "div",
      { class: "glossary-head" },
      node("h2", { id: "glossary-title" }, () => t("Glossary")),
      node("button", { type: "button", part: "close" }, () => t("Close")),
    ),
    node("input", {
      type: "text",
      inputmode: "search",
      autocomplete: "off",
      part: "search",
      "aria-label": () => t("Find a term"),
      placeholder: () => t("Find a term"),
    }),
    node("p", { class: "glossary-none", part: "none", role: "status", hidden: true }, () =>
      t("No term holds these letters."),
    ),
    node("dl", { part: "terms" }),
  );

export class Glossary {
  /** @type {Entry[] | null} */
  entries = null;
  /** @type {{slug: string, name: HTMLElement, said: HTMLElement}[]} */
  rows = [];

  /** @param {Element} host @param {string} address of the file, relative to the page's base */
  constructor(host, address) {
    this.address = address;
    this.dialog = skeleton();
    host.append(this.dialog);
    const { part, input, press } = partsOf(this.dialog);
    this.search = input("search");
    this.terms = part("terms");
    this.none = part("none");
    this.search.addEventListener("input", () => this.find());
    press("close").addEventListener("click", () => this.dialog.close());
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog) this.dialog.close();
    });
    this.dialog.addEventListener("close", () => changeAddress({ term: "" }));
    onLanguage(() => {
      if (this.entries) this.draw(this.entries);
    });
  }

  /** Opens it, at a term where one is named. @param {string} slug */
  async open(slug) {
    try {
      this.entries ??= await this.fetched();
    } catch {
      announce(t("The glossary could not be fetched: try again."));
      return;
    }
    if (!this.rows.length) this.draw(this.entries);
    if (!this.dialog.open) this.dialog.showModal();
    this.search.value = "";
    this.find();
    const name = slug ? this.rows.find((row) => row.slug === slug)?.name : null;
    if (name) {
      name.scrollIntoView({ block: "start", behavior: "instant" });
      name.focus({ preventScroll: true });
    } else this.search.focus();
    changeAddress({ term: name ? slug : "" });
  }

  /** @returns {Promise<Entry[]>} */
  async fetched() {
    const answer = await fetch(new URL(this.address, document.baseURI));
    return answer.json();
  }

  /** @param {Entry[]} entries */
  draw(entries) {
    this.rows = entries.map((entry) => {
      const name = make("dt", "", say(entry.term)),
        said = make("dd");
      name.id = "term-" + entry.slug;
      name.tabIndex = -1;
      said.append(make("p", "", say(entry.text)));
      if (entry.formula) {
        const written = formula(entry.formula);
        written.setAttribute("display", "block");
        said.append(written);
      }
      return { slug: entry.slug, name, said };
    });
    const order = new Intl.Collator(locale(), { sensitivity: "base" });
    this.rows.sort((a, b) => order.compare(textOf(a.name), textOf(b.name)));
    this.terms.replaceChildren(...this.rows.flatMap(({ name, said }) => [name, said]));
    this.find();
  }

  find() {
    const wish = this.search.value.trim().toLowerCase();
    let left = 0;
    for (const { name, said } of this.rows) {
      const hit = !wish || `${textOf(name)} ${textOf(said)}`.toLowerCase().includes(wish);
      name.hidden = said.hidden = !hit;
      left += Number(hit);
    }
    this.none.hidden = left > 0;
  }
}

/** @param {Element} element */
const textOf = (element) => element.textContent ?? "";
