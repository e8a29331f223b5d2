// One line about the control that is asked: the pointer rests on it, the keyboard reaches it, or a finger stays on it. The sentence is
// the control's own (its title), or stands in assets/words/explanations.json under the control's name and page. It never covers the control.
const CONTROLS =
  "button, input:not([type=hidden]), select, textarea, summary, [role=slider], [role=button], [role=tab], label[title], [title]";
const bubble = make("div", "explanation");
bubble.id = "explanation";
bubble.setAttribute("role", "tooltip");
bubble.hidden = true;
document.body.append(bubble);
let shown = null,
  waiting = null;
const english = (text) => words?.english(text) ?? text;

// What a label says, without the control in it and what that holds.
function label_text(label) {
  const named = label?.querySelector(":scope > span, [data-testid=block-info]");
  return (
    named?.textContent ||
    [...(label?.childNodes ?? [])]
      .filter((node) => node.nodeType === 3)
      .map((node) => node.data)
      .join(" ")
      .trim()
  );
}
function name_of(control) {
  const by = control.getAttribute("aria-labelledby");
  const label =
    control.getAttribute("aria-label") ||
    (by && document.getElementById(by)?.textContent) ||
    label_text(control.closest("label") ?? control.labels?.[0]) ||
    control.textContent ||
    control.placeholder ||
    "";
  return english(label.trim().replace(/\s+/g, " "));
}
function page_of(control) {
  return (
    control.closest("[data-explain-page]")?.dataset.explainPage ??
    document.querySelector("#pages > .tab-wrapper [aria-selected=true]")?.dataset.tabId ??
    ""
  );
}
// "Name of …": a key with an ellipsis stands for all names that begin, or end, like it.
const inexact = Object.fromEntries(
  Object.entries(constants.explanations).map(([page, table]) => [
    page,
    Object.entries(table)
      .filter(([name]) => name.includes("…"))
      .map(([name, said]) => [
        new RegExp(
          "^" +
            name
              .split("…")
              .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
              .join("[^]*") +
            "$",
        ),
        said,
      ]),
  ]),
);
function entry_of(control) {
  const table = constants.explanations,
    name = name_of(control).replace(/^(?:number input for|range slider for) /, "");
  for (const page of [page_of(control), "everywhere"]) {
    const said = table[page]?.[name] ?? inexact[page]?.find(([test]) => test.test(name))?.[1];
    if (said) return said;
  }
  return null;
}
// The sentence and, where there is one, the term of the glossary that it leads to.
function explanation_of(control) {
  const own =
    control.title ||
    control.dataset.explained ||
    control.closest("label[title]")?.title ||
    control.closest("label")?.dataset.explained;
  if (own) return { text: own };
  const entry = entry_of(control);
  if (entry)
    return typeof entry === "string"
      ? { text: say_it(entry) }
      : { text: say_it(entry[0]), term: entry[1] };
  const info = control
    .closest(".block")
    ?.querySelector("[data-testid=block-info] ~ div, .info")
    ?.textContent?.trim();
  return info ? { text: info } : null;
}
const say_it = (text) => words?.say(text) ?? text;
function place(control) {
  const box = control.getBoundingClientRect(),
    room = 8,
    high = bubble.offsetHeight,
    wide = bubble.offsetWidth;
  const above = box.top > high + room + 4,
    below = innerHeight - box.bottom > high + room;
  bubble.style.top =
    (below || !above
      ? Math.min(box.bottom + room, Math.max(box.bottom + room, 0))
      : box.top - high - room) + "px";
  bubble.style.left = Math.max(room, Math.min(box.left, innerWidth - wide - room)) + "px";
}
function show(control) {
  const found = explanation_of(control);
  hide();
  if (!found) return;
  shown = control;
  bubble.replaceChildren(make("span", "", found.text));
  if (found.term) {
    const more = make("button", "explanation-term", "Glossary");
    more.type = "button";
    more.dataset.term = found.term;
    more.tabIndex = -1;
    bubble.append(more);
  }
  const holder = control.title ? control : control.closest("label[title]");
  if (holder) {
    holder.dataset.explained = holder.title;
    holder.removeAttribute("title");
  } // the browser's own bubble stays away meanwhile
  control.setAttribute("aria-describedby", "explanation");
  (control.closest("dialog[open]") ?? document.body).append(bubble);
  bubble.hidden = false;
  place(control);
}
function hide() {
  clearTimeout(waiting);
  if (!shown) return;
  for (const holder of [shown, shown.closest("label")])
    if (holder?.dataset.explained !== undefined) {
      if (!holder.title) holder.title = holder.dataset.explained;
      delete holder.dataset.explained;
    }
  if (shown.getAttribute("aria-describedby") === "explanation")
    shown.removeAttribute("aria-describedby");
  shown = null;
  bubble.hidden = true;
}
const control_at = (event) => {
  const found = event.target.closest?.(CONTROLS);
  return found && !found.closest("[data-k], .canvas-words, .explanation") ? found : null;
};
document.addEventListener("pointerover", (event) => {
  if (event.pointerType === "touch" || bubble.contains(event.target)) return;
  const control = control_at(event);
  if (control === shown) return;
  clearTimeout(waiting);
  if (!control) {
    waiting = setTimeout(hide, 250);
    return;
  }
  waiting = setTimeout(() => show(control), 450);
});
document.addEventListener("focusin", (event) => {
  const control = control_at(event);
  if (
    control &&
    (control.matches(":focus-visible") || /^(INPUT|TEXTAREA|SELECT)$/.test(control.tagName))
  ) {
    clearTimeout(waiting);
    waiting = setTimeout(() => show(control), 200);
  }
});
document.addEventListener("focusout", () => {
  clearTimeout(waiting);
  waiting = setTimeout(hide, 100);
});
document.addEventListener("pointerdown", (event) => {
  if (bubble.contains(event.target)) return;
  hide();
  if (event.pointerType !== "touch") return;
  const control = control_at(event);
  if (control) waiting = setTimeout(() => show(control), 500);
});
document.addEventListener("pointermove", (event) => {
  if (event.pointerType === "touch" && Math.hypot(event.movementX, event.movementY) > 6)
    clearTimeout(waiting);
});
document.addEventListener("contextmenu", (event) => {
  if (shown && event.pointerType === "touch" && shown.contains(event.target))
    event.preventDefault();
});
// whoever works the control knows it: the line goes (and with Escape)
document.addEventListener("keydown", (event) => {
  if (!["Tab", "Shift", "Control", "Alt", "Meta"].includes(event.key)) hide();
});
document.addEventListener("scroll", hide, { capture: true, passive: true });

window.playgroundExplanation = (control) => explanation_of(control)?.text ?? null; // for whoever wants to know whether a control has one
