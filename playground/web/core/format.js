// @ts-check
/**
 * Numbers as people read them, in the form of the visitor's language. What goes into an address, a
 * style or a drawing's coordinates is no such number: that is written with `String` or `toFixed`.
 */
import { locale } from "./translate.js";

/** @type {Map<string, Intl.NumberFormat>} */
const formats = new Map();

/**
 * What is rounded to nothing has no sign.
 * @param {number} x
 * @param {Intl.NumberFormatOptions} options
 */
function inLanguage(x, options) {
  const key = locale() + JSON.stringify(options);
  let format = formats.get(key);
  if (!format)
    formats.set(
      key,
      (format = new Intl.NumberFormat(locale(), { signDisplay: "negative", ...options })),
    );
  return format.format(x);
}

/** What stands where there is no number. */
export const NOTHING = "–";

const LN2 = Math.log(2);

/** Nats as bits; null stays null. @param {number | null | undefined} nats */
export const bits = (nats) => (nats === null || nats === undefined ? null : nats / LN2);

/**
 * Perplexity of frames: Infinity where the model holds one of their tokens impossible (its
 * surprisal has no number).
 * @param {{surprisal?: number | null}[]} frames nats
 */
export function perplexityOf(frames) {
  let sum = 0;
  for (const { surprisal } of frames) {
    if (surprisal === null || surprisal === undefined) return Infinity;
    sum += surprisal;
  }
  return Math.exp(sum / Math.max(1, frames.length));
}

/** A whole number, its thousands grouped. @param {number | string} n */
export const whole = (n) => inLanguage(Number(n), { maximumFractionDigits: 0 });

/**
 * A number with a fixed count of decimals: "0.304"; "∞" where it is infinite, "–" where there is
 * none.
 * @param {number | null | undefined} x @param {number} [digits]
 */
export function fixed(x, digits = 3) {
  if (x === null || x === undefined) return NOTHING;
  if (!Number.isFinite(x)) return x < 0 ? "−∞" : "∞";
  return inLanguage(x, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    useGrouping: false,
  });
}

/**
 * A number as short as it is, with at most so many decimals: "0.6", "12".
 * @param {number | string} x
 * @param {number} [digits]
 */
export const plain = (x, digits = 4) =>
  inLanguage(Number(x), { maximumFractionDigits: digits, useGrouping: false });

/**
 * The same without the zero before the point, for cells without space: ".304".
 * @param {string} text
 */
export const withoutZero = (text) => text.replace(/^0(?=\D)/, "");

/** How many decimals a number has that goes in such steps, at most six. @param {number} step */
export const decimalsOf = (step) =>
  Math.min(6, Math.max(0, Math.ceil(-Math.log10(step || 1) - 1e-9)));

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** Digits as an exponent: ¹². @param {string} digits */
export const raised = (digits) => [...digits].map((digit) => RAISED[Number(digit)]).join("");

/**
 * Four decimals; a small one keeps its leading digits: 1.23·10⁻⁵.
 * @param {number | null | undefined} x
 */
export function small(x) {
  if (x === null || x === undefined) return NOTHING;
  if (x === 0 || Math.abs(x) >= 0.001) return fixed(x, 4);
  const [digits, power] = x.toExponential(2).split("e-");
  return `${fixed(Number(digits), 2)}·10⁻${raised(power)}`;
}

/** @param {number} p */
const power = (p) => p.toExponential(0).replace("e-", "e−");

/**
 * A probability with three decimals, or in scientific notation where three decimals would say 0 or
 * 1 and be wrong.
 * @param {number | null | undefined} p
 */
export function chance(p) {
  if (p === null || p === undefined) return NOTHING;
  if (p === 0 || p === 1) return String(p);
  if (p < 0.0005) return power(p);
  if (p > 0.9995) return "1−" + power(1 - p);
  return fixed(p, 3);
}

/**
 * A share in per cent with one decimal; what would be rounded to nothing or to all says so.
 * @param {number} p
 */
export function percent(p) {
  /** @param {number} share @param {number} digits */
  const written = (share, digits) =>
    inLanguage(share, {
      style: "percent",
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
  if (p === 0) return written(0, 0);
  if (p < 0.0005) return "<" + written(0.0005, 2);
  if (p < 1 && p > 0.9995) return ">" + written(0.9995, 2);
  return written(p, 1);
}

/**
 * A number that somebody typed: "0.5", "0,5", ".5" and "1/3"; null where it is none.
 * @param {string} text
 */
export function parseNumber(text) {
  const found = String(text)
    .trim()
    .replace(",", ".")
    .match(/^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(?:\s*\/\s*(\d+\.?\d*))?$/i);
  if (!found) return null;
  const value = Number(found[1]) / (found[2] === undefined ? 1 : Number(found[2]));
  return Number.isFinite(value) ? value : null;
}
