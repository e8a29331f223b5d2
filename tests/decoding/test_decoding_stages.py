"""The rules one by one: every trap by name, the peers' own vectors, slow references, and what must
hold for any logits."""

import doctest
import importlib
import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.decoding import DecodingSettings, apply_stages
from playground.decoding.stages import next_state
from tests.decoding.small_rows import final, kept, logs


@pytest.mark.parametrize(
    "module",
    [
        "settings",
        "distribution",
        "truncation",
        "penalties",
        "shape",
        "stages",
        "temperature",
        "text",
        "loops",
        "barrier",
        "cycle",
        "words",
    ],
)
def test_the_example_in_each_docstring(module):
    outcome = doctest.testmod(importlib.import_module(f"playground.decoding.{module}"))
    assert outcome.attempted > 0 and outcome.failed == 0


def test_every_rule_has_an_example():
    from playground.decoding import penalties, stages, truncation

    rules = [
        truncation.top_k,
        truncation.top_p,
        truncation.min_p,
        truncation.typical_p,
        truncation.epsilon_cutoff,
        truncation.eta_cutoff,
        truncation.xtc,
        truncation.mirostat,
        penalties.repetition_penalty,
        penalties.presence_penalty,
        penalties.frequency_penalty,
        penalties.no_repeat_ngram,
        penalties.dry,
        stages.temperature,
    ]
    assert [rule.__name__ for rule in rules if ">>>" not in rule.__doc__] == []


# names and shape of the answer


def test_names_are_logits_then_the_acting_rules_then_draw():
    chosen = DecodingSettings(
        temperature=0.8, top_k=3, top_p=0.9, repetition_penalty=1.1, frequency_penalty=0.1
    )
    names = [stage.name for stage in apply_stages(torch.randn(10), [1], chosen)]
    assert names == [
        "logits",
        "repetition_penalty",
        "frequency_penalty",
        "temperature",
        "top_k",
        "top_p",
        "draw",
    ]
    assert [stage.name for stage in apply_stages(torch.randn(10), [1], DecodingSettings())] == [
        "logits",
        "draw",
    ]


@pytest.mark.parametrize("size", [7, 6000])
def test_each_stage_is_a_whole_distribution(size):
    rules = DecodingSettings(
        temperature=0.8, top_k=5, top_p=0.9, min_p=0.05, repetition_penalty=1.1
    )
    logits = torch.randn(size, generator=torch.Generator().manual_seed(1))
    for stage in apply_stages(logits, [1, 2], rules):
        assert stage.logits.shape == stage.probs.shape == stage.kept.shape == (size,)
        assert (
            stage.logits.dtype == stage.probs.dtype == torch.float32
            and stage.kept.dtype == torch.bool
        )
        assert float(stage.probs.sum()) == pytest.approx(1, abs=1e-5)
        assert bool(((stage.logits > -torch.inf) == stage.kept).all())
        torch.testing.assert_close(
            stage.probs, torch.softmax(stage.logits, -1), atol=1e-6, rtol=1e-5
        )


def test_given_logits_are_never_changed():
    logits = torch.randn(50)
    before = logits.clone()
    for stage in apply_stages(
        logits,
        [1, 2, 1],
        DecodingSettings(repetition_penalty=2.0, no_repeat_ngram_size=2, top_p=0.5),
    ):
        stage.logits.zero_()
        stage.probs.zero_()
    assert torch.equal(logits, before)


def test_greedy_is_one_hot_and_the_penalties_still_act():
    stages = apply_stages(
        [1.0, 3.0, 2.0],
        [1],
        DecodingSettings(do_sample=False, repetition_penalty=4.0, temperature=0.5, top_k=1),
    )
    assert [stage.name for stage in stages] == ["logits", "repetition_penalty", "draw"]
    assert stages[-1].probs.tolist() == [0, 0, 1]


# temperature


def test_temperature_zero_is_greedy_and_takes_the_first_maximum():
    assert kept([0.2, 0.4, 0.4], temperature=0) == [1]
    assert kept([0.2, 0.4, 0.4], temperature=0, order="llama.cpp") == [1]


@pytest.mark.parametrize(
    "logits, temperature, expected",
    [
        ([2, 1, 0.5], 0.5, [0.844, 0.114, 0.042]),
        ([2, 1, 0.5], 1, [0.629, 0.231, 0.140]),
        ([2, 1, 0.5], 2, [0.481, 0.292, 0.227]),
        ([10, 5, 1], 0.5, [0.99995, 0.00005, 0.00000002]),
        ([10, 5, 1], 1, [0.9932, 0.0067, 0.0001]),
        ([10, 5, 1], 1.5, [0.9632, 0.0344, 0.0024]),
    ],
)
def test_temperature_table(logits, temperature, expected):
    probs = apply_stages(logits, [], DecodingSettings(temperature=temperature))[-1].probs.tolist()
    assert probs == pytest.approx(expected, abs=5.1e-4 if len(str(expected[0])) < 6 else 5.1e-5)


@pytest.mark.parametrize("temperature", [1e-30, 1e-45, 1e-300])
def test_a_tiny_temperature_neither_overflows_nor_divides_by_zero(temperature):
    assert apply_stages([100.0, 99.0, -50.0], [], DecodingSettings(temperature=temperature))[
        -1
    ].probs.tolist() == [1, 0, 0]


def test_a_high_temperature_behind_truncation_stays_coherent():
    """T = 100 in llama.cpp's order draws from what the untempered rules left."""
    assert kept([0.9, 0.05, 0.03, 0.02], temperature=100, min_p=0.1, order="llama.cpp") == [0]
    assert kept([0.9, 0.05, 0.03, 0.02], temperature=100, min_p=0.1) == [0, 1, 2, 3]


# top-k, top-p, min-p


def test_top_k_keeps_all_ties_at_the_last_place_and_llama_cpp_exactly_k():
    assert torch.nonzero(apply_stages([3, 2, 2, 2, 1], [], DecodingSettings(top_k=2))[-1].kept)[
        :, 0
    ].tolist() == [0, 1, 2, 3]
    exact = apply_stages([3, 2, 2, 2, 1], [], DecodingSettings(top_k=2, order="llama.cpp"))[-1].kept
    assert torch.nonzero(exact)[:, 0].tolist() == [0, 1]


def test_top_p_keeps_the_token_that_crosses():
    assert kept([0.5, 0.3, 0.2], top_p=0.6) == [0, 1]


def test_top_p_is_decided_in_float32():
    assert kept([0.4, 0.3, 0.2, 0.1], top_p=0.9) == [0, 1, 2]


def test_top_p_zero_keeps_one():
    assert kept([0.3, 0.4, 0.3], top_p=0.0) == [1]
    assert kept([0.25] * 4, top_p=0.0) == [0]


def test_ties_at_the_nucleus_boundary_go_to_the_lowest_id():
    assert kept([0.2] * 5, top_p=0.5) == [0, 1, 2]
    big = apply_stages(np.zeros(10_000, np.float32), [], DecodingSettings(top_p=0.5))[-1].kept
    assert int(big.sum()) == pytest.approx(5000, abs=1) and bool(big[: int(big.sum())].all())


@pytest.mark.parametrize(
    "probabilities, expected",
    [
        ([0.3, 0.1, 0.1, 0.5], [0.375, 0, 0, 0.625]),
        ([0.15, 0.3, 0.3, 0.25], [0, 0.3529, 0.3529, 0.2941]),
    ],
)
def test_top_p_vectors(probabilities, expected):
    assert final(probabilities, top_p=0.8).tolist() == pytest.approx(expected, abs=1e-4)


def test_top_k_and_top_p_do_not_commute():
    assert kept([0.4, 0.3, 0.2, 0.1], top_k=2, top_p=0.5) == [0]
    first = apply_stages(logs([0.4, 0.3, 0.2, 0.1]), [], DecodingSettings(top_p=0.5))[-1].logits
    assert int(apply_stages(first, [], DecodingSettings(top_k=2))[-1].kept.sum()) == 2


@pytest.mark.parametrize(
    "probabilities, expected",
    [([0.9, 0.0274, 0.047, 0.0274], [0, 2]), ([0.97, 0.01, 0.01, 0.01], [0])],
)
def test_min_p_vectors(probabilities, expected):
    assert kept(probabilities, min_p=0.05) == expected


def test_min_p_and_temperature_do_not_commute():
    table = [0.95, 0.03, 0.01, 0.005, 0.005]
    assert len(kept(table, min_p=0.05, temperature=3)) == 5
    assert kept(table, min_p=0.05, temperature=3, order="llama.cpp") == [0]


@given(
    st.lists(st.floats(-8, 8, width=32), min_size=2, max_size=40),
    st.integers(1, 10),
    st.floats(0.01, 1),
)
@settings(max_examples=80, deadline=None)
def test_min_p_and_top_k_commute(values, k, alpha):
    one = apply_stages(values, [], DecodingSettings(top_k=k))[-1].logits
    other = apply_stages(values, [], DecodingSettings(min_p=alpha))[-1].logits
    k_then_min = apply_stages(one, [], DecodingSettings(min_p=alpha))[-1].kept
    min_then_k = apply_stages(other, [], DecodingSettings(top_k=k))[-1].kept
    shares = torch.exp(torch.tensor(values) - max(values))
    if float((shares - alpha).abs().min()) > 1e-5:  # away from a float's rounding at the threshold
        assert torch.equal(k_then_min, min_then_k)


# typical, epsilon, eta


def test_typical_may_drop_the_most_likely_token():
    assert kept([0.97, 0.01, 0.01, 0.01], typical_p=0.5) == [0]
    assert kept([0.4, 0.2, 0.2, 0.2], typical_p=0.5) == [1, 2, 3]


def test_epsilon_and_eta_vectors():
    assert kept([0.87, 0.099, 0.001, 0.03], epsilon_cutoff=0.1) == [0]
    assert kept([0.01, 0.04, 0.9, 0.05], eta_cutoff=0.0625) == [2]
    assert final([0.0, 0.1, 0.8, 0.1], eta_cutoff=0.0625).tolist() == pytest.approx(
        [0, 0.1, 0.8, 0.1], abs=1e-6
    )


# penalties


def test_xtc_removes_all_but_the_least_likely_of_the_top_choices():
    assert kept([0.4, 0.3, 0.2, 0.1], xtc_threshold=0.15, xtc_probability=1.0) == [2, 3]
    assert kept([0.7, 0.1, 0.1, 0.1], xtc_threshold=0.15, xtc_probability=1.0) == [0, 1, 2, 3]


def test_xtc_acts_where_its_coin_falls_below_the_probability():
    rules = DecodingSettings(xtc_threshold=0.15, xtc_probability=0.5)
    low = apply_stages(logs([0.4, 0.3, 0.2, 0.1]), [], rules, u=0.49)
    high = apply_stages(logs([0.4, 0.3, 0.2, 0.1]), [], rules, u=0.5)
    assert int(low[-1].kept.sum()) == 2 and int(high[-1].kept.sum()) == 4
    assert low[1].state == {"coin": 0.49, "acts": True}


def test_mirostat_works_in_bits_and_replaces_the_rules_that_cut():
    stages = apply_stages(
        logs([0.5, 0.25, 0.125, 0.125]), [], DecodingSettings(mirostat_tau=1.25, top_k=1, top_p=0.1)
    )
    assert [stage.name for stage in stages] == ["logits", "mirostat_tau", "draw"]
    assert stages[-1].kept.tolist() == [True, True, False, False] and stages[1].state == {"mu": 2.5}


def test_mirostat_moves_mu_by_the_missed_surprise():
    rules = DecodingSettings(mirostat_tau=3.0, mirostat_eta=0.1)
    stages = apply_stages(logs([0.5, 0.25, 0.125, 0.125]), [], rules, state={"mu": 6.0})
    assert next_state(stages, 1, rules)["mu"] == pytest.approx(6.0 - 0.1 * (2.0 - 3.0), abs=1e-6)


def test_mirostat_reaches_its_target_surprise():
    rules = DecodingSettings(mirostat_tau=3.0, mirostat_eta=0.2)
    rng, state, surprises = np.random.default_rng(0), None, []
    for _ in range(600):
        stages = apply_stages(rng.standard_normal(500) * 2, [], rules, state=state)
        token = int(rng.choice(500, p=(q := stages[-1].probs.double().numpy()) / q.sum()))
        surprises.append(-math.log2(q[token]))
        state = next_state(stages, token, rules)
    assert np.mean(surprises[100:]) == pytest.approx(3.0, abs=0.15)


# orders


def test_the_two_orders_differ():
    table, rules = [0.5, 0.25, 0.12, 0.08, 0.05], dict(temperature=2, top_k=4, top_p=0.8, min_p=0.3)
    assert final(table, **rules)[:3].tolist() == pytest.approx([0.455, 0.322, 0.223], abs=5e-4)
    assert final(table, order="llama.cpp", **rules)[:2].tolist() == pytest.approx(
        [0.586, 0.414], abs=5e-4
    )


def test_worked_example_of_the_lessons():
    stages = apply_stages([10, 8, 5, 2, 1, 0.5], [], DecodingSettings(top_k=3, top_p=0.9))
    assert stages[1].probs[:3].tolist() == pytest.approx([0.876, 0.118, 0.006], abs=6e-4)
    assert stages[-1].probs.tolist() == pytest.approx([0.881, 0.119, 0, 0, 0, 0], abs=5e-4)
    assert stages[-1].candidates.draw(0.75) == 0


# bad logits


@pytest.mark.parametrize(
    "bad, sentence",
    [
        ([1.0, math.nan], "must not hold NaN"),
        ([1.0, math.inf], "must be below \\+inf, got \\+inf for token 1"),
        ([-math.inf, -math.inf], "at least one token possible"),
        ([[1.0]], "one row"),
        ([], "one row"),
    ],
)
def test_bad_logits_are_named(bad, sentence):
    with pytest.raises(ValueError, match=sentence):
        apply_stages(bad, [], DecodingSettings())


# what must hold for any logits

RULES = st.fixed_dictionaries(
    {},
    optional={
        "temperature": st.floats(0, 5),
        "top_k": st.integers(0, 8),
        "top_p": st.floats(0, 1),
        "min_p": st.floats(0, 1),
        "typical_p": st.floats(0.01, 1),
        "epsilon_cutoff": st.floats(0, 0.9),
        "eta_cutoff": st.floats(0, 0.9),
        "repetition_penalty": st.floats(0.5, 3),
        "presence_penalty": st.floats(-2, 2),
        "frequency_penalty": st.floats(-2, 2),
        "xtc_probability": st.floats(0, 1),
        "dry_multiplier": st.floats(0, 2),
        "mirostat_tau": st.floats(0, 6),
        "order": st.sampled_from(["transformers", "llama.cpp"]),
        "do_sample": st.booleans(),
    },
)
VALUES = st.lists(
    st.one_of(st.floats(-30, 30, width=32), st.just(-math.inf), st.sampled_from([0.0, 1.0, 2.0])),
    min_size=1,
    max_size=30,
).filter(lambda values: max(values) > -math.inf)


@given(VALUES, RULES, st.lists(st.integers(0, 40), max_size=12), st.floats(0, 1, exclude_max=True))
@settings(max_examples=200, deadline=None)
def test_survivors_only_shrink_and_something_always_survives(values, rules, context, u):
    stages = apply_stages(values, context, DecodingSettings(**rules), u=u)
    for before, after in pairwise(stages):
        assert not bool((after.kept & ~before.kept).any())
    probs = stages[-1].probs
    assert (
        bool(torch.isfinite(probs).all())
        and bool((probs >= 0).all())
        and float(probs.sum()) == pytest.approx(1, abs=1e-5)
    )


@given(VALUES, st.floats(0.01, 0.99))
@settings(max_examples=100, deadline=None)
def test_the_nucleus_is_the_smallest_set_that_reaches_p(values, p):
    stages = apply_stages(values, [], DecodingSettings(top_p=p))
    raw = stages[0].probs.double()
    inside = raw[stages[-1].kept]
    assert float(inside.sum()) >= p - 1e-5
    assert float(inside.sum() - inside.min()) <= p + 1e-5
