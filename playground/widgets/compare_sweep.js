// Every combination of the values of one or two rules, each with several seeds: a row each, as it comes.
const NAMES = [
  ["temperature", "temperature"],
  ["top_k", "top-k"],
  ["top_p", "top-p"],
  ["min_p", "min-p"],
  ["typical_p", "typical"],
  ["repetition_penalty", "repetition penalty"],
  ["no_repeat_ngram_size", "no-repeat n-gram"],
];
const model = select_input(props.models),
  prompt = area("", 2),
  tokens = number_input(1, 1, 200, 1),
  seeds = number_input(1, 1, 10, 1),
  seed = number_input(0, 0, 9007199254740991, 1);
const first = select_input(NAMES),
  second = select_input([["", "none"], ...NAMES]),
  first_values = make("input"),
  second_values = make("input"),
  out = make("section");
for (const input of [first_values, second_values]) {
  input.type = "text";
  input.maxLength = 200;
}
const list = (input) =>
  input.value
    .split(",")
    .map((v) => v.trim())
    .filter(Boolean)
    .map((v) => (Number.isFinite(Number(v)) ? Number(v) : v));
let state = null;
const runner = make_runner({
  label: "Sweep",
  request: () => ({
    model: model.value,
    prompt: prompt.value,
    tokens: number_in(tokens),
    seeds: number_in(seeds),
    seed: number_in(seed),
    grid: {
      [first.value]: list(first_values),
      ...(second.value && second.value !== first.value
        ? { [second.value]: list(second_values) }
        : {}),
    },
  }),
  on_frame: (frame) => {
    if (frame.begin) {
      state = { ...frame.begin, rows: [] };
      out.replaceChildren();
    }
    if (frame.row) {
      state.rows.push(frame.row);
      draw();
    }
  },
});
const cell = (triple, digits) =>
  !triple
    ? "–"
    : fixed(triple[0], digits) +
      (triple[1] === null || triple[1] === triple[2]
        ? ""
        : ` [${fixed(triple[1], digits)}, ${fixed(triple[2], digits)}]`);
function draw() {
  const names = Object.fromEntries(NAMES);
  out.replaceChildren(
    table_of(
      [
        ...state.rules.map((rule) => names[rule]),
        "texts",
        "distinct-1",
        "distinct-2",
        "distinct-3",
        "self-BLEU",
        "perplexity",
        "repetition rate",
        "loops",
      ],
      state.rows.map((r) => [
        ...state.rules.map((rule) => r.values[rule]),
        r.texts,
        cell(r.distinct1),
        cell(r.distinct2),
        cell(r.distinct3),
        cell(r.self_bleu, 1),
        cell(r.perplexity, 2),
        cell(r.repetition),
        `${r.loops[0]} of ${r.loops[1]}`,
      ]),
    ),
    make(
      "p",
      "compare-note",
      `${state.rows.length} of ${state.points} points. In brackets: 95%, jackknife over the seeds. Seed ${state.seed} and the ${state.seeds - 1} after it; every point has the same ones.`,
    ),
    row_of(button("Save table (CSV)", "What is there so far", save_table, "plain")),
  );
}
function save_table() {
  const keys = ["distinct1", "distinct2", "distinct3", "self_bleu", "perplexity", "repetition"];
  save(
    "sweep.csv",
    csv_of([
      [
        "model",
        "prompt",
        "seed",
        "seeds",
        ...state.rules,
        "texts",
        "mean_tokens",
        ...keys.flatMap((k) => [k, k + "_low", k + "_high"]),
        "loops",
        "loops_of",
        "loops_low",
        "loops_high",
      ],
      ...state.rows.map((r) => [
        state.model,
        state.prompt,
        state.seed,
        state.seeds,
        ...state.rules.map((rule) => r.values[rule]),
        r.texts,
        r.tokens,
        ...keys.flatMap((k) => r[k] ?? [null, null, null]),
        ...r.loops,
      ]),
    ]),
  );
}
const link = make_link(
  {
    model,
    prompt,
    tokens,
    seeds,
    seed,
    vary: first,
    over: first_values,
    and: second,
    and_over: second_values,
  },
  runner.replay,
);
runner.row.append(link.copy);
box.append(
  row_of(
    field("model", model),
    field("tokens", tokens),
    field("seeds", seeds, "Texts a point"),
    field("first seed", seed),
  ),
  field("prompt", prompt, "", "compare-wide"),
  row_of(
    field("vary", first),
    field("over the values", first_values, "Values, separated by commas"),
    field("and", second),
    field("over its values", second_values, "Values, separated by commas"),
  ),
  runner.row,
  link.message,
  runner.bar,
  runner.words,
  runner.trouble,
  out,
);
link.open();
