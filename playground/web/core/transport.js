// @ts-check
/**
 * The shared transport: play, pause, step, back, scrub, speed. The timeline is a curve; loops are
 * brackets over it, branches dots on it.
 */
import { areaPath, linePath } from "../charts/path.js";
import { button, drawSvg, make } from "./dom.js";
import { makeTimeline } from "./timeline.js";
import { onLanguage, t } from "./translate.js";

/**
 * @typedef {object} Curve one line over the steps
 * @property {(number | null | undefined)[]} values a gap where there is none
 * @property {string} [colour] "var(--raw)" by default
 * @property {string} [tint] of the area under it
 * @property {boolean} [fill] false: no area
 * @property {boolean} [dashed]
 * @property {number} [top] the value at the upper edge; the largest by default
 * @property {string} [name]
 */
/** @typedef {{start: number, end: number, label?: string}} Loop */
/** @typedef {{at: number, label?: string}} Branch */
/**
 * @typedef {{length: number, curves?: Curve[], loops?: Loop[], branches?: Branch[], at?: number, live?: boolean}} Run
 */

/**
 * @typedef {object} TransportOptions
 * @property {HTMLElement} host an empty element; the transport builds itself in it
 * @property {HTMLElement} [keys] arrows, Home, End and space work while the focus is in here
 * @property {(step: number, why: import("./timeline.js").Why, from: number | null) => void} onStep draws a step; never asks the server.
 *   `from`: the step drawn before, null after a load
 * @property {(step: number) => [string, string?]} [label] two short lines at the right
 * @property {(step: number) => string} [speech] what a screen reader hears; the labels by default
 * @property {() => string} [unit] the name of the slider: () => t("Step of the walk")
 * @property {() => string} [playWord] () => t("Play")
 * @property {() => boolean} [instead] asked when Play is pressed; true: the page does something else (a new run)
 * @property {(playing: boolean) => void} [onPlay] playing began or ended
 * @property {number[]} [speeds] steps a second to choose from
 * @property {number} [speed] the one chosen
 * @property {boolean} [quiet] the page has a first button of its own, such as Run: Play is a second one
 */

/**
 *   const time = makeTransport({host, keys: element, onStep: (step) => draw(step), label: (step) => ["step 14 / 31", "2.41 bits"]});
 *   time.load({length: 31, curves: [{values, colour: "var(--raw)"}], loops: [{start: 20, end: 31, label: "period 5"}], at: 0});
 *   time.grow({length, curves});      more of the same run: the step on view stays
 *   time.setLive(true);               more is coming: playing waits at the end
 *   time.go(step); time.play(); time.pause(); time.step; time.length; time.playing; time.speed; time.buttons
 *
 * @param {TransportOptions} options
 */
export function makeTransport(options) {
  const { host, label, speech, instead } = options;
  const unit = options.unit ?? (() => t("Step")),
    playWord = options.playWord ?? (() => t("Play"));
  /** @type {{curves: Curve[], loops: Loop[], branches: Branch[]}} */
  const marks = { curves: [], loops: [], branches: [] };

  host.classList.add("transport");
  const buttons = make("div", "transport-buttons"),
    playButton = button("", null, pressed, options.quiet ? "" : "main"),
    backButton = button("", null, () => byHand(() => time.go(time.step - 1))),
    stepButton = button("", null, () => byHand(() => time.go(time.step + 1))),
    speedBox = speedChoice(options.speeds ?? [1, 2, 4, 8, 16, 30], options.speed ?? 8);
  buttons.append(playButton, backButton, stepButton, speedBox);
  const picture = timelinePicture();
  const words = make("div", "transport-words"),
    first = make("span"),
    second = make("span");
  words.append(first, second);
  host.replaceChildren(buttons, picture.line, words);

  const time = makeTimeline({
    speed: Number(speedBox.value),
    onStep(step, why, from) {
      showPlace();
      options.onStep(step, why, from);
    },
    onPlay(playing) {
      nameButtons();
      options.onPlay?.(playing);
    },
  });
  let speedChosen = false;
  speedBox.addEventListener("change", () => {
    speedChosen = true;
    time.setSpeed(Number(speedBox.value));
  });

  function nameButtons() {
    playButton.textContent = time.playing ? t("Pause") : playWord();
    playButton.title = time.playing
      ? t("Hold the picture here (space)")
      : t("Play the steps one after the other (space)");
  }

  function showPlace() {
    picture.place(time.step, time.length);
    const lines = time.length ? (label?.(time.step) ?? defaultLabel()) : ["", ""];
    first.textContent = lines[0] ?? "";
    second.textContent = lines[1] ?? "";
    picture.line.setAttribute("aria-valuenow", String(time.step + 1));
    picture.line.setAttribute(
      "aria-valuetext",
      time.length ? (speech?.(time.step) ?? lines.filter(Boolean).join(", ")) : t("nothing yet"),
    );
  }

  /** @returns {[string, string?]} */
  const defaultLabel = () => [
    t("step {step} / {length}", { step: time.step + 1, length: time.length }),
  ];

  /** @param {number} length */
  function paint(length) {
    picture.paint(marks, length);
    host.classList.toggle("empty", length === 0);
    for (const one of [backButton, stepButton]) one.disabled = length === 0;
  }

  /** @param {() => void} act */
  function byHand(act) {
    time.pause();
    act();
  }

  function pressed() {
    if (time.playing) time.pause();
    else if (!instead?.()) time.play();
  }

  scrub(picture.line, (share) => byHand(() => time.go(share * time.last)));
  options.keys?.addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName)) return;
    /** @type {Record<string, () => void>} */
    const moves = {
      ArrowRight: () => time.go(time.step + 1),
      ArrowLeft: () => time.go(time.step - 1),
      Home: () => time.go(0),
      End: () => time.go(time.last),
    };
    const act = moves[event.key];
    if (act && time.length) {
      event.preventDefault();
      byHand(act);
    } else if (event.key === " " && !["BUTTON", "SUMMARY"].includes(target.tagName)) {
      event.preventDefault();
      pressed();
    }
  });

  function inThisLanguage() {
    nameButtons();
    backButton.textContent = t("Back");
    backButton.title = t("One step back (arrow left)");
    stepButton.textContent = t("Step");
    stepButton.title = t("One step on (arrow right)");
    speedBox.title = t("Steps a second while playing");
    speedBox.setAttribute("aria-label", t("Speed, steps a second"));
    picture.line.setAttribute("aria-label", unit());
    showPlace();
  }
  onLanguage(inThisLanguage);
  inThisLanguage();
  paint(0);

  return {
    /** Another run. @param {Run} run */
    load({ length, curves = [], loops = [], branches = [], at = 0, live = false }) {
      Object.assign(marks, { curves, loops, branches });
      paint(length);
      time.load({ length, at, live });
      if (!length) showPlace();
    },
    /** More of the same run. @param {Partial<Run>} more */
    grow(more) {
      const { length = time.length, ...rest } = more;
      Object.assign(marks, rest);
      time.grow(length);
      paint(length);
      if (length) showPlace();
    },
    setLive: time.setLive,
    go: time.go,
    play: time.play,
    pause: time.pause,
    /**
     * A speed for what is on view, unless the visitor has chosen one.
     * @param {number} speed one of the list
     */
    suggestSpeed(speed) {
      if (speedChosen || speed === time.speed) return;
      speedBox.value = String(speed);
      time.setSpeed(speed);
    },
    buttons,
    get step() {
      return time.step;
    },
    get length() {
      return time.length;
    },
    get playing() {
      return time.playing;
    },
    get speed() {
      return time.speed;
    },
  };
}

/** @param {number[]} speeds @param {number} chosen */
function speedChoice(speeds, chosen) {
  const box = make("select", "transport-speed");
  for (const each of speeds) box.add(new Option(`${each}/s`, String(each)));
  box.value = String(chosen);
  return box;
}

/** The curve with its marks and the head that stands at the step on view. */
function timelinePicture() {
  const line = make("div", "transport-line");
  line.tabIndex = 0;
  for (const [name, value] of Object.entries({
    role: "slider",
    "aria-orientation": "horizontal",
    "aria-valuemin": "1",
  }))
    line.setAttribute(name, value);
  const svg = drawSvg("svg", { preserveAspectRatio: "none", "aria-hidden": "true" });
  const over = make("div", "transport-marks"),
    head = make("div", "transport-head");
  line.append(svg, over, head);

  /** Percent of the width. @param {number} step @param {number} length */
  const place = (step, length) => (length > 1 ? (100 * step) / (length - 1) : 0);

  return {
    line,
    /** @param {number} step @param {number} length */
    place(step, length) {
      head.style.left = place(step, length) + "%";
      head.hidden = length === 0;
    },
    /**
     * The curve and its marks: only when the run changes.
     * @param {{curves: Curve[], loops: Loop[], branches: Branch[]}} marks
     * @param {number} length
     */
    paint({ curves, loops, branches }, length) {
      const width = Math.max(1, length - 1);
      svg.setAttribute("viewBox", `0 0 ${width} 100`);
      svg.replaceChildren(...curves.flatMap(curveParts));
      over.replaceChildren();
      for (const loop of loops) {
        const bracket = make("i", "transport-loop"),
          from = place(loop.start, length);
        bracket.style.left = from + "%";
        bracket.style.width =
          place(Math.min(loop.end, Math.max(0, length - 1)), length) - from + "%";
        bracket.title = loop.label ?? t("loop");
        over.append(bracket);
      }
      for (const branch of branches) {
        const dot = make("i", "transport-branch");
        dot.style.left = place(branch.at, length) + "%";
        dot.title = branch.label ?? t("branch");
        over.append(dot);
      }
      line.setAttribute("aria-valuemax", String(Math.max(1, length)));
    },
  };
}

/** @param {Curve} curve */
function curveParts(curve) {
  const finite = curve.values.filter((v) => v !== null && v !== undefined && Number.isFinite(v)),
    top = curve.top ?? Math.max(1e-9, .../** @type {number[]} */ (finite));
  /** @param {number} v */
  const y = (v) => 96 - 88 * Math.min(1, v / top);
  /** @param {number} i */
  const x = (i) => i;
  const parts = [],
    area = curve.fill === false ? "" : areaPath(curve.values, x, y, 100),
    path = linePath(curve.values, x, y);
  if (area)
    parts.push(
      drawSvg("path", {
        d: area,
        class: "transport-area",
        style: `fill:${curve.tint ?? "var(--faint)"}`,
      }),
    );
  if (path)
    parts.push(
      drawSvg("path", {
        d: path,
        class: "transport-curve",
        style: `stroke:${curve.colour ?? "var(--raw)"}`,
        "vector-effect": "non-scaling-stroke",
        ...(curve.dashed ? { "stroke-dasharray": "4 3" } : {}),
      }),
    );
  return parts;
}

/**
 * Calls `move(share of the width)` while a pointer is pressed on the line.
 * @param {HTMLElement} line
 * @param {(share: number) => void} move
 */
function scrub(line, move) {
  let dragging = false;
  /** @param {PointerEvent} event */
  const at = (event) => {
    const box = line.getBoundingClientRect();
    move((event.clientX - box.left) / Math.max(1, box.width));
  };
  line.addEventListener("pointerdown", (event) => {
    dragging = true;
    line.setPointerCapture(event.pointerId);
    at(event);
  });
  line.addEventListener("pointermove", (event) => {
    if (dragging) at(event);
  });
  for (const end of /** @type {const} */ (["pointerup", "pointercancel"]))
    line.addEventListener(end, () => {
      dragging = false;
    });
}
