"""The closed-form loop of the escape calculator against the definition, token by token."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.decoding.escape_curves import arrhenius, escape_curve


def by_definition(delta_e, temperature, rivals, top_k, top_p, min_p, order):
    """One temperature, every token spelled out: the loop token is id 0, rivals follow."""
    energy = np.array([0.0] + [delta_e] * rivals)
    final = np.exp(-(energy - energy.min()) / temperature)
    judged = final if order == "transformers" else np.exp(-(energy - energy.min()))
    alive = np.ones(len(energy), bool)
    ranked = np.lexsort((np.arange(len(energy)), -judged))
    if top_k:
        if order == "transformers":
            alive &= judged >= np.sort(judged)[::-1][min(top_k, len(judged)) - 1]
        else:
            alive[ranked[top_k:]] = False
    share = np.where(alive, judged, 0) / judged[alive].sum()
    total, keep = 0.0, np.zeros(len(energy), bool)
    for token in ranked:
        if alive[token] and total < top_p - 1e-12:
            keep[token] = True
            total += share[token]
    alive &= keep
    alive &= judged >= min_p * judged[alive].max()
    final = np.where(alive, final, 0)
    return float(final[1:].sum() / final.sum())


@settings(max_examples=150, deadline=None)
@given(
    delta_e=st.floats(-3, 8),
    temperature=st.floats(0.1, 4),
    rivals=st.integers(1, 30),
    top_k=st.integers(0, 32),
    top_p=st.floats(0.05, 0.995),
    min_p=st.floats(0, 0.9),
    order=st.sampled_from(["transformers", "llama.cpp"]),
)
def test_the_closed_form_equals_the_rules_applied_token_by_token(
    delta_e, temperature, rivals, top_k, top_p, min_p, order
):
    expected = by_definition(delta_e, temperature, rivals, top_k, top_p, min_p, order)
    got = escape_curve(delta_e, np.array([temperature]), rivals, top_k, top_p, min_p, order)[0]
    # a boundary hit exactly may fall either way by rounding: such a case is allowed to differ by
    # one rival only
    near = [
        escape_curve(delta_e, np.array([temperature]), rivals, top_k, p, m, order)[0]
        for p in (top_p - 1e-9, top_p + 1e-9)
        for m in (max(0, min_p - 1e-9), min_p + 1e-9)
    ]
    assert any(math.isclose(expected, value, abs_tol=1e-9) for value in [got, *near])


def test_two_states_without_rules():
    assert escape_curve(2.0, np.array([1.0]))[0] == pytest.approx(1 / (1 + math.exp(2)))
    assert arrhenius(2.0, np.array([1.0]))[0] == pytest.approx(math.exp(-2))


def test_hot_limit_is_one_half_with_two_states_and_not_one():
    assert escape_curve(2.0, np.array([1e9]))[0] == pytest.approx(0.5)
    assert escape_curve(2.0, np.array([1e9]), rivals=9)[0] == pytest.approx(0.9)


@pytest.mark.parametrize("rivals", [1, 3, 40])
def test_the_curve_under_top_p_drops_to_exactly_zero_at_the_critical_temperature(rivals):
    critical = 3.0 / math.log(rivals * 0.9 / 0.1)
    below, above = escape_curve(
        3.0, np.array([critical * 0.999, critical * 1.001]), rivals, top_p=0.9
    )
    assert below == 0.0 and above > 0


def test_with_temperature_last_no_temperature_lets_it_out():
    assert np.all(escape_curve(5.0, np.linspace(0.1, 50, 40), top_p=0.9, order="llama.cpp") == 0)


def test_min_p_forbids_below_its_own_temperature_and_top_k_one_at_every_temperature():
    critical = 3.0 / math.log(1 / 0.05)
    assert list(
        escape_curve(3.0, np.array([critical * 0.999, critical * 1.001]), min_p=0.05) > 0
    ) == [False, True]
    assert np.all(escape_curve(3.0, np.linspace(0.1, 9, 9), 5, top_k=1) == 0)
    assert np.all(escape_curve(3.0, np.linspace(0.1, 9, 9), 5, top_k=2) > 0)


def test_temperature_zero_is_greedy():
    assert escape_curve(1.0, np.array([0.0]))[0] == 0
    assert escape_curve(-1.0, np.array([0.0]))[0] == 1


@pytest.mark.parametrize("top_p", [1.0, 0.9, 0.6])
def test_the_curve_of_many_temperatures_is_the_product_of_the_chain_at_each(top_p):
    from playground.decoding import DecodingSettings
    from playground.decoding.escape import loop_survival
    from playground.decoding.escape_curves import left_by_temperature

    random = np.random.default_rng(3)
    logits = random.normal(0, 2, (6, 40)).astype(np.float32)
    tokens = [int(row.argmax()) for row in logits[:5]] + [7]  # the last token is not the likeliest
    for temperature, left in zip(
        [0.4, 1.0, 2.5],
        left_by_temperature(logits, tokens, [0.4, 1.0, 2.5], top_p, 6, 3),
        strict=True,
    ):
        survival = loop_survival(
            logits, tokens, DecodingSettings(temperature=temperature, top_p=top_p)
        )
        assert left == pytest.approx(1 - survival[1:], abs=1e-6)
