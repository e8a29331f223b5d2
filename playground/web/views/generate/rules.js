// @ts-check
/**
 * The chain of rules: at once the controls, the funnel and the explanation. Each rule's control stands where the rule acts.
 */
import { inEveryLanguage, make, node } from "../../core/dom.js";
import { fixed, percent, whole } from "../../core/format.js";
import { say, t } from "../../core/translate.js";
import { namedNumber, numberBox, slider } from "./rule_controls.js";

/** @typedef {Record<string, any>} Settings */

/**
 *   const rules = makeRules({host, constants, onChange: (settings) => ...});
 *   rules.settings; rules.set(settings); rules.show(record); rules.clear(); rules.nameOf(stage)
 *
 * @param {object} options
 * @param {HTMLElement} options.host
 * @param {any} options.constants rules, orders, presets, start, seed: playground/pages/generate/presets.py
 * @param {(settings: Settings) => void} options.onChange the visitor changed a rule
 */
export function makeRules({ host, constants, onChange }) {
  const { rules, orders, presets } = constants;
  /** @type {Settings} */
  let settings = { ...constants.start };
  let every = false;
  /** @type {any} */
  let seen = null;
  /** @type {Map<string, any>} */
  const byName = new Map(rules.map((/** @type {any} */ rule) => [rule.name, rule]));
  /** A preset's name, or the visitor's own list of stages. @returns {string[]} */
  const stages = () => (Array.isArray(settings.order) ? settings.order : orders[settings.order]);
  /** @param {any} rule */
  const isOff = (rule) => settings[rule.field] === rule.off;

  const choices = makeChoices({
    orders,
    presets,
    pickPreset: (name) => change({ ...presets[name], seed: settings.seed }),
    pickOrder: (name) => change({ order: name }),
    showEvery(on) {
      every = on;
      layout();
    },
  });
  const chain = make("div", "chain"),
    explain = make("p", "rules-explain", " ");
  host.replaceChildren(choices.element, chain, explain);
  /** @type {() => string} */
  let explained = () => " ";
  inEveryLanguage(() => {
    explain.textContent = explained();
  });
  /** @param {HTMLElement} element @param {() => string} text */
  function explains(element, text) {
    for (const name of ["pointerenter", "focusin"])
      element.addEventListener(name, () => {
        explained = text;
        explain.textContent = text();
      });
  }

  const modelRow = plainRow(() => t("model")),
    drawRow = plainRow(() => t("draw"));
  explains(modelRow.element, () =>
    t("The network gives every token of its vocabulary a number, its logit."),
  );
  explains(drawRow.element, () =>
    t(
      "A random number u between 0 and 1 picks the token: it depends on the seed and the step alone.",
    ),
  );
  const seed = namedNumber(
    constants.seed,
    () => settings.seed,
    (value) => change({ seed: value }),
  );
  const sample = sampleBox((on) => change({ do_sample: on }));
  drawRow.control.append(sample.label, seed.label);

  /** @type {Map<string, ReturnType<typeof ruleRow>>} */
  const rows = new Map(
    rules.map((/** @type {any} */ rule) => {
      const row = ruleRow(rule, () => settings, change);
      explains(row.element, () => say(rule.explain));
      return [rule.name, row];
    }),
  );

  /** @param {Settings} more */
  function change(more) {
    settings = { ...settings, ...more };
    layout();
    onChange({ ...settings });
  }

  /** The rules on view: all, or those that are on, the basic ones, and the one whose control is in use. */
  function wanted() {
    return stages().filter((name) => {
      const rule = byName.get(name);
      if (!rule) return false;
      return (
        every ||
        rule.basic ||
        !isOff(rule) ||
        rows.get(name)?.element.contains(document.activeElement)
      );
    });
  }

  function layout() {
    choices.show(settings);
    const list = [
      modelRow.element,
      ...wanted().map((name) => /** @type {any} */ (rows.get(name)).element),
      drawRow.element,
    ];
    if (
      list.length !== chain.children.length ||
      list.some((element, i) => chain.children[i] !== element)
    )
      chain.replaceChildren(...list);
    for (const row of rows.values()) row.show(isOff(row.rule), every);
    seed.show();
    sample.box.checked = settings.do_sample;
    if (seen) show(seen);
  }

  /** The funnel: how many tokens are left after each rule, and how much probability it took away. @param {any} record */
  function show(record) {
    seen = record;
    /** @type {Map<string, any>} */
    const facts = new Map(record.stages.map((/** @type {any} */ stage) => [stage.name, stage]));
    const limit = facts.get("engine_limit"); // another program's engine gives its likeliest tokens and no more
    let kept = limit?.kept ?? facts.get("logits")?.kept ?? record.vocab_size;
    modelRow.control.textContent = limit
      ? t("gives {count} of {all} tokens", { count: limit.kept, all: record.vocab_size })
      : t("{count} logits", { count: record.vocab_size });
    modelRow.kept.textContent = whole(kept);
    modelRow.lost.textContent = limit ? "−" + percent(limit.removed_mass) : "";
    for (const name of stages()) {
      const stage = facts.get(name);
      if (stage) kept = stage.kept;
      rows.get(name)?.passed(kept, stage, record.binding === name);
    }
    drawRow.kept.textContent = "1";
    drawRow.lost.textContent =
      record.u === null
        ? record.forced
          ? t("chosen")
          : t("greedy")
        : t("u = {u}", { u: fixed(record.u, 3) });
  }

  /** @param {string} stage @returns {string} */
  function nameOf(stage) {
    const rule = byName.get(stage);
    if (rule) return say(rule.label);
    if (stage === "draw") return t("the draw");
    return stage === "engine_limit" ? t("the engine’s limit") : stage;
  }

  inEveryLanguage(layout);
  return {
    /** @param {Settings} next not reported as the visitor's change */
    set(next) {
      settings = { ...settings, ...next };
      layout();
    },
    change,
    show,
    clear() {
      seen = null;
      modelRow.control.textContent = "";
      for (const row of [modelRow, drawRow, ...rows.values()]) {
        row.kept.textContent = "";
        row.lost.textContent = "";
        row.element.classList.remove("bind");
      }
    },
    nameOf,
    get settings() {
      return { ...settings };
    },
  };
}

/** The first and the last row: what is no rule. @param {() => string} name */
function plainRow(name) {
  const control = make("div", "link-control link-wide"),
    kept = make("span", "num"),
    lost = make("span", "num link-lost");
  const element = node(
    "div",
    { class: "link" },
    node("span", { class: "link-name" }, name),
    control,
    kept,
    lost,
  );
  return { element, control, kept, lost };
}

/** @param {any} rule @param {() => Settings} settings @param {(more: Settings) => void} change */
function ruleRow(rule, settings, change) {
  const value = () => settings()[rule.field];
  /** @param {number} next */
  const take = (next) => change({ [rule.field]: next });
  const range = slider(rule, value, take),
    exact = numberBox(rule, value, take, {
      "aria-label": () => t("{rule}, exact value", { rule: say(rule.label) }),
    });
  const more = (rule.more ?? []).map((/** @type {any} */ row) =>
    namedNumber(
      row,
      () => settings()[row.field],
      (next) => change({ [row.field]: next }),
    ),
  );
  const kept = make("span", "num"),
    lost = make("span", "num link-lost"),
    control = make("div", "link-control");
  control.append(range.box, ...more.map((/** @type {any} */ one) => one.label));
  const element = node(
    "div",
    { class: "link", role: "group" },
    node("span", { class: "link-name" }, () => say(rule.label)),
    control,
    exact.box,
    kept,
    lost,
  );
  return {
    rule,
    element,
    kept,
    lost,
    /** @param {boolean} off @param {boolean} every whether all rules are on view */
    show(off, every) {
      range.show();
      exact.show();
      element.classList.toggle("off", off || (!settings().do_sample && !rule.when_greedy));
      for (const one of more) {
        one.label.hidden = off && !every;
        one.show();
      }
    },
    /** @param {number} count @param {any} stage what the rule did, undefined where it did not act @param {boolean} binding */
    passed(count, stage, binding) {
      kept.textContent = whole(count);
      lost.textContent = effectOf(stage);
      element.classList.toggle("bind", binding);
      const name = say(rule.label);
      element.setAttribute("aria-label", binding ? t("{rule} decides here", { rule: name }) : name);
    },
  };
}

/** @param {any} stage */
export function effectOf(stage) {
  if (!stage) return "";
  if (stage.removed) return "−" + percent(stage.removed_mass);
  return stage.effect
    ? t("shifts {mass}", { mass: percent(stage.total_variation) })
    : t("no effect");
}

/** @param {(on: boolean) => void} take */
function sampleBox(take) {
  const box = node("input", { type: "checkbox" });
  box.addEventListener("change", () => take(box.checked));
  const label = node(
    "label",
    {
      class: "rules-check",
      title: () => t("Off: the likeliest token is taken every time (greedy)"),
    },
    box,
    () => t("at random"),
  );
  return { label, box };
}

/**
 * Which rules go together, and in which order they act.
 * @param {any} options
 */
function makeChoices({ orders, presets, pickPreset, pickOrder, showEvery }) {
  /** @param {string} value @param {() => string} text */
  const option = (value, text) => node("option", { value }, text);
  const preset = node(
    "select",
    { title: () => t("Settings that go together"), "aria-label": () => t("Preset") },
    option("", () => t("your own rules")),
    ...Object.keys(presets).map((name) => option(name, () => say(name))),
  );
  const ownOrder = option("", () => t("your own order"));
  const order = node(
    "select",
    {
      title: () =>
        t("In which order the rules act: two popular programs differ, and so do the distributions"),
      "aria-label": () => t("Order of the rules"),
    },
    ownOrder,
    ...Object.keys(orders).map((name) => option(name, () => t("order: {name}", { name }))),
  );
  const every = node(
    "button",
    {
      type: "button",
      class: "plain",
      "aria-pressed": "false",
      title: () => t("Show every rule, also those that are off"),
    },
    () => t("All rules"),
  );
  every.addEventListener("click", () => {
    const on = every.getAttribute("aria-pressed") !== "true";
    every.setAttribute("aria-pressed", String(on));
    showEvery(on);
  });
  preset.addEventListener("change", () => preset.value && pickPreset(preset.value));
  order.addEventListener("change", () => order.value && pickOrder(order.value));
  /** @param {Settings} a @param {Settings} b */
  const same = (a, b) =>
    Object.keys(b).every((key) => key === "seed" || key === "max_new_tokens" || a[key] === b[key]);
  return {
    element: node("div", { class: "rules-choices" }, preset, order, every),
    /** @param {Settings} settings */
    show(settings) {
      preset.value = Object.keys(presets).find((name) => same(settings, presets[name])) ?? "";
      ownOrder.hidden = !Array.isArray(settings.order);
      order.value = ownOrder.hidden ? settings.order : "";
    },
  };
}
