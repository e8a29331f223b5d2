// How one text is written: a preset to begin with, and every rule to change it by.
//
//   const rules = make_rules('top-p'); host.append(rules.preset, rules.more); rules.request()   // {kind, temperature, ...}
// The rules that a column may carry are rows of the table of parameters, in props.rules.
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
  for (const { field: name, label, lowest, highest, open_low, step, off } of props.rules) {
    inputs[name] = number_input(off, open_low ? step : lowest, highest, step);
    fields.append(field(label, inputs[name], `Off at ${off}`));
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
    for (const { field: name, off } of props.rules) inputs[name].value = wanted[name] ?? off;
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
        props.rules.every(
          ({ field: rule }) => Number(inputs[rule].value) === Number(values[rule]),
        ) && kind.value === values.kind
      );
    });
    preset.value =
      name ?? (values.kind === "beam" ? "beam" : values.kind === "greedy" ? "greedy" : "sampling");
    fill();
    for (const { field: rule } of props.rules) inputs[rule].value = values[rule];
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
      ...Object.fromEntries(props.rules.map(({ field: name }) => [name, number_in(inputs[name])])),
      beams: number_in(beams),
      length_penalty: number_in(penalty),
    }),
  };
}
