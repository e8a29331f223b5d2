// @ts-check
/** The price of drifting: two recorded runs that differ in β alone, and what several seeds gave. */
import { make } from "../../core/dom.js";
import { fixed, percent } from "../../core/format.js";
import { onLanguage, t } from "../../core/translate.js";
import { note, sentence } from "./parts.js";
import { curvesOf } from "./reward_curves.js";
import { meansTable, nothingSeen, signed, takeRecord, textOf } from "./reward_parts.js";

/** @typedef {import("./reward_parts.js").Seen} Seen */

const TEXTS = 4;

/** @param {{frames: any[]}} run */
const seenBy = (run) => run.frames.reduce(takeRecord, nothingSeen());

/** A section that shows a recorded run beside its `hacked` twin; hidden until both are there. */
export function makePrice() {
  const element = make("section", "reward-drift");
  /** @type {any} */
  let recorded = null;
  element.hidden = true;

  function draw() {
    element.hidden = !recorded?.hacked;
    if (element.hidden) return;
    const runs = [recorded, recorded.hacked],
      seen = runs.map(seenBy),
      betas = runs.map((run) => fixed(run.request.beta, 2));
    element.replaceChildren(
      make("h2", "", t("The price of drifting")),
      ...bothSaid(seen, betas),
      ...curvesOf(
        seen,
        recorded.request.updates,
        betas.map((beta) => t("β = {beta}", { beta })),
      ),
      meansTable([
        [t("before"), seen[0].before],
        [t("after, β = {beta}", { beta: betas[0] }), seen[0].after],
        [t("after, β = {beta}", { beta: betas[1] }), seen[1].after],
      ]),
      bothTexts(seen, betas),
      note(t("Both runs were recorded: same reward, same seeds, same number of updates.")),
    );
  }
  onLanguage(draw);
  return {
    element,
    /** @param {any} run */
    show(run) {
      recorded = run;
      draw();
    },
  };
}

/** @param {Seen[]} seen @param {string[]} betas */
function bothSaid(seen, betas) {
  const [mild, cheap] = seen.map(({ before, after }) => ({
    hit: percent(after?.hit ?? 0),
    worse: signed((after?.nats ?? 0) - (before?.nats ?? 0)),
  }));
  return [
    sentence(
      t(
        "At β = {mildBeta} **{mildHit}** of the texts earn something, and they read **{mildWorse}** nats a piece against before. At β = {cheapBeta} drifting is cheap and the reward is hacked: **{cheapHit}** earn, at **{cheapWorse}** nats. What is paid for is strewn about; that it should be a tale was never paid.",
        {
          mildBeta: betas[0],
          mildHit: mild.hit,
          mildWorse: mild.worse,
          cheapBeta: betas[1],
          cheapHit: cheap.hit,
          cheapWorse: cheap.worse,
        },
      ),
    ),
  ];
}

/** @param {Seen[]} seen @param {string[]} betas */
function bothTexts(seen, betas) {
  const both = make("div", "reward-texts");
  const sides = betas.map((beta) => t("After, β = {beta}", { beta }));
  both.append(...sides.map((side) => make("h3", "", side)));
  for (let i = 0; i < TEXTS; i++)
    both.append(...seen.map(({ after }, n) => textOf(after?.texts[i], sides[n])));
  return both;
}

/**
 * What several seeds gave with the settings that this part begins with.
 * @param {{settings: {beta: number, updates: number}, seeds: number[], hit: [number, number][], nats: [number, number],
 *   seconds: [number, number]} | null | undefined} measured
 */
export function measuredNote(measured) {
  if (!measured) return [];
  const { seeds, hit, nats, seconds } = measured;
  return [
    note(
      t(
        "Over {n} seeds, mean ± standard error: {first} of the texts earned something before, {last} ± {lastError} after; they read {worse} ± {worseError} nats a piece against before; training took {seconds} seconds of one core.",
        {
          n: seeds.length,
          first: percent(hit[0][0]),
          last: percent(hit[1][0]),
          lastError: percent(hit[1][1]),
          worse: signed(nats[0]),
          worseError: fixed(nats[1], 2),
          seconds: fixed(seconds[0], 0),
        },
      ),
    ),
  ];
}
