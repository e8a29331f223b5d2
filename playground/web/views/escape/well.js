// @ts-check
/**
 * The loop as a valley: the marble lies in it, the way out lies ΔE higher beside it, a lid hangs
 * over it. The lid is shut where the rules keep the loop token alone; a draw shakes the marble as
 * high as its random number reaches.
 */
import { calm, drawSvg, svgText } from "../../core/dom.js";
import { fixed } from "../../core/format.js";
import { nt, t } from "../../core/translate.js";
import { marbleSentence } from "./sentences.js";

/** @typedef {import("./sentences.js").State} State @typedef {import("./draws.js").Draw} Draw */

const LEFT = 52,
  LOOP = 150, // where the marble lies
  RIM = 300,
  OUT = 430,
  RIGHT = 528,
  FLOOR = 200,
  RADIUS = 12;

/**
 * Heights of the valley. Only the floors mean something: the difference is ΔE, longer for a larger
 * one; the rim is drawn because the eye expects one.
 */
class Valley {
  /** @param {number} barrier */
  constructor(barrier) {
    const rise = Math.max(-40, Math.min(126, barrier >= 0 ? 22 + 17 * barrier : 17 * barrier));
    this.out = FLOOR - rise;
    this.rim = Math.min(this.out, FLOOR) - 26;
    this.top = Math.max(18, this.rim - 26);
  }

  /** @param {number} x */
  y(x) {
    /** @param {number} from @param {number} to @param {number} share */
    const swing = (from, to, share) => from + ((to - from) * (1 - Math.cos(Math.PI * share))) / 2;
    if (x <= LOOP) return swing(this.top, FLOOR, (x - LEFT) / (LOOP - LEFT));
    if (x <= RIM) return swing(FLOOR, this.rim, (x - LOOP) / (RIM - LOOP));
    if (x <= OUT) return swing(this.rim, this.out, (x - RIM) / (OUT - RIM));
    return swing(this.out, this.top, (x - OUT) / (RIGHT - OUT));
  }

  /** Where the slope to the rim is so high. @param {number} share of the rim's height */
  climbed(share) {
    const height = Math.max(0, Math.min(1, share));
    return LOOP + ((RIM - LOOP) * Math.acos(1 - 2 * height)) / Math.PI;
  }

  /** Where the left slope is as high as the rim: the lid hangs there. */
  get hinge() {
    const height = Math.min(1, (FLOOR - this.rim) / (FLOOR - this.top));
    return LOOP - ((LOOP - LEFT) * Math.acos(1 - 2 * height)) / Math.PI;
  }

  /**
   * The middle of a marble that touches the ground at x.
   * @param {number} x
   * @returns {[number, number]}
   */
  above(x) {
    const slope = (this.y(x + 0.5) - this.y(x - 0.5)) / 1,
      length = Math.hypot(1, slope);
    return [x + (slope / length) * (RADIUS + 1), this.y(x) - (RADIUS + 1) / length];
  }

  get path() {
    let path = "";
    for (let x = LEFT; x <= RIGHT; x += 4)
      path += `${path ? "L" : "M"}${x} ${this.y(x).toFixed(1)}`;
    return path;
  }
}

/** Shares of the time of one rattle: up, back, past the middle, to rest. */
const UP = 0.24,
  BACK = 0.56,
  PAST = 0.76;

/**
 * Where the marble is at a share of the time of one rattle.
 * @param {number} share
 * @param {number} top
 */
function rattleAt(share, top) {
  const behind = LOOP - (top - LOOP) * 0.22;
  if (share < UP) return LOOP + (top - LOOP) * (1 - (1 - share / UP) ** 2);
  if (share < BACK) return top + (LOOP - top) * ((share - UP) / (BACK - UP)) ** 2;
  if (share < PAST) return LOOP + (behind - LOOP) * (1 - (1 - (share - BACK) / (PAST - BACK)) ** 2);
  const rest = (share - PAST) / (1 - PAST);
  return behind + (LOOP - behind) * rest * rest * (3 - 2 * rest);
}

export class Well {
  valley = new Valley(2);
  drawnFor = NaN; // the barrier
  moving = 0;

  /** @param {HTMLElement} host */
  constructor(host) {
    this.ground = drawSvg("path", { class: "escape-ground" });
    this.hill = drawSvg("path", { class: "escape-hill" });
    this.level = drawSvg("path", { class: "escape-level" });
    this.gap = drawSvg("path", { class: "escape-gap" });
    this.words = drawSvg("g");
    this.lid = drawSvg("g", { class: "escape-lid" });
    this.hinge = drawSvg("circle", { r: 5, class: "escape-hinge" });
    this.ring = drawSvg("circle", { r: RADIUS, class: "escape-ring" });
    this.peak = drawSvg("path", { d: "M-8 0H8", class: "escape-peak" });
    this.marble = drawSvg("circle", { r: RADIUS, class: "escape-marble" });
    this.svg = drawSvg(
      "svg",
      { viewBox: "20 0 540 246", class: "escape-well-picture" },
      this.ground,
      this.hill,
      this.level,
      this.gap,
      this.words,
      this.lid,
      this.hinge,
      this.ring,
      this.peak,
      this.marble,
    );
    host.append(this.svg);
  }

  /** @param {State} state */
  draw(state) {
    const { place, law, settings } = state,
      cuts = settings.top_p < 1 || settings.min_p > 0 || settings.top_k > 0,
      shut = law.chance === 0 && settings.temperature > 0;
    if (place.barrier !== this.drawnFor) this.drawValley(place.barrier);
    this.drawWords(state);
    for (const one of [this.lid, this.hinge]) one.classList.toggle("none", !cuts && !shut);
    const angle = shut ? 0 : 8 + 14 * Math.sqrt(Math.min(1, law.chance));
    this.lid.style.transform = `rotate(${(-angle).toFixed(1)}deg)`;
    this.svg.classList.toggle("shut", shut);
    this.svg.setAttribute("role", "img");
    this.svg.setAttribute("aria-label", marbleSentence(state));
  }

  /** @param {number} barrier */
  drawValley(barrier) {
    this.drawnFor = barrier;
    const valley = (this.valley = new Valley(barrier)),
      { path, hinge, rim, out } = valley;
    this.hill.setAttribute("d", path);
    this.ground.setAttribute("d", `${path}V246H${LEFT}Z`);
    this.level.setAttribute("d", `M${LOOP + 16} ${FLOOR}H${OUT + 62}`);
    const up = out < FLOOR ? 1 : -1; // arrow heads at both ends, pointing outwards
    this.gap.setAttribute(
      "d",
      `M${OUT + 54} ${FLOOR}V${out}m-4 ${7 * up}l4 ${-7 * up}l4 ${7 * up}M${OUT + 50} ${FLOOR - 7 * up}l4 ${7 * up}l4 ${-7 * up}`,
    );
    this.lid.replaceChildren(
      drawSvg("rect", { x: hinge, y: rim - 5, width: RIM - hinge + 10, height: 6, rx: 3 }),
    );
    this.lid.style.transformOrigin = `${hinge}px ${rim - 2}px`;
    this.hinge.setAttribute("cx", String(hinge));
    this.hinge.setAttribute("cy", String(rim - 2));
    this.rest();
  }

  /** @param {State} state */
  drawWords({ word, law, place }) {
    const barrier = svgText("", { x: OUT + 46, y: (FLOOR + this.valley.out) / 2 + 4 });
    barrier.setAttribute("text-anchor", "end");
    const delta = drawSvg("tspan", { class: "escape-symbol" });
    delta.textContent = "ΔE";
    const value = drawSvg("tspan", { class: "escape-value" });
    value.textContent = ` = ${fixed(place.barrier, 2)}`;
    barrier.append(delta, value);
    this.words.replaceChildren(
      svgText(word ? t("“{word}”: once more round", { word }) : t("the loop"), {
        x: LEFT + 8, // within the ground, however large the letters
        y: FLOOR + 26,
      }),
      svgText(law.ways ? nt("{n} way out", "{n} ways out", law.ways) : t("no way out"), {
        x: OUT + 46,
        y: this.valley.out + 22,
        "text-anchor": "end", // beside the arrow, however large the letters
      }),
      barrier,
    );
  }

  /** @param {number} x */
  place(x) {
    const [cx, cy] = this.valley.above(x);
    this.marble.setAttribute("transform", `translate(${cx.toFixed(1)} ${cy.toFixed(1)})`);
  }

  rest() {
    this.moving++;
    this.place(LOOP);
  }

  /**
   * One draw. The marble climbs; where the draw leaves it is gone here and there at once: a draw
   * jumps, it takes no path.
   * @param {Draw} draw @param {number} milliseconds
   */
  shake(draw, milliseconds) {
    if (draw.leaves) return this.jump(milliseconds);
    const top = this.valley.climbed(Math.min(draw.hits ? 0.93 : 0.985, draw.climb));
    this.showPeak(top);
    if (calm()) return this.rest();
    if (draw.hits)
      this.lid.animate([{ translate: "0 0" }, { translate: "0 -4px" }, { translate: "0 0" }], {
        duration: 180,
        delay: milliseconds * 0.2,
      });
    this.move(milliseconds, (share) => this.place(rattleAt(share, top)));
  }

  /** The height that was reached stays on view for a moment. @param {number} x */
  showPeak(x) {
    this.peak.setAttribute("transform", `translate(${x} ${this.valley.y(x)})`);
    this.peak.animate([{ opacity: 0.9 }, { opacity: 0 }], { duration: 900 });
  }

  /** @param {number} milliseconds */
  jump(milliseconds) {
    const [x, y] = this.valley.above(LOOP);
    this.ring.setAttribute("transform", `translate(${x} ${y})`);
    this.place(OUT);
    if (calm()) return;
    this.ring.animate(
      [
        { opacity: 0.9, r: `${RADIUS}px` },
        { opacity: 0, r: "30px" },
      ],
      { duration: 420, easing: "ease-out" },
    );
    const [outX, outY] = this.valley.above(OUT);
    this.move(Math.min(420, milliseconds), (share) => {
      const lift = share < 0.45 ? 1 - (share / 0.45) ** 2 : 0.88 * (share - 0.45) * (1 - share);
      this.marble.setAttribute("transform", `translate(${outX} ${outY - 30 * lift})`);
    });
  }

  back() {
    this.rest();
    if (!calm()) this.marble.animate([{ opacity: 0 }, { opacity: 1 }], { duration: 240 });
  }

  /** @param {number} milliseconds @param {(share: number) => void} frame */
  move(milliseconds, frame) {
    const me = ++this.moving,
      begun = performance.now();
    /** @param {number} now */
    const next = (now) => {
      if (me !== this.moving) return;
      const share = Math.min(1, Math.max(0, (now - begun) / milliseconds));
      frame(share);
      if (share < 1) requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  }
}
