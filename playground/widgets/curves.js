// Figures along the text as thin rows under the timeline, on the same axis; a click goes to the step.
function make_curves({ host, on_step }) {
  const rows = [
    {
      name: "surprisal",
      unit: "bits",
      explain: "How surprised the model itself was by the token, in bits",
      colour: "var(--chosen)",
      of: (all) => all.map((f) => bits(f.surprisal ?? Infinity)),
    },
    {
      name: "perplexity",
      unit: "",
      explain: "Between how many equally likely tokens the model wavered, on average so far",
      colour: "var(--settled)",
      of: (all) => {
        let sum = 0;
        return all.map((f, i) => Math.exp((sum += f.surprisal ?? Infinity) / (i + 1)));
      },
    },
    {
      name: "P(loop token)",
      unit: "",
      explain: "The model’s own probability of the token with which the loop goes on",
      colour: "var(--loop)",
      loop: true,
      of: (all, loops) =>
        all.map((f, i) =>
          loops.some((one) => i >= one.start && i < one.end) ? f.raw_probability : null,
        ),
    },
  ].map((row) => {
    const node = make("div", "curve"),
      label = make("span", "curve-name", row.name),
      area = make("div", "curve-area"),
      value = make("span", "num");
    const svg = draw_svg("svg", { preserveAspectRatio: "none", "aria-hidden": "true" }),
      head = make("i", "curve-head");
    node.title = row.explain;
    area.append(svg, head);
    node.append(label, area, value);
    host.append(node);
    area.addEventListener("click", (event) => {
      const box = area.getBoundingClientRect();
      if (row.values?.length)
        on_step(Math.round(((event.clientX - box.left) / box.width) * (row.values.length - 1)));
    });
    return Object.assign(row, { node, svg, head, value });
  });
  function load(all, loops) {
    for (const row of rows) {
      row.values = row.of(all, loops);
      const finite = row.values.filter((v) => v !== null && Number.isFinite(v));
      row.node.hidden = !finite.length;
      const top = row.loop ? 1 : Math.max(1e-9, ...finite),
        width = Math.max(1, all.length - 1);
      row.svg.setAttribute("viewBox", `0 0 ${width} 100`);
      let path = "",
        pen = false;
      row.values.forEach((v, i) => {
        if (v === null || !Number.isFinite(v)) {
          pen = false;
          return;
        }
        path += `${pen ? "L" : "M"}${i} ${(94 - 88 * Math.min(1, v / top)).toFixed(2)}`;
        pen = true;
      });
      row.svg.replaceChildren(
        draw_svg("path", {
          d: path || "M0 0",
          class: "transport-curve",
          style: `stroke:${row.colour}`,
          "vector-effect": "non-scaling-stroke",
        }),
      );
    }
  }
  function view(k) {
    for (const row of rows) {
      const v = row.values?.[k];
      row.head.style.left =
        (row.values?.length > 1 ? (100 * k) / (row.values.length - 1) : 0) + "%";
      row.value.textContent =
        v === null || v === undefined
          ? "–"
          : v === Infinity
            ? "∞"
            : `${row.loop ? chance(v) : v.toFixed(2)}${row.unit ? " " + row.unit : ""}`;
    }
  }
  return { load, view };
}
