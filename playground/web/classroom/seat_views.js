// @ts-check
/**
 * What a student sees in each state of the class: a key (the same key is not drawn again), the page
 * and its foot.
 */
import { asIs, make } from "../core/dom.js";
import { t, view as withView } from "../core/translate.js";
import { asked, said } from "./seat_questions.js";
import { revealed } from "./seat_reveal.js";

/** @typedef {import("./seat.js").Seat} Seat */
/** @typedef {{key: string, title: string, main: () => Node[], foot: () => Node[]}} View */

/** @param {...(Node | string)} children */
function centred(...children) {
  const box = make("div", "center");
  box.append(...children);
  return box;
}

/**
 * @param {string} key
 * @param {string} title
 * @param {(Node | string)[]} [more]
 * @param {() => Node[]} [foot]
 * @returns {View}
 */
const plainView = (key, title, more = [], foot = () => []) => ({
  key,
  title,
  main: () => [centred(make("h1", "", title), ...more)],
  foot,
});

function theApp() {
  const link = make("a", "second wide", t("Open the playground"));
  link.href = withView("./?tab=home");
  return [link];
}

/** The teacher may have opened it again. */
function tryAgain() {
  const press = make("button", "go wide", t("Try again"));
  press.style.marginBottom = "10px";
  press.addEventListener("click", () => location.reload());
  return press;
}

/** @param {Seat} seat @returns {View} */
export function viewOf(seat) {
  const { state } = seat;
  const ways = () => [tryAgain(), ...theApp()];
  if (seat.gone && seat.problem) return plainView("refused", seat.problem, [], ways); // it is full
  if (seat.gone)
    return plainView(
      "gone",
      t("There is no class {code}.", { code: seat.code }),
      [make("p", "soft", t("It has ended, or the code is another one. Ask at the front."))],
      ways,
    );
  if (!state) return plainView("connecting", t("Connecting…"));
  if (state.state === "ended")
    return plainView(
      "ended",
      t("The class is closed."),
      [make("p", "soft", t("Nothing was kept, neither here nor there."))],
      theApp,
    );
  if (state.state === "asked") return asked(seat);
  if (state.state === "closed") return closed(seat);
  if (state.state === "revealed") return revealed(seat);
  return state.front ? following(seat) : waiting();
}

const waiting = () =>
  plainView("waiting", t("You are in."), [
    make("p", "", t("Look up. When there is a question, it appears here.")),
    make("p", "soft small", t("No name, no account: nobody sees who said what.")),
  ]);

/** @param {Seat} seat @returns {View} */
function closed(seat) {
  const none = !said(seat);
  const title = none ? t("Answers are closed. You sent none this time.") : t("Answers are closed.");
  const mine = none
    ? []
    : [make("p", "note", t("Your answer")), asIs(make("p", "answer-mine", said(seat)))];
  return plainView(`closed|${said(seat)}`, title, [...mine, make("p", "", t("Look up."))]);
}

/** What the front shows, in small. @param {Seat} seat @returns {View} */
function following(seat) {
  const { front } = seat.state;
  return {
    key: `following|${seat.following}|${seat.following ? JSON.stringify(front) : ""}`,
    title: t("Following the front"),
    main() {
      const title = seat.following ? t("Following the front") : t("Not following");
      const box = make("section", "front"),
        head = make("p", "small");
      head.append(
        make("span", "", front.title),
        make("span", "", front.step === null ? "" : t("step {n}", { n: front.step })),
      );
      box.append(head, asIs(make("p", "tale", front.text)));
      const note = make(
        "p",
        "soft small",
        t("You may look around by yourself; the next question appears here all the same."),
      );
      return [make("h1", "", title), ...(seat.following ? [box] : [note])];
    },
    foot() {
      const stack = make("div", "stack"),
        open = make("a", "go wide", t("Open it here")),
        turn = make(
          "button",
          "second wide",
          seat.following ? t("Stop following") : t("Follow again"),
        );
      open.href = openedHere(front.address, seat.code);
      turn.dataset.focus = "turn";
      turn.addEventListener("click", () => {
        seat.following = !seat.following;
        seat.draw();
      });
      stack.append(...(seat.following && open.href ? [open] : []), turn);
      return [stack];
    },
  };
}

/**
 * The app in the state of the front, with a bar that follows.
 * @param {string} address "?tab=…"
 * @param {string} code
 */
export function openedHere(address, code) {
  const query = new URLSearchParams(String(address).replace(/^[^?]*\??/, ""));
  query.delete("lang");
  query.delete("projector");
  query.set("follow", code);
  return withView("./?" + query);
}

/** How many have answered; drawn anew at each change, nothing else is. @param {Seat} seat */
export function drawCount({ state }) {
  const place = document.getElementById("count");
  if (!place || !state) return;
  const bar = make("span"),
    filled = make("i"),
    most = Math.max(state.present, state.answered, 1);
  bar.setAttribute("aria-hidden", "true");
  filled.style.width = `${(100 * state.answered) / most}%`;
  bar.append(filled);
  place.replaceChildren(
    bar,
    t("{answered} of {present} answered", {
      answered: state.answered,
      present: Math.max(state.present, state.answered),
    }),
  );
}
