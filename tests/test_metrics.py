"""Metrics against the libraries that define them and against cases computed by hand."""

import doctest
import json
import math
import random
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
import sacrebleu
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

import playground.metrics as metrics
from playground.metrics import (
    bleu,
    bootstrap_interval,
    distinct_n,
    expected_utilities,
    minimum_bayes_risk,
    perplexity,
    repetition_rate,
    self_bleu,
    surprisals,
    wilson_interval,
)
from tests.metric_texts import WORDS, anything, texts

# --------------------------------------------------------------------------------------------------
# perplexity


def test_examples_in_docstrings_hold():
    for module in (metrics.tokens, metrics.surprisal):
        assert doctest.testmod(module).attempted > 0 == doctest.testmod(module).failed


def test_perplexity_of_the_worked_example():
    values = [0.9, 0.8, 0.6, 0.4, 0.3, 0.2]
    assert perplexity(values) == pytest.approx(math.exp(0.7615), abs=5e-4)
    assert round(perplexity(values), 2) == 2.14
    assert round(perplexity(values[1:]), 2) == 2.44  # the first token not scored
    assert math.fsum(surprisals(values)) / 6 == pytest.approx(math.log(perplexity(values)))


@given(st.integers(2, 10_000), st.integers(1, 40))
def test_uniform_guessing_has_the_vocabulary_as_its_perplexity(size, length):
    assert perplexity([1 / size] * length) == pytest.approx(size)


def test_perplexity_at_the_edges():
    assert perplexity([1.0, 1.0]) == 1.0
    assert perplexity([0.5, 0.0]) == math.inf and surprisals([0.0]) == [math.inf]
    assert perplexity([1e-300] * 3) == pytest.approx(1e300)
    assert perplexity([5e-324]) == math.inf  # beyond float64, not an OverflowError
    with pytest.raises(ValueError, match=r"probabilities must be in \[0, 1\], got 1\.2"):
        perplexity([0.5, 1.2])
    with pytest.raises(ValueError, match=r"probabilities must be in \[0, 1\], got nan"):
        perplexity([math.nan])
    with pytest.raises(ValueError, match="probabilities must hold at least one value, got none"):
        perplexity([])


# --------------------------------------------------------------------------------------------------
# BLEU


def test_bleu_by_hand():
    """Papineni et al. 2002, example 2: seven times `the` against `the cat is on the mat`: clipped
    to 2 of 7."""
    result = bleu("the the the the the the the", ["The cat is on the mat", "the cat is on the mat"])
    assert [(row.ngram, row.candidate, row.reference, row.clipped) for row in result.table[1]] == [
        (("the",), 7, 2, 2)
    ]
    assert result.matches == [2, 0, 0, 0] and result.totals == [7, 6, 5, 4]
    # no match of order 2, 3, 4: counted as 1/2, 1/4, 1/8 of one
    assert result.precisions == pytest.approx(
        [200 / 7, 100 / (2 * 6), 100 / (4 * 5), 100 / (8 * 4)]
    )
    assert result.brevity_penalty == 1.0  # 7 tokens against 6
    assert result.score == pytest.approx(math.prod(result.precisions) ** 0.25)


def test_brevity_penalty_by_hand():
    result = bleu("the cat is on", "the cat is on the mat")
    assert (result.candidate_length, result.reference_length) == (4, 6)
    assert result.brevity_penalty == pytest.approx(math.exp(1 - 6 / 4))
    assert result.precisions == pytest.approx([100] * 4) and result.score == pytest.approx(
        100 * math.exp(-0.5)
    )


def test_the_closest_reference_decides_the_length_and_the_largest_count_clips():
    result = bleu("a a a b", ["a a x y z w v", "a b c d"])
    assert result.reference_length == 4
    assert {row.ngram: row.clipped for row in result.table[1]} == {("a",): 2, ("b",): 1}


def test_short_texts_use_the_orders_they_have():
    result = bleu("the cat", "the cat")
    assert result.order == 2 and result.score == pytest.approx(100)


@settings(max_examples=150, deadline=None)
@given(texts, st.lists(texts, min_size=1, max_size=3))
def test_bleu_is_sacrebleus_and_its_table_adds_up(candidate, references):
    result = bleu(candidate, references)
    expected = sacrebleu.sentence_bleu(candidate, references)
    assert result.score == pytest.approx(expected.score, abs=1e-9)
    assert result.matches == expected.counts and result.totals == expected.totals
    for n, rows in result.table.items():
        assert sum(row.clipped for row in rows) == result.matches[n - 1]
        assert sum(row.candidate for row in rows) == result.totals[n - 1]
    used = result.precisions[: result.order]
    again = (
        result.brevity_penalty * math.exp(sum(math.log(p) for p in used) / len(used))
        if any(result.matches)
        else 0.0
    )
    assert result.score == pytest.approx(again, abs=1e-9)
    json.dumps(result.record())


@settings(max_examples=60, deadline=None)
@given(anything, anything)
def test_bleu_takes_any_text(candidate, reference):
    result = bleu(candidate, [reference])
    assert result.score == pytest.approx(
        sacrebleu.sentence_bleu(candidate, [reference]).score, abs=1e-9
    )
    assert [sum(row.clipped for row in rows) for rows in result.table.values()] == result.matches


def test_bleu_refuses_what_is_no_text():
    with pytest.raises(ValueError, match="references must hold at least one text, got none"):
        bleu("a", [])
    with pytest.raises(ValueError, match="references must be strings, got int"):
        bleu("a", [3])


def test_self_bleu_is_the_mean_over_the_others():
    group = ["the king had a son", "the king had a daughter", "a fox ran away"]
    expected = np.mean(
        [
            sacrebleu.sentence_bleu(text, group[:i] + group[i + 1 :]).score
            for i, text in enumerate(group)
        ]
    )
    assert self_bleu(group) == pytest.approx(expected)
    assert self_bleu(["one and the same text"] * 3) == pytest.approx(100)
    with pytest.raises(ValueError, match="texts must hold at least two texts for self-BLEU, got 1"):
        self_bleu(["alone"])


# --------------------------------------------------------------------------------------------------
# diversity


def test_distinct_n_by_hand():
    assert distinct_n(["a b a b"], 1) == 0.5 and distinct_n(["a b a b"], 2) == pytest.approx(2 / 3)
    assert distinct_n(["a b", "a b"], 2) == 0.5  # counted over all texts together
    assert distinct_n([[1, 2, 1, 2]], 2) == pytest.approx(2 / 3)  # tokens instead of words
    assert distinct_n(["a"], 2) == 0.0 and distinct_n([], 1) == 0.0
    with pytest.raises(ValueError, match="n must be an integer of at least 1, got 0"):
        distinct_n(["a"], 0)


@given(st.lists(st.lists(st.integers(0, 4), max_size=12), max_size=4), st.integers(1, 4))
def test_distinct_n_by_counting(groups, n):
    counts = Counter(
        tuple(group[i : i + n])
        for group in groups
        for i in range(len(group))
        if i + n <= len(group)
    )
    expected = len(counts) / counts.total() if counts else 0.0
    assert distinct_n(groups, n) == pytest.approx(expected)
    if len(groups) == 1 and counts:
        assert repetition_rate(groups[0], n) == pytest.approx(1 - expected)


def test_repetition_rate_of_a_loop_rises_to_one():
    loop = ["and", "so", "on"]
    rates = [repetition_rate(loop * laps, n=4) for laps in (2, 4, 40)]
    assert repetition_rate(loop, n=4) == 0.0 and rates == sorted(rates) and rates[-1] > 0.97


# --------------------------------------------------------------------------------------------------
# choice


def test_minimum_bayes_risk_by_brute_force():
    generator = random.Random(0)
    for _ in range(40):
        group = [
            " ".join(generator.choices(WORDS, k=generator.randint(1, 8)))
            for _ in range(generator.randint(2, 6))
        ]

        def overlap(candidate, reference):
            return len(set(candidate.split()) & set(reference.split())) / len(candidate.split())

        means = [
            sum(overlap(text, other) for j, other in enumerate(group) if j != i) / (len(group) - 1)
            for i, text in enumerate(group)
        ]
        assert expected_utilities(group, overlap) == pytest.approx(means)
        assert minimum_bayes_risk(group, overlap) == max(
            range(len(group)), key=lambda i: (expected_utilities(group, overlap)[i], -i)
        )
        assert means[minimum_bayes_risk(group, overlap)] == pytest.approx(max(means))


def test_minimum_bayes_risk_picks_the_text_in_the_middle():
    group = [
        "a dragon flew over the hill",
        "the king had a golden apple",
        "the king had a golden pear",
        "the king had an apple",
    ]
    for utility in ("bleu", "rouge", "rouge1", "rouge2", "rougeL"):
        assert minimum_bayes_risk(group, utility) == 1
    assert minimum_bayes_risk(["only"], "bleu") == 0
    assert minimum_bayes_risk(["x", "x", "x"], "rouge") == 0  # ties: lowest index


def test_minimum_bayes_risk_refuses_bad_values():
    with pytest.raises(ValueError, match="texts must hold at least one text, got none"):
        minimum_bayes_risk([], "bleu")
    with pytest.raises(ValueError, match=r"utility must be a function .* got 'meteor'"):
        minimum_bayes_risk(["a", "b"], "meteor")


# --------------------------------------------------------------------------------------------------
# intervals


@given(
    st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.sampled_from([0.8, 0.95, 0.99]),
)
def test_wilson_interval_is_scipys(counts, confidence):
    successes, total = counts
    expected = binomtest(successes, total).proportion_ci(confidence, method="wilson")
    assert wilson_interval(successes, total, confidence) == pytest.approx(
        (expected.low, expected.high), abs=1e-9
    )


def test_wilson_interval_at_the_edges():
    assert wilson_interval(0, 0) == (0.0, 1.0)
    assert wilson_interval(0, 5)[0] == 0.0 and wilson_interval(5, 5)[1] == 1.0
    with pytest.raises(ValueError, match=r"successes must be in \[0, 5\], got 6"):
        wilson_interval(6, 5)
    with pytest.raises(ValueError, match=r"confidence must be in \(0, 1\), got 1"):
        wilson_interval(1, 5, 1)


def test_bootstrap_interval_covers_the_mean_as_often_as_it_says():
    generator = np.random.Generator(np.random.Philox(key=[1, 2]))
    hits = 0
    for trial in range(200):
        low, high = bootstrap_interval(generator.normal(3.0, 1.0, 40), resamples=300, seed=trial)
        hits += low <= 3.0 <= high
    assert 0.88 <= hits / 200 <= 0.99  # 0.95 less what 40 values cost


def test_bootstrap_interval_is_reproducible_and_takes_other_statistics():
    many = np.random.Generator(np.random.Philox(key=[5, 0])).normal(size=50)
    assert (
        bootstrap_interval(many, seed=3)
        == bootstrap_interval(many, seed=3)
        != bootstrap_interval(many, seed=4)
    )
    values = [1.0, 2.0, 4.0, 8.0]
    low, high = bootstrap_interval(values, statistic=np.max)
    assert low < high == 8.0
    assert bootstrap_interval([5.0]) == (5.0, 5.0)
    with pytest.raises(ValueError, match="values must be a list of at least one number"):
        bootstrap_interval([])


def test_importing_metrics_loads_no_scorer():
    code = "import sys, playground.metrics; print([m for m in ('sacrebleu', 'rouge_score', 'torch', 'gradio') if m in sys.modules])"
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()
        == "[]"
    )
