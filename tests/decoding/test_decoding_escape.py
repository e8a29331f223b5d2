"""Barriers and the nucleus escape temperature: closed forms, the root against its definition, the
chain, cycles."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.decoding import DecodingSettings, apply_stages
from playground.decoding.escape import (
    Barrier,
    chain_escape_probability,
    critical_temperature,
    energy_barrier,
    escape_possible,
    escape_probability,
    escape_probability_exact,
    min_p_critical_temperature,
    solve_critical_temperature,
    top_k_critical_temperature,
    truth_table,
    two_state_escape_probability,
)

positive = st.floats(0.05, 40)


def loop_share(logits, temperature):
    values = np.float64(np.float32(logits))
    weights = np.exp((values - values.max()) / temperature)
    return 1 / weights.sum()


# barriers and closed forms


def test_the_barrier_defaults_to_the_two_most_likely():
    assert energy_barrier([1.0, 5.0, 3.0]) == Barrier(1, 2, 2.0)
    assert energy_barrier([1.0, 5.0, 3.0], loop_token=2) == Barrier(2, 1, -2.0)
    assert energy_barrier([1.0, 5.0, 3.0], escape_token=1) == Barrier(2, 1, -2.0)
    assert energy_barrier([4.0, 4.0, 4.0]) == Barrier(0, 1, 0.0)
    assert energy_barrier([4.0]) == Barrier(0, None, math.inf)
    assert energy_barrier([4.0, -math.inf]).escape_token is None
    with pytest.raises(ValueError, match=r"loop_token must be in \[0, 2\], got 3"):
        energy_barrier([1.0, 5.0, 3.0], loop_token=3)
    with pytest.raises(ValueError, match="escape_token must differ from loop_token"):
        energy_barrier([1.0, 5.0, 3.0], 1, 1)


@given(positive, positive)
def test_two_states_exact_and_arrhenius(delta, temperature):
    exact = two_state_escape_probability(delta, temperature)
    assert exact == pytest.approx(1 / (1 + math.exp(min(delta / temperature, 700))), rel=1e-9)
    assert exact <= escape_probability(delta, temperature) <= 1
    assert escape_probability_exact([np.float32(delta), 0], temperature) == pytest.approx(
        two_state_escape_probability(float(np.float32(delta)), temperature), rel=1e-9
    )


def test_hot_limits_are_one_half_and_one_minus_one_over_v():
    assert two_state_escape_probability(5, 1e9) == pytest.approx(0.5)
    assert escape_probability_exact([5.0] + [0.0] * 9, 1e9) == pytest.approx(0.9)
    assert escape_probability_exact([5.0] + [0.0] * 9, math.inf) == pytest.approx(0.9)


def test_cold_limits():
    assert (
        escape_probability(5, 0)
        == two_state_escape_probability(5, 0)
        == escape_probability_exact([5.0, 0.0], 0)
        == 0
    )
    assert (
        escape_probability_exact([5.0, 5.0], 0) == 0
        and escape_probability_exact([5.0, 6.0], 0, loop_token=0) == 1
    )
    assert escape_probability_exact([800.0, 0.0], 1.0) == pytest.approx(math.exp(-800), abs=0)


def test_escape_is_exact_where_p_loop_rounds_to_one():
    assert escape_probability_exact([60.0, 0.0], 1.0) == pytest.approx(math.exp(-60), rel=1e-9)


@given(st.lists(st.floats(-20, 20, width=32), min_size=2, max_size=50), positive, positive)
def test_escape_grows_with_temperature(logits, one, other):
    cold, hot = sorted([one, other])
    assert escape_probability_exact(logits, cold) <= escape_probability_exact(logits, hot) + 1e-12


@given(positive, st.floats(0.501, 0.999))
def test_the_two_token_formula_is_where_p_loop_equals_p(delta, p):
    temperature = critical_temperature(delta, p)
    assert temperature == pytest.approx(delta / math.log(p / (1 - p)), rel=1e-9)
    assert 1 - two_state_escape_probability(delta, temperature) == pytest.approx(p, rel=1e-9)


@given(positive, st.floats(0.001, 0.999), st.integers(1, 100_000))
def test_n_rivals(delta, p, rivals):
    temperature = critical_temperature(delta, p, rivals)
    if p * (rivals + 1) <= 1:
        assert temperature == math.inf
    else:
        assert temperature > 0
        if 1e-6 < temperature < 1e6:
            assert 1 - two_state_escape_probability(delta, temperature, rivals) == pytest.approx(
                p, rel=1e-6
            )


def test_no_temperature_is_ever_negative_and_half_diverges():
    assert (
        critical_temperature(5, 0.5)
        == critical_temperature(5, 0.3)
        == critical_temperature(5, 0)
        == math.inf
    )
    assert (
        critical_temperature(5, 1)
        == critical_temperature(-1, 0.9)
        == critical_temperature(0, 0.9)
        == 0
    )
    assert critical_temperature(5, 1 / 11, 10) == math.inf
    assert critical_temperature(5, 0.5 + 1e-12) > 1e9


@given(positive, st.floats(0.51, 0.98), st.integers(1, 1000))
def test_t_c_falls_with_p_and_with_rivals_and_grows_with_the_barrier(delta, p, rivals):
    here = critical_temperature(delta, p, rivals)
    assert critical_temperature(delta, p + 0.01, rivals) < here
    assert critical_temperature(delta, p, rivals + 1) < here
    assert critical_temperature(delta + 1, p, rivals) > here


def test_min_p_and_top_k_forms():
    assert min_p_critical_temperature(5, 0.1) == pytest.approx(5 / math.log(10))
    assert min_p_critical_temperature(5, 0) == min_p_critical_temperature(-1, 1) == 0
    assert min_p_critical_temperature(5, 1) == math.inf
    assert (
        top_k_critical_temperature(1) == math.inf
        and top_k_critical_temperature(0) == top_k_critical_temperature(2) == 0
    )


@pytest.mark.parametrize(
    "call, sentence",
    [
        (lambda: critical_temperature(5, 1.5), r"top_p must be in \[0, 1\], got 1.5"),
        (lambda: critical_temperature(5, 0.9, 0), "rivals must be a whole number ≥ 1, got 0"),
        (lambda: escape_probability(5, -1), "temperature must be ≥ 0, got -1"),
        (lambda: min_p_critical_temperature(5, 2), r"min_p must be in \[0, 1\], got 2"),
        (
            lambda: solve_critical_temperature([1.0, 0.0], -0.1),
            r"top_p must be in \[0, 1\], got -0.1",
        ),
    ],
)
def test_bad_values_are_named(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


# the root over a whole vocabulary


def test_the_root_meets_its_definition_on_a_thousand_random_vocabularies():
    rng = np.random.default_rng(0)
    for case in range(1000):
        size = int(rng.choice([2, 3, 10, 100, 1000, 50_000], p=[0.1, 0.2, 0.2, 0.2, 0.27, 0.03]))
        logits = (rng.standard_normal(size) * rng.uniform(0.2, 5)).astype(np.float32)
        if case % 5 == 0:
            logits = np.round(logits)
        p = float(rng.choice([0.001, 0.1, 0.5, 0.9, 0.99, 0.999999, rng.uniform(0.01, 0.99)]))
        temperature = solve_critical_temperature(logits, p)
        if temperature == math.inf:
            assert size * p <= 1 + 1e-12
        elif temperature == 0:
            assert int((logits == logits.max()).sum()) * p >= 1 - 1e-12
        else:
            assert loop_share(logits, temperature) == pytest.approx(p, rel=1e-9)


@given(st.lists(st.floats(-10, 10, width=32), min_size=2, max_size=30), st.floats(0.3, 0.97))
@settings(max_examples=80, deadline=None)
def test_just_below_nothing_escapes_and_just_above_something_does(logits, p):
    temperature = solve_critical_temperature(logits, p)
    if not 1e-3 < temperature < 1e3:
        return
    rules = DecodingSettings(top_p=p)
    assert not escape_possible(logits, rules.with_changes(temperature=temperature * 0.999))
    assert escape_possible(logits, rules.with_changes(temperature=temperature * 1.001))


def test_equal_rivals_agree_with_the_formula():
    assert solve_critical_temperature([5.0] + [0.0] * 1000, 0.9) == pytest.approx(
        critical_temperature(5, 0.9, 1000), rel=1e-12
    )
    assert critical_temperature(5, 0.9, 1000) == pytest.approx(0.549, abs=5e-4)
    assert solve_critical_temperature([5.0, 0.0], 0.9) == pytest.approx(
        critical_temperature(5, 0.9), rel=1e-12
    )


def test_top_k_before_top_p_shifts_the_temperature():
    rivals = -1e-5 * np.arange(
        1000
    )  # all but equal: exact ties at the 50th place would all be kept
    solved = solve_critical_temperature(
        np.concatenate([[5.0], rivals]), 0.9, DecodingSettings(top_k=50)
    )
    assert solved == pytest.approx(0.821, abs=5e-4) == critical_temperature(5, 0.9, 49)
    tied = solve_critical_temperature([5.0] + [0.0] * 1000, 0.9, DecodingSettings(top_k=50))
    assert tied == pytest.approx(critical_temperature(5, 0.9, 1000))


def test_one_token_ties_and_p_at_the_ends():
    assert solve_critical_temperature([3.0], 0.9) == math.inf
    assert solve_critical_temperature([3.0, 3.0], 0.9) == 0
    assert solve_critical_temperature([3.0, 3.0], 0.5) == math.inf
    assert (
        solve_critical_temperature([3.0, 3.0, 1.0], 0.5) == 0
    )  # the third takes P_loop below one half at once
    assert solve_critical_temperature([5.0, 0.0], 0) == math.inf
    assert solve_critical_temperature([5.0, 0.0], 1) == 0
    near_one = solve_critical_temperature([5.0, 0.0], 1 - 1e-12)
    assert near_one == pytest.approx(5 / math.log(1e12), rel=1e-4)
    near_zero = solve_critical_temperature([5.0] + [0.0] * 99_999, 1e-5 * (1 + 1e-6))
    assert near_zero > 1e5


def test_with_the_temperature_last_no_critical_temperature_exists():
    rules = DecodingSettings(order="llama.cpp")
    assert solve_critical_temperature([5.0, 0.0], 0.9, rules) == math.inf
    assert solve_critical_temperature([1.0, 0.0], 0.9, rules) == 0


def test_min_p_behind_top_p_can_decide():
    rules = DecodingSettings(min_p=0.5)
    assert solve_critical_temperature([5.0, 0.0], 0.99, rules) == pytest.approx(5 / math.log(2))
    assert solve_critical_temperature([5.0, 0.0], 0.6, rules) == pytest.approx(
        critical_temperature(5, 0.6)
    )
    assert solve_critical_temperature([5.0, 0.0], 0.9, DecodingSettings(top_k=1)) == math.inf
    assert (
        solve_critical_temperature([5.0, 0.0], 0.9, DecodingSettings(do_sample=False)) == math.inf
    )


def test_penalties_before_the_temperature_lower_the_barrier():
    rules = DecodingSettings(frequency_penalty=1.0)
    solved = solve_critical_temperature([5.0, 0.0], 0.9, rules, context_ids=[0, 0])
    assert solved == pytest.approx(critical_temperature(3, 0.9), rel=1e-6)


@pytest.mark.parametrize(
    "extra",
    [{"epsilon_cutoff": 0.05}, {"eta_cutoff": 0.1}, {"typical_p": 0.95}, {"xtc_probability": 0.5}],
)
def test_rules_behind_top_p_are_found_by_scanning_the_chain(extra):
    rules = DecodingSettings(**extra)
    temperature = solve_critical_temperature([5.0, 1.0, 0.5, 0.0], 0.9, rules)
    assert 0 < temperature < math.inf
    at = rules.with_changes(top_p=0.9)
    assert not escape_possible(
        [5.0, 1.0, 0.5, 0.0], at.with_changes(temperature=temperature * 0.999)
    )
    assert escape_possible([5.0, 1.0, 0.5, 0.0], at.with_changes(temperature=temperature * 1.001))


@given(
    st.lists(st.floats(-6, 6, width=32), min_size=2, max_size=12),
    st.floats(0.1, 3),
    st.floats(0.3, 1),
    st.integers(0, 5),
)
@settings(max_examples=80, deadline=None)
def test_escape_probability_of_the_chain_by_its_definition(logits, temperature, p, k):
    rules = DecodingSettings(temperature=temperature, top_p=p, top_k=k)
    stages = apply_stages(logits, [], rules)
    loop = int(np.argmax(np.float32(logits)))
    expected = 1 - float(stages[-1].probs.double()[loop]) / float(stages[-1].probs.double().sum())
    assert chain_escape_probability(logits, rules) == pytest.approx(expected, abs=1e-9)


def test_the_xtc_coin_is_averaged_over():
    logits = np.log(np.float32([0.5, 0.3, 0.2]))
    rules = DecodingSettings(xtc_threshold=0.25, xtc_probability=0.4)
    assert chain_escape_probability(logits, rules) == pytest.approx(0.6 * 0.5 + 0.4 * 1.0, abs=1e-6)


@pytest.mark.parametrize(
    "rules",
    [{"top_n_sigma": 0.3}, {"top_h": 0.2}, {"p_less": True}],
    ids=lambda rules: next(iter(rules)),
)
def test_a_rule_of_2026_that_forbids_the_way_out_is_named(rules):
    (row,) = truth_table([5.0, 2.0, 1.0, 0.0], DecodingSettings(**rules))
    assert row["rule"] == next(iter(rules)) and row["forbids"] and row["forbids_alone"]


@pytest.mark.parametrize("rules", [{"top_h": 0.5}, {"p_less": True}, {"top_n_sigma": 1.2}])
def test_the_solved_temperature_is_where_the_chain_lets_the_text_out(rules):
    logits = [5.0, 3.0, 2.5, 1.0, 0.0, -1.0]
    settings = DecodingSettings(**rules)
    solved = solve_critical_temperature(logits, 0.9, settings)
    for factor, possible in ((0.99, False), (1.01, True)):
        here = settings.with_changes(top_p=0.9, temperature=solved * factor)
        assert 0 < solved < 1e6
        assert escape_possible(logits, here) is possible
