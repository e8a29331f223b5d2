// @ts-check
/**
 * The ball over a strip of tiles: the random number u, rolling along its rail from 0 to u and
 * falling there.
 */
import { make } from "../core/dom.js";
import { fixed } from "../core/format.js";
import { EASE } from "../core/motion.js";

const DEEP = 34; // pixels that the ball falls into a tile
const LARGEST = 1 - 2 ** -53; // the largest u

/**
 * @param {{host: HTMLElement, rail: HTMLElement, strip: HTMLElement, stage: ReturnType<typeof import("../core/motion.js").makeStage>,
 *   upright: () => boolean, onDrop?: (u: number) => void, onHover: (u: number) => void}} options
 */
export function makeBall({ host, rail, strip, stage, upright, onDrop, onHover }) {
  const ball = make("div", "tiles-ball");
  const number = make("span", "tiles-u");
  ball.setAttribute("aria-hidden", "true");
  number.setAttribute("aria-hidden", "true");
  host.append(number, ball);
  let u = 0;
  let lying = false;

  /**
   * Where the ball's centre is, in pixels of the host.
   * @param {number} at
   * @param {boolean} [fallen]
   */
  function point(at, fallen = false) {
    // boxes are measured in pixels of the window, moves in those of the host
    const zoom = host.currentCSSZoom || 1;
    const [box, track, line] = [host, strip, rail].map((one) => {
      const { left, top, width, height } = one.getBoundingClientRect();
      return { left: left / zoom, top: top / zoom, width: width / zoom, height: height / zoom };
    });
    if (upright())
      return {
        x: fallen ? track.left - box.left + 20 : line.left - box.left + line.width / 2,
        y: track.top - box.top + at * track.height,
      };
    return {
      x: track.left - box.left + at * track.width,
      y: fallen ? track.top - box.top + DEEP : line.top - box.top + line.height / 2,
    };
  }

  /** @param {{x: number, y: number}} place */
  const css = (place) => `translate(${place.x}px, ${place.y}px)`;

  /** @param {number} at */
  function say(at) {
    const place = point(at);
    number.textContent = fixed(at, 3);
    number.style.transform = upright()
      ? `translate(0, ${Math.max(14, place.y - 34)}px)`
      : `translate(calc(${place.x}px - 50%), 0)`;
    number.hidden = false;
  }

  /** It waits at 0. */
  function rest() {
    ball.getAnimations().forEach((one) => one.cancel());
    u = 0;
    ball.hidden = false;
    ball.style.transform = css(point(0));
    ball.classList.add("waiting");
    number.hidden = true;
  }

  function hide() {
    ball.getAnimations().forEach((one) => one.cancel());
    ball.classList.remove("waiting");
    ball.hidden = true;
    number.hidden = true;
    lying = false;
  }

  /** @param {number} to @returns {Promise<boolean>} */
  async function roll(to) {
    ball.hidden = false;
    ball.classList.remove("waiting");
    number.hidden = true;
    const frames = [{ transform: css(point(0)) }, { transform: css(point(to)) }];
    const there = await stage.animate(ball, frames, { duration: 950, easing: EASE.roll });
    u = to;
    if (there) say(to);
    return there;
  }

  /**
   * Gravity, then two small bounces.
   * @param {number} at
   * @param {() => void} touched
   * @returns {Promise<boolean>}
   */
  async function fall(at, touched) {
    const above = point(at);
    const below = point(at, true);
    const up = (/** @type {number} */ share) => ({
      x: below.x + (above.x - below.x) * share,
      y: below.y + (above.y - below.y) * share,
    });
    const down = "cubic-bezier(.4,0,.85,.45)";
    const rise = "cubic-bezier(.15,.6,.5,1)";
    stage.wait(230).then(touched);
    return stage.animate(
      ball,
      [
        { transform: css(above), easing: down },
        { offset: 0.42, transform: css(below), easing: rise },
        { offset: 0.62, transform: css(up(0.3)), easing: down },
        { offset: 0.8, transform: css(below), easing: rise },
        { offset: 0.9, transform: css(up(0.08)), easing: down },
        { transform: css(below) },
      ],
      { duration: 560 },
    );
  }

  /** The tile under it grew: it lies at `to` now. @param {number} from @param {number} to */
  function slide(from, to) {
    return stage.animate(
      ball,
      [{ transform: css(point(from, true)) }, { transform: css(point(to, true)) }],
      { duration: 420, easing: EASE.swing },
    );
  }

  let held = false;
  /** @param {PointerEvent} event */
  function shareOf(event) {
    const track = strip.getBoundingClientRect();
    const share = upright()
      ? (event.clientY - track.top) / track.height
      : (event.clientX - track.left) / track.width;
    return Math.min(Math.max(share, 0), LARGEST);
  }
  /** @param {PointerEvent} event */
  function drag(event) {
    u = shareOf(event);
    ball.style.transform = css(point(u));
    say(u);
    onHover(u);
  }
  if (onDrop) {
    rail.classList.add("draggable");
    rail.addEventListener("pointerdown", (event) => {
      if (stage.moving || event.button > 0) return;
      held = true;
      rail.setPointerCapture(event.pointerId);
      hide();
      ball.hidden = false;
      drag(event);
    });
    rail.addEventListener("pointermove", (event) => held && drag(event));
    rail.addEventListener("pointerup", (event) => {
      if (!held) return;
      held = false;
      onHover(-1);
      onDrop(shareOf(event));
    });
    rail.addEventListener("pointercancel", () => {
      held = false;
      onHover(-1);
      rest();
    });
  }

  /** It lies at `at`, without a movement. @param {number} at */
  function lie(at) {
    ball.getAnimations().forEach((one) => one.cancel());
    ball.classList.remove("waiting");
    ball.hidden = false;
    u = at;
    ball.style.transform = css(point(at, true));
    say(at);
    lying = true;
  }

  return {
    rest,
    hide,
    lie,
    roll,
    fall,
    slide,
    /** After a change of size: where it waits, or nowhere. */
    settle: () => {
      if (ball.classList.contains("waiting")) rest();
      else if (lying && !ball.hidden) lie(u);
    },
  };
}
