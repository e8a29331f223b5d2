// The texts of this visit as a small tree: walk between them, put two side by side.
//
//   const tree = make_branches({host, on_open: id => ..., text_of: branch => [{piece, shared}]});
//   tree.show(branches, here)     branches: [{id, parent, at, label, frames}] in the order in which they were made
function make_branches({ host, on_open, path_of }) {
  const list = make("ul", "tree"),
    beside = make("div", "tree-beside");
  let compared = [];
  host.replaceChildren(list, beside);
  function show(branches, here) {
    const by_id = Object.fromEntries(branches.map((one) => [one.id, one]));
    const depth = (one) => (one.parent && by_id[one.parent] ? 1 + depth(by_id[one.parent]) : 0);
    const ordered = [];
    const put = (one) => {
      ordered.push(one);
      branches
        .filter((other) => other.parent === one.id)
        .sort((a, b) => a.at - b.at)
        .forEach(put);
    };
    branches.filter((one) => !one.parent || !by_id[one.parent]).forEach(put);
    compared = compared.filter((id) => by_id[id]);
    list.replaceChildren(
      ...ordered.map((one) => {
        const row = make("li", "tree-row" + (one.id === here ? " here" : ""));
        row.style.paddingLeft = 18 * depth(one) + "px";
        const open = button("", "Walk to this text", () => on_open(one.id), "plain tree-open");
        if (one.id === here) open.setAttribute("aria-current", "true");
        const place = one.parent ? `from step ${one.at + 1}: ` : "";
        open.append(
          make("i", "tree-dot"),
          make("span", "tree-place", place),
          make("span", "tree-text", tail(one)),
        );
        const tick = make("label", "tree-tick"),
          box = make("input");
        box.type = "checkbox";
        box.checked = compared.includes(one.id);
        box.setAttribute("aria-label", `Put side by side: ${place}${tail(one)}`);
        box.addEventListener("change", () => {
          compared = box.checked
            ? [...compared, one.id].slice(-2)
            : compared.filter((id) => id !== one.id);
          show(branches, here);
        });
        tick.append(box, document.createTextNode(" side by side"));
        row.append(open, tick);
        return row;
      }),
    );
    beside.replaceChildren();
    if (compared.length === 2) {
      const [left, right] = compared.map((id) => path_of(id));
      let common = 0;
      while (
        common < left.length &&
        common < right.length &&
        left[common].token_id === right[common].token_id
      )
        common++;
      [left, right].forEach((frames, i) => {
        const column = make("div", "tree-column");
        column.append(make("h2", "", `${i ? "Right" : "Left"}: parts ways at step ${common + 1}`));
        const prose = make("p", "tree-prose");
        prose.append(
          make(
            "span",
            "soft",
            frames
              .slice(0, common)
              .map((f) => f.piece)
              .join(""),
          ),
          make(
            "span",
            "tree-own",
            frames
              .slice(common)
              .map((f) => f.piece)
              .join(""),
          ),
        );
        const perplexity = perplexity_of(frames);
        column.append(
          prose,
          make(
            "p",
            "num tree-figure",
            `${frames.length} tokens, perplexity ${perplexity === Infinity ? "∞" : perplexity.toFixed(2)}`,
          ),
        );
        beside.append(column);
      });
    }
  }
  function tail(one) {
    const before = one.parent ? "" : one.prompt.pieces.map((piece) => piece.piece).join("");
    const text = (before + one.frames.map((frame) => frame.piece).join(""))
      .trim()
      .replace(/\s+/g, " ");
    return text.length > 64 ? text.slice(0, 64) + "…" : text || "…";
  }
  return { show };
}
