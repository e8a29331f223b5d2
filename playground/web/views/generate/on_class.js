// @ts-check
/** What Generate tells a class that follows it, and the questions that fit the step on view. */
import { offerView } from "../../core/on_view.js";
import { fixed } from "../../core/format.js";
import { visible } from "../../core/dom.js";
import { t } from "../../core/translate.js";

const CHOICES = 5; // tiles that u may fall on, by name
const OVER = ["end_of_text", "stop_string", "context"]; // ends of a text after which nothing comes

/**
 * @param {object} parts
 * @param {ReturnType<typeof import("./store.js").makeStore>} parts.store
 * @param {() => number} parts.step
 * @param {(k: number) => any} parts.stepRequest
 * @param {() => Promise<string | null>} parts.address
 * @param {(stage: string) => string} parts.nameOf a rule
 */
export function offerToClass({ store, step, stepRequest, address, nameOf }) {
  offerView("generate", () => {
    const frames = store.frames(),
      frame = frames[step()];
    if (!store.here() || !frame) return null;
    return {
      text: textBefore(store, asked()),
      step: step() + 1,
      address,
      model: store.here()?.prompt.model,
      questions: questionsOf(frame),
    };
  });

  /**
   * The step whose token a class may be asked for: the one on view, and at the end of the text the one after it, which is on no screen
   * yet. The server draws that one, as the text would go on; where a rule remembers the steps before, it could not.
   */
  function asked() {
    const k = step(),
      last = k === store.frames().length - 1,
      text = store.here();
    const over = text?.kind === "score" || OVER.includes(text?.end);
    return last && !over && !store.frames()[k].memory ? k + 1 : k;
  }

  /** @param {any} frame */
  function questionsOf(frame) {
    const next = { label: t("What comes next?"), question: nextToken };
    const found = [next];
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
}

/** The text before a step, as the model reads it. @param {ReturnType<typeof import("./store.js").makeStore>} store @param {number} k */
function textBefore(store, k) {
  const pieces = [...(store.here()?.prompt.pieces ?? []), ...store.frames().slice(0, k)];
  return pieces.map((piece) => piece.piece ?? piece.text).join("");
}
