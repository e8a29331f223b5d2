// A real loop: the text with its cycle marked, the barrier at every token of the cycle, and how many of many runs got out, over the prediction.
// The value is one frame at a time, {"run": id, "frame": {...}}: what was drawn before stays.
const box = element.querySelector(".widget");
const prose = make("p", "text live-text"),
  words = make("p", "say live-words");
words.setAttribute("aria-live", "polite");
const bar = make("progress", "live-progress");
bar.max = 1;
bar.hidden = true;
bar.setAttribute("aria-label", "Progress of the experiment");
const plots = make("div", "live-plots");
const hosts = {};
for (const [name, title] of [
  ["barriers", "The barrier at each token of the cycle, and its own T_c"],
  ["shares", "How many runs left the loop"],
  ["inverted", "The other way round: which top-p still holds it"],
  ["visits", "Penalties: the barrier at each lap"],
  ["survival", "Still in the loop after n tokens"],
]) {
  const side = make("section"),
    host = make("div", "live-figure");
  host.setAttribute("role", "img");
  host.setAttribute("aria-label", title);
  const note = make("p", "soft small");
  side.append(make("h2", "", title), host, note);
  plots.append(side);
  side.hidden = true;
  hosts[name] = { side, note, figure: make_figure({ host, library: props.library }) };
}
box.append(prose, words, bar, plots);
const rich = (text) =>
  text.split("**").map((part, i) => (i % 2 ? make("b", "", part) : document.createTextNode(part)));
const plain = {
  margin: { l: 50, r: 50, t: 10, b: 60 },
  uirevision: null,
  legend: { orientation: "h", y: 1.03, yanchor: "bottom", x: 0, font: { size: 12 } },
};

function draw_text(frame) {
  prose.replaceChildren(
    ...frame.pieces.map((piece) => {
      const s = make(
        "span",
        piece.kind === "prompt" ? "locked" : piece.kind === "loop" ? "loop" : "",
        piece.text,
      );
      return s;
    }),
  );
}
function draw_barriers(f) {
  hosts.barriers.side.hidden = false;
  const ticks = f.tokens.map((t, i) => i),
    names = f.tokens.map((t) => visible(t.text));
  hosts.barriers.figure.draw({
    data: [
      {
        type: "bar",
        x: ticks,
        y: f.tokens.map((t) => t.delta_e),
        name: "barrier ΔE",
        marker: {
          color: f.tokens.map((t, i) => (i === f.weakest ? "var(--escape)" : "var(--final)")),
        },
        customdata: f.tokens.map((t) => visible(t.rival)),
        hovertemplate: "ΔE %{y:.3f} to %{customdata}<extra></extra>",
      },
      {
        x: ticks,
        y: f.tokens.map((t) => t.critical),
        name: `T_c at top-p ${f.top_p}`,
        yaxis: "y2",
        mode: "markers",
        marker: { symbol: "diamond", size: 9, color: "var(--loop)" },
        hovertemplate: "T_c %{y:.3f}<extra></extra>",
      },
    ],
    layout: {
      ...plain,
      margin: { ...plain.margin, b: 80 },
      xaxis: {
        tickvals: ticks,
        ticktext: names,
        tickangle: -40,
        tickfont: { family: "JetBrains Mono, monospace", size: 12 },
      },
      yaxis: { title: { text: "ΔE" }, rangemode: "tozero" },
      yaxis2: {
        title: { text: "T_c" },
        overlaying: "y",
        side: "right",
        rangemode: "tozero",
        showgrid: false,
        tickmode: "auto",
        nticks: 6,
      },
      shapes:
        f.cycle_critical === null
          ? []
          : [
              {
                type: "line",
                xref: "paper",
                x0: 0,
                x1: 1,
                yref: "y2",
                y0: f.cycle_critical,
                y1: f.cycle_critical,
                line: { color: "var(--loop)", width: 1.5, dash: "dash" },
              },
            ],
    },
  });
  hosts.barriers.note.textContent = f.note;
}
const GROUPS = {
  off: ["without top-p", "var(--remasked)", "circle"],
  on: ["with top-p", "var(--chosen)", "square"],
};
function draw_shares(f) {
  hosts.shares.side.hidden = false;
  const data = [];
  for (const group of f.groups) {
    const [name, colour, symbol] = GROUPS[group.key];
    data.push({
      x: group.curve.temperatures,
      y: group.curve.predicted,
      mode: "lines",
      name: name + ", predicted",
      line: { color: colour, width: 2 },
      hovertemplate: "%{y:.3f}<extra></extra>",
    });
    data.push({
      x: group.points.map((p) => p.temperature),
      y: group.points.map((p) => p.share),
      mode: "markers",
      name: name + ", measured",
      marker: { color: colour, size: 9, symbol },
      error_y: {
        type: "data",
        symmetric: false,
        array: group.points.map((p) => p.high - p.share),
        arrayminus: group.points.map((p) => p.share - p.low),
        color: colour,
        thickness: 1.5,
        width: 4,
      },
      customdata: group.points.map((p) => `${p.escaped} of ${p.runs}`),
      hovertemplate: "%{customdata}<extra></extra>",
    });
  }
  hosts.shares.figure.draw({
    data,
    layout: {
      ...plain,
      xaxis: { title: { text: "temperature T" } },
      yaxis: { title: { text: `share that left within ${f.tokens} tokens` }, range: [-0.03, 1.05] },
      shapes:
        f.cycle_critical === null
          ? []
          : [
              {
                type: "line",
                x0: f.cycle_critical,
                x1: f.cycle_critical,
                yref: "paper",
                y0: 0,
                y1: 1,
                line: { color: "var(--loop)", width: 2 },
              },
            ],
      annotations:
        f.cycle_critical === null
          ? []
          : [
              {
                x: f.cycle_critical,
                y: 0.04,
                yref: "paper",
                showarrow: false,
                xanchor: "left",
                text: " T_c of the cycle",
                font: { color: "var(--loop)", size: 12 },
              },
            ],
    },
  });
  hosts.shares.note.textContent = f.note;
}
function draw_inverted(f) {
  hosts.inverted.side.hidden = false;
  const data = [
    {
      x: f.temperatures,
      y: f.top_p,
      mode: "lines",
      name: "largest top-p that holds the loop",
      fill: "tozeroy",
      line: { color: "var(--loop)", width: 2 },
      hovertemplate: "T %{x:.3f}: top-p %{y:.3f}<extra></extra>",
    },
  ];
  if (f.at)
    data.push({
      x: [f.at[0]],
      y: [f.at[1]],
      mode: "markers",
      name: "T_c at the top-p of the runs",
      marker: { color: "var(--loop)", size: 10, symbol: "diamond" },
      hovertemplate: "T_c %{x:.3f} at top-p %{y}<extra></extra>",
    });
  hosts.inverted.figure.draw({
    data,
    layout: {
      ...plain,
      xaxis: { title: { text: "temperature T" } },
      yaxis: { title: { text: "top-p" }, range: [0, 1.05] },
    },
  });
  hosts.inverted.note.textContent = f.note;
}
function draw_visits(f) {
  hosts.visits.side.hidden = false;
  const line = (key, name, colour, dash, symbol) => ({
    x: f.laps,
    y: f[key],
    name,
    mode: "lines+markers",
    line: { color: colour, width: 2, dash },
    marker: { size: 7, symbol },
  });
  hosts.visits.figure.draw({
    data: [
      line("plain", "no penalty, measured", "var(--raw)", "solid", "circle"),
      line("repetition", "repetition, measured", "var(--remasked)", "solid", "square"),
      line(
        "repetition_predicted",
        "repetition, predicted",
        "var(--remasked)",
        "dot",
        "square-open",
      ),
      line("frequency", "frequency, measured", "var(--chosen)", "solid", "diamond"),
      line("frequency_predicted", "frequency, predicted", "var(--chosen)", "dot", "diamond-open"),
    ],
    layout: {
      ...plain,
      xaxis: { title: { text: "lap of the loop" }, dtick: 1 },
      yaxis: { title: { text: "barrier ΔE at the weakest token" } },
      shapes: [
        {
          type: "line",
          xref: "paper",
          x0: 0,
          x1: 1,
          y0: 0,
          y1: 0,
          line: { color: "var(--escape)", dash: "dot" },
        },
      ],
    },
  });
  hosts.visits.note.textContent = f.note;
}
function draw_survival(f) {
  hosts.survival.side.hidden = false;
  const data = [];
  f.curves.forEach((c, i) => {
    const colour = ["var(--chosen)", "var(--remasked)", "var(--new)", "var(--settled)"][i % 4];
    data.push({
      x: f.n,
      y: c.predicted,
      name: c.name + ", predicted",
      mode: "lines",
      line: { color: colour, width: 2 },
    });
    if (c.measured)
      data.push({
        x: f.n,
        y: c.measured,
        name: c.name + ", measured",
        mode: "lines",
        line: { color: colour, width: 1.5, dash: "dot", shape: "hv" },
      });
  });
  hosts.survival.figure.draw({
    data,
    layout: {
      ...plain,
      xaxis: { title: { text: "tokens n" } },
      yaxis: { title: { text: "P(still in the loop)" }, range: [-0.03, 1.05] },
    },
  });
  hosts.survival.note.textContent = f.note ?? "";
}
let run = 0,
  stopped = null; // runs are numbered: the newest is on view
const going = () => run !== 0 && run !== stopped && !bar.hidden;
document.addEventListener("escape:stop", () => {
  if (!going()) return say("Nothing is running.");
  stopped = run;
  bar.hidden = true;
  box.dataset.state = "stopped";
  say("Stopped; what was measured stays.");
});
function take() {
  const value = value_now();
  if (!value?.frame) return;
  const number = Number(value.run);
  if (number < run) return;
  if (number !== run) {
    run = number;
    delete box.dataset.state;
    prose.replaceChildren();
    words.textContent = "";
    for (const each of Object.values(hosts)) {
      each.side.hidden = true;
    }
  }
  if (number === stopped) return; // a frame that was on its way when Stop was pressed
  const f = value.frame;
  if (f.pieces) draw_text(f);
  if (f.words !== undefined) {
    words.className = f.problem ? "problem live-words" : "say live-words";
    words.replaceChildren(...rich(f.words));
  }
  if (f.progress !== undefined) {
    bar.hidden = f.progress === null || f.progress >= 1;
    if (f.progress !== null) bar.value = f.progress;
  }
  if (f.barriers) draw_barriers(f.barriers);
  if (f.shares) draw_shares(f.shares);
  if (f.inverted) draw_inverted(f.inverted);
  if (f.visits) draw_visits(f.visits);
  if (f.survival) draw_survival(f.survival);
}
watch("value", take);
take();
