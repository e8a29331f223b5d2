// @ts-check
/**
 * A course's page for the teacher: what it is for, how long each part takes, which questions come
 * up. It is read on paper.
 */
import { button, make } from "../../core/dom.js";
import { drawn } from "../../core/messages.js";
import { nt, t } from "../../core/translate.js";
import { paragraph } from "./prose.js";

/**
 * @typedef {{title: string, minutes: number, steps: [string, number][], notes: string[], asked: [string, string][]}} Part
 * @typedef {{slug: string, title: string, minutes: number, aim: string, needs: string, parts: Part[]}} Course
 */

/** @param {string} name @param {string} text */
function fact(name, text) {
  const line = paragraph(text, "stage-text");
  line.prepend(make("b", "", `${name} `));
  return line;
}

/**
 * @param {Part} part @param {number} from minutes after the beginning @param {number} first place of its first step, from 0
 * @param {(lesson: string, step: number) => string} titleOf @param {(k: number) => void} go
 */
function section(part, from, first, titleOf, go) {
  const box = make("section", "stage-part"),
    list = make("ol");
  const time = t("minute {from} to {to}", { from, to: from + part.minutes });
  const heading = make("h4", "", part.title);
  heading.append(make("span", "num", time));
  list.start = first + 1;
  part.steps.forEach(([lesson, step], k) => {
    const entry = make("li");
    entry.append(button(titleOf(lesson, step), null, () => go(first + k), "plain"));
    list.append(entry);
  });
  box.append(heading, list, ...part.notes.map((note) => paragraph(note)));
  if (!part.asked.length) return box;
  const questions = make("dl");
  for (const [question, reply] of part.asked) {
    const term = make("dt"),
      said = make("dd");
    term.append(paragraph(question));
    said.append(paragraph(reply));
    questions.append(term, said);
  }
  box.append(questions);
  return box;
}

/**
 * @param {HTMLElement} host @param {Course} course
 * @param {{titleOf: (lesson: string, step: number) => string, go: (k: number) => void}} options
 */
export function makeTeacherPage(host, course, { titleOf, go }) {
  const page = make("article", "stage-scene stage-teacher"),
    head = make("header", "stage-head"),
    title = make("h3", "stage-ask", course.title),
    count = course.parts.reduce((sum, part) => sum + part.steps.length, 0);
  title.tabIndex = -1;
  title.setAttribute("aria-level", "2");
  head.append(make("p", "stage-kicker", t("For the teacher")), title);
  page.append(head, fact(t("Aim:"), course.aim));
  if (course.needs) page.append(fact(t("You need:"), course.needs));
  page.append(
    fact(
      t("Time:"),
      nt("{n} step in {minutes} minutes", "{n} steps in {minutes} minutes", count, {
        minutes: course.minutes,
      }),
    ),
  );
  let from = 0,
    first = 0;
  for (const part of course.parts) {
    page.append(section(part, from, first, titleOf, go));
    from += part.minutes;
    first += part.steps.length;
  }
  host.replaceChildren(page);
  drawn(host);
  return { element: page, update: () => {}, focus: () => title.focus({ preventScroll: true }) };
}
