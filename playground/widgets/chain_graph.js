// States on a circle, edges as thick as their probability, a walker that moves along the edge it takes.
// options: label, pick(i) when a state is clicked.
function chainGraph(host, options) {
  const W = 400,
    H = 320;
  const svg = shape("svg", { viewBox: `0 0 ${W} ${H}`, class: "graph", role: "group" });
  const lines = shape("g"),
    labels = shape("g", { "aria-hidden": "true" }),
    nodes = shape("g"),
    walker = shape("circle", { r: 9, class: "walker", "aria-hidden": "true" });
  svg.append(lines, labels, nodes, walker);
  host.replaceChildren(svg);
  let places = [],
    paths = new Map(),
    frame = 0,
    radius = 26;
  function place(K) {
    if (K === 1) return [[W / 2, H / 2]];
    if (K === 2)
      return [
        [W * 0.27, H / 2 + 10],
        [W * 0.73, H / 2 + 10],
      ];
    radius = K > 6 ? 21 : 25;
    return [...Array(K).keys()].map((i) => {
      const a = -Math.PI / 2 + (2 * Math.PI * i) / K;
      return [W / 2 + 128 * Math.cos(a), H / 2 + 2 + 104 * Math.sin(a)];
    });
  }
  const away = (i) => {
    const [x, y] = places[i];
    let dx = x - W / 2,
      dy = y - H / 2 - 2;
    if (places.length <= 2) {
      dx = 0;
      dy = -1;
    }
    const n = Math.hypot(dx, dy) || 1;
    return [dx / n, dy / n];
  };
  function edge(i, j, width) {
    const [x0, y0] = places[i],
      [x1, y1] = places[j];
    if (i === j) {
      const [ux, uy] = away(i),
        a = Math.atan2(uy, ux),
        r = radius,
        reach = 2.35 * r;
      const at = (angle, distance) => [
        x0 + distance * Math.cos(angle),
        y0 + distance * Math.sin(angle),
      ];
      const s = at(a - 0.62, r),
        e = at(a + 0.62, r + 7),
        c = at(a - 0.62, reach * 1.16),
        d = at(a + 0.62, reach * 1.16);
      return {
        d: `M${s} C${c} ${d} ${e}`,
        tip: e,
        angle: Math.atan2(e[1] - d[1], e[0] - d[0]),
        label: at(a, reach * 0.84 + 8),
      };
    }
    const dx = x1 - x0,
      dy = y1 - y0,
      n = Math.hypot(dx, dy),
      px = -dy / n,
      py = dx / n;
    const bend = Math.min(34, n * 0.16); // both directions are seen beside each other
    const c = [(x0 + x1) / 2 + px * bend, (y0 + y1) / 2 + py * bend];
    const cut = (from, towards, distance) => {
      const k = Math.hypot(towards[0] - from[0], towards[1] - from[1]);
      return [
        from[0] + ((towards[0] - from[0]) / k) * distance,
        from[1] + ((towards[1] - from[1]) / k) * distance,
      ];
    };
    const s = cut([x0, y0], c, radius),
      e = cut([x1, y1], c, radius + 7 + width * 0.5);
    return {
      d: `M${s} Q${c} ${e}`,
      tip: e,
      angle: Math.atan2(e[1] - c[1], e[0] - c[0]),
      label: [(s[0] + 2 * c[0] + e[0]) / 4 + px * 11, (s[1] + 2 * c[1] + e[1]) / 4 + py * 11],
    };
  }
  function update(names, matrix, scale = 1) {
    const K = names.length;
    svg.setAttribute("viewBox", K <= 2 ? `0 62 ${W} 190` : `0 0 ${W} ${H}`);
    radius = 27;
    places = place(K);
    paths = new Map();
    const shown = matrix.flat().filter((p) => p > 1e-12).length;
    lines.replaceChildren();
    labels.replaceChildren();
    nodes.replaceChildren();
    matrix.forEach((row, i) =>
      row.forEach((p, j) => {
        if (!(p > 1e-12)) return;
        const q = Math.min(1, p / scale),
          width = 1 + 7 * q,
          e = edge(i, j, width),
          head = 4.5 + width * 0.75;
        const path = shape("path", {
          d: e.d,
          class: "edge",
          "stroke-width": width.toFixed(2),
          fill: "none",
          "stroke-opacity": (0.35 + 0.65 * q).toFixed(2),
        });
        const tip = shape("path", {
          d: `M${head},0 L${-head * 0.7},${head * 0.8} L${-head * 0.7},${-head * 0.8}Z`,
          class: "tip",
          "fill-opacity": (0.45 + 0.55 * q).toFixed(2),
          transform: `translate(${e.tip}) rotate(${(e.angle * 180) / Math.PI})`,
        });
        path.append(shape("title"));
        path.firstChild.textContent = `${clip(names[i], 40)} to ${clip(names[j], 40)}: ${plain(p)}`;
        lines.append(path, tip);
        paths.set(i * 64 + j, [path, tip]);
        if (shown <= 14) {
          const t = shape("text", {
            x: e.label[0].toFixed(1),
            y: (e.label[1] + 4).toFixed(1),
            class: "weight",
          });
          t.textContent = plain(+p.toFixed(3)).replace(/^0\./, ".");
          labels.append(t);
        }
      }),
    );
    names.forEach((name, i) => {
      const g = shape("g", {
        class: "node",
        tabindex: "0",
        role: "button",
        transform: `translate(${places[i]})`,
      });
      g.setAttribute(
        "aria-label",
        options.nodeLabel ? options.nodeLabel(clip(name, 40)) : `Start in ${clip(name, 40)}`,
      );
      const t = shape("text", { y: 4 });
      t.textContent = clip(name, K > 6 ? 6 : 8);
      if (K > 6) t.style.fontSize = "10.5px";
      const title = shape("title");
      title.textContent = name;
      g.append(shape("circle", { r: radius }), t, title);
      g.addEventListener("click", () => options.pick?.(i));
      g.addEventListener("keydown", (e) => {
        if (e.key === "Enter" || e.key === " ") {
          e.preventDefault();
          e.stopPropagation();
          options.pick?.(i);
        }
      });
      nodes.append(g);
    });
    svg.setAttribute("aria-label", `${options.label}: ${K} states, ${shown} possible transitions`);
  }
  // stand on state `to`, having come from `from` (null at the start); the move takes at most `ms`
  function walk(from, to, ms) {
    cancelAnimationFrame(frame);
    for (const [path, tip] of paths.values()) {
      path.classList.remove("on");
      tip.classList.remove("on");
    }
    [...nodes.children].forEach((g, i) => g.classList.toggle("on", i === to));
    if (to === null || !places[to]) {
      walker.setAttribute("visibility", "hidden");
      return;
    }
    walker.setAttribute("visibility", "visible");
    const rest = () => {
      const [x, y] = places[to];
      walker.setAttribute("cx", x + radius * 0.72);
      walker.setAttribute("cy", y - radius * 0.72);
    };
    const taken = from === null ? null : paths.get(from * 64 + to);
    if (!taken) return rest();
    taken.forEach((p) => p.classList.add("on"));
    if (ms < 30 || calm()) return rest();
    const length = taken[0].getTotalLength(),
      begun = performance.now();
    const move = (now) => {
      const k = Math.min(1, (now - begun) / ms);
      if (k >= 1) return rest();
      const at = taken[0].getPointAtLength(length * k);
      walker.setAttribute("cx", at.x);
      walker.setAttribute("cy", at.y);
      frame = requestAnimationFrame(move);
    };
    frame = requestAnimationFrame(move);
  }
  return { update, walk };
}
