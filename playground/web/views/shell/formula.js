// @ts-check
/** Just enough of TeX for the formulas of the glossary, as MathML: \frac{}{}, \sqrt{}, _, ^, \text{}, greek letters and signs by name. */

const MATHS = "http://www.w3.org/1998/Math/MathML";
/** @type {Record<string, string>} */
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

/** @param {string} tag @param {...(Node | string)} children */
function maths(tag, ...children) {
  const element = document.createElementNS(MATHS, tag);
  element.append(...children);
  return element;
}

/** Reads a formula from left to right. */
class Reader {
  at = 0;

  /** @param {string} tex */
  constructor(tex) {
    this.tex = tex;
  }

  /** What stands in braces, or one sign. @returns {Element} */
  group() {
    if (this.tex[this.at] !== "{") return this.atom();
    this.at++;
    const row = this.sequence("}");
    this.at++;
    return row;
  }

  /** @returns {Element} */
  atom() {
    const { tex } = this,
      character = tex[this.at];
    if (character === "{") return this.group();
    this.at++;
    if (character === "\\") return this.command();
    if (/\d/.test(character)) {
      let digits = character;
      while (/[\d.]/.test(tex[this.at] ?? "")) digits += tex[this.at++];
      return maths("mn", digits);
    }
    if (/[A-Za-zα-ω]/.test(character)) return maths("mi", character);
    return maths("mo", character === "-" ? "−" : character);
  }

  /** @returns {Element} */
  command() {
    const name = /^[A-Za-z]+/.exec(this.tex.slice(this.at))?.[0] ?? "";
    this.at += name.length;
    if (name === "frac") return maths("mfrac", this.group(), this.group());
    if (name === "sqrt") return maths("msqrt", this.group());
    if (name === "bar") return maths("mover", this.group(), maths("mo", "¯"));
    if (name === "quad") return maths("mtext", SIGNS.quad);
    if (name === "text") {
      const end = this.tex.indexOf("}", this.at),
        text = this.tex.slice(this.at + 1, end);
      this.at = end + 1;
      return maths("mtext", text);
    }
    const sign = SIGNS[name] ?? name;
    return maths(/^[A-Za-zα-ωΑ-Ω]/.test(sign) ? "mi" : "mo", sign);
  }

  /** @param {string} end the sign before which it ends */
  sequence(end) {
    const row = maths("mrow");
    while (this.at < this.tex.length && this.tex[this.at] !== end) {
      if (this.tex[this.at] === " ") this.at++;
      else row.append(this.indexed(this.atom()));
    }
    return row;
  }

  /** With what stands below and above it. @param {Element} base */
  indexed(base) {
    /** @type {Element | null} */
    let low = null;
    /** @type {Element | null} */
    let high = null;
    while (this.tex[this.at] === "_" || this.tex[this.at] === "^") {
      if (this.tex[this.at++] === "_") low = this.group();
      else high = this.group();
    }
    if (low && high) return maths("msubsup", base, low, high);
    if (low) return maths("msub", base, low);
    return high ? maths("msup", base, high) : base;
  }
}

/** @param {string} tex */
export function formula(tex) {
  const element = maths("math", new Reader(tex).sequence(""));
  element.setAttribute("display", "block");
  element.setAttribute("translate", "no");
  element.setAttribute("alttext", tex);
  return element;
}
