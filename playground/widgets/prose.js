// A text as running prose whose tokens can be picked: the visitor's own part is underlined, the token on view is boxed, loops are overlined.
//
//   const prose = make_prose({host, on_token: k => ...});
//   prose.load({prompt: [piece...], frames: [{piece, token, ...}], paint: null | k => {colour 0..1, title}, marks: false});
//   prose.push(frame); prose.view(k); prose.loops([{start, end}]); prose.dots([k...])
function make_prose({ host, on_token }) {
  let spans = [],
    on = null,
    marks = false,
    shade = null;
  as_is(host);
  host.addEventListener("click", (event) => {
    const at = event.target.closest("[data-k]");
    if (at) on_token(Number(at.dataset.k));
  });
  // Space only tokens, line ends and pieces of a character would be invisible: these are always drawn as marks.
  function fill(span, piece, token) {
    span.replaceChildren();
    if (piece === "") {
      span.append(make("i", "prose-bytes", visible(token ?? "").slice(0, 24)));
      return;
    }
    if (marks && piece.startsWith(" ")) span.append(make("wbr"));
    if (marks || !piece.trim() || /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/.test(piece)) {
      for (const line of piece.split(/(\n)/)) {
        if (line === "\n") span.append(make("i", "prose-mark", "↵"), document.createTextNode("\n"));
        else if (line) span.append(make("i", line.trim() ? "" : "prose-mark", visible(line)));
      }
      return;
    }
    if (piece.includes("\n")) {
      piece
        .split(/(\n)/)
        .forEach((part) =>
          span.append(...(part === "\n" ? [make("i", "prose-mark", "↵"), "\n"] : [part])),
        );
      return;
    }
    span.textContent = piece;
  }
  function span_of(frame, k) {
    const span = make("span", "prose-token");
    span.dataset.k = k;
    fill(span, frame.piece ?? frame.text, frame.text);
    if (frame.forced && !shade) span.classList.add("forced");
    tint(span, frame, k);
    return span;
  }
  function tint(span, frame, k) {
    const how = shade?.(frame, k);
    span.style.background = how
      ? `color-mix(in srgb, ${how.colour} ${Math.round(70 * how.level)}%, transparent)`
      : "";
    span.title = how?.title ?? "";
    span.classList.toggle("shaded", Boolean(how));
  }
  function load({ prompt, frames, paint = null }) {
    shade = paint;
    on = null;
    const before = prompt.map((piece) => {
      const s = make("span", "prose-prompt");
      fill(s, piece.piece, piece.text);
      return s;
    });
    spans = frames.map(span_of);
    host.replaceChildren(...before, ...spans);
  }
  function push(frame) {
    const span = span_of(frame, spans.length);
    spans.push(span);
    host.append(span);
    return span;
  }
  function view(k) {
    if (on) {
      on.classList.remove("on");
      on.removeAttribute("aria-current");
    }
    on = spans[k] ?? null;
    spans.forEach((span, i) => span.classList.toggle("later", i > k));
    if (on) {
      on.classList.add("on");
      on.setAttribute("aria-current", "step");
      // only the text itself scrolls, never the page
      const below = on.offsetTop + on.offsetHeight - host.clientHeight,
        above = on.offsetTop;
      if (host.scrollTop < below + 8) host.scrollTop = below + 8;
      else if (host.scrollTop > above) host.scrollTop = Math.max(0, above - 8);
    }
  }
  function loops(list) {
    spans.forEach((span, i) => {
      const loop = list.find((one) => i >= one.start && i < one.end);
      span.classList.toggle("loop", Boolean(loop));
      span.classList.toggle("lap", Boolean(loop) && (i - loop.start) % loop.period === 0);
    });
  }
  function dots(places) {
    host.querySelectorAll(".prose-dot").forEach((dot) => dot.remove());
    for (const k of places)
      spans[k]?.before(Object.assign(make("i", "prose-dot"), { title: "a branch leaves here" }));
  }
  function show_marks(wanted, prompt, frames) {
    marks = wanted;
    const k = spans.indexOf(on);
    load({ prompt, frames, paint: shade });
    if (k >= 0) view(k);
  }
  return {
    load,
    push,
    view,
    loops,
    dots,
    show_marks,
    get length() {
      return spans.length;
    },
  };
}
