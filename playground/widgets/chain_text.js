// An n-gram model of a text: the greedy and the drawn continuation on one timeline, what could come next, what was copied from where.
let draft = null,
  figures = null,
  large = null,
  which = "sampled";
const drawing = make_bars({
  bars: part("bars"),
  strip: part("strip"),
  on_pick: (token) => goOn(token),
  rule_name: (name) => (name === "draw" ? "greedy" : name),
});
const player = stepper(part("player"), {
  keys: element,
  unit: "Token",
  speed: 4,
  show,
  readout: (k) => [
    `token ${k + 1} / ${player_length()}`,
    `${which === "greedy" ? "greedy" : "drawn"}: ${at(k) ? fixed(bits(at(k).raw_entropy), 2) + " bit" : "ended"}`,
  ],
});
const player_length = () => Math.max(figures.greedy.records.length, figures.sampled.records.length);
const at = (k) => figures[which].records[k];
const ORDERS = [1, 2, 3, 4, 5];
const showOrder = choices(
  part("order"),
  ORDERS.map((n) => ({ value: n, label: n })),
  "Order: how many previous tokens it looks at",
  (n) => {
    draft.order = n;
    refill();
    ask();
  },
);
const showUnit = choices(
  part("unit"),
  [
    { value: "word", label: "words" },
    { value: "character", label: "characters" },
  ],
  "What a token is",
  (v) => {
    draft.unit = v;
    draft.start = "";
    refill();
    ask();
  },
);
const showEnding = choices(
  part("ending"),
  [
    { value: "end", label: "the text ends" },
    { value: "wrap", label: "it begins again" },
  ],
  "Where nothing follows in the source",
  (v) => {
    draft.ending = v;
    refill();
    ask();
  },
);
const showWhich = choices(
  part("which"),
  [
    { value: "greedy", label: "Greedy" },
    { value: "sampled", label: "Drawn" },
  ],
  "Whose next token is shown",
  (v) => {
    which = v;
    showWhich(v);
    player.go(Math.min(player.step, figures[which].records.length - 1));
  },
);
const question = latest(
  (wish) => server.figures(wish),
  async (record, wish) => {
    if (record.gone && large !== null) {
      const held = await server.hold({ text: large });
      if (held.ok) return question(wish);
      record = held;
    }
    if (!record.ok) {
      part("problem").textContent = record.error;
      element.classList.add("stale");
      return;
    }
    part("problem").textContent = "";
    element.classList.remove("stale");
    figures = record;
    drawFigures();
  },
);
const ask = () => question(clone(draft));
function refill() {
  showOrder(draft.order);
  showUnit(draft.unit);
  showEnding(draft.ending);
  showWhich(which);
  if (part("text") !== document.activeElement) part("text").value = draft.text;
  part("start").value = draft.start;
  part("seed").value = draft.seed;
  part("offered").textContent = "";
  part("file").hidden = !draft.key;
  part("text").hidden = !!draft.key;
}
function tokens(host, run, prompt) {
  host.replaceChildren(
    make("span", "prompt", prompt.join("")),
    ...run.pieces.map((piece, k) => {
      const span = make(
        "span",
        "tok",
        piece === "" ? " ∎" : piece === " " || piece === "\n" ? visible(piece) : piece,
      );
      span.dataset.k = k;
      if (piece === "") span.title = "the end of the text";
      const copy = run.copies.findIndex((c) => k >= c.start && k < c.end);
      if (copy >= 0) {
        span.classList.add("copied");
        span.classList.toggle("other", copy % 2 === 1);
        span.title = `copied: tokens ${run.copies[copy].source_start + 1} to ${run.copies[copy].source_start + run.copies[copy].end - run.copies[copy].start} of the source`;
      }
      return span;
    }),
  );
}
function drawFigures(start) {
  tokens(part("greedy"), figures.greedy, figures.prompt);
  tokens(part("sampled"), figures.sampled, figures.prompt);
  const loop = figures.cycle;
  if (loop)
    [...part("greedy").querySelectorAll(".tok")].forEach((s, k) => {
      s.classList.toggle("loop", k >= loop.start);
      s.classList.toggle("lap", k >= loop.start && (k - loop.start) % loop.period === 0);
    });
  const source = part("source");
  source.replaceChildren();
  figures.source.windows.forEach((w, i) => {
    if (i) source.append(make("span", "gap", " … "));
    w.pieces.forEach((piece, k) => {
      const s = make("span", "src", piece);
      s.dataset.at = w.at + k;
      source.append(s);
    });
  });
  const n = figures.counts,
    what = figures.unit === "word" ? "words" : "characters";
  part("counts").textContent =
    `${whole(n.tokens)} ${what}, ${whole(n.distinct)} different. Order ${figures.order}: it looks at the ${figures.order === 1 ? "one previous " + what.slice(0, -1) : figures.order + " previous " + what}. ${whole(n.certain)} of ${whole(n.contexts)} contexts have a single successor${n.contexts ? ` (${fixed((100 * n.certain) / n.contexts, 0)}%)` : ""}: there even drawing cannot do otherwise.`;
  part("tie").textContent = figures.sentences.tie;
  part("loopsay").textContent = figures.sentences.loop;
  const length = player_length(),
    curve = (run, extra) => ({
      values: Array.from({ length }, (_, k) =>
        run.records[k] ? bits(run.records[k].raw_entropy) : null,
      ),
      ...extra,
    });
  const top = Math.max(
    0.5,
    ...[figures.greedy, figures.sampled].flatMap((r) => r.records.map((x) => bits(x.raw_entropy))),
  );
  player.load(
    length,
    [
      curve(figures.greedy, { colour: "var(--raw)", fill: false, top, dashed: true }),
      curve(figures.sampled, { colour: "var(--chosen)", top }),
    ],
    start,
    loop
      ? [
          {
            start: loop.start,
            end: figures.greedy.records.length - 1,
            label: `greedy repeats ${loop.period} tokens`,
          },
        ]
      : [],
  );
  element.dataset.drawn = String(+(element.dataset.drawn ?? 0) + 1);
}
function show(k) {
  for (const name of ["greedy", "sampled"])
    [...part(name).querySelectorAll(".tok")].forEach((s, i) => {
      s.classList.toggle("later", i > k);
      s.classList.toggle("on", i === k && name === which);
      s.classList.toggle("now", i === k && name !== which);
    });
  const record = at(k),
    run = figures[which];
  part("after").textContent = record ? run.after[k] : "This text has ended; the other one goes on.";
  if (record) drawing.show(record, { chosen: record.token_id, was: null });
  else drawing.clear();
  part("heading").textContent = record
    ? record.u === null
      ? "What could come next; greedy takes the most likely"
      : `What could come next; u = ${record.u.toFixed(3)} falls in “${clip(record.text || "the end", 20)}”`
    : "What could come next";
  const copy = run.copies.find((c) => k >= c.start && k < c.end);
  let seen = null;
  part("source")
    .querySelectorAll(".src")
    .forEach((s) => {
      const place = +s.dataset.at,
        hit =
          !!copy && place >= copy.source_start && place < copy.source_start + copy.end - copy.start,
        here = hit && place === copy.source_start + k - copy.start;
      s.classList.toggle("copied", hit);
      s.classList.toggle("on", here);
      if (here && !seen) seen = s;
    });
  if (seen) {
    const box = part("source");
    box.scrollTop = seen.offsetTop - box.offsetTop - box.clientHeight / 2;
  }
  part("copysay").textContent = copy
    ? `This stretch of ${copy.end - copy.start} tokens stands like that in the source (from token ${whole(copy.source_start + 1)} on).`
    : `Underlined: ${figures.shortest} or more tokens in a row that stand like that in the source. Any ${figures.order + 1} do, by construction.`;
}
function goOn(token) {
  // the visitor's own next token: the text starts again from there
  const k = player.step,
    record = at(k);
  if (!record) return;
  const row = record.rows.find((r) => r.id === token);
  if (!row || row.text === "") return;
  const joint = draft.unit === "word" ? " " : "";
  const before = figures.prompt.join("") + figures[which].pieces.slice(0, k).join("");
  draft.start = (before + joint + row.text).trim();
  part("start").value = draft.start;
  ask();
}
for (const name of ["greedy", "sampled"])
  part(name).addEventListener("click", (e) => {
    const k = e.target.dataset.k;
    if (k !== undefined) {
      which = name;
      showWhich(which);
      player.go(+k);
    }
  });
let typing = null;
part("text").addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => {
    draft.text = part("text").value;
    draft.key = "";
    draft.start = "";
    part("start").value = "";
    part("offered").textContent = "";
    ask();
  }, 150);
});
part("start").addEventListener("change", () => {
  draft.start = part("start").value;
  ask();
});
part("seed").addEventListener("change", (e) => {
  const v = Number(e.target.value);
  if (Number.isInteger(v) && v >= 0 && v < 2 ** 32 && e.target.value !== "") {
    draft.seed = v;
    ask();
  } else {
    part("problem").textContent =
      `seed must be a whole number in [0, 9007199254740992], got ${clip(e.target.value || "nothing", 20)}`;
    e.target.value = draft.seed;
  }
});
part("another").addEventListener("click", () => {
  draft.seed = (draft.seed + 1) % 2 ** 32;
  part("seed").value = draft.seed;
  which = "sampled";
  showWhich(which);
  ask();
});
part("fox").addEventListener("click", () => {
  large = null;
  draft = { ...draft, text: props.fox, key: "", start: "", order: 1, unit: "word" };
  part("text").blur();
  refill();
  ask();
});
part("choose").addEventListener("click", () => part("input").click());
part("input").addEventListener("change", async () => {
  const file = part("input").files[0];
  part("input").value = "";
  if (!file) return;
  if (file.size > 5000000) {
    part("problem").textContent =
      `text must be at most 5,000,000 bytes long, got ${whole(file.size)} (${clip(file.name, 40)})`;
    return;
  }
  part("problem").textContent = `Reading ${clip(file.name, 40)}…`;
  const text = await file.text();
  let held;
  try {
    held = await server.hold({ text });
  } catch {
    held = { ok: false, error: "The server did not take the file. Your text is still here." };
  }
  if (!held.ok) {
    part("problem").textContent = held.error;
    return;
  }
  large = text;
  draft.start = "";
  if (text.length <= 20000) {
    draft.text = text;
    draft.key = "";
  } else {
    draft.key = held.key;
    part("filename").textContent = `${clip(file.name, 40)}: ${whole(held.characters)} characters`;
  }
  refill();
  ask();
});
part("drop").addEventListener("click", () => {
  large = null;
  draft.key = "";
  draft.start = "";
  refill();
  ask();
});
part("offer").addEventListener("click", () => trigger("offer", { draft: clone(draft) }));
linkButton(part("link"), () =>
  draft.key
    ? Promise.resolve({ error: "A file is too long for a link; the link of a pasted text works." })
    : server.link(clone(draft)),
);
function load(value = props.value) {
  if (!value?.draft) return;
  if (value.offered !== undefined) {
    part("offered").textContent = value.offered;
    if (value.listed) {
      // the Generate page lists it, now or when it is first opened
      (window.playground_ngrams ??= []).push(value.listed);
      document.dispatchEvent(new CustomEvent("playground:ngram", { detail: value.listed }));
    }
    return;
  }
  draft = clone(value.draft);
  figures = value.figures;
  large = null;
  refill();
  part("problem").textContent = value.message ?? "";
  element.classList.remove("stale");
  drawFigures(Math.min(2, figures.sampled.records.length - 1));
}
watch("value", () => load());
load();
fromLink("text", load);
