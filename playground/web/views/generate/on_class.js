// @ts-check
/** What Generate tells a class that follows it, and the questions that fit the step on view. */
import {
  coverNotice,
  coversAnswers,
  isCovered,
  onCover,
  showAnswer,
} from "../../core/class_cover.js";
import { offerView } from "../../core/on_view.js";
import { fixed } from "../../core/format.js";
import { visible } from "../../core/dom.js";
import { t } from "../../core/translate.js";

const CHOICES = 5; // tiles that u may fall on, by name
const OVER = ["end_of_text", "stop_string", "context"]; // ends of a text after which nothing comes
// parts that show what was drawn, or what could have been
const TELLING = ["left", "gates", "numbers", "many"];
const BEFORE = 16; // tokens before a step that its name holds

/**
 * @param {object} parts
 * @param {(name: string) => HTMLElement} parts.part
 * @param {ReturnType<typeof import("./prose.js").makeProse>} parts.prose
 * @param {ReturnType<typeof import("./store.js").makeStore>} parts.store
 * @param {() => ReturnType<typeof import("../../core/transport.js").makeTransport>} parts.time
 * @param {() => number} parts.step
 * @param {(k: number) => any} parts.stepRequest
 * @param {() => Promise<string | null>} parts.address
 * @param {(stage: string) => string} parts.nameOf a rule
 * @param {() => void} parts.redraw the step on view
 */
export function offerToClass(parts) {
  const { part, prose, store, time, step, stepRequest, address, nameOf } = parts;
  const notice = coverNotice(() => nameOfStep(step()));
  part("text").after(notice.element);
  offerView("generate", () => {
    const frames = store.frames(),
      frame = frames[step()];
    if (!store.here() || !frame) return null;
    return {
      text: textBefore(store, asked()),
      step: step() + 1,
      address,
      model: store.here()?.prompt.model,
      answer: nameOfStep(step()),
      turn: (by) => (time().pause(), time().go(step() + by)),
      play: () => (time().playing ? time().pause() : time().play()),
      questions: questionsOf(frame),
    };
  });
  onCover(() => {
    const was = !notice.element.hidden;
    if (!cover(step()) && was) parts.redraw(); // what was covered had no size
  });

  /** The answer of a step by the token that came, and those before it. @param {number} k */
  function nameOfStep(k) {
    const text = store.here(),
      ids = [...store.idsBefore(k).slice(-BEFORE), store.frames()[k]?.token_id];
    return `generate ${text?.prompt.model} ${k} ${ids.join(" ")}`;
  }

  /**
   * Whether there is a token after a step: of the text, or one that the server can draw.
   * @param {number} k
   */
  function goesOn(k) {
    const text = store.here(),
      frames = store.frames();
    if (k < frames.length - 1) return true;
    return text?.kind !== "score" && !OVER.includes(text?.end) && !frames[k]?.memory;
  }

  /**
   * The step whose token a class may be asked for: the one on view while it is covered, and the one
   * after it once it was shown (where nothing is covered, at the end of the text alone: that one is
   * on no screen yet). Behind the end the server draws it, as the text would go on; where a rule
   * remembers the steps before, it could not.
   */
  function asked() {
    const k = step(),
      seen = coversAnswers() ? !isCovered(nameOfStep(k)) : k === store.frames().length - 1;
    return seen && goesOn(k) ? k + 1 : k;
  }

  /**
   * Keeps from the screen what a class may be asked for; whether the step on view is covered.
   * @param {number} k
   */
  function cover(k) {
    const there = coversAnswers() && store.frames().length > 0;
    // a text that plays shows its words as they come
    if (there && time().playing) showAnswer(nameOfStep(k));
    const covered = there && isCovered(nameOfStep(k));
    notice.show(covered);
    for (const name of TELLING) part(name).classList.toggle("class-covered", covered);
    prose.cover(there ? asked() : Infinity);
    return covered;
  }

  /** @param {any} frame */
  function questionsOf(frame) {
    const next = { label: t("What comes next?"), question: nextToken };
    const found = [next];
    // the others ask for what is on view
    if (coversAnswers() && !isCovered(nameOfStep(step()))) return found;
    const cut = frame.rows.find((/** @type {any} */ row) => row.cut && row.cut !== "draw");
    if (cut) found.push({ label: t("Which rule cuts it?"), question: () => whichRule(frame, cut) });
    if (typeof frame.u === "number" && frame.strip.length > 1)
      found.push({ label: t("Where does u fall?"), question: () => whereFalls(frame) });
    return found;
  }

  function nextToken() {
    const k = asked(),
      frame = store.frames()[k];
    return {
      ...{ kind: "token", ...stepRequest(k), rules: false, known_only: true },
      ...(frame ? { drawn: frame.token_id } : {}),
      shown: { prompt: textBefore(store, k) },
    };
  }

  /** @param {any} frame @param {any} cut a token that a rule removed */
  function whichRule(frame, cut) {
    const rules = frame.stages
      .map((/** @type {any} */ stage) => stage.name)
      .filter((/** @type {string} */ name) => name !== "logits" && name !== "draw");
    return {
      kind: "choice",
      text: t("“{token}” has the probability {p} in the model. Which rule removes it?", {
        token: visible(cut.text.trim()),
        p: fixed(cut.raw, 3),
      }),
      choices: [...rules.map(nameOf), t("none of them")].slice(-12),
      truth: Math.max(0, rules.slice(-11).indexOf(cut.cut)),
    };
  }

  /** @param {any} frame */
  function whereFalls(frame) {
    const named = frame.strip.slice(0, CHOICES),
      at = named.findIndex((/** @type {any} */ one) => one.id === frame.token_id),
      others = t("another one");
    return {
      kind: "choice",
      text: t("The random number is u = {u}. On which word does it fall?", {
        u: fixed(frame.u, 3),
      }),
      choices: [
        ...named.map(
          (/** @type {any} */ one) =>
            `${visible(one.text.trim())} [${fixed(one.start, 3)}, ${fixed(one.end, 3)})`,
        ),
        others,
      ],
      truth: at < 0 ? named.length : at,
    };
  }

  return cover;
}

/**
 * The text before a step, as the model reads it.
 * @param {ReturnType<typeof import("./store.js").makeStore>} store
 * @param {number} k
 */
function textBefore(store, k) {
  const pieces = [...(store.here()?.prompt.pieces ?? []), ...store.frames().slice(0, k)];
  return pieces.map((piece) => piece.piece ?? piece.text).join("");
}
