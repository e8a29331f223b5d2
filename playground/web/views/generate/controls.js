// @ts-check
/** What stands above the text: the model, the prompt, the text to score, examples. */
import { make, node } from "../../core/dom.js";
import { say, t } from "../../core/translate.js";

/**
 * @param {object} parts
 * @param {ReturnType<typeof import("../../core/dom.js").partsOf>} parts.parts
 * @param {ReturnType<typeof import("./store.js").makeStore>} parts.store
 * @param {any} parts.constants
 * @param {any} parts.server
 * @param {(sentence: string | null) => void} parts.problem
 * @param {(progress: any, model: string | null) => void} parts.progress
 * @param {() => boolean} parts.busy
 * @param {() => void} parts.changed
 * @param {(preset: string | null) => void} parts.example the prompt is an example's now; its preset
 * @param {() => void} parts.write
 */
export function makeControls({ parts, store, constants, server, problem, progress, ...acts }) {
  const { state } = store;
  const prompt = /** @type {HTMLTextAreaElement} */ (parts.part("prompt")),
    scoreBox = /** @type {HTMLTextAreaElement} */ (parts.part("score")),
    modelBox = parts.select("model"),
    chatBox = parts.input("chat"),
    lengthBox = parts.input("length");
  lengthBox.max = String(constants.longest);

  /** @param {any} entry */
  function option(entry) {
    return node("option", { value: entry.id, translate: "no" }, () =>
      say(entry.listed ?? entry.title),
    );
  }
  /** An n-gram model that the visitor made on the Chains page. @param {any} entry */
  function listModel(entry) {
    if (store.entry(entry.id)) return;
    const made = {
      note: t("Made of a text on the Chains page."),
      chat: false,
      uncased: false,
      ...entry,
    };
    constants.models.push(made);
    modelBox.append(option(made));
  }
  modelBox.append(...constants.models.map(option));
  document.addEventListener("playground:ngram", (event) =>
    listModel(/** @type {CustomEvent} */ (event).detail),
  );
  for (const entry of /** @type {any} */ (window).playground_ngrams ?? []) listModel(entry);
  modelBox.value = state.model;
  modelBox.addEventListener("change", () => chooseModel(modelBox.value));

  /** @param {string} name */
  function chooseModel(name) {
    showModel(name);
    if (!store.entry()?.chat) setChat(false);
    problem(null);
    acts.changed();
    readPrompt();
    server.prepare(name).then((/** @type {any} */ answer) => {
      progress(answer, name);
      follow(name);
    });
  }
  /** @param {string} name a model that is on offer; another leaves what stands */
  function showModel(name) {
    if (!store.entry(name)) return false;
    state.model = name;
    modelBox.value = name;
    return true;
  }
  /** @param {boolean} on */
  function setChat(on) {
    state.chat = on;
    chatBox.checked = on;
  }
  chatBox.addEventListener("change", () => setChat(chatBox.checked));

  /** @type {string | null} */
  let following = null;
  /** Asks how far a model's weights are, only while something is loading. @param {string} name */
  async function follow(name) {
    if (following === name) return;
    following = name;
    while (following === name && !acts.busy()) {
      const now = await server.prepare_status(name);
      progress(now, name);
      if (now.device !== undefined) state.device = now.device;
      if (now.state === "failed") problem(say(now.message));
      if (now.state === "ready") readPrompt();
      if (["ready", "failed", "absent"].includes(now.state)) break;
      await new Promise((done) => setTimeout(done, 400));
    }
    if (following === name) following = null;
    acts.changed();
  }

  /** @type {any} */
  let reading = null;
  /**
   * What the model makes of the prompt, where that is not what was typed: small letters, unknown
   * words.
   */
  function readPrompt() {
    clearTimeout(reading);
    reading = setTimeout(async () => {
      const typed = prompt.value,
        reads = parts.part("reads");
      if (!store.entry()?.uncased || !typed.trim()) {
        reads.textContent = "";
        return;
      }
      const answer = await server.reading({ model: state.model, prompt: typed });
      if (typed !== prompt.value) return;
      const other = answer.reads && answer.reads !== typed.trim();
      reads.textContent = other ? t("The model reads: {text}", { text: answer.reads }) : "";
    }, 250);
  }

  function fit() {
    for (const box of [prompt, scoreBox]) {
      box.style.height = "auto";
      box.style.height = Math.min(220, box.scrollHeight + 2) + "px";
    }
  }
  for (const box of [prompt, scoreBox]) box.addEventListener("input", fit);
  prompt.addEventListener("input", readPrompt);
  prompt.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    acts.write();
  });
  for (const [label, text, preset] of constants.examples) {
    const one = node(
      "button",
      { type: "button", class: "plain chip", title: text, translate: "no" },
      label === text ? label : () => say(label),
    );
    one.addEventListener("click", () => {
      setPrompt(text);
      readPrompt();
      acts.example(preset);
    });
    parts.part("examples").append(one);
  }

  /** @param {string} text */
  function setPrompt(text) {
    prompt.value = text;
    fit();
  }

  return {
    prompt,
    scoreBox,
    lengthBox,
    setPrompt,
    setChat,
    showModel,
    follow,
    readPrompt,
    fit,
    /** The most tokens that a text may get; null where the box holds no such number. */
    get length() {
      return lengthBox.value !== "" && lengthBox.checkValidity() ? Number(lengthBox.value) : null;
    },
    /** @param {number} tokens */
    setLength(tokens) {
      lengthBox.value = String(Math.min(constants.longest, tokens));
    },
  };
}

/** Puts notes side by side. @param {HTMLElement} host @param {any[]} notes messages */
export const showNotes = (host, notes) =>
  host.replaceChildren(...notes.map((note) => make("span", "", say(note))));
