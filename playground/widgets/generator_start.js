// How the Generate page begins: the controls above the text, the recorded example, links, downloads.
function list_model(entry) {
  // an n-gram that the visitor made on the Chains page
  if (constants.models.some((one) => one.id === entry.id)) return;
  constants.models.push({
    note: "Made of a text on the Chains page.",
    chat: false,
    gpu_suggested: false,
    uncased: false,
    ...entry,
  });
  model_box.append(Object.assign(make("option", "", entry.title), { value: entry.id }));
}
document.addEventListener("playground:ngram", (event) => list_model(event.detail));
for (const entry of constants.models)
  model_box.append(
    Object.assign(
      make("option", "", entry.title + (entry.gpu_suggested ? " (a GPU suggested)" : "")),
      { value: entry.id },
    ),
  );
for (const entry of window.playground_ngrams ?? []) list_model(entry);
model_box.value = state.model;
model_box.addEventListener("change", () => {
  choose_model(model_box.value);
});
function choose_model(name) {
  state.model = name;
  model_box.value = name;
  if (!constants.models.find((one) => one.id === name)?.chat) {
    state.chat = false;
    chat_box.checked = false;
  }
  problem(null);
  layout();
  say_status();
  read_prompt();
  server.prepare(name).then((progress) => {
    show_progress(progress, name);
    follow_loading(name);
  });
}
let following = null;
async function follow_loading(name) {
  // asks only while something is loading
  if (following === name) return;
  following = name;
  while (following === name && !state.running) {
    const now = await server.prepare_status(name);
    show_progress(now, name);
    if (now.device) state.device = now.device;
    if (now.state === "failed") problem(now.message);
    if (now.state === "ready") read_prompt();
    if (now.state === "ready" || now.state === "failed" || now.state === "absent") break;
    await new Promise((done) => setTimeout(done, 400));
  }
  if (following === name) following = null;
  say_status();
}
chat_box.addEventListener("change", () => {
  state.chat = chat_box.checked;
});
for (const [label, text, preset] of constants.examples)
  part("examples").append(
    button(
      label,
      text,
      () => {
        prompt.value = text;
        grow_box();
        read_prompt();
        if (preset) {
          rules.set({ ...constants.presets[preset], seed: rules.settings.seed });
          length_box.value = constants.presets[preset].max_new_tokens;
        }
        if (state.running) {
          problem("A text is being written already: press Stop first.");
          return;
        }
        write();
      },
      "plain chip",
    ),
  );
function grow_box() {
  for (const box of [prompt, part("score")]) {
    box.style.height = "auto";
    box.style.height = Math.min(220, box.scrollHeight + 2) + "px";
  }
}
let touched = false; // the visitor has begun: the recorded text keeps out of the way
element.addEventListener("input", () => {
  touched = true;
});
for (const box of [prompt, part("score")]) box.addEventListener("input", grow_box);
prompt.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    write();
  }
});
// What the model makes of the prompt, where that is not what was typed: small letters, unknown words.
let reading = null;
function read_prompt() {
  clearTimeout(reading);
  reading = setTimeout(async () => {
    const entry = constants.models.find((one) => one.id === state.model),
      typed = prompt.value;
    if (!entry?.uncased || !typed.trim()) {
      part("reads").textContent = "";
      return;
    }
    const answer = await server.reading({ model: state.model, prompt: typed });
    if (typed === prompt.value)
      part("reads").textContent =
        answer.reads && answer.reads !== typed.trim() ? `The model reads: ${answer.reads}` : "";
  }, 250);
}
prompt.addEventListener("input", read_prompt);
for (const tab of element.querySelectorAll("[data-mode-of]"))
  tab.addEventListener("click", () => choose_mode(tab.dataset.modeOf));
function choose_mode(mode) {
  state.mode = mode;
  for (const tab of element.querySelectorAll("[data-mode-of]"))
    tab.setAttribute("aria-pressed", tab.dataset.modeOf === mode);
  problem(null);
  layout();
  grow_box();
}
for (const one of element.querySelectorAll("[name=shade]"))
  one.addEventListener("change", () => {
    state.shade = one.value;
    load_prose();
  });
part("marks").addEventListener("change", () => {
  if (here()) {
    prose.show_marks(part("marks").checked, here().prompt.pieces, frames());
    prose.loops(loops_of(frames()));
    prose.view(time.step);
  }
});

// links and files
async function link_now() {
  // what is on view: the text's own model, prompt and rules, not what stands in the controls by now
  const text = here(),
    before = text?.parent ? frames().slice(0, text.at + 1) : [];
  const answer = await server.link({
    model: text.prompt.model,
    prompt: text.prompt.text,
    chat: text.prompt.chat,
    settings: text.settings,
    chosen: before.map((frame) => frame.token_id),
    step: frames().length ? time.step : 0,
    mode: text.kind,
    text:
      text.kind === "score"
        ? [...text.prompt.pieces, ...frames()].map((piece) => piece.piece ?? piece.text).join("")
        : "",
  });
  if (answer.error) {
    problem(answer.error);
    return null;
  }
  const address = location.origin + location.pathname + with_view(answer.query);
  history.replaceState(null, "", address);
  return address;
}
part("link").addEventListener("click", async () => {
  const address = await link_now();
  if (!address) return;
  await hand_over(address, "Link copied: whoever opens it gets this text.");
});
part("qr").addEventListener("click", async () => {
  const address = await link_now();
  if (address) show_qr(address);
});
function trace_now() {
  const text = here();
  return {
    version: 1,
    kind: text.kind === "score" ? "score" : "decode",
    model: text.prompt.model,
    settings: text.settings,
    prompt: text.prompt.text,
    chat: text.prompt.chat,
    prompt_tokens: text.prompt.pieces,
    notes: text.notes ?? [],
    steps: frames(),
  };
}
const take_menu = make_take_away({
  ask: (request) => server.take(request),
  open: (request) => server.open_trace(request),
  step: () => time.step,
  problem,
  most: constants.most_bytes,
  trace: () => (frames().length ? trace_now() : null),
  opened: open_file,
});
part("take").append(take_menu.node);
function open_file(trace, name) {
  if (state.running) {
    problem("A text is being written: press Stop first, then open the file.");
    return;
  }
  touched = true;
  problem(null);
  if (constants.models.some((one) => one.id === trace.model)) {
    state.model = trace.model;
    model_box.value = trace.model;
  }
  state.chat = trace.chat;
  chat_box.checked = trace.chat;
  prompt.value = trace.kind === "score" ? prompt.value : trace.prompt;
  rules.set(trace.settings);
  length_box.value = Math.min(constants.longest, trace.settings.max_new_tokens);
  choose_mode(trace.kind === "score" ? "score" : "write");
  open_trace(trace, `Opened from the file ${name}.`);
  say_status();
}
part("escape").addEventListener("click", async () => {
  if (!frames().length) {
    problem("There is no step on view yet: press Play first.");
    return;
  }
  const request = step_request(time.step);
  const answer = await server.send({
    page: "escape",
    model: request.model,
    prompt: here().prompt.text,
    ids: request.ids,
    step: request.index,
    settings: request.settings,
  });
  if (answer.error) {
    problem(answer.error);
    return;
  }
  const address = location.pathname + with_view(answer.query); // a tab of its own: the text and its branches stay here
  if (!window.open(address, "_blank")) location.assign(address);
});

function open_trace(trace, label) {
  const branch = new_branch({
    settings: { ...constants.start, ...trace.settings },
    frames: trace.steps,
    kind: trace.kind === "score" ? "score" : "write",
    prompt: {
      text: trace.prompt,
      pieces: trace.prompt_tokens,
      model: trace.model,
      chat: Boolean(trace.chat),
    },
    notes: [...(label ? [label] : []), ...(trace.notes ?? [])],
    end: "recorded",
  });
  state.branches.push(branch);
  open_branch(branch.id, 0);
  return branch;
}
function open_link(link) {
  const values = link.values;
  prompt.value = values.prompt;
  state.chat = values.chat;
  chat_box.checked = values.chat;
  if (constants.models.some((one) => one.id === values.model)) {
    state.model = values.model;
    model_box.value = values.model;
  }
  rules.set(values.settings);
  length_box.value = values.settings.max_new_tokens;
  if (values.mode === "score") part("score").value = values.text;
  choose_mode(values.mode);
  grow_box();
  say_status();
  if (link.message) {
    problem(link.message);
    return;
  }
  const start = () => {
    const branch = new_branch({
      wanted_step: values.step,
      kind: values.mode === "score" ? "score" : "write",
    });
    if (values.mode === "score") start_run(branch, "score", { text: values.text });
    else
      start_run(branch, "write", {
        prompt: prompt.value,
        chat: state.chat,
        settings: settings_now(),
        forced: values.chosen,
      });
  };
  const entry = constants.models.find((one) => one.id === state.model);
  if (!entry || (values.model && values.model !== state.model))
    problem(
      `This link is of the model ${values.model}, which is not on offer here: the controls stand as in the link, but for the model.`,
    );
  else if (entry.shipped || state.models[state.model]?.state === "ready") start();
  else {
    state.linked = start;
    problem(
      `This link shows a text of ${entry.title}, which is not here yet. Press Play to fetch it and to see the text.`,
    );
  }
}

prompt.value = constants.examples[0][1];
rules.set(constants.start);
length_box.value = constants.start.max_new_tokens;
part("score").value = constants.score_example;
layout();
grow_box();
watch("value", arrived);
arrived();
server.opening({ query: location.search.slice(0, 20000) }).then((opening) => {
  if (opening.error) {
    problem(opening.error);
    return;
  }
  if (opening.device) state.device = opening.device;
  Object.assign(state.models, opening.models);
  if (opening.replay) {
    part("app").classList.add("replay");
    choose_mode(opening.replay.kind === "score" ? "score" : "write");
    open_trace(opening.replay, null);
    time.go(0, "load");
    for (const one of part("rules").querySelectorAll("input, select")) one.disabled = true;
  } else if (back_again()) {
    /* a text that a server left half-written is on view */
  } else if (opening.link) open_link(opening.link);
  else if (opening.example && !touched && !state.branches.length && !state.running) {
    prompt.value = opening.example.prompt;
    grow_box();
    prompt.addEventListener(
      "input",
      () => {
        if (here()?.end === "recorded") time.pause();
      },
      { once: true },
    );
    rules.set(opening.example.settings);
    length_box.value = opening.example.settings.max_new_tokens;
    open_trace(
      opening.example,
      `Recorded: ${constants.models.find((one) => one.id === opening.example.model)?.title ?? opening.example.model} wrote this before you came.`,
    );
    time.play();
  }
  say_status();
  layout();
  const now = state.models[state.model];
  if (now && now.state !== "ready") {
    show_progress(now, state.model);
    follow_loading(state.model);
  }
});
new IntersectionObserver(() => say_status()).observe(element);
