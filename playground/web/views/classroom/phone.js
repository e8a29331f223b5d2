// @ts-check
/**
 * The teacher's panel on the teacher's phone, while the projector shows the page: it steers that
 * page, asks, closes, reveals. What students say is not covered here. The key comes from an offer
 * that stands behind the # of the address, and works once the panel has allowed it.
 */
import { request } from "../../classroom/line.js";
import { make } from "../../core/dom.js";
import { current, onLanguage, say, t } from "../../core/translate.js";
import { ownQuestion, shannonQuestion } from "./offers.js";
import { Panel } from "./panel.js";
import { PhoneFront } from "./phone_front.js";
import { ClassSession } from "./session.js";

const AGAIN = 1500, // milliseconds between two looks whether the phone was allowed
  SURE = 4000; // milliseconds in which End must be pressed again

const code = decodeURIComponent(location.pathname.split("/").at(-2) ?? "").toUpperCase(),
  base = `class/${code}`,
  KEPT = `playground-panel-${code}`;

const main = /** @type {HTMLElement} */ (document.getElementById("main"));

/** @param {string} title @param {string} [more] */
function sentence(title, more = "") {
  const heading = make("h1", "", title);
  heading.setAttribute("role", "status");
  main.replaceChildren(heading, make("p", "", more));
}

/** The key that this phone holds, from an offer or from before a reload. */
async function keyOf() {
  const token = location.hash.slice(1);
  if (!token) return sessionStorage.getItem(KEPT) ?? "";
  history.replaceState(null, "", location.pathname); // it is good once
  const headers = { "x-class-language": current() };
  const { key, check } = await request(`${base}/take`, { body: { token }, headers, once: true });
  sessionStorage.setItem(KEPT, key);
  sentence(
    check,
    t("Your panel shows these two figures: press Yes there, and this phone teaches."),
  );
  return key;
}

/** Waits until the key works; false where it never will. @param {string} key */
async function allowed(key) {
  for (;;) {
    const { stage } = await request(`${base}/stage`, { headers: { "x-class-key": key } });
    if (stage !== "asks") return stage === "here";
    await new Promise((done) => setTimeout(done, AGAIN));
  }
}

async function open() {
  sentence(t("Connecting…"));
  try {
    const key = await keyOf();
    if (key && (await allowed(key))) new PhonePanel(key);
    else none();
  } catch (error) {
    none(say(/** @type {any} */ (error).error));
  }
}

/** @param {string} [why] */
const none = (why) =>
  sentence(
    t("This phone does not teach this class."),
    why || t("Press “Panel on my phone” in the panel, and scan the code again."),
  );

class PhonePanel {
  /** @type {import("./offers.js").QuestionForm | null} */
  form = null;
  knownOnly = true;
  sure = false;
  problem = "";

  /** @param {string} key */
  constructor(key) {
    this.panel = new Panel(this.acts());
    this.front = new PhoneFront((name, value) => this.steer(name, value));
    main.replaceChildren(this.front.element, this.panel.element);
    onLanguage(() => this.draw());
    this.session = new ClassSession({ code, key }, () => this.draw(), false);
    this.draw();
  }

  /** @returns {import("./panel.js").Acts} */
  acts() {
    const nothing = () => {};
    return {
      ask: (offer) => this.steer("ask", offer.question()),
      own: () => this.set({ form: ownQuestion() }),
      shannon: () => this.set({ form: shannonQuestion(this.offered.model || "fairy-causal") }),
      send: () => this.send(),
      cancel: () => this.set({ form: null, problem: "" }),
      act: (path) => this.act(path),
      hide: (answer, hidden) => this.act("hide", { answer, hidden }),
      follow: () => this.steer("follow", !this.offered.follows),
      cover: () => this.steer("cover", !this.offered.covers),
      known: () => this.steer("known", !this.offered.known),
      phone: () => this.act("drop"),
      results: (kind) => this.tried(() => this.session.results(kind)),
      end: () => this.end(),
      ...{ peek: nothing, fold: nothing, large: nothing, reopen: nothing },
    };
  }

  /** What the projected page offers. @returns {any} */
  get offered() {
    return this.session?.state?.offered ?? {};
  }

  /** @param {Record<string, any>} change */
  set(change) {
    Object.assign(this, change);
    this.draw();
  }

  /** @param {() => Promise<any> | undefined} act */
  async tried(act) {
    try {
      await act();
      this.set({ problem: "" });
      return true;
    } catch (error) {
      const said = say(/** @type {any} */ (error).error);
      this.set({ problem: said || t("The server did not answer: try again.") });
      return false;
    }
  }

  /** @param {string} path @param {any} [body] */
  act(path, body) {
    return this.tried(() => this.session.act(path, body));
  }

  /** @param {string} name @param {any} [value] */
  steer(name, value = null) {
    return this.act("steer", { command: { do: name, value } });
  }

  async send() {
    const { question, problem } = this.form?.question() ?? {};
    if (!question) return this.set({ problem: problem ?? "" });
    if (await this.act("ask", { question })) this.set({ form: null });
  }

  end() {
    if (this.sure) return this.tried(() => this.session.end());
    this.set({ sure: true });
    setTimeout(() => this.set({ sure: false }), SURE);
  }

  draw() {
    const { session, offered } = this,
      { state } = session ?? {};
    if (state?.state === "ended") return this.over(t("The class is closed."));
    if (session?.gone) return none();
    if (session) session.follow = Boolean(offered.follows);
    this.front.show(offered, state);
    const open = state?.state === "open";
    this.panel.show({
      ...{ session: session ?? null, form: this.form, sure: this.sure, asking: null },
      offers: open ? offersOf(offered) : [],
      problem: this.problem || offered.problem || "",
      ...{ peek: true, folded: false, address: "", local: false, picture: null, alone: true },
      ...{ covers: Boolean(offered.covers), knownOnly: offered.known !== false },
    });
  }

  /** @param {string} said */
  over(said) {
    sessionStorage.removeItem(KEPT);
    this.session.line.close();
    sentence(said);
  }
}

/** The questions of the projected page: their places are what is sent. @param {any} offered */
const offersOf = ({ questions = [] }) =>
  questions.map((/** @type {string} */ label, /** @type {number} */ i) => ({
    label,
    question: () => i,
  }));

open();
