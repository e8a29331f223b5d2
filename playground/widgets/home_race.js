// The first thing a visitor sees: the two twins going on from the same words, on one clock. One tick is one call of the network.
const box = element.querySelector(".widget");
const panes = make("div", "home-panes");
const left = make("section"),
  right = make("section");
const prose = make("p", "text home-text"),
  bars = make("div", "home-bars"),
  left_words = make("p", "num home-count");
const canvas = make("p", "home-canvas"),
  right_words = make("p", "num home-count");
left.append(make("h2", "", "Left to right: one token after the other"), prose, bars, left_words);
right.append(make("h2", "", "Everywhere at once: masks become words"), canvas, right_words);
panes.append(left, right);
const still = matchMedia("(prefers-reduced-motion: reduce)");
const hold = button("Pause", "Hold the picture", () => (running ? stop() : start()), "plain");
const again = button(
  "Again",
  "From the beginning",
  () => {
    tick = 0;
    draw();
    start();
  },
  "plain",
);
const row = make("div", "home-row");
row.append(hold, again);
box.append(panes, row);

let tick = 0,
  running = null,
  rest = 0;
const value = () => props.value ?? { causal: { prompt: "", frames: [] }, diffusion: { steps: [] } };
const last = () => Math.max(value().causal.frames.length, value().diffusion.steps.length - 1);
for (let i = 0; i < 3; i++) {
  const line = make("div", "bar"),
    track = make("div", "track");
  track.append(make("i", "final-bar"));
  line.append(make("span", "t"), track, make("span", "num"));
  bars.append(line);
}

function draw() {
  const { causal, diffusion } = value();
  const n = Math.min(tick, causal.frames.length);
  prose.replaceChildren(
    make("span", "locked", causal.prompt),
    ...causal.frames
      .slice(0, n)
      .map((f, i) =>
        make("span", i === n - 1 && tick <= causal.frames.length ? "on" : "", f.piece),
      ),
  );
  const next = causal.frames[Math.min(n, causal.frames.length - 1)];
  (next?.rows ?? []).forEach(([text, p, drawn], i) => {
    const [name, track, figure] = bars.children[i].children;
    bars.children[i].className = "bar" + (drawn ? " on" : "");
    name.textContent = visible(text);
    track.firstChild.style.transform = `scaleX(${p})`;
    figure.textContent = chance(p);
  });
  bars.style.visibility = n < causal.frames.length ? "" : "hidden";
  left_words.textContent =
    `${n} network call${n === 1 ? "" : "s"}` + (n === causal.frames.length ? ", done" : "");
  const k = Math.min(tick, diffusion.steps.length - 1),
    step = diffusion.steps[k];
  if (step)
    canvas.replaceChildren(
      ...step.words.map((w) =>
        make("span", "home-" + w.state, w.state === "masked" ? "\u2007\u2007\u2007" : w.text),
      ),
    );
  right_words.textContent =
    `${Math.max(0, k)} network call${k === 1 ? "" : "s"}` +
    (k === diffusion.steps.length - 1 ? ", done" : "");
}
function beat() {
  if (!element.isConnected) return stop();
  if (document.hidden || !element.offsetParent) return; // another tab of the page is open: wait
  if (tick < last()) {
    tick++;
    draw();
    rest = 0;
  } else if (++rest > 14) {
    tick = 0;
    rest = 0;
    draw();
  }
}
function start() {
  if (!running) running = setInterval(beat, 330);
  hold.textContent = "Pause";
}
function stop() {
  clearInterval(running);
  running = null;
  hold.textContent = "Play";
}
watch("value", draw);
if (still.matches) {
  tick = last();
  draw();
  stop();
} else {
  draw();
  start();
}

// doors: the pages of the navigation
const doors = make("nav", "home-doors");
doors.setAttribute("aria-label", "Pages");
for (const door of props.doors ?? []) {
  const link = make("a", "home-door");
  link.href = "?tab=" + encodeURIComponent(door.slug);
  link.append(
    make("b", "", door.title),
    make("span", "", door.words),
    make("em", "", door.question),
  );
  link.addEventListener("click", (event) => {
    const tab = document.querySelector(
      `#pages > .tab-wrapper [role=tab][data-tab-id="${CSS.escape(door.slug)}"]`,
    );
    if (!tab || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    tab.click();
    scrollTo({ top: 0 });
    history.replaceState(null, "", link.href);
  });
  doors.append(link);
}
box.append(doors);
