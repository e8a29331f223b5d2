// @ts-check
/** From softmax to T_c, line by line. */
import { node } from "../../core/dom.js";
import { formula } from "../../core/formula.js";
import { pieces, t } from "../../core/translate.js";

const f = formula;

/** @param {() => (string | Node)[]} said */
const line = (said) => node("li", {}, said);

const softmax = () => [
  line(() =>
    pieces(
      "A draw takes token {token} with probability {chance}: the softmax of the logits {logits} divided by the temperature.",
      { token: f("i"), chance: f("P_i = e^(z_i/T) / {∑_j e^(z_j/T)}"), logits: f("z") },
    ),
  ),
  line(() =>
    pieces("Call {energy} an energy. Then {chance} with {sum}: Boltzmann's law.", {
      energy: f("E_i = −z_i"),
      chance: f("P_i = e^(−E_i/T) / Z"),
      sum: f("Z = ∑_j e^(−E_j/T)"),
    }),
  ),
  line(() =>
    pieces("Of two tokens only the difference counts: {ratio} with {barrier}.", {
      ratio: f("P_esc / P_loop = e^(−ΔE/T)"),
      barrier: f("ΔE = z_loop − z_esc"),
    }),
  ),
  line(() =>
    pieces(
      "With just these two, {chance}. Where {held} this is Arrhenius' {approximation}; as {hot} it goes to ½, not to {one}.",
      {
        chance: f("P_esc = 1 / (1 + e^(ΔE/T))"),
        held: f("P_loop ≈ 1"),
        approximation: f("e^(−ΔE/T)"),
        hot: f("T → ∞"),
        one: "1",
      },
    ),
  ),
];

const nucleus = () => [
  line(() =>
    pieces(
      "Top-p keeps the smallest set that reaches {p}, the crossing token included. If {held} that set is the loop token alone: {never} exactly.",
      { p: f("p"), held: f("P_loop ≥ p"), never: f("P_esc = 0") },
    ),
  ),
  line(() =>
    pieces("The lid opens where {border}: {solved}, so {weight}.", {
      border: f("P_loop(T_c) = p"),
      solved: f("1 / (1 + e^(−ΔE/T_c)) = p"),
      weight: f("e^(−ΔE/T_c) = (1 − p) / p"),
    }),
  ),
  line(() =>
    pieces("Hence {formula}; with {n} equal rivals {several}.", {
      formula: f("T_c = ΔE / {ln(p / (1 − p))}"),
      n: f("N"),
      several: f("T_c = ΔE / {ln(N·p / (1 − p))}"),
    }),
  ),
  line(() =>
    pieces(
      "For {border} the logarithm is not positive: {loop} stays above {p} at every temperature, and no temperature escapes.",
      { border: f("p ≤ 1/(N + 1)"), loop: f("P_loop"), p: f("p") },
    ),
  ),
];

const real = () => [
  line(() =>
    pieces(
      "A real vocabulary has no equal rivals: solve {border} over all logits. {loop} falls steadily with {temperature} (the loop token is the likeliest), so there is one root.",
      { border: f("P_loop(T) = p"), loop: f("P_loop"), temperature: f("T") },
    ),
  ),
  line(() => {
    const before = t("before");
    return pieces(
      "All this needs temperature {before} top-p (transformers' order). With temperature last, top-p never sees {temperature}: no {critical} exists.",
      { before: node("b", {}, before), temperature: f("T"), critical: f("T_c") },
    );
  }),
];

export const derivation = () => node("ol", {}, ...softmax(), ...nucleus(), ...real());
