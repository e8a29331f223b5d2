"""/markov and /hmm for programs: plain JSON values by keyword, a JSON object back, an error that
names field, value and range."""

from __future__ import annotations

import gradio as gr
import numpy as np

from playground.i18n import t
from playground.markov.chain import MarkovChain
from playground.markov.hidden import HiddenMarkovModel
from playground.markov.learning import baum_welch
from playground.markov.trellis import compare_paths
from playground.pages.answer_size import most_cells
from playground.pages.chains import parsing
from playground.parameters import LARGEST_SEED

MOST_STATES = 64
LONGEST = 10_000
# of each of the three tables that hold a row for every observation; names and learned tables take
# the rest
MOST_CELLS = most_cells(tables=3, besides=3_000_000)


def markov(
    transition: list[list[float]],
    states: list[str] = [],  # noqa: B006 - Gradio reads the default into the API page
    initial: list[float] = [],  # noqa: B006 - Gradio reads the default into the API page
    steps: int = 100,
    seed: int = 0,
    mode: str = "sampled",
    power: int = 1,
) -> dict:
    """A Markov chain: a walk and everything that follows from its matrix.

    Args:
        transition: square table of probabilities, rows sum to 1 (row: from, column: to), up to 64
            states
        states: their names (0, 1, ... where left out)
        initial: the distribution of the first state (every state alike where left out)
        steps: states of the walk to return, 0 to 10000
        seed: of the walk; the draw of step t depends on (seed, t) alone
        mode: "sampled", or "greedy": always the most likely successor, ties to the lowest state
        power: n of the n-step matrix to return, 0 to 10000

    Returns:
        path, power (n-step matrix), stationary (one distribution a recurrent class), eigenvalues
        ([real, imaginary], largest first),
        spectral_gap, mixing_time (null: never), hitting_times (from, to; null: infinite),
        return_times, classes, entropy_rate (nats a step)
    """
    try:
        count = len(transition) if isinstance(transition, list) else 0
        if not 1 <= count <= MOST_STATES:
            raise ValueError(
                f"transition must have 1 to {MOST_STATES} rows, got {parsing.short(transition)}"
            )
        names = parsing.names(states, "states", count, count) if states else None
        chain = MarkovChain(
            parsing.table(transition, "transition", count, count), names, initial or None
        )
        steps, power = (
            parsing.whole(steps, "steps", 0, LONGEST),
            parsing.whole(power, "power", 0, LONGEST),
        )
        seed = parsing.whole(seed, "seed", 0, LARGEST_SEED)
        greedy = parsing.choice(mode, "mode", ("sampled", "greedy")) == "greedy"
    except ValueError as error:
        raise gr.Error(str(error), print_exception=False) from None
    mixing = chain.mixing_time()
    return {
        "states": list(chain.states),
        "path": [step["state"] for step in chain.walk(steps, seed, greedy=greedy)],
        "power": parsing.plain(chain.n_step(power)),
        "distribution": parsing.plain(chain.distribution(power)),
        "stationary": parsing.plain(chain.stationary_distributions()),
        "eigenvalues": [[float(value.real), float(value.imag)] for value in chain.eigenvalues()],
        "spectral_gap": chain.spectral_gap(),
        "mixing_time": parsing.plain(float(mixing)),
        "hitting_times": parsing.plain(
            np.column_stack([chain.hitting_times(j) for j in range(count)])
        ),
        "return_times": parsing.plain(chain.return_times()),
        "entropy_rate": chain.entropy_rate(),
        "classes": [
            {"states": list(one.states), "recurrent": one.recurrent, "period": one.period}
            for one in chain.communicating_classes()
        ],
    }


def hmm(
    initial: list[float],
    transition: list[list[float]],
    emission: list[list[float]],
    observations: list[int] = [],  # noqa: B006
    length: int = 0,
    seed: int = 0,
    iterations: int = 0,
    states: list[str] = [],  # noqa: B006 - Gradio reads the default into the API page
    symbols: list[str] = [],  # noqa: B006 - Gradio reads the default into the API page
    tables: bool = True,
) -> dict:
    """A hidden Markov model: forward, backward, posterior, Viterbi, prediction and Baum-Welch.

    Args:
        initial: distribution of the first state
        transition: square table of probabilities, rows sum to 1, up to 64 states
        emission: one row a state, one column a symbol, rows sum to 1
        observations: symbol numbers, -1 where one is missing, up to 10000 (leave out to sample)
        length: without observations: how many to sample, 1 to 10000
        seed: of the sample; the draws of step t depend on (seed, t) alone
        iterations: of Baum-Welch from this model, 0 to 100
        states: names of the states
        symbols: names of the symbols
        tables: forward, backward and posterior in the answer; these have a number for each state
            and observation and hold at most
            69444 numbers each. False leaves them out (null), so that 64 states can read 10000
            observations

    Returns:
        observations, sampled_states (null if given), log_likelihood (nats), forward and backward
        (logarithms, null: impossible),
        posterior, viterbi {path, log_probability}, posterior_path, next_symbol, and, with
        iterations, learned {log_likelihoods,
        initial, transition, emission}
    """
    try:
        count = len(transition) if isinstance(transition, list) else 0
        kinds = (
            len(emission[0])
            if isinstance(emission, list) and emission and isinstance(emission[0], list)
            else 0
        )
        if not 1 <= count <= MOST_STATES or not 1 <= kinds <= 1000:
            raise ValueError(
                f"transition must have 1 to {MOST_STATES} rows and emission 1 to 1000 columns, "
                f"got {count} and {kinds}"
            )
        model = HiddenMarkovModel(
            parsing.table([initial], "initial", 1, count)[0],
            parsing.table(transition, "transition", count, count),
            parsing.table(emission, "emission", count, kinds),
            parsing.names(states, "states", count, count) if states else None,
            parsing.names(symbols, "symbols", kinds, kinds) if symbols else None,
        )
        iterations, seed = (
            parsing.whole(iterations, "iterations", 0, 100),
            parsing.whole(seed, "seed", 0, LARGEST_SEED),
        )
        if not isinstance(tables, bool):
            raise ValueError(f"tables must be true or false, got {parsing.short(tables)}")
        hidden = None
        if observations:
            if not isinstance(observations, list) or len(observations) > LONGEST:
                raise ValueError(
                    f"observations must be a list of at most {LONGEST} symbol numbers, got "
                    f"{parsing.short(observations)}"
                )
            seen = model.check_observations(observations)
        else:
            length = parsing.whole(length, "length", 1, LONGEST)
            if tables:
                check_tables("length", length, count)
            hidden, seen = model.sample(length, seed)
        if tables and hidden is None:
            check_tables("observations", len(seen), count)
        paths = compare_paths(
            model, seen
        )  # ImpossibleObservations is a ValueError with position and symbol
        steps = list(baum_welch(model, seen, iterations)) if iterations else []
    except ValueError as error:
        raise gr.Error(str(error), print_exception=False) from None
    passes = model.passes(seen)
    answer = {
        "states": list(model.states),
        "symbols": list(model.symbols),
        "observations": seen.tolist(),
        "sampled_states": None if hidden is None else hidden.tolist(),
        "log_likelihood": float(passes.log_likelihood),
        "forward": parsing.plain(passes.log_alpha) if tables else None,
        "backward": parsing.plain(passes.log_beta) if tables else None,
        "posterior": parsing.plain(passes.posterior) if tables else None,
        "viterbi": {"path": paths["viterbi"], "log_probability": paths["viterbi_log_probability"]},
        "posterior_path": paths["posterior"],
        "next_symbol": parsing.plain(model.predict(seen)[1][0]),
    }
    if steps:
        last = steps[-1].model
        answer["learned"] = {
            "log_likelihoods": [step.log_likelihood for step in steps],
            "initial": parsing.plain(last.initial),
            "transition": parsing.plain(last.transition),
            "emission": parsing.plain(last.emission),
        }
    return answer


def check_tables(field: str, length: int, states: int) -> None:
    """Raises ValueError where tables of `length` rows and `states` columns make the answer too
    large."""
    most = MOST_CELLS // states
    if length > most:
        raise ValueError(
            t(
                "{field} must be at most {most} for {states} states with the tables of forward, "
                "backward and posterior, got {got}: tables=false leaves them out",
                field=field,
                most=most,
                states=states,
                got=length,
            )
        )
