// A text as a canvas of words: each position is a button whose state has its own colour AND mark.
//   const words = make_words({host, on_look: i => ..., on_mark: (i, 'mask' | 'lock') => ..., name: 'Canvas'});
//   words.draw({record, lexicon, focus, widths, guesses, order, edits});
// record: one unmasking step; lexicon: Map id -> {text, join}; join: '' a word, '+' glued to the piece before it, '.' no space before it.
const STATE_WORDS = {
  masked: "masked",
  new: "revealed now",
  settled: "settled",
  remasked: "masked again",
  locked: "yours",
  changed: "changed now",
};
const LONGEST_WORD = 28;
const clip_text = (text, length = LONGEST_WORD) => {
  const all = [...String(text)];
  return all.length > length ? all.slice(0, length - 1).join("") + "…" : all.join("");
};
const word_of = (lexicon, id) => lexicon.get(String(id)) ?? { text: "#" + id, join: "" };
const shown_word = (lexicon, id) =>
  clip_text(visible(word_of(lexicon, id).text.trim() || word_of(lexicon, id).text));
const is_hidden = (state) => state === "masked" || state === "remasked";

function make_words({ host, on_look, on_mark, name = "Canvas" }) {
  host.classList.add("canvas-words");
  as_is(host);
  host.setAttribute("role", "group");
  host.setAttribute(
    "aria-label",
    name + ". Arrow keys move from word to word, M masks a word again, L locks it.",
  );
  const keys = []; // what each button shows now: redrawn only where it differs
  let at = 0;
  const place = (i) => {
    const all = host.children;
    if (!all.length) return;
    all[at] && (all[at].tabIndex = -1);
    at = Math.max(0, Math.min(i, all.length - 1));
    all[at].tabIndex = 0;
  };
  const index_of = (event) => {
    const b = event.target.closest?.("button");
    return b && b.parentNode === host ? [...host.children].indexOf(b) : -1;
  };
  host.addEventListener("click", (event) => {
    const i = index_of(event);
    if (i < 0) return;
    place(i);
    on_look(i, true);
  });
  host.addEventListener("keydown", (event) => {
    const i = index_of(event);
    if (i < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const to = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: host.children.length - 1 }[
      event.key
    ];
    const act = { m: "mask", l: "lock" }[event.key.toLowerCase()];
    if (to === undefined && !act) return;
    event.preventDefault();
    event.stopPropagation(); // in the words the arrows move between words, not in time
    if (act) return on_mark?.(i, act);
    place(to);
    host.children[at].focus();
    on_look(at, false);
  });

  function draw({ record, lexicon, focus = -1, widths, guesses = false, order, edits }) {
    const n = record?.canvas.length ?? 0;
    while (host.children.length > n) {
      host.lastChild.remove();
      keys.pop();
    }
    while (host.children.length < n) {
      const b = make("button");
      b.type = "button";
      b.tabIndex = -1;
      host.append(b);
      keys.push("");
    }
    for (let i = 0; i < n; i++) {
      const edit = edits?.get(i),
        id = record.canvas[i];
      const state = edit === "mask" ? "remasked" : edit === "lock" ? "locked" : record.state[i];
      const hidden = is_hidden(state),
        best = hidden && guesses ? record.top?.[i]?.[0] : null;
      const piece = hidden ? null : word_of(lexicon, id);
      const number = order && !hidden && order[i] > 0 ? order[i] : 0;
      const spelled = record.texts?.[i];
      const text = hidden
        ? best
          ? shown_word(lexicon, best[0])
          : ""
        : spelled !== undefined
          ? spelled
          : shown_word(lexicon, id);
      const key = [
        state,
        text,
        piece?.join ?? "",
        i === focus,
        number,
        hidden ? (widths?.[i] ?? 0) : 0,
        edit ?? "",
      ].join("\u0001");
      if (keys[i] === key) continue;
      keys[i] = key;
      const b = host.children[i];
      b.className =
        "canvas-" +
        state +
        (i === focus ? " canvas-focus" : "") +
        (best ? " canvas-guess" : "") +
        (edit ? " canvas-edited" : "") +
        (piece?.join === "+" ? " canvas-glued" : piece?.join === "." ? " canvas-tight" : "");
      b.textContent = text;
      if (number) b.append(make("sup", "", String(number)));
      b.style.minWidth = hidden && widths?.[i] ? Math.round(widths[i]) + "px" : "";
      b.setAttribute(
        "aria-label",
        `${i + 1}: ${hidden ? (best ? STATE_WORDS[state] + ", perhaps " + text : STATE_WORDS[state]) : text + ", " + (STATE_WORDS[state] ?? state)}`,
      );
      b.ariaPressed = String(i === focus);
    }
    if (host.children.length && !host.querySelector('button[tabindex="0"]'))
      place(Math.max(0, focus));
  }
  return { draw };
}

// The text as prose, a box for each mask. Word pieces have lost where the spaces were: closing marks bind to the left, opening ones
// to the right, double quotes in turn, and an apostrophe binds the known endings of contractions (as the backend joins them).
const CONTRACTIONS = new Set("s t d m n re ve ll er en em clock am".split(" "));
const CLOSING_MARKS = new Set([...".,!?;:)]}%…"]);
function as_prose(record, lexicon, family) {
  const pieces = record.canvas.map((id, i) =>
    is_hidden(record.state[i])
      ? null
      : {
          ...word_of(lexicon, id),
          ...(record.texts?.[i] !== undefined ? { text: record.texts[i] } : {}),
        },
  );
  if (family === "bytes" || family === "characters")
    return pieces
      .map((p) => (p ? p.text : " ▢"))
      .join("")
      .trim();
  let out = "",
    bind = true,
    quoted = false,
    single = false,
    after = false;
  for (const piece of pieces) {
    const text = piece ? piece.text.trim() : "▢";
    if (piece?.join === "+") {
      out += text;
      bind = after = false;
      continue;
    }
    const word_before = /[\p{L}\p{N}\]▢]$/u.test(out);
    if (text === '"') {
      out += (quoted || bind ? "" : " ") + text;
      bind = !quoted;
      quoted = !quoted;
      after = false;
    } else if (text === "'" || text === "`") {
      if (word_before) {
        out += text;
        bind = false;
        after = true;
      } else {
        const closes = single && !bind;
        out += (closes || bind ? "" : " ") + text;
        bind = !closes;
        single = !closes;
        after = false;
      }
    } else if (CLOSING_MARKS.has(text)) {
      out += text;
      bind = after = false;
    } else if (text === "-" || text === "/" || text === "–") {
      out += text;
      bind = true;
      after = false;
    } else if (text === "(" || text === "[" || text === "{") {
      out += (bind ? "" : " ") + text;
      bind = true;
      after = false;
    } else {
      const contracted = after && CONTRACTIONS.has(text);
      if (after && !contracted) single = false;
      out += (bind || contracted ? "" : " ") + text;
      bind = after = false;
    }
  }
  return out;
}

function make_legend(host) {
  host.classList.add("canvas-legend");
  for (const state of ["masked", "new", "settled", "remasked", "locked"]) {
    const item = make("span");
    item.append(make("i", "canvas-" + state), STATE_WORDS[state]);
    host.append(item);
  }
}
