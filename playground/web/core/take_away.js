// @ts-check
/**
 * The menu "Take away": the run on view as a file in several forms, and a saved one opened again.
 */
import { make, node } from "./dom.js";
import { saveFile } from "./download.js";
import { isDark } from "./look.js";
import { say, t } from "./translate.js";

/** @type {[form: string, what: () => string, kind: string][]} */
const FORMS = [
  ["png", () => t("Picture of this step"), "PNG"],
  ["gif", () => t("Animation of all steps"), "GIF"],
  ["html", () => t("Page that replays it offline"), "HTML"],
  ["json", () => t("All figures of all steps"), "JSON"],
  ["csv", () => t("Table for a spreadsheet"), "CSV"],
];
const AROUND = 1000; // bytes that Gradio puts around what is sent

/**
 *   const menu = makeTakeAway({ask: server.take, open: server.open_trace, trace: () => trace or null, step: () => k,
 *                              opened: (trace, name) => ..., problem: (sentence) => ..., most: bytes that the server takes});
 *   host.append(menu.element); menu.ready(there is a run);
 *
 * @param {object} options
 * @param {(request: {form: string, trace: any, step: number, dark: boolean}) => Promise<any>} options.ask {error} or {name, type, base64}
 * @param {(request: {text: string}) => Promise<any>} options.open {error} or {trace}
 * @param {() => any} options.trace
 * @param {() => number} options.step
 * @param {(trace: any, name: string) => void} options.opened
 * @param {(sentence: string) => void} options.problem
 * @param {number} [options.most]
 */
export function makeTakeAway({ ask, open, trace, step, opened, problem, most = Infinity }) {
  const head = node(
    "summary",
    {
      title: () => t("The run on view as a file: picture, animation, a page that replays it, data"),
    },
    () => t("Take away"),
  );
  const makers = FORMS.map(([form, what, kind]) => {
    const one = formButton(what, kind, () => makeFile(form));
    one.dataset.form = form;
    return one;
  });
  const file = node("input", {
    class: "take-file",
    type: "file",
    accept: ".json,application/json",
    hidden: true,
    "aria-label": () => t("A saved run, as JSON"),
  });
  const load = formButton(
    () => t("Open a saved run …"),
    "JSON",
    () => file.click(),
  );
  const busy = node("p", { class: "take-busy", role: "status" });
  const list = node(
    "div",
    { class: "take-list", role: "group", "aria-label": () => t("Take away") },
    ...makers,
    load,
    busy,
    file,
  );
  const element = node("details", { class: "take-away" }, head, list);

  const megabytes = most / 1e6;
  /** @param {unknown} asked */
  const tooLong = (asked) => new Blob([JSON.stringify(asked)]).size > most - AROUND;

  /** @param {string} form */
  async function makeFile(form) {
    const data = trace();
    if (!data) return;
    if (form === "json") {
      const text = new Blob([JSON.stringify(data)], { type: "application/json" });
      saveFile(`playground-${data.kind}.json`, text);
      return close();
    }
    const asked = { form, trace: data, step: step(), dark: isDark() };
    if (tooLong(asked)) {
      close();
      return problem(
        t("This run is larger than the {limit} MB that the server takes: save it as JSON.", {
          limit: megabytes,
        }),
      );
    }
    for (const one of makers) one.disabled = true;
    busy.textContent = t("The file is being made …");
    try {
      const answer = await ask(asked);
      if (answer.error) problem(say(answer.error));
      else {
        const bytes = Uint8Array.from(atob(answer.base64), (character) => character.charCodeAt(0));
        saveFile(answer.name, new Blob([bytes], { type: answer.type }));
      }
      close();
    } catch {
      problem(t("The file could not be made: the server did not answer. Try again."));
    } finally {
      busy.textContent = "";
      for (const one of makers) one.disabled = false;
    }
  }

  file.addEventListener("change", async () => {
    const one = file.files?.[0];
    if (!one) return;
    close();
    try {
      const asked = one.size > most ? null : { text: await one.text() };
      if (!asked || tooLong(asked))
        return problem(
          t(
            "This file could not be opened: it is larger than the {limit} MB that the server takes.",
            {
              limit: megabytes,
            },
          ),
        );
      const answer = await open(asked);
      if (answer.error) problem(say(answer.error));
      else opened(answer.trace, one.name);
    } catch {
      problem(t("This file could not be opened: the server did not answer. Try again."));
    } finally {
      file.value = "";
    }
  });

  function close() {
    element.open = false;
    head.focus();
  }
  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && element.open) {
      event.stopPropagation();
      close();
    }
  });
  document.addEventListener("pointerdown", (event) => {
    if (element.open && !element.contains(/** @type {Node} */ (event.target))) element.open = false;
  });
  return {
    element,
    /** @param {boolean} there whether there is a run to take away */
    ready(there) {
      for (const one of makers) one.hidden = !there;
    },
  };
}

/** @param {() => string} what @param {string} kind @param {() => void} act */
function formButton(what, kind, act) {
  const one = node(
    "button",
    { type: "button", class: "plain take-form" },
    node("span", {}, what),
    make("span", "num soft", kind),
  );
  one.addEventListener("click", act);
  return one;
}
