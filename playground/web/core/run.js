// @ts-check
// The browser's half of playground/pages/run.py: one client for whatever streams. It starts runs,
// hands on each message once and in order, stops, and asks again for what was lost. It draws
// nothing.

/**
 * @typedef {{run: string, n: number, kind: string, at?: number, frames?: any[], reason?: string, message?: any,
 *   words?: any, share?: number|null, [more: string]: any}} Message
 * @typedef {{begin?: (message: Message) => void, frame?: (record: any, index: number) => void, frames?: (message: Message) => void,
 *   progress?: (message: Message) => void, waiting?: (message: Message) => void, end?: (message: Message) => void,
 *   error?: (message: Message) => void, lost?: () => void, resumed?: () => void}} Handlers
 * @typedef {{start: (request: any) => void, stop: (run: string) => any, going: (question: any) => Promise<{going: boolean, missed?: Message[]}>,
 *   handlers: Handlers, silence?: number, every?: number, now?: () => number, online?: () => boolean,
 *   later?: (act: () => void, milliseconds: number) => any, newName?: () => string}} Options
 */

// milliseconds without a message after which the server is asked whether the run goes on
const SILENCE = 5000;
const EVERY = 1500; // milliseconds between two looks
const GAP = 100; // milliseconds in which a message that came too early may still be overtaken

/** A name that nobody guesses: whoever knows it may end the run. */
function randomName() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {Options} options */
export function makeRun(options) {
  const now = options.now ?? (() => performance.now());
  const later = options.later ?? ((act, milliseconds) => setTimeout(act, milliseconds));
  const silence = options.silence ?? SILENCE;
  const newName = options.newName ?? randomName;
  const online = options.online ?? (() => navigator.onLine);
  const { handlers } = options;
  /** @type {null | {name: string, request: any, next: number, frames: number, early: Map<number, Message>, heard: number,
   *   doubts: number, away: boolean, begun: boolean}} */
  let current = null;
  let before = ""; // the run that was at work last: its stop may still be on its way

  function ask(/** @type {any} */ request, /** @type {number} */ frames, begun = false) {
    const name = newName();
    const run = {
      name,
      request,
      next: 0,
      frames,
      early: new Map(),
      heard: now(),
      doubts: 0,
      away: false,
      begun,
    };
    current = run;
    options.start({
      ...request,
      run: name,
      ...(frames ? { after: frames } : {}),
      ...(before ? { instead: before } : {}),
    });
    before = name;
    if (!online()) isAway(run); // the browser knows it before any answer is missed
    later(() => look(run), EVERY);
    return name;
  }

  function isAway(/** @type {NonNullable<typeof current>} */ run) {
    run.away = true;
    handlers.lost?.();
  }

  /**
   * Begin a run; one that is at work is stopped first and says nothing any more. Returns its name.
   */
  function start(/** @type {any} */ request) {
    if (current) options.stop(current.name);
    return ask(request, 0);
  }

  /** End the run: it is over for the page at once, whatever the server still sends. */
  function stop() {
    if (!current) return;
    const { name } = current;
    current = null;
    options.stop(name);
    handlers.end?.({ run: name, n: -1, kind: "end", reason: "stopped" });
  }

  /**
   * Take a message as it comes: doubled ones are dropped, early ones wait for those before them.
   */
  function receive(/** @type {Message | null | undefined} */ message) {
    if (!current || !message || message.run !== current.name) return;
    const run = current;
    run.heard = now();
    run.doubts = 0;
    if (run.away) {
      run.away = false;
      handlers.resumed?.();
    }
    if (message.n < run.next || run.early.has(message.n)) return;
    run.early.set(message.n, message);
    hand(run);
    if (current === run && run.early.size) later(() => fetchMissed(run), GAP);
  }

  /** Hands on what is there in order. @param {NonNullable<typeof current>} run */
  function hand(run) {
    let ready;
    while (current === run && (ready = run.early.get(run.next))) {
      run.early.delete(run.next);
      run.next += 1;
      deliver(run, ready);
    }
  }

  /**
   * Of several values that arrive in one burst a widget sees the last alone: the server still has
   * the others.
   */
  async function fetchMissed(/** @type {NonNullable<typeof current>} */ run) {
    if (current !== run || !run.early.size) return;
    const answer = await options.going([run.name, run.next]).catch(() => null);
    if (current !== run) return;
    for (const message of answer?.missed ?? []) {
      if (message.n >= run.next) run.early.set(message.n, message);
    }
    hand(run);
  }

  function deliver(/** @type {NonNullable<typeof current>} */ run, /** @type {Message} */ message) {
    if (message.kind === "frame") {
      const at = message.at ?? run.frames;
      const fresh = (message.frames ?? []).slice(Math.max(0, run.frames - at));
      if (!fresh.length) return;
      const first = run.frames;
      run.frames += fresh.length;
      if (handlers.frames) handlers.frames({ ...message, at: first, frames: fresh });
      fresh.forEach((record, k) => handlers.frame?.(record, first + k));
    } else if (message.kind === "begin") {
      // A run that was asked for again begins a second time: what stands on the page goes on.
      if (!run.begun) handlers.begin?.(message);
      run.begun = true;
    } else if (message.kind === "progress") handlers.progress?.(message);
    else if (message.kind === "waiting") handlers.waiting?.(message);
    else if (message.kind === "end" || message.kind === "error") {
      current = null;
      (message.kind === "end" ? handlers.end : handlers.error)?.(message);
    } // kinds of a later version are passed over
  }

  /**
   * After a silence: does the run go on? A message that never came, or a server that was started
   * anew, is made good by asking for the rest of the same run under a new name.
   */
  async function look(/** @type {NonNullable<typeof current>} */ run) {
    if (current !== run) return;
    const heard = run.heard;
    if (now() - heard >= silence) {
      const answer = await options.going([run.name, run.next]).catch(() => null);
      if (current !== run) return;
      for (const message of answer?.missed ?? []) receive(message);
      if (current !== run) return;
      const going = answer ? answer.going : null;
      if (run.heard === heard) {
        if (going === null && !run.away) isAway(run);
        else if (going !== null && (run.away || run.early.size || !going)) {
          run.doubts += 1; // once may be the moment between the last message and its arrival
          if (run.doubts >= 2 || run.away || run.early.size) {
            if (going) options.stop(run.name);
            if (run.away) handlers.resumed?.();
            ask(run.request, run.frames, run.begun);
            return;
          }
        }
      }
    }
    later(() => look(run), EVERY);
  }

  return {
    start,
    stop,
    receive,
    /** The name of the run at work, or null. */
    get name() {
      return current?.name ?? null;
    },
    get running() {
      return current !== null;
    },
    /** How many frames of the run have arrived. */
    get frames() {
      return current?.frames ?? 0;
    },
    get away() {
      return current?.away ?? false;
    },
  };
}
