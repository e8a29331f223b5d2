// Blind judgement: two texts of hidden strategies, which is better, and how fluent, coherent and relevant each is. The votes stay in this browser.
const KEY = "playground-compare-votes",
  SCALES = ["fluency", "coherence", "relevance"];
const model = select_input(props.models),
  prompt = area("", 2),
  tokens = number_input(1, 1, 200, 1),
  runs = number_input(1, 1, 10, 1),
  seed = number_input(0, 0, 9007199254740991, 1);
const ways = make("div", "people-ways"),
  cards = [],
  pair = make("div", "compare-pair people-pair"),
  answers = make("div", "compare-row"),
  count = make("p", "compare-note"),
  board = make("section"),
  stage = make("section");
stage.hidden = true;
count.setAttribute("role", "status");
for (const start of ["greedy", "temperature", "top-p", "beam"]) {
  const rules = make_rules(start),
    part = make("div");
  part.append(rules.preset, rules.more);
  rules.preset.setAttribute("aria-label", `Hidden strategy ${cards.length + 1}`);
  cards.push(rules);
  ways.append(part);
}
function votes() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.slice(-2000) : [];
  } catch {
    return [];
  }
}
function keep(list) {
  try {
    localStorage.setItem(KEY, JSON.stringify(list.slice(-2000)));
  } catch {
    say("This browser keeps nothing for this page; export before you leave.");
  }
  memory = list;
}
let memory = votes(),
  pool = null,
  shown = null,
  left_over = [];
const runner = make_runner({
  label: "Write texts to judge",
  request: () => ({
    model: model.value,
    prompt: prompt.value,
    tokens: number_in(tokens),
    runs: number_in(runs),
    seed: number_in(seed),
    columns: cards.map((card) => card.request()),
  }),
  on_frame: (frame) => {
    if (frame.table) {
      pool = frame;
      deal();
      next();
    }
  },
});
// every pair of strategies, run by run, in a random order, with random sides
function deal() {
  left_over = [];
  for (let r = 0; r < pool.runs; r++)
    for (let a = 0; a < pool.table.length; a++)
      for (let b = a + 1; b < pool.table.length; b++) {
        const text = (i) => pool.texts[i][Math.min(r, pool.texts[i].length - 1)],
          sides = Math.random() < 0.5 ? [a, b] : [b, a];
        if (pool.table[a].name !== pool.table[b].name && text(a) !== text(b))
          left_over.push(sides.map((i) => ({ name: pool.table[i].name, text: text(i), run: r })));
      }
  for (let i = left_over.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [left_over[i], left_over[j]] = [left_over[j], left_over[i]];
  }
}
function scale(side, name) {
  const set = make("fieldset", "people-scale");
  set.append(make("legend", "", name));
  for (let v = 1; v <= 5; v++) {
    const label = make("label"),
      input = make("input");
    input.type = "radio";
    input.name = `${element.id || "people"}-${side}-${name}`;
    input.value = v;
    label.append(input, String(v));
    label.title = `${name} ${v} of 5`;
    set.append(label);
  }
  return set;
}
function next() {
  shown = left_over.pop() ?? null;
  stage.hidden = false;
  if (!shown) {
    pair.replaceChildren(
      make(
        "p",
        "say",
        "That was the last pair: write new texts with another seed or prompt for more.",
      ),
    );
    answers.hidden = true;
    tell();
    return;
  }
  answers.hidden = false;
  pair.replaceChildren(
    ...shown.map((one, i) => {
      const part = make("section"),
        text = make("p", "compare-text"),
        scales = make("div", "people-scales");
      part.dataset.side = i ? "right" : "left";
      text.append(
        make("span", "compare-prompt", pool.prompt),
        (/^[\s.,;:!?'’]/.test(one.text) || /\s$/.test(pool.prompt) ? "" : " ") + one.text,
      );
      scales.append(...SCALES.map((name) => scale(i ? "right" : "left", name)));
      part.append(make("h2", "", i ? "Right" : "Left"), text, scales);
      return part;
    }),
  );
  tell();
}
const marks = (side) =>
  Object.fromEntries(
    SCALES.map((name) => [
      name,
      pair.querySelector(`[data-side=${side}] input[name$="-${side}-${name}"]:checked`)?.value,
    ])
      .filter(([, v]) => v)
      .map(([name, v]) => [name, Number(v)]),
  );
function vote(winner) {
  if (!shown) return;
  keep([
    ...memory,
    {
      left: shown[0].name,
      right: shown[1].name,
      winner,
      likert: { left: marks("left"), right: marks("right") },
      model: pool.model,
      prompt: pool.prompt,
      seed: pool.seed + shown[0].run,
      tokens: pool.tokens,
    },
  ]);
  next();
}
function tell() {
  count.textContent = `${left_over.length + (shown ? 1 : 0)} pairs left · ${memory.length} judgement${memory.length === 1 ? "" : "s"} kept in this browser`;
}
answers.append(
  button("Left is better", "", () => vote("left")),
  button("No difference", "", () => vote("tie")),
  button("Right is better", "", () => vote("right")),
);
const asker = make_asker(
  (wish) => server.tally(wish),
  (found) => {
    const cell = (v) =>
      !v
        ? "–"
        : `${fixed(v[0], 2)}${v[1] === null ? "" : ` [${fixed(v[1], 2)}, ${fixed(v[2], 2)}]`} (${v[3]})`;
    board.replaceChildren(
      ...(found.rows.length
        ? [
            table_of(
              ["strategy", "won", "lost", "no difference", "share won [95%]", ...SCALES],
              found.rows.map((r) => [
                r.name,
                r.won,
                r.lost,
                r.tied,
                r.share === null
                  ? "–"
                  : `${fixed(r.share, 2)} [${fixed(r.low, 2)}, ${fixed(r.high, 2)}]`,
                ...SCALES.map((s) => cell(r[s])),
              ]),
            ),
            make(
              "p",
              "compare-note",
              "Share won: of the comparisons that were decided, Wilson’s interval. Scales: mean [95%] (how many). Judgements of one person on a few texts: intervals count texts, not people.",
            ),
          ]
        : [make("p", "say", "No judgement yet.")]),
    );
  },
);
function export_votes() {
  save(
    "judgements.csv",
    csv_of([
      [
        "left",
        "right",
        "winner",
        ...["left", "right"].flatMap((side) => SCALES.map((s) => `${side}_${s}`)),
        "model",
        "prompt",
        "seed",
        "tokens",
      ],
      ...memory.map((v) => [
        v.left,
        v.right,
        v.winner,
        ...["left", "right"].flatMap((side) => SCALES.map((s) => v.likert?.[side]?.[s] ?? null)),
        v.model,
        v.prompt,
        v.seed,
        v.tokens,
      ]),
    ]),
  );
}
const forget = button(
  "Forget them",
  "Deletes all judgements from this browser",
  () => {
    if (!memory.length || confirm(`Delete ${memory.length} judgements from this browser?`)) {
      keep([]);
      board.replaceChildren();
      tell();
    }
  },
  "plain",
);
stage.append(pair, answers);
const link = make_link(
  {
    model,
    prompt,
    tokens,
    runs,
    seed,
    columns: {
      get: () => cards.map((card) => card.request()),
      set: (columns) => columns.forEach((one, i) => cards[i]?.set(one)),
    },
  },
  runner.replay,
);
runner.row.append(link.copy);
box.append(
  row_of(field("model", model), field("tokens", tokens), field("runs", runs), field("seed", seed)),
  field("prompt", prompt, "", "compare-wide"),
  make("h2", "", "The four that will be hidden"),
  ways,
  runner.row,
  link.message,
  runner.bar,
  runner.words,
  runner.trouble,
  stage,
  count,
  row_of(
    button("Show the tally", "Which strategy won how often; ends the blindness", () =>
      asker.go({ votes: memory }),
    ),
    button("Export (CSV)", "", export_votes, "plain"),
    forget,
  ),
  asker.trouble,
  board,
);
tell();
link.open();
