// @ts-check
/** Curves of the Escape page and of network calls, moved. */
import { criticalOf, lawOf, ownPlace, penalisedBarrier } from "../escape/law.js";
import { curveOf, evenly, lineOf, numberOf, upTo } from "./moved_parts.js";

/** @typedef {import("./moved.js").Recipe} Recipe */

/** @type {Omit<import("../escape/law.js").Rules, "temperature">} */
const FREE = { top_p: 1, min_p: 0, top_k: 0, order: "transformers" };

/** @param {Recipe} recipe */
export function movedEscape({ settings }) {
  const high = numberOf(settings.high, 5),
    top_p = numberOf(settings.top_p, 1),
    place = ownPlace(Number(settings.delta_e), numberOf(settings.rivals, 1)),
    hot = evenly(0.02, high);
  const free = hot.map((temperature) => lawOf(place, { ...FREE, temperature }).chance);
  const rules = settings.temperature
    ? [
        {
          x: Number(settings.temperature),
          label: ["T = {value}", { value: Number(settings.temperature) }],
        },
      ]
    : [];
  /** @param {any[]} lines @param {any} [shade] */
  const drawn = (lines, shade) =>
    curveOf(
      [0, high],
      [0, Math.max(...free)],
      "temperature T",
      "chance that one draw leaves",
      lines,
      rules,
      shade,
    );
  if (top_p >= 1) return drawn([lineOf(hot, free, "escape")]);
  const closed = criticalOf(place, { ...FREE, temperature: 1, top_p }) ?? 0,
    shut = Math.min(closed, high);
  if (Number.isFinite(closed) && closed < high)
    rules.push({
      x: closed,
      label: ["opens at T = {value}", { value: Number(closed.toFixed(3)) }],
    });
  return drawn(
    [
      lineOf(hot, free, "free", { name: "without top-p" }),
      lineOf([0, shut], [0, 0], "escape"),
      lineOf(
        hot,
        free.map((chance, i) => (hot[i] > closed ? chance : null)),
        "escape",
        { name: "with top-p" },
      ),
    ],
    { to: shut, label: "closed: exactly 0" },
  );
}

/** @param {Recipe} recipe */
export function movedBarrier({ settings }) {
  const longest = numberOf(settings.visits, 6),
    last = numberOf(settings.until, longest);
  const left = upTo(longest).map((visits) =>
    penalisedBarrier({
      loop_logit: Number(settings.logit),
      delta_e: Number(settings.delta_e),
      visits,
      repetition_penalty: numberOf(settings.repetition_penalty, 1),
      frequency_penalty: numberOf(settings.frequency_penalty, 0),
    }),
  );
  return curveOf(
    [0, longest],
    [Math.min(0, ...left), Math.max(...left)],
    "visits of the loop token",
    "barrier ΔE",
    [lineOf(upTo(last), left.slice(0, last + 1), "loop", { dots: true })],
  );
}

/** @param {Recipe} recipe */
export function movedInside({ settings }) {
  const longest = Number(settings.draws),
    last = numberOf(settings.until, longest),
    stays = 1 - Number(settings.chance);
  return curveOf([0, longest], [0, 1], "draws", "chance of having stayed", [
    lineOf(
      upTo(last),
      upTo(last).map((k) => stays ** k),
      "loop",
      { dots: longest <= 40 },
    ),
  ]);
}

/** @param {Recipe} recipe */
export function movedCalls({ settings }) {
  const end = numberOf(settings.longest, 200),
    one = Number(settings.token_ms) / 1000,
    all = (Number(settings.steps) * Number(settings.step_ms)) / 1000,
    lines = [lineOf([0, end], [0, one * end], "final", { name: "left to right" })],
    rules = [];
  if ((settings.show ?? "both") === "both") {
    lines.push(lineOf([0, end], [all, all], "chosen", { name: "at once" }));
    if (all / one <= end)
      rules.push({ x: all / one, label: ["{count} tokens", { count: Math.round(all / one) }] });
  }
  return curveOf([0, end], [0, Math.max(one * end, all)], "tokens", "seconds", lines, rules);
}
