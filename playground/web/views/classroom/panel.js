// @ts-check
/**
 * The teacher's panel: a row of the page under what is projected, never over it. It draws the
 * class; teach.js acts.
 */
import { asIs, make, visible } from "../../core/dom.js";
import { teachersAddress } from "../../core/link.js";
import { t } from "../../core/translate.js";

/**
 * @typedef {object} Acts what the buttons do
 * @property {(offer: import("../../core/on_view.js").Offer) => void} ask
 * @property {() => void} own
 * @property {() => void} shannon
 * @property {() => void} send the form's question
 * @property {() => void} cancel
 * @property {(path: string) => void} act close, reveal, again, reopen
 * @property {(key: string, hidden: boolean) => void} hide
 * @property {() => void} peek
 * @property {() => void} follow
 * @property {() => void} cover
 * @property {() => void} known
 * @property {() => void} phone
 * @property {() => void} fold
 * @property {() => void} large
 * @property {(kind: "csv" | "json") => void} results
 * @property {() => void} end
 * @property {() => void} reopen the class that is gone
 */
/**
 * @typedef {object} Look
 * @property {import("./session.js").ClassSession | null} session
 * @property {import("../../core/on_view.js").Offer[]} offers
 * @property {{element: HTMLElement} | null} form
 * @property {any} asking
 * @property {boolean} peek
 * @property {boolean} sure the end was asked for once
 * @property {boolean} folded
 * @property {string} problem
 * @property {string} address where the students go
 * @property {boolean} local that address works on this computer alone
 * @property {SVGElement | null} picture its QR code
 * @property {boolean} covers whether pages keep their answers covered
 * @property {boolean} knownOnly whether a word must be one that the model knows
 * @property {boolean} [alone] only the teacher sees this panel
 */

/** @param {string} text @param {string} focus @param {() => void} act @param {string} [classes] */
function press(text, focus, act, classes) {
  const element = make("button", classes, text);
  element.type = "button";
  element.dataset.focus = focus;
  element.addEventListener("click", act);
  return element;
}

/**
 * A switch.
 * @param {string} text
 * @param {string} focus
 * @param {() => void} act
 * @param {boolean} on
 */
function turn(text, focus, act, on) {
  const element = press(text, focus, act, "class-switch");
  element.prepend(make("i"));
  element.setAttribute("role", "switch");
  element.setAttribute("aria-checked", String(on));
  return element;
}

export class Panel {
  element = make("section", "class-dock");
  // what stands in the middle; the same is not drawn again, somebody may be writing there
  middle = "";

  /** @param {Acts} acts */
  constructor(acts) {
    this.acts = acts;
    this.join = make("div", "class-join");
    this.centre = make("div", "class-centre");
    this.side = make("div", "class-side");
    this.voice = make("p", "class-voice");
    this.voice.setAttribute("role", "status");
    this.element.append(this.join, this.centre, this.side, this.voice);
  }

  /** @param {string} sentence */
  speak(sentence) {
    this.voice.textContent = sentence;
  }

  /** @param {Look} look */
  show(look) {
    const had = /** @type {HTMLElement | null} */ (document.activeElement),
      inside = had && this.element.contains(had),
      name = had?.dataset.focus;
    this.element.setAttribute("aria-label", t("Teacher’s panel"));
    this.element.classList.toggle("folded", look.folded);
    this.drawJoin(look);
    this.drawCentre(look);
    this.drawSide(look);
    if (!inside || this.element.contains(document.activeElement)) return;
    const same = name && this.element.querySelector(`[data-focus="${CSS.escape(name)}"]`);
    const next = same || this.element.querySelector(".class-centre .main, .class-centre button");
    /** @type {HTMLElement | null} */ (next)?.focus();
  }

  /** @param {Look} look */
  drawJoin({ session, address, picture }) {
    if (!session) return this.join.replaceChildren(make("p", "class-code", "…"));
    const words = make("div", "class-words"),
      code = asIs(make("p", "class-code", session.held.code)),
      here = make("p", "class-here", this.hereSaid(session)),
      where = asIs(make("p", "class-where", address.replace(/^https?:\/\//, "")));
    here.setAttribute("role", "status");
    words.append(
      code,
      here,
      where,
      press(t("Show it large (J)"), "large", this.acts.large, "plain"),
    );
    this.join.replaceChildren(...(picture ? [picture] : []), words);
  }

  /** @param {import("./session.js").ClassSession} session */
  hereSaid({ gone, lost, state }) {
    if (gone) return t("The class is gone.");
    if (lost) return t("No connection; trying again in {n} s.", { n: lost });
    return t("{n} here", { n: state?.present ?? 0 });
  }

  // The middle
  // -----------------------------------------------------------------------------------------------
  /** @param {Look} look */
  drawCentre(look) {
    const { session, form, asking, peek, problem } = look,
      state = session?.state,
      phase = asking ? "asked" : (state?.state ?? "open"),
      answers = peek || phase === "revealed" ? JSON.stringify(state?.answers) : "";
    const offers = look.offers.map(({ label }) => label).join("|");
    const seen = [phase, session?.gone, state?.question?.id, peek, answers, problem, offers],
      parts = [...seen, look.local];
    parts.push(look.knownOnly);
    const key = JSON.stringify([...parts, Boolean(form), document.documentElement.lang]);
    if (key !== this.middle || form?.element.isConnected === false) {
      this.middle = key;
      this.centre.replaceChildren(
        this.phases(phase),
        ...this.content(look, phase),
        make(
          "p",
          problem ? "problem class-problem" : "class-note",
          problem || this.note(look, phase),
        ),
      );
    }
    const count = this.centre.querySelector(".class-count");
    if (count && state)
      count.textContent = t("{answered} of {present} answered", {
        answered: state.answered,
        present: Math.max(state.present, state.answered),
      });
  }

  /** @param {string} phase */
  phases(phase) {
    const list = make("ol", "class-phases");
    list.setAttribute("aria-label", t("Where the question stands"));
    const names = [
      ["open", t("Ask")],
      ["asked", t("Collect")],
      ["closed", t("Check")],
      ["revealed", t("Reveal")],
    ];
    for (const [name, text] of names) {
      const item = make("li", "", text);
      if (name === phase) item.setAttribute("aria-current", "step");
      list.append(item);
    }
    return list;
  }

  /** @param {Look} look @param {string} phase */
  note({ form, session, local, alone }, phase) {
    if (form || session?.gone) return "";
    if (alone) return t("This panel is on your phone alone: answers are not covered here.");
    if (phase === "open" && local)
      return t("This address works on this computer alone: start with HOST=0.0.0.0 for phones.");
    if (phase === "asked")
      return t("What they say stays covered, here too: this screen may be the projector.");
    if (phase === "open")
      return t(
        "The question covers the page at once; nobody is sent the answer before the reveal.",
      );
    return "";
  }

  /** @param {Look} look @param {string} phase @returns {Node[]} */
  content(look, phase) {
    const { acts } = this,
      row = make("div", "class-acts");
    if (look.session?.gone)
      row.append(press(t("Open it again with the same code"), "reopen", acts.reopen, "main"));
    else if (look.form) return this.formOf(look.form);
    else if (phase === "open") row.append(...this.openActs(look.offers), this.known(look));
    else if (phase === "asked") {
      row.append(
        press(t("Close answers"), "main", () => acts.act("close"), "main"),
        press(t("Withdraw"), "again", () => acts.act("again")),
        make("span", "class-count"),
      );
      if (look.alone) return [row, this.answers(look.session?.state)];
    } else if (phase === "closed") {
      row.append(
        press(t("Reveal"), "main", () => acts.act("reveal"), "main"),
        press(t("Withdraw"), "again", () => acts.act("again")),
      );
      if (look.session?.state.answers?.length && !look.alone)
        row.append(
          press(look.peek ? t("Cover the answers") : t("Look at the answers"), "peek", acts.peek),
        );
      if (look.peek) return [row, this.answers(look.session?.state)];
    } else if (phase === "revealed") {
      row.append(press(t("Back to the page"), "main", () => acts.act("again"), "main"));
      return [row, this.answers(look.session?.state)];
    }
    return [row];
  }

  /** @param {import("../../core/on_view.js").Offer[]} offers */
  openActs(offers) {
    return [
      ...offers.map((offer, i) =>
        press(offer.label, `offer-${i}`, () => this.acts.ask(offer), i ? "" : "main"),
      ),
      press(t("My own question …"), "own", this.acts.own, offers.length ? "" : "main"),
      press(t("Shannon’s game …"), "shannon", this.acts.shannon),
    ];
  }

  /** @param {Look} look */
  known({ knownOnly }) {
    const label = make("label", "class-known"),
      box = make("input");
    box.type = "checkbox";
    box.checked = knownOnly;
    box.dataset.focus = "known";
    box.addEventListener("change", this.acts.known);
    label.title = t("Off: a word that the model does not know counts with probability 0");
    label.append(box, t("Only words that the model knows"));
    return label;
  }

  /** @param {{element: HTMLElement}} form */
  formOf({ element }) {
    const row = make("div", "class-acts");
    row.append(
      press(t("Ask"), "main", this.acts.send, "main"),
      press(t("Cancel"), "cancel", this.acts.cancel),
    );
    element.onsubmit = (event) => {
      event.preventDefault();
      this.acts.send();
    };
    return [element, row];
  }

  /** The answers; those in students' own words are buttons that hide them. @param {any} state */
  answers(state) {
    const row = make("div", "class-answers");
    const hides = ["token", "text", "place_word"].includes(state?.question?.kind);
    if (hides) row.setAttribute("role", "group");
    if (hides) row.setAttribute("aria-label", t("Hide or show an answer"));
    if (state?.question?.kind === "shannon") return row;
    for (const { key, text, count, hidden } of state?.answers ?? []) {
      const name = state.question.kind === "token" ? visible(text.trim()) : text;
      if (!hides) {
        row.append(asIs(make("span", "class-answer", `${name} · ${count}`)));
        continue;
      }
      const one = press(`${name} ${count}`, `answer-${key}`, () => this.acts.hide(key, !hidden));
      asIs(one);
      one.title = hidden ? t("Show this answer") : t("Hide this answer; it still counts");
      one.setAttribute("aria-pressed", String(hidden));
      row.append(one);
    }
    return row;
  }

  // What is always there
  // -----------------------------------------------------------------------------------------------
  /** @param {Look} look */
  drawSide({ session, sure, folded, covers }) {
    const { acts } = this,
      follow = turn(t("Follow"), "follow", acts.follow, session?.follow ?? false),
      cover = turn(t("Cover"), "cover", acts.cover, covers),
      here = session?.state?.phone?.stage === "here",
      phone = turn(t("Panel on my phone"), "phone", acts.phone, here);
    phone.title = t("Steer this page, ask and reveal from your own phone");
    follow.title = t("Phones show what this page shows");
    cover.title = t("What the class may be asked for is not shown before it was asked");
    const none = !session?.state?.results;
    /** @param {"csv" | "json"} kind */
    const results = (kind) => {
      const name = kind === "csv" ? t("Results (CSV)") : t("Results (JSON)"),
        one = press(name, kind, () => acts.results(kind));
      one.disabled = none;
      return one;
    };
    const fold = press(folded ? t("Unfold") : t("Fold"), "fold", acts.fold);
    fold.setAttribute("aria-expanded", String(!folded));
    const end = press(
      sure ? t("End for all?") : t("End"),
      "end",
      acts.end,
      sure ? "class-end sure" : "class-end",
    );
    const help = make("a", "class-help", t("For teachers"));
    Object.assign(help, { href: teachersAddress(), target: "_blank", rel: "noopener" });
    help.title = t("What to show, what the network must allow, how many students");
    help.dataset.focus = "help";
    const kept = [results("csv"), results("json")];
    this.side.replaceChildren(follow, cover, phone, fold, ...kept, help, end);
  }
}
