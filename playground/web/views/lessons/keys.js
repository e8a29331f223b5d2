// @ts-check
/**
 * Keys, swipes and, in full screen, the wheel. A key belongs to the control that has the focus
 * first: a marker moves by arrows.
 */

/**
 * @typedef {{on: () => boolean, forward: () => void, back: () => void, next: () => void, reveal: () => void, blank: () => void,
 *   full: () => void, vote: () => void, help: () => void, choose: (index: number) => void, isFull: () => boolean}} KeyActs
 *   forward: reveal, then go on: what a clicker does
 */

const WRITING = "textarea, select, input:not([type=range]), [contenteditable=true]";
const PRESSING = "button, a, [role=radio], [role=button], summary";

/** @param {HTMLElement} stage @param {KeyActs} acts */
export function listen(stage, acts) {
  document.addEventListener("keydown", (event) => press(event, acts));
  swipes(stage, acts);
  let turned = 0;
  stage.addEventListener(
    "wheel",
    (event) => {
      if (
        !acts.isFull() ||
        Math.abs(event.deltaY) < 12 ||
        stage.scrollHeight > stage.clientHeight + 4
      )
        return;
      event.preventDefault();
      if (event.timeStamp - turned < 500) return; // one step a turn of the wheel
      turned = event.timeStamp;
      if (event.deltaY > 0) acts.next();
      else acts.back();
    },
    { passive: false },
  );
}

/** @param {KeyboardEvent} event @param {KeyActs} acts */
function press(event, acts) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !acts.on())
    return;
  const target = /** @type {Element | null} */ (
    event.target instanceof Element ? event.target : null
  );
  if (target?.matches(WRITING) || document.querySelector("dialog[open]")) return;
  const act = actOf(event, acts, target);
  if (!act) return;
  event.preventDefault();
  act();
}

/**
 * @param {KeyboardEvent} event
 * @param {KeyActs} acts
 * @param {Element | null} target
 * @returns {(() => void) | null}
 */
function actOf({ key }, acts, target) {
  const ruler = target?.matches("input[type=range]"),
    tab = target?.matches("[role=tab]"),
    pressed = target?.matches(PRESSING);
  if (key === "PageDown") return acts.forward;
  if (key === "PageUp") return acts.back;
  if (key === " ") return pressed || tab ? null : acts.forward;
  if (key === "ArrowRight") return ruler || tab ? null : acts.next;
  if (key === "ArrowLeft") return ruler || tab ? null : acts.back;
  if (/^[1-9]$/.test(key)) return () => acts.choose(Number(key) - 1);
  /** @type {Record<string, () => void>} */
  const letters = {
    r: acts.reveal,
    b: acts.blank,
    ".": acts.blank,
    f: acts.full,
    v: acts.vote,
    "?": acts.help,
  };
  return letters[key.toLowerCase()] ?? null;
}

/** @param {HTMLElement} stage @param {KeyActs} acts */
function swipes(stage, acts) {
  /** @type {{x: number, y: number} | null} */
  let from = null;
  stage.addEventListener(
    "touchstart",
    (event) => {
      const target = /** @type {Element} */ (event.target);
      const held = target.closest("input, select, .axes-drags, .stage-recap-table");
      const [touch] = event.touches;
      from = held || event.touches.length > 1 ? null : { x: touch.clientX, y: touch.clientY };
    },
    { passive: true },
  );
  stage.addEventListener("touchend", (event) => {
    if (!from) return;
    const [touch] = event.changedTouches,
      dx = touch.clientX - from.x,
      dy = touch.clientY - from.y;
    from = null;
    if (Math.abs(dx) < 60 || Math.abs(dy) > 0.6 * Math.abs(dx)) return;
    if (dx < 0) acts.next();
    else acts.back();
  });
}
