// @ts-check
/**
 * Many texts of one canvas under the settings in the controls, and the one that is most like all
 * the others: minimum Bayes risk.
 */
import { asIs, fillSelect, make, node, partsOf } from "../../core/dom.js";
import { fixed, percent } from "../../core/format.js";
import { makeRun } from "../../core/run.js";
import { nt, onLanguage, say, t } from "../../core/translate.js";

const TEXTS = [4, 8, 16];
/** @type {[string, () => string][]} */
const UTILITIES = [
  ["bleu", () => t("same word groups (BLEU)")],
  ["rougeL", () => t("longest common sequence (ROUGE-L)")],
];

/**
 * @param {HTMLElement} host
 * @param {{values: () => any, trigger: (event: string, detail: any) => void, server: any}} given
 */
export function makeSeveral(host, { values, trigger, server }) {
  const view = skeleton();
  host.append(view);
  const { part, select, press } = partsOf(view);
  /** @type {{text: string, perplexity: number | null}[]} */
  let texts = [];
  /** @type {{utilities: number[], best: number} | null} */
  let found = null;
  let said = () => "";

  function choices() {
    const [count, utility] = [select("texts").value || "8", select("utility").value || "bleu"];
    fillSelect(
      select("texts"),
      TEXTS.map((n) => [n, nt("{n} text", "{n} texts", n)]),
    );
    fillSelect(
      select("utility"),
      UTILITIES.map(([name, label]) => [name, label()]),
    );
    select("texts").value = count;
    select("utility").value = utility;
  }

  function draw() {
    part("status").textContent = said();
    const order = texts.map((_, i) => i);
    const utilities = found?.utilities;
    if (utilities) order.sort((a, b) => utilities[b] - utilities[a] || a - b);
    part("list").replaceChildren(...order.map((i) => line(texts[i], i, found)));
  }

  function finish(/** @type {() => string} */ words) {
    press("end").hidden = true;
    said = words;
    draw();
  }

  const run = makeRun({
    start: (request) => trigger("several", { request }),
    stop: (name) => server.stop(name),
    going: (name) => server.going(name),
    handlers: {
      waiting: ({ words }) => {
        said = () => say(words);
        draw();
      },
      progress: ({ share }) => {
        said = () => t("writing, {share} filled", { share: percent(share ?? 0) });
        draw();
      },
      frame: (record) => {
        if (record.utilities) found = record;
        else texts.push(record);
      },
      frames: () => requestAnimationFrame(draw),
      end: ({ reason }) =>
        finish(
          reason === "stopped"
            ? () => t("stopped")
            : () =>
                t(
                  "The first line is the text that is most like all the others; the bar is its mean likeness to them.",
                ),
        ),
      error: ({ message }) => {
        part("problem").textContent = say(message);
        part("problem").hidden = false;
        finish(() => "");
      },
    },
  });
  press("write").addEventListener("click", () => {
    texts = [];
    found = null;
    said = () => t("running");
    part("problem").hidden = true;
    press("end").hidden = false;
    draw();
    run.start({
      values: values(),
      texts: Number(select("texts").value),
      utility: select("utility").value,
    });
  });
  press("end").addEventListener("click", () => run.stop());
  choices();
  onLanguage(() => {
    choices();
    draw();
  });
  return { receive: run.receive };
}

const skeleton = () =>
  node(
    "details",
    { class: "canvas-several" },
    node("summary", {}, () => t("Many texts: which one is most like all the others?")),
    node(
      "div",
      { class: "diffusion-line" },
      node("select", { part: "texts", "aria-label": () => t("How many texts") }),
      node("select", { part: "utility", "aria-label": () => t("What counts as alike") }),
      node(
        "button",
        {
          type: "button",
          part: "write",
          title: () => t("Writes the canvas so often, each time with other draws"),
        },
        () => t("Write and compare"),
      ),
      node("button", { type: "button", part: "end", hidden: true }, () => t("Stop")),
      node("span", { class: "canvas-note", part: "status", role: "status" }),
    ),
    node("div", { class: "problem", part: "problem", role: "alert", hidden: true }),
    node("ol", { part: "list" }),
  );

/**
 * @param {{text: string, perplexity: number | null}} one
 * @param {number} i
 * @param {{utilities: number[], best: number} | null} found
 */
function line(one, i, found) {
  const figures = make("span", "num"),
    bar = make("i"),
    utility = found?.utilities[i] ?? null,
    most = Math.max(1e-9, ...(found?.utilities ?? []));
  bar.style.width = utility === null ? "0" : (100 * utility) / most + "%";
  figures.append(bar);
  if (utility !== null) figures.append(make("span", "", fixed(utility, most > 1.5 ? 1 : 3)));
  if (one.perplexity !== null)
    figures.append(make("span", "", t("perplexity {value}", { value: fixed(one.perplexity, 0) })));
  const entry = make("li");
  entry.classList.toggle("on", found?.best === i);
  entry.append(figures, asIs(make("p", "", one.text)));
  return entry;
}
