"""The live experiment on a Markov chain, where the chance of every outcome is known exactly."""

import math

import numpy as np
import pytest

from playground.decoding import DecodingSettings
from playground.decoding.escape import critical_temperature, escape_experiment, find_cycle
from playground.decoding.together import Together, next_logits_of
from tests.doubles import MarkovCausalModel, RandomCausalModel

CHAIN = [
    [0.02, 0.94, 0.02, 0.02],
    [0.03, 0.01, 0.95, 0.01],
    [0.96, 0.02, 0.01, 0.01],
    [0.25, 0.25, 0.25, 0.25],
]


@pytest.fixture
def model():
    return MarkovCausalModel(CHAIN)


@pytest.fixture
def cycle(model):
    return find_cycle(model, [3], 40)


def last(run):
    return list(run)[-1]


def test_a_greedy_text_of_the_chain_falls_into_its_cycle(cycle):
    assert cycle.loop.period == 3 and cycle.loop.repeats == 3 and cycle.prompt_length == 1
    assert cycle.continuation(4) == [(cycle.ids[-3:] * 2)[place] for place in range(4)]


def test_a_text_that_does_not_loop_gives_none():
    assert find_cycle(RandomCausalModel(vocab_size=500), [1], 30) is None
    assert find_cycle(MarkovCausalModel(CHAIN, eos_id=2), [3], 40) is None


def test_the_prompts_own_repetition_is_no_loop():
    assert find_cycle(RandomCausalModel(vocab_size=500), [1, 2] * 10, 5) is None


def test_measured_escapes_agree_with_the_exact_prediction(model, cycle):
    conditions = [
        DecodingSettings(temperature=t, top_p=p)
        for p in (1.0, 0.97)
        for t in (0.3, 0.5, 0.8, 1.0, 1.5, 2.0)
    ]
    progress = last(escape_experiment(model, cycle, conditions, runs=400, length=20, seed=3))
    inside, points = progress.points_within()
    assert points == 12 and inside >= 11
    assert np.mean([row["within"] for row in progress.results()]) >= 0.9


def test_the_prediction_is_the_chains_own(model, cycle):
    progress = last(escape_experiment(model, cycle, [DecodingSettings()], runs=4, length=6))
    stays = [
        CHAIN[here][there]
        for here, there in zip(
            [cycle.ids[-1], *cycle.continuation(5)], cycle.continuation(6), strict=True
        )
    ]
    assert progress.survival[0].tolist() == pytest.approx([1, *np.cumprod(stays)], rel=1e-5)


def test_below_t_c_nobody_escapes_and_above_somebody_does(model, cycle):
    strongest = min(
        critical_temperature(math.log(a / b), 0.9)
        for a, b in [(0.94, 0.02), (0.95, 0.03), (0.96, 0.02)]
    )
    conditions = [
        DecodingSettings(temperature=strongest * 0.5, top_p=0.9),
        DecodingSettings(temperature=strongest * 2, top_p=0.9),
    ]
    cold, hot = last(escape_experiment(model, cycle, conditions, runs=100, length=12)).results()
    assert cold["escaped"][-1] == 0 and cold["predicted"][-1] == 0 and hot["escaped"][-1] > 0


def test_all_conditions_share_one_forward_pass_a_token(model, cycle):
    before = model.calls
    progress = last(
        escape_experiment(
            model, cycle, [DecodingSettings(temperature=t) for t in (0.5, 1, 2)], runs=32, length=15
        )
    )
    assert progress.network_calls == model.calls - before == 15 and progress.finished


def test_the_same_seed_gives_the_same_runs_and_another_others(model, cycle):
    def escaped(seed):
        return last(
            escape_experiment(model, cycle, [DecodingSettings()], runs=50, length=20, seed=seed)
        ).escaped_at.tolist()

    assert escaped(1) == escaped(1) != escaped(2)


def test_it_can_be_stopped_and_keeps_what_it_measured(model, cycle):
    asked = iter([False] * 5 + [True])
    progress = last(
        escape_experiment(
            model, cycle, [DecodingSettings()], runs=8, length=20, should_stop=lambda: next(asked)
        )
    )
    assert (
        progress.position == 5
        and not progress.finished
        and len(progress.results()[0]["measured"]) == 5
    )


def test_followed_runs_come_back_and_are_counted_apart(model, cycle):
    progress = last(
        escape_experiment(model, cycle, [DecodingSettings()], runs=60, length=40, follow=True)
    )
    row = progress.results()[0]
    assert row["escaped"][-1] > 40 and row["reentered"] > 0.8 * row["escaped"][-1] - 10
    assert row["escaped"] == sorted(row["escaped"])  # coming back does not undo an escape
    alone = last(escape_experiment(model, cycle, [DecodingSettings()], runs=60, length=40))
    assert alone.escaped_at.tolist() == progress.escaped_at.tolist()


@pytest.mark.parametrize("entrance", [0, 1, 2])
def test_a_run_that_comes_back_is_counted_wherever_in_the_loop_it_enters_and_however_short_the_experiment(
    entrance,
):
    stay = [
        [0, 0.9, 0, 0.1],
        [0, 0, 0.9, 0.1],
        [0.9, 0, 0, 0.1],
        [float(state == entrance) for state in range(4)],
    ]
    loop = MarkovCausalModel(stay)
    found = find_cycle(loop, [0])
    progress = last(
        escape_experiment(
            loop, found, [DecodingSettings()], runs=200, length=found.loop.period + 1, follow=True
        )
    )
    at_once = progress.escaped_at[0] == 1
    assert at_once.any() and progress.reentered[0][at_once].mean() == pytest.approx(
        0.81, abs=0.2
    )  # two sure steps of .9 after the entrance


def test_penalties_push_the_text_out(model, cycle):
    conditions = [DecodingSettings(), DecodingSettings(frequency_penalty=0.4)]
    free, pushed = last(escape_experiment(model, cycle, conditions, runs=200, length=10)).results()
    assert (
        pushed["escaped"][-1] > free["escaped"][-1]
        and pushed["low"][-1] <= pushed["predicted"][-1] <= pushed["high"][-1]
    )


@pytest.mark.parametrize(
    "options, sentence",
    [
        ({"runs": 0}, r"runs must be in \[1, 10000\], got 0"),
        ({"length": 0}, r"length must be in \[1, 100000\], got 0"),
    ],
)
def test_bad_values_are_named(model, cycle, options, sentence):
    with pytest.raises(ValueError, match=sentence):
        next(escape_experiment(model, cycle, [DecodingSettings()], **options))
    with pytest.raises(ValueError, match="mirostat_tau must be 0 in an escape experiment"):
        next(escape_experiment(model, cycle, [DecodingSettings(mirostat_tau=3)]))


# several contexts at once


def test_equal_contexts_are_asked_once():
    model = RandomCausalModel()
    rows = next_logits_of(model, [[1, 2], [3], [1, 2]])
    assert (
        model.calls == 2
        and np.array_equal(rows[0], rows[2])
        and not np.array_equal(rows[0], rows[1])
    )


def test_sessions_together_answer_like_one_model_and_keep_to_their_prefixes():
    class Session(RandomCausalModel):
        def __init__(self):
            super().__init__()
            self.seen = []

        def next_logits(self, ids):
            self.seen.append(list(ids))
            return super().next_logits(ids)

    sessions = [Session() for _ in range(2)]
    together, plain = Together(sessions), RandomCausalModel()
    contexts = [[1, 2], [3, 4], [5, 6]]
    for _ in range(3):
        rows = next_logits_of(together, contexts)
        assert all(
            np.array_equal(row, plain.next_logits(context).numpy())
            for row, context in zip(rows, contexts, strict=True)
        )
    together.next_logits_batch([[5, 6, 7], [1, 2, 3]])
    assert together.vocab_size == 50
    together.close()


def test_a_context_goes_to_the_session_that_holds_its_beginning():
    class Session(MarkovCausalModel):
        def __init__(self):
            super().__init__([[0.5, 0.5], [0.5, 0.5]])
            self.seen = []

        def next_logits(self, ids):
            self.seen.append(list(ids))
            return super().next_logits(ids)

    one, two = Session(), Session()
    together = Together([one, two])
    together.next_logits_batch([[0, 0, 0], [1, 1, 1]])
    together.next_logits_batch([[1, 1, 1, 0], [0, 0, 0, 1]])
    assert one.seen == [[0, 0, 0], [0, 0, 0, 1]] and two.seen == [[1, 1, 1], [1, 1, 1, 0]]
    together.close()
    assert one.closed and two.closed
