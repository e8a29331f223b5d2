// The loss along a given text, and what becomes of it when the model reads its own words instead.
const model = select_input(props.models),
  text = area("", 3),
  from = number_input(1, 1, 199, 1),
  temperature = number_input(0, 0, 5, 0.1),
  seed = number_input(0, 0, 9007199254740991, 1);
const host = make("div", "compare-plot"),
  figure = make_figure({ host, library: props.library }),
  words = make("p", "say"),
  texts = make("div", "compare-pair"),
  note = make("p", "compare-note");
host.setAttribute("role", "img");
host.setAttribute(
  "aria-label",
  "Loss at each token: of the given text, of the model’s own text, and of the given text after the model’s own words",
);
const out = make("section");
out.hidden = true;
out.append(words, host, texts, note);
let given = null;
const runner = make_runner({
  label: "Let it run free",
  request: () => ({
    model: model.value,
    text: text.value,
    from: number_in(from),
    temperature: number_in(temperature),
    seed: number_in(seed),
  }),
  on_frame: (frame) => {
    if (frame.tokens) {
      given = frame;
    }
    if (frame.own) {
      show(given, frame.own);
    }
  },
});
function prose(title, tokens, start, differs) {
  const part = make("section"),
    line = make("p", "compare-text");
  tokens.forEach((t, i) => {
    const span = make(
      "span",
      i < start ? "compare-prompt" : differs && !t.same ? "forcing-other" : "",
      t.piece,
    );
    span.title = `${visible(t.text).slice(0, 40)}: ${t.loss === null ? "not scored" : fixed(t.loss) + " nats"}`;
    line.append(span);
  });
  part.append(make("h2", "", title), line);
  return part;
}
function show({ tokens, from: start }, own) {
  out.hidden = false;
  const x = tokens.map((_, i) => i + 1),
    line = (name, y, color, dash, symbol) => ({
      x,
      y,
      name,
      mode: "lines+markers",
      line: { color, width: 2, dash },
      marker: { size: 5, symbol },
      hovertemplate: "%{y:.3f} nats<extra></extra>",
    });
  const free = (values, i) => (i < start ? null : values);
  figure.draw({
    data: [
      line(
        "given text, teacher-forced",
        tokens.map((t) => t.loss),
        "var(--chosen)",
        "solid",
        "circle",
      ),
      line(
        "given text, after the model’s own words",
        own.tokens.map((t, i) => free(t.drift, i)),
        "var(--loop)",
        "dash",
        "square",
      ),
      line(
        "the model’s own text",
        own.tokens.map((t, i) => free(t.loss, i)),
        "var(--settled)",
        "dot",
        "diamond",
      ),
    ],
    layout: {
      margin: { l: 50, r: 12, t: 10, b: 46 },
      legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0, font: { size: 12 } },
      xaxis: { title: { text: "token" } },
      yaxis: { title: { text: "loss, −ln P (nats)" }, rangemode: "tozero" },
      shapes: [
        {
          type: "line",
          x0: start + 0.5,
          x1: start + 0.5,
          yref: "paper",
          y0: 0,
          y1: 1,
          line: { color: "var(--raw)", dash: "dot" },
        },
      ],
    },
  });
  words.replaceChildren(
    ...rich(
      `After token ${start} the given text costs **${fixed(own.mean_forced, 2)}** nats a token when every token before it is the given one, **${fixed(own.mean_drift, 2)}** when the model has read its own words instead. Its own text costs it **${fixed(own.mean_own, 2)}**; ${own.same} of ${own.of} tokens are the given ones.`,
    ),
  );
  texts.replaceChildren(
    prose("Given", tokens, start, false),
    prose("Written by the model itself from there on", own.tokens, start, true),
  );
  note.textContent =
    "In training a model always reads the given words (teacher forcing); when it writes, it reads its own. Underlined: the words that both begin with; tinted: where the model’s word is not the given one. Loss is the model’s own −ln P, without rules; the first token is not scored. At the very first free token both losses of the given text are equal: until then the model has read nothing else.";
}
const link = make_link({ model, text, given: from, temperature, seed }, runner.replay);
runner.row.append(link.copy);
box.append(
  row_of(
    field("model", model),
    field("given tokens", from, "From the next token on the model reads its own words"),
    field("temperature", temperature, "0: the likeliest token"),
    field("seed", seed),
  ),
  field("text", text, "", "compare-wide"),
  runner.row,
  link.message,
  runner.bar,
  runner.words,
  runner.trouble,
  out,
);
link.open();
