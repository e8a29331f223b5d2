// The menu "Take away": the run on view as a file in several forms, and a saved one opened again.
//
//   const menu = make_take_away({ask: server.take, open: server.open_trace, trace: () => trace or null, step: () => k,
//                                opened: trace => ..., problem: sentence => ..., most: bytes that the server takes});
//   host.append(menu.node); menu.ready(there is a run);
function make_take_away({ ask, open, trace, step, opened, problem, most = Infinity }) {
  const node = make("details", "take-away"),
    list = make("div", "take-list"),
    head = make("summary", "", "Take away");
  head.title = "The run on view as a file: picture, animation, a page that replays it, data";
  list.setAttribute("role", "group");
  list.setAttribute("aria-label", "Take away");
  const forms = [
    ["png", "Picture of this step", "PNG"],
    ["gif", "Animation of all steps", "GIF"],
    ["html", "Page that replays it offline", "HTML"],
    ["json", "All figures of all steps", "JSON"],
    ["csv", "Table for a spreadsheet", "CSV"],
  ];
  const makers = forms.map(([form, what, kind]) => {
    const one = button("", null, () => make_file(form), "plain take-form");
    one.dataset.form = form;
    one.append(make("span", "", what), make("span", "num soft", kind));
    return one;
  });
  const file = make("input", "take-file");
  file.type = "file";
  file.accept = ".json,application/json";
  file.hidden = true;
  file.setAttribute("aria-label", "A saved run, as JSON");
  const load = button("", null, () => file.click(), "plain take-form");
  load.append(make("span", "", "Open a saved run …"), make("span", "num soft", "JSON"));
  const busy = make("p", "take-busy");
  busy.setAttribute("role", "status");
  list.append(...makers, load, busy, file);
  node.append(head, list);

  const megabytes = most / 1e6,
    too_long = (asked) => new Blob([JSON.stringify(asked)]).size > most - 1000; // and what Gradio puts around it
  async function make_file(form) {
    const data = trace();
    if (!data) return;
    if (form === "json") {
      save_file(
        "playground-" + data.kind + ".json",
        new Blob([JSON.stringify(data)], { type: "application/json" }),
      );
      return close();
    }
    const asked = {
      form,
      trace: data,
      step: step(),
      dark: document.body.classList.contains("dark"),
    };
    if (too_long(asked)) {
      close();
      return problem(
        `This run is larger than the ${megabytes} MB that the server takes: save it as JSON.`,
      );
    }
    for (const one of makers) one.disabled = true;
    busy.textContent = "The file is being made …";
    try {
      const answer = await ask(asked);
      if (answer.error) problem(answer.error);
      else
        save_file(
          answer.name,
          new Blob([Uint8Array.from(atob(answer.base64), (ch) => ch.charCodeAt(0))], {
            type: answer.type,
          }),
        );
      close();
    } catch {
      problem("The file could not be made: the server did not answer. Try again.");
    } finally {
      busy.textContent = "";
      for (const one of makers) one.disabled = false;
    }
  }
  file.addEventListener("change", async () => {
    const one = file.files[0];
    if (!one) return;
    close();
    try {
      const asked = one.size > most ? null : { text: await one.text() };
      if (!asked || too_long(asked)) {
        problem(
          `This file could not be opened: it is larger than the ${megabytes} MB that the server takes.`,
        );
        return;
      }
      const answer = await open(asked);
      if (answer.error) problem(answer.error);
      else opened(answer.trace, one.name);
    } catch {
      problem("This file could not be opened: the server did not answer. Try again.");
    } finally {
      file.value = "";
    }
  });
  function close() {
    node.open = false;
    head.focus();
  }
  node.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && node.open) {
      event.stopPropagation();
      close();
    }
  });
  document.addEventListener("pointerdown", (event) => {
    if (node.open && !node.contains(event.target)) node.open = false;
  });
  return {
    node,
    ready(there) {
      for (const one of makers) one.hidden = !there;
    },
  };
}
