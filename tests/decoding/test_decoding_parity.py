"""Our rules beside transformers' own processors, in float32: the same number kept, the same
probabilities.

Among exactly equal tokens the order is ours (lowest id first), so probabilities are compared
sorted, and every token that differs must be one of several with the same logit.
"""

import numpy as np
import pytest
import torch
from transformers.generation import logits_process as peers

from playground.decoding import DecodingSettings, apply_stages

OFF = DecodingSettings()


def peer_chain(settings):
    """transformers' processors for our settings, in the order of its `_get_logits_processor`."""
    chain = []
    if settings.repetition_penalty != 1:
        chain.append(peers.RepetitionPenaltyLogitsProcessor(settings.repetition_penalty))
    if settings.no_repeat_ngram_size:
        chain.append(peers.NoRepeatNGramLogitsProcessor(settings.no_repeat_ngram_size))
    if settings.temperature != 1:
        chain.append(peers.TemperatureLogitsWarper(settings.temperature))
    if settings.top_k:
        chain.append(peers.TopKLogitsWarper(settings.top_k))
    if settings.top_p != 1:
        chain.append(peers.TopPLogitsWarper(settings.top_p))
    if settings.min_p:
        chain.append(peers.MinPLogitsWarper(settings.min_p))
    if settings.typical_p != 1:
        chain.append(peers.TypicalLogitsWarper(settings.typical_p))
    if settings.epsilon_cutoff:
        chain.append(peers.EpsilonLogitsWarper(settings.epsilon_cutoff))
    if settings.eta_cutoff:
        chain.append(peers.EtaLogitsWarper(settings.eta_cutoff))
    return chain


def compare(logits, context, settings):
    scores = torch.from_numpy(logits)[None]
    ids = torch.tensor([context], dtype=torch.long)
    for processor in peer_chain(settings):
        scores = processor(ids, scores)
    theirs = torch.softmax(scores[0], -1)
    stage = apply_stages(logits, context, settings)[-1]
    ours, label = stage.probs, f"{settings.rules_on()} {settings} V={len(logits)}"
    assert int((ours > 0).sum()) == int((theirs > 0).sum()), label
    assert float((ours.sort().values - theirs.sort().values).abs().max()) <= 1e-6, label
    moved = torch.nonzero((ours > 0) != (theirs > 0))[:, 0]
    for token in moved.tolist():
        assert (
            int(
                (
                    stage_before_cuts(logits, context, settings)
                    == stage_before_cuts(logits, context, settings)[token]
                ).sum()
            )
            > 1
        )
    if not len(moved):
        assert float((ours - theirs).abs().max()) <= 1e-6, label


def stage_before_cuts(logits, context, settings):
    """Logits behind penalties and temperature: the values among which ties are ties."""
    plain = DecodingSettings(
        temperature=settings.temperature, repetition_penalty=settings.repetition_penalty
    )
    return apply_stages(logits, context, plain)[-1].logits


def random_logits(rng, size, shape):
    values = rng.standard_normal(size).astype(np.float32) * np.float32(rng.uniform(0.3, 4))
    if shape == "ties":
        values = np.round(values * 2) / np.float32(2)
    elif shape == "peaked":
        values[rng.integers(0, size, max(1, size // 100))] += np.float32(rng.uniform(4, 15))
    elif shape == "flat":
        values *= np.float32(0.01)
    elif shape == "table":  # probabilities that are round numbers: where float32 coincidences live
        weights = rng.integers(1, 10, size).astype(np.float32)
        values = np.log(weights / weights.sum())
    return values.astype(np.float32)


SHAPES = ("plain", "ties", "peaked", "flat", "table")


def one_rule(rng, name):
    round_share = float(rng.choice([0.1, 0.25, 0.3, 0.5, 0.7, 0.75, 0.8, 0.9, 0.95, 0.99]))
    share = round_share if rng.random() < 0.6 else float(rng.uniform(0.01, 0.999))
    return {
        "temperature": float(rng.choice([0.1, 0.5, 0.7, 0.8, 1.3, 2.0, 5.0])),
        "top_k": int(rng.choice([1, 2, 3, 5, 10, 50, 1000])),
        "top_p": share,
        "min_p": float(rng.choice([0.001, 0.05, 0.1, 0.25, 0.5, 1.0])),
        "typical_p": share,
        "epsilon_cutoff": float(rng.choice([1e-6, 3e-4, 0.01, 0.1, 0.25])),
        "eta_cutoff": float(rng.choice([1e-6, 3e-4, 0.0625, 0.2])),
        "repetition_penalty": float(rng.choice([0.8, 1.1, 1.3, 2.0])),
        "no_repeat_ngram_size": int(rng.choice([1, 2, 3, 4])),
    }[name]


RULES = (
    "temperature",
    "top_k",
    "top_p",
    "min_p",
    "typical_p",
    "epsilon_cutoff",
    "eta_cutoff",
    "repetition_penalty",
    "no_repeat_ngram_size",
)


def random_context(rng, size):
    # no_repeat_ngram_size 1 forbids every token of the context: at most half the vocabulary, so
    # that something is left
    return rng.integers(0, max(1, size // 2), int(rng.integers(1, 60))).tolist()


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_alone(rule):
    rng = np.random.default_rng(RULES.index(rule))
    for case in range(130):
        size = int(rng.integers(5, 400))
        context = random_context(rng, size)
        compare(
            random_logits(rng, size, SHAPES[case % 5]),
            context,
            OFF.with_changes(**{rule: one_rule(rng, rule)}),
        )


@pytest.mark.parametrize("seed", range(4))
def test_chains_of_rules(seed):
    rng = np.random.default_rng(100 + seed)
    for case in range(220):
        size = int(rng.choice([5, 6, 8, 20, 100, 1000, 5000]))
        chosen = rng.permutation(RULES)[: int(rng.integers(2, len(RULES) + 1))]
        settings = OFF.with_changes(**{rule: one_rule(rng, rule) for rule in chosen})
        compare(random_logits(rng, size, SHAPES[case % 5]), random_context(rng, size), settings)


@pytest.mark.parametrize("rule", RULES)
def test_large_vocabularies_where_we_narrow_before_sorting(rule):
    rng = np.random.default_rng(200 + RULES.index(rule))
    for case in range(10):
        size = int(rng.choice([4096, 4097, 20_000, 50_000]))
        compare(
            random_logits(rng, size, SHAPES[case % 5]),
            random_context(rng, size),
            OFF.with_changes(**{rule: one_rule(rng, rule)}),
        )


def test_large_vocabularies_in_chains():
    rng = np.random.default_rng(300)
    for case in range(60):
        size = int(rng.choice([4097, 32_000, 50_000]))
        chosen = rng.permutation(RULES)[: int(rng.integers(2, 6))]
        settings = OFF.with_changes(**{rule: one_rule(rng, rule) for rule in chosen})
        compare(random_logits(rng, size, SHAPES[case % 5]), random_context(rng, size), settings)


@pytest.mark.parametrize(
    "probabilities, top_p", [([0.3, 0.1, 0.1, 0.5], 0.8), ([0.15, 0.3, 0.3, 0.25], 0.8)]
)
def test_nucleus_of_many_copies_of_a_round_table(probabilities, top_p):
    """Thousands of exact ties, and a boundary that rounding could move: the narrow path must hand
    over to the whole sort."""
    logits = np.log(np.tile(np.float32(probabilities), 2000) / np.float32(2000))
    compare(logits, [0], OFF.with_changes(top_p=top_p))
