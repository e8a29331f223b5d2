// The Generate page: text, timeline, distribution, rules, branches, scoring. All state is here; the server only answers.
const part = (name) => element.querySelector(`[data-part="${name}"]`);
const state = {
  model: constants.start_model,
  chat: false,
  mode: "write",
  branches: [],
  here: null, // {id, parent, at, frames, prompt: {text, ids, pieces, model, chat}, settings, end}
  running: null, // {run, branch, kind}
  what_if: null, // a record of the step on view under other rules
  shade: "surprisal",
  models: {},
  waiting: false,
  count: 0,
};
const here = () => state.branches.find((branch) => branch.id === state.here);
function path_of(id) {
  const branch = state.branches.find((one) => one.id === id);
  if (!branch) return [];
  return branch.parent
    ? path_of(branch.parent).slice(0, branch.at).concat(branch.frames)
    : branch.frames;
}
const frames = () => path_of(state.here);
const ids_before = (k) => [
  ...here().prompt.pieces.map((piece) => piece.id),
  ...frames()
    .slice(0, k)
    .map((frame) => frame.token_id),
];

const prompt = part("prompt"),
  model_box = part("model"),
  length_box = part("length"),
  chat_box = part("chat");
const prose = make_prose({
  host: part("text"),
  on_token: (k) => {
    time.pause();
    time.go(k);
  },
});
const bars = make_bars({
  bars: part("bars"),
  strip: part("strip"),
  on_pick: pick,
  rule_name: (name) => rules.name(name),
});
const rules = make_rules({
  host: part("rules"),
  rules: constants.rules,
  orders: constants.orders,
  presets: constants.presets,
  start: constants.start,
  on_change: rules_moved,
});
const tree = make_branches({ host: part("tree"), on_open: open_branch, path_of });
const draws = make_draws({
  host: part("draws"),
  ask: (temperatures) => {
    if (!frames().length) return { error: "There is no step on view yet: press Play first." };
    time.pause(); // the next step would take its columns away
    return server.draws({ ...step_request(time.step), temperatures });
  },
});
const time = make_transport({
  host: part("time"),
  keys: element,
  on_step: draw,
  unit: "Token on view",
  on_play: (playing) => part("text").classList.toggle("playing", playing),
  // Play writes where there is nothing to replay: no text yet, or another prompt or model than the text's own.
  instead: () => {
    if (constants.replay || state.running || fresh()) return false;
    if (state.linked) {
      const start = state.linked;
      state.linked = null;
      start();
      return true;
    }
    if (state.mode === "score") score();
    else write();
    return true;
  },
  label: (k) => [
    `step ${k + 1} / ${frames().length}`,
    `entropy ${two(bits(frames()[k]?.raw_entropy))} bits`,
  ],
  speech: (k) =>
    `step ${k + 1} of ${frames().length}: ${visible(frames()[k]?.text ?? "")}, entropy ${two(bits(frames()[k]?.raw_entropy))} bits`,
});
const two = (x) => (x === null || x === undefined ? "–" : x.toFixed(2));
const curves = make_curves({
  host: part("curves"),
  on_step: (k) => {
    time.pause();
    time.go(k);
  },
});

const write_button = button(
  "Write anew",
  "Write a new text from the prompt with the rules as they stand",
  () => (state.running ? halt() : state.mode === "score" ? score() : write(true)),
);
const on_button = button(
  "Write on from here",
  "Keep the text up to the step on view and go on with the rules as they stand",
  () => branch_at(time.step, []),
);
part("acts").append(write_button, on_button);
function fresh() {
  const text = here();
  if (text?.end === "recorded" && state.models[state.model]?.state === "ready") return false; // the model itself can write now
  return Boolean(
    text &&
    text.frames.length + text.at &&
    text.kind === state.mode &&
    text.prompt.text === prompt.value &&
    text.prompt.model === state.model &&
    (state.mode === "score" || text.prompt.chat === state.chat),
  );
}

// asking the server ------------------------------------------------------------------------------------------------------
const name_of_run = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) =>
    b.toString(16).padStart(2, "0"),
  ).join("");
function settings_now() {
  return { ...rules.settings, max_new_tokens: Number(length_box.value) || 64 };
}
function problem(sentence) {
  const box = part("problem");
  box.textContent = sentence ?? "";
  box.hidden = !sentence;
  if (sentence) part("progress").hidden = true;
}
function start_run(branch, kind, request) {
  if (constants.replay) {
    say("This page is a recording: to write on, open it in the Playground.");
    return;
  }
  if (state.running) {
    problem("A text is being written already: press Stop first, or wait until it is done.");
    return;
  }
  problem(null);
  const run = name_of_run();
  state.running = { run, branch, kind };
  write_button.textContent = "Stop";
  write_button.classList.add("stop");
  part("app").classList.add("running");
  trigger(kind === "score" ? "score" : "write", {
    request: { run, model: state.model, ...request },
  });
}
function new_branch(more) {
  const branch = {
    id: "b" + ++state.count,
    parent: null,
    at: 0,
    frames: [],
    settings: settings_now(),
    end: null,
    kind: "write",
    prompt: { text: prompt.value, pieces: [], model: state.model, chat: state.chat },
    ...more,
  };
  return branch;
}
function is_here_already() {
  const text = here();
  return (
    text?.kind === "write" &&
    text.prompt.text === prompt.value &&
    text.prompt.model === state.model &&
    text.prompt.chat === state.chat
  );
}
function write(anew = false) {
  if (!prompt.value.trim()) {
    problem("The prompt is empty: write a few words, or take one of the examples.");
    prompt.focus();
    return;
  }
  if (too_long("prompt", prompt.value)) return;
  if (!length_box.checkValidity() || length_box.value === "") {
    problem(
      `The length must be a whole number in [${length_box.min}, ${length_box.max}], got ${length_box.value || "nothing"}.`,
    );
    return;
  }
  const last = state.branches.findLast((branch) => branch.kind === "write");
  if (!state.running && last && (anew || is_here_already())) rules.next_seed(last.settings.seed);
  const branch = new_branch({});
  start_run(branch, "write", { prompt: prompt.value, chat: state.chat, settings: branch.settings });
}
function branch_at(k, forced) {
  const text = here();
  if (!text || !frames().length) {
    problem("There is no text yet to go on from: press Play first.");
    return;
  }
  if (text.kind === "score") {
    say("This text is being scored, not written. Switch to Write to go on from it.");
    return;
  }
  // at the end of a text that is as long as was allowed, as many tokens again: going on from there would else write nothing
  const now = settings_now(),
    length = now.max_new_tokens;
  const settings = {
    ...now,
    max_new_tokens: Math.min(constants.longest, k + 1 < length ? length : k + length),
  };
  const before = frames().slice(0, k);
  const branch = new_branch({ parent: text.id, at: k, settings, prompt: text.prompt });
  start_run(branch, "write", {
    model: text.prompt.model,
    prompt: text.prompt.text,
    chat: text.prompt.chat,
    settings,
    prefix: before.map((frame) => frame.token_id),
    forced,
    memory: frames()[k]?.memory ?? null,
  });
}
function pick(token, label) {
  say(`The text goes on with ${visible(label).slice(0, 30)}.`);
  branch_at(time.step, [token]);
}
function too_long(name, text) {
  // the whole of a text that was pasted stays in its box: nothing is cut behind the visitor's back
  const length = [...text].length;
  if (length <= constants.most_characters) return false;
  problem(
    `The ${name} must have at most ${whole(constants.most_characters)} characters, got ${whole(length)}: shorten it.`,
  );
  return true;
}
function score() {
  const text = part("score").value;
  if (!text.trim()) {
    problem("The text is empty: paste a few sentences to see how the model reads them.");
    return;
  }
  if (too_long("text", text)) return;
  start_run(
    new_branch({
      kind: "score",
      prompt: { text: prompt.value, pieces: [], model: state.model, chat: false },
    }),
    "score",
    { text },
  );
}
function halt() {
  if (state.running) server.stop(state.running.run);
}

// what comes back --------------------------------------------------------------------------------------------------------
function arrived() {
  const news = value_now();
  if (!news) return;
  const running = state.running;
  if (!running || news.run !== running.run) return;
  const branch = running.branch;
  if (news.progress) show_progress(news.progress, branch.prompt.model);
  if (news.waiting) show_progress({ state: "waiting", message: news.waiting }, null);
  if (news.start) {
    part("progress").hidden = true;
    state.models[branch.prompt.model] = { state: "ready" };
    branch.prompt = branch.parent ? branch.prompt : { ...branch.prompt, pieces: news.start.prompt };
    branch.notes = news.start.notes;
    state.branches.push(branch);
    if (state.branches.length > 24) state.branches = drop_oldest(state.branches);
    open_branch(branch.id, branch.at, true);
  }
  if (news.frames) grow(branch, news.frames);
  if (news.error || news.end) finish(branch, news);
}
function grow(branch, more) {
  for (const frame of more)
    if (frame.index === branch.at + branch.frames.length) branch.frames.push(frame);
  if (state.here !== branch.id) return;
  const all = frames();
  while (prose.length < all.length) prose.push(all[prose.length]);
  const k = wanted_step(branch, all) ?? time.step;
  time.grow(timeline(all));
  curves.load(all, loops_of(all));
  curves.view(k); // the step on view stands elsewhere on a longer line
  prose.loops(loops_of(all));
  prose.view(Math.min(k, all.length - 1));
  if (all.length === branch.at + more.length) {
    layout();
    if (branch.wanted_step === undefined) {
      time.go(branch.at, "play");
      time.play();
    }
  }
  if (k !== time.step) time.go(k, "link");
}
// The step that a link asks for, as near as the text has come to it; nothing once the visitor has gone elsewhere.
function wanted_step(branch, all) {
  return branch.wanted_step === undefined ? null : Math.min(branch.wanted_step, all.length - 1);
}
function finish(branch, news) {
  state.running = null;
  part("app").dataset.runs = String(Number(part("app").dataset.runs ?? 0) + 1);
  part("app").classList.remove("running");
  part("progress").hidden = true;
  write_button.classList.remove("stop");
  time.live(false);
  branch.end = news.end ?? "error";
  if (news.error) problem(news.error);
  const ends = {
    end_of_text: "The model ended the text itself.",
    max_new_tokens: "The length that you allowed is reached.",
    context: "The model cannot read a longer text: its context is full.",
    stopped: "Stopped.",
    scored: scored(branch),
  };
  part("ended").textContent = news.error ? "" : (ends[news.end] ?? "");
  branch.wanted_step = undefined;
  layout();
  tree_show();
  say_status();
}
function scored(branch) {
  const count = branch.frames.length,
    perplexity = perplexity_of(branch.frames);
  if (perplexity === Infinity)
    return `The perplexity is infinite: the model holds ${branch.frames.filter((frame) => frame.surprisal === null).length} of the ${count} scored tokens impossible.`;
  return `Perplexity ${two(perplexity)} over ${count} scored tokens: ${two(Math.log2(perplexity))} bits a token.`;
}
function drop_oldest(list) {
  const needed = new Set();
  for (let one = here(); one; one = state.branches.find((other) => other.id === one.parent))
    needed.add(one.id);
  const victim = list.find(
    (one) =>
      !needed.has(one.id) &&
      one.id !== list[list.length - 1].id &&
      !list.some((other) => other.parent === one.id),
  );
  return victim ? list.filter((one) => one !== victim) : list;
}
function show_progress(progress, model) {
  const box = part("progress"),
    bar = box.querySelector("progress"),
    words = box.querySelector("span");
  if (model !== null) state.models[model] = progress;
  if (progress.state === "ready" || progress.state === "absent") {
    box.hidden = true;
    return;
  }
  box.hidden = false;
  if (progress.total > 0 && progress.done > 0) {
    bar.max = progress.total;
    bar.value = progress.done;
  } else bar.removeAttribute("value");
  const title = constants.models.find((one) => one.id === model)?.title ?? model;
  const mega = (bytes) => (bytes / 1e6).toFixed(0);
  words.textContent =
    progress.state === "downloading"
      ? `${title} is being fetched: ${mega(progress.done)} of ${mega(progress.total)} MB`
      : progress.state === "failed" || progress.state === "waiting"
        ? progress.message
        : `${title} is being loaded…`;
}

// what is on view --------------------------------------------------------------------------------------------------------
function timeline(all) {
  return {
    length: all.length,
    loops: loops_of(all).map((one) => ({
      start: one.start,
      end: one.end - 1,
      label: `loop: ${one.period} tokens again and again`,
    })),
    branches: state.branches
      .filter((one) => one.parent === state.here)
      .map((one) => ({ at: one.at, label: `a branch leaves at step ${one.at + 1}` })),
    curves: [
      {
        name: "entropy of the model",
        values: all.map((frame) => frame.raw_entropy),
        colour: "var(--raw)",
      },
      {
        name: "entropy after the rules",
        values: all.map((frame) => frame.entropy),
        colour: "var(--final)",
        fill: false,
        top: Math.max(1e-9, ...all.map((frame) => frame.raw_entropy ?? frame.entropy ?? 0)),
      },
    ],
  };
}
// Every cycle that the text fell into, those too that it left again; one inside a longer one counts as part of that.
function loops_of(all) {
  let found = [];
  all.forEach(({ loop }, i) => {
    if (!loop) return;
    found = found.filter((one) => one.start < loop.start);
    const before = found[found.length - 1];
    if (before && before.end > loop.start) before.end = loop.start;
    found.push({ start: loop.start, end: i + 1, period: loop.period });
  });
  return found;
}
function open_branch(id, at = null, live = false) {
  state.here = id;
  state.what_if = null;
  const branch = here(),
    all = frames();
  load_prose();
  time.load({ ...timeline(all), at: at ?? Math.max(0, Math.min(time.step, all.length - 1)), live });
  curves.load(all, loops_of(all));
  part("notes").replaceChildren(...(branch.notes ?? []).map((note) => make("span", "", note)));
  part("ended").textContent = "";
  tree_show();
  layout();
  if (live && branch.wanted_step === undefined) time.play();
}
function load_prose() {
  prose.load({
    prompt: here().prompt.pieces,
    frames: frames(),
    paint: here().kind === "score" ? shade_of : null,
  });
  prose.loops(loops_of(frames()));
  prose.dots(state.branches.filter((one) => one.parent === state.here).map((one) => one.at));
  if (frames().length) prose.view(time.step);
}
function shade_of(frame) {
  const title = `surprisal ${frame.surprisal === null ? "∞" : two(bits(frame.surprisal))} bits, rank ${whole(frame.rank)}, P ${chance(frame.raw_probability)}`;
  if (state.shade === "rank") {
    const level = frame.rank === 1 ? 0 : Math.min(1, Math.log10(frame.rank) / 4);
    return { colour: "var(--new)", level, title };
  }
  return { colour: "var(--loop)", level: Math.min(1, bits(frame.surprisal ?? 20) / 14), title };
}
function draw(k, why) {
  const all = frames(),
    frame = all[k];
  if (!frame) return;
  if (why === "user" || why === "play") here().wanted_step = undefined;
  if (why !== "what-if") state.what_if = null;
  draws.clear();
  prose.view(k);
  curves.view(k);
  const record = state.what_if ?? frame;
  bars.show(record, {
    chosen: state.what_if ? record.token_id : frame.token_id,
    was: state.what_if ? frame.token_id : null,
    forced: here().kind === "score" ? "in the text" : "your choice",
  });
  rules.show(record);
  part("sentence").replaceChildren(
    ...rules.sentence(record).map(([text, strong]) => make(strong ? "b" : "span", "", text)),
  );
  figures(all, k);
  const what = part("whatif");
  if (state.what_if) {
    const same = record.token_id === frame.token_id;
    what.replaceChildren(
      make(
        "span",
        "",
        record.u === null
          ? "Under these rules the likeliest token is taken: "
          : `With the same u = ${record.u.toFixed(3)} `,
      ),
      make("b", "", "“" + visible(record.text) + "”"),
      make("span", "", record.u === null ? "" : " would have been drawn"),
      make("span", "", same ? ", as in the text." : `; the text has “${visible(frame.text)}”.`),
    );
  } else
    what.replaceChildren(
      ...(differs()
        ? [
            make(
              "span",
              "soft",
              here().kind === "score"
                ? "A text is scored without rules. "
                : "Seen under the rules that the text was written with; yours differ now. ",
            ),
            button(
              "Look with yours",
              "Recompute this step with the rules as they stand",
              recompute_step,
              "plain",
            ),
          ]
        : []),
    );
  part("drawn").textContent =
    record.u === null
      ? record.forced
        ? `${here().kind === "score" ? "The text has" : "Your choice"}: “${visible(record.text)}”, not drawn`
        : `No draw: the likeliest token, “${visible(record.text)}”`
      : `The draw: u = ${record.u.toFixed(3)} falls in “${visible(record.text)}”`;
}
function figures(all, k) {
  const frame = all[k],
    set = (name, text) => {
      part(name).textContent = text;
    };
  set("entropy", two(bits(frame.raw_entropy)));
  set("entropy-final", two(bits(frame.entropy)));
  set("rank", whole(frame.rank));
  set("chance", chance(frame.raw_probability));
}
function differs() {
  const written = here()?.kind === "score" ? constants.presets["pure sampling"] : here()?.settings,
    now = rules.settings;
  return (
    Boolean(written) &&
    Object.keys(now).some((key) => key !== "max_new_tokens" && now[key] !== written[key])
  );
}
function tree_show() {
  tree.show(state.branches, state.here);
  part("branches").hidden = state.branches.length < 2;
}
function layout() {
  const scoring = state.mode === "score",
    any = frames().length > 0;
  part("app").dataset.mode = state.mode;
  part("write-fields").hidden = scoring;
  part("score-fields").hidden = !scoring;
  write_button.textContent = state.running ? "Stop" : scoring ? "Score" : "Write anew";
  on_button.hidden = scoring || here()?.kind === "score";
  part("shades").hidden = here()?.kind !== "score";
  part("hint").hidden = any;
  part("hint").textContent = state.running
    ? "The model is reading the prompt…"
    : scoring
      ? "Press Play: each token is coloured by how much it surprises the model."
      : "Press Play: the model writes, token by token.";
  if (!any) {
    rules.clear();
    part("sentence").replaceChildren();
  }
  part("figures").hidden = !any;
  part("left").classList.toggle("gen-empty", !any);
  part("many").hidden = !any;
  for (const name of ["link", "qr", "escape"]) part(name).hidden = !any;
  take_menu.ready(any);
  const entry = constants.models.find((one) => one.id === state.model);
  part("chat-field").hidden = !entry?.chat;
  part("model-note").textContent = entry?.note ?? "";
}
function say_status() {
  if (element.offsetParent === null) return;
  const entry = constants.models.find((one) => one.id === state.model);
  status(
    `${entry?.title ?? state.model}${state.model.startsWith("engine/") ? "" : " · " + (state.device ?? "CPU")}`,
  ); // where another program runs nobody here knows
}

// the same step under other rules ------------------------------------------------------------------------------------------
function step_request(k) {
  const text = here();
  return {
    model: text.prompt.model,
    ids: ids_before(k),
    prompt_length: text.prompt.pieces.length,
    index: frames()[k].index,
    settings: { ...settings_now() },
    memory: frames()[k].memory ?? null,
  };
}
let asked = null,
  again = false;
async function recompute_step() {
  // always the last: while one answer is on its way, only the newest question waits
  if (!frames().length) return;
  if (asked) {
    again = true;
    return;
  }
  const k = time.step,
    id = state.here;
  asked = server.recompute_step(step_request(k));
  try {
    const record = await asked;
    asked = null;
    if (state.here !== id || state.running) return;
    if (record.error) problem(record.error);
    else if (!again && k === time.step) {
      problem(null);
      state.what_if = record;
      draw(k, "what-if");
    }
  } finally {
    asked = null;
    if (again) {
      again = false;
      recompute_step();
    }
  }
}
function rules_moved() {
  time.pause();
  part("app").classList.add("own-rules");
  recompute_step();
}
