// @ts-check
/**
 * What stands above every page: the voice, the status, the glossary, the projector, the language;
 * and the address that follows.
 */
import { make, node, partsOf } from "../../core/dom.js";
import { changeAddress, withView } from "../../core/link.js";
import { onAnnounce, statusNow } from "../../core/messages.js";
import { embedded, homeLink } from "./embed.js";
import { choose, current, languages, onLanguage, t } from "../../core/translate.js";

const SPOKEN = 4000; // milliseconds that a sentence stays
const KEPT = "playground-projector";

const skeleton = () =>
  node(
    "div",
    { class: "masthead" },
    node("a", { class: "skip", href: "#pages", part: "skip" }, () => t("Skip to the page")),
    node("h1", { translate: "no" }, "Playground"),
    node("span", { class: "status", part: "status", role: "status" }),
    node(
      "div",
      { class: "masthead-tools" },
      node(
        "button",
        {
          ...{ type: "button", part: "teach", "aria-pressed": "false" },
          title: () => t("Opens a class that follows this page and answers your questions"),
        },
        () => t("Teach"),
      ),
      node("button", { type: "button", part: "glossary", "aria-haspopup": "dialog" }, () =>
        t("Glossary"),
      ),
      node("button", { type: "button", part: "projector", "aria-pressed": "false" }, () =>
        t("Projector"),
      ),
      node("select", { part: "language", "aria-label": () => t("Language"), translate: "no" }),
    ),
  );

/** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
export function mount(element, { constants, trigger, server }) {
  const view = skeleton();
  element.append(view);
  const { part, select, press } = partsOf(view);
  offerSkip(part("skip"));
  speak();
  if (embedded()) document.body.append(homeLink());
  showStatusIn(part("status"));
  followTabs();
  offerLanguages(select("language"), trigger);
  offerProjector(press("projector"));
  offerGlossary(element, press("glossary"), constants.glossary);
  offerTeaching(press("teach"), server);
  import("./explanations.js").then(({ explain }) => explain(constants.explanations));
}

/** The first stop of the Tab key: on to the page that is open. @param {HTMLElement} link */
function offerSkip(link) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const open = [
      .../** @type {NodeListOf<HTMLElement>} */ (
        document.querySelectorAll("#pages > [role=tabpanel]")
      ),
    ].find((panel) => panel.checkVisibility());
    if (!open) return;
    open.tabIndex = -1;
    open.focus();
  });
}

/** The voice: sentences for the visitor and for a screen reader. */
function speak() {
  const voice = make("div", "say-toast");
  let quiet = 0;
  voice.setAttribute("role", "status");
  document.body.append(voice);
  onAnnounce((sentence) => {
    voice.textContent = sentence;
    voice.classList.add("on");
    clearTimeout(quiet);
    quiet = setTimeout(() => voice.classList.remove("on"), SPOKEN);
  });
}

/**
 * "model · device": each part is a text of its own for the tables of words.
 * @param {HTMLElement} place
 */
function showStatusIn(place) {
  /** @param {string} text */
  const show = (text) =>
    place.replaceChildren(
      ...text.split(" · ").flatMap((one, i) => [...(i ? [" · "] : []), make("span", "", one)]),
    );
  show(statusNow());
  document.addEventListener("playground:status", (event) =>
    show(String(/** @type {CustomEvent} */ (event).detail)),
  );
}

/**
 * The page of the address follows the navigation, so that a reload finds the same page, in the same
 * language, at the same size.
 */
function followTabs() {
  document.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target),
      tab = target.closest?.("#pages > .tab-wrapper [role=tab]");
    if (!(tab instanceof HTMLElement) || !event.isTrusted) return;
    const slug = encodeURIComponent(tab.dataset.tabId ?? "");
    history.replaceState(null, "", withView(`?tab=${slug}`));
  });
}

/**
 * @param {HTMLSelectElement} select
 * @param {import("../../core/value.js").Host["trigger"]} trigger
 */
function offerLanguages(select, trigger) {
  for (const [name, title] of Object.entries(languages)) {
    const option = new Option(title, name);
    option.lang = name;
    select.append(option);
  }
  select.addEventListener("change", async () => {
    await choose(select.value);
    select.value = current();
    changeAddress({ lang: current() });
  });
  // Gradio's own components are given theirs by the server (playground/pages/labels.py)
  let labels = "en";
  function follow() {
    select.value = current();
    if (labels === current()) return;
    labels = current();
    trigger("language", { name: labels });
  }
  onLanguage(follow);
  follow();
}

/** Large and plain for a room, kept for the next visit. @param {HTMLButtonElement} button */
function offerProjector(button) {
  const root = document.documentElement;
  const show = () =>
    button.setAttribute("aria-pressed", String(root.classList.contains("projector")));
  button.addEventListener("click", () => {
    const on = root.classList.toggle("projector");
    try {
      if (on) localStorage.setItem(KEPT, "1");
      else localStorage.removeItem(KEPT);
    } catch {
      /* private mode: it lasts as long as the page */
    }
    changeAddress({ projector: on ? "1" : "" });
    show();
    dispatchEvent(new Event("resize")); // plots measure themselves anew
  });
  show();
}

/** `?term=softmax` opens the glossary at a term; any element with data-term opens it there too.
 *  @param {HTMLElement} element @param {HTMLButtonElement} button @param {string} address */
function offerGlossary(element, button, address) {
  /** @type {Promise<import("./glossary.js").Glossary> | null} */
  let made = null;
  /** @param {string} slug */
  async function open(slug) {
    made ??= import("./glossary.js").then(({ Glossary }) => new Glossary(element, address));
    (await made).open(slug);
  }
  button.addEventListener("click", () => open(""));
  document.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target),
      term = target.closest?.("[data-term]");
    if (!(term instanceof HTMLElement)) return;
    event.preventDefault();
    open(term.dataset.term ?? "");
  });
  const wished = new URLSearchParams(location.search).get("term");
  if (wished) open(wished);
}

/**
 * A class is taught from any page; a reload goes on with it, and `?follow=CODE` follows one. What
 * draws it is fetched when it is wanted.
 * @param {HTMLButtonElement} button @param {import("../../core/value.js").Host["server"]} server
 */
function offerTeaching(button, server) {
  /** @type {Promise<import("../classroom/teach.js").Teaching> | null} */
  let made = null;
  /** @param {boolean} resume */
  async function begin(resume) {
    made ??= import("../classroom/teach.js").then(
      ({ Teaching }) =>
        new Teaching(server, (on) => button.setAttribute("aria-pressed", String(on))),
    );
    await (await made).begin(resume);
  }
  button.addEventListener("click", () => begin(false));
  if (window.frameElement) return; // the page of a lesson's frame has the same storage
  const code = new URLSearchParams(location.search).get("follow");
  if (code && /^[A-Za-z]{5}$/.test(code))
    import("../classroom/follow.js").then(({ Follower }) => new Follower(code.toUpperCase()));
  else if (teaches()) begin(true);
}

/** Whether this tab taught a class before it was loaded again. */
function teaches() {
  try {
    return sessionStorage.getItem("playground-class") !== null;
  } catch {
    return false; // private mode
  }
}
