// @ts-check
/** What the reward's part draws from the records of a run. */
import { make } from "../../core/dom.js";
import { fixed, NOTHING, percent } from "../../core/format.js";
import { t } from "../../core/translate.js";
import { foldout, note, sentence, tableOf } from "./parts.js";

/**
 * @typedef {{given: string, text: string, reward: number, nats?: number}} Text
 * @typedef {{texts: Text[], of: number, reward: number, hit: number, nats: number, nats_error: number, distinct: number}} Means
 * @typedef {{n: number, reward: number, hit: number, nats: number | null, drift: number, seconds: number, worked: number}} Update
 * @typedef {{given: string, pieces: string[], steps: number[], values: number[], errors: number[], credits: number[]}} Credit
 * @typedef {{before: Means | null, updates: Update[], after: Means | null, credit: Credit | null, seconds: number | null, worked: number, now: Text[] | null}} Seen
 *   now: of the newest update, while it trains
 */

/** @returns {Seen} */
export const nothingSeen = () => ({
  before: null,
  updates: [],
  after: null,
  credit: null,
  seconds: null,
  worked: 0,
  now: null,
});

/**
 * What is known of a run after one more record of it.
 * @param {Seen} seen
 * @param {any} record
 * @returns {Seen}
 */
export function takeRecord(seen, record) {
  if (record.before) return { ...nothingSeen(), before: record.before };
  const after = { ...seen };
  if (record.update) after.updates = [...seen.updates, record.update];
  if (record.texts_now) after.now = record.texts_now;
  if (record.after) after.after = record.after;
  if (record.credit)
    Object.assign(after, {
      credit: record.credit,
      seconds: record.seconds,
      worked: record.worked ?? record.seconds,
    });
  return after;
}

const SEEN = 4; // pairs of texts on view at first
const CHEAP = 0.1; // below this price the words drift far in one run
const NEARLY_ALL = 0.9; // where so many earn something before, how much they earn says more
const WAITED = 1.25; // by the clock ÷ at work: above it somebody else was served first
/** With its sign. @param {number} x @param {number} [digits] */
export const signed = (x, digits = 2) => (x >= 0 ? "+" : "") + fixed(x, digits);

/** What the price trades, at this price. @param {number} beta */
export const hacked = (beta) =>
  beta < CHEAP
    ? t(
        "β is what drifting from the first network costs, and here drifting is cheap: at β = 0.05 the reward is hacked. What is paid for is strewn about, and the texts read worse. Train it so and compare the nats.",
      )
    : t(
        "β is what drifting from the first network costs. The higher it is, the more the texts read as before, and the less is earned.",
      );

/** How long an update takes now, and whether others take the time. @param {Update[]} updates */
function pace(updates) {
  const last = updates.at(-1),
    from = updates.at(-4) ?? updates[0];
  if (!last || last === from) return [];
  const count = last.n - from.n,
    seconds = (last.seconds - from.seconds) / count,
    worked = (last.worked - from.worked) / count,
    figures = { seconds: fixed(seconds, 1), worked: fixed(worked, 1) };
  return [
    note(
      seconds > WAITED * worked
        ? t(
            "An update takes {seconds} seconds, and is at work in {worked} of them: others are at work on this machine and are served first.",
            figures,
          )
        : t("An update takes {seconds} seconds.", figures),
    ),
  ];
}

/** How long the training took. @param {number} seconds @param {number} worked */
const duration = (seconds, worked) =>
  seconds > WAITED * worked
    ? t(
        "Training took {worked} seconds of one core, {seconds} by the clock: others on that machine were served first.",
        { seconds: fixed(seconds, 0), worked: fixed(worked, 0) },
      )
    : t("Training took {worked} seconds of one core.", { worked: fixed(worked, 0) });

/** @param {Seen} seen */
export function verdict({ before, after, updates, seconds, worked }) {
  if (!before) return [];
  if (!after)
    return [
      sentence(
        t("Update **{n}**: the mean reward of 32 texts is **{reward}**; before it was {before}.", {
          n: updates.length,
          reward: fixed(updates.at(-1)?.reward ?? before.reward, 2),
          before: fixed(before.reward, 2),
        }),
      ),
      ...pace(updates),
    ];
  const figures = {
    of: after.of,
    n: updates.length,
    first: percent(before.hit),
    last: percent(after.hit),
    low: fixed(before.nats, 2),
    high: fixed(after.nats, 2),
    poor: fixed(before.reward, 2),
    rich: fixed(after.reward, 2),
  };
  return [
    sentence(
      before.hit > NEARLY_ALL
        ? t(
            "On the same seeds {of} texts earned **{poor}** each before and **{rich}** after {n} updates. How they read, in nats a piece under fairy-causal: **{low}** before, **{high}** after; lower reads better.",
            figures,
          )
        : t(
            "On the same seeds **{first}** of {of} texts earned something before and **{last}** after {n} updates. How they read, in nats a piece under fairy-causal: **{low}** before, **{high}** after; lower reads better.",
            figures,
          ),
    ),
    ...(seconds === null ? [] : [note(duration(seconds, worked))]),
  ];
}

/** @param {Seen} seen */
export const tableOfBoth = ({ before, after }) =>
  meansTable([
    [t("before"), before],
    [t("after"), after],
  ]);

/** @param {[name: string, means: Means | null][]} rows */
export function meansTable(rows) {
  return tableOf(
    ["", t("mean reward"), t("texts that earn"), t("causal nats a piece"), t("different words")],
    rows.map(([name, means]) =>
      means
        ? [
            name,
            fixed(means.reward, 3),
            percent(means.hit),
            `${fixed(means.nats, 2)} ± ${fixed(means.nats_error, 2)}`,
            percent(means.distinct),
          ]
        : [name, NOTHING, NOTHING, NOTHING, NOTHING],
    ),
  );
}

/**
 * @param {Text | undefined} one
 * @param {string} side which column it is of: where there is only one, it stands before the text
 */
export function textOf(one, side) {
  const line = make("p", one && one.reward > 0 ? "paid" : "unpaid", one ? "" : NOTHING);
  line.dataset.side = side;
  if (!one) return line;
  const given = make("span", "compare-prompt", one.given),
    words = make("span", "", ` ${one.text} `);
  given.translate = words.translate = false;
  const figures = { reward: fixed(one.reward, 2), nats: fixed(one.nats, 1) };
  line.append(
    given,
    words,
    make(
      "small",
      "",
      one.nats === undefined
        ? t("reward {reward}", figures)
        : t("reward {reward}, {nats} nats", figures),
    ),
  );
  return line;
}

/**
 * Texts before and after side by side; while it trains, the newest update's stand in the place of
 * those after.
 * @param {Seen} seen @param {boolean} more all are on view @param {(open: boolean) => void} onMore
 */
export function textsOf({ before, after, now, updates }, more, onMore) {
  if (!before) return [];
  const others = after?.texts ?? now ?? [],
    first = t("Before"),
    second =
      after || !now
        ? t("After, same seeds")
        : t("Now, update {n} (other seeds)", { n: updates.length }),
    pairs = before.texts.map((one, i) => [textOf(one, first), textOf(others[i], second)]),
    both = make("div", "reward-texts"),
    rest = make("div", "reward-texts");
  both.append(make("h2", "", first), make("h2", "", second), ...pairs.slice(0, SEEN).flat());
  if (!after || pairs.length <= SEEN) return [both];
  rest.append(...pairs.slice(SEEN).flat());
  const all = /** @type {HTMLDetailsElement} */ (
    foldout(t("{n} more of them", { n: pairs.length - SEEN }), rest)
  );
  /** @type {HTMLElement} */ (all.firstElementChild).title = `${first}; ${second}`;
  all.open = more;
  all.addEventListener("toggle", () => onMore(all.open));
  return [both, all];
}

/** @param {Seen} seen */
export function creditOf({ credit }) {
  if (!credit) return [];
  const canvas = make("p", "reward-canvas"),
    given = make("span", "compare-prompt", credit.given),
    most = Math.max(...credit.credits.map(Math.abs), 1e-9),
    { values } = credit,
    end = values[values.length - 1];
  canvas.translate = given.translate = false;
  canvas.append(given);
  credit.pieces.forEach((piece, i) => {
    const step = credit.steps[i],
      gain = credit.credits[step],
      part = make("span", gain < 0 ? "lost" : "", piece);
    part.dataset.step = String(step + 1);
    part.style.setProperty("--gain", String(Math.abs(gain) / most));
    part.title = t("step {step}: {credit}", { step: step + 1, credit: signed(gain) });
    part.append(make("sup", "", String(step + 1)));
    canvas.append(part);
  });
  const rows = credit.credits.map((gain, k) => [
    t("step {n}", { n: k + 1 }),
    `${fixed(values[k], 2)} ± ${fixed(credit.errors[k], 2)}`,
    fixed(values[k + 1], 2),
    signed(gain),
  ]);
  return [
    make("h2", "", t("Which step earned it")),
    sentence(
      t(
        "Each step’s credit is what it changed in the reward to be expected, V. The credits add up to R − V(s₀) = {reward} − {start} = **{sum}**.",
        { reward: fixed(end, 2), start: fixed(values[0], 2), sum: signed(end - values[0]) },
      ),
    ),
    canvas,
    tableOf(["", t("V before it"), t("V after it"), t("credit")], rows),
    note(
      t(
        "V is estimated: the mean reward of 24 continuations of the canvas, with its standard error. The small numbers say at which step a piece was revealed; green earned, red lost.",
      ),
    ),
  ];
}

export const notes = () => [
  note(
    t(
      "TraceRL in miniature: 24 hidden places behind four given pieces are filled in 6 steps of 4, and a copy of the last block and the head of fairy-diffusion learns from which pieces were drawn at which step. Pieces of texts above the mean reward become likelier, with each ratio clipped at 1 ± 0.2, and β·KL is the price of drifting from the first network. Nobody else’s texts change, and what was learnt is gone with this page.",
    ),
  ),
];
