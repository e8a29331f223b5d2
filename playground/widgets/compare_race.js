// Two twins from the same words: one token after the other, and everywhere at once. Each clock runs only while its own network works.
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
const panes = make("div", "compare-pair"),
  left = make("section"),
  right = make("section"),
  after = make("section");
const clocks = [make("p", "race-clock", "0.00 s"), make("p", "race-clock", "0.00 s")],
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
  const { seconds, tokens, calls, over } = Object.assign(told[side], value),
    plural = calls === 1 ? "" : "s",
    pace = (tokens / seconds).toFixed(1);
  clocks[side].textContent = seconds.toFixed(2) + " s";
  facts[side].textContent = over
    ? `${tokens} tokens · ${calls} network call${plural} · ${pace} tokens/s · done`
    : `${tokens} tokens · ${calls} network call${plural} · ${pace} tokens/s`;
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
        c.textContent = "0.00 s";
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
    faster = a.seconds[0] < a.seconds[1] ? 0 : 1;
  words.replaceChildren(
    ...rich(
      `**${names[faster]}** was faster at ${a.tokens} tokens: ${fixed(a.seconds[faster], 2)} s against ${fixed(a.seconds[1 - faster], 2)} s. One token costs ${(1000 * a.token_seconds).toFixed(1)} ms here, one step of diffusion ${(1000 * a.step_seconds).toFixed(1)} ms: ` +
        `this diffusion run pays from **${Math.ceil(a.break_even)}** tokens on, if a step did not get dearer with the length (it does).`,
    ),
  );
  after.replaceChildren(
    words,
    table_of(
      [
        "",
        "seconds",
        "network calls",
        "tokens/s",
        `perplexity under ${a.judge}`,
        "distinct-2",
        "repetition rate",
      ],
      a.quality.map((q, i) => [
        names[i],
        fixed(a.seconds[i], 2),
        a.calls[i],
        fixed(a.tokens_per_second[i], 1),
        fixed(q.perplexity, 2),
        fixed(q.distinct2),
        fixed(q.repetition),
      ]),
    ),
    make(
      "p",
      "compare-note",
      "Each clock runs only while its own network works; whoever’s clock is behind goes next, so that neither slows the other. Waiting for other visitors counts. The judge reads left to right, and the left-to-right twin is judged by itself unless another is chosen: that favours it. Break-even: the whole time of the diffusion run ÷ the median time of one token (50 ms a token against 30 steps of 200 ms: 120 tokens).",
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
