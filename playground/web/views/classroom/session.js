// @ts-check
/**
 * The class that this tab teaches: opened, driven, asked, ended. Its key stays in the tab's session
 * storage, so that a reload goes on.
 *
 * A page that asks by itself (a lesson) needs three names: `classIsOpen()`, `askClass(question)`,
 * `onReveal(act)`.
 */
import { Line, request } from "../../classroom/line.js";
import { coversAnswers, isCovered } from "../../core/class_cover.js";
import { saveFile } from "../../core/download.js";
import { onView } from "../../core/on_view.js";
import { current } from "../../core/translate.js";

const KEPT = "playground-class",
  LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ", // no I, no O
  PACE = 500, // milliseconds between two states of the front
  LONGEST = 1000, // characters of the front's text
  LONGEST_ADDRESS = 4000,
  TRIES = 8,
  // steps that are refused, or are others, the second time
  ONCE = ["ask", "close", "reveal", "again", "steer", "end", "phone", "allow"];

/** @typedef {{code: string, key: string}} Held */

/** A random code of five letters. */
function anyCode() {
  const random = crypto.getRandomValues(new Uint32Array(5));
  return [...random].map((one) => LETTERS[one % LETTERS.length]).join("");
}

/** @returns {Held | null} */
function heldClass() {
  try {
    const held = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
    return held && /^[A-Z]{5}$/.test(held.code) && typeof held.key === "string" ? held : null;
  } catch {
    return null;
  }
}

/** @param {Held | null} held */
function hold(held) {
  try {
    if (held) sessionStorage.setItem(KEPT, JSON.stringify(held));
    else sessionStorage.removeItem(KEPT);
  } catch {
    /* private mode: the class lasts as long as the page */
  }
}

export class ClassSession {
  /** @type {any} the teacher's snapshot */
  state = null;
  follow = true;
  lost = 0; // seconds until the next try; 0: connected
  gone = false;
  ticket = "";
  sent = ""; // what the front shows, as it was sent last
  refused = ""; // what the class did not take
  wanted = false;
  due = 0;
  last = 0;

  /**
   * @param {Held} held
   * @param {() => void} changed
   * @param {boolean} [projects] whether this page is the one that the class looks at
   */
  constructor(held, changed, projects = true) {
    this.held = held;
    this.changed = changed;
    this.projects = projects;
    this.base = `class/${held.code}`;
    this.line = this.connect();
    this.drawn = () => this.drive();
    if (!projects) return;
    document.addEventListener("playground:drawn", this.drawn);
    document.addEventListener("click", this.drawn);
  }

  connect() {
    const line = new Line({
      address: async () => `${this.base}/events?ticket=${await this.newTicket()}`,
      state: () => request(`${this.base}/state?ticket=${this.ticket}`, this.headers),
      take: (state) => this.take(state),
      lost: (seconds) => this.tell({ lost: seconds }),
      back: () => this.tell({ lost: 0 }),
      gone: () => this.tell({ gone: true, lost: 0 }),
    });
    line.open();
    return line;
  }

  get headers() {
    return { headers: { "x-class-key": this.held.key, "x-class-language": current() } };
  }

  async newTicket() {
    this.ticket = (await this.post("ticket", {})).ticket;
    return this.ticket;
  }

  /** @param {string} path @param {any} body */
  post = (path, body) =>
    request(`${this.base}/${path}`, { ...this.headers, body, once: ONCE.includes(path) });

  /** @param {Record<string, any>} change */
  tell(change) {
    Object.assign(this, change);
    this.changed();
  }

  /** @param {any} state */
  take(state) {
    const revealed = state.state === "revealed" && this.state?.state !== "revealed";
    this.state = state;
    if (revealed) for (const hear of hearers) hear(state);
    if (state.state === "open") this.drive();
    document.dispatchEvent(new CustomEvent("playground:class", { detail: state }));
    this.changed();
  }

  /**
   * A step of the class: "ask", "close", "reveal", "again", "hide". Throws Refused.
   * @param {string} path
   * @param {any} [body]
   */
  async act(path, body = {}) {
    const state = await this.post(path, body);
    this.take(state);
    return state;
  }

  // What the front shows
  // -----------------------------------------------------------------------------------------------
  /** Tells the class what is on view, at most twice a second. */
  drive() {
    if (!this.projects || !this.follow || this.gone || this.lost) return;
    if (this.state?.state === "ended") return;
    this.wanted = true; // also while one is on its way: what came meanwhile is sent after it
    if (this.due) return;
    const wait = Math.max(0, this.last + PACE - Date.now());
    this.due = setTimeout(() => this.push(), wait);
  }

  async push() {
    this.last = Date.now();
    this.wanted = false;
    let now = "";
    try {
      const view = onView();
      const address = queryOf((await view.address?.()) ?? location.search);
      const state = {
        ...{ address, page: view.page, title: view.title, step: view.step ?? null },
        text: [...(view.text ?? "")].slice(-LONGEST).join(""),
        ...{ covers: coversAnswers(), covered: Boolean(view.answer && isCovered(view.answer)) },
      };
      now = JSON.stringify(state);
      if (now === this.sent || now === this.refused || address.length > LONGEST_ADDRESS) return;
      await this.post("drive", { state });
      this.sent = now;
    } catch (error) {
      // the next change says it again, unless it was refused for good; a lost line says so by
      // itself
      const { status } = /** @type {any} */ (error);
      if (status === 400) this.refused = now;
      if (status === 429) this.wanted = true;
    } finally {
      this.due = 0;
      if (this.wanted) this.drive();
    }
  }

  /** @param {boolean} on */
  setFollow(on) {
    this.follow = on;
    this.sent = "";
    this.drive();
    this.changed();
  }

  // The end
  // -----------------------------------------------------------------------------------------------
  /** @param {"csv" | "json"} kind */
  async results(kind) {
    const path = new URL(`${this.base}/results.${kind}`, document.baseURI);
    const answer = await fetch(path, this.headers);
    if (!answer.ok) throw new Error(String(answer.status));
    saveFile(`class-${this.held.code}.${kind}`, await answer.blob());
  }

  async end() {
    await this.post("end", {});
    this.leave();
  }

  leave() {
    this.line.close();
    clearTimeout(this.due);
    document.removeEventListener("playground:drawn", this.drawn);
    document.removeEventListener("click", this.drawn);
    if (this.projects) {
      hold(null);
      open = null;
    }
    this.changed();
  }
}

/** "?tab=…" of an address. @param {string} address */
const queryOf = (address) =>
  "?" +
  String(address)
    .replace(/^[^?]*\??/, "")
    .replace(/#.*$/s, "");

/** @type {ClassSession | null} */
let open = null;
/** @type {Set<(state: any) => void>} */
const hearers = new Set();

/**
 * Opens a class, under `code` if it is given (one that was lost), else under a random one.
 * @param {() => void} changed @param {string} [code]
 */
export async function openClass(changed, code) {
  for (let k = 0; ; k++) {
    const wanted = code ?? anyCode();
    try {
      const held = await request(`class/${wanted}`, { body: { language: current() }, once: true });
      hold({ code: wanted, key: held.key });
      open = new ClassSession({ code: wanted, key: held.key }, changed);
      return open;
    } catch (error) {
      const taken = /** @type {any} */ (error).status === 409;
      if (!taken || code || k >= TRIES) throw error;
    }
  }
}

/**
 * The class that this tab taught before it was loaded again; null where there was none.
 * @param {() => void} changed
 */
export function resumeClass(changed) {
  const held = heldClass();
  open = held && new ClassSession(held, changed);
  return open;
}

/** Whether this tab teaches a class that may be asked. */
export const classIsOpen = () => Boolean(open && !open.gone && open.state);

/** The class of this tab as it is: {present, answered, state, …}; null where there is none. */
export const classState = () => open?.state ?? null;

/**
 * Asks the class; gives its state. A question that is drawn by the page itself says so: `figure: {lesson, step}`, then nothing covers the
 * page. Throws Refused where the class cannot be asked now.
 * @param {any} question as `POST class/CODE/ask` takes it: {kind, text, …}
 */
export async function askClass(question) {
  if (!open) throw new Error("no class is open");
  if (open.state?.state === "closed") await open.act("again");
  else if (open.state?.state === "asked") await open.act("again");
  return open.act("ask", { question });
}

/** Closes the answers of the class's question. */
export const closeClass = () => open?.act("close");

/** Shows the answers; `truth` in the form of the question's kind. @param {any} [truth] */
export const revealClass = (truth) => open?.act("reveal", truth === undefined ? {} : { truth });

/**
 * `act(state)` at each reveal: state.question, state.revealed. Returns what ends it.
 * @param {(state: any) => void} act
 */
export function onReveal(act) {
  hearers.add(act);
  return () => void hearers.delete(act);
}
