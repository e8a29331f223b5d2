// A line plot that follows a slider: SVG whose nodes are kept and moved, a millisecond or two a redraw. Colours are the page's own variables.
//
//   const plot = make_escape_plot({host, x: 'temperature T', y: 'P(escape)', name: 'what it shows', readout: true});
//   plot.draw({x: [low, high], y: [low, high], lines: [{name, x, y, colour, width, dash, mark}], points: [{x, y, colour}],
//              rules: [{x or y, colour, width, dash, label}], shade: {to, label}});
//
// y null in a line is a gap; what lies outside the ranges is cut off at the frame. With `readout` the pointer reads every line at its x.
function make_escape_plot({ host, x = "", y = "", name = "", readout = false }) {
  const LEFT = 52,
    RIGHT = 12,
    BOTTOM = 42,
    TOP = 24;
  const key = make("div", "escape-key"),
    svg = draw_svg("svg", { class: "escape-plot-svg", role: "img" }),
    said = make("div", "escape-readout num");
  const axes = draw_svg("g"),
    inner = draw_svg("svg", { x: LEFT, y: TOP }),
    words = draw_svg("g"),
    pointer = draw_svg("line", { class: "escape-pointer" });
  const shade = draw_svg("rect", { class: "escape-shade", x: 0, y: 0 }),
    marks = draw_svg("g");
  pointer.style.display = "none";
  inner.append(shade, marks, pointer);
  svg.append(axes, inner, words);
  host.append(key, svg);
  if (readout) host.append(said);
  host.append(make_figure_files({ name, take: (format) => svg_file(svg, format, key) }));
  svg.setAttribute("aria-label", name);
  let now = null,
    box = null,
    frame = "",
    keyed = "";
  const kept = { rule: [], line: [], mark: [], point: [] }; // nodes by kind and place: moved, not made anew
  const node = (kind, n, tag) => {
    if (!kept[kind][n]) marks.append((kept[kind][n] = draw_svg(tag)));
    return kept[kind][n];
  };
  const spare = (kind, n) => {
    while (kept[kind].length > n) kept[kind].pop().remove();
  };
  const set = (each, all) => {
    for (const [k, v] of Object.entries(all)) each.setAttribute(k, v);
  };

  function ticks(low, high, count) {
    const raw = (high - low) / count,
      power = 10 ** Math.floor(Math.log10(raw)),
      unit = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw * 0.999);
    const all = [];
    for (let v = Math.ceil(low / unit - 1e-9) * unit; v <= high + unit * 1e-6; v += unit)
      all.push(Math.abs(v) < unit * 1e-6 ? 0 : +v.toPrecision(10));
    return all;
  }
  function write(px, py, text, anchor, cls = "escape-tick") {
    const t = draw_svg("text", { x: px, y: py, "text-anchor": anchor, class: cls });
    t.textContent = text;
    return t;
  }
  function measure() {
    const width = svg.clientWidth,
      height = svg.clientHeight;
    if (!width || !height || !now) return null;
    const w = Math.max(10, width - LEFT - RIGHT),
      h = Math.max(10, height - TOP - BOTTOM),
      [x0, x1] = now.x,
      [y0, y1] = now.y;
    return {
      width,
      height,
      w,
      h,
      sx: (v) => (w * (v - x0)) / (x1 - x0 || 1),
      sy: (v) => h - (h * (v - y0)) / (y1 - y0 || 1),
    };
  }
  function draw_axes() {
    const is = [box.width, box.height, ...now.x, ...now.y].join();
    if (is === frame) return;
    frame = is;
    const parts = [],
      bottom = TOP + box.h;
    for (const v of ticks(...now.y, Math.max(3, Math.floor(box.h / 55)))) {
      const at = TOP + box.sy(v);
      parts.push(
        draw_svg("line", {
          x1: LEFT,
          x2: LEFT + box.w,
          y1: at,
          y2: at,
          class: v === 0 ? "escape-zero" : "escape-grid",
        }),
        write(LEFT - 7, at + 4, String(v).replace("-", "−"), "end"),
      );
    }
    for (const v of ticks(...now.x, Math.max(2, Math.floor(box.w / 90))))
      parts.push(write(LEFT + box.sx(v), bottom + 17, String(v).replace("-", "−"), "middle"));
    const side = write(13, TOP + box.h / 2, y, "middle", "escape-axis");
    side.setAttribute("transform", `rotate(-90 13 ${TOP + box.h / 2})`);
    parts.push(write(LEFT + box.w / 2, box.height - 5, x, "middle", "escape-axis"), side);
    axes.replaceChildren(...parts);
    set(inner, { width: box.w, height: box.h });
    shade.setAttribute("height", box.h);
    set(pointer, { y1: 0, y2: box.h });
  }
  function path_of(line) {
    let path = "",
      pen = false;
    for (let i = 0; i < line.x.length; i++) {
      const v = line.y[i];
      if (v === null || v === undefined) {
        pen = false;
        continue;
      }
      path += `${pen ? "L" : "M"}${box.sx(line.x[i]).toFixed(1)} ${Math.max(-1e4, Math.min(1e4, box.sy(v))).toFixed(1)}`;
      pen = true;
    }
    return path || "M-9-9";
  }
  function draw_key() {
    const named = now.lines.filter((line) => line.name),
      is = named.map((line) => line.name + line.colour).join();
    if (is === keyed) return;
    keyed = is;
    key.replaceChildren(
      ...named.map((line) => {
        const item = make("span"),
          sign = draw_svg("svg", { width: 28, height: 10, "aria-hidden": "true" });
        sign.append(
          draw_svg("path", {
            d: "M0 5L28 5",
            class: "escape-line",
            "stroke-dasharray": line.dash ?? "",
            style: `stroke:${line.colour};stroke-width:${line.width ?? 2}`,
          }),
        );
        if (line.mark)
          sign.append(
            draw_svg(line.mark === "square" ? "rect" : "circle", {
              ...(line.mark === "square"
                ? { x: 11, y: 2, width: 6, height: 6 }
                : { cx: 14, cy: 5, r: 3.2 }),
              style: `fill:${line.colour}`,
            }),
          );
        item.append(sign, line.name);
        return item;
      }),
    );
  }
  function paint() {
    if (!now) return;
    draw_key();
    box = measure();
    if (!box) return;
    draw_axes();
    shade.setAttribute("width", now.shade ? Math.max(0, box.sx(now.shade.to)) : 0);
    const texts = [];
    if (now.shade?.label && box.sx(now.shade.to) > 60)
      texts.push(
        write(
          LEFT + box.sx(now.shade.to) / 2,
          TOP + box.h / 2,
          now.shade.label,
          "middle",
          "escape-axis",
        ),
      );
    const rules = (now.rules ?? []).filter((r) =>
      r.x === undefined ? r.y >= now.y[0] && r.y <= now.y[1] : r.x >= now.x[0] && r.x <= now.x[1],
    );
    rules.forEach((r, n) => {
      const upright = r.x !== undefined,
        at = upright ? box.sx(r.x) : box.sy(r.y);
      set(node("rule", n, "line"), {
        x1: upright ? at : 0,
        x2: upright ? at : box.w,
        y1: upright ? 0 : at,
        y2: upright ? box.h : at,
        style: `stroke:${r.colour};stroke-width:${r.width ?? 1}`,
        "stroke-dasharray": r.dash ?? "",
      });
      if (!r.label) return;
      const t = write(LEFT + at, TOP - 8, r.label, "middle", "escape-rule-label");
      t.style.fill = `color-mix(in srgb, ${r.colour} 85%, var(--ink))`;
      texts.push(t);
      const half = r.label.length * 3.5; // kept inside the picture
      t.setAttribute("x", Math.max(half + 2, Math.min(box.width - half - 2, LEFT + at)));
    });
    spare("rule", rules.length);
    let dots = 0;
    now.lines.forEach((line, n) => {
      set(node("line", n, "path"), {
        d: path_of(line),
        class: "escape-line",
        "stroke-dasharray": line.dash ?? "",
        style: `stroke:${line.colour};stroke-width:${line.width ?? 2}`,
      });
      if (line.mark)
        line.x.forEach((v, i) => {
          if (line.y[i] === null) return;
          const r = line.mark === "square" ? 3 : 3.2;
          set(node("mark", dots++, "rect"), {
            x: box.sx(v) - r,
            y: box.sy(line.y[i]) - r,
            width: 2 * r,
            height: 2 * r,
            rx: line.mark === "square" ? 0 : r,
            style: `fill:${line.colour}`,
          });
        });
    });
    spare("line", now.lines.length);
    spare("mark", dots);
    (now.points ?? []).forEach((p, n) => {
      const dot = node("point", n, "circle");
      set(dot, {
        cx: box.sx(p.x),
        cy: box.sy(p.y),
        r: p.r ?? 6,
        class: "escape-here",
        style: `fill:${p.colour}`,
      });
      marks.append(dot);
    });
    spare("point", (now.points ?? []).length);
    words.replaceChildren(...texts);
    if (at_pointer !== null) read();
  }
  // the value of every line at the pointer, between two points of it as the line is drawn
  let at_pointer = null;
  const figure = (v) =>
    v === 0
      ? "0"
      : Math.abs(v) < 1e-3
        ? v.toExponential(1).replace("e-", "e−")
        : String(+v.toPrecision(3)).replace("-", "−");
  function value_at(line, v) {
    for (let i = 1; i < line.x.length; i++)
      if (line.x[i] >= v) {
        const a = line.y[i - 1],
          b = line.y[i],
          span = line.x[i] - line.x[i - 1];
        return a === null || b === null
          ? null
          : a + (b - a) * (span > 0 ? (v - line.x[i - 1]) / span : 1);
      }
    return null;
  }
  function read() {
    const v = now.x[0] + ((now.x[1] - now.x[0]) * (at_pointer - LEFT)) / box.w;
    if (v < now.x[0] || v > now.x[1]) return leave();
    set(pointer, { x1: at_pointer - LEFT, x2: at_pointer - LEFT });
    pointer.style.display = "";
    said.textContent =
      `${figure(v)}:  ` +
      now.lines
        .filter((l) => l.name)
        .map((l) => [l.name, value_at(l, v)])
        .filter((e) => e[1] !== null)
        .map(([t, w]) => `${t} ${figure(w)}`)
        .join("   ");
  }
  function leave() {
    at_pointer = null;
    pointer.style.display = "none";
    said.textContent = "";
  }
  if (readout) {
    svg.addEventListener("pointermove", (event) => {
      if (!box) return;
      at_pointer = event.clientX - svg.getBoundingClientRect().left;
      read();
    });
    svg.addEventListener("pointerleave", leave);
  }
  new ResizeObserver(() => {
    frame = "";
    paint();
  }).observe(svg);
  return {
    draw(figure_now) {
      now = figure_now;
      paint();
    },
    label(text) {
      svg.setAttribute("aria-label", text);
    },
  };
}
