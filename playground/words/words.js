// The interface in another language. English stands in the page; a table keyed on the English text says what to show instead.
//
//   window.playgroundWords.language        'en', 'es', 'de' or 'zh'
//   window.playgroundWords.choose('es')    changes it on the open page; nothing is loaded anew
//   window.playgroundWords.say(text)       one text in the present language (for what is drawn and not written)
//
// In English nothing is watched and no table is fetched. Otherwise one observer looks at what the page writes: texts, some attributes, and
// sentences with marked-up words in them, whose elements keep their place as {1}, {2}. Numbers are {1}, {2} in the tables too.
// Whatever stands in an element with translate="no" (tokens, names, model output) stays as it is.
(() => {
  const LANGUAGES = PLAYGROUND_LANGUAGES,
    TABLES = PLAYGROUND_TABLES;
  const ATTRIBUTES = [
    "aria-label",
    "title",
    "placeholder",
    "aria-valuetext",
    "aria-roledescription",
    "alt",
    "data-explanation",
  ];
  const INLINE = new Set([
    "B",
    "I",
    "EM",
    "STRONG",
    "CODE",
    "A",
    "SPAN",
    "KBD",
    "SUB",
    "SUP",
    "VAR",
    "S",
    "SMALL",
    "U",
    "MARK",
    "BR",
    "DFN",
    "ABBR",
  ]);
  const DEAD = new Set(["SCRIPT", "STYLE", "TEXTAREA", "PRE", "NOSCRIPT", "MATH"]);
  const LEFT =
    '[translate="no"], .katex, pre, .code-wrap, svg .lane, svg .symbol, .graph text, .beam-tree svg text, .matrix th, .heat th, .paths td, .lesson-reader :is(p, h3, table), .lesson-shelf';
  const NUMBER =
    /(?<![\p{L}\p{N}_])[-−]?(?:1−\d+e[−-]\d+|\d+(?:[.,]\d+)*(?:e[−+-]?\d+)?)|(?<=^|[\s(“])–(?=$|[\s,.;)”])/gu;
  const PLACE = /\{\d+\}/g,
    MARKS = /[\uE000-\uE0FF]/g,
    HOLE = /\{\d+\}|[\uE000-\uE0FF]/g;
  const LETTER = /\p{L}{2}|\p{L}(?=$|\s)/u;
  const store = (kind) => {
    try {
      return window[kind];
    } catch {
      return null;
    }
  };

  function wanted() {
    const asked = new URLSearchParams(location.search).get("lang");
    if (LANGUAGES[asked]) store("sessionStorage")?.setItem("playground-language", asked);
    const kept = [
      asked,
      store("sessionStorage")?.getItem("playground-language"),
      store("localStorage")?.getItem("playground-language"),
      ...(navigator.languages ?? [navigator.language]),
    ];
    for (const name of kept) {
      const short = String(name ?? "")
        .slice(0, 2)
        .toLowerCase();
      if (LANGUAGES[short]) return short;
    }
    return "en";
  }

  // looking up ------------------------------------------------------------------------------------------------------------
  let language = wanted(),
    exact = new Map(),
    shapes = new Map(),
    patterns = [],
    cache = new Map(),
    backwards = null;
  const shape = (text) => text.replace(PLACE, "\uE000").replace(NUMBER, "#").replace(MARKS, "#");
  function compile(table) {
    exact = new Map();
    shapes = new Map();
    patterns = [];
    cache = new Map();
    backwards = null;
    for (const [english, said] of Object.entries(table ?? {})) {
      if (!said) continue;
      exact.set(english, said);
      if (!english.includes("{")) continue;
      const form = shape(english);
      if (!shapes.has(form)) shapes.set(form, []);
      shapes.get(form).push([english, said]);
      const literal = english.replace(PLACE, "");
      const letters = (literal.match(/\p{L}/gu) ?? []).length;
      if (letters < 2) continue;
      const numbers = [...english.matchAll(PLACE)].map((hit) => hit[0]);
      const source = english
        .split(PLACE)
        .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
        .join("([\\s\\S]*?)");
      patterns.push({
        test: new RegExp(`^${source}$`),
        numbers,
        said,
        short: letters < 8,
        weight: literal.length,
        piece: english.split(PLACE).reduce((a, b) => (b.length > a.length ? b : a), ""),
      });
    }
    patterns.sort((a, b) => b.weight - a.weight);
  }
  const holes_of = (text) => {
    // placeholders, marks and numbers of a text, in their order
    const found = [];
    text.replace(new RegExp(`${HOLE.source}|${NUMBER.source}`, "gu"), (hit) => {
      found.push(hit);
      return "";
    });
    return found;
  };
  function filled(english, said, text) {
    // said with the numbers and marks of text; null where a fixed number differs
    const here = holes_of(text),
      there = holes_of(english),
      values = {};
    if (here.length !== there.length) return null;
    for (let i = 0; i < here.length; i++) {
      if (/^\{\d+\}$/.test(there[i])) values[there[i]] = here[i];
      else if (there[i] !== here[i]) return null;
    }
    return said.replace(PLACE, (place) => values[place] ?? place);
  }
  function whole(core) {
    if (exact.has(core)) return exact.get(core);
    for (const [english, said] of shapes.get(shape(core)) ?? []) {
      const out = filled(english, said, core);
      if (out !== null) return out;
    }
    return null;
  }
  function find(core, depth = 0) {
    const said = whole(core);
    if (said !== null) return said;
    const lead = depth < 2 ? /^[\uE000-\uE0FF]\s*/.exec(core)?.[0] : null; // a name in front of sentences that are keys without it
    if (lead) {
      const rest = find(core.slice(lead.length), depth + 1);
      if (rest !== null) return lead + rest;
    }
    const sentences = depth < 2 ? core.split(/(?<=[.!?…]) (?=[\p{Lu}“\uE000-\uE0FF])/u) : [core];
    if (sentences.length > 1) {
      // sentences set one after the other, a key for each or for some together
      const each = (list) => {
        for (let n = Math.min(list.length, sentences.length - 1); n > 0; n--) {
          const one = n > 1 ? whole(list.slice(0, n).join(" ")) : find(list[0], depth + 1);
          const rest = one === null ? null : n === list.length ? [] : each(list.slice(n));
          if (rest) return [one, ...rest];
        }
        return null;
      };
      const said = each(sentences);
      if (said) return said.join(language === "zh" ? "" : " ");
    }
    for (const one of patterns) {
      if (!core.includes(one.piece)) continue;
      const hit = one.test.exec(core);
      if (!hit) continue;
      if (one.short && hit.slice(1).some((held) => /\S\s+\S/.test(held.trim()))) continue; // “{1} to {2}: {3}” is no pattern for prose
      // what a place holds stays as it is; several words that are a text of ours (“a whole number ≥ 1”) are put into the language as well
      const held = (text) => {
        const inner = text.trim();
        return depth < 2 && inner.includes(" ") && inner !== core
          ? text.replace(inner, () => find(inner, depth + 1) ?? inner)
          : text;
      };
      return one.said.replace(PLACE, (place) => {
        const k = one.numbers.indexOf(place);
        return k < 0 ? place : held(hit[k + 1]);
      });
    }
    return null;
  }
  const core_of = (text) => text.trim().replace(/\s+/g, " ");
  function look_up(core) {
    if (!core || core.length > 2000) return null;
    let said = cache.get(core);
    if (said === undefined) {
      said = LETTER.test(core.replace(MARKS, "")) ? find(core) : null;
      if (cache.size > 4000) cache = new Map();
      cache.set(core, said);
    }
    if (said === null && missed && LETTER.test(core.replace(MARKS, ""))) return undefined;
    return said;
  }
  function say(text) {
    const said = look_up(core_of(String(text)));
    return said ?? text;
  }

  // collecting: what the interface says, for the tables (playground/words/crawl.py) and for the test that nothing is missing ---------------------
  let missed = null;
  function key_of(core) {
    let n = 0;
    return core.replace(new RegExp(`${MARKS.source}|${NUMBER.source}`, "gu"), () => `{${++n}}`);
  }
  function miss(core, element, where) {
    const key = key_of(core);
    if (!LETTER.test(key.replace(PLACE, "")) || missed.has(key)) return;
    const tab =
      document.querySelector("#pages > .tab-wrapper [aria-selected=true]")?.dataset.tabId ?? "";
    const block = element.closest("p, li, label, button, section, .block, h1, h2, h3") ?? element;
    missed.set(key, { page: tab, where, around: core_of(block.textContent).slice(0, 160) });
  }

  // writing ---------------------------------------------------------------------------------------------------------------
  const texts = new WeakMap(),
    attributes = new WeakMap(),
    orders = new WeakMap();
  const source_of = (node) => {
    const kept = texts.get(node);
    return kept && node.data === kept.shown ? kept.source : node.data;
  };
  function put(node, shown, source) {
    texts.set(node, { source, shown });
    if (node.data !== shown) node.data = shown;
  }
  function kept_out(element) {
    const near = element.closest(`[translate="yes"], ${LEFT}`);
    return near !== null && near.getAttribute("translate") !== "yes";
  }
  function speaks(text, element, where) {
    const core = core_of(text),
      said = look_up(core);
    if (said === null || (said === undefined && !missed)) return null;
    if (kept_out(element) && (where[0] !== "@" || said === undefined || exact.has(core)))
      return null; // a sentence about a token is ours, the token itself is not
    if (said === undefined) {
      miss(core, element, where);
      return null;
    }
    return text.match(/^\s*/)[0] + said + text.match(/\s*$/)[0];
  }
  function one_text(node, element) {
    const source = source_of(node);
    if (!source.trim()) return;
    const said = speaks(source, element, element.localName);
    if (said !== null) put(node, said, source);
    else if (node.data !== source) put(node, source, source);
  }
  // Text and marked-up words side by side are one sentence: the elements stay the same nodes, only what is between them is written anew.
  function sentence(element, children) {
    const kept = orders.get(element);
    const same =
      kept &&
      kept.shown.length === children.length &&
      kept.shown.every((node, i) => node === children[i]);
    const source = same ? kept.source : children;
    let mark = 0;
    const text = source
      .map((node) => (node.nodeType === 3 ? source_of(node) : String.fromCharCode(0xe000 + mark++)))
      .join("");
    if (mark === 0 || mark > 200 || !LETTER.test(text)) return false;
    const said = look_up(core_of(text));
    if (said === null || said === undefined || kept_out(element)) {
      if (same) restore_order(element, kept);
      return said === undefined && missed && !kept_out(element)
        ? (miss(core_of(text), element, element.localName), true)
        : false;
    }
    const elements = source.filter((node) => node.nodeType === 1),
      spare = source.filter((node) => node.nodeType === 3);
    const sources = new Map(spare.map((node) => [node, source_of(node)]));
    const order = [],
      free = [...spare];
    for (const part of (text.match(/^\s*/)[0] + said + text.match(/\s*$/)[0]).split(
      /([\uE000-\uE0FF])/,
    )) {
      if (/^[\uE000-\uE0FF]$/.test(part)) {
        order.push(elements[part.charCodeAt(0) - 0xe000]);
        continue;
      }
      if (!part) continue;
      const node = free.shift() ?? document.createTextNode("");
      put(node, part, sources.get(node) ?? "");
      order.push(node);
    }
    for (const node of free) {
      put(node, "", sources.get(node));
      order.push(node);
    }
    for (const node of elements) if (!order.includes(node)) order.push(node);
    place(element, order);
    orders.set(element, { source, shown: order });
    return true;
  }
  function place(element, order) {
    const now = [...element.childNodes].filter((node) => order.includes(node));
    if (now.length === order.length && now.every((node, i) => node === order[i])) return;
    for (const node of order) element.append(node);
  }
  function restore_order(element, kept) {
    for (const node of kept.source)
      if (node.nodeType === 3 && texts.has(node)) node.data = texts.get(node).source;
    for (const node of kept.shown) if (!kept.source.includes(node)) node.remove();
    place(element, kept.source);
    orders.delete(element);
  }
  function own(element) {
    if (DEAD.has(element.nodeName)) return;
    const children = [...element.childNodes].filter(
      (node) => node.nodeType === 1 || node.nodeType === 3,
    );
    const lines = children.filter((node) => node.nodeType === 3);
    if (!lines.length) return;
    const mixed =
      children.length > lines.length &&
      children.every((node) => node.nodeType === 3 || INLINE.has(node.nodeName)) &&
      lines.some((node) => source_of(node).trim());
    if (mixed && sentence(element, children)) return;
    for (const node of lines) if (node.isConnected) one_text(node, element);
  }
  function own_attributes(element) {
    for (const name of ATTRIBUTES) {
      const value = element.getAttribute(name);
      if (!value) continue;
      const all = attributes.get(element) ?? {},
        kept = all[name];
      const source = kept && kept.shown === value ? kept.source : value;
      const said = speaks(source, element, "@" + name);
      const shown = said ?? source;
      if (said !== null || kept) {
        all[name] = { source, shown };
        attributes.set(element, all);
      }
      if (shown !== value) element.setAttribute(name, shown);
    }
  }
  function whole_tree(root) {
    if (root.nodeType !== 1 || DEAD.has(root.nodeName)) return;
    own(root);
    own_attributes(root);
    for (const element of root.querySelectorAll("*")) {
      own(element);
      own_attributes(element);
    }
  }
  function changed(records) {
    const written = new Set(),
      named = new Set();
    for (const record of records) {
      if (record.type === "attributes") named.add(record.target);
      else if (record.type === "characterData") {
        if (record.target.parentElement) written.add(record.target.parentElement);
      } else {
        written.add(record.target);
        for (const node of record.addedNodes)
          if (node.nodeType === 1 && node.isConnected) whole_tree(node);
      }
    }
    for (const element of written) if (element.isConnected) own(element);
    for (const element of named) own_attributes(element);
    watcher.takeRecords(); // what was written here is no news
  }
  const watcher = new MutationObserver(changed);
  let watching = false;
  function watch() {
    if (watching || !document.body) return;
    watching = true;
    whole_tree(document.body);
    watcher.observe(document.body, {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
      attributeFilter: ATTRIBUTES,
    });
    watcher.takeRecords();
  }
  function begin() {
    if (document.body) watch();
    else document.addEventListener("DOMContentLoaded", watch);
  }

  let english_title = null;
  async function choose(name, keep = true) {
    if (!LANGUAGES[name]) return;
    if (keep)
      for (const kind of ["localStorage", "sessionStorage"])
        store(kind)?.setItem("playground-language", name);
    let table = null;
    if (name !== "en") {
      try {
        table = await (await fetch(new URL(TABLES[name], document.baseURI))).json();
      } catch {
        document.dispatchEvent(
          new CustomEvent("playground:say", {
            detail: "The words of this language could not be fetched; the page stays as it is.",
          }),
        );
        return;
      }
    }
    language = name;
    api.language = name;
    api.chosen ||= keep;
    compile(table);
    document.documentElement.lang = name === "zh" ? "zh-Hans" : name;
    english_title ??= document.title;
    document.title = say(english_title);
    if (watching) {
      whole_tree(document.body);
      watcher.takeRecords();
      if (name === "en" && !missed) {
        watcher.disconnect();
        watching = false;
      }
    } else if (name !== "en") begin();
    document.dispatchEvent(new CustomEvent("playground:language", { detail: name }));
  }
  function english(text) {
    // what stands in the sources for a text that is on the page
    if (language === "en") return text;
    backwards ??= new Map([...exact].map(([from, to]) => [to, from]));
    return backwards.get(text) ?? text;
  }
  function view(query) {
    const more = [];
    if (api.chosen) more.push("lang=" + language);
    if (document.documentElement.classList.contains("projector")) more.push("projector=1");
    return more.length ? query + (query.includes("?") ? "&" : "?") + more.join("&") : query;
  }
  const api = {
    language,
    chosen: Boolean(
      new URLSearchParams(location.search).get("lang") ||
      store("localStorage")?.getItem("playground-language"),
    ),
    languages: LANGUAGES,
    choose,
    say,
    english,
    view,
    collect() {
      missed ??= new Map();
      begin();
      whole_tree(document.body);
      return missed;
    },
    async learn(table) {
      compile(table);
    },
  }; // the collecting program gives the keys that are known already
  window.playgroundWords = api;
  if (language !== "en") {
    if (!String(navigator.language).toLowerCase().startsWith(language))
      Object.defineProperty(navigator, "language", { get: () => language, configurable: true });
    choose(language, false);
  } else if (!/^en/i.test(String(navigator.language)))
    Object.defineProperty(navigator, "language", { get: () => "en", configurable: true });
})();
