"""T_c against bisection over the very chain that draws, penalties that make another token the
likeliest included."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from playground.decoding import DecodingSettings, apply_stages
from playground.decoding.escape import (
    chain_escape_probability,
    cycle_barriers,
    cycle_critical_temperature,
    solve_critical_temperature,
)

OVERTURNED = DecodingSettings(repetition_penalty=1.5)
IDLE = {"typical_p": 0.999999}


def leaves(row, rules, context, temperature):
    """Whether the chain at this temperature can draw anything but the likeliest token of the raw
    row."""
    stages = apply_stages(row, context, rules.with_changes(temperature=temperature), 1, u=0.999999)
    kept = stages[-1].kept.numpy()
    kept[int(np.argmax(row))] = False
    return bool(kept.any())


def bisected(row, rules, context):
    """The border between the temperatures that hold and those that leave; 0 or inf where there is
    none."""
    low, high = 1e-3, 1e3
    if leaves(row, rules, context, low):
        return 0.0
    if not leaves(row, rules, context, high):
        return math.inf
    while high / low > 1 + 1e-6:
        middle = math.sqrt(low * high)
        if leaves(row, rules, context, middle):
            high = middle
        else:
            low = middle
    return high


@pytest.mark.parametrize("extra", [{}, IDLE, {"order": "llama.cpp"}], ids=str)
def test_where_a_penalty_overturns_the_likeliest_token_every_temperature_leaves_it(extra):
    rules = OVERTURNED.with_changes(**extra)
    row = [3.0, 2.5, 0.0]
    assert solve_critical_temperature(row, 0.9, rules, [0], 1) == 0
    for temperature in (0.05, 0.2275, 1.0):
        at = rules.with_changes(temperature=temperature, top_p=0.9)
        assert chain_escape_probability(row, at, [0], 1) > 0
    cold = rules.with_changes(temperature=0.05, top_p=0.9, order="transformers")
    assert chain_escape_probability(row, cold, [0], 1) == 1


def test_a_greedy_text_leaves_a_loop_that_a_penalty_overturned_and_no_other():
    greedy = DecodingSettings(do_sample=False, repetition_penalty=1.5)
    assert solve_critical_temperature([3.0, 2.5, 0.0], 0.9, greedy, [0], 1) == 0
    assert solve_critical_temperature([9.0, 2.5, 0.0], 0.9, greedy, [0], 1) == math.inf


def test_an_overturned_step_opens_the_whole_cycle():
    rows = np.float32([[3.0, 2.5, 0.0], [0.0, 9.0, 1.0]])
    facts = cycle_barriers(rows, [0, 1], 0.9, OVERTURNED, [[2, 0], [0, 2]], 1)
    assert facts[0]["critical_temperature"] == 0 and facts[1]["critical_temperature"] > 0
    assert cycle_critical_temperature(facts) == 0


@given(
    st.lists(st.floats(-4, 4, width=16), min_size=3, max_size=8),
    st.lists(st.integers(0, 7), min_size=1, max_size=6),
    st.sampled_from([0.55, 0.7, 0.9, 0.97]),
    st.fixed_dictionaries(
        {},
        optional={
            "repetition_penalty": st.sampled_from([0.7, 1.2, 2.0]),
            "presence_penalty": st.sampled_from([-1.0, 0.5, 2.0]),
            "frequency_penalty": st.sampled_from([-0.5, 0.5, 1.5]),
            "no_repeat_ngram_size": st.sampled_from([2, 3]),
            "dry_multiplier": st.sampled_from([0.8, 3.0]),
            "min_p": st.sampled_from([0.05, 0.3]),
            "top_k": st.sampled_from([1, 2, 4]),
        },
    ),
    st.booleans(),
)
@settings(max_examples=250, deadline=None)
def test_the_solver_agrees_with_bisection_over_the_chain(row, context, top_p, rules, idle):
    values = np.sort(np.asarray(row, np.float32))[::-1].copy()
    gaps = np.diff(values)
    assume((np.abs(gaps) > 0.05).all())  # ties have a test of their own
    chosen = DecodingSettings(top_p=top_p, **rules)
    penalised = apply_stages(values, context, chosen.with_changes(do_sample=False), 1)[
        -2
    ].logits.numpy()
    assume((np.abs(np.diff(np.sort(penalised[penalised > -np.inf]))) > 0.02).all())
    truth = bisected(values, chosen, context)
    found = solve_critical_temperature(
        values, top_p, chosen.with_changes(**IDLE) if idle else chosen, context, 1
    )
    assert found == pytest.approx(truth, rel=2e-3)
