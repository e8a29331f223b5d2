// The shared transport: play, pause, step, back, scrub, speed. The timeline is a curve; loops are brackets over it, branches dots on it.
//
//   const time = make_transport({
//     host: element.querySelector('.x-time'),     // an empty element; the transport builds itself in it
//     keys: element,                              // arrows, Home, End, space work while the focus is in here
//     on_step: (k, why) => draw(k),               // why: 'play' | 'user' | 'load'; never asks the server
//     label: k => ['step 14 / 31', 'entropy 2.41 bits'],          // two short lines at the right
//     speech: k => 'step 14 of 31, brave',        // what a screen reader hears (default: the labels)
//     unit: 'Step',                               // the name of the slider
//     on_play: playing => ...,                    // playing began or ended
//     instead: () => false,                       // asked when the visitor presses Play; true: the page does something else (a new run)
//   });
//   time.load({length: 31, curves: [{values: [..null..], colour: 'var(--raw)', fill: true, name: 'entropy'}],
//              loops: [{start: 20, end: 31, label: 'period 5'}], branches: [{at: 7, label: 'branch 2'}], at: 0, live: false});
//   time.grow({length, curves, loops, branches});   // more of the same run: the step on view stays
//   time.live(true);                                // more is coming: playing waits at the end instead of stopping
//   time.go(k); time.play(); time.pause(); time.step; time.playing; time.length
function make_transport({
  host,
  keys,
  on_step,
  label,
  speech,
  unit = "Step",
  play_word = "Play",
  instead,
  on_play,
}) {
  const state = {
    length: 0,
    curves: [],
    loops: [],
    branches: [],
    step: 0,
    playing: false,
    live: false,
    speed: 1,
  };
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let timer = null,
    due = 0; // due: when the next step should be shown, so that drawing time adds no drift

  host.classList.add("transport");
  const buttons = make("div", "transport-buttons");
  const play_button = button(
    play_word,
    "Play the steps one after the other (space)",
    pressed,
    "main",
  );
  const back_button = button("Back", "One step back (arrow left)", () => {
    pause();
    go(state.step - 1, "user");
  });
  const step_button = button("Step", "One step on (arrow right)", () => {
    pause();
    go(state.step + 1, "user");
  });
  const speed = make("select", "transport-speed");
  speed.title = "Steps a second while playing";
  speed.setAttribute("aria-label", "Speed, steps a second");
  for (const each of [1, 2, 4, 8, 16, 30]) {
    const o = make("option", "", each + "/s");
    o.value = each;
    speed.append(o);
  }
  speed.value = "8";
  speed.addEventListener("change", () => {
    if (state.playing) {
      clearTimeout(timer);
      tick();
    }
  });
  buttons.append(play_button, back_button, step_button, speed);

  const line = make("div", "transport-line");
  line.tabIndex = 0;
  line.setAttribute("role", "slider");
  line.setAttribute("aria-label", unit);
  line.setAttribute("aria-orientation", "horizontal");
  line.setAttribute("aria-valuemin", "1");
  const svg = draw_svg("svg", { preserveAspectRatio: "none", "aria-hidden": "true" });
  const marks = make("div", "transport-marks");
  const head = make("div", "transport-head");
  line.append(svg, marks, head);
  const words = make("div", "transport-words");
  const first = make("span"),
    second = make("span");
  words.append(first, second);
  host.replaceChildren(buttons, line, words);

  const last = () => Math.max(0, state.length - 1);
  const place = (k) => (state.length > 1 ? (100 * k) / last() : 0); // percent of the width

  function paint() {
    // the curve and its marks: only when the run changes
    const width = Math.max(1, last()),
      height = 100;
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.replaceChildren();
    for (const curve of state.curves) {
      const finite = curve.values.filter((v) => v !== null && v !== undefined);
      const top = curve.top ?? Math.max(1e-9, ...finite);
      let path = "",
        pen = false,
        start = 0,
        end = 0,
        area = "";
      curve.values.forEach((v, i) => {
        if (v === null || v === undefined) {
          pen = false;
          return;
        }
        const y = (height - 4 - (height - 12) * Math.min(1, v / top)).toFixed(2);
        if (!pen) {
          start = i;
          area += area ? `L${end} ${height}Z` : "";
          area += `M${i} ${height}L${i} ${y}`;
        } else area += `L${i} ${y}`;
        path += `${pen ? "L" : "M"}${i} ${y}`;
        pen = true;
        end = i;
      });
      if (curve.fill !== false && area)
        svg.append(
          draw_svg("path", {
            d: area + `L${end} ${height}Z`,
            class: "transport-area",
            style: `fill:${curve.tint ?? "var(--faint)"}`,
          }),
        );
      if (path)
        svg.append(
          draw_svg("path", {
            d: path,
            class: "transport-curve",
            style: `stroke:${curve.colour ?? "var(--raw)"}`,
            "vector-effect": "non-scaling-stroke",
            ...(curve.dashed ? { "stroke-dasharray": "4 3" } : {}),
          }),
        );
    }
    marks.replaceChildren();
    for (const loop of state.loops) {
      const bracket = make("i", "transport-loop");
      bracket.style.left = place(loop.start) + "%";
      bracket.style.width = place(Math.min(loop.end, last())) - place(loop.start) + "%";
      bracket.title = loop.label ?? "loop";
      marks.append(bracket);
    }
    for (const branch of state.branches) {
      const dot = make("i", "transport-branch");
      dot.style.left = place(branch.at) + "%";
      dot.title = branch.label ?? "branch";
      marks.append(dot);
    }
    line.setAttribute("aria-valuemax", String(Math.max(1, state.length)));
    host.classList.toggle("empty", state.length === 0);
    for (const b of [back_button, step_button]) b.disabled = state.length === 0;
  }

  function show(why) {
    head.style.left = place(state.step) + "%";
    head.hidden = state.length === 0;
    const text = state.length
      ? (label?.(state.step) ?? [`step ${state.step + 1} / ${state.length}`, ""])
      : ["", ""];
    first.textContent = text[0] ?? "";
    second.textContent = text[1] ?? "";
    line.setAttribute("aria-valuenow", String(state.step + 1));
    line.setAttribute(
      "aria-valuetext",
      state.length ? (speech?.(state.step) ?? text.join(", ")) : "nothing yet",
    );
    if (state.length) on_step(state.step, why);
  }
  function go(k, why = "user") {
    const next = Math.max(0, Math.min(Math.round(k), last()));
    if (!state.length) return;
    state.step = next;
    show(why);
  }
  function tick() {
    if (!state.playing) return;
    if (state.step < last()) go(state.step + 1, "play");
    else if (!state.live) return pause();
    const pause_between = still.matches ? Math.max(400, 1000 / speed.value) : 1000 / speed.value,
      now = performance.now();
    due = Math.min(Math.max(due + pause_between, now - 4 * pause_between), now + pause_between); // at most four steps are caught up with
    timer = setTimeout(tick, Math.max(0, due - now));
  }
  function pressed() {
    if (state.playing) pause();
    else if (!instead?.()) play();
  }
  function play() {
    if (!state.length && !state.live) return;
    if (state.step >= last() && !state.live) go(0, "user");
    state.playing = true;
    on_play?.(true);
    play_button.textContent = "Pause";
    play_button.title = "Hold the picture here (space)";
    clearTimeout(timer);
    due = performance.now() + 1000 / speed.value;
    timer = setTimeout(tick, 1000 / speed.value);
  }
  function pause() {
    if (state.playing) on_play?.(false);
    state.playing = false;
    clearTimeout(timer);
    play_button.textContent = play_word;
    play_button.title = "Play the steps one after the other (space)";
  }

  function at(event) {
    const box = line.getBoundingClientRect();
    return Math.round(((event.clientX - box.left) / Math.max(1, box.width)) * last());
  }
  let dragging = false;
  line.addEventListener("pointerdown", (event) => {
    dragging = true;
    line.setPointerCapture(event.pointerId);
    pause();
    go(at(event));
  });
  line.addEventListener("pointermove", (event) => {
    if (dragging) go(at(event));
  });
  for (const end of ["pointerup", "pointercancel"])
    line.addEventListener(end, () => {
      dragging = false;
    });
  keys?.addEventListener("keydown", (event) => {
    const tag = event.target.tagName;
    if (
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      tag === "INPUT" ||
      tag === "TEXTAREA" ||
      tag === "SELECT"
    )
      return;
    const act = {
      ArrowRight: () => go(state.step + 1),
      ArrowLeft: () => go(state.step - 1),
      Home: () => go(0),
      End: () => go(last()),
    }[event.key];
    if (act && state.length) {
      event.preventDefault();
      pause();
      act();
    } else if (event.key === " " && tag !== "BUTTON") {
      event.preventDefault();
      pressed();
    }
  });

  const api = {
    load({ length, curves = [], loops = [], branches = [], at = 0, live = false }) {
      pause();
      Object.assign(state, {
        length,
        curves,
        loops,
        branches,
        live,
        step: Math.max(0, Math.min(at, length - 1)),
      });
      paint();
      show("load");
    },
    grow(more) {
      Object.assign(state, more);
      paint();
      if (state.length) show_place();
    },
    live(on) {
      state.live = on;
      if (!on && state.playing && state.step >= last()) pause();
    },
    go,
    play,
    pause,
    buttons,
    get step() {
      return state.step;
    },
    get length() {
      return state.length;
    },
    get playing() {
      return state.playing;
    },
  };
  function show_place() {
    // the head moves along as the curve grows; nothing else is redrawn
    head.style.left = place(state.step) + "%";
    head.hidden = false;
    const text = label?.(state.step) ?? [`step ${state.step + 1} / ${state.length}`, ""];
    first.textContent = text[0] ?? "";
    second.textContent = text[1] ?? "";
  }
  paint();
  show("load");
  return api;
}
