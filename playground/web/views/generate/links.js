// @ts-check
/** The text on view as a link, a QR code, a file, and a step for the Escape page. */
import { addressOf, copyLink, offerEmbed, withView } from "../../core/link.js";
import { showQr } from "../../core/messages.js";
import { makeTakeAway } from "../../core/take_away.js";
import { say, t } from "../../core/translate.js";
import { offerToClass } from "./on_class.js";

/**
 * @param {object} parts
 * @param {(name: string) => HTMLElement} parts.part
 * @param {ReturnType<typeof import("./prose.js").makeProse>} parts.prose
 * @param {ReturnType<typeof import("./store.js").makeStore>} parts.store
 * @param {() => ReturnType<typeof import("../../core/transport.js").makeTransport>} parts.time
 * @param {any} parts.constants
 * @param {any} parts.server
 * @param {() => number} parts.step
 * @param {(k: number) => any} parts.stepRequest
 * @param {() => string} parts.depth
 * @param {(stage: string) => string} parts.nameOf a rule
 * @param {(sentence: string | null) => void} parts.problem
 * @param {(trace: any, name: string) => void} parts.opened a saved text was opened
 * @param {() => void} parts.redraw the step on view
 */
export function makeLinks({
  part,
  prose,
  store,
  time,
  constants,
  server,
  step,
  stepRequest,
  depth,
  nameOf,
  problem,
  opened,
  redraw,
}) {
  /**
   * The address of what is on view: the text's own model, prompt and rules, not what the controls
   * hold by now.
   */
  async function address() {
    const text = store.here(),
      frames = store.frames();
    if (!text) return null;
    const before = text.parent ? frames.slice(0, text.at + 1) : [];
    const answer = await server.link({
      model: text.prompt.model,
      prompt: text.prompt.text,
      chat: text.prompt.chat,
      settings: text.settings,
      chosen: before.map((frame) => frame.token_id),
      step: frames.length ? step() : 0,
      mode: text.kind,
      depth: depth(),
      text:
        text.kind === "score"
          ? [...text.prompt.pieces, ...frames].map((piece) => piece.piece ?? piece.text).join("")
          : "",
    });
    if (!answer.error) return addressOf(answer.query);
    problem(say(answer.error));
    return null;
  }
  part("link").addEventListener("click", async () => {
    const made = await address();
    if (made) await copyLink(made);
  });
  offerEmbed(part("link"), address);
  part("qr").addEventListener("click", async () => {
    const made = await address();
    if (!made) return;
    history.replaceState(null, "", made);
    showQr(made);
  });
  part("escape").addEventListener("click", async () => {
    const text = store.here();
    if (!text || !store.frames().length) {
      problem(t("There is no step on view yet: press Play first."));
      return;
    }
    const request = stepRequest(step());
    const answer = await server.send({
      page: "escape",
      model: request.model,
      prompt: text.prompt.text,
      ids: request.ids,
      step: request.index,
      settings: request.settings,
    });
    if (answer.error) {
      problem(say(answer.error));
      return;
    }
    // a tab of its own: the text and its branches stay here
    const there = location.pathname + withView(answer.query);
    if (!window.open(there, "_blank")) location.assign(there);
  });

  const view = { part, prose, store, time, step, redraw };
  const cover = offerToClass({ ...view, stepRequest, address, nameOf });

  /** The text on view as plain data. */
  function trace() {
    const text = store.here();
    if (!text || !store.frames().length) return null;
    return {
      version: 1,
      kind: text.kind === "score" ? "score" : "decode",
      model: text.prompt.model,
      settings: text.settings,
      prompt: text.prompt.text,
      chat: text.prompt.chat,
      prompt_tokens: text.prompt.pieces,
      notes: (text.notes ?? []).map((note) => say(note)),
      steps: store.frames(),
    };
  }
  const menu = makeTakeAway({
    ask: (request) => server.take(request),
    open: (request) => server.open_trace(request),
    step,
    problem,
    most: constants.most_bytes,
    trace,
    opened,
  });
  part("take").append(menu.element);
  return { trace, ready: menu.ready, cover };
}
