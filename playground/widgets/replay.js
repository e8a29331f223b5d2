// A widget outside the app, in a file of its own: what Gradio gives a widget's script, from the data in the file. Nothing is asked of anybody.
function replay(widget) {
  const data = JSON.parse(document.getElementById("replay-data").textContent);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const shade = (on) => document.body.classList.toggle("dark", on);
  shade(dark.matches);
  dark.addEventListener("change", () => shade(dark.matches));
  document
    .getElementById("replay-dark")
    .addEventListener("click", () => shade(!document.body.classList.contains("dark")));
  const voice = document.createElement("div");
  voice.className = "say-toast";
  voice.setAttribute("role", "status");
  document.body.append(voice);
  let quiet = null;
  document.addEventListener("playground:say", (event) => {
    voice.textContent = String(event.detail);
    voice.classList.add("on");
    clearTimeout(quiet);
    quiet = setTimeout(() => voice.classList.remove("on"), 4000);
  });
  const server = new Proxy(
    {},
    {
      get: (_, name) => async () =>
        Object.hasOwn(data.answers, name)
          ? data.answers[name]
          : { error: "This page is a recording: for other words, open it in the Playground." },
    },
  );
  widget(
    document.getElementById("replay"),
    () => {},
    { value: data.value },
    server,
    () => {},
    { ...data.constants, replay: true },
  );
}
