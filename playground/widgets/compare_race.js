// Two twins from the same words: one token after the other, and everywhere at once. What is counted is calls of the network.
const prompt = area("", 1, 1000),
  tokens = number_input(4, 4, 128, 1),
  steps = number_input(1, 1, 128, 1),
  temperature = number_input(1, 0, 5, 0.1),
  seed = number_input(0, 0, 9007199254740991, 1);
const sampler = select_input([
    ["dream", "Dream, lowest entropy first"],
    ["mdlm", "MDLM, random order"],
    ["llada", "LLaDA, low confidence last"],
    ["maskgit", "MaskGIT"],
  ]),
  judge = select_input(props.models);
function calls_of(n) {
  return `${n} network call${n === 1 ? "" : "s"}`;
}
const panes = make("div", "compare-pair"),
  left = make("section"),
  right = make("section"),
  after = make("section");
const clocks = [make("p", "race-clock", calls_of(0)), make("p", "race-clock", calls_of(0))],
  facts = [make("p", "race-facts", "not started"), make("p", "race-facts", "not started")];
const prose = make("p", "race-prose"),
  canvas = make("p", "race-words");
left.append(make("h2", "", "Left to right"), clocks[0], facts[0], prose);
right.append(make("h2", "", "Diffusion: everywhere at once"), clocks[1], facts[1], canvas);
panes.append(left, right);
const show_words = (words) =>
  canvas.replaceChildren(
    ...words.map((word) => make("span", word.state, word.text.replace(/^##/, ""))),
  );
const told = [{}, {}]; // what each side has said of itself so far
function tell(side, value) {
  const { tokens, calls, over } = Object.assign(told[side], value),
    each = calls ? (tokens / calls).toFixed(1) : "0.0";
  clocks[side].textContent = calls_of(calls);
  facts[side].textContent = over
    ? `${tokens} tokens · ${each} a call · done`
    : `${tokens} tokens · ${each} a call`;
}
const runner = make_runner({
  label: "Race",
  request: () => ({
    prompt: prompt.value,
    tokens: number_in(tokens),
    steps: number_in(steps),
    sampler: sampler.value,
    temperature: number_in(temperature),
    seed: number_in(seed),
    judge: judge.value,
  }),
  on_frame: (frame) => {
    if (frame.begin) {
      after.replaceChildren();
      prose.replaceChildren(make("span", "compare-prompt", frame.begin.prompt));
      show_words(frame.begin.words);
      clocks.forEach((c) => {
        c.textContent = calls_of(0);
      });
      facts.forEach((f) => {
        f.textContent = "running";
      });
      told.forEach((_, side) => {
        told[side] = {};
      });
    }
    if (frame.left) {
      if (frame.left.piece) prose.append(frame.left.piece);
      tell(0, frame.left);
    }
    if (frame.right) {
      if (frame.right.words) show_words(frame.right.words);
      tell(1, frame.right);
    }
    if (frame.after) show_after(frame.after);
  },
});
function show_after(a) {
  const names = ["left to right", "diffusion"],
    words = make("p", "say"),
    [one, other] = a.calls,
    fewer = one < other ? 0 : 1;
  words.replaceChildren(
    ...rich(
      one === other
        ? `Both needed **${one}** network calls for ${a.tokens} tokens.`
        : `**${names[fewer]}** needed fewer network calls for ${a.tokens} tokens: ${a.calls[fewer]} against ${a.calls[1 - fewer]}.`,
    ),
  );
  after.replaceChildren(
    words,
    table_of(
      [
        "",
        "network calls",
        "tokens a call",
        `perplexity under ${a.judge}`,
        "distinct-2",
        "repetition rate",
      ],
      a.quality.map((q, i) => [
        names[i],
        a.calls[i],
        fixed(a.tokens / a.calls[i], 1),
        fixed(q.perplexity, 2),
        fixed(q.distinct2),
        fixed(q.repetition),
      ]),
    ),
    make(
      "p",
      "compare-note",
      "Whoever has made fewer network calls goes next. A call left to right reads one new token, a call of diffusion every place at once: as many calls are not as much time. The judge reads left to right, and the left-to-right twin is judged by itself unless another is chosen: that favours it.",
    ),
    make(
      "p",
      "compare-note race-seconds",
      `Seconds depend on the machine and on who else is using it. In this run: ${fixed(a.seconds[0], 2)} s left to right, ${fixed(a.seconds[1], 2)} s by diffusion; the median token ${(1000 * a.token_seconds).toFixed(1)} ms, the median step of diffusion ${(1000 * a.step_seconds).toFixed(1)} ms. Break-even, the whole time of the diffusion run ÷ the time of one token: ${Math.ceil(a.break_even)} tokens, if a step did not get dearer with the length (it does).`,
    ),
  );
}
const link = make_link({ prompt, tokens, steps, sampler, temperature, seed, judge }, runner.replay);
runner.row.append(link.copy);
box.append(
  field("prompt", prompt, "", "compare-wide"),
  row_of(
    field("tokens", tokens, "Both write as many"),
    field("steps of diffusion", steps, "Fewer steps than tokens: several words are drawn at once"),
    field("order of revealing", sampler),
    field("temperature", temperature),
    field("seed", seed),
    field("judge", judge),
  ),
  runner.row,
  link.message,
  runner.bar,
  runner.words,
  runner.trouble,
  panes,
  after,
);
link.open();
