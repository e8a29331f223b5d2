// @ts-check
/** The colour of a token in a text that is scored. */
import { bits, chance, fixed, whole } from "../../core/format.js";
import { t } from "../../core/translate.js";

/**
 * @param {any} frame
 * @param {string} by "surprisal" or "rank"
 * @returns {import("./prose.js").Shade}
 */
export function shadeOf(frame, by) {
  const title = t("surprisal {surprisal} bits, rank {rank}, P {probability}", {
    surprisal: frame.surprisal === null ? "∞" : fixed(bits(frame.surprisal), 2),
    rank: whole(frame.rank),
    probability: chance(frame.raw_probability),
  });
  if (by === "rank") {
    const level = frame.rank === 1 ? 0 : Math.min(1, Math.log10(frame.rank) / 4);
    return { colour: "var(--new)", level, title };
  }
  const level = Math.min(1, /** @type {number} */ (bits(frame.surprisal ?? 20)) / 14);
  return { colour: "var(--loop)", level, title };
}
