// @ts-check
/**
 * The questions of a class on a student's page, one form a kind. Everything one touches stands in
 * the lower half.
 */
import { asIs, make } from "../core/dom.js";
import { decimalsOf, fixed, plain } from "../core/format.js";
import { t } from "../core/translate.js";
import { field, problem } from "./seat_field.js";
import { order } from "./seat_order.js";
import { below, heading, titleOf } from "./seat_parts.js";
import { shannon } from "./seat_shannon.js";

/** @typedef {import("./seat.js").Seat} Seat */
/** @typedef {{main: () => Node[], foot: () => Node[]}} Form */

/** How many decimals a number of a question has. @param {any} question */
const digitsOf = ({ step, low, high }) => decimalsOf(step || (high - low) / 100);

/** A number with its unit. @param {any} question @param {number} value */
export const measured = (question, value) =>
  question.unit === "T" || question.unit === "ΔE"
    ? `${question.unit} = ${fixed(value, digitsOf(question))}`
    : [fixed(value, digitsOf(question)), question.unit].filter(Boolean).join(" ");

/**
 * What this seat answered, as text; "" where it said nothing.
 * @param {Seat} seat
 * @returns {string}
 */
export function said({ yours, state }) {
  const { question } = state,
    answer = yours?.answer;
  if (question.kind === "shannon") return yours?.text ?? "";
  if (answer === undefined || answer === null) return "";
  if (question.kind === "choice") return question.choices[answer] ?? "";
  if (question.kind === "number") return measured(question, answer);
  if (question.kind === "numbers")
    return answer.map((/** @type {number} */ one) => plain(one)).join(" · ");
  if (question.kind === "order")
    return answer.map((/** @type {number} */ one) => question.choices[one]).join(" → ");
  if (question.kind === "place_word") return `${answer.place + 1}: ${answer.word}`;
  if (question.kind === "pair") return SIDES[answer]();
  return String(answer);
}

/** @type {Record<string, () => string>} */
const SIDES = {
  first: () => t("The first"),
  second: () => t("The second"),
  tie: () => t("No difference"),
};

/** @type {Record<string, (seat: Seat) => Form>} */
const FORMS = {
  token: word,
  text: word,
  choice,
  pair,
  number,
  numbers,
  order,
  place_word: placeWord,
  shannon,
};

/** @param {Seat} seat @returns {import("./seat_views.js").View} */
export function asked(seat) {
  const { question } = seat.state,
    form = (FORMS[question.kind] ?? unknown)(seat),
    parts = [
      question.id,
      said(seat),
      seat.editing,
      seat.problem,
      seat.draft.place,
      seat.draft.order,
    ];
  const waits = seat.yours?.waits ? "waits" : JSON.stringify(seat.state.yours);
  return { key: ["asked", ...parts, waits].join("|"), title: titleOf(question), ...form };
}

/** @param {Seat} seat @param {string} text @param {string} focus @param {() => void} act */
function wide(seat, text, focus, act) {
  const press = make("button", "second wide", text);
  press.dataset.focus = focus;
  press.addEventListener("click", act);
  return press;
}

/** One word, or a few of one's own. @param {Seat} seat @returns {Form} */
function word(seat) {
  const { question } = seat.state,
    has = Boolean(seat.yours) && !seat.editing,
    gap = asIs(make("span", "gap", has ? said(seat) : (seat.draft.text ?? "")));
  const change = () => {
    seat.editing = true;
    seat.draft.text = said(seat);
    seat.draw();
  };
  return {
    main() {
      const tale = asIs(make("p", "tale", `${question.prompt ?? ""} `));
      tale.append(gap);
      const mine = has ? [asIs(make("p", "answer-mine", said(seat)))] : [];
      return [heading(seat), ...(question.kind === "token" ? [tale] : mine), below(seat)];
    },
    foot: () =>
      has
        ? [wide(seat, t("Change"), "in", change)]
        : field(seat, {
            label: question.kind === "token" ? t("One word") : t("Your answer"),
            button: t("Send"),
            send: (text) => seat.send(text),
            typed: (text) => (gap.textContent = text.slice(0, 24)),
          }),
  };
}

/** @param {Seat} seat @param {[value: any, text: string][]} options @param {any} chosen */
function picks(seat, options, chosen) {
  const stack = make("div", "stack");
  stack.setAttribute("role", "group");
  stack.setAttribute("aria-label", titleOf(seat.state.question));
  stack.append(
    ...options.map(([value, text]) => {
      const press = make("button", "pick"),
        name = make("span", "", text);
      press.append(make("i"), name);
      press.dataset.focus = `pick-${value}`;
      press.setAttribute("aria-pressed", String(chosen === value));
      press.addEventListener("click", () => seat.send(value));
      return press;
    }),
  );
  return [problem(seat), stack];
}

/** A tap is the answer, another tap changes it. @param {Seat} seat @returns {Form} */
function choice(seat) {
  const options = seat.state.question.choices.map(
    (/** @type {string} */ text, /** @type {number} */ i) => [i, text],
  );
  return {
    main: () => [heading(seat), below(seat)],
    foot: () => picks(seat, options, seat.yours?.answer),
  };
}

/** Two texts, in this seat's own order. @param {Seat} seat @returns {Form} */
function pair(seat) {
  const { first, second } = seat.state.question;
  return {
    main() {
      const box = make("div", "pair");
      for (const [name, text] of [
        [SIDES.first(), first],
        [SIDES.second(), second],
      ]) {
        const part = make("section");
        part.append(make("h2", "", name), asIs(make("p", "", text)));
        box.append(part);
      }
      return [heading(seat), box, below(seat)];
    },
    foot: () =>
      picks(
        seat,
        Object.entries(SIDES).map(([value, name]) => [value, name()]),
        seat.yours?.answer,
      ),
  };
}

/**
 * A ruler.
 * @param {any} question
 * @param {number} value
 * @param {string} name
 * @param {(value: number) => void} moved
 */
function ruler(question, value, name, moved) {
  const input = make("input", "ruler"),
    { low, high } = question,
    step = question.step || (high - low) / 100;
  Object.assign(input, { type: "range", min: low, max: high, step });
  input.value = String(value);
  input.setAttribute("aria-label", name);
  const speak = () => input.setAttribute("aria-valuetext", measured(question, Number(input.value)));
  input.addEventListener("input", () => {
    speak();
    moved(Number(input.value));
  });
  speak();
  return input;
}

/** @param {Seat} seat @returns {Form} */
function number(seat) {
  const { question } = seat.state,
    digits = digitsOf(question),
    step = question.step || (question.high - question.low) / 100,
    value = seat.draft.number ?? seat.yours?.answer ?? middle(question),
    shown = make("p", "val", fixed(value, digits)),
    moved = ruler(question, value, question.unit || titleOf(question), (now) => show(now));
  moved.dataset.focus = "ruler";
  shown.setAttribute("aria-hidden", "true");
  /** @param {number} now */
  function show(now) {
    seat.draft.number = now;
    shown.textContent = fixed(now, digits);
  }
  /** @param {number} by @param {string} sign @param {string} name */
  function nudge(by, sign, name) {
    const press = make("button", "second step", sign);
    press.setAttribute("aria-label", name);
    press.addEventListener("click", () => {
      moved.value = String(Number(moved.value) + by);
      moved.dispatchEvent(new Event("input"));
    });
    return press;
  }
  return {
    main: () => [
      heading(seat),
      below(
        seat,
        ...(seat.yours ? [make("p", "note", t("Sent: {answer}", { answer: said(seat) }))] : []),
        shown,
      ),
    ],
    foot() {
      const ends = make("p", "ends"),
        bar = make("div", "bar"),
        send = make("button", "go grow", seat.yours ? t("Change") : t("Send"));
      ends.append(make("span", "", plain(question.low)), make("span", "", plain(question.high)));
      ends.setAttribute("aria-hidden", "true");
      send.dataset.focus = "send";
      send.addEventListener("click", () => seat.send(Number(moved.value)));
      bar.append(nudge(-step, "−", t("a little less")), nudge(step, "+", t("a little more")), send);
      return [problem(seat), moved, ends, bar];
    },
  };
}

/** @param {any} question */
function middle({ low, high, step }) {
  const by = step || (high - low) / 100;
  return low + Math.round((high - low) / 2 / by) * by;
}

/** A ruler for each of several things. @param {Seat} seat @returns {Form} */
function numbers(seat) {
  const { question } = seat.state,
    values = [
      ...(seat.draft.numbers ?? seat.yours?.answer ?? question.labels.map(() => middle(question))),
    ];
  return {
    main() {
      const box = make("div");
      question.labels.forEach((/** @type {string} */ label, /** @type {number} */ i) => {
        const line = make("p", "note"),
          figure = make("b", "", plain(values[i]));
        line.append(asIs(make("span", "", `${label} `)), figure);
        const moved = ruler(question, values[i], label, (now) => {
          values[i] = now;
          seat.draft.numbers = values;
          figure.textContent = plain(now);
        });
        box.append(line, moved);
      });
      return [heading(seat), box, below(seat)];
    },
    foot() {
      const send = make("button", "go wide", seat.yours ? t("Change") : t("Send"));
      send.dataset.focus = "send";
      send.addEventListener("click", () => seat.send(values));
      return [problem(seat), send];
    },
  };
}

/** A hidden place of a canvas, and the word for it. @param {Seat} seat @returns {Form} */
function placeWord(seat) {
  const { question } = seat.state,
    place = seat.draft.place ?? seat.yours?.answer.place ?? null;
  /** @param {string} text @param {number} i */
  function part(text, i) {
    if (!question.masks.includes(i)) return asIs(make("span", "", text));
    const press = make(
      "button",
      "",
      place === i ? (seat.yours?.answer.word ?? "?") : String(i + 1),
    );
    press.setAttribute("aria-label", t("hidden place {n}", { n: i + 1 }));
    press.setAttribute("aria-pressed", String(place === i));
    press.dataset.focus = `place-${i}`;
    press.addEventListener("click", () => {
      seat.draft.place = i;
      seat.draw();
    });
    return press;
  }
  return {
    main() {
      const canvas = make("div", "canvas");
      canvas.append(...question.canvas.map(part));
      const hint =
        place === null ? [make("p", "note", t("Choose a hidden place, then write its word."))] : [];
      return [heading(seat), canvas, ...hint, below(seat)];
    },
    foot: () =>
      place === null
        ? [problem(seat)]
        : field(seat, {
            label: t("The word at place {n}", { n: place + 1 }),
            button: seat.yours ? t("Change") : t("Send"),
            send: (text) => seat.send({ place, word: text }),
          }),
  };
}

/** A kind that this page does not know. @param {Seat} seat @returns {Form} */
const unknown = (seat) => ({
  main: () => [heading(seat), make("p", "soft", t("This question is answered at the front."))],
  foot: () => [],
});
