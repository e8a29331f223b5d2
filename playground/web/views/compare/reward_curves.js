// @ts-check
/**
 * The two curves of a training: what its texts earn and how they read, for one run or several over
 * each other.
 */
import { lineChart } from "../../charts/line.js";
import { make } from "../../core/dom.js";
import { fixed } from "../../core/format.js";
import { t } from "../../core/translate.js";

/**
 * @typedef {import("./reward_parts.js").Seen} Seen
 * @typedef {{values: number[], name?: string}} Series
 */

const COLOURS = ["var(--chosen)", "var(--loop)"],
  JUDGED = 3; // every so many updates the judge reads the texts

/**
 * @param {Seen[]} seen runs that began alike @param {number} total updates that were asked for: the width @param {string[]} names of
 *   the runs, none for a single one
 */
export function curvesOf(seen, total, names = []) {
  const first = seen[0].before;
  if (!first || !seen.some(({ updates }) => updates.length)) return [];
  const pair = make("div", "compare-pair"),
    rewards = seen.map(({ updates }, i) => ({
      values: [first.reward, ...updates.map((one) => one.reward)],
      name: names[i],
    })),
    nats = seen.map(({ updates }, i) => ({
      values: [first.nats, ...updates.flatMap(({ nats }) => (nats === null ? [] : [nats]))],
      name: names[i],
    }));
  pair.append(
    curve(t("Mean reward of each update’s texts"), rewards, [0, 1], total + 1),
    curve(
      t("How they read (causal nats a piece, lower reads better)"),
      nats,
      [4, 6],
      Math.ceil(total / JUDGED) + 1,
    ),
  );
  return [pair];
}

/**
 * @param {string} title
 * @param {Series[]} series
 * @param {[number, number]} range at least
 * @param {number} width points
 */
function curve(title, series, range, width) {
  const host = make("figure", "reward-chart"),
    caption = make("figcaption", "", title),
    place = make("div", "reward-plot"),
    all = series.flatMap(({ values }) => values),
    start = series[0].values[0],
    low = Math.min(range[0], ...all),
    high = Math.max(range[1], ...all),
    said = series.map(({ values, name }) => {
      const figures = { first: fixed(start, 2), last: fixed(values[values.length - 1], 2) };
      return name ? `${name}: ${figures.last}` : t("before {first}, now {last}", figures);
    });
  said.forEach((text, i) => {
    const key = make("span", series.length > 1 ? "reward-key num" : "reward-range num", text);
    key.style.setProperty("--key", COLOURS[i]);
    caption.append(" ", key);
  });
  lineChart(
    place,
    series.map(({ values }, i) => ({
      values: [...values, ...Array(Math.max(0, width - values.length)).fill(null)],
      colour: COLOURS[i],
      dash: i ? "5 3" : undefined,
    })),
    { height: 110, guides: [start], low, high, label: `${title}: ${said.join(", ")}` },
  );
  place.append(
    make("span", "reward-high num", fixed(high, 1)),
    make("span", "reward-low num", fixed(low, 1)),
  );
  host.append(caption, place);
  return host;
}
