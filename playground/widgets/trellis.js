// The trellis of a hidden Markov model: a column an observation, a row a state. Four walks over it, on one timeline.
// Every number of an opened cell is a product that one can follow: the terms come from the same arrays as the drawing.
function trellis(host, options) {
  const svg = shape("svg", { class: "trellis", role: "group" }),
    back = shape("rect", { class: "column" }),
    edges = shape("g", { "aria-hidden": "true" }),
    nodes = shape("g"),
    heads = shape("g", { "aria-hidden": "true" });
  svg.append(back, edges, nodes, heads);
  host.replaceChildren(svg);
  const DY = 58,
    LEFT = 112,
    TOP = 34,
    R = 20;
  let DX = 78;
  let record = null,
    cells = [];
  const x = (t) => LEFT + DX * t,
    y = (k) => TOP + DY * k + R;
  const A = (t, k) => Math.exp(record.forward[t][k] ?? -Infinity),
    B = (t, k) => Math.exp(record.backward[t][k] ?? -Infinity),
    D = (t, k) => Math.exp(record.delta[t][k] ?? -Infinity);
  const emits = (t, k) =>
    record.observations[t] < 0 ? 1 : record.emission[k][record.observations[t]];
  const share = (f, t, k) => {
    const total = record.states.reduce((s, _, j) => s + f(t, j), 0);
    return total > 0 ? f(t, k) / total : 0;
  };
  const value = {
    forward: { at: A, tint: (t, k) => share(A, t, k) },
    backward: { at: B, tint: (t, k) => share(B, t, k) },
    posterior: { at: (t, k) => record.posterior[t][k], tint: (t, k) => record.posterior[t][k] },
    viterbi: { at: D, tint: (t, k) => share(D, t, k) },
  };
  // what a cell is made of: {head, terms: [[name, factor, factor, product]], after: [name, factor] or null, result, rule}
  function parts(kind, t, k) {
    const S = record.states,
      P = record.transition,
      T = record.observations.length,
      here = clip(S[k], 16),
      symbol = name(t);
    const e = emits(t, k),
      missing = record.observations[t] < 0;
    const emission = [missing ? "nothing observed: factor 1" : `× P(${symbol} | ${here})`, e];
    if (kind === "forward")
      return t === 0
        ? {
            head: `All that starts in ${here} and shows the first observation`,
            terms: [[`start in ${here}`, record.initial[k], null, record.initial[k]]],
            rule: "sum",
            after: emission,
            result: A(t, k),
          }
        : {
            head: `All ways to ${here} at position ${t + 1}, with the observations so far`,
            terms: S.map((s, j) => [
              `${clip(s, 12)} before × step`,
              A(t - 1, j),
              P[j][k],
              A(t - 1, j) * P[j][k],
            ]),
            rule: "sum",
            after: emission,
            result: A(t, k),
          };
    if (kind === "viterbi")
      return t === 0
        ? {
            head: `The path that starts in ${here}`,
            terms: [[`start in ${here}`, record.initial[k], null, record.initial[k]]],
            rule: "max",
            after: emission,
            result: D(t, k),
          }
        : {
            head: `The single best way to ${here} at position ${t + 1}`,
            terms: S.map((s, j) => [
              `best to ${clip(s, 12)} × step`,
              D(t - 1, j),
              P[j][k],
              D(t - 1, j) * P[j][k],
            ]),
            rule: "max",
            best: record.pointers[t][k],
            after: emission,
            result: D(t, k),
          };
    if (kind === "backward")
      return t === T - 1
        ? {
            head: "Nothing follows the last position",
            terms: [],
            rule: "sum",
            after: ["by definition", 1],
            result: 1,
          }
        : {
            head: `All that can follow ${here} at position ${t + 1}`,
            terms: S.map((s, j) => [
              `to ${clip(s, 12)}, shows ${name(t + 1)}, and on`,
              P[k][j] * emits(t + 1, j),
              B(t + 1, j),
              P[k][j] * emits(t + 1, j) * B(t + 1, j),
            ]),
            rule: "sum",
            after: null,
            result: B(t, k),
          };
    return {
      head: `How sure is ${here} at position ${t + 1}, knowing everything?`,
      terms: S.map((s, j) => [
        `${clip(s, 12)}: forward × backward`,
        A(t, j),
        B(t, j),
        A(t, j) * B(t, j),
      ]),
      rule: "share",
      own: k,
      after: null,
      result: record.posterior[t][k],
    };
  }
  const name = (t) =>
    record.observations[t] < 0 ? "nothing" : clip(record.symbols[record.observations[t]], 12);
  function load(next) {
    record = next;
    cells = [];
    edges.replaceChildren();
    nodes.replaceChildren();
    heads.replaceChildren();
    const T = record.observations.length,
      K = record.states.length;
    const widest = Math.max(
      ...record.observations.map((o) => (o < 0 ? 1 : [...clip(record.symbols[o], 9)].length)),
    );
    DX = Math.max(
      66,
      8 * widest + 12,
      Math.min(112, (host.clientWidth - LEFT - R - 14) / Math.max(1, T - 1)),
    ); // a short one fills its column, a long one scrolls
    const W = LEFT + DX * (T - 1) + R + 12,
      H = TOP + DY * K + 8;
    svg.setAttribute("viewBox", `0 0 ${W} ${H}`);
    svg.setAttribute("width", W);
    svg.setAttribute("height", H);
    svg.setAttribute("aria-label", `Trellis of ${K} states and ${T} observations`);
    record.states.forEach((s, k) => {
      const t = shape("text", { x: LEFT - R - 14, y: y(k) + 4, class: "lane" });
      t.textContent = clip(s, 10);
      heads.append(t);
    });
    for (let t = 0; t < T; t++) {
      const top = shape("text", {
        x: x(t),
        y: 16,
        class: record.observations[t] < 0 ? "symbol missing" : "symbol",
      });
      top.textContent = record.observations[t] < 0 ? "?" : clip(name(t), 9);
      heads.append(top);
      for (let k = 0; k < K; k++) {
        const g = shape("g", {
          class: "cell",
          role: "button",
          tabindex: t === 0 && k === 0 ? "0" : "-1",
          transform: `translate(${x(t)} ${y(k)})`,
        });
        g.append(shape("circle", { r: R }), shape("text", { y: 4 }));
        g.dataset.t = t;
        g.dataset.k = k;
        nodes.append(g);
        (cells[t] ??= []).push(g);
        if (t)
          for (let j = 0; j < K; j++)
            edges.append(
              shape("line", {
                x1: x(t - 1) + R,
                y1: y(j),
                x2: x(t) - R,
                y2: y(k),
                "data-t": t,
                "data-j": j,
                "data-k": k,
              }),
            );
      }
    }
  }
  // kind, column on view (forward-running kinds have seen columns 0..t, backward t..T-1), open cell [t, k] or null
  function show(kind, t, open) {
    const T = record.observations.length,
      ahead = kind === "backward",
      known = (c) => (kind === "posterior" ? true : ahead ? c >= t : c <= t);
    back.setAttribute("x", x(t) - DX / 2 + 6);
    back.setAttribute("y", 0);
    back.setAttribute("width", DX - 12);
    back.setAttribute("height", TOP + DY * record.states.length);
    cells.forEach((column, c) =>
      column.forEach((g, k) => {
        const v = known(c) ? value[kind].at(c, k) : null,
          tint = known(c) ? value[kind].tint(c, k) : 0;
        g.style.setProperty("--p", tint.toFixed(4));
        g.classList.toggle("later", !known(c));
        g.classList.toggle("open", !!open && open[0] === c && open[1] === k);
        g.classList.toggle(
          "path",
          (kind === "viterbi" && t === T - 1 && record.path[c] === k) ||
            (kind === "posterior" && record.marginal[c] === k),
        );
        g.lastChild.textContent = v === null ? "" : brief(v);
        g.setAttribute(
          "aria-label",
          `${clip(record.states[k], 30)} at position ${c + 1}: ${v === null ? "not reached yet" : number(v)}`,
        );
      }),
    );
    for (const line of edges.children) {
      const c = +line.dataset.t,
        j = +line.dataset.j,
        k = +line.dataset.k,
        step = record.transition[j][k];
      let term = 0,
        on = false;
      if (kind === "forward" && c <= t) {
        const all = record.states.reduce((s, _, i) => s + A(c - 1, i) * record.transition[i][k], 0);
        term = all ? (A(c - 1, j) * step) / all : 0;
        on = c === t;
      } else if (kind === "viterbi" && c <= t) {
        term = record.pointers[c][k] === j ? 1 : step ? 0.12 : 0;
        on =
          t === T - 1
            ? record.path[c] === k && record.path[c - 1] === j
            : c === t && record.pointers[c][k] === j;
      } else if (kind === "backward" && c > t) {
        const all = B(c - 1, j);
        term = all ? (step * emits(c, k) * B(c, k)) / all : 0;
        on = c === t + 1;
      } else if (kind === "posterior") {
        term = record.pairs[c - 1][j][k];
        on = c === t || c === t + 1;
      }
      line.setAttribute("stroke-width", step === 0 && term === 0 ? 0 : (0.6 + 5 * term).toFixed(2));
      line.setAttribute("class", on ? "edge on" : "edge");
      line.setAttribute(
        "stroke-opacity",
        on ? (0.25 + 0.75 * term).toFixed(2) : (0.12 + 0.5 * term).toFixed(2),
      );
    }
  }
  const brief = (v) =>
    v === 0
      ? "0"
      : v >= 0.9995
        ? "1"
        : v >= 0.001
          ? v.toFixed(3).replace(/^0/, "")
          : v.toExponential(0).replace("e-", "e−");
  const pick = (g) => {
    nodes.querySelectorAll('[tabindex="0"]').forEach((n) => n.setAttribute("tabindex", "-1"));
    g.setAttribute("tabindex", "0");
    options.open(+g.dataset.t, +g.dataset.k);
  };
  nodes.addEventListener("click", (e) => {
    const g = e.target.closest(".cell");
    if (g) pick(g);
  });
  nodes.addEventListener("keydown", (e) => {
    const g = e.target.closest(".cell"),
      t = +g.dataset.t,
      k = +g.dataset.k;
    if (e.key === "Enter" || e.key === " ") {
      e.preventDefault();
      e.stopPropagation();
      return pick(g);
    }
    const to = {
      ArrowRight: cells[t + 1]?.[k],
      ArrowLeft: cells[t - 1]?.[k],
      ArrowUp: cells[t][k - 1],
      ArrowDown: cells[t][k + 1],
    }[e.key];
    if (e.key.startsWith("Arrow")) {
      e.preventDefault();
      e.stopPropagation();
      if (to) {
        g.setAttribute("tabindex", "-1");
        to.setAttribute("tabindex", "0");
        to.focus();
        pick(to);
      }
    }
  });
  // brings the column into view, and leaves the names of the states there as long as they fit
  const centre = (t) => {
    if (x(t) + R + 8 > host.scrollLeft + host.clientWidth || x(t) - R < host.scrollLeft)
      host.scrollLeft = t < 2 ? 0 : x(t) - host.clientWidth / 2;
  };
  return { load, show, parts, centre };
}

// the sum of an opened cell as a column of numbers
function cellTable(host, p, states) {
  const table = make("table", "sum"),
    total = p.terms.reduce((s, t) => s + t[3], 0),
    most = p.best ?? 0;
  table.setAttribute("aria-label", p.head);
  const line = (cls, ...texts) => {
    const tr = table.insertRow();
    tr.className = cls;
    texts.forEach((text, i) => {
      const td = tr.insertCell();
      td.textContent = text;
      if (i) td.className = "num";
    });
    return tr;
  };
  p.terms.forEach(([text, a, b, product], j) =>
    line(
      (p.rule === "max" && p.terms.length > 1 && j === most) || (p.rule === "share" && j === p.own)
        ? "on"
        : "",
      text,
      number(a),
      b === null ? "" : `× ${number(b)}`,
      b === null ? "" : `= ${number(product)}`,
    ),
  );
  if (p.rule === "sum" && p.terms.length > 1) line("total", "sum", "", "", number(total));
  if (p.rule === "max" && p.terms.length > 1)
    line("total", `largest: ${clip(states[most], 12)}`, "", "", number(p.terms[most][3]));
  if (p.rule === "share")
    line("total", "sum: probability of all observations", "", "", number(total));
  if (p.after) line("", p.after[0], "", "", number(p.after[1]));
  line("result", p.rule === "share" ? "its share of the sum" : "result", "", "", number(p.result));
  host.replaceChildren(make("p", "head", p.head), table);
}
