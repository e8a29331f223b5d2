// After parts.js and transport.js: parts that every view of the Chains page draws with. Whatever a visitor typed is drawn with textContent or setAttribute.
const shape = (tag, attributes, ...children) => {
  const node = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes ?? {})) node.setAttribute(key, value);
  node.append(...children);
  return node;
};
const part = (name) => element.querySelector(`[data-part="${name}"]`);
const fixed = (x, digits = 3) =>
  x === null || x === undefined
    ? "–"
    : Number.isFinite(x)
      ? (Math.abs(x) < 0.5 * 10 ** -digits ? 0 : x).toFixed(digits)
      : "∞";
// small probabilities keep their leading digits: 0.0000123 is not 0.000
const number = (x) =>
  x === null || x === undefined
    ? "–"
    : x !== 0 && Math.abs(x) < 0.001
      ? x
          .toExponential(2)
          .replace("e", "·10^")
          .replace("^-", "⁻")
          .replace(/⁻(\d+)/, (m, d) => "⁻" + [...d].map((c) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[c]).join(""))
          .replace("10^", "10")
      : Number(x).toFixed(4);
const plain = (x) => String(+Number(x).toFixed(4));
const clip = (text, length) => {
  const c = [...String(text)];
  return c.length > length ? c.slice(0, length - 1).join("") + "…" : c.join("");
};
const clone = (x) => JSON.parse(JSON.stringify(x));
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// '.5', '0,5' and '1/3' are numbers; anything else is null, and the row that holds it says so.
function parseNumber(text) {
  const m = String(text)
    .trim()
    .replace(",", ".")
    .match(/^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(?:\s*\/\s*(\d+\.?\d*))?$/i);
  if (!m) return null;
  const x = Number(m[1]) / (m[2] === undefined ? 1 : Number(m[2]));
  return Number.isFinite(x) ? x : null;
}

// A table of numbers that one types into. options: label, rows(), columns(), values() -> matrix of numbers or null, kind 'probability' | 'rate',
// rename(axis, i, name) or null, edit(i, j, value), normalise(i), rowWord (what a row is called to a screen reader).
function matrixEditor(host, options) {
  let signature = "";
  const cells = [],
    sums = [],
    heads = [],
    tops = [];
  const rate = options.kind === "rate";
  const rowProblem = (values) => {
    if (values.some((v) => v === null)) return "not a number";
    if (!rate && values.some((v) => v < 0 || v > 1)) return "outside [0, 1]";
    const sum = values.reduce((a, b) => a + b, 0);
    return Math.abs(sum - (rate ? 0 : 1)) > 1e-6 ? `sum ${plain(sum)}` : "";
  };
  function nameField(axis, i, name) {
    if (!options.rename) return make("span", "name", name);
    const field = make("input", "name");
    field.type = "text";
    field.maxLength = 40;
    field.value = name;
    field.spellcheck = false;
    field.setAttribute(
      "aria-label",
      `Name of ${axis === "row" ? (options.rowWord ?? "state") : (options.columnWord ?? "column")} ${i + 1}`,
    );
    field.addEventListener("change", () => options.rename(axis, i, field.value));
    return field;
  }
  function build(rows, columns) {
    cells.length = sums.length = heads.length = tops.length = 0;
    const table = make("table", columns.length > 4 ? "matrix many" : "matrix"),
      head = make("tr");
    table.setAttribute("aria-label", options.label);
    head.append(make("td", "corner", options.corner ?? ""));
    columns.forEach((name, j) => {
      const th = make("th", "top");
      th.scope = "col";
      const own =
        options.columnNames === "editable"
          ? nameField("column", j, name)
          : make("span", "name", clip(name, 9));
      th.append(own);
      tops.push(own);
      head.append(th);
    });
    head.append(make("td", "sum", rate ? "leaves at" : "sum"));
    const body = make("tbody");
    rows.forEach((name, i) => {
      const tr = make("tr"),
        th = make("th", "side");
      th.scope = "row";
      const field = nameField("row", i, name);
      th.append(field);
      heads.push(field);
      tr.append(th);
      cells.push(
        columns.map((column, j) => {
          const td = make("td"),
            input = make("input", "cell");
          input.type = "text";
          input.inputMode = "decimal";
          input.autocomplete = "off";
          input.dataset.row = i;
          input.dataset.column = j;
          if (rate && i === j) {
            input.readOnly = true;
            input.tabIndex = -1;
            input.title = "minus the sum of the row: the rate of leaving";
          }
          input.addEventListener("input", () => options.edit(i, j, parseNumber(input.value)));
          input.addEventListener("blur", () => show(i, j));
          td.append(input);
          tr.append(td);
          return input;
        }),
      );
      const td = make("td", "sum"),
        out = make("output"),
        fix = make("button", "fix", "normalise");
      fix.type = "button";
      fix.hidden = true;
      fix.addEventListener("click", () => options.normalise(i));
      td.append(out, fix);
      tr.append(td);
      sums.push([tr, out, fix]);
      body.append(tr);
    });
    const top = make("thead");
    top.append(head);
    table.append(top, body);
    host.replaceChildren(table);
    table.addEventListener("keydown", (e) => {
      const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0] }[e.key],
        at = e.target.dataset;
      if (!step || at.row === undefined) return;
      const next = cells[+at.row + step[0]]?.[+at.column + step[1]];
      if (next) {
        e.preventDefault();
        next.focus();
        next.select();
      }
    });
  }
  function show(i, j) {
    const v = options.values()[i]?.[j];
    if (v !== null && v !== undefined) cells[i][j].value = plain(v);
  }
  function update(force) {
    const rows = options.rows(),
      columns = options.columns(),
      values = options.values();
    const now = `${rows.length}x${columns.length}`;
    if (now !== signature) {
      build(rows, columns);
      signature = now;
      force = true;
    }
    const most = Math.max(1e-9, ...values.flat().map((v) => Math.abs(v ?? 0)));
    let bad = 0;
    rows.forEach((name, i) => {
      const problem = rowProblem(values[i]),
        [tr, out, fix] = sums[i];
      if (problem) bad++;
      tr.classList.toggle("bad", !!problem);
      out.textContent = rate ? problem || plain(-(values[i][i] ?? 0)) : problem || "1";
      fix.hidden =
        !problem ||
        problem === "not a number" ||
        rate ||
        values[i].every((v) => v <= 0) ||
        values[i].some((v) => v < 0);
      fix.setAttribute("aria-label", `Normalise the row ${clip(name, 40)} so that it sums to 1`);
      if (heads[i].tagName === "INPUT") {
        if (heads[i] !== document.activeElement) heads[i].value = name;
      } else heads[i].textContent = clip(name, 14);
      columns.forEach((column, j) => {
        const input = cells[i][j],
          v = values[i][j];
        if (force || (input !== document.activeElement && v !== null)) {
          if (v !== null) input.value = plain(v);
        }
        input.setAttribute(
          "aria-invalid",
          v === null || (!rate && (v < 0 || v > 1)) ? "true" : "false",
        );
        input.setAttribute(
          "aria-label",
          `${rate ? "Rate" : "Probability"} of ${clip(column, 40)} after ${clip(name, 40)}`,
        );
        if (options.cellLabel)
          input.setAttribute("aria-label", options.cellLabel(clip(name, 40), clip(column, 40)));
        input.style.setProperty(
          "--p",
          v === null ? 0 : rate ? (i === j ? 0 : Math.abs(v) / most) : Math.max(0, Math.min(1, v)),
        );
      });
    });
    columns.forEach((name, j) => {
      const own = tops[j];
      if (own.tagName === "INPUT") {
        if (own !== document.activeElement) own.value = name;
      } else {
        own.textContent = clip(name, 9);
        own.title = name;
      }
    });
    return bad;
  }
  return {
    update,
    cell: (i, j) => cells[i]?.[j],
    mark: (i, j) =>
      cells.forEach((r, a) =>
        r.forEach((c, b) => c.classList.toggle("now", a === i && (j === undefined || b === j))),
      ),
  };
}

// One request at a time; while it is under way only the newest wish is kept. So the last edit always wins and nothing queues up.
function latest(call, arrived) {
  let busy = false,
    waiting = null;
  async function ask(wish) {
    if (busy) {
      waiting = { wish };
      return;
    }
    busy = true;
    try {
      arrived(await call(wish), wish);
    } catch (error) {
      arrived(
        {
          ok: false,
          error:
            "The server did not answer. What you typed is still here; change anything to ask again.",
        },
        wish,
      );
    }
    busy = false;
    if (waiting) {
      const next = waiting.wish;
      waiting = null;
      ask(next);
    }
  }
  return ask;
}

function choices(host, items, label, pick) {
  host.setAttribute("role", "group");
  host.setAttribute("aria-label", label);
  const buttons = items.map((item) => {
    const b = make("button", "choice", item.label);
    b.type = "button";
    b.dataset.value = item.value;
    b.addEventListener("click", () => pick(item.value));
    return b;
  });
  host.replaceChildren(...buttons);
  return (value) =>
    buttons.forEach((b) =>
      b.setAttribute("aria-pressed", String(b.dataset.value === String(value))),
    );
}

// rows of name | bar (filled: now, outline: reference) | figures
function bars(host, rows) {
  while (host.children.length < rows.length) {
    const r = make("div", "bar"),
      t = make("div", "track");
    t.append(make("i", "final-bar"), make("i", "raw-bar"));
    r.append(make("span", "t"), t, make("span", "num"), make("span", "why"));
    host.append(r);
  }
  while (host.children.length > rows.length) host.lastChild.remove();
  rows.forEach((row, i) => {
    const [t, track, num, why] = host.children[i].children;
    host.children[i].classList.toggle("on", !!row.on);
    t.textContent = row.name;
    t.title = row.name;
    num.textContent = row.figure;
    why.textContent = row.why ?? "";
    track.children[0].style.width = `${100 * Math.max(0, Math.min(1, row.value ?? 0))}%`;
    track.children[1].style.width = `${100 * Math.max(0, Math.min(1, row.reference ?? 0))}%`;
    track.children[1].hidden = row.reference === undefined || row.reference === null;
  });
}

// A button that copies the address of the page in this state. The server writes the query, the browser knows the address.
function linkButton(node, query) {
  async function address_now() {
    let record;
    try {
      record = await query();
    } catch {
      record = { error: "The server did not answer." };
    }
    if (!record.query) {
      say(record.error);
      return null;
    }
    const at = steppers[0]?.step ?? 0,
      address =
        location.origin + location.pathname + with_view(record.query + (at > 0 ? "&at=" + at : ""));
    history.replaceState(null, "", address);
    return address;
  }
  const picture = button(
    "QR code",
    "The link as a picture for a projector: phones open it by its QR code",
    async () => {
      const address = await address_now();
      if (address) show_qr(address);
    },
  );
  picture.dataset.part = "qr";
  node.after(picture);
  node.addEventListener("click", async () => {
    const address = await address_now();
    if (!address) return;
    await hand_over(address);
  });
}

// The shared transport with the speeds of this page; show(k, milliseconds a step, step shown before).
const steppers = []; // the first one of a view is the one whose step a link carries
function stepper(host, options) {
  let before = null;
  const time = make_transport({
    host,
    keys: options.keys ?? host,
    unit: options.unit ?? "Step",
    label: (k) => options.readout(k),
    speech: options.speech,
    on_step: (k) => {
      const from = before;
      before = k;
      options.show(k, 1000 / +(speed?.value ?? 8), from);
    },
  });
  const speed = time.buttons.querySelector("select");
  if (![...speed.options].some((o) => o.value === "20"))
    speed.add(new Option("20/s", "20"), speed.options[speed.options.length - 1]);
  speed.value = String(options.speed ?? 4);
  const api = {
    load: (length, curveList, at, loops = []) => {
      before = null;
      time.load({ length, curves: curveList, loops, at: at ?? Math.min(time.step, length - 1) });
    },
    go: (k) => {
      time.pause();
      time.go(k);
    },
    rewind: () => time.go(0),
    get step() {
      return time.step;
    },
    get playing() {
      return time.playing;
    },
    play: time.play,
    get length() {
      return time.length;
    },
  };
  steppers.push(api);
  return api;
}

// A view whose state stands in the page's address fetches it by itself: Gradio has no way to hand a value to a tab not yet opened.
// Where the page brought no value either, the view asks for what it shows first.
async function fromLink(view, take) {
  const query = new URLSearchParams(location.search),
    here = query.get("tab") === "chains" && (query.get("view") ?? "walk") === view,
    own = here && query.get("state");
  if (!own && props.value?.draft) return here && toStepOf(query.get("at"));
  let value;
  try {
    value = own ? await server.open(query.get("state")) : await server.first({});
  } catch {
    value = null;
  }
  if (value?.draft) {
    take(value);
    if (here) toStepOf(query.get("at"));
  } else
    part(view === "loops" ? "textProblem" : "problem").textContent = own
      ? "The link could not be opened: the server did not answer."
      : "The server did not answer. Reload the page to try again.";
}
function toStepOf(at) {
  if (at === null) return;
  const player = steppers[0];
  if (!/^\d{1,6}$/.test(at) || !player || +at >= player.length) {
    say(
      `The step in this link must be a whole number in [0, ${(player?.length ?? 1) - 1}], got ${clip(at, 20)}: the first one is on view.`,
    );
    return;
  }
  player.go(+at);
}
