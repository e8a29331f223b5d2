// @ts-check
/**
 * The lines of the Escape page's plots, from the law: temperatures, chances, and T_c against each
 * setting.
 */
import { criticalOf, lawOf, loopShare, openingOf, ownPlace, penalisedBarrier } from "./law.js";

/** @typedef {import("./law.js").Place} Place @typedef {import("./law.js").Rules} Rules */

const POINTS = 160,
  ENDS = [2, 4, 10]; // of the temperature axis: it must not move under a finger that drags
const OFF = { top_p: 1, min_p: 0, top_k: 0 };

/** @param {number} low @param {number} high @param {number} count */
const evenly = (low, high, count) =>
  Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1));

/** @param {number} temperature @param {number | null} critical */
function endOf(temperature, critical) {
  const near = critical !== null && critical < 8 ? 1.2 * critical : 0;
  return ENDS.find((end) => end >= Math.max(temperature, near)) ?? 10;
}

/**
 * The drop to 0 stands where it is, not between two points.
 * @param {number} end
 * @param {(number | null)[]} borders
 */
function gridOf(end, borders) {
  const exact = borders.flatMap((one) =>
    one !== null && one > 0 && one < end ? [one * (1 - 1e-9), one * (1 + 1e-9)] : [],
  );
  return [...evenly(0, end, POINTS), ...exact].sort((a, b) => a - b);
}

/** e^(−ΔE/T), at most 1. @param {number} barrier @param {number} temperature */
export function arrhenius(barrier, temperature) {
  if (temperature === 0) return barrier > 0 ? 0 : 1;
  return Math.min(1, Math.exp(-barrier / temperature));
}

/**
 * Everything about a place that does not depend on the temperature that is set.
 * @param {Place} place @param {Rules} rules the temperature chooses the axis alone
 */
export function curvesOf(place, rules) {
  const critical = criticalOf(place, rules),
    opening = openingOf(place, rules),
    end = endOf(rules.temperature, critical),
    temperatures = gridOf(end, [critical, opening]),
    two = ownPlace(place.barrier, 1);
  /** @param {Place} from @param {Partial<Rules>} change */
  const along = (from, change) =>
    temperatures.map(
      (temperature) => lawOf(from, { ...rules, ...OFF, ...change, temperature }).chance,
    );
  /** @type {Record<string, number[]>} */
  const lines = {
    arrhenius: temperatures.map((temperature) => arrhenius(place.barrier, temperature)),
    two_state: along(two, {}),
    exact: along(place, {}),
  };
  for (const rule of /** @type {const} */ (["top_p", "min_p", "top_k"]))
    if (rules[rule] !== OFF[rule]) lines[rule] = along(place, { [rule]: rules[rule] });
  const rulesOn = Object.keys(lines).length - 3;
  if (rulesOn > 1) lines.all = along(place, rules);
  const highest = Math.max(
    ...Object.entries(lines).flatMap(([name, line]) => (name === "arrhenius" ? [] : line)),
  );
  return {
    critical,
    opening,
    end,
    temperatures,
    lines,
    top: Math.min(1, 1.08 * Math.max(highest, 0.02)),
  };
}

/**
 * T_c against top-p: the nucleus holds the loop token alone where P(loop) reaches p, so p is read
 * off at each T_c.
 * @param {Place} place
 */
export function byTopP(place) {
  const pole = 1 / (place.rivals + 1);
  if (place.barrier <= 0) return { x: [], y: [], pole, top: 1 };
  const temperatures = [...evenly(0.01, 4, 240), ...evenly(4.1, 12, 80)],
    points = temperatures
      .map((temperature) => /** @type {const} */ ([loopShare(place, temperature), temperature]))
      .filter(([p]) => p < 0.9999)
      .reverse();
  const near = points.filter(([p]) => p > pole + (1 - pole) * 0.2).map(([, t]) => t);
  return {
    x: points.map(([p]) => p),
    y: points.map(([, t]) => t),
    pole,
    top: Math.max(0.5, 1.2 * Math.max(...near, 0)),
  };
}

/** T_c of N equal rivals against the barrier. @param {any} settings */
export function byBarrier(settings) {
  const x = evenly(0, Math.max(6, 1.5 * settings.delta_e), 60);
  const y = x.map((barrier) => {
    const found = criticalOf(ownPlace(barrier, settings.rivals), settings);
    return found !== null && Number.isFinite(found) ? found : null;
  });
  return { x, y };
}

/** The barrier at each visit, under each penalty alone. @param {any} settings */
export function byVisit(settings) {
  const visits = Array.from({ length: Math.max(12, settings.visits + 2) }, (_, i) => i);
  /** @param {any} change */
  const left = (change) =>
    visits.map((each) => penalisedBarrier({ ...settings, ...change, visits: each }));
  return {
    visits,
    repetition: left({ frequency_penalty: 0 }),
    frequency: left({ repetition_penalty: 1 }),
  };
}
