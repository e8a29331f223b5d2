// What noise does to a text: one slider for t, three kinds of noise, the schedules, the matrix, the posterior, the plane of the vectors.
// The noise of every position was drawn on the server once; here t only moves the threshold, so dragging asks nobody for anything.
const root = element.querySelector(".widget");
root.classList.add("canvas-corrupt");
const add = (tag, cls, text, to = root) => {
  const node = make(tag, cls, text);
  to.append(node);
  return node;
};
const problem = add("div", "problem");
problem.setAttribute("role", "alert");
problem.hidden = true;
const row = add("div", "canvas-t"),
  label = add("label", "canvas-t-label", "t", row),
  slider = make("input"),
  readout = make("output", "num");
slider.type = "range";
slider.min = 0;
slider.max = 100;
slider.value = 40;
slider.setAttribute("aria-label", "Time t, from 0 (the text) to 1 (nothing but noise)");
label.append(slider);
row.append(readout);
const lines = add("div", "canvas-noises");
const KINDS = [
  ["absorbing", "Masks", "each word is hidden once its time has come"],
  ["uniform", "Random words", "each word becomes a random one"],
  [
    "gaussian",
    "Noisy vectors",
    "the nearest word of each noisy embedding; vectors of many numbers hold long",
  ],
];
const rows = KINDS.map(([kind, name, why]) => {
  const box = add("div", "canvas-noise", undefined, lines),
    head = add("div", "canvas-noise-head", undefined, box);
  add("b", "", name, head);
  add("span", "soft small", why, head);
  const known = add("span", "num", "", head),
    words = add("div", "canvas-words", undefined, box);
  return { kind, known, words };
});
const pair = add("div", "canvas-corrupt-grid");
const section = (title) => {
  const s = add("section", "", undefined, pair);
  add("h2", "canvas-h", title, s);
  return s;
};
const schedule_box = section("Schedules: how much is still known at t"),
  matrix_box = section("Q̄ₜ: where a word is at time t"),
  posterior_box = section("One step back: the posterior"),
  plane_box = section("The vectors in the plane");
const chart = make_chart({
  host: add("div", "", undefined, schedule_box),
  name: "Schedules",
  x: { label: "time t", low: 0, high: 1 },
  y: { label: "ᾱ, share known", top: 1 },
  height: 230,
  table: false,
  on_pick: (v) => {
    slider.value = Math.round(100 * v);
    draw();
  },
});
add(
  "p",
  "canvas-note",
  "Four schedules are formulas. entropy-linear is measured on the model: along it the model’s uncertainty about the hidden words grows evenly with t (the time warping of CDCD).",
  schedule_box,
);
const chooser = (host, options, act, name) => {
  const group = add("div", "canvas-modes", undefined, host);
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", name);
  for (const [value, text] of options) {
    const b = button(text, "", () => {
      act(value);
      draw();
    });
    b.dataset.value = value;
    group.append(b);
  }
  return group;
};
let noise = "absorbing",
  tau = 1,
  clamp = false,
  focus = 0;
const noise_group = chooser(
  matrix_box,
  [
    ["absorbing", "masks"],
    ["uniform", "random words"],
  ],
  (v) => {
    noise = v;
  },
  "Kind of noise",
);
const heat = add("div", "canvas-heat", undefined, matrix_box),
  heat_note = add("p", "canvas-note", "", matrix_box);
const posterior_say = add("p", "say", "", posterior_box),
  posterior_bars = add("div", "", undefined, posterior_box),
  posterior_note = add("p", "canvas-note", "", posterior_box);
const tau_line = add("div", "canvas-modes", undefined, plane_box);
const tau_label = add("label", "canvas-check", "rounding τ ", tau_line),
  tau_choice = make("select");
tau_label.append(tau_choice);
tau_choice.addEventListener("change", () => {
  tau = +tau_choice.value;
  draw();
});
const clamp_label = add("label", "canvas-check", undefined, tau_line),
  clamp_box = make("input");
clamp_box.type = "checkbox";
clamp_label.append(clamp_box, "clamp to the nearest word");
clamp_box.addEventListener("change", () => {
  clamp = clamp_box.checked;
  draw();
});
const plane_svg = draw_svg("svg", { class: "canvas-plane", role: "img" });
plane_svg.setAttribute("aria-label", "Vectors of the words in the plane");
plane_box.append(plane_svg);
const round_say = add("p", "say", "", plane_box),
  plane_note = add("p", "canvas-note", "", plane_box);
let data = null,
  lexicon = new Map();

function button_at(host, i) {
  while (host.children.length <= i) {
    const b = make("button");
    b.type = "button";
    const n = host.children.length;
    b.addEventListener("click", () => {
      focus = n;
      draw();
    });
    host.append(b);
  }
  return host.children[i];
}
function draw() {
  if (!data) return;
  const step = +slider.value,
    t = step / 100,
    alphas = data.alphas[data.schedule],
    alpha = alphas[step],
    n = data.ids.length;
  slider.setAttribute("aria-valuetext", `t = ${t.toFixed(2)}, ${percent(alpha)} known`);
  const kept = data.u.map((u) => u < alpha),
    count = kept.filter(Boolean).length,
    near = data.vectors.near.map((path) => path[step]);
  readout.textContent = `t ${t.toFixed(2)}   ᾱ ${alpha.toFixed(3)}   known ${count} of ${n}, ${(alpha * n).toFixed(1)} expected`;
  root.dataset.known = String(count);
  root.dataset.t = String(t);
  for (const { kind, known, words } of rows) {
    let same = 0;
    for (let i = 0; i < n; i++) {
      const id =
        kind === "gaussian"
          ? near[i]
          : kept[i]
            ? data.ids[i]
            : kind === "uniform"
              ? data.other[i]
              : null;
      const b = button_at(words, i),
        is_same = id === data.ids[i];
      same += is_same;
      const text = id === null ? "" : shown_word(lexicon, id);
      if (b.textContent !== text) b.textContent = text;
      b.className =
        (id === null ? "canvas-masked" : is_same ? "canvas-settled" : "canvas-wrong") +
        (i === focus ? " canvas-focus" : "") +
        (word_of(lexicon, id ?? -1).join === "+" && id !== null ? " canvas-glued" : "");
      b.setAttribute(
        "aria-label",
        `${i + 1}: ${id === null ? "masked" : text + (is_same ? "" : ", changed")}`,
      );
      b.style.minWidth =
        id === null ? Math.max(48, 10 * shown_word(lexicon, data.ids[i]).length) + "px" : "";
    }
    while (words.children.length > n) words.lastChild.remove();
    known.textContent = `${same} of ${n} as they were`;
  }
  chart.draw(
    Object.entries(data.alphas).map(([name, values], k) => ({
      name,
      colour:
        name === data.schedule
          ? "--chosen"
          : ["--raw", "--loop", "--escape", "--remasked", "--settled"][k],
      dashed: name !== data.schedule,
      mark: "",
      points: values.map((v, i) => [i / 100, v]),
    })),
    { lines: [{ x: t, label: `ᾱ = ${alpha.toFixed(3)}` }] },
  );
  draw_heat(alpha);
  draw_posterior(step, t, kept[focus]);
  draw_plane(step, alpha, near);
}
function draw_heat(alpha) {
  for (const b of noise_group.children) b.ariaPressed = String(b.dataset.value === noise);
  const [one, zero] = data.matrices[noise],
    names = [
      ...data.small.map((id) => clip_text(shown_word(lexicon, id), 7)),
      ...(noise === "absorbing" ? ["mask"] : []),
    ];
  const matrix = one.map((line, i) => line.map((v, j) => alpha * v + (1 - alpha) * zero[i][j]));
  heat.style.gridTemplateColumns = `minmax(5ch, auto) repeat(${names.length}, minmax(0, 1fr))`;
  const cells = [make("span"), ...names.map((x) => make("span", "canvas-heat-name", x))];
  matrix.forEach((line, i) => {
    cells.push(make("span", "canvas-heat-name", names[i]));
    line.forEach((v) => {
      const cell = make(
        "span",
        "canvas-heat-cell",
        v === 0 ? "0" : v === 1 ? "1" : v.toFixed(2).replace(/^0/, ""),
      );
      cell.style.background = `color-mix(in srgb, var(--chosen) ${Math.round(45 * v)}%, transparent)`;
      cells.push(cell);
    });
  });
  heat.replaceChildren(...cells);
  heat_note.textContent =
    noise === "absorbing"
      ? "Row: the word at 0. Column: what is there at t. Each row sums to 1; the mask never leaves."
      : `Row: the word at 0. Column: the word at t, as if these ${names.length} words were all there are.`;
}
function draw_posterior(step, t, known) {
  const word = shown_word(lexicon, data.ids[focus] ?? data.ids[0]),
    s = Math.max(0, t - data.posterior_step),
    post = data.posterior;
  const masks = noise === "absorbing";
  let bars, sentence;
  if (masks) {
    const [reveal, stay] = known ? [1, 0] : post.absorbing[step];
    sentence = known
      ? `“${word}” is known at t = ${t.toFixed(2)}, so it was known at s = ${s.toFixed(2)} too.`
      : `“${word}” is masked at t = ${t.toFixed(2)}. If the text is the true one, then at s = ${s.toFixed(2)} it was`;
    bars = [
      [word, reveal],
      ["masked", stay],
    ];
  } else {
    const law = known ? post.uniform_same[step] : post.uniform_other[step],
      others = Math.max(0, post.size - 2);
    sentence = known
      ? `“${word}” stands here at t = ${t.toFixed(2)}; at s = ${s.toFixed(2)} there stood`
      : `Another word stands in the place of “${word}” at t = ${t.toFixed(2)}; at s = ${s.toFixed(2)} there stood`;
    bars = !law
      ? []
      : known
        ? [
            [word, law[0]],
            ["each other", post.size > 2 ? law[2] : law[1]],
          ]
        : [[word, law[0]], ["the same", law[1]], ...(others ? [["each other", law[2]]] : [])];
  }
  posterior_say.textContent = sentence;
  posterior_bars.replaceChildren(
    ...bars.map(([name, p]) => {
      const line = make("div", "bar"),
        track = make("div", "track"),
        fill = make("i", "final-bar");
      fill.style.transform = `scaleX(${p})`;
      track.append(fill);
      line.append(
        make("span", "t", clip_text(name, 11)),
        track,
        make("span", "num", chance(p)),
        make("span", "why"),
      );
      return line;
    }),
  );
  posterior_note.textContent = masks
    ? "q(xₛ | xₜ, x₀), s = t − 0.1: revealed with (ᾱₛ − ᾱₜ) / (1 − ᾱₜ). Choose a word above."
    : `q(xₛ | xₜ, x₀) of uniform noise over ${post.size} words, by Bayes from the matrices, s = t − 0.1.`;
}
const rounded = (n) =>
  n === 0 ? "<0.0001" : n === 10000 ? ">0.9999" : (n / 10000).toFixed(n < 10 ? 4 : 3); // sent in ten-thousandths
function draw_plane(step, alpha, near) {
  const v = data.vectors,
    W = 420,
    H = 260,
    all = [...v.backdrop, ...v.start, ...v.noise];
  const spread = (axis) => {
    const xs = all.map((p) => p[axis]).sort((a, b) => a - b);
    return [xs[Math.floor(0.01 * (xs.length - 1))], xs[Math.ceil(0.99 * (xs.length - 1))]];
  };
  const [x0, x1] = spread(0),
    [y0, y1] = spread(1),
    px = (x) => 14 + ((W - 28) * (x - x0)) / (x1 - x0 || 1),
    py = (y) => H - 14 - ((H - 28) * (y - y0)) / (y1 - y0 || 1);
  plane_svg.setAttribute("viewBox", `0 0 ${W} ${H}`);
  const parts = v.backdrop.map(([x, y]) =>
    draw_svg("circle", { cx: px(x), cy: py(y), r: 1.3, class: "canvas-plane-back" }),
  );
  data.ids.forEach((id, i) => {
    const at = clamp
      ? v.places[near[i]]
      : [0, 1].map((a) => Math.sqrt(alpha) * v.start[i][a] + Math.sqrt(1 - alpha) * v.noise[i][a]);
    const from = v.start[i],
      on = i === focus,
      cx = Math.max(4, Math.min(W - 4, px(at[0]))),
      cy = Math.max(8, Math.min(H - 4, py(at[1])));
    if (on)
      parts.push(
        draw_svg("line", {
          x1: px(from[0]),
          y1: py(from[1]),
          x2: cx,
          y2: cy,
          class: "canvas-plane-path",
        }),
        draw_svg("circle", { cx: px(from[0]), cy: py(from[1]), r: 4, class: "canvas-plane-home" }),
      );
    parts.push(
      draw_svg("circle", {
        cx,
        cy,
        r: on ? 5 : 3.5,
        class: near[i] === id ? "canvas-plane-same" : "canvas-plane-moved",
      }),
    );
    const text = draw_svg("text", {
      x: cx + (cx > W - 70 ? -7 : 7),
      y: cy + 4,
      "text-anchor": cx > W - 70 ? "end" : "start",
      class: "canvas-plane-word" + (on ? " canvas-plane-on" : ""),
    });
    text.textContent = clip_text(shown_word(lexicon, near[i]), 12);
    parts.push(text);
  });
  plane_svg.replaceChildren(...parts);
  const k = Math.max(0, data.taus.indexOf(tau)),
    top = v.top[focus]?.[step] ?? [],
    chances = v.chance[focus]?.[step] ?? [];
  round_say.replaceChildren(
    make("b", "", "Rounded: "),
    top.map((id, n) => `“${shown_word(lexicon, id)}” ${rounded(chances[n][k])}`).join(", ") + ".",
  );
  plane_note.textContent = `First two principal components of ${whole(v.vocabulary)} embeddings with ${v.dimensions} numbers each, scaled to variance 1; distances are measured in all ${v.dimensions}. p(w | x) = softmax(x·e / τ). Ring: where the word came from.`;
}
function take() {
  show(props.value ?? {});
}
function show(value) {
  problem.textContent = value.problem ?? "";
  problem.hidden = !value.problem;
  if (!value.ids) return;
  data = JSON.parse(JSON.stringify(value));
  lexicon = new Map(Object.entries(value.words).map(([id, w]) => [id, { text: w[0], join: w[1] }]));
  if (focus >= data.ids.length) focus = 0;
  if (!tau_choice.children.length) {
    for (const each of data.taus) {
      const o = make("option", "", String(each));
      o.value = each;
      tau_choice.append(o);
    }
    tau = data.taus[1] ?? data.taus[0];
    tau_choice.value = tau;
  }
  draw();
}
// What stands here before anything was typed is fetched when this part is opened; whatever the visitor asked for meanwhile wins.
async function first() {
  if (!server?.opened || props.value?.ids) return;
  try {
    const value = await server.opened(null);
    if (!data) show(value ?? {});
  } catch (error) {
    if (!data) {
      problem.textContent = "The example could not be fetched: press Enter in the text above.";
      problem.hidden = false;
    }
  }
}
slider.addEventListener("input", draw);
new MutationObserver(draw).observe(document.body, { attributes: true, attributeFilter: ["class"] });
watch("value", take);
take();
first();
