// @ts-check
/**
 * Formulas as MathML, from the line in which people write them: `formula("T_c = ΔE /
 * ln(N·p/(1−p))")`.
 *
 * `x_i` and `x^(…)` lower and raise; " / " between spaces is a fraction, "/" without them a stroke;
 * (…) as a whole numerator,
 * denominator, index or exponent loses its brackets, {…} never has any; √ stands before its operand, words with spaces between
 * quotes. Everything goes in as text.
 */

const NS = "http://www.w3.org/1998/Math/MathML";
const UNITES = "=≈≥≤<>+−-,→";
const OPERATORS = `${UNITES}·/∑∏|′'∞∈[]`;

/** @param {string} tag @param {...(Node | string)} children @returns {MathMLElement} */
function math(tag, ...children) {
  const element = /** @type {MathMLElement} */ (document.createElementNS(NS, tag));
  element.append(...children);
  return element;
}

/** @param {Node[]} nodes */
const row = (nodes) => (nodes.length === 1 ? nodes[0] : math("mrow", ...nodes));

/** What stands between the brackets of a group. @type {WeakMap<Node, Node[]>} */
const inside = new WeakMap();

/** @param {Node[]} nodes a whole operand @returns {Node} */
function operand(nodes) {
  const bare = nodes.length === 1 ? inside.get(nodes[0]) : undefined;
  return row(bare ?? nodes);
}

class Reader {
  at = 0;

  /** @param {string} text */
  constructor(text) {
    this.text = text;
  }

  get rest() {
    return this.text.slice(this.at);
  }

  spaces() {
    while (this.text[this.at] === " ") this.at++;
  }

  /**
   * Everything up to `end` (which is read too) or the end of the text.
   * @param {string} [end]
   * @returns {Node[]}
   */
  row(end) {
    /** @type {Node[]} */
    const all = [];
    let from = 0; // where the term at work begins: what a fraction's line stands under
    while (this.at < this.text.length) {
      if (this.rest.startsWith(" / ")) {
        this.at += 3;
        const above = operand(all.splice(from)),
          below = operand(this.term(end));
        all.push(math("mfrac", above, below));
        continue;
      }
      this.spaces();
      if (this.at >= this.text.length) break;
      if (this.text[this.at] === end) {
        this.at++;
        break;
      }
      const unites = UNITES.includes(this.text[this.at]);
      all.push(this.scripted());
      if (unites) from = all.length;
    }
    return all;
  }

  /** What stands together without a space: "ln(N·p)". @param {string} [end] @returns {Node[]} */
  term(end) {
    /** @type {Node[]} */
    const all = [];
    while (this.at < this.text.length) {
      const next = this.text[this.at];
      if (next === " " || next === end || (all.length && UNITES.includes(next))) break;
      all.push(this.scripted());
    }
    return all;
  }

  scripted() {
    const sum = "∑∏".includes(this.text[this.at]),
      base = this.atom();
    /** @type {Record<string, Node>} */
    const scripts = {};
    while ("_^".includes(this.text[this.at] ?? " ")) {
      const kind = this.text[this.at++];
      scripts[kind] = operand([this.atom()]);
    }
    const { _: low, "^": high } = scripts;
    if (low && high) return math("msubsup", base, low, high);
    if (low) return math(sum ? "munder" : "msub", base, low);
    return high ? math("msup", base, high) : base;
  }

  /** @returns {Node} */
  atom() {
    if (this.at >= this.text.length) return math("mrow"); // "x_": nothing follows
    const opening = this.text[this.at];
    if (opening === "(" || opening === "{") {
      this.at++;
      const nodes = this.row(opening === "(" ? ")" : "}");
      if (opening === "{") return row(nodes);
      const group = math("mrow", math("mo", "("), ...nodes, math("mo", ")"));
      inside.set(
        group,
        nodes.map((one) => one.cloneNode(true)),
      );
      return group;
    }
    if (opening === "√") {
      this.at++;
      return math("msqrt", operand([this.atom()]));
    }
    if (opening === '"') {
      const end = this.text.indexOf('"', this.at + 1),
        words = this.text.slice(this.at + 1, end < 0 ? undefined : end);
      this.at += words.length + 2;
      return math("mtext", words.replaceAll(" ", "\u00a0")); // MathML would drop the outer ones
    }
    if (OPERATORS.includes(opening)) {
      this.at++;
      return math("mo", opening === "'" ? "′" : opening);
    }
    const found = /^(?:\d[\d.,]*(?:e[+-]?\d+)?|ΔE|Δ|\p{L}+|.)/u.exec(this.rest);
    const word = found ? found[0] : opening;
    this.at += word.length;
    if (/^\d/.test(word)) return math("mn", word);
    if (word === "ΔE") {
      const delta = math("mi", "Δ");
      delta.setAttribute("mathvariant", "normal");
      return math("mrow", delta, math("mi", "E"));
    }
    return math("mi", word);
  }
}

/**
 * With fractions as large as in a line of their own.
 * @param {string} text
 * @returns {MathMLElement}
 */
export function formula(text) {
  const element = math("math", ...new Reader(text).row());
  element.setAttribute("displaystyle", "true");
  element.setAttribute("translate", "no");
  return element;
}
