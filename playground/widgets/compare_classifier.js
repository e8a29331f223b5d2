// A question, a few label words, and what the model gives each of them: as it is, and against an empty text.
const model = select_input(props.models),
  template = area("", 2, 1000),
  labels = make("input"),
  texts = area("", 4, 8100),
  out = make("section");
labels.type = "text";
labels.maxLength = 400;
const lines = () =>
  texts.value
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
const runner = make_runner({
  label: "Classify",
  request: () => ({
    model: model.value,
    template: template.value,
    labels: labels.value
      .split(",")
      .map((word) => word.trim())
      .filter(Boolean),
    texts: lines(),
  }),
  on_frame: (frame) => {
    if (frame.rows) show(frame);
  },
});
function bars(title, names, shares, winner) {
  const part = make("div", "label-bars");
  part.append(make("h2", "", title));
  names.forEach((name, i) => {
    const line = make("div", "label-line" + (i === winner ? " on" : "")),
      track = make("span", "track"),
      fill = make("i");
    fill.style.width = 100 * shares[i] + "%";
    track.append(fill);
    line.append(make("span", "", name), track, make("span", "", chance(shares[i])));
    part.append(line);
  });
  return part;
}
function show(frame) {
  const flipped = frame.rows.filter((row) => row.winner !== row.winner_calibrated).length,
    words = make("p", "say");
  const most = frame.empty.shares.indexOf(Math.max(...frame.empty.shares));
  words.replaceChildren(
    ...rich(
      `Before it has read anything the model leans towards **${visible(frame.labels[most]).replaceAll("·", " ")}** (${chance(frame.empty.shares[most])}). Taking that out changes the answer for **${flipped}** of ${frame.rows.length} text${frame.rows.length === 1 ? "" : "s"}.`,
    ),
  );
  out.replaceChildren(
    words,
    bars("after an empty text", frame.labels, frame.empty.shares, most),
    ...frame.rows.map((row) => {
      const part = make("section", "label-case"),
        pair = make("div", "label-pair");
      pair.append(
        bars("as it is", frame.labels, row.shares, row.winner),
        bars("calibrated", frame.labels, row.calibrated, row.winner_calibrated),
      );
      part.append(
        make("p", "compare-text", row.text),
        pair,
        make(
          "p",
          "compare-note",
          "ln P of the label words: " +
            frame.labels.map((name, i) => `${name} ${fixed(row.logs[i], 2)}`).join(", "),
        ),
      );
      return part;
    }),
    make(
      "p",
      "compare-note",
      "Each label’s probability is that of all its tokens after the question, over the whole vocabulary; the bars share out what the labels have among themselves. Calibrated: each divided by its probability after the empty text, then shared out anew (Zhao et al. 2021). A raw prompt, without chat template.",
    ),
  );
}
const link = make_link({ model, labels, template, texts }, runner.replay);
runner.row.append(link.copy);
box.append(
  row_of(
    field("model", model),
    field("label words", labels, "Separated by commas, 2 to 6", "compare-wide"),
  ),
  field("question, with {text} where the text goes", template, "", "compare-wide"),
  field("texts, one a line", texts, "At most 8", "compare-wide"),
  runner.row,
  link.message,
  runner.bar,
  runner.words,
  runner.trouble,
  out,
);
link.open();
