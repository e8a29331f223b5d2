"""Penalties one by one: what counts, how often, and slow references."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.decoding import DecodingSettings, apply_stages
from tests.decoding.small_rows import kept


def test_repetition_penalty_multiplies_negative_logits():
    stage = apply_stages(
        [-0.1, 0.1, 0.0, 2.0], [0, 1, 2], DecodingSettings(repetition_penalty=2.0)
    )[1]
    assert stage.logits.tolist() == pytest.approx([-0.2, 0.05, 0.0, 2.0])


def test_repetition_penalty_counts_the_prompt_and_acts_once_however_many_visits():
    rules = DecodingSettings(repetition_penalty=1.3)
    once = apply_stages([3.0, 2.0, -1.0], [0, 2], rules, prompt_length=2)[1].logits
    many = apply_stages([3.0, 2.0, -1.0], [0, 2] + [0] * 50, rules, prompt_length=2)[1].logits
    assert torch.equal(once, many) and once[0] < 3


def test_repetition_penalty_is_not_shift_invariant():
    rules = DecodingSettings(repetition_penalty=1.5)
    plain = apply_stages(np.float32([4, 3, 1]), [0], rules)[-1].probs
    shifted = apply_stages(np.float32([4, 3, 1]) - 5, [0], rules)[-1].probs
    assert float((plain - shifted).abs().max()) > 0.1


def test_a_penalised_token_can_become_more_likely():
    before, after = apply_stages(
        [10.0, 0.5, 0.0], [0, 1], DecodingSettings(repetition_penalty=2.0)
    )[:2]
    assert after.probs[1] > before.probs[1]


def test_presence_acts_once_and_frequency_at_every_visit_over_the_generated_text_only():
    context = [0, 0, 1, 1, 1, 2]
    presence = apply_stages(
        np.zeros(4), context, DecodingSettings(presence_penalty=0.5), prompt_length=2
    )[1].logits
    frequency = apply_stages(
        np.zeros(4), context, DecodingSettings(frequency_penalty=0.5), prompt_length=2
    )[1].logits
    assert presence.tolist() == [0, -0.5, -0.5, 0] and frequency.tolist() == [0, -1.5, -0.5, 0]


def test_llama_cpp_penalties_look_back_over_a_window_with_the_prompt():
    context = [3] + [0] * 64
    rules = DecodingSettings(presence_penalty=0.5, repetition_penalty=2.0, order="llama.cpp")
    assert apply_stages(np.ones(4), context, rules, prompt_length=60)[2].logits.tolist() == [
        0.0,
        1,
        1,
        1,
    ]


def test_no_repeat_ngram_vector():
    assert kept([1 / 3] * 3, [1, 1, 2, 1], no_repeat_ngram_size=2) == [0]


def test_no_repeat_ngram_that_bans_everything_says_so():
    with pytest.raises(ValueError, match="no_repeat_ngram_size must leave a token possible, got 1"):
        apply_stages(np.zeros(2), [0, 1], DecodingSettings(no_repeat_ngram_size=1))


def slow_dry(logits, context, multiplier, base, allowed):
    """DRY as its author describes it: for each token, the longest ending of the text that it
    followed before."""
    result = np.array(logits, np.float64)
    for token in range(len(logits)):
        longest = 0
        for place in range(1, len(context)):
            if context[place] != token:
                continue
            length = 0
            while (
                length < place and context[place - 1 - length] == context[len(context) - 1 - length]
            ):
                length += 1
            longest = max(longest, length)
        if longest >= allowed:
            result[token] -= multiplier * base ** (longest - allowed)
    return result


@given(
    st.lists(st.integers(0, 2), min_size=0, max_size=24),
    st.integers(1, 4),
    st.sampled_from([1.0, 1.5, 2.0]),
)
@settings(max_examples=150, deadline=None)
def test_dry_equals_a_slow_reference(context, allowed, base):
    logits = np.float32([0.5, -1, 2])
    rules = DecodingSettings(dry_multiplier=0.8, dry_base=base, dry_allowed_length=allowed)
    ours = apply_stages(logits, context, rules)[1].logits.numpy()
    np.testing.assert_allclose(
        ours, slow_dry(logits, context, 0.8, base, allowed), rtol=1e-5, atol=1e-5
    )


def test_dry_in_a_long_loop_stays_finite():
    rules = DecodingSettings(dry_multiplier=0.8)
    stage = apply_stages(np.zeros(5, np.float32), [1, 2] * 2000, rules)[1]
    assert bool(torch.isfinite(stage.logits).all()) and stage.logits[1] < -1e30


# XTC and mirostat
