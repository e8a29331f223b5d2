// @ts-check
/**
 * The rows of the theory: which rule forbids the way out, and each formula with the numbers of
 * these settings.
 */
import { make } from "../../core/dom.js";
import { fixed, plain } from "../../core/format.js";
import { formula } from "../../core/formula.js";
import { nt, t } from "../../core/translate.js";
import { arrhenius } from "./curves.js";
import { lawOf, minPCritical, ownPlace } from "./law.js";
import { counted } from "./sentences.js";

/** @typedef {import("./sentences.js").State} State */

const OFF = { top_p: 1, min_p: 0, top_k: 0 };
/** @type {Record<string, () => string>} */
const VERDICTS = {
  allows: () => t("✓ lets it out"),
  forbids: () => t("✕ forbids it"),
  off: () => t("off"),
};

/** What a rule alone does here. @param {State} state @param {"top_k" | "top_p" | "min_p"} rule */
function alone({ settings, place }, rule) {
  if (settings[rule] === OFF[rule]) return "off";
  const law = lawOf(place, { ...settings, ...OFF, [rule]: settings[rule] });
  return law.ways > 0 || settings.temperature === 0 ? "allows" : "forbids";
}

/** @param {State} state */
function minPNumbers({ settings, place }) {
  const first = settings.order === "transformers",
    needed = minPCritical(place.barrier, settings.min_p),
    ratio = arrhenius(place.barrier, first ? settings.temperature : 1),
    sign = ratio >= settings.min_p ? "≥" : "<",
    from = first && Number.isFinite(needed) && needed > 0 ? `, T ≥ ${fixed(needed, 3)}` : "";
  return `${counted(ratio, 3)} ${sign} ${plain(settings.min_p)}${from}`;
}

/** {rule, condition, numbers, verdict} each. @param {State} state */
export function verdictsOf(state) {
  const { settings, place, critical } = state,
    { temperature } = settings,
    first = settings.order === "transformers",
    finite = critical !== null && Number.isFinite(critical);
  return [
    {
      rule: t("temperature"),
      condition: "T > 0",
      numbers: `T = ${plain(temperature)}`,
      verdict: temperature > 0 || place.barrier <= 0 ? "allows" : "forbids",
    },
    {
      rule: t("top-k"),
      condition: "k ≥ 2",
      numbers: `k = ${settings.top_k}`,
      verdict: alone(state, "top_k"),
    },
    {
      rule: t("top-p"),
      condition: first ? "T > T_c" : t("P(loop) < p at T = 1"),
      numbers: finite ? `T_c = ${fixed(critical, 3)}` : t("no T_c"),
      verdict: alone(state, "top_p"),
    },
    {
      rule: t("min-p"),
      condition: "e^(−ΔE/T) ≥ α",
      numbers: minPNumbers(state),
      verdict: alone(state, "min_p"),
    },
  ].map((row) => (row.verdict === "off" ? { ...row, numbers: "" } : row));
}

export function headRow() {
  const row = make("tr");
  for (const title of [t("rule"), t("escape needs"), t("here"), ""])
    row.append(make("th", "", title));
  return row;
}

/** Mathematics as a formula, words as they are. @param {string} text */
const written = (text) => (/[=≥<>]/.test(text) ? formula(text) : text);

/** @param {{rule: string, condition: string, numbers: string, verdict: string}} row */
export function verdictRow({ rule, condition, numbers, verdict }) {
  const row = make("tr", verdict),
    needs = make("td"),
    here = make("td", "num");
  needs.append(written(condition));
  here.append(written(numbers));
  row.append(make("td", "", rule), needs, here, make("td", "escape-mark", VERDICTS[verdict]()));
  return row;
}

/** @typedef {{name: string, symbols: string | Node, numbers: string | Node}} Line */

/** Every formula that says something here. @param {State} state @returns {Line[]} */
export function formulasOf(state) {
  const { law } = state,
    lines = [...penaltyLine(state), ...chanceLines(state), ...criticalLines(state)];
  if (law.chance > 0 && law.chance < 1)
    lines.push({
      name: t("draws until it leaves (all rules)"),
      symbols: t("mean 1/P"),
      numbers: formula(`1 / ${counted(law.chance)} = ${fixed(1 / law.chance, 2)}`),
    });
  return lines;
}

/** @param {State} state @returns {Line[]} */
function penaltyLine({ settings, place }) {
  const { word, loop_logit, delta_e, visits } = settings,
    theta = settings.repetition_penalty,
    alpha = settings.frequency_penalty;
  if (word >= 0 || !visits || (theta === 1 && !alpha)) return [];
  const once = `${plain(loop_logit)}${loop_logit > 0 ? "/" : "·"}${plain(theta)}`;
  return [
    {
      name: nt("barrier after {n} visit", "barrier after {n} visits", visits),
      symbols: t("ΔE' = penalised z_loop − z_out"),
      numbers: formula(
        `(${once} − ${plain(alpha)}·${visits}) − (${plain(loop_logit - delta_e)}) = ${counted(place.barrier)}`,
      ),
    },
  ];
}

/** @param {State} state @returns {Line[]} */
function chanceLines({ settings, place, law }) {
  const { temperature } = settings,
    { barrier, rivals } = place;
  if (temperature <= 0) return [];
  const over = `${counted(barrier, 3)}/${plain(temperature)}`,
    two = lawOf(ownPlace(barrier, 1), { ...settings, ...OFF }).chance,
    exact = counted(law.plain);
  return [
    {
      name: t("Arrhenius (approximation)"),
      symbols: formula("P ≈ e^(−ΔE/T)"),
      numbers: formula(`e^(−${over}) = ${counted(arrhenius(barrier, temperature))}`),
    },
    {
      name: t("exact, two tokens"),
      symbols: formula("P = 1 / {1 + e^(ΔE/T)}"),
      numbers: formula(`1 / {1 + e^(${over})} = ${counted(two)}`),
    },
    place.equal
      ? {
          name: nt("exact, {n} rival", "exact, {n} rivals", rivals),
          symbols: formula("P = N / {N + e^(ΔE/T)}"),
          numbers: formula(`${rivals} / {${rivals} + e^(${over})} = ${exact}`),
        }
      : {
          name: nt("exact, {n} rival", "exact, {n} rivals", rivals),
          symbols: formula("P = {∑_i e^(−ΔE_i/T)} / {1 + ∑_i e^(−ΔE_i/T)}"),
          numbers: formula(`P = ${exact}`),
        },
  ];
}

/** @param {State} state @returns {Line[]} */
function criticalLines({ settings, place, critical }) {
  const { top_p: p, min_p } = settings,
    { barrier } = place,
    name = t("nucleus escape temperature");
  if (settings.order !== "transformers")
    return [
      {
        name,
        symbols: t("T_c = ΔE / ln(N·p/(1−p)) needs temperature before top-p"),
        numbers: t("none in this order"),
      },
    ];
  /** @type {Line[]} */
  const lines = [];
  if (critical !== null)
    lines.push({
      name,
      symbols: formula(place.equal ? "T_c = ΔE / ln(N·p/(1−p))" : "P_loop(T_c) = p"),
      numbers: criticalNumbers(critical, place, p),
    });
  if (min_p > 0 && barrier > 0)
    lines.push({
      name: t("min-p escape temperature"),
      symbols: formula("T_c = ΔE / ln(1/α)"),
      numbers: formula(
        `${counted(barrier, 3)} / ln(${counted(1 / min_p)}) = ${counted(minPCritical(barrier, min_p))}`,
      ),
    });
  return lines;
}

/** @param {number} critical @param {import("./law.js").Place} place @param {number} p */
function criticalNumbers(critical, { barrier, rivals, equal }, p) {
  if (!equal)
    return Number.isFinite(critical)
      ? formula(`T_c = ${fixed(critical, 3)}`)
      : t("no temperature escapes");
  const inside = counted((rivals * p) / (1 - p));
  return Number.isFinite(critical)
    ? formula(`${counted(barrier, 3)} / ln(${inside}) = ${counted(critical)}`)
    : t("ln({odds}) ≤ 0: no temperature escapes", { odds: inside });
}

/** @param {Line} line */
export function formulaLine({ name, symbols, numbers }) {
  const row = make("p", "escape-formula"),
    left = make("span"),
    right = make("b");
  left.append(symbols);
  right.append(numbers);
  row.append(make("span", "soft", name), left, right);
  return row;
}
