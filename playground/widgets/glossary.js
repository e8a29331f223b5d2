// The glossary: terms from assets/words/glossary.json, fetched when it is first opened. `?term=softmax` opens it at a term;
// any element with data-term opens it there too.
const dialog = part("dialog"),
  terms = part("terms"),
  search = part("search");
let glossary = null;

// Just enough of TeX for the formulas of the glossary, as MathML: \frac{}{}, \sqrt{}, _, ^, \text{}, greek letters and signs by name.
const MATHS = "http://www.w3.org/1998/Math/MathML";
const SIGNS = {
  sum: "∑",
  prod: "∏",
  ln: "ln",
  log: "log",
  exp: "exp",
  max: "max",
  min: "min",
  cdot: "·",
  le: "≤",
  ge: "≥",
  approx: "≈",
  to: "→",
  infty: "∞",
  in: "∈",
  mid: "|",
  parallel: "‖",
  ne: "≠",
  pi: "π",
  alpha: "α",
  bar: "¯",
  tau: "τ",
  theta: "θ",
  Delta: "Δ",
  eps: "ε",
  lambda: "λ",
  eta: "η",
  minus: "−",
  quad: "\u2003",
  times: "×",
};
function formula(tex) {
  const node = (tag, ...children) => {
    const one = document.createElementNS(MATHS, tag);
    one.append(...children);
    return one;
  };
  let at = 0;
  const group = () => {
    if (tex[at] !== "{") return atom();
    at++;
    const row = sequence("}");
    at++;
    return row;
  };
  function atom() {
    const char = tex[at++];
    if (char === "{") {
      const row = sequence("}");
      at++;
      return row;
    }
    if (char === "\\") {
      const name = /^[A-Za-z]+/.exec(tex.slice(at))[0];
      at += name.length;
      if (name === "frac") return node("mfrac", group(), group());
      if (name === "sqrt") return node("msqrt", group());
      if (name === "text") {
        const end = tex.indexOf("}", at),
          text = tex.slice(at + 1, end);
        at = end + 1;
        return node("mtext", text);
      }
      if (name === "bar") {
        const over = node("mover", group(), node("mo", "¯"));
        return over;
      }
      if (name === "quad") return node("mtext", "\u2003");
      const sign = SIGNS[name] ?? name;
      return /^[A-Za-zα-ωΑ-Ω]/.test(sign) ? node("mi", sign) : node("mo", sign);
    }
    if (/\d/.test(char)) {
      let digits = char;
      while (/[\d.]/.test(tex[at] ?? "")) digits += tex[at++];
      return node("mn", digits);
    }
    if (/[A-Za-zα-ω]/.test(char)) return node("mi", char);
    return node("mo", char === "-" ? "−" : char);
  }
  function sequence(end) {
    const row = node("mrow");
    while (at < tex.length && tex[at] !== end) {
      if (tex[at] === " ") {
        at++;
        continue;
      }
      let one = atom();
      let low = null,
        high = null;
      while (tex[at] === "_" || tex[at] === "^") {
        if (tex[at++] === "_") low = group();
        else high = group();
      }
      if (low && high) one = node("msubsup", one, low, high);
      else if (low) one = node("msub", one, low);
      else if (high) one = node("msup", one, high);
      row.append(one);
    }
    return row;
  }
  const maths = node("math", sequence(""));
  maths.setAttribute("display", "block");
  maths.setAttribute("translate", "no");
  maths.setAttribute("alttext", tex);
  return maths;
}
function show_terms() {
  terms.replaceChildren(
    ...glossary.flatMap((entry) => {
      const name = make("dt", "", entry.term),
        said = make("dd");
      name.id = "term-" + entry.slug;
      name.tabIndex = -1;
      said.append(make("p", "", entry.text));
      if (entry.formula) said.append(formula(entry.formula));
      return [name, said];
    }),
  );
}
function find() {
  const wish = search.value.trim().toLowerCase();
  let left = 0;
  for (const name of terms.querySelectorAll("dt")) {
    const hit =
      !wish || (name.textContent + " " + name.nextSibling.textContent).toLowerCase().includes(wish);
    name.hidden = name.nextSibling.hidden = !hit;
    left += hit;
  }
  part("none").hidden = left > 0;
}
async function open_glossary(slug) {
  if (!glossary) {
    try {
      glossary = await (await fetch(new URL(constants.glossary, document.baseURI))).json();
    } catch {
      say("The glossary could not be fetched: try again.");
      return;
    }
    glossary.sort((a, b) => a.term.localeCompare(b.term, "en", { sensitivity: "base" }));
    show_terms();
  }
  if (!dialog.open) dialog.showModal();
  search.value = "";
  find();
  const name = slug && [...terms.querySelectorAll("dt")].find((one) => one.id === "term-" + slug);
  if (name) {
    name.scrollIntoView({ block: "start", behavior: "instant" });
    name.focus({ preventScroll: true });
  } else search.focus();
  address_with({ term: name ? slug : "" });
}
search.addEventListener("input", find);
part("glossary").addEventListener("click", () => open_glossary(""));
part("close").addEventListener("click", () => dialog.close());
dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});
dialog.addEventListener("close", () => address_with({ term: "" }));
document.addEventListener("click", (event) => {
  const term = event.target.closest?.("[data-term]");
  if (term) {
    event.preventDefault();
    open_glossary(term.dataset.term);
  }
});
const wished_term = new URLSearchParams(location.search).get("term");
if (wished_term) open_glossary(wished_term);
