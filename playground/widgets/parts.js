// Small pieces that every widget's script may use. Text always goes in as textContent.
const SVG = "http://www.w3.org/2000/svg";
// What the model, the visitor or a file wrote is never translated, even where a token is called "Play". `make` marks the elements of
// these classes; others are marked by hand with as_is(node).
const AS_IS = new Set(
  (
    "t tok src prompt prose-prompt prose-token tree-text tree-prose tree-own logits-token compare-text compare-prompt compare-common " +
    "strategy-first home-text home-canvas live-text locked name lanenames label-line canvas-words canvas-example figure-name"
  ).split(" "),
);
function as_is(node) {
  node.setAttribute("translate", "no");
  return node;
}
function make(tag, cls, text) {
  const node = document.createElement(tag);
  if (cls) {
    node.className = cls;
    for (const name of node.classList)
      if (AS_IS.has(name)) {
        as_is(node);
        break;
      }
  }
  if (text !== undefined) node.textContent = text;
  return node;
}
function draw_svg(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes ?? {})) node.setAttribute(name, value);
  return node;
}
// The value as it is now, as objects of its own: Gradio writes each next value of a stream into the objects of the last one.
function value_now() {
  const value = props.value;
  if (value === null || value === undefined || value === "") return null;
  return JSON.parse(typeof value === "string" ? value : JSON.stringify(value));
}
function button(text, explanation, act, cls) {
  const node = make("button", cls, text);
  node.type = "button";
  if (explanation) node.title = explanation;
  node.addEventListener("click", act);
  return node;
}
function save_file(name, blob) {
  const link = make("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
// A query ("?tab=...") with the language that was chosen and the projector: who opens the link sees the same.
function with_view(query) {
  return window.playgroundWords?.view(query) ?? query;
}
function say(sentence) {
  document.dispatchEvent(new CustomEvent("playground:say", { detail: sentence }));
}
// A link into the clipboard; where the browser does not allow that, the visitor reads where the link is. In a frame that is not
// the address bar, which shows the address of the page around the frame.
async function hand_over(address, copied = "Link copied.") {
  try {
    await navigator.clipboard.writeText(address);
    say(copied);
  } catch {
    if (window === window.top) return say("The link stands in the address bar.");
    show_qr(address);
    say("The browser does not allow copying here: the link stands below the picture.");
  }
}
function show_qr(address) {
  document.dispatchEvent(new CustomEvent("playground:qr", { detail: address }));
}
function status(sentence) {
  document.dispatchEvent(new CustomEvent("playground:status", { detail: sentence }));
}
// A token as the reader sees it: spaces as a raised dot, newlines and tabs as arrows, invisible and direction marks by their code.
function visible(text) {
  let out = "";
  for (const ch of String(text)) {
    const code = ch.codePointAt(0);
    if (ch === " ") out += "·";
    else if (ch === "\n") out += "↵";
    else if (ch === "\t") out += "⇥";
    else if (code === 0xfffd) out += "▯";
    else if (
      code < 32 ||
      code === 127 ||
      code === 0xad ||
      code === 0xa0 ||
      (code >= 0x200b && code <= 0x200f) ||
      (code >= 0x2028 && code <= 0x202e) ||
      (code >= 0x2060 && code <= 0x2069) ||
      code === 0xfeff
    )
      out += "‹" + code.toString(16).toUpperCase().padStart(4, "0") + "›";
    else out += ch;
  }
  return out || "∅";
}
const LN2 = Math.log(2);
const bits = (nats) => (nats === null || nats === undefined ? null : nats / LN2);
// Perplexity of frames: Infinity where the model holds one of their tokens impossible (its surprisal has no number).
function perplexity_of(frames) {
  if (frames.some((frame) => frame.surprisal === null || frame.surprisal === undefined))
    return Infinity;
  return Math.exp(
    frames.reduce((sum, frame) => sum + frame.surprisal, 0) / Math.max(1, frames.length),
  );
}
const whole = (n) => Number(n).toLocaleString("en-US");
// A probability with three decimals, or in scientific notation where three decimals would say 0 or 1 and be wrong.
function chance(p) {
  if (p === null || p === undefined) return "–";
  if (p === 0 || p === 1) return String(p);
  if (p < 0.0005) return p.toExponential(0).replace("e-", "e−");
  if (p > 0.9995) return "1−" + (1 - p).toExponential(0).replace("e-", "e−");
  return p.toFixed(3);
}
function percent(p) {
  if (p === 0) return "0%";
  if (p < 0.0005) return "<0.05%";
  if (p < 1 && p > 0.9995) return ">99.95%";
  return (100 * p).toFixed(1) + "%";
}
