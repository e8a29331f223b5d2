// The plane: diversity across, coherence (perplexity) up, one mark a column with its 95% intervals.
const MEASURES = {
  distinct1: "distinct-1",
  distinct2: "distinct-2",
  distinct3: "distinct-3",
  self_bleu: "self-BLEU",
};
function make_plane(library) {
  const host = make("div", "compare-plot"),
    figure = make_figure({ host, library }),
    note = make("p", "compare-note");
  const choice = select_input(Object.entries(MEASURES), "distinct2");
  const side = make("section");
  side.hidden = true;
  host.setAttribute("role", "img");
  host.setAttribute("aria-label", "Diversity against perplexity, one mark a column");
  side.append(
    make("h2", "", "Diversity against coherence"),
    row_of(field("across", choice, "Which measure of diversity runs across")),
    host,
    note,
  );
  let last = null;
  function draw(frame) {
    last = frame;
    const key = choice.value,
      rows = frame.table
        .map((row, i) => ({ ...row, i }))
        .filter((row) => row[key] && row.perplexity);
    side.hidden = false;
    const whiskers = (triple) =>
      triple[1] === null
        ? undefined
        : {
            type: "data",
            symmetric: false,
            array: [triple[2] - triple[0]],
            arrayminus: [triple[0] - triple[1]],
            thickness: 1.5,
            width: 4,
          };
    figure.draw({
      data: rows.map((row) => ({
        x: [row[key][0]],
        y: [row.perplexity[0]],
        name: `${row.i + 1} ${row.name}`,
        mode: "markers+text",
        text: [String(row.i + 1)],
        textposition: [
          "top right",
          "bottom right",
          "top left",
          "bottom left",
          "top center",
          "bottom center",
        ][row.i],
        marker: { size: 11, symbol: SYMBOLS[row.i], color: SERIES[row.i] },
        error_x: whiskers(row[key]),
        error_y: whiskers(row.perplexity),
        hovertemplate: "%{x:.3f}, perplexity %{y:.2f}<extra></extra>",
      })),
      layout: {
        margin: { l: 56, r: 16, t: 10, b: 46 },
        legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0, font: { size: 12 } },
        showlegend: true,
        xaxis: {
          title: {
            text: MEASURES[key] + (key === "self_bleu" ? " (low: diverse)" : " (high: diverse)"),
          },
        },
        yaxis: { type: "log", title: { text: "perplexity" }, dtick: "D2", tickformat: "~g" },
      },
    });
    const missing = frame.table
      .filter((row) => !row[key] || !row.perplexity)
      .map((row) => row.name);
    note.textContent =
      (frame.scorer === frame.model
        ? `Perplexity under ${frame.scorer}, of all tokens written after the prompt, end of text included: low is what that model expects, which is not the same as good. `
        : `Perplexity under ${frame.scorer}, of its own tokens for the text after the prompt: low is what that model expects, which is not the same as good. `) +
      `Diversity counts words between spaces over all ${frame.runs} run${frame.runs === 1 ? "" : "s"} of a column. Whiskers: 95%, jackknife over the runs. ` +
      "Greedy and beam search write the same text every time: one text stands for all runs, without whiskers." +
      (missing.length
        ? ` Not in the plane, for want of ${key === "self_bleu" ? "a second run" : "a finite value"}: ${missing.join("; ")}.`
        : "");
  }
  choice.addEventListener("change", () => last && draw(last));
  return { side, draw };
}
