// The map position × step: when each word was decided, and how sure the model was while it was not.
//   const map = make_map({host, on_pick: (step, position) => ..., name});
//   map.load(rows, lexicon, expected); map.add(); map.show(step, focus);      rows is the caller's own list of records
function make_map({ host, on_pick, name = "Map of positions and steps" }) {
  host.classList.add("canvas-map");
  const picture = make("canvas"),
    row = make("i", "canvas-map-row"),
    column = make("i", "canvas-map-column");
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", name);
  host.append(picture, row, column);
  let rows = [],
    lexicon = new Map(),
    expected = 0,
    step = 0,
    focus = -1,
    box = null,
    painted = 0, // lines of the picture that stand there already: a step paints its own line alone
    due = false;
  const LEFT = 26,
    TOP = 4;

  function layout() {
    const width = host.clientWidth,
      all = Math.max(rows.length, expected),
      length = rows[0]?.canvas.length ?? 0;
    if (!width || !length) return null;
    // more steps than lines: every stride-th one is drawn
    const stride = Math.max(1, Math.ceil(all / 130)),
      count = Math.ceil(all / stride);
    const w = Math.min(26, (width - LEFT - 4) / length),
      h = Math.max(2.5, Math.min(15, 330 / Math.max(1, count)));
    return {
      width,
      count,
      stride,
      length,
      w,
      h,
      label: w >= 8.5 ? 58 : 4,
      height: TOP + count * h + (w >= 8.5 ? 58 : 4),
    };
  }
  function paint() {
    due = false;
    const before = JSON.stringify(box);
    box = layout();
    if (JSON.stringify(box) !== before) painted = 0;
    picture.hidden = !box;
    row.hidden = column.hidden = !box;
    if (!box) return;
    const { w, h, length, height, width } = box,
      ratio = window.devicePixelRatio || 1,
      style = getComputedStyle(host);
    const colour = Object.fromEntries(
      ["masked", "new", "settled", "remasked", "locked", "soft", "paper", "ink", "faint"].map(
        (n) => [n, style.getPropertyValue("--" + n).trim()],
      ),
    );
    if (!painted) {
      picture.width = Math.round(width * ratio);
      picture.height = Math.round(height * ratio);
      picture.style.height = height + "px";
    }
    const pen = picture.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    const gap = Math.min(w, h) > 6 ? 2 : Math.min(w, h) > 3 ? 1 : 0;
    const every = Math.max(1, Math.ceil(14 / h));
    pen.font = "11px Inter, system-ui, sans-serif";
    pen.fillStyle = colour.soft;
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    for (let k = painted; k < box.count; k++)
      if (k % every === 0 && k * box.stride < rows.length)
        pen.fillText(String(k * box.stride), LEFT - 6, TOP + k * h + h / 2);
    for (; painted * box.stride < rows.length; painted++) {
      const k = painted,
        record = rows[k * box.stride];
      const y = TOP + k * h;
      for (let i = 0; i < length; i++) {
        const x = LEFT + i * w,
          state = record.state[i],
          sure = record.confidence?.[i];
        pen.globalAlpha =
          state === "masked"
            ? 0.3 + 0.7 * (sure ?? 0)
            : state === "settled"
              ? 0.6
              : state === "locked"
                ? 0.72
                : 1;
        pen.fillStyle = state === "remasked" ? colour.masked : (colour[state] ?? colour.masked);
        pen.fillRect(x, y, w - gap, h - gap);
        pen.globalAlpha = 1;
        if (h < 5 || w < 5) {
          if (state === "remasked") {
            pen.fillStyle = colour.remasked;
            pen.fillRect(x, y, w - gap, Math.max(1, h - gap));
          }
          continue;
        }
        if (state === "new") {
          pen.fillStyle = colour.paper;
          pen.fillRect(x + (w - gap) / 2 - 1.5, y + (h - gap) / 2 - 1.5, 3, 3);
        } // a dot: revealed here
        else if (state === "remasked") {
          pen.strokeStyle = colour.remasked;
          pen.lineWidth = 1.5;
          pen.setLineDash([3, 2]);
          pen.strokeRect(x + 1, y + 1, w - gap - 2, h - gap - 2);
          pen.setLineDash([]);
        } else if (state === "locked") {
          pen.fillStyle = colour.paper;
          pen.fillRect(x + 2, y + h - gap - 2, Math.max(1, w - gap - 4), 1);
        } // a line under it: yours
      }
    }
    const final = rows[rows.length - 1];
    if (box.label > 10 && final) {
      pen.clearRect(0, TOP + box.count * h, width, height);
      pen.font = "11px Inter, system-ui, sans-serif";
      pen.fillStyle = colour.soft;
      pen.textAlign = "left";
      for (let i = 0; i < length; i++) {
        if (is_hidden(final.state[i])) continue;
        pen.save();
        pen.translate(LEFT + i * w + w / 2 - 2, TOP + box.count * h + 6);
        pen.rotate(0.91);
        pen.fillText(clip_text(shown_word(lexicon, final.canvas[i]), 11), 0, 0);
        pen.restore();
      }
    }
    show(step, focus);
  }
  function later() {
    if (!due) {
      due = true;
      rows.length > 200 ? setTimeout(paint, 300) : requestAnimationFrame(paint);
    }
  }
  function show(k, position) {
    step = k;
    focus = position;
    if (!box) return;
    const { w, h, length, count } = box,
      on = Math.floor(Math.min(k, rows.length - 1) / box.stride);
    Object.assign(row.style, {
      left: LEFT - 3 + "px",
      top: TOP + on * h - 2 + "px",
      width: length * w + 4 + "px",
      height: h + 2 + "px",
    });
    column.hidden = focus < 0;
    Object.assign(column.style, {
      left: LEFT + focus * w - 2 + "px",
      top: TOP - 3 + "px",
      width: w + 2 + "px",
      height: count * h + 4 + "px",
    });
  }
  picture.addEventListener("pointerdown", (event) => {
    if (!box) return;
    const frame = picture.getBoundingClientRect();
    const k = Math.min(
        rows.length - 1,
        box.stride * Math.floor((event.clientY - frame.top - TOP) / box.h),
      ),
      i = Math.floor((event.clientX - frame.left - LEFT) / box.w);
    if (i >= 0 && i < box.length && k >= 0 && k < rows.length) on_pick(k, i);
  });
  new ResizeObserver(later).observe(host);
  new MutationObserver(() => {
    painted = 0; // light or dark: other colours
    box = null;
    later();
  }).observe(document.body, {
    attributes: true,
    attributeFilter: ["class"],
  });
  return {
    load(list, words, count = 0) {
      rows = list;
      lexicon = words;
      expected = count;
      painted = 0;
      box = null;
      later();
    },
    add: later,
    show,
    pixels: () => box,
  };
}
