// One step's distribution: the model's own probability is an outline, what is drawn from is filled, what a rule cut is hatched and says so.
//
//   const bars = make_bars({bars: element, strip: element, on_pick: id => ..., rule_name: name => 'top-p'});
//   bars.show(record, {chosen: token id drawn, was: token id that stands in the text (or null)});
function make_bars({ bars, strip, on_pick, rule_name }) {
  const rows = [];
  const rest = make("div", "bar rest");
  as_is(strip);
  rest.append(
    make("span", "t", "others"),
    make("div", "track"),
    make("span", "num"),
    make("span", "why"),
  );
  function row(i) {
    while (rows.length <= i) {
      const node = make("button", "bar");
      node.type = "button";
      const text = make("span", "t"),
        track = make("span", "track"),
        final = make("i", "final-bar"),
        raw = make("i", "raw-bar");
      const number = make("span", "num"),
        why = make("span", "why");
      track.append(final, raw);
      node.append(text, track, number, why);
      node.addEventListener("click", () => {
        if (node.token !== undefined) on_pick(node.token, node.label);
      });
      rows.push({ node, text, final, raw, number, why });
    }
    return rows[i];
  }
  rest.children[0].setAttribute("translate", "yes");
  rest.children[1].setAttribute("translate", "yes");
  const band = make("div", "strip"),
    needle = make("i", "strip-u");
  strip.append(band);

  function show(record, { chosen, was, forced = "your choice" }) {
    const top = Math.max(1e-12, ...record.rows.map((r) => Math.max(r.raw, r.final)));
    const width = (p) => ((98 * p) / top).toFixed(2) + "%";
    record.rows.forEach((row_of, i) => {
      const item = row_of.cut === "draw" ? { ...row_of, cut: null } : row_of; // greedy: not chosen is not cut by a rule
      const r = row(i);
      r.node.token = item.id;
      r.node.label = item.text;
      r.node.className =
        "bar" +
        (item.id === chosen ? " on" : "") +
        (item.cut ? " cut" : "") +
        (item.id === was && was !== chosen ? " was" : "");
      r.text.textContent = visible(item.text).slice(0, 60);
      r.final.style.width = item.final > 0 ? width(item.final) : "0";
      r.raw.style.width = width(item.raw);
      r.number.textContent = chance(item.cut || row_of.cut ? item.raw : item.final);
      r.why.textContent = item.cut
        ? "cut by " + rule_name(item.cut)
        : item.id === chosen
          ? record.forced
            ? forced
            : record.u === null
              ? "the likeliest"
              : "drawn"
          : item.id === was
            ? "in the text"
            : row_of.cut
              ? "not the likeliest"
              : "";
      const said = `${visible(item.text).slice(0, 60)}: ${chance(item.final)} after the rules, ${chance(item.raw)} before them, rank ${whole(item.rank)}`;
      r.node.title = said + ". Click: the text goes on from here with this token.";
      r.node.setAttribute(
        "aria-label",
        `${said}${item.cut ? ", cut by " + rule_name(item.cut) : ""}${item.id === chosen ? (record.u === null ? ", chosen" : ", drawn") : ""}. Continue with this token`,
      );
    });
    const others = record.remainder;
    rest.children[2].textContent = chance(others.count ? others.final : 0);
    rest.children[1].textContent =
      chance(others.raw) === chance(others.final) ? "" : `before the rules ${chance(others.raw)}`;
    rest.children[3].textContent = `${whole(others.count)} tokens`;
    rest.title =
      `All other tokens together: ${whole(others.count)}, with ${chance(others.final)} after the rules and ${chance(others.raw)} before them. ` +
      `${whole(others.cut_count)} of them are cut; those held ${chance(others.cut_raw)}.`;
    bars.replaceChildren(...rows.slice(0, record.rows.length).map((r) => r.node), rest);
    show_strip(record, chosen);
  }
  function show_strip(record, chosen) {
    const parts = record.strip.map((piece) => {
      const part = make("b", piece.id === chosen ? "on" : "");
      const width = piece.end - piece.start;
      part.style.width = 100 * width + "%";
      if (width > 0.045) part.textContent = visible(piece.text).slice(0, Math.floor(width * 90));
      part.title = `${visible(piece.text).slice(0, 60)}: from ${piece.start.toFixed(4)} to ${piece.end.toFixed(4)}`;
      return part;
    });
    if (record.strip_rest?.count) {
      const part = make("b", "strip-rest");
      part.style.width = 100 * (record.strip_rest.end - record.strip_rest.start) + "%";
      part.title = `${whole(record.strip_rest.count)} more tokens, from ${record.strip_rest.start.toFixed(4)} to 1`;
      parts.push(part);
    }
    needle.hidden = record.u === null || record.u === undefined;
    if (!needle.hidden) needle.style.left = 100 * record.u + "%";
    band.replaceChildren(...parts, needle);
  }
  function clear() {
    bars.replaceChildren();
    band.replaceChildren();
  }
  return { show, clear };
}
