// @ts-check
/**
 * Many draws from one distribution against what theory expects, at up to three temperatures side by
 * side. `clear()` when another distribution comes on view: the draws of the one before are not its
 * own.
 */
import { asIs, clip, make, node, visible } from "../../core/dom.js";
import { fixed, plain, whole } from "../../core/format.js";
import { announce } from "../../core/messages.js";
import { nt, say, t } from "../../core/translate.js";

/**
 * @param {object} options
 * @param {HTMLElement} options.host
 * @param {(temperatures: number[]) => any} options.ask the server's record, or {error: a sentence}
 */
export function makeDraws({ host, ask }) {
  let asked = 0; // answers about a step that is no longer on view are dropped
  const out = make("div", "draws-out");
  const boxes = [0.5, 1, 1.5].map((value, i) =>
    node("input", {
      type: "number",
      min: 0.05,
      max: 5,
      step: "any",
      value,
      "aria-label": () => t("Temperature {number}", { number: i + 1 }),
    }),
  );
  const go = node(
    "button",
    {
      type: "button",
      title: () =>
        t("A thousand draws at each temperature from the step on view, by the rules beside it"),
    },
    () => t("Draw 1,000 times"),
  );
  go.addEventListener("click", draw);
  host.replaceChildren(
    node(
      "div",
      { class: "draws-bar" },
      go,
      node("span", { class: "small soft" }, () => t("at temperature")),
      ...boxes,
    ),
    out,
  );

  async function draw() {
    if (boxes.some((box) => !box.checkValidity() || box.value === "")) {
      announce(t("Each temperature must be in [0.05, 5]."));
      return;
    }
    go.disabled = true;
    const mine = ++asked;
    try {
      const result = await ask(boxes.map((box) => Number(box.value)));
      if (mine !== asked) return;
      if (result.error) out.replaceChildren(make("p", "problem", say(result.error)));
      else out.replaceChildren(...result.columns.map(columnOf));
    } finally {
      go.disabled = false;
    }
  }

  return {
    clear() {
      asked += 1;
      out.replaceChildren();
    },
  };
}

/** @param {any} column one temperature's rows and its test */
function columnOf(column) {
  const element = make("section", "draws-column");
  element.append(asIs(make("h2", "", `T = ${plain(column.temperature)}`)));
  const seen = column.rows.filter(
    (/** @type {any} */ row) => row.observed > 0 || row.expected >= 0.05,
  );
  const top = Math.max(
    1,
    ...seen.map((/** @type {any} */ row) => Math.max(row.expected, row.observed)),
  );
  element.append(
    ...seen.map((/** @type {any} */ row) => rowOf(row, visible(clip(row.text, 40)), top)),
    othersOf(column, seen, top),
    make("p", "draws-say", verdict(column)),
  );
  return element;
}

/** @param {any} row @param {string} name @param {number} top the longest bar's number */
function rowOf(row, name, top) {
  const line = make("div", "draws-row"),
    track = make("span", "track"),
    drawn = make("i", "final-bar"),
    mean = make("i", "draws-mean");
  drawn.style.width = 100 * Math.min(1, row.observed / top) + "%";
  mean.style.left = 100 * Math.min(1, row.expected / top) + "%";
  track.append(drawn, mean);
  line.append(
    make("span", "t", name),
    track,
    make("span", "num", whole(row.observed)),
    make("span", "num soft", fixed(row.expected, 1)),
  );
  line.title = t("drawn {count} times, expected {expected}", {
    count: whole(row.observed),
    expected: fixed(row.expected, 1),
  });
  return line;
}

/**
 * All other tokens together; those of the list that were neither drawn nor expected are among them.
 * @param {any} column
 * @param {any[]} seen
 * @param {number} top
 */
function othersOf(column, seen, top) {
  const left = column.rows.filter((/** @type {any} */ row) => !seen.includes(row));
  const others = {
    observed: column.others.observed,
    expected: left.reduce(
      (/** @type {number} */ sum, /** @type {any} */ row) => sum + row.expected,
      column.others.expected,
    ),
  };
  const count =
    column.others.count + left.filter((/** @type {any} */ row) => row.expected > 0).length;
  const line = rowOf(others, t("others"), top);
  line.firstElementChild?.removeAttribute("translate");
  line.title += ", " + nt("{n} token together", "{n} tokens together", count);
  return line;
}

/** The test in plain words. @param {any} column */
function verdict(column) {
  if (column.degrees_of_freedom === 0) return t("One token alone: nothing to test.");
  const p = column.p_value;
  const figures = nt(
    "χ² = {statistic} ({n} degree of freedom), p = {p}.",
    "χ² = {statistic} ({n} degrees of freedom), p = {p}.",
    column.degrees_of_freedom,
    { statistic: fixed(column.chi_square, 1), p: fixed(p, 3) },
  );
  if (p < 0.01)
    return t("{figures} A difference this large comes up less than once in a hundred times.", {
      figures,
    });
  return p < 0.05
    ? t("{figures} A bit unusual.", { figures })
    : t("{figures} Chance alone gives such differences.", { figures });
}
