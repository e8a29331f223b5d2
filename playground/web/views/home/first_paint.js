// @ts-check
/**
 * Home's first tiles, drawn from the page's own text before Gradio has mounted anything: the
 * recorded sentence and the recorded probabilities of its next word, in the place where home.js
 * draws the same a moment later and takes these away.
 *
 * It stands in the head as a plain script (playground/pages/home/first_paint.py), so it imports
 * nothing.
 */
(() => {
  const NARROW = 640; // as in charts/tiles.js
  const GAP = 3;
  const LONGEST = 20_000; // milliseconds after which it goes whatever happens
  const asked = new URLSearchParams(location.search);
  const others = [...asked.keys()].filter((key) => !["tab", "__theme", "lang"].includes(key));
  if (others.length || !["home", null].includes(asked.get("tab"))) return; // another page opens

  /** @param {string} tag @param {string} name @param {string} [text] */
  function make(tag, name, text = "") {
    const one = document.createElement(tag);
    one.className = name;
    one.textContent = text;
    return one;
  }

  /** @param {{text: string, share: number}} tile @param {number} room pixels of its width */
  function tileOf({ text, share }, room) {
    const one = make("button", text ? "tile" : "tile rest");
    one.tabIndex = -1;
    const fits = Math.min(30, (30 * (room - 20)) / Math.max(1, text.length * 15.6));
    const word = make("span", "tile-word", text);
    const standing = fits < 16;
    if (standing && room >= 14) one.classList.add("standing");
    if (standing && room < 14) one.classList.add("bare");
    word.style.fontSize = `${standing ? Math.max(11, Math.min(22, room - 7)) : fits}px`;
    const percent = make("span", "tile-share", `${(100 * share).toFixed(1)}%`);
    percent.hidden = room < 58;
    one.append(word, percent);
    return one;
  }

  /** @param {HTMLElement} body */
  function draw(body) {
    const { prompt, tiles } = JSON.parse(
      document.getElementById("first-paint-record")?.textContent ?? "{}",
    );
    const upright = innerWidth - 32 < NARROW;
    const view = make("div", "home");
    const line = make("div", "home-line", `${prompt} `);
    line.append(make("span", "home-slot"));
    const text = make("div", "home-text");
    text.append(line);
    const strip = make("div", "tiles-strip");
    const host = make("div", upright ? "tiles upright" : "tiles");
    const ball = make("div", "tiles-ball waiting");
    host.append(make("div", "tiles-rail"), strip, ball);
    const machine = make("div", "home-machine");
    machine.append(host);
    view.append(make("div", "home-top"), text, machine);
    const all = make("div", "");
    all.id = "first-paint";
    all.inert = true;
    all.append(view);
    body.append(all);
    const length = upright ? strip.clientHeight : strip.clientWidth;
    let from = 0;
    tiles.forEach((/** @type {{text: string, share: number}} */ tile, /** @type {number} */ k) => {
      const one = tileOf(tile, upright ? 400 : tile.share * length);
      if (upright && tile.share * length < 16) one.classList.add("bare");
      if (upright && tile.share * length < 32) one.classList.add("tight");
      const size = `max(1px, calc(${100 * tile.share}% - ${k === tiles.length - 1 ? 0 : GAP}px))`;
      const place = `${100 * from}%`;
      Object.assign(
        one.style,
        upright
          ? { top: place, height: size, left: "0", width: "100%" }
          : { left: place, width: size, top: "0", height: "100%" },
      );
      if (upright) /** @type {HTMLElement} */ (one.firstChild).style.fontSize = "";
      strip.append(one);
      from += tile.share;
    });
    ball.style.transform = upright ? "translate(26px, 0)" : "translate(0, 42px)";
    const away = () => all.remove();
    setTimeout(away, LONGEST);
    addEventListener("error", away, { once: true });
    // Another page is opened before Home is there.
    addEventListener("click", (event) => {
      if (/** @type {Element} */ (event.target).closest("[role=tab]")) away();
    });
  }

  if (document.body) draw(document.body);
  else
    new MutationObserver((_, watcher) => {
      if (!document.body) return;
      watcher.disconnect();
      draw(document.body);
    }).observe(document.documentElement, { childList: true });
})();
