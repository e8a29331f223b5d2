// The chain of rules: at once the controls, the funnel and the explanation. Each rule's control stands where the rule acts.
//
//   const rules = make_rules({host, rules, orders, presets, start, on_change: settings => ...});
//   rules.settings; rules.set(settings); rules.show(record); rules.name(stage) -> the label of a stage
function make_rules({ host, rules, orders, presets, start, on_change }) {
  let settings = { ...start },
    every = false,
    seen = null;
  const by_name = Object.fromEntries(rules.map((rule) => [rule.name, rule]));
  const off = presets["pure sampling"];
  const is_off = (rule) => settings[rule.field] === off[rule.field];

  const choices = make("div", "rules-choices");
  const preset = make("select"),
    order = make("select");
  preset.title = "Settings that go together";
  preset.setAttribute("aria-label", "Preset");
  order.title =
    "In which order the rules act: two popular programs differ, and so do the distributions";
  order.setAttribute("aria-label", "Order of the rules");
  preset.append(
    Object.assign(make("option", "", "your own rules"), { value: "" }),
    ...Object.keys(presets).map((name) => Object.assign(make("option", "", name), { value: name })),
  );
  order.append(
    ...Object.keys(orders).map((name) =>
      Object.assign(make("option", "", "order: " + name), { value: name }),
    ),
  );
  const more = button(
    "All rules",
    "Show every rule, also those that are off",
    () => {
      every = !every;
      more.setAttribute("aria-pressed", every);
      layout();
    },
    "plain",
  );
  more.setAttribute("aria-pressed", "false");
  choices.append(preset, order, more);
  preset.addEventListener("change", () => {
    if (presets[preset.value]) set({ ...presets[preset.value], seed: settings.seed }, true);
  });
  order.addEventListener("change", () => {
    settings.order = order.value;
    layout();
    changed();
  });

  const chain = make("div", "chain"),
    explain = make("p", "rules-explain", " ");
  host.replaceChildren(choices, chain, explain);
  const links = {};
  const model_row = plain_row(
    "model",
    "The network gives every token of its vocabulary a number, its logit.",
  );
  const draw_row = plain_row(
    "draw",
    "A random number u between 0 and 1 picks the token: it depends on the seed and the step alone.",
  );
  const seed = number_box({ field: "seed", label: "seed", low: 0, high: LARGEST_SEED, step: 1 });
  const held = make("label", "rules-check"),
    hold_box = make("input");
  hold_box.type = "checkbox";
  held.append(hold_box, document.createTextNode("lock"));
  held.title = "Off: each new text from the same beginning takes the next seed";
  let typed = false; // a seed that was typed in is the next text's own
  seed.box.addEventListener("input", () => {
    typed = true;
  });
  const sampled = make("label", "rules-check"),
    sample_box = make("input");
  sample_box.type = "checkbox";
  sampled.append(sample_box, document.createTextNode("at random"));
  sampled.title = "Off: the likeliest token is taken every time (greedy)";
  sample_box.addEventListener("change", () => {
    settings.do_sample = sample_box.checked;
    layout();
    changed();
  });
  draw_row.control.append(sampled, seed.label, held);

  function explained(node, text) {
    for (const name of ["pointerenter", "focusin"])
      node.addEventListener(name, () => {
        explain.textContent = text;
      });
  }
  // `step` is how far the arrows of a box go, not a grid; only a step of 1 asks for whole numbers.
  const fits = (box) =>
    box.value !== "" &&
    Number.isFinite(Number(box.value)) &&
    Number(box.value) >= Number(box.min) &&
    (box.max === "" || Number(box.value) <= Number(box.max)) &&
    (Number(box.step) !== 1 || Number.isInteger(Number(box.value)));
  function refuse(label, box, field) {
    const range = box.max !== "" ? `in [${box.min}, ${box.max}]` : `at least ${box.min}`,
      got = box.value || "nothing";
    say(
      Number(box.step) === 1
        ? `${label} must be a whole number ${range}, got ${got}.`
        : `${label} must be ${range}, got ${got}.`,
    );
    box.value = settings[field];
  }
  function plain_row(name, text) {
    const node = make("div", "link"),
      control = make("div", "link-control"),
      kept = make("span", "num"),
      lost = make("span", "num link-lost");
    control.classList.add("link-wide");
    node.append(make("span", "link-name", name), control, kept, lost);
    explained(node, text);
    return { node, control, kept, lost };
  }
  function number_box(spec) {
    const label = make("label", "rules-number"),
      box = make("input");
    Object.assign(box, { type: "number", min: spec.low, max: spec.high, step: spec.step });
    label.append(document.createTextNode(spec.label + " "), box);
    box.addEventListener("input", () => {
      if (fits(box)) {
        settings[spec.field] = Number(box.value);
        layout();
        changed();
      }
    });
    box.addEventListener("change", () => {
      if (!fits(box)) refuse(spec.label, box, spec.field);
    });
    return { label, box, field: spec.field };
  }
  for (const rule of rules) {
    const node = make("div", "link"),
      name = make("span", "link-name", rule.label),
      slider = make("input"),
      box = make("input");
    Object.assign(slider, { type: "range", min: rule.low, max: rule.high, step: rule.step });
    Object.assign(box, { type: "number", min: rule.low, step: rule.step, className: "num" });
    if (SHARES.includes(rule.field)) box.max = 1;
    slider.setAttribute("aria-label", rule.label);
    box.setAttribute("aria-label", rule.label + ", exact value");
    slider.title = rule.explain;
    const kept = make("span", "num"),
      lost = make("span", "num link-lost"),
      control = make("div", "link-control");
    control.append(slider);
    const extra = (rule.more ?? []).map(number_box);
    extra.forEach((one) => control.append(one.label));
    node.append(name, control, box, kept, lost);
    explained(node, rule.explain);
    slider.addEventListener("input", () => {
      settings[rule.field] = Number(slider.value);
      layout(rule);
      changed();
    });
    box.addEventListener("change", () => {
      if (!fits(box)) {
        refuse(rule.label, box, rule.field);
        return;
      }
      settings[rule.field] = Number(box.value);
      layout();
      changed();
    });
    links[rule.name] = { rule, node, slider, box, kept, lost, extra };
  }
  function changed() {
    on_change({ ...settings });
  }
  function same(a, b) {
    return Object.keys(b).every(
      (key) => key === "seed" || key === "max_new_tokens" || a[key] === b[key],
    );
  }

  function layout(moved) {
    preset.value = Object.keys(presets).find((name) => same(settings, presets[name])) ?? "";
    order.value = settings.order;
    const wanted = orders[settings.order].filter(
      (name) =>
        every ||
        by_name[name].basic ||
        !is_off(by_name[name]) ||
        (moved && moved.name === name) ||
        links[name].node.contains(document.activeElement),
    );
    const nodes = [model_row.node, ...wanted.map((name) => links[name].node), draw_row.node];
    if (
      nodes.length !== chain.children.length ||
      nodes.some((node, i) => chain.children[i] !== node)
    )
      chain.replaceChildren(...nodes);
    for (const link of Object.values(links)) {
      const value = settings[link.rule.field],
        gone = is_off(link.rule);
      if (document.activeElement !== link.slider || Number(link.slider.value) !== value)
        link.slider.value = value;
      if (document.activeElement !== link.box) link.box.value = value;
      link.node.classList.toggle(
        "off",
        gone || (!settings.do_sample && !GREEDY.includes(link.rule.name)),
      );
      link.extra.forEach((one) => {
        one.label.hidden = gone && !every;
        if (document.activeElement !== one.box) one.box.value = settings[one.field];
      });
    }
    if (document.activeElement !== seed.box) seed.box.value = settings.seed;
    sample_box.checked = settings.do_sample;
  }
  function set(next, tell) {
    settings = { ...settings, ...next };
    layout();
    if (tell) changed();
  }

  // Before a new text: the seed after `used`, the last text's, unless it is kept or was chosen since.
  function next_seed(used) {
    if (!typed && !hold_box.checked && settings.do_sample && settings.seed === used)
      settings.seed = used < LARGEST_SEED ? used + 1 : 0;
    typed = false;
    layout();
  }

  // The funnel: how many tokens are left after each rule, and how much probability it took away.
  function show(record) {
    seen = record;
    const stages = Object.fromEntries(record.stages.map((stage) => [stage.name, stage]));
    model_row.control.textContent = `${whole(record.vocab_size)} logits`;
    model_row.kept.textContent = whole(stages.logits?.kept ?? record.vocab_size);
    let kept = stages.logits?.kept ?? record.vocab_size;
    const limit = stages.engine_limit; // another program's engine tells its likeliest tokens and no more
    model_row.lost.textContent = limit ? "−" + percent(limit.removed_mass) : "";
    if (limit) {
      kept = limit.kept;
      model_row.control.textContent = `tells ${whole(limit.kept)} of ${whole(record.vocab_size)} tokens`;
      model_row.kept.textContent = whole(limit.kept);
    }
    for (const name of orders[settings.order]) {
      const stage = stages[name],
        link = links[name];
      if (stage) kept = stage.kept;
      link.kept.textContent = whole(kept);
      link.lost.textContent = !stage
        ? ""
        : stage.removed
          ? "−" + percent(stage.removed_mass)
          : stage.effect
            ? "moves " +
              Math.max(0.1, 100 * stage.total_variation).toFixed(
                stage.total_variation < 0.095 ? 1 : 0,
              ) +
              "%"
            : "no effect";
      link.node.classList.toggle("bind", record.binding === name);
      link.node.setAttribute(
        "aria-label",
        record.binding === name ? link.rule.label + " decides here" : link.rule.label,
      );
      link.node.setAttribute("role", "group");
    }
    draw_row.kept.textContent = "1";
    draw_row.lost.textContent =
      record.u === null ? (record.forced ? "chosen" : "greedy") : "u = " + record.u.toFixed(3);
  }
  function clear() {
    model_row.control.textContent = "";
    for (const row of [model_row, draw_row, ...Object.values(links)]) {
      row.kept.textContent = "";
      row.lost.textContent = "";
      row.node.classList.remove("bind");
    }
  }
  // One sentence of parts: [text, is it a name].
  function sentence(record) {
    const own = record.stages.filter((stage) => stage.name !== "logits" && stage.name !== "draw");
    const idle = own.filter((stage) => !stage.effect).map((stage) => name(stage.name));
    const parts = [];
    if (record.binding) {
      const one = own.find((stage) => stage.name === record.binding);
      parts.push(
        ["Here ", false],
        [name(one.name), true],
        [
          one.removed === 1
            ? ` decides: it removes one token holding ${percent(one.removed_mass)} of the probability.`
            : ` decides: it removes ${whole(one.removed)} tokens holding ${percent(one.removed_mass)} of the probability.`,
          false,
        ],
      );
    } else if (!own.length)
      parts.push([
        record.forced
          ? "No rule acts here: this is the model’s own distribution."
          : settings.do_sample
            ? "No rule acts here: the model’s own distribution is drawn from."
            : "No rule acts here: the likeliest token is taken.",
        false,
      ]);
    else
      parts.push([
        own.some((stage) => stage.effect)
          ? "Here no rule removes a token; the probabilities only shift."
          : "Here no rule removes a token.",
        false,
      ]);
    const shifts = own
      .filter((stage) => stage.effect && !stage.removed)
      .map((stage) => name(stage.name));
    if (record.binding && shifts.length)
      parts.push([
        shifts.length > 1
          ? ` ${list(shifts)} shift probability before or after it.`
          : ` ${list(shifts)} shifts probability before or after it.`,
        false,
      ]);
    if (idle.length)
      parts.push([
        idle.length > 1
          ? ` ${list(idle)} have no effect at this step.`
          : ` ${list(idle)} has no effect at this step.`,
        false,
      ]);
    return parts;
  }
  function list(english) {
    const said = (word) => window.playgroundWords?.say(word) ?? word,
      names = english.map(said);
    const text =
      names.length > 1
        ? names.slice(0, -1).join(", ") + ` ${said("and")} ` + names[names.length - 1]
        : names[0];
    return text[0].toUpperCase() + text.slice(1);
  }
  function name(stage) {
    return (
      by_name[stage]?.label ??
      (stage === "draw" ? "the draw" : stage === "engine_limit" ? "the engine’s limit" : stage)
    );
  }
  layout();
  return {
    set,
    next_seed,
    show,
    clear,
    sentence,
    name,
    get settings() {
      return { ...settings };
    },
    get seen() {
      return seen;
    },
  };
}
const LARGEST_SEED = Number.MAX_SAFE_INTEGER;
const SHARES = ["top_p", "min_p", "typical_p", "xtc_probability"]; // fields whose slider's end is the field's own
const GREEDY = [
  "repetition_penalty",
  "no_repeat_ngram_size",
  "presence_penalty",
  "frequency_penalty",
  "dry_multiplier",
];
