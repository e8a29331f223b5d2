// @ts-check
/**
 * A draft and its verdict, and the watermark's z, moved. The formulas are those of
 * playground/decoding/drafts.py and watermark.py.
 */
import { barsOf, curveOf, evenly, lineOf, named, numberOf, numbers, upTo } from "./moved_parts.js";

/** @typedef {import("./moved.js").Recipe} Recipe */

const SURE = 4; // the z from which the pages speak of a watermark

/** @param {Recipe} recipe */
export function movedVerdict({ settings, names }) {
  const p = numbers(settings.p),
    q = numbers(settings.q),
    kept = p.map((one, i) => Math.min(one, q[i])),
    rest = p.map((one, i) => Math.max(0, one - q[i])),
    total = rest.reduce((sum, one) => sum + one, 0),
    left = total > 0 ? rest.map((one) => one / total) : p,
    refused = 1 - kept.reduce((sum, one) => sum + one, 0);
  /** @type {Record<string, number[]>} */
  const laws = {
    draft: q,
    target: p,
    kept,
    left,
    written: kept.map((one, i) => one + refused * left[i]),
  };
  return barsOf(named(names, p.length), laws[settings.show ?? "target"]);
}

/** @param {Recipe} recipe */
export function movedPasses({ settings }) {
  const most = numberOf(settings.longest, 8),
    last = numberOf(settings.until, most),
    a = Number(settings.overlap);
  const brought = upTo(most).map((count) =>
    upTo(count).reduce((sum, place) => sum + a ** place, 0),
  );
  return curveOf([0, most], [0, Math.max(2, ...brought)], "drafts a pass", "tokens a pass", [
    lineOf(upTo(last), brought.slice(0, last + 1), "chosen", { dots: true }),
  ]);
}

/** @param {Recipe} recipe */
export function movedEvidence({ settings }) {
  const end = numberOf(settings.tokens, 100),
    share = numberOf(settings.green, 0.5),
    part = numberOf(settings.ratio, 0.25),
    at = evenly(0, end);
  const z = at.map((n) => (n ? ((share - part) * n) / Math.sqrt(n * part * (1 - part)) : 0));
  const lines = [lineOf([0, end], [SURE, SURE], "free", { name: "z = 4" })];
  if ((settings.show ?? "both") === "both")
    lines.push(lineOf(at, z, "escape", { name: "this text" }));
  const range = [Math.min(0, ...z), Math.max(6, ...z)];
  return curveOf([0, end], range, "tokens counted", "z", lines);
}

/** @param {Recipe} recipe */
export function movedFading({ settings }) {
  const whole = Number(settings.tokens),
    found = Number(settings.z),
    last = numberOf(settings.until, whole);
  const left = upTo(whole).map(
    (changed) => (found * (whole - changed) * (whole - changed - 1)) / (whole * (whole - 1)),
  );
  return curveOf(
    [0, whole],
    [0, Math.max(found, SURE + 1)],
    "tokens replaced",
    "z to be expected",
    [
      lineOf([0, whole], [SURE, SURE], "free", { name: "z = 4" }),
      lineOf(upTo(last), left.slice(0, last + 1), "escape", { name: "this text" }),
    ],
  );
}
