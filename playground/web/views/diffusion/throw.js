// @ts-check
/**
 * Taking a tile with a finger or the mouse and throwing it away: further than 64 pixels, or fast. A
 * shorter drag springs back.
 */
import { calm } from "../../core/dom.js";

const FAR = 64; // pixels
const FAST = 0.9; // pixels a millisecond, over at least NEAR pixels
const NEAR = 24;
const DRAG = 6; // less is a click

/**
 * @param {HTMLElement} host the tiles are its children
 * @param {{indexOf: (event: Event) => number, allowed: () => boolean, onThrow: (i: number) => void}} options
 */
export function makeThrow(host, { indexOf, allowed, onThrow }) {
  /**
   * @type {null | {tile: HTMLElement, i: number, pointer: number, x: number, y: number, at: number, moved: boolean}}
   */
  let drag = null;
  let ended = -Infinity;

  host.addEventListener("pointerdown", (event) => {
    const i = indexOf(event);
    if (i < 0 || event.button !== 0 || !allowed()) return;
    const tile = /** @type {HTMLElement} */ (host.children[i]);
    const { pointerId: pointer, clientX: x, clientY: y } = event;
    drag = { tile, i, pointer, x, y, at: performance.now(), moved: false };
  });
  host.addEventListener("pointermove", (event) => {
    if (!drag || event.pointerId !== drag.pointer) return;
    const [x, y] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!drag.moved && Math.hypot(x, y) < DRAG) return;
    if (!drag.moved) {
      drag.moved = true;
      drag.tile.setPointerCapture(drag.pointer);
      drag.tile.classList.add("canvas-held");
    }
    drag.tile.style.transform = `translate(${x}px, ${y}px) rotate(${x / 40}deg)`;
  });
  host.addEventListener("pointerup", (event) => {
    if (drag?.pointer === event.pointerId) release(event.clientX - drag.x, event.clientY - drag.y);
  });
  host.addEventListener("pointercancel", () => release(0, 0));

  function release(/** @type {number} */ x, /** @type {number} */ y) {
    if (!drag) return;
    const { tile, i, at, moved } = drag;
    drag = null;
    if (!moved) return;
    ended = performance.now();
    const way = Math.hypot(x, y),
      away = way > FAR || (way > NEAR && way / (ended - at) > FAST);
    const land = () => {
      tile.style.transform = "";
      tile.classList.remove("canvas-held");
      if (away) onThrow(i);
    };
    if (calm()) return land();
    const from = { transform: tile.style.transform, opacity: 1 };
    const to = away
      ? { transform: `translate(${4 * x}px, ${4 * y}px) rotate(${x / 10}deg)`, opacity: 0 }
      : { transform: "none", opacity: 1 };
    tile.animate([from, to], {
      duration: away ? 260 : 240,
      easing: away ? "ease-in" : "ease-out",
    }).onfinish = land;
  }

  return {
    /** Whether the click that comes now ends a drag. */
    justDragged: () => performance.now() - ended < 80,
  };
}
