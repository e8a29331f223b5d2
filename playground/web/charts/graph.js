// @ts-check
/**
 * States on an ellipse as wide as the place allows (letters keep their size), edges as thick as
 * their weight, a walker that moves along the edge it takes.
 */
import { calm, clip, clipEach, drawSvg, svgText, svgTitle } from "../core/dom.js";
import { plain, withoutZero } from "../core/format.js";
import { t } from "../core/translate.js";

/** @typedef {[x: number, y: number]} Point */

/** @typedef {[width: number, height: number]} Size pixels */

const WIDTH = 400, // before it is measured
  NARROWEST = 280,
  WIDE = 480,
  WIDEST = 640;
/** @param {Size} size @returns {Point} */
const middleOf = ([width, height]) => [width / 2, height / 2 + 2];
const NOTHING = 1e-12; // weights below are no edges
const MOST_WEIGHTS = 14; // more edges than this are drawn without their numbers

/**
 * The picture of so many states in so much width.
 * @param {number} width
 * @param {number} count
 * @param {number} tallest
 * @returns {Size}
 */
const sizeOf = (width, count, tallest) => [
  width,
  count <= 2 ? 190 : Math.min(tallest, Math.max(260, 0.8 * width)),
];

/** Where the states stand. @param {number} count @param {Size} size @returns {Point[]} */
function placesOf(count, size) {
  const [width, height] = size;
  if (count === 1) return [[width / 2, height / 2]];
  if (count === 2)
    return [
      [width * 0.25, 108],
      [width * 0.75, 108],
    ];
  const [x, y] = middleOf(size);
  return Array.from({ length: count }, (_, i) => {
    const angle = -Math.PI / 2 + (2 * Math.PI * i) / count;
    return [x + (width / 2 - 72) * Math.cos(angle), y + (height / 2 - 56) * Math.sin(angle)];
  });
}

/** @param {string} state */
const startIn = (state) => t("Start in {state}", { state });

/** @typedef {{d: string, tip: Point, angle: number, label: Point}} Edge */

/**
 * An edge from a state to itself, on the side away from the middle.
 * @param {Point} at
 * @param {Point | null} middle none: upwards
 * @param {number} radius
 * @returns {Edge}
 */
function loopEdge([x, y], middle, radius) {
  const outwards = middle ? Math.atan2(y - middle[1], x - middle[0]) : -Math.PI / 2,
    reach = 2.35 * radius;
  /** @param {number} turn @param {number} distance @returns {Point} */
  const from = (turn, distance) => [
    x + distance * Math.cos(outwards + turn),
    y + distance * Math.sin(outwards + turn),
  ];
  const start = from(-0.62, radius),
    end = from(0.62, radius + 7),
    first = from(-0.62, reach * 1.16),
    second = from(0.62, reach * 1.16);
  return {
    d: `M${start} C${first} ${second} ${end}`,
    tip: end,
    angle: Math.atan2(end[1] - second[1], end[0] - second[0]),
    label: from(0, reach * 0.84 + 8),
  };
}

/**
 * An edge to another state, bent so that both directions are seen.
 * @param {Point} from
 * @param {Point} to
 * @param {number} radius
 * @param {number} width
 * @returns {Edge}
 */
function bentEdge([x0, y0], [x1, y1], radius, width) {
  const dx = x1 - x0,
    dy = y1 - y0,
    length = Math.hypot(dx, dy) || 1,
    across = [-dy / length, dx / length],
    bend = Math.min(34, length * 0.16);
  const control = [(x0 + x1) / 2 + across[0] * bend, (y0 + y1) / 2 + across[1] * bend];
  /** @param {number} x @param {number} y @param {number} distance @returns {Point} */
  const towards = (x, y, distance) => {
    const far = Math.hypot(control[0] - x, control[1] - y) || 1;
    return [x + ((control[0] - x) / far) * distance, y + ((control[1] - y) / far) * distance];
  };
  const start = towards(x0, y0, radius),
    end = towards(x1, y1, radius + 7 + width * 0.5);
  return {
    d: `M${start} Q${control} ${end}`,
    tip: end,
    angle: Math.atan2(end[1] - control[1], end[0] - control[0]),
    label: [
      (start[0] + 2 * control[0] + end[0]) / 4 + across[0] * 11,
      (start[1] + 2 * control[1] + end[1]) / 4 + across[1] * 11,
    ],
  };
}

/**
 *   const graph = stateGraph(host, {label: () => t("Transition graph"), pick: (i) => ...});
 *   graph.update(names, matrix, largest weight);   graph.walk(from, to, milliseconds);
 *
 * @param {HTMLElement} host
 * @param {object} options
 * @param {() => string} options.label
 * @param {((state: number) => void) | null} options.pick null where a state is no button
 * @param {(state: string) => string} [options.said] its name as a button
 * @param {(count: number) => number} [options.tallest] pixels of the picture of so many states, at most
 */
export function stateGraph(host, { label, pick, said = startIn, tallest = () => 320 }) {
  const lines = drawSvg("g"),
    weights = drawSvg("g", { "aria-hidden": "true" }),
    nodes = drawSvg("g"),
    walker = makeWalker();
  const svg = drawSvg(
    "svg",
    { class: "graph", role: "group" },
    lines,
    weights,
    nodes,
    walker.element,
  );
  host.replaceChildren(svg);
  /** @type {Point[]} */
  let places = [];
  /** @type {Map<string, [SVGPathElement, SVGPathElement]>} line and tip of "from,to" */
  const paths = new Map();
  let radius = 27;
  let size = sizeOf(WIDTH, 3, tallest(3));
  /** @type {[names: string[], matrix: number[][], scale?: number] | null} */
  let shown = null;
  /** @type {number | null} the state that the walk stands on */
  let stands = null;

  /**
   * @param {string[]} names
   * @param {number} i
   * @param {number} j
   * @param {number} weight
   * @param {number} scale
   * @param {boolean} written
   */
  function drawEdge(names, i, j, weight, scale, written) {
    const share = Math.min(1, weight / scale),
      width = 1 + 7 * share,
      edge =
        i === j
          ? loopEdge(places[i], places.length > 2 ? middleOf(size) : null, radius)
          : bentEdge(places[i], places[j], radius, width),
      head = 4.5 + width * 0.75;
    const line = drawSvg(
      "path",
      {
        d: edge.d,
        class: "edge",
        "stroke-width": width.toFixed(2),
        fill: "none",
        "stroke-opacity": (0.35 + 0.65 * share).toFixed(2),
      },
      svgTitle(
        t("{from} to {to}: {weight}", {
          from: clip(names[i], 40),
          to: clip(names[j], 40),
          weight: plain(weight),
        }),
      ),
    );
    const tip = drawSvg("path", {
      d: `M${head},0 L${-head * 0.7},${head * 0.8} L${-head * 0.7},${-head * 0.8}Z`,
      class: "tip",
      "fill-opacity": (0.45 + 0.55 * share).toFixed(2),
      transform: `translate(${edge.tip}) rotate(${(edge.angle * 180) / Math.PI})`,
    });
    lines.append(line, tip);
    paths.set(`${i},${j}`, [line, tip]);
    if (!written) return;
    const [x, y] = edge.label;
    weights.append(
      svgText(withoutZero(plain(weight, 3)), {
        x: x.toFixed(1),
        y: (y + 4).toFixed(1),
        class: "weight",
      }),
    );
  }

  /** @param {string} name @param {string} short @param {number} i @param {boolean} crowded */
  function drawNode(name, short, i, crowded) {
    const text = svgText(short, { y: 4 });
    if (crowded) text.style.fontSize = "12px";
    const element = drawSvg(
      "g",
      {
        class: "node",
        transform: `translate(${places[i]})`,
        ...(pick ? { tabindex: 0, role: "button", "aria-label": said(clip(name, 40)) } : {}),
      },
      drawSvg("circle", { r: radius }),
      text,
      svgTitle(name),
    );
    nodes.append(element);
    if (!pick) return;
    element.addEventListener("click", () => pick(i));
    element.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation();
      pick(i);
    });
  }

  /**
   * @param {string[]} names
   * @param {number[][]} matrix row: from, column: to
   * @param {number} [scale] the weight of the thickest edge
   */
  function update(names, matrix, scale = 1) {
    const count = names.length,
      edges = matrix.flat().filter((weight) => weight > NOTHING).length;
    shown = [names, matrix, scale];
    const width = Math.max(NARROWEST, Math.min(WIDEST, host.clientWidth || WIDTH));
    size = sizeOf(width, count, tallest(count));
    svg.setAttribute("viewBox", `0 0 ${size.join(" ")}`);
    svg.style.width = `${width}px`;
    radius = count <= 2 ? 30 : count > 6 ? 23 : 27;
    places = placesOf(count, size);
    paths.clear();
    for (const layer of [lines, weights, nodes]) layer.replaceChildren();
    matrix.forEach((row, i) =>
      row.forEach((weight, j) => {
        if (weight > NOTHING) drawEdge(names, i, j, weight, scale, edges <= MOST_WEIGHTS);
      }),
    );
    // a name may stand out of its circle where there is width for it
    const longest = size[0] >= WIDE ? 12 : count > 6 ? 6 : 8,
      short = clipEach(names, longest);
    names.forEach((name, i) => drawNode(name, short[i], i, count > 6));
    svg.setAttribute(
      "aria-label",
      t("{name}: {count} states, {edges} possible transitions", { name: label(), count, edges }),
    );
  }

  /**
   * Stands on a state, having come from another (null at the start); the move takes at most so
   * long.
   * @param {number | null} from @param {number} to @param {number} milliseconds
   */
  function walk(from, to, milliseconds) {
    stands = to;
    for (const path of paths.values()) for (const one of path) one.classList.remove("on");
    [...nodes.children].forEach((node, i) => node.classList.toggle("on", i === to));
    const taken = from === null ? undefined : paths.get(`${from},${to}`);
    for (const one of taken ?? []) one.classList.add("on");
    const [x, y] = places[to],
      rest = /** @type {Point} */ ([x + radius * 0.72, y - radius * 0.72]);
    walker.go(milliseconds < 30 || calm() ? undefined : taken?.[0], rest, milliseconds);
  }

  let measured = 0;
  new ResizeObserver(() => {
    if (!shown || !host.clientWidth || host.clientWidth === measured) return;
    measured = host.clientWidth;
    update(...shown);
    if (stands !== null && stands < places.length) walk(null, stands, 0);
  }).observe(host);

  return { update, walk };
}

/** The dot that moves along an edge and rests beside a state. */
function makeWalker() {
  const element = drawSvg("circle", { r: 9, class: "walker", "aria-hidden": "true" });
  let frame = 0;
  /** @param {number} x @param {number} y */
  const stand = (x, y) => {
    element.setAttribute("cx", String(x));
    element.setAttribute("cy", String(y));
  };
  return {
    element,
    /**
     * @param {SVGPathElement | undefined} path none: at once
     * @param {Point} rest
     * @param {number} milliseconds
     */
    go(path, rest, milliseconds) {
      cancelAnimationFrame(frame);
      if (!path) return stand(...rest);
      const length = path.getTotalLength(),
        begun = performance.now();
      /** @param {number} now */
      const move = (now) => {
        const share = Math.min(1, (now - begun) / milliseconds);
        if (share >= 1) return stand(...rest);
        const at = path.getPointAtLength(length * Math.max(0, share));
        stand(at.x, at.y);
        frame = requestAnimationFrame(move);
      };
      frame = requestAnimationFrame(move);
    },
  };
}
