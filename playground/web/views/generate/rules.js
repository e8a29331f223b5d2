// @ts-check
/**
 * The chain of rules: at once the controls, the funnel and the explanation. Each rule's control
 * stands where the rule acts.
 */
import { inEveryLanguage, make, node } from "../../core/dom.js";
import { fixed, percent, whole } from "../../core/format.js";
import { onLook } from "../../core/look.js";
import { say, t } from "../../core/translate.js";
import { FAR_ROWS, GATE_ROWS, makeGateBars } from "./gate_bars.js";
import { passagesOf } from "./passages.js";
import { makeChoices } from "./rule_choices.js";
import { makeFurther } from "./rule_further.js";
import { mainControls, named, namedNumber } from "./rule_controls.js";
import { makeOrder, moved } from "./rule_order.js";

/** @typedef {import("../../schema.d.ts").DecodingSettings} Settings */

const CROWDED = 9; // columns beyond which the gates are compact

/**
 *   const rules = makeRules({host, constants, onChange: (settings) => ...});
 *   rules.settings; rules.set(settings); rules.show(record); rules.clear(); rules.nameOf(stage)
 *
 * @param {object} options
 * @param {HTMLElement} options.host
 * @param {any} options.constants rules, orders, presets, start, seed: playground/pages/generate/presets.py
 * @param {(settings: Settings) => void} options.onChange the visitor changed a rule
 * @param {(settings: Settings) => void} options.shown the controls show these settings
 */
export function makeRules({ host, constants, onChange, shown }) {
  const { rules, orders, presets, conventions } = constants;
  /** @type {Settings} */
  let settings = { ...constants.start };
  let every = false;
  /** @type {any} */
  let seen = null;
  let passing = 0; // the run of bars through the gates; a newer one ends it
  /** @type {Map<string, any>} */
  const byName = new Map(rules.map((/** @type {any} */ rule) => [rule.name, rule]));
  /** A preset's name, or the visitor's own list of stages. @returns {string[]} */
  const stages = () => (Array.isArray(settings.order) ? settings.order : orders[settings.order]);
  /** @param {any} rule */
  const isOff = (rule) => settings[rule.field] === rule.off;

  const choices = makeChoices({
    conventions,
    presets,
    pickPreset: (name) => change({ ...presets[name], seed: settings.seed }),
    pickOrder: (name) => change({ ...conventions[name] }),
    showEvery(on) {
      every = on;
      layout();
    },
  });
  const chain = make("div", "chain");
  host.replaceChildren(chain);

  const modelRow = plainRow(
      () => t("Model"),
      () => t("The network gives every token of its vocabulary a number, its logit."),
      makeGateBars({ labels: true, outlined: true }),
    ),
    drawRow = plainRow(
      () => t("Draw"),
      () =>
        t(
          "A random number u between 0 and 1 picks the token: it depends on the seed and the step alone.",
        ),
    );
  let typed = false; // a seed that was typed is the next text's own
  const seed = namedNumber(
    constants.seed,
    () => settings.seed,
    (value) => {
      typed = true;
      change({ seed: value });
    },
  );
  const sample = sampleBox((on) => change({ do_sample: on }));
  const endings = [constants.stop, constants.ignore_end].map((row) =>
    named(
      row,
      () => settings[row.field],
      (value) => change({ [row.field]: value }),
    ),
  );
  drawRow.control.append(sample.label, seed.label, ...endings.map((ending) => ending.label));
  drawRow.element.append(node("div", { class: "link-more" }, choices.element));

  const order = makeOrder({
    chain,
    gates: () => wanted().map((name) => ({ name, .../** @type {any} */ (rows.get(name)) })),
    label: (name) => say(byName.get(name)?.label),
    place: (name, to) => change({ order: orderOf(moved(stages(), wanted(), name, to)) }),
  });
  /**
   * An order has one spelling: that of the start goes by its name, as in links.
   * @param {string[]} list
   */
  const orderOf = (list) =>
    list.join() === orders[constants.start.order]?.join() ? constants.start.order : list;

  /** @type {Map<string, ReturnType<typeof ruleRow>>} */
  const rows = new Map(
    rules.map((/** @type {any} */ rule) => {
      const row = ruleRow(rule, () => settings, change, order.grip(rule.name));
      return [rule.name, row];
    }),
  );

  /** @param {Partial<Settings>} more */
  function change(more) {
    settings = { ...settings, ...more };
    layout();
    onChange({ ...settings });
  }

  /**
   * The rules on view: all, or those that are on, the basic ones, and the one whose control is in
   * use.
   */
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
    ) {
      const held = chain.contains(document.activeElement) ? document.activeElement : null;
      chain.replaceChildren(...list);
      if (held instanceof HTMLElement && chain.contains(held)) held.focus({ preventScroll: true });
    }
    chain.style.setProperty("--gates", String(list.length - 2));
    chain.classList.toggle("crowded", list.length > CROWDED);
    for (const row of rows.values()) row.show(isOff(row.rule), every);
    seed.show();
    endings.forEach((ending, place) => {
      const field = [constants.stop, constants.ignore_end][place].field;
      ending.label.hidden =
        !every && !settings[field] && !ending.label.contains(document.activeElement);
      ending.show();
    });
    sample.box.checked = settings.do_sample;
    if (seen) show(seen);
    shown(settings);
  }

  /**
   * The funnel: how many tokens are left after each rule, and how much probability it took away.
   * @param {any} record
   */
  function show(record) {
    seen = record;
    /** @type {Map<string, any>} */
    const facts = new Map(record.stages.map((/** @type {any} */ stage) => [stage.name, stage]));
    // another program's engine gives its likeliest tokens and no more
    const limit = facts.get("engine_limit");
    let kept = limit?.kept ?? facts.get("logits")?.kept ?? record.vocab_size;
    modelRow.control.textContent = limit
      ? t("gives {count} of {all} tokens", { count: limit.kept, all: record.vocab_size })
      : t("{count} logits", { count: record.vocab_size });
    modelRow.kept.textContent = whole(kept);
    modelRow.lost.textContent = limit ? "−" + percent(limit.removed_mass) : "";
    const far = document.documentElement.classList.contains("projector");
    const passages = passagesOf(record, far ? FAR_ROWS : GATE_ROWS);
    const last = record.stages.findLast((/** @type {any} */ stage) => byName.has(stage.name))?.name;
    modelRow.bars?.show(passages("logits"), true);
    for (const name of stages()) {
      const stage = facts.get(name);
      if (stage) kept = stage.kept;
      rows.get(name)?.passed(kept, stage, record.binding === name, passages(name), name === last);
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

  const gatesOnView = () => wanted().flatMap((name) => rows.get(name) ?? []);

  inEveryLanguage(layout);
  onLook(() => seen && show(seen));
  return {
    /** @param {Partial<Settings>} next not reported as the visitor's change */
    set(next) {
      settings = { ...settings, ...next };
      layout();
    },
    change,
    /**
     * Before a new text: the seed after that of the last one, unless another was chosen since.
     * @param {number} used
     */
    nextSeed(used) {
      const { seed: now, do_sample: sampled } = settings;
      if (!typed && sampled && now === used)
        settings.seed = used < constants.seed.highest ? used + 1 : 0;
      typed = false;
      layout();
    },
    show,
    /** How long the bars need for all gates on view at full length, in milliseconds. */
    duration: () => gatesOnView().reduce((sum, gate) => sum + gate.bars.duration(), 0),
    /**
     * The bars go through the gates on view, one after the other. @param {ReturnType<typeof import("../../core/motion.js").makeStage>} stage
     * @param {number} pace 1 is the full time @returns {Promise<boolean>} whether they came to the end
     */
    async pass(stage, pace) {
      const gates = gatesOnView();
      const mine = ++passing;
      for (const gate of gates) gate.element.classList.add("waiting");
      for (const gate of gates) {
        if (mine !== passing) break;
        gate.element.classList.replace("waiting", "acting");
        await gate.bars.pass(stage, pace);
        gate.element.classList.remove("acting");
      }
      return mine === passing;
    },
    /** What is under way is over. */
    rest() {
      passing += 1;
      for (const gate of rows.values()) gate.element.classList.remove("waiting", "acting");
    },
    clear() {
      seen = null;
      modelRow.bars?.clear();
      for (const row of rows.values()) row.bars.clear();
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

/**
 * The first and the last row: what is no rule.
 * @param {() => string} name @param {() => string} title @param {ReturnType<typeof makeGateBars>} [bars]
 */
function plainRow(name, title, bars) {
  const control = make("div", "link-control link-wide"),
    kept = make("span", "num"),
    lost = make("span", "num link-lost");
  const element = node(
    "div",
    { class: "link" },
    node("span", { class: "link-name", title }, name),
    control,
    node("span", { class: "link-facts" }, kept, lost),
  );
  if (bars) element.append(bars.element);
  return { element, control, kept, lost, bars };
}

/**
 * @param {any} rule @param {() => Settings} settings @param {(more: Partial<Settings>) => void} change
 * @param {HTMLElement} grip by which the gate is moved
 */
function ruleRow(rule, settings, change, grip) {
  const value = () => settings()[rule.field];
  /** @param {any} next */
  const take = (next) => change({ [rule.field]: next });
  const own = mainControls(rule, value, take);
  const more = (rule.more ?? []).map((/** @type {any} */ row) =>
    named(
      row,
      () => settings()[row.field],
      (next) => change({ [row.field]: next }),
    ),
  );
  const kept = make("span", "num"),
    lost = make("span", "num link-lost"),
    bars = makeGateBars(),
    control = make("div", "link-control");
  control.append(own.control);
  const further = more.length ? makeFurther(rule, more) : null;
  const element = node(
    "div",
    { class: "link", role: "group" },
    node("span", { class: "link-name", title: () => say(rule.explain) }, () => say(rule.label)),
    grip,
    ...(further ? [further.button, further.panel] : []),
    control,
    own.exact,
    node("span", { class: "link-facts" }, kept, lost),
    bars.element,
  );
  return {
    rule,
    element,
    grip,
    bars,
    kept,
    lost,
    /** @param {boolean} off @param {boolean} every whether all rules are on view */
    show(off, every) {
      own.show();
      element.classList.toggle("off", off || (!settings().do_sample && !rule.when_greedy));
      if (further) further.button.hidden = off && !every;
      for (const one of more) one.show();
    },
    /**
     * @param {number} count @param {any} stage what the rule did, undefined where it did not act @param {boolean} binding
     * @param {import("./gate_bars.js").Passage} passage @param {boolean} last whether no rule acts after it
     */
    passed(count, stage, binding, passage, last) {
      bars.show(passage, last);
      kept.textContent = whole(count);
      lost.textContent = effectOf(stage);
      element.classList.toggle("bind", binding);
      const name = say(rule.label);
      element.setAttribute("aria-label", binding ? t("{rule} decides here", { rule: name }) : name);
    },
  };
}

/** @param {any} stage */
function effectOf(stage) {
  if (!stage) return "";
  if (stage.removed) {
    const mass = percent(stage.removed_mass);
    return (/^\d/.test(mass) ? "−" : "− ") + mass; // "−>99.95%" reads as an arrow
  }
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
