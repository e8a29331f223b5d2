// @ts-check
/**
 * The step on view: its distribution, its draw, its figures, and what other rules would have made
 * of it.
 */
import { button, clip, make, visible } from "../../core/dom.js";
import { bits, chance, fixed, whole as count } from "../../core/format.js";
import { pieces, t } from "../../core/translate.js";
import { sentenceOf } from "./rule_sentence.js";
import { makeWhole } from "./whole_sentence.js";

/** A token inside a sentence. @param {string} text */
function token(text) {
  const element = make("b", "t", "“" + visible(clip(text, 60)) + "”");
  return element;
}

/** @param {number | null} u */
const written = (u) => fixed(u, 3);

/**
 * @param {object} parts
 * @param {(name: string) => HTMLElement} parts.part
 * @param {ReturnType<typeof import("./store.js").makeStore>} parts.store
 * @param {ReturnType<typeof import("./rules.js").makeRules>} parts.rules
 * @param {ReturnType<typeof import("./columns.js").makeColumns>} parts.columns
 * @param {() => boolean} parts.differs whether the rules on view are not those that the text was written with
 * @param {() => void} parts.look shows the step under the rules on view
 */
export function makeStepView({ part, store, rules, columns, differs, look }) {
  const whole = makeWhole(
    part("sentence"),
    /** @type {HTMLButtonElement} */ (part("sentence-whole")),
  );
  const scored = () => store.here()?.kind === "score";

  /** What the same u gives under the visitor's own rules. @param {any} record @param {any} frame */
  function whatIf(record, frame) {
    const it = token(record.text),
      there = token(frame.text),
      same = record.token_id === frame.token_id;
    if (record.u === null)
      return same
        ? pieces("Under these rules the likeliest token is taken: {token}, as in the text.", {
            token: it,
          })
        : pieces("Under these rules the likeliest token is taken: {token}; the text has {other}.", {
            token: it,
            other: there,
          });
    const u = written(record.u);
    return same
      ? pieces("With the same u = {u}, {token} would have been drawn, as in the text.", {
          u,
          token: it,
        })
      : pieces("With the same u = {u}, {token} would have been drawn; the text has {other}.", {
          u,
          token: it,
          other: there,
        });
  }

  function otherRules() {
    if (!differs()) return [];
    const sentence = scored()
      ? t("A text is scored without rules.")
      : t("You see the rules that this text was written with; yours differ now.");
    return [
      make("span", "soft", sentence + " "),
      button(t("Show mine"), t("Recompute this step with the rules as they stand"), look, "plain"),
    ];
  }

  /** @param {any} record */
  function drawn(record) {
    const it = { token: token(record.text) };
    if (record.u !== null)
      return pieces("The ball at u = {u} lands on {token}", { ...it, u: written(record.u) });
    if (!record.forced) return pieces("No draw: the likeliest token, {token}", it);
    return scored()
      ? pieces("The text has {token}, not drawn", it)
      : pieces("Your choice: {token}, not drawn", it);
  }

  /** @param {any} frame */
  function figures(frame) {
    part("entropy").textContent = fixed(bits(frame.raw_entropy), 2);
    part("entropy-final").textContent = fixed(bits(frame.entropy), 2);
    part("rank").textContent = count(frame.rank);
    part("chance").textContent = chance(frame.raw_probability);
  }

  return {
    /** @param {any} frame the step of the text */
    show(frame) {
      const { whatIf: other } = store.state,
        record = other ?? frame;
      columns.show(record, {
        chosen: record.token_id,
        was: other ? frame.token_id : null,
        forced: () => (scored() ? t("in the text") : t("your choice")),
      });
      rules.show(record);
      part("sentence").replaceChildren(
        ...sentenceOf(record, { nameOf: rules.nameOf, sampled: rules.settings.do_sample }),
      );
      whole();
      figures(frame);
      if (part("whatif").contains(document.activeElement))
        part("app").focus({ preventScroll: true });
      part("whatif").replaceChildren(...(other ? whatIf(other, frame) : otherRules()));
      part("drawn").replaceChildren(...drawn(record));
    },
  };
}
