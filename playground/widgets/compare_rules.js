// How one text is written: a preset to begin with, and every rule to change it by.
//
//   const rules = make_rules('top-p'); host.append(rules.preset, rules.more); rules.request()   // {kind, temperature, ...}
const RULES = [
  ["temperature", "temperature", 0, 5, 0.05, 1],
  ["top_k", "top-k", 0, 1000, 1, 0],
  ["top_p", "top-p", 0, 1, 0.01, 1],
  ["min_p", "min-p", 0, 1, 0.01, 0],
  ["typical_p", "typical", 0.01, 1, 0.01, 1],
  ["repetition_penalty", "repetition", 1, 3, 0.05, 1],
  ["no_repeat_ngram_size", "no-repeat n", 0, 8, 1, 0],
];
const STARTS = {
  greedy: ["greedy", {}],
  sampling: ["sampling", {}],
  temperature: ["temperature 0.7", { temperature: 0.7 }],
  "top-k": ["top-k 40", { top_k: 40 }],
  "top-p": ["top-p 0.9", { top_p: 0.9 }],
  "min-p": ["min-p 0.1", { min_p: 0.1 }],
  typical: ["typical 0.9", { typical_p: 0.9 }],
  repetition: ["repetition penalty 1.2", { temperature: 0.7, repetition_penalty: 1.2 }],
  "no-repeat": ["greedy, no 3-gram twice", { no_repeat_ngram_size: 3 }],
  beam: ["beam search", {}],
};
function make_rules(start) {
  const inputs = {},
    fields = make("div", "strategy-rules"),
    preset = select_input(
      Object.entries(STARTS).map(([id, [title]]) => [id, title]),
      start,
    );
  const kind = select_input([
      ["sampling", "draw"],
      ["greedy", "likeliest"],
      ["beam", "beam search"],
    ]),
    beams = number_input(4, 1, 8, 1),
    penalty = number_input(1, -5, 5, 0.1);
  fields.append(
    field("how", kind, "Draw at random, take the likeliest token, or search with beams"),
  );
  for (const [name, title, low, high, step, off] of RULES) {
    inputs[name] = number_input(off, low, high, step);
    fields.append(field(title, inputs[name], `Off at ${off}`));
  }
  const beam_fields = [
    field("beams", beams),
    field(
      "length penalty",
      penalty,
      "Scores are divided by length to this power: above 0 favours longer texts",
    ),
  ];
  fields.append(...beam_fields);
  const more = make("details", "compare-more");
  more.append(make("summary", "", "Settings"), fields);
  const fit = () =>
    beam_fields.forEach((one) => {
      one.hidden = kind.value !== "beam";
    });
  const fill = () => {
    const wanted = STARTS[preset.value][1];
    for (const [name, , , , , off] of RULES) inputs[name].value = wanted[name] ?? off;
    kind.value =
      preset.value === "beam"
        ? "beam"
        : ["greedy", "no-repeat"].includes(preset.value)
          ? "greedy"
          : "sampling";
    fit();
  };
  preset.addEventListener("change", fill);
  kind.addEventListener("change", fit);
  fill();
  const set = (values) => {
    const name = Object.keys(STARTS).find((one) => {
      preset.value = one;
      fill();
      return (
        RULES.every(([rule]) => Number(inputs[rule].value) === Number(values[rule])) &&
        kind.value === values.kind
      );
    });
    preset.value =
      name ?? (values.kind === "beam" ? "beam" : values.kind === "greedy" ? "greedy" : "sampling");
    fill();
    for (const [rule] of RULES) inputs[rule].value = values[rule];
    kind.value = values.kind;
    beams.value = values.beams;
    penalty.value = values.length_penalty;
    fit();
    more.open = !name;
  };
  return {
    preset,
    more,
    set,
    request: () => ({
      kind: kind.value,
      ...Object.fromEntries(RULES.map(([name]) => [name, number_in(inputs[name])])),
      beams: number_in(beams),
      length_penalty: number_in(penalty),
    }),
  };
}
