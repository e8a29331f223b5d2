"""Numbers that a lesson's text may ask for, each computed by the code that the pages use;
`filled.py` writes them into the text."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from playground import decoding
from playground.decoding.settings import PARAMETERS, DecodingSettings
from playground.i18n import t
from playground.markov import HiddenMarkovModel, MarkovChain
from playground.metrics import bleu, perplexity, rouge


def numbers(text: str) -> list[float]:
    return [float(part) for part in text.split(",")]


def _setting(name: str, value: str) -> Any:
    if name == "order":
        return value
    if name == "do_sample":
        return value == "1"
    number = float(value)
    return int(number) if number.is_integer() else number


def settings_of(rules: dict[str, str]) -> DecodingSettings:
    """The settings that a lesson writes as `top_p=.9 order=llama.cpp`."""
    unknown = [name for name in rules if name not in PARAMETERS]
    if unknown:
        raise ValueError(t("there is no rule {name}", name=", ".join(unknown)))
    values: dict[str, Any] = {name: _setting(name, value) for name, value in rules.items()}
    return DecodingSettings(**values)


def final(logits: str, token: str = "0", prompt: str = "", **rules: str) -> float:
    """Probability that `token` is drawn after all rules."""
    chosen = settings_of(rules)
    seen = [int(i) for i in prompt.split(",") if i]
    return float(
        decoding.apply_stages(numbers(logits), seen, chosen, len(seen))[-1].probs[int(token)]
    )


def survivors(logits: str, **rules: str) -> int:
    chosen = settings_of(rules)
    return int((np.asarray(decoding.apply_stages(numbers(logits), [], chosen)[-1].probs) > 0).sum())


def logit_after(logits: str, token: str, visits: str = "1", **rules: str) -> float:
    """The logit of a token that was generated `visits` times, after the penalties."""
    chosen = settings_of(rules)
    stages = decoding.apply_stages(numbers(logits), [int(token)] * int(visits), chosen)
    return float(stages[-2].logits[int(token)])


def drawn(logits: str, names: str, u: str, **rules: str) -> str:
    """Which token a given u falls on: cumulative sum in falling order of final probability."""
    chosen = settings_of(rules)
    shares = np.asarray(decoding.apply_stages(numbers(logits), [], chosen)[-1].probs, np.float64)
    order = np.argsort(-shares, kind="stable")
    place = int(np.searchsorted(np.cumsum(shares[order]) / shares.sum(), float(u), side="right"))
    return names.split(",")[int(order[place])]


def visits_until_gone(
    logit: str, delta_e: str, repetition_penalty: str = "1", frequency_penalty: str = "0"
) -> float:
    """The first visit after which leaving a loop is the likelier step; inf if no visit brings
    it."""
    visit = decoding.escape.visit_of_negative_barrier(
        float(logit), float(delta_e), float(repetition_penalty), float(frequency_penalty)
    )
    return math.inf if visit is None else int(visit)


def entropy(probabilities: str) -> float:
    """In bits."""
    p = np.array(numbers(probabilities))
    p = p[p > 0] / p.sum()
    return float((p * np.log2(1 / p)).sum())


def stationary(rows: str, state: str) -> float:

    return float(
        np.ravel(MarkovChain([numbers(row) for row in rows.split(";")]).stationary())[int(state)]
    )


def hidden(
    what: str,
    observed: str,
    initial: str,
    transition: str,
    emission: str,
    at: str = "0",
    state: str = "0",
    names: str = "",
) -> Any:
    """`what`: likelihood, posterior (of `state` at step `at`), or viterbi (the path, in the states'
    `names` where they are given)."""

    moves, emits = (
        [numbers(row) for row in matrix.split(";")] for matrix in (transition, emission)
    )
    model = HiddenMarkovModel(numbers(initial), moves, emits)
    symbols = [int(o) for o in observed.split(",")]
    if what == "likelihood":
        return math.exp(model.log_likelihood(symbols))
    if what == "posterior":
        return float(model.posterior(symbols)[int(at), int(state)])
    called = names.split(",") if names else [str(number) for number in range(len(moves))]
    return ", ".join(called[int(number)] for number in model.viterbi(symbols)[0])


def break_even(token_ms: str, steps: str, step_ms: str) -> float:
    """Length at which left-to-right takes as long as diffusion, if neither cost depends on the
    length."""
    return float(steps) * float(step_ms) / float(token_ms)


def seconds(count: str, each_ms: str) -> float:
    return float(count) * float(each_ms) / 1000


def parallel_error(p: str) -> float:
    """Two words that always agree (both A with chance p, else both B), drawn at once as if
    independent: total variation to the truth."""
    a = float(p)
    return 0.5 * (abs(a - a * a) + abs((1 - a) - (1 - a) ** 2) + 2 * a * (1 - a))


def chance_after(rows: str, start: str, end: str, steps: str) -> float:
    """Chance that a chain stands in `end` so many steps after `start`."""
    matrix = np.array([numbers(row) for row in rows.split(";")])
    return float(np.linalg.matrix_power(matrix, int(steps))[int(start), int(end)])


def cycle_length(rows: str, start: str) -> float:
    """Steps until a chain that always takes the likeliest next state (ties: the first) is back at
    `start`; inf if never."""
    following = [int(np.argmax(numbers(row))) for row in rows.split(";")]
    state = following[int(start)]
    for steps in range(1, len(following) + 1):
        if state == int(start):
            return float(steps)
        state = following[state]
    return math.inf


def bleu_part(candidate: str, reference: str, part: str = "score") -> float:
    """`part`: score (0 to 100), precision (of single words, per cent) or brevity (the penalty's
    factor)."""
    result = bleu(candidate.replace("_", " "), [reference.replace("_", " ")])
    return float(
        {
            "score": result.score,
            "precision": result.precisions[0],
            "brevity": result.brevity_penalty,
        }[part]
    )


def common(candidate: str, reference: str) -> float:
    """Length of the longest common subsequence, words."""
    return float(rouge(candidate.replace("_", " "), reference.replace("_", " "))["rougeL"].overlap)


def bayes(prior: str, likelihood: str, other: str) -> float:
    """Posterior of the first of two classes."""
    joint = float(prior) * float(likelihood)
    return joint / (joint + (1 - float(prior)) * float(other))


def share(counts: str, at: str) -> float:
    return numbers(counts)[int(at)] / sum(numbers(counts))


FIGURES: dict[str, Callable[..., Any]] = {
    "final": final,
    "softmax": final,
    "survivors": survivors,
    "logit_after": logit_after,
    "drawn": drawn,
    "entropy": entropy,
    "perplexity": lambda probabilities: perplexity(numbers(probabilities)),
    "critical": lambda delta_e, top_p, rivals="1": decoding.escape.critical_temperature(
        float(delta_e), float(top_p), int(rivals)
    ),
    "arrhenius": lambda delta_e, temperature: decoding.escape.escape_probability(
        float(delta_e), float(temperature)
    ),
    "escape": lambda delta_e, temperature, rivals="1": decoding.escape.two_state_escape_probability(
        float(delta_e), float(temperature), int(rivals)
    ),
    "draws_to_escape": lambda delta_e, temperature: (
        1 / decoding.escape.two_state_escape_probability(float(delta_e), float(temperature))
    ),
    "barrier": lambda logit, delta_e, visits, repetition_penalty="1", frequency_penalty="0": (
        decoding.escape.penalized_barrier(
            float(logit),
            float(delta_e),
            int(visits),
            float(repetition_penalty),
            float(frequency_penalty),
        )
    ),
    "visits_until_gone": visits_until_gone,
    "stationary": stationary,
    "hidden": hidden,
    "break_even": break_even,
    "seconds": seconds,
    "parallel_error": parallel_error,
    "chance_after": chance_after,
    "cycle_length": cycle_length,
    "bayes": bayes,
    "share": share,
    "bleu": bleu_part,
    "common": common,
    "still_inside": lambda chance, draws: (1 - float(chance)) ** float(draws),
    "product": lambda a, b: float(a) * float(b),
    "power": lambda a, b: float(a) ** float(b),
    "share_each": lambda mass, tokens: float(mass) / float(tokens),
    "left_over": lambda length, steps: float(
        int(length) - int(steps) * (int(length) // int(steps))
    ),
    "rouge": lambda candidate, reference, kind="rougeL": (
        rouge(candidate.replace("_", " "), reference.replace("_", " "))[kind].fmeasure
    ),
}
