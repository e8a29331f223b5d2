// @ts-check
/**
 * How the page begins: with the recorded run, which plays by itself for whoever looks and has
 * touched nothing, with a link's run, or with the run that was on view before the page was loaded
 * anew.
 */
import { calm } from "../../core/dom.js";
import { keepOverReload, takeKept } from "../../core/kept.js";
import { stepOf } from "../../core/link.js";
import { announce } from "../../core/messages.js";
import { t } from "../../core/translate.js";

/** @typedef {import("./unmask.js").UnmaskView} View */

const SLOW = 4; // steps a second: each reveal can be seen
const USUAL = 8;

/** How the page opens; what stood in the form before a reload is in it again. @param {View} view */
export async function arrive(view) {
  playRecorded(view);
  const kept = takeKept("run");
  keepRun(view);
  await openAddress(view, (await runBefore(view, kept?.again)) ?? location.search);
  if (kept?.form) view.form?.fill(kept.form);
}

/**
 * A link that was opened: its fields, and its run once more.
 * @param {View} view @param {string} query
 */
async function openAddress(view, query) {
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

/** The run on view goes along with a reload, and what stands in the form. @param {View} view */
function keepRun(view) {
  keepOverReload("run", () => {
    const form = view.formValues();
    return { form, again: runOf(view, form) };
  });
}

/**
 * The fields of the run on view, or of one that was asked for and has not begun; null where there
 * is none.
 * @param {View} view @param {any} form
 */
function runOf({ store, time, asked, root, run }, form) {
  const begun = run.name === root.dataset.run;
  if (run.running && !begun && !asked.edited) return { ...asked.values, ran: 1 };
  if (store.recorded || !store.sides.length || !store.link.ran) return null;
  return { ...form, ...store.link, step: time.step };
}

/**
 * The address that gives the run of before a reload again, once; null where there was none.
 * @param {View} view @param {any} fields
 */
async function runBefore(view, fields) {
  if (!fields) return null;
  const { query } = await view.server.address({ fields }).catch(() => ({}));
  if (query) announce(t("The page was loaded anew: the run that stood here is made again."));
  return query ?? null;
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

/**
 * The wall is in sight when it moves.
 * @param {HTMLElement} wall
 * @param {HTMLElement} head what stands above it
 */
export function inSight(wall, head) {
  const { top } = wall.getBoundingClientRect();
  if (top < 0 || top > innerHeight / 2) head.scrollIntoView();
}
