// @ts-check
/** The controls of the Unmask view: fields shown and hidden by the sampler that is chosen, without
 * asking anybody. The values are a
 * store of their own; the fields draw them. */
import { fillSelect, node, partsOf } from "../../core/dom.js";
import { fixed } from "../../core/format.js";
import { nt, onLanguage, say, t } from "../../core/translate.js";
import { advanced, second } from "./form_fields.js";
import { cannotRun, drawsAll, paceOf, scheduleOf, schedulesOf, stepsFor } from "./form_offers.js";

/** @typedef {{name: string, title: string, fields: string[], selections: string[], steps: boolean, posterior: boolean, verifier: boolean}} Sampler */
/** @typedef {[title: string, name: string, exact: boolean, verifies: boolean, noise: boolean]} Model */
/** @typedef {{first: import("../../schema.d.ts").UnmaskFields, models: Model[], canvases: Record<string, string>, samplers: Sampler[],
 *   schedules: string[], limits: Record<string, [number, number]>}} FormConstants */

/** How many masks a canvas text asks for; the server counts them again. @param {string} text */
function masksOf(text) {
  let sum = 0;
  for (const [, count] of text.matchAll(/\[MASK\](?:\s*\*\s*(\d{1,6}))?/gi))
    sum += Number(count ?? 1);
  return sum;
}

/** @param {FormConstants} given */
export function formSkeleton(given) {
  const first = given.first;
  return node(
    "form",
    { class: "diffusion-form", novalidate: true },
    node(
      "div",
      { class: "diffusion-line diffusion-top" },
      node("button", { type: "submit", class: "main", id: "diffusion-run", part: "run" }, () =>
        t("Run"),
      ),
      field(
        "sampler",
        () => t("Sampler"),
        node("select", { part: "sampler", "aria-label": () => t("Sampler") }),
      ),
      node(
        "label",
        { class: "diffusion-field diffusion-dial", part: "dialBox" },
        node("span", {}, () => t("Words per step")),
        node("input", {
          type: "range",
          part: "dial",
          min: 1,
          max: 24,
          step: 1,
          "aria-label": () => t("Words per step"),
        }),
        node("output", { class: "num", part: "dialSays" }),
        node("span", {
          class: "diffusion-score",
          part: "score",
          role: "status",
          title: () =>
            t(
              "How surprised the left-to-right twin is by this text: exp of the mean surprisal. Lower reads more fluently.",
            ),
        }),
      ),
    ),
    node(
      "div",
      { class: "canvas-sampler", id: "diffusion-sampler", "aria-live": "polite" },
      node(
        "p",
        { class: "say", part: "about", hidden: true },
        node("b", { part: "aboutName" }),
        " ",
        node("span", { part: "aboutText" }),
      ),
      node("p", { class: "canvas-note", part: "aboutSource" }),
    ),
    node(
      "div",
      { class: "diffusion-line diffusion-own" },
      node(
        "label",
        { class: "diffusion-field diffusion-wide", id: "diffusion-canvas" },
        node("span", {}, () => t("Canvas: your words, and [MASK]*12 where twelve are to appear")),
        node("textarea", {
          part: "canvas",
          rows: 1,
          maxlength: 4000,
          spellcheck: "false",
          translate: "no",
          "aria-label": () => t("Canvas: your words, and [MASK]*12 where twelve are to appear"),
        }),
      ),
      field(
        "model",
        () => t("Model"),
        node("select", { part: "model", "aria-label": () => t("Model") }),
      ),
    ),
    node(
      "p",
      { class: "canvas-reading diffusion-own", id: "diffusion-reading", "aria-live": "polite" },
      node("span", { part: "reading", translate: "no" }),
    ),
    node(
      "details",
      { class: "diffusion-more diffusion-own", part: "more" },
      node("summary", {}, () => t("More settings")),
      node("p", { class: "canvas-note", part: "cannot" }),
      ...advanced(given, field, number),
      second(field, number),
    ),
  );
  /** @param {string} name @param {() => string} label @param {HTMLElement} control */
  function field(name, label, control) {
    return node(
      "label",
      { class: "diffusion-field", part: name + "Box" },
      node("span", {}, label),
      control,
    );
  }
  /** @param {string} name @param {() => string} label @param {number} [step] */
  function number(name, label, step = 1) {
    const [low, high] = given.limits[name];
    return field(
      name,
      label,
      node("input", {
        type: "number",
        part: name,
        min: low,
        max: high,
        step: step === 1 ? 1 : "any",
        value: first[name],
        "aria-label": label,
      }),
    );
  }
}

/**
 * @param {HTMLElement} view the skeleton @param {FormConstants} given
 * @param {{run: () => void, changed: (field: string) => void, dialled: () => void, offers: () => void}} on
 */
export function makeForm(view, given, on) {
  const { part, input, select, press } = partsOf(view),
    canvas = /** @type {HTMLTextAreaElement} */ (/** @type {unknown} */ (part("canvas")));
  /** @type {Record<string, any>} */
  let values = { ...given.first };
  let models = given.models;
  let lastCanvas = values.canvas; // what the page itself wrote there
  let begun = values.schedule; // the same of the schedule

  const sampler = () =>
    /** @type {Sampler} */ (given.samplers.find((one) => one.name === values.sampler));
  const isExact = () => models.find(([, name]) => name === values.model)?.[2] ?? false;
  const verifies = () => models.find(([, name]) => name === values.model)?.[3] ?? false;
  const readsNoise = () => models.find(([, name]) => name === values.model)?.[4] ?? false;
  const fits = (/** @type {Sampler} */ one) =>
    isExact() || ((!one.posterior || readsNoise()) && (!one.verifier || verifies()));

  function drawChoices() {
    fillSelect(select("model"), [
      ...models.map(([title, name]) => /** @type {[string, string]} */ ([name, say(title)])),
      ...(models.some(([, name]) => name === values.model)
        ? []
        : [/** @type {[string, string]} */ ([values.model, values.model])]),
    ]);
    // one that cannot run here stays only while a link has chosen it: Run then says why
    const offered = given.samplers.filter((one) => fits(one) || one.name === values.sampler);
    fillSelect(
      select("sampler"),
      offered.map((one) => [one.name, say(one.title)]),
    );
    fillSelect(
      select("sampler_b"),
      given.samplers
        .filter((one) => fits(one) || one.name === values.sampler_b)
        .map((one) => [one.name, say(one.title)]),
    );
    fillSelect(
      select("selection"),
      (sampler()?.selections ?? []).map((one) => [one, one]),
    );
    fillSelect(
      select("schedule"),
      schedulesOf(sampler(), given.schedules, values.schedule).map((one) => [one, one]),
    );
    fillSelect(select("start"), [
      ["masks", t("masks")],
      ["random words", t("random words")],
    ]);
    part("cannot").textContent = cannotRun(
      given.samplers.filter((one) => !fits(one)),
      models.filter(([, , exact, , noise]) => noise && !exact).map(([title]) => say(title)),
    );
    part("cannot").hidden = !part("cannot").textContent;
  }

  function drawDial() {
    const masks = Math.max(1, masksOf(values.canvas)),
      dial = input("dial"),
      reads = sampler()?.steps && values.sampler !== "gibbs" && !isChecked(values.sampler);
    dial.max = String(masks);
    dial.disabled = !reads;
    dial.value = String(paceOf(values.sampler, masks, values.steps || 1));
    part("dialSays").textContent = reads
      ? drawsAll(sampler())
        ? nt("all words at once, {n} step", "all words at once, {n} steps", values.steps || 1)
        : nt("{words} per step, {n} step", "{words} per step, {n} steps", values.steps || 1, {
            words: dial.value,
          })
      : values.sampler === "gibbs"
        ? t("one word at a time")
        : isChecked(values.sampler)
          ? t("as many as pass the check")
          : t("sets its own pace");
  }

  /** @type {number | null} */
  let score = null;
  function drawScore() {
    part("score").textContent =
      score === null ? "" : t("perplexity {value}", { value: fixed(score, score < 10 ? 1 : 0) });
  }

  /** @type {{text?: string, problem?: any}} */
  let read = {};
  let above = "";
  function drawReading() {
    const problem = read.problem ? say(read.problem) : "";
    part("reading").className = problem ? "problem" : "";
    part("reading").textContent =
      problem && problem !== above
        ? problem
        : read.text
          ? t("The model reads: {text}", { text: read.text })
          : "";
  }

  /** The values into the fields. */
  function draw() {
    drawScore();
    drawReading();
    drawChoices();
    for (const [name, value] of Object.entries(values)) {
      const control = /** @type {HTMLInputElement} */ (name === "canvas" ? canvas : part(name));
      if (control.type === "checkbox") control.checked = Boolean(value);
      else if (control !== document.activeElement || String(value) !== control.value)
        control.value = String(value ?? "");
    }
    const reads = new Set(sampler()?.fields ?? []);
    for (const name of OWN) part(name + "Box").hidden = !reads.has(name);
    input("steps").disabled = !sampler()?.steps;
    part("stepsLabel").textContent =
      values.sampler === "gibbs"
        ? t("Sweeps")
        : isChecked(values.sampler)
          ? t("Window: cosine in so many steps")
          : t("Steps");
    input("steps").setAttribute("aria-label", part("stepsLabel").textContent ?? "");
    part("second").hidden = !values.two;
    drawDial();
    fitCanvas(canvas);
  }

  function set(/** @type {string} */ name, /** @type {any} */ value) {
    values[name] = value;
    if (name === "sampler" || name === "model") {
      if (!fits(sampler())) values.sampler = "llada";
      const { selections } = sampler();
      if (selections.length && !selections.includes(values.selection))
        values.selection = selections[0];
      if (values.schedule === begun)
        values.schedule = begun = scheduleOf(values.sampler, readsNoise() && !isExact());
    }
    if (name === "model" && (values.canvas === lastCanvas || values.canvas.trim() === "")) {
      values.canvas = lastCanvas = given.canvases[value] ?? "[MASK]*12";
      values.steps = stepsFor(values.sampler, masksOf(values.canvas), Number(input("dial").value));
    }
    draw();
    on.changed(name);
  }

  const typed = (/** @type {HTMLInputElement} */ one) =>
    one.type === "checkbox"
      ? one.checked
      : one.type === "number"
        ? one.value === ""
          ? null
          : Number(one.value)
        : one.value;
  view.addEventListener("input", (event) => {
    const one = /** @type {HTMLInputElement} */ (event.target),
      name = one.dataset.part ?? "";
    if (name === "dial") {
      values.steps = stepsFor(values.sampler, masksOf(values.canvas), Number(one.value));
      draw();
    } else if (name in values) set(name, typed(one));
  });
  input("dial").addEventListener("change", on.dialled);
  select("model").addEventListener("focus", on.offers);
  view.addEventListener("submit", (event) => {
    event.preventDefault();
    on.run();
  });
  canvas.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    on.run();
  });
  new ResizeObserver(() => fitCanvas(canvas)).observe(view);
  onLanguage(draw);
  draw();

  return {
    values: () => ({ ...values }),
    locked: () => input("lock").checked,
    /** @param {Record<string, any>} next */
    fill(next) {
      values = { ...values, ...next };
      lastCanvas = values.canvas === given.first.canvas ? values.canvas : lastCanvas;
      draw();
    },
    /** @param {Model[]} next */
    offer(next) {
      models = next;
      draw();
    },
    /** @param {{text?: string, problem?: any}} said */
    reading(said) {
      read = said;
      drawReading();
    },
    /** What is said already above the field. @param {string} sentence */
    saidAbove(sentence) {
      above = sentence;
      drawReading();
    },
    /** @param {number | null | undefined} perplexity of the text on view */
    scored(perplexity) {
      score = perplexity ?? null;
      drawScore();
    },
    /** @param {{name?: string, text?: string, sentences?: any[], source?: string}} card */
    about(card) {
      part("about").hidden = !card.name;
      part("aboutName").textContent = card.name ? say(card.name) + "." : "";
      part("aboutText").textContent = (card.sentences ?? (card.text ? [card.text] : []))
        .map(say)
        .join(" ");
      part("aboutSource").textContent = card.source ?? "";
    },
    runButton: press("run"),
  };
}

/** A pass of these writes as many words as its checks let through; their steps are those of the window. @param {string} sampler */
const isChecked = (sampler) => sampler === "self-verifying" || sampler === "self-speculative";

/** Fields that not every sampler reads. */
const OWN = [
  "selection",
  "schedule",
  "threshold",
  "edit_threshold",
  "bound",
  "t_min",
  "t_max",
  "confidence_threshold",
  "eta",
  "alg_temp",
  "guidance",
  "burn_in",
  "start",
  "as_published",
  "block_length",
  "overlap",
];

/** As high as its text, up to six lines. @param {HTMLTextAreaElement} canvas */
function fitCanvas(canvas) {
  canvas.style.height = "auto";
  canvas.style.height = Math.min(canvas.scrollHeight + 2, 170) + "px";
}

/** Fields on which the sampler's card depends. */
export const CARD_FIELDS = new Set([
  "sampler",
  "selection",
  "as_published",
  "temperature",
  "top_p",
  "guidance",
  "overlap",
]);
