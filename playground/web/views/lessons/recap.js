// @ts-check
/** The last scene: all guesses beside what is so. */
import { asIs, button, make } from "../../core/dom.js";
import { drawn } from "../../core/messages.js";
import { nt, t } from "../../core/translate.js";
import { hit, said } from "./said.js";

/**
 * @param {HTMLElement} host
 * @param {{where: string, scenes: {step: import("./types.js").Step, state: import("./types.js").StepState}[], go: (k: number) => void,
 *   again: () => void}} options what has not been revealed is not shown here either
 */
export function makeRecap(host, { where, scenes, go, again }) {
  const scene = make("article", "stage-scene stage-recap"),
    head = make("header", "stage-head"),
    kicker = make("h3", "stage-kicker", where),
    table = make("table");
  kicker.tabIndex = -1;
  kicker.setAttribute("aria-level", "2");
  const asked = scenes.filter(({ step }) => step.predict),
    met = asked.filter(({ step, state }) => state.revealed && hit(step, state.guess)).length,
    made = asked.filter(({ state }) => state.revealed && state.guess !== null).length;
  head.append(
    kicker,
    make("p", "stage-ask", t("All guesses")),
    make(
      "p",
      "stage-text",
      made
        ? nt(
            "{hits} of {n} guess was right or near.",
            "{hits} of {n} guesses were right or near.",
            made,
            { hits: met },
          )
        : t("No guess has been made and revealed yet."),
    ),
  );
  const row = make("tr");
  for (const text of [t("Step"), t("You"), t("So it is")]) {
    const cell = make("th", "", text);
    cell.scope = "col";
    row.append(cell);
  }
  table.append(row);
  scenes.forEach(({ step, state }, k) => {
    if (!step.predict) return;
    const line = make("tr"),
      link = button(step.title, null, () => go(k), "plain"),
      first = make("td");
    first.append(link);
    const right = state.revealed ? hit(step, state.guess) : null;
    line.append(
      first,
      asIs(make("td", right ? "stage-mine hit" : "stage-mine", said(step, state.guess))),
      asIs(
        make(
          "td",
          "stage-true",
          state.revealed ? said(step, step.hidden.truth) : t("not revealed yet"),
        ),
      ),
    );
    table.append(line);
  });
  const box = make("div", "stage-recap-table");
  box.append(table);
  scene.append(head, box, button(t("Start again"), t("All guesses are forgotten"), again));
  host.replaceChildren(scene);
  drawn(host);
  return { element: scene, update: () => {}, focus: () => kicker.focus({ preventScroll: true }) };
}
