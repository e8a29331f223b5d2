// A lesson is a narrow text beside the living page: the page of the step stands in a frame of the same address, the control that the
// step speaks of is outlined there. On a phone the page opens by a link instead.
const box = element.querySelector(".widget");
const shelf = make("nav", "lesson-shelf");
shelf.setAttribute("aria-label", "Lessons");
const reader = make("article", "lesson-reader"),
  living = make("section", "lesson-living");
living.setAttribute("aria-label", "The page that the lesson drives");
box.append(shelf, reader, living);
reader.lang = "en"; // lessons are written in English, whatever the page speaks
let lesson = 0,
  step = 0,
  frame = null,
  shown = "",
  look = "",
  looking = null;
let shelved = [];
const lessons = () => shelved;
const wide = matchMedia("(min-width: 1000px)");

function draw_shelf() {
  shelf.replaceChildren(
    ...lessons().map((l, i) => {
      const b = button(
        l.title,
        `${l.steps.length} steps, about ${l.minutes} minutes`,
        () => {
          lesson = i;
          step = 0;
          draw();
          keep_address();
        },
        "plain",
      );
      b.lang = "en";
      if (i === lesson) b.setAttribute("aria-current", "true");
      return b;
    }),
  );
}
// **bold**, *emphasis* and `code` of our own lesson files become elements; everything else is text
function rich(text) {
  return text
    .split(/(\*\*[^*]+\*\*|\*[^*]+\*|`[^`]+`)/)
    .filter(Boolean)
    .map((part) =>
      part.startsWith("**")
        ? make("b", "", part.slice(2, -2))
        : part.startsWith("*") && part.length > 2
          ? make("em", "", part.slice(1, -1))
          : part.startsWith("`")
            ? make("code", "", part.slice(1, -1))
            : document.createTextNode(part),
    );
}
function paragraph(text, cls) {
  const p = make("p", cls);
  p.append(...rich(text));
  return p;
}
function table(rows) {
  const t = make("table", "lesson-table");
  rows.forEach((row, i) => {
    const line = make("tr");
    row
      .replace(/^\||\|$/g, "")
      .split("|")
      .forEach((c) => {
        const cell = make(i ? "td" : "th");
        cell.append(...rich(c.trim()));
        line.append(cell);
      });
    t.append(line);
  });
  return t;
}
function draw() {
  draw_shelf();
  const l = lessons()[lesson];
  if (!l) return;
  const s = l.steps[step],
    heading = make("h3", "", s.title);
  heading.setAttribute("aria-level", "2"); // it stands under the page's own title
  reader.replaceChildren(
    make("p", "lesson-where", `${l.title} · step ${step + 1} of ${l.steps.length}`),
    heading,
  );
  let rows = [];
  for (const text of [...s.text, ""]) {
    if (text.startsWith("|")) {
      if (!/^\|[-| :]+\|$/.test(text)) rows.push(text);
      continue;
    }
    if (rows.length) {
      reader.append(table(rows));
      rows = [];
    }
    if (text) reader.append(paragraph(text, ""));
  }
  if (s.question) {
    const ask = paragraph(s.question, "lesson-question"),
      answer = paragraph(s.answer, "lesson-answer");
    answer.hidden = true;
    const reveal = button(
      "I have a guess: show",
      "Predict first, then look",
      () => {
        answer.hidden = false;
        reveal.hidden = true;
        answer.tabIndex = -1;
        answer.focus();
      },
      "main",
    );
    reader.append(ask, reveal, answer);
  }
  const moves = make("div", "lesson-moves");
  const back = button("Back", "The step before", () => go(-1)),
    on = button(
      step + 1 < l.steps.length
        ? "Next"
        : lesson + 1 < lessons().length
          ? "Next lesson"
          : "To the first lesson",
      "The next step",
      () => go(1),
    );
  back.disabled = lesson === 0 && step === 0;
  moves.append(back, on);
  if (s.open) {
    const link = make("a", "", "Open this on its own page");
    link.href = s.open;
    link.target = "_blank";
    link.rel = "noopener";
    moves.append(link);
  }
  const share = make("div", "lesson-moves");
  share.append(
    button(
      "Copy link",
      "An address that opens this step of the lesson",
      async () => {
        const here = keep_address();
        try {
          await navigator.clipboard.writeText(here);
          say("Link copied.");
        } catch {
          say("The link stands in the address bar.");
        }
      },
      "plain",
    ),
    button(
      "QR code",
      "The link as a picture for a projector: phones open it by its QR code",
      () => show_qr(keep_address()),
      "plain",
    ),
  );
  reader.append(moves, share);
  show(s);
}
// The address follows the reader, so that a reload finds the same step.
function keep_address() {
  const query = new URLSearchParams({
    tab: "lessons",
    lesson: lessons()[lesson].slug,
    ...(step ? { step } : {}),
  });
  history.replaceState(null, "", location.pathname + with_view("?" + query));
  return location.href;
}
function go(by) {
  const l = lessons()[lesson];
  step += by;
  if (step >= l.steps.length) {
    lesson = (lesson + 1) % lessons().length;
    step = 0;
  } else if (step < 0) {
    lesson = Math.max(0, lesson - 1);
    step = lessons()[lesson].steps.length - 1;
  }
  draw();
  keep_address();
  reader.querySelector("h3").tabIndex = -1;
  reader.querySelector("h3").focus({ preventScroll: true });
}
function show(s) {
  const here = element.offsetParent !== null;
  look = s.look;
  living.hidden = !s.open || !wide.matches;
  if (living.hidden || !here) return; // a tab that nobody looks at loads no second page
  if (shown !== s.open) {
    shown = s.open;
    frame?.remove();
    frame = make("iframe");
    frame.title = "The living page";
    frame.src = location.pathname + s.open;
    frame.addEventListener("load", point);
    living.append(frame);
  } else point();
}
// The control that the step speaks of is outlined as soon as it is there, however long its page takes.
function point() {
  looking?.disconnect();
  const page = frame?.contentDocument;
  if (!page?.body) return;
  page.documentElement.classList.add("in-lesson");
  page.documentElement.classList.toggle(
    "projector",
    document.documentElement.classList.contains("projector"),
  );
  if (document.body.classList.contains("dark")) page.body.classList.add("dark");
  page.querySelectorAll(".lesson-look").forEach((e) => e.classList.remove("lesson-look"));
  if (!look || outline(page)) return;
  looking = new MutationObserver(() => {
    if (outline(page)) looking.disconnect();
  });
  looking.observe(page.body, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ["class", "hidden", "style"],
  });
}
function outline(page) {
  const target = page.querySelector(look);
  if (!target || target.offsetParent === null || !target.offsetHeight) return false;
  target.classList.add("lesson-look");
  // (scrollIntoView would move the lesson's own page as well)
  const view = frame.contentWindow,
    place = target.getBoundingClientRect(),
    room = view.innerHeight - place.height;
  view.scrollBy({ top: place.top - Math.max(16, room / 2), behavior: "instant" });
  return true;
}
document.addEventListener("playground:language", (event) =>
  frame?.contentWindow?.playgroundWords?.choose(event.detail, false),
);
wide.addEventListener("change", draw);
new IntersectionObserver((seen) => {
  if (seen.some((e) => e.isIntersecting) && lessons()[lesson]) show(lessons()[lesson].steps[step]);
}).observe(box);
server
  .opened({
    query: location.search.slice(0, 20000),
    language: window.playgroundWords?.language ?? "en",
  })
  .then(({ lessons: all, at, message }) => {
    shelved = all;
    lesson = Math.max(
      0,
      all.findIndex((l) => l.slug === at.lesson),
    );
    step = Math.min(at.step, (all[lesson]?.steps.length ?? 1) - 1);
    draw();
    if (message) box.prepend(make("p", "problem lesson-problem", message));
  })
  .catch(() =>
    reader.append(make("p", "problem", "The lessons could not be fetched: open this page again.")),
  );
