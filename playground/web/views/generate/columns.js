// @ts-check
/**
 * A step's candidates as a table: the model's own probability in one column, what is left after the
 * rules in another, on one scale.
 */
import { asIs, clip, make, node, visible } from "../../core/dom.js";
import { chance, whole } from "../../core/format.js";
import { nt, t } from "../../core/translate.js";

const LONGEST = 60; // characters of a token

/** @param {string} text */
const shown = (text) => visible(clip(text, LONGEST));

/**
 *   const columns = makeColumns({host, onPick: (id, text) => ..., ruleName: (rule) => "top-p"});
 *   columns.show(record, {chosen: id, was: id in the text or null, forced: () => t("your choice")});
 *
 * @param {{host: HTMLElement, onPick: (id: number, text: string) => void, ruleName: (rule: string) => string}} options
 */
export function makeColumns({ host, onPick, ruleName }) {
  /** @type {ReturnType<typeof makeRow>[]} */
  const rows = [];
  const rest = makeRow("div", () => {});
  rest.element.classList.add("rest");
  const head = node(
    "div",
    { class: "bar bar-head", "aria-hidden": "true" },
    node("span", {}, () => t("token")),
    node("span", {}, () => t("model")),
    node("span"),
    node("span", {}, () => t("after the rules")),
    node("span"),
    node("span"),
  );

  /** @param {any} row @param {any} record @param {any} marked */
  function reason(row, record, { chosen, was, forced }) {
    if (row.cut && row.cut !== "draw") return t("cut by {rule}", { rule: ruleName(row.cut) });
    if (row.id === chosen) {
      if (record.forced) return forced?.() ?? t("your choice");
      return record.u === null ? t("the likeliest") : t("drawn");
    }
    if (row.id === was) return t("in the text");
    return row.cut ? t("not the likeliest") : "";
  }

  /** @param {any} row @param {string} why */
  function nameOf(row, why) {
    const said = t("{token}: {after} after the rules, {before} before them, rank {rank}", {
      token: shown(row.text),
      after: chance(row.final),
      before: chance(row.raw),
      rank: whole(row.rank),
    });
    const sentence = why ? `${said}, ${why}` : said;
    return t("{sentence}. Continue with this token", { sentence });
  }

  return {
    /**
     * @param {any} record
     * @param {{chosen: number, was?: number | null, forced?: () => string}} marked
     */
    show(record, marked) {
      const others = record.remainder;
      const top = Math.max(
        1e-12,
        others.raw,
        others.final,
        ...record.rows.map((/** @type {any} */ row) => Math.max(row.raw, row.final)),
      );
      record.rows.forEach((/** @type {any} */ row, /** @type {number} */ i) => {
        const one = (rows[i] ??= makeRow("button", (held) => onPick(held.id, held.text)));
        const why = reason(row, record, marked),
          cut = Boolean(row.cut && row.cut !== "draw");
        one.show(row, top, why, cut);
        one.element.classList.toggle("on", row.id === marked.chosen);
        one.element.classList.toggle("was", row.id === marked.was && marked.was !== marked.chosen);
        const name = nameOf(row, why);
        one.element.setAttribute("aria-label", name);
        one.element.title = name;
      });
      rest.show(
        { text: "", raw: others.raw, final: others.count ? others.final : 0 },
        top,
        nt("{n} token", "{n} tokens", others.count),
        false,
      );
      rest.text.textContent = t("others");
      rest.text.removeAttribute("translate");
      rest.element.title = t(
        "All other tokens together: {count}, with {after} after the rules and {before} before them. {cut} of them are cut; those held {held}.",
        {
          count: others.count,
          after: chance(others.final),
          before: chance(others.raw),
          cut: others.cut_count,
          held: chance(others.cut_raw),
        },
      );
      const list = [
        head,
        ...rows.slice(0, record.rows.length).map((one) => one.element),
        rest.element,
      ];
      // else the focus stays on its row
      if (list.length !== host.children.length) host.replaceChildren(...list);
    },
  };
}

/** @param {"button" | "div"} tag @param {(row: any) => void} act */
function makeRow(tag, act) {
  const element = make(tag, "bar"),
    text = asIs(make("span", "t")),
    before = make("span", "num"),
    model = make("span", "track"),
    after = make("span", "num"),
    rules = make("span", "track"),
    why = make("span", "why"),
    raw = make("i", "raw-bar"),
    final = make("i", "final-bar");
  if (element instanceof HTMLButtonElement) element.type = "button";
  model.append(raw);
  rules.append(final);
  element.append(text, before, model, after, rules, why);
  /** @type {any} */
  let held = null;
  element.addEventListener("click", () => held && act(held));
  return {
    element,
    text,
    /**
     * @param {any} row
     * @param {number} top the longest bar's probability
     * @param {string} reason
     * @param {boolean} cut
     */
    show(row, top, reason, cut) {
      held = row;
      element.classList.toggle("cut", cut);
      text.textContent = shown(row.text);
      before.textContent = chance(row.raw);
      after.textContent = cut ? "–" : chance(row.final);
      raw.style.width = `${((100 * row.raw) / top).toFixed(2)}%`;
      final.style.width = `${((100 * row.final) / top).toFixed(2)}%`;
      why.textContent = reason;
    },
  };
}
