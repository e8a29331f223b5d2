"""Loops: what penalties do to the barrier at each visit, how long a text stays, which step of a
cycle gives way."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.decoding import DecodingSettings, apply_stages
from playground.decoding.escape import (
    cycle_barriers,
    cycle_critical_temperature,
    energy_barrier,
    escape_possible,
    loop_survival,
    penalized_barrier,
    solve_critical_temperature,
    steps_to_escape,
    trapping_top_p,
    truth_table,
    visit_of_negative_barrier,
    wilson_interval,
)

# penalties, lifetimes, tables, intervals


def test_the_repetition_penalty_acts_once_and_the_frequency_penalty_compounds():
    assert [penalized_barrier(8, 3, visits, 1.25) for visits in range(4)] == pytest.approx(
        [3, 1.4, 1.4, 1.4]
    )
    assert [
        penalized_barrier(8, 3, visits, frequency_penalty=0.7) for visits in range(5)
    ] == pytest.approx([3, 2.3, 1.6, 0.9, 0.2])
    assert penalized_barrier(-2, 3, 1, 1.5) == pytest.approx(2)


@given(
    st.floats(-10, 20),
    st.floats(0.1, 10),
    st.floats(1, 1.5),
    st.one_of(st.just(0.0), st.floats(1e-4, 2)),
)
def test_the_visit_at_which_the_barrier_turns_negative(logit, delta, theta, alpha):
    visit = visit_of_negative_barrier(logit, delta, theta, alpha)
    if visit is None:
        assert alpha == 0 and penalized_barrier(logit, delta, 10_000, theta, alpha) >= 0
    elif visit < 100_000:
        assert penalized_barrier(logit, delta, visit, theta, alpha) < 0
        assert visit == 0 or penalized_barrier(logit, delta, visit - 1, theta, alpha) >= 0


def test_a_vanishing_frequency_penalty_never_gets_there():
    assert visit_of_negative_barrier(5.0, 3.0, frequency_penalty=1e-300) is None


def test_the_barrier_per_visit_is_what_the_rules_do():
    logits = [6.0, 2.0, 1.0]
    for visits in range(5):
        rules = DecodingSettings(
            repetition_penalty=1.2, frequency_penalty=0.5, presence_penalty=0.25
        )
        penalised = apply_stages(logits, [0] * visits, rules)[-1].logits
        ours = penalized_barrier(6.0, 4.0, visits, 1.2, 0.5, 0.25)
        assert energy_barrier(penalised, 0, 1).delta_e == pytest.approx(ours, abs=1e-5)


def test_steps_to_escape():
    assert (
        steps_to_escape(0.5) == (2.0, 1.0)
        and steps_to_escape(0) == (math.inf, math.inf)
        and steps_to_escape(1) == (1.0, 0.0)
    )
    assert (1 - 0.01) ** steps_to_escape(0.01).half_life == pytest.approx(0.5)


def test_the_truth_table_names_the_rule_that_forbids_escape():
    table = {
        row["rule"]: row
        for row in truth_table(
            [5.0, 0.0, -1.0], DecodingSettings(temperature=1.0, top_k=2, top_p=0.9, min_p=0.1)
        )
    }
    assert list(table) == ["top_k", "top_p", "min_p"]
    assert (
        not table["top_k"]["forbids_alone"]
        and table["top_p"]["forbids"]
        and table["min_p"]["forbids_alone"]
    )
    assert not table["min_p"]["forbids"] and table["top_p"]["rivals_before"] == 1
    assert truth_table([5.0, 0.0], DecodingSettings(do_sample=False))[-1]["forbids"]


def test_wilson_intervals():
    from scipy.stats import binomtest

    for hits, runs in [(0, 32), (1, 32), (16, 32), (32, 32), (3, 7)]:
        theirs = binomtest(hits, runs).proportion_ci(0.95, method="wilson")
        assert wilson_interval(hits, runs) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


# cycles


LOGITS = np.float32([[4, 1, 0], [0, 6, 1], [2, 1, 5]])


def test_the_cycle_gives_way_at_its_lowest_barrier():
    barriers = cycle_barriers(LOGITS, [0, 1, 2], 0.9)
    assert [step["delta_e"] for step in barriers] == [3, 5, 3]
    expected = [solve_critical_temperature(row, 0.9) for row in LOGITS]
    assert [step["critical_temperature"] for step in barriers] == pytest.approx(expected)
    assert cycle_critical_temperature(barriers) == min(expected)
    assert barriers[0]["naive_temperature"] == pytest.approx(3 / math.log(9))


def test_a_step_that_is_not_the_most_likely_holds_nothing():
    barriers = cycle_barriers(LOGITS, [0, 2, 2], 0.9)
    assert not barriers[1]["loop_is_best"] and barriers[1]["critical_temperature"] is None
    assert cycle_critical_temperature(barriers) == 0
    assert cycle_critical_temperature(cycle_barriers(LOGITS[:, :1], [0, 0, 0], 0.9)) == math.inf


def test_the_inverted_view_is_the_threshold_of_p():
    threshold = trapping_top_p(LOGITS, [0, 1, 2], 1.3)
    for p, out in [(threshold * 0.999, False), (threshold * 1.001, True)]:
        rules = DecodingSettings(temperature=1.3, top_p=p)
        assert (
            any(escape_possible(row, rules, loop_token=token) for token, row in enumerate(LOGITS))
            is out
        )
    temperature = cycle_critical_temperature(cycle_barriers(LOGITS, [0, 1, 2], threshold))
    assert temperature == pytest.approx(1.3, rel=1e-6)


def test_survival_is_the_product_along_the_cycle():
    rules = DecodingSettings(temperature=2.0)
    shares = [
        float(apply_stages(row, [], rules)[-1].probs[token]) for token, row in enumerate(LOGITS)
    ]
    assert loop_survival(LOGITS, [0, 1, 2], rules).tolist() == pytest.approx(
        [1, *np.cumprod(shares)], rel=1e-6
    )
    assert loop_survival(
        LOGITS, [0, 1, 2], DecodingSettings(temperature=0.3, top_p=0.9)
    ).tolist() == [1, 1, 1, 1]
