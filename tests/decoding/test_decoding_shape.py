"""Top-nσ, top-H, p-less, dynamic temperature and adaptive-p: beside transformers, by enumeration,
and what they promise."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
import torch
from transformers.generation.logits_process import TopHLogitsWarper

from playground.decoding import DecodingSettings, Step, apply_stages, generate
from playground.decoding.shape import logs, p_less, top_h, top_n_sigma
from playground.decoding.temperature import dynamic_temperature


def row_of(seed):
    rng = np.random.default_rng(seed)
    size = int(rng.choice([2, 5, 30, 99, 100, 101, 400, 6000]))
    return (rng.standard_normal(size) * rng.uniform(0.1, 4)).astype(np.float32)


@pytest.mark.parametrize("seed", range(80))
def test_top_h_keeps_what_transformers_keeps(seed):
    values, h = row_of(seed), float(np.random.default_rng(seed).uniform(0.05, 1))
    wanted = TopHLogitsWarper(h)(
        torch.zeros(1, 1, dtype=torch.long), torch.from_numpy(values)[None]
    )
    kept = apply_stages(values, [0], DecodingSettings(top_h=h))[-1].kept
    assert (kept == (wanted[0] > -torch.inf)).all()
    assert (torch.from_numpy(top_h(values, h)) == kept).all()


@pytest.mark.parametrize("weights", itertools.product((1, 2, 5, 9), repeat=4))
def test_p_less_keeps_what_exact_fractions_keep(weights):
    shares = [Fraction(weight, sum(weights)) for weight in weights]
    agree = sum(share * share for share in shares)
    assert agree <= max(shares)
    kept = p_less(logs(*map(float, shares))).tolist()
    assert kept == [share >= agree for share in shares]


def test_p_less_acts_on_the_tempered_distribution():
    values = logs(0.4, 0.3, 0.2, 0.1)
    cold, hot = (
        int(apply_stages(values, [0], DecodingSettings(p_less=True, temperature=t))[-1].kept.sum())
        for t in (0.3, 30.0)
    )
    assert (cold, hot) == (1, 2)


@pytest.mark.parametrize("seed", range(20))
def test_top_n_sigma_keeps_the_same_at_every_temperature(seed):
    values = row_of(seed)
    n = float(np.random.default_rng(seed).uniform(0.2, 3))
    wanted = values >= values.max() - n * values.astype(np.float64).std()
    assert (top_n_sigma(values, n) == wanted).all()
    for temperature in (0.25, 1.0, 4.0):
        settings = DecodingSettings(top_n_sigma=n, temperature=temperature)
        assert (apply_stages(values, [0], settings)[-1].kept.numpy() == wanted).all()


def test_tokens_that_are_gone_count_nothing_for_sigma():
    values = np.float32([5, 4, -np.inf, 3, -np.inf])
    assert top_n_sigma(values, 1.3).tolist() == [True, True, False, False, False]


def test_a_dynamic_temperature_takes_the_place_of_the_plain_one():
    settings = DecodingSettings(temperature=0.9, dynatemp_range=0.4)
    sure, unsure = np.float32([30, 0, 0, 0]), np.zeros(4, np.float32)
    for values, expected in ((sure, 0.5), (unsure, 1.3)):
        stage = apply_stages(values, [0], settings)[1]
        assert stage.name == "dynatemp_range"
        assert stage.state["temperature"] == pytest.approx(expected, abs=1e-6)
    assert not DecodingSettings(temperature=0.0, dynatemp_range=0.4).greedy
    assert dynamic_temperature(0.5, 1, 1.0, 0.5, 1.0) == 0.5
    one = DecodingSettings(dynatemp_range=0.3, top_k=1, order=["top_k", "dynatemp_range"])
    assert apply_stages(unsure - np.float32([0, 1, 1, 1]), [0], one)[-1].kept.sum() == 1


class Four:
    """.7, .1, .1, .1 whatever was written."""

    vocab_size, eos_id = 4, None

    def next_logits(self, ids):
        return logs(0.7, 0.1, 0.1, 0.1)


def test_adaptive_p_brings_the_drawn_probabilities_towards_its_target():
    def average(target):
        settings = DecodingSettings(adaptive_target=target, max_new_tokens=400, seed=5)
        steps = generate(Four(), [0], settings)
        return np.mean([0.7 if step.token_id == 0 else 0.1 for step in steps])

    low, middle, high = map(average, (0.2, 0.4, 0.6))
    assert low < 0.3 < middle < 0.5 < high and middle == pytest.approx(0.4, abs=0.03)


def test_adaptive_p_goes_on_from_what_it_remembered():
    settings = DecodingSettings(adaptive_target=0.3, max_new_tokens=12, seed=9)
    whole = list(generate(Four(), [0], settings))
    written = [step.token_id for step in whole]
    state = whole[5].state_after
    rest = list(generate(Four(), [0], settings, prefix=written[:6], state=state))
    assert [step.token_id for step in rest] == written[6:]
    # a forced token that a rule cut is no draw
    cut = Step(np.log([0.7, 0.2, 0.1]), [0], settings.with_changes(top_k=1), token_id=2)
    assert cut.state_after == {
        "adaptive_sum": pytest.approx(3.0),
        "adaptive_weight": pytest.approx(10),
    }


def test_mirostat_takes_the_place_of_adaptive_p():
    chosen = DecodingSettings(mirostat_tau=3.0, adaptive_target=0.3, top_h=0.5, p_less=True)
    assert chosen.rules_on() == ("mirostat_tau",)
