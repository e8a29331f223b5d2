// @ts-check
/**
 * The projected page under the teacher's phone: what it offers the phone, and what it does when the
 * phone says so.
 */
import { coverAnswers, coversAnswers, isCovered, showAnswer } from "../../core/class_cover.js";
import { onView } from "../../core/on_view.js";

const PACE = 500, // milliseconds between two offers
  LONGEST = 300, // characters of the text
  TABS = "#pages > .tab-wrapper [role=tab][data-tab-id]";

/** @typedef {import("./session.js").ClassSession} ClassSession */

/** The pages of the app as its tabs. @returns {HTMLElement[]} */
const tabs = () => [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(TABS))];

/**
 * What the page on view offers; plain data, small.
 * @param {ClassSession} session
 * @param {{problem: string, knownOnly: boolean}} panel
 */
export function offeredNow(session, { problem, knownOnly }) {
  const view = onView();
  return {
    page: view.page,
    title: view.title,
    step: view.step ?? null,
    text: [...(view.text ?? "")].slice(-LONGEST).join(""),
    questions: (view.questions ?? []).map(({ label }) => label.slice(0, 80)).slice(0, 6),
    model: view.model ?? "",
    plays: Boolean(view.play),
    covered: Boolean(view.answer && isCovered(view.answer)),
    covers: coversAnswers(),
    follows: session.follow,
    known: knownOnly,
    problem: problem.slice(0, 200),
    pages: tabs()
      .slice(0, 12)
      .map((tab) => [tab.dataset.tabId ?? "", (tab.textContent ?? "").trim().slice(0, 40)]),
  };
}

export class Steered {
  done = -1; // the number of the last command; -1: none was heard of yet
  sent = "";
  due = 0;

  /** @param {import("./teach.js").Teaching} teaching */
  constructor(teaching) {
    this.teaching = teaching;
  }

  /** The class, or the page, has changed. */
  draw() {
    const { state } = this.teaching.session ?? {};
    if (!state) return;
    const number = state.command?.id ?? 0;
    // what stood there when this page was opened is not done again
    const fresh = this.done >= 0 && number > this.done;
    this.done = number;
    if (fresh) this.obey(state.command);
    if (state.phone?.stage !== "here") this.sent = "";
    else if (!this.due) this.due = setTimeout(() => this.offer(), PACE);
  }

  async offer() {
    this.due = 0;
    const { session } = this.teaching;
    if (!session || session.gone || session.lost || session.state?.phone?.stage !== "here") return;
    const offered = offeredNow(session, this.teaching),
      now = JSON.stringify(offered);
    if (now === this.sent) return;
    this.sent = now;
    try {
      await session.post("offer", { offered });
    } catch {
      this.sent = ""; // the next change says it again
    }
  }

  /** @param {{do: string, value: any}} command */
  obey({ do: name, value }) {
    const view = onView();
    /** @type {Record<string, () => void>} */
    const acts = {
      ask: () => {
        const offer = view.questions?.[value];
        if (offer) this.teaching.ask(offer.question, offer.answer);
      },
      turn: () => (view.turn ? view.turn(value < 0 ? -1 : 1) : click(value < 0)),
      play: () => view.play?.(),
      show: () => [view.answer, ...(view.others ?? [])].forEach((one) => one && showAnswer(one)),
      follow: () => this.teaching.session?.setFollow(Boolean(value)),
      cover: () => coverAnswers(Boolean(value)),
      known: () => this.teaching.set({ knownOnly: Boolean(value) }),
      open: () =>
        tabs()
          .find((tab) => tab.dataset.tabId === value)
          ?.click(),
    };
    acts[name]?.();
  }
}

/**
 * A page that has no steps of its own gets what a presenter's clicker sends.
 * @param {boolean} back
 */
function click(back) {
  const key = back ? "PageUp" : "PageDown";
  document.body.dispatchEvent(
    new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }),
  );
}
