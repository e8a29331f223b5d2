// Real logits: the loop token, the ways out and the temperature at which top-p lets them out, over the whole vocabulary.
// `server.analyse(request)` answers a record; a choice or a slider asks again with the same source (the network is not run again).
const box = element.querySelector(".widget");
const request = {
  source: null,
  loop: null,
  escape: null,
  top_p: 0.9,
  temperature: 0.8,
  min_p: 0.05,
};

const left = make("section", "logits-left"),
  right = make("section", "logits-right");
box.append(left, right);
const paste = make("textarea", "logits-paste");
paste.rows = 4;
paste.placeholder = "token and logit, one pair a line:\ncat 10\ndog 8\ncar 5";
paste.setAttribute(
  "aria-label",
  "Logits to read: a token and its logit on each line, or numbers alone",
);
const read = button(
  "Read these logits",
  "Take the table above as the distribution of the next token",
  () => {
    request.source = { table: paste.value };
    request.loop = request.escape = null;
    ask();
  },
  "main",
);
const from_where = make("p", "soft small logits-source");
const row = make("div", "logits-row");
row.append(read, from_where);
left.append(make("h2", "", "Which distribution"), paste, row);

const list = make("div", "logits-list");
left.append(make("h2", "", "Loop token and ways out (choose by a click)"), list);

const knobs = {};
const knob_box = make("div", "logits-knobs");
for (const [name, title, why, low, high, step, digits] of [
  [
    "top_p",
    "top-p",
    "Keep the smallest set of tokens that reaches this probability",
    0.05,
    0.999,
    0.001,
    3,
  ],
  ["temperature", "temperature T", "Where the chances below are read", 0.05, 4, 0.01, 2],
  ["min_p", "min-p α", "For the escape temperature of min-p", 0.001, 0.5, 0.001, 3],
]) {
  const label = make("label", "escape-control");
  label.title = why;
  const slider = make("input");
  Object.assign(slider, { type: "range", min: low, max: high, step });
  slider.setAttribute("aria-label", title + " for these logits");
  const number = make("output", "num");
  slider.addEventListener("input", () => {
    request[name] = +slider.value;
    show_knobs();
    if (request.source) ask();
  });
  label.append(make("span", "escape-name", title), slider, number);
  knob_box.append(label);
  knobs[name] = { slider, number, digits };
}
function show_knobs() {
  for (const [name, k] of Object.entries(knobs)) {
    k.slider.value = request[name];
    k.number.textContent = request[name].toFixed(k.digits);
    k.slider.setAttribute("aria-valuetext", k.number.textContent);
  }
}
const sentence = make("p", "say logits-sentence");
sentence.setAttribute("aria-live", "polite");
const numbers = make("table", "escape-table logits-numbers");
const sides = make("div", "logits-sides");
right.append(make("h2", "", "When can it get out?"), knob_box, sentence, numbers, sides);

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
      const answer = await server.analyse({ ...request });
      if (answer?.problem) {
        sentence.className = "problem logits-sentence";
        sentence.textContent = answer.problem;
      } else if (answer) paint(answer);
    } while (again);
  } catch (error) {
    say("The server did not answer: press the button again.");
  }
  busy = false;
}

function figure_of(value, digits = 4) {
  return value === null || value === undefined
    ? "–"
    : Number(value) >= 1e6
      ? Number(value).toExponential(2)
      : Number(value).toLocaleString("en-US", { maximumSignificantDigits: digits });
}
function paint(record) {
  request.loop = record.loop.id;
  request.escape = record.escape_token.id;
  from_where.textContent = record.source;
  list.replaceChildren();
  const head = make("div", "logits-line logits-head");
  for (const t of ["token", "logit", "ΔE", "P at T = 1", "two-token T_c", ""])
    head.append(make("span", "", t));
  list.append(head);
  for (const each of record.tokens) {
    const is_loop = each.id === record.loop.id,
      is_out = each.id === record.escape_token.id;
    const line = make("div", "logits-line" + (is_loop ? " loop" : is_out ? " out" : ""));
    const name = make("span", "logits-token", visible(each.text));
    name.title = "id " + each.id;
    line.append(
      name,
      make("span", "num", each.logit.toFixed(3)),
      make("span", "num", is_loop ? "0" : each.delta_e.toFixed(3)),
      make("span", "num", chance(each.probability)),
      make("span", "num", is_loop ? "" : figure_of(each.two_token)),
    );
    const choose = make("span", "logits-choose");
    const as_loop = button(
      "loop",
      "Take this token as the one the text is stuck on",
      () => {
        request.loop = each.id;
        if (request.escape === each.id) request.escape = null;
        ask();
      },
      "plain",
    );
    as_loop.setAttribute("aria-pressed", is_loop);
    const as_out = button(
      "way out",
      "Take this token as the way out",
      () => {
        request.escape = each.id;
        if (request.loop === each.id) request.loop = null;
        ask();
      },
      "plain",
    );
    as_out.setAttribute("aria-pressed", is_out);
    choose.append(as_loop, as_out);
    line.append(choose);
    list.append(line);
  }
  const rest = make("p", "soft small", record.rest);
  list.append(rest);
  sentence.className = "say logits-sentence";
  sentence.replaceChildren(
    ...record.sentence
      .split("**")
      .map((part, i) => (i % 2 ? make("b", "", part) : document.createTextNode(part))),
  );
  numbers.replaceChildren();
  for (const [name, value, why] of record.numbers) {
    const line = make("tr");
    line.append(
      make("td", "", name),
      make("td", "num", typeof value === "number" || value === null ? figure_of(value) : value),
      make("td", "soft small", why),
    );
    numbers.append(line);
  }
  sides.replaceChildren();
  for (const side of record.sides) {
    const part = make("section");
    part.append(make("h2", "", side.title));
    for (const each of side.rows) {
      const line = make(
          "div",
          "bar" +
            (each.final === 0 ? " cut" : "") +
            (each.id === record.loop.id ? " logits-stuck" : ""),
        ),
        track = make("div", "track"),
        raw = make("i", "raw-bar"),
        fin = make("i", "final-bar");
      raw.style.transform = `scaleX(${each.raw})`;
      fin.style.transform = `scaleX(${each.final})`;
      track.append(fin, raw);
      line.append(
        make("span", "t", visible(each.text)),
        track,
        make("span", "num", chance(each.final)),
      );
      part.append(line);
    }
    const said = make("p", "soft small");
    said.append(
      ...side.cuts.map((cut) => make("span", "logits-cut", cut + ". ")),
      make("span", "", side.words),
    );
    part.append(said);
    sides.append(part);
  }
}
// A step that the address names, or the worked example.
async function open() {
  try {
    const answer = await server.opened({ query: location.search.slice(0, 20000) });
    request.source = answer.source;
    paste.value = answer.table ?? "";
    show_knobs();
    if (answer.message) {
      sentence.className = "problem logits-sentence";
      sentence.textContent = answer.message;
    } else await ask();
  } catch (error) {
    say("The server did not answer: press the button to try again.");
  }
}
show_knobs();
open();
