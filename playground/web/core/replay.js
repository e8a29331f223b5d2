// @ts-check
/**
 * A view outside the app, in a file of its own: what Gradio hands a view, from the data in the
 * file. Nothing is asked of anybody.
 */
import { t } from "./translate.js";

/** @param {(element: HTMLElement, host: import("./value.js").Host) => void} mount a view's */
export function replay(mount) {
  const data = JSON.parse(document.getElementById("replay-data")?.textContent ?? "{}");
  followLook();
  showAnnouncements();
  const server = new Proxy(/** @type {Record<string, () => Promise<any>>} */ ({}), {
    get: (_, name) => async () =>
      Object.hasOwn(data.answers, name)
        ? data.answers[name]
        : { error: t("This page is a recording: for other words, open it in the Playground.") },
  });
  const element = /** @type {HTMLElement} */ (document.getElementById("replay"));
  mount(element, {
    props: { ...data.props, value: data.value },
    constants: { ...data.constants, replay: true },
    server,
    trigger: () => {},
    watch: () => {},
    upload: () => Promise.reject(new Error("a recording takes no files")),
  });
}

/** Light or dark as the system is, until the button is pressed. */
function followLook() {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const shade = (/** @type {boolean} */ on) => document.body.classList.toggle("dark", on);
  shade(dark.matches);
  dark.addEventListener("change", () => shade(dark.matches));
  document
    .getElementById("replay-dark")
    ?.addEventListener("click", () => shade(!document.body.classList.contains("dark")));
}

/** Sentences to the visitor, which the masthead shows in the app. */
function showAnnouncements() {
  const voice = document.createElement("div");
  voice.className = "say-toast";
  voice.setAttribute("role", "status");
  document.body.append(voice);
  /** @type {any} */
  let quiet = null;
  document.addEventListener("playground:say", (event) => {
    voice.textContent = String(/** @type {CustomEvent} */ (event).detail);
    voice.classList.add("on");
    clearTimeout(quiet);
    quiet = setTimeout(() => voice.classList.remove("on"), 4000);
  });
}
