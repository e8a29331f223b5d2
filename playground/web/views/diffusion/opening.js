// @ts-check
/**
 * How the page begins: with the recorded run, which plays by itself for whoever looks and has
 * touched nothing, or with a link's run.
 */
import { calm } from "../../core/dom.js";
import { stepOf } from "../../core/link.js";

/** @typedef {import("./unmask.js").UnmaskView} View */

const SLOW = 4; // steps a second: each reveal can be seen
const USUAL = 8;

/** A link that was opened: its fields, and its run once more. @param {View} view */
export async function arrive(view) {
  playRecorded(view);
  const query = location.search;
  if (new URLSearchParams(query).get("tab") !== "diffusion") return;
  const answer = await view.server.arrive({ query: query.slice(0, 20000) }).catch(() => ({}));
  if (answer.values) view.form?.fill(answer.values);
  if (answer.message || answer.problem) view.problem(answer.message || answer.problem);
  if (answer.run && !view.run.running) {
    view.store.turn = answer.run.edited?.turn ?? 0;
    view.start(answer.run);
  } else if (!answer.run) {
    const step = stepOf(new URLSearchParams(query).get("step"), view.store.length);
    if (step !== null && view.root.dataset.state === "recorded") view.time.go(step);
  }
}

/** @param {View} view */
function playRecorded({ root, run, store, time, parts }) {
  if (calm() || !store.sides.length || new URLSearchParams(location.search).has("step")) return;
  const touches = ["pointerdown", "keydown", "wheel"];
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    seen.disconnect();
    if (root.dataset.state !== "recorded" || run.running) return;
    time.suggestSpeed(SLOW);
    time.go(0, "play");
    time.play();
  });
  function touched() {
    seen.disconnect();
    time.suggestSpeed(USUAL);
    for (const touch of touches) root.removeEventListener(touch, touched);
  }
  for (const touch of touches) root.addEventListener(touch, touched, { passive: true });
  seen.observe(parts.part("sides"));
}

/** The wall is in sight when it moves. @param {HTMLElement} wall @param {HTMLElement} head what stands above it */
export function inSight(wall, head) {
  const { top } = wall.getBoundingClientRect();
  if (top < 0 || top > innerHeight / 2) head.scrollIntoView();
}
