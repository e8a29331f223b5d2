// model.generate and the playground, side by side: the two texts, and at every step the distribution that each draws from.
const model = select_input(props.models),
  prompt = area("", 2),
  tokens = number_input(1, 1, 60, 1),
  seed = number_input(0, 0, 2147483647, 1),
  rules = make_rules("top-p"),
  out = make("section");
const runner = make_runner({
  label: "Run both",
  request: () => ({
    model: model.value,
    prompt: prompt.value,
    tokens: number_in(tokens),
    seed: number_in(seed),
    column: rules.request(),
  }),
  on_frame: (frame) => {
    if (frame.verdict) show(frame.verdict);
  },
});
function show(v) {
  const words = make("p", "say"),
    pair = make("div", "compare-pair");
  const side = (title, text) => {
    const part = make("section");
    part.append(make("h2", "", title), make("p", "compare-text", text));
    return part;
  };
  pair.append(
    side("transformers", v.theirs),
    ...(v.ours === null ? [] : [side("the playground", v.ours)]),
  );
  const said = {
    beam: v.same
      ? `**No difference**: ${v.tokens} tokens, the same one by one.`
      : "**The two texts differ.**",
    greedy: v.same
      ? `**No difference**: ${v.tokens} tokens, the same one by one; the largest difference of any probability at any step is ${(v.largest ?? 0).toExponential(1)}.`
      : `**The two differ**, by up to ${(v.largest ?? 0).toExponential(1)} in a probability.`,
    sampling: v.same
      ? `**No difference**: after each of the ${v.tokens} words the two draw from the same distribution; the largest difference of any probability is ${(v.largest ?? 0).toExponential(1)}.`
      : `**The two distributions differ**, by up to ${(v.largest ?? 0).toExponential(1)}.`,
  }[v.kind];
  words.replaceChildren(...rich(said));
  out.replaceChildren(words, pair);
  if (v.rows.length) {
    const more = make("details", "compare-more");
    more.append(
      make("summary", "", "Step by step"),
      table_of(
        [
          "token",
          "P, transformers",
          "P, ours",
          "largest difference over the vocabulary",
          "tokens kept, transformers",
          "tokens kept, ours",
        ],
        v.rows.map((r) => [
          visible(r.text).slice(0, 40),
          chance(r.theirs),
          chance(r.ours),
          r.difference.toExponential(1),
          whole(r.kept[1]),
          whole(r.kept[0]),
        ]),
      ),
    );
    out.append(more);
  }
  out.append(
    make(
      "p",
      "compare-note",
      `${v.call}. ` +
        (v.kind === "sampling"
          ? "Both are asked after the same words, those that transformers drew: a drawn text cannot be equal, because the two have different random numbers, but what it is drawn from can. "
          : "") +
        "Distributions count as the same up to 0.001 in any probability; what is left is the order in which 32-bit sums are taken.",
    ),
  );
}
const link = make_link(
  {
    model,
    prompt,
    tokens,
    seed,
    column: { get: () => [rules.request()], set: (columns) => rules.set(columns[0]) },
  },
  runner.replay,
);
runner.row.append(link.copy);
box.append(
  row_of(
    field("model", model),
    field("tokens", tokens),
    field("seed", seed),
    field("strategy", rules.preset),
  ),
  rules.more,
  field("prompt", prompt, "", "compare-wide"),
  runner.row,
  link.message,
  runner.bar,
  runner.words,
  runner.trouble,
  out,
);
link.open();
