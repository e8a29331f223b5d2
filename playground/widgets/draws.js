// Many draws from one distribution against what theory expects, at up to three temperatures side by side. `clear()` when another
// distribution comes on view: the draws of the one before are not its own.
function make_draws({ host, ask }) {
  let asked = 0; // answers about a step that is no longer on view are dropped
  const bar = make("div", "draws-bar"),
    out = make("div", "draws-out");
  const boxes = [0.5, 1, 1.5].map((value, i) => {
    const box = make("input");
    Object.assign(box, { type: "number", min: 0.05, max: 5, step: "any", value });
    box.setAttribute("aria-label", `Temperature ${i + 1}`);
    return box;
  });
  const go = button(
    "Draw 1,000 times",
    "A thousand draws at each temperature from the step on view, by the rules beside it",
    draw,
  );
  bar.append(go, make("span", "small soft", "at temperature"), ...boxes);
  host.replaceChildren(bar, out);
  async function draw() {
    const temperatures = boxes.map((box) => Number(box.value));
    if (boxes.some((box) => !box.checkValidity() || box.value === "")) {
      say("Each temperature must be in [0.05, 5].");
      return;
    }
    go.disabled = true;
    const mine = ++asked;
    try {
      const result = await ask(temperatures);
      if (mine !== asked) return;
      if (result.error) {
        out.replaceChildren(make("p", "problem", result.error));
        return;
      }
      out.replaceChildren(...result.columns.map((column) => draw_column(column)));
    } finally {
      go.disabled = false;
    }
  }
  function draw_column(column) {
    const node = make("section", "draws-column");
    node.append(make("h2", "", `T = ${column.temperature}`));
    const top = Math.max(1, ...column.rows.map((row) => Math.max(row.expected, row.observed)));
    for (const row of [...column.rows, { text: null, ...column.others }]) {
      const line = make("div", "draws-row"),
        track = make("span", "track"),
        seen = make("i", "final-bar"),
        mean = make("i", "draws-mean");
      seen.style.width = 100 * Math.min(1, row.observed / top) + "%";
      mean.style.left = 100 * Math.min(1, row.expected / top) + "%";
      track.append(seen, mean);
      line.append(
        make("span", "t", row.text === null ? "others" : visible(row.text).slice(0, 40)),
        track,
        make("span", "num", whole(row.observed)),
        make("span", "num soft", row.expected.toFixed(1)),
      );
      if (row.text === null) line.firstChild.setAttribute("translate", "yes");
      line.title =
        `drawn ${whole(row.observed)} times, expected ${row.expected.toFixed(1)}` +
        (row.text === null ? `, ${whole(row.count)} tokens together` : "");
      node.append(line);
    }
    const fits =
      column.degrees_of_freedom === 0
        ? "One token alone: nothing to test."
        : `χ² = ${column.chi_square.toFixed(1)} with ${column.degrees_of_freedom} degrees of freedom, p = ${column.p_value.toFixed(3)}: ` +
          (column.p_value < 0.01
            ? "a deviation this large comes once in a hundred times or rarer."
            : "as theory expects.");
    node.append(make("p", "draws-say", fits));
    return node;
  }
  return {
    clear() {
      asked += 1;
      out.replaceChildren();
    },
  };
}
