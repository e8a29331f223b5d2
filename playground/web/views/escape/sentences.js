// @ts-check
/** What the calculator says about one setting, in words: the verdict, the lid, the marble. */
import { fixed, percent, plain, raised, whole } from "../../core/format.js";
import { nt, number, t } from "../../core/translate.js";
import { closedBy } from "./law.js";

/**
 * @typedef {import("./law.js").Place} Place @typedef {import("./law.js").Law} Law @typedef {import("./law.js").Rules} Rules
 */

/**
 * @typedef {object} State what is on view
 * @property {import("../../schema.d.ts").EscapeSettings} settings
 * @property {Place} place
 * @property {Law} law
 * @property {number | null} critical T_c of top-p alone
 * @property {number} opening of the lid, under all rules
 * @property {string} word the loop's word that is drawn, or "" of a loop without words
 */

/**
 * So many digits that count; what is tiny as a power of ten.
 * @param {number} x
 * @param {number} [digits]
 */
export function counted(x, digits = 4) {
  if (!Number.isFinite(x)) return fixed(x);
  const power = x === 0 ? 0 : Math.floor(Math.log10(Math.abs(x)));
  if (power >= -4 && power < 7)
    return number(x, { maximumSignificantDigits: digits, useGrouping: false });
  const mantissa = number(x / 10 ** power, { maximumSignificantDigits: Math.min(3, digits) });
  return `${mantissa}·10^(${String(power).replace("-", "−")})`;
}

/** The same where there are no formulas: 1.2·10⁻⁵. @param {number} x @param {number} [digits] */
export const inWords = (x, digits = 4) =>
  counted(x, digits).replace(
    /\^\((−?)(\d+)\)/,
    (_, sign, power) => (sign ? "⁻" : "") + raised(power),
  );

/** "1 in 17". @param {number} chance */
export const odds = (chance) => {
  const n = 1 / chance;
  return t("1 in {n}", {
    n: !Number.isFinite(n) ? "∞" : n < 10 ? fixed(n, 1) : n < 1e6 ? whole(n) : inWords(n, 2),
  });
};

/** @param {State} state */
export function verdictOf({ settings, place, law, critical }) {
  const { barrier } = place;
  if (barrier <= 0)
    return t(
      "The barrier is **{barrier}**: the loop token is no longer the likeliest, so there is no loop to escape from. One draw leaves it with probability **{chance}**.",
      { barrier: fixed(barrier, 2), chance: inWords(law.chance) },
    );
  if (settings.temperature === 0)
    return t(
      "At **T = 0** the likeliest token is always taken: the loop is never left, whatever the other rules say.",
    );
  const said = [topPSentence(settings, critical, place.rivals), drawsSentence(law.chance)];
  return said.filter(Boolean).join(" ");
}

/** @param {any} settings @param {number | null} critical @param {number} rivals */
function topPSentence({ top_p: p, temperature, order }, critical, rivals) {
  if (order !== "transformers")
    return t(
      "With **temperature last**, top-p and min-p judge the distribution before temperature touches it: no temperature changes what they keep, so **there is no T_c**.",
    );
  if (critical === null) return "";
  if (critical === Infinity)
    return t(
      "**No temperature escapes** with top-p = {p}: the loop token holds more than {share} at every temperature, and that alone reaches top-p.",
      { p: plain(p), share: inWords(1 / (rivals + 1), 3) },
    );
  const figures = { temperature: plain(temperature), critical: fixed(critical, 3) };
  return temperature > critical
    ? t("T = {temperature} is above the nucleus escape temperature **T_c = {critical}**.", figures)
    : t(
        "T = {temperature} is at or below the nucleus escape temperature **T_c = {critical}**.",
        figures,
      );
}

/** @param {number} chance */
function drawsSentence(chance) {
  if (chance === 0) return t("One draw leaves the loop with probability **exactly 0**.");
  const half = chance < 1 ? Math.log(2) / -Math.log1p(-chance) : 0;
  return t(
    "One draw leaves the loop with probability **{chance}**: after **{draws}** draws on average, half of all runs within {half}.",
    {
      chance: inWords(chance),
      draws: Math.round(10 / chance) / 10,
      half: Math.max(1, Math.ceil(half)),
    },
  );
}

const RULES = { top_k: () => t("top-k"), top_p: () => t("top-p"), min_p: () => t("min-p") };

/** Why the lid is where it is. @param {State} state */
export function lidSentence({ settings, place, law, opening }) {
  const { top_p, min_p, top_k, temperature } = settings;
  if (place.barrier <= 0)
    return t("The way out lies lower than the loop: the marble rolls out by itself.");
  if (temperature === 0) return t("At T = 0 nothing shakes the marble: it stays where it is.");
  if (top_p >= 1 && min_p === 0 && top_k === 0)
    return t("No rule cuts, so there is **no lid**: every draw has some chance.");
  const loop = percent(law.loop);
  if (law.ways > 0)
    return nt(
      "The lid is **open**: the loop token has {loop}, and {n} way out is kept.",
      "The lid is **open**: the loop token has {loop}, and {n} ways out are kept.",
      law.ways,
      { loop },
    );
  const rules = closedBy(place, settings);
  const why =
    rules.length === 1 && rules[0] === "top_p"
      ? t(
          "The lid is **closed**: the loop token alone has {loop}, at least the {p} that top-p asks for, so nothing else is kept.",
          { loop, p: percent(top_p) },
        )
      : rules.length
        ? t("The lid is **closed** by {rules}: the loop token alone is kept.", {
            rules: rules.map((rule) => RULES[rule]()).join(", "),
          })
        : t("The lid is **closed**: together the rules keep the loop token alone.");
  if (settings.order !== "transformers" || opening === 0) return why;
  const opens =
    opening === Infinity
      ? t("No temperature opens it.")
      : t("It opens above T = {opening}.", { opening: fixed(opening, 3) });
  return `${why} ${opens}`;
}

/** The picture for a screen reader. @param {State} state */
export function marbleSentence({ place, law }) {
  if (law.chance === 0)
    return t(
      "A lid lies on the valley: the marble cannot leave. Only a hotter draw, a looser rule or a penalty lifts it.",
    );
  if (place.barrier <= 0)
    return t("The way out lies lower than the loop: the marble rolls out by itself.");
  return t("A marble in a valley: it jumps out in one of {draws} draws.", {
    draws: Math.round(1 / law.chance),
  });
}
