// Hidden states of a model along a text: the greedy and the drawn run side by side, each as its path in one plane and as its recurrence plot.
let runs = null,
  polling = null,
  models = [],
  linked = false,
  touched = false;
const RUNS = ["greedy", "drawn"];
const own_models = () => (window.playground_ngrams ?? []).map((one) => [one.title, one.id]); // the visitor's n-grams, made in From text
document.addEventListener("playground:ngram", () => {
  if (draft) fillModels(part("model").value);
});
const textPlayer = stepper(part("textPlayer"), {
  keys: part("textSection"),
  unit: "Token of both runs",
  speed: 8,
  show: (k) => showText(k),
  readout: (k) => [`token ${k + 1} / ${longest()}`, "greedy, drawn"],
});
const longest = () => Math.max(...RUNS.map((r) => runs[r].length));
const askText = latest(
  (wish) => server.states(wish),
  (record, wish) => {
    clearTimeout(polling);
    if (record.pending) {
      part("textProblem").textContent = record.error;
      polling = setTimeout(() => askText(wish), 1000);
      return;
    }
    part("write").disabled = false;
    part("write").textContent = "Write both";
    part("textProblem").textContent = record.ok ? "" : record.error;
    part("textSection").classList.toggle("stale", !record.ok);
    if (record.ok) {
      runs = record;
      drawText();
    }
  },
);
function writeBoth() {
  for (const [name, field, low, high, isWhole] of [
    ["length", "length", 0, 120, true],
    ["textSeed", "seed", 0, 9007199254740992, true],
    ["temperature", "temperature", 0.1, 5, false],
  ]) {
    const v = Number(part(name).value);
    if (
      part(name).value === "" ||
      !Number.isFinite(v) ||
      v < low ||
      v > high ||
      (isWhole && !Number.isInteger(v))
    ) {
      part("textProblem").textContent =
        `${field} must be ${isWhole ? "a whole number" : "a number"} in [${low}, ${high}], got ${clip(part(name).value || "nothing", 20)}`;
      part(name).focus();
      return;
    }
    draft.text[field] = v;
  }
  draft.text.text = part("prompt").value;
  draft.text.model = part("model").value;
  part("write").disabled = true;
  part("write").textContent = "Writing…";
  askText(clone(draft.text));
}
function fillModels(chosen) {
  const select = part("model"),
    listed = [
      ...models,
      ...own_models().filter(([, name]) => !models.some((one) => one[1] === name)),
    ];
  const all = listed.some(([, name]) => name === chosen) ? listed : [...listed, [chosen, chosen]];
  select.replaceChildren(...all.map(([label, name]) => new Option(clip(label, 60), name)));
  select.value = chosen;
}
function fillText() {
  fillModels(draft.text.model);
  part("prompt").value = draft.text.text;
  part("length").value = draft.text.length;
  part("textSeed").value = draft.text.seed;
  part("temperature").value = draft.text.temperature;
}
function drawText() {
  for (const name of RUNS) {
    const run = runs[name],
      host = part(`${name}Text`);
    host.replaceChildren(
      ...run.pieces.map((piece, k) => {
        const s = make(
          "span",
          k < runs.prompt_length ? "prompt" : "tok",
          piece.trim() === "" && piece !== " " ? visible(piece) : piece,
        );
        s.dataset.k = k;
        if (piece === "") {
          s.classList.add("mark");
          s.title = "a mark without text: where the text begins or ends";
        }
        const loop = run.token_period;
        if (loop.period && k >= loop.start) {
          s.classList.add("loop");
          if ((k - loop.start) % loop.period === 0) s.classList.add("lap");
        }
        return s;
      }),
    );
    part(`${name}Said`).textContent = run.said;
    plot(name);
    drawPath(name);
  }
  part("shares").textContent =
    `Principal components of the greedy run: these two axes carry ${fixed(100 * (runs.shares[0] + runs.shares[1]), 0)}% of the variance of its states; the drawn run is laid into the same plane.`;
  const wave = (run) => Array.from({ length: longest() }, (_, k) => (k ? nearest(run, k) : null));
  textPlayer.load(
    longest(),
    [
      { values: wave(runs.greedy), colour: "var(--loop)", fill: false, top: 1 },
      { values: wave(runs.drawn), colour: "var(--chosen)", fill: false, top: 1, dashed: true },
    ],
    Math.min(textPlayer.step || longest() - 1, longest() - 1),
    runs.greedy.token_period.period
      ? [
          {
            start: runs.greedy.token_period.start,
            end: runs.greedy.length - 1,
            label: `greedy repeats every ${runs.greedy.token_period.period} tokens`,
          },
        ]
      : [],
  );
  element.dataset.drawn = String(+(element.dataset.drawn ?? 0) + 1);
}
// how much a state resembles the most similar EARLIER one that is not its neighbour
function nearest(run, k) {
  if (k >= run.length) return null;
  let best = 0;
  for (let j = 0; j < k; j++) best = Math.max(best, run.similarity[k * run.length + j]);
  return best / 100;
}
function plot(name) {
  const run = runs[name],
    n = run.length,
    canvas = part(`${name}Plot`),
    ink = canvas.getContext("2d");
  canvas.width = n;
  canvas.height = n;
  const probe = document.createElement("canvas").getContext("2d");
  probe.fillStyle = color("--chosen");
  probe.fillRect(0, 0, 1, 1);
  const [r, g, b] = probe.getImageData(0, 0, 1, 1).data,
    image = ink.createImageData(n, n);
  run.similarity.forEach((s, i) => {
    const level = Math.max(0, s) / 100,
      at = 4 * i;
    image.data[at] = r;
    image.data[at + 1] = g;
    image.data[at + 2] = b;
    image.data[at + 3] = Math.round(255 * level ** 3);
  });
  ink.putImageData(image, 0, 0);
  canvas.setAttribute(
    "aria-label",
    `Recurrence plot of the ${name} run, ${n} by ${n} moments. ${run.said}`,
  );
  canvas.dataset.period = run.state_period.period ?? "";
}
function drawPath(name) {
  const points = RUNS.flatMap((r) => runs[r].path),
    xs = points.map((p) => p[0]),
    ys = points.map((p) => p[1]),
    low = [Math.min(...xs), Math.min(...ys)],
    span = Math.max(Math.max(...xs) - low[0], Math.max(...ys) - low[1]) || 1;
  runs[name].screen = runs[name].path.map(([x, y]) => [
    16 + (268 * (x - low[0])) / span,
    284 - (268 * (y - low[1])) / span,
  ]);
}
function showText(k) {
  for (const name of RUNS) {
    const run = runs[name],
      at = Math.min(k, run.length - 1),
      svg = part(`${name}Path`),
      points = run.screen;
    [...part(`${name}Text`).children].forEach((s, i) => {
      s.classList.toggle("later", i > at);
      s.classList.toggle("on", i === at);
    });
    const d = (list) =>
      list.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
    svg.querySelector(".trail").setAttribute("d", d(points.slice(0, at + 1)));
    const loop = run.token_period;
    svg
      .querySelector(".lap")
      .setAttribute(
        "d",
        loop.period && at >= loop.start
          ? d(points.slice(Math.max(loop.start, at - loop.period), at + 1))
          : "",
      );
    svg.querySelector(".now").setAttribute("cx", points[at][0]);
    svg.querySelector(".now").setAttribute("cy", points[at][1]);
    const cross = part(`${name}Cross`);
    cross.style.setProperty("--at", `${(100 * (at + 0.5)) / run.length}%`);
  }
}
for (const name of RUNS)
  part(`${name}Text`).addEventListener("click", (e) => {
    const k = e.target.dataset.k;
    if (k !== undefined) textPlayer.go(+k);
  });
part("write").addEventListener("click", writeBoth);
for (const kind of ["input", "click", "keydown"])
  part("textSection").addEventListener(kind, () => {
    touched = true;
  });
part("prompt").addEventListener("keydown", (e) => {
  if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) {
    e.preventDefault();
    writeBoth();
  }
});
linkButton(part("link"), () => {
  draft.text.text = part("prompt").value;
  return server.link(clone(draft));
});
function load(value = props.value) {
  if (!value?.draft) return;
  draft = clone(value.draft);
  land = value.figures.plane.landscape;
  path = value.figures.plane.orbit;
  runs = value.figures.text;
  buildSliders();
  showWorld(draft.plane.world);
  drawLand();
  drawOrbit();
  fillText();
  part("textProblem").textContent = value.message ?? "";
  if (runs) drawText();
  if (value.figures.ask) writeBoth();
  linked = !!value.opened;
  offers(!linked);
}
// the networks on offer; the first one's runs replace the n-gram's unless a link brought a text or somebody has typed
async function offers(untouched, times = 10) {
  let record;
  try {
    record = await server.models({});
  } catch {
    return;
  }
  models = record.models ?? [];
  if (record.coming && times > 0) setTimeout(() => offers(untouched, times - 1), 3000); // the network is still being loaded
  if (untouched && record.first && !linked && !touched) {
    draft.text = clone(record.first.draft);
    runs = record.first.figures;
    fillText();
    drawText();
  } else fillModels(part("model").value);
}
new MutationObserver(() => {
  if (land) drawLand();
  if (runs) RUNS.forEach(plot);
}).observe(document.body, { attributes: true, attributeFilter: ["class"] });
watch("value", () => load());
load();
fromLink("loops", load);
