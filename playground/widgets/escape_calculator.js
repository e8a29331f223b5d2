// The escape calculator: controls, one large plot, the well, the formula with its numbers, the truth table. Every figure comes from
// `server.calculate(settings)`: mathematics stays in Python, and a slider asks at most once per answer.
const box = element.querySelector(".widget");
const PARTS = ["top", "under", "more"];
const areas = Object.fromEntries(PARTS.map((name) => [name, make("div", "escape-" + name)]));
const problem = make("p", "problem");
problem.hidden = true;
problem.setAttribute("role", "alert");
box.append(problem, ...PARTS.map((name) => areas[name]));

// the plot and the well -----------------------------------------------------------------------------------------------
const plot_side = make("section", "escape-plot"),
  well_side = make("section", "escape-well");
const plot_host = make("div", "escape-figure");
plot_side.append(
  make("h2", "", "How likely one draw leaves the loop, at each temperature"),
  plot_host,
);
const well_svg = draw_svg("svg", {
  viewBox: "0 0 340 250",
  class: "escape-well-picture",
  role: "img",
});
const marble_words = make("p", "escape-caption");
well_side.append(make("h2", "", "The loop as a valley"), well_svg, marble_words);
areas.top.append(plot_side, well_side);
const main_plot = make_escape_plot({
  host: plot_host,
  x: "temperature T",
  y: "P(escape) in one draw",
  name: "P(escape) against temperature",
  readout: true,
});

// the controls and what they decide --------------------------------------------------------------------------------------
const control_side = make("section", "escape-controls"),
  verdict_side = make("section", "escape-verdicts");
areas.under.append(control_side, verdict_side);
const CONTROLS = [
  [
    "delta_e",
    "barrier ΔE",
    "How far the best way out lies below the loop token, in logits (nats)",
    -2,
    12,
    0.05,
    2,
  ],
  ["temperature", "temperature T", "Logits are divided by T before the draw", 0, 4, 0.01, 2],
  ["rivals", "rivals N", "How many equally likely ways out there are", 1, 1000, 1, 0, "log"],
  [
    "top_p",
    "top-p",
    "Keep the smallest set of tokens that reaches this probability",
    0.05,
    1,
    0.005,
    3,
  ],
  [
    "min_p",
    "min-p α",
    "Keep tokens with at least α times the probability of the likeliest",
    0,
    0.5,
    0.005,
    3,
  ],
  ["top_k", "top-k", "Keep the k most likely tokens (0: off)", 0, 50, 1, 0],
  [
    "repetition_penalty",
    "repetition penalty θ",
    "Divides a positive logit of a token seen before, multiplies a negative one: once, however often it was seen",
    1,
    2,
    0.01,
    2,
  ],
  [
    "frequency_penalty",
    "frequency penalty",
    "Subtracted from the logit for every time the token was generated",
    0,
    2,
    0.01,
    2,
  ],
  [
    "loop_logit",
    "loop token's logit",
    "The repetition penalty depends on the logit itself, not only on differences",
    -10,
    30,
    0.1,
    1,
  ],
  ["visits", "visits so far", "How often the loop token was generated already", 0, 20, 1, 0],
];
const settings = { ...constants.settings };
const inputs = {};
control_side.append(make("h2", "", "The loop and the rules"));
for (const [name, title, why, low, high, step, digits, scale] of CONTROLS) {
  const row = make("label", "escape-control");
  row.title = why;
  const slider = make("input");
  slider.type = "range";
  slider.setAttribute("aria-label", title);
  const number = make("output", "num");
  const to = (v) => (scale === "log" ? Math.round((100 * Math.log(v)) / Math.log(high)) : v);
  const from = (v) => (scale === "log" ? Math.max(low, Math.round(high ** (v / 100))) : v);
  slider.min = scale === "log" ? 0 : low;
  slider.max = scale === "log" ? 100 : high;
  slider.step = scale === "log" ? 1 : step;
  slider.addEventListener("input", () => {
    settings[name] = from(+slider.value);
    show_controls();
    ask();
  });
  inputs[name] = { row, slider, number, to, digits };
  row.append(make("span", "escape-name", title), slider, number);
  control_side.append(row);
}
const order_row = make("div", "escape-control escape-order");
order_row.append(make("span", "escape-name", "order of the rules"));
const orders = {
  transformers: "temperature first (transformers)",
  "llama.cpp": "temperature last (llama.cpp)",
};
const order_box = make("select");
order_box.setAttribute("aria-label", "order of the rules");
for (const [value, text] of Object.entries(orders)) {
  const o = make("option", "", text);
  o.value = value;
  order_box.append(o);
}
order_box.addEventListener("change", () => {
  settings.order = order_box.value;
  ask();
});
order_row.append(order_box);
control_side.append(order_row);
let link = null;
const copy = button(
  "Copy link",
  "An address that opens this page with these settings",
  async () => {
    if (link === null) return;
    const address = location.origin + location.pathname + with_view(link);
    history.replaceState(null, "", address);
    await hand_over(address);
  },
  "plain",
);
const qr = button(
  "QR code",
  "The link as a picture for a projector: phones open it by its QR code",
  () => {
    if (link !== null) show_qr(location.origin + location.pathname + with_view(link));
  },
  "plain",
);
control_side.append(copy, qr);

const sentence = make("p", "say escape-sentence");
sentence.setAttribute("aria-live", "polite");
const table = make("table", "escape-table");
const formulas = make("div", "escape-formulas");
verdict_side.append(
  make("h2", "", "At these settings"),
  sentence,
  make("h2", "", "Which rule forbids the way out"),
  table,
  make("h2", "", "The formulas with these numbers"),
  formulas,
);

// the smaller plots ---------------------------------------------------------------------------------------------------------
const small = {};
for (const [name, title, x, y] of [
  ["by_top_p", "T_c against top-p", "top-p", "T_c"],
  ["by_barrier", "T_c against the barrier", "barrier ΔE", "T_c"],
  ["by_visit", "The barrier at each visit", "visits of the loop token", "barrier left"],
]) {
  const side = make("section"),
    host = make("div", "escape-small");
  side.append(make("h2", "", title), host);
  areas.more.append(side);
  small[name] = make_escape_plot({ host, x, y, name: title });
}

function show_controls() {
  for (const [name, { slider, number, to, digits, row }] of Object.entries(inputs)) {
    const value = settings[name];
    slider.value = to(value);
    number.textContent = Number(value).toFixed(digits);
    const off =
      (name === "top_p" && value >= 1) ||
      (["min_p", "top_k", "frequency_penalty"].includes(name) && value === 0) ||
      (name === "repetition_penalty" && value === 1);
    row.classList.toggle("off", off);
    if (off) number.textContent = "off";
    slider.setAttribute("aria-valuetext", number.textContent);
  }
  order_box.value = settings.order;
}

// one question at a time; the newest settings win ---------------------------------------------------------------------------
let busy = false,
  again = false;
async function ask() {
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  try {
    do {
      again = false;
      const answer = await server.calculate({ ...settings });
      if (answer?.problem) {
        say(answer.problem);
      } else if (answer) paint(answer);
    } while (again);
  } catch (error) {
    say("The server did not answer: move a control to try again.");
  }
  busy = false;
}

const LINES = [
  ["arrhenius", "Arrhenius, e^(−ΔE/T)", "var(--raw)", 1.5, "2 3"],
  ["two_state", "exact, two tokens", "var(--remasked)", 1.5, "6 4"],
  ["exact", "exact, N rivals", "var(--ink)", 2, ""],
  ["top_p", "after top-p", "var(--chosen)", 2.5, ""],
  ["min_p", "after min-p", "var(--new)", 2, "10 4"],
  ["top_k", "after top-k", "var(--settled)", 2, "10 4 2 4"],
];
let drawn = 0;
function paint(record) {
  link = record.link ?? link;
  const s = record.settings,
    stuck = record.critical !== null;
  main_plot.draw({
    x: [0, record.temperatures.at(-1)],
    y: [-0.025 * record.top, record.top],
    lines: LINES.filter(([key]) => record.curves[key]).map(([key, name, colour, width, dash]) => ({
      x: record.temperatures,
      y: record.curves[key],
      name,
      colour,
      width,
      dash,
    })),
    points: [{ x: s.temperature, y: record.escape, colour: "var(--escape)", r: 7 }],
    rules: [
      { x: s.temperature, colour: "var(--escape)", dash: "2 3" },
      ...(stuck
        ? [
            {
              x: record.critical,
              colour: "var(--loop)",
              width: 2,
              label: `nucleus escape temperature T_c = ${record.critical.toFixed(3)}`,
            },
          ]
        : []),
    ],
  });
  main_plot.label("P(escape) against temperature. " + record.sentence.replaceAll("**", ""));
  paint_well(record);
  sentence.replaceChildren(...rich(record.sentence));
  table.replaceChildren();
  const head = make("tr");
  for (const t of ["rule", "escape needs", "here", ""]) head.append(make("th", "", t));
  table.append(head);
  for (const row of record.verdicts) {
    const line = make("tr", row.verdict);
    line.append(
      make("td", "", row.rule),
      make("td", "", row.condition),
      make("td", "num", row.numbers),
      make(
        "td",
        "escape-mark",
        { allows: "✓ lets it out", forbids: "✕ forbids it", off: "off" }[row.verdict],
      ),
    );
    table.append(line);
  }
  formulas.replaceChildren(
    ...record.formulas.map((f) => {
      const p = make("p", "escape-formula");
      p.append(make("span", "soft", f.name), make("span", "", f.symbols), make("b", "", f.numbers));
      return p;
    }),
  );
  const byp = record.by_top_p,
    bye = record.by_barrier,
    byv = record.by_visit,
    here = (x) => (stuck ? [{ x, y: record.critical, colour: "var(--escape)" }] : []);
  const most = (values) => Math.max(...values.filter((v) => v !== null), 0);
  small.by_top_p.draw({
    x: [0, 1],
    y: [0, byp.top],
    lines: [{ x: byp.x, y: byp.y, colour: "var(--loop)" }],
    points: here(s.top_p),
    rules: [{ x: byp.pole, colour: "var(--raw)", dash: "5 4" }],
    shade: { to: byp.pole, label: "no way out" },
  });
  small.by_barrier.draw({
    x: [0, bye.x.at(-1)],
    y: [0, 1.05 * most(bye.y) || 1],
    lines: [{ x: bye.x, y: bye.y, colour: "var(--loop)" }],
    points: here(s.delta_e),
  });
  const left = [...byv.repetition, ...byv.frequency],
    low = Math.min(0, ...left),
    high = Math.max(0, ...left),
    room = 0.06 * (high - low || 1);
  small.by_visit.draw({
    x: [0, byv.visits.at(-1)],
    y: [low - room, high + room],
    lines: [
      {
        x: byv.visits,
        y: byv.repetition,
        name: "repetition penalty",
        colour: "var(--remasked)",
        mark: "square",
      },
      {
        x: byv.visits,
        y: byv.frequency,
        name: "frequency penalty",
        colour: "var(--chosen)",
        mark: "dot",
      },
    ],
    rules: [{ y: 0, colour: "var(--escape)", dash: "2 3", width: 1.5 }],
  });
  plot_host.dataset.drawn = String(++drawn);
}

// **bold** in our own sentences becomes <b>; nothing else is markup
function rich(text) {
  return text
    .split("**")
    .map((part, i) => (i % 2 ? make("b", "", part) : document.createTextNode(part)));
}

function paint_well(record) {
  const points = record.well,
    heights = points.map((p) => p[1]);
  const low = Math.min(0, ...heights),
    high = Math.max(...points.filter((p) => Math.abs(p[0]) <= 1.35).map((p) => p[1]), 1);
  const X = (x) => 170 + x * 100,
    Y = (y) => 205 - (165 * (y - low)) / (high - low);
  const path = points
    .filter((p) => p[1] <= high * 1.15)
    .map((p, i) => `${i ? "L" : "M"}${X(p[0]).toFixed(1)} ${Y(p[1]).toFixed(1)}`)
    .join("");
  const out = record.escape,
    other = points.reduce((a, b) => (Math.abs(b[0] - 1) < Math.abs(a[0] - 1) ? b : a))[1];
  well_svg.replaceChildren(
    draw_svg("path", { d: path, class: "escape-hill" }),
    draw_svg("line", { x1: X(-1) + 14, x2: X(1), y1: Y(0), y2: Y(0), class: "escape-level" }),
    draw_svg("line", { x1: X(1), x2: X(1), y1: Y(0), y2: Y(other), class: "escape-gap" }),
    draw_svg("circle", {
      cx: X(-1),
      cy: Y(0) - 11,
      r: 10,
      class: "escape-marble" + (out === 0 ? " stuck" : ""),
    }),
  );
  const words = [
    [X(-1), 232, "the loop", "middle"],
    [
      X(1),
      232,
      record.settings.rivals > 1 ? `${record.settings.rivals} ways out` : "the way out",
      "middle",
    ],
    [X(1) + 8, (Y(0) + Y(other)) / 2 + 4, `ΔE = ${record.barrier.toFixed(2)}`, "start"],
  ];
  for (const [x, y, text, anchor] of words) {
    const t = draw_svg("text", { x, y, "text-anchor": anchor, class: "escape-axis" });
    t.textContent = text;
    well_svg.append(t);
  }
  if (out > 0) {
    // the hop: as thick as it is likely
    const arc = draw_svg("path", {
      d: `M${X(-1)} ${Y(0) - 22} Q170 ${Y(high) - 30} ${X(1)} ${Y(other) - 14}`,
      class: "escape-hop",
      "stroke-width": (1 + 7 * out).toFixed(2),
    });
    well_svg.append(arc);
  } else {
    const lid = draw_svg("path", { d: `M${X(-1) - 26} ${Y(0) - 26} h52`, class: "escape-lid" });
    well_svg.append(lid);
  }
  well_svg.setAttribute("aria-label", record.marble);
  marble_words.textContent = record.marble;
}

// The state in the address, or the defaults; a link that cannot be read is said and the defaults stand.
async function open() {
  try {
    const answer = await server.opened({ query: location.search.slice(0, 20000) });
    Object.assign(settings, answer.settings);
    show_controls();
    paint(answer.record);
    problem.textContent = answer.message;
    problem.hidden = !answer.message;
  } catch (error) {
    say("The server did not answer: move a control to try again.");
  }
}
show_controls();
open();
