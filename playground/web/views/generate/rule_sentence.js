// @ts-check
/** What the rules did at a step, in words. */
import { percent } from "../../core/format.js";
import { locale, nt, pieces, t } from "../../core/translate.js";

/** @param {string[]} names */
const listed = (names) => new Intl.ListFormat(locale(), { type: "conjunction" }).format(names);

/** @param {string} text */
const opened = (text) => text.slice(0, 1).toLocaleUpperCase(locale()) + text.slice(1);

/**
 * Strings and elements: which rule decides at this step, which only shift probability, which have
 * no effect.
 * @param {any} record @param {{nameOf: (stage: string) => string, sampled: boolean}} about
 * @returns {(string | Node)[]}
 */
export function sentenceOf(record, { nameOf, sampled }) {
  const own = record.stages.filter(
    (/** @type {any} */ stage) => stage.name !== "logits" && stage.name !== "draw",
  );
  /** @param {(stage: any) => boolean} wanted @returns {string[]} */
  const names = (wanted) =>
    own.filter(wanted).map((/** @type {any} */ stage) => nameOf(stage.name));
  /** @type {(string | Node)[]} */
  const said = record.binding
    ? decides(
        own.find((/** @type {any} */ stage) => stage.name === record.binding),
        nameOf,
      )
    : [nothingCut(record, own, sampled)];
  const shifts = names((stage) => stage.effect && !stage.removed),
    idle = names((stage) => !stage.effect);
  if (record.binding && shifts.length)
    said.push(
      " ",
      nt("{rules} shifts probability.", "{rules} shift probability.", shifts.length, {
        rules: opened(listed(shifts)),
      }),
    );
  if (idle.length)
    said.push(
      " ",
      nt(
        "{rules} has no effect at this step.",
        "{rules} have no effect at this step.",
        idle.length,
        {
          rules: opened(listed(idle)),
        },
      ),
    );
  return said;
}

/** @param {any} stage @param {(stage: string) => string} nameOf */
function decides(stage, nameOf) {
  const rule = document.createElement("b");
  rule.textContent = nameOf(stage.name);
  const mass = percent(stage.removed_mass);
  return stage.removed === 1
    ? pieces("Here {rule} decides: it removes one token holding {mass} of the probability.", {
        rule,
        mass,
      })
    : pieces("Here {rule} decides: it removes {count} tokens holding {mass} of the probability.", {
        rule,
        mass,
        count: stage.removed,
      });
}

/** @param {any} record @param {any[]} own @param {boolean} sampled */
function nothingCut(record, own, sampled) {
  if (own.some((stage) => stage.effect))
    return t("Here no rule removes a token; the probabilities only shift.");
  if (own.length) return t("Here no rule removes a token.");
  if (record.forced) return t("No rule acts here: this is the model’s own distribution.");
  return sampled
    ? t("No rule acts here: the token is drawn from the model’s own distribution.")
    : t("No rule acts here: the likeliest token is taken.");
}
