// @ts-check
/** Perplexity with every token's part in it. */
import { make, visible } from "../../core/dom.js";
import { chance, fixed, percent, whole } from "../../core/format.js";
import { t } from "../../core/translate.js";
import { foldout, note, tableOf } from "./parts.js";

/** The text, each token tinted by its surprise. @param {any[]} tokens */
function tinted(tokens) {
  const most = Math.max(1e-9, ...tokens.map((one) => one.surprisal ?? 0)),
    prose = make("p", "compare-text");
  for (const token of tokens) {
    const span = make("span", "scores-token", token.piece);
    if (token.surprisal !== null) {
      const share = Math.round((44 * token.surprisal) / most);
      span.style.background = `color-mix(in srgb, var(--loop) ${share}%, transparent)`;
    }
    span.title =
      token.rank === null
        ? t("not scored: nothing stands before it")
        : t("P {probability}, rank {rank}, −ln P {surprisal}", {
            probability: chance(token.probability),
            rank: whole(token.rank),
            surprisal: fixed(token.surprisal),
          });
    prose.append(span);
  }
  return prose;
}

/** @param {any} found @param {number | null} sum nats */
const everyToken = (found, sum) =>
  tableOf(
    [
      ...[t("token"), "P", t("rank"), t("−ln P (nats)"), t("part of the sum")],
      t("factor of the perplexity"),
    ],
    found.tokens.map((/** @type {any} */ one) => [
      make("span", "t", visible(one.text).slice(0, 40)),
      one.rank === null ? t("not scored") : chance(one.probability),
      one.rank === null ? "" : whole(one.rank),
      fixed(one.surprisal),
      one.surprisal === null || !sum ? "" : percent(one.surprisal / sum),
      one.surprisal === null ? "" : "×" + fixed(Math.exp(one.surprisal / found.scored), 4),
    ]),
  );

/** @param {any} found @returns {Node[]} */
export function perplexityOpened(found) {
  const mean = found.mean_surprisal,
    sum = mean === null ? null : mean * found.scored,
    value = found.perplexity === null ? "∞" : fixed(found.perplexity, 2);
  const formula =
    found.perplexity === null
      ? t("A token is impossible for this model, so the perplexity is infinite.")
      : t("perplexity = exp({sum} nats / {tokens} tokens) = exp({mean}) = {value}", {
          ...{ sum: fixed(sum), tokens: found.scored, mean: fixed(mean, 4), value },
        });
  const first = found.begin
    ? t("A beginning-of-text token stands in front, so the first word is scored too.")
    : t("The first token is not scored: nothing stands before it.");
  const meaning = t(
    "It means: between how many equally likely tokens the model wavered on average. It misses: whether the text is good; a loop has a low one. Comparable only between texts under the same model.",
  );
  return [
    tinted(found.tokens),
    make("p", "scores-big", value),
    make("p", "scores-formula", formula),
    foldout(t("Every token’s part"), everyToken(found, sum)),
    note(`${first} ${meaning}`),
  ];
}
