// @ts-check
/** What the timeline says of a step, in short and for who hears the page. */
import { clip, visible } from "../../core/dom.js";
import { bits, fixed } from "../../core/format.js";
import { t } from "../../core/translate.js";

/** @param {() => any[]} frames */
export function stepWords(frames) {
  /** @param {number} k */
  const entropyAt = (k) => fixed(bits(frames()[k]?.raw_entropy), 2);
  return {
    /** @param {number} k @returns {[string, string]} */
    label: (k) => [
      t("step {step} / {length}", { step: k + 1, length: frames().length }),
      t("entropy {entropy} bits", { entropy: entropyAt(k) }),
    ],
    /** @param {number} k */
    speech: (k) =>
      t("step {step} of {length}: {token}, entropy {entropy} bits", {
        step: k + 1,
        length: frames().length,
        token: visible(clip(frames()[k]?.text ?? "", 60)),
        entropy: entropyAt(k),
      }),
  };
}
