// The house around the pages: the voice, the status, the address, the language, the projector. glossary.js and explain.js follow.
const part = (name) => element.querySelector(`[data-part="${name}"]`);
const words = window.playgroundWords;

const voice = make("div", "say-toast");
voice.setAttribute("role", "status");
document.body.append(voice);
let quiet = null;
document.addEventListener("playground:say", (event) => {
  voice.textContent = String(event.detail);
  voice.classList.add("on");
  clearTimeout(quiet);
  quiet = setTimeout(() => voice.classList.remove("on"), 4000);
});
document.addEventListener("playground:status", (event) => {
  // "model · device": each part is a text of its own for the tables of words
  element.querySelector(".status").replaceChildren(
    ...String(event.detail)
      .split(" · ")
      .flatMap((text, i) => [...(i ? [" · "] : []), make("span", "", text)]),
  );
});

// The page of the address follows the navigation, so that a reload finds the same page, in the same language, at the same size.
function address_with(changes) {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  const text = query.toString();
  history.replaceState(null, "", location.pathname + (text ? "?" + text : "") + location.hash);
}
document.addEventListener("click", (event) => {
  const tab = event.target.closest?.("#pages > .tab-wrapper [role=tab]");
  if (!tab || !event.isTrusted) return;
  history.replaceState(null, "", with_view("?tab=" + encodeURIComponent(tab.dataset.tabId)));
});

const language = part("language");
if (words) {
  for (const [name, title] of Object.entries(words.languages))
    language.append(Object.assign(make("option", "", title), { value: name, lang: name }));
  language.value = words.language;
  language.addEventListener("change", () => {
    words.choose(language.value);
    address_with({ lang: language.value });
  });
  let labels = "en"; // Gradio's own components are given theirs by the server (playground/pages/labels.py)
  const follow = () => {
    language.value = words.language;
    if (labels === words.language) return;
    labels = words.language;
    trigger("language", { name: labels });
  };
  document.addEventListener("playground:language", follow);
  follow();
}

const projector = part("projector");
function show_projector() {
  projector.setAttribute(
    "aria-pressed",
    String(document.documentElement.classList.contains("projector")),
  );
}
projector.addEventListener("click", () => {
  const on = document.documentElement.classList.toggle("projector");
  try {
    if (on) localStorage.setItem("playground-projector", "1");
    else localStorage.removeItem("playground-projector");
  } catch {
    /* private mode: it lasts as long as the page */
  }
  address_with({ projector: on ? "1" : "" });
  show_projector();
  dispatchEvent(new Event("resize")); // plots measure themselves anew
});
show_projector();
