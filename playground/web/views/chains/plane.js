// @ts-check
/**
 * A map of the plane h <- h + g(h): basins as ground, fixed points by their kind, the orbit step by
 * step. A click puts the start there. Kinds differ in shape: attracting a filled disc, repelling
 * a ring, saddle a cross, neutral a diamond.
 */
import { latest } from "../../core/ask.js";
import { choices, clone, drawSvg, make, node, svgTitle } from "../../core/dom.js";
import { fixed, NOTHING, plain, small } from "../../core/format.js";
import { colourOf } from "../../core/look.js";
import { nt, say, t } from "../../core/translate.js";
import { chainTransport } from "./page.js";

/** @typedef {{world: string, values: Record<string, number>, start: [number, number]}} Plane */

const GROUND = ["--final", "--settled", "--new", "--remasked", "--escape"];
const SIZE = 400; // of the drawing
const UNTINTED = -2,
  GONE = -1; // labels of starts that have not settled, and of those that run away

export class PlaneMap {
  /** @type {any} */
  land = null;
  /** @type {any} */
  orbit = null;

  /**
   * @param {ReturnType<typeof import("../../core/dom.js").partsOf>} parts
   * @param {object} given
   * @param {Record<string, Record<string, [name: string, low: number, high: number, step: number, start: number]>>} given.sliders by map
   * @param {() => Plane} given.plane the part of the draft; it is written to
   * @param {Record<string, (...values: any[]) => Promise<any>>} given.server
   * @param {() => void} given.drawn
   */
  constructor(parts, { sliders, plane, server, drawn }) {
    this.parts = parts;
    this.sliders = sliders;
    this.plane = plane;
    this.drawn = drawn;
    this.player = chainTransport({
      host: parts.part("planePlayer"),
      keys: parts.part("planeSection"),
      unit: () => t("Step of the orbit"),
      speed: 8,
      onStep: (k) => this.show(k),
      label: (k) => [
        t("step {step} / {last}", { step: k, last: this.orbit.path.length - 1 }),
        k < this.orbit.radius.length
          ? t("radius {radius}", { radius: fixed(this.orbit.radius[k]) })
          : "",
      ],
    });
    this.showWorld = choices(
      parts.part("worlds"),
      Object.keys(sliders).map((world) => ({
        value: world,
        label: () => say(world[0].toUpperCase() + world.slice(1)),
      })),
      () => t("Maps of the plane"),
      (world) => this.choose(world),
    );
    this.askLand = latest(
      (wish) => server.landscape(wish),
      (record) => this.receive(record, () => this.takeLand(record)),
    );
    this.askOrbit = latest(
      (wish) => server.orbit(wish),
      (record) => this.receive(record, () => this.takeOrbit(record)),
    );
    this.listen();
  }

  /** @param {string} world */
  choose(world) {
    const plane = this.plane(),
      start = Object.entries(this.sliders[world]).map(([key, slider]) => [key, slider[4]]);
    Object.assign(plane, { world, values: Object.fromEntries(start) });
    this.buildSliders();
    this.changed();
  }

  /** What the view shows first, or from a link. @param {{landscape: any, orbit: any}} figures */
  first({ landscape, orbit }) {
    this.land = landscape;
    this.orbit = orbit;
    this.buildSliders();
    this.drawLand();
    this.drawOrbit();
  }

  changed() {
    const wish = clone(this.plane());
    this.showWorld(wish.world);
    this.askOrbit(wish);
    this.askLand(wish);
  }

  receive(record, take) {
    this.parts.part("planeProblem").textContent = record.ok ? "" : say(record.error);
    if (record.ok) take();
  }

  takeLand(record) {
    this.land = record;
    this.drawLand();
  }

  takeOrbit(record) {
    this.orbit = record;
    this.drawOrbit();
  }

  buildSliders() {
    const plane = this.plane();
    this.showWorld(plane.world);
    this.parts.part("sliders").replaceChildren(
      ...Object.entries(this.sliders[plane.world]).map(([key, [name, min, max, step]]) => {
        const value = plane.values[key],
          range = node("input", { type: "range", min, max, step, value }),
          out = make("output", "num", plain(value));
        range.addEventListener("input", () => {
          this.plane().values[key] = Number(range.value);
          out.textContent = plain(range.value);
          this.changed();
        });
        return node("label", { class: "slide" }, make("span", "", say(name)), range, out);
      }),
    );
  }

  /**
   * A point of the plane in the drawing.
   * @param {[number, number]} point
   * @returns {[number, number]}
   */
  toScreen([x, y]) {
    const [left, right, bottom, top] = this.land.box;
    return [(SIZE * (x - left)) / (right - left), SIZE * (1 - (y - bottom) / (top - bottom))];
  }

  drawLand() {
    this.paintGround();
    const { land, parts } = this,
      fixedPoints = land.continuum ? [] : land.fixed;
    parts.part("marks").replaceChildren(
      ...land.attractors.flatMap(({ points }) =>
        points.map((point) => markOf("attracting", this.toScreen(point))),
      ),
      ...fixedPoints.map((one) => {
        const mark = markOf(one.kind, this.toScreen(one.points[0]));
        mark.append(svgTitle(pointSaid(one)));
        return mark;
      }),
    );
    parts.part("explanation").textContent = say(land.explanation);
    parts.part("kinds").textContent = kindsSaid(land);
    if (this.orbit) this.show(this.player.step);
  }

  /** The basins: each start in the tint of where it ends. */
  paintGround() {
    const canvas = this.parts.canvas("ground"),
      ink = canvas.getContext("2d"),
      { resolution: size, labels } = this.land;
    if (!ink) return;
    canvas.width = canvas.height = size;
    const tints = GROUND.map((name) => colourOf(canvas, name)),
      gone = colourOf(canvas, "--cut"),
      image = ink.createImageData(size, size);
    labels.forEach((label, i) => {
      if (label === UNTINTED) return;
      const row = size - 1 - Math.floor(i / size),
        [red, green, blue] = label === GONE ? gone : tints[label % tints.length];
      image.data.set([red, green, blue, label === GONE ? 150 : 52], 4 * (row * size + (i % size)));
    });
    ink.putImageData(image, 0, 0);
  }

  drawOrbit() {
    const { orbit } = this,
      last = orbit.path.length - 1,
      period = orbit.end.period,
      top = Math.max(1.2, ...orbit.radius.filter(Number.isFinite));
    this.player.load({
      length: orbit.path.length,
      curves: [
        { values: [...orbit.radius, null], colour: "var(--chosen)", top },
        { values: orbit.radius.map(() => 1), colour: "var(--raw)", fill: false, dashed: true, top },
      ],
      loops: period
        ? [
            {
              start: Math.max(0, last - Math.max(12, 3 * period)),
              end: last,
              label: t("period {period}", { period }),
            },
          ]
        : [],
      at: Math.min(this.player.step || 40, last),
    });
    this.parts.part("ends").textContent = say(orbit.said);
    this.drawn();
  }

  /** A step of the orbit. @param {number} k */
  show(k) {
    const { land, orbit, parts } = this;
    if (!land || !orbit) return;
    const points = orbit.path.slice(0, k + 1).map((point) => this.toScreen(point));
    parts.part("trail").setAttribute("d", polyline(points));
    const dots = points.map(([x, y]) => `M${(x - 1.6).toFixed(1)} ${y.toFixed(1)}h3.2`);
    parts.part("dots").setAttribute("d", dots.join(""));
    for (const [name, [x, y]] of /** @type {[string, [number, number]][]} */ ([
      ["begin", points[0]],
      ["nowdot", points[k]],
    ])) {
      parts.part(name).setAttribute("cx", String(x));
      parts.part(name).setAttribute("cy", String(y));
    }
    parts.part("figures").replaceChildren(...factsOf(orbit, k));
    parts
      .part("field")
      .setAttribute(
        "aria-label",
        t(
          "The plane. The orbit starts at {start}; after {count} steps it is at {now}. Arrow keys move the start.",
          { start: pair(this.plane().start, 2), count: k, now: pair(orbit.path[k], 2) },
        ),
      );
  }

  /** The orbit starts at another point. @param {number} x @param {number} y */
  startAt(x, y) {
    this.plane().start = [Number(x.toFixed(4)), Number(y.toFixed(4))];
    this.askOrbit(clone(this.plane()));
  }

  listen() {
    const field = this.parts.part("field");
    let pulling = false;
    /** @param {PointerEvent} event */
    const follow = (event) => {
      const box = field.getBoundingClientRect(),
        [left, right, bottom, top] = this.land.box;
      const across = Math.max(0, Math.min(1, (event.clientX - box.left) / box.width)),
        down = Math.max(0, Math.min(1, (event.clientY - box.top) / box.height));
      this.startAt(left + (right - left) * across, top - (top - bottom) * down);
    };
    field.addEventListener("pointerdown", (event) => {
      if (!this.land) return;
      pulling = true;
      field.setPointerCapture(event.pointerId);
      follow(event);
    });
    field.addEventListener("pointermove", (event) => {
      if (pulling) follow(event);
    });
    for (const end of /** @type {const} */ (["pointerup", "pointercancel"]))
      field.addEventListener(end, () => {
        pulling = false;
      });
    field.addEventListener("keydown", (event) => {
      /** @type {Record<string, [number, number]>} */
      const moves = {
        ArrowLeft: [-1, 0],
        ArrowRight: [1, 0],
        ArrowUp: [0, 1],
        ArrowDown: [0, -1],
      };
      const move = moves[event.key];
      if (!move || !this.land) return;
      event.preventDefault();
      event.stopPropagation();
      const [left, right, bottom, top] = this.land.box,
        [x, y] = this.plane().start;
      this.startAt(x + (move[0] * (right - left)) / 50, y + (move[1] * (top - bottom)) / 50);
    });
  }
}

/** @param {[number, number]} point @param {number} digits */
const pair = ([x, y], digits) => `(${fixed(x, digits)}, ${fixed(y, digits)})`;

/** @param {[number, number][]} points */
export const polyline = (points) =>
  points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");

/** @param {string} kind @param {[number, number]} place */
function markOf(kind, [x, y]) {
  if (kind === "saddle")
    return drawSvg("path", {
      d: `M${x - 6} ${y - 6}l12 12M${x + 6} ${y - 6}l-12 12`,
      class: "saddle",
    });
  if (kind === "neutral")
    return drawSvg("path", { d: `M${x} ${y - 7}l7 7l-7 7l-7 -7z`, class: "repelling" });
  return drawSvg("circle", { cx: x, cy: y, r: 6, class: kind });
}

/** @param {string} kind of a fixed point */
function kindName(kind) {
  if (kind === "attracting") return t("attracting");
  if (kind === "repelling") return t("repelling");
  return kind === "saddle" ? t("saddle") : t("neutral");
}

/** @param {any} one a fixed point */
const pointSaid = ({ kind, points, spectral_radius: radius }) =>
  t("{kind} fixed point at {place}, spectral radius {radius}", {
    kind: kindName(kind),
    place: pair(points[0], 3),
    radius: fixed(radius),
  });

/** What is in the window, in words. @param {any} land */
function kindsSaid({ labels, fixed: points, continuum, attractors }) {
  const found = new Set(labels);
  const pointList = points.map((one) =>
    t("{kind} at {place}, radius {radius}", {
      kind: kindName(one.kind),
      place: pair(one.points[0], 2),
      radius: fixed(one.spectral_radius),
    }),
  );
  const cycleList = attractors.map((one) =>
    nt(
      "{n} point, radius of the product {radius}",
      "{n} points, radius of the product {radius}",
      one.period,
      {
        radius: fixed(one.spectral_radius),
      },
    ),
  );
  const fixedPoints = continuum
    ? t("A whole line of neutral fixed points.")
    : points.length
      ? t("Fixed points: {list}.", { list: pointList.join("; ") })
      : t("No fixed point in this window.");
  return [
    fixedPoints,
    attractors.length ? t("Attracting cycles: {list}.", { list: cycleList.join("; ") }) : "",
    found.has(GONE) ? t("Grey: starts from which it runs away.") : "",
    found.has(UNTINTED) ? t("Untinted: has not settled within 150 steps.") : "",
    labels.some((label) => label >= 0) ? t("Tinted: ends in the attractor.") : "",
  ]
    .filter(Boolean)
    .join(" ");
}

/** The figures of a step. @param {any} orbit @param {number} k */
function factsOf({ path, radius, norm, log_product: log }, k) {
  const grown = k ? log[Math.min(k, log.length) - 1] : 0;
  /** @type {[string, string][]} */
  const facts = [
    ["h", pair(path[k], 3)],
    [t("spectral radius of this step"), k < radius.length ? fixed(radius[k], 4) : NOTHING],
    [t("largest stretch of this step (norm)"), k < norm.length ? fixed(norm[k], 4) : NOTHING],
    [
      t("radius of the product so far"),
      grown === null ? "0" : small(Math.exp(Math.max(-700, Math.min(700, grown)))),
    ],
  ];
  return facts.map(([name, value]) => {
    const row = make("div", "fact");
    row.append(make("span", "", name), make("span", "num", value));
    return row;
  });
}
