// Columns of the same prompt under different rules: settings above, texts below, aligned where they first differ; then the plane and the table.
const model = select_input(props.models),
  scorer = select_input([["", "the same model"], ...props.models]),
  prompt = area("", 2);
const tokens = number_input(1, 1, 200, 1),
  runs = number_input(1, 1, 10, 1),
  seed = number_input(0, 0, 9007199254740991, 1);
const columns = make("div", "strategy-columns"),
  cards = [],
  common = make("p", "compare-text"),
  split = make("p", "compare-note"),
  which = select_input([["0", "run 1"]]),
  tables = make("section"),
  figures = make("div"),
  before = make("p", "say", "The figures below are those of the run before.");
before.hidden = true;
const plane = make_plane(props.library);
let last = null;
const add = button(
  "Add a column",
  "Another strategy beside these",
  () => {
    add_card("top-k");
    renumber();
  },
  "plain",
);

function add_card(start) {
  const rules = make_rules(start),
    card = {
      node: make("section", "strategy-column"),
      request: rules.request,
      set: rules.set,
      preset: rules.preset,
    };
  card.away = button(
    "×",
    "Take this column away",
    () => {
      cards.splice(cards.indexOf(card), 1);
      card.node.remove();
      renumber();
    },
    "plain",
  );
  card.title = make("h2");
  card.text = make("p", "compare-text");
  card.loop = make("p", "strategy-loop");
  card.title.hidden = true;
  const head = make("div", "strategy-head");
  head.append(rules.preset, card.away);
  card.node.append(head, rules.more, card.title, card.text, card.loop);
  cards.push(card);
  columns.append(card.node);
}
function renumber() {
  cards.forEach((card, i) => {
    card.away.disabled = cards.length === 1;
    card.away.setAttribute("aria-label", `Take column ${i + 1} away`);
    card.preset.setAttribute("aria-label", `Strategy of column ${i + 1}`);
  });
  add.disabled = cards.length >= 6;
}
const runner = make_runner({
  label: "Write them all",
  request: () => ({
    model: model.value,
    scorer: scorer.value,
    prompt: prompt.value,
    tokens: number_in(tokens),
    runs: number_in(runs),
    seed: number_in(seed),
    columns: cards.map((card) => card.request()),
  }),
  on_frame: (frame) => {
    if (frame.columns) {
      running = [...cards];
      cards.forEach((card) => {
        card.loop.textContent = "";
        card.text.textContent = "";
      });
      common.textContent = split.textContent = "";
      which.parentNode.hidden = true;
      before.hidden = !last;
      figures.classList.toggle("compare-old", !!last);
    }
    if (frame.columns)
      frame.columns.forEach((column, i) => {
        running[i].title.textContent = `${i + 1} ${column.name}`;
        running[i].title.hidden = false;
        running[i].node.style.borderTopColor = SERIES[i];
      });
    if (frame.texts_now)
      frame.texts_now.forEach((text, i) => {
        running[i].text.textContent = text;
      });
    if (frame.table) {
      last = frame;
      show();
    }
  },
});
let running = [];
function show() {
  before.hidden = true;
  figures.classList.remove("compare-old");
  which.replaceChildren(
    ...Array.from({ length: last.runs }, (_, r) => {
      const o = make("option", "", `run ${r + 1}`);
      o.value = r;
      return o;
    }),
  );
  which.parentNode.hidden = last.runs < 2;
  show_run(0);
  plane.draw(last);
  show_table();
}
function show_run(r) {
  const { common: shared, tokens: count, rests } = last.aligned[r];
  common.replaceChildren(
    make("span", "compare-prompt", last.prompt),
    make(
      "span",
      "compare-common",
      shared && !/^[\s.,;:!?'’]/.test(shared) && !/\s$/.test(last.prompt) ? " " + shared : shared,
    ),
  );
  split.textContent =
    rests.length < 2
      ? ""
      : count
        ? `(the same ${count} token${count === 1 ? "" : "s"} in all columns; below, what follows)`
        : "(the columns differ from the first token on)";
  rests.forEach((rest, i) => {
    const [, space, word, after] = /^(\s*)(\S*)([^]*)$/.exec(rest),
      mark = make("span", rests.length > 1 ? "strategy-first" : "", word);
    if (rests.length > 1) mark.title = "Here the texts differ for the first time";
    running[i].text.replaceChildren(space, mark, after);
    const row = last.table[i],
      period = row.periods[Math.min(r, row.periods.length - 1)];
    running[i].loop.textContent = period
      ? `Ends in a loop of ${period.period} token${period.period === 1 ? "" : "s"}, from token ${period.start + 1} on.`
      : "";
  });
}
which.addEventListener("change", () => show_run(Number(which.value)));
const cell = (triple, digits) =>
  !triple
    ? "–"
    : fixed(triple[0], digits) +
      (triple[1] === null || triple[1] === triple[2]
        ? ""
        : ` [${fixed(triple[1], digits)}, ${fixed(triple[2], digits)}]`);
function show_table() {
  const heads = [
    "strategy",
    "texts",
    "mean tokens",
    "distinct-1",
    "distinct-2",
    "distinct-3",
    "self-BLEU",
    "perplexity",
    "repetition rate",
    "loops",
  ];
  const rows = last.table.map((row, i) => [
    `${i + 1} ${row.name}`,
    row.deterministic && row.runs > 1 ? `1 for ${row.runs}` : row.texts,
    fixed(row.tokens, 1),
    cell(row.distinct1),
    cell(row.distinct2),
    cell(row.distinct3),
    cell(row.self_bleu, 1),
    cell(row.perplexity, 2),
    cell(row.repetition),
    `${row.loops[0]} of ${row.loops[1]}`,
  ]);
  tables.replaceChildren(
    make("h2", "", "The same as a table"),
    table_of(heads, rows),
    make(
      "p",
      "compare-note",
      "In brackets: 95% intervals. Repetition rate: share of a text’s 4-grams of tokens that stood in it before. A loop: at least three full laps of the same tokens at the end.",
    ),
    row_of(
      button("Save table (CSV)", "All figures with their intervals", save_table, "plain"),
      button("Save texts (CSV)", "Every text of every column", save_texts, "plain"),
    ),
  );
}
function save_table() {
  const keys = ["distinct1", "distinct2", "distinct3", "self_bleu", "perplexity", "repetition"];
  save(
    "comparison.csv",
    csv_of([
      [
        "model",
        "scorer",
        "prompt",
        "seed",
        "strategy",
        "runs",
        "texts",
        "mean_tokens",
        ...keys.flatMap((k) => [k, k + "_low", k + "_high"]),
        "loops",
        "loops_of",
        "loops_low",
        "loops_high",
      ],
      ...last.table.map((row) => [
        last.model,
        last.scorer,
        last.prompt,
        last.seed,
        row.name,
        row.runs,
        row.texts,
        row.tokens,
        ...keys.flatMap((k) => row[k] ?? [null, null, null]),
        ...row.loops,
      ]),
    ]),
  );
}
function save_texts() {
  save(
    "texts.csv",
    csv_of([
      ["strategy", "run", "text"],
      ...last.texts.flatMap((texts, i) =>
        texts.map((text, r) => [last.table[i].name, r + 1, text]),
      ),
    ]),
  );
}

function set_columns(columns) {
  cards.splice(0).forEach((card) => card.node.remove());
  for (const one of columns) {
    add_card("sampling");
    cards[cards.length - 1].set(one);
  }
  renumber();
}
const link = make_link(
  {
    model,
    scorer,
    prompt,
    tokens,
    runs,
    seed,
    columns: { get: () => cards.map((card) => card.request()), set: set_columns },
  },
  runner.replay,
);
figures.append(plane.side, tables);
const pick = field("show", which, "Which of the runs stands in the columns");
pick.hidden = true;
box.append(
  row_of(
    field("model", model),
    field("perplexity under", scorer, "Which model judges coherence"),
    field("tokens", tokens),
    field("runs", runs, "Texts a column; run r takes seed + r"),
    field("seed", seed, "The same seed gives the same table"),
  ),
  field("prompt", prompt, "Every column goes on from here", "compare-wide"),
  row_of(runner.go, runner.stop, add, link.copy, pick),
  link.message,
  runner.bar,
  runner.words,
  runner.trouble,
  common,
  split,
  columns,
  before,
  figures,
);
link.open();
