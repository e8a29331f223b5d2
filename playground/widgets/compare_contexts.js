// One distribution beside another: two prompts under one model, or two models after one prompt.
const model = select_input(props.models),
  first = area("", 2),
  second = area("", 2),
  out = make("section");
const one_model = select_input(props.models),
  other_model = select_input(props.models, props.models[1]?.[0]),
  prompt = area("", 2),
  out_models = make("section");
function bar(row, top) {
  const line = make("div", "context-bar"),
    track = make("div", "context-track"),
    one = make("i", "before"),
    two = make("i", "after");
  one.style.width = (100 * (row.first ?? 0)) / top + "%";
  two.style.width = (100 * (row.second ?? 0)) / top + "%";
  track.append(one, two);
  const says = (p) => (p === null ? "beyond the 400" : chance(p)),
    change = row.first && row.second ? ` ×${(row.second / row.first).toPrecision(3)}` : "";
  line.append(
    row.all_others
      ? make("span", "context-others", "others")
      : make("span", "t", visible(row.text).slice(0, 40)),
    track,
    make("span", "num", `${says(row.first)} → ${says(row.second)}${change}`),
  );
  return line;
}
function bars(rows, rest) {
  const host = make("div", "context-bars"),
    top = Math.max(1e-9, ...rows.map((r) => Math.max(r.first ?? 0, r.second ?? 0)));
  host.append(...rows.map((row) => bar(row, top)));
  if (rest) {
    const line = bar({ ...rest, all_others: true }, Infinity);
    line
      .querySelector(".context-track")
      .replaceChildren(
        make(
          "span",
          "context-rest soft small",
          `${whole(rest.count)} tokens together, not drawn to scale`,
        ),
      );
    host.append(line);
  }
  return host;
}
function key(one, two) {
  const line = make("p", "context-key");
  for (const [cls, text] of [
    ["before", one],
    ["after", two],
  ]) {
    const item = make("span");
    item.append(make("i", cls), text);
    line.append(item);
  }
  return line;
}
const kl = (value) =>
  value === null ? "infinite" : `${fixed(value, 4)} nats (${fixed(bits(value), 4)} bits)`;
const asks = make_asker((wish) => server.two_prompts(wish), show_prompts),
  asks_models = make_asker((wish) => server.two_models(wish), show_models);
function show_prompts(found) {
  const pair = make("div", "compare-pair"),
    up = make("section"),
    down = make("section");
  up.append(make("h2", "", "Risen most"), bars(found.risen));
  down.append(make("h2", "", "Fallen most"), bars(found.fallen));
  pair.append(up, down);
  const words = make("p", "say");
  words.replaceChildren(
    ...rich(
      `The second prompt moves **${percent(found.total_variation)}** of the probability to other tokens. Entropy: **${fixed(bits(found.entropy_first), 2)}** bits after the first, **${fixed(bits(found.entropy_second), 2)}** after the second.`,
    ),
  );
  out.replaceChildren(
    words,
    key("after the first prompt", "after the second"),
    bars(found.rows, found.rest),
    pair,
    make(
      "p",
      "compare-note",
      `KL(second ‖ first) = ${kl(found.kl_second_first)}; KL(first ‖ second) = ${kl(found.kl_first_second)}. Of the model’s own probabilities, before any rule, over all ${whole(found.vocab_size)} tokens.`,
    ),
  );
  out.dataset.done = Number(out.dataset.done ?? 0) + 1;
}
function show_models(found) {
  const names = found.models.map((id) => props.models.find((one) => one[0] === id)?.[1] ?? id);
  out_models.replaceChildren(
    key(names[0], names[1]),
    bars(found.rows),
    make(
      "p",
      "compare-note",
      `Aligned by text: spaces at the ends and capitals set aside, tokens of one text added up. Compared are the 400 likeliest tokens of each (${found.compared[0]} and ${found.compared[1]} different texts, ${found.shared} in both); ` +
        `beyond them lie ${percent(found.beyond[0])} and ${percent(found.beyond[1])}. Vocabularies of ${whole(found.vocab_sizes[0])} and ${whole(found.vocab_sizes[1])} tokens; entropies ${fixed(bits(found.entropies[0]), 2)} and ${fixed(bits(found.entropies[1]), 2)} bits. ` +
        "No KL is given: it needs one vocabulary. A long word may be one token in one model and several in the other.",
    ),
  );
  out_models.dataset.done = Number(out_models.dataset.done ?? 0) + 1;
}
const link = make_link(
  { model, first, second, first_model: one_model, second_model: other_model, prompt },
  (recorded) => {
    if (model.value === recorded.answers.two_prompts.model) {
      show_prompts(recorded.answers.two_prompts);
      out.prepend(make("p", "say", RECORDED));
    }
    if (same(recorded.answers.two_models.models, [one_model.value, other_model.value])) {
      show_models(recorded.answers.two_models);
      out_models.prepend(make("p", "say", RECORDED));
    }
  },
);
function asking(text, hint, act) {
  const one = button(
    text,
    hint,
    () => {
      one.disabled = true;
      act().finally(() => {
        one.disabled = false;
      });
    },
    "main",
  );
  return one;
}
box.append(
  make("h2", "", "Two prompts, one model"),
  row_of(field("model", model)),
  field("first prompt", first, "", "compare-wide"),
  field(
    "second prompt",
    second,
    "The same with a sentence of context in front, for instance",
    "compare-wide",
  ),
  row_of(
    asking("Compare the prompts", "The next token after each", () =>
      asks.go({ model: model.value, first: first.value, second: second.value }),
    ),
    ...(props.models.some((one) => one[0] === props.example[0])
      ? [
          button(
            "The California example",
            "With a general model, which may have to be loaded",
            () => {
              [model.value, first.value, second.value] = props.example;
            },
            "plain",
          ),
        ]
      : []),
    link.copy,
  ),
  link.message,
  asks.trouble,
  out,
  make("h2", "", "Two models, one prompt"),
  row_of(field("first model", one_model), field("second model", other_model)),
  field("prompt", prompt, "", "compare-wide"),
  row_of(
    asking(
      "Compare the models",
      "The next token under each; the second may have to be loaded",
      () => asks_models.go({ models: [one_model.value, other_model.value], prompt: prompt.value }),
    ),
  ),
  asks_models.trouble,
  out_models,
);
link.open();
