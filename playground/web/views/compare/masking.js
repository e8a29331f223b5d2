// @ts-check
/** Masking is not conditioning: two laws over the same few texts, exactly, as one types. */
import { make } from "../../core/dom.js";
import { chance, percent } from "../../core/format.js";
import { nt, onLanguage, t } from "../../core/translate.js";
import {
  area,
  arrange,
  field,
  note,
  numberIn,
  numberInput,
  rowOf,
  selectInput,
  sentence,
  tableOf,
} from "./parts.js";
import { makeAsker, PartLink, recordedNote } from "./running.js";

/** @typedef {{text: string, masked: number, given: number, own: number}} Row */

/** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
export const mount = (element, host) => new MaskingView(element, host);

class MaskingView {
  /** @type {any} */
  answer = null;
  old = false; // what is on the page is still the recording
  lines = area(6, 2000);
  order = numberInput(1, 1, 3, 1);
  kind = selectInput([
    ["regex", () => t("regular expression")],
    ["choices", () => t("choices, one a line")],
  ]);
  form = area(1, 400);
  longest = numberInput(5, 1, 8, 1);
  out = make("section");

  /** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
  constructor(element, host) {
    const box = /** @type {HTMLElement} */ (element.querySelector(".compare"));
    const { lines, order, kind, form, longest } = this,
      asker = makeAsker(
        (wish) => host.server.compare_laws(wish),
        (answer) => {
          this.answer = answer;
          this.old = false;
          box.dataset.state = "done";
          this.show();
        },
      ),
      ask = () => asker.go(this.request()),
      link = new PartLink(box, host, { lines, order, kind, form, longest }, (recorded) => {
        this.answer = recorded.answers.compare_laws;
        this.old = true;
        box.dataset.state = "recorded";
        this.show();
      });
    for (const one of [lines, order, kind, form, longest]) one.addEventListener("input", ask);
    arrange(box, [link.message, asker.trouble], [this.out, rowOf(link.copy)], this.fields());
    onLanguage(() => this.show());
    link.open().then(() => this.answer ?? ask());
  }

  fields() {
    return [
      field(() => t("what the model has read, a text a line"), this.lines, null, "compare-wide"),
      rowOf(
        field(
          () => t("words it looks back"),
          this.order,
          () => t("The next word depends on so many words before it"),
        ),
        field(() => t("form"), this.kind),
        field(() => t("longest text, words"), this.longest),
      ),
      field(() => t("the form that a text must have"), this.form, null, "compare-wide"),
    ];
  }

  request() {
    return {
      lines: this.lines.value,
      order: numberIn(this.order),
      kind: this.kind.value,
      form: this.form.value,
      longest: numberIn(this.longest),
    };
  }

  show() {
    const a = this.answer;
    if (!a) return;
    const key = make("p", "context-key");
    for (const [name, words] of [
      ["before", t("given the form: what the model writes when it writes such a text")],
      ["after", t("under the mask: what cutting word by word writes")],
    ]) {
      const entry = make("span");
      entry.append(make("i", name), words);
      key.append(entry);
    }
    const bars = make("div", "context-bars masking-bars");
    for (const row of a.rows) bars.append(bar(row.text, row));
    if (a.others.count)
      bars.append(bar(nt("{n} other text", "{n} other texts", a.others.count), a.others));
    this.out.replaceChildren(
      sentence(storyOf(a)),
      key,
      bars,
      tableOf(
        [t("text"), t("under the mask"), t("given the form"), t("unasked")],
        a.rows.map((/** @type {Row} */ row) => [
          make("span", "t", row.text),
          chance(row.masked),
          chance(row.given),
          chance(row.own),
        ]),
      ),
      note(footOf(a)),
      ...(this.old ? [note(recordedNote())] : []),
    );
  }
}

/** @param {string} text @param {{masked: number, given: number}} row */
function bar(text, row) {
  const line = make("div", "context-bar"),
    name = make("span", "t", text),
    track = make("span", "context-track");
  for (const [kind, share] of /** @type {[string, number][]} */ ([
    ["before", row.given],
    ["after", row.masked],
  ])) {
    const one = make("i", kind);
    one.style.width = `${100 * share}%`;
    track.append(one);
  }
  name.title = text;
  name.translate = false;
  line.append(name, track, make("span", "num", `${chance(row.given)} → ${chance(row.masked)}`));
  return line;
}

/** @param {any} a */
function storyOf(a) {
  if (a.total_variation < 1e-12)
    return t(
      "Here the two are the same: whatever beginning is taken, it comes to a good end with the same chance.",
    );
  const most = [...a.rows].sort(
    (x, y) => Math.abs(y.masked - y.given) - Math.abs(x.masked - x.given),
  )[0];
  return t(
    "**{distance}** of the chance lies on the wrong texts (total variation): “{text}” has {given} when the model itself writes a text of this form, and {masked} under the mask.",
    {
      distance: percent(a.total_variation),
      text: most.text,
      given: percent(most.given),
      masked: percent(most.masked),
    },
  );
}

/** @param {any} a */
function footOf(a) {
  const exact = t(
    "Exact, by going through every text: {texts} of at most {longest} words have the form; unasked, the model writes one of them with chance {mass}. Under the mask each step is renormalised over the words that are left, without a look at how likely they lead to a good end; given the form, each text keeps its own chance, divided by {mass}.",
    { texts: a.texts, longest: a.longest, mass: percent(a.mass) },
  );
  const lost = t(
    "Under the mask, {lost} of the chance ends in texts that are longer, or where the model knows no word that the form allows.",
    { lost: percent(a.lost) },
  );
  return a.lost > 1e-12 ? `${exact} ${lost}` : exact;
}
