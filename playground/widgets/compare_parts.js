// What the parts of the Compare page share: fields, a run with progress and Stop, tables as CSV.
const box = element.querySelector(".widget");
const clone = (value) => JSON.parse(JSON.stringify(value));
function field(text, control, hint, cls) {
  const label = make("label", "compare-field" + (cls ? " " + cls : ""));
  label.append(make("span", "", text), control);
  control.setAttribute("aria-label", text); // the name alone, without the options of a select
  if (hint) label.title = hint;
  return label;
}
function number_input(value, low, high, step) {
  const node = make("input");
  node.type = "number";
  node.min = low;
  node.max = high;
  node.step = step;
  node.value = value;
  return node;
}
const number_in = (node) => (node.value.trim() === "" ? null : Number(node.value));
function select_input(options, value) {
  const node = make("select");
  for (const [id, title] of options) {
    const o = make("option", "", title);
    o.value = id;
    node.append(o);
  }
  if (value !== undefined) node.value = value;
  return node;
}
function area(value, rows = 2, longest = 4000) {
  const node = make("textarea");
  node.rows = rows;
  node.maxLength = longest;
  node.value = value;
  node.spellcheck = false;
  return node;
}
function row_of(...nodes) {
  const row = make("div", "compare-row");
  row.append(...nodes);
  return row;
}
const rich = (text) =>
  String(text)
    .split("**")
    .map((part, i) => (i % 2 ? make("b", "", part) : document.createTextNode(part)));
const fixed = (value, digits = 3) =>
  value === null || value === undefined ? "–" : Number(value).toFixed(digits);
function table_of(heads, rows) {
  const wrap = make("div", "compare-scroll"),
    table = make("table"),
    head = make("tr"),
    body = make("tbody"),
    top = make("thead");
  wrap.tabIndex = 0;
  wrap.setAttribute("role", "region");
  wrap.setAttribute("aria-label", "Table");
  head.append(
    ...heads.map((h) => {
      if (!h) return make("td");
      const cell = make("th", "", h);
      cell.scope = "col";
      return cell;
    }),
  );
  top.append(head);
  for (const cells of rows) {
    const line = make("tr");
    line.append(
      ...cells.map((cell, i) => {
        const node = make("td", i ? "num" : "");
        node.append(cell instanceof Node ? cell : String(cell));
        return node;
      }),
    );
    body.append(line);
  }
  table.append(top, body);
  wrap.append(table);
  return wrap;
}
// A cell that a spreadsheet would run as a formula begins with an apostrophe instead.
function csv_of(rows) {
  return (
    rows
      .map((cells) =>
        cells
          .map((cell) => {
            let text = cell === null || cell === undefined ? "" : String(cell);
            if (typeof cell === "string" && /^[=+\-@\t\r]/.test(text)) text = "'" + text;
            return /[",\n\r]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
          })
          .join(","),
      )
      .join("\r\n") + "\r\n"
  );
}
function save(name, text, type = "text/csv") {
  const link = make("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 5000);
  say(`Saved ${name}.`);
}
// A long run: Run and Stop, progress, one frame at a time. `request()` is what is asked for, `on_frame(frame)` draws.
function make_runner({ label, request, on_frame }) {
  const go = button(label, "", begin, "main"),
    stop = button("Stop", "Ends the run; what is there stays", halt);
  const bar = make("progress", "compare-progress"),
    words = make("p", "say compare-words"),
    trouble = make("p", "problem");
  bar.max = 1;
  bar.hidden = true;
  bar.setAttribute("aria-label", "Progress");
  words.setAttribute("role", "status");
  trouble.hidden = true;
  trouble.setAttribute("role", "alert");
  stop.disabled = true;
  let run = null,
    old = false; // old: what is on the page is still the recording
  const settle = (text) => {
    words.textContent = old ? `${text} ${RECORDED}`.trim() : text;
  };
  function busy(on) {
    go.disabled = on;
    stop.disabled = !on;
    bar.hidden = !on;
  }
  function begin() {
    run = `${Date.now()}-${Math.random().toString(36).slice(2)}`;
    trouble.hidden = true;
    words.textContent = "";
    bar.value = 0;
    busy(true);
    element.dataset.state = "running";
    trigger("go", { request: { run, ...request() } });
  }
  function halt() {
    trigger("halt", {});
    run = null;
    busy(false);
    element.dataset.state = "stopped";
    settle("Stopped; what is there stays.");
  }
  watch("value", () => {
    const value = value_now();
    if (!value?.frame || value.run !== run) return;
    const frame = value.frame;
    if (frame.problem) {
      trouble.textContent = frame.problem;
      trouble.hidden = false;
      settle("");
      busy(false);
      run = null;
      element.dataset.state = "problem";
      return;
    }
    if (frame.words !== undefined) words.replaceChildren(...rich(frame.words));
    if (frame.progress !== undefined) bar.value = frame.progress;
    if (Object.keys(frame).some((key) => !["words", "progress", "columns"].includes(key)))
      old = false;
    on_frame(frame);
    if (frame.done) {
      busy(false);
      run = null;
      element.dataset.state = "done";
    }
  });
  // A run that was recorded earlier, if it is the one that would be asked for now: what one sees before one has pressed anything.
  function replay(recorded) {
    if (run || !recorded?.frames || !same(request(), recorded.request)) return;
    recorded.frames.forEach(on_frame);
    element.dataset.state = "recorded";
    old = true;
    settle("");
  }
  return { go, stop, bar, words, trouble, replay, row: row_of(go, stop) };
}
const RECORDED = "Recorded earlier with these settings. Run it yourself to see it live.";
const sorted = (value) =>
  value && typeof value === "object" && !Array.isArray(value)
    ? Object.fromEntries(
        Object.keys(value)
          .sort()
          .map((key) => [key, sorted(value[key])]),
      )
    : Array.isArray(value)
      ? value.map(sorted)
      : value;
const same = (one, other) => JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
// The link of this part. `controls`: field -> an input, or {get, set}. `show(recorded)` draws what was recorded, where no link brought other settings.
function make_link(controls, show) {
  const message = make("p", "problem");
  message.hidden = true;
  message.setAttribute("role", "alert");
  const get = (one) => (one.get ? one.get() : one.type === "number" ? number_in(one) : one.value);
  const put = (one, value) => {
    if (one.set) one.set(value);
    else if (one.tagName !== "SELECT" || [...one.options].some((o) => o.value === String(value)))
      one.value = value;
  };
  const fill = (values) =>
    Object.entries(controls).forEach(([name, one]) => {
      if (values[name] !== undefined && values[name] !== null) put(one, values[name]);
    });
  const tell = (text) => {
    message.textContent = text;
    message.hidden = !text;
  };
  const copy = button(
    "Copy link",
    "The address of this part with these settings",
    async () => {
      let answer;
      try {
        answer = await server.link(
          Object.fromEntries(Object.entries(controls).map(([name, one]) => [name, get(one)])),
        );
      } catch {
        answer = { problem: "The server did not answer; what is on the page stays. Try again." };
      }
      tell(answer.problem ?? "");
      if (!answer.query) return;
      const address = location.origin + location.pathname + with_view(answer.query);
      history.replaceState(null, "", address);
      await hand_over(address);
    },
    "plain",
  );
  let touched = false;
  for (const kind of ["input", "click"])
    element.addEventListener(
      kind,
      () => {
        touched = true;
      },
      { once: true },
    );
  async function open() {
    let answer;
    try {
      answer = await server.opened({ query: location.search.slice(0, 20000) });
    } catch {
      answer = {};
    }
    tell(answer.message ?? "");
    if (!touched && answer.values) fill(answer.values);
    if (!touched && answer.recorded) show(answer.recorded);
    element.dataset.opened = "1";
  }
  fill(props.start);
  return { copy, message, open };
}
// A quick question: the newest answer wins, a problem is a sentence beside it.
function make_asker(ask, on_answer) {
  const trouble = make("p", "problem");
  trouble.hidden = true;
  trouble.setAttribute("role", "alert");
  let turn = 0;
  async function go(wish) {
    const mine = ++turn;
    let answer;
    try {
      answer = await ask(wish);
    } catch {
      answer = null;
    }
    answer ??= { problem: "The server did not answer; what is on the page stays. Try again." };
    if (mine !== turn) return;
    trouble.hidden = !answer.problem;
    trouble.textContent = answer.problem ?? "";
    if (!answer.problem) on_answer(answer);
  }
  return { go, trouble };
}
const SERIES = [
  "var(--chosen)",
  "var(--loop)",
  "var(--settled)",
  "var(--remasked)",
  "var(--escape)",
  "var(--raw)",
];
const SYMBOLS = ["circle", "square", "diamond", "triangle-up", "x", "star"];
