// @ts-check
/** A path through states as lanes: one lane a state, a box where the path is. */
import { clip, drawSvg, make } from "../core/dom.js";
import { nt, t } from "../core/translate.js";

/** Pixels of a lane. @param {number} count of lanes */
const laneOf = (count) => (count > 4 ? 16 : 18);
const TOP = 12; // for the brackets of a cycle
const STEP = 8;

/** The names at the left. @param {string[]} names @param {number} length */
function sides(names, length) {
  const side = make("div", "lanenames");
  side.style.setProperty("--lane", `${laneOf(names.length)}px`);
  side.append(
    ...names.map((name) => {
      const span = make("span", "", clip(name, length));
      span.title = name;
      return span;
    }),
  );
  return side;
}

/** @param {number} width @param {number} count of lanes @param {string} label */
function picture(width, count, label) {
  const lane = laneOf(count),
    height = lane * count + TOP;
  const svg = drawSvg("svg", {
    viewBox: `0 0 ${width} ${height}`,
    preserveAspectRatio: "none",
    class: "lanes",
    role: "img",
    style: `height:${height}px`,
    "aria-label": label,
  });
  for (let i = 1; i <= count; i++) {
    const y = TOP + lane * i - 1;
    svg.append(drawSvg("line", { x1: 0, x2: width, y1: y, y2: y, class: "laneline" }));
  }
  return svg;
}

/**
 * The last steps of a path in discrete time; a cycle is bracketed above its steps.
 *
 * @param {HTMLElement} host
 * @param {string[]} names
 * @param {number[]} path a state a step
 * @param {number} at the step on view
 * @param {{start: number, period: number} | null} cycle
 */
export function stepLanes(host, names, path, at, cycle) {
  const shown = 80,
    lane = laneOf(names.length),
    from = Math.max(0, Math.min(at - shown + 1, path.length - shown)),
    label = t("Steps {first} to {last}; now {state}", {
      first: from,
      last: at,
      state: clip(names[path[at]], 40),
    });
  /** @param {number} step @param {number} state */
  const box = (step, state) =>
    `M${(step - from) * STEP + 0.5} ${TOP + lane * state + 3}h7v${lane - 6}h-7z`;
  let past = "",
    loop = "";
  for (let i = from; i < Math.min(at, from + shown); i++) past += box(i, path[i]);
  if (cycle?.period)
    for (let i = cycle.start; i <= at; i += cycle.period) {
      const begin = Math.max(i, from),
        end = Math.min(i + cycle.period, at + 1, from + shown);
      if (end > begin) loop += `M${(begin - from) * STEP + 1} 9V3H${(end - from) * STEP - 1.5}V9`;
    }
  const svg = picture(STEP * shown, names.length, label);
  svg.append(
    drawSvg("path", { class: "loopmark", d: loop }),
    drawSvg("path", { class: "past", d: past }),
    drawSvg("path", { class: "present", d: at < path.length ? box(at, path[at]) : "" }),
  );
  host.replaceChildren(sides(names, 9), svg);
}

/**
 * A path in continuous time, with a cursor.
 *
 * @param {HTMLElement} host
 * @param {string[]} names
 * @param {[time: number, state: number][]} jumps when the path arrives where
 * @param {number} last the time at the right edge
 * @returns {{move: (share: number) => void}}
 */
export function timeLanes(host, names, jumps, last) {
  const width = 1000,
    lane = laneOf(names.length),
    label = nt(
      "One run: {n} jump until t = {last}",
      "One run: {n} jumps until t = {last}",
      jumps.length - 1,
      { last },
    );
  const svg = picture(width, names.length, label);
  jumps.forEach(([from, state], i) => {
    const to = Math.min(last, jumps[i + 1]?.[0] ?? last);
    if (to > from)
      svg.append(
        drawSvg("rect", {
          x: (width * from) / last,
          width: Math.max(1, (width * (to - from)) / last - 1),
          y: TOP + lane * state + 3,
          height: lane - 6,
          class: "past",
        }),
      );
  });
  const cursor = drawSvg("line", {
    x1: 0,
    x2: 0,
    y1: 4,
    y2: lane * names.length + TOP,
    class: "cursor",
    "vector-effect": "non-scaling-stroke",
  });
  svg.append(cursor);
  host.replaceChildren(sides(names, 10), svg);
  return {
    move(share) {
      cursor.setAttribute("x1", String(width * share));
      cursor.setAttribute("x2", String(width * share));
    },
  };
}
