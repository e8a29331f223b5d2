// Any candidate against any references: BLEU, ROUGE and perplexity, with every number that leads to them.
const candidate = area("", 2, 2000),
  model = select_input(props.models),
  scored = area("", 2, 2000),
  references = make("div", "scores-references");
const bleu_part = make("section", "scores-part"),
  rouge_part = make("section", "scores-part"),
  perplexity_part = make("section", "scores-part");
const add = button(
  "Add a reference",
  "BLEU takes the best of all references for each n-gram",
  () => {
    add_reference("");
    measure();
  },
  "plain",
);
const inputs = [];
function add_reference(text) {
  const input = area(text, 2, 2000),
    row = make("div", "compare-row"),
    label = field(`reference ${inputs.length + 1}`, input, "", "compare-wide");
  const away = button(
    "Remove",
    "Without this reference",
    () => {
      inputs.splice(inputs.indexOf(input), 1);
      row.remove();
      name();
      measure();
    },
    "plain",
  );
  row.append(label, away);
  inputs.push(input);
  references.append(row);
  input.addEventListener("input", measure);
  name();
}
function name() {
  [...references.children].forEach((row, i) => {
    row.querySelector(".compare-field > span").textContent = `reference ${i + 1}`;
    row.querySelector("textarea").setAttribute("aria-label", `reference ${i + 1}`);
    row.lastChild.disabled = inputs.length === 1;
    row.lastChild.setAttribute("aria-label", `Remove reference ${i + 1}`);
  });
  add.disabled = inputs.length >= 4;
}
const asker = make_asker(
  (wish) => server.measure(wish),
  (answer) => {
    show_bleu(answer);
    show_rouge(answer);
    element.dataset.turn = Number(element.dataset.turn ?? 0) + 1;
  },
);
let timer = null;
function measure() {
  clearTimeout(timer);
  timer = setTimeout(
    () => asker.go({ candidate: candidate.value, references: inputs.map((input) => input.value) }),
    200,
  );
}
candidate.addEventListener("input", measure);

function ngrams(rows, n) {
  const more = make("details", "compare-more"),
    hits = rows.filter((row) => row.clipped).length;
  more.append(
    make("summary", "", `${n}-grams: ${rows.length} different, ${hits} of them in a reference`),
  );
  const table = table_of(
    ["n-gram", "in the candidate", "most in one reference", "counted (clipped)"],
    rows.map((row) => [row.ngram.join(" "), row.candidate, row.reference, row.clipped]),
  );
  [...table.querySelectorAll("tbody tr")].forEach((line, i) => {
    line.classList.toggle("scores-missed", !rows[i].clipped);
    line.firstElementChild.translate = false;
  });
  more.append(table);
  return more;
}
function show_bleu({ bleu }) {
  let missed = 0; // the k-th order without a match counts 1/2^k
  const lines = [0, 1, 2, 3].map((i) => [
    `${i + 1}`,
    bleu.matches[i],
    bleu.totals[i],
    i < bleu.order ? fixed(bleu.precisions[i], 2) + " %" : "candidate too short",
    i < bleu.order && !bleu.matches[i]
      ? `smoothed: no match counts as 1/${2 ** ++missed} of one`
      : "",
  ]);
  const penalty =
    bleu.brevity_penalty < 1
      ? `exp(1 − ${bleu.reference_length}/${bleu.candidate_length}) = ${fixed(bleu.brevity_penalty, 4)}, for the candidate is shorter than its closest reference`
      : `1, for the candidate (${bleu.candidate_length} tokens) is not shorter than its closest reference (${bleu.reference_length})`;
  bleu_part.replaceChildren(
    make("h2", "", "BLEU"),
    make("p", "scores-big", fixed(bleu.score, 2)),
    make("p", "scores-formula", `brevity penalty = ${penalty}`),
    make(
      "p",
      "scores-formula",
      bleu.mean_log === null
        ? "no n-gram to count"
        : `BLEU = 100 · ${fixed(bleu.brevity_penalty, 4)} · exp((${bleu.precisions
            .slice(0, bleu.order)
            .map((p) => `ln ${fixed(p / 100, 4)}`)
            .join(
              " + ",
            )}) / ${bleu.order}) = 100 · ${fixed(bleu.brevity_penalty, 4)} · exp(${fixed(bleu.mean_log, 4)}) = ${fixed(bleu.score, 2)}`,
    ),
    table_of(["n", "matches", "n-grams", "precision", ""], lines),
    ...[1, 2, 3, 4].filter((n) => bleu.table[n]?.length).map((n) => ngrams(bleu.table[n], n)),
    make(
      "p",
      "compare-note",
      "sacrebleu’s sentence score, 0 to 100: 13a tokens, exponential smoothing, effective order. It means: how many of the candidate’s word runs stand in a reference. It misses: synonyms, meaning, and what the candidate left out (only the brevity penalty asks for that).",
    ),
  );
}
function marked(text, spans, places) {
  const node = make("p", "compare-text");
  let at = 0;
  for (const place of places) {
    const [start, end] = spans[place];
    node.append(text.slice(at, start));
    const hit = make("mark", "scores-lcs", text.slice(start, end));
    hit.style.color = "inherit";
    node.append(hit);
    at = end;
  }
  node.append(text.slice(at));
  return node;
}
let shown = 0;
function show_rouge({ rouge, candidate: text, references: wanted }) {
  shown = Math.min(shown, rouge.length - 1);
  const which = select_input(
      rouge.map((_, i) => [String(i), `reference ${i + 1}`]),
      String(shown),
    ),
    one = rouge[shown];
  which.addEventListener("change", () => {
    shown = Number(which.value);
    show_rouge({ rouge, candidate: text, references: wanted });
  });
  const pair = make("div", "compare-pair"),
    left = make("section"),
    right = make("section"),
    lcs = one.rougeL;
  const of = (overlap, total) => `${overlap}/${total}`;
  const rows = [
    ["ROUGE-1", one.rouge1],
    ["ROUGE-2", one.rouge2],
    ["ROUGE-L", lcs],
  ].map(([title, s]) => [
    title,
    s.overlap,
    `${of(s.overlap, s.candidate_total)} = ${fixed(s.precision, 4)}`,
    `${of(s.overlap, s.reference_total)} = ${fixed(s.recall, 4)}`,
    fixed(s.fmeasure, 4),
  ]);
  left.append(
    make("h2", "", "candidate"),
    marked(text, one.candidate_spans, lcs.candidate_positions),
  );
  right.append(
    make("h2", "", `reference ${shown + 1}`),
    marked(wanted[shown], one.reference_spans, lcs.reference_positions),
  );
  pair.append(left, right);
  rouge_part.replaceChildren(
    make("h2", "", "ROUGE"),
    ...(rouge.length > 1 ? [row_of(field("against", which))] : []),
    table_of(["", "overlap", "precision", "recall", "F"], rows),
    pair,
    ngrams(one.rouge1.rows, 1),
    ngrams(one.rouge2.rows, 2),
    make(
      "p",
      "compare-note",
      `Marked: one longest common subsequence of ${lcs.overlap} words, in order but not side by side. F = 2·P·R/(P + R). rouge-score’s figures: lower case, letters and digits only, no stemming; in scripts without spaces (Chinese, Japanese, Thai) each character counts as a word. It means: how much of the reference the candidate covers. It misses: the same thing said in other words, and whether the rest is true.`,
    ),
  );
}
const asks_perplexity = make_asker((wish) => server.perplexity_of(wish), show_perplexity);
const ask = button(
  "Score under the model",
  "Each token’s probability given all before it",
  () => {
    ask.disabled = true;
    asks_perplexity.go({ model: model.value, text: scored.value }).finally(() => {
      ask.disabled = false;
    });
  },
  "main",
);
const outcome = make("div"),
  wanted = [];
function show_perplexity(found) {
  const most = Math.max(1e-9, ...found.tokens.map((t) => t.surprisal ?? 0)),
    sum = found.mean_surprisal === null ? null : found.mean_surprisal * found.scored,
    prose = make("p", "compare-text");
  for (const token of found.tokens) {
    const span = make("span", "scores-token", token.piece);
    if (token.surprisal !== null) {
      span.style.background = `color-mix(in srgb, var(--loop) ${Math.round((44 * token.surprisal) / most)}%, transparent)`;
    }
    span.title =
      token.rank === null
        ? "not scored: nothing stands before it"
        : `P ${chance(token.probability)}, rank ${whole(token.rank)}, −ln P ${fixed(token.surprisal)}`;
    prose.append(span);
  }
  const more = make("details", "compare-more");
  more.append(
    make("summary", "", "Every token’s part"),
    table_of(
      ["token", "P", "rank", "−ln P (nats)", "part of the sum", "factor of the perplexity"],
      found.tokens.map((t) => [
        visible(t.text).slice(0, 40),
        t.rank === null ? "not scored" : chance(t.probability),
        t.rank === null ? "" : whole(t.rank),
        fixed(t.surprisal),
        t.surprisal === null || !sum ? "" : percent(t.surprisal / sum),
        t.surprisal === null ? "" : "×" + fixed(Math.exp(t.surprisal / found.scored), 4),
      ]),
    ),
  );
  outcome.replaceChildren(
    prose,
    make("p", "scores-big", found.perplexity === null ? "∞" : fixed(found.perplexity, 2)),
    make(
      "p",
      "scores-formula",
      found.perplexity === null
        ? "A token is impossible for this model, so the perplexity is infinite."
        : `perplexity = exp(${fixed(sum, 3)} nats / ${found.scored} tokens) = exp(${fixed(found.mean_surprisal, 4)}) = ${fixed(found.perplexity, 2)}`,
    ),
    more,
    make(
      "p",
      "compare-note",
      (found.begin
        ? "A beginning-of-text token stands in front, so the first word is scored too. "
        : "The first token is not scored: nothing stands before it. ") +
        "It means: between how many equally likely tokens the model wavered on average. It misses: whether the text is good; a loop has a low one. Comparable only between texts under the same model.",
    ),
  );
  outcome.dataset.done = "1";
}
perplexity_part.append(
  make("h2", "", "Perplexity"),
  row_of(field("model", model), field("text", scored, "", "compare-wide"), ask),
  asks_perplexity.trouble,
  outcome,
);
function set_references(texts) {
  inputs.splice(0);
  references.replaceChildren();
  for (const text of texts.filter((one, i) => one || !i)) add_reference(text);
}
const link = make_link(
  {
    candidate,
    ...Object.fromEntries(
      [1, 2, 3, 4].map((n) => [
        "reference" + n,
        {
          get: () => inputs[n - 1]?.value ?? "",
          set: (value) => {
            wanted[n - 1] = value;
            if (n === 4) set_references(wanted);
          },
        },
      ]),
    ),
    model,
    text: scored,
  },
  (recorded) => {
    show_perplexity(recorded.answers.perplexity_of);
    outcome.prepend(make("p", "say", RECORDED));
  },
);
box.append(
  field("candidate", candidate, "The text that is judged", "compare-wide"),
  references,
  row_of(add, link.copy),
  link.message,
  asker.trouble,
  bleu_part,
  rouge_part,
  perplexity_part,
);
link.open().finally(measure);
