// @ts-check
/**
 * The line to a class: events as they come; where none comes within 5 s (a proxy keeps them back)
 * the state is asked for every 2 s; where nothing comes at all, tries again and again, and says so.
 */

const QUIET = 5000, // milliseconds without the first event
  EVERY = 2000,
  SILENT = 40_000, // after an event; the server says that it is there every 15 s
  SOON = 300, // before a request over a connection that had been closed is sent once more
  WAITS = [1, 2, 3, 5, 8], // seconds before each next try
  BROKEN = 3; // streams that ended without an event before the state is asked for instead

/** What a request was answered with where it was refused. */
export class Refused extends Error {
  /** @param {number} status @param {any} error the sentence, as a message */
  constructor(status, error) {
    super(`refused: ${status}`);
    this.status = status;
    this.error = error;
  }
}

/**
 * One request; gives the answer's data. Throws Refused for an answer that is an error, TypeError
 * where none came. A connection that the server had closed just then is no reason to say that
 * something is lost: what does no harm twice is sent once more.
 * @param {string} path relative to the page's base
 * @param {{body?: any, headers?: Record<string, string>, once?: boolean}} [options] once: it would do something else the second time
 */
export async function request(path, { body, headers = {}, once = false } = {}) {
  const posted = body !== undefined;
  const send = () =>
    fetch(new URL(path, document.baseURI), {
      method: posted ? "POST" : "GET",
      headers: { ...headers, ...(posted ? { "content-type": "application/json" } : {}) },
      body: posted ? JSON.stringify(body) : undefined,
      cache: "no-store",
    });
  const again = async (/** @type {unknown} */ error) => {
    if (once || !navigator.onLine) throw error;
    await new Promise((done) => setTimeout(done, SOON));
    return send();
  };
  const answer = await send().catch(again);
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(answer.status, data.error ?? data.detail ?? "");
  return data;
}

/** Whether a request failed because the class is not there any more. @param {unknown} error */
export const isGone = (error) => error instanceof Refused && [404, 410].includes(error.status);

/**
 * Whether the class said no: it will say so again. A 503 with a sentence is "full", without one
 * something on the way.
 * @param {unknown} error
 */
const isFinal = (error) =>
  error instanceof Refused &&
  ((error.status < 500 && error.status !== 429) || (error.status === 503 && Boolean(error.error)));

/**
 * @typedef {object} Parts
 * @property {() => Promise<string>} address of the events
 * @property {() => Promise<any>} state the snapshot, where events do not come
 * @property {(snapshot: any) => void} take
 * @property {(seconds: number) => void} lost there is no connection; the next try in so many seconds
 * @property {() => void} back
 * @property {(error: unknown) => void} gone refused for good
 */

export class Line {
  /** @type {EventSource | null} */
  source = null;
  timer = 0;
  broken = 0;
  tries = 0;
  isLost = false;
  closed = false;

  /** @param {Parts} parts */
  constructor(parts) {
    this.parts = parts;
    this.offline = () => this.fail();
    this.online = () => this.isLost && this.again();
    this.woken = () => document.visibilityState === "visible" && !this.isLost && this.refresh();
  }

  /** Hears what the browser says of the network; the same again changes nothing. */
  listen() {
    addEventListener("offline", this.offline);
    addEventListener("online", this.online);
    document.addEventListener("visibilitychange", this.woken);
  }

  rest() {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }

  close() {
    this.closed = true;
    this.rest();
    removeEventListener("offline", this.offline);
    removeEventListener("online", this.online);
    document.removeEventListener("visibilitychange", this.woken);
  }

  /** After the end: another try. */
  reopen() {
    this.closed = false;
    return this.open();
  }

  async open() {
    this.rest();
    this.listen();
    /** @type {string} */
    let address;
    try {
      address = await this.parts.address();
    } catch (error) {
      return this.fail(error);
    }
    if (this.closed) return;
    const source = (this.source = new EventSource(new URL(address, document.baseURI)));
    /** @param {MessageEvent} event */
    const hear = (event) => {
      this.broken = 0;
      alive();
      this.heard(JSON.parse(event.data));
    };
    const alive = () => {
      clearTimeout(this.timer);
      // the line may be dead without a word of it
      this.timer = setTimeout(() => this.fail(), SILENT);
    };
    for (const name of ["snapshot", "change", "message"]) source.addEventListener(name, hear);
    source.addEventListener("ping", alive);
    source.addEventListener("error", () => {
      if (this.source !== source) return;
      this.broken += 1;
      this.fail();
    });
    this.timer = setTimeout(() => this.poll(), QUIET);
  }

  /** The state, asked for again and again. */
  async poll() {
    this.rest();
    if (await this.refresh()) this.timer = setTimeout(() => this.poll(), EVERY);
  }

  /** The state, asked for once; false where that failed. */
  async refresh() {
    try {
      this.heard(await this.parts.state());
      return !this.closed;
    } catch (error) {
      this.fail(error);
      return false;
    }
  }

  /** @param {any} snapshot */
  heard(snapshot) {
    if (this.closed) return;
    this.tries = 0;
    if (this.isLost) {
      this.isLost = false;
      this.parts.back();
    }
    this.parts.take(snapshot);
    if (snapshot.state === "ended") this.close();
  }

  /** The stream ended or nothing was answered: is the class there? @param {unknown} [error] */
  async fail(error) {
    this.rest();
    if (this.closed) return;
    if (error === undefined && navigator.onLine && !this.isLost)
      try {
        this.heard(await this.parts.state());
        const next = () => (this.broken >= BROKEN ? this.poll() : this.open());
        if (!this.closed) this.timer = setTimeout(next, 1000);
        return;
      } catch (found) {
        error = found;
      }
    if (isFinal(error)) {
      this.close();
      this.parts.gone(error);
    } else this.wait(WAITS[Math.min(this.tries++, WAITS.length - 1)]);
  }

  /** @param {number} seconds */
  wait(seconds) {
    this.isLost = true;
    this.parts.lost(seconds);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (seconds > 1 ? this.wait(seconds - 1) : this.again()), 1000);
  }

  async again() {
    this.rest();
    if (await this.refresh()) this.open();
  }
}
